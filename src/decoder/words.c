#include "words.h"

#include <string.h>

enum { WORDS_ARENA_LIMIT = 65536, WORDS_LEAST_BYTES = 3, WORDS_NAMED_REACH = 6 };

/* As they begin, in the languages that mail with such archives was seen in. */
static const char *const password_words[] = {
    "password",
    "passwort",
    "passwd",
    "passcode",
    "passwoord",
    "pass",
    "pwd",
    "pw",
    "pin",
    "kennwort",
    "code",
    "mdp",
    "mot",
    "contrase",
    "clave",
    "senha",
    "parola",
    "haslo",
    "has\xc5\x82o",
    "\xd0\xbf\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb",
    "\xe5\xaf\x86\xe7\xa0\x81",
    "\xe3\x83\x91\xe3\x82\xb9",
    "jelsz",
    "heslo",
    "lozinka",
    "wachtwoord",
    "losenord",
    "salasana",
    "kod",
};

void words_init(struct words *words)
{
    *words = (struct words){ .text_left = WORDS_TEXT_MOST };
    arena_init(&words->arena, WORDS_ARENA_LIMIT);
}

void words_fini(struct words *words)
{
    arena_fini(&words->arena);
}

static bool is_named(struct span word)
{
    for (size_t i = 0; i < sizeof password_words / sizeof password_words[0]; i++) {
        if (span_starts_with_nocase(word, password_words[i]))
            return true;
    }
    return false;
}

static bool list_has(const char *const *list, size_t count, struct span word)
{
    for (size_t i = 0; i < count; i++) {
        if (span_is(word, list[i]))
            return true;
    }
    return false;
}

static void list_add(struct words *words, const char **list, size_t *count, struct span word)
{
    if (*count == WORDS_MOST / 3 || word.size == 0 || word.size > WORDS_MOST_BYTES || list_has(list, *count, word))
        return;
    char *copy = arena_try_text(&words->arena, word);
    if (copy != NULL)
        list[(*count)++] = copy;
}

static bool is_mixed(struct span word)
{
    for (size_t i = 0; i < word.size; i++) {
        if (word.data[i] > ' ' && (ascii_is_digit(word.data[i]) || strchr("!@#$%&*+-_?", word.data[i]) != NULL))
            return true;
    }
    return false;
}

static bool is_wrapping(char c)
{
    return strchr("\"'`()[]{}<>.,;:!?", c) != NULL;
}

/* As it stands, and without the punctuation around it. */
static void words_take(struct words *words, struct span word, bool is_behind_name)
{
    struct span bare = word;
    while (bare.size > 0 && is_wrapping(bare.data[bare.size - 1]))
        bare.size--;
    while (bare.size > 0 && is_wrapping(bare.data[0]))
        bare = span_from(bare, 1);
    if (is_behind_name) {
        list_add(words, words->named, &words->named_count, bare);
        if (bare.size < word.size)
            list_add(words, words->named, &words->named_count, word);
        size_t colon = span_find_byte(bare, ':');
        if (colon != SPAN_NONE)
            list_add(words, words->named, &words->named_count, span_from(bare, colon + 1));
        return;
    }
    if (bare.size < WORDS_LEAST_BYTES)
        return;
    if (is_mixed(bare))
        list_add(words, words->mixed, &words->mixed_count, bare);
    else
        list_add(words, words->plain, &words->plain_count, bare);
}

/* The next word, past blanks and tags of HTML. */
static struct span next_word(struct span *rest)
{
    size_t i = 0;
    bool is_tag = false;
    for (; i < rest->size; i++) {
        char c = rest->data[i];
        is_tag = (is_tag && c != '>') || c == '<';
        if (!is_tag && c != '>' && (unsigned char)c > ' ')
            break;
    }
    size_t start = i;
    while (i < rest->size && (unsigned char)rest->data[i] > ' ' && rest->data[i] != '<')
        i++;
    struct span word = span_slice(*rest, start, i - start);
    *rest = span_from(*rest, i);
    return word;
}

static void read_text(struct words *words, struct span rest)
{
    unsigned reach = 0; /* how many words are still near a word for "password" */
    while (rest.size > 0) {
        struct span word = next_word(&rest);
        if (word.size == 0)
            continue;
        bool is_name = is_named(word);
        if (is_name && span_find_byte(word, ':') != SPAN_NONE)
            words_take(words, span_from(word, span_find_byte(word, ':') + 1), true);
        if (is_name) {
            reach = WORDS_NAMED_REACH;
            continue;
        }
        words_take(words, word, reach > 0);
        reach = reach > 0 ? reach - 1 : 0;
    }
}

static void read_waiting(struct words *words)
{
    for (size_t i = 0; i < words->waiting_count; i++)
        read_text(words, words->waiting[i]);
    words->waiting_count = 0;
}

void words_add(struct words *words, struct span text)
{
    text = span_slice(text, 0, words->text_left);
    if (text.size == 0)
        return;
    words->text_left -= text.size;
    if (words->waiting_count == WORDS_WAITING)
        read_waiting(words);
    words->waiting[words->waiting_count++] = text;
}

const char *words_at(struct words *words, size_t index)
{
    read_waiting(words);
    if (index < words->named_count)
        return words->named[index];
    index -= words->named_count;
    if (index < words->mixed_count)
        return words->mixed[index];
    index -= words->mixed_count;
    return index < words->plain_count ? words->plain[index] : NULL;
}

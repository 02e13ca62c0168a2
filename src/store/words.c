#include "store/words.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

enum kind { KIND_ADDRESS, KIND_WORDS, KIND_WHOLE };

/* In the order in which they are put. The shares together are less than INDEX_MOST_TOKENS. */
static const struct field {
    const char *name;
    enum meta_field field;
    enum kind kind;
    size_t share; /* tokens */
} fields[] = {
    { "message-id", META_MESSAGE_ID, KIND_WHOLE, 2 },
    { "session", META_SESSION, KIND_WHOLE, 2 },
    { "client", META_CLIENT, KIND_WHOLE, 2 },
    { "listener", META_LISTENER, KIND_WHOLE, 2 },
    { "sender", META_SENDER, KIND_ADDRESS, 3 },
    { "name", META_NAME, KIND_WORDS, 64 },
    { "recipient", META_RECIPIENT, KIND_ADDRESS, 201 },
    { "subject", META_SUBJECT, KIND_WORDS, 64 },
    { "file", META_FILE, KIND_WORDS, 172 },
};
enum { FIELDS = sizeof fields / sizeof fields[0], TEXT_ROOM = 16 + WORDS_TEXT_MOST, TRIED_MOST = 16384 };
_Static_assert(2 + 2 + 2 + 2 + 3 + 64 + 201 + 64 + 172 == INDEX_MOST_TOKENS, "the shares are all there is");

struct tokens { /* a set */
    const struct crypt_key *key;
    uint64_t *tokens;
    size_t count, most;
    size_t tried; /* also those that were there already */
};

static bool is_full(const struct tokens *tokens)
{
    return tokens->count >= tokens->most || tokens->tried >= TRIED_MOST;
}

/* Of the name, the mark, and the text folded, as much of it as counts. */
static void put(struct tokens *tokens, const char *name, char mark, struct span text, size_t most)
{
    char room[TEXT_ROOM];
    size_t size = 0;
    tokens->tried++;
    while (name[size] != 0) {
        room[size] = name[size];
        size++;
    }
    room[size++] = mark;
    text = span_slice(text, 0, most);
    for (size_t i = 0; i < text.size; i++)
        room[size++] = ascii_lower(text.data[i]);
    uint64_t token = crypt_token(tokens->key, span_of(room, size));
    for (size_t i = 0; i < tokens->count; i++) {
        if (tokens->tokens[i] == token)
            return;
    }
    if (!is_full(tokens))
        tokens->tokens[tokens->count++] = token;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The whole text, with one space for blanks in a row. */
static void put_whole(struct tokens *tokens, const char *name, char mark, struct span text)
{
    char room[WORDS_TEXT_MOST];
    size_t size = 0;
    text = span_trim(text);
    for (size_t i = 0; i < text.size && size < sizeof room; i++) {
        if (!is_blank(text.data[i]))
            room[size++] = text.data[i];
        else if (!is_blank(text.data[i - 1])) /* it was trimmed: there is one before */
            room[size++] = ' ';
    }
    if (size > 0)
        put(tokens, name, mark, span_of(room, size), WORDS_TEXT_MOST);
}

static struct span without_brackets(struct span text)
{
    text = span_trim(text);
    bool has_both = text.size >= 2 && text.data[0] == '<' && text.data[text.size - 1] == '>';
    return has_both ? span_slice(text, 1, text.size - 2) : text;
}

static bool is_word(char c)
{
    return ascii_is_alnum(c) || ((unsigned char)c & 0x80) != 0;
}

static void put_words(struct tokens *tokens, const char *name, struct span text)
{
    for (size_t i = 0; i < text.size && !is_full(tokens);) {
        size_t start = i;
        while (i < text.size && is_word(text.data[i]))
            i++;
        if (i > start)
            put(tokens, name, ':', span_slice(text, start, i - start), WORDS_WORD_MOST);
        else
            i++;
    }
}

/* Of "local@example.org" that, "@example.org", and "local". */
static void put_address(struct tokens *tokens, const char *name, struct span text)
{
    text = without_brackets(text);
    put_whole(tokens, name, ':', text);
    size_t at = text.size;
    while (at > 0 && text.data[at - 1] != '@')
        at--;
    if (at == 0)
        return;
    put_whole(tokens, name, ':', span_from(text, at - 1));
    put_whole(tokens, name, ':', span_slice(text, 0, at - 1));
}

static void put_field(struct tokens *tokens, const struct field *field, struct span text)
{
    switch (field->kind) {
    case KIND_ADDRESS:
        put_address(tokens, field->name, text);
        return;
    case KIND_WORDS:
        put_whole(tokens, field->name, '=', text);
        put_words(tokens, field->name, text);
        return;
    case KIND_WHOLE:
        put_whole(tokens, field->name, ':', without_brackets(text));
        return;
    }
}

static void put_all_of(struct tokens *tokens, const struct field *field, struct span meta)
{
    struct meta_reader reader;
    unsigned number = 0;
    struct span value;
    meta_begin(&reader, meta);
    while (!is_full(tokens) && meta_next(&reader, &number, &value)) {
        if (number == (unsigned)field->field)
            put_field(tokens, field, value);
    }
}

size_t words_of(const struct crypt_key *key, struct span meta, uint64_t tokens_out[INDEX_MOST_TOKENS])
{
    struct tokens tokens = { .key = key, .tokens = tokens_out };
    for (size_t i = 0; i < FIELDS; i++) {
        tokens.most = tokens.count + fields[i].share;
        put_all_of(&tokens, &fields[i], meta);
    }
    tokens.most = INDEX_MOST_TOKENS;
    for (size_t i = 0; i < FIELDS && !is_full(&tokens); i++)
        put_all_of(&tokens, &fields[i], meta); /* what is there is not put again */
    return tokens.count;
}

int words_ask(const struct crypt_key *key, struct span field, struct span text, uint64_t tokens[INDEX_MOST_TOKENS],
              size_t *count, struct fault *fault)
{
    const struct field *found = NULL;
    for (size_t i = 0; i < FIELDS; i++) {
        if (span_is_nocase(field, fields[i].name))
            found = &fields[i];
    }
    if (found == NULL)
        return fault_set(fault, EINVAL, "messages can't be searched by \"%.*s\"",
                         (int)(field.size < 64 ? field.size : 64), field.size > 0 ? field.data : "");
    uint64_t room[INDEX_MOST_TOKENS];
    struct tokens asked = { .key = key, .tokens = room, .most = INDEX_MOST_TOKENS };
    text = span_trim(text);
    bool is_quoted = text.size >= 2 && text.data[0] == '"' && text.data[text.size - 1] == '"';
    if (found->kind == KIND_ADDRESS || found->kind == KIND_WHOLE)
        put_whole(&asked, found->name, ':', without_brackets(text));
    else if (is_quoted)
        put_whole(&asked, found->name, '=', span_slice(text, 1, text.size - 2));
    else
        put_words(&asked, found->name, text);
    if (asked.count == 0)
        return fault_set(fault, EINVAL, "what is asked of \"%s\" has no word", found->name);
    if (is_full(&asked) || *count > INDEX_MOST_TOKENS || asked.count > INDEX_MOST_TOKENS - *count)
        return fault_set(fault, EINVAL, "more words are asked for than can be");
    memcpy(tokens + *count, room, asked.count * sizeof *room);
    *count += asked.count;
    return 0;
}

#include "words.h"

#include "base/buf.h"
#include "base/test.h"

#include <stdio.h>
#include <string.h>

/* All candidates in their order, with '|' behind each. */
static void put_words(struct words *words, struct buf *text)
{
    const char *word = NULL;
    for (size_t i = 0; (word = words_at(words, i)) != NULL; i++)
        buf_printf(text, "%s|", word);
}

static void test_words(void)
{
    static const struct {
        const char *text;
        const char *words;
    } rows[] = {
        { "", "" },
        { "a an", "" },
        { "some text", "some|text|" },
        { "text word2 text", "word2|text|" },
        { "word infected123, text", "infected123|word|text|" },
        { "The password is: s3cret.", "is|is:|s3cret|s3cret.|The|" },
        { "Passwort:geheim", "geheim|" },
        { "PASSWORD: \"abc\"", "abc|\"abc\"|" },
        { "<p>password:</p> <b class='x1'>abc</b>", "abc|" },
        { "pw abc def ghi jkl mno pqr stu", "abc|def|ghi|jkl|mno|pqr|stu|" },
        { "x<abc", "" },
        { "<abc", "" },
        { "abc>def", "abc>def|" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct words words;
        struct buf text;
        buf_init(&text, 1000);
        words_init(&words);
        words_add(&words, span_text(rows[i].text));
        put_words(&words, &text);
        test_context(rows[i].text);
        if (!CHECK(strcmp(buf_text(&text), rows[i].words) == 0))
            (void)fprintf(stderr, "the words are %s\n", buf_text(&text));
        words_fini(&words);
        buf_fini(&text);
    }
    test_context(NULL);
}

/* However much there is, what stands behind a word for "password" finds room. */
static void test_limits(void)
{
    struct words words;
    struct buf text;
    buf_init(&text, 1 << 20);
    words_init(&words);
    for (unsigned i = 0; i < 1000; i++)
        buf_printf(&text, "plain%c%c%c mixed%u ", 'a' + (char)(i % 26), 'a' + (char)(i / 26 % 26),
                   'a' + (char)(i / 676), i);
    buf_put_text(&text, "password secret");
    words_add(&words, buf_span(&text));
    CHECK(strcmp(words_at(&words, 0), "secret") == 0);
    CHECK(words.mixed_count == WORDS_MOST / 3 && words.plain_count == WORDS_MOST / 3);
    CHECK(words_at(&words, 1 + 2 * (WORDS_MOST / 3)) == NULL && words_at(&words, 2 * (WORDS_MOST / 3)) != NULL);
    words_fini(&words);

    buf_clear(&text); /* a long word is none */
    words_init(&words);
    for (unsigned i = 0; i < WORDS_MOST_BYTES; i++)
        buf_put_char(&text, 'x');
    words_add(&words, buf_span(&text));
    CHECK(words_at(&words, 0) != NULL && words_at(&words, 1) == NULL);
    buf_put_char(&text, 'x');
    words_add(&words, buf_span(&text));
    CHECK(words_at(&words, 1) == NULL);
    words_fini(&words);

    buf_clear(&text); /* no more text than that is looked at, in all */
    words_init(&words);
    for (unsigned i = 0; i < WORDS_TEXT_MOST / 2; i++)
        buf_put_text(&text, "a ");
    words_add(&words, buf_span(&text));
    CHECK(words.text_left == 0);
    words_add(&words, span_text("password secret"));
    CHECK(words_at(&words, 0) == NULL);
    words_fini(&words);
    buf_fini(&text);
}

int main(void)
{
    test_words();
    test_limits();
    return test_end();
}

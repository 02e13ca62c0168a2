#include "store/words.h"

#include "base/memory.h"
#include "base/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct crypt_key key = { .bytes = "the key of these tests" };

/* Every token that is asked for is one of the message's. */
static bool finds(struct span meta, const char *field, const char *text)
{
    uint64_t has[INDEX_MOST_TOKENS], asked[INDEX_MOST_TOKENS];
    size_t count = words_of(&key, meta, has), asked_count = 0, found = 0;
    struct fault fault = { 0 };
    if (!CHECK(words_ask(&key, span_text(field), span_text(text), asked, &asked_count, &fault) == 0))
        return false;
    for (size_t i = 0; i < asked_count; i++) {
        for (size_t j = 0; j < count; j++)
            found += asked[i] == has[j];
    }
    return found == asked_count;
}

static void test_what_is_found(void)
{
    struct buf meta;
    buf_init(&meta, 1 << 20);
    meta_put_text(&meta, META_SENDER, "Bob.Builder@Example.ORG");
    meta_put_text(&meta, META_RECIPIENT, "alice@example.net");
    meta_put_text(&meta, META_RECIPIENT, "\"a@b\"@example.com");
    meta_put_text(&meta, META_SUBJECT, "  Your  Invoice,\tNo. 4711: r\xc3\xa9sum\xc3\xa9 ");
    meta_put_text(&meta, META_NAME, "Win.Test.Sample_HDB-1");
    meta_put_text(&meta, META_FILE, "invoice.pdf.exe");
    meta_put_text(&meta, META_FILE, "readme");
    meta_put_text(&meta, META_MESSAGE_ID, "<4711.ab@host.example>");
    meta_put_text(&meta, META_CLIENT, "2001:db8::1");
    meta_put_text(&meta, META_SESSION, "s-1f-1");
    meta_put_text(&meta, META_LISTENER, "smtp");
    meta_put_text(&meta, META_REASON, "secret");
    static const struct {
        const char *field, *text;
        bool is_found;
    } rows[] = {
        { "sender", "bob.builder@example.org", true },
        { "sender", " <Bob.Builder@example.org> ", true },
        { "sender", "@example.org", true },
        { "sender", "bob.builder", true },
        { "SENDER", "bob.builder", true },
        { "sender", "example.org", false },
        { "sender", "bob", false },
        { "sender", "alice", false },
        { "recipient", "alice", true },
        { "recipient", "@example.com", true },
        { "recipient", "\"a@b\"", true },
        { "recipient", "@example.org", false },
        { "subject", "invoice", true },
        { "subject", "INVOICE 4711", true },
        { "subject", "invoice 4712", false },
        { "subject", "r\xc3\xa9sum\xc3\xa9", true },
        { "subject", "r\xc3\x89sum\xc3\x89", false }, /* only ASCII is folded */
        { "subject", "\"your invoice, no. 4711: r\xc3\xa9sum\xc3\xa9\"", true },
        { "subject", "\"invoice\"", false },
        { "subject", "secret", false },
        { "name", "win.test.sample_hdb-1", true },
        { "name", "sample", true },
        { "name", "invoice", false },
        { "file", "exe", true },
        { "file", "readme pdf", true }, /* words of all files are one set */
        { "file", "\"Invoice.PDF.exe\"", true },
        { "file", "\"exe\"", false },
        { "message-id", "4711.AB@host.example", true },
        { "message-id", "<4711.ab@host.example>", true },
        { "client", "2001:DB8::1", true },
        { "client", "2001", false },
        { "session", "s-1f-1", true },
        { "listener", "smtp", true },
        { "listener", "lmtp", false },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].text);
        CHECK(finds(buf_span(&meta), rows[i].field, rows[i].text) == rows[i].is_found);
    }
    test_context(NULL);
    buf_fini(&meta);
}

static void test_what_can_not_be_asked(void)
{
    uint64_t tokens[INDEX_MOST_TOKENS];
    size_t count = 3;
    struct fault fault = { 0 };
    static const char *const rows[][2] = { { "", "x" },         { "body", "x" },       { "subject", "" },
                                           { "subject", "!?" }, { "subject", "\"\"" }, { "sender", " <> " },
                                           { "client", "" } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i][0]);
        CHECK(words_ask(&key, span_text(rows[i][0]), span_text(rows[i][1]), tokens, &count, &fault) == -1 &&
              fault.code == EINVAL && count == 3);
    }
    test_context(NULL);
    CHECK(words_ask(&key, span_of(NULL, 0), span_of(NULL, 0), tokens, &count, &fault) == -1 && fault.code == EINVAL);
    count = INDEX_MOST_TOKENS - 1;
    CHECK(words_ask(&key, span_text("subject"), span_text("one two"), tokens, &count, &fault) == -1 &&
          fault.code == EINVAL && count == INDEX_MOST_TOKENS - 1);
    CHECK(words_ask(&key, span_text("subject"), span_text("one"), tokens, &count, &fault) == 0 &&
          count == INDEX_MOST_TOKENS);
    CHECK(words_ask(&key, span_text("subject"), span_text("one"), tokens, &count, &fault) == -1 &&
          fault.code == EINVAL);
}

static void test_each_once_and_bounded(void)
{
    uint64_t tokens[INDEX_MOST_TOKENS];
    struct buf meta;
    buf_init(&meta, 1 << 22);
    CHECK(words_of(&key, span_of(NULL, 0), tokens) == 0);
    meta_put_text(&meta, META_SUBJECT, "a A a, a!");
    CHECK(words_of(&key, buf_span(&meta), tokens) == 2); /* the word, and the whole */
    for (unsigned i = 0; i < 3000; i++) {
        char text[64];
        (void)snprintf(text, sizeof text, "file%u name%u", i, i);
        meta_put_text(&meta, META_FILE, text);
        (void)snprintf(text, sizeof text, "user%u@example.org", i);
        meta_put_text(&meta, META_RECIPIENT, text);
        (void)snprintf(text, sizeof text, "Virus.Number%u", i);
        meta_put_text(&meta, META_NAME, text);
    }
    meta_put_text(&meta, META_LISTENER, "last");
    CHECK(words_of(&key, buf_span(&meta), tokens) == INDEX_MOST_TOKENS);
    CHECK(finds(buf_span(&meta), "listener", "last") && finds(buf_span(&meta), "subject", "a") &&
          finds(buf_span(&meta), "recipient", "user90@example.org") && finds(buf_span(&meta), "file", "file40") &&
          finds(buf_span(&meta), "name", "number20"));

    buf_clear(&meta);
    char *large = memory_new(META_FIELD_MOST + 1);
    memset(large, 'x', META_FIELD_MOST);
    large[META_FIELD_MOST] = 0;
    meta_put_text(&meta, META_SUBJECT, large);
    meta_put_text(&meta, META_SENDER, large);
    CHECK(words_of(&key, buf_span(&meta), tokens) == 3);
    large[WORDS_WORD_MOST] = 0;
    CHECK(finds(buf_span(&meta), "subject", large) && !finds(buf_span(&meta), "sender", large));
    memset(large, ' ', META_FIELD_MOST);
    meta_put_text(&meta, META_SUBJECT, large);
    CHECK(words_of(&key, buf_span(&meta), tokens) == 3);
    free(large);
    buf_fini(&meta);
}

static void test_another_key_has_other_tokens(void)
{
    uint64_t tokens[INDEX_MOST_TOKENS] = { 0 }, others[INDEX_MOST_TOKENS] = { 0 };
    size_t count = 0, other_count = 0;
    struct fault fault;
    struct crypt_key other = { .bytes = "another" };
    CHECK(words_ask(&key, span_text("subject"), span_text("x"), tokens, &count, &fault) == 0 &&
          words_ask(&other, span_text("subject"), span_text("x"), others, &other_count, &fault) == 0 &&
          words_ask(&key, span_text("name"), span_text("x"), tokens, &count, &fault) == 0);
    CHECK(count == 2 && tokens[0] != others[0] && tokens[0] != tokens[1]);
}

int main(void)
{
    struct fault fault;
    if (!CHECK(crypt_begin(&fault) == 0))
        return test_end();
    test_what_is_found();
    test_what_can_not_be_asked();
    test_each_once_and_bounded();
    test_another_key_has_other_tokens();
    return test_end();
}

#include "base64.h"

#include "base64_groups.h"
#include "buf.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEST_BYTES = 3000, TEST_ROUNDS = 400 };

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void check_decode(const char *text, const char *bytes, const struct base64 *flags)
{
    for (size_t capacity = 3; capacity <= 100; capacity++) {
        struct base64 base64 = { 0 };
        struct span rest = span_text(text);
        char piece[100];
        struct buf decoded;
        buf_init(&decoded, TEST_BYTES);
        while (rest.size > 0)
            buf_put(&decoded, piece, base64_decode(&base64, &rest, piece, capacity));
        buf_put(&decoded, piece, base64_flush(&base64, piece));
        CHECK(strcmp(buf_text(&decoded), bytes) == 0);
        CHECK(base64.has_other == flags->has_other && base64.has_pad == flags->has_pad);
        CHECK(base64.has_blank == flags->has_blank && base64.has_uneven_line == flags->has_uneven_line);
        buf_fini(&decoded);
    }
}

static void test_decode(void)
{
    static const struct {
        const char *text;
        const char *bytes;
        struct base64 flags;
    } rows[] = {
        { "", "", { 0 } },
        { "YWJj", "abc", { 0 } },
        { "YWJjZGVmZ2hpamtsbW5vcA==\r\n", "abcdefghijklmnop", { .has_pad = true, .has_uneven_line = true } },
        { "YW\r\nJ\tj Z\nA==", "abcd", { .has_pad = true, .has_blank = true, .has_uneven_line = true } },
        { "YWJj\r\nZGVm\nZ2hp\r\n", "abcdefghi", { 0 } },
        { "YWJjZA", "abcd", { 0 } },
        { "YWJjZ", "abc", { 0 } },
        { "Y!W\x01J\xffj", "abc", { .has_other = true } },
        { "dGhlIHBheWxvYWQgb2YgdGhp\r\ncyB0ZXN0LCBpbiBzZXZlcmFs\r\nIGxpbmVz",
          "the payload of this test, in several lines",
          { 0 } },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].text);
        check_decode(rows[i].text, rows[i].bytes, &rows[i].flags);
    }
    test_context(NULL);
}

/* Both ways of decoding groups give the same bytes and stop at the same byte, with exactly so much room. */
static void check_same(struct span text, size_t capacity)
{
    struct span fast_rest = text;
    struct span slow_rest = text;
    char *fast = malloc(capacity + 1);
    char *slow = malloc(capacity + 1);
    if (!CHECK(fast != NULL && slow != NULL))
        exit(1);
    size_t fast_size = base64_groups_best()(&fast_rest, fast, capacity);
    size_t slow_size = base64_groups_portable(&slow_rest, slow, capacity);
    CHECK(fast_size == slow_size && memcmp(fast, slow, fast_size) == 0);
    CHECK(fast_rest.size == slow_rest.size && fast_rest.data == slow_rest.data);
    free(fast);
    free(slow);
}

static void test_same(void)
{
    char text[TEST_BYTES];
    unsigned seed = 1;
    for (unsigned round = 0; round < TEST_ROUNDS; round++) {
        unsigned line_size = round % 100 + 1;
        for (size_t i = 0; i < sizeof text; i++) {
            seed = seed * 1103515245U + 12345U;
            text[i] = i % line_size == line_size - 1 ? '\n' : alphabet[seed >> 16 & 63];
            if ((seed >> 22) % 997 == 0 && round % 3 == 0)
                text[i] = (char)(seed >> 8);
        }
        for (size_t capacity = 3; capacity <= 100; capacity++)
            check_same(span_slice(span_of(text, sizeof text), round, 31 + capacity), capacity);
        check_same(span_of(text, sizeof text), sizeof text);
    }
}

/* Every byte at every place of a run of letters. */
static void test_every_byte(void)
{
    for (unsigned byte = 0; byte < 256; byte++) {
        for (size_t at = 0; at < 33; at++) {
            char text[48];
            memset(text, 'Q', sizeof text);
            text[at] = (char)byte;
            check_same(span_of(text, sizeof text), 64);
            CHECK(base64_is_letter((char)byte) == (byte != 0 && strchr(alphabet, (int)byte) != NULL));
        }
    }
}

int main(void)
{
    test_decode();
    test_same();
    test_every_byte();
    return test_end();
}

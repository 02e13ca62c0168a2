#include "span.h"

#include "test.h"

#include <string.h>

static void test_slices_are_clipped(void)
{
    struct span span = span_text("0123456789");
    CHECK(span_is(span_slice(span, 2, 3), "234"));
    CHECK(span_is(span_slice(span, 8, 100), "89"));
    CHECK(span_slice(span, 100, 1).size == 0);
    CHECK(span_is(span_from(span, 7), "789"));
    CHECK(span_from(span, SIZE_MAX).size == 0);
    CHECK(span_slice(span_of(NULL, 0), 3, 3).size == 0);
}

static void test_comparing(void)
{
    CHECK(span_is(span_text("abc"), "abc") && !span_is(span_text("abc"), "ABC") && !span_is(span_text("abc"), "ab"));
    CHECK(span_is_nocase(span_text("aBc-Z"), "AbC-z") && !span_is_nocase(span_text("abc"), "abd"));
    CHECK(!span_is_nocase(span_text("\xe4"), "\xc4")); /* ASCII alone is folded */
    CHECK(span_equal(span_of(NULL, 0), span_text("")));
    CHECK(!span_equal(span_of("a\0b", 3), span_of("a\0c", 3)));
    CHECK(span_starts_with(span_text("Subject: x"), "Subject:") && !span_starts_with(span_text("Sub"), "Subject:"));
    CHECK(span_starts_with_nocase(span_text("sUBJECT: x"), "Subject:"));
}

static void test_finding(void)
{
    struct span span = span_of("ab\0cd\0cd", 8);
    CHECK(span_find_byte(span, '\0') == 2 && span_find_byte(span, 'x') == SPAN_NONE);
    CHECK(span_find(span, span_of("\0cd", 3)) == 2);
    CHECK(span_find(span, span_text("cdx")) == SPAN_NONE && span_find(span, span_text("")) == 0);
    CHECK(span_find(span_text("a"), span_text("ab")) == SPAN_NONE);
    CHECK(span_find_nocase(span_text("xyAbC"), span_text("aBc")) == 2);
    CHECK(span_find_nocase(span_text("ab"), span_text("abc")) == SPAN_NONE);
    CHECK(span_find_byte(span_of(NULL, 0), 'a') == SPAN_NONE);
}

static void test_trimming_and_cutting(void)
{
    CHECK(span_is(span_trim(span_text(" \t a b \r\n")), "a b"));
    CHECK(span_trim(span_text(" \r\n\t")).size == 0);
    struct span rest = span_text("a,b,,c");
    CHECK(span_is(span_cut(&rest, ','), "a") && span_is(span_cut(&rest, ','), "b") && span_cut(&rest, ',').size == 0);
    CHECK(span_is(span_cut(&rest, ','), "c") && rest.data == NULL && rest.size == 0);
}

/* Wherever it stands in a span of any size, and where only its ends do. */
static void test_finding_everywhere(void)
{
    static const char needle[] = "abcdefghijklmnopqrst";
    char text[72];
    for (size_t size = 1; size < sizeof needle; size++) {
        for (size_t total = 0; total < sizeof text; total++) {
            memset(text, 'a', sizeof text);
            text[size - 1 < total ? size - 1 : 0] = needle[size - 1];
            if (size > 2)
                CHECK(span_find(span_of(text, total), span_of(needle, size)) == SPAN_NONE);
            for (size_t at = 0; size > 1 && at + size <= total; at += 5) {
                memset(text, 'a', sizeof text);
                memcpy(text + at, needle, size);
                CHECK(span_find(span_of(text, total), span_of(needle, size)) == at);
            }
        }
    }
}

static void test_numbers(void)
{
    static const struct {
        const char *text;
        bool is_number;
        uint64_t number;
    } rows[] = {
        { "0", true, 0 },
        { "007", true, 7 },
        { "", false, 0 },
        { "-1", false, 0 },
        { "+1", false, 0 },
        { " 1", false, 0 },
        { "1x", false, 0 },
        { "9999999999999999999", true, UINT64_C(9999999999999999999) },
        { "10000000000000000000", false, 0 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t number = 0;
        test_context(rows[i].text);
        CHECK(span_number(span_text(rows[i].text), &number) == rows[i].is_number);
        CHECK(number == rows[i].number);
    }
    test_context(NULL);
}

static void test_copying(void)
{
    char text[5];
    CHECK(span_copy(span_text("abcd"), text, sizeof text) && strcmp(text, "abcd") == 0);
    CHECK(!span_copy(span_text("abcde"), text, sizeof text) && strcmp(text, "abcd") == 0);
    CHECK(span_copy(span_of("a\0b", 3), text, sizeof text) && strcmp(text, "a?b") == 0);
    CHECK(!span_copy(span_text("a"), text, 1) && text[0] == '\0');
}

static void test_hex_bytes(void)
{
    char byte = 0;
    CHECK(span_hex_byte(span_text("4a"), &byte) && byte == 'J');
    CHECK(span_hex_byte(span_text("Fe9"), &byte) && byte == (char)0xfe);
    CHECK(!span_hex_byte(span_text("4"), &byte) && !span_hex_byte(span_text("4g"), &byte));
    CHECK(!span_hex_byte(span_text("-1"), &byte) && !span_hex_byte(span_of(NULL, 0), &byte));
}

static void test_letters(void)
{
    for (int c = 0; c < 256; c++) {
        char byte = (char)c;
        bool is_upper = c >= 'A' && c <= 'Z';
        CHECK(ascii_lower(byte) == (is_upper ? (char)(c + 32) : byte));
        CHECK(ascii_is_digit(byte) == (c >= '0' && c <= '9'));
        CHECK(ascii_is_space(byte) == (c == ' ' || c == '\t'));
        CHECK(ascii_is_alnum(byte) == ((c >= '0' && c <= '9') || is_upper || (c >= 'a' && c <= 'z')));
    }
}

int main(void)
{
    test_slices_are_clipped();
    test_comparing();
    test_finding();
    test_finding_everywhere();
    test_trimming_and_cutting();
    test_numbers();
    test_copying();
    test_hex_bytes();
    test_letters();
    return test_end();
}

#include "escapes_source.h"

#include <string.h>

enum { ESCAPES_FEW = 64 };
enum { ESCAPES_ENTITY_DIGITS = 12 }; /* zeros in front are common where somebody hides */

/* The next of both cases of a letter; each is looked for once. */
struct letter {
    struct span span;
    size_t next[2];
};

static size_t letter_find(struct span span, size_t at, char c)
{
    size_t found = span_find_byte(span_from(span, at), c);
    return found == SPAN_NONE ? span.size : at + found;
}

static size_t letter_next(struct letter *letter, const char cases[2], size_t at)
{
    for (size_t i = 0; i < 2; i++) {
        if (letter->next[i] < at || at == 0)
            letter->next[i] = letter_find(letter->span, at, cases[i]);
    }
    return letter->next[0] < letter->next[1] ? letter->next[0] : letter->next[1];
}

size_t escapes_find(struct span span, const char *text)
{
    char lower = ascii_lower(text[0]);
    char cases[2] = { lower, lower };
    if (lower >= 'a' && lower <= 'z')
        cases[1] = (char)(lower - 'a' + 'A');
    struct letter letter = { .span = span };
    size_t size = strlen(text);
    for (size_t at = letter_next(&letter, cases, 0); at + size <= span.size; at = letter_next(&letter, cases, at + 1)) {
        if (span_equal_nocase(span_slice(span, at, size), span_of(text, size)))
            return at;
    }
    return SPAN_NONE;
}

struct escapes_source escapes_source_of(struct span text)
{
    return (struct escapes_source){ .rest = text };
}

struct escapes_source escapes_source_of_joined(struct span text, char quote)
{
    return (struct escapes_source){ .rest = text, .quote = quote };
}

static bool take_text(struct span *rest, const char *text, size_t size)
{
    if (!span_starts_with_nocase(*rest, text))
        return false;
    *rest = span_from(*rest, size);
    return true;
}

/* Blanks, comments, and Visual Basic's '_' at a line's end. */
static void skip_blanks(struct span *rest)
{
    for (;;) {
        size_t size = 0;
        if (rest->size > 0 && escapes_is_blank(rest->data[0])) {
            size = 1;
        } else if (rest->size > 1 && rest->data[0] == '_' && escapes_is_blank(rest->data[1])) {
            size = 2;
        } else if (rest->size < 2 || rest->data[0] != '/') {
            size = 0;
        } else if (span_starts_with(*rest, "/*")) {
            size = span_find(span_from(*rest, 2), span_text("*/"));
            size = size == SPAN_NONE ? 0 : size + 4;
        } else if (span_starts_with(*rest, "//")) {
            size = span_find_byte(*rest, '\n');
            size = size == SPAN_NONE ? rest->size : size;
        }
        if (size == 0)
            return;
        *rest = span_from(*rest, size);
    }
}

/* Where a name may begin at any byte: a bounded number of blanks. */
static void skip_few(struct span *rest)
{
    for (size_t i = 0; i < ESCAPES_FEW && rest->size > 0 && escapes_is_blank(rest->data[0]); i++)
        *rest = span_from(*rest, 1);
}

bool escapes_take_number(struct span *rest, size_t most_digits, unsigned *number_out)
{
    struct span at = *rest;
    bool is_negative = take_text(&at, "-", 1);
    unsigned base = take_text(&at, "0x", 2) || take_text(&at, "&H", 2) ? 16 : 10;
    unsigned number = 0;
    size_t digits = 0;
    while (digits < at.size && digits < most_digits) {
        int digit = escapes_hex_digit(at.data[digits]);
        if (digit < 0 || (unsigned)digit >= base)
            break;
        number = number * base + (unsigned)digit;
        digits++;
    }
    at = span_from(at, digits);
    if (base == 16 && at.size > 0 && at.data[0] == '&')
        at = span_from(at, 1); /* &H58& */
    if (digits == 0 || (at.size > 0 && escapes_is_word(at.data[0])))
        return false;
    *number_out = is_negative ? 0u - number : number;
    *rest = at;
    return true;
}

bool escapes_take_chr(struct span *rest)
{
    static const char *const names[] = {
        "String.fromCharCode", "String.fromCodePoint", "ChrW", "ChrB", "Chr", "[char]"
    };
    struct span at = *rest;
    char first = escapes_at(at, 0, ' ');
    if ((first | 0x20) != 's' && (first | 0x20) != 'c' && first != '[') /* asked behind each number */
        return false;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!take_text(&at, names[i], span_text(names[i]).size))
            continue;
        (void)take_text(&at, "$", 1);
        skip_few(&at);
        if (!take_text(&at, "(", 1) && names[i][0] != '[')
            return false;
        skip_few(&at);
        *rest = at;
        return true;
    }
    return false;
}

static bool take_word(struct span *rest)
{
    size_t size = 0;
    while (size < rest->size && (escapes_is_word(rest->data[size]) || (size > 0 && rest->data[size] == '.')))
        size++;
    *rest = span_from(*rest, size);
    return size > 0;
}

/* "s += " and "s = s + ", behind a ';' or on a line of its own: the string grows. */
static bool is_growth(struct span gap)
{
    bool has_line = gap.size > 0 && memchr(gap.data, '\n', gap.size < ESCAPES_FEW ? gap.size : ESCAPES_FEW) != NULL;
    skip_blanks(&gap);
    bool has_end = take_text(&gap, ";", 1);
    if (!has_end && !has_line)
        return false;
    skip_blanks(&gap);
    struct span name = gap;
    if (!take_word(&gap))
        return false;
    name = span_slice(name, 0, name.size - gap.size);
    skip_blanks(&gap);
    bool grows = take_text(&gap, "+=", 2) || take_text(&gap, "&=", 2) || take_text(&gap, ".=", 2);
    if (!grows && take_text(&gap, "=", 1)) {
        skip_blanks(&gap);
        struct span again = gap;
        grows = take_word(&gap);
        grows = grows && span_equal_nocase(name, span_slice(again, 0, again.size - gap.size));
        skip_blanks(&gap);
        grows = grows && (take_text(&gap, "+", 1) || take_text(&gap, "&", 1) || take_text(&gap, ".", 1));
    }
    skip_blanks(&gap);
    return grows && gap.size == 0;
}

/* The end of a call, and the same once more: a.push("..."); document.write("..."); */
static bool is_call(struct span gap)
{
    static const char *const ends[] = { "push", "add", "append", "write", "writeln" };
    skip_blanks(&gap);
    if (!take_text(&gap, ")", 1))
        return false;
    skip_blanks(&gap);
    (void)take_text(&gap, ";", 1);
    skip_blanks(&gap);
    struct span name = gap;
    bool is_named = false;
    if (!take_word(&gap))
        return false;
    name = span_slice(name, 0, name.size - gap.size);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        size_t size = span_text(ends[i]).size;
        is_named |= name.size > size && name.data[name.size - size - 1] == '.' &&
                    span_is_nocase(span_from(name, name.size - size), ends[i]);
    }
    skip_blanks(&gap);
    bool is_open = take_text(&gap, "(", 1);
    skip_blanks(&gap);
    return is_named && is_open && gap.size == 0;
}

static bool take_operator(struct span *rest)
{
    return take_text(rest, ").concat(", 9) || take_text(rest, ".concat(", 8) || take_text(rest, "&amp;", 5) ||
           take_text(rest, "+", 1) || take_text(rest, "&", 1) || take_text(rest, ".", 1);
}

enum escapes_gap escapes_gap_kind(struct span gap)
{
    struct span rest = gap;
    skip_blanks(&rest);
    /* Nearly all gaps are no gaps, but attributes and text. */
    if (rest.size == 0 || rest.data[0] == '\0' ||
        (!escapes_is_word(rest.data[0]) && strchr(",+&.);", rest.data[0]) == NULL))
        return ESCAPES_GAP_NONE;
    if (escapes_is_word(rest.data[0])) /* no operator */
        return is_growth(gap) ? ESCAPES_GAP_JOIN : ESCAPES_GAP_NONE;
    if (take_text(&rest, ",", 1)) {
        skip_blanks(&rest);
        return rest.size == 0 ? ESCAPES_GAP_LIST : ESCAPES_GAP_NONE;
    }
    while (take_operator(&rest)) {
        skip_blanks(&rest);
        (void)take_text(&rest, "(", 1);
        if (rest.size == 0)
            return ESCAPES_GAP_JOIN;
        unsigned number = 0;
        if (!escapes_take_chr(&rest) || !escapes_take_number(&rest, 5, &number))
            break;
        skip_blanks(&rest);
        (void)take_text(&rest, ")", 1);
        skip_blanks(&rest);
    }
    if (is_call(gap))
        return ESCAPES_GAP_LIST;
    return is_growth(gap) ? ESCAPES_GAP_JOIN : ESCAPES_GAP_NONE;
}

/* Inside of a gap: the character of the next call of Chr, or -1 at the quote where the gap ends. */
static int next_in_gap(struct escapes_source *source)
{
    while (source->rest.size > 0) {
        unsigned number = 0;
        if (escapes_is_quote(source->rest.data[0])) {
            source->quote = source->rest.data[0];
            source->rest = span_from(source->rest, 1);
            source->in_gap = false;
            source->is_behind = false;
            return -1;
        }
        if (escapes_take_chr(&source->rest) && escapes_take_number(&source->rest, 5, &number))
            return (int)(number & 0xff);
        source->rest = span_from(source->rest, source->rest.size > 0 ? 1 : 0);
    }
    return -1;
}

int escapes_source_next(struct escapes_source *source)
{
    while (source->rest.size > 0) {
        if (source->in_gap) {
            int c = next_in_gap(source);
            if (c >= 0)
                return c;
            continue;
        }
        char c = source->rest.data[0];
        source->rest = span_from(source->rest, 1);
        bool is_end = source->quote != 0 && c == source->quote && !source->is_behind;
        source->is_behind = c == '\\' && !source->is_behind;
        if (!is_end)
            return (unsigned char)c;
        source->in_gap = true;
    }
    return -1;
}

/* Up to `most` digits, and at least `least`. */
static long take_digits(struct escapes_source *source, int base, size_t least, size_t most)
{
    long value = 0;
    size_t count = 0;
    for (; count < most; count++) {
        struct escapes_source next = *source;
        int digit = escapes_hex_digit(escapes_source_next(&next));
        if (digit < 0 || digit >= base)
            break;
        value = value * base + digit;
        value = value > 0x110000 ? 0x110000 : value;
        *source = next;
    }
    return count >= least ? value : -1;
}

static bool take_char(struct escapes_source *source, char wanted)
{
    struct escapes_source next = *source;
    if (escapes_source_next(&next) != wanted)
        return false;
    *source = next;
    return true;
}

static long take_backslash(struct escapes_source *source)
{
    if (take_char(source, 'x'))
        return take_digits(source, 16, 2, 2);
    if (!take_char(source, 'u'))
        return take_digits(source, 8, 1, 3);
    if (!take_char(source, '{'))
        return take_digits(source, 16, 4, 4);
    long value = take_digits(source, 16, 1, ESCAPES_ENTITY_DIGITS);
    return take_char(source, '}') ? value : -1;
}

static long take_entity(struct escapes_source *source)
{
    if (!take_char(source, '#'))
        return -1;
    bool is_hex = take_char(source, 'x') || take_char(source, 'X');
    long value = take_digits(source, is_hex ? 16 : 10, 1, ESCAPES_ENTITY_DIGITS);
    (void)take_char(source, ';');
    return value;
}

long escapes_take_escape(struct escapes_source *source, char *kind_out)
{
    struct escapes_source next = *source;
    int sign = escapes_source_next(&next);
    long value = -1;
    *kind_out = (char)sign;
    if (sign == '%' && (take_char(&next, 'u') || take_char(&next, 'U'))) {
        *kind_out = 'u';
        value = take_digits(&next, 16, 4, 4);
    } else if (sign == '%') {
        value = take_digits(&next, 16, 2, 2);
    } else if (sign == '\\') {
        value = take_backslash(&next);
    } else if (sign == '&') {
        value = take_entity(&next);
    }
    if (value >= 0)
        *source = next;
    return value;
}

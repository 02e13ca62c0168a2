#include "charset.h"

#include "base/base64.h"

#include <stdint.h>
#include <string.h>

enum { CHARSET_NAME_MOST = 40 };

typedef void charset_put(struct span bytes, struct buf *text);

/* windows-1252 from 0x80 to 0x9f, as the WHATWG table has it; everything else in it is ISO-8859-1. */
static const uint16_t windows_1252[32] = {
    0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008d, 0x017d, 0x008f, 0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178,
};

static void put_utf8(struct buf *text, unsigned point)
{
    if (point < 0x80) {
        buf_put_char(text, (char)point);
    } else if (point < 0x800) {
        buf_put_char(text, (char)(0xc0 | point >> 6));
        buf_put_char(text, (char)(0x80 | (point & 0x3f)));
    } else if (point < 0x10000) {
        buf_put_char(text, (char)(0xe0 | point >> 12));
        buf_put_char(text, (char)(0x80 | (point >> 6 & 0x3f)));
        buf_put_char(text, (char)(0x80 | (point & 0x3f)));
    } else if (point <= 0x10ffff) {
        buf_put_char(text, (char)(0xf0 | point >> 18));
        buf_put_char(text, (char)(0x80 | (point >> 12 & 0x3f)));
        buf_put_char(text, (char)(0x80 | (point >> 6 & 0x3f)));
        buf_put_char(text, (char)(0x80 | (point & 0x3f)));
    }
}

static void put_latin(struct span bytes, struct buf *text, const uint16_t *upper_controls)
{
    for (size_t i = 0; i < bytes.size; i++) {
        unsigned byte = (unsigned char)bytes.data[i];
        bool is_mapped = upper_controls != NULL && byte >= 0x80 && byte < 0xa0;
        put_utf8(text, is_mapped ? upper_controls[byte - 0x80] : byte);
    }
}

static void put_latin_1(struct span bytes, struct buf *text)
{
    put_latin(bytes, text, NULL);
}

static void put_windows_1252(struct span bytes, struct buf *text)
{
    put_latin(bytes, text, windows_1252);
}

static void put_as_is(struct span bytes, struct buf *text)
{
    buf_put_span(text, bytes);
}

/* Units of UTF-16 or UTF-32; pairs of surrogates make one point. */
static void put_units(struct span bytes, size_t size, bool is_little, struct buf *text)
{
    unsigned high = 0;
    for (size_t at = 0; at + size <= bytes.size; at += size) {
        unsigned unit = 0;
        for (size_t i = 0; i < size; i++)
            unit = unit << 8 | (unsigned char)bytes.data[at + (is_little ? size - 1 - i : i)];
        if (high != 0 && unit >= 0xdc00 && unit < 0xe000)
            put_utf8(text, 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00));
        else if (unit < 0xd800 || unit >= 0xe000)
            put_utf8(text, unit);
        high = unit >= 0xd800 && unit < 0xdc00 ? unit : 0;
    }
}

/* The byte order by its mark, where there is one; else by where the zeros are, as all names have some ASCII. */
static void put_marked(struct span bytes, size_t size, struct buf *text)
{
    size_t zeros_first = 0;
    size_t zeros_last = 0;
    for (size_t at = 0; at + size <= bytes.size; at += size) {
        zeros_first += bytes.data[at] == '\0';
        zeros_last += bytes.data[at + size - 1] == '\0';
    }
    bool is_little = zeros_last > zeros_first;
    if (bytes.size >= size) {
        unsigned char first = (unsigned char)bytes.data[size - 2];
        unsigned char second = (unsigned char)bytes.data[size - 1];
        if (first == 0xfe && second == 0xff) {
            is_little = false;
            bytes = span_from(bytes, size);
        } else if ((unsigned char)bytes.data[0] == 0xff && (unsigned char)bytes.data[1] == 0xfe) {
            is_little = true;
            bytes = span_from(bytes, size);
        }
    }
    put_units(bytes, size, is_little, text);
}

static void put_utf_16(struct span bytes, struct buf *text)
{
    put_marked(bytes, 2, text);
}

static void put_utf_32(struct span bytes, struct buf *text)
{
    put_marked(bytes, 4, text);
}

/* RFC 2152: "+" begins base64 of UTF-16, "-" or whatever is no letter of it ends it. */
static void put_utf_7(struct span bytes, struct buf *text)
{
    while (bytes.size > 0) {
        struct span plain = span_slice(bytes, 0, span_find_byte(bytes, '+'));
        buf_put_span(text, plain);
        bytes = span_from(bytes, plain.size + 1);
        size_t size = 0;
        while (size < bytes.size && base64_is_letter(bytes.data[size]))
            size++;
        if (plain.data + plain.size == bytes.data) /* no "+" */
            return;
        if (size == 0 && bytes.size > 0 && bytes.data[0] == '-')
            buf_put_char(text, '+');
        unsigned bits = 0;
        unsigned count = 0;
        struct buf units;
        buf_init(&units, size);
        for (size_t i = 0; i < size; i++) {
            bits = (bits << 6 | base64_value(bytes.data[i])) & 0xffff;
            count += 6;
            if (count >= 8) {
                count -= 8;
                buf_put_char(&units, (char)(bits >> count & 0xff));
            }
        }
        put_units(buf_span(&units), 2, false, text);
        buf_fini(&units);
        bytes = span_from(bytes, size);
        if (bytes.size > 0 && bytes.data[0] == '-')
            bytes = span_from(bytes, 1);
    }
}

/* What all code pages of EBCDIC have at the same place. */
static void put_ebcdic(struct span bytes, struct buf *text)
{
    static const struct {
        unsigned char first;
        unsigned char count;
        char text;
    } runs[] = { { 0x81, 9, 'a' }, { 0x91, 9, 'j' },  { 0xa2, 8, 's' }, { 0xc1, 9, 'A' }, { 0xd1, 9, 'J' },
                 { 0xe2, 8, 'S' }, { 0xf0, 10, '0' }, { 0x4b, 1, '.' }, { 0x40, 1, ' ' }, { 0x60, 1, '-' },
                 { 0x6d, 1, '_' }, { 0x61, 1, '/' },  { 0x4d, 1, '(' }, { 0x5d, 1, ')' }, { 0x7a, 1, ':' } };
    for (size_t i = 0; i < bytes.size; i++) {
        unsigned byte = (unsigned char)bytes.data[i];
        char c = '?';
        for (size_t k = 0; k < sizeof runs / sizeof runs[0]; k++) {
            if (byte >= runs[k].first && byte - runs[k].first < runs[k].count)
                c = (char)(runs[k].text + (char)(byte - runs[k].first));
        }
        buf_put_char(text, c);
    }
}

static const struct {
    const char *name;
    charset_put *put;
} charsets[] = {
    { "utf-8", put_as_is },         { "utf8", put_as_is },           { "us-ascii", put_as_is },
    { "ascii", put_as_is },         { "iso-8859-1", put_latin_1 },   { "iso8859-1", put_latin_1 },
    { "iso_8859-1", put_latin_1 },  { "latin1", put_latin_1 },       { "windows-1252", put_windows_1252 },
    { "cp1252", put_windows_1252 }, { "cp-1252", put_windows_1252 },
};

/* By how their names begin, without the signs in them. */
static const struct {
    const char *prefix;
    charset_put *put;
} odd_charsets[] = {
    { "utf16", put_utf_16 },        { "unicode11utf7", put_utf_7 },   { "unicode", put_utf_16 },
    { "iso10646ucs2", put_utf_16 }, { "ucs2", put_utf_16 },           { "csunicode", put_utf_16 },
    { "utf32", put_utf_32 },        { "ucs4", put_utf_32 },           { "iso10646ucs4", put_utf_32 },
    { "utf7", put_utf_7 },          { "csunicode11utf7", put_utf_7 }, { "xunicode20utf7", put_utf_7 },
    { "unicode20utf7", put_utf_7 }, { "ebcdic", put_ebcdic },         { "xebcdic", put_ebcdic },
    { "csebcdic", put_ebcdic },
};

/* "IBM037", "cp1140", "csIBM500" and so on. Of the code pages of IBM these are EBCDIC. */
static bool is_ebcdic_number(struct span name)
{
    static const char *const prefixes[] = { "ibm", "cp", "csibm", "ccsid", "xibm", "xcp" };
    static const char *const numbers[] = { "037",   "37",   "273",  "277",  "278",  "280",   "284",  "285",   "297",
                                           "500",   "870",  "871",  "1026", "1047", "01047", "1140", "01140", "1141",
                                           "01141", "1142", "1143", "1144", "1145", "1146",  "1147", "1148",  "1149" };
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        for (size_t k = 0; k < sizeof numbers / sizeof numbers[0] && span_starts_with(name, prefixes[i]); k++) {
            if (span_is(span_from(name, strlen(prefixes[i])), numbers[k]))
                return true;
        }
    }
    return false;
}

/* How a text is read whose charset is not like ASCII; NULL: it is. */
static charset_put *find_odd(struct span charset)
{
    char name[CHARSET_NAME_MOST];
    size_t size = 0;
    for (size_t i = 0; i < charset.size && size < sizeof name; i++) {
        if (ascii_is_alnum(charset.data[i]))
            name[size++] = ascii_lower(charset.data[i]);
    }
    for (size_t i = 0; i < sizeof odd_charsets / sizeof odd_charsets[0]; i++) {
        if (span_starts_with(span_of(name, size), odd_charsets[i].prefix))
            return odd_charsets[i].put;
    }
    return is_ebcdic_number(span_of(name, size)) ? put_ebcdic : NULL;
}

bool mail_charset_is_odd(struct span charset)
{
    return find_odd(charset) != NULL;
}

void mail_charset_put(struct span charset, struct span bytes, struct buf *text_out)
{
    for (size_t i = 0; i < sizeof charsets / sizeof charsets[0]; i++) {
        if (span_is_nocase(charset, charsets[i].name)) {
            charsets[i].put(bytes, text_out);
            return;
        }
    }
    charset_put *odd = find_odd(charset);
    (odd != NULL ? odd : put_as_is)(bytes, text_out);
}

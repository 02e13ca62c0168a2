#include "charset.h"

#include <stdint.h>

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
    } else {
        buf_put_char(text, (char)(0xe0 | point >> 12));
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

static const struct {
    const char *name;
    void (*put)(struct span bytes, struct buf *text);
} charsets[] = {
    { "utf-8", put_as_is },         { "utf8", put_as_is },           { "us-ascii", put_as_is },
    { "ascii", put_as_is },         { "iso-8859-1", put_latin_1 },   { "iso8859-1", put_latin_1 },
    { "iso_8859-1", put_latin_1 },  { "latin1", put_latin_1 },       { "windows-1252", put_windows_1252 },
    { "cp1252", put_windows_1252 }, { "cp-1252", put_windows_1252 },
};

void mail_charset_put(struct span charset, struct span bytes, struct buf *text_out)
{
    for (size_t i = 0; i < sizeof charsets / sizeof charsets[0]; i++) {
        if (span_is_nocase(charset, charsets[i].name)) {
            charsets[i].put(bytes, text_out);
            return;
        }
    }
    put_as_is(bytes, text_out);
}

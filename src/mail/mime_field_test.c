#include "mime_field.h"

#include "base/buf.h"
#include "base/escape.h"
#include "base/test.h"

#include <stdio.h>
#include <string.h>

#define BYTES(text)                                                                                                    \
    {                                                                                                                  \
        text, sizeof(text) - 1                                                                                         \
    }

/* Each field as "T<value>", T for a type, E an encoding, D a disposition, with '?' where it isn't strict. */
static void test_fields(void)
{
    static const struct {
        struct span header;
        const char *fields;
    } rows[] = {
        { BYTES(""), "" },
        { BYTES("A: b\nContent-Description: c\n"), "" },
        { BYTES("Content-Type: a/b\n"), "T<a/b>" },
        { BYTES("CONTENT-type:a/b"), "T<a/b>" },
        { BYTES("A: b\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: x\r\n"), "E<base64>D<x>" },
        { BYTES("Content-Type: a/b;\r\n c=d\r\n\te\r\nF: g\r\n"), "T<a/b;\\x0d\\x0a c=d\\x0d\\x0a\\x09e>" },
        { BYTES("Content-Type:\n a/b\n"), "T<a/b>" },
        { BYTES("Content-Type : a/b\n"), "T?<a/b>" },
        { BYTES("Content-Type\t: a/b\n"), "T?<a/b>" },
        { BYTES("Content-Type:: a/b\n"), "T?<a/b>" },
        { BYTES("Content-Type a/b\n"), "T?<a/b>" },
        { BYTES("Content-Type= a/b\n"), "T?<a/b>" },
        { BYTES(" Content-Type: a/b\n"), "T?<a/b>" },
        { BYTES("\r\fContent-Type: a/b\n"), "T?<a/b>" },
        { BYTES("\0Content-Type\0: a/b\n"), "T?<a/b>" },
        { BYTES("Content-(x)Type(y): a/b\n"), "T?<a/b>" },
        { BYTES("Content-Type(: a/b\n"), "" },
        { BYTES("Content-T(ype: a/b\n"), "" },
        { BYTES("Content-Type\n"), "" },
        { BYTES("Content-Typed: a/b\n"), "" },
        { BYTES("Content-Type-X: a/b\n"), "" },
        { BYTES("Content-Type2: a/b\n"), "" },
        { BYTES("X-Content-Type: a/b\n"), "" },
        { BYTES("Content-Type"), "" },
        { BYTES("Content-Type\r\n : a/b;\r\n c=d\r\n"), "T?<a/b;\\x0d\\x0a c=d>" },
        { BYTES("Content-Type\r\n : a/b\fContent-Disposition: c\r\n"), "T?<a/b>D?<c>" },
        { BYTES("Content-Type\r\n a/b\r\n"), "" },
        { BYTES("Content-Type\r\n: a/b\r\n"), "" },
        { BYTES("A: b\vContent-Type: a/b\fContent-Disposition: c\r\n d\fe"), "T?<a/b>D?<c\\x0d\\x0a d\\x0ce>" },
        { BYTES("Content-Type: a/b\fContent-Typed: c"), "T<a/b\\x0cContent-Typed: c>" },
        { BYTES("A: b\n Content-Type: c/d\n e\nF: g"), "T?<c/d\\x0a e>" },
        { BYTES("Content-Type: a/b\n Content-Disposition: c\n"), "T<a/b>D?<c>" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mail_mime_field field;
        struct buf text;
        buf_init(&text, 1000);
        for (struct span rest = rows[i].header; mail_mime_field_next(&rest, &field);) {
            buf_printf(&text, "%c%s<", "TED"[field.name], field.is_strict ? "" : "?");
            escape_header(&text, field.value, 200);
            buf_put_char(&text, '>');
        }
        test_context(rows[i].header.data);
        if (!CHECK(strcmp(buf_text(&text), rows[i].fields) == 0))
            (void)fprintf(stderr, "the fields are %s\n", buf_text(&text));
        buf_fini(&text);
    }
    test_context(NULL);
}

int main(void)
{
    test_fields();
    return test_end();
}

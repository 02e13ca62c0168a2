#include "encoding.h"

#include "base/test.h"

#include <stdio.h>
#include <string.h>

#define BYTES(text)                                                                                                    \
    {                                                                                                                  \
        text, sizeof(text) - 1                                                                                         \
    }

/* The main one first, then the others, by their first letters; '?' where the word is unknown, '~' where it is odd. */
static void test_encodings(void)
{
    static const char letters[MAIL_ENCODINGS] = "ibquxyh";
    static const struct {
        struct span value;
        const char *encodings;
    } rows[] = {
        { BYTES("7bit"), "i" },
        { BYTES("8BIT"), "i" },
        { BYTES(" binary "), "i" },
        { BYTES(""), "i" },
        { BYTES("none"), "i" },
        { BYTES("base64"), "b" },
        { BYTES("BASE64"), "b" },
        { BYTES("quoted-printable"), "q" },
        { BYTES("x-uuencode"), "u" },
        { BYTES("uuencode"), "u" },
        { BYTES("x-uue"), "u" },
        { BYTES("x-uu"), "ui~" },
        { BYTES("\"base64\""), "bi~" },
        { BYTES("base64 (really)"), "bi~" },
        { BYTES("(base64) quoted-printable"), "biq~" },
        { BYTES("(7bit) base64"), "bi~" },
        { BYTES("base64;"), "bi~" },
        { BYTES("base 64"), "bi~" },
        { BYTES("base-64"), "bi~" },
        { BYTES("ba\0se64"), "b" },
        { BYTES("base64\0x"), "bi~" },
        { BYTES("ba\r\n se64"), "bi~" },
        { BYTES("=?utf-8?Q?base64?="), "bi~" },
        { BYTES("quoted printable"), "qi~" },
        { BYTES("base64, quoted-printable"), "biq~" },
        { BYTES("x-xxencode"), "xi~" },
        { BYTES("x-yencode"), "yi~" },
        { BYTES("yenc"), "yi~" },
        { BYTES("mac-binhex40"), "hi~" },
        { BYTES("x-gzip64"), "bi~" },
        { BYTES("rot13"), "ibq?~" },
        { BYTES("64"), "ibq?~" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mail_encodings encodings;
        char text[MAIL_ENCODINGS + 3] = "";
        size_t size = 0;
        mail_encodings_read(rows[i].value, &encodings);
        text[size++] = letters[encodings.main];
        for (unsigned k = 0; k < MAIL_ENCODINGS; k++) {
            if (k != encodings.main && (encodings.all & MAIL_ENCODING_BIT(k)) != 0)
                text[size++] = letters[k];
        }
        if (encodings.is_unknown)
            text[size++] = '?';
        if (encodings.is_odd)
            text[size++] = '~';
        test_context(rows[i].value.data);
        if (!CHECK(strcmp(text, rows[i].encodings) == 0))
            (void)fprintf(stderr, "the encodings are %s\n", text);
        CHECK((encodings.all & MAIL_ENCODING_BIT(encodings.main)) != 0);
    }
    test_context(NULL);
    CHECK(strcmp(mail_encoding_text(MAIL_ENCODING_QP), "quoted-printable") == 0);
}

int main(void)
{
    test_encodings();
    return test_end();
}

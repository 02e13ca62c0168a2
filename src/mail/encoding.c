#include "encoding.h"

#include "mail/value.h"

#include <string.h>

enum { ENCODING_WORD_SIZE = 256 };

static const char *const texts[MAIL_ENCODINGS] = {
    [MAIL_ENCODING_IDENTITY] = "it stands",  [MAIL_ENCODING_BASE64] = "base64",
    [MAIL_ENCODING_QP] = "quoted-printable", [MAIL_ENCODING_UUENCODE] = "uuencode",
    [MAIL_ENCODING_XXENCODE] = "xxencode",   [MAIL_ENCODING_YENC] = "yenc",
    [MAIL_ENCODING_BINHEX] = "binhex",
};

/* As the standard writes them. */
static const struct {
    const char *name;
    enum mail_encoding encoding;
} proper[] = {
    { "7bit", MAIL_ENCODING_IDENTITY },       { "8bit", MAIL_ENCODING_IDENTITY },
    { "binary", MAIL_ENCODING_IDENTITY },     { "base64", MAIL_ENCODING_BASE64 },
    { "quoted-printable", MAIL_ENCODING_QP }, { "x-uuencode", MAIL_ENCODING_UUENCODE },
    { "x-uue", MAIL_ENCODING_UUENCODE },      { "uuencode", MAIL_ENCODING_UUENCODE },
};

/* Anywhere among the letters and digits of a value, everything else left out. */
static const struct {
    const char *word;
    enum mail_encoding encoding;
} loose[] = {
    { "base64", MAIL_ENCODING_BASE64 },      { "b64", MAIL_ENCODING_BASE64 },      { "gzip64", MAIL_ENCODING_BASE64 },
    { "quotedprintable", MAIL_ENCODING_QP }, { "quoted", MAIL_ENCODING_QP },       { "printable", MAIL_ENCODING_QP },
    { "uu", MAIL_ENCODING_UUENCODE },        { "xxe", MAIL_ENCODING_XXENCODE },    { "yenc", MAIL_ENCODING_YENC },
    { "binhex", MAIL_ENCODING_BINHEX },      { "hqx", MAIL_ENCODING_BINHEX },      { "7bit", MAIL_ENCODING_IDENTITY },
    { "8bit", MAIL_ENCODING_IDENTITY },      { "binary", MAIL_ENCODING_IDENTITY },
};

/* Words that a program may not know without any harm: it then takes the body as it stands. */
static const char *const plain_words[] = {
    "none", "text", "plain", "ascii", "7bits", "8bits", "7-bit", "8-bit", "bit"
};

const char *mail_encoding_text(enum mail_encoding encoding)
{
    return texts[encoding];
}

static unsigned find_loose(struct span text)
{
    char word[ENCODING_WORD_SIZE];
    size_t size = 0;
    unsigned all = 0;
    for (size_t i = 0; i < text.size && size < sizeof word; i++) {
        if (ascii_is_alnum(text.data[i]))
            word[size++] = ascii_lower(text.data[i]);
    }
    for (size_t i = 0; i < sizeof loose / sizeof loose[0]; i++) {
        if (span_find(span_of(word, size), span_text(loose[i].word)) != SPAN_NONE)
            all |= MAIL_ENCODING_BIT(loose[i].encoding);
    }
    return all;
}

static bool is_plain_word(struct span text)
{
    for (size_t i = 0; i < sizeof plain_words / sizeof plain_words[0]; i++) {
        if (span_is_nocase(text, plain_words[i]))
            return true;
    }
    return text.size == 0;
}

void mail_encodings_read(struct span value, struct mail_encodings *encodings_out)
{
    *encodings_out = (struct mail_encodings){ .is_odd = true };
    struct mail_value readings;
    mail_value_init(&readings, value);
    struct span plain = span_trim(buf_span(&readings.readings[0]));
    for (size_t i = 0; i < sizeof proper / sizeof proper[0]; i++) {
        if (span_is_nocase(plain, proper[i].name)) {
            encodings_out->main = proper[i].encoding;
            encodings_out->all = MAIL_ENCODING_BIT(proper[i].encoding);
            encodings_out->is_odd = false;
        }
    }
    for (size_t i = 0; i < readings.count && encodings_out->is_odd; i++)
        encodings_out->all |= find_loose(buf_span(&readings.readings[i]));
    if (encodings_out->is_odd && is_plain_word(plain)) {
        encodings_out->is_odd = false;
    } else if (encodings_out->all == 0) {
        encodings_out->is_unknown = true;
        encodings_out->all = MAIL_ENCODING_BIT(MAIL_ENCODING_BASE64) | MAIL_ENCODING_BIT(MAIL_ENCODING_QP);
    }
    if (encodings_out->is_odd) { /* whoever reads it strictly doesn't know it, and takes the body as it stands */
        for (unsigned i = MAIL_ENCODINGS; i-- > 1;) {
            if ((encodings_out->all & MAIL_ENCODING_BIT(i)) != 0)
                encodings_out->main = encodings_out->is_unknown ? MAIL_ENCODING_IDENTITY : i;
        }
    }
    if (encodings_out->is_odd || encodings_out->all == 0)
        encodings_out->all |= MAIL_ENCODING_BIT(MAIL_ENCODING_IDENTITY);
    mail_value_fini(&readings);
}

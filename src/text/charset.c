#include "charset.h"

#include "base/base64.h"
#include "text/charset_ebcdic.h"
#include "text/pull.h"

#include <string.h>

enum {
    CHARSET_NAME_MOST = 32,
    CHARSET_SAMPLE_BYTES = 512,
    CHARSET_SAMPLE_LEAST = 16,
    CHARSET_STEP_MOST = 8,      /* the most bytes that one step writes */
    CHARSET_MARKUP_HEAD = 1024, /* where HTML and XML say their charset */
    POINT_WRONG = 0xfffd,
    POINT_MOST = 0x10ffff,
    BYTE_ORDER_MARK = 0xfeff
};

struct decoder;
typedef size_t step(struct decoder *decoder, char *data);

struct decoder {
    step *step;
    bool is_big; /* the high byte first */
    struct span rest;
    uint32_t high; /* the first half of a surrogate pair, or 0 */
    char shift;    /* UTF-7: '+'; '&' in IMAP */
    bool is_shifted;
    bool has_letters; /* in this shift */
    uint32_t bits;
    unsigned bit_count;
    uint16_t table[256]; /* EBCDIC */
};

static size_t put_point(uint32_t point, char *data)
{
    if (point > POINT_MOST || (point >= 0xd800 && point < 0xe000))
        point = POINT_WRONG;
    if (point < 0x80) {
        data[0] = (char)point;
        return 1;
    }
    size_t size = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const unsigned char firsts[5] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    for (size_t i = size - 1; i > 0; i--) {
        data[i] = (char)(0x80 | (point & 0x3f));
        point >>= 6;
    }
    data[0] = (char)(firsts[size] | point);
    return size;
}

/* One unit of UTF-16. A half pair is put as what readers show for it. */
static size_t put_unit(struct decoder *decoder, uint32_t unit, char *data)
{
    uint32_t high = decoder->high;
    decoder->high = 0;
    if (high != 0 && unit >= 0xdc00 && unit < 0xe000)
        return put_point(0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00), data);
    size_t size = high != 0 ? put_point(POINT_WRONG, data) : 0;
    if (unit >= 0xd800 && unit < 0xdc00) {
        decoder->high = unit;
        return size;
    }
    return size + put_point(unit, data + size);
}

static unsigned byte_take(struct decoder *decoder)
{
    unsigned byte = (unsigned char)decoder->rest.data[0];
    decoder->rest = (struct span){ decoder->rest.data + 1, decoder->rest.size - 1 };
    return byte;
}

static uint32_t unit_take(struct decoder *decoder, size_t size)
{
    uint32_t unit = 0;
    for (size_t i = 0; i < size; i++) {
        size_t at = decoder->is_big ? i : size - 1 - i;
        unit = unit << 8 | (unsigned char)decoder->rest.data[at];
    }
    decoder->rest = (struct span){ decoder->rest.data + size, decoder->rest.size - size };
    return unit;
}

static size_t utf_16_step(struct decoder *decoder, char *data)
{
    if (decoder->rest.size < 2) {
        decoder->rest.size = 0;
        return 0;
    }
    return put_unit(decoder, unit_take(decoder, 2), data);
}

static size_t utf_32_step(struct decoder *decoder, char *data)
{
    if (decoder->rest.size < 4) {
        decoder->rest.size = 0;
        return 0;
    }
    return put_point(unit_take(decoder, 4), data);
}

static size_t utf_7_step(struct decoder *decoder, char *data)
{
    char c = (char)byte_take(decoder);
    if (!decoder->is_shifted) {
        data[0] = c;
        decoder->is_shifted = c == decoder->shift;
        decoder->has_letters = false;
        decoder->bit_count = 0;
        return decoder->is_shifted ? 0 : 1;
    }
    if (base64_is_letter(c) || (c == ',' && decoder->shift == '&')) {
        decoder->has_letters = true;
        decoder->bits = decoder->bits << 6 | (c == ',' ? 63U : base64_value(c));
        decoder->bit_count += 6;
        if (decoder->bit_count < 16)
            return 0;
        decoder->bit_count -= 16;
        return put_unit(decoder, decoder->bits >> decoder->bit_count & 0xffffU, data);
    }
    decoder->is_shifted = false;
    decoder->high = 0;
    size_t size = 0;
    if (!decoder->has_letters)
        data[size++] = decoder->shift;
    if (c == decoder->shift && decoder->has_letters) { /* the next shift begins at once */
        decoder->is_shifted = true;
        decoder->has_letters = false;
        decoder->bit_count = 0;
    } else if (c != '-') {
        data[size++] = c;
    }
    return size;
}

/* How many bytes at the start of the text are one character in more bytes than it needs; 0: none are. Decoders of old,
 * and some of today, take them for the character all the same. */
static size_t overlong_size(struct span text, uint32_t *point_out)
{
    unsigned first = text.size > 1 ? (unsigned char)text.data[0] : 0;
    size_t size = first == 0xc0 || first == 0xc1 ? 2 : first == 0xe0 ? 3 : first == 0xf0 ? 4 : 0;
    if (size == 0 || size > text.size)
        return 0;
    *point_out = first & 1U & (size == 2);
    for (size_t i = 1; i < size; i++) {
        unsigned byte = (unsigned char)text.data[i];
        if (byte < 0x80 || byte > 0xbf)
            return 0;
        *point_out = *point_out << 6 | (byte & 0x3f);
    }
    static const uint32_t most[5] = { 0, 0, 0x80, 0x800, 0x10000 };
    return *point_out < most[size] ? size : 0;
}

static size_t utf_8_step(struct decoder *decoder, char *data)
{
    uint32_t point = 0;
    size_t size = overlong_size(decoder->rest, &point);
    decoder->rest = (struct span){ decoder->rest.data + size, decoder->rest.size - size };
    if (size > 0)
        return put_point(point, data);
    data[0] = (char)byte_take(decoder);
    return 1;
}

static size_t ebcdic_step(struct decoder *decoder, char *data)
{
    return put_point(decoder->table[byte_take(decoder)], data);
}

/* ISO 2022: ESC, intermediate bytes, a final one; shift out and in. */
static size_t iso_2022_step(struct decoder *decoder, char *data)
{
    unsigned byte = byte_take(decoder);
    data[0] = (char)byte;
    if (byte == 0x0e || byte == 0x0f)
        return 0;
    if (byte != 0x1b)
        return 1;
    while (decoder->rest.size > 0 && decoder->rest.data[0] >= ' ' && decoder->rest.data[0] <= '/')
        (void)byte_take(decoder);
    if (decoder->rest.size > 0 && decoder->rest.data[0] >= '0' && decoder->rest.data[0] <= '~')
        (void)byte_take(decoder);
    return 0;
}

/* HZ (RFC 1843): "~{" and "~}" switch, "~~" is "~", and "~" takes a line end away. */
static size_t hz_step(struct decoder *decoder, char *data)
{
    data[0] = (char)byte_take(decoder);
    if (data[0] != '~' || decoder->rest.size == 0 || strchr("{}~\n", decoder->rest.data[0]) == NULL)
        return 1;
    if (decoder->rest.data[0] == '\0')
        return 1;
    return byte_take(decoder) == '~' ? 1 : 0;
}

static size_t decoder_pull(void *state, char *data_out, size_t capacity)
{
    struct decoder *decoder = state;
    size_t size = 0;
    while (capacity - size >= CHARSET_STEP_MOST && decoder->rest.size > 0)
        size += decoder->step(decoder, data_out + size);
    return size;
}

static bool text_put(struct unpack *unpack, struct decoder *decoder, struct span text, const char *how)
{
    struct unpack_member member = { .packed_size = text.size, .how = how };
    decoder->rest = text;
    if (!unpack_begin(unpack, &member))
        return false;
    (void)text_put_pulled(unpack, decoder_pull, decoder);
    unpack_end(unpack);
    return true;
}

/* A text of units of 2 or 4 bytes; the mark at its beginning is no character of it. */
static bool units_put(struct unpack *unpack, struct span text, size_t unit_size, bool is_big)
{
    static const char *const hows[2][2] = { { "text, UTF-16LE", "text, UTF-16BE" },
                                            { "text, UTF-32LE", "text, UTF-32BE" } };
    struct decoder decoder = { .step = unit_size == 2 ? utf_16_step : utf_32_step, .is_big = is_big, .rest = text };
    if (text.size >= unit_size && unit_take(&decoder, unit_size) == BYTE_ORDER_MARK)
        text = decoder.rest;
    return text_put(unpack, &decoder, text, hows[unit_size == 4][is_big]);
}

enum order { ORDER_NONE, ORDER_LITTLE, ORDER_BIG };

/* The byte order that the mark shows. */
static enum order mark_order(struct span text, size_t unit_size)
{
    struct decoder decoder = { .rest = text };
    if (text.size < unit_size)
        return ORDER_NONE;
    uint32_t little = unit_take(&decoder, unit_size);
    decoder = (struct decoder){ .rest = text, .is_big = true };
    uint32_t big = unit_take(&decoder, unit_size);
    return little == BYTE_ORDER_MARK ? ORDER_LITTLE : big == BYTE_ORDER_MARK ? ORDER_BIG : ORDER_NONE;
}

/* The byte order in which the text is mostly ASCII. */
static enum order ascii_order(struct span text, size_t unit_size)
{
    struct span sample = span_slice(text, 0, CHARSET_SAMPLE_BYTES);
    size_t counts[2] = { 0, 0 };
    size_t units = sample.size / unit_size;
    for (unsigned is_big = 0; is_big < 2; is_big++) {
        struct decoder decoder = { .rest = sample, .is_big = is_big != 0 };
        while (decoder.rest.size >= unit_size) {
            uint32_t unit = unit_take(&decoder, unit_size);
            counts[is_big] += (unit >= ' ' && unit <= '~') || unit == '\t' || unit == '\r' || unit == '\n';
        }
    }
    if (sample.size < CHARSET_SAMPLE_LEAST)
        return ORDER_NONE;
    if (counts[0] * 10 >= units * 8)
        return ORDER_LITTLE;
    return counts[1] * 10 >= units * 8 ? ORDER_BIG : ORDER_NONE;
}

/* Units of 4 bytes are tried first: their mark begins with that of 2. */
static enum order undeclared_order(struct span content, size_t *unit_size_out)
{
    for (size_t size = 4; size >= 2; size -= 2) {
        *unit_size_out = size;
        enum order order = mark_order(content, size);
        order = order != ORDER_NONE ? order : ascii_order(content, size);
        if (order != ORDER_NONE)
            return order;
    }
    return ORDER_NONE;
}

static unpack_reader *markup_reader(struct span content);

void charset_read(struct unpack *unpack, struct span content)
{
    unpack_reader *markup = markup_reader(content);
    size_t unit_size = 0;
    enum order order = undeclared_order(content, &unit_size);
    if (order != ORDER_NONE && units_put(unpack, content, unit_size, order == ORDER_BIG) && unit_size == 4 &&
        mark_order(content, 2) != ORDER_NONE)
        (void)units_put(unpack, content, 2, order == ORDER_BIG); /* UTF-16 whose first character is NUL */
    if (markup != NULL)
        markup(unpack, content);
}

bool charset_looks(struct span content)
{
    size_t unit_size = 0;
    return undeclared_order(content, &unit_size) != ORDER_NONE || markup_reader(content) != NULL;
}

/* Where the declaration, the mark and the bytes themselves say different things, each is believed. */
static void units_read(struct unpack *unpack, struct span text, size_t unit_size, enum order declared)
{
    enum order mark = mark_order(text, unit_size);
    enum order ascii = ascii_order(text, unit_size);
    bool is_open = declared == ORDER_NONE && mark == ORDER_NONE;
    bool is_little = is_open || declared == ORDER_LITTLE || mark == ORDER_LITTLE || ascii == ORDER_LITTLE;
    bool is_big = is_open || declared == ORDER_BIG || mark == ORDER_BIG || ascii == ORDER_BIG;
    if (is_little && !units_put(unpack, text, unit_size, false))
        return;
    if (is_big)
        (void)units_put(unpack, text, unit_size, true);
}

static void utf_16_le_read(struct unpack *unpack, struct span text)
{
    units_read(unpack, text, 2, ORDER_LITTLE);
}

static void utf_16_be_read(struct unpack *unpack, struct span text)
{
    units_read(unpack, text, 2, ORDER_BIG);
}

static void utf_16_read(struct unpack *unpack, struct span text)
{
    units_read(unpack, text, 2, ORDER_NONE);
}

static void utf_32_le_read(struct unpack *unpack, struct span text)
{
    units_read(unpack, text, 4, ORDER_LITTLE);
}

static void utf_32_be_read(struct unpack *unpack, struct span text)
{
    units_read(unpack, text, 4, ORDER_BIG);
}

static void utf_32_read(struct unpack *unpack, struct span text)
{
    units_read(unpack, text, 4, ORDER_NONE);
}

/* Without the mark at its beginning, which is no character of it, and without overlong forms. */
static void utf_8_read(struct unpack *unpack, struct span text)
{
    struct decoder decoder = { .step = utf_8_step };
    uint32_t point = 0;
    bool has_mark = span_starts_with(text, "\xef\xbb\xbf");
    text = span_from(text, has_mark ? 3 : 0);
    for (size_t i = 0; text.data != NULL && i < text.size; i++) {
        if ((unsigned char)text.data[i] >= 0xc0 && overlong_size(span_from(text, i), &point) > 0) {
            (void)text_put(unpack, &decoder, text, "text, UTF-8 with overlong forms");
            return;
        }
    }
    struct unpack_member member = { .packed_size = text.size, .how = "text, UTF-8 without its mark" };
    if (has_mark && text.size > 0)
        (void)unpack_member_slice(unpack, &member, text);
}

static void utf_7_read(struct unpack *unpack, struct span text)
{
    struct decoder decoder = { .step = utf_7_step, .shift = '+' };
    if (span_find_byte(text, '+') != SPAN_NONE)
        (void)text_put(unpack, &decoder, text, "text, UTF-7");
}

static void utf_7_imap_read(struct unpack *unpack, struct span text)
{
    struct decoder decoder = { .step = utf_7_step, .shift = '&' };
    if (span_find_byte(text, '&') != SPAN_NONE)
        (void)text_put(unpack, &decoder, text, "text, UTF-7 of IMAP");
}

static void iso_2022_read(struct unpack *unpack, struct span text)
{
    struct decoder decoder = { .step = iso_2022_step };
    if (span_find_byte(text, '\x1b') != SPAN_NONE || span_find_byte(text, '\x0e') != SPAN_NONE ||
        span_find_byte(text, '\x0f') != SPAN_NONE)
        (void)text_put(unpack, &decoder, text, "text, ISO-2022 without escapes");
}

static void hz_read(struct unpack *unpack, struct span text)
{
    struct decoder decoder = { .step = hz_step };
    if (span_find_byte(text, '~') != SPAN_NONE)
        (void)text_put(unpack, &decoder, text, "text, HZ without escapes");
}

static void unknown_read(struct unpack *unpack, struct span text)
{
    (void)text;
    unpack_note(unpack, UNPACK_UNSUPPORTED, "charset: not like ASCII, and not known");
}

/* Names in lower case, without what is neither letter nor digit. The first that the name begins with counts. */
static const struct {
    const char *name;
    unpack_reader *read;
} charsets[] = {
    { "utf8", utf_8_read },
    { "csutf8", utf_8_read },
    { "utf16le", utf_16_le_read },
    { "utf16be", utf_16_be_read },
    { "utf16", utf_16_read },
    { "csutf16", utf_16_read },
    { "ucs2le", utf_16_le_read },
    { "ucs2be", utf_16_be_read },
    { "ucs2", utf_16_read },
    { "iso10646ucs2", utf_16_read },
    { "csunicode11utf7", utf_7_read },
    { "unicode11utf7", utf_7_read },
    { "unicode20utf7", utf_7_read },
    { "unicodefffe", utf_16_be_read },
    { "unicode", utf_16_read },
    { "csunicode", utf_16_read },
    { "iso10646", utf_16_read },
    { "utf32le", utf_32_le_read },
    { "utf32be", utf_32_be_read },
    { "utf32", utf_32_read },
    { "csutf32", utf_32_read },
    { "ucs4le", utf_32_le_read },
    { "ucs4be", utf_32_be_read },
    { "ucs4", utf_32_read },
    { "iso10646ucs4", utf_32_read },
    { "csucs4", utf_32_read },
    { "utf7imap", utf_7_imap_read },
    { "imap4utf7", utf_7_imap_read },
    { "ximap4modifiedutf7", utf_7_imap_read },
    { "utf7", utf_7_read },
    { "csutf7", utf_7_read },
    { "xunicode20utf7", utf_7_read },
    { "iso2022", iso_2022_read },
    { "csiso2022", iso_2022_read },
    { "cp50220", iso_2022_read },
    { "hzgb", hz_read },
    { "hz", hz_read },
    { "utfebcdic", unknown_read },
    { "scsu", unknown_read },
    { "bocu1", unknown_read },
    { "utf1", unknown_read },
};

/* "IBM037", "cp1140", "ebcdic-cp-us", "csIBM037", "x-EBCDIC-..." */
static bool ebcdic_read(struct unpack *unpack, struct span name, struct span text)
{
    static const char *const prefixes[] = { "ibm",     "cp",  "csibm", "ccsid",   "ebcdic",
                                            "xebcdic", "xcp", "xibm",  "csebcdic" };
    struct decoder decoder = { .step = ebcdic_step };
    bool is_known = false;
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0] && !is_known; i++) {
        if (!span_starts_with(name, prefixes[i]))
            continue;
        struct span number = span_from(name, strlen(prefixes[i]));
        while (number.size > 3 && number.data[0] == '0')
            number = span_from(number, 1);
        is_known = charset_ebcdic_table(number, decoder.table);
    }
    size_t word = span_find(name, span_text("ebcdic"));
    if (!is_known && word != SPAN_NONE) {
        struct span country = span_from(name, word + strlen("ebcdic"));
        country = span_from(country, span_starts_with(country, "cp") ? 2 : 0);
        is_known = charset_ebcdic_country_table(country, decoder.table) ||
                   charset_ebcdic_table(span_text("500"), decoder.table); /* they differ in signs */
    }
    if (is_known) /* whether or not it has any text */
        (void)text_put(unpack, &decoder, text, "text, EBCDIC");
    return is_known;
}

/* In lower case, without what is neither letter nor digit. */
static size_t name_fold(struct span charset, char name_out[CHARSET_NAME_MOST])
{
    size_t size = 0;
    for (size_t i = 0; i < charset.size && size < CHARSET_NAME_MOST; i++) {
        if (ascii_is_alnum(charset.data[i]))
            name_out[size++] = ascii_lower(charset.data[i]);
    }
    return size;
}

static unpack_reader *reader_of(struct span name)
{
    for (size_t i = 0; i < sizeof charsets / sizeof charsets[0]; i++) {
        if (span_is(span_slice(name, 0, strlen(charsets[i].name)), charsets[i].name))
            return charsets[i].read;
    }
    return NULL;
}

void charset_read_declared(struct unpack *unpack, struct span charset, struct span text)
{
    char name[CHARSET_NAME_MOST];
    size_t size = name_fold(charset, name);
    if (text.size == 0 || ebcdic_read(unpack, span_of(name, size), text))
        return;
    unpack_reader *read = reader_of(span_of(name, size));
    if (read != NULL)
        read(unpack, text);
}

/* Behind `word` and its equals sign. */
static struct span markup_value(struct span *rest, const char *word)
{
    size_t at = span_find_nocase(*rest, span_text(word));
    *rest = span_from(*rest, at == SPAN_NONE ? rest->size : at + strlen(word));
    struct span value = *rest;
    while (value.size > 0 && (ascii_is_space(value.data[0]) || strchr("=\"'", value.data[0]) != NULL))
        value = span_from(value, 1);
    size_t size = 0;
    while (size < value.size && (ascii_is_alnum(value.data[size]) || strchr("-_.", value.data[size]) != NULL))
        size++;
    return span_slice(value, 0, size);
}

/* HTML and XML name their charset in themselves. What is like ASCII for so long can be read otherwise behind it only in
 * those that change by escapes. */
static unpack_reader *markup_reader(struct span content)
{
    static const char *const words[] = { "charset", "encoding" };
    struct span head = span_trim(span_slice(content, 0, CHARSET_MARKUP_HEAD));
    if (head.size == 0 || head.data[0] != '<')
        return NULL;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        for (struct span rest = head; rest.size > 0;) {
            char name[CHARSET_NAME_MOST];
            struct span value = markup_value(&rest, words[i]);
            unpack_reader *read = reader_of(span_of(name, name_fold(value, name)));
            if (read == utf_7_read || read == iso_2022_read || read == hz_read)
                return read;
        }
    }
    return NULL;
}

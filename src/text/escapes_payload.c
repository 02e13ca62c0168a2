#include "escapes_payload.h"

#include "base/base64.h"

#include <string.h>

enum { ESCAPES_BEFORE = 40, ESCAPES_SKIP = 16 };

/* Where decoded bytes go: at first a sample of them is kept, then all go into the member. */
struct escapes_sink {
    struct unpack *unpack; /* NULL: the sample */
    char bytes[ESCAPES_SAMPLE];
    size_t size;
    bool is_full; /* enough of it, or no more room */
};

static void sink_flush(struct escapes_sink *sink)
{
    if (sink->unpack == NULL) {
        sink->is_full = sink->size == ESCAPES_SAMPLE;
        return;
    }
    sink->is_full |= !unpack_put(sink->unpack, span_of(sink->bytes, sink->size));
    sink->size = 0;
}

static void sink_put(struct escapes_sink *sink, unsigned byte)
{
    if (sink->is_full)
        return;
    sink->bytes[sink->size++] = (char)byte;
    if (sink->size == ESCAPES_SAMPLE)
        sink_flush(sink);
}

/* A value below 256 is a byte, above it UTF-8. */
static void sink_put_character(struct escapes_sink *sink, long value)
{
    if (value < 0x100) {
        sink_put(sink, (unsigned)value);
        return;
    }
    unsigned character = (unsigned)value;
    if (character < 0x800) {
        sink_put(sink, 0xc0 | character >> 6);
    } else if (character < 0x10000) {
        sink_put(sink, 0xe0 | character >> 12);
        sink_put(sink, 0x80 | (character >> 6 & 0x3f));
    } else {
        sink_put(sink, 0xf0 | (character >> 18 & 7));
        sink_put(sink, 0x80 | (character >> 12 & 0x3f));
        sink_put(sink, 0x80 | (character >> 6 & 0x3f));
    }
    sink_put(sink, 0x80 | (character & 0x3f));
}

static bool take_named(struct escapes_source *source, const char *name, size_t size)
{
    if (source->quote != 0 || !span_starts_with_nocase(source->rest, name))
        return false;
    source->rest = span_from(source->rest, size);
    return true;
}

/* The entities with names that stand in URIs. Nothing where there is none. */
static long take_name(struct escapes_source *source)
{
    static const struct {
        const char *name;
        size_t size;
        char value;
    } names[] = { { "&amp;", 5, '&' },    { "&plus;", 6, '+' },  { "&sol;", 5, '/' },     { "&equals;", 8, '=' },
                  { "&comma;", 7, ',' },  { "&colon;", 7, ':' }, { "&semi;", 6, ';' },    { "&quot;", 6, '"' },
                  { "&lt;", 4, '<' },     { "&gt;", 4, '>' },    { "&NewLine;", 9, ' ' }, { "&Tab;", 5, ' ' },
                  { "&percnt;", 8, '%' }, { "&apos;", 6, '\'' } };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (take_named(source, names[i].name, names[i].size))
            return names[i].value;
    }
    return -1;
}

static void decode_escaped(struct escapes_source source, struct escapes_sink *sink, bool is_wide)
{
    while (!sink->is_full) {
        char kind = 0;
        long value = escapes_take_escape(&source, &kind);
        if (value < 0)
            value = escapes_source_next(&source);
        if (value < 0)
            return;
        if (is_wide) {
            sink_put(sink, value & 0xff);
            sink_put(sink, value >> 8 & 0xff);
        } else {
            sink_put_character(sink, value);
        }
    }
}

static void decode_hex(struct escapes_source source, struct escapes_sink *sink)
{
    int high = -1;
    while (!sink->is_full) {
        int c = escapes_source_next(&source);
        if (c < 0)
            return;
        int digit = escapes_hex_digit(c);
        if (digit >= 0 && high >= 0)
            sink_put(sink, (unsigned)(high << 4 | digit));
        high = digit < 0 ? high : high < 0 ? digit : -1;
    }
}

/* The next character of base64. Line ends are written in several ways; the letters for URLs are translated. In a URI
 * there may be % escapes and entities. */
static int next_letter(struct escapes_source *source, bool is_uri)
{
    char kind = 0;
    struct escapes_source next = *source;
    int c = escapes_source_next(&next);
    if (c == '\\' && !is_uri) {
        c = escapes_source_next(&next);
        if (c == 'n' || c == 'r' || c == 't')
            c = ' ';
    } else if (c == '&' || (c == '%' && is_uri)) {
        next = *source;
        long value = take_name(&next);
        value = value < 0 ? escapes_take_escape(&next, &kind) : value;
        c = value >= 0 && value < 0x80 ? (int)value : c;
        if (value < 0)
            (void)escapes_source_next(&next);
    }
    *source = next;
    return c == '-' ? '+' : c == '_' ? '/' : c;
}

static void decode_base64(struct escapes_source source, struct escapes_sink *sink, bool is_uri)
{
    enum { LETTERS = 1024 };
    char letters[LETTERS];
    char bytes[LETTERS];
    struct base64 base64 = { 0 };
    for (int c = 0; c >= 0 && !sink->is_full;) {
        size_t count = 0;
        while (count < LETTERS && (c = next_letter(&source, is_uri)) >= 0)
            letters[count++] = (char)c;
        struct span rest = span_of(letters, count);
        while (rest.size > 0) {
            size_t size = base64_decode(&base64, &rest, bytes, LETTERS);
            for (size_t i = 0; i < size; i++)
                sink_put(sink, (unsigned char)bytes[i]);
        }
    }
    size_t size = base64_flush(&base64, bytes);
    for (size_t i = 0; i < size; i++)
        sink_put(sink, (unsigned char)bytes[i]);
}

/* Everything between the numbers was looked at before. */
static void decode_numbers(struct escapes_source source, struct escapes_sink *sink)
{
    struct span rest = source.rest;
    while (rest.size > 0 && !sink->is_full) {
        unsigned number = 0;
        bool is_start = escapes_is_digit(rest.data[0]) || rest.data[0] == '-' || span_starts_with_nocase(rest, "&H");
        if (is_start && escapes_take_number(&rest, 4, &number))
            sink_put(sink, number & 0xff);
        else
            rest = span_from(rest, 1);
    }
}

static void decode_uri(struct escapes_source source, struct escapes_sink *sink)
{
    while (!sink->is_full) {
        char kind = 0;
        struct escapes_source next = source;
        int c = escapes_source_next(&next);
        long value = c == '&' ? take_name(&source) : -1;
        if (value < 0 && (c == '&' || c == '%'))
            value = escapes_take_escape(&source, &kind);
        if (value < 0) {
            value = c;
            source = next;
        }
        if (value < 0)
            return;
        sink_put_character(sink, value);
    }
}

static void decode(const struct escapes_payload *payload, struct escapes_sink *sink)
{
    switch (payload->code) {
    case ESCAPES_ESCAPED:
    case ESCAPES_WIDE:
        decode_escaped(payload->source, sink, payload->code == ESCAPES_WIDE);
        break;
    case ESCAPES_HEX:
        decode_hex(payload->source, sink);
        break;
    case ESCAPES_BASE64:
    case ESCAPES_URI_BASE64:
        decode_base64(payload->source, sink, payload->code == ESCAPES_URI_BASE64);
        break;
    case ESCAPES_NUMBERS:
        decode_numbers(payload->source, sink);
        break;
    case ESCAPES_URI:
        decode_uri(payload->source, sink);
        break;
    case ESCAPES_PLAIN: {
        struct escapes_source source = payload->source;
        for (int c = 0; (c = escapes_source_next(&source)) >= 0 && !sink->is_full;)
            sink_put(sink, (unsigned)c);
        break;
    }
    }
    sink_flush(sink);
}

/* What malware comes as. Of two bytes only what is followed by more. */
static bool has_magic(struct span sample)
{
#define MAGIC(text)                                                                                                    \
    {                                                                                                                  \
        (text), sizeof(text) - 1                                                                                       \
    }
    static const struct span magics[] = {
        MAGIC("PK\3\4"),
        MAGIC("PK\5\6"),
        MAGIC("%PDF-"),
        MAGIC("\x7f"
              "ELF"),
        MAGIC("Rar!\x1a\7"),
        MAGIC("7z\xbc\xaf\x27\x1c"),
        MAGIC("\x1f\x8b\x08"),
        MAGIC("\xd0\xcf\x11\xe0"),
        MAGIC("MSCF\0\0\0\0"),
        MAGIC("L\0\0\0\1\x14\2\0"),
        MAGIC("{\\rt"),
        MAGIC("BZh"),
        MAGIC("x\x9c"), /* zlib */
        MAGIC("x\xda"),
        MAGIC("\xfd"
              "7zXZ\0"),
        MAGIC("\x28\xb5\x2f\xfd"),
        MAGIC("\xca\xfe\xba\xbe"),
        MAGIC("\xfe\xed\xfa"),
        MAGIC("\xcf\xfa\xed\xfe"),
        MAGIC("dex\n0"),
        MAGIC("\0asm\1"),
        MAGIC("FWS"),
        MAGIC("CWS"),
        MAGIC("\xe4\x52\x5c\x7b"),
        MAGIC("ITSF\3\0\0\0"),
        MAGIC("\x78\x9f\x3e\x22"),
        MAGIC("conectix"),
        MAGIC("vhdxfile"),
        MAGIC("!<arch>"),
        MAGIC("ISc("),
        MAGIC("MSWIM\0\0\0"),
        MAGIC("\xef\xbb\xbf<"),
        MAGIC("\xff\xfe"),
        MAGIC("\xeb\x3c\x90"),
    };
#undef MAGIC
    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++) {
        if (sample.size >= magics[i].size && memcmp(sample.data, magics[i].data, magics[i].size) == 0)
            return true;
    }
    return span_starts_with(sample, "MZ") && sample.size > 64 && memchr(sample.data, 0, 64) != NULL;
}

/* Nine of ten bytes are printable, or every second one is and the others are 0 (UTF-16). */
static bool is_text(struct span sample)
{
    size_t printable = 0;
    size_t zeros = 0;
    for (size_t i = 0; i < sample.size; i++) {
        char c = sample.data[i];
        printable += (c >= ' ' && c <= '~') || c == '\t' || c == '\n' || c == '\r';
        zeros += c == '\0';
    }
    if (printable * 10 >= sample.size * 9)
        return true;
    return zeros * 10 >= sample.size * 4 && printable * 10 >= sample.size * 4 &&
           (printable + zeros) * 10 >= sample.size * 9;
}

bool escapes_is_marked(struct span content, size_t at)
{
    static const char *const markers[] = { "atob",     "base64",     "b64",       "unescape", "decodeURI",
                                           "fromChar", "fromCode",   "Int8Array", "Uint8",    "byte",
                                           "Buffer",   "hexToBytes", "-enc",      "[char",    "charCode",
                                           "Chr(",     "ChrW(",      "unhexlify", "fromHex",  "bin.hex" };
    size_t end = at;
    for (size_t i = 0; i < ESCAPES_SKIP && end > 0 && !escapes_is_word(content.data[end - 1]); i++)
        end--;
    size_t start = end > ESCAPES_BEFORE ? end - ESCAPES_BEFORE : 0;
    struct span before = span_slice(content, start, at - start);
    for (size_t i = 0; i < sizeof markers / sizeof markers[0]; i++) {
        if (escapes_find(before, markers[i]) != SPAN_NONE)
            return true;
    }
    return false;
}

void escapes_hand_out(struct escapes_hand *hand, const struct escapes_payload *payload)
{
    if (hand->is_over)
        return;
    struct escapes_sink sink = { .unpack = NULL };
    decode(payload, &sink);
    struct span sample = span_of(sink.bytes, sink.size);
    if (sample.size < ESCAPES_LEAST)
        return;
    bool is_guess = !payload->is_marked && (has_magic(sample) || is_text(sample));
    bool is_full = hand->members == ESCAPES_MEMBERS || (is_guess && hand->guesses == ESCAPES_GUESSES);
    bool is_marked = payload->is_marked ||
                     ((is_full || !is_guess) && escapes_is_marked(payload->content, payload->start));
    if ((!is_guess && !is_marked) || (is_guess && is_full && !is_marked))
        return;
    if (hand->members == ESCAPES_MEMBERS) {
        hand->is_limited = true;
        return;
    }
    hand->members++;
    hand->guesses += !is_marked;
    struct unpack_member member = { .how = payload->how,
                                    .declared = payload->declared,
                                    .packed_size = payload->source.rest.size };
    if (!unpack_begin(hand->unpack, &member)) {
        hand->is_over = true;
        return;
    }
    sink = (struct escapes_sink){ .unpack = hand->unpack };
    decode(payload, &sink);
    unpack_end(hand->unpack);
}

#include "qp.h"

#include "text/pull.h"

#include <string.h>

enum { QP_SHORT_RUN = 16 };

/* Facts about a body that let a decoder differ from the main one. */
enum {
    FACT_STRAY = 1, /* a '=' that neither begins an escape nor ends a line */
    FACT_BLANK = 2, /* blanks at the end of a line */
    FACT_SOFT = 4,  /* a soft line break that is not exactly "=" CR LF or "=" LF */
    FACT_DROP = 8,  /* bytes that some programs drop before they read anything: NUL, CRs that end no line */
    FACT_ZERO = 16, /* an escaped NUL: no text, so it matters what a line end stands for */
    FACT_CRLF = 32, /* a line end that is kept, as CR LF */
    FACT_LF = 64    /* both of these */
};

struct reading {
    const char *how;
    bool joins; /* soft line breaks first, then escapes: one may stand on both sides of a break */
    bool keeps_blanks;
    bool is_exact;    /* a soft line break has nothing else in it */
    bool drops_stray; /* a '=' that means nothing is dropped */
    bool ends_at_cr;  /* of CR CR LF behind '=', the first CR is the line end */
    bool drops;       /* joins: without NUL, and CRs that end no line */
    bool ends_in_lf;  /* CR LF stands for LF, as where mail is kept with such line ends */
    unsigned facts;   /* one of these makes it worth trying */
};

static const struct reading main_reading = { .how = "quoted-printable" };

static const struct reading readings[] = {
    { .how = "quoted-printable, soft line breaks first", .joins = true, .facts = FACT_STRAY },
    { .how = "quoted-printable, NUL and lone CR dropped", .joins = true, .drops = true, .facts = FACT_DROP },
    { .how = "quoted-printable, stray = dropped", .drops_stray = true, .facts = FACT_STRAY },
    { .how = "quoted-printable, blanks at line ends kept", .keeps_blanks = true, .facts = FACT_BLANK },
    { .how = "quoted-printable, exact soft line breaks only",
      .keeps_blanks = true,
      .is_exact = true,
      .facts = FACT_SOFT },
    { .how = "quoted-printable, soft line breaks end at CR", .ends_at_cr = true, .facts = FACT_SOFT },
    { .how = "quoted-printable, line ends are LF", .ends_in_lf = true, .facts = FACT_LF },
};

struct decoder {
    const struct reading *reading;
    struct span rest;     /* not looked at yet */
    struct span line;     /* what is left of this line */
    struct span line_end; /* what follows it; nothing behind a soft line break */
    int ahead[2];         /* joins: bytes that were looked at too early */
    size_t ahead_count;
    unsigned facts;
};

/* Without blanks, or blanks and CRs, at its end. */
static size_t trimmed_size(struct span line, bool blanks, bool crs)
{
    while (line.size > 0 &&
           ((blanks && ascii_is_space(line.data[line.size - 1])) || (crs && line.data[line.size - 1] == '\r')))
        line.size--;
    return line.size;
}

/* Without all that a program may take for white space. */
static size_t bare_size(struct span line)
{
    static const char white[] = { ' ', '\t', '\r', '\v', '\f', '\0' };
    while (line.size > 0 && memchr(white, line.data[line.size - 1], sizeof white) != NULL)
        line.size--;
    return line.size;
}

/* Ends the line softly at its last '='. `between` was left out of it; `lf` more bytes follow. */
static void decoder_soft_end(struct decoder *decoder, struct span line, struct span between, size_t lf)
{
    bool is_exact = between.size == 0 || span_is(between, "\r");
    if (!is_exact)
        decoder->facts |= FACT_SOFT;
    decoder->line = span_slice(line, 0, line.size - 1);
    decoder->line_end.size = 0;
    size_t cr = span_find_byte(between, '\r');
    if (decoder->reading->ends_at_cr && !is_exact && cr != SPAN_NONE)
        decoder->line_end = span_of(between.data + cr + 1, between.size - cr - 1 + lf);
}

/* Takes the next line, up to LF. */
static void decoder_line(struct decoder *decoder)
{
    size_t at = span_find_byte(decoder->rest, '\n');
    struct span whole = span_slice(decoder->rest, 0, at);
    size_t lf = at == SPAN_NONE ? 0 : 1;
    decoder->rest = span_from(decoder->rest, whole.size + lf);

    size_t soft = bare_size(whole);
    if (decoder->reading->is_exact)
        soft = whole.size > 0 && whole.data[whole.size - 1] == '\r' ? whole.size - 1 : whole.size;
    if (soft > 0 && whole.data[soft - 1] == '=') {
        decoder_soft_end(decoder, span_slice(whole, 0, soft), span_from(whole, soft), lf);
        return;
    }
    size_t end = lf > 0 ? trimmed_size(whole, false, true) : whole.size;
    if (lf > 0 && end < whole.size) {
        decoder->facts |= FACT_CRLF;
        end = decoder->reading->ends_in_lf ? whole.size - 1 : end;
    }
    size_t kept = trimmed_size(span_slice(whole, 0, end), true, false);
    decoder->facts |= kept < end ? FACT_BLANK : 0U;
    decoder->line = span_slice(whole, 0, decoder->reading->keeps_blanks ? end : kept);
    if (decoder->reading->ends_in_lf && lf > 0)
        end = whole.size;
    decoder->line_end = span_of(whole.data + end, whole.size - end + lf);
}

/* How long a soft line break at CR alone is, at the '=' that begins the line; 0: none. */
static size_t soft_cr_size(const struct decoder *decoder)
{
    size_t at = 1;
    if (decoder->reading->is_exact)
        return 0;
    while (at < decoder->line.size && ascii_is_space(decoder->line.data[at]))
        at++;
    return at < decoder->line.size && decoder->line.data[at] == '\r' ? at + 1 : 0;
}

static inline unsigned hex_digit(char c)
{
    unsigned digit = (unsigned char)c - (unsigned)'0';
    if (digit < 10)
        return digit;
    digit = ((unsigned char)c | 0x20U) - 'a';
    return digit < 6 ? digit + 10 : 16;
}

/* Escapes, as many as stand side by side at the start of the line. */
static size_t decoder_escapes(struct decoder *decoder, char *data, size_t capacity)
{
    const char *in = decoder->line.data;
    size_t left = decoder->line.size;
    size_t size = 0;
    bool has_zero = false;
    while (left >= 3 && size < capacity && in[0] == '=') {
        unsigned high = hex_digit(in[1]);
        unsigned low = hex_digit(in[2]);
        if ((high | low) > 15)
            break;
        has_zero |= (high | low) == 0;
        data[size++] = (char)(high << 4 | low);
        in += 3;
        left -= 3;
    }
    decoder->line = (struct span){ in, left };
    decoder->facts |= has_zero ? FACT_ZERO : 0U;
    return size;
}

/* The line begins with a '=' that begins no escape. Returns how many bytes it stands for, 0 or 1. */
static size_t decoder_stray(struct decoder *decoder, char *data)
{
    *data = '=';
    size_t soft = soft_cr_size(decoder);
    decoder->facts |= soft > 0 ? FACT_SOFT : FACT_STRAY;
    decoder->line = span_from(decoder->line, soft > 0 ? soft : 1);
    return soft > 0 || decoder->reading->drops_stray ? 0 : 1;
}

/* Copies bytes up to the next '=' of the line. Short runs are copied by hand: they are most. */
static size_t decoder_copy(struct span *from, char *data, size_t capacity)
{
    size_t most = from->size < capacity ? from->size : capacity;
    size_t size = 0;
    for (; size < most && size < QP_SHORT_RUN && from->data[size] != '='; size++)
        data[size] = from->data[size];
    if (size == QP_SHORT_RUN && size < most) {
        const char *equals = memchr(from->data + size, '=', most - size);
        size_t end = equals != NULL ? (size_t)(equals - from->data) : most;
        memcpy(data + size, from->data + size, end - size);
        size = end;
    }
    *from = (struct span){ from->data + size, from->size - size };
    return size;
}

static size_t decoder_pull(void *state, char *data_out, size_t capacity)
{
    struct decoder *decoder = state;
    size_t size = 0;
    while (size < capacity) {
        if (decoder->line.size > 0) {
            size_t count = decoder_copy(&decoder->line, data_out + size, capacity - size);
            size += count;
            if (decoder->line.size == 0 || size == capacity)
                continue;
            size_t escapes = decoder_escapes(decoder, data_out + size, capacity - size);
            size += escapes;
            if (count == 0 && escapes == 0)
                size += decoder_stray(decoder, data_out + size);
        } else if (decoder->line_end.size > 0) {
            size += decoder_copy(&decoder->line_end, data_out + size, capacity - size);
        } else if (decoder->rest.size > 0) {
            decoder_line(decoder);
        } else {
            break;
        }
    }
    return size;
}

/* The next byte with the soft line breaks taken away, or -1. */
static int joined_next(struct decoder *decoder)
{
    if (decoder->ahead_count > 0)
        return decoder->ahead[--decoder->ahead_count];
    for (;;) {
        if (decoder->line.size == 0 && decoder->line_end.size == 0) {
            if (decoder->rest.size == 0)
                return -1;
            decoder_line(decoder);
            continue;
        }
        if (decoder->line.size > 0 && decoder->line.data[0] == '=') {
            size_t soft = soft_cr_size(decoder);
            decoder->line = span_from(decoder->line, soft);
            if (soft > 0)
                continue;
        }
        bool is_end = decoder->line.size == 0;
        struct span *from = is_end ? &decoder->line_end : &decoder->line;
        int byte = (unsigned char)from->data[0];
        *from = span_from(*from, 1);
        if (!decoder->reading->drops || (byte != '\0' && (byte != '\r' || is_end)))
            return byte;
    }
}

static size_t joined_pull(void *state, char *data_out, size_t capacity)
{
    struct decoder *decoder = state;
    size_t size = 0;
    while (size < capacity) {
        int byte = joined_next(decoder);
        if (byte < 0)
            break;
        data_out[size] = (char)byte;
        if (byte == '=') {
            int first = joined_next(decoder);
            int second = first < 0 ? -1 : joined_next(decoder);
            char digits[2] = { (char)first, (char)second };
            if (second < 0 || !span_hex_byte(span_of(digits, 2), &data_out[size])) {
                if (second >= 0)
                    decoder->ahead[decoder->ahead_count++] = second;
                if (first >= 0)
                    decoder->ahead[decoder->ahead_count++] = first;
            }
        }
        size++;
    }
    return size;
}

/* One more member, if it has other bytes than the main one. False: no more members. */
static bool reading_read(struct unpack *unpack, const struct reading *reading, struct span body)
{
    text_pull *pull = reading->joins ? joined_pull : decoder_pull;
    struct decoder one = { .reading = &main_reading, .rest = body };
    struct decoder other = { .reading = reading, .rest = body };
    if (!unpack_step(unpack, body.size))
        return false;
    if (text_pulls_equal(decoder_pull, &one, pull, &other))
        return true;
    struct decoder decoder = { .reading = reading, .rest = body };
    if (!unpack_begin(unpack, &(struct unpack_member){ .packed_size = body.size, .how = reading->how }))
        return false;
    (void)text_put_pulled(unpack, pull, &decoder);
    unpack_end(unpack);
    return true;
}

void qp_read(struct unpack *unpack, struct span body)
{
    struct decoder decoder = { .reading = &main_reading, .rest = body };
    struct unpack_member member = { .size_hint = body.size, .how = main_reading.how };
    if (!unpack_begin(unpack, &member))
        return;
    bool is_whole = text_put_pulled(unpack, decoder_pull, &decoder);
    unpack_end(unpack);
    unsigned facts = is_whole ? decoder.facts : FACT_STRAY | FACT_BLANK | FACT_SOFT;
    if (span_find_byte(body, '\0') != SPAN_NONE || span_find(body, span_text("\n\r")) != SPAN_NONE)
        facts |= FACT_DROP;
    if ((facts & FACT_ZERO) != 0 && (facts & FACT_CRLF) != 0)
        facts |= FACT_LF;
    for (size_t i = 0; i < sizeof readings / sizeof readings[0]; i++) {
        if ((readings[i].facts & facts) != 0 && !reading_read(unpack, &readings[i], body))
            return;
    }
}

#include "text/base64.h"

#include "base/base64.h"
#include "text/pull.h"

#include <string.h>

/* Members for single runs between paddings; a run of fewer letters is none that a file would be in. */
enum { BASE64_RUNS = 8, BASE64_RUN_LETTERS = 16 };

/* What a decoder does at '='. */
enum pad_way {
    PAD_RESTARTS, /* the group ends, a new one begins */
    PAD_STOPS,
    PAD_STOPS_IF_FULL, /* as Python: it is skipped, unless it makes a begun group full */
    PAD_SKIPPED,
    PAD_COUNTS /* it takes a letter's place in its group */
};

enum line_way {
    LINE_ANY,
    LINE_PURE, /* lines that have anything but letters and padding are left out */
    LINE_ALONE /* a line's end is the end of a group */
};

/* Facts about a body that let a decoder differ from the main one. */
enum {
    FACT_MORE = 1,   /* letters behind padding */
    FACT_OTHER = 2,  /* foreign bytes */
    FACT_BLANK = 4,  /* blanks */
    FACT_UNEVEN = 8, /* a line ends inside of a group */
    FACT_URL = 16,   /* '-' or '_' */
    FACT_ODD = 32    /* a single letter is left at the end of a run */
};

struct reading {
    const char *how;
    enum pad_way pad;
    enum line_way line;
    bool stops_at_other;
    bool knows_url;
    bool keeps_odd;
    unsigned facts; /* one of these makes it worth trying */
};

static const struct reading main_reading = { .how = "base64" };

static const struct reading readings[] = {
    { .how = "base64, stops at the first padding", .pad = PAD_STOPS, .facts = FACT_MORE },
    { .how = "base64, stops at the first full padding", .pad = PAD_STOPS_IF_FULL, .facts = FACT_MORE },
    { .how = "base64, padding skipped", .pad = PAD_SKIPPED, .facts = FACT_MORE },
    { .how = "base64, padding counted as a letter", .pad = PAD_COUNTS, .facts = FACT_MORE },
    { .how = "base64, lines of pure base64 only", .line = LINE_PURE, .facts = FACT_OTHER | FACT_BLANK },
    { .how = "base64, stops at the first foreign byte", .pad = PAD_STOPS, .stops_at_other = true, .facts = FACT_OTHER },
    { .how = "base64, each line by itself", .line = LINE_ALONE, .facts = FACT_UNEVEN },
    { .how = "base64, with URL-safe letters", .knows_url = true, .facts = FACT_URL },
    { .how = "base64, a last single letter kept", .keeps_odd = true, .facts = FACT_ODD },
};

/* One decoder at work, byte for byte: for readings other than the main one, and to compare with it. */
struct decoder {
    const struct reading *reading;
    struct span rest;
    struct span line; /* what is left of this line; of all, where lines don't matter */
    uint32_t group;
    unsigned places;    /* how many of the group's four places are taken */
    unsigned first_pad; /* PAD_COUNTS: the first place that a '=' took */
    unsigned pads;      /* PAD_STOPS_IF_FULL: in this group */
    bool has_pad;
};

static unsigned decoder_value(const struct decoder *decoder, char c)
{
    if (decoder->reading->knows_url && (c == '-' || c == '_'))
        return c == '-' ? 62 : 63;
    return base64_value(c);
}

/* The bytes of the group as far as it goes; then a new one begins. */
static size_t decoder_flush(struct decoder *decoder, char *data)
{
    unsigned places = decoder->has_pad ? decoder->first_pad : decoder->places;
    uint32_t group = decoder->group << (6 * (4 - decoder->places));
    size_t size = places > 0 ? places - 1 : 0;
    if (places == 1 && decoder->reading->keeps_odd)
        size = 1;
    for (size_t i = 0; i < size; i++)
        data[i] = (char)(group >> (16 - 8 * i));
    decoder->group = 0;
    decoder->places = 0;
    decoder->pads = 0;
    decoder->has_pad = false;
    return size;
}

static void decoder_stop(struct decoder *decoder)
{
    decoder->rest = (struct span){ 0 };
    decoder->line = (struct span){ 0 };
}

static size_t decoder_place(struct decoder *decoder, unsigned value, char *data)
{
    decoder->group = decoder->group << 6 | value;
    decoder->pads = 0;
    return ++decoder->places == 4 ? decoder_flush(decoder, data) : 0;
}

static size_t decoder_pad(struct decoder *decoder, char *data)
{
    switch (decoder->reading->pad) {
    case PAD_SKIPPED:
        return 0;
    case PAD_COUNTS:
        if (!decoder->has_pad)
            decoder->first_pad = decoder->places;
        decoder->has_pad = true;
        return decoder_place(decoder, 0, data);
    case PAD_STOPS_IF_FULL:
        if (decoder->places < 2 || decoder->places + ++decoder->pads < 4)
            return 0;
        decoder_stop(decoder);
        break;
    case PAD_STOPS:
        decoder_stop(decoder);
        break;
    case PAD_RESTARTS:
        break;
    }
    return decoder_flush(decoder, data);
}

static size_t decoder_byte(struct decoder *decoder, char c, char *data)
{
    unsigned value = decoder_value(decoder, c);
    if (value < 64)
        return decoder_place(decoder, value, data);
    if (value == BASE64_PAD)
        return decoder_pad(decoder, data);
    if (value == BASE64_OTHER && decoder->reading->stops_at_other)
        decoder_stop(decoder);
    return 0;
}

static bool line_is_pure(struct span line)
{
    line = span_trim(line);
    for (size_t i = 0; i < line.size; i++) {
        unsigned value = base64_value(line.data[i]);
        if (value >= 64 && value != BASE64_PAD)
            return false;
    }
    return true;
}

/* Takes the next line that counts. CR alone is a line end too. */
static void decoder_line(struct decoder *decoder)
{
    if (decoder->reading->line == LINE_ANY) {
        decoder->line = decoder->rest;
        decoder->rest.size = 0;
        return;
    }
    decoder->line = text_cut_line(&decoder->rest);
    if (decoder->reading->line == LINE_PURE && !line_is_pure(decoder->line))
        decoder->line.size = 0;
}

static size_t decoder_pull(void *state, char *data_out, size_t capacity)
{
    struct decoder *decoder = state;
    size_t size = 0;
    while (capacity - size >= 3) {
        if (decoder->line.size == 0) {
            if (decoder->rest.size == 0 || decoder->reading->line == LINE_ALONE)
                size += decoder_flush(decoder, data_out + size);
            if (decoder->rest.size == 0)
                break;
            decoder_line(decoder);
            continue;
        }
        char c = decoder->line.data[0];
        decoder->line = (struct span){ decoder->line.data + 1, decoder->line.size - 1 };
        size += decoder_byte(decoder, c, data_out + size);
    }
    return size;
}

/* The main reading as fast as can be, which finds out the facts by the way. */
struct main_decoder {
    struct span rest;
    struct span run; /* what is left up to the next padding */
    bool has_run;
    bool is_behind_pad;
    struct base64 base64;
    unsigned facts;
};

static size_t main_pull(void *state, char *data_out, size_t capacity)
{
    struct main_decoder *decoder = state;
    size_t size = 0;
    while (capacity - size >= 3) {
        if (decoder->run.size > 0) {
            size_t count = base64_decode(&decoder->base64, &decoder->run, data_out + size, capacity - size);
            size += count;
            decoder->facts |= decoder->is_behind_pad && (count > 0 || decoder->base64.sextets > 0) ? FACT_MORE : 0U;
        } else if (decoder->has_run) {
            decoder->has_run = false;
            decoder->facts |= decoder->base64.sextets == 1 ? FACT_ODD : 0U;
            size += base64_flush(&decoder->base64, data_out + size);
        } else if (decoder->rest.size > 0) {
            size_t at = span_find_byte(decoder->rest, '=');
            decoder->run = span_slice(decoder->rest, 0, at);
            decoder->is_behind_pad = decoder->is_behind_pad || decoder->base64.has_pad;
            decoder->base64.has_pad = at != SPAN_NONE;
            decoder->has_run = true;
            decoder->rest = span_from(decoder->rest, at != SPAN_NONE ? at + 1 : decoder->rest.size);
        } else {
            break;
        }
    }
    return size;
}

static unsigned main_facts(const struct main_decoder *decoder, struct span body)
{
    unsigned facts = decoder->facts;
    if (decoder->base64.has_blank)
        facts |= FACT_BLANK;
    if (decoder->base64.has_uneven_line)
        facts |= FACT_UNEVEN;
    if (decoder->base64.has_other)
        facts |= FACT_OTHER;
    if (decoder->base64.has_other && (span_find_byte(body, '-') != SPAN_NONE || span_find_byte(body, '_') != SPAN_NONE))
        facts |= FACT_URL;
    return facts;
}

/* One more member, if it has other bytes than the main one. False: no more members. */
static bool reading_read(struct unpack *unpack, const struct reading *reading, struct span body, struct span names)
{
    struct decoder one = { .reading = &main_reading, .rest = body };
    struct decoder other = { .reading = reading, .rest = body };
    if (!unpack_step(unpack, body.size))
        return false;
    if (text_pulls_equal(decoder_pull, &one, decoder_pull, &other))
        return true;
    struct decoder decoder = { .reading = reading, .rest = body };
    if (!unpack_begin(unpack, &(struct unpack_member){ .names = names, .packed_size = body.size, .how = reading->how }))
        return false;
    (void)text_put_pulled(unpack, decoder_pull, &decoder);
    unpack_end(unpack);
    return true;
}

static bool run_put(struct unpack *unpack, struct span run, struct span names, const char *how)
{
    struct decoder decoder = { .reading = &main_reading, .rest = run };
    if (!unpack_begin(unpack, &(struct unpack_member){ .names = names, .packed_size = run.size, .how = how }))
        return false;
    (void)text_put_pulled(unpack, decoder_pull, &decoder);
    unpack_end(unpack);
    return true;
}

static bool run_is_long(struct span run)
{
    size_t letters = 0;
    for (size_t i = 0; i < run.size && letters < BASE64_RUN_LETTERS; i++)
        letters += base64_is_letter(run.data[i]);
    return letters == BASE64_RUN_LETTERS;
}

/* The first run is what decoders give that stop; the others are here. */
static void runs_read(struct unpack *unpack, struct span body, struct span names)
{
    (void)span_cut(&body, '=');
    for (size_t count = 0; body.size > 0;) {
        struct span rest = body;
        struct span run = span_cut(&body, '=');
        if (!run_is_long(run))
            continue;
        if (count++ == BASE64_RUNS) {
            (void)run_put(unpack, rest, names, "base64, the later runs between paddings");
            return;
        }
        if (!run_put(unpack, run, names, "base64, a run between paddings"))
            return;
    }
}

void base64_read_named(struct unpack *unpack, struct span body, struct span names)
{
    struct main_decoder decoder = { .rest = body };
    struct unpack_member member = {
        .names = names, .packed_size = body.size, .size_hint = body.size / 4 * 3, .how = main_reading.how
    };
    if (!unpack_begin(unpack, &member))
        return;
    bool is_whole = text_put_pulled(unpack, main_pull, &decoder);
    unpack_end(unpack);
    if (!is_whole) /* the facts are not all known: what is left could make a difference */
        decoder.facts = FACT_MORE | FACT_OTHER | FACT_UNEVEN;
    unsigned facts = main_facts(&decoder, body);
    for (size_t i = 0; i < sizeof readings / sizeof readings[0]; i++) {
        if ((readings[i].facts & facts) != 0 && !reading_read(unpack, &readings[i], body, names))
            return;
    }
    if ((facts & FACT_MORE) != 0)
        runs_read(unpack, body, names);
}

void base64_read(struct unpack *unpack, struct span body)
{
    base64_read_named(unpack, body, (struct span){ 0 });
}

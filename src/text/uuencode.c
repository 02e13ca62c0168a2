#include "uuencode.h"

#include "base/base64.h"
#include "text/base64.h"
#include "text/pull.h"

/* A stated length is one letter: a line stands for at most 63 bytes. */
enum { UU_NONE = 64, UU_LINE_BYTES = 63 };

/* clang-format off */
/* From blank to '`', which both may stand for 0. */
static const unsigned char uu_values[256] = {
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
     0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
    32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63,
     0, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
};

/* "+-", digits, capitals, small letters. */
static const unsigned char xx_values[256] = {
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,  0, 64,  1, 64, 64,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 64, 64, 64, 64, 64, 64,
    64, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 64, 64, 64, 64, 64,
    64, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
};
/* clang-format on */

static const struct kind {
    const char *name;
    const unsigned char *values;
    const char *hows[4]; /* in the order of enum way */
} kinds[] = {
    { "uuencode",
      uu_values,
      { "uuencode", "uuencode, stops at the first bad line", "uuencode, stops at the first empty line",
        "uuencode, by the lengths of lines" } },
    { "xxencode",
      xx_values,
      { "xxencode", "xxencode, stops at the first bad line", "xxencode, stops at the first empty line",
        "xxencode, by the lengths of lines" } },
};

enum way { WAY_MAIN, WAY_STOPS_AT_BAD, WAY_STOPS_AT_ZERO, WAY_BY_LINES, WAYS };

/* Lines inside of a frame. */
enum line_kind {
    LINE_EXACT, /* encoded, and as long as it says */
    LINE_OTHER, /* perhaps encoded, of another length */
    LINE_ZERO,  /* stands for no byte: the last one */
    LINE_BLANK,
    LINE_BAD
};

/* How many letters stand for so many bytes. */
static size_t letters_of(size_t bytes)
{
    return (bytes + 2) / 3 * 4;
}

static inline unsigned kind_value(const struct kind *kind, char c)
{
    return kind->values[(unsigned char)c];
}

static enum line_kind line_kind(const struct kind *kind, struct span line)
{
    if (line.size == 0)
        return LINE_BLANK;
    /* A last letter that is none keeps blanks before it from being cut off; it counts for nothing. */
    unsigned stated = kind_value(kind, line.data[0]);
    if (stated > 0 && stated < UU_NONE && line.size == letters_of(stated) + 2)
        line.size--;
    unsigned all = 0;
    for (size_t i = 0; i < line.size; i++)
        all |= kind_value(kind, line.data[i]);
    if ((all & UU_NONE) != 0)
        return LINE_BAD;
    unsigned bytes = kind_value(kind, line.data[0]);
    size_t letters = line.size - 1;
    if (bytes == 0)
        return letters <= 1 ? LINE_ZERO : LINE_OTHER;
    /* The last group may be cut short, and a check letter may follow. */
    bool is_exact = letters >= (bytes * 4U + 2) / 3 && letters <= letters_of(bytes) + 1;
    return is_exact ? LINE_EXACT : LINE_OTHER;
}

/* What is known of a block before it is decoded. */
struct block {
    struct span lines; /* between the begin line and the end */
    struct span names;
    char name[TEXT_NAME_SIZE];
    bool has_mode; /* octal digits */
    bool has_end;
    struct span first; /* the lines before the first of them that may be the end as well */
    struct span other; /* from the first line of them on that may begin another block as well */
    size_t exact;
    bool starts_exact;    /* the first line that is not blank is encoded */
    bool has_zero;        /* and nothing encoded behind it, unless */
    bool goes_on_at_zero; /* ... this */
    bool goes_on_at_bad;  /* encoded lines behind a bad one */
    bool has_long;        /* lines longer than they say */
};

static void block_line(const struct kind *kind, struct block *block, struct span line, bool *is_bad)
{
    enum line_kind what = line_kind(kind, line);
    if (what == LINE_EXACT) {
        block->starts_exact |= block->exact == 0 && !*is_bad;
        block->exact++;
        block->goes_on_at_bad |= *is_bad;
        block->goes_on_at_zero |= block->has_zero;
    }
    block->has_zero |= what == LINE_ZERO;
    block->has_long |= what == LINE_OTHER;
    *is_bad |= what == LINE_BAD || what == LINE_OTHER;
}

static bool block_is_plausible(const struct block *block)
{
    if (block->exact == 0 || !block->starts_exact)
        return false;
    return block->exact >= 2 || block->has_end || block->has_zero || block->has_mode;
}

/* One way to decode a block. */
struct decoder {
    const struct kind *kind;
    enum way way;
    struct span rest;
    struct span letters; /* what is left of this line */
    size_t bytes;        /* ... and how many bytes it still stands for */
    size_t first_bytes;  /* of the first exact line */
    bool is_behind_last; /* a bad line, or an exact one that is shorter than the first, was there */
};

static void decoder_line(struct decoder *decoder)
{
    struct span line = text_cut_line(&decoder->rest);
    enum line_kind what = line_kind(decoder->kind, line);
    bool is_over = (what == LINE_BAD && decoder->way == WAY_STOPS_AT_BAD) ||
                   (what == LINE_ZERO && decoder->way == WAY_STOPS_AT_ZERO);
    if (is_over)
        decoder->rest.size = 0;
    decoder->is_behind_last |= what == LINE_BAD;
    if (what != LINE_EXACT && what != LINE_OTHER)
        return;
    /* A signature below looks like encoding too. */
    if (what == LINE_OTHER && decoder->is_behind_last && decoder->way != WAY_BY_LINES)
        return;
    decoder->letters = span_from(line, 1);
    decoder->bytes = kind_value(decoder->kind, line.data[0]);
    if (what == LINE_EXACT && decoder->first_bytes == 0)
        decoder->first_bytes = decoder->bytes;
    decoder->is_behind_last |= what == LINE_EXACT && decoder->bytes < decoder->first_bytes;
    if (decoder->way == WAY_BY_LINES)
        decoder->bytes = decoder->letters.size / 4 * 3;
}

/* Whole groups, as nearly all are. */
static size_t decoder_groups(struct decoder *decoder, char *data, size_t capacity)
{
    const unsigned char *values = decoder->kind->values;
    const unsigned char *in = (const unsigned char *)decoder->letters.data;
    size_t most = capacity < decoder->bytes ? capacity : decoder->bytes;
    size_t groups = most / 3 < decoder->letters.size / 4 ? most / 3 : decoder->letters.size / 4;
    for (size_t i = 0; i < groups; i++, in += 4, data += 3) {
        unsigned a = values[in[0]];
        unsigned b = values[in[1]];
        unsigned c = values[in[2]];
        unsigned d = values[in[3]];
        data[0] = (char)(a << 2 | b >> 4);
        data[1] = (char)(b << 4 | c >> 2);
        data[2] = (char)(c << 6 | d);
    }
    decoder->letters = span_from(decoder->letters, 4 * groups);
    decoder->bytes -= 3 * groups;
    return 3 * groups;
}

/* A last group of four letters; missing ones are blanks that were cut off. */
static size_t decoder_rest(struct decoder *decoder, char *data)
{
    uint32_t group = 0;
    size_t size = decoder->bytes < 3 ? decoder->bytes : 3;
    for (size_t i = 0; i < 4; i++)
        group = group << 6 | (i < decoder->letters.size ? kind_value(decoder->kind, decoder->letters.data[i]) : 0U);
    for (size_t i = 0; i < size; i++)
        data[i] = (char)(group >> (16 - 8 * i));
    decoder->letters = span_from(decoder->letters, 4);
    decoder->bytes -= size;
    return size;
}

static size_t decoder_pull(void *state, char *data_out, size_t capacity)
{
    struct decoder *decoder = state;
    size_t size = 0;
    while (capacity - size >= 3) {
        if (decoder->bytes >= 3 && decoder->letters.size >= 4)
            size += decoder_groups(decoder, data_out + size, capacity - size);
        else if (decoder->bytes > 0)
            size += decoder_rest(decoder, data_out + size);
        else if (decoder->rest.size > 0)
            decoder_line(decoder);
        else
            break;
    }
    return size;
}

static bool block_put(struct unpack *unpack, const struct kind *kind, const struct block *block, enum way way)
{
    struct decoder decoder = { .kind = kind, .way = way, .rest = block->lines };
    struct unpack_member member = { .names = block->names, .packed_size = block->lines.size, .how = kind->hows[way] };
    if (way != WAY_MAIN) {
        struct decoder one = { .kind = kind, .rest = block->lines };
        struct decoder other = decoder;
        if (!unpack_step(unpack, block->lines.size))
            return false;
        if (text_pulls_equal(decoder_pull, &one, decoder_pull, &other))
            return true;
    }
    if (!unpack_begin(unpack, &member))
        return false;
    (void)text_put_pulled(unpack, decoder_pull, &decoder);
    unpack_end(unpack);
    return true;
}

static bool block_read(struct unpack *unpack, const struct kind *kind, const struct block *block)
{
    bool ways[WAYS] = { [WAY_MAIN] = true,
                        [WAY_STOPS_AT_BAD] = block->goes_on_at_bad,
                        [WAY_STOPS_AT_ZERO] = block->goes_on_at_zero,
                        [WAY_BY_LINES] = block->has_long };
    for (unsigned way = 0; way < WAYS; way++) {
        if (ways[way] && !block_put(unpack, kind, block, (enum way)way))
            return false;
    }
    if (!block->has_end && !block->has_zero)
        unpack_note(unpack, UNPACK_DAMAGED, "%s: no end", kind->name);
    return true;
}

/* Behind "begin": " MODE NAME". Outlook takes the mode for granted. */
static void block_name(struct block *block, struct span words)
{
    words = span_trim(words);
    size_t digits = 0;
    while (digits < words.size && words.data[digits] >= '0' && words.data[digits] <= '7')
        digits++;
    block->has_mode = digits >= 3 && digits < words.size && ascii_is_space(words.data[digits]);
    block->names = text_name(span_from(words, block->has_mode ? digits : 0), block->name);
}

static bool is_begin(struct span line)
{
    return span_starts_with_nocase(line, "begin ") || span_starts_with_nocase(line, "begin\t") ||
           span_starts_with_nocase(line, "begin-base64");
}

/* As span_find for "EGIN", and faster where capitals are rare. */
static size_t capitals_find(struct span text)
{
    for (size_t at = 1; at < text.size; at++) {
        size_t found = span_find_byte(span_from(text, at), 'G');
        if (found == SPAN_NONE)
            return SPAN_NONE;
        at += found;
        if (text.data[at - 1] == 'E' && span_starts_with(span_from(text, at), "GIN"))
            return at - 1;
    }
    return SPAN_NONE;
}

/* Begin lines in small letters, in capitals, or with one (MIME-tools reads all of them). */
enum { BEGIN_SMALL, BEGIN_CAPITALS, BEGIN_WORDS };

/* Goes through a content; no byte is looked at twice for either word. */
struct begins {
    struct span content;
    size_t next[BEGIN_WORDS]; /* of "egin" and of "EGIN", at or behind where was asked last */
};

static size_t word_find(struct span content, size_t at, unsigned word)
{
    struct span rest = span_from(content, at);
    size_t found = word == BEGIN_SMALL ? span_find(rest, span_text("egin")) : capitals_find(rest);
    return found == SPAN_NONE ? content.size : at + found;
}

static struct begins begins_of(struct span content)
{
    struct begins begins = { .content = content };
    for (unsigned i = 0; i < BEGIN_WORDS; i++)
        begins.next[i] = word_find(content, 0, i);
    return begins;
}

static size_t begins_next(struct begins *begins, size_t at)
{
    size_t first = begins->content.size;
    for (unsigned i = 0; i < BEGIN_WORDS; i++) {
        if (begins->next[i] < at)
            begins->next[i] = word_find(begins->content, at, i);
        first = begins->next[i] < first ? begins->next[i] : first;
    }
    return first;
}

/* Moves *rest, an end of the content that never grows, to the next begin line. */
static bool begin_find(struct begins *begins, struct span *rest)
{
    struct span content = begins->content;
    for (size_t at = content.size - rest->size;;) {
        size_t found = begins_next(begins, at);
        if (found == content.size)
            return false;
        at = found + 4;
        if (found == 0)
            continue;
        struct span line = span_from(content, found - 1);
        bool is_first = found == 1 || line.data[-1] == '\n' || line.data[-1] == '\r';
        if (is_first && is_begin(line)) {
            *rest = line;
            return true;
        }
    }
}

/* In capitals a begin line and an end line may as well be data: then there are two readings. */
static bool is_exact_line(const struct kind *kind, struct span rest)
{
    return line_kind(kind, text_cut_line(&rest)) == LINE_EXACT;
}

/* Looks over the lines behind a begin line; *rest is then at the end, or at the next begin line. */
static void block_scan(const struct kind *kind, struct block *block, struct span *rest)
{
    const char *start = rest->data;
    bool is_bad = false;
    size_t size = 0;
    while (rest->size > 0 && !block->has_end) {
        bool is_other = is_begin(*rest);
        if (is_other && !is_exact_line(kind, *rest))
            break;
        if (is_other && block->other.size == 0)
            block->other = *rest;
        struct span line = text_cut_line(rest);
        struct span word = line.size < UU_LINE_BYTES ? span_trim(line) : span_of(NULL, 0);
        bool is_end = span_is_nocase(word, "end");
        block->has_end = is_end && (span_is(word, "end") || !is_exact_line(kind, *rest));
        if (is_end && !block->has_end && block->first.size == 0)
            block->first = span_of(start, size);
        if (!block->has_end) {
            size = (size_t)(rest->data - start);
            block_line(kind, block, line, &is_bad);
        }
    }
    block->lines = span_of(start, size);
}

static bool line_is_base64(struct span line)
{
    line = span_trim(line);
    size_t letters = 0;
    while (letters < line.size && base64_is_letter(line.data[letters]))
        letters++;
    return line.size > 0 && (letters == line.size || line.data[letters] == '=');
}

/* "begin-base64 MODE NAME"; behind "begin-base64-encoded" the name is base64 too. */
static bool base64_block_name(struct block *block, struct span line)
{
    size_t word = span_find_byte(line, ' ');
    block_name(block, span_from(line, word == SPAN_NONE ? line.size : word));
    if (span_starts_with(line, "begin-base64-encoded") && block->names.size > 0) {
        char decoded[TEXT_NAME_SIZE];
        struct base64 base64 = { 0 };
        struct span rest = span_slice(block->names, 0, block->names.size - 1);
        size_t size = base64_decode(&base64, &rest, decoded, sizeof decoded - 2);
        size += base64_flush(&base64, decoded + size);
        block->names = text_name(span_of(decoded, size), block->name);
    }
    return word != SPAN_NONE;
}

/* The block's lines are those that are pure base64, and blank ones. */
static void base64_block_read(struct unpack *unpack, struct block *block, struct span *rest)
{
    const char *start = rest->data;
    size_t size = 0;
    bool has_data = false;
    while (rest->size > 0 && !block->has_end && !is_begin(*rest)) {
        struct span next = *rest;
        struct span line = span_trim(text_cut_line(&next));
        block->has_end = span_starts_with(line, "====");
        if (!block->has_end && line.size > 0 && !line_is_base64(line))
            break;
        has_data |= line.size > 0 && !block->has_end;
        *rest = next;
        size = block->has_end ? size : (size_t)(rest->data - start);
    }
    if (!has_data)
        return;
    base64_read_named(unpack, span_of(start, size), block->names);
    if (!block->has_end)
        unpack_note(unpack, UNPACK_DAMAGED, "begin-base64: no end");
}

static size_t blocks_read(struct unpack *unpack, const struct kind *kind, struct span content)
{
    size_t count = 0;
    struct begins begins = begins_of(content);
    for (struct span rest = content; begin_find(&begins, &rest);) {
        struct block block = { 0 };
        struct span line = text_cut_line(&rest);
        if (rest.size > 0 && rest.data[0] == '\n')
            rest = span_from(rest, 1);
        if (span_starts_with(line, "begin-base64")) {
            bool is_named = base64_block_name(&block, line);
            if (kind == &kinds[0] && is_named)
                base64_block_read(unpack, &block, &rest);
            continue;
        }
        block_name(&block, span_from(line, 5));
        block_scan(kind, &block, &rest);
        if (block_is_plausible(&block)) {
            count++;
            if (!block_read(unpack, kind, &block))
                return count;
            block.lines = block.first;
            block.has_end = true;
            if (block.first.size > 0 && !block_read(unpack, kind, &block))
                return count;
        }
        if (block.other.size > 0) {
            if (!unpack_step(unpack, block.other.size - rest.size))
                return count;
            rest = block.other;
        }
    }
    return count;
}

void uu_read(struct unpack *unpack, struct span content)
{
    (void)blocks_read(unpack, &kinds[0], content);
}

void xx_read(struct unpack *unpack, struct span content)
{
    (void)blocks_read(unpack, &kinds[1], content);
}

void uu_bare_read(struct unpack *unpack, struct span body)
{
    if (blocks_read(unpack, &kinds[0], body) > 0)
        return;
    struct block block = { 0 };
    struct span rest = body;
    bool is_bad = false;
    while (rest.size > 0)
        block_line(&kinds[0], &block, text_cut_line(&rest), &is_bad);
    block.lines = body;
    block.has_end = true; /* nothing that could be missed */
    if (block.exact > 0 || block.has_long)
        (void)block_read(unpack, &kinds[0], &block);
    else if (span_trim(body).size > 0)
        unpack_note(unpack, UNPACK_DAMAGED, "uuencode: nothing that is encoded");
}

bool uu_looks(struct span content)
{
    bool has_blank = span_find_byte(content, ' ') != SPAN_NONE || span_find_byte(content, '\t') != SPAN_NONE;
    if (!has_blank) /* every begin line has one, and base64 has none */
        return false;
    struct begins begins = begins_of(content);
    struct span rest = content;
    return begin_find(&begins, &rest);
}

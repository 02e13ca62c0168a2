#include "blocks.h"

#include "base/base64.h"
#include "text/pull.h"

#include <string.h>

enum {
    BLOCK_LINE_LETTERS = 40,  /* a line that is no word */
    BLOCK_TOKEN_LETTERS = 64, /* enough in one line */
    BLOCK_VALUE_LETTERS = 16, /* behind a mark, and of a whole content */
    BLOCK_LARGE_BYTES = 512,
    BLOCK_KINDS_OF_LETTERS = 8, /* fewer make up a line of dashes */
    BLOCK_LOOK_BACK = 512,      /* for a mark */
    BLOCK_LINK_BACK = 256,      /* for the start of a link */
    BLOCK_PARAMETERS = 512,     /* between the mark and the value */
    BLOCK_SAMPLE_BYTES = 3072,
    BLOCK_TEXT_PERCENT = 85
};

struct block {
    struct span span;
    size_t letters;
    size_t long_lines;
    bool has_pad;
};

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

struct decoder {
    struct base64 base64;
    struct span rest;
};

static size_t decoder_pull(void *state, char *data_out, size_t capacity)
{
    struct decoder *decoder = state;
    size_t size = base64_decode(&decoder->base64, &decoder->rest, data_out, capacity - 2);
    return decoder->rest.size > 0 ? size : size + base64_flush(&decoder->base64, data_out + size);
}

/* Returns false where there will be no more members. */
static bool block_put(struct unpack *unpack, struct span block, const char *how)
{
    struct decoder decoder = { .rest = block };
    struct unpack_member member = { .packed_size = block.size, .size_hint = block.size / 4 * 3, .how = how };
    if (!unpack_begin(unpack, &member))
        return false;
    (void)text_put_pulled(unpack, decoder_pull, &decoder);
    unpack_end(unpack);
    return true;
}

/* What files begin with that do harm, or hold others that do. */
static bool has_magic(struct span bytes)
{
    static const struct {
        const char *bytes;
        size_t size;
    } magics[] = {
        { "MZ", 2 },
        { "PK\3\4", 4 },
        { "%PDF", 4 },
        { "Rar!", 4 },
        { "7z\xbc\xaf", 4 },
        { "\x1f\x8b\x08", 3 },
        { "BZh", 3 },
        { "\xfd"
          "7zXZ",
          5 },
        { "\x7f"
          "ELF",
          4 },
        { "\xd0\xcf\x11\xe0", 4 },
        { "GIF8", 4 },
        { "\x89PNG", 4 },
        { "\xff\xd8\xff", 3 },
        { "{\\rtf", 5 },
        { "MSCF", 4 },
        { "ITSF", 4 },
        { "\xca\xfe\xba\xbe", 4 },
        { "L\0\0\0\1\x14\2\0", 8 },
        { "\x28\xb5\x2f\xfd", 4 },
        { "x\x9f\x3e\x22", 4 },
        { "\xe4\x52\x5c\x7b", 4 },
        { "CWS", 3 },
        { "FWS", 3 },
    };
    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++) {
        if (bytes.size > magics[i].size && memcmp(bytes.data, magics[i].bytes, magics[i].size) == 0)
            return true;
    }
    return false;
}

static bool is_text(struct span bytes)
{
    size_t printable = 0;
    for (size_t i = 0; i < bytes.size; i++) {
        char c = bytes.data[i];
        printable += (c >= ' ' && c <= '~') || c == '\t' || c == '\r' || c == '\n';
    }
    return printable * 100 >= bytes.size * BLOCK_TEXT_PERCENT;
}

static bool has_kinds_of_letters(struct span letters)
{
    uint64_t seen = 0;
    for (size_t i = 0; i / 2 < BLOCK_TOKEN_LETTERS && i < letters.size; i++) {
        unsigned value = base64_value(letters.data[i]);
        seen |= value < 64 ? UINT64_C(1) << value : 0;
    }
    return __builtin_popcountll(seen) >= BLOCK_KINDS_OF_LETTERS;
}

static bool is_plausible(struct span content, const struct block *block)
{
    char sample[BLOCK_SAMPLE_BYTES];
    struct base64 base64 = { 0 };
    struct span rest = block->span;
    if (!has_kinds_of_letters(block->span))
        return false;
    size_t before = (size_t)(block->span.data - content.data);
    size_t back = before < BLOCK_LOOK_BACK ? before : BLOCK_LOOK_BACK;
    if (span_find_nocase(span_of(block->span.data - back, back), span_text("base64")) != SPAN_NONE)
        return true;
    struct span bytes = span_of(sample, base64_decode(&base64, &rest, sample, sizeof sample));
    bool is_bulk = block->letters / 4 * 3 >= BLOCK_LARGE_BYTES && block->letters >= content.size / 2;
    return has_magic(bytes) || is_text(bytes) || is_bulk;
}

/* The next run of at least so many letters as make a line. */
static size_t seed_find(struct span content, size_t from)
{
    while (from + BLOCK_LINE_LETTERS <= content.size) {
        size_t at = from + BLOCK_LINE_LETTERS;
        while (at > from && base64_is_letter(content.data[at - 1]))
            at--;
        if (at == from)
            return from;
        from = at;
    }
    return SPAN_NONE;
}

/* Could the block's first letter be the first of a line or a value, and not a piece of a link? */
static bool starts_well(struct span content, size_t at)
{
    if (at == 0 || is_one_of(content.data[at - 1], "\r\n"))
        return true;
    if (!is_one_of(content.data[at - 1], " \t>|:=\"',;([{"))
        return false;
    size_t back = at < BLOCK_LINK_BACK ? at : BLOCK_LINK_BACK;
    size_t start = at;
    while (start > at - back && !is_one_of(content.data[start - 1], " \t\r\n\"'<>()"))
        start--;
    struct span before = span_slice(content, start, at - start);
    return span_find(before, span_text("://")) == SPAN_NONE && span_find_byte(before, '?') == SPAN_NONE &&
           span_find_byte(before, '&') == SPAN_NONE && span_find_byte(before, '%') == SPAN_NONE &&
           span_find_nocase(before, span_text("http")) == SPAN_NONE;
}

/* Takes letters and padding. Returns how many letters. */
static size_t take_letters(struct span *rest, bool *has_pad_out)
{
    size_t letters = 0;
    while (letters < rest->size && base64_is_letter(rest->data[letters]))
        letters++;
    size_t pads = 0;
    while (letters > 0 && pads < 2 && letters + pads < rest->size && rest->data[letters + pads] == '=')
        pads++;
    *has_pad_out = pads > 0;
    *rest = span_from(*rest, letters + pads);
    return letters;
}

static void skip_any(struct span *rest, const char *set)
{
    size_t size = 0;
    while (size < rest->size && is_one_of(rest->data[size], set))
        size++;
    *rest = span_from(*rest, size);
}

/* Blanks, and NUL bytes, which who reads texts passes over. */
static void skip_blanks(struct span *rest)
{
    size_t size = 0;
    while (size < rest->size && (ascii_is_space(rest->data[size]) || rest->data[size] == '\0'))
        size++;
    *rest = span_from(*rest, size);
}

static bool ends_well(struct span rest)
{
    return rest.size == 0 || rest.data[0] == '\0' || is_one_of(rest.data[0], " \t\r\n\"'<,;)]}");
}

/* Takes one more line of the block from *rest, if the next one could be. */
static bool block_next_line(struct block *block, struct span *rest)
{
    struct span next = *rest;
    bool has_pad = false;
    skip_blanks(&next);
    if (next.size == 0 || !is_one_of(next.data[0], "\r\n"))
        return false;
    next = span_from(next, next.size > 1 && next.data[0] == '\r' && next.data[1] == '\n' ? 2 : 1);
    bool is_behind_blank = false;
    skip_any(&next, " \t>|");
    while (next.size > 0 && is_one_of(next.data[0], "\r\n")) {
        is_behind_blank |= next.data[0] == '\n';
        next = span_from(next, 1);
        skip_any(&next, " \t>|");
    }
    size_t letters = take_letters(&next, &has_pad);
    if (letters == 0 || !ends_well(next))
        return false;
    bool is_word = letters < BLOCK_LINE_LETTERS && !has_pad;
    if (is_behind_blank && is_word)
        return false;
    struct span end = next;
    skip_blanks(&end);
    if (end.size > 0 && end.data != next.data && !is_one_of(end.data[0], "\r\n"))
        return false; /* words follow */
    if (is_word && (block->letters + letters) % 4 != 0 && block->letters % 4 == 0 && letters < BLOCK_VALUE_LETTERS)
        return false; /* a word below, such as "Regards" */
    block->letters += letters;
    block->long_lines += letters >= BLOCK_LINE_LETTERS;
    block->has_pad = has_pad;
    *rest = next;
    return true;
}

/* Takes the block that begins with the run of letters at `at`. */
static struct block block_take(struct span content, size_t at)
{
    struct span rest = span_from(content, at);
    struct block block = { .long_lines = 1 };
    const char *start = rest.data;
    block.letters = take_letters(&rest, &block.has_pad);
    while (!block.has_pad && block_next_line(&block, &rest))
        continue;
    block.span = span_of(start, (size_t)(rest.data - start));
    return block;
}

static bool runs_read(struct unpack *unpack, struct span content)
{
    size_t at = 0;
    while ((at = seed_find(content, at)) != SPAN_NONE) {
        struct block block = block_take(content, at);
        size_t end = at + block.span.size;
        bool is_long = block.letters >= BLOCK_TOKEN_LETTERS || block.long_lines >= 2;
        bool is_block = is_long && starts_well(content, at) && ends_well(span_from(content, end)) &&
                        is_plausible(content, &block);
        if (is_block && !block_put(unpack, block.span, "base64 in a text"))
            return false;
        at = end;
    }
    return true;
}

/* A value behind a mark: letters, and lines that are folded, or that begin below it (vCard 2.1). */
static struct span value_take(struct span rest, size_t *letters_out)
{
    const char *start = rest.data;
    bool has_pad = false;
    *letters_out = 0;
    for (;;) {
        struct span next = rest;
        size_t letters = take_letters(&next, &has_pad);
        *letters_out += letters;
        rest = next;
        skip_any(&next, "\r\n");
        bool is_folded = next.data != rest.data && next.size > 0 && ascii_is_space(next.data[0]);
        skip_any(&next, " \t");
        if (has_pad || next.size == 0 || !base64_is_letter(next.data[0]))
            break;
        if (!is_folded && (next.data == rest.data ? letters > 0 : *letters_out > 0))
            break;
        rest = next;
    }
    return span_of(start, (size_t)(rest.data - start));
}

/* Where the value begins, behind the rest of the property's parameters; SPAN_NONE: it is no property. */
static size_t value_find(struct span rest)
{
    bool is_quoted = false;
    rest = span_slice(rest, 0, BLOCK_PARAMETERS);
    for (size_t i = rest.size > 0 && rest.data[0] == '"' ? 1 : 0; i < rest.size; i++) { /* ENCODING="BASE64" */
        char c = rest.data[i];
        is_quoted ^= c == '"';
        if (!is_quoted && (c == ':' || c == ','))
            return i + 1;
        bool is_fold = i + 1 < rest.size && (is_one_of(rest.data[i + 1], " \t\r\n"));
        if (is_one_of(c, "<>") || (is_one_of(c, "\r\n") && !is_fold))
            return SPAN_NONE;
    }
    return SPAN_NONE;
}

struct mark {
    const char *text;   /* what is searched for */
    const char *before; /* what stands before it, letter case does not count */
    bool is_at_value;
    bool is_attribute; /* LDIF (RFC 2849): a line's first word stands before it */
};

/* Is the text a whole line so far, and one word? */
static bool is_first_word(struct span text)
{
    size_t size = 0;
    while (size < text.size && size < BLOCK_LINK_BACK && !is_one_of(text.data[text.size - size - 1], " \t\r\n:"))
        size++;
    return size > 0 && (size == text.size || is_one_of(text.data[text.size - size - 1], "\r\n"));
}

/* As span_find, and faster than that for something so short and so rare. */
static size_t mark_find(struct span rest, const char *text)
{
    size_t size = strlen(text);
    for (size_t from = 0; from + size <= rest.size;) {
        size_t at = span_find_byte(span_from(rest, from), text[0]);
        if (at == SPAN_NONE || from + at + size > rest.size)
            return SPAN_NONE;
        if (memcmp(rest.data + from + at, text, size) == 0)
            return from + at;
        from += at + 1;
    }
    return SPAN_NONE;
}

static bool marks_read(struct unpack *unpack, struct span content, const struct mark *mark)
{
    struct span rest = content;
    size_t before_size = strlen(mark->before);
    for (size_t at = 0; (at = mark_find(rest, mark->text)) != SPAN_NONE;) {
        struct span before = span_of(content.data, (size_t)(rest.data - content.data) + at);
        rest = span_from(rest, at + strlen(mark->text));
        if (mark->is_attribute && !is_first_word(before))
            continue;
        before = span_from(before, before.size < before_size ? before.size : before.size - before_size);
        if (before.size < before_size || !span_is_nocase(before, mark->before))
            continue;
        size_t value = mark->is_at_value ? 0 : value_find(rest);
        if (value == SPAN_NONE)
            continue;
        struct span value_rest = span_from(rest, value);
        skip_any(&value_rest, " \t");
        size_t letters = 0;
        struct span block = value_take(value_rest, &letters);
        if (letters < BLOCK_VALUE_LETTERS || !ends_well(span_from(value_rest, block.size)))
            continue;
        if (!block_put(unpack, block, "base64 in a text, behind a mark"))
            return false;
        rest = span_of(block.data + block.size, (size_t)(content.data + content.size - block.data) - block.size);
    }
    return true;
}

static const struct mark marks[] = {
    { .text = "64", .before = "base" },
    { .text = "=b:", .before = "encoding", .is_at_value = true },
    { .text = "=B:", .before = "encoding", .is_at_value = true },
    { .text = "=b;", .before = "encoding" },
    { .text = "=B;", .before = "encoding" },
    { .text = ":: ", .before = "", .is_at_value = true, .is_attribute = true },
};
enum { MARKS = sizeof marks / sizeof marks[0] };

/* Is there any of those that begin with '='? In markup there are many of these signs, hence one pass for all four. */
static bool has_encoding_mark(struct span content)
{
    for (size_t at = 0; at + 2 < content.size; at++) {
        size_t found = span_find_byte(span_slice(content, at, content.size - at - 2), '=');
        if (found == SPAN_NONE)
            return false;
        at += found;
        if ((content.data[at + 1] | 0x20) == 'b' && is_one_of(content.data[at + 2], ":;"))
            return true;
    }
    return false;
}

/* Are all lines pure base64, and there is nothing else? Prose has a blank or a mark soon. */
static bool is_all_base64(struct span content)
{
    size_t letters = 0;
    content = span_trim(content);
    for (size_t i = 0; i < content.size; i++) {
        unsigned value = base64_value(content.data[i]);
        if (value == BASE64_OTHER)
            return false;
        if (value == BASE64_BLANK && !is_one_of(content.data[i + 1], " \t\r\n"))
            return false; /* the last byte is none, so that there is a next one */
        letters += value < 64;
    }
    return letters >= BLOCK_VALUE_LETTERS;
}

void blocks_read(struct unpack *unpack, struct span content)
{
    if (is_all_base64(content)) {
        struct block block = { .span = content, .letters = content.size };
        if (is_plausible(content, &block))
            (void)block_put(unpack, content, "base64 in a text, all of it");
        return;
    }
    bool has_encoding = has_encoding_mark(content);
    for (size_t i = 0; i < MARKS; i++) {
        if ((marks[i].text[0] != '=' || has_encoding) && !marks_read(unpack, content, &marks[i]))
            return;
    }
    (void)runs_read(unpack, content);
}

bool blocks_looks(struct span content)
{
    if (seed_find(content, 0) != SPAN_NONE || is_all_base64(content))
        return true;
    for (size_t i = 0; i < MARKS; i++) {
        if (marks[i].text[0] != '=' && mark_find(content, marks[i].text) != SPAN_NONE)
            return true;
    }
    return has_encoding_mark(content);
}

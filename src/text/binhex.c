#include "binhex.h"

#include "text/pull.h"

#include <string.h>

/* In the line above the data. Programs look for no more of it. */
static const char comment[] = "BinHex";
static const char alphabet[] = "!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr";

enum {
    BINHEX_NONE = 64,
    BINHEX_RUN_MARK = 0x90,
    BINHEX_NAME_MOST = 63,
    BINHEX_HEADER_REST = 21, /* behind the name: version, type, creator, flags, two lengths, check sum */
    BINHEX_COMMENT_MOST = 40,
    BINHEX_LETTERS_LEAST = 40 /* that a text must begin with, where the line above is missing */
};

/* Letters to bytes to runs. */
struct decoder {
    unsigned char values[256];
    struct span rest;
    uint32_t bits;
    unsigned bit_count;
    int last; /* the byte that a run repeats */
    unsigned repeats;
    uint64_t left; /* how many bytes to pull at most */
};

static void decoder_init(struct decoder *decoder, struct span letters)
{
    *decoder = (struct decoder){ .rest = letters };
    memset(decoder->values, BINHEX_NONE, sizeof decoder->values);
    for (unsigned i = 0; i < sizeof alphabet - 1; i++)
        decoder->values[(unsigned char)alphabet[i]] = (unsigned char)i;
}

/* The next byte before runs are looked at, or -1. Foreign bytes are skipped. */
static int decoder_packed(struct decoder *decoder)
{
    while (decoder->bit_count < 8) {
        if (decoder->rest.size == 0)
            return -1;
        unsigned value = decoder->values[(unsigned char)decoder->rest.data[0]];
        decoder->rest = (struct span){ decoder->rest.data + 1, decoder->rest.size - 1 };
        if (value == BINHEX_NONE)
            continue;
        decoder->bits = (decoder->bits << 6 | value) & 0xffffU;
        decoder->bit_count += 6;
    }
    decoder->bit_count -= 8;
    return (int)(decoder->bits >> decoder->bit_count & 0xffU);
}

static int decoder_next(struct decoder *decoder)
{
    while (decoder->repeats == 0) {
        int byte = decoder_packed(decoder);
        if (byte != BINHEX_RUN_MARK) {
            decoder->last = byte;
            return byte;
        }
        int count = decoder_packed(decoder);
        if (count < 0)
            return -1;
        if (count == 0) { /* the mark itself */
            decoder->last = BINHEX_RUN_MARK;
            return BINHEX_RUN_MARK;
        }
        decoder->repeats = (unsigned)count - 1;
    }
    decoder->repeats--;
    return decoder->last;
}

static size_t decoder_pull(void *state, char *data_out, size_t capacity)
{
    struct decoder *decoder = state;
    size_t size = 0;
    while (size < capacity && decoder->left > 0) {
        int byte = decoder_next(decoder);
        if (byte < 0)
            break;
        data_out[size++] = (char)byte;
        decoder->left--;
    }
    return size;
}

struct header {
    struct span names;
    char name[TEXT_NAME_SIZE];
    uint64_t forks[2];
};

static uint64_t number_be(const char *bytes)
{
    uint64_t number = 0;
    for (size_t i = 0; i < 4; i++)
        number = number << 8 | (unsigned char)bytes[i];
    return number;
}

/* False where it can't be right. */
static bool header_read(struct decoder *decoder, struct header *header_out)
{
    char bytes[BINHEX_NAME_MOST + BINHEX_HEADER_REST];
    char size = 0;
    *header_out = (struct header){ 0 };
    decoder->left = 1;
    if (decoder_pull(decoder, &size, 1) == 0 || size < 1 || size > BINHEX_NAME_MOST)
        return false;
    size_t name_size = (size_t)size;
    decoder->left = name_size + BINHEX_HEADER_REST;
    if (decoder_pull(decoder, bytes, sizeof bytes) != name_size + BINHEX_HEADER_REST)
        return false;
    header_out->names = text_name(span_of(bytes, name_size), header_out->name);
    header_out->forks[0] = number_be(bytes + name_size + 11);
    header_out->forks[1] = number_be(bytes + name_size + 15);
    /* A run of 255 takes two bytes. */
    uint64_t most = (uint64_t)decoder->rest.size * 128 + 256;
    return bytes[name_size] == 0 && header_out->forks[0] <= most && header_out->forks[1] <= most;
}

/* Puts a member of so many bytes. False: no more members. *is_cut_out: there were fewer. */
static bool member_put(struct unpack *unpack, struct decoder *decoder, struct span names, const char *how,
                       uint64_t size, bool *is_cut_out)
{
    struct unpack_member member = { .names = names, .size_hint = size == UINT64_MAX ? 0 : size, .how = how };
    if (!unpack_begin(unpack, &member))
        return false;
    decoder->left = size;
    bool is_whole = text_put_pulled(unpack, decoder_pull, decoder);
    unpack_end(unpack);
    *is_cut_out |= is_whole && decoder->left > 0;
    return is_whole; /* what comes next is behind what was not put */
}

static void check_sum_skip(struct decoder *decoder)
{
    char sum[2];
    decoder->left = sizeof sum;
    (void)decoder_pull(decoder, sum, sizeof sum);
}

/* `letters`: between the two ':'. */
static void file_read(struct unpack *unpack, struct span letters, bool has_end)
{
    static const char *const hows[2] = { "binhex, data fork", "binhex, resource fork" };
    struct decoder decoder;
    struct header header;
    bool is_cut = false;
    decoder_init(&decoder, letters);
    if (!header_read(&decoder, &header)) {
        decoder_init(&decoder, letters);
        if (decoder_next(&decoder) < 0)
            return;
        decoder_init(&decoder, letters);
        if (member_put(unpack, &decoder, (struct span){ 0 }, "binhex, all of it", UINT64_MAX, &is_cut))
            unpack_note(unpack, UNPACK_DAMAGED, "binhex: damaged header");
        return;
    }
    for (size_t i = 0; i < 2 && !is_cut; i++) {
        if (header.forks[i] > 0 && !member_put(unpack, &decoder, header.names, hows[i], header.forks[i], &is_cut))
            return;
        check_sum_skip(&decoder);
    }
    /* The last group may leave a few bits. */
    if (decoder.rest.size >= 4 &&
        !member_put(unpack, &decoder, header.names, "binhex, behind the forks", UINT64_MAX, &(bool){ false }))
        return;
    if (is_cut)
        unpack_note(unpack, UNPACK_DAMAGED, "binhex: cut short");
    else if (!has_end)
        unpack_note(unpack, UNPACK_DAMAGED, "binhex: no end");
}

/* Does the text begin with the data itself? */
static bool is_bare(struct span content)
{
    content = span_trim(span_slice(content, 0, 4096));
    size_t letters = 0;
    while (letters + 1 < content.size && letters < BINHEX_LETTERS_LEAST &&
           memchr(alphabet, content.data[letters + 1], sizeof alphabet - 1) != NULL)
        letters++;
    return content.size > 0 && content.data[0] == ':' && letters == BINHEX_LETTERS_LEAST;
}

/* Moves *rest behind the ':' that the next file's data begins with: on a line below its comment. Where the comment does
 * not say what it is for, nothing but empty lines may stand between. */
static bool file_find(struct span *rest)
{
    for (size_t at = span_find(*rest, span_text(comment)); at != SPAN_NONE; at = span_find(*rest, span_text(comment))) {
        size_t back = at < BINHEX_COMMENT_MOST ? at : BINHEX_COMMENT_MOST;
        bool is_whole = span_find_nocase(span_slice(*rest, at - back, back), span_text("must be converted")) !=
                        SPAN_NONE;
        *rest = span_from(*rest, at + sizeof comment - 1);
        (void)text_cut_line(rest);
        struct span next = *rest; /* what stands there may be another comment */
        struct span line = { 0 };
        while (next.size > 0 && (line.size == 0 || (is_whole && line.data[0] != ':')))
            line = span_trim(text_cut_line(&next));
        if (line.size > 0 && line.data[0] == ':') {
            *rest = span_of(line.data + 1, (size_t)(next.data - line.data) + next.size - 1);
            return true;
        }
        if (is_whole)
            return false; /* no line below begins so */
    }
    return false;
}

void binhex_read(struct unpack *unpack, struct span content)
{
    struct span rest = content;
    bool is_found = is_bare(content);
    if (is_found)
        (void)span_cut(&rest, ':');
    while (is_found || file_find(&rest)) {
        size_t end = span_find_byte(rest, ':');
        file_read(unpack, span_slice(rest, 0, end), end != SPAN_NONE);
        rest = span_from(rest, end == SPAN_NONE ? rest.size : end + 1);
        is_found = false;
    }
}

bool binhex_looks(struct span content)
{
    return is_bare(content) || span_find(content, span_text(comment)) != SPAN_NONE;
}

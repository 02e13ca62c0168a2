#include "content.h"

#include "base/memory.h"
#include "store/little.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <zstd.h>

enum {
    CONTENT_LEVEL = 3,
    CONTENT_WINDOW_LOG = 23, /* a reader takes no larger window: 8 MiB; this level uses 2 MiB at most */
    CONTENT_RUN = 131072,    /* bytes that are put at once, at most */
    CONTENT_SEALED_PIECE = CONTENT_PIECE_SIZE + CRYPT_STREAM_MORE,
    CONTENT_MAGIC_SIZE = 4,
    CONTENT_BYTES_HEAD = 1 + 8,     /* 'B' size */
    CONTENT_PART_HEAD = 1 + 8 + 8,  /* 'P' sequence size */
    CONTENT_BYTES_KIND = (char)'B', /* as bytes of the format */
    CONTENT_PART_KIND = (char)'P'
};
/* RFC 8878 section 3.1.1: of a frame that is neither skipped nor outdated. */
#define CONTENT_MAGIC UINT32_C(0xfd2fb528)

/* --- Sealing --- */

struct sealer {
    ZSTD_CCtx *zstd;
    struct crypt_stream *stream;
    struct buf *out;
    char *piece;
    size_t piece_size;
};

static void sealer_fini(struct sealer *sealer)
{
    (void)ZSTD_freeCCtx(sealer->zstd);
    crypt_stream_free(sealer->stream);
    free(sealer->piece);
}

/* For a plain text of just `size` bytes. */
static int sealer_init(struct sealer *sealer, const struct crypt_key *key, uint64_t size, struct buf *sealed_out,
                       struct fault *fault)
{
    *sealer = (struct sealer){ .zstd = ZSTD_createCCtx(), .out = sealed_out, .piece = memory_try(CONTENT_PIECE_SIZE) };
    if (sealer->zstd == NULL || sealer->piece == NULL ||
        ZSTD_isError(ZSTD_CCtx_setParameter(sealer->zstd, ZSTD_c_compressionLevel, CONTENT_LEVEL)) ||
        ZSTD_isError(ZSTD_CCtx_setPledgedSrcSize(sealer->zstd, size))) {
        sealer_fini(sealer);
        return fault_set(fault, ENOMEM, "no memory to compress a content");
    }
    sealer->stream = crypt_stream_seal(key, sealed_out);
    return 0;
}

static void sealer_push(struct sealer *sealer, bool is_last)
{
    crypt_stream_push(sealer->stream, span_of(sealer->piece, sealer->piece_size), is_last, sealer->out);
    sealer->piece_size = 0;
}

static int sealer_run(struct sealer *sealer, struct span plain, ZSTD_EndDirective directive, struct fault *fault)
{
    ZSTD_inBuffer in = { plain.data, plain.size, 0 };
    for (;;) {
        if (sealer->piece_size == CONTENT_PIECE_SIZE) /* and more follows: the frame's end at least */
            sealer_push(sealer, false);
        if (buf_overflowed(sealer->out))
            return fault_set(fault, ENOSPC, "a sealed content has more than %zu bytes", sealer->out->limit);
        ZSTD_outBuffer out = { sealer->piece, CONTENT_PIECE_SIZE, sealer->piece_size };
        size_t left = ZSTD_compressStream2(sealer->zstd, &out, &in, directive);
        sealer->piece_size = out.pos;
        if (ZSTD_isError(left))
            return fault_set(fault, ENOMEM, "a content can't be compressed: %s", ZSTD_getErrorName(left));
        if (directive == ZSTD_e_end ? left == 0 : in.pos == in.size)
            return 0;
    }
}

static int sealer_put(struct sealer *sealer, struct span plain, struct fault *fault)
{
    return sealer_run(sealer, plain, ZSTD_e_continue, fault);
}

static int sealer_end(struct sealer *sealer, struct fault *fault)
{
    if (sealer_run(sealer, span_of(NULL, 0), ZSTD_e_end, fault) != 0)
        return -1;
    sealer_push(sealer, true);
    if (buf_overflowed(sealer->out))
        return fault_set(fault, ENOSPC, "a sealed content has more than %zu bytes", sealer->out->limit);
    return 0;
}

int content_seal(const struct crypt_key *key, struct span plain, struct buf *sealed_out, struct fault *fault)
{
    struct sealer sealer;
    if (sealer_init(&sealer, key, plain.size, sealed_out, fault) != 0)
        return -1;
    int failed = sealer_put(&sealer, plain, fault) != 0 || sealer_end(&sealer, fault) != 0;
    sealer_fini(&sealer);
    return failed ? -1 : 0;
}

/* Is it a part that goes into a recipe? An empty one leaves no trace in it. */
static bool part_counts(const struct content_part *part)
{
    return part->size > 0;
}

/* The bytes from `from` up to the part, or the end. */
static size_t recipe_bytes_size(size_t from, size_t to)
{
    return to > from ? CONTENT_BYTES_HEAD + (to - from) : 0;
}

/* How large the recipe will be. */
static uint64_t recipe_size(struct span message, const struct content_part *parts, size_t count)
{
    uint64_t size = 0;
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        assert(parts[i].offset >= at && parts[i].offset <= message.size &&
               parts[i].size <= message.size - parts[i].offset);
        if (!part_counts(&parts[i]))
            continue;
        size += recipe_bytes_size(at, parts[i].offset) + CONTENT_PART_HEAD;
        at = parts[i].offset + parts[i].size;
    }
    return size + recipe_bytes_size(at, message.size);
}

static int recipe_put_bytes(struct sealer *sealer, struct span bytes, struct fault *fault)
{
    unsigned char head[CONTENT_BYTES_HEAD] = { CONTENT_BYTES_KIND };
    little_put(head + 1, bytes.size, 8);
    if (bytes.size == 0)
        return 0;
    return sealer_put(sealer, span_of(head, sizeof head), fault) != 0 ? -1 : sealer_put(sealer, bytes, fault);
}

static int recipe_put_part(struct sealer *sealer, const struct content_part *part, struct fault *fault)
{
    unsigned char head[CONTENT_PART_HEAD] = { CONTENT_PART_KIND };
    little_put(head + 1, part->sequence, 8);
    little_put(head + 1 + 8, part->size, 8);
    return sealer_put(sealer, span_of(head, sizeof head), fault);
}

static int recipe_put(struct sealer *sealer, struct span message, const struct content_part *parts, size_t count,
                      struct fault *fault)
{
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        if (!part_counts(&parts[i]))
            continue;
        if (recipe_put_bytes(sealer, span_slice(message, at, parts[i].offset - at), fault) != 0 ||
            recipe_put_part(sealer, &parts[i], fault) != 0)
            return -1;
        at = parts[i].offset + parts[i].size;
    }
    return recipe_put_bytes(sealer, span_from(message, at), fault);
}

int content_seal_message(const struct crypt_key *key, struct span message, const struct content_part *parts,
                         size_t count, struct buf *sealed_out, struct fault *fault)
{
    struct sealer sealer;
    if (sealer_init(&sealer, key, recipe_size(message, parts, count), sealed_out, fault) != 0)
        return -1;
    int failed = recipe_put(&sealer, message, parts, count, fault) != 0 || sealer_end(&sealer, fault) != 0;
    sealer_fini(&sealer);
    return failed ? -1 : 0;
}

/* --- Opening --- */

struct opener {
    ZSTD_DCtx *zstd;
    struct crypt_stream *stream;
    struct buf piece;
    char *run;
    bool has_begun;
    bool has_ended; /* the compressed frame */
    uint64_t left;  /* bytes that may still come out */
    content_put put;
    void *context;
};

static int fault_bad(struct fault *fault, const char *why)
{
    return fault_set(fault, EBADMSG, "a content is not what was sealed: %s", why);
}

static void opener_fini(struct opener *opener)
{
    (void)ZSTD_freeDCtx(opener->zstd);
    crypt_stream_free(opener->stream);
    buf_fini(&opener->piece);
    free(opener->run);
}

static int opener_init(struct opener *opener, const struct crypt_key *key, struct span header, struct fault *fault)
{
    opener->zstd = ZSTD_createDCtx();
    opener->run = memory_try(CONTENT_RUN);
    opener->stream = crypt_stream_open(key, header);
    buf_init(&opener->piece, CONTENT_PIECE_SIZE);
    if (opener->zstd == NULL || opener->run == NULL ||
        ZSTD_isError(ZSTD_DCtx_setParameter(opener->zstd, ZSTD_d_windowLogMax, CONTENT_WINDOW_LOG)))
        return fault_set(fault, ENOMEM, "no memory to open a content");
    return opener->stream != NULL ? 0 : fault_bad(fault, "no header");
}

/* All that a piece unpacks to. */
static int opener_unpack(struct opener *opener, struct span packed, struct fault *fault)
{
    ZSTD_inBuffer in = { packed.data, packed.size, 0 };
    bool is_full = false; /* there may be more to come although nothing is left to read */
    while (in.pos < in.size || is_full) {
        if (opener->has_ended)
            return fault_bad(fault, "something behind its end");
        ZSTD_outBuffer out = { opener->run, CONTENT_RUN, 0 };
        size_t result = ZSTD_decompressStream(opener->zstd, &out, &in);
        if (ZSTD_isError(result))
            return fault_bad(fault, ZSTD_getErrorName(result));
        opener->has_ended = result == 0;
        is_full = out.pos == out.size && result != 0;
        if (out.pos > opener->left)
            return fault_set(fault, EFBIG, "a content has more bytes than were expected");
        opener->left -= out.pos;
        if (out.pos > 0 && opener->put(opener->context, span_of(opener->run, out.pos), fault) != 0)
            return -1;
    }
    return 0;
}

static int opener_piece(struct opener *opener, struct span sealed, bool is_last, struct fault *fault)
{
    bool says_last = false;
    buf_clear(&opener->piece);
    if (!crypt_stream_pull(opener->stream, sealed, &opener->piece, &says_last))
        return fault_bad(fault, "altered, or another key");
    if (says_last != is_last)
        return fault_bad(fault, is_last ? "cut off" : "something behind its last piece");
    struct span packed = buf_span(&opener->piece);
    if (!opener->has_begun &&
        (packed.size < CONTENT_MAGIC_SIZE || little_get(packed, 0, CONTENT_MAGIC_SIZE) != CONTENT_MAGIC))
        return fault_bad(fault, "not compressed");
    opener->has_begun = true;
    if (opener_unpack(opener, packed, fault) != 0)
        return -1;
    return is_last && !opener->has_ended ? fault_bad(fault, "its end is missing") : 0;
}

static int opener_run(struct opener *opener, struct span rest, struct fault *fault)
{
    while (rest.size > CONTENT_SEALED_PIECE) {
        if (opener_piece(opener, span_slice(rest, 0, CONTENT_SEALED_PIECE), false, fault) != 0)
            return -1;
        rest = span_from(rest, CONTENT_SEALED_PIECE);
    }
    return opener_piece(opener, rest, true, fault);
}

int content_open(const struct crypt_key *key, struct span sealed, uint64_t most, content_put put, void *context,
                 struct fault *fault)
{
    struct opener opener = { .left = most, .put = put, .context = context };
    int failed = opener_init(&opener, key, span_slice(sealed, 0, CRYPT_STREAM_HEADER_SIZE), fault) != 0 ||
                 opener_run(&opener, span_from(sealed, CRYPT_STREAM_HEADER_SIZE), fault) != 0;
    opener_fini(&opener);
    return failed ? -1 : 0;
}

/* --- Recipes --- */

struct recipe {
    content_put put;
    content_fetch fetch;
    void *context;
    uint64_t left; /* bytes of the message that may still come out */
    unsigned char head[CONTENT_PART_HEAD];
    size_t head_size;
    uint64_t bytes_left; /* of a run of bytes */
};

/* Of the item that begins so; 0 where none does. */
static size_t recipe_head_size(unsigned char kind)
{
    return kind == CONTENT_BYTES_KIND ? CONTENT_BYTES_HEAD : kind == CONTENT_PART_KIND ? CONTENT_PART_HEAD : 0;
}

/* An item's head is whole. Each has at least one byte, so that a recipe's own size is bounded by the message's. */
static int recipe_item(struct recipe *recipe, struct fault *fault)
{
    struct span head = span_of(recipe->head, recipe->head_size);
    uint64_t size = little_get(head, head.size - 8, 8);
    recipe->head_size = 0;
    if (size == 0)
        return fault_bad(fault, "a recipe with an empty item");
    if (size > recipe->left)
        return fault_set(fault, EFBIG, "a message has more bytes than were expected");
    recipe->left -= size;
    if (recipe->head[0] == CONTENT_PART_KIND)
        return recipe->fetch(recipe->context, little_get(head, 1, 8), size, fault);
    recipe->bytes_left = size;
    return 0;
}

static int recipe_read(void *context, struct span bytes, struct fault *fault)
{
    struct recipe *recipe = context;
    while (bytes.size > 0) {
        if (recipe->bytes_left > 0) {
            struct span run = span_slice(bytes, 0, recipe->bytes_left);
            if (recipe->put(recipe->context, run, fault) != 0)
                return -1;
            recipe->bytes_left -= run.size;
            bytes = span_from(bytes, run.size);
            continue;
        }
        recipe->head[recipe->head_size++] = (unsigned char)bytes.data[0];
        bytes = span_from(bytes, 1);
        size_t head_size = recipe_head_size(recipe->head[0]);
        if (head_size == 0)
            return fault_bad(fault, "no recipe");
        if (recipe->head_size == head_size && recipe_item(recipe, fault) != 0)
            return -1;
    }
    return 0;
}

int content_open_message(const struct crypt_key *key, struct span sealed, uint64_t most, content_put put,
                         content_fetch fetch, void *context, struct fault *fault)
{
    struct recipe recipe = { .put = put, .fetch = fetch, .context = context, .left = most };
    if (content_open(key, sealed, UINT64_MAX, recipe_read, &recipe, fault) != 0)
        return -1;
    return recipe.bytes_left == 0 && recipe.head_size == 0 ? 0 : fault_bad(fault, "a recipe that is cut off");
}

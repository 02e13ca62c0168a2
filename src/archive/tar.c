#include "tar.h"

#include "base/buf.h"
#include "base/memory.h"
#include "series.h"
#include "tar_header.h"
#include "tar_sparse.h"

#include <stdlib.h>
#include <string.h>

/* Another reading of a size begins in another block; so many such places are followed. Each block is looked at once in
 * all, of the first TAR_MOST_BLOCKS (8 GiB). */
enum { TAR_OTHERS = 64, TAR_MOST_BLOCKS = 1 << 24 };
enum { TAR_NAMES_SIZE = 1 << 16, TAR_NAME_SIZE = 4096 };
/* A value in a pax header that is no name is something to look at from this size on. */
enum { TAR_PAX_LONG = 64 };

/* What a pax header says of one member, or of all that follow. */
struct tar_extra {
    struct span path;
    struct span sparse_name;
    uint64_t size;
    bool has_size;
    bool is_sparse;
    bool has_sparse_head; /* version 1.0 */
};

struct tar {
    struct unpack *unpack;
    struct span content;
    unsigned char *seen; /* a bit for each block */
    size_t others[TAR_OTHERS];
    size_t other_count;
    struct buf names;
    struct tar_extra local;
    struct tar_extra global;
    struct span long_name; /* GNU's 'L' */
    struct tar_sparse *sparse;
    size_t behind;   /* where something else than zeros follows the end; 0: nowhere */
    bool is_other;   /* not the first reading, so nothing is noted */
    bool is_found;   /* a header was there */
    bool has_end;    /* zero blocks were there */
    bool is_garbage; /* noted once */
    bool is_done;    /* no more members */
};

static void tar_note(struct tar *tar, const char *text)
{
    if (!tar->is_other)
        unpack_note(tar->unpack, UNPACK_DAMAGED, "tar: %s", text);
}

/* Marks the block; false where it was before. */
static bool tar_see(struct tar *tar, size_t at)
{
    size_t block = at / TAR_BLOCK;
    if (block >= TAR_MOST_BLOCKS)
        return !tar->is_other;
    unsigned char bit = (unsigned char)(1U << (block % 8));
    bool is_new = (tar->seen[block / 8] & bit) == 0;
    tar->seen[block / 8] |= bit;
    return is_new;
}

static void tar_add_other(struct tar *tar, size_t at)
{
    if (tar->other_count == TAR_OTHERS || at >= tar->content.size)
        return;
    if (tar->other_count == 0 || tar->others[tar->other_count - 1] != at)
        tar->others[tar->other_count++] = at;
}

static void tar_add_name(struct tar *tar, struct span directory, struct span name)
{
    name = span_slice(name, 0, span_find_byte(span_slice(name, 0, TAR_NAME_SIZE), '\0'));
    name = span_slice(name, 0, TAR_NAME_SIZE);
    if (name.size == 0)
        return;
    if (directory.size > 0) {
        buf_put_span(&tar->names, directory);
        buf_put_char(&tar->names, '/');
    }
    buf_put_span(&tar->names, name);
    buf_put_char(&tar->names, '\0');
}

static void tar_set_names(struct tar *tar, const struct tar_header *header)
{
    struct span none = span_of(NULL, 0);
    buf_clear(&tar->names);
    tar_add_name(tar, none, tar->local.sparse_name);
    tar_add_name(tar, none, tar->local.path);
    tar_add_name(tar, none, tar->long_name);
    tar_add_name(tar, none, tar->global.path);
    tar_add_name(tar, header->prefix, header->name);
    if (header->prefix.size > 0)
        tar_add_name(tar, none, header->name);
}

static void tar_hand_out(struct tar *tar, const char *how, struct span data)
{
    struct unpack_member member = { .names = buf_span(&tar->names), .packed_size = data.size, .how = how };
    if (!tar->is_done && !unpack_member_slice(tar->unpack, &member, data))
        tar->is_done = true;
}

/* Decimal, with a sign and zeros before as some allow. */
static bool tar_pax_number(struct span text, uint64_t *number_out)
{
    if (text.size > 0 && text.data[0] == '+')
        text = span_from(text, 1);
    while (text.size > 1 && text.data[0] == '0')
        text = span_from(text, 1);
    return span_number(text, number_out);
}

static void tar_take_record(struct tar *tar, struct tar_extra *extra, struct span key, struct span value)
{
    if (span_is(key, "path"))
        extra->path = value;
    else if (span_is(key, "size"))
        extra->has_size = tar_pax_number(value, &extra->size);
    else if (span_is(key, "GNU.sparse.name"))
        extra->sparse_name = value;
    else if (span_is(key, "GNU.sparse.major"))
        extra->has_sparse_head = span_is(value, "1");
    else if (span_is(key, "GNU.sparse.realsize") || span_is(key, "GNU.sparse.size"))
        (void)tar_pax_number(value, &tar->sparse->real_size);
    else if (span_is(key, "GNU.sparse.map"))
        tar_sparse_add_list(tar->sparse, value);
    else if (span_is(key, "GNU.sparse.offset") || span_is(key, "GNU.sparse.numbytes"))
        tar_sparse_add_text(tar->sparse, value);
    extra->is_sparse = extra->is_sparse || span_starts_with(key, "GNU.sparse.");
}

static void tar_read_pax(struct tar *tar, struct tar_extra *extra, struct span data)
{
    struct span rest = data;
    struct span key = span_of(NULL, 0);
    struct span value = span_of(NULL, 0);
    bool is_odd = false;
    *extra = (struct tar_extra){ .size = 0 };
    tar_sparse_clear(tar->sparse);
    while (tar_pax_record(&rest, &key, &value)) {
        tar_take_record(tar, extra, key, value);
        bool is_known = span_is(key, "path") || span_is(key, "linkpath") || span_starts_with(key, "GNU.sparse.");
        is_odd = is_odd || (value.size >= TAR_PAX_LONG && !is_known);
    }
    /* Some programs fill up with zeros. */
    if (rest.size > 0 && rest.data[0] != '\0') {
        tar_note(tar, "a pax header is corrupt");
        is_odd = true;
    }
    if (is_odd)
        tar_hand_out(tar, "tar, pax header", data);
}

static void tar_read_long(struct tar *tar, char type, struct span data)
{
    struct span name = span_slice(data, 0, span_find_byte(data, '\0'));
    if (type == 'L')
        tar->long_name = name;
    struct span behind = span_from(data, name.size);
    if (name.size > TAR_NAME_SIZE)
        tar_hand_out(tar, "tar, long name", data);
    else if (behind.size > TAR_PAX_LONG)
        series_hand_out(tar->unpack, "tar, behind a long name", behind);
}

/* Kinds that have no data by the standard, which other programs take as they are. */
static bool tar_is_bare(char type)
{
    return type >= '1' && type <= '6';
}

static void tar_read_sparse(struct tar *tar, struct span data)
{
    struct span stored = data;
    if (tar->local.has_sparse_head) {
        stored = span_from(data, tar_sparse_add_head(tar->sparse, data));
        tar_hand_out(tar, "tar, sparse file as stored", stored);
    }
    if (tar->sparse->count > 0 && !tar->is_done)
        tar_sparse_expand(tar->sparse, tar->unpack, buf_span(&tar->names), stored);
}

static void tar_read_member(struct tar *tar, const struct tar_header *header, struct span data)
{
    bool is_directory = header->name.size > 0 && header->name.data[header->name.size - 1] == '/';
    tar_set_names(tar, header);
    if (tar_is_bare(header->type)) {
        if (data.size > 0)
            tar_hand_out(tar, "tar, data of what should have none", data);
    } else if (data.size > 0 || !is_directory) {
        tar_hand_out(tar, "tar", data);
    }
    if (tar->local.is_sparse || header->type == 'S')
        tar_read_sparse(tar, data);
}

/* The offset of the next header, behind data of this size. */
static size_t tar_behind(const struct tar *tar, size_t body, uint64_t size)
{
    size_t left = tar->content.size - body;
    if (size >= left)
        return tar->content.size;
    size_t rounded = ((size_t)size + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
    return rounded < left ? body + rounded : tar->content.size;
}

static bool tar_is_meta(char type)
{
    return type == 'x' || type == 'X' || type == 'g' || type == 'L' || type == 'K';
}

static void tar_read_meta(struct tar *tar, char type, struct span data)
{
    buf_clear(&tar->names);
    if (type == 'L' || type == 'K')
        tar_read_long(tar, type, data);
    else
        tar_read_pax(tar, type == 'g' ? &tar->global : &tar->local, data);
}

/* Where the header and what stands before it differ, both sizes. */
static uint64_t tar_size(struct tar *tar, const struct tar_header *header, size_t body)
{
    const struct tar_extra *extra = tar->local.has_size ? &tar->local : &tar->global;
    if (tar_is_meta(header->type) || !extra->has_size || extra->size == header->size)
        return header->size;
    tar_add_other(tar, tar_behind(tar, body, header->size));
    struct span data = span_slice(span_from(tar->content, body), 0, (size_t)header->size);
    tar_set_names(tar, header);
    if (header->size > 0 && header->size <= tar->content.size)
        tar_hand_out(tar, "tar, by the size in the header", data);
    return extra->size;
}

/* One header and its data; the offset behind them. */
static size_t tar_read_header(struct tar *tar, size_t at, const struct tar_header *header)
{
    size_t body = at + TAR_BLOCK;
    struct span rest = span_from(tar->content, body);
    if (header->type == 'S') {
        tar_sparse_clear(tar->sparse);
        body += tar_sparse_add_old(tar->sparse, span_slice(tar->content, at, TAR_BLOCK), rest);
        rest = span_from(tar->content, body);
    }
    if (header->state == TAR_WRONG_SUM)
        tar_note(tar, "a header's check sum is wrong");
    uint64_t size = tar_size(tar, header, body);
    struct span data = span_slice(rest, 0, size < rest.size ? (size_t)size : rest.size);
    bool is_unsure = header->is_size_unsure || header->state == TAR_WRONG_SUM || data.size < size;
    if (size > 0 && (is_unsure || tar_is_bare(header->type)))
        tar_add_other(tar, body);
    if (data.size < size && !tar_is_bare(header->type))
        tar_note(tar, "cut short");
    if (tar_is_meta(header->type)) {
        tar_read_meta(tar, header->type, data);
    } else {
        tar_read_member(tar, header, data);
        tar->local = (struct tar_extra){ .size = 0 };
        tar->long_name = span_of(NULL, 0);
    }
    return tar_behind(tar, body, size);
}

static void tar_pass_garbage(struct tar *tar, size_t at)
{
    if (tar->has_end && tar->behind == 0)
        tar->behind = at;
    if (!tar->is_found || tar->has_end || tar->is_garbage)
        return;
    tar->is_garbage = true;
    tar_note(tar, "something else between members");
}

static void tar_walk(struct tar *tar, size_t at)
{
    tar->local = tar->global = (struct tar_extra){ .size = 0 };
    tar->long_name = span_of(NULL, 0);
    while (!tar->is_done && tar->content.size - at >= TAR_BLOCK && tar_see(tar, at)) {
        struct tar_header header = tar_header_parse(span_slice(tar->content, at, TAR_BLOCK));
        if (header.state == TAR_SOUND || header.state == TAR_WRONG_SUM) {
            tar->is_found = true;
            at = tar_read_header(tar, at, &header);
            continue;
        }
        if (header.state == TAR_NO_HEADER && !tar->is_other)
            tar_pass_garbage(tar, at);
        tar->has_end = tar->has_end || (header.state == TAR_ZEROS && tar->is_found);
        at += TAR_BLOCK;
    }
}

/* Worth to sum it: it has the magic, or what would be the sum is written as one. */
static bool tar_could_begin(const char *block)
{
    enum { SUM_AT = 148, SUM_END = 155, MAGIC_AT = 257 };
    static const char magic[] = { 'u', 's', 't', 'a', 'r' };
    size_t digits = 0;
    if (memcmp(block + MAGIC_AT, magic, sizeof magic) == 0)
        return true;
    for (size_t i = SUM_AT; i < SUM_END; i++) {
        bool is_digit = block[i] >= '0' && block[i] <= '7';
        if (!is_digit && block[i] != ' ' && block[i] != '\0')
            return false;
        digits += is_digit;
    }
    return digits >= 3 && block[0] > ' ';
}

bool tar_is_inner(struct span rest)
{
    return rest.size >= TAR_BLOCK && tar_could_begin(rest.data) &&
           tar_header_parse(span_slice(rest, 0, TAR_BLOCK)).state == TAR_SOUND;
}

bool tar_looks(struct span content)
{
    if (content.size < TAR_BLOCK)
        return false;
    struct tar_header header = tar_header_parse(span_slice(content, 0, TAR_BLOCK));
    if (header.state == TAR_SOUND || header.state == TAR_WRONG_SUM)
        return true;
    /* GNU tar skips to the next header, wherever it is. */
    for (size_t at = 0; content.size - at >= TAR_BLOCK; at += TAR_BLOCK) {
        if (tar_could_begin(content.data + at) &&
            tar_header_parse(span_slice(content, at, TAR_BLOCK)).state == TAR_SOUND)
            return true;
    }
    return false;
}

void tar_read(struct unpack *unpack, struct span content)
{
    struct tar tar = { .unpack = unpack, .content = content };
    size_t blocks = content.size / TAR_BLOCK + 1;
    tar.seen = memory_new((blocks < TAR_MOST_BLOCKS ? blocks : TAR_MOST_BLOCKS) / 8 + 1);
    tar.sparse = memory_new(sizeof *tar.sparse);
    buf_init(&tar.names, TAR_NAMES_SIZE);
    tar_walk(&tar, 0);
    tar.is_other = true;
    /* Walking may find more of them. */
    for (size_t i = 0; i < tar.other_count; i++)
        tar_walk(&tar, tar.others[i]);
    if (tar.behind > 0)
        series_hand_out(unpack, "behind the end of tar", span_from(content, tar.behind));
    buf_fini(&tar.names);
    free(tar.sparse);
    free(tar.seen);
}

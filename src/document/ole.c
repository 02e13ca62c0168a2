#include "ole.h"

#include "base/memory.h"
#include "document/little.h"
#include "document/names.h"
#include "document/ole_state.h"
#include "document/ovba.h"

#include <stdlib.h>

enum {
    OLE_ENTRIES_MOST = 1 << 20,
    OLE_NAME = 128, /* 31 units of UTF-16 */
    OLE_DEPTH = 32, /* of the path that a member is named by */
    OLE_DIR_MOST = 1 << 20
};

bool ole_looks(struct span content)
{
    return span_equal(span_slice(content, 0, 8), span_text("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) ||
           span_equal(span_slice(content, 0, 8), span_text("\x0e\x11\xfc\x0d\xd0\xcf\x11\x0e"));
}

/* MSI packs two characters into one unit (no document says so; every reader does it). */
static void ole_unmangle(struct span utf16, struct buf *names)
{
    static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._";
    char text[OLE_NAME];
    size_t size = 0;
    bool is_mangled = false;
    for (size_t at = 0; at + 2 <= utf16.size && size + 4 <= sizeof text; at += 2) {
        unsigned unit = little_16(utf16, at);
        if (unit >= 0x3800 && unit < 0x4800) {
            text[size++] = letters[(unit - 0x3800) & 0x3f];
            text[size++] = letters[(unit - 0x3800) >> 6];
        } else if (unit >= 0x4800 && unit < 0x4840) {
            text[size++] = letters[unit - 0x4800];
        } else if (unit == 0x4840) {
            text[size++] = '!';
        } else if (unit < 0x3800) {
            size += names_put_utf8(unit, text + size);
            continue;
        }
        is_mangled = true;
    }
    if (is_mangled)
        names_add(names, span_of(text, size));
}

/* The names from the root's child down to the entry. */
static void ole_add_path(struct ole *ole, uint32_t index)
{
    uint32_t path[OLE_DEPTH];
    size_t depth = 0;
    for (; depth < OLE_DEPTH && index != CFB_NONE && index != 0; index = ole->parent[index])
        path[depth++] = index;
    char text[OLE_DEPTH * OLE_NAME];
    size_t size = 0;
    while (depth > 0) {
        struct cfb_entry entry = cfb_entry(&ole->cfb, path[--depth]);
        size += names_utf8(entry.name, text + size, OLE_NAME - 1);
        if (depth > 0)
            text[size++] = '/';
    }
    names_add(&ole->names, span_of(text, size));
}

bool ole_begin(struct ole *ole, uint64_t size, uint64_t size_hint, const char *how)
{
    struct unpack_member member = {
        .names = buf_span(&ole->names), .packed_size = size, .size_hint = size_hint, .how = how
    };
    if (!ole->is_full)
        ole->is_full = !unpack_begin(ole->unpack, &member);
    return !ole->is_full;
}

void ole_put_part(struct ole *ole, const struct cfb_entry *entry, bool is_mini, uint64_t from, uint64_t size)
{
    struct cfb_reader reader;
    struct span run;
    bool is_first = true;
    cfb_reader_init(&reader, &ole->cfb, entry, is_mini);
    if (from < reader.left && size < reader.left - from)
        reader.left = from + size;
    while (cfb_read(&reader, &run)) {
        uint64_t skipped = from < run.size ? from : run.size;
        from -= skipped;
        run = span_from(run, (size_t)skipped);
        if (run.size == 0)
            continue;
        if (is_first && reader.left == 0) {
            (void)unpack_slice(ole->unpack, run);
            return;
        }
        if (!unpack_put(ole->unpack, run))
            return;
        is_first = false;
    }
}

static void ole_hand_stream(struct ole *ole, const struct cfb_entry *entry)
{
    enum { BYTES_PER_STEP = 512 }; /* a sector is a number that is read, where the bytes are not copied */
    bool is_mini = entry->size < CFB_MINI_CUTOFF;
    uint64_t most = entry->size < ole->cfb.content.size ? entry->size : ole->cfb.content.size;
    if (!unpack_step(ole->unpack, most / BYTES_PER_STEP)) {
        ole->is_full = true;
        return;
    }
    /* The bound must be 4,096 (2.2); whoever believes another one reads other bytes. */
    bool is_mini_by_header = entry->size < ole->cfb.cutoff;
    if (ole_begin(ole, entry->size, entry->size, "ole: stream")) {
        ole_put_part(ole, entry, is_mini, 0, entry->size);
        unpack_end(ole->unpack);
    }
    if (is_mini != is_mini_by_header && ole_begin(ole, entry->size, entry->size, "ole: stream, by another bound")) {
        ole_put_part(ole, entry, is_mini_by_header, 0, entry->size);
        unpack_end(ole->unpack);
    }
}

struct span ole_part(struct ole *ole, const struct cfb_entry *entry, uint64_t from, size_t most)
{
    uint64_t size = entry->size < most ? entry->size : most;
    if (!unpack_step(ole->unpack, size / OLE_BYTES_PER_STEP + 1))
        return span_of(NULL, 0);
    return cfb_part(&ole->cfb, entry, from, most, &ole->copy);
}

static void ole_read_stream(struct ole *ole, uint32_t index)
{
    struct cfb_entry entry = cfb_entry(&ole->cfb, index);
    char text[OLE_NAME];
    struct span name = span_of(text, names_utf8(entry.name, text, sizeof text));
    buf_clear(&ole->names);
    ole_add_path(ole, index);
    ole_unmangle(entry.name, &ole->names);
    if (span_starts_with_nocase(name, "__substg1.0_3701"))
        buf_put_span(&ole->names, buf_span(&ole->attachment));
    ole_hand_stream(ole, &entry);
    ole_read_special(ole, &entry, name);
    if (ole->has_macros && !span_is_nocase(name, "dir"))
        ole_read_module(ole, &entry, name);
}

/* A storage may hold what the reading of its streams depends on. */
static void ole_learn(struct ole *ole, const struct cfb_entry *entry)
{
    static const char *const properties[] = { "3707001F", "3704001F", "3001001F", "3707001E", "3704001E", "3001001E" };
    static const char prefix[] = "__substg1.0_";
    char text[OLE_NAME];
    struct span name = span_of(text, names_utf8(entry->name, text, sizeof text));
    if (span_is_nocase(name, "_VBA_PROJECT"))
        ole->has_macros = true;
    if (span_is_nocase(name, "dir") && ole->dir.size == 0) {
        ovba_unpack(ole_part(ole, entry, 0, OLE_DIR_MOST), &ole->dir);
        ole->has_macros = ole->has_macros || ole->dir.size > 0;
    }
    if (!span_starts_with_nocase(name, prefix))
        return;
    for (size_t i = 0; i < sizeof properties / sizeof properties[0]; i++) {
        if (!span_is_nocase(span_from(name, sizeof prefix - 1), properties[i]))
            continue;
        struct span value = ole_part(ole, entry, 0, NAMES_UTF8_MOST);
        if (properties[i][7] == 'F')
            names_add_utf16(&ole->attachment, value);
        else
            names_add(&ole->attachment, value);
    }
}

/* The entries order[from] to order[to - 1]: those of one storage. */
static void ole_read_storage(struct ole *ole, size_t from, size_t to)
{
    buf_clear(&ole->attachment);
    buf_clear(&ole->dir);
    ole->has_macros = false;
    for (size_t i = from; i < to; i++) {
        struct cfb_entry entry = cfb_entry(&ole->cfb, ole->order[i]);
        if (entry.type != CFB_STORAGE)
            ole_learn(ole, &entry);
    }
    for (size_t i = from; i < to && !ole->is_full; i++) {
        if (cfb_entry(&ole->cfb, ole->order[i]).type != CFB_STORAGE)
            ole_read_stream(ole, ole->order[i]);
    }
}

/* An entry that stands twice in the trees, or nowhere in the directory, is damage. */
static void ole_push(struct ole *ole, uint32_t index, uint32_t parent, size_t *depth)
{
    if (index == CFB_NONE)
        return;
    if (index >= ole->count || ole->parent[index] != CFB_NONE) {
        ole->cfb.is_damaged = true;
        return;
    }
    ole->parent[index] = parent;
    ole->stack[(*depth)++] = index;
}

/* Appends the entries of a storage to the order. */
static void ole_list_storage(struct ole *ole, uint32_t storage)
{
    size_t depth = 0;
    ole_push(ole, cfb_entry(&ole->cfb, storage).child, storage, &depth);
    while (depth > 0) {
        uint32_t index = ole->stack[--depth];
        struct cfb_entry entry = cfb_entry(&ole->cfb, index);
        ole->order[ole->reached++] = index;
        ole_push(ole, entry.left, storage, &depth);
        ole_push(ole, entry.right, storage, &depth);
    }
}

/* All storages below `top`, in breadth: the order is the queue. */
static void ole_read_tree(struct ole *ole, uint32_t top)
{
    size_t next = ole->reached;
    for (uint32_t storage = top;;) {
        size_t from = ole->reached;
        ole_list_storage(ole, storage);
        ole_read_storage(ole, from, ole->reached);
        while (next < ole->reached && cfb_entry(&ole->cfb, ole->order[next]).type != CFB_STORAGE)
            next++;
        if (next == ole->reached || ole->is_full)
            return;
        storage = ole->order[next++];
    }
}

/* What no tree reaches, its storages first. Nothing that is wrong with it is wrong with the file. */
static void ole_read_orphans(struct ole *ole)
{
    bool was_damaged = ole->cfb.is_damaged;
    bool was_cut = ole->is_cut;
    for (uint32_t i = 1; i < ole->count && !ole->is_full; i++) {
        if (ole->parent[i] != CFB_NONE || cfb_entry(&ole->cfb, i).type != CFB_STORAGE)
            continue;
        ole->parent[i] = 0;
        ole_read_tree(ole, i);
    }
    size_t from = ole->reached;
    for (uint32_t i = 1; i < ole->count; i++) {
        if (ole->parent[i] == CFB_NONE && cfb_entry(&ole->cfb, i).type != CFB_FREE)
            ole->order[ole->reached++] = i;
    }
    ole_read_storage(ole, from, ole->reached);
    ole->cfb.is_damaged = was_damaged;
    ole->is_cut = was_cut;
}

void ole_read(struct unpack *unpack, struct span content)
{
    struct ole ole = { .unpack = unpack };
    if (!cfb_init(&ole.cfb, content)) {
        unpack_note(unpack, UNPACK_DAMAGED, "ole: cut short in the header");
        return;
    }
    ole.count = cfb_entry_count(&ole.cfb);
    if (ole.count > OLE_ENTRIES_MOST) {
        ole.count = OLE_ENTRIES_MOST;
        unpack_note(unpack, UNPACK_LIMIT, "ole: too many streams");
    }
    ole.parent = memory_new((ole.count + 1) * sizeof(uint32_t));
    ole.order = memory_new((ole.count + 1) * sizeof(uint32_t));
    ole.stack = memory_new((ole.count + 1) * sizeof(uint32_t));
    buf_init(&ole.copy, OLE_COPY_MOST);
    buf_init(&ole.names, (size_t)2 * NAMES_LIMIT);
    buf_init(&ole.attachment, NAMES_LIMIT);
    buf_init(&ole.dir, OLE_DIR_MOST);
    for (size_t i = 0; i < ole.count; i++)
        ole.parent[i] = CFB_NONE;
    ole.parent[0] = 0;
    ole_read_tree(&ole, 0);
    ole_read_orphans(&ole);
    if (ole.cfb.is_damaged)
        unpack_note(unpack, UNPACK_DAMAGED, "ole: sectors or names are damaged or cut off");
    if (ole.is_cut)
        unpack_note(unpack, UNPACK_DAMAGED, "ole: compressed or embedded data is damaged");
    buf_fini(&ole.copy);
    buf_fini(&ole.names);
    buf_fini(&ole.attachment);
    buf_fini(&ole.dir);
    free(ole.parent);
    free(ole.order);
    free(ole.stack);
    cfb_fini(&ole.cfb);
}

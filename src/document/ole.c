#include "ole.h"

#include "base/memory.h"
#include "document/cfb.h"
#include "document/little.h"
#include "document/lzfu.h"
#include "document/names.h"
#include "document/ole1.h"
#include "document/ovba.h"
#include "unpack/inflate.h"

#include <stdlib.h>

enum {
    OLE_ENTRIES_MOST = 1 << 20,
    OLE_NAME = 128, /* 31 units of UTF-16 */
    OLE_DEPTH = 32, /* of the path that a member is named by */
    OLE_COPY_MOST = 1 << 26,
    OLE_DIR_MOST = 1 << 20,
    OLE_MODULE_SOURCES = 16,
    OLE_BIFF_RECORDS = 64,
    OLE_PPT_OBJECT = 0x1011 /* ExOleObjStg (MS-PPT 2.10.34) */
};

struct ole {
    struct unpack *unpack;
    struct cfb cfb;
    size_t count;     /* entries */
    uint32_t *parent; /* CFB_NONE: the tree does not reach it */
    uint32_t *order;  /* those reached, the ones of a storage side by side */
    uint32_t *stack;
    size_t reached;
    bool is_full; /* the receiver takes no more */
    bool is_cut;  /* something that is compressed was not whole */
    struct buf copy;
    struct buf names;
    /* Of the storage that is being read. */
    struct buf attachment; /* names from the properties of a mail's attachment */
    struct buf dir;        /* unpacked; empty: no VBA */
    bool has_macros;
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

static bool ole_begin(struct ole *ole, uint64_t size, uint64_t size_hint, const char *how)
{
    struct unpack_member member = {
        .names = buf_span(&ole->names), .packed_size = size, .size_hint = size_hint, .how = how
    };
    if (!ole->is_full)
        ole->is_full = !unpack_begin(ole->unpack, &member);
    return !ole->is_full;
}

/* The bytes [from, from + size) of a stream, or what there is of them. */
static void ole_put_part(struct ole *ole, const struct cfb_entry *entry, bool is_mini, uint64_t from, uint64_t size)
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
    bool is_mini = entry->size < CFB_MINI_CUTOFF;
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

static struct span ole_copy(struct ole *ole, const struct cfb_entry *entry)
{
    if (entry->size > OLE_COPY_MOST && entry->size <= ole->cfb.content.size)
        unpack_note(ole->unpack, UNPACK_LIMIT, "ole: a stream is too large to be looked into");
    return cfb_part(&ole->cfb, entry, 0, OLE_COPY_MOST, &ole->copy);
}

/* The object that Packager or another program left as OLE 1 data (MS-OLEDS 2.3.6). */
static void ole_hand_native(struct ole *ole, const struct cfb_entry *entry)
{
    enum { SIZE_FIELD = 4, TAIL_MOST = 1 << 14 };
    struct ole1_part file = { .size = entry->size };
    struct span head = span_from(cfb_part(&ole->cfb, entry, 0, OLE1_HEAD, &ole->copy), SIZE_FIELD);
    bool is_package = ole1_read_package(head, &file, &ole->names);
    file.at += SIZE_FIELD;
    if (is_package) {
        uint64_t end = file.at + file.size;
        ole->is_cut = ole->is_cut || end > entry->size;
        ole1_read_package_tail(cfb_part(&ole->cfb, entry, end, TAIL_MOST, &ole->copy), &ole->names);
    }
    if (!ole_begin(ole, entry->size, 0, is_package ? "ole: embedded file" : "ole: native data"))
        return;
    ole_put_part(ole, entry, entry->size < CFB_MINI_CUTOFF, file.at, file.size);
    unpack_end(ole->unpack);
}

static void ole_hand_rtf(struct ole *ole, const struct cfb_entry *entry)
{
    struct span packed = ole_copy(ole, entry);
    if (!lzfu_looks(packed) || !ole_begin(ole, packed.size, little_32(packed, 4), "ole: compressed RTF"))
        return;
    enum unpack_ending ending = lzfu_put(ole->unpack, packed);
    ole->is_cut = ole->is_cut || ending == UNPACK_CUT || ending == UNPACK_BROKEN;
    unpack_end(ole->unpack);
}

static void ole_hand_source(struct ole *ole, struct span packed, bool is_told)
{
    if (!ovba_looks(packed) || !ole_begin(ole, packed.size, 0, "ole: VBA source"))
        return;
    enum unpack_ending ending = ovba_put(ole->unpack, packed);
    ole->is_cut = ole->is_cut || (is_told && (ending == UNPACK_CUT || ending == UNPACK_BROKEN));
    unpack_end(ole->unpack);
}

/* Where dir says that it begins, and wherever else something begins that looks like it. */
static void ole_hand_module(struct ole *ole, const struct cfb_entry *entry, struct span name)
{
    struct span module = ole_copy(ole, entry);
    size_t told = SPAN_NONE;
    if (ole->dir.size > 0 && unpack_step(ole->unpack, ole->dir.size))
        told = ovba_find_module(buf_span(&ole->dir), entry->name, name);
    if (told != SPAN_NONE)
        ole_hand_source(ole, span_from(module, told), true);
    size_t at = ovba_find_source(module, 0);
    for (size_t i = 0; at != SPAN_NONE && i < OLE_MODULE_SOURCES; i++) {
        if (at != told)
            ole_hand_source(ole, span_from(module, at), false);
        at = ovba_find_source(module, at + 1);
    }
}

/* Whole compound files in a presentation's records, deflated or as they are. */
static void ole_hand_slide_object(struct ole *ole, struct span record)
{
    struct span data = span_slice(record, 8, little_32(record, 4));
    bool is_packed = little_16(record, 0) >> 4 == 1;
    size_t used = 0;
    if (!is_packed && ole_looks(data)) {
        if (ole_begin(ole, data.size, data.size, "ole: object in a presentation")) {
            (void)unpack_put(ole->unpack, data);
            unpack_end(ole->unpack);
        }
        return;
    }
    struct span packed = span_from(data, 4);
    unsigned zlib_header = little_8(packed, 0) << 8 | little_8(packed, 1);
    if (!is_packed || packed.size < 6 || (zlib_header & 0xf00) != 0x800 || zlib_header % 31 != 0)
        return;
    if (!ole_begin(ole, packed.size, little_32(data, 0), "ole: object in a presentation"))
        return;
    enum unpack_ending ending = inflate_put(ole->unpack, INFLATE_ZLIB, packed, &used);
    ole->is_cut = ole->is_cut || ending == UNPACK_CUT || ending == UNPACK_BROKEN;
    unpack_end(ole->unpack);
}

static void ole_hand_slides(struct ole *ole, const struct cfb_entry *entry)
{
    static const char type[] = { OLE_PPT_OBJECT & 0xff, OLE_PPT_OBJECT >> 8 };
    struct span stream = ole_copy(ole, entry);
    for (size_t at = 0; at < stream.size && !ole->is_full;) {
        size_t found = span_find(span_from(stream, at), span_of(type, sizeof type));
        if (found == SPAN_NONE)
            return;
        found += at;
        if (found >= 2)
            ole_hand_slide_object(ole, span_from(stream, found - 2));
        at = found + 1;
    }
}

static void ole_note_encrypted(struct ole *ole, const char *what)
{
    unpack_note(ole->unpack, UNPACK_ENCRYPTED, "ole: encrypted %s", what);
}

/* fEncrypted in the file information block (MS-DOC 2.5.2). */
static void ole_check_word(struct ole *ole, const struct cfb_entry *entry)
{
    struct span head = cfb_part(&ole->cfb, entry, 0, 32, &ole->copy);
    unsigned magic = little_16(head, 0);
    if ((magic == 0xa5ec || magic == 0xa5dc) && (little_16(head, 10) & 0x100) != 0)
        ole_note_encrypted(ole, "Word document");
}

/* FILEPASS among the first records (MS-XLS 2.4.117). */
static void ole_check_excel(struct ole *ole, const struct cfb_entry *entry)
{
    struct span head = cfb_part(&ole->cfb, entry, 0, 1 << 14, &ole->copy);
    size_t at = 0;
    for (size_t i = 0; i < OLE_BIFF_RECORDS && head.size >= 4 && at <= head.size - 4; i++) {
        unsigned type = little_16(head, at);
        if (i == 0 && (type & 0xff) != 9)
            return;
        if (type == 0x2f) {
            ole_note_encrypted(ole, "Excel workbook");
            return;
        }
        at += 4U + little_16(head, at + 2);
    }
}

/* The token of the atom that says who wrote it (MS-PPT 2.3.2). */
static void ole_check_presentation(struct ole *ole, const struct cfb_entry *entry)
{
    struct span head = cfb_part(&ole->cfb, entry, 0, 16, &ole->copy);
    if (little_16(head, 2) == 0xff6 && little_32(head, 12) == 0xf3d1c4dfU)
        ole_note_encrypted(ole, "PowerPoint presentation");
}

static void ole_check_package(struct ole *ole, const struct cfb_entry *entry)
{
    if (entry->size > 0)
        ole_note_encrypted(ole, "Office document");
}

/* What is done with streams of certain names, beyond being handed out. The names count without letter case. */
static const struct ole_special {
    const char *name;
    void (*read)(struct ole *ole, const struct cfb_entry *entry);
} ole_specials[] = {
    { "\1Ole10Native", ole_hand_native },
    { "__substg1.0_10090102", ole_hand_rtf },
    { "PowerPoint Document", ole_hand_slides },
    { "WordDocument", ole_check_word },
    { "Workbook", ole_check_excel },
    { "Book", ole_check_excel },
    { "Current User", ole_check_presentation },
    { "EncryptedPackage", ole_check_package },
};

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
    for (size_t i = 0; i < sizeof ole_specials / sizeof ole_specials[0]; i++) {
        if (span_is_nocase(name, ole_specials[i].name))
            ole_specials[i].read(ole, &entry);
    }
    if (ole->has_macros && !span_is_nocase(name, "dir"))
        ole_hand_module(ole, &entry, name);
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
        ovba_unpack(cfb_part(&ole->cfb, entry, 0, OLE_DIR_MOST, &ole->copy), &ole->dir);
        ole->has_macros = ole->has_macros || ole->dir.size > 0;
    }
    if (!span_starts_with_nocase(name, prefix))
        return;
    for (size_t i = 0; i < sizeof properties / sizeof properties[0]; i++) {
        if (!span_is_nocase(span_from(name, sizeof prefix - 1), properties[i]))
            continue;
        struct span value = cfb_part(&ole->cfb, entry, 0, NAMES_UTF8_MOST, &ole->copy);
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

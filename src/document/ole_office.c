#include "ole_state.h"

#include "document/little.h"
#include "document/lzfu.h"
#include "document/names.h"
#include "document/ole.h"
#include "document/ole1.h"
#include "document/ovba.h"
#include "unpack/inflate.h"

enum { OLE_MODULE_SOURCES = 16, OLE_BIFF_RECORDS = 64, OLE_RECORD_HEADER = 8, OLE_UID = 16, OLE_META_HEADER = 34 };

static struct span ole_copy(struct ole *ole, const struct cfb_entry *entry)
{
    if (entry->size > OLE_COPY_MOST && entry->size <= ole->cfb.content.size)
        unpack_note(ole->unpack, UNPACK_LIMIT, "ole: a stream is too large to be looked into");
    return ole_part(ole, entry, 0, OLE_COPY_MOST);
}

/* The object that Packager or another program left as OLE 1 data (MS-OLEDS 2.3.6). */
static void ole_hand_native(struct ole *ole, const struct cfb_entry *entry)
{
    enum { SIZE_FIELD = 4, TAIL_MOST = 1 << 14 };
    struct ole1_part file = { .size = entry->size };
    struct span head = span_from(ole_part(ole, entry, 0, OLE1_HEAD), SIZE_FIELD);
    bool is_package = ole1_read_package(head, &file, &ole->names);
    file.at += SIZE_FIELD;
    if (is_package) {
        uint64_t end = file.at + file.size;
        ole->is_cut = ole->is_cut || end > entry->size;
        ole1_read_package_tail(ole_part(ole, entry, end, TAIL_MOST), &ole->names);
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
void ole_read_module(struct ole *ole, const struct cfb_entry *entry, struct span name)
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

/* Puts a member of a deflated run with a header that sums up (RFC 1950 section 2.2); what has none is chance. */
static void ole_inflate(struct ole *ole, struct span packed, uint64_t size_hint, const char *how)
{
    unsigned header = little_8(packed, 0) << 8 | little_8(packed, 1);
    size_t used = 0;
    if (packed.size < 3 || (header & 0xf00) != 0x800 || header % 31 != 0)
        return;
    if (!ole_begin(ole, packed.size, size_hint, how))
        return;
    enum unpack_ending ending = inflate_put(ole->unpack, INFLATE_ZLIB, packed, &used);
    ole->is_cut = ole->is_cut || ending == UNPACK_CUT || ending == UNPACK_BROKEN;
    unpack_end(ole->unpack);
    /* Records may lie over each other, and deflate may be long and unpack to nothing. */
    ole->is_full = ole->is_full || !unpack_step(ole->unpack, used / OLE_BYTES_PER_STEP);
}

/* ExOleObjStg (MS-PPT 2.10.34): a whole compound file, deflated or as it is. */
static void ole_hand_slide_object(struct ole *ole, unsigned instance, struct span data)
{
    static const char how[] = "ole: object in a presentation";
    if (instance == 1)
        ole_inflate(ole, span_from(data, 4), little_32(data, 0), how);
    if (instance != 0 || !ole_looks(data) || !ole_begin(ole, data.size, data.size, how))
        return;
    (void)unpack_put(ole->unpack, data);
    unpack_end(ole->unpack);
}

/* OfficeArtBlip (MS-ODRAW 2.2.24): a metafile behind one or two checksums and a header. */
static void ole_hand_metafile(struct ole *ole, unsigned instance, struct span data)
{
    static const unsigned instances[] = { 0x216, 0x3d4, 0x542 }; /* of WMF, EMF, PICT; with two checksums one more */
    for (size_t i = 0; i < sizeof instances / sizeof instances[0]; i++) {
        size_t checksums = instance - instances[i] + 1;
        struct span header = span_from(data, checksums * OLE_UID);
        if (instance >= instances[i] && checksums <= 2 && little_8(header, OLE_META_HEADER - 2) == 0)
            ole_inflate(ole, span_from(header, OLE_META_HEADER), little_32(header, 0), "ole: metafile");
    }
}

/* Records of presentations and drawings stand inside of each other, in no order: they are looked for one by one. */
static void ole_hand_records(struct ole *ole, const struct cfb_entry *entry)
{
    static const struct {
        char type[2];
        void (*hand)(struct ole *ole, unsigned instance, struct span data);
    } records[] = { { "\x11\x10", ole_hand_slide_object },
                    { "\x1a\xf0", ole_hand_metafile },
                    { "\x1b\xf0", ole_hand_metafile },
                    { "\x1c\xf0", ole_hand_metafile } };
    struct span stream = ole_copy(ole, entry);
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
        struct span type = span_of(records[i].type, sizeof records[i].type);
        size_t found = span_find(stream, type);
        for (size_t at = 0; found != SPAN_NONE && !ole->is_full; found = span_find(span_from(stream, at), type)) {
            at += found;
            struct span record = span_from(stream, at >= 2 ? at - 2 : 0);
            if (at >= 2)
                records[i].hand(ole, little_16(record, 0) >> 4,
                                span_slice(record, OLE_RECORD_HEADER, little_32(record, 4)));
            at++;
        }
    }
}

static void ole_note_encrypted(struct ole *ole, const char *what)
{
    unpack_note(ole->unpack, UNPACK_ENCRYPTED, "ole: encrypted %s", what);
}

/* fEncrypted in the file information block (MS-DOC 2.5.2). */
static void ole_check_word(struct ole *ole, const struct cfb_entry *entry)
{
    struct span head = ole_part(ole, entry, 0, 32);
    unsigned magic = little_16(head, 0);
    if ((magic == 0xa5ec || magic == 0xa5dc) && (little_16(head, 10) & 0x100) != 0)
        ole_note_encrypted(ole, "Word document");
}

/* FILEPASS among the first records (MS-XLS 2.4.117). */
static void ole_check_excel(struct ole *ole, const struct cfb_entry *entry)
{
    struct span head = ole_part(ole, entry, 0, 1 << 14);
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
    struct span head = ole_part(ole, entry, 0, 16);
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
    { "PowerPoint Document", ole_hand_records },
    { "Pictures", ole_hand_records },
    { "Data", ole_hand_records },
    { "0Table", ole_hand_records },
    { "1Table", ole_hand_records },
    { "WordDocument", ole_hand_records },
    { "WordDocument", ole_check_word },
    { "Workbook", ole_check_excel },
    { "Book", ole_check_excel },
    { "Current User", ole_check_presentation },
    { "EncryptedPackage", ole_check_package },
};

void ole_read_special(struct ole *ole, const struct cfb_entry *entry, struct span name)
{
    for (size_t i = 0; i < sizeof ole_specials / sizeof ole_specials[0]; i++) {
        if (span_is_nocase(name, ole_specials[i].name))
            ole_specials[i].read(ole, entry);
    }
}

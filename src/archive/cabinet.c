#include "cabinet.h"

#include <mspack.h>

#include "archive/place.h"
#include "base/buf.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum {
    CABINET_FILES = 1 << 20,  /* looked at in one content */
    CABINET_NAME = 1 << 12,   /* bytes of a name */
    CABINET_MEMORY_LOG2 = 27, /* of one piece that the library asks for; a window is 32 MiB at most */
    CAB_FIXED_HEADER = 36,
    CAB_METHODS = 4, /* stored, MSZIP, Quantum, LZX */
    CAB_METHOD = 0x0f,
    CAB_BLOCK = 32768,
    CAB_FEW_BLOCKS = 64,
    CAB_BUFFER = 4096,
    CAB_SMALL_BUFFER = 4
};

/* The library's system: what it calls a file is a place in the content, or the open member. */
struct cabinet {
    struct mspack_system system; /* the first member: the library hands a pointer to it back */
    struct unpack *unpack;
    struct span content;
    uint64_t written; /* of the open member */
    bool may_grow;    /* the open member */
    bool is_over;     /* no more members, or no more work */
    const void *run;  /* the compressed run that the last file came from, and where in it that ended */
    uint64_t run_at;
};

struct cabinet_file {
    struct cabinet *cabinet;
    uint64_t at;
    bool is_output;
};

/* The library's type for a file is never completed: what stands behind the pointer is ours. */
static struct mspack_file *file_as_mspack(struct cabinet_file *file)
{
    return (struct mspack_file *)(void *)file;
}

static struct cabinet_file *file_of(struct mspack_file *file)
{
    return (struct cabinet_file *)(void *)file;
}

static struct mspack_file *cabinet_open(struct mspack_system *self, const char *filename, int mode)
{
    (void)filename;
    struct cabinet_file *file = calloc(1, sizeof *file);
    if (file == NULL)
        return NULL;
    file->cabinet = (struct cabinet *)(void *)self;
    file->is_output = mode != MSPACK_SYS_OPEN_READ;
    return file_as_mspack(file);
}

static void cabinet_close(struct mspack_file *file)
{
    free(file_of(file));
}

/* libmspack 0.11 goes on with no file after a seek that failed: each of these may get NULL. */
static int cabinet_read(struct mspack_file *file, void *buffer, int bytes)
{
    struct cabinet_file *ours = file_of(file);
    if (ours == NULL || bytes < 0 || ours->is_output)
        return -1;
    struct span piece = span_of(NULL, 0);
    if (ours->at < ours->cabinet->content.size)
        piece = span_slice(ours->cabinet->content, (size_t)ours->at, (size_t)bytes);
    if (piece.size > 0)
        memcpy(buffer, piece.data, piece.size);
    ours->at += piece.size;
    return (int)piece.size;
}

/* Once the member must not grow, the rest goes nowhere: after an error in the middle the library would not go on with
 * the next file of the same folder. */
static int cabinet_write(struct mspack_file *file, void *buffer, int bytes)
{
    struct cabinet_file *ours = file_of(file);
    if (ours == NULL || bytes < 0 || !ours->is_output)
        return -1;
    struct cabinet *cabinet = ours->cabinet;
    if (cabinet->may_grow)
        cabinet->may_grow = unpack_put(cabinet->unpack, span_of(buffer, (size_t)bytes));
    if (!cabinet->may_grow && !unpack_step(cabinet->unpack, (uint64_t)bytes)) {
        cabinet->is_over = true;
        return -1;
    }
    ours->at += (uint64_t)bytes;
    cabinet->written += (uint64_t)bytes;
    return bytes;
}

static int cabinet_seek(struct mspack_file *file, off_t offset, int mode)
{
    struct cabinet_file *ours = file_of(file);
    if (ours == NULL)
        return -1;
    off_t base = 0;
    if (mode == MSPACK_SYS_SEEK_CUR)
        base = (off_t)ours->at;
    else if (mode == MSPACK_SYS_SEEK_END)
        base = (off_t)ours->cabinet->content.size;
    off_t to = 0;
    if (__builtin_add_overflow(base, offset, &to) || to < 0 || (uint64_t)to > ours->cabinet->content.size)
        return -1;
    ours->at = (uint64_t)to;
    return 0;
}

static off_t cabinet_tell(struct mspack_file *file)
{
    return file != NULL ? (off_t)file_of(file)->at : 0;
}

__attribute__((format(printf, 2, 3))) static void cabinet_message(struct mspack_file *file, const char *format, ...)
{
    (void)file;
    (void)format;
}

/* Zeroed: libmspack 0.11 frees a name that it never set where a KWAJ header is cut. */
static void *cabinet_alloc(struct mspack_system *self, size_t bytes)
{
    (void)self;
    return bytes >> CABINET_MEMORY_LOG2 == 0 ? calloc(1, bytes > 0 ? bytes : 1) : NULL;
}

static void cabinet_copy(void *from, void *to, size_t bytes)
{
    memcpy(to, from, bytes);
}

static void cabinet_init(struct cabinet *cabinet, struct unpack *unpack, struct span content)
{
    *cabinet = (struct cabinet){
        .system = { .open = cabinet_open,
                    .close = cabinet_close,
                    .read = cabinet_read,
                    .write = cabinet_write,
                    .seek = cabinet_seek,
                    .tell = cabinet_tell,
                    .message = cabinet_message,
                    .alloc = cabinet_alloc,
                    .free = free,
                    .copy = cabinet_copy },
        .unpack = unpack,
        .content = content,
    };
}

static bool cabinet_begin(struct cabinet *cabinet, const char *name, uint64_t size, const char *how)
{
    struct buf names;
    buf_init(&names, CABINET_NAME);
    if (name != NULL && name[0] != '\0')
        buf_put(&names, name, strlen(name) + 1);
    struct unpack_member member = { .names = buf_span(&names), .size_hint = size, .how = how };
    cabinet->written = 0;
    cabinet->may_grow = unpack_begin(cabinet->unpack, &member);
    cabinet->is_over = !cabinet->may_grow;
    buf_fini(&names);
    return cabinet->may_grow;
}

/* Files lie in one run behind each other, in any order: going back means that the library unpacks the run from its
 * start again, and a gap is unpacked for nothing. False: no more of that. */
static bool cabinet_charge(struct cabinet *cabinet, const void *run, uint64_t offset, uint64_t size)
{
    bool is_forward = run == cabinet->run && offset >= cabinet->run_at;
    uint64_t work = is_forward ? offset - cabinet->run_at : offset;
    cabinet->run = run;
    cabinet->run_at = offset + size;
    if (work == 0 || unpack_step(cabinet->unpack, work))
        return true;
    cabinet->is_over = true;
    return false;
}

/* ---- Cabinets ---- */

static const char cab_magic[] = { 'M', 'S', 'C', 'F' }; /* of the zeros behind it not all programs take notice */

static bool cab_check(struct span rest)
{
    return rest.size >= CAB_FIXED_HEADER && place_u32(rest, 12) == 0 && rest.data[25] == 1 && place_u16(rest, 26) > 0 &&
           place_u16(rest, 28) > 0;
}

static bool cab_is_at_start(struct span content)
{
    return span_equal(span_slice(content, 0, sizeof cab_magic), span_of(cab_magic, sizeof cab_magic));
}

bool cab_looks(struct span content)
{
    return cab_is_at_start(content) ||
           place_find(content, 0, span_of(cab_magic, sizeof cab_magic), cab_check) != SPAN_NONE;
}

static void cab_note(struct cabinet *cabinet, const struct mscabd_cabinet *cab, const struct mscabd_file *file)
{
    bool is_part = (cab->flags & (MSCAB_HDR_PREVCAB | MSCAB_HDR_NEXTCAB)) != 0;
    int method = file != NULL && file->folder != NULL ? file->folder->comp_type & CAB_METHOD : 0;
    if (is_part)
        unpack_note(cabinet->unpack, UNPACK_UNSUPPORTED, "cab: part of a multi-volume archive");
    else if (method >= CAB_METHODS)
        unpack_note(cabinet->unpack, UNPACK_UNSUPPORTED, "cab: method %d", method);
    else
        unpack_note(cabinet->unpack, UNPACK_DAMAGED, "cab: damaged");
}

/* The library reads what is stored by buffers, and leaves out the last one where a file should be longer than its data
 * are: this one is small where that may be so, and where that costs little. */
static void cab_set_buffer(struct mscab_decompressor *library, const struct mscabd_file *file)
{
    const struct mscabd_folder *folder = file->folder;
    bool is_stored = folder != NULL && (folder->comp_type & CAB_METHOD) == 0;
    bool is_lie = is_stored && (uint64_t)file->offset + file->length > (uint64_t)folder->num_blocks * CAB_BLOCK;
    bool is_small = is_stored && (is_lie || folder->num_blocks <= CAB_FEW_BLOCKS);
    (void)library->set_param(library, MSCABD_PARAM_DECOMPBUF, is_small ? CAB_SMALL_BUFFER : CAB_BUFFER);
}

/* One note for a cabinet is enough. */
static void cab_read_one(struct cabinet *cabinet, struct mscab_decompressor *library, const struct mscabd_cabinet *cab)
{
    /* A set: what the other cabinets hold, and what goes on there, is not here. */
    bool is_noted = (cab->flags & (MSCAB_HDR_PREVCAB | MSCAB_HDR_NEXTCAB)) != 0;
    size_t count = 0;
    if (is_noted)
        cab_note(cabinet, cab, NULL);
    for (struct mscabd_file *file = cab->files; file != NULL && !cabinet->is_over; file = file->next) {
        if (count++ == CABINET_FILES || !cabinet_charge(cabinet, file->folder, file->offset, file->length) ||
            !cabinet_begin(cabinet, file->filename, file->length, "cab"))
            return;
        cab_set_buffer(library, file);
        int error = library->extract(library, file, "");
        unpack_end(cabinet->unpack);
        bool is_whole = error == MSPACK_ERR_OK && cabinet->written >= file->length;
        if (is_whole || is_noted || cabinet->is_over)
            continue;
        cab_note(cabinet, cab, file);
        is_noted = true;
    }
}

void cab_read(struct unpack *unpack, struct span content)
{
    struct cabinet cabinet;
    cabinet_init(&cabinet, unpack, content);
    struct mscab_decompressor *library = mspack_create_cab_decompressor(&cabinet.system);
    if (library == NULL)
        return;
    (void)library->set_param(library, MSCABD_PARAM_SALVAGE, 1);
    (void)library->set_param(library, MSCABD_PARAM_FIXMSZIP, 1);
    /* Finds cabinets wherever they begin. */
    struct mscabd_cabinet *found = library->search(library, "");
    if (found == NULL)
        unpack_note(unpack, UNPACK_DAMAGED, "cab: damaged");
    for (struct mscabd_cabinet *cab = found; cab != NULL && !cabinet.is_over; cab = cab->next)
        cab_read_one(&cabinet, library, cab);
    if (found != NULL)
        library->close(library, found);
    mspack_destroy_cab_decompressor(library);
}

/* ---- Compiled help ---- */

bool chm_looks(struct span content)
{
    static const char magic[] = { 'I', 'T', 'S', 'F' };
    uint32_t version = place_u32(content, 4);
    return content.size >= 96 && memcmp(content.data, magic, sizeof magic) == 0 && version >= 1 && version <= 4;
}

static bool chm_read_files(struct cabinet *cabinet, struct mschm_decompressor *library, struct mschmd_file *file)
{
    bool is_sound = true;
    for (size_t count = 0; file != NULL && count < CABINET_FILES && !cabinet->is_over; file = file->next, count++) {
        uint64_t offset = file->offset > 0 ? (uint64_t)file->offset : 0;
        uint64_t size = file->length > 0 ? (uint64_t)file->length : 0;
        bool is_packed = file->section != NULL && file->section->id != 0;
        if (size == 0 || (is_packed && !cabinet_charge(cabinet, file->section, offset, size)))
            continue;
        if (!cabinet_begin(cabinet, file->filename, size, "chm"))
            break;
        int error = library->extract(library, file, "");
        unpack_end(cabinet->unpack);
        is_sound = is_sound && (error == MSPACK_ERR_OK || cabinet->is_over);
    }
    return is_sound;
}

void chm_read(struct unpack *unpack, struct span content)
{
    struct cabinet cabinet;
    cabinet_init(&cabinet, unpack, content);
    struct mschm_decompressor *library = mspack_create_chm_decompressor(&cabinet.system);
    if (library == NULL)
        return;
    struct mschmd_header *chm = library->open(library, "");
    bool is_sound = chm != NULL && chm_read_files(&cabinet, library, chm->files);
    if (!is_sound)
        unpack_note(unpack, UNPACK_DAMAGED, "chm: damaged");
    if (chm != NULL)
        library->close(library, chm);
    mspack_destroy_chm_decompressor(library);
}

/* ---- COMPRESS.EXE ---- */

static const char szdd_magic[] = { 'S', 'Z', 'D', 'D', (char)0x88, (char)0xf0, 0x27, 0x33 };
static const char szdd_basic_magic[] = { 'S', 'Z', ' ', (char)0x88, (char)0xf0, 0x27, 0x33, (char)0xd1 };
static const char kwaj_magic[] = { 'K', 'W', 'A', 'J', (char)0x88, (char)0xf0, 0x27, (char)0xd1 };

static bool szdd_is(struct span content, const char magic[8])
{
    return span_equal(span_slice(content, 0, 8), span_of(magic, 8));
}

bool szdd_looks(struct span content)
{
    return szdd_is(content, szdd_magic) || szdd_is(content, szdd_basic_magic) || szdd_is(content, kwaj_magic);
}

static bool kwaj_read_file(struct cabinet *cabinet)
{
    bool is_sound = false;
    struct mskwaj_decompressor *library = mspack_create_kwaj_decompressor(&cabinet->system);
    struct mskwajd_header *header = library != NULL ? library->open(library, "") : NULL;
    if (header != NULL && cabinet_begin(cabinet, header->filename, 0, "kwaj")) {
        is_sound = library->extract(library, header, "") == MSPACK_ERR_OK;
        unpack_end(cabinet->unpack);
    }
    if (header != NULL)
        library->close(library, header);
    mspack_destroy_kwaj_decompressor(library);
    return is_sound;
}

static bool szdd_read_file(struct cabinet *cabinet)
{
    bool is_sound = false;
    struct msszdd_decompressor *library = mspack_create_szdd_decompressor(&cabinet->system);
    struct msszddd_header *header = library != NULL ? library->open(library, "") : NULL;
    if (header != NULL && cabinet_begin(cabinet, NULL, header->length > 0 ? (uint64_t)header->length : 0, "szdd")) {
        is_sound = library->extract(library, header, "") == MSPACK_ERR_OK;
        unpack_end(cabinet->unpack);
    }
    if (header != NULL)
        library->close(library, header);
    mspack_destroy_szdd_decompressor(library);
    return is_sound;
}

void szdd_read(struct unpack *unpack, struct span content)
{
    struct cabinet cabinet;
    cabinet_init(&cabinet, unpack, content);
    bool is_kwaj = szdd_is(content, kwaj_magic);
    bool is_sound = is_kwaj ? kwaj_read_file(&cabinet) : szdd_read_file(&cabinet);
    if (!is_sound && !cabinet.is_over)
        unpack_note(unpack, UNPACK_DAMAGED, "%s: damaged", is_kwaj ? "kwaj" : "szdd");
}

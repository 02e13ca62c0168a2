#include "libarchive.h"

#include <archive.h>
#include <archive_entry.h>

#include "base/buf.h"
#include "base/memory.h"

#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

enum {
    LIBARCHIVE_ENTRIES = 1 << 20,   /* headers that are looked at in one archive */
    LIBARCHIVE_IDLE = 64,           /* answers in a row that bring neither an entry nor data */
    LIBARCHIVE_TRIES = 8,           /* the archive is opened anew behind an entry that ended the reading */
    LIBARCHIVE_NAMES = 1 << 16,     /* bytes of names of one entry */
    LIBARCHIVE_SECTOR = 2048,       /* data bytes of a sector of a CD */
    LIBARCHIVE_PASSWORDS = 64,      /* candidates that are tried */
    LIBARCHIVE_ZIP_ENTRIES = 65536, /* whose being opened is remembered */
    LIBARCHIVE_ZIP_MISSES = 16,     /* entries in a row that a candidate may fail to open before it opened one */
    LIBARCHIVE_KEY_STEPS = 16384    /* work of deriving one key: 1000 rounds of HMAC, four times */
};

enum taken {
    TAKEN_WHOLE,
    TAKEN_FAILED, /* the entry is not whole, the next one can be read */
    TAKEN_FATAL,  /* nothing more comes of this handle */
    TAKEN_STOPPED /* no more members, or no more work */
};

struct libarchive_run {
    struct unpack *unpack;
    const struct libarchive_job *job;
    struct libarchive_view view;
    uint64_t at; /* where the library reads, in the view */
    bool is_noted[UNPACK_TROUBLES];
    bool is_solid_kind; /* entries may share one compressed run: what is left of one is work for the next */
    bool is_eager;      /* an entry without data is a member too, for its name's sake */
    bool is_warned;     /* something was wrong with the last entry, though all of it was read */
    size_t skip;        /* entries that an earlier try has been through */
    uint64_t unpacked;  /* bytes that came out so far */
};

static locale_t libarchive_locale;

void libarchive_prepare(void)
{
    if (libarchive_locale == (locale_t)0)
        libarchive_locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

/* ---- The library's file ---- */

static uint64_t view_size(const struct libarchive_view *view)
{
    if (view->stride == 0)
        return view->head.size + span_from(view->content, view->covered).size;
    return view->content.size / view->stride * LIBARCHIVE_SECTOR;
}

/* The bytes at `at` that lie in one piece; empty behind the end. */
static struct span view_piece(const struct libarchive_view *view, uint64_t at)
{
    if (at >= view_size(view))
        return span_of(NULL, 0);
    if (at < view->head.size)
        return span_from(view->head, (size_t)at);
    if (view->stride == 0)
        return span_from(view->content, view->covered + (size_t)at - view->head.size);
    size_t sector = (size_t)(at / LIBARCHIVE_SECTOR);
    size_t within = (size_t)(at % LIBARCHIVE_SECTOR);
    return span_slice(view->content, sector * view->stride + view->skip + within, LIBARCHIVE_SECTOR - within);
}

static la_ssize_t run_on_read(struct archive *archive, void *context, const void **bytes_out)
{
    (void)archive;
    struct libarchive_run *run = context;
    struct span piece = view_piece(&run->view, run->at);
    *bytes_out = piece.data;
    run->at += piece.size;
    return (la_ssize_t)piece.size;
}

static la_int64_t run_on_skip(struct archive *archive, void *context, la_int64_t size)
{
    (void)archive;
    struct libarchive_run *run = context;
    uint64_t left = view_size(&run->view) - run->at;
    uint64_t skipped = size < 0 ? 0 : (uint64_t)size < left ? (uint64_t)size : left;
    run->at += skipped;
    return (la_int64_t)skipped;
}

static la_int64_t run_on_seek(struct archive *archive, void *context, la_int64_t offset, int whence)
{
    (void)archive;
    struct libarchive_run *run = context;
    la_int64_t size = (la_int64_t)view_size(&run->view);
    la_int64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? (la_int64_t)run->at : size;
    la_int64_t to = 0;
    if (__builtin_add_overflow(base, offset, &to) || to < 0)
        return ARCHIVE_FATAL;
    run->at = (uint64_t)(to < size ? to : size);
    return (la_int64_t)run->at;
}

typedef int libarchive_support(struct archive *archive);

static void run_set_switches(const struct libarchive_run *run, struct archive *archive)
{
    for (const char *const *at = run->job != NULL ? run->job->switches : NULL; at != NULL && *at != NULL; at++) {
        bool is_off = (*at)[0] == '!';
        (void)archive_read_set_format_option(archive, NULL, *at + (is_off ? 1 : 0), is_off ? NULL : "1");
    }
}

/* NULL where the library has no memory. The format decides whether the content is its own when the first header is
 * read. */
static struct archive *run_open(struct libarchive_run *run, libarchive_support *support, const char *password)
{
    struct archive *archive = archive_read_new();
    if (archive == NULL)
        return NULL;
    run->at = 0;
    bool is_ready = support(archive) == ARCHIVE_OK;
    run_set_switches(run, archive); /* before it is opened, or it is broken */
    if (is_ready && password != NULL)
        is_ready = archive_read_add_passphrase(archive, password) == ARCHIVE_OK;
    (void)archive_read_set_read_callback(archive, run_on_read);
    (void)archive_read_set_skip_callback(archive, run_on_skip);
    (void)archive_read_set_seek_callback(archive, run_on_seek);
    (void)archive_read_set_callback_data(archive, run);
    if (is_ready && archive_read_open1(archive) == ARCHIVE_OK)
        return archive;
    (void)archive_read_free(archive);
    return NULL;
}

/* ---- Notes ---- */

static void run_note(struct libarchive_run *run, enum unpack_trouble trouble, const char *text)
{
    if (run->job == NULL || run->job->name == NULL || run->is_noted[trouble])
        return;
    run->is_noted[trouble] = true;
    unpack_note(run->unpack, trouble, "%s: %s", run->job->name, text);
}

/* The library tells its reasons in words alone; they may quote foreign bytes, and are not shown. */
static void run_note_error(struct libarchive_run *run, struct archive *archive)
{
    const char *text = archive_error_string(archive);
    text = text != NULL ? text : "";
    if (strcasestr(text, "encrypt") != NULL || strcasestr(text, "passphrase") != NULL)
        run_note(run, UNPACK_ENCRYPTED, "encrypted");
    else if (strcasestr(text, "unsupported") != NULL || strcasestr(text, "not supported") != NULL ||
             strcasestr(text, "codec id") != NULL)
        run_note(run, UNPACK_UNSUPPORTED, "a method that nothing here opens");
    else
        run_note(run, UNPACK_DAMAGED,
                 archive_errno(archive) == ENOMEM ? "more memory needed than there is" : "damaged");
}

/* ---- Entries ---- */

static void names_put_rune(struct buf *names, uint32_t rune)
{
    static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    if (rune < 0x80) {
        buf_put_char(names, (char)rune);
        return;
    }
    if (rune > 0x10ffff)
        rune = 0xfffd;
    int size = rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;
    char bytes[4];
    for (int i = size - 1; i > 0; i--, rune >>= 6)
        bytes[i] = (char)(0x80 | (rune & 0x3f));
    bytes[0] = (char)(lead[size] | rune);
    buf_put(names, bytes, (size_t)size);
}

/* The library keeps a name in the form that the archive has, and converts when it is asked: what can't be converted is
 * NULL in that form, but not in another. */
static void names_put(struct buf *names, struct archive_entry *entry)
{
    const char *raw = archive_entry_pathname(entry);
    const char *utf8 = archive_entry_pathname_utf8(entry);
    if (raw != NULL && raw[0] != '\0')
        buf_put(names, raw, strlen(raw) + 1);
    if (utf8 != NULL && utf8[0] != '\0' && (raw == NULL || strcmp(raw, utf8) != 0))
        buf_put(names, utf8, strlen(utf8) + 1);
    const wchar_t *wide = raw == NULL && utf8 == NULL ? archive_entry_pathname_w(entry) : NULL;
    if (wide == NULL || wide[0] == L'\0')
        return;
    for (; *wide != L'\0'; wide++)
        names_put_rune(names, (uint32_t)*wide);
    buf_put_char(names, '\0');
}

static bool run_begin(struct libarchive_run *run, struct archive_entry *entry)
{
    struct buf names;
    buf_init(&names, LIBARCHIVE_NAMES);
    names_put(&names, entry);
    struct unpack_member member = {
        .names = buf_span(&names),
        .size_hint = archive_entry_size_is_set(entry) && archive_entry_size(entry) > 0
                         ? (uint64_t)archive_entry_size(entry)
                         : 0,
        .how = run->job != NULL ? run->job->how : "zip, libarchive",
    };
    /* A name too long for the buffer is dropped whole, which may leave one without its end. */
    if (names.size > 0 && names.data[names.size - 1] != '\0')
        member.names = span_of(NULL, 0);
    bool is_begun = unpack_begin(run->unpack, &member);
    buf_fini(&names);
    return is_begun;
}

static bool run_put_zeros(struct libarchive_run *run, uint64_t size)
{
    while (size > 0) {
        size_t room_size = 0;
        char *room = unpack_room(run->unpack, &room_size);
        if (room == NULL)
            return false;
        size_t now = size < room_size ? (size_t)size : room_size;
        memset(room, 0, now);
        unpack_wrote(run->unpack, now);
        size -= now;
    }
    return true;
}

/* A block at `at`; a gap before it is zeros (sparse files). Blocks that go back are put behind: none is lost. */
static bool run_put(struct libarchive_run *run, struct span block, la_int64_t at, uint64_t *have)
{
    if (at >= 0 && (uint64_t)at > *have && block.size > 0) {
        if (!run_put_zeros(run, (uint64_t)at - *have))
            return false;
        *have = (uint64_t)at;
    }
    *have += block.size;
    return unpack_put(run->unpack, block);
}

/* Throws away what is left of an entry whose member must not grow: the next entry may depend on it. The library would
 * do so itself, but without a limit. */
static enum taken run_drain(struct libarchive_run *run, struct archive *archive)
{
    for (size_t idle = 0; run->is_solid_kind && idle < LIBARCHIVE_IDLE; idle++) {
        const void *data = NULL;
        size_t size = 0;
        la_int64_t at = 0;
        int result = archive_read_data_block(archive, &data, &size, &at);
        if (result == ARCHIVE_EOF)
            return TAKEN_WHOLE;
        if (result == ARCHIVE_FATAL)
            return TAKEN_FATAL;
        if (result == ARCHIVE_FAILED)
            return TAKEN_FAILED;
        if (!unpack_step(run->unpack, size))
            return TAKEN_STOPPED;
        idle = size > 0 ? 0 : idle;
    }
    return run->is_solid_kind ? TAKEN_FAILED : TAKEN_WHOLE;
}

/* The text of a symbolic link is what a program that makes none puts into a file. */
static bool run_put_link(struct libarchive_run *run, struct archive_entry *entry)
{
    const char *target = archive_entry_symlink(entry);
    target = target != NULL ? target : archive_entry_symlink_utf8(entry);
    return target == NULL || unpack_put(run->unpack, span_text(target));
}

static bool run_is_file(struct archive_entry *entry)
{
    return archive_entry_filetype(entry) == AE_IFREG && archive_entry_hardlink(entry) == NULL;
}

/* Reads whatever data the entry has, of whichever type it says it is: a folder or device with data is a file to some
 * program. */
static enum taken run_take(struct libarchive_run *run, struct archive *archive, struct archive_entry *entry)
{
    run->is_warned = false;
    bool is_begun = run->is_eager && archive_entry_filetype(entry) != AE_IFDIR;
    if (is_begun && !run_begin(run, entry))
        return TAKEN_STOPPED;
    bool may_grow = !is_begun || run_put_link(run, entry);
    enum taken taken = TAKEN_FAILED;
    bool is_empty = archive_entry_size_is_set(entry) && archive_entry_size(entry) == 0 && !run_is_file(entry);
    uint64_t have = 0;
    for (size_t idle = 0; may_grow && !is_empty && idle < LIBARCHIVE_IDLE; idle++) {
        const void *data = NULL;
        size_t size = 0;
        la_int64_t at = 0;
        int result = archive_read_data_block(archive, &data, &size, &at);
        if (result == ARCHIVE_EOF || result <= ARCHIVE_FAILED) {
            taken = result == ARCHIVE_EOF ? TAKEN_WHOLE : result == ARCHIVE_FATAL ? TAKEN_FATAL : TAKEN_FAILED;
            if (result != ARCHIVE_EOF)
                run_note_error(run, archive);
            break;
        }
        if (result != ARCHIVE_OK) {
            run->is_warned = true; /* a wrong check sum or size, at the end of zip's entries */
            run_note_error(run, archive);
        }
        if (size == 0)
            continue;
        idle = 0;
        if (!is_begun && !run_begin(run, entry))
            return TAKEN_STOPPED;
        is_begun = true;
        run->unpacked += size;
        may_grow = run_put(run, span_of(data, size), at, &have);
    }
    if (!is_begun && taken == TAKEN_WHOLE && archive_entry_filetype(entry) != AE_IFDIR)
        is_begun = run_begin(run, entry);
    if (is_begun)
        unpack_end(run->unpack);
    return may_grow ? taken : run_drain(run, archive);
}

/* The next entry; NULL where there is none. *is_fatal_out: the library gave up. */
static struct archive_entry *run_next(struct libarchive_run *run, struct archive *archive)
{
    for (size_t i = 0; i < LIBARCHIVE_IDLE; i++) {
        struct archive_entry *entry = NULL;
        int result = archive_read_next_header(archive, &entry);
        if (result == ARCHIVE_OK || result == ARCHIVE_WARN) /* a warning is about names and times */
            return entry;
        if (result == ARCHIVE_EOF)
            return NULL;
        run_note_error(run, archive);
        if (result == ARCHIVE_FATAL)
            return NULL;
    }
    return NULL;
}

/* ---- 7z, RAR, ISO ---- */

static libarchive_support *const libarchive_supports[] = { [LIBARCHIVE_7Z] = archive_read_support_format_7zip,
                                                           [LIBARCHIVE_RAR4] = archive_read_support_format_rar,
                                                           [LIBARCHIVE_RAR5] = archive_read_support_format_rar5,
                                                           [LIBARCHIVE_ISO] = archive_read_support_format_iso9660 };

/* True where it is worth to open the archive anew and go on behind the entry that ended the reading. */
static bool run_pass(struct libarchive_run *run)
{
    struct archive *archive = run_open(run, libarchive_supports[run->job->format], NULL);
    if (archive == NULL) {
        run_note(run, UNPACK_DAMAGED, "damaged");
        return false;
    }
    enum taken taken = TAKEN_WHOLE;
    size_t index = 0;
    for (; index < LIBARCHIVE_ENTRIES && taken <= TAKEN_FAILED; index++) {
        struct archive_entry *entry = run_next(run, archive);
        if (entry == NULL)
            break;
        if (index < run->skip)
            continue;
        if (archive_entry_is_data_encrypted(entry))
            run_note(run, UNPACK_ENCRYPTED, "encrypted");
        taken = run_take(run, archive, entry);
    }
    if (index == LIBARCHIVE_ENTRIES)
        run_note(run, UNPACK_LIMIT, "too many entries");
    (void)archive_read_free(archive);
    run->skip = index;
    return taken == TAKEN_FATAL;
}

void libarchive_read(struct unpack *unpack, const struct libarchive_job *job)
{
    libarchive_prepare();
    locale_t before = libarchive_locale != (locale_t)0 ? uselocale(libarchive_locale) : (locale_t)0;
    struct libarchive_run run = { .unpack = unpack,
                                  .job = job,
                                  .view = job->view,
                                  .is_solid_kind = job->format != LIBARCHIVE_ISO,
                                  .is_eager = true };
    /* Each further try may have to unpack again what came before in the same run. */
    for (size_t tries = 1; run_pass(&run) && tries < LIBARCHIVE_TRIES && unpack_step(unpack, run.unpacked); tries++)
        continue;
    if (before != (locale_t)0)
        (void)uselocale(before);
}

/* ---- Zip ---- */

struct zip_state {
    bool is_encrypted[LIBARCHIVE_ZIP_ENTRIES];
    bool is_opened[LIBARCHIVE_ZIP_ENTRIES];
    bool is_over; /* more entries than that, or no more members */
};

/* The library shows the method in words alone: "ZIP 2.0 (ppmd-1)". */
static bool zip_is_ppmd(struct archive *archive)
{
    const char *name = archive_format_name(archive);
    return name != NULL && strstr(name, "(ppmd") != NULL;
}

/* One reading with one candidate, or with none for what is not encrypted. A candidate that fits is told by two bytes
 * alone (in the old encryption by one), so that a wrong one may seem to fit: only an entry that ends well was opened,
 * and each candidate has its own reading, as the library takes the first that seems to fit. */
static void zip_pass(struct libarchive_run *run, libarchive_support *support, struct zip_state *state,
                     const char *password)
{
    struct archive *archive = run_open(run, support, password);
    if (archive == NULL)
        return;
    size_t misses = 0;
    for (size_t index = 0; misses < LIBARCHIVE_ZIP_MISSES && !state->is_over; index++) {
        struct archive_entry *entry = run_next(run, archive);
        if (entry == NULL)
            break;
        if (index == LIBARCHIVE_ZIP_ENTRIES) {
            state->is_over = true;
            break;
        }
        bool is_encrypted = archive_entry_is_encrypted(entry) != 0;
        state->is_encrypted[index] = is_encrypted;
        bool is_wanted = password != NULL ? is_encrypted && !state->is_opened[index]
                                          : !is_encrypted && zip_is_ppmd(archive);
        if (!is_wanted)
            continue;
        state->is_over = password != NULL && !unpack_step(run->unpack, LIBARCHIVE_KEY_STEPS);
        enum taken taken = state->is_over ? TAKEN_STOPPED : run_take(run, archive, entry);
        state->is_opened[index] = taken == TAKEN_WHOLE && !run->is_warned;
        state->is_over = taken == TAKEN_STOPPED;
        misses = state->is_opened[index] || password == NULL ? 0 : misses + 1;
    }
    (void)archive_read_free(archive);
}

/* Adds to the counts of encrypted and of opened entries. False: no more. */
static bool zip_read(struct unpack *unpack, struct span content, libarchive_support *support, size_t *encrypted,
                     size_t *opened)
{
    struct zip_state *state = memory_new(sizeof *state);
    struct libarchive_run run = { .unpack = unpack, .view = { .content = content } };
    zip_pass(&run, support, state, NULL);
    for (size_t i = 0; i < LIBARCHIVE_PASSWORDS && !state->is_over; i++) {
        bool is_needed = false;
        for (size_t k = 0; k < LIBARCHIVE_ZIP_ENTRIES; k++)
            is_needed = is_needed || (state->is_encrypted[k] && !state->is_opened[k]);
        const char *password = is_needed ? unpack_password(unpack, i) : NULL;
        if (password == NULL)
            break;
        if (password[0] != '\0')
            zip_pass(&run, support, state, password);
    }
    for (size_t k = 0; k < LIBARCHIVE_ZIP_ENTRIES; k++) {
        *encrypted += state->is_encrypted[k] ? 1 : 0;
        *opened += state->is_encrypted[k] && state->is_opened[k] ? 1 : 0;
    }
    bool is_over = state->is_over;
    free(state);
    return !is_over;
}

/* The library decrypts what is stored or deflated alone. With any other method inside of AES it unpacks the encrypted
 * bytes as they stand and, where AE-2 leaves the check sum out, finds nothing wrong. The method is in an extra field
 * (0x9901) that it doesn't show. */
static bool zip_has_other_aes(struct span content)
{
    static const char field[] = { 0x01, (char)0x99, 0x07, 0x00 };
    for (;;) {
        size_t at = span_find(content, span_of(field, sizeof field));
        if (at == SPAN_NONE)
            return false;
        struct span rest = span_slice(content, at + 4, 7); /* version, "AE", strength, method */
        if (rest.size == 7 && memcmp(rest.data + 2, "AE", 2) == 0 &&
            (rest.data[6] != 0 || (rest.data[5] != 0 && rest.data[5] != 8)))
            return true;
        content = span_from(content, at + 4);
    }
}

bool libarchive_read_zip(struct unpack *unpack, struct span content)
{
    size_t encrypted = 0;
    size_t opened = 0;
    bool is_complete = zip_read(unpack, content, archive_read_support_format_zip_seekable, &encrypted, &opened);
    if (is_complete)
        is_complete = zip_read(unpack, content, archive_read_support_format_zip_streamable, &encrypted, &opened);
    return is_complete && encrypted > 0 && opened == encrypted && !zip_has_other_aes(content);
}

/* A local header for data that is one entry's, so that the library takes it from anywhere (APPNOTE 4.3.7). */
enum { ZIP_HEADER = 42, ZIP_AES_FIELD = 31, ZIP_AES_STRENGTH = 39, ZIP_AES_OVERHEAD = 12 };

static void zip_put_u32(char *at, size_t value)
{
    for (size_t i = 0; i < 4; i++)
        at[i] = (char)(unsigned char)(value >> 8 * i);
}

/* The entry's data, block by block, into the sink. */
typedef bool zip_sink(void *context, struct span block);

/* *is_warned_out: the library found something wrong at the end. */
static enum unpack_ending zip_run(struct libarchive_view view, const char *password, zip_sink *sink, void *context,
                                  bool *is_warned_out)
{
    struct libarchive_run run = { .view = view };
    struct archive *archive = run_open(&run, archive_read_support_format_zip_streamable, password);
    struct archive_entry *entry = NULL;
    enum unpack_ending ending = UNPACK_BROKEN;
    int result = archive != NULL ? archive_read_next_header(archive, &entry) : ARCHIVE_FATAL;
    for (size_t idle = 0; result >= ARCHIVE_WARN && result != ARCHIVE_EOF && idle < LIBARCHIVE_IDLE; idle++) {
        const void *data = NULL;
        size_t size = 0;
        la_int64_t at = 0;
        result = archive_read_data_block(archive, &data, &size, &at);
        *is_warned_out = *is_warned_out || result == ARCHIVE_WARN;
        if (result < ARCHIVE_WARN || size == 0)
            continue;
        idle = 0;
        if (!sink(context, span_of(data, size))) {
            ending = UNPACK_STOPPED;
            break;
        }
    }
    if (archive != NULL)
        (void)archive_read_free(archive);
    return result == ARCHIVE_EOF ? UNPACK_WHOLE : ending;
}

static bool zip_sink_unpack(void *context, struct span block)
{
    return unpack_put(context, block);
}

enum unpack_ending libarchive_put_ppmd(struct unpack *unpack, struct span packed)
{
    char head[ZIP_AES_FIELD] = "PK\3\4\x3f\0\0\0\x62";
    if (packed.size > UINT32_MAX)
        return UNPACK_BROKEN;
    zip_put_u32(head + 18, packed.size);
    zip_put_u32(head + 22, packed.size);
    head[26] = 1;
    head[30] = 'x';
    bool is_warned = false; /* the sizes and the check sum are not the true ones */
    struct libarchive_view view = { .content = packed, .head = span_of(head, sizeof head) };
    return zip_run(view, NULL, zip_sink_unpack, unpack, &is_warned);
}

static bool zip_sink_buf(void *context, struct span block)
{
    struct buf *buf = context;
    if (block.size > buf->capacity - buf->size)
        return false;
    memcpy(buf->data + buf->size, block.data, block.size);
    buf->size += block.size;
    return true;
}

enum unpack_ending libarchive_decrypt_aes(struct unpack *unpack, struct span packed, unsigned strength,
                                          const char *password, char **plain_out, size_t *size_out)
{
    /* AE-2, so that no check sum is looked at, and stored, so that what is decrypted is all. */
    char head[ZIP_HEADER] = "PK\3\4\x33\0\1\0\x63";
    static const char field[] = { 0x01, (char)0x99, 7, 0, 2, 0, 'A', 'E' };
    size_t overhead = ZIP_AES_OVERHEAD + 4 + 4 * (size_t)strength; /* the salt too */
    if (strength < 1 || strength > 3 || packed.size > UINT32_MAX || packed.size < overhead || password[0] == '\0' ||
        !unpack_step(unpack, LIBARCHIVE_KEY_STEPS))
        return UNPACK_STOPPED;
    zip_put_u32(head + 18, packed.size);
    zip_put_u32(head + 22, packed.size - overhead);
    head[26] = 1;
    head[28] = ZIP_HEADER - ZIP_AES_FIELD;
    head[30] = 'x';
    memcpy(head + ZIP_AES_FIELD, field, sizeof field);
    head[ZIP_AES_STRENGTH] = (char)strength;
    struct buf plain = { .data = memory_try(packed.size), .capacity = packed.size };
    if (plain.data == NULL)
        return UNPACK_STOPPED;
    bool is_warned = false;
    struct libarchive_view view = { .content = packed, .head = span_of(head, sizeof head) };
    enum unpack_ending ending = zip_run(view, password, zip_sink_buf, &plain, &is_warned);
    if (plain.size != packed.size - overhead) {
        free(plain.data);
        return UNPACK_STOPPED;
    }
    *plain_out = plain.data;
    *size_out = plain.size;
    return ending == UNPACK_WHOLE && !is_warned ? UNPACK_WHOLE : UNPACK_BROKEN;
}

/* SPDX-License-Identifier: GPL-2.0-only */
#include "raw.h"

#include "base/base64.h"
#include "base/buf.h"
#include "base/memory.h"
#include "unpack/inflate.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    RAW_HEAD_BYTES = 512, /* of a container, before its archive */
    RAW_TAR_BLOCK = 512,
    RAW_TAR_SIZE_AT = 124,
    RAW_TAR_SIZE_DIGITS = 12,
    RAW_TAR_NAME = 100,
    RAW_LINE_LIMIT = 4 * 1024 * 1024,
    RAW_ROOM = 65536,
    RAW_MOST_FILES = 4096,
    RAW_TARGET_ANY = 0,
    RAW_TARGET_MAIL = 4,
    RAW_TARGET_TEXT = 7, /* made lower case before it is compared */
    RAW_TARGET_NONE = 1000
};

static void raw_add(struct raw_found *found, struct span name)
{
    if (found->count == 0) {
        (void)span_copy(span_slice(name, 0, RAW_NAME_SIZE - 1), found->first, sizeof found->first);
        for (char *p = found->first; *p != '\0'; p++) {
            if ((unsigned char)*p <= 0x20 || (unsigned char)*p > 0x7e)
                *p = '?'; /* for status lines */
        }
    }
    found->count++;
}

/* --- One signature --- */

/* A run of literal bytes that an encoded body could have. Nearly every such body has letters of both cases. */
struct run {
    unsigned size;
    unsigned least; /* so long it must be */
    bool has_upper;
    bool is_lowered; /* what it is compared with has no upper case */
};

static bool is_base64(char c)
{
    return base64_is_letter(c) || c == '=' || c == '\r' || c == '\n';
}

/* True where the run is long enough with this byte. */
static bool run_add(struct run *run, char c)
{
    if (!is_base64(c)) {
        run->size = 0;
        run->has_upper = false;
        return false;
    }
    run->size++;
    run->has_upper |= c >= 'A' && c <= 'Z';
    return run->size >= run->least && (run->has_upper || run->is_lowered);
}

static void run_break(struct run *run)
{
    run->size = 0;
    run->has_upper = false;
}

/* Pairs of hexadecimal digits; blanks between them mean nothing; everything else stands for bytes that are not known,
 * and what is in {} and [] for their number. */
static bool hex_has_run(struct span hex, struct run run)
{
    while (hex.size > 0) {
        char byte = 0;
        char c = hex.data[0];
        if (hex.size > 1 && span_hex_byte(hex, &byte)) {
            if (run_add(&run, byte))
                return true;
            hex = span_from(hex, 2);
            continue;
        }
        if (c == '{' || c == '[')
            (void)span_cut(&hex, c == '{' ? '}' : ']');
        else
            hex = span_from(hex, 1);
        if (!ascii_is_space(c))
            run_break(&run);
    }
    return false;
}

static bool text_has_run(struct span text, struct run run)
{
    for (size_t i = 0; i < text.size; i++) {
        if (run_add(&run, text.data[i]))
            return true;
    }
    return false;
}

static uint64_t target_of(struct span text)
{
    uint64_t target = RAW_TARGET_NONE;
    return span_number(text, &target) ? target : RAW_TARGET_NONE;
}

static bool is_raw_target(uint64_t target)
{
    return target == RAW_TARGET_ANY || target == RAW_TARGET_MAIL || target == RAW_TARGET_TEXT;
}

static struct run run_for(uint64_t target)
{
    return (struct run){ .least = target == RAW_TARGET_MAIL ? RAW_LEAST_RUN_OF_MAIL : RAW_LEAST_RUN,
                         .is_lowered = target == RAW_TARGET_TEXT };
}

/* --- Lines of each kind of file --- */

/* "Name=Hex": of every target. */
static void look_at_db(struct span line, struct raw_found *found)
{
    struct span name = span_cut(&line, '=');
    if (hex_has_run(line, run_for(RAW_TARGET_ANY)))
        raw_add(found, name);
}

/* "Name:Target:Offset:Hex[:...]". What must stand at the very start of a message is no body of it. */
static void look_at_ndb(struct span line, struct raw_found *found)
{
    struct span name = span_cut(&line, ':');
    uint64_t target = target_of(span_cut(&line, ':'));
    struct span offset = span_cut(&line, ':');
    struct span hex = span_cut(&line, ':');
    if (is_raw_target(target) && !span_is(offset, "0") && hex_has_run(hex, run_for(target)))
        raw_add(found, name);
}

/* "Engine:81-255,Target:0,...": without a target it is for every one. */
static uint64_t ldb_target(struct span description)
{
    while (description.size > 0) {
        struct span item = span_cut(&description, ',');
        if (span_starts_with(item, "Target:"))
            return target_of(span_from(item, strlen("Target:")));
    }
    return RAW_TARGET_ANY;
}

/* "[Offset:]Hex[::Modifiers]", or an expression between slashes. */
static bool ldb_has_run(struct span part, struct run run)
{
    size_t slash = span_find_byte(part, '/');
    if (slash != SPAN_NONE)
        return text_has_run(span_from(part, slash), run);
    size_t modifiers = span_find(part, span_text("::"));
    if (modifiers != SPAN_NONE && span_find_byte(span_from(part, modifiers + 2), 'i') != SPAN_NONE)
        run.is_lowered = true;
    struct span hex = span_slice(part, 0, modifiers);
    size_t offset = span_find_byte(hex, ':');
    if (offset != SPAN_NONE)
        hex = span_from(hex, offset + 1);
    return hex_has_run(hex, run);
}

/* "Container:CL_TYPE_MAIL" or "Intermediates:CL_TYPE_MAIL>...": a part that is shown alone has no mail around it. */
static bool is_for_mail_around(struct span description)
{
    return span_find(description, span_text("CL_TYPE_MAIL")) != SPAN_NONE;
}

/* "Name;Description;Expression;Part0;Part1...". */
static void look_at_ldb(struct span line, struct raw_found *found)
{
    struct span name = span_cut(&line, ';');
    struct span description = span_cut(&line, ';');
    uint64_t target = ldb_target(description);
    (void)span_cut(&line, ';');
    bool is_raw = is_for_mail_around(description);
    while (!is_raw && is_raw_target(target) && line.size > 0)
        is_raw = ldb_has_run(span_cut(&line, ';'), run_for(target));
    if (is_raw)
        raw_add(found, name);
}

/* "$name = "text"" or "$name = { 41 42 }": good enough to notice. */
static void look_at_yara(struct span line, struct raw_found *found)
{
    struct span name = span_trim(span_cut(&line, '='));
    line = span_trim(line);
    if (!span_starts_with(name, "$") || line.size == 0)
        return;
    bool is_hex = line.data[0] == '{';
    struct run run = run_for(RAW_TARGET_ANY);
    if (is_hex ? hex_has_run(span_from(line, 1), run) : text_has_run(line, run))
        raw_add(found, name);
}

typedef void look_at_line(struct span line, struct raw_found *found);

static const struct {
    const char *ending;
    look_at_line *look;
} kinds[] = {
    { ".db", look_at_db },   { ".ndb", look_at_ndb },  { ".ndu", look_at_ndb },   { ".ldb", look_at_ldb },
    { ".ldu", look_at_ldb }, { ".yar", look_at_yara }, { ".yara", look_at_yara },
};

static bool has_ending(struct span name, const char *ending)
{
    size_t size = strlen(ending);
    return name.size > size && span_is_nocase(span_from(name, name.size - size), ending);
}

static look_at_line *line_kind(struct span name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (has_ending(name, kinds[i].ending))
            return kinds[i].look;
    }
    return NULL;
}

static void look_at_lines(struct span bytes, look_at_line *look, struct raw_found *found)
{
    while (bytes.size > 0) {
        struct span line = span_trim(span_cut(&bytes, '\n'));
        if (line.size > 0 && line.data[0] != '#')
            look(line, found);
    }
}

/* --- Containers --- */

/* A tar archive, as it comes out of its compression, piece by piece. */
struct tar {
    struct raw_found *found;
    char header[RAW_TAR_BLOCK];
    size_t header_size;
    uint64_t left;      /* of the member */
    unsigned pad;       /* behind it */
    look_at_line *look; /* NULL: a member of no interest */
    struct buf line;
    bool is_broken;
    char room[RAW_ROOM]; /* what the inflater writes into */
};

static void tar_line_end(struct tar *tar)
{
    if (buf_overflowed(&tar->line))
        raw_add(tar->found, span_text("(a line too long to be looked at)"));
    else if (tar->line.size > 0)
        look_at_lines(buf_span(&tar->line), tar->look, tar->found);
    buf_clear(&tar->line);
}

static void tar_member_begin(struct tar *tar)
{
    struct span name = span_of(tar->header, strnlen(tar->header, RAW_TAR_NAME));
    struct span digits = span_trim(
        span_of(tar->header + RAW_TAR_SIZE_AT, strnlen(tar->header + RAW_TAR_SIZE_AT, RAW_TAR_SIZE_DIGITS)));
    uint64_t size = 0;
    for (size_t i = 0; i < digits.size; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '7')
            tar->is_broken = true;
        size = size << 3 | (uint64_t)(digits.data[i] & 7);
    }
    tar->header_size = 0;
    tar->left = size;
    tar->pad = (unsigned)((RAW_TAR_BLOCK - size % RAW_TAR_BLOCK) % RAW_TAR_BLOCK);
    tar->look = line_kind(name);
}

/* Takes what belongs to the member that is open. */
static size_t tar_take_member(struct tar *tar, struct span bytes)
{
    struct span own = span_slice(bytes, 0, (size_t)(tar->left < SIZE_MAX ? tar->left : SIZE_MAX));
    tar->left -= own.size;
    struct span rest = own;
    while (tar->look != NULL && rest.size > 0) {
        size_t end = span_find_byte(rest, '\n');
        buf_put_span(&tar->line, span_slice(rest, 0, end));
        if (end == SPAN_NONE)
            break;
        tar_line_end(tar);
        rest = span_from(rest, end + 1);
    }
    if (tar->left == 0 && tar->look != NULL)
        tar_line_end(tar);
    return own.size;
}

static void tar_put(struct tar *tar, struct span bytes)
{
    while (bytes.size > 0 && !tar->is_broken) {
        size_t used = 0;
        if (tar->left > 0) {
            used = tar_take_member(tar, bytes);
        } else if (tar->pad > 0) {
            used = bytes.size < tar->pad ? bytes.size : tar->pad;
            tar->pad -= (unsigned)used;
        } else {
            size_t lacks = RAW_TAR_BLOCK - tar->header_size;
            used = bytes.size < lacks ? bytes.size : lacks;
            memcpy(tar->header + tar->header_size, bytes.data, used);
            tar->header_size += used;
            if (tar->header_size == RAW_TAR_BLOCK)
                tar_member_begin(tar);
        }
        bytes = span_from(bytes, used);
    }
}

static char *tar_room(void *context, size_t *size_out)
{
    struct tar *tar = context;
    *size_out = RAW_ROOM;
    return tar->is_broken ? NULL : tar->room;
}

static void tar_wrote(void *context, size_t size)
{
    struct tar *tar = context;
    tar_put(tar, span_of(tar->room, size));
}

/* `bytes` is a container's archive, compressed or not. */
static void look_at_container(struct span name, struct span bytes, struct raw_found *found)
{
    static const struct unpack_ops ops = { .room = tar_room, .wrote = tar_wrote }; /* all that the inflater asks for */
    struct tar *tar = memory_new(sizeof *tar);
    tar->found = found;
    buf_init(&tar->line, RAW_LINE_LIMIT);
    if (span_starts_with(bytes, "\x1f\x8b")) {
        struct unpack unpack = { .ops = &ops, .context = tar };
        size_t used = 0;
        tar->is_broken |= inflate_put(&unpack, INFLATE_GZIP, bytes, &used) != UNPACK_WHOLE;
    } else {
        tar_put(tar, bytes);
    }
    if (tar->is_broken || tar->left > 0 || tar->header_size > 0)
        raw_add(found, name);
    buf_fini(&tar->line);
    free(tar);
}

void raw_look_at_file(struct span name, struct span bytes, struct raw_found *found)
{
    look_at_line *look = line_kind(name);
    bool is_container = has_ending(name, ".cvd") || has_ending(name, ".cld") || has_ending(name, ".cud");
    if (look != NULL)
        look_at_lines(bytes, look, found);
    else if (is_container && bytes.size > RAW_HEAD_BYTES)
        look_at_container(name, span_from(bytes, RAW_HEAD_BYTES), found);
}

static void look_at_path(int folder, const char *name, struct raw_found *found)
{
    struct stat st;
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool is_file = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    if (is_file && st.st_size > 0) {
        void *bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (bytes != MAP_FAILED) {
            raw_look_at_file(span_text(name), span_of(bytes, (size_t)st.st_size), found);
            (void)munmap(bytes, (size_t)st.st_size);
        } else {
            raw_add(found, span_text(name));
        }
    }
    if (fd >= 0)
        (void)close(fd);
}

void raw_look(const char *folder, struct raw_found *found_out)
{
    *found_out = (struct raw_found){ 0 };
    DIR *entries = opendir(folder);
    if (entries == NULL)
        return; /* there is nothing to load either */
    unsigned files = 0;
    for (struct dirent *entry = readdir(entries); entry != NULL && files < RAW_MOST_FILES; entry = readdir(entries)) {
        look_at_path(dirfd(entries), entry->d_name, found_out);
        files++;
    }
    (void)closedir(entries);
}

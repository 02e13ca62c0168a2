#include "store/again.h"

#include "base/memory.h"
#include "base/span.h"
#include "store/disk.h"
#include "store/keyfile.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    AGAIN_PATH_MOST = 4096,
    AGAIN_NAME_MOST = 256,
    AGAIN_MOST_FILES = 64, /* looked at in one turn: 6 are usual */
    AGAIN_FILE_MOST = 4096 /* bytes that are overwritten: a key has fewer than 100 */
};
#define AGAIN_RETRY_MS UINT64_C(60000)

static const char again_mark[] = ".again.";
static const char again_unfinished[] = ".new"; /* behind what keyfile.c has not finished */

struct again_file {
    char name[AGAIN_NAME_MOST];
    uint64_t end_ms; /* 0: what is left of a pair that never was one */
};

struct again_files {
    struct disk_folder *folder;
    char prefix[AGAIN_NAME_MOST];
    struct again_file list[AGAIN_MOST_FILES]; /* the newest first */
    size_t count;
};

/* "HEAD.again.N", or "HEAD.again.N.PID.new". */
static bool name_read(const struct again_files *files, struct span name, uint64_t *end_out)
{
    uint64_t number = 0;
    if (!span_starts_with(name, files->prefix))
        return false;
    struct span rest = span_from(name, strlen(files->prefix));
    struct span end = span_cut(&rest, '.');
    *end_out = 0;
    if (!span_number(end, &number))
        return false;
    if (rest.data == NULL) {
        *end_out = number;
        return true;
    }
    struct span process = span_cut(&rest, '.');
    return span_number(process, &number) && span_is(rest, again_unfinished + 1);
}

static int files_add(void *context, const char *name)
{
    struct again_files *files = context;
    uint64_t end = 0;
    if (!name_read(files, span_text(name), &end) || strlen(name) >= AGAIN_NAME_MOST)
        return 0;
    struct again_file *file = &files->list[files->count++];
    (void)snprintf(file->name, sizeof file->name, "%s", name);
    file->end_ms = end;
    return files->count == AGAIN_MOST_FILES ? 1 : 0;
}

static int file_compare(const void *a, const void *b)
{
    uint64_t left = ((const struct again_file *)a)->end_ms;
    uint64_t right = ((const struct again_file *)b)->end_ms;
    return left > right ? -1 : left < right;
}

/* To be freed by files_close in every case. */
static int files_open(const char *head_path, struct again_files *files_out, struct fault *fault)
{
    const char *base = NULL;
    files_out->count = 0;
    files_out->folder = disk_open_folder_of(head_path, &base, fault);
    if (files_out->folder == NULL)
        return -1;
    if (snprintf(files_out->prefix, sizeof files_out->prefix, "%s%s", base, again_mark) >= AGAIN_NAME_MOST)
        return fault_set(fault, ENAMETOOLONG, "%s", head_path);
    if (disk_list(files_out->folder, files_add, files_out, fault) < 0)
        return -1;
    qsort(files_out->list, files_out->count, sizeof files_out->list[0], file_compare);
    return 0;
}

static void files_close(struct again_files *files)
{
    disk_close_folder(files->folder);
    free(files);
}

/* --- Destroying --- */

/* Its bytes are gone from the file before its name is, whenever the power goes. */
static int file_overwrite(struct again_files *files, const char *name, struct fault *fault)
{
    char zeroes[AGAIN_FILE_MOST] = { 0 };
    uint64_t size = 0;
    struct disk_file *file = disk_open(files->folder, name, DISK_WRITE, fault);
    if (file == NULL)
        return fault->code == ENOENT ? 0 : -1;
    int failed = disk_size(file, &size, fault);
    struct iovec vector = { .iov_base = zeroes, .iov_len = size < sizeof zeroes ? (size_t)size : sizeof zeroes };
    if (failed == 0 && size > 0)
        failed = disk_write(file, 0, &vector, 1, fault);
    if (failed == 0)
        failed = disk_sync(file, fault);
    disk_close(file);
    return failed;
}

/* The name goes even where the bytes could not be overwritten; that is told all the same. */
static int file_destroy(struct again_files *files, const char *name, struct fault *fault)
{
    struct fault local = { 0 };
    int failed = file_overwrite(files, name, fault);
    if (disk_remove(files->folder, name, &local) != 0 && local.code != ENOENT)
        failed = fault_set(fault, local.code, "%s", local.text);
    return failed;
}

/* Leaves those that go on. */
static int files_destroy(struct again_files *files, uint64_t duration_ms, uint64_t now_ms, struct fault *fault)
{
    uint64_t latest = now_ms + duration_ms + duration_ms / 4;
    int failed = 0;
    size_t kept = 0;
    size_t count = files->count;
    for (size_t i = 0; i < count; i++) {
        struct again_file *file = &files->list[i];
        if (duration_ms > 0 && file->end_ms > now_ms && file->end_ms <= latest)
            files->list[kept++] = *file;
        else if (file_destroy(files, file->name, fault) != 0)
            failed = -1;
    }
    files->count = kept;
    if (kept < count && disk_sync_folder(files->folder, fault) != 0)
        failed = -1;
    return failed;
}

/* --- Making --- */

static int pair_make(const char *head_path, uint64_t end_ms, struct again *again_out, struct fault *fault)
{
    char path[AGAIN_PATH_MOST];
    struct crypt_pair pair;
    if (snprintf(path, sizeof path, "%s%s%" PRIu64, head_path, again_mark, end_ms) >= (int)sizeof path)
        return fault_set(fault, ENAMETOOLONG, "%s", head_path);
    crypt_pair_new(&pair);
    int failed = keyfile_write_pair(path, &pair, fault);
    if (failed == 0) {
        memcpy(again_out->public_half, pair.public_half, sizeof again_out->public_half);
        again_out->end_ms = end_ms;
    }
    crypt_wipe(&pair, sizeof pair);
    return failed;
}

static int pair_read(const char *head_path, uint64_t end_ms, struct crypt_pair *pair_out, struct fault *fault)
{
    char path[AGAIN_PATH_MOST];
    if (snprintf(path, sizeof path, "%s%s%" PRIu64, head_path, again_mark, end_ms) >= (int)sizeof path)
        return fault_set(fault, ENAMETOOLONG, "%s", head_path);
    return keyfile_read_pair(path, pair_out, fault);
}

/* The newest that is there becomes the one of the moment; false where none can be. */
static bool pair_adopt(const char *head_path, const struct again_files *files, struct again *again_inout)
{
    struct crypt_pair pair;
    for (size_t i = 0; i < files->count; i++) {
        if (files->list[i].end_ms == again_inout->end_ms)
            return true;
        if (pair_read(head_path, files->list[i].end_ms, &pair, &(struct fault){ 0 }) != 0)
            continue; /* a damaged one is of no use to anybody */
        memcpy(again_inout->public_half, pair.public_half, sizeof again_inout->public_half);
        again_inout->end_ms = files->list[i].end_ms;
        crypt_wipe(&pair, sizeof pair);
        return true;
    }
    *again_inout = (struct again){ .end_ms = 0 };
    return false;
}

int again_tend(const char *head_path, uint64_t duration_ms, uint64_t now_ms, struct again *again_inout,
               uint64_t *next_ms_out, struct fault *fault)
{
    struct again_files *files = memory_new(sizeof *files);
    int failed = files_open(head_path, files, fault);
    *next_ms_out = duration_ms > 0 ? now_ms + AGAIN_RETRY_MS : UINT64_MAX;
    if (failed != 0) {
        files_close(files);
        return -1;
    }
    bool is_full = files->count == AGAIN_MOST_FILES;
    failed = files_destroy(files, duration_ms, now_ms, fault);
    is_full = is_full && files->count < AGAIN_MOST_FILES; /* else the next turn would see just the same */
    bool is_there = pair_adopt(head_path, files, again_inout);
    uint64_t oldest = files->count > 0 ? files->list[files->count - 1].end_ms : UINT64_MAX;
    if (duration_ms > 0 && (!is_there || again_inout->end_ms <= now_ms + duration_ms))
        failed = pair_make(head_path, now_ms + duration_ms + duration_ms / 4, again_inout, fault) != 0 ? -1 : failed;
    files_close(files);
    if (failed != 0 || is_full) {
        *next_ms_out = now_ms + (failed != 0 ? AGAIN_RETRY_MS : 0);
        return failed;
    }
    if (duration_ms > 0) {
        uint64_t renewal = again_inout->end_ms - duration_ms;
        *next_ms_out = oldest < renewal ? oldest : renewal;
    }
    return 0;
}

/* --- Reading --- */

int again_read(const char *head_path, uint64_t now_ms, struct crypt_pair *pairs_out, size_t most, size_t *count_out,
               struct fault *fault)
{
    struct again_files *files = memory_new(sizeof *files);
    int failed = files_open(head_path, files, fault);
    *count_out = 0;
    for (size_t i = 0; i < files->count && failed == 0 && *count_out < most; i++) {
        struct fault local = { 0 };
        if (files->list[i].end_ms <= now_ms)
            break;
        if (pair_read(head_path, files->list[i].end_ms, &pairs_out[*count_out], &local) == 0)
            (*count_out)++;
        else if (local.code != ENOENT && local.code != EINVAL) /* it is being destroyed */
            failed = fault_set(fault, local.code, "%s", local.text);
    }
    files_close(files);
    return failed;
}

#include "store/clock_guard.h"

#include "base/span.h"
#include "store/disk.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define GUARD_FRESH ".new"

enum { GUARD_NAME_MOST = 256, GUARD_TEXT_MOST = 64, GUARD_WRITE_MS = 3600000 };

static struct disk_folder *guard_folder(const char *head_path, char name_out[GUARD_NAME_MOST], struct fault *fault)
{
    const char *base = NULL;
    struct disk_folder *folder = disk_open_folder_of(head_path, &base, fault);
    int size = snprintf(name_out, GUARD_NAME_MOST, "%s.clock", base);
    if (folder == NULL || (size > 0 && size < GUARD_NAME_MOST))
        return folder;
    disk_close_folder(folder);
    (void)fault_set(fault, ENAMETOOLONG, "%s", head_path);
    return NULL;
}

/* The file has one line: what was seen, and until when nothing is old. False where there is none; with zeroes where it
 * makes no sense. */
static bool guard_read(const char *head_path, uint64_t *seen_out, uint64_t *until_out)
{
    char name[GUARD_NAME_MOST];
    char text[GUARD_TEXT_MOST];
    struct fault fault = { 0 };
    struct disk_folder *folder = guard_folder(head_path, name, &fault);
    if (folder == NULL)
        return false;
    struct disk_file *file = disk_open(folder, name, DISK_READ, &fault);
    ssize_t got = file != NULL ? disk_read(file, 0, text, sizeof text, &fault) : -1;
    bool is_there = file != NULL || fault.code != ENOENT;
    struct span all = span_of(text, got > 0 ? (size_t)got : 0);
    struct span line = span_cut(&all, '\n');
    struct span seen = span_cut(&line, ' ');
    if (!span_number(seen, seen_out) || !span_number(line, until_out)) {
        *seen_out = 0;
        *until_out = 0;
    }
    disk_close(file);
    disk_close_folder(folder);
    return is_there;
}

static int guard_write(const char *head_path, const struct clock_guard *guard, struct fault *fault)
{
    char name[GUARD_NAME_MOST];
    char text[GUARD_TEXT_MOST];
    char fresh[GUARD_NAME_MOST + sizeof GUARD_FRESH];
    struct disk_folder *folder = guard_folder(head_path, name, fault);
    if (folder == NULL)
        return -1;
    (void)snprintf(fresh, sizeof fresh, "%s" GUARD_FRESH, name);
    int size = snprintf(text, sizeof text, "%" PRIu64 " %" PRIu64 "\n", guard->seen_ms, guard->until_ms);
    struct iovec vector = { .iov_base = text, .iov_len = (size_t)size };
    (void)disk_remove(folder, fresh, NULL); /* of a process that was killed */
    struct disk_file *file = disk_open(folder, fresh, DISK_CREATE, fault);
    int failed = file == NULL || disk_write(file, 0, &vector, 1, fault) != 0 || disk_sync(file, fault) != 0 ||
                 disk_rename(folder, fresh, name, fault) != 0 || disk_sync_folder(folder, fault) != 0;
    disk_close(file);
    disk_close_folder(folder);
    return failed ? -1 : 0;
}

void clock_guard_begin(struct clock_guard *guard, const char *head_path, int64_t now_at)
{
    *guard = (struct clock_guard){ .seen_at = now_at };
    bool is_there = guard_read(head_path, &guard->seen_ms, &guard->until_ms);
    if (is_there && guard->seen_ms == 0)
        guard->seen_ms = 1; /* so that the first look finds a jump */
    guard->written_ms = guard->seen_ms;
}

static enum clock_guard_news guard_move(struct clock_guard *guard, uint64_t now_ms, int64_t now_at)
{
    uint64_t expected = guard->seen_ms + (uint64_t)(now_at - guard->seen_at);
    bool has_jumped = guard->seen_ms != 0 && now_ms > expected && now_ms - expected > CLOCK_GUARD_JUMP_MS;
    bool was_put_back = guard->until_ms > now_ms &&
                        guard->until_ms - now_ms > CLOCK_GUARD_WAIT_MS + CLOCK_GUARD_JUMP_MS;
    guard->seen_ms = now_ms;
    guard->seen_at = now_at;
    if (has_jumped) {
        guard->until_ms = now_ms + CLOCK_GUARD_WAIT_MS;
        return CLOCK_GUARD_JUMPED;
    }
    if (guard->until_ms == 0 || (guard->until_ms > now_ms && !was_put_back))
        return CLOCK_GUARD_NO_NEWS;
    guard->until_ms = 0;
    return CLOCK_GUARD_SETTLED;
}

enum clock_guard_news clock_guard_look(struct clock_guard *guard, const char *head_path, uint64_t now_ms,
                                       int64_t now_at, struct fault *fault)
{
    enum clock_guard_news news = guard_move(guard, now_ms, now_at);
    bool is_recent = now_ms >= guard->written_ms && now_ms - guard->written_ms < GUARD_WRITE_MS;
    if (news == CLOCK_GUARD_NO_NEWS && is_recent)
        return news;
    guard->written_ms = now_ms; /* where it fails, the next try is in an hour too */
    (void)guard_write(head_path, guard, fault);
    return news;
}

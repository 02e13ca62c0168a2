/* The operator accepts a loss: the store goes on behind the last record that is whole.
 *
 * From the highest segment down, those without any whole record are moved to STORE/damaged. The first that has one is
 * cut behind its last one, after a copy of it as it was has been put there too: so whatever is unharmed stays where
 * readers look for it. Then a new segment begins. Its signed header has the digest of the last whole record, and a
 * first sequence behind all that the head knew, so that no sequence is ever given twice; the gap between the two is the
 * loss, and the signature says that it was accepted.
 */
#include "store/segments_inside.h"

#include "base/memory.h"
#include "sys/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COPY_SIZE = 262144, MOST_ASIDE = 1000 /* of one name */, ASIDE_NAME_SIZE = 64 };

struct last_whole {
    uint64_t sequence; /* 0: none */
    struct crypt_digest digest;
    uint64_t end;
    uint64_t size; /* of the file */
    bool is_other; /* it is another store's */
    bool has_header;
    struct record_store_id id;
};

static int find_last_whole(struct segments *segments, uint64_t number, const struct record_store_id *id,
                           struct last_whole *last_out, struct fault *fault)
{
    struct frames frames;
    *last_out = (struct last_whole){ 0 };
    if (frames_open(segments->names, number, UINT64_MAX, &frames, fault) != 0)
        return -1;
    last_out->size = frames.size;
    last_out->has_header = frames.has_header;
    last_out->id = frames.header.store;
    bool is_signed = memcmp(frames.header.signer, segments->signer.public_half, sizeof frames.header.signer) == 0;
    bool is_named = id == NULL || memcmp(id, &frames.header.store, sizeof *id) == 0;
    last_out->is_other = frames.has_header && (!is_signed || !is_named);
    int result = 0;
    enum frames_step step = FRAMES_LOST;
    while (result == 0 && step != FRAMES_END) {
        struct frames_found found;
        step = frames_next(&frames, &found, fault);
        if (step == FRAMES_FAULT)
            result = -1;
        else if (step == FRAMES_LOST)
            result = frames_seek(&frames, 0, UINT64_MAX, fault);
        else if (step == FRAMES_RECORD && found.state != RECORD_BROKEN) {
            last_out->sequence = found.record.header.sequence;
            last_out->digest = found.record.digest;
            last_out->end = frames.offset;
        }
    }
    frames_close(&frames);
    return result;
}

/* A name in STORE/damaged that is free: "damaged/NAME", "damaged/NAME.1" ... */
static int find_aside_name(struct segments *segments, const char *name, char aside_out[ASIDE_NAME_SIZE],
                           struct fault *fault)
{
    (void)snprintf(aside_out, ASIDE_NAME_SIZE, SEGMENTS_DAMAGED "/%s", name);
    for (unsigned i = 1; i <= MOST_ASIDE; i++) {
        uint64_t used;
        struct fault local = { 0 };
        if (disk_used(segments->folder, aside_out, &used, &local) != 0)
            return local.code == ENOENT ? 0 : fault_set(fault, local.code, "%s", local.text);
        (void)snprintf(aside_out, ASIDE_NAME_SIZE, SEGMENTS_DAMAGED "/%s.%u", name, i);
    }
    return fault_set(fault, EEXIST, "too many of %s are in " SEGMENTS_DAMAGED, name);
}

static int sync_damaged(struct segments *segments, struct fault *fault)
{
    struct disk_folder *folder = disk_open_within(segments->folder, SEGMENTS_DAMAGED, fault);
    if (folder == NULL)
        return -1;
    int result = disk_sync_folder(folder, fault);
    disk_close_folder(folder);
    return result;
}

static int move_aside(struct segments *segments, const char *name, struct fault *fault)
{
    char from[ASIDE_NAME_SIZE];
    char aside[ASIDE_NAME_SIZE];
    (void)snprintf(from, sizeof from, SEGMENTS_FOLDER "/%s", name);
    if (find_aside_name(segments, name, aside, fault) != 0 || disk_rename(segments->folder, from, aside, fault) != 0 ||
        sync_damaged(segments, fault) != 0)
        return -1;
    return disk_sync_folder(segments->names, fault);
}

static int copy_bytes(struct frames *from, struct disk_file *to, struct fault *fault)
{
    for (uint64_t offset = 0; offset < from->end;) {
        struct span bytes;
        if (frames_bytes(from, offset, COPY_SIZE, &bytes, fault) != 0)
            return -1;
        if (bytes.size == 0)
            return fault_set(fault, EIO, "segment %" PRIu64 " became shorter", from->number);
        struct iovec vector = { (void *)bytes.data, bytes.size };
        if (disk_write(to, offset, &vector, 1, fault) != 0)
            return -1;
        offset += bytes.size;
    }
    return disk_sync(to, fault);
}

static int copy_aside(struct segments *segments, uint64_t number, const char *name, struct fault *fault)
{
    char aside[ASIDE_NAME_SIZE];
    struct frames frames;
    if (find_aside_name(segments, name, aside, fault) != 0 ||
        frames_open(segments->names, number, UINT64_MAX, &frames, fault) != 0)
        return -1;
    struct disk_file *copy = disk_open(segments->folder, aside, DISK_CREATE, fault);
    int result = copy != NULL ? copy_bytes(&frames, copy, fault) : -1;
    disk_close(copy);
    frames_close(&frames);
    return result == 0 ? sync_damaged(segments, fault) : -1;
}

static int cut_behind(struct segments *segments, uint64_t number, uint64_t end, struct fault *fault)
{
    char name[SEGMENT_NAME_SIZE];
    segment_name(number, name);
    if (copy_aside(segments, number, name, fault) != 0)
        return -1;
    struct disk_file *file = disk_open(segments->names, name, DISK_WRITE, fault);
    if (file == NULL)
        return -1;
    int result = disk_truncate(file, end, fault);
    if (result == 0)
        result = disk_sync(file, fault);
    disk_close(file);
    return result;
}

/* Sets aside what is in the way; *last_out is where the store goes on, and *first_out the oldest segment. */
static int clear_way(struct segments *segments, const struct segment_numbers *numbers, const struct record_store_id *id,
                     struct last_whole *last_out, struct segments_found *found, struct fault *fault)
{
    *last_out = (struct last_whole){ 0 };
    for (size_t i = numbers->count; i > 0 && last_out->sequence == 0; i--) {
        char name[SEGMENT_NAME_SIZE];
        segment_name(numbers->list[i - 1], name);
        if (find_last_whole(segments, numbers->list[i - 1], id, last_out, fault) != 0)
            return -1;
        bool is_moved = last_out->sequence == 0 || last_out->is_other;
        if (is_moved)
            last_out->sequence = 0;
        if (is_moved || last_out->end < last_out->size)
            found->damaged++;
        if (is_moved ? move_aside(segments, name, fault) != 0
                     : last_out->end < last_out->size &&
                           cut_behind(segments, numbers->list[i - 1], last_out->end, fault) != 0)
            return -1;
    }
    return 0;
}

/* Both slots, so that nothing of what was in the file is left. */
static int write_heads(struct segments *segments, struct record_head *head, struct fault *fault)
{
    struct head_file *head_file = &segments->head_file;
    if (head_file_make(head_file, fault) != 0 ||
        (head_file->size > HEAD_FILE_SIZE && disk_truncate(head_file->file, HEAD_FILE_SIZE, fault) != 0) ||
        head_file_write(head_file, head, &segments->signer, fault) != 0)
        return -1;
    head->commit++;
    if (head_file_write(head_file, head, &segments->signer, fault) != 0)
        return -1;
    return disk_sync_folder(head_file->folder, fault);
}

static int go_on(struct segments *segments, const struct record_head *head, const struct segment_numbers *before,
                 const struct last_whole *last, struct segments_found *found, struct fault *fault)
{
    struct segment_numbers numbers;
    if (segment_numbers_read(segments->names, &numbers, fault) != 0)
        return -1;
    uint64_t oldest = numbers.count > 0 ? numbers.list[0] : 0;
    segment_numbers_free(&numbers);
    uint64_t highest = before->count > 0 ? before->list[before->count - 1] : 0;
    uint64_t number = (head != NULL && head->segment > highest ? head->segment : highest) + 1;
    uint64_t sequence = head != NULL && head->sequence > last->sequence ? head->sequence : last->sequence;
    segments->digest = last->digest;
    struct record_head new = { .store = segments->id,
                               /* More than any count of commits, where that is not known. */
                               .commit = head != NULL ? head->commit + 1 : clock_wall_ms(),
                               .first = oldest > 0 ? oldest : number,
                               .segment = number,
                               .length = RECORD_SEGMENT_SIZE,
                               .sequence = sequence,
                               .time_ms = clock_wall_ms(),
                               .digest = last->digest };
    if (segments_begin(segments, number, sequence + 1, fault) != 0 || write_heads(segments, &new, fault) != 0)
        return -1;
    found->last_sequence = sequence;
    (void)snprintf(found->text, sizeof found->text,
                   "the last whole record is %" PRIu64 "; the next one will be %" PRIu64 ", in segment %" PRIu64,
                   last->sequence, sequence + 1, number);
    return 0;
}

static int accept_loss(struct segments *segments, struct segments_found *found, struct fault *fault)
{
    struct fault local = { 0 };
    const struct record_head *head = head_file_newest(&segments->head_file);
    struct record_head known = head != NULL ? *head : (struct record_head){ 0 };
    struct segment_numbers numbers;
    struct last_whole last;
    if (disk_make_folder(segments->folder, SEGMENTS_DAMAGED, &local) != 0 && local.code != EEXIST)
        return fault_set(fault, local.code, "%s", local.text);
    if (disk_sync_folder(segments->folder, fault) != 0 || segment_numbers_read(segments->names, &numbers, fault) != 0)
        return -1;
    int result = clear_way(segments, &numbers, head != NULL ? &known.store : NULL, &last, found, fault);
    if (result == 0 && head == NULL && !last.has_header)
        crypt_random(segments->id.bytes, sizeof segments->id.bytes);
    else
        segments->id = head != NULL ? known.store : last.id;
    if (result == 0)
        result = go_on(segments, head != NULL ? &known : NULL, &numbers, &last, found, fault);
    segment_numbers_free(&numbers);
    return result;
}

int segments_accept(const struct segments_settings *settings, struct segments_found *found_out, struct fault *fault)
{
    struct segments *segments = NULL;
    struct fault local = { 0 };
    if (segments_open(settings, &segments, found_out, &local) == 0) {
        segments_close(segments);
        return 0; /* there is no loss to accept */
    }
    if (local.code != EBADMSG) {
        if (fault != NULL)
            *fault = local;
        return -1;
    }
    *found_out = (struct segments_found){ 0 };
    segments = segments_new(settings, fault);
    if (segments == NULL)
        return -1;
    int result = accept_loss(segments, found_out, fault);
    segments_close(segments);
    return result;
}

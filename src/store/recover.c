/* What a crash left is brought into order, at the cost of one segment however large the store is.
 *
 * What may be on the disk. H is the segment that the head names, L the length that it says; a writer syncs a segment
 * before it makes the next one, the next one and its name before a record goes into it, and the head after all that.
 *
 *   where it stopped                what is found                          what is done
 *   ------------------------------  -------------------------------------  --------------------------------------------
 *   making the store                no head, or part of the first one; no  made anew
 *                                   segment, or the first without a record
 *   append, before the sync         H longer than L: any of its new        whole records that continue the chain are
 *                                   sectors may be there or not            kept, the rest is cut off
 *   beginning the next segment      H whole; H+1 without a sound header    H+1 is removed
 *   behind that                     H whole; H+1 ... continue the chain,   kept, as far as they are whole
 *                                   of which the last may be torn
 *   commit, between sync and head   whole records beyond L                 kept; a head is written for them
 *   commit, in the head's write     one slot is broken, the other is the   as above
 *                                   head before
 *   taking back what did not fit    H+1 ... without the last ones, or H    as above (a segment is synced once more
 *                                   longer than L                          before another is begun behind it)
 *   a sync that failed, then the    records that are read from memory,     what is kept is written once more and
 *   process ended, not the machine  and are not on the disk                synced, and so is the head
 *   removing old segments           some of those before head.first        removed
 *   erasing                         a record partly zero, dead by a        nothing: it is erased again by whoever
 *                                   tombstone that was committed before    reads tombstones
 *
 * No crash leaves what follows, so it is damage, and writing on would hide it (EBADMSG; segments_accept): H missing or
 * shorter than L; the last record before L not there, broken, or not the head's; a break beyond L that is not in the
 * last segment; no head beside records. Damage before the last record of H is told, and H gets nothing more; damage in
 * other segments is verification's to find.
 */
#include "store/segments_inside.h"

#include "base/memory.h"
#include "sys/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COPY_SIZE = 262144 };

/* The end of the chain as far as it has been followed. */
struct chain_end {
    uint64_t segment;
    uint64_t length;
    uint64_t sequence;
    struct crypt_digest digest;
};

static bool is_same_digest(const struct crypt_digest *a, const struct crypt_digest *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static bool is_ours(const struct segments *segments, const struct record_segment *header)
{
    return memcmp(&header->store, &segments->id, sizeof segments->id) == 0 &&
           memcmp(header->signer, segments->signer.public_half, sizeof header->signer) == 0;
}

/* --- A new store --- */

static int make_store(struct segments *segments, struct segments_found *found, struct fault *fault)
{
    struct head_file *head_file = &segments->head_file;
    crypt_random(segments->id.bytes, sizeof segments->id.bytes);
    if (segments_begin(segments, 1, 1, fault) != 0 || head_file_make(head_file, fault) != 0)
        return -1;
    struct record_head head = { .store = segments->id,
                                .commit = 1,
                                .first = 1,
                                .segment = 1,
                                .length = RECORD_SEGMENT_SIZE,
                                .time_ms = clock_wall_ms() };
    if (head_file_write(head_file, &head, &segments->signer, fault) != 0)
        return -1;
    /* A file that was there may never have been synced with its name. */
    if (disk_sync_folder(head_file->folder, fault) != 0)
        return -1;
    segments->head = *head_file_newest(head_file);
    found->is_new = true;
    found->segments = 1;
    return 0;
}

static int recover_without_head(struct segments *segments, const struct segment_numbers *numbers,
                                struct segments_found *found, struct fault *fault)
{
    struct head_file *head_file = &segments->head_file;
    /* The first head goes to the first slot, and may be there in part. */
    bool is_blank = head_file->file == NULL || head_file->is_zero[1];
    bool is_first_alone = numbers->count == 1 && numbers->list[0] == 1;
    if (numbers->count > 1 || !is_blank || (numbers->count == 1 && !is_first_alone))
        return fault_set(fault, EBADMSG, "%s is no head, and the store is not a new one", segments->head_path);
    if (is_first_alone) {
        struct frames frames;
        if (frames_open(segments->names, 1, UINT64_MAX, &frames, fault) != 0)
            return -1;
        bool is_empty = frames.size <= RECORD_SEGMENT_SIZE;
        frames_close(&frames);
        char name[SEGMENT_NAME_SIZE];
        segment_name(1, name);
        if (!is_empty)
            return fault_set(fault, EBADMSG, "%s is no head, and the store has records", segments->head_path);
        if (disk_remove(segments->names, name, fault) != 0 || disk_sync_folder(segments->names, fault) != 0)
            return -1;
    }
    return make_store(segments, found, fault);
}

/* --- What the head vouches for --- */

static void tell_damage(struct segments_found *found, uint64_t segment, const char *text)
{
    found->damaged++;
    if (found->text[0] == 0)
        (void)snprintf(found->text, sizeof found->text, "segment %" PRIu64 " %s", segment, text);
}

/* Follows the frames up to what the head says. *is_whole_out: without any damage on the way. The last frame's end, and
 * what it is, in *end_out; a sequence of 0 where there is none, or it is broken. */
static int follow_frames(struct frames *frames, struct chain_end *end_out, bool *is_whole_out, struct fault *fault)
{
    bool is_whole = frames->has_header;
    struct chain_end end = { .segment = frames->number, .length = RECORD_SEGMENT_SIZE };
    struct crypt_digest previous = frames->header.previous;
    uint64_t expected = frames->header.first_sequence;
    for (;;) {
        struct frames_found found;
        enum frames_step step = frames_next(frames, &found, fault);
        if (step == FRAMES_FAULT)
            return -1;
        if (step == FRAMES_END)
            break;
        end = (struct chain_end){ .segment = frames->number, .length = frames->offset };
        if (step == FRAMES_LOST) {
            is_whole = false;
            if (frames_seek(frames, 0, UINT64_MAX, fault) != 0)
                return -1;
            continue;
        }
        const struct record *record = &found.record;
        if (found.state == RECORD_BROKEN || record->header.sequence != expected ||
            !is_same_digest(&record->header.previous, &previous))
            is_whole = false;
        if (found.state != RECORD_BROKEN) {
            end.sequence = record->header.sequence;
            end.digest = record->digest;
        }
        expected = record->header.sequence + 1;
        previous = record->digest;
    }
    *end_out = end;
    *is_whole_out = is_whole;
    return 0;
}

static int check_vouched_frames(struct segments *segments, struct frames *frames, struct segments_found *found,
                                struct fault *fault)
{
    const struct record_head *head = &segments->head;
    struct chain_end end;
    bool is_whole = false;
    if (frames->size < head->length)
        return fault_set(fault, EBADMSG, "segment %" PRIu64 " is %" PRIu64 " bytes short of what the head vouches for",
                         head->segment, head->length - frames->size);
    if (frames->has_header && !is_ours(segments, &frames->header))
        return fault_set(fault, EBADMSG, "segment %" PRIu64 " is another store's", head->segment);
    if (follow_frames(frames, &end, &is_whole, fault) != 0)
        return -1;
    bool is_header_alone = head->length == RECORD_SEGMENT_SIZE;
    if (is_header_alone && frames->has_header) {
        end.sequence = frames->header.first_sequence - 1;
        end.digest = frames->header.previous;
    } else if (is_header_alone) { /* damaged, and nothing else is in it that could be asked */
        end.sequence = head->sequence;
        end.digest = head->digest;
    }
    if (end.sequence != head->sequence || !is_same_digest(&end.digest, &head->digest) || end.length != head->length)
        return fault_set(fault, EBADMSG,
                         "segment %" PRIu64 " does not end with the whole record %" PRIu64 " that the head vouches for",
                         head->segment, head->sequence);
    if (!is_whole) {
        tell_damage(found, head->segment, "is damaged before its last record");
        segments->damaged = head->segment;
    }
    return 0;
}

/* --- What is beyond the head --- */

/* The whole records that continue the chain from *end on, which moves on. */
static int follow_beyond(struct frames *frames, struct chain_end *end, struct fault *fault)
{
    for (;;) {
        struct frames_found found;
        enum frames_step step = frames_next(frames, &found, fault);
        if (step == FRAMES_FAULT)
            return -1;
        if (step != FRAMES_RECORD || found.state != RECORD_WHOLE || found.record.header.sequence != end->sequence + 1 ||
            !is_same_digest(&found.record.header.previous, &end->digest))
            return 0;
        end->sequence++;
        end->digest = found.record.digest;
        end->length = frames->offset;
    }
}

/* Writes a range of the file once more as it is, cuts off what is behind it, and waits. */
static int settle_file(struct segments *segments, uint64_t number, uint64_t from, uint64_t to, struct fault *fault)
{
    char name[SEGMENT_NAME_SIZE];
    segment_name(number, name);
    struct disk_file *file = disk_open(segments->names, name, DISK_WRITE, fault);
    if (file == NULL)
        return -1;
    uint64_t size = 0;
    int result = disk_size(file, &size, fault);
    char *bytes = memory_new(COPY_SIZE);
    while (result == 0 && from < to) {
        size_t wanted = to - from < COPY_SIZE ? (size_t)(to - from) : COPY_SIZE;
        ssize_t got = disk_read(file, from, bytes, wanted, fault);
        struct iovec vector = { bytes, wanted };
        if (got >= 0 && (size_t)got < wanted)
            got = fault_set(fault, EIO, "%s became shorter", name);
        result = got < 0 ? -1 : disk_write(file, from, &vector, 1, fault);
        from += wanted;
    }
    free(bytes);
    if (result == 0 && size > to)
        result = disk_truncate(file, to, fault);
    if (result == 0)
        result = disk_sync(file, fault);
    disk_close(file);
    return result;
}

/* A segment that has a name and nothing else: the crash came while it was begun. */
static int drop_begun(struct segments *segments, uint64_t number, uint64_t size, struct segments_found *found,
                      struct fault *fault)
{
    char name[SEGMENT_NAME_SIZE];
    segment_name(number, name);
    if (size > RECORD_SEGMENT_SIZE)
        return fault_set(fault, EBADMSG, "%s does not continue what is before it", name);
    found->cut_bytes += size;
    return disk_remove(segments->names, name, fault);
}

static bool does_continue(const struct segments *segments, const struct frames *frames, const struct chain_end *end)
{
    return frames->has_header && is_ours(segments, &frames->header) &&
           frames->header.first_sequence == end->sequence + 1 && is_same_digest(&frames->header.previous, &end->digest);
}

/* One segment beyond the head, or the head's own from `from` on. *is_last: nothing is behind it. */
static int recover_tail(struct segments *segments, struct frames *frames, uint64_t from, bool is_last,
                        struct chain_end *end, struct segments_found *found, struct fault *fault)
{
    uint64_t number = frames->number;
    if (number != segments->head.segment) {
        if (!does_continue(segments, frames, end))
            return is_last
                       ? drop_begun(segments, number, frames->size, found, fault)
                       : fault_set(fault, EBADMSG, "segment %" PRIu64 " does not continue what is before it", number);
        end->segment = number;
        end->length = RECORD_SEGMENT_SIZE;
    }
    frames->offset = from > RECORD_SEGMENT_SIZE ? from : RECORD_SEGMENT_SIZE;
    if (follow_beyond(frames, end, fault) != 0)
        return -1;
    if (end->length < frames->size && !is_last)
        return fault_set(fault, EBADMSG, "segment %" PRIu64 " is broken at %" PRIu64 ", and others are behind it",
                         number, end->length);
    found->cut_bytes += frames->size - end->length;
    bool is_touched = from < frames->size;
    return is_touched ? settle_file(segments, number, from, end->length, fault) : 0;
}

static int recover_beyond(struct segments *segments, const struct segment_numbers *numbers, struct chain_end *end,
                          struct segments_found *found, struct fault *fault)
{
    uint64_t number = segments->head.segment;
    uint64_t from = segments->head.length;
    for (size_t i = segment_numbers_find(numbers, number); i < numbers->count; i++, number++, from = 0) {
        struct frames frames;
        if (numbers->list[i] != number)
            return fault_set(fault, EBADMSG, "segment %" PRIu64 " is missing", number);
        if (frames_open(segments->names, number, UINT64_MAX, &frames, fault) != 0)
            return -1;
        int result = recover_tail(segments, &frames, from, i + 1 == numbers->count, end, found, fault);
        frames_close(&frames);
        if (result != 0)
            return -1;
    }
    return 0;
}

/* --- The head, and what is before it --- */

/* What was read may never have reached the disk, and what follows relies on it. */
static int secure_head(struct segments *segments, struct fault *fault)
{
    struct head_file *head_file = &segments->head_file;
    if (head_file_rewrite(head_file, &segments->signer, fault) != 0)
        return -1;
    return disk_sync_folder(head_file->folder, fault);
}

/* Where the head does not say all that there is, or the other slot is not what was written before it, a new one is
 * written. */
static int settle_head(struct segments *segments, const struct chain_end *end, struct fault *fault)
{
    struct head_file *head_file = &segments->head_file;
    struct record_head head = segments->head;
    unsigned other = 1 - head_file->newest;
    bool is_sound = head_file->size == HEAD_FILE_SIZE &&
                    ((head_file->is_valid[other] && head_file->heads[other].commit + 1 == head.commit) ||
                     (head_file->is_zero[other] && head.commit == 1));
    if (is_sound && end->segment == head.segment && end->length == head.length)
        return 0;
    if (head_file->size > HEAD_FILE_SIZE && disk_truncate(head_file->file, HEAD_FILE_SIZE, fault) != 0)
        return -1;
    head.commit++;
    head.segment = end->segment;
    head.length = end->length;
    head.sequence = end->sequence;
    head.digest = end->digest;
    head.time_ms = clock_wall_ms();
    if (head_file_write(head_file, &head, &segments->signer, fault) != 0)
        return -1;
    segments->head = *head_file_newest(head_file);
    return 0;
}

static int drop_removed(struct segments *segments, const struct segment_numbers *numbers, struct fault *fault)
{
    for (size_t i = 0; i < numbers->count && numbers->list[i] < segments->head.first; i++) {
        char name[SEGMENT_NAME_SIZE];
        segment_name(numbers->list[i], name);
        if (disk_remove(segments->names, name, fault) != 0)
            return -1;
    }
    return 0;
}

/* Where numbers are missing, by the names alone. A gap that an accepted loss left counts too: which it is,
 * verification says. */
static void count_segments(const struct segments *segments, const struct segment_numbers *numbers,
                           struct segments_found *found)
{
    uint64_t expected = segments->head.first;
    for (size_t i = segment_numbers_find(numbers, expected); i < numbers->count; i++) {
        found->segments++;
        if (numbers->list[i] != expected)
            tell_damage(found, expected, "is missing");
        expected = numbers->list[i] + 1;
    }
}

static int check_vouched(struct segments *segments, struct segments_found *found, struct fault *fault)
{
    struct frames frames;
    struct fault local = { 0 };
    if (memcmp(segments->head.signer, segments->signer.public_half, sizeof segments->head.signer) != 0)
        return fault_set(fault, EKEYREJECTED, "the store belongs to another root key");
    if (frames_open(segments->names, segments->head.segment, segments->head.length, &frames, &local) != 0) {
        if (local.code == ENOENT)
            return fault_set(fault, EBADMSG, "segment %" PRIu64 ", which the head names, is missing",
                             segments->head.segment);
        return fault_set(fault, local.code, "%s", local.text);
    }
    int result = check_vouched_frames(segments, &frames, found, fault);
    frames_close(&frames);
    return result;
}

static int recover_by_head(struct segments *segments, const struct segment_numbers *numbers,
                           struct segments_found *found, struct fault *fault)
{
    const struct record_head *head = &segments->head;
    struct chain_end end = {
        .segment = head->segment, .length = head->length, .sequence = head->sequence, .digest = head->digest
    };
    if (check_vouched(segments, found, fault) != 0)
        return -1;
    count_segments(segments, numbers, found);
    if (secure_head(segments, fault) != 0 || drop_removed(segments, numbers, fault) != 0 ||
        recover_beyond(segments, numbers, &end, found, fault) != 0 || disk_sync_folder(segments->names, fault) != 0 ||
        settle_head(segments, &end, fault) != 0)
        return -1;
    char name[SEGMENT_NAME_SIZE];
    segment_name(end.segment, name);
    segments->last = disk_open(segments->names, name, DISK_WRITE, fault);
    segments->number = end.segment;
    segments->length = end.length;
    segments->sequence = end.sequence;
    segments->digest = end.digest;
    return segments->last != NULL ? 0 : -1;
}

int segments_recover(struct segments *segments, struct segments_found *found, struct fault *fault)
{
    /* A name that an earlier process made may not be on the disk yet. */
    if (disk_sync_folder(segments->folder, fault) != 0)
        return -1;
    struct segment_numbers numbers;
    if (segment_numbers_read(segments->names, &numbers, fault) != 0)
        return -1;
    int result;
    const struct record_head *head = head_file_newest(&segments->head_file);
    if (head != NULL) {
        segments->head = *head;
        segments->id = head->store;
        result = recover_by_head(segments, &numbers, found, fault);
    } else {
        result = recover_without_head(segments, &numbers, found, fault);
    }
    segment_numbers_free(&numbers);
    return result;
}

#include "store/segments_inside.h"

#include "base/memory.h"
#include "sys/clock.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Nothing may be written any more. */
static int fail_for_good(struct segments *segments, const struct fault *fault)
{
    lock_take(&segments->lock);
    if (!atomic_load(&segments->has_failed))
        (void)snprintf(segments->failure, sizeof segments->failure, "%s", fault->text);
    atomic_store(&segments->has_failed, true);
    lock_drop(&segments->lock);
    return -1;
}

static int refuse(const struct segments *segments, struct fault *fault)
{
    return fault_set(fault, EIO, "the store must be opened anew: %s", segments->failure);
}

/* --- Opening --- */

static int open_all(struct segments *segments, struct fault *fault)
{
    struct fault local = { 0 };
    segments->names = NULL;
    if (segments->is_writer && (disk_lock(segments->folder, fault) != 0))
        return -1;
    if (segments->is_writer && disk_make_folder(segments->folder, SEGMENTS_FOLDER, &local) != 0 &&
        local.code != EEXIST) {
        if (fault != NULL)
            *fault = local;
        return -1;
    }
    segments->names = disk_open_within(segments->folder, SEGMENTS_FOLDER, fault);
    if (segments->names == NULL)
        return -1;
    return head_file_open(segments->head_path, segments->is_writer, &segments->head_file, fault);
}

struct segments *segments_new(const struct segments_settings *settings, struct fault *fault)
{
    struct disk_folder *folder = disk_open_folder(settings->path, fault);
    if (folder == NULL)
        return NULL;
    struct segments *segments = memory_new(sizeof *segments);
    segments->folder = folder;
    segments->head_path = memory_copy_text(settings->head_path);
    segments->is_writer = settings->signer != NULL;
    if (settings->signer != NULL)
        segments->signer = *settings->signer;
    segments->segment_bytes = settings->segment_bytes > 0 ? settings->segment_bytes : SEGMENTS_DEFAULT_BYTES;
    lock_init(&segments->lock);
    if (open_all(segments, fault) != 0) {
        segments_close(segments);
        return NULL;
    }
    return segments;
}

/* A reader takes the head as it finds it. */
static int open_reader(struct segments *segments, struct segments_found *found, struct fault *fault)
{
    const struct record_head *head = head_file_newest(&segments->head_file);
    if (head == NULL) {
        bool is_there = segments->head_file.file != NULL;
        return fault_set(fault, is_there ? EBADMSG : ENOENT, "%s is no head", segments->head_path);
    }
    segments->head = *head;
    segments->id = head->store;
    struct segment_numbers numbers;
    if (segment_numbers_read(segments->names, &numbers, fault) != 0)
        return -1;
    found->segments = (unsigned)numbers.count;
    segment_numbers_free(&numbers);
    return 0;
}

/* About: what is not there, or can't be looked at, does not count. */
static void count_bytes(struct segments *segments)
{
    struct segment_numbers numbers;
    uint64_t sum = 0;
    if (segment_numbers_read(segments->names, &numbers, NULL) != 0)
        return;
    for (size_t i = 0; i < numbers.count; i++) {
        char name[SEGMENT_NAME_SIZE];
        uint64_t used = 0;
        segment_name(numbers.list[i], name);
        if (disk_used(segments->names, name, &used, NULL) == 0)
            sum += used;
    }
    segment_numbers_free(&numbers);
    atomic_store(&segments->bytes, sum);
}

int segments_open(const struct segments_settings *settings, struct segments **segments_out,
                  struct segments_found *found_out, struct fault *fault)
{
    *found_out = (struct segments_found){ 0 };
    *segments_out = NULL;
    struct fault local = { 0 };
    struct segments *segments = segments_new(settings, &local);
    int result = segments == NULL      ? -1
                 : segments->is_writer ? segments_recover(segments, found_out, &local)
                                       : open_reader(segments, found_out, &local);
    if (result != 0) {
        if (found_out->text[0] == 0)
            (void)snprintf(found_out->text, sizeof found_out->text, "%s", local.text);
        if (fault != NULL)
            *fault = local;
        segments_close(segments);
        return -1;
    }
    count_bytes(segments);
    found_out->last_sequence = segments->head.sequence;
    *segments_out = segments;
    return 0;
}

void segments_close(struct segments *segments)
{
    if (segments == NULL)
        return;
    disk_close(segments->last);
    head_file_close(&segments->head_file);
    disk_close_folder(segments->names);
    disk_close_folder(segments->folder);
    lock_fini(&segments->lock);
    crypt_wipe(&segments->signer, sizeof segments->signer);
    free(segments->head_path);
    free(segments);
}

const struct record_store_id *segments_id(const struct segments *segments)
{
    return &segments->id;
}

const char *segments_failure(const struct segments *segments)
{
    return atomic_load(&segments->has_failed) ? segments->failure : NULL;
}

/* --- Writing --- */

int segments_begin(struct segments *segments, uint64_t number, uint64_t first_sequence, struct fault *fault)
{
    char name[SEGMENT_NAME_SIZE];
    unsigned char bytes[RECORD_SEGMENT_SIZE];
    struct record_segment header = { .store = segments->id,
                                     .number = number,
                                     .first_sequence = first_sequence,
                                     .created_ms = clock_wall_ms(),
                                     .previous = segments->digest };
    record_segment_make(&header, &segments->signer, bytes);
    segment_name(number, name);
    struct disk_file *file = disk_open(segments->names, name, DISK_CREATE, fault);
    if (file == NULL)
        return -1;
    disk_close(segments->last);
    segments->last = file;
    segments->number = number; /* from here on a rollback takes it away again */
    segments->length = RECORD_SEGMENT_SIZE;
    struct iovec vector = { bytes, sizeof bytes };
    if (disk_write(file, 0, &vector, 1, fault) != 0)
        return -1;
    struct fault local = { 0 };
    if (disk_sync(file, &local) != 0 || disk_sync_folder(segments->names, &local) != 0) {
        if (fault != NULL)
            *fault = local;
        return fail_for_good(segments, &local);
    }
    return 0;
}

/* Takes everything since the last commit away: segments first, each with its name, then the tail; so that a crash in
 * between leaves segments without a gap, which recovery relies on. Where it fails, nothing may be written any more. */
static void roll_back(struct segments *segments)
{
    struct fault fault = { 0 };
    if (atomic_load(&segments->has_failed))
        return;
    const struct record_head *head = &segments->head;
    disk_close(segments->last);
    segments->last = NULL;
    for (; segments->number > head->segment; segments->number--) {
        char name[SEGMENT_NAME_SIZE];
        segment_name(segments->number, name);
        if (disk_remove(segments->names, name, &fault) != 0 || disk_sync_folder(segments->names, &fault) != 0) {
            (void)fail_for_good(segments, &fault);
            return;
        }
    }
    char name[SEGMENT_NAME_SIZE];
    segment_name(head->segment, name);
    segments->sequence = head->sequence;
    segments->digest = head->digest;
    segments->length = head->length;
    segments->uncommitted = 0;
    segments->last = disk_open(segments->names, name, DISK_WRITE, &fault);
    if (segments->last == NULL || disk_truncate(segments->last, head->length, &fault) != 0)
        (void)fail_for_good(segments, &fault);
}

/* The last segment is done with: what is in it is made durable before the next one has a name, so that no crash leaves
 * a segment behind a torn one. Even where nothing was appended: its tail may have been taken back, and must not come
 * back behind the last record once the head names another segment. */
static int begin_next(struct segments *segments, struct fault *fault)
{
    struct fault local = { 0 };
    if (disk_sync(segments->last, &local) != 0) {
        if (fault != NULL)
            *fault = local;
        return fail_for_good(segments, &local);
    }
    return segments_begin(segments, segments->number + 1, segments->sequence + 1, fault);
}

void segments_leave(struct segments *segments, uint64_t number)
{
    if (number == segments->number)
        segments->damaged = number;
}

static bool needs_next(const struct segments *segments, uint64_t size)
{
    bool is_empty = segments->length <= RECORD_SEGMENT_SIZE;
    return segments->number == segments->damaged || (!is_empty && size > segments->segment_bytes - segments->length) ||
           (!is_empty && segments->length >= segments->segment_bytes);
}

static int append(struct segments *segments, const struct record_draft *draft, uint64_t size,
                  struct crypt_digest *digest_out, struct fault *fault)
{
    if (needs_next(segments, size) && begin_next(segments, fault) != 0)
        return -1;
    unsigned char header[RECORD_HEADER_SIZE];
    record_frame_make(draft, segments->sequence + 1, &segments->digest, header, digest_out);
    struct iovec vector[] = {
        { header, sizeof header },
        { (void *)draft->meta.data, draft->meta.size },
        { (void *)draft->slots, (size_t)draft->slot_count * CRYPT_SLOT_SIZE },
        { (void *)draft->content.data, draft->content.size },
        { digest_out->bytes, sizeof digest_out->bytes },
    };
    return disk_write(segments->last, segments->length, vector, sizeof vector / sizeof vector[0], fault);
}

int segments_append(struct segments *segments, const struct record_draft *draft, uint64_t *sequence_out,
                    struct crypt_digest *digest_out, struct place *place_out, struct fault *fault)
{
    assert(segments->is_writer);
    if (atomic_load(&segments->has_failed))
        return refuse(segments, fault);
    uint64_t size = record_frame_size(draft);
    struct crypt_digest digest;
    if (append(segments, draft, size, &digest, fault) != 0) {
        roll_back(segments);
        return -1;
    }
    *place_out = (struct place){ segments->number, segments->length, size };
    *digest_out = digest;
    *sequence_out = ++segments->sequence;
    segments->digest = digest;
    segments->length += size;
    segments->uncommitted += size;
    return 0;
}

/* The head as it ought to be now, on stable storage; and from then on everybody's. */
static int write_head(struct segments *segments, const struct record_head *head, struct fault *fault)
{
    struct fault local = { 0 };
    if (head_file_write(&segments->head_file, head, &segments->signer, &local) != 0) {
        if (fault != NULL)
            *fault = local;
        return fail_for_good(segments, &local);
    }
    lock_take(&segments->lock);
    segments->head = *head_file_newest(&segments->head_file);
    lock_drop(&segments->lock);
    return 0;
}

int segments_commit(struct segments *segments, struct fault *fault)
{
    assert(segments->is_writer);
    if (atomic_load(&segments->has_failed))
        return refuse(segments, fault);
    struct record_head head = segments->head;
    if (segments->sequence == head.sequence)
        return 0;
    struct fault local = { 0 };
    if (disk_sync(segments->last, &local) != 0) {
        if (fault != NULL)
            *fault = local;
        return fail_for_good(segments, &local);
    }
    head.commit++;
    head.segment = segments->number;
    head.length = segments->length;
    head.sequence = segments->sequence;
    head.digest = segments->digest;
    head.time_ms = clock_wall_ms();
    if (write_head(segments, &head, fault) != 0)
        return -1;
    atomic_fetch_add(&segments->bytes, segments->uncommitted);
    segments->uncommitted = 0;
    return 0;
}

/* --- Taking away --- */

static int erase_in(struct disk_file *file, struct place place, struct fault *fault)
{
    unsigned char bytes[RECORD_HEADER_SIZE];
    struct record_header header;
    ssize_t got = disk_read(file, place.offset, bytes, sizeof bytes, fault);
    if (got < 0)
        return -1;
    /* Never a hole where no frame is. */
    if (!record_header_read(span_of(bytes, (size_t)got), &header) || header.frame_size != place.size)
        return fault_set(fault, EBADMSG, "there is no such record in segment %" PRIu64, place.segment);
    uint64_t body = place.size - RECORD_HEADER_SIZE - RECORD_TRAILER_SIZE;
    if (disk_erase(file, place.offset + RECORD_HEADER_SIZE, body, fault) != 0)
        return -1;
    return disk_sync(file, fault);
}

int segments_erase(struct segments *segments, struct place place, struct fault *fault)
{
    assert(segments->is_writer);
    if (atomic_load(&segments->has_failed))
        return refuse(segments, fault);
    struct record_head head;
    segments_head(segments, false, &head);
    if (place.segment > head.segment || (place.segment == head.segment && place.offset >= head.length))
        return fault_set(fault, ENOENT, "segment %" PRIu64 " is not committed there", place.segment);
    char name[SEGMENT_NAME_SIZE];
    segment_name(place.segment, name);
    uint64_t before = 0;
    uint64_t after = 0;
    (void)disk_used(segments->names, name, &before, NULL);
    struct disk_file *file = disk_open(segments->names, name, DISK_WRITE, fault);
    if (file == NULL)
        return -1;
    int result = erase_in(file, place, fault);
    disk_close(file);
    if (result == 0 && disk_used(segments->names, name, &after, NULL) == 0 && after < before)
        atomic_fetch_sub(&segments->bytes, before - after);
    return result;
}

int segments_remove_before(struct segments *segments, uint64_t number, struct fault *fault)
{
    assert(segments->is_writer);
    if (atomic_load(&segments->has_failed))
        return refuse(segments, fault);
    struct record_head head = segments->head;
    if (number > head.segment)
        return fault_set(fault, EINVAL, "segment %" PRIu64 " is in use", head.segment);
    /* The head first: from then on it says that they may be missing. */
    if (number > head.first) {
        head.commit++;
        head.first = number;
        head.time_ms = clock_wall_ms();
        if (write_head(segments, &head, fault) != 0)
            return -1;
    }
    struct segment_numbers numbers;
    if (segment_numbers_read(segments->names, &numbers, fault) != 0)
        return -1;
    int result = 0;
    for (size_t i = 0; result == 0 && i < numbers.count && numbers.list[i] < number; i++) {
        char name[SEGMENT_NAME_SIZE];
        uint64_t used = 0;
        segment_name(numbers.list[i], name);
        (void)disk_used(segments->names, name, &used, NULL);
        result = disk_remove(segments->names, name, fault);
        if (result == 0)
            atomic_fetch_sub(&segments->bytes, used);
    }
    segment_numbers_free(&numbers);
    if (result != 0)
        return -1;
    struct fault local = { 0 };
    if (disk_sync_folder(segments->names, &local) != 0) {
        if (fault != NULL)
            *fault = local;
        return fail_for_good(segments, &local);
    }
    return 0;
}

/* The readers' half of the segments: in the writer's own process, and in others. */
#include "store/segments_inside.h"

#include "base/memory.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The largest frame that the format has: what bounds a read, whoever asks for it. */
#define FRAME_MOST                                                                                                     \
    (RECORD_HEADER_SIZE + (uint64_t)RECORD_META_MOST + (uint64_t)RECORD_MOST_SLOTS * CRYPT_SLOT_SIZE +                 \
     RECORD_CONTENT_MOST + RECORD_TRAILER_SIZE)

/* A reader in another process sees what the head's file says; a head that is being written leaves the one before. */
static void look_again(struct segments *segments)
{
    struct head_file head_file;
    if (head_file_open(segments->head_path, false, &head_file, NULL) != 0)
        return;
    const struct record_head *head = head_file_newest(&head_file);
    lock_take(&segments->lock);
    if (head != NULL && head->commit > segments->head.commit &&
        memcmp(&head->store, &segments->id, sizeof head->store) == 0)
        segments->head = *head;
    lock_drop(&segments->lock);
    head_file_close(&head_file);
}

void segments_head(struct segments *segments, bool is_fresh, struct record_head *head_out)
{
    if (is_fresh && !segments->is_writer)
        look_again(segments);
    lock_take(&segments->lock);
    *head_out = segments->head;
    lock_drop(&segments->lock);
}

uint64_t segments_last_sequence(const struct segments *segments)
{
    struct record_head head;
    segments_head((struct segments *)segments, true, &head);
    return head.sequence;
}

uint64_t segments_bytes(const struct segments *segments)
{
    return atomic_load(&segments->bytes);
}

/* --- One frame --- */

static bool is_committed(const struct record_head *head, struct place place)
{
    if (place.segment < head->first || place.segment > head->segment)
        return false;
    return place.segment < head->segment || (place.offset <= head->length && place.size <= head->length - place.offset);
}

static int read_frame(struct disk_file *file, struct place place, char **memory_out, struct fault *fault)
{
    uint64_t size;
    if (disk_size(file, &size, fault) != 0)
        return -1;
    if (place.offset > size || place.size > size - place.offset)
        return fault_set(fault, ENOENT, "segment %" PRIu64 " ends before that", place.segment);
    char *memory = memory_try((size_t)place.size);
    if (memory == NULL)
        return fault_set(fault, ENOMEM, "no memory for a record of %" PRIu64 " bytes", place.size);
    ssize_t got = disk_read(file, place.offset, memory, (size_t)place.size, fault);
    if (got >= 0 && (uint64_t)got < place.size)
        got = fault_set(fault, EIO, "segment %" PRIu64 " became shorter", place.segment);
    if (got < 0) {
        free(memory);
        return -1;
    }
    *memory_out = memory;
    return 0;
}

int segments_read(struct segments *segments, struct place place, char **memory_out, struct span *frame_out,
                  struct fault *fault)
{
    *memory_out = NULL;
    *frame_out = span_of(NULL, 0);
    if (place.size < RECORD_HEADER_SIZE + RECORD_TRAILER_SIZE || place.size > FRAME_MOST ||
        place.offset < RECORD_SEGMENT_SIZE)
        return fault_set(fault, ENOENT, "there is no record at such a place");
    struct record_head head;
    segments_head(segments, false, &head);
    if (!is_committed(&head, place)) {
        segments_head(segments, true, &head);
        if (!is_committed(&head, place))
            return fault_set(fault, ENOENT, "segment %" PRIu64 " is not committed there", place.segment);
    }
    char name[SEGMENT_NAME_SIZE];
    segment_name(place.segment, name);
    struct disk_file *file = disk_open(segments->names, name, DISK_READ, fault);
    if (file == NULL)
        return -1;
    int result = read_frame(file, place, memory_out, fault);
    disk_close(file);
    if (result == 0)
        *frame_out = span_of(*memory_out, (size_t)place.size);
    return result;
}

/* --- All of them --- */

struct walk {
    struct segments *segments;
    struct record_head head;
    uint64_t from;
    uint64_t last; /* sequence that was come across */
    segments_each each;
    void *context;
    struct fault *fault;
};

static uint64_t walk_end(const struct walk *walk, uint64_t number)
{
    return number == walk->head.segment ? walk->head.length : UINT64_MAX;
}

/* Something that is no frame, up to where the next one begins. */
static int walk_lost(struct walk *walk, struct frames *frames)
{
    struct place place = { frames->number, frames->offset, 0 };
    bool is_asked_for = walk->last + 1 >= walk->from;
    if (frames_seek(frames, walk->last, walk->head.sequence, walk->fault) != 0)
        return -1;
    if (!is_asked_for || frames->offset >= frames->end)
        return 0; /* what there was is not known: the walk goes on with the next segment */
    place.size = frames->offset - place.offset;
    struct record nothing = { 0 };
    return walk->each(walk->context, RECORD_BROKEN, &nothing, place);
}

/* The next frame; where it is before those that are asked for, its header alone. */
static enum frames_step walk_step(struct walk *walk, struct frames *frames, struct frames_found *found)
{
    if (walk->last + 1 >= walk->from)
        return frames_next(frames, found, walk->fault);
    enum frames_step step = frames_hop(frames, found, walk->fault);
    if (step != FRAMES_RECORD || found->record.header.sequence < walk->from)
        return step;
    frames->offset = found->place.offset;
    return frames_next(frames, found, walk->fault);
}

static int walk_frames(struct walk *walk, struct frames *frames)
{
    int result = 0;
    while (result == 0) {
        struct frames_found found;
        enum frames_step step = walk_step(walk, frames, &found);
        if (step == FRAMES_FAULT)
            return -1;
        if (step == FRAMES_END)
            return 0;
        if (step == FRAMES_LOST) {
            result = walk_lost(walk, frames);
            continue;
        }
        uint64_t sequence = found.record.header.sequence;
        /* A segment that was put there a second time has nothing new to say. */
        if (sequence <= walk->last || sequence > walk->head.sequence)
            continue;
        walk->last = sequence;
        if (sequence >= walk->from)
            result = walk->each(walk->context, found.state, &found.record, found.place);
    }
    return result;
}

static int walk_segment(struct walk *walk, uint64_t number)
{
    struct frames frames;
    struct fault local = { 0 };
    if (frames_open(walk->segments->names, number, walk_end(walk, number), &frames, &local) != 0) {
        if (local.code == ENOENT) /* it was removed in the meantime */
            return 0;
        if (walk->fault != NULL)
            *walk->fault = local;
        return -1;
    }
    int result = walk_frames(walk, &frames);
    frames_close(&frames);
    return result;
}

/* The first sequence of a segment, as its header says; 0 where it has none that is sound. */
static uint64_t first_sequence(struct walk *walk, uint64_t number)
{
    struct frames frames;
    if (frames_open(walk->segments->names, number, UINT64_MAX, &frames, NULL) != 0)
        return 0;
    uint64_t first = frames.has_header ? frames.header.first_sequence : 0;
    frames_close(&frames);
    return first;
}

/* The index of the last segment that begins at or before `from`. A damaged header counts as one that begins later: the
 * walk then begins earlier than it need, which is no harm. */
static size_t walk_begin(struct walk *walk, const struct segment_numbers *numbers, size_t low)
{
    size_t high = numbers->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        uint64_t first = first_sequence(walk, numbers->list[middle]);
        if (first != 0 && first <= walk->from)
            low = middle;
        else
            high = middle;
    }
    return low;
}

int segments_walk(struct segments *segments, uint64_t from, segments_each each, void *context, struct fault *fault)
{
    struct walk walk = { .segments = segments, .from = from, .each = each, .context = context, .fault = fault };
    segments_head(segments, true, &walk.head);
    if (from > walk.head.sequence)
        return 0;
    struct segment_numbers numbers;
    if (segment_numbers_read(segments->names, &numbers, fault) != 0)
        return -1;
    size_t index = segment_numbers_find(&numbers, walk.head.first);
    if (index < numbers.count && from > 1)
        index = walk_begin(&walk, &numbers, index);
    int result = 0;
    for (; result == 0 && index < numbers.count && numbers.list[index] <= walk.head.segment; index++)
        result = walk_segment(&walk, numbers.list[index]);
    segment_numbers_free(&numbers);
    return result;
}

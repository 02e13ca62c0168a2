#include "store/frames.h"

#include "base/memory.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    AHEAD_SIZE = 262144,   /* read at once, where frames are read one after another */
    HOP_AHEAD_SIZE = 4096, /* where only headers are */
    KEPT_SIZE = 4194304,   /* a larger window is given back once the frame that needed it is done with */
    BLOCK_SIZE = 4096,     /* what is lost of a file where the disk can't read it */
    UNREADABLE = 0xa5,     /* stands for it: no zero, which would look like something erased */
    NUMBER_DIGITS = 8,
    NUMBER_MOST_DIGITS = 19
};
static const char suffix[] = ".seg";

/* --- Names --- */

void segment_name(uint64_t number, char name_out[SEGMENT_NAME_SIZE])
{
    (void)snprintf(name_out, SEGMENT_NAME_SIZE, "%0*" PRIu64 "%s", NUMBER_DIGITS, number, suffix);
}

uint64_t segment_number(const char *name)
{
    size_t size = strlen(name);
    size_t digits = size < sizeof suffix ? 0 : size - (sizeof suffix - 1);
    uint64_t number = 0;
    char canonical[SEGMENT_NAME_SIZE];
    if (digits > NUMBER_MOST_DIGITS || !span_number(span_of(name, digits), &number))
        return 0;
    segment_name(number, canonical);
    return strcmp(name, canonical) == 0 ? number : 0;
}

static int number_add(void *context, const char *name)
{
    struct segment_numbers *numbers = context;
    uint64_t number = segment_number(name);
    if (number == 0)
        return 0;
    if (numbers->count == numbers->capacity) {
        numbers->capacity = numbers->capacity > 0 ? 2 * numbers->capacity : 64;
        uint64_t *larger = memory_new(numbers->capacity * sizeof *larger);
        if (numbers->count > 0)
            memcpy(larger, numbers->list, numbers->count * sizeof *larger);
        free(numbers->list);
        numbers->list = larger;
    }
    numbers->list[numbers->count++] = number;
    return 0;
}

static int compare_numbers(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

int segment_numbers_read(struct disk_folder *folder, struct segment_numbers *numbers_out, struct fault *fault)
{
    *numbers_out = (struct segment_numbers){ 0 };
    if (disk_list(folder, number_add, numbers_out, fault) != 0) {
        segment_numbers_free(numbers_out);
        return -1;
    }
    if (numbers_out->count > 1)
        qsort(numbers_out->list, numbers_out->count, sizeof *numbers_out->list, compare_numbers);
    return 0;
}

void segment_numbers_free(struct segment_numbers *numbers)
{
    free(numbers->list);
    *numbers = (struct segment_numbers){ 0 };
}

size_t segment_numbers_find(const struct segment_numbers *numbers, uint64_t number)
{
    size_t low = 0;
    size_t high = numbers->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (numbers->list[middle] < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* --- The window: a run of the file in memory --- */

/* Makes room for `size` bytes; what was there is gone. */
static int window_make(struct frames *frames, size_t size, struct fault *fault)
{
    bool is_too_large = frames->capacity > KEPT_SIZE && size <= KEPT_SIZE;
    if (frames->capacity >= size && !is_too_large)
        return 0;
    free(frames->window);
    frames->filled = 0;
    frames->capacity = size > AHEAD_SIZE ? size : AHEAD_SIZE;
    frames->window = memory_try(frames->capacity);
    if (frames->window == NULL) {
        frames->capacity = 0;
        return fault_set(fault, ENOMEM, "no memory for %zu bytes of segment %" PRIu64, size, frames->number);
    }
    return 0;
}

/* What the disk can't read is damage like any other, and costs no more than the records that it is in. */
static ssize_t read_around_errors(struct frames *frames, uint64_t offset, char *out, size_t size, struct fault *fault)
{
    struct fault local = { 0 };
    ssize_t got = disk_read(frames->file, offset, out, size, &local);
    size_t done = 0;
    while (got < 0 && local.code == EIO && done < size) {
        size_t part = BLOCK_SIZE - (size_t)((offset + done) % BLOCK_SIZE);
        part = part < size - done ? part : size - done;
        ssize_t some = disk_read(frames->file, offset + done, out + done, part, &local);
        if (some < 0 && local.code == EIO) {
            memset(out + done, UNREADABLE, part);
            some = (ssize_t)part;
        }
        if (some <= 0)
            return some < 0 ? fault_set(fault, local.code, "%s", local.text) : (ssize_t)done;
        done += (size_t)some;
        if (done == size)
            return (ssize_t)size;
    }
    return got < 0 ? fault_set(fault, local.code, "%s", local.text) : got;
}

/* The bytes at the offset: fewer than `size` only where the file ends. `ahead`: read at least so many. */
static int window_view(struct frames *frames, uint64_t offset, size_t size, size_t ahead, struct span *bytes_out,
                       struct fault *fault)
{
    uint64_t left = offset < frames->end ? frames->end - offset : 0;
    if (size > left)
        size = (size_t)left;
    bool is_there = offset >= frames->window_at && offset - frames->window_at <= frames->filled &&
                    size <= frames->filled - (size_t)(offset - frames->window_at);
    if (!is_there) {
        size_t wanted = size > ahead ? size : ahead;
        if (wanted > left)
            wanted = (size_t)left;
        if (window_make(frames, wanted, fault) != 0)
            return -1;
        frames->filled = 0;
        ssize_t got = read_around_errors(frames, offset, frames->window, wanted, fault);
        if (got < 0)
            return -1;
        frames->window_at = offset;
        frames->filled = (size_t)got;
    }
    *bytes_out = span_slice(span_of(frames->window, frames->filled), (size_t)(offset - frames->window_at), size);
    return 0;
}

int frames_bytes(struct frames *frames, uint64_t offset, size_t size, struct span *bytes_out, struct fault *fault)
{
    return window_view(frames, offset, size, AHEAD_SIZE, bytes_out, fault);
}

/* --- Frames --- */

int frames_open(struct disk_folder *folder, uint64_t number, uint64_t end, struct frames *frames_out,
                struct fault *fault)
{
    char name[SEGMENT_NAME_SIZE];
    segment_name(number, name);
    *frames_out = (struct frames){ .number = number, .offset = RECORD_SEGMENT_SIZE };
    frames_out->file = disk_open(folder, name, DISK_READ, fault);
    if (frames_out->file == NULL)
        return -1;
    struct span bytes;
    if (disk_size(frames_out->file, &frames_out->size, fault) != 0) {
        frames_close(frames_out);
        return -1;
    }
    frames_out->end = end < frames_out->size ? end : frames_out->size;
    if (window_view(frames_out, 0, RECORD_SEGMENT_SIZE, HOP_AHEAD_SIZE, &bytes, fault) != 0) {
        frames_close(frames_out);
        return -1;
    }
    frames_out->has_header = record_segment_read(bytes, &frames_out->header) && frames_out->header.number == number;
    if (frames_out->offset > frames_out->end)
        frames_out->offset = frames_out->end;
    return 0;
}

void frames_close(struct frames *frames)
{
    disk_close(frames->file);
    free(frames->window);
    *frames = (struct frames){ 0 };
}

static enum frames_step read_header(struct frames *frames, size_t ahead, struct frames_found *found_out,
                                    struct fault *fault)
{
    *found_out = (struct frames_found){ .state = RECORD_BROKEN, .place = { frames->number, frames->offset, 0 } };
    struct span bytes;
    if (frames->offset >= frames->end)
        return FRAMES_END;
    if (window_view(frames, frames->offset, RECORD_HEADER_SIZE, ahead, &bytes, fault) != 0)
        return FRAMES_FAULT;
    if (!record_header_read(bytes, &found_out->record.header) ||
        found_out->record.header.frame_size > frames->end - frames->offset)
        return FRAMES_LOST;
    found_out->place.size = found_out->record.header.frame_size;
    return FRAMES_RECORD;
}

enum frames_step frames_hop(struct frames *frames, struct frames_found *found_out, struct fault *fault)
{
    enum frames_step step = read_header(frames, HOP_AHEAD_SIZE, found_out, fault);
    if (step == FRAMES_RECORD)
        frames->offset += found_out->place.size;
    return step;
}

enum frames_step frames_next(struct frames *frames, struct frames_found *found_out, struct fault *fault)
{
    enum frames_step step = read_header(frames, AHEAD_SIZE, found_out, fault);
    if (step != FRAMES_RECORD)
        return step;
    struct place place = found_out->place;
    struct span bytes;
    if (window_view(frames, place.offset, (size_t)place.size, AHEAD_SIZE, &bytes, fault) != 0)
        return FRAMES_FAULT;
    if (bytes.size < place.size) /* it was cut off while we read */
        return FRAMES_LOST;
    found_out->state = record_read(bytes, &found_out->record);
    frames->offset += place.size;
    return FRAMES_RECORD;
}

int frames_seek(struct frames *frames, uint64_t least, uint64_t most, struct fault *fault)
{
    uint64_t offset = frames->offset + 1;
    while (offset < frames->end && frames->end - offset >= RECORD_HEADER_SIZE) {
        struct span bytes;
        if (window_view(frames, offset, AHEAD_SIZE, AHEAD_SIZE, &bytes, fault) != 0)
            return -1;
        if (bytes.size < RECORD_HEADER_SIZE)
            break;
        size_t last = bytes.size - RECORD_HEADER_SIZE;
        for (size_t i = 0; i <= last; i++) {
            struct record_header header;
            if (record_header_read(span_from(bytes, i), &header) && header.sequence > least &&
                header.sequence <= most && header.frame_size <= frames->end - offset - i) {
                frames->offset = offset + i;
                return 0;
            }
        }
        offset += last + 1;
    }
    frames->offset = frames->end;
    return 0;
}

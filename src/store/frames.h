/* One segment's file, read frame by frame, around what the disk can't read; and the names of segments' files. Seen by
 * segments, recovery and verification alone; the names also by whom a verification tells of one.
 *
 * Thread safety: one thread at a time.
 */
#ifndef CORDON_STORE_FRAMES_H
#define CORDON_STORE_FRAMES_H

#include "base/fault.h"
#include "store/disk.h"
#include "store/record.h"
#include "store/segments.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SEGMENT_NAME_SIZE = 32 };

/* "00000001.seg" */
void segment_name(uint64_t number, char name_out[SEGMENT_NAME_SIZE]);
/* 0 where it is no segment's name, or not written just so. */
uint64_t segment_number(const char *name);

/* The numbers of the segments in the folder, ascending. To be freed with free(). */
struct segment_numbers {
    uint64_t *list;
    size_t count;
    size_t capacity;
};
int segment_numbers_read(struct disk_folder *folder, struct segment_numbers *numbers_out, struct fault *fault);
void segment_numbers_free(struct segment_numbers *numbers);
/* The index of the first that is at least `number`; count where there is none. */
size_t segment_numbers_find(const struct segment_numbers *numbers, uint64_t number);

struct frames {
    struct disk_file *file;
    uint64_t number; /* by its name */
    bool has_header; /* it is sound, and has that number */
    struct record_segment header;
    uint64_t size;   /* of the file, when it was opened */
    uint64_t end;    /* nothing beyond is looked at */
    uint64_t offset; /* of the next frame */
    char *window;
    size_t capacity;
    size_t filled;
    uint64_t window_at;
};

/* Opens the segment; `end` is clipped to its size. -1 and *fault: ENOENT ...; then there is nothing to close. */
int frames_open(struct disk_folder *folder, uint64_t number, uint64_t end, struct frames *frames_out,
                struct fault *fault);
void frames_close(struct frames *frames);

struct frames_found {
    enum record_state state;
    struct record record; /* its spans live until the next call */
    struct place place;
};
enum frames_step {
    FRAMES_RECORD, /* one is in *found_out, in whatever state */
    FRAMES_END,    /* there is nothing more */
    FRAMES_LOST,   /* there is something, but no frame; frames_seek finds the next one */
    FRAMES_FAULT   /* *fault says it */
};
/* The next frame, read and held against its digest. */
enum frames_step frames_next(struct frames *frames, struct frames_found *found_out, struct fault *fault);
/* Its header alone; frames_next afterwards gives the frame behind it. The state says nothing. */
enum frames_step frames_hop(struct frames *frames, struct frames_found *found_out, struct fault *fault);
/* Goes on at the next sound header behind this offset whose sequence is above `least` and not above `most`; at the end
 * where there is none. */
int frames_seek(struct frames *frames, uint64_t least, uint64_t most, struct fault *fault);
/* From there on, any bytes: how many were read (at most `size`), or -1. The span lives until the next call. */
int frames_bytes(struct frames *frames, uint64_t offset, size_t size, struct span *bytes_out, struct fault *fault);

#endif

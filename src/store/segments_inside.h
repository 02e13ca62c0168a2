/* What segments.c, segments_read.c and recover.c share. */
#ifndef CORDON_STORE_SEGMENTS_INSIDE_H
#define CORDON_STORE_SEGMENTS_INSIDE_H

#include "store/disk.h"
#include "store/frames.h"
#include "store/head_file.h"
#include "store/segments.h"
#include "sys/thread.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { SEGMENTS_DEFAULT_BYTES = 67108864 };
#define SEGMENTS_FOLDER "segments"
#define SEGMENTS_DAMAGED "damaged"

struct segments {
    struct disk_folder *folder; /* STORE */
    struct disk_folder *names;  /* STORE/segments */
    struct head_file head_file; /* the writer's alone; a reader opens its own each time */
    char *head_path;
    struct record_store_id id;
    bool is_writer;
    struct crypt_signer signer;
    uint64_t segment_bytes;

    /* Where the writer is, committed or not. */
    struct disk_file *last; /* NULL: to be opened */
    uint64_t number;
    uint64_t length;
    uint64_t sequence;
    struct crypt_digest digest;
    uint64_t damaged;     /* nothing is appended to the segment of that number; 0: none */
    uint64_t uncommitted; /* bytes */

    /* What is committed, for everybody. */
    struct lock lock;
    struct record_head head;
    char failure[FAULT_TEXT_SIZE]; /* written once, before has_failed is set */
    _Atomic bool has_failed;
    _Atomic uint64_t bytes;
};

/* The committed head, as far as it is known; a reader looks at the file anew where `is_fresh`. */
void segments_head(struct segments *segments, bool is_fresh, struct record_head *head_out);

/* A new file with a sound header, on stable storage with its name. It is left open as segments->last, and is the last
 * from now on. */
int segments_begin(struct segments *segments, uint64_t number, uint64_t first_sequence, struct fault *fault);

/* Opens folders and the head, and takes the lock where it is for a writer; nothing is looked at yet. */
struct segments *segments_new(const struct segments_settings *settings, struct fault *fault);

/* Brings what a crash left into order, and finds where to go on. */
int segments_recover(struct segments *segments, struct segments_found *found, struct fault *fault);

#endif

/* A receiver in ordinary memory, for unit tests and fuzz targets alone: keeps what a reader hands out.
 *
 * It has small limits of its own, so that a fuzz target ends; and it asserts that the reader keeps the rules: begin and
 * end in turn, slices inside of the content, nothing written beyond the room, notes that are printable.
 */
#ifndef CORDON_UNPACK_COLLECT_H
#define CORDON_UNPACK_COLLECT_H

#include "base/buf.h"
#include "unpack/unpack.h"

enum { COLLECT_MEMBERS = 4096, COLLECT_NOTES = 256, COLLECT_NOTE_SIZE = 160 };

struct collect_member {
    char *names; /* with a '|' behind each */
    const char *how;
    struct buf bytes;
};

struct collect {
    struct unpack unpack; /* what the reader gets */
    struct span content;
    struct collect_member members[COLLECT_MEMBERS];
    size_t count;
    size_t most_members; /* set these three before collect_read if the usual ones don't fit */
    size_t most_bytes;   /* of one member */
    uint64_t most_steps;
    size_t room;                  /* given at a time, 0: 4096; small ones find mistakes */
    const char *const *passwords; /* NULL-ended; NULL: none */
    struct {
        enum unpack_trouble trouble;
        char text[COLLECT_NOTE_SIZE];
    } notes[COLLECT_NOTES];
    size_t note_count;
    uint64_t steps;
    bool is_open;
    bool is_slice;
    char *given; /* the room that was given last */
    size_t given_size;
};

/* Large: allocate it, or make it static. */
void collect_init(struct collect *collect);
void collect_fini(struct collect *collect);

/* Runs the reader over the content. */
void collect_read(struct collect *collect, unpack_reader *reader, struct span content);

/* What a fuzz target does with a reader of containers: once over the bytes, be it one or not, with limits that let it
 * end soon and pieces of a size that depends on the content's. */
void collect_fuzz(unpack_looks *looks, unpack_reader *reader, struct span content);

/* The first member with exactly these bytes, or NULL. */
const struct collect_member *collect_find(const struct collect *collect, struct span bytes);

/* Is there a member of that name (one of its names)? */
const struct collect_member *collect_named(const struct collect *collect, const char *name);

/* Was such a note made, with `text` somewhere in it? */
bool collect_has_note(const struct collect *collect, enum unpack_trouble trouble, const char *text);

#endif

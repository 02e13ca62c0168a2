/* The walk over everything that a message holds.
 *
 * The list of parts is the list of what is still to be done: each part, once added, is looked into in its turn, and
 * what is found there is added behind. So nothing recurses, whatever nests, and a bomb deep inside comes last.
 *
 * Two kinds of work: a range of mail whose header is to be read (an entity), and a content whose bytes are there. All
 * entities are read before the next content, so that the message's own text is known when an archive wants a password.
 */
#ifndef CORDON_DECODER_WALK_H
#define CORDON_DECODER_WALK_H

#include "decoder/emit.h"
#include "decoder/words.h"
#include "mail/entity.h"
#include "mail/lines.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum work_kind {
    WORK_NONE,
    WORK_ENTITY, /* bytes [from, to) of a buffer: a header and a body */
    WORK_CONTENT /* the part's own bytes */
};

/* What is to be done about a part; beside emit's list, index by index. */
struct work {
    enum work_kind kind;
    uint32_t buffer;
    size_t from;
    size_t to;
    bool is_in_digest;
    bool is_message; /* a content that somebody declared to be a message */
    bool is_guess;   /* mail that nobody declared, somewhere in a text */
    bool is_file;    /* a file that is mail, though nobody declared it */
    bool is_sniffed; /* a text that has been looked through for such mail */
};

/* Bytes that are read as mail. */
struct walk_buffer {
    struct span bytes;
    struct mail_lines lines;
};

/* A further way to divide a body. */
struct walk_later {
    uint32_t part;
    uint32_t buffer;
    size_t from;
    size_t to;
    size_t boundary_at; /* in the buffer, where it was seen */
    size_t boundary_size;
    bool is_wide;
    bool is_in_digest;
};

struct walk {
    struct emit *emit;
    struct work *works;   /* the memory of `seen` too */
    uint32_t next_entity; /* all parts before it have been read */
    uint32_t next_content;
    struct walk_buffer *buffers;
    uint32_t buffer_count;
    uint32_t buffer_room;
    size_t marks_left; /* for the lines of all buffers */
    uint32_t *seen;    /* ranges that have been added: index of a part + 1 */
    uint32_t seen_size;
    struct mail_entity entity; /* of the header that is being read */
    struct words words;
    struct walk_later *later;
    size_t later_count;
    size_t later_room;
    size_t later_done;
};

/* -1 where there is no memory. */
int walk_init(struct walk *walk, struct emit *emit, struct fault *fault);
void walk_fini(struct walk *walk);

/* Walks the message: from `start` on it is mail, or, with is_file, whatever it turns out to be. */
void walk_run(struct walk *walk, size_t start, bool is_file);

/* --- For the files of the walk --- */

/* Bytes of a part that will be read as mail: the number of their buffer. False, and noted, where there is no room. */
bool walk_add_buffer(struct walk *walk, uint32_t index, struct span bytes, uint32_t *buffer_out);

/* Adds a part for [from, to) of a buffer, unless there is one. */
struct walk_range {
    uint32_t buffer;
    size_t from;
    size_t to;
    bool is_in_digest;
    bool is_reading; /* only some readers see it */
    bool is_guess;   /* nobody said that there is mail */
};
void walk_add_entity(struct walk *walk, uint32_t parent, const struct walk_range *range, const char *how);

/* Does the part, or one above it, stand for a reading of some programs only, or for mail that nobody declared? */
bool walk_is_doubtful(const struct walk *walk, uint32_t index);

/* The part's bytes are there: they are looked into later if they are new. True where they are. */
bool walk_close_content(struct walk *walk, uint32_t index, bool is_message);

/* Reads one entity (walk_mail.c). */
void walk_entity(struct walk *walk, uint32_t index);

/* Divides one more body in one more way, where one is waiting. False: there is none. */
bool walk_divide_later(struct walk *walk);

/* Reads [from, to) of a buffer as a message whose parts become children of a part. */
void walk_message(struct walk *walk, uint32_t index, uint32_t buffer, size_t from, size_t to);

/* Looks into a content (walk_content.c). */
void walk_content(struct walk *walk, uint32_t index);

/* Adds the readings of a whole buffer by programs that see its line ends or NUL bytes otherwise. */
void walk_other_line_ends(struct walk *walk, uint32_t index, uint32_t buffer);

#endif

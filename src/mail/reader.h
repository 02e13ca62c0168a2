/* Reads a message's MIME structure (RFC 5322, RFC 2046) over bytes that are all there: no suspending, no callbacks.
 *
 * mail_reader_next gives one event after another: each part begins, has a body if it is a leaf, contains its children
 * if it is none, and ends. Everything is given, however broken: what a rule forbids is a defect, and what a limit kept
 * us from reading is in mail_reader_limits. Parts nest on a stack of our own, never on the C stack.
 *
 * Cost: each line is looked at once as a header and once as a body, for the delimiters of all open multiparts together:
 * by a hash table of their boundaries.
 *
 * Spans of an event point into the message; its type and names live until the next call.
 */
#ifndef CORDON_MAIL_READER_H
#define CORDON_MAIL_READER_H

#include "base/span.h"
#include "mail/entity.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mail_limits {
    uint32_t depth;        /* of nesting; the message itself is 0 */
    uint32_t header_bytes; /* of one header; what follows is not read */
    uint32_t names_bytes;  /* of one part's names */
};

/* What of the limits was reached: bits. */
enum { MAIL_LIMIT_DEPTH = 1U << 0, MAIL_LIMIT_HEADER = 1U << 1, MAIL_LIMIT_NAMES = 1U << 2 };

enum mail_event_kind {
    MAIL_EVENT_BEGIN, /* header and everything that follows from it */
    MAIL_EVENT_BODY,  /* encoded bytes of a leaf; of a container only where nothing can be found in it */
    MAIL_EVENT_END    /* body: everything between the header and what ended the part */
};

struct mail_event {
    enum mail_event_kind kind;
    enum mail_kind part; /* a container too deep or without a boundary is a leaf */
    uint32_t depth;
    struct span header; /* without the empty line */
    struct span type;
    struct span names; /* each ended by a NUL */
    enum mail_encoding encoding;
    struct span body;
    bool is_damaged; /* END: the multipart was not closed */
};

struct mail_node { /* an open part */
    enum mail_kind kind;
    enum mail_encoding encoding;
    struct span header;
    size_t body_at;
    size_t boundary_at; /* in reader.boundaries */
    size_t boundary_size;
    uint64_t hash;
    uint32_t older; /* the next in its bucket: index + 1 */
    bool is_open;   /* its delimiters count */
    bool is_seen;   /* its first delimiter has been seen */
    bool is_closed; /* its close delimiter has been seen */
    bool is_digest;
};

/* What ended a body: a delimiter line, or the message's end. */
struct mail_stop {
    bool is_known;
    uint32_t owner; /* index of the node whose delimiter it is; MAIL_STOP_END at the message's end */
    bool is_close;
    size_t body_end; /* before the line end that belongs to the delimiter */
    size_t next_at;  /* behind the delimiter line */
};

enum mail_step { MAIL_STEP_BEGIN, MAIL_STEP_ENTER, MAIL_STEP_AFTER, MAIL_STEP_END, MAIL_STEP_DONE };

struct mail_reader {
    struct span message;
    struct mail_limits limits;
    unsigned limits_hit;
    mail_defects defects;
    uint64_t steps; /* bytes and table rows looked at */
    enum mail_step step;
    size_t at;
    struct mail_stop stop;
    struct mail_node *nodes;
    uint32_t node_count;
    uint32_t open_count;
    uint32_t *buckets; /* index + 1 of the innermost node of each */
    size_t bucket_count;
    struct buf boundaries;
    struct mail_entity entity;
};

/* Reads `message` from its header on. The spans must outlive the reader. */
void mail_reader_init(struct mail_reader *reader, struct span message, const struct mail_limits *limits);
void mail_reader_fini(struct mail_reader *reader);

/* True and the next event, or false at the end. */
bool mail_reader_next(struct mail_reader *reader, struct mail_event *event_out);

/* Everything noted so far. */
mail_defects mail_reader_defects(const struct mail_reader *reader);
unsigned mail_reader_limits(const struct mail_reader *reader);

/* Units of work done so far: repeats on any machine. */
uint64_t mail_reader_steps(const struct mail_reader *reader);

#endif

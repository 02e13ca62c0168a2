/* Takes what readers hand out (unpack/unpack.h) and makes parts of it. */
#ifndef CORDON_DECODER_RECEIVE_H
#define CORDON_DECODER_RECEIVE_H

#include "decoder/walk.h"
#include "unpack/unpack.h"

struct receive {
    struct unpack unpack; /* for the reader */
    struct walk *walk;
    uint32_t parent;
    uint64_t packed_size; /* of members that don't say it */
    uint32_t target;      /* the part that the first member fills; EMIT_NO_PART: it's a part like the others */
    bool are_readings;    /* further members are other readings of the same bytes */
    bool is_message;      /* the members are messages */
    uint32_t open;
    uint32_t members;
    uint32_t fresh; /* of them, whose bytes no other part has */
    bool has_trouble;
};

/* Members become children of `parent`, whose bytes they come from. */
void receive_init(struct receive *receive, struct walk *walk, uint32_t parent, uint64_t packed_size);

#endif

/* What stands between a reader of one container format and whoever takes what it finds.
 *
 * A reader is a function over a content whose bytes are all there: it hands out each member that any program could
 * unpack from it, and notes what could not be unpacked. It never recurses: what a member contains is for other readers,
 * later. The receiver (the decoder; in tests unpack/collect.h) keeps the limits, which are global for one message: a
 * reader asks before each member and for each piece of room, and does as it is told.
 *
 *     static void x_read(struct unpack *unpack, struct span content)
 *     {
 *         while (... there is a member ...) {
 *             if (!unpack_begin(unpack, &member))
 *                 return;                            // no more members from this content
 *             ... unpack_room and unpack_wrote, or unpack_put, or unpack_slice ...
 *             unpack_end(unpack);
 *         }
 *     }
 *
 * Rules for readers. Everything comes from an adversary. Cost is linear in the content's bytes plus the bytes handed
 * out; work that is neither is counted with unpack_step. No file, no descriptor, no thread, no log, no locale, no
 * clock. Own memory is bounded by a constant and freed at the end. What is damaged gives what could be had, and
 * UNPACK_DAMAGED. Where two programs would unpack different bytes from the same place, both are handed out. A member
 * that turns out to be the same bytes as another one costs little: the receiver finds out.
 */
#ifndef CORDON_UNPACK_UNPACK_H
#define CORDON_UNPACK_UNPACK_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Why something is not among the members. */
enum unpack_trouble {
    UNPACK_DAMAGED,     /* cut short or corrupt: what could be had was handed out */
    UNPACK_UNSUPPORTED, /* a format or method that nothing here opens */
    UNPACK_ENCRYPTED,
    UNPACK_LIMIT, /* of a reader's own; the receiver notes its own limits itself */
    UNPACK_TROUBLES
};

struct unpack_member {
    struct span names;    /* all names that a program could show or save it under, each ended by a NUL; may be empty */
    const char *declared; /* the media type that the container gives it, lower case; NULL: none */
    uint64_t packed_size; /* of the bytes that it is unpacked from, for the ratio; 0: the whole content */
    uint64_t size_hint;   /* what the container says that it will have; 0: unknown. Nothing depends on its truth. */
    const char *how;      /* how it was found, for people, static: "zip, central directory"; NULL: nothing to say */
};

struct unpack_ops {
    bool (*begin)(void *context, const struct unpack_member *member);
    char *(*room)(void *context, size_t *size_out);
    void (*wrote)(void *context, size_t size);
    bool (*slice)(void *context, struct span bytes);
    void (*end)(void *context);
    void (*note)(void *context, enum unpack_trouble trouble, const char *text);
    bool (*step)(void *context, uint64_t units);
    const char *(*password)(void *context, size_t index);
};

struct unpack {
    const struct unpack_ops *ops;
    void *context;
};

/* A reader of one format. `content` outlives the call and its mapping may be read anywhere inside. */
typedef void unpack_reader(struct unpack *unpack, struct span content);

/* Is this content worth showing to the reader? By the first bytes where possible; never by more than one pass over the
 * content at memchr's or memmem's speed. */
typedef bool unpack_looks(struct span content);

/* False: a limit on members is reached, and no further one will be taken. Begin and end never nest. */
bool unpack_begin(struct unpack *unpack, const struct unpack_member *member);

/* Room for the member's next bytes: at least 1 byte, at most *size_out. NULL: the member must not grow further (a limit
 * on bytes or on the ratio, which the receiver has noted): end it, and go on with the next one. */
char *unpack_room(struct unpack *unpack, size_t *size_out);
void unpack_wrote(struct unpack *unpack, size_t size);

/* Copies bytes into the member. False where it could not take all of them, as unpack_room. */
bool unpack_put(struct unpack *unpack, struct span bytes);

/* The member is these bytes of the content as they stand: nothing is copied. Instead of room, put and wrote. */
bool unpack_slice(struct unpack *unpack, struct span bytes);

void unpack_end(struct unpack *unpack);

/* A whole member at once: a slice of the content, or copied bytes. False as unpack_begin. */
bool unpack_member_slice(struct unpack *unpack, const struct unpack_member *member, struct span bytes);
bool unpack_member_put(struct unpack *unpack, const struct unpack_member *member, struct span bytes);

/* What could not be unpacked and why, for people and for the verdict: "zip: method 77". Copied; foreign bytes must not
 * be in it. May be called at any time. */
void unpack_note(struct unpack *unpack, enum unpack_trouble trouble, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Counts work that is not in proportion to the bytes read and handed out. False: enough, give up (noted). */
bool unpack_step(struct unpack *unpack, uint64_t units);

/* The candidate number `index` for a password, from the message's text; NULL behind the last. */
const char *unpack_password(struct unpack *unpack, size_t index);

/* How a compressed run ended. */
enum unpack_ending {
    UNPACK_WHOLE,  /* at its own end mark */
    UNPACK_CUT,    /* the input ended before */
    UNPACK_BROKEN, /* corrupt: what came before that was put */
    UNPACK_STOPPED /* the member must not grow further */
};

#endif

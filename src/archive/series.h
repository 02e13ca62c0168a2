/* A content that is a series of compressed streams, one behind the other, as gzip, bzip2, xz and their like have it.
 *
 * Most programs join what the streams unpack to; some stop at the first one. So the joined member is handed out, and
 * where there are several streams, each of the first SERIES_STREAMS as a member of its own. Zero bytes between streams
 * and anything behind the last one are passed over, as these programs do; what stands there is handed out as it is.
 */
#ifndef CORDON_ARCHIVE_SERIES_H
#define CORDON_ARCHIVE_SERIES_H

#include "unpack/unpack.h"

enum { SERIES_STREAMS = 64, SERIES_ASIDE = 16 /* bytes: fewer can't be anything */ };

struct series {
    const char *name; /* for notes and for people: "bzip2" */
    const char *how_joined;
    const char *how_single;
    const char *how_behind;
    unpack_looks *looks; /* does a stream begin here? */
    enum unpack_ending (*put)(struct unpack *unpack, struct span rest, size_t *used_out); /* one stream */
    /* These may be NULL. */
    size_t (*skip)(struct span rest); /* the size of what is to be skipped here, handed out by itself; 0: it is data */
    size_t skip_header;               /* this much of it is not handed out */
    const char *how_skipped;
    struct span (*names)(struct span rest);                 /* as unpack_member.names */
    void (*aside)(struct unpack *unpack, struct span rest); /* hands out what else a stream's header holds */
    uint64_t steps; /* what setting up for one stream costs, in bytes' worth of work; 0: as usual */
    bool is_quiet;  /* nothing is noted: the same was read in another way before */
};

/* The worst ending of a stream; UNPACK_WHOLE where all are sound. What is damaged is noted. */
enum unpack_ending series_read(struct unpack *unpack, const struct series *series, struct span content);

/* The same for a series that may begin inside of other data, where series->looks is true: nothing is said of damage,
 * and what stands behind it is the caller's. How many bytes it is long; *ending_out as above. 0: there is none. */
size_t series_read_inner(struct unpack *unpack, const struct series *series, struct span rest,
                         enum unpack_ending *ending_out);

/* Tries a stream without a receiver, up to some hundred bytes: is it plausible that a stream of such a format begins
 * here? For formats whose magic says too little. */
bool series_is_plausible(enum unpack_ending (*put)(struct unpack *unpack, struct span rest, size_t *used_out),
                         struct span rest);

/* Hands out bytes that belong to no member, where they can be anything at all. */
void series_hand_out(struct unpack *unpack, const char *how, struct span bytes);

#endif

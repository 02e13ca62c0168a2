/* What is kept of a content to tell its type: its first bytes, and one window further on where a format needs it.
 *
 * The content comes in pieces of any size, in order, and is seen once. A sample has a fixed size, owns nothing, and
 * costs at most MAIL_SAMPLE_HEAD + MAIL_SAMPLE_FAR copied bytes, however large the content is.
 */
#ifndef CORDON_MAIL_SAMPLE_H
#define CORDON_MAIL_SAMPLE_H

#include "base/span.h"

#include <stddef.h>
#include <stdint.h>

enum { MAIL_SAMPLE_HEAD = 4096, MAIL_SAMPLE_FAR = 512 };

struct mail_sample {
    uint64_t size; /* of the content so far */
    uint64_t far_at;
    size_t head_size;
    size_t far_size;
    char head[MAIL_SAMPLE_HEAD];
    char far[MAIL_SAMPLE_FAR];
};

void mail_sample_init(struct mail_sample *sample);
void mail_sample_add(struct mail_sample *sample, struct span piece);

/* The bytes at an offset; fewer, or none, where the content ends or was not kept. */
struct span mail_sample_at(const struct mail_sample *sample, uint64_t offset, size_t size);

/* The little-endian number of 1 to 8 bytes at an offset; 0 where it isn't all there. */
uint64_t mail_sample_number(const struct mail_sample *sample, uint64_t offset, size_t size);

/* Where a format's second mark is, by the head: the new header of a program for DOS, the directory of an OLE compound,
 * and for all others the volume descriptor of a CD image. The window lies there. */
uint64_t mail_sample_far_at(const struct mail_sample *sample);

#endif

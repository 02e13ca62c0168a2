/* A body in the transfer encoding base64 (RFC 2045 section 6.8), in each way in which decoders read it.
 *
 * The first member is what most mail programs show: bytes outside of the alphabet are skipped, padding ends a group,
 * and what follows it is read on. Further members come only where other decoders would give other bytes, so that they
 * are in themselves the sign that readers disagree: decoders that stop at the first padding, or at the first foreign
 * byte; that skip padding, or count it as a letter; that take lines of pure base64 alone, or each line by itself; that
 * know the URL-safe letters (RFC 4648 section 5); each run between paddings. An ordinary body is one member, at full
 * speed.
 */
#ifndef CORDON_TEXT_BASE64_H
#define CORDON_TEXT_BASE64_H

#include "unpack/unpack.h"

void base64_read(struct unpack *unpack, struct span body);

/* For readers that find base64 inside of something: `names` as in unpack_member, `body` a part of the content. */
void base64_read_named(struct unpack *unpack, struct span body, struct span names);

#endif

/* SHA-256 (FIPS 180-4) over sealed bytes. The gate alone computes digests; none is ever taken from a box. */
#ifndef CORDON_SYS_DIGEST_H
#define CORDON_SYS_DIGEST_H

#include "base/span.h"

enum { DIGEST_SIZE = 32, DIGEST_TEXT_SIZE = 2 * DIGEST_SIZE + 1 };

struct digest {
    unsigned char bytes[DIGEST_SIZE];
};

void digest_of(struct span bytes, struct digest *digest_out);

/* 64 lower-case hexadecimal digits and a NUL. */
void digest_text(const struct digest *digest, char text_out[DIGEST_TEXT_SIZE]);

#endif

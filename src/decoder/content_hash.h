/* A fast hash of contents under a seed that nobody outside knows, to find equal ones; equality itself is compared. */
#ifndef CORDON_DECODER_CONTENT_HASH_H
#define CORDON_DECODER_CONTENT_HASH_H

#include "base/span.h"

#include <stdint.h>

uint64_t content_hash(struct span bytes, uint64_t seed);

#endif

/* Short-lived pairs, for judging again without an owner's secret: while a store has them, each record's content key is
 * also wrapped to the pair of the moment. A new pair is made every quarter of the duration, and ends a duration and a
 * quarter after it was made: so what is stored can be opened for the whole duration, and at most a quarter longer.
 *
 * Each secret half lies in a file beside the head, HEAD.again.N (keyfile.h), where N is the millisecond since 1970 at
 * which it ends. Then it is overwritten, and its name removed. What a file system or a disk keeps of old bytes all the
 * same is out of reach here.
 *
 * Thread safety: one writer, whoever has the store's lock; any number of readers.
 */
#ifndef CORDON_STORE_AGAIN_H
#define CORDON_STORE_AGAIN_H

#include "base/fault.h"
#include "store/crypt.h"

#include <stddef.h>
#include <stdint.h>

/* The pair of the moment; its secret half is nowhere but in the file. */
struct again {
    unsigned char public_half[CRYPT_PUBLIC_SIZE];
    uint64_t end_ms; /* 0: there is none. Nothing is to be wrapped to it from then on */
};

/* Destroys what has ended, what is of no pair, what ends later than any pair made now would (a longer duration, a clock
 * that was put back), and, with a duration of 0, all there is; makes a new pair where it is time for one. It is to be
 * called again at *next_ms_out. -1 and *fault where something of it failed: then the rest was done, and *again_inout is
 * the newest pair that there is. */
int again_tend(const char *head_path, uint64_t duration_ms, uint64_t now_ms, struct again *again_inout,
               uint64_t *next_ms_out, struct fault *fault);

/* The pairs that have not ended, the newest first, at most `most`. -1 and *fault: EACCES, and whatever
 * keyfile_read_pair leaves; one that is damaged, or goes meanwhile, is passed over. No pair is no fault. */
int again_read(const char *head_path, uint64_t now_ms, struct crypt_pair *pairs_out, size_t most, size_t *count_out,
               struct fault *fault);

#endif

/* Harmless samples that a working scanner must know: the test string alone, the test string in an attachment behind a
 * big text, and a mail without it.
 *
 * The large one is there because some engines go blind where they have no room for temporary files, and still find a
 * small sample.
 */
#ifndef CORDON_SCANNER_CANARY_H
#define CORDON_SCANNER_CANARY_H

#include "scanner/driver.h"

enum canary { CANARY_SMALL, CANARY_LARGE, CANARY_CLEAN, CANARIES };

enum { CANARY_LARGE_BYTES = 4 * 1024 * 1024 };

struct canary_set {
    struct sealed samples[CANARIES]; /* fd -1: the machine had no room; then they are missed */
};

/* The large mail has about `large_bytes`. */
void canaries_init(struct canary_set *canaries, size_t large_bytes);
void canaries_fini(struct canary_set *canaries);

enum canary_result {
    CANARY_PASSED,
    CANARY_MISSED, /* a definite answer, and a wrong one */
    CANARY_FAILED  /* no definite answer */
};

/* Shows all samples, until the first that goes wrong; then text_out says what was wrong. */
enum canary_result canaries_show(const struct canary_set *canaries, struct scanner *scanner, struct deadline deadline,
                                 char text_out[ANSWER_TEXT_SIZE]);

/* The mails themselves, for whoever else needs a sample (the engine's self-test). The buffer's limit must have room. */
void canary_put_large(struct buf *mail, size_t large_bytes, bool with_eicar);

#endif

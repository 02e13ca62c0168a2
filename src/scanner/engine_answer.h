/* Checks and reads what an engine's child answered: hostile, for it may have been taken over by what it scanned. */
#ifndef CORDON_SCANNER_ENGINE_ANSWER_H
#define CORDON_SCANNER_ENGINE_ANSWER_H

#include "base/span.h"
#include "ipc/calls/scan.h"
#include "verdict/verdict.h"

#include <stddef.h>
#include <stdint.h>

/* What the engine says about itself. */
struct engine_about {
    char version[64];
    uint64_t generation;
    uint32_t raw_signatures;
    char named[ANSWER_TEXT_SIZE];   /* found names that it takes for less than infected: the caller sees for himself */
    char ignored[ANSWER_TEXT_SIZE]; /* likewise */
};

/* `answer` is all that the child sent about a job of `count` pieces. Whatever breaks a rule is ANSWER_FAILED (then
 * *about_out is empty). */
void engine_answer_read(struct span answer, size_t count, struct answer *answer_out, struct engine_about *about_out);

#endif

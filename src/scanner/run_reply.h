/* What a foreign program's exit status and output mean, by the operator's four lists. Pure, for it reads foreign bytes.
 */
#ifndef CORDON_SCANNER_RUN_REPLY_H
#define CORDON_SCANNER_RUN_REPLY_H

#include "base/span.h"
#include "conf/settings.h"
#include "ipc/calls/run.h"
#include "verdict/verdict.h"

struct run_meaning;

/* The lists with their patterns compiled. `settings` have been checked and outlive it. Never NULL. Any number of
 * threads may read with it. */
struct run_meaning *run_meaning_new(const struct run_settings *settings);
void run_meaning_free(struct run_meaning *meaning); /* accepts NULL */

enum { RUN_NO_STATUS = -1 };

/* Infected, failed, unscannable, clean, in this order: the first list that has the status or a pattern that matches.
 * What is in none is ANSWER_FAILED, and so is output on which a pattern gave up. */
void run_reply_read(const struct run_meaning *meaning, int status, struct span output, struct answer *answer_out);

/* NULL: it is an answer. Else what is wrong with it, by a fault of ours or of a runner that was taken over. */
const char *run_answer_mistake(const struct run_answer *answer, size_t size);

#endif

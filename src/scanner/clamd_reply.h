/* What a reply of clamd means. Pure, for it reads foreign bytes. */
#ifndef CORDON_SCANNER_CLAMD_REPLY_H
#define CORDON_SCANNER_CLAMD_REPLY_H

#include "base/span.h"
#include "verdict/verdict.h"

#include <stdint.h>

/* `reply` is one reply without its terminator. Whatever is not a definite answer in every letter is ANSWER_FAILED. */
void clamd_reply_read(struct span reply, struct answer *answer_out);

/* What a signature's name of ClamAV stands for: infected, or one of the engine's own names for what it did not look
 * into ("Heuristics.Encrypted.Zip"). Fills kind, reason and text. */
void clamav_name_read(struct span name, struct answer *answer_out);

/* The date at the end of a reply to VERSION, "Mon Nov 23 08:00:00 2026", taken for UTC, in seconds since 1970; 0: it is
 * none. */
int64_t clamd_reply_date(struct span date);

#endif

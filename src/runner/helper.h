/* A helper of CommuniGate Pro's External Filter interface, kept running and asked by any number of threads at once.
 *
 * One thread watches the process: it starts it, agrees on a version (INTF), writes what is asked, hands the answers to
 * whoever waits for them, in whatever order they come, and starts it anew with a growing pause when it has ended. What
 * was with a helper that ended is asked once more of the next one. One that misses a deadline is ended, as the
 * interface's own server does it.
 */
#ifndef CORDON_RUNNER_HELPER_H
#define CORDON_RUNNER_HELPER_H

#include "base/buf.h"
#include "base/fault.h"
#include "conf/settings.h"
#include "sys/clock.h"

#include <stdint.h>

struct helper;

/* `folder` is its TMPDIR, and where it starts unless the scanner has a base_folder; file names are relative to where it
 * starts. Both outlive the helper. Starts the thread. NULL and *fault. */
struct helper *helper_new(const struct scanner_settings *scanner, const char *folder, struct fault *fault);

/* Tells it to end (QUIT), waits a little, kills it, and frees. Nobody may be asking. */
void helper_free(struct helper *helper);

/* Says FILE and the name, and puts the answer without its number. -1 and *fault: ETIMEDOUT, ECANCELED where `caller`
 * hung up, or what is wrong with the helper. */
int helper_ask(struct helper *helper, const char *name, struct deadline deadline, int caller, struct buf *answer_out,
               struct fault *fault);

/* "working, INTF 4, 17 answers" or why it does not. */
void helper_describe(struct helper *helper, struct buf *text_out);

#endif

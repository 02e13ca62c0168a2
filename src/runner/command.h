/* A job for a program that is started for it. */
#ifndef CORDON_RUNNER_COMMAND_H
#define CORDON_RUNNER_COMMAND_H

#include "base/buf.h"
#include "base/span.h"
#include "ipc/calls/run.h"
#include "runner/runner.h"
#include "sys/clock.h"
#include "sys/sealed.h"

/* Fills the answer but for magic and size, and puts the output (whose limit it keeps). `piece` is NULL for the version.
 */
void command_serve(struct runner *runner, const struct runner_row *row, const struct sealed *piece,
                   struct deadline deadline, int caller, struct run_answer *answer, struct buf *output_out);

#endif

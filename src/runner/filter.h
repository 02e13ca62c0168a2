/* A job for a helper that keeps running. */
#ifndef CORDON_RUNNER_FILTER_H
#define CORDON_RUNNER_FILTER_H

#include "base/buf.h"
#include "base/fault.h"
#include "ipc/calls/run.h"
#include "runner/runner.h"
#include "sys/clock.h"
#include "sys/sealed.h"

/* Starts the row's helper, with the folder for its files. -1 and *fault. */
int filter_start(struct runner_row *row, struct fault *fault);

/* As command_serve. `is_mail`: the piece is a message. */
void filter_serve(struct runner *runner, const struct runner_row *row, const struct sealed *piece, bool is_mail,
                  struct deadline deadline, int caller, struct run_answer *answer, struct buf *output_out);

#endif

/* A job for a daemon that opens files itself: the piece lies in the row's shared folder until the caller is done. */
#ifndef CORDON_RUNNER_LEND_H
#define CORDON_RUNNER_LEND_H

#include "ipc/calls/run.h"
#include "ipc/serve.h"
#include "runner/runner.h"
#include "sys/sealed.h"

/* Tells the file's name, waits, and fills the last answer but for magic and size. */
void lend_serve(struct runner *runner, const struct runner_row *row, const struct sealed *piece,
                const struct serve_job *job, struct run_answer *answer);

#endif

/* The jobs of the keeper (ipc/calls/keep.h), each in a thread of its own: checked, done, answered. */
#ifndef CORDON_KEEPER_JOBS_H
#define CORDON_KEEPER_JOBS_H

#include "base/buf.h"
#include "ipc/serve.h"

/* serve_settings.serve; the context is the struct stores. */
void jobs_serve(const struct serve_job *job, void *context, struct buf *answer_out);

#endif

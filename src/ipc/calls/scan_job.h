/* A job as it came, checked, with its packs mapped. The gate is trusted, and checked all the same. */
#ifndef CORDON_IPC_CALLS_SCAN_JOB_H
#define CORDON_IPC_CALLS_SCAN_JOB_H

#include "base/fault.h"
#include "base/span.h"
#include "ipc/calls/scan.h"
#include "sys/sealed.h"

#include <stddef.h>
#include <stdint.h>

enum { JOB_MOST_BYTES = sizeof(struct scan_job) + SCAN_MOST_PIECES * sizeof(struct scan_piece) };

struct job {
    const struct scan_piece *pieces; /* in the job's bytes */
    size_t piece_count;
    struct sealed packs[SCAN_MOST_PACKS];
    size_t pack_count;
};

/* Checks the bytes (aligned to 8) of a job that came with `fd_count` descriptors. -1 and *fault naming the first
 * mistake. */
int job_check(struct span bytes, size_t fd_count, struct job *job_out, struct fault *fault);

/* Takes the descriptors: each must be sealed memory of at most `limit` bytes, and each piece must lie in its pack.
 * Closes them all on failure. */
int job_take_packs(struct job *job, const int *fds_take, size_t limit, struct fault *fault);

/* Both, for a child of an engine. The descriptors are taken in any case; 0: job_fini is due. */
int job_take(struct span bytes, const int *fds_take, size_t fd_count, size_t limit, struct job *job_out,
             struct fault *fault);

void job_fini(struct job *job);

struct span job_piece(const struct job *job, size_t index);

#endif

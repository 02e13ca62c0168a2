#include "scan_job.h"

#include <assert.h>
#include <errno.h>
#include <unistd.h>

int job_check(struct span bytes, size_t fd_count, struct job *job_out, struct fault *fault)
{
    *job_out = (struct job){ .piece_count = 0 };
    for (size_t i = 0; i < SCAN_MOST_PACKS; i++)
        job_out->packs[i] = SEALED_NONE;
    if (bytes.size < sizeof(struct scan_job))
        return fault_set(fault, EPROTO, "a job of %zu bytes", bytes.size);
    assert((uintptr_t)bytes.data % _Alignof(struct scan_job) == 0);
    const struct scan_job *job = (const struct scan_job *)(const void *)bytes.data;
    if (job->magic != SCAN_MAGIC)
        return fault_set(fault, EPROTO, "a job of an unknown kind");
    if (job->piece_count == 0 || job->piece_count > SCAN_MOST_PIECES)
        return fault_set(fault, EPROTO, "a job of %u pieces", job->piece_count);
    if (job->pack_count == 0 || job->pack_count > SCAN_MOST_PACKS || job->pack_count != fd_count)
        return fault_set(fault, EPROTO, "a job of %u packs and %zu descriptors", job->pack_count, fd_count);
    if (bytes.size != sizeof *job + job->piece_count * sizeof job->pieces[0])
        return fault_set(fault, EPROTO, "a job of %u pieces in %zu bytes", job->piece_count, bytes.size);
    for (uint32_t i = 0; i < job->piece_count; i++) {
        if (job->pieces[i].pack >= job->pack_count || job->pieces[i].size == 0)
            return fault_set(fault, EPROTO, "piece %u is nowhere", i);
    }
    job_out->pieces = job->pieces;
    job_out->piece_count = job->piece_count;
    job_out->pack_count = job->pack_count;
    return 0;
}

static int job_check_pieces(const struct job *job, struct fault *fault)
{
    for (size_t i = 0; i < job->piece_count; i++) {
        const struct scan_piece *piece = &job->pieces[i];
        size_t pack_size = job->packs[piece->pack].size;
        if (piece->size > pack_size || piece->offset > pack_size - piece->size)
            return fault_set(fault, EPROTO, "piece %zu is not in its pack", i);
    }
    return 0;
}

int job_take_packs(struct job *job, const int *fds_take, size_t limit, struct fault *fault)
{
    int status = 0;
    for (size_t i = 0; i < job->pack_count; i++) {
        if (status == 0)
            status = sealed_take(fds_take[i], limit, &job->packs[i], fault);
        if (status != 0)
            (void)close(fds_take[i]);
    }
    if (status == 0)
        status = job_check_pieces(job, fault);
    if (status != 0)
        job_fini(job);
    return status;
}

int job_take(struct span bytes, const int *fds_take, size_t fd_count, size_t limit, struct job *job_out,
             struct fault *fault)
{
    if (job_check(bytes, fd_count, job_out, fault) == 0)
        return job_take_packs(job_out, fds_take, limit, fault);
    for (size_t i = 0; i < fd_count; i++)
        (void)close(fds_take[i]);
    return -1;
}

void job_fini(struct job *job)
{
    for (size_t i = 0; i < SCAN_MOST_PACKS; i++)
        sealed_close(&job->packs[i]);
}

struct span job_piece(const struct job *job, size_t index)
{
    const struct scan_piece *piece = &job->pieces[index];
    return span_of(job->packs[piece->pack].data + piece->offset, (size_t)piece->size);
}

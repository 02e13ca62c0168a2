#include "scan_job.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    size_t fd_count = data[0] % 12;
    size--;
    void *bytes = malloc(size > 0 ? size : 1); /* aligned, and of just this size */
    if (bytes == NULL)
        abort();
    memcpy(bytes, data + 1, size);
    struct job job;
    struct fault fault;
    if (job_check(span_of(bytes, size), fd_count, &job, &fault) == 0) {
        assert(job.piece_count > 0 && job.piece_count <= SCAN_MOST_PIECES);
        assert(job.pack_count > 0 && job.pack_count <= SCAN_MOST_PACKS && job.pack_count == fd_count);
        for (size_t i = 0; i < job.piece_count; i++)
            assert(job.pieces[i].pack < job.pack_count && job.pieces[i].size > 0);
    }
    free(bytes);
    return 0;
}

/* A child speaks by write(2) alone: its box need not let it send descriptors. */
#include "pool.h"

#include "pool_wire.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* The parent takes each word before it gives another job, so there is always room. 0, or -1 and *fault. */
static int word_write(int socket, enum pool_word word, const void *data, size_t size, struct fault *fault)
{
    struct pool_word_head head = { .magic = POOL_MAGIC, .word = word };
    struct iovec vector[2] = { { .iov_base = &head, .iov_len = sizeof head },
                               { .iov_base = (void *)data, .iov_len = size } };
    for (;;) {
        if (writev(socket, vector, size > 0 ? 2 : 1) >= 0)
            return 0;
        if (errno != EINTR)
            return fault_set_errno(fault, errno, "cannot write to the pool's parent");
    }
}

int pool_job_receive(int socket, void *data_out, size_t capacity, struct pool_job *job_out, struct fault *fault)
{
    *job_out = (struct pool_job){ 0 };
    struct fault writing = { 0 };
    if (word_write(socket, POOL_WORD_IDLE, NULL, 0, &writing) != 0) {
        if (writing.code == EPIPE || writing.code == ECONNRESET)
            return 0;
        return fault_set(fault, writing.code, "%s", writing.text);
    }
    struct packet packet;
    int got = packet_receive(socket, data_out, capacity, POOL_JOB_MOST_FDS, &packet, deadline_never(), fault);
    if (got <= 0)
        return got;
    job_out->size = packet.size;
    job_out->fd_count = packet.fd_count;
    memcpy(job_out->fds, packet.fds, packet.fd_count * sizeof packet.fds[0]);
    return 1;
}

int pool_job_answer(int socket, const void *answer, size_t size, struct fault *fault)
{
    assert(size <= POOL_ANSWER_MOST_BYTES);
    return word_write(socket, POOL_WORD_ANSWER, answer, size, fault);
}

#include "pool_parent.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { JOBS_AT_ONCE = 32 }; /* of one peer, before others get their turn */

static const struct deadline at_once = { 0 };

static void work_close_fds(struct pool_work *work)
{
    for (size_t i = 0; i < work->fd_count; i++)
        (void)close(work->fds[i]);
    work->fd_count = 0;
}

void pool_work_end(struct pool_work *work_take, enum pool_outcome outcome, int detail, const void *answer, size_t size)
{
    struct {
        struct pool_reply_head head;
        char answer[POOL_ANSWER_MOST_BYTES];
    } reply;
    assert(size <= sizeof reply.answer);
    reply.head = (struct pool_reply_head){ .magic = POOL_MAGIC,
                                           .outcome = outcome,
                                           .detail = detail,
                                           .waited_ms = work_take->waited_ms,
                                           .size = (uint32_t)size };
    if (size > 0)
        memcpy(reply.answer, answer, size);
    /* A caller that is gone does not want it. */
    (void)packet_send(work_take->reply, &reply, sizeof reply.head + size, NULL, 0, at_once, NULL);
    (void)close(work_take->reply);
    work_close_fds(work_take);
    free(work_take);
}

/* Callers are gates, which we trust to speak our language; a packet that is none is dropped all the same. */
static struct pool_work *work_new(const char *data, struct packet *packet)
{
    struct pool_job_head head;
    bool is_job = packet->size > sizeof head && packet->fd_count >= 1;
    if (is_job)
        memcpy(&head, data, sizeof head);
    if (!is_job || head.magic != POOL_MAGIC) {
        packet_close_fds(packet);
        return NULL;
    }
    size_t size = packet->size - sizeof head;
    struct pool_work *work = memory_new(sizeof *work + size);
    work->reply = packet->fds[0];
    work->deadline.at_ms = head.deadline_ms;
    work->came_ms = clock_now_ms();
    work->fd_count = packet->fd_count - 1;
    memcpy(work->fds, packet->fds + 1, work->fd_count * sizeof packet->fds[0]);
    work->size = size;
    memcpy(work->data, data + sizeof head, size);
    return work;
}

static void work_append(struct pool *pool, struct pool_work *work)
{
    *pool->last_next = work;
    pool->last_next = &work->next;
    pool->queued++;
}

static struct pool_work *work_unlink(struct pool *pool, struct pool_work **link)
{
    struct pool_work *work = *link;
    *link = work->next;
    if (pool->last_next == &work->next)
        pool->last_next = link;
    work->next = NULL;
    pool->queued--;
    work->waited_ms = (uint32_t)(clock_now_ms() - work->came_ms);
    return work;
}

bool pool_jobs_take(struct pool *pool, int peer)
{
    for (unsigned i = 0; i < JOBS_AT_ONCE; i++) {
        struct packet packet;
        struct fault fault = { 0 };
        int got = packet_receive(peer, pool->buffer, sizeof pool->buffer, POOL_JOB_MOST_FDS + 1, &packet, at_once,
                                 &fault);
        if (got == 0)
            return false;
        if (got < 0)
            return true; /* no more for now; or a packet too large, whose caller sees its reply socket close */
        struct pool_work *work = work_new(pool->buffer, &packet);
        if (work == NULL)
            continue;
        pool->jobs++;
        work_append(pool, work);
    }
    return true;
}

static struct pool_child *idle_child(struct pool *pool)
{
    for (unsigned i = 0; i < pool->settings->most && pool->counts[POOL_CHILD_IDLE] > 0; i++) {
        if (pool->children[i].state == POOL_CHILD_IDLE)
            return &pool->children[i];
    }
    return NULL;
}

void pool_jobs_assign(struct pool *pool)
{
    for (struct pool_child *child = idle_child(pool); child != NULL && pool->first != NULL; child = idle_child(pool)) {
        struct pool_work *work = pool->first;
        work->waited_ms = (uint32_t)(clock_now_ms() - work->came_ms);
        if (!pool_child_give(pool, child, work))
            continue;
        (void)work_unlink(pool, &pool->first);
        work_close_fds(work); /* the child has its own now */
    }
    /* The newest are beyond the limit. */
    struct pool_work **link = &pool->first;
    for (unsigned i = 0; i < pool->queue_limit && *link != NULL; i++)
        link = &(*link)->next;
    while (*link != NULL)
        pool_work_end(work_unlink(pool, link), POOL_NOT_STARTED, 0, NULL, 0);
}

void pool_jobs_expire(struct pool *pool)
{
    struct pool_work **link = &pool->first;
    while (*link != NULL) {
        if (deadline_passed((*link)->deadline))
            pool_work_end(work_unlink(pool, link), POOL_NOT_STARTED, 0, NULL, 0);
        else
            link = &(*link)->next;
    }
}

void pool_jobs_drop(struct pool *pool, struct pool_work **link)
{
    pool_work_end(work_unlink(pool, link), POOL_NOT_STARTED, 0, NULL, 0);
}

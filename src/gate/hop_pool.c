#include "gate/hop_pool.h"

#include "base/memory.h"
#include "sys/thread.h"

#include <assert.h>
#include <stdlib.h>

struct hop_pool {
    struct hop_target target;
    struct lock lock; /* over everything below */
    struct hop_link *newest;
    unsigned idle_count;
    bool has_abilities;
    struct hop_abilities abilities;
};

struct hop_pool *hop_pool_new(const struct hop_settings *settings, const char *hostname, struct tls_context *tls)
{
    struct hop_pool *pool = memory_new(sizeof *pool);
    pool->target = (struct hop_target){ .settings = settings, .hostname = hostname, .tls = tls };
    struct fault fault;
    int parsed = net_address_parse(settings->address, &pool->target.address, &fault);
    assert(parsed == 0); /* the configuration was checked */
    lock_init(&pool->lock);
    return pool;
}

static void close_all(struct hop_link *link)
{
    while (link != NULL) {
        struct hop_link *next = link->next;
        hop_link_close(link);
        link = next;
    }
}

void hop_pool_free(struct hop_pool *pool)
{
    if (pool == NULL)
        return;
    close_all(pool->newest);
    lock_fini(&pool->lock);
    free(pool);
}

const char *hop_pool_text(const struct hop_pool *pool)
{
    return pool->target.settings->address;
}

struct hop_link *hop_pool_take(struct hop_pool *pool)
{
    lock_take(&pool->lock);
    struct hop_link *link = pool->newest;
    if (link != NULL) {
        pool->newest = link->next;
        pool->idle_count--;
    }
    lock_drop(&pool->lock);
    if (link != NULL) {
        link->next = NULL;
        link->is_untried = true;
    }
    return link;
}

enum hop_step hop_pool_dial(struct hop_pool *pool, struct deadline deadline, struct hop_link **link_out,
                            struct fault *fault)
{
    enum hop_step step = hop_link_open(&pool->target, deadline, link_out, fault);
    if (step != HOP_DONE)
        return step;
    lock_take(&pool->lock);
    pool->abilities = (*link_out)->abilities;
    pool->has_abilities = true;
    lock_drop(&pool->lock);
    return HOP_DONE;
}

void hop_pool_give(struct hop_pool *pool, struct hop_link *link_take)
{
    struct hop_link *link = link_take;
    const struct hop_settings *settings = pool->target.settings;
    if (link->is_tainted || stream_fault(link->stream)->code != 0) {
        hop_link_close(link);
        return;
    }
    hop_link_reset(link);
    link->idle_until = deadline_in(settings->idle_timeout_ms);
    lock_take(&pool->lock);
    bool is_kept = pool->idle_count < settings->idle_connections;
    if (is_kept) {
        link->next = pool->newest;
        pool->newest = link;
        pool->idle_count++;
    }
    lock_drop(&pool->lock);
    if (!is_kept)
        hop_link_close(link);
}

int hop_pool_abilities(struct hop_pool *pool, struct deadline deadline, struct hop_abilities *abilities_out,
                       struct fault *fault)
{
    lock_take(&pool->lock);
    bool is_known = pool->has_abilities;
    *abilities_out = pool->abilities;
    lock_drop(&pool->lock);
    if (is_known)
        return 0;
    struct hop_link *link = NULL;
    if (hop_pool_dial(pool, deadline, &link, fault) != HOP_DONE)
        return fault_wrap(fault, "next hop %s", hop_pool_text(pool));
    *abilities_out = link->abilities;
    hop_pool_give(pool, link);
    return 0;
}

void hop_pool_tend(struct hop_pool *pool)
{
    struct hop_link *finished = NULL;
    lock_take(&pool->lock);
    for (struct hop_link **at = &pool->newest; *at != NULL;) {
        struct hop_link *link = *at;
        if (!deadline_passed(link->idle_until) && !hop_link_is_stale(link)) {
            at = &link->next;
            continue;
        }
        *at = link->next;
        pool->idle_count--;
        link->next = finished;
        finished = link;
    }
    lock_drop(&pool->lock);
    close_all(finished);
}

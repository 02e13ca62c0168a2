#include "gate/keep.h"

#include "gate/counters.h"
#include "gate/peers.h"
#include "ipc/pool.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum {
    KEEP_PEER_WAIT_MS = 5000, /* while the supervisor restarts the keeper */
    KEEP_META_MOST = 524288,  /* what a store takes */
    KEEP_FDS = 2
};

static_assert((int)KEEP_NAME_SIZE >= (int)SETTINGS_NAME_SIZE, "a store's name fits");
static_assert(KEEP_META_MOST + KEEP_MOST_PARTS * sizeof(struct keep_part) + sizeof(struct keep_papers) <=
                  KEEP_PAPERS_MOST,
              "the papers fit");

/* --- Which store --- */

/* ".example.org" stands for all that end in it. */
static bool domain_fits(const char *domain, const char *pattern)
{
    size_t size = strlen(domain);
    size_t least = strlen(pattern);
    if (pattern[0] != '.')
        return strcasecmp(domain, pattern) == 0;
    return size > least && strcasecmp(domain + size - least, pattern) == 0;
}

static bool store_takes_recipient(const struct store_conf *store, const char *address)
{
    const char *at = strrchr(address, '@');
    for (size_t i = 0; i < store->domains.count && at != NULL; i++) {
        if (domain_fits(at + 1, store->domains.items[i]))
            return true;
    }
    return store->domains.count == 0;
}

const struct store_conf *keep_find_store(const struct settings *settings, enum category category, const char *address)
{
    for (size_t i = 0; i < settings->store_count; i++) {
        const struct store_conf *store = &settings->stores[i];
        bool takes_category = store->categories == 0 || (store->categories & 1U << category) != 0;
        if (takes_category && store_takes_recipient(store, address))
            return store;
    }
    return NULL;
}

/* --- The papers --- */

/* The decoder says which part's body a range is, or that it belongs to the frame; that the ranges are ascending and
 * within the message has been checked. Neighbours of one body are one range. */
static size_t keep_put_parts(const struct transaction *t, struct buf *parts_out)
{
    size_t count = 0;
    for (uint32_t i = 0; i < t->report.cover_count && count < KEEP_MOST_PARTS;) {
        const struct decode_cover *first = &t->report.covers[i];
        struct keep_part part = { .offset = first->offset };
        for (; i < t->report.cover_count && t->report.covers[i].owner == first->owner; i++)
            part.size += t->report.covers[i].size;
        if (first->owner == DECODE_FRAME || part.size < KEEP_PART_LEAST || part.offset < t->standin_bytes)
            continue;
        part.offset -= t->standin_bytes;
        buf_put(parts_out, &part, sizeof part);
        count++;
    }
    return count;
}

static int keep_make_papers(const struct transaction *t, const struct store_conf *store, struct sealed *papers_out,
                            struct fault *fault)
{
    struct buf meta;
    struct buf parts;
    struct buf papers;
    buf_init(&meta, KEEP_META_MOST);
    buf_init(&parts, KEEP_MOST_PARTS * sizeof(struct keep_part));
    buf_init(&papers, KEEP_PAPERS_MOST);
    int failed = keep_put_meta(t, store, &meta) ? 0 : fault_set(fault, EMSGSIZE, "its metadata are too long");
    struct keep_papers head = { .meta_size = (uint32_t)meta.size, .part_count = (uint32_t)keep_put_parts(t, &parts) };
    buf_put(&papers, &head, sizeof head);
    buf_put_span(&papers, buf_span(&meta));
    buf_put_span(&papers, buf_span(&parts));
    if (failed == 0)
        failed = sealed_copy(buf_span(&papers), "cordon-papers", papers_out, fault);
    buf_fini(&meta);
    buf_fini(&parts);
    buf_fini(&papers);
    return failed;
}

/* --- The call --- */

/* What the keeper said, or that it said nothing. */
static int keep_read_answer(const struct pool_result *result, const struct keep_answer *answer, uint64_t *sequence_out,
                            struct fault *fault)
{
    if (result->outcome != POOL_ANSWERED)
        return fault_set(fault, EIO, "the keeper %s", pool_outcome_text(result->outcome));
    if (result->size != sizeof *answer || answer->magic != KEEP_MAGIC)
        return fault_set(fault, EPROTO, "the keeper's answer is none");
    if (answer->outcome != KEEP_DONE)
        return fault_set(fault, answer->code, "%.*s", (int)sizeof answer->text - 1, answer->text);
    *sequence_out = answer->sequence;
    return 0;
}

static int keep_ask(const struct transaction *t, const struct keep_job *job, const struct sealed *papers,
                    uint64_t *sequence_out, struct fault *fault)
{
    struct gate_peers *peers = t->gate->peers;
    int pool = peers_socket(peers, ROLE_KEEPER, deadline_earlier(t->deadline, deadline_in(KEEP_PEER_WAIT_MS)));
    if (pool < 0)
        return fault_set(fault, ECONNREFUSED, "no keeper is running");
    int fds[KEEP_FDS] = { sealed_lend(&t->message, fault), papers->fd };
    struct keep_answer answer = { 0 };
    struct pool_result result = { 0 };
    struct pool_request request = {
        .job = job, .size = sizeof *job, .fds = fds, .fd_count = KEEP_FDS, .deadline = t->deadline
    };
    int failed = fds[0] < 0 ? -1 : pool_call(pool, &request, &answer, sizeof answer, &result, fault);
    if (fds[0] >= 0)
        (void)close(fds[0]);
    if (failed == 0 && result.outcome == POOL_GONE)
        peers_forget(peers, ROLE_KEEPER, pool);
    (void)close(pool);
    return failed == 0 ? keep_read_answer(&result, &answer, sequence_out, fault) : -1;
}

static int keep_in_store(struct transaction *t, const struct store_conf *store, uint64_t *sequence_out,
                         struct fault *fault)
{
    struct keep_job job = { .magic = KEEP_MAGIC,
                            .kind = KEEP_PUT,
                            .category = verdict_gravest(&t->verdict),
                            .offset = (uint32_t)t->standin_bytes };
    struct sealed papers = SEALED_NONE;
    (void)snprintf(job.store, sizeof job.store, "%s", store->name);
    if (t->message.data == NULL)
        return fault_set(fault, ENOMEM, "the message could not be sealed");
    if (keep_make_papers(t, store, &papers, fault) != 0)
        return -1;
    int failed = keep_ask(t, &job, &papers, sequence_out, fault);
    sealed_close(&papers);
    return failed;
}

/* A 250 promises that the message is somewhere; a 5xx promises nothing. */
static void keep_failed(struct recipient *recipient, const struct fault *fault)
{
    struct fate *fate = &recipient->fate;
    (void)snprintf(fate->finding, sizeof fate->finding, "not kept in the store %s: %.180s", recipient->store->name,
                   fault->text);
    fate->wants_keeping = false;
    if (fate->action == FATE_REJECT)
        return;
    fate->action = FATE_TEMPFAIL;
    fate->is_tagged = false;
    (void)snprintf(fate->reply, sizeof fate->reply, "451 4.3.0 the message could not be kept, try again later");
    (void)snprintf(recipient->reply, sizeof recipient->reply, "%s", fate->reply);
}

static bool store_is_wanted(const struct transaction *t, const struct store_conf *store)
{
    for (size_t i = 0; i < t->recipient_count; i++) {
        if (t->recipients[i].store == store && t->recipients[i].fate.wants_keeping)
            return true;
    }
    return false;
}

static bool keep_try(struct transaction *t, size_t index)
{
    const struct store_conf *store = &t->gate->settings->stores[index];
    struct fault fault = { 0 };
    bool is_kept = keep_in_store(t, store, &t->kept[index], &fault) == 0;
    counters_kept(t->gate->counters, index, is_kept);
    for (size_t i = 0; i < t->recipient_count && !is_kept; i++) {
        if (t->recipients[i].store == store && t->recipients[i].fate.wants_keeping)
            keep_failed(&t->recipients[i], &fault);
    }
    return is_kept;
}

/* One reply for all, and it tells to try again: what is kept now would be kept once more then. */
static bool all_come_again(const struct transaction *t)
{
    bool is_one_reply = t->listener != NULL && t->listener->protocol == PROTOCOL_SMTP;
    for (size_t i = 0; i < t->recipient_count && is_one_reply; i++) {
        if (t->recipients[i].fate.action == FATE_TEMPFAIL)
            return true;
    }
    return false;
}

/* The stores that failed the last time come first, so that while one does nothing is put into the others for a message
 * that comes again. */
bool keep_message(struct transaction *t)
{
    const struct settings *settings = t->gate->settings;
    size_t order[SETTINGS_MOST_STORES];
    size_t count = 0;
    size_t failing = 0; /* the first so many of them */
    bool is_all_kept = true;
    for (size_t i = 0; i < settings->store_count; i++) {
        if (!store_is_wanted(t, &settings->stores[i]))
            continue;
        order[count] = i;
        if (counters_keep_fails(t->gate->counters, i)) {
            order[count] = order[failing];
            order[failing++] = i;
        }
        count++;
    }
    for (size_t i = 0; i < count && (is_all_kept || !all_come_again(t)); i++)
        is_all_kept = keep_try(t, order[i]) && is_all_kept;
    return is_all_kept;
}

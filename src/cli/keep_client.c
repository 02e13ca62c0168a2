#include "cli/keep_client.h"

#include "base/memory.h"
#include "cli/who.h"
#include "ipc/calls/keep.h"
#include "ipc/pool.h"
#include "store/meta.h"
#include "sys/sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { KEEP_CALL_MS = 120000, KEEP_AGAIN_MS = 60000, KEEP_AGAIN_US = 20000, KEEP_POLL_US = 200000 };

struct keep_client {
    int socket;          /* -1: we write ourselves */
    struct store *store; /* NULL: the keeper does */
    const char *name;
};

/* 1: no daemon runs. */
static int keeper_connect(const char *run_directory, int *socket_out, struct fault *fault)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int size = snprintf(address.sun_path, sizeof address.sun_path, "%s/keeper.sock", run_directory);
    if (size < 0 || (size_t)size >= sizeof address.sun_path)
        return fault_set(fault, ENAMETOOLONG, "%s/keeper.sock is too long for a socket", run_directory);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fault_set_errno(fault, errno, "no socket");
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) {
        (void)fcntl(fd, F_SETFL, O_NONBLOCK);
        *socket_out = fd;
        return 0;
    }
    int code = errno;
    (void)close(fd);
    if (code == ENOENT || code == ECONNREFUSED)
        return 1;
    return fault_set_errno(fault, code, "the keeper can't be reached by %s", address.sun_path);
}

static struct store *writer_open(const struct store_use *use, struct fault *fault)
{
    struct segments_found found = { 0 };
    store_use_as_owner(use);
    struct store *store = store_open(&use->store, NULL, NULL, &found, fault);
    store_use_as_self();
    if (store == NULL && found.text[0] != '\0')
        (void)fault_set(fault, fault->code, "%s; cordon store verify says more", found.text);
    return store;
}

struct keep_client *keep_open(const struct store_use *use, struct fault *fault)
{
    struct keep_client client = { .socket = -1, .name = use->conf->name };
    int connected = keeper_connect(use->settings->run_directory, &client.socket, fault);
    if (connected > 0)
        client.store = writer_open(use, fault);
    if (connected < 0 || (connected > 0 && client.store == NULL)) {
        (void)fault_wrap(fault, "the store %s can't be changed", use->conf->name);
        return NULL;
    }
    struct keep_client *made = memory_new(sizeof *made);
    *made = client;
    return made;
}

void keep_close(struct keep_client *client)
{
    if (client == NULL)
        return;
    if (client->socket >= 0)
        (void)close(client->socket);
    if (client->store != NULL)
        store_close(client->store);
    free(client);
}

bool keep_is_remote(const struct keep_client *client)
{
    return client->store == NULL;
}

static int answer_read(const struct keep_answer *answer, const struct pool_result *result, struct fault *fault)
{
    if (result->outcome != POOL_ANSWERED)
        return fault_set(fault, EPIPE, "the keeper %s: whether it was done is not known",
                         pool_outcome_text(result->outcome));
    if (result->size != sizeof *answer || answer->magic != KEEP_MAGIC || answer->outcome < KEEP_DONE ||
        answer->outcome > KEEP_FAILED || memchr(answer->text, '\0', sizeof answer->text) == NULL)
        return fault_set(fault, EPROTO, "the keeper's answer makes no sense");
    if (answer->outcome == KEEP_DONE)
        return 0;
    return fault_set(fault, answer->code != 0 ? answer->code : EIO, "%s", answer->text);
}

static int keeper_call(struct keep_client *client, struct keep_job *job, const int *fds, size_t fd_count,
                       struct keep_answer *answer_out, struct fault *fault)
{
    struct pool_result result;
    job->magic = KEEP_MAGIC;
    if (!span_copy(span_text(client->name), job->store, sizeof job->store))
        return fault_set(fault, ENAMETOOLONG, "the store's name is too long");
    struct pool_request request = {
        .job = job, .size = sizeof *job, .fds = fds, .fd_count = fd_count, .deadline = deadline_in(KEEP_CALL_MS)
    };
    *answer_out = (struct keep_answer){ 0 };
    if (pool_call(client->socket, &request, answer_out, sizeof *answer_out, &result, fault) != 0)
        return -1;
    return answer_read(answer_out, &result, fault);
}

/* The papers: their head, the metadata, and what comes behind it. */
static int papers_seal(struct span meta, uint32_t count, struct span behind, struct sealed *papers_out,
                       struct fault *fault)
{
    if (meta.size > KEEP_PAPERS_MOST - sizeof(struct keep_papers) - behind.size)
        return fault_set(fault, E2BIG, "that is too much for one change");
    struct keep_papers head = { .meta_size = (uint32_t)meta.size, .part_count = count };
    if (sealed_open(papers_out, "cordon-papers", fault) != 0)
        return -1;
    if (sealed_append(papers_out, &head, sizeof head, fault) == 0 &&
        sealed_append(papers_out, meta.data, meta.size, fault) == 0 &&
        (behind.size == 0 || sealed_append(papers_out, behind.data, behind.size, fault) == 0) &&
        sealed_finish(papers_out, fault) == 0)
        return 0;
    sealed_close(papers_out);
    return -1;
}

static int keeper_call_papers(struct keep_client *client, struct keep_job *job, struct span meta, uint32_t count,
                              struct span behind, struct fault *fault)
{
    struct sealed papers;
    struct keep_answer answer;
    if (papers_seal(meta, count, behind, &papers, fault) != 0)
        return -1;
    int failed = keeper_call(client, job, &papers.fd, 1, &answer, fault);
    sealed_close(&papers);
    return failed;
}

static int keeper_change(struct keep_client *client, const struct keep_wish *wish, const char *who, struct fault *fault)
{
    struct buf meta;
    struct keep_job job = { .kind = KEEP_CHANGE, .change = wish->kind };
    buf_init(&meta, KEEP_PAPERS_MOST);
    meta_put_text(&meta, META_WHAT, wish->what);
    meta_put_text(&meta, META_WHO, who);
    meta_put_text(&meta, META_WHY, wish->why);
    meta_put_text(&meta, META_HOW, wish->how);
    for (size_t i = 0; i < wish->count; i++)
        meta_put_number(&meta, META_ABOUT, wish->about[i]);
    int failed = keeper_call_papers(client, &job, buf_span(&meta), 0, span_of(NULL, 0), fault);
    buf_fini(&meta);
    return failed;
}

static int change_try(struct keep_client *client, const struct keep_wish *wish, const char *who, struct fault *fault)
{
    if (client->store == NULL)
        return keeper_change(client, wish, who, fault);
    struct store_change change = { .kind = wish->kind,
                                   .what = wish->what,
                                   .who = who,
                                   .why = wish->why,
                                   .how = wish->how,
                                   .about = wish->about,
                                   .count = wish->count };
    return store_change(client->store, &change, deadline_in(KEEP_CALL_MS), fault);
}

/* A store that was just opened holds its index against the records first, and until then says EAGAIN. */
int keep_change(struct keep_client *client, const struct keep_wish *wish, struct fault *fault)
{
    struct buf who;
    struct deadline patience = deadline_in(KEEP_AGAIN_MS);
    buf_init(&who, WHO_TEXT_LIMIT);
    who_put(&who);
    int failed = change_try(client, wish, buf_text(&who), fault);
    while (failed != 0 && fault->code == EAGAIN && !deadline_passed(patience)) {
        (void)usleep(KEEP_AGAIN_US);
        failed = change_try(client, wish, buf_text(&who), fault);
    }
    buf_fini(&who);
    return failed;
}

static int slots_try(struct keep_client *client, const uint64_t *about, size_t count, struct span slots,
                     struct fault *fault)
{
    size_t slot_count = slots.size / CRYPT_SLOT_SIZE;
    if (client->store != NULL)
        return store_add_slots(client->store, about, count, (const unsigned char *)slots.data, slot_count / count,
                               deadline_in(KEEP_CALL_MS), fault);
    struct buf meta;
    struct keep_job job = { .kind = KEEP_SLOTS };
    buf_init(&meta, KEEP_PAPERS_MOST);
    for (size_t i = 0; i < count; i++)
        meta_put_number(&meta, META_ABOUT, about[i]);
    int failed = keeper_call_papers(client, &job, buf_span(&meta), (uint32_t)slot_count, slots, fault);
    buf_fini(&meta);
    return failed;
}

int keep_add_slots(struct keep_client *client, const uint64_t *about, size_t count, struct span slots,
                   struct fault *fault)
{
    struct deadline patience = deadline_in(KEEP_AGAIN_MS);
    int failed = slots_try(client, about, count, slots, fault);
    while (failed != 0 && fault->code == EAGAIN && !deadline_passed(patience)) {
        (void)usleep(KEEP_AGAIN_US);
        failed = slots_try(client, about, count, slots, fault);
    }
    return failed;
}

static int keeper_put(struct keep_client *client, struct span message, struct span meta, enum category category,
                      uint64_t *sequence_out, struct fault *fault)
{
    struct sealed sealed;
    struct sealed papers;
    struct keep_answer answer = { 0 };
    struct keep_job job = { .kind = KEEP_PUT, .category = category };
    if (sealed_copy(message, "cordon-import", &sealed, fault) != 0)
        return -1;
    int failed = papers_seal(meta, 0, span_of(NULL, 0), &papers, fault);
    if (failed == 0) {
        failed = keeper_call(client, &job, (const int[]){ sealed.fd, papers.fd }, 2, &answer, fault);
        *sequence_out = answer.sequence;
        sealed_close(&papers);
    }
    sealed_close(&sealed);
    return failed;
}

int keep_put(struct keep_client *client, struct span message, struct span meta, enum category category,
             uint64_t *sequence_out, struct fault *fault)
{
    if (client->store == NULL)
        return keeper_put(client, message, meta, category, sequence_out, fault);
    struct store_message put = { .bytes = message, .meta = meta, .category = category };
    return store_put(client->store, &put, deadline_in(KEEP_CALL_MS), sequence_out, fault);
}

int keep_reindex(struct keep_client *client, void (*progress)(uint64_t done, uint64_t all), struct fault *fault)
{
    struct keep_answer answer;
    struct keep_job job = { .kind = KEEP_REINDEX };
    struct store_status status;
    if (client->store == NULL)
        return keeper_call(client, &job, NULL, 0, &answer, fault);
    store_reindex(client->store);
    do {
        (void)usleep(KEEP_POLL_US);
        store_read_status(client->store, &status);
        if (progress != NULL)
            progress(status.indexed_sequence, status.last_sequence);
    } while (status.is_indexing && status.failure[0] == '\0');
    return status.failure[0] == '\0' ? 0 : fault_set(fault, EIO, "%s", status.failure);
}

int keep_note(const struct store_use *use, const char *what, const char *why, const char *how, const uint64_t *about,
              size_t count, struct fault *fault)
{
    struct keep_client *client = keep_open(use, fault);
    if (client == NULL)
        return -1;
    struct keep_wish wish = {
        .kind = STORE_NOTE, .what = what, .why = why, .how = how, .about = about, .count = count
    };
    int failed = keep_change(client, &wish, fault);
    keep_close(client);
    return failed;
}

#include "stores.h"

#include "base/memory.h"
#include "ipc/calls/keep.h"
#include "keeper/tell.h"
#include "sys/log.h"
#include "sys/sealed.h"
#include "sys/thread.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static_assert((int)KEEP_MOST_OWNERS == (int)STORE_MOST_OWNERS, "every owner that a store can have");

enum {
    STORES_STACK_BYTES = 524288,
    STORES_HANDOVER_MS = 30000, /* as long as the keeper before us may take to let a store go, once we are asked */
    STORES_HANDOVER_STEP_MS = 100
};

/* KEPT_LOCKED: another process writes there. Mostly it is the keeper before us, which ends when we are ready. */
enum kept_state { KEPT_WITHOUT_KEYS, KEPT_OPENING, KEPT_LOCKED, KEPT_OPEN, KEPT_FAILED };

/* One store. Everything but what is set before the thread starts is under the lock. */
struct kept {
    struct stores *stores;
    const struct store_conf *conf;
    struct store_settings settings;
    enum kept_state state;
    struct store *store; /* while it is open */
    unsigned users;
    char failure[FAULT_TEXT_SIZE]; /* the last, until it is open */
};

struct stores {
    struct lock lock;
    struct signal_point changed; /* of anything below */
    bool is_ending;
    unsigned threads;
    size_t count;
    struct kept rows[SETTINGS_MOST_STORES];
};

/* --- One store's life --- */

static void kept_set(struct kept *kept, enum kept_state state, struct store *store, const char *failure)
{
    struct stores *stores = kept->stores;
    lock_assert_held(&stores->lock);
    kept->state = state;
    kept->store = store;
    if (failure != kept->failure)
        (void)snprintf(kept->failure, sizeof kept->failure, "%s", failure);
    signal_point_wake_all(&stores->changed);
}

/* The lock is free while it is logged. */
static void kept_fail(struct kept *kept, const char *failure)
{
    bool is_new = strcmp(kept->failure, failure) != 0;
    kept_set(kept, KEPT_FAILED, NULL, failure);
    lock_drop(&kept->stores->lock);
    if (is_new)
        tell_failure(kept->conf->name, failure);
    lock_take(&kept->stores->lock);
}

/* False where we are ending. */
static bool kept_wait(struct kept *kept, int64_t wait_ms)
{
    struct stores *stores = kept->stores;
    struct deadline deadline = deadline_in(wait_ms);
    lock_assert_held(&stores->lock);
    while (!stores->is_ending && signal_point_wait(&stores->changed, &stores->lock, deadline))
        continue;
    return !stores->is_ending;
}

/* With the lock held, which is free meanwhile. True when it is open; false where we are ending. */
static bool kept_open(struct kept *kept)
{
    struct stores *stores = kept->stores;
    lock_assert_held(&stores->lock);
    while (!stores->is_ending) {
        struct segments_found found = { 0 };
        struct fault fault = { 0 };
        lock_drop(&stores->lock);
        struct store *store = store_open(&kept->settings, tell_of_store, (void *)kept->conf->name, &found, &fault);
        if (store != NULL)
            tell_opened(kept->conf->name, &found);
        lock_take(&stores->lock);
        if (store != NULL) {
            kept_set(kept, KEPT_OPEN, store, "");
            return true;
        }
        bool is_locked = fault.code == EWOULDBLOCK;
        if (is_locked && kept->state != KEPT_LOCKED)
            kept_set(kept, KEPT_LOCKED, NULL, fault.text);
        else if (!is_locked)
            kept_fail(kept, fault.text);
        (void)kept_wait(kept, is_locked ? STORES_HANDOVER_STEP_MS : STORES_RETRY_MS);
    }
    return false;
}

/* Looks at an open store, which this thread alone closes, until it can't take anything any more. False where we are
 * ending. */
static bool kept_watch(struct kept *kept, struct store *store)
{
    lock_assert_held(&kept->stores->lock);
    while (kept_wait(kept, STORES_RETRY_MS)) {
        struct store_status status;
        lock_drop(&kept->stores->lock);
        store_read_status(store, &status);
        lock_take(&kept->stores->lock);
        if (status.failure[0] == '\0')
            continue;
        kept_fail(kept, status.failure);
        return true;
    }
    return false;
}

static void kept_close(struct kept *kept, struct store *store)
{
    struct stores *stores = kept->stores;
    lock_assert_held(&stores->lock);
    while (kept->users > 0)
        (void)signal_point_wait(&stores->changed, &stores->lock, deadline_never());
    lock_drop(&stores->lock);
    store_close(store);
    lock_take(&stores->lock);
}

static void kept_run(void *argument)
{
    struct kept *kept = argument;
    struct stores *stores = kept->stores;
    lock_take(&stores->lock);
    while (kept_open(kept)) {
        struct store *store = kept->store;
        if (!kept_watch(kept, store))
            kept_set(kept, KEPT_FAILED, NULL, "it was closed");
        kept_close(kept, store);
    }
    stores->threads--;
    signal_point_wake_all(&stores->changed);
    lock_drop(&stores->lock);
}

/* --- All of them --- */

struct stores *stores_new(const struct settings *settings)
{
    struct stores *stores = memory_new(sizeof *stores);
    crypt_pin(stores, sizeof *stores);
    lock_init(&stores->lock);
    signal_point_init(&stores->changed);
    stores->count = settings->store_count;
    for (size_t i = 0; i < stores->count; i++) {
        const struct store_conf *conf = &settings->stores[i];
        struct kept *kept = &stores->rows[i];
        kept->stores = stores;
        kept->conf = conf;
        kept->settings = (struct store_settings){ .name = conf->name,
                                                  .path = conf->path,
                                                  .head_path = conf->head,
                                                  .most_bytes = conf->most_bytes,
                                                  .period_ms = conf->share_ms,
                                                  .segment_bytes = conf->segment_bytes,
                                                  .check_percent = conf->check_percent,
                                                  .check_every_ms = conf->check_every_ms,
                                                  .check_rate_bytes = conf->check_rate_bytes,
                                                  .again_ms = conf->again_ms };
        memcpy(kept->settings.keep_ms, conf->keep_ms, sizeof kept->settings.keep_ms);
    }
    return stores;
}

void stores_free(struct stores *stores)
{
    lock_take(&stores->lock);
    stores->is_ending = true;
    signal_point_wake_all(&stores->changed);
    while (stores->threads > 0)
        (void)signal_point_wait(&stores->changed, &stores->lock, deadline_never());
    lock_drop(&stores->lock);
    signal_point_fini(&stores->changed);
    lock_fini(&stores->lock);
    for (size_t i = 0; i < stores->count; i++)
        crypt_wipe(&stores->rows[i].settings, sizeof stores->rows[i].settings);
    free(stores);
}

static struct kept *kept_find(struct stores *stores, const char *name)
{
    for (size_t i = 0; i < stores->count; i++) {
        if (strcmp(stores->rows[i].conf->name, name) == 0)
            return &stores->rows[i];
    }
    return NULL;
}

static int kept_start(struct kept *kept, const struct keep_keys *keys, struct fault *fault)
{
    struct stores *stores = kept->stores;
    bool is_whole = keys->magic == KEEP_KEYS_MAGIC && keys->owner_count > 0 && keys->owner_count <= KEEP_MOST_OWNERS;
    if (!is_whole || kept->state != KEPT_WITHOUT_KEYS)
        return fault_set(fault, EPROTO, "no keys, or keys that came twice");
    memcpy(kept->settings.root.bytes, keys->root, sizeof keys->root);
    memcpy(kept->settings.owners, keys->owners, sizeof keys->owners);
    kept->settings.owner_count = keys->owner_count;
    struct fault starting = { 0 };
    kept_set(kept, KEPT_OPENING, NULL, "");
    stores->threads++;
    if (thread_start(kept_run, kept, STORES_STACK_BYTES, &starting) == 0)
        return 0;
    stores->threads--;
    kept_set(kept, KEPT_FAILED, NULL, starting.text);
    return fault_set(fault, starting.code, "%s", starting.text);
}

int stores_give_keys(struct stores *stores, const char *name, int fd_take, struct fault *fault)
{
    struct sealed sealed = SEALED_NONE;
    struct kept *kept = kept_find(stores, name);
    int failed = kept == NULL ? fault_set(fault, ENOENT, "there is no such store")
                              : sealed_take(fd_take, sizeof(struct keep_keys), &sealed, fault);
    if (failed != 0) {
        (void)close(fd_take);
        return fault_wrap(fault, "store %.31s", name);
    }
    if (sealed.size != sizeof(struct keep_keys)) {
        failed = fault_set(fault, EPROTO, "its keys have %zu bytes", sealed.size);
    } else {
        lock_take(&stores->lock);
        failed = kept_start(kept, (const struct keep_keys *)(const void *)sealed.data, fault);
        lock_drop(&stores->lock);
    }
    sealed_close(&sealed);
    return failed == 0 ? 0 : fault_wrap(fault, "store %s", name);
}

struct store *stores_take(struct stores *stores, const char *name, struct deadline deadline, struct fault *fault)
{
    struct kept *kept = kept_find(stores, name);
    if (kept == NULL) {
        (void)fault_set(fault, ENOENT, "there is no store %.31s", name);
        return NULL;
    }
    struct store *store = NULL;
    struct deadline handover = deadline_earlier(deadline, deadline_in(STORES_HANDOVER_MS));
    lock_take(&stores->lock);
    bool is_in_time = true;
    while (kept->state < KEPT_OPEN && is_in_time)
        is_in_time = signal_point_wait(&stores->changed, &stores->lock,
                                       kept->state == KEPT_LOCKED ? handover : deadline);
    if (kept->state == KEPT_OPEN) {
        kept->users++;
        store = kept->store;
    } else if (kept->state == KEPT_FAILED || kept->state == KEPT_LOCKED) {
        (void)fault_set(fault, EIO, "%s", kept->failure);
    } else {
        (void)fault_set(fault, ETIMEDOUT, "it is still being opened");
    }
    lock_drop(&stores->lock);
    return store;
}

void stores_drop(struct stores *stores, const char *name)
{
    struct kept *kept = kept_find(stores, name);
    assert(kept != NULL);
    lock_take(&stores->lock);
    assert(kept->users > 0);
    kept->users--;
    if (kept->users == 0)
        signal_point_wake_all(&stores->changed);
    lock_drop(&stores->lock);
}

/* --- Status --- */

static const char *kept_state_text(enum kept_state state)
{
    static const char *const texts[] = { [KEPT_WITHOUT_KEYS] = "waiting for its keys",
                                         [KEPT_OPENING] = "opening",
                                         [KEPT_LOCKED] = "locked",
                                         [KEPT_OPEN] = "open",
                                         [KEPT_FAILED] = "failed" };
    return texts[state];
}

static void put_open(const char *name, const struct store_status *status, struct buf *out)
{
    uint64_t messages = 0;
    uint64_t bytes = 0;
    for (size_t i = 0; i < CATEGORIES; i++) {
        messages += status->totals.messages[i];
        bytes += status->totals.bytes[i];
    }
    buf_printf(out, "store.%s.messages=%" PRIu64 "\nstore.%s.bytes=%" PRIu64 "\nstore.%s.held=%" PRIu64 "\n", name,
               messages, name, bytes, name, status->totals.held);
    buf_printf(out, "store.%s.last_sequence=%" PRIu64 "\nstore.%s.disk_bytes=%" PRIu64 "\n", name,
               status->last_sequence, name, status->disk_bytes);
    buf_printf(out, "store.%s.indexed=%" PRIu64 "\nstore.%s.indexing=%s\n", name, status->indexed_sequence, name,
               status->is_indexing ? "yes" : "no");
    buf_printf(out, "store.%s.put=%" PRIu64 "\nstore.%s.refused=%" PRIu64 "\nstore.%s.commits=%" PRIu64 "\n", name,
               status->put, name, status->refused, name, status->commits);
    buf_printf(out, "store.%s.expired=%" PRIu64 "\nstore.%s.erased=%" PRIu64 "\n", name, status->expired, name,
               status->erased);
    if (status->checked_ms != 0)
        buf_printf(out, "store.%s.checked_ms=%" PRIu64 "\n", name, status->checked_ms);
    if (status->checked_ms != 0 || status->wrong > 0)
        buf_printf(out, "store.%s.wrong=%" PRIu64 "\nstore.%s.wrong_record=%" PRIu64 "\n", name, status->wrong, name,
                   status->wrong_record);
    if (status->wrong_text[0] != '\0')
        buf_printf(out, "store.%s.wrong_first=%s\n", name, status->wrong_text);
    if (status->waits_until_ms != 0)
        buf_printf(out, "store.%s.expiry_waits_until_ms=%" PRIu64 "\n", name, status->waits_until_ms);
    if (status->failure[0] != '\0')
        buf_printf(out, "store.%s.failure=%s\n", name, status->failure);
}

static void kept_put_status(struct kept *kept, struct buf *out)
{
    const char *name = kept->conf->name;
    struct fault fault;
    lock_take(&kept->stores->lock);
    enum kept_state state = kept->state;
    buf_printf(out, "store.%s.state=%s\n", name, kept_state_text(state));
    if (state != KEPT_OPEN && kept->failure[0] != '\0')
        buf_printf(out, "store.%s.failure=%s\n", name, kept->failure);
    lock_drop(&kept->stores->lock);
    struct store *store = state == KEPT_OPEN ? stores_take(kept->stores, name, deadline_in(0), &fault) : NULL;
    if (store == NULL)
        return;
    struct store_status status;
    store_read_status(store, &status);
    stores_drop(kept->stores, name);
    put_open(name, &status, out);
}

void stores_put_status(struct stores *stores, struct buf *text_out)
{
    for (size_t i = 0; i < stores->count; i++)
        kept_put_status(&stores->rows[i], text_out);
}

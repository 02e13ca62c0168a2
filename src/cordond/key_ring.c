#include "key_ring.h"

#include "cordond/store_folders.h"
#include "ipc/calls/keep.h"
#include "store/crypt.h"
#include "store/keyfile.h"
#include "sys/log.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static_assert((int)KEEP_KEY_SIZE == (int)CRYPT_KEY_SIZE && (int)KEEP_KEY_SIZE == (int)CRYPT_PUBLIC_SIZE,
              "keys are handed over as they are");
static_assert((int)KEEP_MOST_OWNERS == (int)SETTINGS_MOST_OWNERS, "every owner that can be configured");

/* A key that is not there is made for a store without any record, and for no other one: what there is could never be
 * read with it. */
static int key_may_be_made(const struct store_conf *store, const char *what, const char *path, struct fault *fault)
{
    if (!store_has_records(store))
        return 0;
    return fault_set(fault, ENOENT, "its %s %s is missing, and there are messages that need it: put it back", what,
                     path);
}

/* --- The root key --- */

static int root_make(const struct store_conf *store, struct crypt_key *root_out, struct fault *fault)
{
    if (key_may_be_made(store, "root key", store->root_key, fault) != 0 ||
        store_folders_make_for(store->root_key, fault) != 0)
        return -1;
    crypt_random(root_out->bytes, sizeof root_out->bytes);
    if (keyfile_write_root(store->root_key, root_out, fault) != 0)
        return -1;
    struct log_line line;
    log_line_begin(&line, LOG_NOTICE, "store-key");
    log_put_text(&line, "store", store->name);
    log_put_text(&line, "root_key", store->root_key);
    log_put_text(&line, "text", "a root key was made: whoever has it reads the metadata, and without it nobody does");
    log_line_send(&line);
    return 0;
}

/* --- Owners --- */

static void pair_announce(const struct store_conf *store)
{
    struct log_line line;
    log_line_begin(&line, LOG_WARNING, "owner-key");
    log_put_text(&line, "store", store->name);
    log_put_text(&line, "secret", store->owner_key);
    log_put_text(&line, "public", store->owners.items[0]);
    log_put_text(&line, "text",
                 "an owner's pair of keys was made; its secret half opens every message of the store, and without it "
                 "nobody ever will: copy it to a safe place, and take it off this machine");
    log_line_send(&line);
}

/* The secret half first: where we are interrupted between the two, the next start finds it. */
static int pair_make(const struct store_conf *store, struct fault *fault)
{
    struct crypt_pair pair;
    struct fault reading = { 0 };
    int failed = keyfile_read_pair(store->owner_key, &pair, &reading);
    bool is_new = failed != 0 && reading.code == ENOENT;
    if (failed != 0 && !is_new)
        return fault_set(fault, reading.code, "%s", reading.text);
    if (is_new) {
        crypt_pair_new(&pair);
        failed = store_folders_make_for(store->owner_key, fault);
        if (failed == 0)
            failed = keyfile_write_pair(store->owner_key, &pair, fault);
    }
    if (failed == 0)
        failed = store_folders_make_for(store->owners.items[0], fault);
    if (failed == 0)
        failed = keyfile_write_public(store->owners.items[0], pair.public_half, fault);
    crypt_wipe(&pair, sizeof pair);
    if (failed == 0)
        pair_announce(store);
    return failed;
}

static int owner_read(const struct store_conf *store, size_t index, unsigned char public_out[CRYPT_PUBLIC_SIZE],
                      struct fault *fault)
{
    const char *path = store->owners.items[index];
    if (keyfile_read_public(path, public_out, fault) == 0)
        return 0;
    if (fault->code != ENOENT)
        return -1;
    if (index > 0 || store->owner_key[0] == '\0')
        return fault_set(fault, ENOENT, "the public key %s is missing; cordon store keygen makes a pair", path);
    if (key_may_be_made(store, "owner's public key", path, fault) != 0 || pair_make(store, fault) != 0)
        return -1;
    return keyfile_read_public(path, public_out, fault);
}

/* --- All of a store's --- */

/* What the generation before holds for the same store; NULL: nothing. */
static const struct keep_keys *held_find(const struct key_ring_held *held, const struct store_conf *store)
{
    for (size_t i = 0; held != NULL && i < held->keys->count; i++) {
        const struct store_conf *old = &held->settings->stores[i];
        if (strcmp(old->name, store->name) == 0 && strcmp(old->root_key, store->root_key) == 0 &&
            strcmp(old->path, store->path) == 0)
            return (const struct keep_keys *)(const void *)held->keys->rows[i].data;
    }
    return NULL;
}

static int root_take(const struct store_conf *store, const struct keep_keys *held, struct keep_keys *keys,
                     struct fault *fault)
{
    struct crypt_key root;
    struct fault reading = { 0 };
    int failed = keyfile_read_root(store->root_key, &root, &reading);
    if (failed != 0 && held != NULL) {
        memcpy(keys->root, held->root, sizeof keys->root);
        return 0;
    }
    if (failed != 0 && reading.code == ENOENT)
        failed = root_make(store, &root, &reading);
    if (failed != 0)
        return fault_set(fault, reading.code, "%s", reading.text);
    memcpy(keys->root, root.bytes, sizeof keys->root);
    crypt_wipe(&root, sizeof root);
    if (held != NULL && memcmp(keys->root, held->root, sizeof keys->root) != 0)
        return fault_set(fault, EINVAL, "its root key %s is not the one that the store is open with", store->root_key);
    return 0;
}

static int keys_take(const struct store_conf *store, const struct keep_keys *held, struct sealed *row_out,
                     struct fault *fault)
{
    struct keep_keys keys = { .magic = KEEP_KEYS_MAGIC, .owner_count = (uint32_t)store->owners.count };
    int failed = root_take(store, held, &keys, fault);
    for (size_t i = 0; i < store->owners.count && failed == 0; i++)
        failed = owner_read(store, i, keys.owners[i], fault);
    if (failed == 0)
        failed = sealed_copy(span_of(&keys, sizeof keys), "cordon-store-keys", row_out, fault);
    crypt_wipe(&keys, sizeof keys);
    return failed;
}

int key_ring_take(const struct settings *settings, const struct service_user *user, const struct key_ring_held *held,
                  struct key_ring *keys_out, struct fault *fault)
{
    *keys_out = (struct key_ring){ 0 };
    if (settings->store_count > 0 && crypt_begin(fault) != 0)
        return -1;
    for (size_t i = 0; i < settings->store_count; i++) {
        const struct store_conf *store = &settings->stores[i];
        int failed = store_folders_make(store, user, fault);
        if (failed == 0)
            failed = keys_take(store, held_find(held, store), &keys_out->rows[i], fault);
        if (failed != 0) {
            (void)fault_wrap(fault, "store %s", store->name);
            key_ring_close(keys_out);
            return -1;
        }
        keys_out->count++;
    }
    return 0;
}

void key_ring_close(struct key_ring *keys)
{
    for (size_t i = 0; i < keys->count; i++)
        sealed_close(&keys->rows[i]);
    keys->count = 0;
}

bool key_ring_equal(const struct key_ring *a, const struct key_ring *b)
{
    bool is_equal = a->count == b->count;
    for (size_t i = 0; i < a->count && is_equal; i++)
        is_equal = span_equal(sealed_span(&a->rows[i]), sealed_span(&b->rows[i]));
    return is_equal;
}

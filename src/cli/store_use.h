/* What the commands of the quarantine and the store begin with: the configuration, which store, its keys, a reader; and
 * the records that were named.
 *
 * Everything below says on standard error what is wrong, and gives the exit status; -1: go on.
 */
#ifndef CORDON_CLI_STORE_USE_H
#define CORDON_CLI_STORE_USE_H

#include "cli/command.h"
#include "conf/settings.h"
#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    STORE_EXIT_DONE = 0,
    STORE_EXIT_NOT_ALL = 1, /* something of it could not be done, or is wrong with the store */
    STORE_EXIT_NOT_READ = 2 /* it could not be looked at, or asked, at all */
};

enum { USE_MOST_PAIRS = 8, USE_MOST_IDS = STORE_MOST_ABOUT };

/* What a command needs, as bits. */
enum use_need {
    USE_ROOT = 1U << 0,   /* the store's root key, and its owners */
    USE_READER = 1U << 1, /* an open reader; with USE_ROOT */
    USE_SECRET = 1U << 2  /* an owner's pair */
};

struct store_use {
    const struct command_line *line;
    struct settings *settings;
    const struct store_conf *conf;
    struct store_settings store; /* the root key is there with USE_ROOT */
    struct store_reader *reader;
    struct crypt_pair pairs[USE_MOST_PAIRS];
    size_t pair_count;
    uint64_t ids[USE_MOST_IDS]; /* that were named, each once */
    size_t id_count;
};

/* Never NULL in *use_out; to be ended with store_use_end in every case. With `has_ids` the arguments are IDs: SEQUENCE
 * or NAME:SEQUENCE, all of one store. */
int store_use_begin(const struct command_line *line, unsigned needs, bool has_ids, struct store_use **use_out);
/* Wipes the keys. */
void store_use_end(struct store_use *use);

/* The pairs of --key, or of the configuration. -1 and *fault where there is none that can be read. */
int store_use_secret(struct store_use *use, struct fault *fault);

/* Between these two, files that this thread makes, and the threads that it starts, belong to whom the store belongs to:
 * its keeper could not use root's. (The kernel has the ids for files per thread, and new threads inherit them.) */
void store_use_as_owner(const struct store_use *use);
void store_use_as_self(void);

/* "17" or "quarantine:17". False where it is none. *name_out is empty where it has no name. */
bool store_id_read(struct span text, struct span *name_out, uint64_t *sequence_out);

#endif

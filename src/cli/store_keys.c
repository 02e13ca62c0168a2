/* cordon store keygen, rotate */
#include "base/memory.h"
#include "cli/cli.h"
#include "cli/find.h"
#include "cli/keep_client.h"
#include "cli/quarantine.h"
#include "cli/store_commands.h"
#include "cli/store_use.h"
#include "cli/when.h"
#include "store/keyfile.h"
#include "store/meta.h"
#include "sys/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- keygen --- */

static void id_text(const unsigned char public_half[CRYPT_PUBLIC_SIZE], char text_out[2 * CRYPT_ID_SIZE + 1])
{
    unsigned char id[CRYPT_ID_SIZE];
    crypt_pair_id(public_half, id);
    for (size_t i = 0; i < CRYPT_ID_SIZE; i++)
        (void)snprintf(text_out + 2 * i, 3, "%02x", id[i]);
}

static int pair_write(const char *base, struct crypt_pair *pair, struct fault *fault)
{
    char secret[PATH_MAX];
    char open_half[PATH_MAX];
    int size = snprintf(secret, sizeof secret, "%s.secret", base);
    int open_size = snprintf(open_half, sizeof open_half, "%s.pub", base);
    if (size < 0 || (size_t)size >= sizeof secret || open_size < 0)
        return fault_set(fault, ENAMETOOLONG, "%s.secret is too long", base);
    if (access(open_half, F_OK) == 0)
        return fault_set_errno(fault, EEXIST, "%s", open_half);
    crypt_pair_new(pair);
    if (keyfile_write_pair(secret, pair, fault) != 0)
        return -1;
    if (keyfile_write_public(open_half, pair->public_half, fault) == 0)
        return 0;
    (void)unlink(secret); /* a half without the other is of no use, and would be in the way of the next try */
    return -1;
}

static void keygen_print(const struct command_line *line, const char *base, const struct crypt_pair *pair)
{
    char id[2 * CRYPT_ID_SIZE + 1];
    id_text(pair->public_half, id);
    if (command_has(line, OPTION_JSON)) {
        printf("{\"id\":\"%s\",\"secret\":\"%s.secret\",\"public\":\"%s.pub\"}\n", id, base, base);
        return;
    }
    printf("owner %s\n  secret  %s.secret  (mode 0600)\n  public  %s.pub\n", id, base, base);
    fputs("cordon: Take the secret off this machine, and keep a copy: who has it can read what is kept for this\n"
          "cordon: owner, and without it nobody can. New messages are kept for those whose public files are in the\n"
          "cordon: list \"owners\" of the store; cordon store rotate gives a new owner what is there already.\n",
          stderr);
}

int store_command_keygen(const struct command_line *line)
{
    struct fault fault = { 0 };
    struct crypt_pair pair;
    struct store_use *use = NULL;
    const char *base = command_value(line, OPTION_OUT);
    char usual[PATH_MAX];
    int status = -1;
    if (base == NULL) { /* only then a configuration is needed */
        status = store_use_begin(line, 0, false, &use);
        if (status < 0)
            (void)snprintf(usual, sizeof usual, "/etc/cordon/keys/%s", use->conf->name);
        store_use_end(use);
        base = usual;
    } else if (crypt_begin(&fault) != 0) {
        status = command_refuse(line, STORE_EXIT_NOT_READ, "%s", fault.text);
    }
    if (status >= 0)
        return status;
    if (pair_write(base, &pair, &fault) != 0)
        status = command_refuse(line, STORE_EXIT_NOT_READ, "no key was made: %s", fault.text);
    else
        keygen_print(line, base, &pair);
    crypt_wipe(&pair, sizeof pair);
    return status < 0 ? STORE_EXIT_DONE : status;
}

/* --- rotate --- */

enum { ROTATE_TOGETHER = 256 };

struct rotate {
    struct store_use *use;
    struct keep_client *client;
    unsigned char owners[STORE_MOST_OWNERS][CRYPT_PUBLIC_SIZE];
    size_t owner_count;
    uint64_t *parts; /* that are done already: open addressing, 0: free */
    size_t part_slots;
    size_t part_count;
    uint64_t waiting[ROTATE_TOGETHER]; /* records whose slots are to be added, in one commit */
    size_t waiting_count;
    struct buf slots;
    uint64_t all;
    uint64_t messages; /* that were tried */
    uint64_t rewrapped;
    uint64_t given; /* of these: all that waited until the last flush that succeeded */
};

/* False where it was there already. */
static bool parts_add(struct rotate *rotate, uint64_t sequence)
{
    if (2 * (rotate->part_count + 1) > rotate->part_slots) {
        struct rotate larger = *rotate;
        larger.part_slots = rotate->part_slots > 0 ? 2 * rotate->part_slots : 4096;
        larger.parts = memory_new(larger.part_slots * sizeof *larger.parts);
        larger.part_count = 0;
        for (size_t i = 0; i < rotate->part_slots; i++) {
            if (rotate->parts[i] != 0)
                (void)parts_add(&larger, rotate->parts[i]);
        }
        free(rotate->parts);
        rotate->parts = larger.parts;
        rotate->part_slots = larger.part_slots;
    }
    size_t i = (size_t)(sequence * UINT64_C(0x9e3779b97f4a7c15) >> 20) % rotate->part_slots;
    while (rotate->parts[i] != 0 && rotate->parts[i] != sequence)
        i = (i + 1) % rotate->part_slots;
    if (rotate->parts[i] == sequence)
        return false;
    rotate->parts[i] = sequence;
    rotate->part_count++;
    return true;
}

static void rotate_failed(const struct rotate *rotate, uint64_t sequence, const struct fault *fault)
{
    progress_clear();
    (void)command_refuse(rotate->use->line, 1, "%s:%" PRIu64 ": %s", rotate->use->conf->name, sequence, fault->text);
}

/* All that wait; where that fails, each by itself, for one that was deleted since keeps nobody else from it. False
 * where it makes no sense to go on. */
static bool rotate_flush(struct rotate *rotate)
{
    struct fault fault = { 0 };
    size_t count = rotate->waiting_count;
    size_t each = rotate->owner_count * CRYPT_SLOT_SIZE;
    struct span slots = buf_span(&rotate->slots);
    bool goes_on = true;
    if (count > 0 && keep_add_slots(rotate->client, rotate->waiting, count, slots, &fault) != 0) {
        for (size_t i = 0; i < count && goes_on; i++) {
            fault = (struct fault){ 0 };
            if (keep_add_slots(rotate->client, &rotate->waiting[i], 1, span_slice(slots, i * each, each), &fault) ==
                    0 ||
                fault.code == ENOENT)
                continue;
            rotate_failed(rotate, rotate->waiting[i], &fault);
            goes_on = false;
        }
    }
    if (goes_on)
        rotate->given = rotate->rewrapped;
    rotate->waiting_count = 0;
    buf_clear(&rotate->slots);
    return goes_on;
}

/* With the first of our pairs that opens it. */
static int rotate_record(struct rotate *rotate, uint64_t sequence, struct fault *fault)
{
    int failed = -1;
    if (rotate->waiting_count == ROTATE_TOGETHER && !rotate_flush(rotate))
        return fault_set(fault, ECANCELED, "others before it could not be given");
    for (size_t i = 0; i < rotate->use->pair_count && failed != 0; i++) /* where it fails, nothing is put */
        failed = store_rewrap(rotate->use->reader, sequence, &rotate->use->pairs[i],
                              (const unsigned char(*)[CRYPT_PUBLIC_SIZE])rotate->owners, rotate->owner_count,
                              &rotate->slots, fault);
    if (failed == 0)
        rotate->waiting[rotate->waiting_count++] = sequence;
    return failed;
}

/* The message, and the parts that its content refers to, each once. */
static int rotate_message(struct rotate *rotate, uint64_t sequence, struct fault *fault)
{
    struct quarantine_entry entry;
    struct meta_reader reader;
    struct span value;
    unsigned field = 0;
    if (quarantine_entry_get(rotate->use, sequence, &entry, fault) != 0)
        return fault->code == ENOENT ? 0 : -1; /* deleted since */
    int failed = rotate_record(rotate, sequence, fault);
    meta_begin(&reader, buf_span(&entry.meta));
    while (failed == 0 && meta_next(&reader, &field, &value)) {
        uint64_t part = 0;
        if (field != META_PART || value.size != sizeof part)
            continue;
        for (size_t i = value.size; i > 0; i--)
            part = (part << 8) | (unsigned char)value.data[i - 1];
        if (parts_add(rotate, part))
            failed = rotate_record(rotate, part, fault);
    }
    quarantine_entry_fini(&entry);
    return failed;
}

/* False where it makes no sense to go on. */
static bool rotate_next(struct rotate *rotate, uint64_t sequence)
{
    struct fault fault = { 0 };
    rotate->messages++;
    progress_show("rotated", rotate->messages, rotate->all);
    if (rotate_message(rotate, sequence, &fault) == 0) {
        rotate->rewrapped++;
        return true;
    }
    rotate_failed(rotate, sequence, &fault);
    return fault.code == EACCES || fault.code == EBADMSG; /* else it is not this record's trouble */
}

static int rotate_owners(struct rotate *rotate)
{
    struct fault fault = { 0 };
    const char *path = NULL;
    size_t at = 0;
    while ((path = command_next(rotate->use->line, OPTION_NEW, &at)) != NULL) {
        if (rotate->owner_count == STORE_MOST_OWNERS)
            return command_refuse(rotate->use->line, CLI_EXIT_USAGE, "more than %d new owners", STORE_MOST_OWNERS);
        if (keyfile_read_public(path, rotate->owners[rotate->owner_count++], &fault) != 0)
            return command_refuse(rotate->use->line, STORE_EXIT_NOT_READ, "%s", fault.text);
    }
    if (rotate->owner_count > 0)
        return -1;
    return command_refuse(rotate->use->line, CLI_EXIT_USAGE, "for whom? --new FILE names a public key");
}

static int rotate_run(struct rotate *rotate, const struct filter *filter)
{
    struct fault fault = { 0 };
    uint64_t *ids = NULL;
    size_t count = 0;
    rotate->client = keep_open(rotate->use, &fault);
    if (rotate->client == NULL)
        return command_refuse(rotate->use->line, STORE_EXIT_NOT_READ, "%s", fault.text);
    int status = find_sequences(rotate->use->reader, filter, &ids, &count, &fault);
    if (status < 0)
        (void)command_refuse(rotate->use->line, 1, "%s", fault.text);
    rotate->all = count;
    for (size_t i = 0; i < count && status == 0; i++)
        status = rotate_next(rotate, ids[i]) ? 0 : 1;
    if (!rotate_flush(rotate))
        status = 1;
    progress_clear();
    free(ids);
    uint64_t failed = rotate->messages - rotate->given;
    if (command_has(rotate->use->line, OPTION_JSON))
        printf("{\"messages\":%" PRIu64 ",\"parts\":%zu,\"failed\":%" PRIu64 "}\n", rotate->messages,
               rotate->part_count, failed);
    else
        printf("%" PRIu64 " messages and %zu parts that they share can now be read with the new key too; %" PRIu64
               " could not be given\n",
               rotate->given, rotate->part_count, failed);
    keep_close(rotate->client);
    return status == 0 && failed == 0 ? STORE_EXIT_DONE : STORE_EXIT_NOT_ALL;
}

int store_command_rotate(const struct command_line *line)
{
    struct filter filter;
    struct rotate rotate = { 0 };
    int status = filter_read(line, clock_wall_ms(), &filter);
    if (status >= 0)
        return status;
    buf_init(&rotate.slots, (size_t)ROTATE_TOGETHER * STORE_MOST_OWNERS * CRYPT_SLOT_SIZE);
    status = store_use_begin(line, USE_ROOT | USE_READER | USE_SECRET, false, &rotate.use);
    if (status < 0)
        status = rotate_owners(&rotate);
    if (status < 0)
        status = rotate_run(&rotate, &filter);
    store_use_end(rotate.use);
    buf_fini(&rotate.slots);
    free(rotate.parts);
    return status;
}

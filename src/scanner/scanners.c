#include "set.h"

#include "base/memory.h"
#include "conf/runners.h"
#include "scanner/names.h"
#include "sys/tls.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of a scanner that tells its generation now and then only, nothing is believed for long. */
enum { CANARY_ROOM_BYTES = 16384, RECALL_BRIEF_MS = 60000 };

static const struct scanner_ops *const scanner_drivers[SCANNER_TYPES] = {
    [SCANNER_CLAMAV] = &engine_ops,       [SCANNER_CLAMD] = &clamd_ops, [SCANNER_COMMAND] = &command_ops,
    [SCANNER_COMMUNIGATE] = &command_ops, [SCANNER_ICAP] = &icap_ops,   [SCANNER_PLUGIN] = &plugin_ops,
    [SCANNER_SOCKET] = &socket_ops,       [SCANNER_YARA] = &yara_ops,
};

void answer_fail(struct answer *answer, enum blame blame, struct span text)
{
    answer_set(answer, ANSWER_FAILED, text);
    answer->blame = blame;
}

void answer_worsen(struct answer *answer, const struct answer *other)
{
    enum unscannable gravest = other->unscannable > answer->unscannable ? other->unscannable : answer->unscannable;
    bool is_graver = other->kind != answer->kind ? other->kind > answer->kind : gravest > answer->unscannable;
    struct answer noted = *answer;
    if (is_graver)
        *answer = *other;
    names_merge(answer, is_graver ? &noted : other);
    answer->unscannable = gravest;
}

void answer_settle(struct answer *answer, const struct piece *piece)
{
    if (!piece->is_opened)
        return;
    answer->unscannable = UNSCANNABLE_NONE;
    if (answer->kind == ANSWER_UNSCANNABLE)
        answer_set(answer, ANSWER_CLEAN, span_text(""));
}

struct span pack_bytes(const struct sealed *packs, const struct piece *piece)
{
    const struct sealed *pack = &packs[piece->pack];
    assert(piece->size <= pack->size && piece->offset <= pack->size - piece->size);
    return span_of(pack->data + piece->offset, piece->size);
}

struct span request_bytes(const struct scan_request *request, size_t index)
{
    return pack_bytes(request->packs, &request->pieces[index]);
}

int request_lend(const struct scan_request *request, size_t index, struct fault *fault)
{
    const struct piece *piece = &request->pieces[index];
    const struct sealed *pack = &request->packs[piece->pack];
    if (piece->offset == 0 && piece->size == pack->size)
        return sealed_lend(pack, fault);
    struct sealed copy;
    if (sealed_copy(request_bytes(request, index), "cordon-part", &copy, fault) != 0)
        return -1;
    int fd = sealed_lend(&copy, fault);
    sealed_close(&copy);
    return fd;
}

void scanner_learn(struct scanner *scanner, struct span version, uint64_t generation, uint32_t raw_signatures)
{
    lock_take(&scanner->lock);
    (void)span_copy(version, scanner->version, sizeof scanner->version);
    for (char *p = scanner->version; *p != '\0'; p++) {
        if ((unsigned char)*p < 0x20 || (unsigned char)*p > 0x7e)
            *p = '?';
    }
    scanner->raw_signatures = raw_signatures;
    lock_drop(&scanner->lock);
    scanner_learn_generation(scanner, generation);
}

void scanner_learn_generation(struct scanner *scanner, uint64_t generation)
{
    lock_take(&scanner->lock);
    bool is_renewed = scanner->generation != 0 && scanner->generation != generation;
    scanner->generation = generation;
    if (is_renewed)
        health_renewed(&scanner->health, clock_now_ms());
    lock_drop(&scanner->lock);
    if (is_renewed && scanner->recall != NULL)
        recall_drop(scanner->recall);
}

void scanner_learn_age(struct scanner *scanner, int64_t made_wall)
{
    lock_take(&scanner->lock);
    scanner->made_wall = made_wall;
    lock_drop(&scanner->lock);
}

void scanners_learn_engine_age(struct scanner_set *set, int64_t made_wall)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct scanner_settings *settings = set->scanners[i].settings;
        if (settings->type == SCANNER_CLAMAV && strcmp(settings->signatures, "test") != 0)
            scanner_learn_age(&set->scanners[i], made_wall);
    }
}

void scanners_engine_is_new(struct scanner_set *set, enum scanner_type type)
{
    for (size_t i = 0; i < set->count; i++) {
        struct scanner *scanner = &set->scanners[i];
        if (scanner->settings->type != type)
            continue;
        lock_take(&scanner->lock);
        scanner->generation = 0; /* nothing is believed until the new one has told its own */
        health_renewed(&scanner->health, clock_now_ms());
        lock_drop(&scanner->lock);
        if (scanner->recall != NULL)
            recall_drop(scanner->recall);
    }
}

void scanner_accuse(struct scanner *scanner, const char *text)
{
    atomic_fetch_add(&scanner->counts.tampered, 1);
    lock_take(&scanner->lock);
    health_accuse(&scanner->health, clock_now_ms(), text);
    lock_drop(&scanner->lock);
    if (scanner->recall != NULL)
        recall_drop(scanner->recall);
}

enum scanner_input scanner_wanted(struct scanner *scanner)
{
    enum scanner_input input = scanner->settings->input;
    if (input != INPUT_AUTO)
        return input;
    lock_take(&scanner->lock);
    if (scanner->raw_signatures > 0)
        input = INPUT_BOTH;
    lock_drop(&scanner->lock);
    return input;
}

static void scanner_init(struct scanner *scanner, const struct scanner_settings *settings,
                         engine_socket_function engine_socket, void *context, size_t recall_bytes)
{
    *scanner = (struct scanner){ .settings = settings,
                                 .ops = scanner_drivers[settings->type],
                                 .engine_socket = engine_socket,
                                 .engine_context = context };
    slots_init(&scanner->slots, settings->concurrency);
    lock_init(&scanner->lock);
    signal_point_init(&scanner->proved);
    poison_init(&scanner->poison);
    scanner->recall = recall_new(recall_bytes, scanner->ops->tells_with_it ? RECALL_KEEP_MS : RECALL_BRIEF_MS);
    health_init(&scanner->health, clock_now_ms());
    if (scanner->ops->open != NULL)
        scanner->ops->open(scanner);
}

/* It must be asked about the large mail. */
static size_t canary_large_bytes(const struct scanner_settings *settings)
{
    if (settings->max_bytes >= (uint64_t)CANARY_LARGE_BYTES + CANARY_ROOM_BYTES)
        return CANARY_LARGE_BYTES;
    return settings->max_bytes > CANARY_ROOM_BYTES ? (size_t)settings->max_bytes - CANARY_ROOM_BYTES : 0;
}

struct scanner_set *scanners_new(const struct settings *settings, engine_socket_function engine_socket, void *context)
{
    struct scanner_set *set = memory_new(sizeof *set);
    set->count = settings->scanner_count;
    lock_init(&set->probe_lock);
    signal_point_init(&set->probers_ended);
    size_t recall_bytes = set->count > 0 ? (size_t)(settings->answers_memory_bytes / set->count) : 0;
    for (size_t i = 0; i < set->count; i++) {
        const struct scanner_settings *row = &settings->scanners[i];
        scanner_init(&set->scanners[i], row, engine_socket, context, recall_bytes);
        set->scanners[i].row = (uint32_t)i;
        set->remembers = set->remembers || set->scanners[i].recall != NULL;
        canary_init(&set->scanners[i].canary, row->canary, canary_large_bytes(row));
    }
    return set;
}

void scanners_use_runners(struct scanner_set *set, const struct settings *settings,
                          runner_socket_function runner_socket)
{
    for (size_t i = 0; i < set->count; i++) {
        struct scanner *scanner = &set->scanners[i];
        if (!scanner_is_run(scanner->settings))
            continue;
        scanner->runner_socket = runner_socket;
        scanner->runner = runners_of(settings, i);
    }
}

int scanners_read_certificates(struct scanner_set *set, struct fault *fault)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct scanner_settings *row = set->scanners[i].settings;
        if (!row->tls.is_on)
            continue;
        set->scanners[i].tls = tls_context_new_client(row->tls.verify, row->tls.ca[0] != '\0' ? row->tls.ca : NULL,
                                                      fault);
        if (set->scanners[i].tls == NULL)
            return fault_wrap(fault, "scanner %s", row->name);
    }
    return 0;
}

void scanners_free(struct scanner_set *set)
{
    if (set == NULL)
        return;
    lock_take(&set->probe_lock);
    while (set->probers > 0)
        (void)signal_point_wait(&set->probers_ended, &set->probe_lock, deadline_never());
    lock_drop(&set->probe_lock);
    for (size_t i = 0; i < set->count; i++) {
        struct scanner *scanner = &set->scanners[i];
        assert(!scanner->is_proving);
        if (scanner->ops->close != NULL)
            scanner->ops->close(scanner);
        tls_context_free(scanner->tls);
        slots_fini(&scanner->slots);
        signal_point_fini(&scanner->proved);
        lock_fini(&scanner->lock);
        poison_fini(&scanner->poison);
        recall_free(scanner->recall);
        canary_fini(&scanner->canary);
    }
    signal_point_fini(&set->probers_ended);
    lock_fini(&set->probe_lock);
    free(set);
}

size_t scanners_count(const struct scanner_set *set)
{
    return set->count;
}

bool scanners_want_frame(struct scanner_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        if (scanner_wanted(&set->scanners[i]) == INPUT_AUTO)
            return true;
    }
    return false;
}

const char *scanner_name(const struct scanner_set *set, size_t index)
{
    assert(index < set->count);
    return set->scanners[index].settings->name;
}

void scanner_version(struct scanner_set *set, size_t index, char *text_out, size_t size)
{
    assert(index < set->count);
    struct scanner *scanner = &set->scanners[index];
    lock_take(&scanner->lock);
    bool is_known = scanner->version[0] != '\0';
    (void)snprintf(text_out, size, "%s", is_known ? scanner->version : scanner->settings->name);
    lock_drop(&scanner->lock);
}

bool scanner_is_test(const struct scanner_set *set, size_t index)
{
    assert(index < set->count);
    const struct scanner_settings *settings = set->scanners[index].settings;
    return settings->type == SCANNER_CLAMAV && strcmp(settings->signatures, "test") == 0;
}

#include "set.h"

#include "base/memory.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CANARY_ROOM_BYTES = 16384 };

static const struct scanner_ops *const scanner_drivers[] = {
    [SCANNER_CLAMAV] = &engine_ops,
    [SCANNER_CLAMD] = &clamd_ops,
    [SCANNER_YARA] = &yara_ops,
};

void answer_worsen(struct answer *answer, const struct answer *other)
{
    enum unscannable gravest = other->unscannable > answer->unscannable ? other->unscannable : answer->unscannable;
    bool is_graver = other->kind != answer->kind ? other->kind > answer->kind : gravest > answer->unscannable;
    if (is_graver)
        *answer = *other;
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

struct span request_bytes(const struct scan_request *request, size_t index)
{
    const struct piece *piece = &request->pieces[index];
    const struct sealed *pack = &request->packs[piece->pack];
    assert(piece->size <= pack->size && piece->offset <= pack->size - piece->size);
    return span_of(pack->data + piece->offset, piece->size);
}

void scanner_learn(struct scanner *scanner, struct span version, uint64_t generation, uint32_t raw_signatures)
{
    lock_take(&scanner->lock);
    (void)span_copy(version, scanner->version, sizeof scanner->version);
    for (char *p = scanner->version; *p != '\0'; p++) {
        if ((unsigned char)*p < 0x20 || (unsigned char)*p > 0x7e)
            *p = '?';
    }
    scanner->generation = generation;
    scanner->raw_signatures = raw_signatures;
    lock_drop(&scanner->lock);
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
                         engine_socket_function engine_socket, void *context)
{
    *scanner = (struct scanner){ .settings = settings,
                                 .ops = scanner_drivers[settings->type],
                                 .engine_socket = engine_socket,
                                 .engine_context = context };
    slots_init(&scanner->slots, settings->concurrency);
    lock_init(&scanner->lock);
    signal_point_init(&scanner->proved);
    health_init(&scanner->health, clock_now_ms());
}

struct scanner_set *scanners_new(const struct settings *settings, engine_socket_function engine_socket, void *context)
{
    struct scanner_set *set = memory_new(sizeof *set);
    set->count = settings->scanner_count;
    lock_init(&set->probe_lock);
    size_t large_bytes = CANARY_LARGE_BYTES;
    for (size_t i = 0; i < set->count; i++) {
        const struct scanner_settings *row = &settings->scanners[i];
        scanner_init(&set->scanners[i], row, engine_socket, context);
        if (row->max_bytes < large_bytes + CANARY_ROOM_BYTES) /* it must be asked about it */
            large_bytes = row->max_bytes > CANARY_ROOM_BYTES ? (size_t)row->max_bytes - CANARY_ROOM_BYTES : 0;
    }
    canaries_init(&set->canaries, large_bytes);
    return set;
}

void scanners_free(struct scanner_set *set)
{
    if (set == NULL)
        return;
    for (size_t i = 0; i < set->count; i++) {
        struct scanner *scanner = &set->scanners[i];
        assert(!scanner->is_proving);
        slots_fini(&scanner->slots);
        signal_point_fini(&scanner->proved);
        lock_fini(&scanner->lock);
    }
    canaries_fini(&set->canaries);
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

#include "generation.h"

#include "base/memory.h"
#include "conf/conf.h"
#include "conf/runners.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void settings_print(const struct settings *settings, struct buf *text_out)
{
    buf_init(text_out, CONF_FILE_LIMIT);
    conf_print(settings, false, text_out);
}

int generation_init(struct generation *generation, unsigned number, struct settings *settings_take,
                    const struct key_ring *keys_take, struct fault *fault)
{
    *generation = (struct generation){
        .number = number, .settings = settings_take, .text = SEALED_NONE, .keys = *keys_take
    };
    struct buf text;
    settings_print(settings_take, &text);
    int failed = buf_overflowed(&text) ? fault_set(fault, EFBIG, "the configuration is too large")
                                       : sealed_copy(buf_span(&text), "cordon-settings", &generation->text, fault);
    buf_fini(&text);
    generation->is_used = true;
    if (failed != 0)
        generation_fini(generation);
    return failed;
}

void generation_fini(struct generation *generation)
{
    sealed_close(&generation->text);
    key_ring_close(&generation->keys);
    settings_free(generation->settings);
    *generation = (struct generation){ 0 };
}

/* The scanner of that type, of which there is one at most. */
static const struct scanner_settings *settings_engine(const struct settings *settings, enum scanner_type type)
{
    for (size_t i = 0; i < settings->scanner_count; i++) {
        if (settings->scanners[i].type == type)
            return &settings->scanners[i];
    }
    return NULL;
}

bool generation_needs(const struct settings *settings, unsigned place)
{
    enum role role = role_of_place(place);
    if (role == ROLE_RUNNER)
        return runners_user(settings, place - ROLE_RUNNER) != NULL;
    if (role == ROLE_ENGINE)
        return settings_engine(settings, SCANNER_CLAMAV) != NULL;
    if (role == ROLE_KEEPER)
        return settings->store_count > 0;
    return role != ROLE_YARA || settings_engine(settings, SCANNER_YARA) != NULL;
}

bool generation_has(const struct generation *generation, const struct child *child)
{
    for (unsigned place = 0; generation != NULL && place < ROLE_PLACES; place++) {
        if (generation->children[place] == child)
            return true;
    }
    return false;
}

/* A runner's rows are told by their numbers, so these must be the same too. */
static bool settings_mix_runner(struct settings *mix, const struct settings *old, const char *user)
{
    size_t count = mix->scanner_count > old->scanner_count ? mix->scanner_count : old->scanner_count;
    for (size_t i = 0; i < count; i++) {
        const struct scanner_settings *from = &old->scanners[i];
        const struct scanner_settings *to = &mix->scanners[i];
        bool was_its = i < old->scanner_count && scanner_is_run(from) && strcmp(from->run.user, user) == 0;
        bool is_its = i < mix->scanner_count && scanner_is_run(to) && strcmp(to->run.user, user) == 0;
        if (was_its != is_its)
            return false;
        if (is_its)
            mix->scanners[i] = *from;
    }
    return true;
}

/* Puts the part of `old` that the role reads into a copy of `wanted`. False where there is no such part. */
static bool settings_mix(struct settings *mix, const struct settings *old, enum role role, const char *user)
{
    mix->log = old->log;
    if (role == ROLE_DECODER) {
        mix->decoder = old->decoder;
        return true;
    }
    if (role == ROLE_RUNNER)
        return settings_mix_runner(mix, old, user);
    if (role == ROLE_KEEPER) {
        memcpy(mix->stores, old->stores, sizeof mix->stores);
        mix->store_count = old->store_count;
        return true;
    }
    const struct scanner_settings *from = settings_engine(old, SCANNER_CLAMAV);
    const struct scanner_settings *to = settings_engine(mix, SCANNER_CLAMAV);
    if (role != ROLE_ENGINE || from == NULL || to == NULL)
        return false;
    mix->scanners[to - mix->scanners] = *from;
    return true;
}

/* By their text, which has every setting there is: where the mixture reads like the new one, nothing in it changed. */
static bool settings_are_shared(const struct settings *old, const struct settings *wanted, enum role role,
                                const char *user)
{
    struct settings *mix = memory_new(sizeof *mix);
    memcpy(mix, wanted, sizeof *mix);
    bool is_same = settings_mix(mix, old, role, user);
    if (is_same) {
        struct buf mixed;
        struct buf plain;
        settings_print(mix, &mixed);
        settings_print(wanted, &plain);
        is_same = !buf_overflowed(&plain) && span_equal(buf_span(&mixed), buf_span(&plain));
        buf_fini(&mixed);
        buf_fini(&plain);
    }
    free(mix); /* its texts stay those of the two */
    return is_same;
}

struct child *generation_shared(const struct generation *old, const struct generation *wanted, unsigned place)
{
    if (old == NULL)
        return NULL;
    enum role role = role_of_place(place);
    if (role == ROLE_KEEPER && !key_ring_equal(&old->keys, &wanted->keys))
        return NULL;
    const char *user = "";
    if (role == ROLE_RUNNER) {
        user = runners_user(wanted->settings, place - ROLE_RUNNER);
        place = ROLE_RUNNER + (unsigned)runners_find(old->settings, user);
    }
    if (place >= ROLE_PLACES || old->children[place] == NULL ||
        !settings_are_shared(old->settings, wanted->settings, role, user))
        return NULL;
    return old->children[place];
}

bool generation_talks(enum role a, enum role b)
{
    return (role_row(a)->talks_to & 1U << b) != 0 || (role_row(b)->talks_to & 1U << a) != 0;
}

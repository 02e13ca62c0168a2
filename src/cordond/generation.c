#include "generation.h"

#include "base/memory.h"
#include "conf/conf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void settings_print(const struct settings *settings, struct buf *text_out)
{
    buf_init(text_out, CONF_FILE_LIMIT);
    conf_print(settings, false, text_out);
}

int generation_init(struct generation *generation, unsigned number, struct settings *settings_take, struct fault *fault)
{
    *generation = (struct generation){ .number = number, .settings = settings_take, .text = SEALED_NONE };
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

bool generation_needs(const struct settings *settings, enum role role)
{
    if (role == ROLE_ENGINE)
        return settings_engine(settings, SCANNER_CLAMAV) != NULL;
    return role != ROLE_YARA || settings_engine(settings, SCANNER_YARA) != NULL;
}

/* Puts the part of `old` that the role reads into a copy of `wanted`. False where there is no such part. */
static bool settings_mix(struct settings *mix, const struct settings *old, enum role role)
{
    mix->log = old->log;
    if (role == ROLE_DECODER) {
        mix->decoder = old->decoder;
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
bool generation_may_share(const struct settings *old, const struct settings *wanted, enum role role)
{
    struct settings *mix = memory_new(sizeof *mix);
    memcpy(mix, wanted, sizeof *mix);
    bool is_same = settings_mix(mix, old, role);
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

bool generation_talks(enum role a, enum role b)
{
    return (role_row(a)->talks_to & 1U << b) != 0 || (role_row(b)->talks_to & 1U << a) != 0;
}

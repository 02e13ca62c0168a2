#include "trial.h"

#include "base/keyed.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static const char refuses[] = "refuses: ";

struct trial_set trial_read(const char *status)
{
    struct span text = span_text(status != NULL ? status : "");
    struct span scanning = keyed_value(text, "scanning");
    bool has_reason = span_starts_with(scanning, refuses);
    return (struct trial_set){ .is_scanning = span_is(scanning, "yes"),
                               .refusal = has_reason ? span_from(scanning, strlen(refuses)) : scanning,
                               .version = keyed_value(text, "version"),
                               .generation = keyed_value(text, "generation"),
                               .databases = keyed_value(text, "databases"),
                               .clean_samples = keyed_value(text, "clean_samples"),
                               .count = keyed_number(text, "signatures"),
                               .built = (int64_t)keyed_number(text, "built") };
}

/* 0: it is not among them. */
static uint64_t database_version(struct span databases, struct span name)
{
    while (databases.size > 0) {
        struct span version = span_cut(&databases, ' ');
        uint64_t number = 0;
        if (span_equal(span_cut(&version, ':'), name) && span_number(version, &number))
            return number;
    }
    return 0;
}

/* Somebody may have put an old copy back, to hide what is new in the newer one. */
static int trial_judge_databases(const struct trial_set *old, const struct trial_set *fresh, struct fault *fault)
{
    struct span rest = old->databases;
    while (rest.size > 0) {
        struct span version = span_cut(&rest, ' ');
        struct span name = span_cut(&version, ':');
        uint64_t before = database_version(old->databases, name);
        uint64_t now = database_version(fresh->databases, name);
        if (now == 0)
            return fault_set(fault, EINVAL, "%.*s is missing, and is there in what is in use (allow_rollback)",
                             (int)name.size, name.data);
        if (now < before)
            return fault_set(fault, EINVAL,
                             "%.*s is version %" PRIu64 ", older than the one in use, %" PRIu64 " (allow_rollback)",
                             (int)name.size, name.data, now, before);
    }
    return 0;
}

int trial_judge(const struct trial_set *old, const struct trial_set *fresh, const struct scanner_settings *scanner,
                struct fault *fault)
{
    uint64_t number = 0;
    if (!fresh->is_scanning)
        return fault_set(fault, EINVAL, "%.*s", (int)fresh->refusal.size, fresh->refusal.data);
    if (!old->is_scanning)
        return 0;
    if (scanner->clean_samples[0] != '\0' && !span_number(fresh->clean_samples, &number))
        return fault_set(fault, EINVAL, "it could not be tried with clean_samples: %.*s",
                         (int)fresh->clean_samples.size, fresh->clean_samples.data);
    /* No product that could be too large: the counts are below 2^32. */
    if (fresh->count * 100 < old->count * scanner->min_signatures_percent)
        return fault_set(fault, EINVAL,
                         "it has %" PRIu64 " signatures, less than %u %% of the %" PRIu64
                         " in use (min_signatures_percent)",
                         fresh->count, scanner->min_signatures_percent, old->count);
    return scanner->allow_rollback ? 0 : trial_judge_databases(old, fresh, fault);
}

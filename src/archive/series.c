#include "series.h"

/* How far behind a damaged stream the next one is looked for: its check sums. */
enum { SERIES_NEAR = 16 };
/* What setting up for one stream costs where the format does not say more; damaged ones shall be few. */
enum { SERIES_STEPS = 512, SERIES_DAMAGED_STEPS = 8192 };
enum { PROBE_SIZE = 512, PROBE_PACKED = 32, PROBE_UNPACKED = 16 };

struct series_run {
    size_t starts[SERIES_STREAMS];
    size_t count;
    struct span skipped[SERIES_STREAMS]; /* only so many of them, as well */
    size_t skips;
    enum unpack_ending worst;
    size_t end;      /* behind the last stream */
    bool is_stopped; /* by the receiver */
};

void series_hand_out(struct unpack *unpack, const char *how, struct span bytes)
{
    size_t zeros = 0;
    while (zeros < bytes.size && bytes.data[zeros] == '\0')
        zeros++;
    if (bytes.size >= SERIES_ASIDE && zeros < bytes.size)
        (void)unpack_member_slice(unpack, &(struct unpack_member){ .how = how, .packed_size = bytes.size }, bytes);
}

static size_t series_skip_zeros(struct span content, size_t at)
{
    while (at < content.size && content.data[at] == '\0')
        at++;
    return at;
}

/* The offset of the next stream at or behind `at`, over what is no data; the end, or what is no stream, else. */
static size_t series_next(const struct series *series, struct span content, size_t at, struct series_run *run)
{
    for (;;) {
        at = series_skip_zeros(content, at);
        size_t skipped = series->skip != NULL ? series->skip(span_from(content, at)) : 0;
        if (skipped == 0)
            return at;
        if (run->skips < SERIES_STREAMS)
            run->skipped[run->skips++] = span_slice(content, at, skipped);
        at += skipped;
    }
}

static size_t series_behind_damage(const struct series *series, struct span content, size_t at)
{
    for (size_t i = 0; i <= SERIES_NEAR && at + i < content.size; i++) {
        if (series->looks(span_from(content, at + i)))
            return at + i;
    }
    return content.size;
}

static void series_note(struct unpack *unpack, const struct series *series, enum unpack_ending ending)
{
    if (series->is_quiet)
        return;
    if (ending == UNPACK_CUT)
        unpack_note(unpack, UNPACK_DAMAGED, "%s: cut short", series->name);
    if (ending == UNPACK_BROKEN)
        unpack_note(unpack, UNPACK_DAMAGED, "%s: corrupt, or a wrong check sum", series->name);
}

static struct unpack_member series_member(const struct series *series, const char *how, struct span rest)
{
    struct unpack_member member = { .how = how };
    if (series->names != NULL)
        member.names = series->names(rest);
    return member;
}

static void series_join(struct unpack *unpack, const struct series *series, struct span content, size_t at,
                        struct series_run *run)
{
    struct unpack_member joined = series_member(series, series->how_joined, span_from(content, at));
    if (!unpack_begin(unpack, &joined))
        return;
    enum unpack_ending ending = UNPACK_WHOLE;
    uint64_t steps = series->steps > 0 ? series->steps : SERIES_STEPS;
    while (ending != UNPACK_STOPPED && at < content.size && series->looks(span_from(content, at)) &&
           unpack_step(unpack, ending == UNPACK_WHOLE ? steps : SERIES_DAMAGED_STEPS)) {
        if (run->count < SERIES_STREAMS)
            run->starts[run->count] = at;
        run->count++;
        size_t used = 0;
        ending = series->put(unpack, span_from(content, at), &used);
        /* However little a reader of streams takes, the series goes on. */
        at += used > 0 ? used : 1;
        if (ending == UNPACK_BROKEN || (ending == UNPACK_CUT && run->worst == UNPACK_WHOLE))
            run->worst = ending;
        if (ending == UNPACK_WHOLE)
            at = series_next(series, content, at, run);
        else
            at = series_behind_damage(series, content, at);
    }
    unpack_end(unpack);
    run->end = at;
    run->is_stopped = ending == UNPACK_STOPPED;
}

static void series_single(struct unpack *unpack, const struct series *series, struct span rest, size_t size)
{
    struct unpack_member single = series_member(series, series->how_single, rest);
    single.packed_size = size;
    if (!unpack_begin(unpack, &single))
        return;
    size_t used = 0;
    (void)series->put(unpack, rest, &used);
    unpack_end(unpack);
}

/* Each stream by itself, and what else belongs to it. */
static void series_each(struct unpack *unpack, const struct series *series, struct span content,
                        const struct series_run *run)
{
    for (size_t i = 0; i < run->skips; i++)
        series_hand_out(unpack, series->how_skipped, span_from(run->skipped[i], series->skip_header));
    size_t kept = run->count < SERIES_STREAMS ? run->count : SERIES_STREAMS;
    for (size_t i = 0; i < kept; i++) {
        struct span rest = span_from(content, run->starts[i]);
        if (series->aside != NULL)
            series->aside(unpack, rest);
        if (run->count > 1)
            series_single(unpack, series, rest, i + 1 < kept ? run->starts[i + 1] - run->starts[i] : rest.size);
    }
}

enum unpack_ending series_read(struct unpack *unpack, const struct series *series, struct span content)
{
    struct series_run run = { .worst = UNPACK_WHOLE };
    run.end = series_next(series, content, 0, &run);
    if (run.end < content.size && series->looks(span_from(content, run.end)))
        series_join(unpack, series, content, run.end, &run);
    if (!run.is_stopped)
        series_hand_out(unpack, series->how_behind, span_from(content, run.end));
    series_each(unpack, series, content, &run);
    series_note(unpack, series, run.worst);
    return run.worst;
}

/* The receiver that keeps nothing. */
struct probe {
    char room[PROBE_SIZE];
    size_t size;
};

static char *probe_room(void *context, size_t *size_out)
{
    struct probe *probe = context;
    *size_out = PROBE_SIZE - probe->size;
    return *size_out > 0 ? probe->room + probe->size : NULL;
}

static void probe_wrote(void *context, size_t size)
{
    struct probe *probe = context;
    probe->size += size;
}

static void probe_note(void *context, enum unpack_trouble trouble, const char *text)
{
    (void)context;
    (void)trouble;
    (void)text;
}

bool series_is_plausible(enum unpack_ending (*put)(struct unpack *unpack, struct span rest, size_t *used_out),
                         struct span rest)
{
    static const struct unpack_ops ops = { .room = probe_room, .wrote = probe_wrote, .note = probe_note };
    struct probe probe = { .size = 0 };
    struct unpack unpack = { .ops = &ops, .context = &probe };
    size_t used = 0;
    enum unpack_ending ending = put(&unpack, rest, &used);
    return ending == UNPACK_WHOLE || ending == UNPACK_STOPPED || (used >= PROBE_PACKED && probe.size >= PROBE_UNPACKED);
}

size_t series_read_inner(struct unpack *unpack, const struct series *series, struct span rest,
                         enum unpack_ending *ending_out)
{
    struct series_run run = { .worst = UNPACK_WHOLE };
    *ending_out = UNPACK_BROKEN;
    if (!series_is_plausible(series->put, rest))
        return 0;
    series_join(unpack, series, rest, 0, &run);
    series_each(unpack, series, rest, &run);
    *ending_out = run.is_stopped ? UNPACK_STOPPED : run.worst;
    return run.end;
}

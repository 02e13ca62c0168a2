/* What the scanners say about themselves: lines for `cordon status`, and metrics. */
#include "set.h"

#include "base/escape.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

static const char *const canary_texts[] = {
    [CANARY_EICAR] = "eicar",
    [CANARY_FILE] = "file",
    [CANARY_NONE] = "unproven",
};

/* With the lock held. */
static const char *breaker_text(const struct scanner *scanner)
{
    bool is_closed = health_is_trusted(&scanner->health) || scanner->health.state == HEALTH_UNKNOWN;
    if (is_closed)
        return "closed";
    return scanner->is_proving ? "half-open" : "open";
}

static void put_since(struct scanner *scanner, struct buf *text)
{
    const struct health *health = &scanner->health;
    if (scanner->since_wall == 0 || scanner->since_told_ms != health->since_ms) {
        scanner->since_told_ms = health->since_ms; /* once, for the two clocks drift */
        scanner->since_wall = (int64_t)time(NULL) - (clock_now_ms() - health->since_ms) / 1000;
    }
    time_t since = (time_t)scanner->since_wall;
    struct tm utc;
    char since_text[32] = "";
    if (gmtime_r(&since, &utc) != NULL)
        (void)strftime(since_text, sizeof since_text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    buf_printf(text, " since=%s", since_text);
}

/* When the last canary passed, by the wall clock. The text may not change by itself each second: it is sent when it
 * does. */
static void put_canary(struct scanner *scanner, struct buf *text)
{
    const struct health *health = &scanner->health;
    if (health->passed_at_ms != scanner->passed_told_ms) {
        scanner->passed_told_ms = health->passed_at_ms;
        scanner->passed_wall = (int64_t)time(NULL) - (clock_now_ms() - health->passed_at_ms) / 1000;
    }
    buf_printf(text, " canary=%s canary_passed=%" PRId64, canary_texts[scanner->canary.kind],
               health->passed_at_ms != 0 ? scanner->passed_wall : 0);
}

static void put_state(struct scanner *scanner, const char *input, struct buf *text)
{
    lock_take(&scanner->lock);
    const struct health *health = &scanner->health;
    buf_printf(text, "scanner.%s.state=%s", scanner->settings->name, health_state_text(health->state));
    put_since(scanner, text);
    buf_printf(text, " generation=%016" PRIx64 " queue=%u input=%s breaker=%s role=%s", scanner->generation,
               atomic_load(&scanner->waiting), input, breaker_text(scanner),
               scanner->settings->role == SCANNER_PRIMARY ? "primary" : "backup");
    put_canary(scanner, text);
    if (scanner->made_wall != 0)
        buf_printf(text, " signatures_made=%" PRId64, scanner->made_wall);
    buf_put_text(text, " version=");
    escape_value(text, span_text(scanner->version));
    if (health->text[0] != '\0') {
        buf_put_text(text, " reason=");
        escape_value(text, span_text(health->text));
    }
    buf_put_char(text, '\n');
    lock_drop(&scanner->lock);
}

static void put_counts(struct scanner *scanner, struct buf *text)
{
    struct counts *counts = &scanner->counts;
    buf_printf(text, "scanner.%s.counts=answers", scanner->settings->name);
    for (enum answer_kind kind = ANSWER_CLEAN; kind < ANSWERS; kind++)
        buf_printf(text, " %s=%" PRIu64, answer_kind_text(kind), atomic_load(&counts->answers[kind]));
    buf_printf(text, " not-asked=%" PRIu64 " p50_ms=%" PRIu32 " p99_ms=%" PRIu32 " poison=%u queue=%u",
               atomic_load(&counts->answers[ANSWER_NOT_ASKED]), counts_percentile_ms(counts, 50),
               counts_percentile_ms(counts, 99), poison_count(&scanner->poison, clock_now_ms()),
               atomic_load(&scanner->waiting));
    if (scanner->recall != NULL) {
        struct recall_counts recall = recall_count(scanner->recall);
        buf_printf(text, " remembered=%" PRIu64 " hits=%" PRIu64 " misses=%" PRIu64, recall.answers, recall.hits,
                   recall.misses);
    }
    buf_put_char(text, '\n');
}

void scanners_status(struct scanner_set *set, struct buf *text_out)
{
    static const char *const inputs[] = {
        [INPUT_MESSAGE] = "message", [INPUT_PARTS] = "parts", [INPUT_BOTH] = "both", [INPUT_AUTO] = "parts+frame"
    };
    for (size_t i = 0; i < set->count; i++) {
        struct scanner *scanner = &set->scanners[i];
        put_state(scanner, inputs[scanner_wanted(scanner)], text_out);
        put_counts(scanner, text_out);
    }
}

/* --- Prometheus --- */

/* Text format 0.0.4: a label's value has \\, \" and \n escaped; names of scanners have none of these. */
struct metric {
    const char *name;
    const char *type;
    const char *help;
    double (*value)(struct scanner *scanner);
};

static double value_up(struct scanner *scanner)
{
    lock_take(&scanner->lock);
    bool is_trusted = health_is_trusted(&scanner->health);
    lock_drop(&scanner->lock);
    return is_trusted ? 1 : 0;
}

static double value_breaker(struct scanner *scanner)
{
    lock_take(&scanner->lock);
    const char *text = breaker_text(scanner);
    lock_drop(&scanner->lock);
    return text[0] == 'o' ? 2 : text[0] == 'h' ? 1 : 0;
}

static double value_canary_age(struct scanner *scanner)
{
    lock_take(&scanner->lock);
    int64_t passed_ms = scanner->health.passed_at_ms;
    lock_drop(&scanner->lock);
    return passed_ms != 0 ? (double)(clock_now_ms() - passed_ms) / 1000 : -1;
}

static double value_signatures_age(struct scanner *scanner)
{
    lock_take(&scanner->lock);
    int64_t made = scanner->made_wall;
    lock_drop(&scanner->lock);
    return made != 0 ? (double)((int64_t)time(NULL) - made) : -1;
}

static double value_proven(struct scanner *scanner)
{
    return scanner->canary.kind != CANARY_NONE ? 1 : 0;
}

static double value_queue(struct scanner *scanner)
{
    return atomic_load(&scanner->waiting);
}

static double value_poison(struct scanner *scanner)
{
    return poison_count(&scanner->poison, clock_now_ms());
}

static double value_recall_answers(struct scanner *scanner)
{
    return scanner->recall != NULL ? (double)recall_count(scanner->recall).answers : 0;
}

static double value_recall_hits(struct scanner *scanner)
{
    return scanner->recall != NULL ? (double)recall_count(scanner->recall).hits : 0;
}

static double value_recall_misses(struct scanner *scanner)
{
    return scanner->recall != NULL ? (double)recall_count(scanner->recall).misses : 0;
}

#define COUNT_VALUE(member)                                                                                            \
    static double value_##member(struct scanner *scanner)                                                              \
    {                                                                                                                  \
        return (double)atomic_load(&scanner->counts.member);                                                           \
    }
COUNT_VALUE(canaries_passed)
COUNT_VALUE(canaries_missed)
COUNT_VALUE(opened)
COUNT_VALUE(poisoned)
COUNT_VALUE(ignored)
COUNT_VALUE(tampered)

static const struct metric scanner_metrics[] = {
    { "cordon_scanner_up", "gauge", "Whether messages are sent to the scanner and its answers count.", value_up },
    { "cordon_scanner_breaker_state", "gauge", "0 closed, 1 half open, 2 open.", value_breaker },
    { "cordon_scanner_breaker_opened_total", "counter", "Times that a message's failure opened the breaker.",
      value_opened },
    { "cordon_scanner_proven", "gauge", "Whether the scanner is shown an infected sample.", value_proven },
    { "cordon_scanner_canary_age_seconds", "gauge", "Time since a canary passed; -1: never.", value_canary_age },
    { "cordon_scanner_signatures_age_seconds", "gauge", "Since its signatures were made; -1: unknown.",
      value_signatures_age },
    { "cordon_scanner_canaries_passed_total", "counter", "Canaries that passed.", value_canaries_passed },
    { "cordon_scanner_canaries_missed_total", "counter", "Canaries that did not.", value_canaries_missed },
    { "cordon_scanner_waiting_messages", "gauge", "Messages that wait for their turn with the scanner.", value_queue },
    { "cordon_scanner_poison_pieces", "gauge", "Pieces that the scanner is not shown any more.", value_poison },
    { "cordon_scanner_poison_kept_away_total", "counter", "Times that such a piece was not shown.", value_poisoned },
    { "cordon_scanner_names_ignored_total", "counter", "Messages with a found name that is ignored.", value_ignored },
    { "cordon_scanner_tampered_total", "counter", "Times that it altered what was lent to it.", value_tampered },
    { "cordon_scanner_remembered_answers", "gauge", "Answers about parts that are remembered.", value_recall_answers },
    { "cordon_scanner_remembered_hits_total", "counter", "Parts that were not scanned again.", value_recall_hits },
    { "cordon_scanner_remembered_misses_total", "counter", "Parts of which nothing was remembered.",
      value_recall_misses },
};

static void put_head(const char *name, const char *type, const char *help, struct buf *text)
{
    buf_printf(text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void put_answers(struct scanner_set *set, struct buf *text)
{
    static const char name[] = "cordon_scanner_answers_total";
    put_head(name, "counter", "Answers to messages, by kind; not-asked while the breaker was open.", text);
    for (size_t i = 0; i < set->count; i++) {
        for (enum answer_kind kind = ANSWER_NOT_ASKED; kind < ANSWERS; kind++)
            buf_printf(text, "%s{scanner=\"%s\",answer=\"%s\"} %" PRIu64 "\n", name, set->scanners[i].settings->name,
                       answer_kind_text(kind), atomic_load(&set->scanners[i].counts.answers[kind]));
    }
}

static void put_durations(struct scanner_set *set, struct buf *text)
{
    static const char name[] = "cordon_scanner_duration_seconds";
    put_head(name, "histogram", "How long the scanner took for a message.", text);
    for (size_t i = 0; i < set->count; i++) {
        struct counts *counts = &set->scanners[i].counts;
        const char *scanner = set->scanners[i].settings->name;
        uint64_t sum = 0;
        for (size_t k = 0; k < COUNTS_BUCKETS; k++) {
            sum += atomic_load(&counts->buckets[k]);
            buf_printf(text, "%s_bucket{scanner=\"%s\",le=\"%g\"} %" PRIu64 "\n", name, scanner,
                       counts_bounds_ms[k] / 1000.0, sum);
        }
        sum += atomic_load(&counts->buckets[COUNTS_BUCKETS]);
        buf_printf(text, "%s_bucket{scanner=\"%s\",le=\"+Inf\"} %" PRIu64 "\n", name, scanner, sum);
        buf_printf(text, "%s_sum{scanner=\"%s\"} %.3f\n%s_count{scanner=\"%s\"} %" PRIu64 "\n", name, scanner,
                   (double)atomic_load(&counts->took_ms) / 1000, name, scanner, sum);
    }
}

static void put_info(struct scanner_set *set, struct buf *text)
{
    static const char name[] = "cordon_scanner_info";
    put_head(name, "gauge", "Its version and the generation of its signatures, in labels.", text);
    for (size_t i = 0; i < set->count; i++) {
        struct scanner *scanner = &set->scanners[i];
        lock_take(&scanner->lock);
        buf_printf(text, "%s{scanner=\"%s\",generation=\"%016" PRIx64 "\",version=", name, scanner->settings->name,
                   scanner->generation);
        buf_put_char(text, '"');
        for (const char *p = scanner->version; *p != '\0'; p++) {
            if (*p == '"' || *p == '\\')
                buf_put_char(text, '\\');
            buf_put_char(text, *p);
        }
        buf_put_text(text, "\"} 1\n");
        lock_drop(&scanner->lock);
    }
}

void scanners_metrics(struct scanner_set *set, struct buf *text_out)
{
    for (size_t k = 0; k < sizeof scanner_metrics / sizeof scanner_metrics[0]; k++) {
        const struct metric *metric = &scanner_metrics[k];
        put_head(metric->name, metric->type, metric->help, text_out);
        for (size_t i = 0; i < set->count; i++)
            buf_printf(text_out, "%s{scanner=\"%s\"} %.15g\n", metric->name, set->scanners[i].settings->name,
                       metric->value(&set->scanners[i]));
    }
    put_answers(set, text_out);
    put_durations(set, text_out);
    put_info(set, text_out);
}

#include "gate/stamp.h"

#include "base/escape.h"

#include <inttypes.h>
#include <string.h>

enum { STAMP_LIMIT = 8192, STAMP_REASON_LIMIT = 120, STAMP_MOST_REASONS = 4, STAMP_VERSION_SIZE = 80 };

static bool has_only_test_answers(const struct transaction *t)
{
    bool has_test = false;
    for (size_t i = 0; i < scanners_count(t->gate->scanners); i++) {
        if (t->answers[i].kind == ANSWER_CLEAN && !scanner_is_test(t->gate->scanners, i))
            return false;
        has_test |= scanner_is_test(t->gate->scanners, i);
    }
    return has_test;
}

static void stamp_answers(const struct transaction *t, struct buf *fields)
{
    for (size_t i = 0; i < scanners_count(t->gate->scanners); i++) {
        const struct answer *answer = &t->answers[i];
        if (answer->kind == ANSWER_NOT_ASKED)
            continue;
        char version[STAMP_VERSION_SIZE];
        scanner_version(t->gate->scanners, i, version, sizeof version);
        buf_printf(fields, ";\r\n\t%s=%s", scanner_name(t->gate->scanners, i), answer_kind_text(answer->kind));
        if (version[0] != '\0' && strcmp(version, scanner_name(t->gate->scanners, i)) != 0) {
            buf_put_text(fields, " (");
            escape_header(fields, span_text(version), sizeof version);
            buf_put_text(fields, ")");
        }
    }
}

static void stamp_reasons(const struct transaction *t, struct buf *fields)
{
    for (size_t i = 0; i < t->verdict.finding_count && i < STAMP_MOST_REASONS; i++) {
        const struct finding *finding = &t->verdict.findings[i];
        buf_printf(fields, ";\r\n\t%s", category_text(finding->category));
        if (finding->unscannable != UNSCANNABLE_NONE)
            buf_printf(fields, "/%s", unscannable_text(finding->unscannable));
        buf_put_text(fields, " by ");
        escape_header(fields, span_text(finding->source), STAMP_REASON_LIMIT);
        buf_put_text(fields, ": ");
        escape_header(fields, span_text(finding->text), STAMP_REASON_LIMIT);
    }
}

static void stamp_tag(const struct transaction *t, struct buf *fields)
{
    bool is_tagged = false;
    for (size_t i = 0; i < t->recipient_count; i++)
        is_tagged |= t->recipients[i].fate.is_tagged; /* edits are the union */
    if (!is_tagged)
        return;
    const struct finding *finding = verdict_main_finding(&t->verdict);
    buf_printf(fields, "X-Cordon-Tag: %s; %s", t->gate->settings->hostname,
               category_text(verdict_gravest(&t->verdict)));
    if (finding != NULL && finding->unscannable != UNSCANNABLE_NONE)
        buf_printf(fields, "; %s", unscannable_text(finding->unscannable));
    buf_put_text(fields, "\r\n");
}

void stamp_make(struct transaction *t)
{
    struct buf *fields = &t->edits.fields;
    buf_init(fields, STAMP_LIMIT);
    bool is_test = has_only_test_answers(t);
    unsigned answered = t->verdict.categories & (1U << CATEGORY_CLEAN | 1U << CATEGORY_UNSCANNED);
    bool is_judged = answered == 1U << CATEGORY_CLEAN; /* the requirement was met, and nothing else went amiss */

    buf_printf(fields, "X-Cordon-Scan: %s; %s%s", t->gate->settings->hostname,
               is_test ? "test signature only, not scanned; " : "", category_text(verdict_gravest(&t->verdict)));
    stamp_answers(t, fields);
    stamp_reasons(t, fields);
    buf_printf(fields, ";\r\n\tid=%s-%" PRIu32 "\r\n", t->id, t->number);
    stamp_tag(t, fields);
    if (t->gate->settings->virus_scanned_header && is_judged && !is_test)
        buf_printf(fields, "X-Virus-Scanned: Cordon at %s\r\n", t->gate->settings->hostname);

    t->edits.cuts = t->report.cuts;
    t->edits.cut_count = t->report.cut_count;
}

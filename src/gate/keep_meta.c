/* What is written beside a kept message, for those who look for it. Each list has a bound, so that the whole fits. */
#include "gate/keep.h"

#include "store/meta.h"
#include "sys/clock.h"
#include "sys/digest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    KEEP_FATE_SIZE = 96, /* of 1,000 recipients each */
    KEEP_MOST_FILES = 256,
    KEEP_FILE_MOST = 255,
    KEEP_REASON_SIZE = VERDICT_TEXT_SIZE + 96,
    KEEP_HEAD_TEXT_MOST = 1024
};

static void keep_put_given(struct buf *meta, enum meta_field field, const char *text)
{
    if (text != NULL && text[0] != '\0')
        meta_put_text(meta, field, text);
}

static void keep_put_envelope(const struct transaction *t, const struct store_conf *store, struct buf *meta)
{
    meta_put_text(meta, META_SENDER, t->sender != NULL ? t->sender : "");
    keep_put_given(meta, META_PARAMETERS, t->sender_parameters);
    for (size_t i = 0; i < t->recipient_count; i++) {
        const struct recipient *recipient = &t->recipients[i];
        char fate[KEEP_FATE_SIZE];
        if (recipient->store != store || !recipient->fate.wants_keeping)
            continue;
        (void)snprintf(fate, sizeof fate, "%.12s %.80s", fate_action_text(recipient->fate.action),
                       recipient->fate.reply);
        meta_put_text(meta, META_RECIPIENT, recipient->address);
        meta_put_text(meta, META_FATE, fate);
    }
}

static void keep_put_source(const struct transaction *t, struct buf *meta)
{
    char session[SESSION_ID_SIZE + 16];
    (void)snprintf(session, sizeof session, "%s-%" PRIu32, t->id, t->number);
    keep_put_given(meta, META_CLIENT, t->origin.address);
    keep_put_given(meta, META_HELO, t->origin.helo);
    meta_put_text(meta, META_SESSION, session);
    keep_put_given(meta, META_LISTENER, t->listener != NULL ? t->listener->name : "");
    meta_put_text(meta, META_INTAKE, t->intake);
}

static void keep_put_verdict(const struct transaction *t, struct buf *meta)
{
    meta_put_text(meta, META_CATEGORY, category_text(verdict_gravest(&t->verdict)));
    for (size_t i = 0; i < t->verdict.finding_count; i++) {
        const struct finding *finding = &t->verdict.findings[i];
        char reason[KEEP_REASON_SIZE];
        (void)snprintf(reason, sizeof reason, "%s%s%s by %s: %s", category_text(finding->category),
                       finding->unscannable != UNSCANNABLE_NONE ? "/" : "", unscannable_text(finding->unscannable),
                       finding->source, finding->text);
        meta_put_text(meta, META_REASON, reason);
    }
}

static void keep_put_answers(const struct transaction *t, struct buf *meta)
{
    for (size_t i = 0; i < scanners_count(t->gate->scanners); i++) {
        const struct answer *answer = &t->answers[i];
        char said[ANSWER_TEXT_SIZE + 96];
        if (answer->kind == ANSWER_NOT_ASKED)
            continue;
        (void)snprintf(said, sizeof said, "%s: %s%s%s %" PRIu32 "ms", scanner_name(t->gate->scanners, i),
                       answer_kind_text(answer->kind), answer->text[0] != '\0' ? " " : "", answer->text,
                       answer->took_ms);
        meta_put_text(meta, META_SCANNERS, said);
        if (answer->kind == ANSWER_INFECTED)
            keep_put_given(meta, META_NAME, answer->text);
        keep_put_given(meta, META_NAME, answer->named);
    }
}

/* Names that readers could show, each once in a row: further readings of a part repeat them. */
static void keep_put_files(const struct transaction *t, struct buf *meta)
{
    struct span last = { 0 };
    size_t count = 0;
    for (uint32_t i = 0; i < t->report.part_count && count < KEEP_MOST_FILES; i++) {
        struct span names = decode_report_text(&t->report, t->report.parts[i].names);
        while (names.size > 0 && count < KEEP_MOST_FILES) {
            struct span name = span_slice(span_cut(&names, '\0'), 0, KEEP_FILE_MOST);
            if (name.size == 0 || span_equal(name, last))
                continue;
            meta_put(meta, META_FILE, name);
            last = name;
            count++;
        }
    }
}

static void keep_put_head(struct buf *meta, enum meta_field field, struct span text)
{
    if (text.size > 0)
        meta_put(meta, field, span_slice(span_trim(text), 0, KEEP_HEAD_TEXT_MOST));
}

bool keep_put_meta(const struct transaction *t, const struct store_conf *store, struct buf *meta_out)
{
    struct span stored = span_from(sealed_span(&t->message), t->standin_bytes);
    struct digest digest;
    digest_of(stored, &digest);
    meta_put_number(meta_out, META_RECEIVED, clock_wall_ms());
    meta_put_number(meta_out, META_SIZE, stored.size);
    meta_put(meta_out, META_DIGEST, span_of(digest.bytes, sizeof digest.bytes));
    keep_put_verdict(t, meta_out);
    keep_put_source(t, meta_out);
    keep_put_head(meta_out, META_MESSAGE_ID, t->report.message_id);
    keep_put_head(meta_out, META_FROM, t->report.from);
    keep_put_head(meta_out, META_SUBJECT, t->report.subject);
    keep_put_answers(t, meta_out);
    keep_put_envelope(t, store, meta_out);
    keep_put_files(t, meta_out);
    return !buf_overflowed(meta_out);
}

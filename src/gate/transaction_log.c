#include "gate/transaction_log.h"

#include "sys/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { LOG_MOST_RECIPIENTS = 20, LOG_LIST_LIMIT = 4096, LOG_MOST_REASONS = 8 };

static void log_origin(const struct transaction *t, struct log_line *line)
{
    const struct {
        const char *key;
        const char *value;
    } fields[] = {
        { "client", t->origin.address }, { "client_port", t->origin.port },  { "client_name", t->origin.name },
        { "helo", t->origin.helo },      { "protocol", t->origin.protocol }, { "queue_id", t->origin.queue_id },
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (fields[i].value[0] != '\0')
            log_put_text(line, fields[i].key, fields[i].value);
    }
}

static void log_envelope(const struct transaction *t, struct log_line *line)
{
    if (t->sender != NULL)
        log_put_private(line, "from", span_text(t->sender));
    for (size_t i = 0; i < t->recipient_count && i < LOG_MOST_RECIPIENTS; i++)
        log_put_private(line, "to", span_text(t->recipients[i].address));
    log_put_number(line, "recipients", (int64_t)t->recipient_count);
}

static void log_scanners(const struct transaction *t, struct log_line *line)
{
    for (size_t i = 0; i < scanners_count(t->gate->scanners); i++) {
        const struct answer *answer = &t->answers[i];
        char key[64];
        char value[ANSWER_TEXT_SIZE + 64];
        (void)snprintf(key, sizeof key, "scanner.%s", scanner_name(t->gate->scanners, i));
        (void)snprintf(value, sizeof value, "%s%s%s %" PRIu32 "ms", answer_kind_text(answer->kind),
                       answer->text[0] != '\0' ? " " : "", answer->text, answer->took_ms);
        log_put_text(line, key, value);
        (void)snprintf(key, sizeof key, "ignored.%s", scanner_name(t->gate->scanners, i));
        if (answer->ignored[0] != '\0')
            log_put_text(line, key, answer->ignored);
    }
}

static void log_verdict(const struct transaction *t, struct log_line *line)
{
    log_put_text(line, "verdict", category_text(verdict_gravest(&t->verdict)));
    struct buf reasons;
    buf_init(&reasons, LOG_LIST_LIMIT);
    for (size_t i = 0; i < t->verdict.finding_count && i < LOG_MOST_REASONS; i++) {
        const struct finding *finding = &t->verdict.findings[i];
        buf_printf(&reasons, "%s%s%s%s by %s: %s", i > 0 ? "; " : "", category_text(finding->category),
                   finding->unscannable != UNSCANNABLE_NONE ? "/" : "", unscannable_text(finding->unscannable),
                   finding->source, finding->text);
    }
    if (reasons.size > 0)
        log_put_span(line, "reasons", buf_span(&reasons));
    buf_fini(&reasons);
}

/* Recipients with one fate and one reply are one action; each further pair is told as well. */
static void log_actions(const struct transaction *t, struct log_line *line)
{
    for (size_t i = 0; i < t->recipient_count && i < LOG_MOST_RECIPIENTS; i++) {
        const struct recipient *recipient = &t->recipients[i];
        const struct recipient *last = i > 0 ? &t->recipients[i - 1] : NULL;
        if (last != NULL && last->fate.action == recipient->fate.action && strcmp(last->reply, recipient->reply) == 0)
            continue;
        log_put_text(line, "action", fate_action_text(recipient->fate.action));
        if (recipient->fate.is_tagged)
            log_put_text(line, "tagged", "yes");
        log_put_text(line, "reply", recipient->reply);
        if (recipient->fate.finding[0] != '\0')
            log_put_text(line, "finding", recipient->fate.finding);
    }
    for (size_t i = 0; i < t->gate->settings->store_count; i++) {
        char kept[SETTINGS_NAME_SIZE + 24];
        (void)snprintf(kept, sizeof kept, "%s:%" PRIu64, t->gate->settings->stores[i].name, t->kept[i]);
        if (t->kept[i] != 0)
            log_put_text(line, "kept", kept);
    }
    if (t->next_hop_reply[0] != '\0')
        log_put_text(line, "next_hop_reply", t->next_hop_reply);
    if (t->client_is_gone)
        log_put_text(line, "client", "gone");
}

static void log_times(const struct transaction *t, struct log_line *line)
{
    log_put_number(line, "seal_us", t->sealed_us - t->received_us);
    log_put_number(line, "decode_us", t->decoded_us - t->sealed_us);
    log_put_number(line, "scan_us", t->judged_us - t->decoded_us);
    log_put_number(line, "keep_us", t->kept_us - t->judged_us);
    log_put_number(line, "act_us", t->acted_us - t->kept_us);
    log_put_number(line, "total_us", t->acted_us - t->received_us);
}

void transaction_log(const struct transaction *t)
{
    enum category gravest = verdict_gravest(&t->verdict);
    struct log_line line;
    log_line_begin(&line, gravest >= CATEGORY_UNSCANNED ? LOG_WARNING : LOG_INFO, "message");
    char id[SESSION_ID_SIZE + 16];
    (void)snprintf(id, sizeof id, "%s-%" PRIu32, t->id, t->number);
    log_put_text(&line, "session", id);
    log_put_text(&line, "intake", t->intake);
    if (t->listener != NULL)
        log_put_text(&line, "listener", t->listener->name);
    log_origin(t, &line);
    log_envelope(t, &line);
    if (t->report.message_id.size > 0)
        log_put_span(&line, "message_id", t->report.message_id);
    log_put_number(&line, "size", (int64_t)(t->message.size - t->standin_bytes));
    log_put_number(&line, "parts", t->report.part_count);
    log_scanners(t, &line);
    log_verdict(t, &line);
    log_actions(t, &line);
    log_times(t, &line);
    log_line_send(&line);
}

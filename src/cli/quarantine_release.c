/* cordon quarantine release: judged again by the daemon, with today's signatures, and sent by it to the next hop. */
#include "base/escape.h"
#include "base/memory.h"
#include "cli/entry.h"
#include "cli/judge.h"
#include "cli/keep_client.h"
#include "cli/quarantine.h"
#include "cli/who.h"
#include "ipc/calls/judge.h"
#include "store/meta.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { RELEASE_HOW_LIMIT = META_FIELD_MOST, RELEASE_SHOWN = 1000 };

struct release {
    struct store_use *use;
    struct judge *judge;
    const char *reason;
    bool is_json;
    struct span recipients[JUDGE_MOST_RECIPIENTS];
    size_t recipient_count;
};

/* Those of --to, or of the message. */
static int recipients_gather(struct release *release, struct span meta, struct fault *fault)
{
    struct meta_reader reader;
    struct span value;
    const char *to = NULL;
    unsigned field = 0;
    size_t at = 0;
    release->recipient_count = 0;
    while ((to = command_next(release->use->line, OPTION_TO, &at)) != NULL)
        release->recipients[release->recipient_count++] = span_text(to);
    if (release->recipient_count > 0)
        return 0;
    meta_begin(&reader, meta);
    while (meta_next(&reader, &field, &value)) {
        if (field != META_RECIPIENT)
            continue;
        if (release->recipient_count == JUDGE_MOST_RECIPIENTS)
            return fault_set(fault, E2BIG, "it has more than %d recipients: say --to", JUDGE_MOST_RECIPIENTS);
        release->recipients[release->recipient_count++] = value;
    }
    return release->recipient_count > 0 ? 0 : fault_set(fault, EINVAL, "it has no recipients: say --to ADDRESS");
}

/* Text up to its NUL. */
static struct span text_cut(struct span *rest)
{
    size_t end = span_find_byte(*rest, '\0');
    struct span text = span_slice(*rest, 0, end);
    *rest = span_from(*rest, end == SPAN_NONE ? rest->size : end + 1);
    return text;
}

static bool reply_is_release(struct span action, struct span reply)
{
    return span_is(action, "pass") && span_starts_with(reply, "2");
}

/* For the audit trail: the verdict, and what each recipient was answered. */
static void how_put(const struct release *release, const struct judge_result *result, struct span replies,
                    struct buf *how)
{
    buf_printf(how, "%s%s", category_text(result->category),
               command_has(release->use->line, OPTION_FORCE) ? ", forced" : "");
    for (size_t i = 0; i < release->recipient_count; i++) {
        buf_put_text(how, "; ");
        escape_shown(how, release->recipients[i], RELEASE_SHOWN);
        buf_put_text(how, ": ");
        escape_shown(how, text_cut(&replies), RELEASE_SHOWN);
        buf_put_char(how, ' ');
        escape_shown(how, text_cut(&replies), RELEASE_SHOWN);
    }
}

/* How many recipients have it now. */
static size_t replies_print(const struct release *release, uint64_t sequence, const struct judge_result *result,
                            struct span replies)
{
    struct buf out;
    size_t released = 0;
    const char *store = release->use->conf->name;
    buf_init(&out, ENTRY_TEXT_LIMIT);
    if (release->is_json)
        buf_printf(&out, "{\"id\":\"%s:%" PRIu64 "\",\"verdict\":\"%s\",\"recipients\":[", store, sequence,
                   category_text(result->category));
    else
        buf_printf(&out, "%s:%" PRIu64 ": judged again: %s", store, sequence, category_text(result->category));
    if (!release->is_json && result->summary[0] != '\0') {
        buf_put_text(&out, " (");
        escape_shown(&out, span_text(result->summary), RELEASE_SHOWN);
        buf_put_char(&out, ')');
    }
    buf_put_text(&out, release->is_json ? "" : "\n");
    for (size_t i = 0; i < release->recipient_count; i++) {
        struct span action = text_cut(&replies);
        struct span reply = text_cut(&replies);
        bool is_released = reply_is_release(action, reply);
        released += is_released;
        if (release->is_json) {
            buf_put_text(&out, i > 0 ? ",{\"address\":" : "{\"address\":");
            escape_json(&out, release->recipients[i]);
            json_put_text(&out, "action", action);
            json_put_text(&out, "reply", reply);
            buf_printf(&out, ",\"released\":%s}", is_released ? "true" : "false");
        } else {
            buf_put_text(&out, is_released ? "  released to " : "  not released to ");
            escape_shown(&out, release->recipients[i], RELEASE_SHOWN);
            buf_put_text(&out, ": ");
            escape_shown(&out, is_released ? reply : action, RELEASE_SHOWN);
            if (!is_released) {
                buf_put_char(&out, ' ');
                escape_shown(&out, reply, RELEASE_SHOWN);
            }
            buf_put_char(&out, '\n');
        }
    }
    buf_put_text(&out, release->is_json ? "]}\n" : "");
    (void)fwrite(out.data, 1, out.size, stdout);
    (void)fflush(stdout);
    buf_fini(&out);
    return released;
}

static int release_note(const struct release *release, const char *what, const char *how, uint64_t sequence,
                        struct fault *fault)
{
    return keep_note(release->use, what, release->reason, how, &sequence, 1, fault);
}

/* The note before: whatever happens to us afterwards, the trail has it. */
static int note_begin(const struct release *release, uint64_t sequence, struct fault *fault)
{
    struct buf how;
    buf_init(&how, RELEASE_HOW_LIMIT);
    buf_put_text(&how, command_has(release->use->line, OPTION_FORCE) ? "forced, to" : "to");
    for (size_t i = 0; i < release->recipient_count; i++) {
        buf_put_char(&how, ' ');
        escape_shown(&how, release->recipients[i], RELEASE_SHOWN);
    }
    int failed = release_note(release, "release-begin", buf_text(&how), sequence, fault);
    buf_fini(&how);
    return failed;
}

static const char *listener_of(const struct release *release, struct span meta, char *name, size_t size)
{
    const char *said = command_value(release->use->line, OPTION_LISTENER);
    struct span kept = meta_find(meta, META_LISTENER);
    if (said != NULL)
        return said;
    if (kept.size > 0 && span_copy(kept, name, size))
        return name;
    return release->use->settings->listener_count == 1 ? release->use->settings->listeners[0].name : NULL;
}

/* -1 and *fault where it was not even asked. */
static int release_send(struct release *release, uint64_t sequence, struct span meta, const struct sealed *message,
                        size_t *released_out, struct fault *fault)
{
    char name[JUDGE_NAME_SIZE];
    struct judge_result result;
    struct span replies;
    struct judge_wish wish = { .listener = listener_of(release, meta, name, sizeof name),
                               .sender = meta_find(meta, META_SENDER),
                               .parameters = meta_find(meta, META_PARAMETERS),
                               .recipients = release->recipients,
                               .recipient_count = release->recipient_count,
                               .is_forced = command_has(release->use->line, OPTION_FORCE) };
    if (wish.listener == NULL)
        return fault_set(fault, EINVAL, "by which listener's next hop? say --listener NAME");
    if (note_begin(release, sequence, fault) != 0)
        return -1;
    struct buf how;
    buf_init(&how, RELEASE_HOW_LIMIT);
    int failed = judge_release(release->judge, message, &wish, &result, &replies, fault);
    if (failed == 0) {
        how_put(release, &result, replies, &how);
        *released_out = replies_print(release, sequence, &result, replies);
    } else {
        buf_printf(&how, "no answer: %s", fault->text);
    }
    struct fault noting = { 0 };
    if (release_note(release, *released_out > 0 ? "release" : "release-failed", buf_text(&how), sequence, &noting) != 0)
        (void)command_refuse(release->use->line, 1, "its end could not be noted in the audit trail: %s", noting.text);
    buf_fini(&how);
    return failed;
}

static int release_one(struct release *release, uint64_t sequence)
{
    struct fault fault = { 0 };
    struct quarantine_entry entry;
    struct sealed message = SEALED_NONE;
    size_t released = 0;
    const struct store_use *use = release->use;
    int failed = quarantine_entry_get(use, sequence, &entry, &fault);
    if (failed == 0) {
        failed = recipients_gather(release, buf_span(&entry.meta), &fault);
        if (failed == 0)
            failed = quarantine_read(use, sequence, &message, &fault);
        if (failed == 0)
            failed = release_send(release, sequence, buf_span(&entry.meta), &message, &released, &fault);
        sealed_close(&message);
        quarantine_entry_fini(&entry);
    }
    if (failed != 0)
        return command_refuse(use->line, STORE_EXIT_NOT_ALL, "%s:%" PRIu64 ": not released: %s", use->conf->name,
                              sequence, fault.text);
    if (released == release->recipient_count)
        return STORE_EXIT_DONE;
    if (released == 0 && !command_has(use->line, OPTION_FORCE))
        fprintf(stderr,
                "cordon: where the verdict stands in its way, --force releases it all the same, and is logged\n");
    return STORE_EXIT_NOT_ALL;
}

int quarantine_release(const struct command_line *line)
{
    struct store_use *use = NULL;
    struct fault fault = { 0 };
    struct buf reason;
    int status = reason_read(line, &reason);
    if (status >= 0)
        return status;
    status = store_use_begin(line, USE_ROOT | USE_READER | USE_SECRET, true, &use);
    struct release *release = memory_new(sizeof *release);
    release->use = use;
    release->reason = buf_text(&reason);
    release->is_json = command_has(line, OPTION_JSON);
    if (status < 0) {
        release->judge = judge_open(use->settings->run_directory, &fault);
        if (release->judge == NULL)
            status = command_refuse(line, STORE_EXIT_NOT_READ, "the daemon is needed to judge it again: %s",
                                    fault.text);
    }
    if (status < 0) {
        status = STORE_EXIT_DONE;
        for (size_t i = 0; i < use->id_count; i++) {
            int one = release_one(release, use->ids[i]);
            status = one > status ? one : status;
        }
    }
    judge_close(release->judge);
    free(release);
    store_use_end(use);
    buf_fini(&reason);
    return status;
}

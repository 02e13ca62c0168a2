/* cordon quarantine show: the metadata with the keeper's key, the content with an owner's. */
#include "base/escape.h"
#include "base/memory.h"
#include "cli/cli.h"
#include "cli/entry.h"
#include "cli/judge.h"
#include "cli/keep_client.h"
#include "cli/preview.h"
#include "cli/quarantine.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SHOW_LINES = 20 };

struct show {
    struct store_use *use;
    bool is_json;
    bool is_cut;    /* something that was asked for could not be had */
    bool is_secret; /* there is an owner's pair */
    uint64_t lines;
    char trouble[FAULT_TEXT_SIZE]; /* why contents can't be shown */
};

static void show_print(struct buf *out)
{
    (void)fwrite(out->data, 1, out->size, stdout);
    buf_clear(out);
}

static void put_explanation(struct show *show, struct buf *out, const struct sealed *message)
{
    struct fault fault = { 0 };
    struct judge_result result;
    int fd = sealed_lend(message, &fault);
    struct judge *judge = fd < 0 ? NULL : judge_open(show->use->settings->run_directory, &fault);
    if (judge != NULL && judge_explain(judge, fd, show->is_json, &result, &fault) == 0) {
        if (show->is_json)
            buf_put_text(out, ",\"explanation\":");
        else
            buf_put_text(out, "Read anew:\n");
        show_print(out);
        (void)fwrite(result.explanation.data, 1, result.explanation.size, stdout);
    } else {
        (void)command_refuse(show->use->line, 1, "it can't be read anew: %s", fault.text);
        show->is_cut = true;
    }
    judge_close(judge);
    if (fd >= 0)
        (void)close(fd);
}

/* A list of lines, for programs. */
static void json_put_lines(struct buf *out, const char *name, const struct buf *text)
{
    struct span rest = buf_span(text);
    buf_printf(out, ",\"%s\":[", name);
    for (bool is_first = true; rest.size > 0; is_first = false) {
        struct span line = span_cut(&rest, '\n');
        if (!is_first)
            buf_put_char(out, ',');
        escape_json(out, span_from(line, 2)); /* behind the indent */
    }
    buf_put_char(out, ']');
}

static void put_content(struct show *show, struct buf *out, const struct sealed *message)
{
    struct buf text;
    bool is_all = command_has(show->use->line, OPTION_HEADERS);
    buf_init(&text, ENTRY_TEXT_LIMIT);
    preview_put_header(&text, sealed_span(message), is_all);
    if (show->is_json) {
        json_put_lines(out, "header", &text);
    } else {
        buf_put_text(out, is_all ? "Header:\n" : "Header, the usual fields:\n");
        buf_put_span(out, buf_span(&text));
    }
    buf_clear(&text);
    if (show->lines > 0) {
        preview_put_text(&text, sealed_span(message), (size_t)show->lines);
        if (show->is_json) {
            json_put_lines(out, "text", &text);
        } else {
            buf_put_text(out, "Text:\n");
            buf_put_span(out, buf_span(&text));
        }
    }
    buf_fini(&text);
    if (command_has(show->use->line, OPTION_EXPLAIN))
        put_explanation(show, out, message);
}

/* 0, or -1 where it could not be shown and was said why. */
static int show_one(struct show *show, uint64_t sequence)
{
    struct fault fault = { 0 };
    struct quarantine_entry entry;
    struct sealed message = SEALED_NONE;
    struct buf out;
    const struct store_use *use = show->use;
    if (quarantine_entry_get(use, sequence, &entry, &fault) != 0) {
        (void)command_refuse(use->line, 1, "%s:%" PRIu64 ": %s", use->conf->name, sequence, fault.text);
        return -1;
    }
    buf_init(&out, ENTRY_TEXT_LIMIT);
    struct store_entry shown = { .row = entry.row, .meta = buf_span(&entry.meta) };
    if (show->is_json)
        entry_put_json(&out, use->conf->name, &shown);
    else
        entry_put_text(&out, use->conf->name, &shown);
    int failed = 0;
    if (show->is_secret) {
        failed = quarantine_read(use, sequence, &message, &fault);
        if (failed == 0)
            put_content(show, &out, &message);
        else
            (void)command_refuse(use->line, 1, "%s:%" PRIu64 ": its content can't be read: %s", use->conf->name,
                                 sequence, fault.text);
    } else if (!show->is_json) {
        buf_printf(&out, "Its content is not shown: %s\n", show->trouble);
    }
    buf_put_text(&out, show->is_json ? "}\n" : "\n");
    show_print(&out);
    sealed_close(&message);
    buf_fini(&out);
    quarantine_entry_fini(&entry);
    return failed;
}

/* The audit trail first: what can't be noted is not shown. */
static int show_note(struct show *show, struct fault *fault)
{
    struct store_use *use = show->use;
    show->is_secret = store_use_secret(use, fault) == 0;
    if (!show->is_secret) {
        (void)snprintf(show->trouble, sizeof show->trouble, "%s", fault->text);
        return command_has(use->line, OPTION_KEY) || command_has(use->line, OPTION_EXPLAIN) ? -1 : 0;
    }
    return keep_note(use, "show", "", command_has(use->line, OPTION_EXPLAIN) ? "explained" : "", use->ids,
                     use->id_count, fault);
}

int quarantine_show(const struct command_line *line)
{
    struct store_use *use = NULL;
    struct fault fault = { 0 };
    struct show show = { .is_json = command_has(line, OPTION_JSON) };
    if (!command_number(line, OPTION_LINES, 0, PREVIEW_LINES_MOST, SHOW_LINES, &show.lines))
        return CLI_EXIT_USAGE;
    int status = store_use_begin(line, USE_ROOT | USE_READER, true, &use);
    show.use = use;
    if (status < 0) {
        status = quarantine_ids_check(use);
        if (use->id_count > 0 && show_note(&show, &fault) != 0)
            status = command_refuse(line, STORE_EXIT_NOT_READ, "nothing was shown: %s", fault.text);
        else
            for (size_t i = 0; i < use->id_count; i++)
                status = show_one(&show, use->ids[i]) != 0 || show.is_cut ? STORE_EXIT_NOT_ALL : status;
    }
    store_use_end(use);
    return status;
}

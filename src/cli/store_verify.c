/* cordon store verify, accept */
#include "base/escape.h"
#include "base/memory.h"
#include "cli/cli.h"
#include "cli/entry.h"
#include "cli/keep_client.h"
#include "cli/store_commands.h"
#include "cli/store_use.h"
#include "cli/who.h"
#include "conf/units.h"
#include "store/verify.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { VERIFY_LINE_LIMIT = 16384, VERIFY_HEAD_MOST = 4096 };

struct verify {
    const struct store_use *use;
    bool is_json;
};

static void verify_tell(void *context, const char *file, uint64_t offset, uint64_t sequence, const char *text)
{
    const struct verify *verify = context;
    struct buf out;
    buf_init(&out, VERIFY_LINE_LIMIT);
    if (verify->is_json) {
        buf_printf(&out, "{\"store\":\"%s\"", verify->use->conf->name);
        json_put_text(&out, "file", span_text(file));
        json_put_number(&out, "offset", offset);
        if (sequence > 0)
            json_put_number(&out, "sequence", sequence);
        json_put_text(&out, "wrong", span_text(text));
        buf_put_char(&out, '}');
    } else {
        escape_shown(&out, span_text(file), VERIFY_LINE_LIMIT / 8);
        buf_printf(&out, ": offset %" PRIu64 ": ", offset);
        if (sequence > 0)
            buf_printf(&out, "record %" PRIu64 ": ", sequence);
        escape_shown(&out, span_text(text), VERIFY_LINE_LIMIT / 8);
    }
    progress_clear();
    (void)puts(buf_text(&out));
    (void)fflush(stdout);
    buf_fini(&out);
}

static void verify_progress(void *context, uint64_t done_bytes, uint64_t all_bytes)
{
    (void)context;
    progress_show("verified", done_bytes, all_bytes);
}

/* The text itself, or the file that has it. */
static int head_take(const char *text, struct record_head *head_out, struct fault *fault)
{
    char bytes[VERIFY_HEAD_MOST];
    if (span_starts_with(span_trim(span_text(text)), "cordon-head-"))
        return head_read_text(span_text(text), head_out, fault);
    int fd = open(text, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    ssize_t size = fd < 0 ? -1 : read(fd, bytes, sizeof bytes);
    int code = errno;
    if (fd >= 0)
        (void)close(fd);
    if (size < 0)
        return fault_set_errno(fault, code, "%s", text);
    return head_read_text(span_of(bytes, (size_t)size), head_out, fault);
}

static void result_print(const struct verify *verify, const struct verify_result *result, unsigned percent)
{
    struct buf out;
    buf_init(&out, VERIFY_LINE_LIMIT);
    if (verify->is_json) {
        buf_printf(&out, "{\"store\":\"%s\"", verify->use->conf->name);
        json_put_number(&out, "records", result->records);
        json_put_number(&out, "erased", result->erased);
        json_put_number(&out, "bytes", result->bytes);
        json_put_number(&out, "last_sequence", result->last_sequence);
        json_put_number(&out, "percent", percent);
        json_put_number(&out, "findings", result->wrong);
        buf_put_char(&out, '}');
    } else {
        buf_printf(&out, "%s: %" PRIu64 " records (%" PRIu64 " of them deleted and erased), ", verify->use->conf->name,
                   result->records, result->erased);
        entry_put_size(&out, result->bytes);
        buf_printf(&out, ", up to record %" PRIu64 ": ", result->last_sequence);
        if (result->wrong > 0)
            buf_printf(&out, "%" PRIu64 " thing%s wrong", result->wrong, result->wrong == 1 ? " is" : "s are");
        else
            buf_put_text(&out,
                         percent < 100 ? "what was looked at is as it was written" : "every byte is as it was written");
    }
    (void)puts(buf_text(&out));
    buf_fini(&out);
}

static int verify_run(const struct store_use *use, struct verify_settings *settings)
{
    struct fault fault = { 0 };
    struct verify_result result = { 0 };
    struct record_head exported;
    struct verify verify = { .use = use, .is_json = command_has(use->line, OPTION_JSON) };
    const char *head = command_value(use->line, OPTION_HEAD);
    if (head != NULL && head_take(head, &exported, &fault) != 0)
        return command_refuse(use->line, CLI_EXIT_USAGE, "--head: %s", fault.text);
    settings->path = use->store.path;
    settings->head_path = use->store.head_path;
    settings->exported = head != NULL ? &exported : NULL;
    settings->tell = verify_tell;
    settings->progress = verify_progress;
    settings->context = &verify;
    int failed = verify_store(settings, &result, &fault);
    progress_clear();
    if (failed != 0)
        return command_refuse(use->line, STORE_EXIT_NOT_READ, "the store %s could not be looked at: %s",
                              use->conf->name, fault.text);
    result_print(&verify, &result, settings->percent);
    if (fflush(stdout) != 0)
        return STORE_EXIT_NOT_READ;
    return result.wrong > 0 ? STORE_EXIT_NOT_ALL : STORE_EXIT_DONE;
}

int store_command_verify(const struct command_line *line)
{
    struct store_use *use = NULL;
    struct verify_settings settings = { 0 };
    uint64_t percent = 0;
    const char *rate = command_value(line, OPTION_RATE);
    if (!command_number(line, OPTION_PERCENT, 1, 100, 100, &percent))
        return CLI_EXIT_USAGE;
    if (rate != NULL &&
        (!unit_read(UNIT_SIZE, span_text(rate), &settings.bytes_per_second) || settings.bytes_per_second == 0))
        return command_refuse(line, CLI_EXIT_USAGE, "--rate: \"%s\" is no number of bytes, such as 20M", rate);
    settings.percent = (unsigned)percent;
    int status = store_use_begin(line, 0, false, &use);
    if (status < 0)
        status = verify_run(use, &settings);
    store_use_end(use);
    return status;
}

static const char accept_warning[] =
    "cordon: This accepts that records at the end of the store %s are lost. What is damaged there is kept as it is in\n"
    "cordon: %s/damaged; all that is whole stays; and the store goes on behind the last whole record.\n"
    "cordon: If there is any copy of the store, put that back instead.\n";

/* The index may know records that are lost now; and the trail has to have it. */
static int accept_end(const struct store_use *use, const char *reason, const char *how)
{
    struct fault fault = { 0 };
    struct keep_wish wish = { .kind = STORE_NOTE, .what = "accept", .why = reason, .how = how };
    struct keep_client *client = keep_open(use, &fault);
    bool is_noted = client != NULL && keep_reindex(client, NULL, &fault) == 0 &&
                    keep_change(client, &wish, &fault) == 0;
    keep_close(client);
    if (is_noted)
        return STORE_EXIT_DONE;
    return command_refuse(use->line, STORE_EXIT_NOT_ALL, "it could not be noted in the audit trail: %s", fault.text);
}

static int accept_run(const struct store_use *use, const char *reason)
{
    struct fault fault = { 0 };
    struct segments_found found = { 0 };
    struct crypt_signer signer;
    crypt_signer_derive(&use->store.root, &signer);
    struct segments_settings settings = { .path = use->store.path,
                                          .head_path = use->store.head_path,
                                          .signer = &signer,
                                          .segment_bytes = use->store.segment_bytes };
    store_use_as_owner(use);
    int failed = segments_accept(&settings, &found, &fault);
    store_use_as_self();
    crypt_wipe(&signer, sizeof signer);
    if (failed != 0)
        return command_refuse(use->line, STORE_EXIT_NOT_READ, "%s%s", fault.text,
                              fault.code == EWOULDBLOCK ? ": stop cordond first" : "");
    if (found.damaged == 0) {
        printf("%s: nothing is missing up to record %" PRIu64 ": there is no loss to be accepted\n", use->conf->name,
               found.last_sequence);
        return STORE_EXIT_DONE;
    }
    printf("%s: %s; the store goes on\n", use->conf->name, found.text);
    return accept_end(use, reason, found.text);
}

int store_command_accept(const struct command_line *line)
{
    struct store_use *use = NULL;
    struct buf reason;
    int status = reason_read(line, &reason);
    if (status >= 0)
        return status;
    status = store_use_begin(line, USE_ROOT, false, &use);
    if (status < 0 && !command_has(line, OPTION_YES)) {
        fprintf(stderr, accept_warning, use->conf->name, use->store.path);
        status = command_refuse(line, CLI_EXIT_USAGE,
                                "nothing was done: add --yes when cordond is stopped and no copy "
                                "is to be had");
    }
    if (status < 0)
        status = accept_run(use, buf_text(&reason));
    store_use_end(use);
    buf_fini(&reason);
    return status;
}

/* cordon quarantine: what was stopped, and what becomes of it. */
#include "cli/quarantine.h"

#include "cli/cli.h"
#include "store/meta.h"
#include "sys/digest.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static const char quarantine_statuses[] =
    "Exit status: 0 done; 1 not all of it could be done; 2 the store could not be read or asked at all;\n"
    "64 usage; 78 the configuration is wrong, or has no store.\n";

int cli_quarantine(int argc, char **argv)
{
    struct command commands[] = {
        { "list", "", "what is kept, the newest first", quarantine_list,
          command_filters | OPTION_BIT(OPTION_LIMIT) | OPTION_BIT(OPTION_BEFORE), 0, 0 },
        { "search", "[WORDS]", "what has these words in any of its fields", quarantine_list,
          command_filters | OPTION_BIT(OPTION_LIMIT) | OPTION_BIT(OPTION_BEFORE), 0, SIZE_MAX },
        { "show", "ID...", "all that is known of a message, and how its text begins; nothing is rendered or fetched",
          quarantine_show,
          OPTION_BIT(OPTION_KEY) | OPTION_BIT(OPTION_HEADERS) | OPTION_BIT(OPTION_EXPLAIN) | OPTION_BIT(OPTION_LINES),
          1, SIZE_MAX },
        { "export", "ID...", "messages as they came, into files", quarantine_export,
          OPTION_BIT(OPTION_KEY) | OPTION_BIT(OPTION_AS) | OPTION_BIT(OPTION_OUT) | OPTION_BIT(OPTION_FORCE) |
              OPTION_BIT(OPTION_REASON),
          1, SIZE_MAX },
        { "release", "ID...", "judge messages again, and send them on", quarantine_release,
          OPTION_BIT(OPTION_KEY) | OPTION_BIT(OPTION_TO) | OPTION_BIT(OPTION_FORCE) | OPTION_BIT(OPTION_LISTENER) |
              OPTION_BIT(OPTION_REASON),
          1, SIZE_MAX },
        { "delete", "ID...", "delete messages for good", quarantine_delete, OPTION_BIT(OPTION_REASON), 1, SIZE_MAX },
        { "hold", "ID...", "keep messages from being deleted and from expiring", quarantine_hold,
          OPTION_BIT(OPTION_REASON), 1, SIZE_MAX },
        { "unhold", "ID...", "end one hold", quarantine_unhold, OPTION_BIT(OPTION_REASON), 1, SIZE_MAX },
        { "report", "[DAY]", "how much of what came, from whom and to whom", quarantine_report,
          command_filters | OPTION_BIT(OPTION_TOP), 0, 1 },
    };
    const struct command_group group = { "quarantine", "What was stopped, and what becomes of it.", quarantine_statuses,
                                         commands, sizeof commands / sizeof commands[0] };
    return command_run(&group, argc, argv);
}

static int sealed_put(void *context, struct span bytes, struct fault *fault)
{
    return sealed_append(context, bytes.data, bytes.size, fault);
}

int quarantine_read(const struct store_use *use, uint64_t sequence, struct sealed *message_out, struct fault *fault)
{
    struct quarantine_entry entry;
    struct digest digest;
    if (quarantine_entry_get(use, sequence, &entry, fault) != 0)
        return -1;
    *message_out = SEALED_NONE;
    int failed = sealed_open(message_out, "cordon-kept", fault);
    if (failed == 0)
        failed = store_read(use->reader, sequence, use->pairs, use->pair_count, sealed_put, message_out, fault);
    if (failed == 0)
        failed = sealed_finish(message_out, fault);
    struct span wanted = meta_find(buf_span(&entry.meta), META_DIGEST);
    if (failed == 0 && wanted.data != NULL) {
        digest_of(sealed_span(message_out), &digest);
        if (!span_equal(wanted, span_of(digest.bytes, sizeof digest.bytes)))
            failed = fault_set(fault, EBADMSG, "what is stored is not the message whose digest was noted");
    }
    if (failed != 0)
        sealed_close(message_out);
    quarantine_entry_fini(&entry);
    return failed != 0 ? -1 : 0;
}

static int entry_copy(void *context, const struct store_entry *found)
{
    struct quarantine_entry *entry = context;
    entry->row = found->row;
    entry->row.meta = span_of(NULL, 0);
    buf_put_span(&entry->meta, found->meta);
    return 0;
}

int quarantine_entry_get(const struct store_use *use, uint64_t sequence, struct quarantine_entry *entry_out,
                         struct fault *fault)
{
    *entry_out = (struct quarantine_entry){ 0 };
    buf_init(&entry_out->meta, STORE_META_MOST + 1024);
    int failed = store_get(use->reader, sequence, entry_copy, entry_out, fault);
    if (failed == 0 && entry_out->row.kind != RECORD_MESSAGE)
        failed = fault_set(fault, ENOENT, "it is no message");
    if (failed != 0 && fault->code == ENOENT)
        (void)fault_set(fault, ENOENT, "there is no such message, or no longer");
    if (failed != 0)
        quarantine_entry_fini(entry_out);
    return failed;
}

void quarantine_entry_fini(struct quarantine_entry *entry)
{
    buf_fini(&entry->meta);
}

int quarantine_ids_check(struct store_use *use)
{
    int status = STORE_EXIT_DONE;
    size_t kept = 0;
    for (size_t i = 0; i < use->id_count; i++) {
        struct fault fault = { 0 };
        struct quarantine_entry entry;
        if (quarantine_entry_get(use, use->ids[i], &entry, &fault) == 0) {
            quarantine_entry_fini(&entry);
            use->ids[kept++] = use->ids[i];
        } else {
            status = command_refuse(use->line, STORE_EXIT_NOT_ALL, "%s:%" PRIu64 ": %s", use->conf->name, use->ids[i],
                                    fault.text);
        }
    }
    use->id_count = kept;
    return status;
}

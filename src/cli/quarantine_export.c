/* cordon quarantine export, and cordon store export: messages as they came, into files that nobody else can read. */
#include "base/memory.h"
#include "cli/cli.h"
#include "cli/entry.h"
#include "cli/find.h"
#include "cli/form.h"
#include "cli/keep_client.h"
#include "cli/quarantine.h"
#include "cli/when.h"
#include "cli/who.h"
#include "sys/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct export
{
    struct store_use *use;
    enum form form;
    const char *path; /* NULL: standard output */
    bool is_forced;
    bool is_folder; /* each message is a file of its own in it */
    int fd;         /* of the one file; -1 */
    uint64_t done;
    uint64_t failed;
};

static void export_warn(void)
{
    fputs("cordon: warning: messages are exported as they came, and nothing in them is made harmless: where something\n"
          "cordon: was found in one, it is a live virus. Other scanners on this machine may take it away.\n",
          stderr);
}

/* One message as .eml goes into a file; several, or other forms, say where they go. -1: go on. */
static int export_choose(struct export *export)
{
    const struct command_line *line = export->use->line;
    const char *form = command_value(line, OPTION_AS);
    struct stat status;
    export->path = command_value(line, OPTION_OUT);
    export->is_forced = command_has(line, OPTION_FORCE);
    if (export->path != NULL && strcmp(export->path, "-") == 0)
        export->path = NULL;
    if (form != NULL && !form_from_text(form, &export->form))
        return command_refuse(line, CLI_EXIT_USAGE, "--as takes eml, mbox or maildir, not \"%s\"", form);
    bool is_several = export->use->id_count != 1;
    bool is_there = export->path != NULL && stat(export->path, &status) == 0 && S_ISDIR(status.st_mode);
    export->is_folder = export->form == FORM_MAILDIR || (export->form == FORM_EML && (is_several || is_there));
    if (export->path == NULL && export->is_folder)
        return command_refuse(line, CLI_EXIT_USAGE, "%s into a folder: say which with --out",
                              export->form == FORM_MAILDIR ? "a Maildir goes" : "several messages go");
    if (export->path == NULL && isatty(STDOUT_FILENO) && !export->is_forced)
        return command_refuse(line, CLI_EXIT_USAGE,
                              "not to a terminal, on which it could do harm: say --out FILE, or --force");
    return -1;
}

static int export_begin(struct export *export, struct fault *fault)
{
    if (export->form == FORM_MAILDIR)
        return form_make_maildir(export->path, fault);
    if (export->is_folder)
        return form_make_folder(export->path, fault);
    export->fd = export->path == NULL ? STDOUT_FILENO : form_make_file(export->path, export->is_forced, fault);
    return export->fd < 0 ? -1 : 0;
}

static int write_eml(struct export *export, struct span message, uint64_t sequence, struct fault *fault)
{
    char path[PATH_MAX];
    if (!export->is_folder)
        return form_write(export->fd, message, fault);
    int size = snprintf(path, sizeof path, "%s/%s-%" PRIu64 ".eml", export->path, export->use->conf->name, sequence);
    if (size < 0 || (size_t)size >= sizeof path)
        return fault_set(fault, ENAMETOOLONG, "%s is too long", export->path);
    int fd = form_make_file(path, export->is_forced, fault);
    if (fd < 0)
        return -1;
    struct fault closing;
    int failed = form_write(fd, message, fault);
    return form_finish(fd, path, failed == 0 ? fault : &closing) != 0 ? -1 : failed;
}

static int export_write(struct export *export, const struct quarantine_entry *entry, struct span message,
                        struct fault *fault)
{
    struct span meta = buf_span(&entry->meta);
    uint64_t time_ms = entry->row.time_ms;
    (void)meta_number(meta, META_RECEIVED, &time_ms);
    if (export->form == FORM_MAILDIR)
        return form_write_maildir(export->path, message, entry->row.sequence, fault);
    if (export->form == FORM_MBOX)
        return form_write_mbox(export->fd, message, meta_find(meta, META_SENDER), time_ms, fault);
    return write_eml(export, message, entry->row.sequence, fault);
}

static void export_one(struct export *export, uint64_t sequence)
{
    struct fault fault = { 0 };
    struct quarantine_entry entry;
    struct sealed message = SEALED_NONE;
    int failed = quarantine_entry_get(export->use, sequence, &entry, &fault);
    if (failed == 0) {
        failed = quarantine_read(export->use, sequence, &message, &fault);
        if (failed == 0)
            failed = export_write(export, &entry, sealed_span(&message), &fault);
        sealed_close(&message);
        quarantine_entry_fini(&entry);
    }
    export->done += failed == 0;
    export->failed += failed != 0;
    if (failed != 0)
        (void)command_refuse(export->use->line, 1, "%s:%" PRIu64 ": not exported: %s", export->use->conf->name,
                             sequence, fault.text);
}

static const char *form_name(enum form form)
{
    static const char *const names[] = { [FORM_EML] = "eml", [FORM_MBOX] = "mbox", [FORM_MAILDIR] = "maildir" };
    return names[form];
}

/* Each part of so many as one note has room for. */
static int export_note(const struct export *export, const uint64_t *ids, size_t count, struct fault *fault)
{
    struct buf how;
    const char *reason = command_value(export->use->line, OPTION_REASON);
    buf_init(&how, WHO_TEXT_LIMIT + PATH_MAX);
    buf_printf(&how, "as %s to %s", form_name(export->form), export->path != NULL ? export->path : "standard output");
    int failed = keep_note(export->use, "export", reason != NULL ? reason : "", buf_text(&how), ids, count, fault);
    buf_fini(&how);
    return failed;
}

static int export_ids(struct export *export, const uint64_t *ids, size_t count)
{
    struct fault fault = { 0 };
    for (size_t at = 0; at < count; at += STORE_MOST_ABOUT) {
        size_t some = count - at < STORE_MOST_ABOUT ? count - at : STORE_MOST_ABOUT;
        if (export_note(export, ids + at, some, &fault) != 0)
            return command_refuse(export->use->line, STORE_EXIT_NOT_READ, "nothing %s was exported: %s",
                                  at > 0 ? "more" : "at all", fault.text);
        if (at == 0 && export_begin(export, &fault) != 0)
            return command_refuse(export->use->line, STORE_EXIT_NOT_READ, "%s", fault.text);
        for (size_t i = 0; i < some; i++)
            export_one(export, ids[at + i]);
    }
    if (export->fd >= 0 && export->path != NULL && form_finish(export->fd, export->path, &fault) != 0)
        return command_refuse(export->use->line, STORE_EXIT_NOT_ALL, "%s", fault.text);
    if (export->path != NULL && count > 1)
        fprintf(stderr, "cordon: %" PRIu64 " messages exported to %s\n", export->done, export->path);
    return export->failed > 0 ? STORE_EXIT_NOT_ALL : STORE_EXIT_DONE;
}

/* What the filters find, the oldest first. */
static int export_found(struct export *export, const struct filter *filter)
{
    struct fault fault = { 0 };
    uint64_t *ids = NULL;
    size_t count = 0;
    int status = find_sequences(export->use->reader, filter, &ids, &count, &fault);
    if (status < 0)
        status = command_refuse(export->use->line, STORE_EXIT_NOT_READ, "%s", fault.text);
    else if (count == 0)
        status = command_refuse(export->use->line, STORE_EXIT_NOT_ALL, "nothing is kept that fits");
    else
        status = export_ids(export, ids, count);
    free(ids);
    return status;
}

int quarantine_export(const struct command_line *line)
{
    struct store_use *use = NULL;
    struct filter filter;
    bool has_ids = line->command->least > 0;
    int status = filter_read(line, clock_wall_ms(), &filter);
    if (status >= 0)
        return status;
    status = store_use_begin(line, USE_ROOT | USE_READER | USE_SECRET, has_ids, &use);
    struct export export = { .use = use, .fd = -1, .form = has_ids ? FORM_EML : FORM_MBOX };
    if (status < 0)
        status = export_choose(&export);
    if (status < 0) {
        export_warn();
        if (has_ids) {
            int missing = quarantine_ids_check(use);
            status = use->id_count > 0 ? export_ids(&export, use->ids, use->id_count) : missing;
            status = status == STORE_EXIT_DONE ? missing : status;
        } else {
            status = export_found(&export, &filter);
        }
    }
    store_use_end(use);
    return status;
}

/* cordon store import: messages from files, mailboxes and folders, with what their headers say of them as metadata. */
#include "base/escape.h"
#include "base/memory.h"
#include "cli/cli.h"
#include "cli/entry.h"
#include "cli/filter.h"
#include "cli/form.h"
#include "cli/keep_client.h"
#include "cli/store_commands.h"
#include "cli/store_use.h"
#include "mail/encoded_word.h"
#include "mail/header.h"
#include "store/meta.h"
#include "sys/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { IMPORT_VALUE_MOST = 4096, IMPORT_RECIPIENTS_MOST = 100 };
#define IMPORT_MESSAGE_MOST ((size_t)2 << 30)

struct import {
    struct store_use *use;
    struct keep_client *client;
    enum category category;
    uint64_t done;
    uint64_t failed;
};

/* Without folds, encoded words decoded. */
static void put_decoded(struct buf *meta, enum meta_field field, struct span value)
{
    struct buf flat;
    struct buf decoded;
    buf_init(&flat, IMPORT_VALUE_MOST);
    buf_init(&decoded, 4 * (size_t)IMPORT_VALUE_MOST);
    value = span_slice(value, 0, IMPORT_VALUE_MOST);
    for (size_t i = 0; i < value.size; i++) {
        if (value.data[i] != '\r' && value.data[i] != '\n')
            buf_put_char(&flat, value.data[i]);
    }
    (void)mail_encoded_words_put(buf_span(&flat), &decoded);
    meta_put(meta, field, buf_span(&decoded));
    buf_fini(&flat);
    buf_fini(&decoded);
}

/* "<joe@example.org>" or "joe@example.org" */
static struct span address_of(struct span value)
{
    size_t begin = span_find_byte(value, '<');
    if (begin == SPAN_NONE)
        return span_slice(span_trim(value), 0, IMPORT_VALUE_MOST);
    struct span rest = span_from(value, begin + 1);
    return span_slice(span_cut(&rest, '>'), 0, IMPORT_VALUE_MOST);
}

/* The envelope is what delivery left in the header: Return-Path, Delivered-To, X-Original-To. */
static void put_header_facts(struct buf *meta, struct span message, struct span sender)
{
    struct mail_field field;
    struct span rest = message;
    struct span header = message;
    unsigned recipients = 0;
    bool has_sender = sender.data != NULL;
    bool has[META_FIELDS] = { false };
    while (rest.size > 0) {
        struct span line = mail_line_cut(&rest);
        if (mail_line_kind(line) != MAIL_LINE_EMPTY)
            continue;
        header = span_slice(message, 0, message.size - rest.size - line.size);
        break;
    }
    static const struct {
        const char *name;
        enum meta_field field;
    } decoded[] = { { "Subject", META_SUBJECT }, { "From", META_FROM }, { "Message-ID", META_MESSAGE_ID } };
    while (mail_field_next(&header, &field)) {
        for (size_t i = 0; i < sizeof decoded / sizeof decoded[0]; i++) {
            if (!span_is_nocase(field.name, decoded[i].name) || has[decoded[i].field])
                continue;
            has[decoded[i].field] = true;
            put_decoded(meta, decoded[i].field, field.value);
        }
        if (!has_sender && span_is_nocase(field.name, "Return-Path")) {
            sender = address_of(field.value);
            has_sender = true;
        }
        bool is_recipient = span_is_nocase(field.name, "Delivered-To") || span_is_nocase(field.name, "X-Original-To");
        if (is_recipient && recipients++ < IMPORT_RECIPIENTS_MOST)
            meta_put(meta, META_RECIPIENT, address_of(field.value));
    }
    if (has_sender)
        meta_put(meta, META_SENDER, span_is(sender, "MAILER-DAEMON") ? span_text("") : sender);
}

static void import_say(const struct import *import, const char *path, uint64_t sequence)
{
    struct buf out;
    buf_init(&out, ENTRY_TEXT_LIMIT);
    const char *store = import->use->conf->name;
    if (command_has(import->use->line, OPTION_JSON)) {
        buf_printf(&out, "{\"id\":\"%s:%" PRIu64 "\"", store, sequence);
        json_put_text(&out, "path", span_text(path));
        buf_put_char(&out, '}');
    } else {
        buf_printf(&out, "%s:%" PRIu64 "  ", store, sequence);
        escape_shown(&out, span_text(path), IMPORT_VALUE_MOST);
    }
    (void)puts(buf_text(&out));
    buf_fini(&out);
}

static void import_fail(struct import *import, const char *path, const char *text)
{
    struct buf shown;
    buf_init(&shown, 8 * (size_t)IMPORT_VALUE_MOST);
    escape_shown(&shown, span_text(path), IMPORT_VALUE_MOST);
    import->failed++;
    (void)command_refuse(import->use->line, 1, "%s: %s", buf_text(&shown), text);
    buf_fini(&shown);
}

static void import_message(struct import *import, const char *path, struct span message, struct span sender,
                           uint64_t time_ms)
{
    struct fault fault = { 0 };
    struct digest digest;
    struct buf meta;
    uint64_t sequence = 0;
    buf_init(&meta, STORE_META_MOST);
    digest_of(message, &digest);
    meta_put_text(&meta, META_INTAKE, "import");
    meta_put_text(&meta, META_CATEGORY, category_text(import->category));
    meta_put_number(&meta, META_SIZE, message.size);
    meta_put(&meta, META_DIGEST, span_of(digest.bytes, sizeof digest.bytes));
    meta_put_number(&meta, META_RECEIVED, time_ms);
    meta_put_text(&meta, META_STORED_AS, path);
    put_header_facts(&meta, message, sender);
    if (keep_put(import->client, message, buf_span(&meta), import->category, &sequence, &fault) == 0) {
        import->done++;
        import_say(import, path, sequence);
    } else {
        import_fail(import, path, fault.text);
    }
    buf_fini(&meta);
}

static void import_mailbox(struct import *import, const char *path, struct span content, uint64_t time_ms)
{
    struct buf message;
    struct span sender;
    buf_init(&message, IMPORT_MESSAGE_MOST);
    while (form_next_mbox(&content, &sender, &message)) {
        if (buf_overflowed(&message))
            import_fail(import, path, "a message in it is too large");
        else
            import_message(import, path, buf_span(&message), sender, time_ms);
    }
    buf_fini(&message);
}

static void import_fd(struct import *import, const char *path, int fd)
{
    struct stat status;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        import_fail(import, path, "it is no regular file");
        return;
    }
    size_t size = (size_t)status.st_size;
    void *memory = size > 0 ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
    if (size == 0 || memory == MAP_FAILED) {
        import_fail(import, path, size == 0 ? "it is empty" : strerror(errno));
        return;
    }
    struct span content = span_of(memory, size);
    uint64_t time_ms = (uint64_t)status.st_mtim.tv_sec * 1000;
    if (form_is_mbox(content))
        import_mailbox(import, path, content, time_ms);
    else if (size > IMPORT_MESSAGE_MOST)
        import_fail(import, path, "it is too large");
    else
        import_message(import, path, content, span_of(NULL, 0), time_ms);
    (void)munmap(memory, size);
}

static void import_file(struct import *import, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) {
        import_fail(import, path, strerror(errno));
        return;
    }
    import_fd(import, path, fd);
    (void)close(fd);
}

static int import_by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* A file, or every regular file below a folder: .eml files, mailboxes, or a Maildir without its tmp. */
static void import_tree(struct import *import, char *path)
{
    char *roots[] = { path, NULL };
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, import_by_name);
    if (tree == NULL) {
        import_fail(import, path, strerror(errno));
        return;
    }
    for (FTSENT *entry = fts_read(tree); entry != NULL; entry = fts_read(tree)) {
        bool is_given = entry->fts_level == 0;
        if (entry->fts_info == FTS_D && !is_given && strcmp(entry->fts_name, "tmp") == 0)
            (void)fts_set(tree, entry, FTS_SKIP);
        else if (entry->fts_info == FTS_F && (is_given || entry->fts_name[0] != '.'))
            import_file(import, entry->fts_path);
        else if (entry->fts_info == FTS_ERR || entry->fts_info == FTS_DNR || entry->fts_info == FTS_NS)
            import_fail(import, entry->fts_path, strerror(entry->fts_errno));
        else if (entry->fts_info == FTS_DEFAULT && is_given)
            import_fail(import, entry->fts_path, "it is no regular file or folder");
    }
    (void)fts_close(tree);
}

int store_command_import(const struct command_line *line)
{
    struct fault fault = { 0 };
    struct import import = { .category = CATEGORY_CLEAN };
    const char *category = command_value(line, OPTION_CATEGORY);
    if (category != NULL && !category_from_text(span_text(category), &import.category))
        return command_refuse(line, CLI_EXIT_USAGE, "--category: \"%s\" is none", category);
    int status = store_use_begin(line, USE_ROOT, false, &import.use);
    if (status < 0) {
        import.client = keep_open(import.use, &fault);
        if (import.client == NULL)
            status = command_refuse(line, STORE_EXIT_NOT_READ, "%s", fault.text);
    }
    for (size_t i = 0; i < line->argument_count && status < 0; i++)
        import_tree(&import, line->arguments[i]);
    if (status < 0) {
        if (!command_has(line, OPTION_JSON))
            fprintf(stderr, "cordon: %" PRIu64 " messages imported, %" PRIu64 " failed\n", import.done, import.failed);
        status = import.failed > 0 || fflush(stdout) != 0 ? STORE_EXIT_NOT_ALL : STORE_EXIT_DONE;
    }
    keep_close(import.client);
    store_use_end(import.use);
    return status;
}

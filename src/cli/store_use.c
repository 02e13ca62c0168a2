#include "cli/store_use.h"

#include "base/memory.h"
#include "cli/cli.h"
#include "conf/conf.h"
#include "store/keyfile.h"
#include "sys/clock.h"
#include "sys/sandbox.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READER_AGAIN_MS = 5000, READER_AGAIN_US = 50000 };

static const char default_name[] = "quarantine";

static const struct store_conf *conf_find(const struct settings *settings, struct span name)
{
    for (size_t i = 0; i < settings->store_count; i++) {
        if (span_is(name, settings->stores[i].name))
            return &settings->stores[i];
    }
    return NULL;
}

/* The names that there are, for a refusal. */
static void names_list(const struct settings *settings, struct buf *out)
{
    buf_init(out, 1024);
    for (size_t i = 0; i < settings->store_count; i++)
        buf_printf(out, "%s%s", i > 0 ? ", " : "", settings->stores[i].name);
}

static int refuse_name(const struct store_use *use, struct span name)
{
    struct buf names;
    names_list(use->settings, &names);
    int status = name.data != NULL ? command_refuse(use->line, CLI_EXIT_USAGE,
                                                    "there is no store \"%.*s\" in the configuration; there %s %s",
                                                    (int)(name.size < 64 ? name.size : 64), name.data,
                                                    use->settings->store_count == 1 ? "is" : "are", buf_text(&names))
                                   : command_refuse(use->line, CLI_EXIT_USAGE, "which store? --store takes one of %s",
                                                    buf_text(&names));
    buf_fini(&names);
    return status;
}

/* What was said with --store, or in front of the first ID that names one, or else the only or usual one. */
static int choose_store(struct store_use *use, bool has_ids)
{
    const char *said = command_value(use->line, OPTION_STORE);
    struct span name = said != NULL ? span_text(said) : span_of(NULL, 0);
    if (use->settings->store_count == 0)
        return command_refuse(use->line, CONF_EXIT_BAD, "the configuration has no store");
    for (size_t i = 0; i < use->line->argument_count && has_ids && name.data == NULL; i++) {
        uint64_t sequence = 0;
        struct span before = { 0 };
        if (store_id_read(span_text(use->line->arguments[i]), &before, &sequence))
            name = before;
    }
    if (name.data != NULL)
        use->conf = conf_find(use->settings, name);
    else if (use->settings->store_count == 1)
        use->conf = &use->settings->stores[0];
    else
        use->conf = conf_find(use->settings, span_text(default_name));
    return use->conf != NULL ? -1 : refuse_name(use, name);
}

static bool ids_have(const struct store_use *use, uint64_t sequence)
{
    for (size_t i = 0; i < use->id_count; i++) {
        if (use->ids[i] == sequence)
            return true;
    }
    return false;
}

static int read_ids(struct store_use *use)
{
    for (size_t i = 0; i < use->line->argument_count; i++) {
        const char *text = use->line->arguments[i];
        struct span name = { 0 };
        uint64_t sequence = 0;
        if (!store_id_read(span_text(text), &name, &sequence))
            return command_refuse(use->line, CLI_EXIT_USAGE,
                                  "\"%s\" is no ID: they are numbers, with or without the store's name before (%s:17)",
                                  text, use->conf->name);
        if (name.data != NULL && !span_is(name, use->conf->name))
            return command_refuse(use->line, CLI_EXIT_USAGE, "%s is not of the store %s: one store at a time", text,
                                  use->conf->name);
        if (ids_have(use, sequence))
            continue;
        if (use->id_count == USE_MOST_IDS)
            return command_refuse(use->line, CLI_EXIT_USAGE, "more than %d IDs at once", USE_MOST_IDS);
        use->ids[use->id_count++] = sequence;
    }
    return -1;
}

static void fill_settings(struct store_use *use)
{
    const struct store_conf *conf = use->conf;
    use->store = (struct store_settings){ .name = conf->name,
                                          .path = conf->path,
                                          .head_path = conf->head,
                                          .most_bytes = conf->most_bytes,
                                          .period_ms = conf->share_ms,
                                          .segment_bytes = conf->segment_bytes,
                                          .again_ms = conf->again_ms };
    memcpy(use->store.keep_ms, conf->keep_ms, sizeof use->store.keep_ms);
}

static int read_keys(struct store_use *use)
{
    struct fault fault = { 0 };
    if (keyfile_read_root(use->conf->root_key, &use->store.root, &fault) != 0)
        return command_refuse(use->line, STORE_EXIT_NOT_READ, "the root key of the store %s can't be read: %s",
                              use->conf->name, fault.text);
    for (size_t i = 0; i < use->conf->owners.count && i < STORE_MOST_OWNERS; i++) {
        if (keyfile_read_public(use->conf->owners.items[i], use->store.owners[i], &fault) != 0)
            return command_refuse(use->line, STORE_EXIT_NOT_READ, "an owner's public key can't be read: %s",
                                  fault.text);
        use->store.owner_count = i + 1;
    }
    return -1;
}

/* While the keeper opens a store, after one that died, its index can't be read for a moment. */
static int open_reader(struct store_use *use)
{
    struct fault fault = { 0 };
    struct deadline patience = deadline_in(READER_AGAIN_MS);
    int failed = store_open_reader(&use->store, &use->reader, &fault);
    while (failed != 0 && fault.code == EAGAIN && !deadline_passed(patience)) {
        (void)usleep(READER_AGAIN_US);
        failed = store_open_reader(&use->store, &use->reader, &fault);
    }
    if (failed == 0)
        return -1;
    return command_refuse(
        use->line, STORE_EXIT_NOT_READ, "the store %s can't be read: %s%s", use->conf->name, fault.text,
        fault.code == EAGAIN ? "; see cordon status, or make its index anew: cordon store reindex" : "");
}

int store_use_secret(struct store_use *use, struct fault *fault)
{
    const char *path = NULL;
    size_t at = 0;
    while ((path = command_next(use->line, OPTION_KEY, &at)) != NULL) {
        if (use->pair_count == USE_MOST_PAIRS)
            return fault_set(fault, E2BIG, "more than %d keys", USE_MOST_PAIRS);
        if (keyfile_read_pair(path, &use->pairs[use->pair_count], fault) != 0)
            return -1;
        use->pair_count++;
    }
    if (use->pair_count > 0)
        return 0;
    if (use->conf->owner_key[0] == '\0')
        return fault_set(fault, ENOENT, "the configuration names no owner_key: say --key FILE");
    if (keyfile_read_pair(use->conf->owner_key, &use->pairs[0], fault) != 0)
        return fault->code == ENOENT ? fault_wrap(fault, "the owner's secret is not on this machine (say --key FILE)")
                                     : -1;
    use->pair_count = 1;
    return 0;
}

int store_use_begin(const struct command_line *line, unsigned needs, bool has_ids, struct store_use **use_out)
{
    struct fault fault = { 0 };
    struct store_use *use = memory_new(sizeof *use);
    crypt_pin(use, sizeof *use);
    *use_out = use;
    use->line = line;
    use->settings = cli_settings_load(command_value(line, OPTION_CONFIG));
    if (use->settings == NULL)
        return CONF_EXIT_BAD;
    if (sandbox_forbid_dumps(&fault) != 0 || crypt_begin(&fault) != 0)
        return command_refuse(line, STORE_EXIT_NOT_READ, "%s", fault.text);
    int status = choose_store(use, has_ids);
    if (status < 0 && has_ids)
        status = read_ids(use);
    if (status >= 0)
        return status;
    fill_settings(use);
    if ((needs & USE_ROOT) != 0)
        status = read_keys(use);
    if (status < 0 && (needs & USE_SECRET) != 0 && store_use_secret(use, &fault) != 0)
        status = command_refuse(line, STORE_EXIT_NOT_READ, "%s", fault.text);
    if (status < 0 && (needs & USE_READER) != 0)
        status = open_reader(use);
    return status;
}

void store_use_as_owner(const struct store_use *use)
{
    struct stat status;
    if (geteuid() != 0 || stat(use->store.path, &status) != 0 || status.st_uid == 0)
        return;
    (void)setfsgid(status.st_gid);
    (void)setfsuid(status.st_uid);
}

void store_use_as_self(void)
{
    (void)setfsuid(geteuid());
    (void)setfsgid(getegid());
}

void store_use_end(struct store_use *use)
{
    if (use->reader != NULL)
        store_close_reader(use->reader);
    settings_free(use->settings);
    crypt_wipe(use, sizeof *use);
    free(use);
}

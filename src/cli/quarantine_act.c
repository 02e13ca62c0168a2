/* cordon quarantine delete, hold, unhold: changes by the keeper, each with a reason. */
#include "cli/keep_client.h"
#include "cli/quarantine.h"
#include "cli/who.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

/* One after another, so that one that is refused does not stop the others. */
static int act_on_each(const struct store_use *use, struct keep_client *client, struct keep_wish *wish,
                       const char *done)
{
    int status = STORE_EXIT_DONE;
    for (size_t i = 0; i < use->id_count; i++) {
        struct fault fault = { 0 };
        wish->about = &use->ids[i];
        wish->count = 1;
        if (keep_change(client, wish, &fault) == 0) {
            if (command_has(use->line, OPTION_JSON))
                printf("{\"id\":\"%s:%" PRIu64 "\",\"done\":\"%s\"}\n", use->conf->name, use->ids[i], wish->what);
            else
                printf("%s:%" PRIu64 ": %s\n", use->conf->name, use->ids[i], done);
            continue;
        }
        status = command_refuse(use->line, STORE_EXIT_NOT_ALL, "%s:%" PRIu64 ": %s", use->conf->name, use->ids[i],
                                fault.code == EPERM ? "it is held, and can't be deleted" : fault.text);
    }
    return status;
}

static int act(const struct command_line *line, enum store_change_kind kind, const char *done)
{
    struct store_use *use = NULL;
    struct fault fault = { 0 };
    struct buf reason;
    int status = reason_read(line, &reason);
    if (status >= 0)
        return status;
    status = store_use_begin(line, USE_ROOT | USE_READER, true, &use);
    if (status < 0) {
        int missing = quarantine_ids_check(use);
        struct keep_client *client = use->id_count > 0 ? keep_open(use, &fault) : NULL;
        struct keep_wish wish = { .kind = kind, .what = line->command->name, .why = buf_text(&reason), .how = "" };
        if (client != NULL)
            status = act_on_each(use, client, &wish, done);
        else if (use->id_count > 0)
            status = command_refuse(line, STORE_EXIT_NOT_READ, "%s", fault.text);
        status = status <= STORE_EXIT_DONE ? missing : status;
        keep_close(client);
    }
    store_use_end(use);
    buf_fini(&reason);
    return status;
}

int quarantine_delete(const struct command_line *line)
{
    return act(line, STORE_DELETE, "deleted");
}

int quarantine_hold(const struct command_line *line)
{
    return act(line, STORE_HOLD, "held");
}

int quarantine_unhold(const struct command_line *line)
{
    return act(line, STORE_UNHOLD, "one hold ended");
}

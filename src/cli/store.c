/* cordon store: its keys, whether it is as it was written, and what was done with it. */
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/quarantine.h"
#include "cli/store_commands.h"

static const char store_statuses[] =
    "Exit status: 0 done, of verify: every byte is as it was written; 1 not all of it could be done, of verify:\n"
    "something is wrong; 2 the store could not be read or asked at all; of judge: 0 no verdict changed, 1 one did,\n"
    "2 something could not be judged; 64 usage; 78 the configuration is wrong, or has no store.\n";

int cli_store(int argc, char **argv)
{
    const struct command commands[] = {
        { "keygen", "", "make an owner's pair of keys", store_command_keygen, OPTION_BIT(OPTION_OUT), 0, 0 },
        { "verify", "", "is every byte as it was written? No key is needed", store_command_verify,
          OPTION_BIT(OPTION_PERCENT) | OPTION_BIT(OPTION_RATE) | OPTION_BIT(OPTION_HEAD), 0, 0 },
        { "head", "", "how far the store has come, as a line to keep elsewhere", store_command_head, 0, 0, 0 },
        { "status", "", "how much is kept, and how far the store has come", store_command_status, 0, 0, 0 },
        { "reindex", "", "make the index anew from the records", store_command_reindex, 0, 0, 0 },
        { "rotate", "", "give a new owner the keys of what is kept", store_command_rotate,
          OPTION_BIT(OPTION_KEY) | OPTION_BIT(OPTION_NEW) | OPTION_BIT(OPTION_SINCE) | OPTION_BIT(OPTION_UNTIL), 0, 0 },
        { "accept", "", "accept that what is damaged is lost, and go on", store_command_accept,
          OPTION_BIT(OPTION_YES) | OPTION_BIT(OPTION_REASON), 0, 0 },
        { "export", "", "all messages that fit, as they came, into files", quarantine_export,
          command_filters | OPTION_BIT(OPTION_KEY) | OPTION_BIT(OPTION_AS) | OPTION_BIT(OPTION_OUT) |
              OPTION_BIT(OPTION_FORCE) | OPTION_BIT(OPTION_REASON),
          0, 0 },
        { "import", "FILE|FOLDER...", "put messages from files: eml, mbox, Maildir", store_command_import,
          OPTION_BIT(OPTION_CATEGORY), 1, SIZE_MAX },
        { "judge", "", "judge again, with today's signatures; without filters: what came in the last 48 hours",
          store_command_judge,
          command_filters | OPTION_BIT(OPTION_KEY) | OPTION_BIT(OPTION_ALL) | OPTION_BIT(OPTION_REASON), 0, 0 },
        { "trail", "[ID...]", "the audit trail: what was done, by whom, why", store_command_trail,
          OPTION_BIT(OPTION_SINCE) | OPTION_BIT(OPTION_UNTIL) | OPTION_BIT(OPTION_FROM), 0, SIZE_MAX },
    };
    const struct command_group group = { "store",
                                         "The store of messages: its keys, whether it is as it was written, and what "
                                         "was done with it.",
                                         store_statuses, commands, sizeof commands / sizeof commands[0] };
    return command_run(&group, argc, argv);
}

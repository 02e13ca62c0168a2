#include "cli/command.h"

#include "base/span.h"
#include "cli/cli.h"

#include <assert.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    COMMAND_NAME_SIZE = 64,
    COMMAND_LETTERS = 256 /* getopt's values of our long options begin here, above all letters */
};

struct option_row {
    const char *name;
    const char *value; /* what its value is called; NULL: it has none */
    char letter;       /* a short form; 0: none */
    const char *help;
};

static const struct option_row option_rows[OPTIONS] = {
    [OPTION_CONFIG] = { "config", "FILE", 'c', "the configuration" },
    [OPTION_STORE] = { "store", "NAME", 's', "which store; default: the only one, or the one named \"quarantine\"" },
    [OPTION_JSON] = { "json", NULL, 'j', "JSON, one object a line" },
    [OPTION_HELP] = { "help", NULL, 'h', "this text" },
    [OPTION_KEY] = { "key", "FILE", 'k', "an owner's secret; default: owner_key of the configuration" },
    [OPTION_SINCE] = { "since", "TIME", 0,
                       "not older: 2026-11-26, \"2026-11-26 14:30\", 14:30, \"2 days\", yesterday" },
    [OPTION_UNTIL] = { "until", "TIME", 0, "not newer; a day counts to its end" },
    [OPTION_SENDER] = { "sender", "ADDRESS", 0,
                        "the envelope's: whole, \"@example.org\", or what stands before the @" },
    [OPTION_RECIPIENT] = { "recipient", "ADDRESS", 0, "likewise" },
    [OPTION_SUBJECT] = { "subject", "WORDS", 0, "all these words are in the subject" },
    [OPTION_NAME] = { "name", "WORDS", 0, "of what was found: Eicar, or the whole name" },
    [OPTION_FILE] = { "file", "WORDS", 0, "of a name of an attachment or a file within it" },
    [OPTION_CATEGORY] = { "category", "NAME,...", 0, "infected, banned, unscanned, unscannable, malformed, clean" },
    [OPTION_SIZE] = { "size", "SIZE", 0, "\">1M\", \"<10k\", \"10k-1M\"" },
    [OPTION_MESSAGE_ID] = { "message-id", "TEXT", 0, "the field Message-ID, whole" },
    [OPTION_CLIENT] = { "client", "ADDRESS", 0, "the client's IP address" },
    [OPTION_SESSION] = { "session", "ID", 0, "as in the log" },
    [OPTION_LISTENER] = { "listener", "NAME", 0, "where it came in; of release: by whose next hop it goes" },
    [OPTION_HELD] = { "held", NULL, 0, "only what is held" },
    [OPTION_LIMIT] = { "limit", "NUMBER", 'n', "at most so many; 0: all" },
    [OPTION_BEFORE] = { "before", "ID", 0, "older than this one: the next page" },
    [OPTION_HEADERS] = { "headers", NULL, 0, "all header fields, not the usual ones alone" },
    [OPTION_EXPLAIN] = { "explain", NULL, 0, "have the daemon read it anew, part by part" },
    [OPTION_LINES] = { "lines", "NUMBER", 0, "how many lines of the text; 0: none" },
    [OPTION_AS] = { "as", "FORM", 0, "eml, mbox, maildir" },
    [OPTION_OUT] = { "out", "PATH", 'o', "the file, or for several or a Maildir the folder" },
    [OPTION_FORCE] = { "force", NULL, 'f', "do it all the same" },
    [OPTION_TO] = { "to", "ADDRESS", 0, "to whom, instead of the original recipients; may be repeated" },
    [OPTION_REASON] = { "reason", "TEXT", 'r', "for the audit trail" },
    [OPTION_TOP] = { "top", "NUMBER", 0, "how many of the most frequent" },
    [OPTION_PERCENT] = { "percent", "NUMBER", 0, "so much of it, chosen by chance" },
    [OPTION_RATE] = { "rate", "BYTES", 0, "so much a second at most: 20M" },
    [OPTION_HEAD] = { "head", "TEXT|FILE", 0, "what `cordon store head` printed before" },
    [OPTION_NEW] = { "new", "FILE", 0, "the new owner's public key; may be repeated" },
    [OPTION_YES] = { "yes", NULL, 'y', "I have read the warning" },
    [OPTION_FROM] = { "from", "NUMBER", 0, "from this record on" },
    [OPTION_ALL] = { "all", NULL, 'a', "print every one, not only what changed" },
};

const uint64_t command_filters = OPTION_BIT(OPTION_SINCE) | OPTION_BIT(OPTION_UNTIL) | OPTION_BIT(OPTION_SENDER) |
                                 OPTION_BIT(OPTION_RECIPIENT) | OPTION_BIT(OPTION_SUBJECT) | OPTION_BIT(OPTION_NAME) |
                                 OPTION_BIT(OPTION_FILE) | OPTION_BIT(OPTION_CATEGORY) | OPTION_BIT(OPTION_SIZE) |
                                 OPTION_BIT(OPTION_MESSAGE_ID) | OPTION_BIT(OPTION_CLIENT) |
                                 OPTION_BIT(OPTION_SESSION) | OPTION_BIT(OPTION_LISTENER) | OPTION_BIT(OPTION_HELD);

static const uint64_t common_options = OPTION_BIT(OPTION_CONFIG) | OPTION_BIT(OPTION_STORE) | OPTION_BIT(OPTION_JSON) |
                                       OPTION_BIT(OPTION_HELP);

static void options_print(uint64_t options, FILE *out)
{
    for (size_t i = 0; i < OPTIONS; i++) {
        const struct option_row *row = &option_rows[i];
        char text[64];
        if ((options & OPTION_BIT(i)) == 0)
            continue;
        (void)snprintf(text, sizeof text, "--%s%s%s", row->name, row->value != NULL ? " " : "",
                       row->value != NULL ? row->value : "");
        if (row->letter != 0)
            fprintf(out, "  -%c, %-22s  %s\n", row->letter, text, row->help);
        else
            fprintf(out, "      %-22s  %s\n", text, row->help);
    }
}

static void group_usage(const struct command_group *group, FILE *out)
{
    uint64_t options = common_options;
    fprintf(out, "Usage: cordon %s COMMAND [OPTION...] [ARGUMENT...]\n%s\n\n", group->name, group->about);
    for (size_t i = 0; i < group->count; i++) {
        fprintf(out, "  %-9s %-14s  %s\n", group->commands[i].name, group->commands[i].arguments,
                group->commands[i].help);
        options |= group->commands[i].options;
    }
    fprintf(out, "\nOptions (cordon %s COMMAND --help says which a command takes):\n", group->name);
    options_print(options, out);
    fprintf(out, "\n%s", group->statuses);
}

static void command_usage(const struct command_group *group, const struct command *command, FILE *out)
{
    fprintf(out, "Usage: cordon %s %s [OPTION...]%s%s\n%s: %s.\n\n", group->name, command->name,
            command->arguments[0] != '\0' ? " " : "", command->arguments, command->name, command->help);
    options_print(common_options | command->options, out);
    fprintf(out, "\n%s", group->statuses);
}

/* getopt's own tables of what this command takes. */
static void options_make(uint64_t options, struct option *long_out, char *short_out)
{
    for (size_t i = 0; i < OPTIONS; i++) {
        const struct option_row *row = &option_rows[i];
        if ((options & OPTION_BIT(i)) == 0)
            continue;
        int value = row->letter != 0 ? row->letter : COMMAND_LETTERS + (int)i;
        *long_out++ = (struct option){ row->name, row->value != NULL ? required_argument : no_argument, NULL, value };
        if (row->letter != 0)
            *short_out++ = row->letter;
        if (row->letter != 0 && row->value != NULL)
            *short_out++ = ':';
    }
    *long_out = (struct option){ 0 };
    *short_out = '\0';
}

static enum command_option option_of(int value)
{
    if (value >= COMMAND_LETTERS)
        return (enum command_option)(value - COMMAND_LETTERS);
    size_t i = 0;
    while (i < OPTIONS && option_rows[i].letter != value)
        i++;
    return (enum command_option)i;
}

/* -1: go on; else the exit status. */
static int line_read(const struct command_group *group, int argc, char **argv, struct command_line *line)
{
    struct option long_options[OPTIONS + 1];
    char short_options[2 * OPTIONS + 1];
    options_make(common_options | line->command->options, long_options, short_options);
    int value = 0;
    while ((value = getopt_long(argc, argv, short_options, long_options, NULL)) != -1) {
        enum command_option option = value == '?' ? OPTIONS : option_of(value);
        if (option == OPTION_HELP) {
            command_usage(group, line->command, stdout);
            return EXIT_SUCCESS;
        }
        if (option == OPTIONS)
            return CLI_EXIT_USAGE; /* getopt has said what is wrong */
        if (line->given_count == COMMAND_MOST_GIVEN)
            return command_refuse(line, CLI_EXIT_USAGE, "more than %d options", COMMAND_MOST_GIVEN);
        line->given[line->given_count++] = (struct command_given){ option, optarg != NULL ? optarg : "" };
    }
    line->arguments = argv + optind;
    line->argument_count = (size_t)(argc - optind);
    if (line->argument_count >= line->command->least && line->argument_count <= line->command->most)
        return -1;
    command_usage(group, line->command, stderr);
    return CLI_EXIT_USAGE;
}

int command_run(const struct command_group *group, int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        group_usage(group, stdout);
        return EXIT_SUCCESS;
    }
    for (size_t i = 0; i < group->count; i++) {
        if (strcmp(name, group->commands[i].name) != 0)
            continue;
        char own[COMMAND_NAME_SIZE]; /* by which getopt says who refuses an option */
        (void)snprintf(own, sizeof own, "cordon %s %s", group->name, name);
        argv[1] = own;
        struct command_line line = { .group = group->name, .command = &group->commands[i] };
        int status = line_read(group, argc - 1, argv + 1, &line);
        return status >= 0 ? status : line.command->run(&line);
    }
    if (name[0] != '\0')
        fprintf(stderr, "cordon %s: there is no command \"%s\"\n", group->name, name);
    group_usage(group, stderr);
    return CLI_EXIT_USAGE;
}

const char *command_value(const struct command_line *line, enum command_option option)
{
    for (size_t i = line->given_count; i > 0; i--) {
        if (line->given[i - 1].option == option)
            return line->given[i - 1].value;
    }
    return NULL;
}

bool command_has(const struct command_line *line, enum command_option option)
{
    return command_value(line, option) != NULL;
}

const char *command_next(const struct command_line *line, enum command_option option, size_t *at)
{
    while (*at < line->given_count) {
        const struct command_given *given = &line->given[(*at)++];
        if (given->option == option)
            return given->value;
    }
    return NULL;
}

bool command_number(const struct command_line *line, enum command_option option, uint64_t least, uint64_t most,
                    uint64_t otherwise, uint64_t *number_out)
{
    const char *text = command_value(line, option);
    *number_out = otherwise;
    if (text == NULL || (span_number(span_text(text), number_out) && *number_out >= least && *number_out <= most))
        return true;
    (void)command_refuse(line, CLI_EXIT_USAGE, "--%s takes a number from %" PRIu64 " to %" PRIu64 ", not \"%s\"",
                         option_rows[option].name, least, most, text);
    return false;
}

int command_refuse(const struct command_line *line, int status, const char *format, ...)
{
    va_list arguments;
    fprintf(stderr, "cordon %s %s: ", line->group, line->command->name);
    va_start(arguments, format);
    (void)vfprintf(stderr, format, arguments);
    va_end(arguments);
    (void)fputc('\n', stderr);
    return status;
}

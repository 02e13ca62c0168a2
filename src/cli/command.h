/* A subcommand that has commands of its own: `cordon quarantine ...`, `cordon store ...`.
 *
 * Each such group is a table of commands, and each command names the options that it takes; what an option means, and
 * what its help says, stands once in command.c. The usage texts are made from these tables.
 */
#ifndef CORDON_CLI_COMMAND_H
#define CORDON_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum command_option {
    OPTION_CONFIG, /* these four are common to all */
    OPTION_STORE,
    OPTION_JSON,
    OPTION_HELP,
    OPTION_KEY,
    OPTION_SINCE,
    OPTION_UNTIL,
    OPTION_SENDER,
    OPTION_RECIPIENT,
    OPTION_SUBJECT,
    OPTION_NAME,
    OPTION_FILE,
    OPTION_CATEGORY,
    OPTION_SIZE,
    OPTION_MESSAGE_ID,
    OPTION_CLIENT,
    OPTION_SESSION,
    OPTION_LISTENER,
    OPTION_HELD,
    OPTION_LIMIT,
    OPTION_BEFORE,
    OPTION_HEADERS,
    OPTION_EXPLAIN,
    OPTION_LINES,
    OPTION_AS,
    OPTION_OUT,
    OPTION_FORCE,
    OPTION_TO,
    OPTION_REASON,
    OPTION_TOP,
    OPTION_PERCENT,
    OPTION_RATE,
    OPTION_HEAD,
    OPTION_NEW,
    OPTION_YES,
    OPTION_FROM,
    OPTION_ALL,
    OPTIONS
};
#define OPTION_BIT(option) (UINT64_C(1) << (option))

/* The options that say which messages. */
extern const uint64_t command_filters;

enum { COMMAND_MOST_GIVEN = 256 };

struct command_given {
    enum command_option option;
    const char *value; /* "" of an option without one */
};

/* What was typed. */
struct command_line {
    const char *group;
    const struct command *command;
    struct command_given given[COMMAND_MOST_GIVEN];
    size_t given_count;
    char **arguments;
    size_t argument_count;
};

struct command {
    const char *name;
    const char *arguments; /* as its usage shows them: "ID..." */
    const char *help;      /* one line */
    int (*run)(const struct command_line *line);
    uint64_t options; /* bits, besides the common ones */
    size_t least;     /* arguments */
    size_t most;      /* SIZE_MAX: any number */
};

struct command_group {
    const char *name;
    const char *about;    /* one sentence */
    const char *statuses; /* what the exit statuses mean, as lines */
    const struct command *commands;
    size_t count;
};

/* Finds the command, reads what was typed, and runs it; or shows how it is used. Gives the exit status. */
int command_run(const struct command_group *group, int argc, char **argv);

/* The last value of an option; NULL where it was not given. */
const char *command_value(const struct command_line *line, enum command_option option);
bool command_has(const struct command_line *line, enum command_option option);

/* All values of an option, one after another: *at begins at 0; NULL behind the last. */
const char *command_next(const struct command_line *line, enum command_option option, size_t *at);

/* A whole number between `least` and `most`; `otherwise` where the option was not given. False, and said so, where it
 * is none. */
bool command_number(const struct command_line *line, enum command_option option, uint64_t least, uint64_t most,
                    uint64_t otherwise, uint64_t *number_out);

/* "cordon quarantine list: TEXT" on standard error; gives `status`. */
int command_refuse(const struct command_line *line, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif

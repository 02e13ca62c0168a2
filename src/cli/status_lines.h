/* The lines key=value that the daemon answers to "status", as a table in memory. */
#ifndef CORDON_CLI_STATUS_LINES_H
#define CORDON_CLI_STATUS_LINES_H

#include "base/buf.h"
#include "base/fault.h"
#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>

enum { STATUS_MOST_LINES = 2048, STATUS_ANSWER_MOST_BYTES = 1048576, STATUS_ANSWER_MS = 5000 };

struct status_line {
    struct span key;
    struct span value;
};

struct status_lines {
    struct buf text; /* the answer; keys and values point into it */
    struct status_line lines[STATUS_MOST_LINES];
    size_t count;
};

/* Asks the daemon on RUN_DIRECTORY/control.sock. 0, or -1 and *fault (ENOENT or ECONNREFUSED: it does not run; EACCES).
 * To be ended by status_lines_fini either way. */
int status_lines_ask(struct status_lines *lines, const char *run_directory, struct fault *fault);

/* Cuts an answer into lines, which then points into `text_take`. What is not key=value is left out. */
void status_lines_parse(struct status_lines *lines, struct buf *text_take);
void status_lines_fini(struct status_lines *lines);

/* The value of `key`; empty (data NULL) where there is none. */
struct span status_value(const struct status_lines *lines, const char *key);

/* "gate.state" is the state of the role "gate"; "old-gate.state" and "new-gate.state" are not of the ones that serve.
 */
bool status_line_is_role(const struct status_line *line, struct span *role_out);

/* "gate.scanner.NAME.state" is the state of a scanner, with its other facts behind it. */
bool status_line_is_scanner(const struct status_line *line, struct span *name_out);

/* "gate.scanner.NAME.counts" is what is counted of it. */
bool status_line_is_counts(const struct status_line *line, struct span *name_out);

/* "keeper.store.NAME.state" is the state of a store: "open" where it takes messages. */
bool status_line_is_store(const struct status_line *line, struct span *name_out);

/* "engine.weaker" or "weaker". */
bool status_line_is_weaker(const struct status_line *line);

/* A value "working since=... reason="...": its first word, and one of its facts without quotes; empty where there is
 * none. */
struct span status_first_word(struct span value);
struct span status_fact(struct span value, const char *name);

/* Whether the supervisor, all roles and all scanners say that they work. */
bool status_is_working(const struct status_lines *lines);

#endif

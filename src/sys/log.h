/* The log: one line for each decision, to standard error, syslog or journald, as key=value or JSON.
 *
 * A line is built on a struct log_line by the code at the top of the call tree and sent in one piece. Values are
 * escaped here, so nothing foreign can forge a line. Libraries never call this.
 *
 * Thread safety: log_begin once before any thread; all else from any thread.
 */
#ifndef CORDON_SYS_LOG_H
#define CORDON_SYS_LOG_H

#include "base/buf.h"
#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_destination { LOG_TO_STDERR, LOG_TO_SYSLOG, LOG_TO_JOURNALD };
enum log_format { LOG_KEYVALUE, LOG_JSON };
enum log_privacy { LOG_FULL, LOG_HASH, LOG_NONE };
enum log_level { LOG_ERROR, LOG_WARNING, LOG_NOTICE, LOG_INFO };

struct log_settings {
    enum log_destination destination;
    enum log_format format;
    enum log_privacy privacy;
};

/* `program` is kept: it must live for ever. Before log_begin, lines go to standard error as key=value; so they do where
 * journald is asked for and not there. To be called before the process is boxed. */
void log_begin(const char *program, const struct log_settings *settings);

enum { LOG_LINE_LIMIT = 16384, LOG_KEY_SIZE = 64, LOG_MOST_FIELDS = 48 };

/* Lends its memory to log.c, which alone looks inside. */
struct log_line {
    struct buf text;
    enum log_level level;
    bool is_cut;
    char last_key[LOG_KEY_SIZE]; /* JSON: put again, its values become an array */
    size_t last_value_at;
    bool last_is_array;
    struct buf fields; /* journald: "CORDON_KEY=value", unescaped, one behind the other */
    size_t field_ends[LOG_MOST_FIELDS];
    size_t field_count;
};

/* Begins a line "event=<event> ...". `event` is one of our words: "message", "scanner-failed", "started". A key, too,
 * is ours: letters, digits, and "_", "-", "." for some. A key that is put several times in a row has several values. */
void log_line_begin(struct log_line *line, enum log_level level, const char *event);
void log_put_text(struct log_line *line, const char *key, const char *value); /* NULL value: nothing is put */
void log_put_span(struct log_line *line, const char *key, struct span value);
void log_put_number(struct log_line *line, const char *key, int64_t value);
/* How private values are put. */
enum log_privacy log_privacy(void);
/* An address or a file name: as the privacy setting says, in full, as "sha256:" and 16 digits, or left out. */
void log_put_private(struct log_line *line, const char *key, struct span value);
/* Sends and frees. A line beyond LOG_LINE_LIMIT loses the values that did not fit and gains cut=1. */
void log_line_send(struct log_line *line);

/* A line with one text=...: log_note(LOG_WARNING, "reload", "..."). */
void log_note(enum log_level level, const char *event, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif

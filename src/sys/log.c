#include "log.h"

#include "base/escape.h"
#include "sys/log_outlets.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum {
    LOG_TAIL_SIZE = 16, /* room that is kept for the end of a line, and for saying that it was cut */
    LOG_TIME_SIZE = 64,
    LOG_NOTE_SIZE = 2048,
    LOG_STDERR_WAIT_MS = 1000, /* a reader of standard error who is stuck longer loses lines */
    LOG_MAIL_FACILITY = 2      /* RFC 5424 section 6.2.1 */
};

static const struct {
    const char *text;
    int priority; /* RFC 5424 section 6.2.1 */
} levels[] = {
    [LOG_ERROR] = { "error", 3 },
    [LOG_WARNING] = { "warning", 4 },
    [LOG_NOTICE] = { "notice", 5 },
    [LOG_INFO] = { "info", 6 },
};

/* Set once by log_begin, before any thread. */
static const char *log_program = "cordon";
static struct log_settings log_settings;

void log_begin(const char *program, const struct log_settings *settings)
{
    log_program = program;
    log_settings = *settings;
    if (settings->destination == LOG_TO_SYSLOG)
        log_syslog_open(program);
    if (settings->destination == LOG_TO_JOURNALD && !log_journal_is_there()) {
        log_settings.destination = LOG_TO_STDERR;
        log_note(LOG_WARNING, "log", "journald is not there: lines go to standard error");
    }
}

/* RFC 3339, UTC. */
static void time_text(char text_out[LOG_TIME_SIZE])
{
    struct timeval now;
    struct tm utc;
    (void)gettimeofday(&now, NULL);
    (void)gmtime_r(&now.tv_sec, &utc);
    size_t used = strftime(text_out, LOG_TIME_SIZE, "%Y-%m-%dT%H:%M:%S", &utc);
    (void)snprintf(text_out + used, LOG_TIME_SIZE - used, ".%03dZ", (int)(now.tv_usec / 1000));
}

void log_line_begin(struct log_line *line, enum log_level level, const char *event)
{
    *line = (struct log_line){ .level = level };
    buf_init(&line->text, LOG_LINE_LIMIT);
    buf_init(&line->fields, LOG_LINE_LIMIT);
    char time[LOG_TIME_SIZE];
    time_text(time);
    if (log_settings.format == LOG_JSON)
        buf_printf(&line->text, "{\"time\":\"%s\",\"program\":\"%s\",\"level\":\"%s\"", time, log_program,
                   levels[level].text);
    else if (log_settings.destination == LOG_TO_STDERR)
        buf_printf(&line->text, "%s %s %s", time, log_program, levels[level].text);
    log_put_text(line, "event", event);
}

static bool line_has_room(struct log_line *line, size_t more)
{
    bool has_room = more <= LOG_LINE_LIMIT - LOG_TAIL_SIZE - line->text.size;
    line->is_cut = line->is_cut || !has_room;
    return has_room;
}

/* ["last"] becomes ["last","shown"], and "last" becomes ["last","shown"]. */
static void json_put_again(struct log_line *line, struct span shown)
{
    struct buf *text = &line->text;
    if (line->last_is_array) {
        text->size--;
    } else {
        buf_put_char(text, ' '); /* makes room for the bracket */
        char *value = text->data + line->last_value_at;
        memmove(value + 1, value, text->size - 1 - line->last_value_at);
        value[0] = '[';
        line->last_is_array = true;
    }
    buf_put_char(text, ',');
    buf_put_span(text, shown);
    buf_put_char(text, ']');
}

static void json_put(struct log_line *line, const char *key, struct span shown)
{
    if (strcmp(key, line->last_key) == 0) {
        json_put_again(line, shown);
        return;
    }
    buf_printf(&line->text, ",\"%s\":", key);
    line->last_value_at = line->text.size;
    line->last_is_array = false;
    (void)span_copy(span_text(key), line->last_key, sizeof line->last_key);
    buf_put_span(&line->text, shown);
}

static void keyvalue_put(struct log_line *line, const char *key, struct span shown)
{
    if (line->text.size > 0)
        buf_put_char(&line->text, ' ');
    buf_printf(&line->text, "%s=", key);
    buf_put_span(&line->text, shown);
}

/* journald's names of fields are upper-case letters, digits and underscores. */
static char field_char(char c)
{
    if (c >= 'a' && c <= 'z')
        return (char)(c - 'a' + 'A');
    if (!ascii_is_alnum(c))
        return '_';
    return c;
}

static void field_put(struct log_line *line, const char *key, struct span value)
{
    static const char prefix[] = "CORDON_";
    struct buf *fields = &line->fields;
    size_t size = strlen(prefix) + strlen(key) + 1 + value.size;
    if (line->field_count == LOG_MOST_FIELDS || size > fields->limit - fields->size)
        return; /* the text has it */
    buf_put_text(fields, prefix);
    for (const char *c = key; *c != '\0'; c++)
        buf_put_char(fields, field_char(*c));
    buf_put_char(fields, '=');
    buf_put_span(fields, value);
    line->field_ends[line->field_count++] = fields->size;
}

/* `shown` is the value as it stands in the text, `value` is what it is. */
static void line_put(struct log_line *line, const char *key, struct span shown, struct span value)
{
    size_t decoration = strlen(key) + 4; /* JSON: a comma, two quotes, a colon; or two brackets and a comma */
    assert(strlen(key) < LOG_KEY_SIZE);
    if (!line_has_room(line, decoration + shown.size))
        return;
    if (log_settings.format == LOG_JSON)
        json_put(line, key, shown);
    else
        keyvalue_put(line, key, shown);
    if (log_settings.destination == LOG_TO_JOURNALD)
        field_put(line, key, value);
}

void log_put_span(struct log_line *line, const char *key, struct span value)
{
    struct buf shown;
    buf_init(&shown, LOG_LINE_LIMIT);
    if (log_settings.format == LOG_JSON)
        escape_json(&shown, value);
    else
        escape_value(&shown, value);
    if (buf_overflowed(&shown))
        line->is_cut = true;
    else
        line_put(line, key, buf_span(&shown), value);
    buf_fini(&shown);
}

void log_put_text(struct log_line *line, const char *key, const char *value)
{
    if (value != NULL)
        log_put_span(line, key, span_text(value));
}

void log_put_number(struct log_line *line, const char *key, int64_t value)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRId64, value);
    line_put(line, key, span_text(text), span_text(text));
}

enum log_privacy log_privacy(void)
{
    return log_settings.privacy;
}

static void stderr_send(struct span text)
{
    while (text.size > 0) {
        ssize_t n = write(STDERR_FILENO, text.data, text.size);
        if (n >= 0) {
            text = span_from(text, (size_t)n);
        } else if (errno == EAGAIN) {
            struct pollfd wait = { .fd = STDERR_FILENO, .events = POLLOUT };
            if (poll(&wait, 1, LOG_STDERR_WAIT_MS) == 0)
                return;
        } else if (errno != EINTR) {
            return;
        }
    }
}

static struct iovec text_piece(char *text)
{
    return (struct iovec){ .iov_base = text, .iov_len = strlen(text) };
}

static bool journal_send(const struct log_line *line, int priority)
{
    char priority_field[32];
    char facility_field[32];
    char program_field[64];
    (void)snprintf(priority_field, sizeof priority_field, "PRIORITY=%d", priority);
    (void)snprintf(facility_field, sizeof facility_field, "SYSLOG_FACILITY=%d", LOG_MAIL_FACILITY);
    (void)snprintf(program_field, sizeof program_field, "SYSLOG_IDENTIFIER=%s", log_program);
    struct buf message;
    buf_init(&message, sizeof "MESSAGE=" + LOG_LINE_LIMIT);
    buf_put_text(&message, "MESSAGE=");
    buf_put_span(&message, buf_span(&line->text));

    struct iovec fields[LOG_MOST_FIELDS + 4] = { text_piece(priority_field),
                                                 text_piece(facility_field),
                                                 text_piece(program_field),
                                                 { .iov_base = message.data, .iov_len = message.size } };
    size_t count = 4;
    size_t at = 0;
    for (size_t i = 0; i < line->field_count; i++) {
        fields[count++] = (struct iovec){ .iov_base = line->fields.data + at, .iov_len = line->field_ends[i] - at };
        at = line->field_ends[i];
    }
    bool is_sent = log_journal_send(fields, count);
    buf_fini(&message);
    return is_sent;
}

void log_line_send(struct log_line *line)
{
    bool is_json = log_settings.format == LOG_JSON;
    int priority = levels[line->level].priority;
    struct buf *text = &line->text;
    if (line->is_cut)
        buf_put_text(text, is_json ? ",\"cut\":1" : " cut=1");
    if (is_json)
        buf_put_char(text, '}');
    bool is_sent = false;
    if (log_settings.destination == LOG_TO_SYSLOG) {
        log_syslog_send(priority, buf_text(text));
        is_sent = true;
    } else if (log_settings.destination == LOG_TO_JOURNALD) {
        is_sent = journal_send(line, priority);
    }
    if (!is_sent) {
        buf_put_char(text, '\n');
        stderr_send(buf_span(text));
    }
    buf_fini(text);
    buf_fini(&line->fields);
}

void log_note(enum log_level level, const char *event, const char *format, ...)
{
    char text[LOG_NOTE_SIZE];
    va_list args;
    va_start(args, format);
    int size = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct log_line line;
    log_line_begin(&line, level, event);
    log_put_text(&line, "text", text);
    line.is_cut = line.is_cut || size >= LOG_NOTE_SIZE;
    log_line_send(&line);
}

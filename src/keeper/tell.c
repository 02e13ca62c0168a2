#include "tell.h"

#include "sys/log.h"

#include <stdio.h>
#include <string.h>

static void tell_begin(struct log_line *line, enum log_level level, const char *name, const char *what)
{
    log_line_begin(line, level, "store");
    log_put_text(line, "store", name);
    log_put_text(line, "what", what);
}

/* The store's own words begin with what our line says anyway. */
static const char *without_prefix(const char *text, const char *prefix)
{
    size_t size = strlen(prefix);
    return strncmp(text, prefix, size) == 0 ? text + size : text;
}

void tell_of_store(void *context, bool is_alarm, const char *event, const char *text)
{
    const char *name = context;
    char prefix[64];
    struct log_line line;
    (void)snprintf(prefix, sizeof prefix, "%.60s: ", name);
    tell_begin(&line, is_alarm ? LOG_ERROR : LOG_NOTICE, name, without_prefix(event, "store-"));
    log_put_text(&line, "text", without_prefix(text, prefix));
    log_line_send(&line);
}

void tell_opened(const char *name, const struct segments_found *found)
{
    const char *what = found->is_new ? "made" : "opened";
    struct log_line line;
    if (found->cut_bytes > 0)
        what = "recovered";
    if (found->damaged > 0)
        what = "damaged";
    tell_begin(&line, found->damaged > 0 ? LOG_ERROR : LOG_NOTICE, name, what);
    log_put_number(&line, "last_sequence", (int64_t)found->last_sequence);
    log_put_number(&line, "segments", found->segments);
    if (found->cut_bytes > 0)
        log_put_number(&line, "cut_bytes", (int64_t)found->cut_bytes);
    if (found->damaged > 0)
        log_put_number(&line, "damaged", found->damaged);
    if (found->text[0] != '\0')
        log_put_text(&line, "text", found->text);
    log_line_send(&line);
}

void tell_failure(const char *name, const char *text)
{
    struct log_line line;
    tell_begin(&line, LOG_ERROR, name, "failure");
    log_put_text(&line, "text", text);
    log_line_send(&line);
}

#include "cli/when.h"

#include <stdio.h>
#include <time.h>

enum { WHEN_DAY_S = 86400, WHEN_MOST_NUMBER = 100000 };

/* The day's first moment, `days` after that of the moment. By the calendar, since a day may have 23 hours. */
static time_t day_begin(time_t moment, int days)
{
    struct tm day;
    (void)localtime_r(&moment, &day);
    day.tm_mday += days;
    day.tm_hour = day.tm_min = day.tm_sec = 0;
    day.tm_isdst = -1;
    return mktime(&day);
}

/* Exactly `digits` digits at the start of *rest. */
static bool take_number(struct span *rest, size_t digits, int *number_out)
{
    uint64_t number = 0;
    if (rest->size < digits || !span_number(span_slice(*rest, 0, digits), &number))
        return false;
    *rest = span_from(*rest, digits);
    *number_out = (int)number;
    return true;
}

static bool take_char(struct span *rest, char c)
{
    if (rest->size == 0 || rest->data[0] != c)
        return false;
    *rest = span_from(*rest, 1);
    return true;
}

/* "14:30", "14:30:05", "14:30:05.123" */
static bool take_clock(struct span *rest, struct tm *time)
{
    if (!take_number(rest, 2, &time->tm_hour) || !take_char(rest, ':') || !take_number(rest, 2, &time->tm_min))
        return false;
    time->tm_sec = 0;
    if (take_char(rest, ':') && !take_number(rest, 2, &time->tm_sec))
        return false;
    if (take_char(rest, '.')) {
        while (rest->size > 0 && ascii_is_digit(rest->data[0]))
            *rest = span_from(*rest, 1);
    }
    return time->tm_hour < 24 && time->tm_min < 60 && time->tm_sec < 61;
}

/* "Z", "+01:00", "-0530": seconds east. */
static bool take_zone(struct span *rest, long *east_out)
{
    int hours = 0;
    int minutes = 0;
    *east_out = 0;
    if (take_char(rest, 'Z') || take_char(rest, 'z'))
        return true;
    bool is_west = rest->size > 0 && rest->data[0] == '-';
    if (!take_char(rest, '+') && !take_char(rest, '-'))
        return false;
    if (!take_number(rest, 2, &hours))
        return false;
    (void)take_char(rest, ':');
    if (!take_number(rest, 2, &minutes) || hours > 14 || minutes > 59)
        return false;
    *east_out = (is_west ? -60L : 60L) * (hours * 60 + minutes);
    return true;
}

static bool moment_make(struct tm *time, struct span zone, uint64_t *ms_out)
{
    long east = 0;
    time->tm_isdst = -1;
    bool has_zone = zone.size > 0;
    if (has_zone && (!take_zone(&zone, &east) || zone.size > 0))
        return false;
    struct tm asked = *time;
    time_t moment = has_zone ? timegm(time) - east : mktime(time);
    if (moment < 0 || asked.tm_mday != time->tm_mday || asked.tm_mon != time->tm_mon)
        return false; /* no 30th of February */
    *ms_out = (uint64_t)moment * 1000;
    return true;
}

static bool read_date(struct span text, bool is_end, uint64_t *ms_out)
{
    struct tm time = { 0 };
    if (!take_number(&text, 4, &time.tm_year) || !take_char(&text, '-') || !take_number(&text, 2, &time.tm_mon) ||
        !take_char(&text, '-') || !take_number(&text, 2, &time.tm_mday))
        return false;
    time.tm_year -= 1900;
    time.tm_mon -= 1;
    if (text.size == 0) {
        if (!moment_make(&time, text, ms_out))
            return false;
        *ms_out = is_end ? (uint64_t)day_begin((time_t)(*ms_out / 1000), 1) * 1000 : *ms_out;
        return true;
    }
    if (!take_char(&text, 'T') && !take_char(&text, 't') && !take_char(&text, ' '))
        return false;
    return take_clock(&text, &time) && moment_make(&time, span_trim(text), ms_out);
}

static bool read_clock(struct span text, uint64_t now_ms, uint64_t *ms_out)
{
    struct tm time;
    time_t now = (time_t)(now_ms / 1000);
    (void)localtime_r(&now, &time);
    return take_clock(&text, &time) && text.size == 0 && moment_make(&time, text, ms_out);
}

/* "2 days", "-2d", "90 min ago": so long before now. */
static bool read_ago(struct span text, uint64_t now_ms, uint64_t *ms_out)
{
    static const struct {
        const char *names; /* with a space around each */
        uint64_t seconds;
    } units[] = {
        { " s sec secs second seconds ", 1 },
        { " m min mins minute minutes ", 60 },
        { " h hour hours ", 3600 },
        { " d day days ", WHEN_DAY_S },
        { " w week weeks ", 7ULL * WHEN_DAY_S },
        { " month months ", 30ULL * WHEN_DAY_S },
        { " y year years ", 365ULL * WHEN_DAY_S },
    };
    size_t digits = 0;
    uint64_t number = 0;
    (void)take_char(&text, '-');
    while (digits < text.size && ascii_is_digit(text.data[digits]))
        digits++;
    if (!span_number(span_slice(text, 0, digits), &number) || number > WHEN_MOST_NUMBER)
        return false;
    text = span_trim(span_from(text, digits));
    struct span unit = span_cut(&text, ' ');
    if (unit.size == 0 || unit.size > 12 || (span_trim(text).size > 0 && !span_is(span_trim(text), "ago")))
        return false;
    char name[16];
    (void)snprintf(name, sizeof name, " %.*s ", (int)unit.size, unit.data);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (span_find(span_text(units[i].names), span_text(name)) == SPAN_NONE)
            continue;
        uint64_t ms = number * units[i].seconds * 1000;
        *ms_out = ms < now_ms ? now_ms - ms : 0;
        return true;
    }
    return false;
}

bool when_read(struct span text, uint64_t now_ms, bool is_end, uint64_t *ms_out)
{
    static const char *const days[] = { "yesterday", "today" };
    text = span_trim(text);
    if (span_is(text, "now")) {
        *ms_out = now_ms;
        return true;
    }
    for (int i = 0; i < 2; i++) {
        if (!span_is(text, days[i]))
            continue;
        *ms_out = (uint64_t)day_begin((time_t)(now_ms / 1000), i - 1 + (is_end ? 1 : 0)) * 1000;
        return true;
    }
    uint64_t seconds = 0;
    if (span_starts_with(text, "@") && span_number(span_from(text, 1), &seconds) && seconds < UINT64_MAX / 1000) {
        *ms_out = seconds * 1000;
        return true;
    }
    return read_date(text, is_end, ms_out) || read_clock(text, now_ms, ms_out) || read_ago(text, now_ms, ms_out);
}

void when_put(struct buf *out, uint64_t ms)
{
    struct tm time;
    char text[32] = "-";
    time_t seconds = (time_t)(ms / 1000);
    if (localtime_r(&seconds, &time) != NULL)
        (void)strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &time);
    buf_put_text(out, text);
}

void when_put_utc(struct buf *out, uint64_t ms)
{
    struct tm time;
    char text[32] = "";
    time_t seconds = (time_t)(ms / 1000);
    if (gmtime_r(&seconds, &time) != NULL)
        (void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &time);
    buf_printf(out, "%s.%03uZ", text, (unsigned)(ms % 1000));
}

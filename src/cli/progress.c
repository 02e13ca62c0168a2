#include "cli/store_commands.h"
#include "sys/clock.h"

#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

enum { PROGRESS_EVERY_MS = 250, PROGRESS_AFTER_MS = 1000 };

static int64_t began_ms;
static int64_t shown_ms;

void progress_show(const char *what, uint64_t done, uint64_t all)
{
    int64_t now = clock_now_ms();
    if (began_ms == 0)
        began_ms = now;
    if (now - began_ms < PROGRESS_AFTER_MS || now - shown_ms < PROGRESS_EVERY_MS || !isatty(STDERR_FILENO))
        return;
    unsigned percent = all > 0 ? (unsigned)(done / (all / 100 + 1)) : 0;
    long long left = done > 0 && all > done
                         ? (long long)((double)(now - began_ms) * (double)(all - done) / (double)done / 1000)
                         : 0;
    fprintf(stderr, "\r\033[K%s: %u %%, about %lld s left", what, percent, left);
    shown_ms = now;
}

void progress_clear(void)
{
    if (shown_ms != 0)
        fputs("\r\033[K", stderr);
    began_ms = 0;
    shown_ms = 0;
}

#include "log_outlets.h"

#include <assert.h>
#include <limits.h>
#include <unistd.h>

#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

bool log_journal_is_there(void)
{
    return access("/run/systemd/journal/socket", W_OK) == 0;
}

bool log_journal_send(const struct iovec *fields, size_t count)
{
    assert(count <= INT_MAX);
    return sd_journal_sendv(fields, (int)count) >= 0;
}

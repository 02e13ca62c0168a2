#include "log_outlets.h"

#include <syslog.h>

void log_syslog_open(const char *program)
{
    openlog(program, LOG_PID | LOG_NDELAY, LOG_MAIL);
}

void log_syslog_send(int priority, const char *text)
{
    syslog(priority, "%s", text);
}

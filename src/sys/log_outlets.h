/* Where lines go other than to standard error. Private to the log's own files: <syslog.h> and <systemd/sd-journal.h>
 * claim names that log.h gives to its levels, so each is seen in a file of its own that does not see log.h.
 */
#ifndef CORDON_SYS_LOG_OUTLETS_H
#define CORDON_SYS_LOG_OUTLETS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

/* `program` is kept. Connects at once, before the process is boxed. */
void log_syslog_open(const char *program);
void log_syslog_send(int priority, const char *text);

bool log_journal_is_there(void);

/* "KEY=value" in each piece. False where journald did not take it. */
bool log_journal_send(const struct iovec *fields, size_t count);

#endif

/* What the service manager is told (sd_notify(3)). Without a NOTIFY_SOCKET all this does nothing.
 *
 * Written out here because sd_notify(3) waits as long as the manager does not read, and we look after mail meanwhile.
 */
#ifndef CORDON_CORDOND_NOTIFY_H
#define CORDON_CORDOND_NOTIFY_H

#include <stdint.h>

enum { NOTIFY_WAIT_MS = 500 /* for a manager that does not read; then the message is lost */ };

/* How often a sign of life is asked for, halved; 0: not at all. */
int64_t notify_watchdog_ms(void);

void notify_ready(const char *status);
void notify_reloading(const char *status);
void notify_stopping(const char *status);
void notify_alive(void);

#endif

/* A daemon of our own for one command: the same boxed decoder and engine, no listener, gone with us.
 *
 * `cordon scan` uses it where no daemon is running, or where other signatures are asked for.
 */
#ifndef CORDON_CLI_PRIVATE_DAEMON_H
#define CORDON_CLI_PRIVATE_DAEMON_H

#include "base/fault.h"
#include "conf/settings.h"

struct private_daemon;

/* Starts cordond from the folder of this program (else the installed one) with these settings, but without listeners
 * and in a run directory of its own, and waits until it is ready. With `signatures` the embedded engine alone judges,
 * with those. NULL and *fault; then what it said on standard error has been passed on. */
struct private_daemon *private_daemon_start(const struct settings *settings, const char *signatures,
                                            struct fault *fault);

const char *private_daemon_run_directory(const struct private_daemon *daemon);

/* Ends it and removes its folder. Accepts NULL. */
void private_daemon_stop(struct private_daemon *daemon);

#endif

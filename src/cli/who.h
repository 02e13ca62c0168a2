/* Who does something, for the audit trail: "root (joe by sudo) on pts/3 from 192.0.2.7". The kernel's login user is
 * believed, the environment only as far as it adds to that. */
#ifndef CORDON_CLI_WHO_H
#define CORDON_CLI_WHO_H

#include "base/buf.h"
#include "cli/command.h"

enum { WHO_TEXT_LIMIT = 512, REASON_TEXT_LIMIT = 1024 };

void who_put(struct buf *out);

/* Why: --reason, or what is answered to a question on the terminal. -1: go on; else the exit status, and it was said
 * that a reason is missing. */
int reason_read(const struct command_line *line, struct buf *reason_out);

#endif

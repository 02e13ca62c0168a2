/* What `cordond --check` can't see for itself, because it parses nothing but its configuration: whether rules of YARA
 * compile. The engine's own program says it, line by line to standard error.
 */
#ifndef CORDON_CORDOND_CHECK_RULES_H
#define CORDON_CORDOND_CHECK_RULES_H

#include "base/fault.h"
#include "conf/settings.h"

/* Waits for the program in `directory`. 0 where there are no rules or all are right; -1 and *fault. */
int check_rules(const struct settings *settings, const char *directory, struct fault *fault);

#endif

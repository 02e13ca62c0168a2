/* What a single value can't tell: keys that contradict one another. */
#ifndef CORDON_CONF_CHECK_H
#define CORDON_CONF_CHECK_H

#include "conf/mistakes.h"
#include "conf/node.h"
#include "conf/settings.h"

#include <stdbool.h>

/* Adds a mistake for each contradiction, but concludes nothing from nodes that are bad already. `with_files`: the files
 * that are named must exist; a role in its box can't know. */
void conf_check(const struct settings *settings, struct conf_node *root, bool with_files,
                struct conf_mistakes *mistakes);

/* The same for scanners that are foreign programs (check_run.c); conf_check calls it. */
void conf_check_run(const struct settings *settings, const struct conf_node *scanners, bool with_files,
                    struct conf_mistakes *mistakes);

/* The same for stores, and for actions that need one (check_store.c). */
void conf_check_stores(const struct settings *settings, const struct conf_node *root, bool with_files,
                       struct conf_mistakes *mistakes);

#endif

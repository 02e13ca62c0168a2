/* libyara, as the rest of this program sees it: rules loaded once, and one question.
 *
 * Only ruleset.c includes the library's header. The library keeps state of its own for the whole process, so there is
 * one struct ruleset in a process, and one thread.
 */
#ifndef CORDON_YARA_RULESET_H
#define CORDON_YARA_RULESET_H

#include "base/buf.h"
#include "base/fault.h"
#include "base/span.h"
#include "conf/settings.h"
#include "scanner/engine_child.h"
#include "verdict/verdict.h"

#include <stdint.h>

enum { RULESET_MOST_COMPILED = 64, RULESET_REMARKS_LIMIT = 65536 };

struct ruleset;

/* Compiles the sources and loads the compiled files that the patterns name, and tries them once, so that everything is
 * ready for forks. NULL and *fault (the first mistake) where anything in them can't be used: rules that are only a part
 * of what the operator wrote are not his. `remarks_out` gets the library's mistakes and warnings, a line each:
 * "FILE:LINE: error: TEXT". */
struct ruleset *ruleset_load(const struct settings_list *patterns, struct buf *remarks_out, struct fault *fault);
void ruleset_free(struct ruleset *rules);

const char *ruleset_version(const struct ruleset *rules); /* "YARA 4.2.3" */
uint64_t ruleset_generation(const struct ruleset *rules); /* from all that was read, and the version; never 0 */
unsigned ruleset_count(const struct ruleset *rules);      /* without private ones */
unsigned ruleset_file_count(const struct ruleset *rules); /* without included ones */
unsigned ruleset_warning_count(const struct ruleset *rules);

/* Judges some bytes that don't change meanwhile. Clean only where the library went through all of them under all rules
 * and no rule with a meaning matched. Rules whose names are less than infected by `names` (NULL: none is) are noted,
 * and end nothing. There is no limit of time: whoever asks watches it. */
void ruleset_scan(struct ruleset *rules, struct span bytes, const struct settings_names *names,
                  struct engine_result *result_out);

#endif

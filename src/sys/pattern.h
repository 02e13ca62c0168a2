/* Regular expressions (PCRE2) held against foreign text, at a bounded cost.
 *
 * The operator writes the pattern, whoever answers writes the text. So a match has a budget of steps and of memory, and
 * what exceeds it is neither a match nor none.
 *
 * Thread safety: a compiled pattern may be used by any number of threads.
 */
#ifndef CORDON_SYS_PATTERN_H
#define CORDON_SYS_PATTERN_H

#include "base/fault.h"
#include "base/span.h"

struct pattern;

/* '^' and '$' match at each line; a dot no line end; bytes are bytes (no UTF). NULL and *fault, which says what is
 * wrong and where. */
struct pattern *pattern_new(const char *text, struct fault *fault);
void pattern_free(struct pattern *pattern); /* accepts NULL */

/* How many groups in parentheses it captures. */
unsigned pattern_groups(const struct pattern *pattern);

enum pattern_result { PATTERN_NO, PATTERN_YES, PATTERN_GAVE_UP };

/* *group_out (may be NULL): the first group that took part in the match, or the whole match where there is none; part
 * of `text`. */
enum pattern_result pattern_match(const struct pattern *pattern, struct span text, struct span *group_out);

#endif

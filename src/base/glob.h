/* Patterns as a shell has them, held against foreign text: at a cost that no text can drive up.
 *
 * fnmatch(3) goes back for each star within each other one, and knows no text with a NUL; this goes back for the last
 * star alone, which is enough, so that the cost is at most the pattern's size times the text's.
 */
#ifndef CORDON_BASE_GLOB_H
#define CORDON_BASE_GLOB_H

#include "span.h"

#include <stdbool.h>

/* Is the whole text what the pattern says? '*' stands for any bytes, '?' for one, "[a-z]" for one of these and "[!a-z]"
 * for one that is none of these (a ']' that comes first is a member); a bracket without an end is itself, and the
 * backslash is a byte like any other. The case of ASCII letters does not count. */
bool glob_match(const char *pattern, struct span text);

#endif

/* Whether a foreign program may be started at all. */
#ifndef CORDON_SYS_EXECUTABLE_H
#define CORDON_SYS_EXECUTABLE_H

#include "base/fault.h"

/* 0 where `path` is absolute and names an executable file that nobody but its owner and its group may write, in a
 * folder where not everybody may replace it. -1 and *fault, which says what is wrong. */
int executable_check(const char *path, struct fault *fault);

#endif

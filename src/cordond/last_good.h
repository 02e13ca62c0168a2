/* The last good set of signatures, kept where no update takes it away: hard links to its files, in a folder within
 * theirs, which cost nothing while the set is in use, and afterwards as much as what was replaced. Nobody but us writes
 * there; whoever may write to the signatures may well remove it, or alter a file in its place, as with the set itself.
 */
#ifndef CORDON_CORDOND_LAST_GOOD_H
#define CORDON_CORDOND_LAST_GOOD_H

#include "base/fault.h"

#include <stdbool.h>
#include <stddef.h>

enum { LAST_GOOD_PATH_SIZE = 512 };

/* Where it lies, whether there is one or not. */
void last_good_path(const char *signatures, char path_out[LAST_GOOD_PATH_SIZE]);

/* Links the files of the folder that `wants` takes into a folder beside the one that is there. -1 and *fault. */
int last_good_gather(const char *signatures, bool (*wants)(const char *name), struct fault *fault);

/* Where they have been gathered; it is looked at before it counts. */
void last_good_gathered_path(const char *signatures, char path_out[LAST_GOOD_PATH_SIZE]);

/* What was gathered takes the place of what is there, or, unless `is_right`, is thrown away. -1 and *fault. */
int last_good_finish(const char *signatures, bool is_right, struct fault *fault);

#endif

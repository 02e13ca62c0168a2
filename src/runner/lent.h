/* A folder for one job, and the file in it that a foreign program is lent: named after nothing in the mail, and looked
 * at again afterwards. */
#ifndef CORDON_RUNNER_LENT_H
#define CORDON_RUNNER_LENT_H

#include "base/fault.h"
#include "base/span.h"
#include "sys/digest.h"

#include <stdbool.h>
#include <stdint.h>

enum { LENT_PATH_SIZE = 512 };

/* Makes BASE/NUMBER, which the group may read where it `is_shown`. -1 and *fault. */
int lent_folder_make(const char *base, uint64_t number, bool is_shown, char path_out[LENT_PATH_SIZE],
                     struct fault *fault);

/* Removes it and all that is in it, as far as that can be done. */
void lent_folder_remove(const char *path);

struct lent {
    char path[LENT_PATH_SIZE];
    size_t size;
    struct digest digest;
};

/* Writes FOLDER/NAME, which its owner, or the group too, can read and nobody may write. -1 and *fault: then there is no
 * file. */
int lent_write(const char *folder, const char *name, bool is_shown, struct span bytes, struct lent *lent_out,
               struct fault *fault);

/* A folder that the operator made for files. -1 and *fault where it is not ours alone to write. *is_memory_out: it is
 * on a tmpfs. Removes what an earlier process left in it long ago, and in FOLDER/Queue. */
int lent_folder_check(const char *path, bool *is_memory_out, struct fault *fault);

/* Whether the file is still there and has the same bytes. -1 and *fault: what has become of it. */
int lent_check(const struct lent *lent, struct fault *fault);

/* Removes the file, if it is there. */
void lent_remove(const struct lent *lent);

#endif

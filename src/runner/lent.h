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

/* Makes BASE/NUMBER. -1 and *fault. */
int lent_folder_make(const char *base, uint64_t number, char path_out[LENT_PATH_SIZE], struct fault *fault);

/* Removes it and all that is in it, as far as that can be done. */
void lent_folder_remove(const char *path);

struct lent {
    char path[LENT_PATH_SIZE];
    size_t size;
    struct digest digest;
};

/* Writes FOLDER/NAME, which only its owner can read and nobody may write. -1 and *fault: then there is no file. */
int lent_write(const char *folder, const char *name, struct span bytes, struct lent *lent_out, struct fault *fault);

/* Whether the file is still there and has the same bytes. -1 and *fault: what has become of it. */
int lent_check(const struct lent *lent, struct fault *fault);

/* Removes the file, if it is there. */
void lent_remove(const struct lent *lent);

#endif

/* A file in a scanner's shared folder, made and looked after by a runner, for a daemon that opens files itself. */
#ifndef CORDON_SCANNER_LEND_H
#define CORDON_SCANNER_LEND_H

#include "scanner/driver.h"

enum { LEND_PATH_SIZE = 576 };

struct lend {
    int runner;
    int line; /* -1: nothing is lent */
    char path[LEND_PATH_SIZE];
};

/* Lends a piece, sealed memory behind `fd`, which stays the caller's. 0, or -1 and *fault: then nothing is lent. */
int lend_begin(const struct scanner *scanner, int fd, struct deadline deadline, struct lend *lend_out,
               struct fault *fault);

enum lend_end { LEND_SAME, LEND_TAMPERED, LEND_UNKNOWN };

/* Takes it back, and says what has become of it; *fault tells more about all but LEND_SAME. */
enum lend_end lend_finish(struct lend *lend, struct deadline deadline, struct fault *fault);

#endif

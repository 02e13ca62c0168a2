/* The runner: foreign programs on behalf of the gate, as one user of the operator's choice. */
#ifndef CORDON_RUNNER_RUNNER_H
#define CORDON_RUNNER_RUNNER_H

#include "conf/settings.h"
#include "runner/lent.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct helper;

enum { RUNNER_WAY_SIZE = 1024 };

/* A scanner whose program is ours to run. */
struct runner_row {
    const struct scanner_settings *scanner; /* NULL: not ours */
    char folder[LENT_PATH_SIZE];            /* for its files */
    bool is_shown;                          /* others may read there: it is the operator's shared_folder */
    bool is_memory;                         /* on a tmpfs */
    char refusal[FAULT_TEXT_SIZE];          /* why it can't be asked; "": it can */
    struct helper *helper;                  /* of the type communigate; NULL: none */
    char way[RUNNER_WAY_SIZE]; /* communigate: from its base folder to `folder`, with a / at the end; "": it
                                * has none, and starts in `folder` */
};

struct runner {
    const struct settings *settings;
    const char *user;
    struct runner_row rows[SETTINGS_MOST_SCANNERS]; /* by the scanner's number */
    size_t row_count;                               /* of ours */
    char base[LENT_PATH_SIZE];
    bool is_private; /* a tmpfs for each row, in a mount namespace of our own */
    atomic_uint_fast64_t last_number;
};

#endif

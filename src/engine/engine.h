/* SPDX-License-Identifier: GPL-2.0-only */
/* What the engine's parent knows and its children inherit. */
#ifndef CORDON_ENGINE_ENGINE_H
#define CORDON_ENGINE_ENGINE_H

#include "conf/settings.h"
#include "engine/clam.h"
#include "engine/raw.h"
#include "sys/sandbox.h"

#include <stdbool.h>

enum { ENGINE_PATH_SIZE = 512, ENGINE_STATUS_SIZE = 3072 };

struct engine {
    const struct settings *settings;
    const struct scanner_settings *scanner;
    char signatures[ENGINE_PATH_SIZE]; /* the folder that is loaded, or "test" */
    struct clam *clam;                 /* NULL: there is a refusal */
    struct raw_found raw;              /* signatures that need raw messages */
    struct clean_files *clean_files;   /* of the operator's, for the self-test alone; NULL: none */
    char refusal[SCAN_TEXT_SIZE];      /* why every answer is `failed`; empty: it isn't */
    char base[ENGINE_PATH_SIZE];       /* the children's folders are BASE/0, BASE/1 ..., one for each slot */
    bool is_private;                   /* they are tmpfs of our own mount namespace: a child makes its own the root; and
                                        * there is one more, a small one, for the self-test to fill */
    bool is_weaker;                    /* the kernel has no Landlock */
    bool without_landlock;             /* for tests */
    struct sandbox_program *box;       /* of the children */
    char clean_text[SCAN_TEXT_SIZE];   /* how many of the operator's clean samples there are, or why there are none */
    char status[ENGINE_STATUS_SIZE];
};

#endif

/* A child of the YARA engine: closes its box, then judges one job after another. */
#ifndef CORDON_YARA_CHILD_H
#define CORDON_YARA_CHILD_H

#include "conf/settings.h"
#include "sys/sandbox.h"
#include "yara/ruleset.h"

enum { ENGINE_STATUS_SIZE = 1024 };

/* What the parent knows and its children inherit. */
struct engine {
    const struct scanner_settings *scanner;
    struct ruleset *rules;        /* NULL: there is a refusal */
    char refusal[SCAN_TEXT_SIZE]; /* why every answer is `failed`; empty: it isn't */
    bool is_weaker;               /* the kernel has no Landlock */
    struct sandbox_program *box;  /* of the children */
    char status[ENGINE_STATUS_SIZE];
};

/* The pool's function: `context` is the struct engine. */
int child_run(int socket, unsigned slot, void *context);

#endif

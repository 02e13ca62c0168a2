#include "child.h"

#include "scanner/engine_child.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { CHILD_DESCRIPTORS = 64 };

static int child_enter(const struct engine *engine, struct fault *fault)
{
    /* No path at all: libyara needs no file. No limit on memory, as with every engine: its end is a kill, and no
     * answer.
     */
    struct sandbox_settings box = { .program = engine->box, .descriptors = CHILD_DESCRIPTORS, .may_not_fork = true };
    return sandbox_enter(&box, NULL, fault);
}

static void child_judge(const void *context, struct span bytes, uint32_t flags, struct engine_result *result_out)
{
    const struct engine *engine = context;
    bool is_canary = (flags & SCAN_PIECE_CANARY) != 0;
    ruleset_scan(engine->rules, bytes, is_canary ? NULL : &engine->scanner->names, result_out);
}

int child_run(int socket, unsigned slot, void *context)
{
    const struct engine *engine = context;
    struct fault fault = { 0 };
    (void)slot;
    if (child_enter(engine, &fault) != 0) {
        (void)dprintf(STDERR_FILENO, "cordon-engine-yara: %s\n", fault.text); /* the pool's parent only sees us end */
        return EXIT_FAILURE;
    }
    struct engine_child child = {
        .refusal = engine->refusal, .names = &engine->scanner->names, .judge = child_judge, .context = engine
    };
    if (engine->rules != NULL) {
        child.blank.generation = ruleset_generation(engine->rules);
        (void)snprintf(child.blank.engine, sizeof child.blank.engine, "%s", ruleset_version(engine->rules));
    }
    return engine_child_run(socket, &child);
}

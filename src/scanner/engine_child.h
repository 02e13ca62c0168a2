/* A child of an embedded engine: takes one job after another, has each piece judged, and answers.
 *
 * Runs in the child's own process, inside its box. The engine gives the function that judges a piece; what becomes of
 * several pieces' results is decided here, once for all engines.
 */
#ifndef CORDON_SCANNER_ENGINE_CHILD_H
#define CORDON_SCANNER_ENGINE_CHILD_H

#include "base/span.h"
#include "conf/settings.h"
#include "ipc/calls/scan.h"
#include "verdict/verdict.h"

#include <stdint.h>

/* What an engine says of one piece. */
struct engine_result {
    enum scan_result result;
    enum unscannable unscannable;
    char text[SCAN_TEXT_SIZE];    /* what it found, or why it failed */
    char named[SCAN_TEXT_SIZE];   /* as in struct scan_answer */
    char ignored[SCAN_TEXT_SIZE]; /* likewise */
};

struct engine_child {
    struct scan_answer blank;           /* what every answer begins with: generation, raw_signatures, engine */
    const char *refusal;                /* why every answer is `failed`; empty: it isn't */
    const struct settings_names *names; /* that are less than infected */
    /* Judges some bytes; `flags` are the piece's. */
    void (*judge)(const void *context, struct span bytes, uint32_t flags, struct engine_result *result_out);
    const void *context;
};

/* A result that is `failed`, and why. */
void engine_result_fail(struct engine_result *result_out, const char *text);

/* Serves the pool's jobs (ipc/pool.h) until the pool closes the socket, or until an answer failed: whatever went wrong,
 * the next message gets a child that it did not happen to. The exit status of the process. */
int engine_child_run(int socket, const struct engine_child *child);

#endif

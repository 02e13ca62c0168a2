/* A decoder's child: one message, one process, in its box from before it sees the message until it ends. */
#ifndef CORDON_DECODER_CHILD_H
#define CORDON_DECODER_CHILD_H

#include "base/fault.h"
#include "sys/sandbox.h"

#include <stddef.h>

/* What all children share; made by the parent before the first fork. */
struct child_boxes {
    struct sandbox_program *waiting;
    struct sandbox_program *busy;
    size_t memory_bytes;
    bool without_landlock; /* for tests */
    bool is_weaker;        /* the kernel has no Landlock */
};

int child_boxes_prepare(struct child_boxes *boxes, size_t memory_bytes, struct fault *fault);
void child_boxes_free(struct child_boxes *boxes);

/* As struct pool_settings has it; `context` is the struct child_boxes. The exit status: 0 where the report is written
 * (or there was no job), one of sysexits.h else. Whatever the message is, it's no reason for another status. */
int child_run(int socket, unsigned slot, void *context);

#endif

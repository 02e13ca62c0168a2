/* Several blocking calls side by side, all of them over when this returns. */
#ifndef CORDON_SCANNER_TOGETHER_H
#define CORDON_SCANNER_TOGETHER_H

#include <stddef.h>

enum { TOGETHER_MOST = 16, TOGETHER_STACK_BYTES = 256 * 1024 };

struct together_task {
    void (*run)(void *argument);
    void *argument;
};

/* Runs the first task in the calling thread and each other one in a thread of its own, or here too, one after another,
 * where the machine has no room for a thread. Waits for all: each task must bound its own time. */
void together_run(const struct together_task *tasks, size_t count);

#endif

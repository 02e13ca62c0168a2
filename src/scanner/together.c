#include "together.h"

#include "sys/thread.h"

#include <assert.h>
#include <stdbool.h>

struct together {
    struct lock lock;
    struct signal_point ended;
    size_t running;
};

struct together_helper {
    struct together *together;
    const struct together_task *task;
};

static void together_help(void *argument)
{
    const struct together_helper *helper = argument;
    helper->task->run(helper->task->argument);
    struct together *together = helper->together;
    lock_take(&together->lock);
    together->running--;
    signal_point_wake_one(&together->ended);
    lock_drop(&together->lock); /* from here on `together` may be gone */
}

/* The helper counts from before it starts. False where there is no thread for it. */
static bool together_start(struct together *together, struct together_helper *helper)
{
    lock_take(&together->lock);
    together->running++;
    lock_drop(&together->lock);
    if (thread_start(together_help, helper, TOGETHER_STACK_BYTES, NULL) == 0)
        return true;
    lock_take(&together->lock);
    together->running--;
    lock_drop(&together->lock);
    return false;
}

void together_run(const struct together_task *tasks, size_t count)
{
    assert(count <= TOGETHER_MOST);
    struct together together = { .running = 0 };
    lock_init(&together.lock);
    signal_point_init(&together.ended);

    struct together_helper helpers[TOGETHER_MOST];
    bool is_started[TOGETHER_MOST] = { false };
    for (size_t i = 1; i < count; i++) {
        helpers[i] = (struct together_helper){ .together = &together, .task = &tasks[i] };
        is_started[i] = together_start(&together, &helpers[i]);
    }
    for (size_t i = 0; i < count; i++) {
        if (!is_started[i])
            tasks[i].run(tasks[i].argument);
    }

    lock_take(&together.lock);
    while (together.running > 0)
        (void)signal_point_wait(&together.ended, &together.lock, deadline_never());
    lock_drop(&together.lock);
    signal_point_fini(&together.ended);
    lock_fini(&together.lock);
}

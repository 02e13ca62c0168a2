#include "table.h"

#include "base/test.h"
#include "cordond/child.h"

#include <stdio.h>

/* Actions that only say that they were taken. */
enum action { NONE, START, NOTE_READY, FORGET, NOTE_DEATH, SEND_RETIRE, SEND_DRAIN, KILL, NOTE_END };

static enum action taken;
static unsigned taken_count;
static enum child_state state_seen;
static bool start_fails;

static enum child_event take(struct child *child, enum action action)
{
    taken = action;
    taken_count++;
    state_seen = child->state;
    return CHILD_NOTHING;
}

enum child_event child_start(struct child *child)
{
    (void)take(child, START);
    return start_fails ? CHILD_EXITED : CHILD_NOTHING;
}

enum child_event child_note_ready(struct child *child)
{
    return take(child, NOTE_READY);
}

enum child_event child_forget_deaths(struct child *child)
{
    return take(child, FORGET);
}

enum child_event child_note_death(struct child *child)
{
    return take(child, NOTE_DEATH);
}

enum child_event child_send_retire(struct child *child)
{
    return take(child, SEND_RETIRE);
}

enum child_event child_send_drain(struct child *child)
{
    return take(child, SEND_DRAIN);
}

enum child_event child_kill(struct child *child)
{
    return take(child, KILL);
}

enum child_event child_note_end(struct child *child)
{
    return take(child, NOTE_END);
}

struct cell_case {
    enum child_state state;
    enum child_event event;
    enum action action;
    enum child_state next;
};

static const struct cell_case cases[] = {
    { CHILD_WAITING, CHILD_TIMER, START, CHILD_STARTING },
    { CHILD_WAITING, CHILD_READY, NONE, CHILD_WAITING },
    { CHILD_WAITING, CHILD_EXITED, NONE, CHILD_WAITING },
    { CHILD_WAITING, CHILD_RETIRE, NONE, CHILD_ENDED },
    { CHILD_WAITING, CHILD_DRAIN, NONE, CHILD_ENDED },
    { CHILD_WAITING, CHILD_KILL, NONE, CHILD_ENDED },

    { CHILD_STARTING, CHILD_TIMER, KILL, CHILD_STARTING }, /* its end brings it back to waiting */
    { CHILD_STARTING, CHILD_READY, NOTE_READY, CHILD_WORKING },
    { CHILD_STARTING, CHILD_EXITED, NOTE_DEATH, CHILD_WAITING },
    { CHILD_STARTING, CHILD_RETIRE, SEND_DRAIN, CHILD_DRAINING }, /* it has no session yet */
    { CHILD_STARTING, CHILD_DRAIN, SEND_DRAIN, CHILD_DRAINING },
    { CHILD_STARTING, CHILD_KILL, KILL, CHILD_DRAINING },

    { CHILD_WORKING, CHILD_TIMER, FORGET, CHILD_WORKING },
    { CHILD_WORKING, CHILD_READY, NONE, CHILD_WORKING },
    { CHILD_WORKING, CHILD_EXITED, NOTE_DEATH, CHILD_WAITING },
    { CHILD_WORKING, CHILD_RETIRE, SEND_RETIRE, CHILD_RETIRING },
    { CHILD_WORKING, CHILD_DRAIN, SEND_DRAIN, CHILD_DRAINING },
    { CHILD_WORKING, CHILD_KILL, KILL, CHILD_DRAINING },

    { CHILD_RETIRING, CHILD_TIMER, SEND_DRAIN, CHILD_DRAINING },
    { CHILD_RETIRING, CHILD_READY, NONE, CHILD_RETIRING },
    { CHILD_RETIRING, CHILD_EXITED, NOTE_END, CHILD_ENDED },
    { CHILD_RETIRING, CHILD_RETIRE, NONE, CHILD_RETIRING },
    { CHILD_RETIRING, CHILD_DRAIN, SEND_DRAIN, CHILD_DRAINING },
    { CHILD_RETIRING, CHILD_KILL, KILL, CHILD_DRAINING },

    { CHILD_DRAINING, CHILD_TIMER, KILL, CHILD_DRAINING },
    { CHILD_DRAINING, CHILD_READY, NONE, CHILD_DRAINING }, /* it was on its way when we said drain */
    { CHILD_DRAINING, CHILD_EXITED, NOTE_END, CHILD_ENDED },
    { CHILD_DRAINING, CHILD_RETIRE, NONE, CHILD_DRAINING },
    { CHILD_DRAINING, CHILD_DRAIN, NONE, CHILD_DRAINING },
    { CHILD_DRAINING, CHILD_KILL, KILL, CHILD_DRAINING },

    { CHILD_ENDED, CHILD_TIMER, NONE, CHILD_ENDED },
    { CHILD_ENDED, CHILD_READY, NONE, CHILD_ENDED },
    { CHILD_ENDED, CHILD_EXITED, NONE, CHILD_ENDED },
    { CHILD_ENDED, CHILD_RETIRE, NONE, CHILD_ENDED },
    { CHILD_ENDED, CHILD_DRAIN, NONE, CHILD_ENDED },
    { CHILD_ENDED, CHILD_KILL, NONE, CHILD_ENDED },
};

_Static_assert(sizeof cases / sizeof cases[0] == (size_t)CHILD_STATES * (CHILD_EVENTS - 1), "every cell has a case");

static void check_case(const struct cell_case *c)
{
    char name[64];
    (void)snprintf(name, sizeof name, "%s, event %d", child_state_text(c->state), (int)c->event);
    test_context(name);
    struct child child = { .state = c->state };
    taken = NONE;
    taken_count = 0;
    child_handle(&child, c->event);
    CHECK(taken == c->action);
    CHECK(taken_count == (c->action != NONE ? 1U : 0U));
    CHECK(c->action == NONE || state_seen == c->state);
    CHECK(child.state == c->next);
}

/* A role that can't be started dies at once, in the state that it would have entered. */
static void check_failed_start(void)
{
    test_context("a start that fails");
    struct child child = { .state = CHILD_WAITING };
    start_fails = true;
    taken_count = 0;
    child_handle(&child, CHILD_TIMER);
    start_fails = false;
    CHECK(taken_count == 2);
    CHECK(taken == NOTE_DEATH);
    CHECK(state_seen == CHILD_STARTING);
    CHECK(child.state == CHILD_WAITING);
}

int main(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_case(&cases[i]);
    check_failed_start();
    return test_end();
}

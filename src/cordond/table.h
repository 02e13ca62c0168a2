/* The life of a role's process: one table of state and event (table.c).
 *
 * A child is a place for one process at a time: when the process dies the child starts another, until it is told to
 * drain. Everything that happens to it is an event here; what is done about it is an action of child.c.
 */
#ifndef CORDON_CORDOND_TABLE_H
#define CORDON_CORDOND_TABLE_H

struct child;

enum child_state {
    CHILD_WAITING,  /* for its timer, to be started (again) */
    CHILD_STARTING, /* the process runs and has not said that it is ready */
    CHILD_WORKING,
    CHILD_RETIRING, /* another has taken its place: its sessions end by themselves */
    CHILD_DRAINING, /* finishes what is in flight; its end is its last */
    CHILD_ENDED,
    CHILD_STATES
};

enum child_event {
    CHILD_NOTHING, /* what an action answers that leads to nothing further */
    CHILD_TIMER,   /* the timer that the state had set has passed */
    CHILD_READY,   /* the process said that it works */
    CHILD_EXITED,  /* the process is gone and was reaped, or could not be started */
    CHILD_RETIRE,  /* another has taken its place */
    CHILD_DRAIN,   /* it is not needed any more */
    CHILD_KILL,    /* nor can we wait for it */
    CHILD_EVENTS
};

/* "waiting", "starting" ... for status and log. */
const char *child_state_text(enum child_state state);

/* Does what the table says for the child's state, enters the next state, and goes on with the event that the action
 * gave rise to. */
void child_handle(struct child *child, enum child_event event);

/* The actions (child.c). Each runs in the old state and answers the event that follows from it, or CHILD_NOTHING. */
enum child_event child_start(struct child *child);         /* CHILD_EXITED where it can't be started */
enum child_event child_note_ready(struct child *child);    /* a timer until the backoff is forgotten */
enum child_event child_forget_deaths(struct child *child); /* it has worked long enough: the backoff begins anew */
enum child_event child_note_death(struct child *child);    /* logs, and a timer until the next start */
enum child_event child_send_retire(struct child *child);   /* and a timer until it is told to drain */
enum child_event child_send_drain(struct child *child);    /* and a timer until it is killed */
enum child_event child_kill(struct child *child);
enum child_event child_note_end(struct child *child);

#endif

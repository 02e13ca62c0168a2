#include "table.h"

#include "cordond/child.h"

#include <assert.h>

struct cell {
    enum child_event (*act)(struct child *child); /* NULL: nothing is done */
    enum child_state next;
};

/* clang-format off */
static const struct cell cells[CHILD_STATES][CHILD_EVENTS] = {
    [CHILD_WAITING] = {
        [CHILD_TIMER]  = { child_start,         CHILD_STARTING },
        [CHILD_READY]  = { NULL,                CHILD_WAITING  },
        [CHILD_EXITED] = { NULL,                CHILD_WAITING  },
        [CHILD_RETIRE] = { NULL,                CHILD_ENDED    },
        [CHILD_DRAIN]  = { NULL,                CHILD_ENDED    },
        [CHILD_KILL]   = { NULL,                CHILD_ENDED    },
    },
    [CHILD_STARTING] = {
        [CHILD_TIMER]  = { child_kill,          CHILD_STARTING },
        [CHILD_READY]  = { child_note_ready,    CHILD_WORKING  },
        [CHILD_EXITED] = { child_note_death,    CHILD_WAITING  },
        [CHILD_RETIRE] = { child_send_drain,    CHILD_DRAINING },
        [CHILD_DRAIN]  = { child_send_drain,    CHILD_DRAINING },
        [CHILD_KILL]   = { child_kill,          CHILD_DRAINING },
    },
    [CHILD_WORKING] = {
        [CHILD_TIMER]  = { child_forget_deaths, CHILD_WORKING  },
        [CHILD_READY]  = { NULL,                CHILD_WORKING  },
        [CHILD_EXITED] = { child_note_death,    CHILD_WAITING  },
        [CHILD_RETIRE] = { child_send_retire,   CHILD_RETIRING },
        [CHILD_DRAIN]  = { child_send_drain,    CHILD_DRAINING },
        [CHILD_KILL]   = { child_kill,          CHILD_DRAINING },
    },
    [CHILD_RETIRING] = {
        [CHILD_TIMER]  = { child_send_drain,    CHILD_DRAINING },
        [CHILD_READY]  = { NULL,                CHILD_RETIRING },
        [CHILD_EXITED] = { child_note_end,      CHILD_ENDED    },
        [CHILD_RETIRE] = { NULL,                CHILD_RETIRING },
        [CHILD_DRAIN]  = { child_send_drain,    CHILD_DRAINING },
        [CHILD_KILL]   = { child_kill,          CHILD_DRAINING },
    },
    [CHILD_DRAINING] = {
        [CHILD_TIMER]  = { child_kill,          CHILD_DRAINING },
        [CHILD_READY]  = { NULL,                CHILD_DRAINING },
        [CHILD_EXITED] = { child_note_end,      CHILD_ENDED    },
        [CHILD_RETIRE] = { NULL,                CHILD_DRAINING },
        [CHILD_DRAIN]  = { NULL,                CHILD_DRAINING },
        [CHILD_KILL]   = { child_kill,          CHILD_DRAINING },
    },
    [CHILD_ENDED] = {
        [CHILD_TIMER]  = { NULL,                CHILD_ENDED    },
        [CHILD_READY]  = { NULL,                CHILD_ENDED    },
        [CHILD_EXITED] = { NULL,                CHILD_ENDED    },
        [CHILD_RETIRE] = { NULL,                CHILD_ENDED    },
        [CHILD_DRAIN]  = { NULL,                CHILD_ENDED    },
        [CHILD_KILL]   = { NULL,                CHILD_ENDED    },
    },
};
/* clang-format on */

const char *child_state_text(enum child_state state)
{
    static const char *const texts[CHILD_STATES] = {
        [CHILD_WAITING] = "waiting",   [CHILD_STARTING] = "starting", [CHILD_WORKING] = "working",
        [CHILD_RETIRING] = "retiring", [CHILD_DRAINING] = "draining", [CHILD_ENDED] = "ended",
    };
    assert((unsigned)state < CHILD_STATES);
    return texts[state];
}

void child_handle(struct child *child, enum child_event event)
{
    while (event != CHILD_NOTHING) {
        assert((unsigned)child->state < CHILD_STATES && (unsigned)event < CHILD_EVENTS);
        const struct cell *cell = &cells[child->state][event];
        enum child_event follows = cell->act != NULL ? cell->act(child) : CHILD_NOTHING;
        child->state = cell->next;
        event = follows;
    }
}

/* A role's process as the supervisor sees it: its state, its control socket, and what it last said about itself. */
#ifndef CORDON_CORDOND_CHILD_H
#define CORDON_CORDOND_CHILD_H

#include "base/fault.h"
#include "cordond/backoff.h"
#include "cordond/table.h"
#include "ipc/roles.h"
#include "sys/clock.h"
#include "sys/sealed.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    CHILD_START_MS = 600000,  /* until it must be ready: a large set of signatures on a slow disk */
    CHILD_RETIRE_MS = 900000, /* for the sessions of a gate that was replaced; then idle ones are told to go */
    CHILD_READ_AT_ONCE = 16   /* control messages before others have their turn */
};

struct child;

/* What a fresh process is given before CONTROL_START: listeners and peers. -1 and *fault: then it is killed. */
typedef int (*child_introduce)(struct child *child, void *context, struct fault *fault);

/* Called before each start of a process. */
typedef void (*child_prepare)(struct child *child, void *context);

struct child_settings {
    enum role role;
    const char *instance;  /* of a runner: its user; of an engine: "" or what it is to load; copied; "" for others */
    const char *directory; /* of its program; outlives the child */
    const struct sealed *text; /* the settings it reads; outlives the child's making only */
    uint32_t drain_ms;         /* from CONTROL_DRAIN until it is killed */
    child_prepare prepare;
    child_introduce introduce;
    void *context;
};

enum { CHILD_NAME_SIZE = 48 };

enum child_told { CHILD_TOLD_SIGNATURES, CHILD_TOLD_STORES, CHILD_TOLDS };

struct child {
    bool is_used;
    char name[CHILD_NAME_SIZE];     /* "gate", "runner-clamav": in logs and in `cordon status` */
    char instance[CHILD_NAME_SIZE]; /* settings.instance points here */
    enum child_state state;
    struct child_settings settings;
    struct sealed text; /* a reference of its own */
    pid_t pid;          /* 0: no process */
    int pidfd;          /* -1 */
    int control;        /* -1 */
    int exit_code;      /* of waitid: CLD_EXITED, CLD_KILLED ...; 0: it could not be started */
    int exit_status;
    struct deadline timer;
    struct backoff backoff;
    unsigned restarts;
    bool was_ready;          /* any of its processes was */
    uint64_t folder_print;   /* of an engine: its folder of signatures as it was when the process began */
    char *status;            /* the last CONTROL_STATUS text of the present process; NULL: none */
    char *told[CHILD_TOLDS]; /* to a gate: the last text of each kind (gates.c); NULL: none */
};

/* A child that waits for its first start, at once. -1 and *fault. */
int child_init(struct child *child, const struct child_settings *settings, struct fault *fault);

/* Only in CHILD_ENDED. */
void child_fini(struct child *child);

/* It has a process that may be talked to. */
bool child_is_alive(const struct child *child);

/* Sends it a message; a process that does not take it is killed. */
void child_send(struct child *child, enum control_kind kind, enum role role, const char *text, int fd);

/* The control socket is readable. */
void child_read(struct child *child);

/* The process has ended. */
void child_reap(struct child *child);

#endif

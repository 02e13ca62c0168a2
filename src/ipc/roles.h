/* The roles that Cordon's processes play, and who may talk to whom: one table (roles.c).
 *
 * Every role is a program of its own, executed afresh by the supervisor with exactly these descriptors: 0 to 2, its
 * control socket (ROLE_CONTROL_FD) and its settings (ROLE_SETTINGS_FD, a sealed memfd with the whole effective
 * configuration). Everything else reaches it as packets on the control socket.
 */
#ifndef CORDON_IPC_ROLES_H
#define CORDON_IPC_ROLES_H

#include "base/fault.h"
#include "sys/clock.h"

#include <stdbool.h>
#include <stddef.h>

enum { ROLE_CONTROL_FD = 3, ROLE_SETTINGS_FD = 4 };

enum role { ROLE_GATE, ROLE_DECODER, ROLE_ENGINE, ROLE_YARA, ROLE_KEEPER, ROLE_RUNNER, ROLE_COUNT };

/* Of all roles the runner alone is played by several processes side by side, one for each user as whom it starts
 * programs. So each process has a place: that of its role, and from ROLE_RUNNER on one for each runner. */
enum { ROLE_MOST_RUNNERS = 4, ROLE_PLACES = ROLE_RUNNER + ROLE_MOST_RUNNERS };

enum role role_of_place(unsigned place);

struct role_row {
    const char *name;    /* in logs and in `cordon status`: "gate" */
    const char *program; /* "cordon-gate" */
    enum role role;
    unsigned talks_to; /* bits (1U << role): the supervisor makes a socket pair for each such pair */
};

const struct role_row *role_row(enum role role);

/* What supervisor and role say to each other on the control socket. */
enum control_kind {
    /* from the supervisor */
    CONTROL_LISTENER = 1, /* text: the listener's name; one descriptor, already listening */
    CONTROL_PEER,         /* role: the other side; text: a runner's user; one descriptor, one end of a packet_pair */
    CONTROL_START,        /* all listeners and peers have been given */
    CONTROL_RETIRE,     /* another gate has the listeners: accept nothing new, exit 0 when the last session has ended by
                           itself */
    CONTROL_DRAIN,      /* accept nothing new, finish what is in flight, exit 0 */
    CONTROL_SIGNATURES, /* to a gate. text: lines "key=value" of what the engine's signatures are; each replaces the
                           last */
    CONTROL_STORE,      /* to the keeper. text: the store's name; one descriptor, sealed memory with a struct keep_keys
                           (calls/keep.h) */
    CONTROL_STORES, /* to a gate. text: lines "store.NAME.key=value" of what the keeper says; each replaces the last */
    /* from the role */
    CONTROL_READY, /* it works */
    /* text: lines "key=value" for `cordon status`; each replaces the last. The keys state, pid and restarts are the
     * supervisor's own; a protection that is missing is a line "weaker=WHY". */
    CONTROL_STATUS,
    CONTROL_KINDS
};

enum { CONTROL_TEXT_SIZE = 16384 };

struct control_message {
    enum control_kind kind;
    enum role role;
    char text[CONTROL_TEXT_SIZE];
    int fd; /* -1: none */
};

/* 0 or -1. The descriptor stays the caller's. */
int control_send(int socket, enum control_kind kind, enum role role, const char *text, int fd, struct fault *fault);

/* 1: a message (its fd, if any, is the caller's); 0: the other side is gone; -1: fault (EPROTO, ETIMEDOUT). */
int control_receive(int socket, struct control_message *message_out, struct deadline deadline, struct fault *fault);

#endif

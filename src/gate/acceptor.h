/* The acceptor: takes connections from one listener, checks the caps, and gives each a session thread. */
#ifndef CORDON_GATE_ACCEPTOR_H
#define CORDON_GATE_ACCEPTOR_H

#include "gate/session.h"

/* Starts the listener's thread. It ends when gate->retiring_fd becomes readable. 0, or -1 and *fault. */
int acceptor_start(struct gate_listener *listener, struct fault *fault);

#endif

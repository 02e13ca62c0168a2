/* The local socket of `cordon status`, run_directory/control.sock: a client says "status" and a line end, gets the
 * answer, and the end of the file. Few clients at a time, each for a short time, and nobody is waited for. */
#ifndef CORDON_CORDOND_STATUS_SOCKET_H
#define CORDON_CORDOND_STATUS_SOCKET_H

#include "base/buf.h"
#include "base/fault.h"
#include "cordond/service_user.h"
#include "sys/clock.h"

#include <poll.h>

enum { STATUS_CLIENTS = 8, STATUS_POLLS = 1 + STATUS_CLIENTS, STATUS_CLIENT_MS = 2000, STATUS_SOCKET_MODE = 0660 };

struct status_socket;

/* NULL and *fault. */
struct status_socket *status_socket_open(const char *run_directory, const struct service_user *user,
                                         struct fault *fault);

/* Closes and removes it. Accepts NULL. */
void status_socket_close(struct status_socket *socket);

/* What to poll, and until when. */
void status_socket_fill(const struct status_socket *socket, struct pollfd polls_out[STATUS_POLLS]);
struct deadline status_socket_deadline(const struct status_socket *socket);

/* Serves what poll(2) found. `answer` makes the answer to "status". */
void status_socket_serve(struct status_socket *socket, const struct pollfd polls[STATUS_POLLS],
                         void (*answer)(const void *context, struct buf *text_out), const void *context);

#endif

/* run_directory/clamd-notify.sock, where freshclam's NotifyClamd says RELOAD as it would to a clamd. That is all that
 * is understood. Few clients at a time, each for a short time, and nobody is waited for.
 *
 * Everybody may connect: freshclam runs as a user of its own, and to look at a folder does no harm.
 */
#ifndef CORDON_CORDOND_UPDATE_SOCKET_H
#define CORDON_CORDOND_UPDATE_SOCKET_H

#include "base/fault.h"
#include "base/span.h"
#include "sys/clock.h"

#include <poll.h>
#include <stdbool.h>

enum { UPDATE_CLIENTS = 4, UPDATE_POLLS = 1 + UPDATE_CLIENTS, UPDATE_CLIENT_MS = 5000, UPDATE_SOCKET_MODE = 0666 };

struct update_socket;

/* NULL and *fault. */
struct update_socket *update_socket_open(const char *run_directory, struct fault *fault);

/* Closes and removes it. Accepts NULL. */
void update_socket_close(struct update_socket *socket);

/* What to poll, and until when. */
void update_socket_fill(const struct update_socket *socket, struct pollfd polls_out[UPDATE_POLLS]);
struct deadline update_socket_deadline(const struct update_socket *socket);

/* Serves what poll(2) found. True where somebody said RELOAD. */
bool update_socket_serve(struct update_socket *socket, const struct pollfd polls[UPDATE_POLLS]);

enum update_request { UPDATE_UNFINISHED, UPDATE_RELOAD, UPDATE_UNKNOWN };

/* What was said so far: RELOAD with a line end, a NUL or neither, nRELOAD and a line end, or zRELOAD and a NUL. */
enum update_request update_request_read(struct span said);

#endif

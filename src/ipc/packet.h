/* One packet on a SOCK_SEQPACKET socket between two roles: bytes and at most PACKET_MOST_FDS descriptors, whole or not
 * at all.
 *
 * Sockets are non-blocking underneath; each call waits until its deadline.
 */
#ifndef CORDON_IPC_PACKET_H
#define CORDON_IPC_PACKET_H

#include "base/fault.h"
#include "sys/clock.h"

#include <stdbool.h>
#include <stddef.h>

enum { PACKET_MOST_FDS = 24, PACKET_MOST_BYTES = 131072 };

/* A connected pair, close-on-exec, non-blocking, with room for a packet of PACKET_MOST_BYTES. */
int packet_pair(int pair_out[2], struct fault *fault);

/* 0 or -1 (EPIPE where the other end is gone, ETIMEDOUT). The descriptors stay the caller's. */
int packet_send(int socket, const void *data, size_t size, const int *fds, size_t fd_count, struct deadline deadline,
                struct fault *fault);

struct packet {
    size_t size;
    int fds[PACKET_MOST_FDS]; /* close-on-exec; the caller's to close */
    size_t fd_count;
};

/* Receives into data_out[capacity]. 1: a packet; 0: the other end is gone; -1 and *fault: ETIMEDOUT, or EPROTO where it
 * was larger than `capacity` or carried more than `fd_limit` descriptors (then all are closed). */
int packet_receive(int socket, void *data_out, size_t capacity, size_t fd_limit, struct packet *packet_out,
                   struct deadline deadline, struct fault *fault);

/* The other end is gone; waits for that at most `wait_ms`. */
bool packet_is_hung_up(int socket, int wait_ms);

void packet_close_fds(struct packet *packet);

#endif

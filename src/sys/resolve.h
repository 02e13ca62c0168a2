/* Names to addresses by c-ares, under a deadline. c-ares is seen in resolve.c alone. */
#ifndef CORDON_SYS_RESOLVE_H
#define CORDON_SYS_RESOLVE_H

#include "base/fault.h"
#include "sys/clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum { RESOLVE_MOST = 16 };

/* To be called once, before any thread. */
int resolve_begin(struct fault *fault);

/* The address that `host` literally is ("127.0.0.1", "::1"); false where it is a name. */
bool resolve_literal(const char *host, uint16_t port, struct sockaddr_storage *address_out);

/* Fills at most RESOLVE_MOST addresses, IPv6 and IPv4 in the order of RFC 6724. Literals are answered without asking
 * anybody. Returns how many (above 0), or -1 and *fault: ENOENT where the name does not exist, ETIMEDOUT, EAGAIN. Any
 * thread may call. */
int resolve_name(const char *host, uint16_t port, struct deadline deadline,
                 struct sockaddr_storage addresses_out[RESOLVE_MOST], struct fault *fault);

#endif

/* The PROXY protocol, versions 1 and 2: the header by which a balancer says whose connection it brings
 * (https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt).
 *
 * A pure function over the bytes so far. The header is the first thing on the connection and nothing of what follows
 * may be taken with it, so the caller reads as many bytes as it is told are missing, and asks again:
 *
 *     char bytes[PROXY_HEADER_LIMIT];
 *     size_t size = 0;
 *     while ((result = proxy_header_parse(span_of(bytes, size), &header, fault)) == 0) {
 *         if (stream_read_exact(stream, bytes + size, header.missing) != 0)
 *             return -1;
 *         size += header.missing;
 *     }
 */
#ifndef CORDON_PROTO_PROXY_HEADER_H
#define CORDON_PROTO_PROXY_HEADER_H

#include "base/fault.h"
#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* What section 2.2 recommends to allow for. A longer header of version 2 (up to 16 + 65535 bytes) is refused. */
enum { PROXY_HEADER_LIMIT = 536 };

struct proxy_header {
    size_t size;                  /* of the whole header */
    size_t missing;               /* at least so many bytes are still to come; all of them belong to the header */
    bool has_peer;                /* false (LOCAL, UNKNOWN): the connection's own peer counts */
    struct sockaddr_storage peer; /* the client: IPv4, IPv6 or Unix */
};

/* 1: a header; 0: it is not whole yet, header_out->missing is set, and all of it together never exceeds
 * PROXY_HEADER_LIMIT; -1 and *fault (EPROTO, EMSGSIZE): this is none. */
int proxy_header_parse(struct span bytes, struct proxy_header *header_out, struct fault *fault);

#endif

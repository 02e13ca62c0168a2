/* Addresses as the configuration writes them, listening, dialling, and who is trusted.
 *
 * An address is "127.0.0.1:10024", "[::1]:10024", "host.example:25" or "unix:/run/cordon/lmtp.sock".
 */
#ifndef CORDON_SYS_NET_H
#define CORDON_SYS_NET_H

#include "base/fault.h"
#include "sys/clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum { NET_HOST_SIZE = 256, NET_TEXT_SIZE = 320 };

enum net_family { NET_UNIX, NET_INET };

struct net_address {
    enum net_family family;
    char host[NET_HOST_SIZE]; /* NET_INET: a name or a literal without brackets; NET_UNIX: the path */
    uint16_t port;            /* NET_INET */
};

/* -1 and *fault with what is wrong and what would be right. A port of 0 is refused. */
int net_address_parse(const char *text, struct net_address *address_out, struct fault *fault);

/* As the configuration writes it. */
void net_address_text(const struct net_address *address, char text_out[NET_TEXT_SIZE]);

/* A listening socket. Only literals, no names. A stale Unix socket that nobody answers is replaced; a live one is
 * EADDRINUSE. `type` is SOCK_STREAM, or SOCK_SEQPACKET for a Unix socket; `mode` is the Unix socket's. Non-blocking,
 * close-on-exec. */
int net_listen(const struct net_address *address, int type, unsigned mode, struct fault *fault);

/* A connected, non-blocking, close-on-exec socket. Names are resolved by c-ares under the same deadline; all addresses
 * of a name are tried in turn. -1 and *fault (ETIMEDOUT, ECONNREFUSED, ENOENT for a name that does not exist ...). */
int net_dial(const struct net_address *address, struct deadline deadline, struct fault *fault);

/* "127.0.0.1:4711", "[::1]:4711", or "unix" for the other end of a socket. */
void net_peer_text(const struct sockaddr_storage *peer, char text_out[NET_TEXT_SIZE]);

/* A set of trusted networks: "127.0.0.0/8", "[::1]", "10.1.2.3", "[2001:db8::]/32", "unix". */
struct net_trust;

struct net_trust *net_trust_new(void);
void net_trust_free(struct net_trust *trust);
int net_trust_add(struct net_trust *trust, const char *text, struct fault *fault);

/* NULL trusts nobody. An IPv4 address in IPv6 clothes (::ffff:a.b.c.d) counts as the IPv4 address. */
bool net_trust_has(const struct net_trust *trust, const struct sockaddr_storage *peer);

#endif

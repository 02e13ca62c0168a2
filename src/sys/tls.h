/* TLS settings for one listener or one next hop. OpenSSL is seen in tls.c alone.
 *
 * Contexts are made before the process is boxed, because they read keys and certificates; they are immutable afterwards
 * and may be used by any thread. TLS 1.2 is the least.
 */
#ifndef CORDON_SYS_TLS_H
#define CORDON_SYS_TLS_H

#include "base/fault.h"
#include "sys/clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct tls_context;
struct tls;

/* A server's: certificate chain and private key in PEM. NULL and *fault naming the file. */
struct tls_context *tls_context_new_server(const char *certificate_path, const char *key_path, struct fault *fault);

/* A client's. With `verify` the peer's certificate must be valid for the host's name under ca_path (a PEM file; NULL:
 * the system's). */
struct tls_context *tls_context_new_client(bool verify, const char *ca_path, struct fault *fault);
void tls_context_free(struct tls_context *context);

/* Tries to tell the peer that nothing more comes, without waiting for it, and frees. */
void tls_free(struct tls *tls);

/* A handshake over a non-blocking descriptor, which stays the caller's. NULL and *fault (ETIMEDOUT, EPROTO ...). `host`
 * is NULL for servers. */
struct tls *tls_open(const struct tls_context *context, int fd, const char *host, struct deadline deadline,
                     struct fault *fault);

/* Bytes moved, 0 at a clean end (read), -1 and *fault. Waits at most until the deadline: where that has passed, what
 * can be done without waiting is done all the same. A peer that is gone raises no signal. */
ssize_t tls_read(struct tls *tls, void *data_out, size_t size, struct deadline deadline, struct fault *fault);
ssize_t tls_write(struct tls *tls, const void *data, size_t size, struct deadline deadline, struct fault *fault);
bool tls_has_input(const struct tls *tls);

/* Likewise, or something was said that has arrived, or the peer has ended: takes in what has come without waiting,
 * because a session ticket and half of a record are nothing that was said. */
bool tls_has_arrived(struct tls *tls);
const char *tls_text(const struct tls *tls);

#endif

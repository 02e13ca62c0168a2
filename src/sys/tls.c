#include "tls.h"

#include "base/memory.h"
#include "sys/ready.h"
#include "sys/resolve.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

enum { TLS_TEXT_SIZE = 96 };

struct tls_context {
    SSL_CTX *ssl;
    bool is_server;
    bool is_verifying;
};

struct tls {
    SSL *ssl;
    int fd;
    bool is_broken; /* no more may be said to the peer */
    char text[TLS_TEXT_SIZE];
};

/* OpenSSL's own way to a socket is write(2), which raises SIGPIPE when the peer is gone. This one is send(2). */

static int socket_write(BIO *bio, const char *data, int size)
{
    assert(size >= 0);
    BIO_clear_retry_flags(bio);
    const struct tls *tls = BIO_get_data(bio);
    ssize_t n = send(tls->fd, data, (size_t)size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        BIO_set_retry_write(bio);
    return (int)n;
}

static int socket_read(BIO *bio, char *data_out, int size)
{
    assert(size >= 0);
    BIO_clear_retry_flags(bio);
    const struct tls *tls = BIO_get_data(bio);
    ssize_t n = recv(tls->fd, data_out, (size_t)size, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        BIO_set_retry_read(bio);
    if (n == 0)
        BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    return (int)n;
}

static long socket_control(BIO *bio, int command, long number, void *pointer)
{
    (void)number;
    (void)pointer;
    if (command == BIO_CTRL_FLUSH)
        return 1;
    if (command == BIO_CTRL_EOF)
        return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
    return 0;
}

static pthread_once_t socket_method_once = PTHREAD_ONCE_INIT;
static BIO_METHOD *socket_method; /* made once, never changed, never freed */

static void socket_method_make(void)
{
    socket_method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "cordon socket");
    if (socket_method == NULL)
        abort();
    (void)BIO_meth_set_write(socket_method, socket_write);
    (void)BIO_meth_set_read(socket_method, socket_read);
    (void)BIO_meth_set_ctrl(socket_method, socket_control);
}

/* The oldest entry of OpenSSL's queue says what was wrong first; the queue is empty afterwards. */
static const char *openssl_reason(void)
{
    unsigned long code = ERR_peek_error();
    const char *reason = ERR_SYSTEM_ERROR(code) ? strerrordesc_np((int)ERR_GET_REASON(code))
                                                : ERR_reason_error_string(code);
    ERR_clear_error();
    return reason != NULL ? reason : "no reason is known";
}

static struct tls_context *context_new(const SSL_METHOD *method)
{
    (void)pthread_once(&socket_method_once, socket_method_make);
    struct tls_context *context = memory_new(sizeof *context);
    context->ssl = SSL_CTX_new(method);
    if (context->ssl == NULL)
        abort();
    (void)SSL_CTX_set_min_proto_version(context->ssl, TLS1_2_VERSION);
    (void)SSL_CTX_set_options(context->ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
                                                SSL_OP_CIPHER_SERVER_PREFERENCE);
    (void)SSL_CTX_set_num_tickets(context->ssl, 0);
    (void)SSL_CTX_set_session_cache_mode(context->ssl, SSL_SESS_CACHE_OFF);
    (void)SSL_CTX_set_mode(context->ssl, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                             SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    (void)SSL_CTX_clear_mode(context->ssl, SSL_MODE_AUTO_RETRY);
    return context;
}

void tls_context_free(struct tls_context *context)
{
    if (context == NULL)
        return;
    SSL_CTX_free(context->ssl);
    free(context);
}

static struct tls_context *context_fail(struct tls_context *context)
{
    tls_context_free(context);
    return NULL;
}

/* Stands in for OpenSSL's, which would ask on the terminal. */
static int password_refuse(char *password_out, int size, int is_writing, void *argument)
{
    (void)password_out;
    (void)size;
    (void)is_writing;
    (void)argument;
    return -1;
}

struct tls_context *tls_context_new_server(const char *certificate_path, const char *key_path, struct fault *fault)
{
    ERR_clear_error();
    struct tls_context *context = context_new(TLS_server_method());
    context->is_server = true;
    SSL_CTX_set_default_passwd_cb(context->ssl, password_refuse);
    if (SSL_CTX_use_certificate_chain_file(context->ssl, certificate_path) != 1) {
        (void)fault_set(fault, EINVAL, "can't read the certificates in %s: %s", certificate_path, openssl_reason());
        return context_fail(context);
    }
    if (SSL_CTX_use_PrivateKey_file(context->ssl, key_path, SSL_FILETYPE_PEM) != 1) {
        (void)fault_set(fault, EINVAL, "can't use the key in %s (it must have no password and belong to %s): %s",
                        key_path, certificate_path, openssl_reason());
        return context_fail(context);
    }
    if (SSL_CTX_check_private_key(context->ssl) != 1) {
        (void)fault_set(fault, EINVAL, "the key in %s does not belong to the certificate in %s: %s", key_path,
                        certificate_path, openssl_reason());
        return context_fail(context);
    }
    return context;
}

/* The system's certificates as one file. Not its folder: that would be read at each handshake, from within the box. */
static const char *system_ca_path(void)
{
    const char *const paths[] = { X509_get_default_cert_file(), "/etc/ssl/certs/ca-certificates.crt",
                                  "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem" };
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (access(paths[i], R_OK) == 0)
            return paths[i];
    return NULL;
}

struct tls_context *tls_context_new_client(bool verify, const char *ca_path, struct fault *fault)
{
    ERR_clear_error();
    struct tls_context *context = context_new(TLS_client_method());
    context->is_verifying = verify;
    SSL_CTX_set_verify(context->ssl, verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
    if (!verify)
        return context;
    const char *path = ca_path != NULL ? ca_path : system_ca_path();
    if (path == NULL) {
        (void)fault_set(fault, ENOENT, "the system has no file of trusted certificates: install ca-certificates");
        return context_fail(context);
    }
    if (SSL_CTX_load_verify_file(context->ssl, path) != 1) {
        (void)fault_set(fault, EINVAL, "can't read the trusted certificates in %s: %s", path, openssl_reason());
        return context_fail(context);
    }
    return context;
}

/* What the result of an SSL_ call asks for: 0 where the descriptor became ready and the call is to be repeated. */
static int tls_wait(struct tls *tls, int result, int code, const char *what, struct deadline deadline,
                    struct fault *fault)
{
    int kind = SSL_get_error(tls->ssl, result);
    if (kind == SSL_ERROR_WANT_READ)
        return ready_wait(tls->fd, POLLIN, -1, deadline, fault);
    if (kind == SSL_ERROR_WANT_WRITE)
        return ready_wait(tls->fd, POLLOUT, -1, deadline, fault);
    tls->is_broken = true;
    if (kind == SSL_ERROR_SYSCALL)
        return fault_set_errno(fault, code != 0 ? code : ECONNRESET, "%s", what);
    if (kind == SSL_ERROR_SSL && ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
        return fault_set(fault, ECONNRESET, "%s: the peer closed without saying so", what);
    return fault_set(fault, EPROTO, "%s: %s", what, openssl_reason());
}

/* The name that the peer is called by and must prove. */
static int host_set(const struct tls_context *context, SSL *ssl, const char *host, struct fault *fault)
{
    if (host == NULL)
        return context->is_verifying ? fault_set(fault, EINVAL, "there is no name to verify the peer's certificate by")
                                     : 0;
    struct sockaddr_storage literal;
    if (resolve_literal(host, 0, &literal)) {
        if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) != 1)
            return fault_set(fault, EINVAL, "can't verify %s: %s", host, openssl_reason());
        return 0;
    }
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (SSL_set_tlsext_host_name(ssl, host) != 1 || SSL_set1_host(ssl, host) != 1)
        return fault_set(fault, EINVAL, "can't verify %s: %s", host, openssl_reason());
    return 0;
}

static int handshake(struct tls *tls, struct deadline deadline, struct fault *fault)
{
    for (;;) {
        ERR_clear_error();
        errno = 0;
        int result = SSL_do_handshake(tls->ssl);
        if (result == 1)
            return 0;
        int code = errno;
        long verified = SSL_get_verify_result(tls->ssl);
        if (verified != X509_V_OK && (SSL_get_verify_mode(tls->ssl) & SSL_VERIFY_PEER) != 0) {
            tls->is_broken = true;
            return fault_set(fault, EPROTO, "the peer's certificate is not accepted: %s",
                             X509_verify_cert_error_string(verified));
        }
        if (tls_wait(tls, result, code, "TLS could not be agreed on", deadline, fault) != 0)
            return -1;
    }
}

struct tls *tls_open(const struct tls_context *context, int fd, const char *host, struct deadline deadline,
                     struct fault *fault)
{
    struct tls *tls = memory_new(sizeof *tls);
    tls->fd = fd;
    tls->is_broken = true; /* until the handshake is over */
    tls->ssl = SSL_new(context->ssl);
    BIO *bio = BIO_new(socket_method);
    if (tls->ssl == NULL || bio == NULL)
        abort();
    BIO_set_data(bio, tls);
    BIO_set_init(bio, 1);
    SSL_set_bio(tls->ssl, bio, bio);
    int result = 0;
    if (context->is_server) {
        SSL_set_accept_state(tls->ssl);
    } else {
        SSL_set_connect_state(tls->ssl);
        result = host_set(context, tls->ssl, host, fault);
    }
    if (result == 0)
        result = handshake(tls, deadline, fault);
    if (result != 0) {
        tls_free(tls);
        return NULL;
    }
    tls->is_broken = false;
    (void)snprintf(tls->text, sizeof tls->text, "%s %s", SSL_get_version(tls->ssl), SSL_get_cipher_name(tls->ssl));
    return tls;
}

void tls_free(struct tls *tls)
{
    if (tls == NULL)
        return;
    ERR_clear_error();
    if (!tls->is_broken)
        (void)SSL_shutdown(tls->ssl); /* says that it ends, if there is room for that, and waits for nothing */
    SSL_free(tls->ssl);
    ERR_clear_error();
    free(tls);
}

ssize_t tls_read(struct tls *tls, void *data_out, size_t size, struct deadline deadline, struct fault *fault)
{
    for (;;) {
        ERR_clear_error();
        errno = 0;
        int n = SSL_read(tls->ssl, data_out, size < INT_MAX ? (int)size : INT_MAX);
        if (n > 0)
            return n;
        int code = errno;
        if (SSL_get_error(tls->ssl, n) == SSL_ERROR_ZERO_RETURN)
            return 0;
        if (tls_wait(tls, n, code, "can't read from the peer", deadline, fault) != 0)
            return -1;
    }
}

ssize_t tls_write(struct tls *tls, const void *data, size_t size, struct deadline deadline, struct fault *fault)
{
    assert(size > 0);
    for (;;) {
        ERR_clear_error();
        errno = 0;
        int n = SSL_write(tls->ssl, data, size < INT_MAX ? (int)size : INT_MAX);
        if (n > 0)
            return n;
        int code = errno;
        if (tls_wait(tls, n, code, "can't send to the peer", deadline, fault) != 0)
            return -1;
    }
}

bool tls_has_input(const struct tls *tls)
{
    return SSL_pending(tls->ssl) > 0;
}

bool tls_has_arrived(struct tls *tls)
{
    char byte = 0;
    ERR_clear_error();
    int n = SSL_peek(tls->ssl, &byte, 1);
    if (n > 0)
        return true;
    int kind = SSL_get_error(tls->ssl, n);
    if (kind == SSL_ERROR_SYSCALL || kind == SSL_ERROR_SSL)
        tls->is_broken = true;
    ERR_clear_error();
    return kind != SSL_ERROR_WANT_READ && kind != SSL_ERROR_WANT_WRITE;
}

const char *tls_text(const struct tls *tls)
{
    return tls->text;
}

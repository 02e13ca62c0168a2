#include "wire.h"

#include "sys/net.h"
#include "sys/ready.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

static bool wire_is_ours(int code)
{
    static const int codes[] = { ECANCELED, ENOMEM, ENOBUFS, EMFILE, ENFILE, ENOSPC };
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (code == codes[i])
            return true;
    }
    return false;
}

int wire_unreached(struct fault *fault)
{
    if (!wire_is_ours(fault->code))
        fault->code = EHOSTUNREACH;
    return -1;
}

enum blame wire_blame(const struct fault *fault)
{
    if (wire_is_ours(fault->code))
        return BLAME_NOBODY;
    if (fault->code == ETIMEDOUT)
        return BLAME_TIME;
    return fault->code == ECONNRESET ? BLAME_DEATH : BLAME_SCANNER;
}

/* What a certificate must be for; a socket in the file system has no such name. */
static const char *wire_host(const struct net_address *address)
{
    return address->family == NET_INET ? address->host : NULL;
}

struct stream *wire_dial(const struct scanner *scanner, struct deadline deadline, const struct stop *stop,
                         struct fault *fault)
{
    struct net_address address;
    int fd = -1;
    if (net_address_parse(scanner->settings->address, &address, fault) == 0)
        fd = net_dial(&address, deadline, fault);
    if (fd < 0) {
        (void)wire_unreached(fault);
        return NULL;
    }
    struct stream *stream = stream_new(fd);
    stream_set_waker(stream, stop != NULL ? stop->fd : -1);
    stream_set_deadline(stream, deadline);
    if (scanner->tls == NULL || stream_start_tls_client(stream, scanner->tls, wire_host(&address)) == 0)
        return stream;
    *fault = *stream_fault(stream);
    (void)wire_unreached(fault);
    stream_free(stream);
    return NULL;
}

int wire_send(struct stream *stream, struct span bytes, struct deadline deadline, struct fault *fault)
{
    int fd = stream_fd(stream);
    for (size_t sent = 0; sent < bytes.size;) {
        if (ready_wait(fd, POLLIN | POLLOUT, -1, deadline, fault) != 0)
            return fault->code == ETIMEDOUT ? fault_set(fault, ETIMEDOUT, "timed out") : -1;
        if (stream_has_arrived(stream))
            return 1;
        ssize_t n = stream_try_send(stream, bytes.data + sent, bytes.size - sent, fault);
        if (n < 0)
            return fault->code == EPIPE || fault->code == ECONNRESET ? 1 : -1;
        sent += (size_t)n;
    }
    return 0;
}

int wire_send_text(struct stream *stream, const char *text, struct deadline deadline, struct fault *fault)
{
    return wire_send(stream, span_text(text), deadline, fault);
}

int wire_read_line(struct stream *stream, char *line_out, size_t size, struct fault *fault)
{
    switch (stream_read_line(stream, line_out, size, false)) {
    case 1:
        return 0;
    case 0:
        return fault_set(fault, ECONNRESET, "it closed without a reply");
    case 2:
        return fault_set(fault, EMSGSIZE, "a line of its reply is longer than %zu bytes", size - 1);
    default:
        break;
    }
    const struct fault *why = stream_fault(stream);
    if (why->code == ETIMEDOUT)
        return fault_set(fault, ETIMEDOUT, "timed out");
    if (why->code == EPROTO)
        return fault_set(fault, ECONNRESET, "it closed within its reply");
    return fault_set(fault, why->code, "%.200s", why->text);
}

/* FNV-1a. */
uint64_t wire_generation(struct span text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < text.size; i++)
        hash = (hash ^ (unsigned char)text.data[i]) * UINT64_C(0x100000001b3);
    return hash != 0 ? hash : 1;
}

void wire_ask(struct scanner *scanner, const struct scan_request *request, wire_ask_function ask_piece,
              struct answer *answer_out)
{
    *answer_out = (struct answer){ .kind = ANSWER_CLEAN };
    for (size_t i = 0; i < request->count; i++) {
        struct answer answer = { .kind = ANSWER_FAILED };
        struct fault fault = { 0 };
        if (ask_piece(scanner, request, i, &answer, &fault) != 0) {
            answer = (struct answer){ .kind = ANSWER_FAILED };
            answer_fail(&answer, wire_blame(&fault), span_text(fault.text));
        }
        answer_settle(&answer, &request->pieces[i]);
        answer.piece = (uint32_t)i;
        answer_worsen(answer_out, &answer);
        if (answer.kind == ANSWER_INFECTED || answer.kind == ANSWER_FAILED)
            return;
    }
}

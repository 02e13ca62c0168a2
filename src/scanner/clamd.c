/* The driver for ClamAV's daemon: a descriptor over a Unix socket (FILDES), a stream over TCP (INSTREAM).
 *
 * INSTREAM is never used over a Unix socket, because clamd writes what it gets to a file on disk first. One connection
 * for each piece, as clamd closes it after the reply.
 */
#include "driver.h"

#include "scanner/clamd_reply.h"
#include "scanner/wire.h"
#include "sys/net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { CLAMD_CHUNK_BYTES = 65536, CLAMD_REPLY_LIMIT = 4096 };

/* struct iovec is for both directions and knows no const. */
static void *clamd_unconst(const void *data)
{
    void *same = NULL;
    memcpy(&same, &data, sizeof same);
    return same;
}

/* 0: the socket is ready for one of `events`; -1 and *fault. */
static int clamd_wait(int fd, short events, short *ready_out, struct deadline deadline, struct fault *fault)
{
    struct pollfd wanted = { .fd = fd, .events = events };
    for (;;) {
        int n = poll(&wanted, 1, deadline_left_ms(deadline));
        if (n > 0) {
            *ready_out = wanted.revents;
            return 0;
        }
        if (n == 0)
            return fault_set(fault, ETIMEDOUT, "timed out");
        if (errno != EINTR)
            return fault_set_errno(fault, errno, "poll");
    }
}

/* Sends everything. 0: sent; 1: clamd has replied or closed before it had all; -1 and *fault. */
static int clamd_send(int fd, struct msghdr *message, struct deadline deadline, struct fault *fault)
{
    size_t left = 0;
    for (size_t i = 0; i < message->msg_iovlen; i++)
        left += message->msg_iov[i].iov_len;
    while (left > 0) {
        short ready = 0;
        if (clamd_wait(fd, POLLIN | POLLOUT, &ready, deadline, fault) != 0)
            return -1;
        if ((ready & (POLLIN | POLLERR | POLLHUP)) != 0)
            return 1;
        ssize_t n = sendmsg(fd, message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (n < 0 && (errno == EPIPE || errno == ECONNRESET))
            return 1;
        if (n < 0)
            return fault_set_errno(fault, errno, "cannot send");
        left -= (size_t)n;
        message->msg_controllen = 0; /* the descriptor went with the first byte */
        for (size_t sent = (size_t)n; sent > 0;) {
            size_t step = sent < message->msg_iov->iov_len ? sent : message->msg_iov->iov_len;
            message->msg_iov->iov_base = (char *)message->msg_iov->iov_base + step;
            message->msg_iov->iov_len -= step;
            sent -= step;
            if (message->msg_iov->iov_len == 0 && message->msg_iovlen > 1) {
                message->msg_iov++;
                message->msg_iovlen--;
            }
        }
    }
    return 0;
}

static int clamd_send_bytes(int fd, const void *data, size_t size, struct deadline deadline, struct fault *fault)
{
    struct iovec vector = { .iov_base = clamd_unconst(data), .iov_len = size };
    struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };
    return clamd_send(fd, &message, deadline, fault);
}

/* One byte that means nothing, with the descriptor. */
static int clamd_send_fd(int fd, int lent, struct deadline deadline, struct fault *fault)
{
    char nothing[1] = { '\0' };
    struct iovec vector = { .iov_base = nothing, .iov_len = sizeof nothing };
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control = { .room = { 0 } };
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.room
    };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &lent, sizeof lent);
    return clamd_send(fd, &message, deadline, fault);
}

static int clamd_send_stream(int fd, struct span bytes, struct deadline deadline, struct fault *fault)
{
    int result = clamd_send_bytes(fd, "zINSTREAM", sizeof "zINSTREAM", deadline, fault);
    for (size_t at = 0; at < bytes.size && result == 0; at += CLAMD_CHUNK_BYTES) {
        struct span chunk = span_slice(bytes, at, CLAMD_CHUNK_BYTES);
        uint32_t size = htonl((uint32_t)chunk.size);
        struct iovec vectors[2] = { { .iov_base = &size, .iov_len = sizeof size },
                                    { .iov_base = clamd_unconst(chunk.data), .iov_len = chunk.size } };
        struct msghdr message = { .msg_iov = vectors, .msg_iovlen = 2 };
        result = clamd_send(fd, &message, deadline, fault);
    }
    uint32_t end = 0;
    return result != 0 ? result : clamd_send_bytes(fd, &end, sizeof end, deadline, fault);
}

/* Reads one reply, up to its NUL (or line end: clamd ends some of its own complaints so). 0, or -1 and *fault. */
static int clamd_receive(int fd, char text_out[CLAMD_REPLY_LIMIT], struct span *reply_out, struct deadline deadline,
                         struct fault *fault)
{
    size_t have = 0;
    while (have < CLAMD_REPLY_LIMIT) {
        short ready = 0;
        if (clamd_wait(fd, POLLIN, &ready, deadline, fault) != 0)
            return -1;
        ssize_t n = recv(fd, text_out + have, CLAMD_REPLY_LIMIT - have, MSG_DONTWAIT);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (n < 0)
            return fault_set_errno(fault, errno, "the connection broke before a reply");
        if (n == 0)
            return fault_set(fault, EPROTO, have == 0 ? "it closed without a reply" : "it closed within its reply");
        have += (size_t)n;
        struct span got = span_of(text_out, have);
        size_t end = span_find_byte(got, '\0');
        size_t line_end = span_find_byte(got, '\n');
        if (line_end < end)
            end = line_end;
        if (end == SPAN_NONE)
            continue;
        *reply_out = span_slice(got, 0, end);
        if (end + 1 < have)
            return fault_set(fault, EPROTO, "there is more behind its reply");
        return 0;
    }
    return fault_set(fault, EPROTO, "its reply is longer than %d bytes", CLAMD_REPLY_LIMIT);
}

static int clamd_dial(const struct scanner *scanner, struct net_address *address_out, struct deadline deadline,
                      struct fault *fault)
{
    if (net_address_parse(scanner->settings->address, address_out, fault) != 0)
        return -1;
    return net_dial(address_out, deadline, fault);
}

static int clamd_show(int fd, enum net_family family, const struct scan_request *request, size_t index,
                      struct fault *fault)
{
    if (family == NET_INET)
        return clamd_send_stream(fd, request_bytes(request, index), request->deadline, fault);
    int lent = request_lend(request, index, fault);
    if (lent < 0)
        return -1;
    int result = clamd_send_bytes(fd, "zFILDES", sizeof "zFILDES", request->deadline, fault);
    if (result == 0)
        result = clamd_send_fd(fd, lent, request->deadline, fault);
    (void)close(lent);
    return result;
}

/* What clamd says of one piece. -1 and *fault where it says nothing. */
static int clamd_ask_piece(struct scanner *scanner, const struct scan_request *request, size_t index,
                           struct answer *answer_out, struct fault *fault)
{
    struct net_address address;
    int fd = clamd_dial(scanner, &address, request->deadline, fault);
    if (fd < 0)
        return -1;
    char text[CLAMD_REPLY_LIMIT];
    struct span reply = { 0 };
    /* Even where it didn't take everything: a reply says why. But then it's no judgement of the piece. */
    int shown = clamd_show(fd, address.family, request, index, fault);
    int result = shown >= 0 ? clamd_receive(fd, text, &reply, request->deadline, fault) : -1;
    if (result == 0)
        clamd_reply_read(reply, answer_out);
    if (result == 0 && shown == 1 && answer_out->kind == ANSWER_CLEAN)
        answer_set(answer_out, ANSWER_FAILED, span_text("it answered before it had the whole piece"));
    (void)close(fd);
    return result;
}

static void clamd_ask(struct scanner *scanner, const struct scan_request *request, struct answer *answer_out)
{
    *answer_out = (struct answer){ .kind = ANSWER_CLEAN };
    for (size_t i = 0; i < request->count; i++) {
        struct answer answer = { .kind = ANSWER_FAILED };
        struct fault fault;
        if (clamd_ask_piece(scanner, request, i, &answer, &fault) != 0)
            answer_set(&answer, ANSWER_FAILED, span_text(fault.text));
        answer_settle(&answer, &request->pieces[i]);
        answer.piece = (uint32_t)i;
        answer_worsen(answer_out, &answer);
        if (answer.kind == ANSWER_INFECTED || answer.kind == ANSWER_FAILED)
            return;
    }
}

/* "ClamAV 1.4.6/27600/Mon Nov 23 08:00:00 2026". Newer ones may refuse to tell (EnableVersionCommand no). */
static void clamd_refresh(struct scanner *scanner, struct deadline deadline)
{
    struct net_address address;
    int fd = clamd_dial(scanner, &address, deadline, NULL);
    if (fd < 0)
        return;
    char text[CLAMD_REPLY_LIMIT];
    struct span reply = { 0 };
    if (clamd_send_bytes(fd, "zVERSION", sizeof "zVERSION", deadline, NULL) == 0 &&
        clamd_receive(fd, text, &reply, deadline, NULL) == 0 && span_starts_with(reply, "ClamAV ")) {
        struct span rest = reply;
        size_t size = span_cut(&rest, '/').size;
        if (rest.size > 0)
            size += 1 + span_cut(&rest, '/').size;
        scanner_learn(scanner, span_slice(reply, 0, size), wire_generation(reply), 0);
    }
    (void)close(fd);
}

const struct scanner_ops clamd_ops = { .ask = clamd_ask, .refresh = clamd_refresh };

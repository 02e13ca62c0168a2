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

/* A connection, and until when it may be waited for. */
struct clamd_link {
    int fd;
    struct deadline deadline;
    const struct stop *stop;
};

static struct clamd_link clamd_link_of(int fd, const struct scan_request *request)
{
    return (struct clamd_link){ .fd = fd, .deadline = request->deadline, .stop = request->stop };
}

/* 0: the socket is ready for one of `events`; -1 and *fault. */
static int clamd_wait(const struct clamd_link *link, short events, short *ready_out, struct fault *fault)
{
    struct pollfd wanted[] = { { .fd = link->fd, .events = events },
                               { .fd = link->stop != NULL ? link->stop->fd : -1, .events = POLLIN } };
    for (;;) {
        int n = poll(wanted, 2, deadline_left_ms(link->deadline));
        if (n > 0 && wanted[1].revents != 0)
            return fault_set(fault, ECANCELED, "stopped: another scanner has found the message infected");
        if (n > 0) {
            *ready_out = wanted[0].revents;
            return 0;
        }
        if (n == 0)
            return fault_set(fault, ETIMEDOUT, "timed out");
        if (errno != EINTR)
            return fault_set_errno(fault, errno, "poll");
    }
}

/* Sends everything. 0: sent; 1: clamd has replied or closed before it had all; -1 and *fault. */
static int clamd_send(const struct clamd_link *link, struct msghdr *message, struct fault *fault)
{
    size_t left = 0;
    for (size_t i = 0; i < message->msg_iovlen; i++)
        left += message->msg_iov[i].iov_len;
    while (left > 0) {
        short ready = 0;
        if (clamd_wait(link, POLLIN | POLLOUT, &ready, fault) != 0)
            return -1;
        if ((ready & (POLLIN | POLLERR | POLLHUP)) != 0)
            return 1;
        ssize_t n = sendmsg(link->fd, message, MSG_NOSIGNAL | MSG_DONTWAIT);
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

static int clamd_send_bytes(const struct clamd_link *link, const void *data, size_t size, struct fault *fault)
{
    struct iovec vector = { .iov_base = clamd_unconst(data), .iov_len = size };
    struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };
    return clamd_send(link, &message, fault);
}

/* One byte that means nothing, with the descriptor. */
static int clamd_send_fd(const struct clamd_link *link, int lent, struct fault *fault)
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
    return clamd_send(link, &message, fault);
}

static int clamd_send_stream(const struct clamd_link *link, struct span bytes, struct fault *fault)
{
    int result = clamd_send_bytes(link, "zINSTREAM", sizeof "zINSTREAM", fault);
    for (size_t at = 0; at < bytes.size && result == 0; at += CLAMD_CHUNK_BYTES) {
        struct span chunk = span_slice(bytes, at, CLAMD_CHUNK_BYTES);
        uint32_t size = htonl((uint32_t)chunk.size);
        struct iovec vectors[2] = { { .iov_base = &size, .iov_len = sizeof size },
                                    { .iov_base = clamd_unconst(chunk.data), .iov_len = chunk.size } };
        struct msghdr message = { .msg_iov = vectors, .msg_iovlen = 2 };
        result = clamd_send(link, &message, fault);
    }
    uint32_t end = 0;
    return result != 0 ? result : clamd_send_bytes(link, &end, sizeof end, fault);
}

/* Reads one reply, up to its NUL (or line end: clamd ends some of its own complaints so). 0, or -1 and *fault. */
static int clamd_receive(const struct clamd_link *link, char text_out[CLAMD_REPLY_LIMIT], struct span *reply_out,
                         struct fault *fault)
{
    size_t have = 0;
    while (have < CLAMD_REPLY_LIMIT) {
        short ready = 0;
        if (clamd_wait(link, POLLIN, &ready, fault) != 0)
            return -1;
        ssize_t n = recv(link->fd, text_out + have, CLAMD_REPLY_LIMIT - have, MSG_DONTWAIT);
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

static int clamd_show(const struct clamd_link *link, enum net_family family, const struct scan_request *request,
                      size_t index, struct fault *fault)
{
    if (family == NET_INET)
        return clamd_send_stream(link, request_bytes(request, index), fault);
    int lent = request_lend(request, index, fault);
    if (lent < 0)
        return -1;
    int result = clamd_send_bytes(link, "zFILDES", sizeof "zFILDES", fault);
    if (result == 0)
        result = clamd_send_fd(link, lent, fault);
    (void)close(lent);
    return result;
}

/* Whose fault it is that a connection gave no reply. */
static enum blame clamd_blame(const struct fault *fault)
{
    switch (fault->code) {
    case ETIMEDOUT:
        return BLAME_TIME;
    case ECANCELED:
        return BLAME_NOBODY;
    case EPROTO:
    case ECONNRESET:
        return BLAME_DEATH;
    default:
        return BLAME_SCANNER;
    }
}

/* What clamd says of one piece: failed where it says nothing. */
static void clamd_ask_piece(struct scanner *scanner, const struct scan_request *request, size_t index,
                            struct answer *answer_out)
{
    struct net_address address;
    struct fault fault = { 0 };
    int fd = clamd_dial(scanner, &address, request->deadline, &fault);
    if (fd < 0) {
        answer_fail(answer_out, BLAME_SCANNER, span_text(fault.text));
        return;
    }
    struct clamd_link link = clamd_link_of(fd, request);
    char text[CLAMD_REPLY_LIMIT];
    struct span reply = { 0 };
    /* Even where it didn't take everything: a reply says why. But then it's no judgement of the piece. */
    int shown = clamd_show(&link, address.family, request, index, &fault);
    int result = shown >= 0 ? clamd_receive(&link, text, &reply, &fault) : -1;
    if (result == 0)
        clamd_reply_read(reply, answer_out);
    else
        answer_fail(answer_out, clamd_blame(&fault), span_text(fault.text));
    if (result == 0 && shown == 1 && answer_out->kind == ANSWER_CLEAN)
        answer_fail(answer_out, BLAME_SCANNER, span_text("it answered before it had the whole piece"));
    (void)close(fd);
}

static void clamd_ask(struct scanner *scanner, const struct scan_request *request, struct answer *answer_out)
{
    *answer_out = (struct answer){ .kind = ANSWER_CLEAN };
    for (size_t i = 0; i < request->count; i++) {
        struct answer answer = { .kind = ANSWER_FAILED };
        clamd_ask_piece(scanner, request, i, &answer);
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
    struct clamd_link link = { .fd = fd, .deadline = deadline };
    char text[CLAMD_REPLY_LIMIT];
    struct span reply = { 0 };
    if (clamd_send_bytes(&link, "zVERSION", sizeof "zVERSION", NULL) == 0 &&
        clamd_receive(&link, text, &reply, NULL) == 0 && span_starts_with(reply, "ClamAV ")) {
        struct span rest = reply;
        size_t size = span_cut(&rest, '/').size;
        if (rest.size > 0)
            size += 1 + span_cut(&rest, '/').size;
        scanner_learn(scanner, span_slice(reply, 0, size), wire_generation(reply), 0);
        scanner_learn_age(scanner, clamd_reply_date(rest));
    }
    (void)close(fd);
}

const struct scanner_ops clamd_ops = { .ask = clamd_ask, .refresh = clamd_refresh, .asks_alone = true };

#include "packet.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int packet_pair(int pair_out[2], struct fault *fault)
{
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair_out) != 0)
        return fault_set_errno(fault, errno, "cannot make a socket pair");
    int room = 2 * PACKET_MOST_BYTES;
    for (int i = 0; i < 2; i++)
        (void)setsockopt(pair_out[i], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    return 0;
}

/* 0: ready; -1 and *fault at the deadline. */
static int packet_wait(int socket, short events, struct deadline deadline, struct fault *fault)
{
    struct pollfd wanted = { .fd = socket, .events = events };
    for (;;) {
        int n = poll(&wanted, 1, deadline_left_ms(deadline));
        if (n > 0)
            return 0;
        if (n == 0)
            return fault_set(fault, ETIMEDOUT, "timed out");
        if (errno != EINTR)
            return fault_set_errno(fault, errno, "poll");
    }
}

int packet_send(int socket, const void *data, size_t size, const int *fds, size_t fd_count, struct deadline deadline,
                struct fault *fault)
{
    assert(size > 0 && size <= PACKET_MOST_BYTES && fd_count <= PACKET_MOST_FDS);
    struct iovec vector = { .iov_base = (void *)data, .iov_len = size };
    struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int) * PACKET_MOST_FDS)];
    } control;
    memset(&control, 0, sizeof control);
    if (fd_count > 0) {
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * fd_count);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int) * fd_count);
        memcpy(CMSG_DATA(header), fds, sizeof(int) * fd_count);
    }
    for (;;) {
        ssize_t n = sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n >= 0)
            return 0;
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN)
            return fault_set_errno(fault, errno, "cannot send to another role");
        if (packet_wait(socket, POLLOUT, deadline, fault) != 0)
            return -1;
    }
}

/* Takes the descriptors out of the ancillary data; those beyond the limit are closed. False where there were too many.
 */
static bool packet_take_fds(struct msghdr *message, size_t fd_limit, struct packet *packet)
{
    bool fits = (message->msg_flags & MSG_CTRUNC) == 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header != NULL; header = CMSG_NXTHDR(message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
            continue;
        size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int fd = -1;
            memcpy(&fd, CMSG_DATA(header) + i * sizeof fd, sizeof fd);
            if (packet->fd_count < fd_limit) {
                packet->fds[packet->fd_count++] = fd;
            } else {
                (void)close(fd);
                fits = false;
            }
        }
    }
    return fits;
}

int packet_receive(int socket, void *data_out, size_t capacity, size_t fd_limit, struct packet *packet_out,
                   struct deadline deadline, struct fault *fault)
{
    assert(fd_limit <= PACKET_MOST_FDS);
    *packet_out = (struct packet){ 0 };
    struct iovec vector = { .iov_base = data_out, .iov_len = capacity };
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int) * PACKET_MOST_FDS)];
    } control;
    bool was_end = false;
    for (;;) {
        struct msghdr message = {
            .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
        };
        ssize_t n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN) {
            if (packet_wait(socket, POLLIN, deadline, fault) != 0)
                return -1;
            continue;
        }
        if (n < 0 && errno == ECONNRESET)
            return 0;
        if (n < 0)
            return fault_set_errno(fault, errno, "cannot receive from another role");
        bool fits = packet_take_fds(&message, fd_limit, packet_out);
        if (n == 0 && packet_out->fd_count == 0) { /* no packet of ours is empty: this is the end */
            /* Or the peer sent and closed while the kernel looked: it finds no packet, then a closed peer, and calls
             * that the end. Nothing can come after a close, so the second look tells the truth. */
            if (was_end)
                return 0;
            was_end = true;
            continue;
        }
        if (!fits || (message.msg_flags & MSG_TRUNC) != 0) {
            packet_close_fds(packet_out);
            return fault_set(fault, EPROTO, "a packet from another role is too large");
        }
        packet_out->size = (size_t)n;
        return 1;
    }
}

bool packet_is_hung_up(int socket, int wait_ms)
{
    struct pollfd look = { .fd = socket };
    return poll(&look, 1, wait_ms) > 0 && (look.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

void packet_close_fds(struct packet *packet)
{
    for (size_t i = 0; i < packet->fd_count; i++)
        (void)close(packet->fds[i]);
    packet->fd_count = 0;
}

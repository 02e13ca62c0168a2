#include "net.h"

#include "base/span.h"
#include "sys/ready.h"
#include "sys/resolve.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { NET_BACKLOG = 1024, NET_UNIX_PATH_SIZE = sizeof(((struct sockaddr_un *)NULL)->sun_path) };

/* The text of an address for faults: net_address_text in a value that can be an argument. */
struct net_text {
    char text[NET_TEXT_SIZE];
};

static struct net_text text_of(const struct net_address *address)
{
    struct net_text text;
    net_address_text(address, text.text);
    return text;
}

static socklen_t sockaddr_size(const struct sockaddr_storage *address)
{
    return address->ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
}

static int unix_sockaddr(const struct net_address *address, struct sockaddr_un *un_out, struct fault *fault)
{
    memset(un_out, 0, sizeof *un_out);
    un_out->sun_family = AF_UNIX;
    if (strlen(address->host) >= sizeof un_out->sun_path)
        return fault_set(fault, ENAMETOOLONG, "%s: the path of a Unix socket has at most %d bytes, this one has %zu",
                         address->host, NET_UNIX_PATH_SIZE - 1, strlen(address->host));
    (void)span_copy(span_text(address->host), un_out->sun_path, sizeof un_out->sun_path);
    return 0;
}

static int close_and_fail(int fd)
{
    (void)close(fd);
    return -1;
}

/* Removes a socket that nobody listens on. -1 and *fault where it is something else, or alive. */
static int unix_stale_remove(const struct sockaddr_un *un, int type, struct fault *fault)
{
    struct stat status;
    if (lstat(un->sun_path, &status) != 0)
        return errno == ENOENT ? 0 : fault_set_errno(fault, errno, "can't look at %s", un->sun_path);
    if (!S_ISSOCK(status.st_mode))
        return fault_set(fault, EADDRINUSE, "%s is there and is not a socket: move it away", un->sun_path);

    int probe = socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (probe < 0)
        return fault_set_errno(fault, errno, "can't make a socket");
    int code = connect(probe, (const struct sockaddr *)un, sizeof *un) == 0 ? 0 : errno;
    (void)close(probe);
    if (code != ECONNREFUSED)
        return fault_set(fault, EADDRINUSE, "somebody else listens on %s", un->sun_path);
    if (unlink(un->sun_path) != 0 && errno != ENOENT)
        return fault_set_errno(fault, errno, "can't remove the stale socket %s", un->sun_path);
    return 0;
}

static int listen_unix(const struct net_address *address, int type, unsigned mode, struct fault *fault)
{
    struct sockaddr_un un;
    if (unix_sockaddr(address, &un, fault) != 0)
        return -1;
    int fd = socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fault_set_errno(fault, errno, "can't make a socket");
    int code = bind(fd, (const struct sockaddr *)&un, sizeof un) == 0 ? 0 : errno;
    if (code == EADDRINUSE) {
        if (unix_stale_remove(&un, type, fault) != 0)
            return close_and_fail(fd);
        code = bind(fd, (const struct sockaddr *)&un, sizeof un) == 0 ? 0 : errno;
    }
    if (code != 0) {
        (void)fault_set_errno(fault, code, "can't listen on %s", un.sun_path);
        return close_and_fail(fd);
    }
    /* Nobody can connect before listen(2), so the umask's mode never mattered. */
    if (chmod(un.sun_path, (mode_t)mode) != 0 || listen(fd, NET_BACKLOG) != 0) {
        (void)fault_set_errno(fault, errno, "can't listen on %s", un.sun_path);
        (void)unlink(un.sun_path);
        return close_and_fail(fd);
    }
    return fd;
}

static int listen_inet(const struct net_address *address, struct fault *fault)
{
    struct net_text text = text_of(address);
    struct sockaddr_storage literal;
    if (!resolve_literal(address->host, address->port, &literal))
        return fault_set(fault, EINVAL, "can't listen on %s: name an address, as in \"127.0.0.1:%u\"", text.text,
                         address->port);
    int fd = socket(literal.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fault_set_errno(fault, errno, "can't make a socket for %s", text.text);
    int one = 1;
    bool is_set = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0;
    if (literal.ss_family == AF_INET6)
        is_set = is_set && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one) == 0;
    if (!is_set || bind(fd, (const struct sockaddr *)&literal, sockaddr_size(&literal)) != 0 ||
        listen(fd, NET_BACKLOG) != 0) {
        (void)fault_set_errno(fault, errno, "can't listen on %s", text.text);
        return close_and_fail(fd);
    }
    return fd;
}

int net_listen(const struct net_address *address, int type, unsigned mode, struct fault *fault)
{
    assert(type == SOCK_STREAM || (type == SOCK_SEQPACKET && address->family == NET_UNIX));
    return address->family == NET_UNIX ? listen_unix(address, type, mode, fault) : listen_inet(address, fault);
}

/* A full queue of a listening Unix socket makes a blocking connect(2) wait, as long as SO_SNDTIMEO says, and a
 * non-blocking one fail. So this one blocks, under the deadline. */
static int dial_unix(const struct net_address *address, struct deadline deadline, struct fault *fault)
{
    struct sockaddr_un un;
    if (unix_sockaddr(address, &un, fault) != 0)
        return -1;
    int left_ms = deadline_left_ms(deadline);
    if (left_ms == 0)
        return fault_set(fault, ETIMEDOUT, "can't connect to unix:%s: no time is left", un.sun_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fault_set_errno(fault, errno, "can't make a socket");
    struct timeval wait = { 0 }; /* for ever */
    if (left_ms > 0)
        wait = (struct timeval){ .tv_sec = left_ms / 1000, .tv_usec = left_ms % 1000 * 1000L };
    struct timeval none = { 0 };
    int one = 1;
    int code = 0;
    if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait) != 0 ||
        connect(fd, (const struct sockaddr *)&un, sizeof un) != 0)
        code = errno == EAGAIN ? ETIMEDOUT : errno;
    else if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &none, sizeof none) != 0 || ioctl(fd, FIONBIO, &one) != 0)
        code = errno;
    if (code != 0) {
        (void)fault_set_errno(fault, code, "can't connect to unix:%s", un.sun_path);
        return close_and_fail(fd);
    }
    return fd;
}

static int dial_sockaddr(const struct sockaddr_storage *peer, struct deadline deadline, struct fault *fault)
{
    char text[NET_TEXT_SIZE];
    net_peer_text(peer, text);
    int fd = socket(peer->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fault_set_errno(fault, errno, "can't make a socket for %s", text);
    int code = connect(fd, (const struct sockaddr *)peer, sockaddr_size(peer)) == 0 ? 0 : errno;
    if (code == EINPROGRESS) {
        socklen_t size = sizeof code;
        if (ready_wait(fd, POLLOUT, -1, deadline, fault) != 0)
            code = fault->code;
        else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) != 0)
            code = errno;
    }
    if (code != 0) {
        (void)fault_set_errno(fault, code, "can't connect to %s", text);
        return close_and_fail(fd);
    }
    return fd;
}

/* The time that one of `count` addresses may take: an equal share, so that one that swallows everything leaves time for
 * the next. */
static struct deadline deadline_share(struct deadline deadline, int count)
{
    int left_ms = deadline_left_ms(deadline);
    return left_ms < 0 ? deadline : deadline_earlier(deadline, deadline_in(left_ms / count));
}

int net_dial(const struct net_address *address, struct deadline deadline, struct fault *fault)
{
    struct fault unseen;
    if (fault == NULL)
        fault = &unseen;
    if (address->family == NET_UNIX)
        return dial_unix(address, deadline, fault);

    struct sockaddr_storage peers[RESOLVE_MOST];
    int count = resolve_name(address->host, address->port, deadline, peers, fault);
    for (int i = 0; i < count; i++) {
        int fd = dial_sockaddr(&peers[i], deadline_share(deadline, count - i), fault);
        if (fd >= 0)
            return fd;
    }
    return -1;
}

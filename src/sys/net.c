#include "net.h"

#include "base/span.h"
#include "sys/ready.h"
#include "sys/resolve.h"

#include <arpa/inet.h>
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

enum {
    NET_BACKLOG = 1024,
    NET_LONGEST_NAME = 253, /* RFC 1035 section 2.3.4, as text without the last dot */
    NET_UNIX_PATH_SIZE = sizeof(((struct sockaddr_un *)NULL)->sun_path)
};

static const char unix_prefix[] = "unix:";

static int unix_address_parse(struct span path, struct net_address *address_out, struct fault *fault)
{
    if (path.size == 0 || path.data[0] != '/')
        return fault_set(fault, EINVAL, "a Unix socket needs a whole path, as in \"unix:/run/cordon/in.sock\"");
    if (path.size >= NET_UNIX_PATH_SIZE)
        return fault_set(fault, ENAMETOOLONG, "the path of a Unix socket has at most %d bytes, this one has %zu",
                         NET_UNIX_PATH_SIZE - 1, path.size);
    address_out->family = NET_UNIX;
    (void)span_copy(path, address_out->host, sizeof address_out->host);
    return 0;
}

static int port_parse(struct span text, uint16_t *port_out, struct fault *fault)
{
    uint64_t number = 0;
    if (!span_number(text, &number) || number == 0 || number > UINT16_MAX)
        return fault_set(fault, EINVAL, "the port is a number from 1 to 65535, as in \"127.0.0.1:10024\"");
    *port_out = (uint16_t)number;
    return 0;
}

static bool is_host_name(struct span name)
{
    if (name.size == 0 || name.size > NET_LONGEST_NAME || name.data[0] == '.' || name.data[0] == '-')
        return false;
    char before = '\0';
    for (size_t i = 0; i < name.size; i++) {
        char c = name.data[i];
        if (!ascii_is_alnum(c) && c != '.' && c != '-' && c != '_')
            return false;
        if (c == '.' && before == '.')
            return false;
        before = c;
    }
    return true;
}

/* No top-level domain begins with a digit, so whoever writes one means an IPv4 address. */
static bool looks_like_ipv4(struct span name)
{
    struct span label = name;
    while (name.size > 0)
        label = span_cut(&name, '.');
    return label.size > 0 && ascii_is_digit(label.data[0]);
}

static int bracketed_parse(struct span text, struct net_address *address_out, struct fault *fault)
{
    size_t end = span_find_byte(text, ']');
    if (end == SPAN_NONE || !span_starts_with(span_from(text, end), "]:"))
        return fault_set(fault, EINVAL, "an IPv6 address is written as in \"[::1]:10024\"");
    struct in6_addr binary;
    bool is_whole = span_copy(span_slice(text, 1, end - 1), address_out->host, sizeof address_out->host);
    if (!is_whole || inet_pton(AF_INET6, address_out->host, &binary) != 1)
        return fault_set(fault, EINVAL, "what stands in brackets is not an IPv6 address; one is \"[::1]:10024\"");
    return port_parse(span_from(text, end + 2), &address_out->port, fault);
}

int net_address_parse(const char *text, struct net_address *address_out, struct fault *fault)
{
    memset(address_out, 0, sizeof *address_out);
    struct span whole = span_text(text);
    if (span_starts_with(whole, unix_prefix))
        return unix_address_parse(span_from(whole, strlen(unix_prefix)), address_out, fault);

    address_out->family = NET_INET;
    if (span_starts_with(whole, "["))
        return bracketed_parse(whole, address_out, fault);

    struct span port = whole;
    struct span host = span_cut(&port, ':');
    if (port.data == NULL)
        return fault_set(fault, EINVAL, "the port is missing; write \"HOST:PORT\", as in \"127.0.0.1:10024\"");
    if (span_find_byte(port, ':') != SPAN_NONE)
        return fault_set(fault, EINVAL, "an IPv6 address stands in brackets, as in \"[::1]:10024\"");
    if (!is_host_name(host))
        return fault_set(fault, EINVAL, "this is no host; write an address or a name, as in \"127.0.0.1:10024\"");
    (void)span_copy(host, address_out->host, sizeof address_out->host);
    struct in_addr binary;
    if (looks_like_ipv4(host) && inet_pton(AF_INET, address_out->host, &binary) != 1)
        return fault_set(fault, EINVAL, "this is not an IPv4 address; one is \"127.0.0.1:10024\"");
    return port_parse(port, &address_out->port, fault);
}

void net_address_text(const struct net_address *address, char text_out[NET_TEXT_SIZE])
{
    if (address->family == NET_UNIX)
        (void)snprintf(text_out, NET_TEXT_SIZE, "%s%s", unix_prefix, address->host);
    else if (strchr(address->host, ':') != NULL)
        (void)snprintf(text_out, NET_TEXT_SIZE, "[%s]:%u", address->host, address->port);
    else
        (void)snprintf(text_out, NET_TEXT_SIZE, "%s:%u", address->host, address->port);
}

void net_peer_text(const struct sockaddr_storage *peer, char text_out[NET_TEXT_SIZE])
{
    char host[INET6_ADDRSTRLEN] = "";
    if (peer->ss_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)peer;
        (void)inet_ntop(AF_INET, &in->sin_addr, host, sizeof host);
        (void)snprintf(text_out, NET_TEXT_SIZE, "%s:%u", host, ntohs(in->sin_port));
    } else if (peer->ss_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)peer;
        bool is_mapped = IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr);
        if (is_mapped)
            (void)inet_ntop(AF_INET, in6->sin6_addr.s6_addr + 12, host, sizeof host);
        else
            (void)inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof host);
        (void)snprintf(text_out, NET_TEXT_SIZE, is_mapped ? "%s:%u" : "[%s]:%u", host, ntohs(in6->sin6_port));
    } else {
        (void)snprintf(text_out, NET_TEXT_SIZE, "unix");
    }
}

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

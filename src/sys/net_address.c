#include "net.h"

#include "base/span.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

enum {
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

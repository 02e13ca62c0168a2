#include "proxy_header.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

enum {
    V1_LONGEST = 107, /* with its CRLF: section 2.1 */
    V2_FIXED = 16,    /* signature, version and command, family and protocol, length: section 2.2 */
    V2_SIGNATURE = 12,
    SHORTEST = 15 /* "PROXY UNKNOWN\r\n" */
};

static const char v1_signature[] = "PROXY ";
static const char v2_signature[] = "\r\n\r\n\0\r\nQUIT\n";

static int header_is_bad(struct fault *fault)
{
    return fault_set(fault, EPROTO, "the connection does not begin with a header of the PROXY protocol");
}

static int header_lacks(struct proxy_header *header_out, size_t missing)
{
    header_out->missing = missing;
    return 0;
}

/* A port as section 2.1 wants it: a decimal number up to 65535 without zeros in front. */
static bool port_parse(struct span text, uint16_t *port_out)
{
    uint64_t number = 0;
    if (!span_number(text, &number) || number > UINT16_MAX || (text.size > 1 && text.data[0] == '0'))
        return false;
    *port_out = (uint16_t)number;
    return true;
}

static bool address_parse(int family, struct span text, void *binary_out)
{
    char literal[INET6_ADDRSTRLEN];
    return span_find_byte(text, '\0') == SPAN_NONE && span_copy(text, literal, sizeof literal) &&
           inet_pton(family, literal, binary_out) == 1;
}

static void peer_set(struct proxy_header *header_out, int family, const void *binary, uint16_t port)
{
    struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };
    struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
    if (family == AF_INET) {
        memcpy(&in.sin_addr, binary, sizeof in.sin_addr);
        memcpy(&header_out->peer, &in, sizeof in);
    } else {
        memcpy(&in6.sin6_addr, binary, sizeof in6.sin6_addr);
        memcpy(&header_out->peer, &in6, sizeof in6);
    }
    header_out->has_peer = true;
}

/* "TCP4 192.0.2.1 198.51.100.1 4711 25", or "UNKNOWN" and anything. */
static int v1_fields_parse(struct span line, struct proxy_header *header_out, struct fault *fault)
{
    struct span protocol = span_cut(&line, ' ');
    if (span_is(protocol, "UNKNOWN"))
        return 1;
    bool is_ipv4 = span_is(protocol, "TCP4");
    if (!is_ipv4 && !span_is(protocol, "TCP6"))
        return header_is_bad(fault);
    int family = is_ipv4 ? AF_INET : AF_INET6;

    struct span source = span_cut(&line, ' ');
    struct span destination = span_cut(&line, ' ');
    struct span source_port = span_cut(&line, ' ');
    unsigned char source_binary[sizeof(struct in6_addr)];
    unsigned char destination_binary[sizeof(struct in6_addr)];
    uint16_t port = 0;
    uint16_t destination_port = 0;
    if (!address_parse(family, source, source_binary) || !address_parse(family, destination, destination_binary) ||
        !port_parse(source_port, &port) || !port_parse(line, &destination_port))
        return header_is_bad(fault);
    peer_set(header_out, family, source_binary, port);
    return 1;
}

static int v1_parse(struct span bytes, struct proxy_header *header_out, struct fault *fault)
{
    struct span line = span_slice(bytes, 0, V1_LONGEST);
    size_t end = span_find(line, span_text("\r\n"));
    if (end == SPAN_NONE) {
        size_t wanted = line.size > 0 && line.data[line.size - 1] == '\r' ? 1 : 2;
        if (line.size + wanted > V1_LONGEST)
            return header_is_bad(fault);
        return header_lacks(header_out, wanted);
    }
    header_out->size = end + 2;
    return v1_fields_parse(span_from(span_slice(line, 0, end), strlen(v1_signature)), header_out, fault);
}

/* Families and where their addresses stand behind the fixed part: source, destination, ports. Section 2.2. */
static const struct {
    unsigned nibble;
    int family;
    size_t size; /* of the whole block */
    size_t port_at;
} families[] = {
    { 1, AF_INET, 12, 8 },
    { 2, AF_INET6, 36, 32 },
    { 3, AF_UNIX, 216, 0 },
};

static int v2_peer_parse(unsigned kind, struct span block, struct proxy_header *header_out, struct fault *fault)
{
    unsigned transport = kind & 0x0fU;
    if (kind >> 4 == 0 || transport == 0)
        return 1; /* unspecified: the connection's own peer counts */
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
        if (families[i].nibble != kind >> 4 || transport > 2 || block.size < families[i].size)
            continue;
        if (families[i].family == AF_UNIX) {
            struct sockaddr_un un = { .sun_family = AF_UNIX };
            memcpy(un.sun_path, block.data, sizeof un.sun_path);
            memcpy(&header_out->peer, &un, sizeof un);
            header_out->has_peer = true;
            return 1;
        }
        uint16_t port = 0;
        memcpy(&port, block.data + families[i].port_at, sizeof port);
        peer_set(header_out, families[i].family, block.data, ntohs(port));
        return 1;
    }
    return header_is_bad(fault);
}

static int v2_parse(struct span bytes, struct proxy_header *header_out, struct fault *fault)
{
    if (bytes.size < V2_FIXED)
        return header_lacks(header_out, V2_FIXED - bytes.size);
    unsigned command = (unsigned char)bytes.data[V2_SIGNATURE];
    unsigned kind = (unsigned char)bytes.data[V2_SIGNATURE + 1];
    uint16_t length = 0;
    memcpy(&length, bytes.data + V2_SIGNATURE + 2, sizeof length);
    size_t size = V2_FIXED + (size_t)ntohs(length);
    if (command != 0x20 && command != 0x21)
        return header_is_bad(fault);
    if (size > PROXY_HEADER_LIMIT)
        return fault_set(fault, EMSGSIZE, "the header of the PROXY protocol has %zu bytes, at most %d are taken", size,
                         PROXY_HEADER_LIMIT);
    if (bytes.size < size)
        return header_lacks(header_out, size - bytes.size);
    header_out->size = size;
    if (command == 0x20)
        return 1; /* LOCAL: the balancer itself, as for its health checks */
    return v2_peer_parse(kind, span_slice(bytes, V2_FIXED, size - V2_FIXED), header_out, fault);
}

/* Whether the bytes, as far as they go, begin like this signature. */
static bool begins_like(struct span bytes, const char *signature, size_t size)
{
    return memcmp(bytes.data, signature, bytes.size < size ? bytes.size : size) == 0;
}

int proxy_header_parse(struct span bytes, struct proxy_header *header_out, struct fault *fault)
{
    memset(header_out, 0, sizeof *header_out);
    if (bytes.size == 0)
        return header_lacks(header_out, SHORTEST);
    bool is_v1 = begins_like(bytes, v1_signature, strlen(v1_signature));
    if (!is_v1 && !begins_like(bytes, v2_signature, V2_SIGNATURE))
        return header_is_bad(fault);
    if (bytes.size < SHORTEST)
        return header_lacks(header_out, SHORTEST - bytes.size);
    return is_v1 ? v1_parse(bytes, header_out, fault) : v2_parse(bytes, header_out, fault);
}

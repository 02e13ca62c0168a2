#include "net.h"

#include "base/memory.h"
#include "base/span.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

enum { IPV4_BITS = 32, IPV6_BITS = 128, MAPPED_BITS = IPV6_BITS - IPV4_BITS };

/* An address and how many of its bits count. A Unix socket has none. */
struct network {
    sa_family_t family;
    unsigned char bytes[IPV6_BITS / 8];
    unsigned bits;
    struct network *next;
};

struct net_trust {
    struct network *first;
};

struct net_trust *net_trust_new(void)
{
    return memory_new(sizeof(struct net_trust));
}

void net_trust_free(struct net_trust *trust)
{
    if (trust == NULL)
        return;
    while (trust->first != NULL) {
        struct network *network = trust->first;
        trust->first = network->next;
        free(network);
    }
    free(trust);
}

/* An IPv4 address in IPv6 clothes becomes one. */
static void network_unmap(struct network *network)
{
    static const unsigned char prefix[MAPPED_BITS / 8] = { [10] = 0xff, [11] = 0xff };
    if (network->family != AF_INET6 || network->bits < MAPPED_BITS ||
        memcmp(network->bytes, prefix, sizeof prefix) != 0)
        return;
    network->family = AF_INET;
    network->bits -= MAPPED_BITS;
    memmove(network->bytes, network->bytes + sizeof prefix, IPV4_BITS / 8);
}

static bool bit_is_set(const unsigned char *bytes, unsigned bit)
{
    return (bytes[bit / 8] >> (7 - bit % 8) & 1) != 0;
}

static int network_parse(const char *text, struct network *network_out, struct fault *fault)
{
    memset(network_out, 0, sizeof *network_out);
    if (strcmp(text, "unix") == 0) {
        network_out->family = AF_UNIX;
        return 0;
    }
    struct span length = span_text(text);
    struct span host = span_cut(&length, '/');
    bool is_bracketed = host.size >= 2 && host.data[0] == '[' && host.data[host.size - 1] == ']';
    if (is_bracketed)
        host = span_slice(host, 1, host.size - 2);
    network_out->family = is_bracketed ? AF_INET6 : AF_INET;
    unsigned most = is_bracketed ? IPV6_BITS : IPV4_BITS;

    char literal[INET6_ADDRSTRLEN];
    if (!span_copy(host, literal, sizeof literal) || inet_pton(network_out->family, literal, network_out->bytes) != 1)
        return fault_set(fault, EINVAL,
                         "this is no network; write \"127.0.0.0/8\", \"10.1.2.3\", \"[2001:db8::]/32\" or \"unix\"");
    uint64_t bits = most;
    if (length.data != NULL && (!span_number(length, &bits) || bits > most))
        return fault_set(fault, EINVAL, "behind the / stands a number from 0 to %u, as in \"127.0.0.0/8\"", most);
    network_out->bits = (unsigned)bits;
    /* "10.1.2.3/8" may mean 10.1.2.3 or 10.0.0.0/8: whom to trust is not to be guessed. */
    for (unsigned bit = network_out->bits; bit < most; bit++)
        if (bit_is_set(network_out->bytes, bit))
            return fault_set(fault, EINVAL, "the address has bits behind its first %u: write 0 there, or omit the /%u",
                             network_out->bits, network_out->bits);
    network_unmap(network_out);
    return 0;
}

int net_trust_add(struct net_trust *trust, const char *text, struct fault *fault)
{
    struct network parsed;
    if (network_parse(text, &parsed, fault) != 0)
        return -1;
    struct network *network = memory_new(sizeof *network);
    *network = parsed;
    network->next = trust->first;
    trust->first = network;
    return 0;
}

static bool network_has(const struct network *network, const struct network *peer)
{
    if (network->family != peer->family)
        return false;
    for (unsigned bit = 0; bit < network->bits; bit++)
        if (bit_is_set(network->bytes, bit) != bit_is_set(peer->bytes, bit))
            return false;
    return true;
}

bool net_trust_has(const struct net_trust *trust, const struct sockaddr_storage *peer)
{
    struct network who = { .family = peer->ss_family };
    if (peer->ss_family == AF_INET) {
        memcpy(who.bytes, &((const struct sockaddr_in *)peer)->sin_addr, IPV4_BITS / 8);
        who.bits = IPV4_BITS;
    } else if (peer->ss_family == AF_INET6) {
        memcpy(who.bytes, &((const struct sockaddr_in6 *)peer)->sin6_addr, IPV6_BITS / 8);
        who.bits = IPV6_BITS;
    }
    network_unmap(&who);
    for (const struct network *network = trust != NULL ? trust->first : NULL; network != NULL; network = network->next)
        if (network_has(network, &who))
            return true;
    return false;
}

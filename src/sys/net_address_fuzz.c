#include "sys/net.h"

#include "base/span.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is accepted says the same again when it is written and read once more. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[2 * NET_TEXT_SIZE];
    (void)span_copy(span_of(data, size), text, sizeof text);

    struct fault fault = { 0 };
    struct net_address address;
    struct net_trust *trust = net_trust_new();
    struct sockaddr_storage peer = { .ss_family = AF_INET6 };
    if (net_trust_add(trust, text, &fault) != 0)
        assert(fault.code != 0);
    (void)net_trust_has(trust, &peer);
    net_trust_free(trust);

    if (net_address_parse(text, &address, &fault) != 0) {
        assert(fault.code != 0);
        return 0;
    }
    assert(address.host[0] != '\0' && (address.family == NET_UNIX || address.port != 0));
    char written[NET_TEXT_SIZE];
    struct net_address again;
    net_address_text(&address, written);
    assert(net_address_parse(written, &again, &fault) == 0);
    assert(again.family == address.family && again.port == address.port && strcmp(again.host, address.host) == 0);
    return 0;
}

/* Where a message comes from: what we see ourselves, or what a trusted client tells by the PROXY protocol (for the
 * connection), XCLIENT (for the session; relayed to the next hop, which has to offer it) or XFORWARD (for one message).
 */
#include "gate/smtp.h"

#include "base/memory.h"
#include "proto/proxy_header.h"
#include "proto/smtp_command.h"
#include "sys/log.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    enum xforward_attribute attribute;
    size_t offset;
} places[] = {
    { XFORWARD_NAME, offsetof(struct origin, name) },     { XFORWARD_ADDR, offsetof(struct origin, address) },
    { XFORWARD_PORT, offsetof(struct origin, port) },     { XFORWARD_PROTO, offsetof(struct origin, protocol) },
    { XFORWARD_HELO, offsetof(struct origin, helo) },     { XFORWARD_IDENT, offsetof(struct origin, queue_id) },
    { XFORWARD_SOURCE, offsetof(struct origin, source) },
};
static_assert((int)XFORWARD_VALUE_SIZE == (int)ORIGIN_VALUE_SIZE, "a value fits where it goes");

static void origin_take(struct smtp_origin *origin, const struct xforward_values *values)
{
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct span value = values->values[places[i].attribute];
        if (value.data == NULL)
            continue;
        xforward_value(places[i].attribute, value, (char *)&origin->values + places[i].offset);
        origin->given |= 1U << places[i].attribute;
    }
}

static int proxy_header_read(struct smtp *smtp, struct proxy_header *header_out, struct fault *fault)
{
    char bytes[PROXY_HEADER_LIMIT];
    size_t size = 0;
    int result = 0;
    stream_set_deadline(smtp->stream, deadline_in(smtp->settings->client_timeout_ms));
    while ((result = proxy_header_parse(span_of(bytes, size), header_out, fault)) == 0) {
        if (stream_read_exact(smtp->stream, bytes + size, header_out->missing) != 0) {
            *fault = *stream_fault(smtp->stream);
            return -1;
        }
        size += header_out->missing;
    }
    return result == 1 ? 0 : -1;
}

/* Whoever the proxy speaks for has to be trusted by himself to say XFORWARD or XCLIENT: what he says is passed on as it
 * is. */
int smtp_hear_proxy(struct smtp *smtp)
{
    struct proxy_header header;
    struct fault fault;
    int result = -1;
    if (!smtp->session->is_trusted)
        (void)fault_set(&fault, EPERM, "the client is not trusted to speak the PROXY protocol");
    else
        result = proxy_header_read(smtp, &header, &fault);
    if (result != 0)
        smtp_log_refusal(smtp, "PROXY", NULL, fault.text);
    if (result != 0 || !header.has_peer)
        return result;
    smtp->session->peer = header.peer;
    smtp->session->is_trusted = net_trust_has(smtp->session->listener->trust, &header.peer);
    return 0;
}

/* A Unix socket has no address: that stays unknown. An IPv4 address in IPv6 clothes is written as what it is. */
static void origin_of_peer(const struct sockaddr_storage *peer, struct origin *origin)
{
    const struct sockaddr_in *four = (const struct sockaddr_in *)peer;
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)peer;
    const void *address = NULL;
    bool is_mapped = peer->ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&six->sin6_addr);
    if (peer->ss_family == AF_INET)
        address = &four->sin_addr;
    else if (peer->ss_family == AF_INET6)
        address = is_mapped ? &six->sin6_addr.s6_addr[12] : six->sin6_addr.s6_addr;
    if (address == NULL)
        return;
    int family = is_mapped ? AF_INET : peer->ss_family;
    if (inet_ntop(family, address, origin->address, sizeof origin->address) == NULL)
        origin->address[0] = '\0';
    unsigned port = ntohs(peer->ss_family == AF_INET ? four->sin_port : six->sin6_port);
    (void)snprintf(origin->port, sizeof origin->port, "%u", port);
}

/* RFC 3848. */
static void origin_of_hello(const struct smtp *smtp, struct origin *origin, unsigned given)
{
    bool is_tls = stream_tls_text(smtp->stream)[0] != '\0';
    const char *protocol = smtp->is_lmtp ? "LMTP" : smtp->is_extended ? "ESMTP" : "SMTP";
    if ((given & 1U << XFORWARD_PROTO) == 0)
        (void)snprintf(origin->protocol, sizeof origin->protocol, "%s%s", protocol, is_tls ? "S" : "");
    if ((given & 1U << XFORWARD_HELO) == 0)
        (void)snprintf(origin->helo, sizeof origin->helo, "%s", smtp->hello != NULL ? smtp->hello : "");
}

void smtp_fill_origin(const struct smtp *smtp, struct origin *origin_out)
{
    *origin_out = (struct origin){ 0 };
    if (smtp->xforward != NULL) { /* what it does not name is unknown: our client's own address would mislead */
        *origin_out = smtp->xforward->values;
    } else if (smtp->xclient != NULL) {
        *origin_out = smtp->xclient->values;
        origin_of_hello(smtp, origin_out, smtp->xclient->given);
    } else {
        origin_of_peer(&smtp->session->peer, origin_out);
        origin_of_hello(smtp, origin_out, 0);
    }
}

void smtp_forget_origin(struct smtp *smtp)
{
    free(smtp->xforward);
    smtp->xforward = NULL;
    free(smtp->xclient);
    smtp->xclient = NULL;
    buf_fini(&smtp->xclient_line);
}

static bool smtp_parse_values(struct smtp *smtp, enum xforward_command command, struct span arguments,
                              struct xforward_values *values_out)
{
    const char *reply = NULL;
    if (!smtp->session->is_trusted)
        reply = "550 5.7.0 Only trusted clients may say this";
    else
        (void)xforward_parse(command, arguments, values_out, &reply);
    if (reply != NULL)
        smtp_mistake(smtp, reply);
    return reply == NULL;
}

void smtp_xforward(struct smtp *smtp, struct span arguments)
{
    struct xforward_values values;
    if (!smtp_parse_values(smtp, XFORWARD_COMMAND, arguments, &values))
        return;
    if (smtp->xforward == NULL)
        smtp->xforward = memory_new(sizeof *smtp->xforward);
    origin_take(smtp->xforward, &values);
    smtp_reply(smtp, "250 2.0.0 Ok");
}

/* Adds what the next hop takes to the line that it will be told; several commands become one line. */
static void xclient_line_add(struct buf *line, const struct xforward_values *values, const char *takers_list)
{
    for (int i = 0; i < XFORWARD_ATTRIBUTES; i++) {
        const char *name = xforward_attribute_text((enum xforward_attribute)i);
        struct span value = values->values[i];
        if (value.data == NULL || !ehlo_has_attribute(takers_list, name))
            continue;
        if (line->size == 0)
            buf_put_text(line, "XCLIENT");
        buf_printf(line, " %s=%.*s", name, (int)value.size, value.data);
    }
}

/* Success takes the dialogue back to the greeting. */
void smtp_xclient(struct smtp *smtp, struct span arguments)
{
    struct xforward_values values;
    struct hop_abilities hop;
    struct fault fault;
    if (!smtp_parse_values(smtp, XCLIENT_COMMAND, arguments, &values))
        return;
    if (!smtp->offers_xclient) {
        smtp_mistake(smtp, "550 5.7.0 The next hop does not take XCLIENT");
        return;
    }
    if (hop_pool_abilities(smtp->session->listener->hops, smtp_hop_deadline(smtp), &hop, &fault) != 0) {
        smtp_reply(smtp, "451 4.4.1 The next hop can't be reached");
        return;
    }
    if (smtp->xclient == NULL) {
        smtp->xclient = memory_new(sizeof *smtp->xclient);
        origin_of_peer(&smtp->session->peer, &smtp->xclient->values);
        buf_init(&smtp->xclient_line, SMTP_LINE_LIMIT);
    }
    xclient_line_add(&smtp->xclient_line, &values, hop.xclient);
    if (buf_overflowed(&smtp->xclient_line)) {
        smtp_mistake(smtp, "501 5.5.4 Too many attributes");
        smtp_forget_origin(smtp);
        return;
    }
    origin_take(smtp->xclient, &values);
    smtp_forget_hello(smtp);
    smtp_say_ready(smtp);
}

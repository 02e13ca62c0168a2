#include "proto/xforward.h"

#include "proto/xtext.h"

#include <arpa/inet.h>
#include <assert.h>
#include <string.h>

enum { XFORWARD_PROTO_LIMIT = 64, XFORWARD_MOST_PORT = 65535 };

static bool is_unavailable(struct span value)
{
    return span_is_nocase(value, "[UNAVAILABLE]") || span_is_nocase(value, "[TEMPUNAVAIL]");
}

static bool is_any(struct span value)
{
    return value.size > 0;
}

static struct span without_ipv6_prefix(struct span value)
{
    return span_starts_with_nocase(value, "IPV6:") ? span_from(value, 5) : value;
}

static bool is_address(struct span value)
{
    unsigned char address[16];
    char text[INET6_ADDRSTRLEN];
    bool is_ipv6 = span_starts_with_nocase(value, "IPV6:");
    return span_copy(without_ipv6_prefix(value), text, sizeof text) &&
           inet_pton(is_ipv6 ? AF_INET6 : AF_INET, text, address) == 1;
}

static bool is_port(struct span value)
{
    uint64_t port = 0;
    return span_number(value, &port) && port <= XFORWARD_MOST_PORT;
}

static bool is_protocol(struct span value)
{
    return value.size > 0 && value.size <= XFORWARD_PROTO_LIMIT;
}

static bool is_source(struct span value)
{
    return span_is_nocase(value, "LOCAL") || span_is_nocase(value, "REMOTE");
}

enum { OF_XFORWARD = 1U << XFORWARD_COMMAND, OF_XCLIENT = 1U << XCLIENT_COMMAND };

static const struct {
    const char *text;
    unsigned commands;
    bool (*is_valid)(struct span decoded);
} rows[] = {
    [XFORWARD_NAME] = { "NAME", OF_XFORWARD | OF_XCLIENT, is_any },
    [XFORWARD_ADDR] = { "ADDR", OF_XFORWARD | OF_XCLIENT, is_address },
    [XFORWARD_PORT] = { "PORT", OF_XFORWARD | OF_XCLIENT, is_port },
    [XFORWARD_PROTO] = { "PROTO", OF_XFORWARD | OF_XCLIENT, is_protocol },
    [XFORWARD_HELO] = { "HELO", OF_XFORWARD | OF_XCLIENT, is_any },
    [XFORWARD_IDENT] = { "IDENT", OF_XFORWARD, is_any },
    [XFORWARD_SOURCE] = { "SOURCE", OF_XFORWARD, is_source },
    [XFORWARD_LOGIN] = { "LOGIN", OF_XCLIENT, is_any },
    [XFORWARD_DESTADDR] = { "DESTADDR", OF_XCLIENT, is_address },
    [XFORWARD_DESTPORT] = { "DESTPORT", OF_XCLIENT, is_port },
};
static_assert(sizeof rows / sizeof rows[0] == XFORWARD_ATTRIBUTES, "one row for each attribute");

const char *xforward_attribute_text(enum xforward_attribute attribute)
{
    return rows[attribute].text;
}

bool xforward_has_attribute(enum xforward_command command, enum xforward_attribute attribute)
{
    return (rows[attribute].commands & 1U << command) != 0;
}

/* XFORWARD_ATTRIBUTES where the command has none of this name. */
static size_t attribute_find(enum xforward_command command, struct span name)
{
    for (size_t i = 0; i < XFORWARD_ATTRIBUTES; i++) {
        if (xforward_has_attribute(command, (enum xforward_attribute)i) && span_is_nocase(name, rows[i].text))
            return i;
    }
    return XFORWARD_ATTRIBUTES;
}

static bool value_is_valid(enum xforward_attribute attribute, struct span value)
{
    if (is_unavailable(value))
        return true;
    struct buf decoded;
    buf_init(&decoded, value.size);
    bool is_valid = xtext_decode(value, &decoded) && rows[attribute].is_valid(buf_span(&decoded));
    buf_fini(&decoded);
    return is_valid;
}

int xforward_parse(enum xforward_command command, struct span arguments, struct xforward_values *values_out,
                   const char **reply_out)
{
    *values_out = (struct xforward_values){ 0 };
    arguments = span_trim(arguments);
    *reply_out = "501 5.5.4 Attributes are missing";
    if (arguments.size == 0)
        return -1;
    while (arguments.size > 0) {
        struct span value = span_cut(&arguments, ' ');
        if (value.size == 0)
            continue;
        struct span name = span_cut(&value, '=');
        size_t attribute = attribute_find(command, name);
        *reply_out = "501 5.5.4 Bad attribute name";
        if (attribute == XFORWARD_ATTRIBUTES)
            return -1;
        *reply_out = "501 5.5.4 Bad attribute value";
        if (!value_is_valid((enum xforward_attribute)attribute, value))
            return -1;
        values_out->values[attribute] = value;
    }
    *reply_out = NULL;
    return 0;
}

static bool is_harmless(char c)
{
    return c > 0x20 && c < 0x7f && strchr("<>()\\\";@", c) == NULL;
}

static bool is_address_attribute(enum xforward_attribute attribute)
{
    return attribute == XFORWARD_ADDR || attribute == XFORWARD_DESTADDR;
}

void xforward_value(enum xforward_attribute attribute, struct span value, char value_out[XFORWARD_VALUE_SIZE])
{
    value_out[0] = '\0';
    if (is_unavailable(value))
        return;
    struct buf decoded;
    buf_init(&decoded, value.size);
    (void)xtext_decode(value, &decoded);
    struct span meaning = buf_span(&decoded);
    if (is_address_attribute(attribute))
        meaning = without_ipv6_prefix(meaning);
    (void)span_copy(meaning, value_out, XFORWARD_VALUE_SIZE);
    buf_fini(&decoded);
    for (char *c = value_out; *c != '\0'; c++) {
        if (!is_harmless(*c))
            *c = '?';
    }
}

void xforward_put(enum xforward_attribute attribute, const char *value, struct buf *text_out)
{
    buf_printf(text_out, " %s=", rows[attribute].text);
    if (value[0] == '\0') {
        buf_put_text(text_out, "[UNAVAILABLE]");
        return;
    }
    if (is_address_attribute(attribute) && strchr(value, ':') != NULL)
        buf_put_text(text_out, "IPV6:");
    xtext_encode(span_text(value), text_out);
}

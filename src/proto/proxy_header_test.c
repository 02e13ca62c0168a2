#include "proto/proxy_header.h"

#include "base/test.h"
#include "sys/net.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#define BYTES(text) text, sizeof(text) - 1
#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define IPV4_BLOCK "\xc0\x00\x02\x01\xc6\x33\x64\x01\x12\x67\x00\x19" /* 192.0.2.1, 198.51.100.1, 4711, 25 */
#define IPV6_ADDRESS(last) "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0" last
#define IPV6_BLOCK IPV6_ADDRESS("\x01") IPV6_ADDRESS("\x02") "\x12\x67\x00\x19"
#define TLV "\x04\x00\x03\x61\x62\x63"

static const struct row {
    const char *name;
    const char *bytes;
    size_t size;
    const char *peer; /* NULL: the connection's own */
} rows[] = {
    { "version 1, IPv4", BYTES("PROXY TCP4 192.0.2.1 198.51.100.1 4711 25\r\n"), "192.0.2.1:4711" },
    { "version 1, IPv6", BYTES("PROXY TCP6 2001:db8::1 2001:db8::2 4711 25\r\n"), "[2001:db8::1]:4711" },
    { "version 1, the longest IPv6",
      BYTES(
          "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n"),
      "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535" },
    { "version 1, port 0", BYTES("PROXY TCP4 192.0.2.1 198.51.100.1 0 25\r\n"), "192.0.2.1:0" },
    { "version 1, unknown", BYTES("PROXY UNKNOWN\r\n"), NULL },
    { "version 1, unknown with the rest",
      BYTES("PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 "
            "65535\r\n"),
      NULL },
    { "version 1, unknown with a bare CR", BYTES("PROXY UNKNOWN a\rb\r\r\n"), NULL },
    { "version 2, IPv4", BYTES(SIGNATURE "\x21\x11\x00\x0c" IPV4_BLOCK), "192.0.2.1:4711" },
    { "version 2, IPv4 over UDP", BYTES(SIGNATURE "\x21\x12\x00\x0c" IPV4_BLOCK), "192.0.2.1:4711" },
    { "version 2, IPv6", BYTES(SIGNATURE "\x21\x21\x00\x24" IPV6_BLOCK), "[2001:db8::1]:4711" },
    { "version 2, IPv4 with more", BYTES(SIGNATURE "\x21\x11\x00\x12" IPV4_BLOCK TLV), "192.0.2.1:4711" },
    { "version 2, IPv6 with more", BYTES(SIGNATURE "\x21\x21\x00\x2a" IPV6_BLOCK TLV), "[2001:db8::1]:4711" },
    { "version 2, local", BYTES(SIGNATURE "\x20\x00\x00\x00"), NULL },
    { "version 2, local with addresses", BYTES(SIGNATURE "\x20\x11\x00\x0c" IPV4_BLOCK), NULL },
    { "version 2, unspecified", BYTES(SIGNATURE "\x21\x00\x00\x00"), NULL },
    { "version 2, unspecified with more", BYTES(SIGNATURE "\x21\x00\x00\x06" TLV), NULL },
    { "version 2, an unspecified transport", BYTES(SIGNATURE "\x21\x10\x00\x0c" IPV4_BLOCK), NULL },
};

static void check_peer(const struct proxy_header *header, const char *peer)
{
    char text[NET_TEXT_SIZE] = "";
    CHECK(header->has_peer == (peer != NULL));
    if (peer == NULL)
        return;
    net_peer_text(&header->peer, text);
    CHECK(strcmp(text, peer) == 0);
}

/* As a session does: reads as much as is missing, and so never anything of what follows. */
static int read_header(struct span arriving, struct proxy_header *header_out, size_t *size_out, struct fault *fault)
{
    char bytes[PROXY_HEADER_LIMIT];
    size_t size = 0;
    int result = 0;
    while ((result = proxy_header_parse(span_of(bytes, size), header_out, fault)) == 0) {
        CHECK(header_out->missing > 0 && size + header_out->missing <= sizeof bytes);
        if (size + header_out->missing > arriving.size)
            break;
        memcpy(bytes + size, arriving.data + size, header_out->missing);
        size += header_out->missing;
    }
    *size_out = size;
    return result;
}

static void test_headers(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].name);
        struct fault fault = { 0 };
        struct proxy_header header;
        size_t size = 0;
        CHECK(proxy_header_parse(span_of(rows[i].bytes, rows[i].size), &header, &fault) == 1);
        CHECK(header.size == rows[i].size);
        check_peer(&header, rows[i].peer);

        char with_more[PROXY_HEADER_LIMIT];
        memcpy(with_more, rows[i].bytes, rows[i].size);
        struct span more = span_text("\r\nEHLO x\r\n");
        memcpy(with_more + rows[i].size, more.data, more.size);
        struct span arriving = span_of(with_more, rows[i].size + more.size);
        CHECK(proxy_header_parse(arriving, &header, &fault) == 1 && header.size == rows[i].size);
        CHECK(read_header(arriving, &header, &size, &fault) == 1 && size == rows[i].size);
        check_peer(&header, rows[i].peer);

        for (size_t cut = 0; cut < rows[i].size; cut++) {
            CHECK(proxy_header_parse(span_of(rows[i].bytes, cut), &header, &fault) == 0);
            CHECK(header.missing > 0 && cut + header.missing <= rows[i].size);
        }
    }
}

static void test_what_is_none(void)
{
    static const struct {
        const char *name;
        const char *bytes;
        size_t size;
    } wrong[] = {
        { "SMTP", BYTES("EHLO mx.example\r\n") },
        { "lower case", BYTES("proxy TCP4 192.0.2.1 198.51.100.1 4711 25\r\n") },
        { "another word", BYTES("PROXYTCP4 192.0.2.1 198.51.100.1 4711 25\r\n") },
        { "another protocol", BYTES("PROXY TCP5 192.0.2.1 198.51.100.1 4711 25\r\n") },
        { "two spaces", BYTES("PROXY TCP4  192.0.2.1 198.51.100.1 4711 25\r\n") },
        { "a space at the end", BYTES("PROXY TCP4 192.0.2.1 198.51.100.1 4711 25 \r\n") },
        { "no ports", BYTES("PROXY TCP4 192.0.2.1 198.51.100.1\r\n") },
        { "no second port", BYTES("PROXY TCP4 192.0.2.1 198.51.100.1 4711\r\n") },
        { "a port with a zero in front", BYTES("PROXY TCP4 192.0.2.1 198.51.100.1 04711 25\r\n") },
        { "a port that is too high", BYTES("PROXY TCP4 192.0.2.1 198.51.100.1 65536 25\r\n") },
        { "a negative port", BYTES("PROXY TCP4 192.0.2.1 198.51.100.1 -1 25\r\n") },
        { "IPv6 as IPv4", BYTES("PROXY TCP4 ::1 ::1 4711 25\r\n") },
        { "IPv4 as IPv6", BYTES("PROXY TCP6 192.0.2.1 198.51.100.1 4711 25\r\n") },
        { "a wrong address", BYTES("PROXY TCP4 192.0.2.256 198.51.100.1 4711 25\r\n") },
        { "a wrong destination", BYTES("PROXY TCP4 192.0.2.1 mx.example 4711 25\r\n") },
        { "a NUL", BYTES("PROXY TCP4 192.0.2.1\0 198.51.100.1 4711 25\r\n") },
        { "a bare LF", BYTES("PROXY TCP4 192.0.2.1 198.51.100.1 4711 25\nEHLO\r\n") },
        { "no end within 107 bytes", BYTES("PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
                                           "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535"
                                           " \r\n") },
        { "version 1 in version 2", BYTES(SIGNATURE "\x11\x11\x00\x0c" IPV4_BLOCK) },
        { "version 3", BYTES(SIGNATURE "\x31\x11\x00\x0c" IPV4_BLOCK) },
        { "another command", BYTES(SIGNATURE "\x22\x11\x00\x0c" IPV4_BLOCK) },
        { "another family", BYTES(SIGNATURE "\x21\x41\x00\x0c" IPV4_BLOCK) },
        { "another transport", BYTES(SIGNATURE "\x21\x13\x00\x0c" IPV4_BLOCK) },
        { "too short for IPv4", BYTES(SIGNATURE "\x21\x11\x00\x0b" IPV4_BLOCK) },
        { "too short for IPv6", BYTES(SIGNATURE "\x21\x21\x00\x23" IPV6_BLOCK) },
        { "too short for Unix", BYTES(SIGNATURE "\x21\x31\x00\x0c" IPV4_BLOCK) },
        { "a broken signature", BYTES("\r\n\r\n\0\r\nQUIT\r\x21\x11\x00\x0c" IPV4_BLOCK) },
        { "far too long", BYTES(SIGNATURE "\x21\x11\xff\xff") },
        { "one byte too long", BYTES(SIGNATURE "\x20\x00\x02\x09") },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        test_context(wrong[i].name);
        struct fault fault = { 0 };
        struct proxy_header header;
        size_t size = 0;
        CHECK(proxy_header_parse(span_of(wrong[i].bytes, wrong[i].size), &header, &fault) == -1 && fault.code != 0);
        CHECK(read_header(span_of(wrong[i].bytes, wrong[i].size), &header, &size, &fault) == -1);
        CHECK(!header.has_peer);
    }
}

static void test_the_first_byte(void)
{
    struct proxy_header header;
    struct fault fault;
    test_context("the first byte tells");
    CHECK(proxy_header_parse(span_text("Q"), &header, &fault) == -1 && fault.code == EPROTO);
    CHECK(proxy_header_parse(span_text("P"), &header, &fault) == 0 && header.missing == 14);
    CHECK(proxy_header_parse(span_text("\r"), &header, &fault) == 0 && header.missing == 14);
    CHECK(proxy_header_parse(span_of(NULL, 0), &header, &fault) == 0 && header.missing == 15);
}

static void test_big_headers(void)
{
    char bytes[PROXY_HEADER_LIMIT] = { 0 };
    struct proxy_header header;
    struct fault fault;
    test_context("version 2, Unix");
    memcpy(bytes, SIGNATURE "\x21\x31\x00\xd8", 16);
    memcpy(bytes + 16, "/run/balancer.sock", 18);
    CHECK(proxy_header_parse(span_of(bytes, 16 + 215), &header, &fault) == 0 && header.missing == 1);
    CHECK(proxy_header_parse(span_of(bytes, 16 + 216), &header, &fault) == 1 && header.size == 16 + 216);
    check_peer(&header, "unix");
    struct sockaddr_un un;
    memcpy(&un, &header.peer, sizeof un);
    CHECK(strcmp(un.sun_path, "/run/balancer.sock") == 0);

    test_context("version 2, the longest");
    memcpy(bytes, SIGNATURE "\x21\x11\x02\x08" IPV4_BLOCK, 28);
    CHECK(proxy_header_parse(span_of(bytes, 16), &header, &fault) == 0 && header.missing == PROXY_HEADER_LIMIT - 16);
    CHECK(proxy_header_parse(span_of(bytes, sizeof bytes), &header, &fault) == 1 && header.size == sizeof bytes);
    check_peer(&header, "192.0.2.1:4711");

    test_context("version 2, beyond the limit");
    memcpy(bytes, SIGNATURE "\x21\x11\x02\x09", 16);
    CHECK(proxy_header_parse(span_of(bytes, 16), &header, &fault) == -1 && fault.code == EMSGSIZE);
}

int main(void)
{
    test_headers();
    test_what_is_none();
    test_the_first_byte();
    test_big_headers();
    return test_end();
}

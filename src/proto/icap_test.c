#include "icap.h"

#include "base/test.h"

struct head_row {
    const char *text;
    const char *protocol;
    unsigned status; /* 0: refused */
};

static const struct head_row head_rows[] = {
    { "ICAP/1.0 204 No modifications\r\nISTag: \"x\"\r\n", "ICAP", 204 },
    { "ICAP/1.0 200\r\n", "ICAP", 200 },
    { "ICAP/1.0 539 Aborted - No AV scanning license\n", "ICAP", 539 },
    { "HTTP/1.1 403 Forbidden\r\n", "HTTP", 403 },
    { "HTTP/1.1 403 Forbidden\r\n", "ICAP", 0 },
    { "ICAP/2.0 204 x\r\n", "ICAP", 0 },
    { "ICAP/1.0  204 x\r\n", "ICAP", 0 },
    { "ICAP/1.0 2040 x\r\n", "ICAP", 0 },
    { "ICAP/1.0 20 x\r\n", "ICAP", 0 },
    { "ICAP/1.0 099 x\r\n", "ICAP", 0 },
    { "ICAP/1.0 -04 x\r\n", "ICAP", 0 },
    { "icap/1.0 204 x\r\n", "ICAP", 0 },
    { " ICAP/1.0 204 x\r\n", "ICAP", 0 },
    { "", "ICAP", 0 },
};

static void test_heads(void)
{
    for (size_t i = 0; i < sizeof head_rows / sizeof head_rows[0]; i++) {
        test_context(head_rows[i].text);
        struct icap_head head = { .status = 0 };
        CHECK(icap_head_read(span_text(head_rows[i].text), head_rows[i].protocol, &head) == (head_rows[i].status != 0));
        CHECK(head.status == head_rows[i].status);
    }
    test_context(NULL);
}

static void test_fields(void)
{
    struct icap_head head;
    struct span value;
    CHECK(icap_head_read(
        span_text("ICAP/1.0 200 OK\r\nnonsense\r\n folded nonsense: x\r\n: empty\r\nISTag : \"CI-1\" \r\n"
                  "X-Violations-Found: 1\r\n\teicar.com\r\n\tEICAR Test\r\n\t1\r\n\t2\r\nServer:x"),
        "ICAP", &head));
    CHECK(icap_field_find(head.fields, "istag", &value) && span_is(value, "\"CI-1\""));
    CHECK(icap_field_find(head.fields, "X-Violations-Found", &value) &&
          span_is(value, "1\r\n\teicar.com\r\n\tEICAR Test\r\n\t1\r\n\t2"));
    CHECK(icap_field_find(head.fields, "server", &value) && span_is(value, "x"));
    CHECK(!icap_field_find(head.fields, "folded nonsense", &value) && value.size == 0);
}

struct list_row {
    const char *text;
    size_t count; /* 0: refused */
};

static const struct list_row list_rows[] = {
    { "null-body=0", 1 },
    { "res-hdr=0, res-body=213", 2 },
    { "req-hdr=0, res-hdr=137, res-body=296", 3 },
    { "Res-Hdr = 0,res-body=213", 2 },
    { "res-body=0", 1 },
    { "opt-body=0", 1 },
    { "", 0 },
    { "res-hdr=0", 0 },
    { "res-hdr=1, res-body=2", 0 },
    { "res-hdr=0, res-body=0", 0 },
    { "req-hdr=0, res-hdr=9, res-body=8", 0 },
    { "null-body=0, res-body=9", 0 },
    { "res-hdr=0, res-body=65537", 0 },
    { "res-hdr=0, res-body=-1", 0 },
    { "res-hdr=0, body=12", 0 },
    { "res-hdr=0, req-hdr=1, res-hdr=2, res-body=3", 0 },
};

static void test_lists(void)
{
    for (size_t i = 0; i < sizeof list_rows / sizeof list_rows[0]; i++) {
        test_context(list_rows[i].text);
        struct icap_encapsulated list = { .count = 0 };
        CHECK(icap_encapsulated_read(span_text(list_rows[i].text), &list) == (list_rows[i].count != 0));
        CHECK(list.count == list_rows[i].count);
    }
    test_context(NULL);
}

static void test_chunks(void)
{
    uint64_t size = 0;
    CHECK(icap_chunk_read(span_text("1aF"), &size) && size == 0x1af);
    CHECK(icap_chunk_read(span_text("0; ieof"), &size) && size == 0);
    CHECK(icap_chunk_read(span_text("10 ; name=x"), &size) && size == 16);
    CHECK(icap_chunk_read(span_text("ffffffff"), &size) && size == 0xffffffff);
    CHECK(!icap_chunk_read(span_text("100000000"), &size));
    CHECK(!icap_chunk_read(span_text(""), &size) && !icap_chunk_read(span_text(";x"), &size));
    CHECK(!icap_chunk_read(span_text("-1"), &size) && !icap_chunk_read(span_text("0x1"), &size));
    CHECK(!icap_chunk_read(span_of("0\0", 2), &size));
}

int main(void)
{
    test_heads();
    test_fields();
    test_lists();
    test_chunks();
    return test_end();
}

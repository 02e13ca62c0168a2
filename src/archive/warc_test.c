#include "warc.h"

#include "base/test.h"
#include "unpack/collect.h"

#define HEAD(size) "WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: file://a\r\nContent-Length: " size "\r\n\r\n"

static const struct {
    const char *name;
    const char *content;
    const char *member;
    size_t count;
    size_t notes;
} rows[] = {
    { "one", HEAD("3") "one\r\n\r\n", "one", 1, 0 },
    { "two", HEAD("3") "one\r\n\r\n" HEAD("3") "two\r\n\r\n", "two", 2, 0 },
    { "lines end in LF", "WARC/0.17\ncontent-length: 3\n\none\n\n", "one", 1, 0 },
    { "a reply", HEAD("22") "HTTP/1.1 200 OK\r\n\r\none\r\n\r\n", "one", 2, 0 },
    { "a length too small", HEAD("1") "one\r\n\r\n" HEAD("3") "two\r\n\r\n", "two", 2, 0 },
    { "a length too large", HEAD("999") "one\r\n\r\n" HEAD("3") "two\r\n\r\n", "two", 2, 1 },
    { "no length", "WARC/1.0\r\nWARC-Type: resource\r\n\r\none", "one", 1, 1 },
};

int main(void)
{
    static struct collect collect;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct span content = span_text(rows[i].content);
        test_context(rows[i].name);
        collect_init(&collect);
        collect_read(&collect, warc_read, content);
        CHECK(warc_looks(content));
        CHECK(collect.count == rows[i].count && collect.note_count == rows[i].notes);
        CHECK(collect_find(&collect, span_text(rows[i].member)) != NULL);
        collect_fini(&collect);
    }
    test_context("nothing of it");
    CHECK(!warc_looks(span_text("WARC")) && !warc_looks(span_text("warc/1.0\r\n")));
    return test_end();
}

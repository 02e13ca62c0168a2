#include "plist.h"

#include "base/test.h"
#include "unpack/collect.h"

static struct collect collect;

#define PAYLOAD "the payload, in a property list"
#define HEAD "bplist00\xd1\x01\x02\x5f\x10\x0fWebResourceData"
#define TABLE "\x08\x0b\x1d"
#define TRAILER(table) "\0\0\0\0\0\0\1\1\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" table

static const struct row {
    const char *name;
    struct span content;
    size_t count;
    bool is_damaged;
} rows[] = {
#define ROW(name, content, count, is_damaged)                                                                          \
    {                                                                                                                  \
        (name), { (content), sizeof(content) - 1 }, (count), (is_damaged)                                              \
    }
    ROW("one", HEAD "\x4f\x10\x1f" PAYLOAD TABLE TRAILER("\x3f"), 1, false),
    ROW("longer than the file", HEAD "\x4f\x10\xff" PAYLOAD TABLE TRAILER("\x3f"), 1, false),
    ROW("a size of no integer", HEAD "\x4f\x20\x1f" PAYLOAD TABLE TRAILER("\x3f"), 0, false),
    ROW("a table elsewhere", HEAD "\x4f\x10\x1f" PAYLOAD TABLE TRAILER("\xff"), 0, true),
#undef ROW
};

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].name);
        CHECK(plist_looks(rows[i].content));
        collect_init(&collect);
        collect_read(&collect, plist_read, rows[i].content);
        CHECK(collect.count == rows[i].count);
        CHECK(collect.count == 0 || span_starts_with(buf_span(&collect.members[0].bytes), PAYLOAD));
        CHECK(collect_has_note(&collect, UNPACK_DAMAGED, "trailer") == rows[i].is_damaged);
        collect_fini(&collect);
    }
    CHECK(!plist_looks(span_text("bplist00")));
    return test_end();
}

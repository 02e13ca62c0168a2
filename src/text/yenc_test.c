#include "text/yenc.h"

#include "base/test.h"
#include "unpack/collect.h"

#include <string.h>

static struct collect collect;

#define PAYLOAD "the payload of this test\x13\xd6\xe0\xe3 end"
#define DATA                                                                                                           \
    "\x9e\x92\x8fJ\x9a\x8b\xa3\x96\x99\x8b\x8eJ\x99\x90J\x9e\x92\x93\x9dJ\x9e\x8f\x9d\x9e=}"                           \
    "\r\n=@=J=MJ\x8f\x98\x8e\r\n"

static const struct row {
    const char *content;
    size_t count;
    const char *member;
    const char *name;
    enum unpack_trouble trouble;
    const char *note;
} rows[] = {
    { "", 0, NULL, NULL, 0, NULL },
    { "=ybegin line=128 size=32 name=a b.txt\r\n" DATA "=yend size=32\r\n", 1, PAYLOAD, "a b.txt", 0, NULL },
    { "x\n\n=ybegin line=128 size=32 name=\"a\"\n" DATA "=yend size=32\nbye\n", 1, PAYLOAD, "\"a\"", 0, NULL },
    { "=ybegin line=128 size=32\r\n" DATA "=yend", 1, PAYLOAD, NULL, 0, NULL },
    { "=ybegin line=128 size=32 name=a\r\n" DATA, 1, PAYLOAD, "a", UNPACK_DAMAGED, "no end" },
    { "=ybegin line=128 size=33 name=a\r\n" DATA "=yend", 1, PAYLOAD, "a", UNPACK_DAMAGED, "shorter" },
    { "=ybegin part=1 total=2 line=128 size=64 name=a\r\n=ypart begin=1 end=32\r\n" DATA "=yend", 1, PAYLOAD, "a",
      UNPACK_UNSUPPORTED, "yenc: part 1 of 2" },
    { "=ybegin part=1 total=1 line=128 size=32 name=a\r\n=ypart begin=1 end=32\r\n" DATA "=yend", 1, PAYLOAD, "a", 0,
      NULL },
    { "=ybegin line=128 size=32 name=a\r\n" DATA "=yend\r\n=ybegin line=128 size=32 name=b\r\n" DATA "=yend", 2,
      PAYLOAD, "b", 0, NULL },
    { "=ybegin to write about it\r\n", 0, NULL, NULL, 0, NULL },
    { "see =ybegin line=128 size=32 name=a\r\n", 0, NULL, NULL, 0, NULL },
};

static void check_row(unpack_reader *reader, const struct row *row)
{
    test_context(row->content);
    for (size_t room = 1; room < 40; room++) {
        collect_init(&collect);
        collect.room = room;
        collect_read(&collect, reader, span_text(row->content));
        CHECK(collect.count == row->count);
        if (row->member != NULL)
            CHECK(collect_find(&collect, span_text(row->member)) != NULL);
        if (row->name != NULL)
            CHECK(collect_named(&collect, row->name) != NULL);
        CHECK(collect.note_count == (row->note != NULL));
        if (row->note != NULL)
            CHECK(collect_has_note(&collect, row->trouble, row->note));
        collect_fini(&collect);
    }
    test_context(NULL);
}

int main(void)
{
    static const struct row bare = { DATA, 1, PAYLOAD, NULL, 0, NULL };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check_row(yenc_read, &rows[i]);
    check_row(yenc_bare_read, &bare);
    check_row(yenc_bare_read, &rows[1]);
    CHECK(yenc_looks(span_text(rows[2].content)) && !yenc_looks(span_text("a =ybegin line=128")));
    return test_end();
}

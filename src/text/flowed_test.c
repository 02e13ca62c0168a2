#include "text/flowed.h"

#include "base/test.h"
#include "unpack/collect.h"

#include <stdio.h>
#include <string.h>

static struct collect collect;

static const struct row {
    const char *text;
    const char *kept;    /* NULL: there is nothing to undo */
    const char *deleted; /* with DelSp */
} rows[] = {
    { "", NULL, NULL },
    { "one\r\ntwo\r\n", NULL, NULL },
    { "-- \r\nme\r\n", NULL, NULL },
    { "one \r\ntwo\r\n", "one two\r\n", "onetwo\r\n" },
    { "one \ntwo \nthree", "one two three", "onetwothree" },
    { " From here\r\n  on\r\n", "From here\r\n on\r\n", "From here\r\n on\r\n" },
    { ">one \r\n>two\r\nthree\r\n", ">one two\r\nthree\r\n", ">onetwo\r\nthree\r\n" },
    { ">> one \r\n> two\r\n", NULL, NULL },
    { "one \r\n-- \r\nme\r\n", "one -- \r\nme\r\n", "one-- \r\nme\r\n" },
    { "last \r\n", NULL, NULL },
    { ">> one \r\n> two \r\n>three", ">> one \r\n> two three", ">> one \r\n> twothree" },
};

static void read_deleting(struct unpack *unpack, struct span text)
{
    flowed_read(unpack, text, true);
}

static void read_keeping(struct unpack *unpack, struct span text)
{
    flowed_read(unpack, text, false);
}

static void check(const char *text, unpack_reader *reader, const char *expected)
{
    for (size_t room = 1; room < 20; room++) {
        collect_init(&collect);
        collect.room = room;
        collect_read(&collect, reader, span_text(text));
        CHECK(collect.count == (expected != NULL ? 1U : 0U));
        if (expected != NULL && !CHECK(strcmp(buf_text(&collect.members[0].bytes), expected) == 0))
            (void)fprintf(stderr, "it is \"%s\"\n", buf_text(&collect.members[0].bytes));
        collect_fini(&collect);
    }
}

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].text);
        check(rows[i].text, read_keeping, rows[i].kept);
        check(rows[i].text, read_deleting, rows[i].deleted);
    }
    return test_end();
}

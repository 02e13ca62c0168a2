#include "script.h"

#include "base/test.h"
#include "unpack/collect.h"

#include <string.h>

/* "the payload" by gzip and by xz. */
#define GZIP                                                                                                           \
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x2b\xc9\x48\x55\x28\x48\xac\xcc\xc9\x4f\x4c\x01\x00\xcf"                 \
    "\xc7\x8e\xd7\x0b\x00\x00\x00"
#define XZ                                                                                                             \
    "\xfd\x37\x7a\x58\x5a\x00\x00\x04\xe6\xd6\xb4\x46\x02\x00\x21\x01\x1c\x00\x00\x00\x10\xcf\x58\xcc"                 \
    "\x01\x00\x0a\x74\x68\x65\x20\x70\x61\x79\x6c\x6f\x61\x64\x00\x00\x07\x0c\x0b\x75\x77\x9a\x2c\x23"                 \
    "\x00\x01\x23\x0b\xc2\x1b\xfd\x09\x1f\xb6\xf3\x7d\x01\x00\x00\x00\x00\x04\x59\x5a"

static const struct {
    const char *name;
    struct span content;
    struct span member; /* none: it is no such script */
} rows[] = {
#define ROW(name, before, payload)                                                                                     \
    {                                                                                                                  \
        (name), { before payload, sizeof(before payload) - 1 },                                                        \
        {                                                                                                              \
            (payload), sizeof(payload) - 1                                                                             \
        }                                                                                                              \
    }
#define NONE(name, content)                                                                                            \
    {                                                                                                                  \
        (name), { (content), sizeof(content) - 1 },                                                                    \
        {                                                                                                              \
            NULL, 0                                                                                                    \
        }                                                                                                              \
    }
    ROW("gzip", "#!/bin/sh\ntail -n +3 $0 | gunzip; exit\n", GZIP),
    ROW("xz", "#!/usr/bin/perl\r\nprint 1;\r\n", XZ),
    ROW("the first of two", "#!/bin/sh\n", GZIP "\n" XZ),
    NONE("no script", "tail -n +3 $0 | gunzip; exit\n" GZIP),
    NONE("not at a line's start", "#!/bin/sh\necho " GZIP),
    NONE("nothing behind", "#!/bin/sh\nexit\n"),
    NONE("one line", "#!/bin/sh"),
    NONE("empty", ""),
};

int main(void)
{
    static struct collect collect;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].name);
        collect_init(&collect);
        collect_read(&collect, script_read, rows[i].content);
        size_t count = rows[i].member.size > 0 ? 1 : 0;
        CHECK(script_looks(rows[i].content) == (count > 0));
        CHECK(collect.count == count && collect.note_count == 0);
        CHECK(count == 0 || collect_find(&collect, rows[i].member) != NULL);
        collect_fini(&collect);
    }
    return test_end();
}

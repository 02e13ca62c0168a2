#include "unopened.h"

struct unopened_kind {
    struct span magic;
    const char *name;
};

/* Long enough that nothing else begins so. */
static const struct unopened_kind unopened_kinds[] = {
    { { "\x89LZO\0\r\n\x1a\n", 9 }, "lzop" },
    { { "LRZI\0", 5 }, "lrzip" },
    { { "RZIP\2", 5 }, "rzip" },
    { { "7kSt\xa0\x31\x83\xd3\x8c\xb2\x28\xb0\xd3", 13 }, "zpaq" },
    { { "zPQ\1", 4 }, "zpaq" },
    { { "zPQ\2", 4 }, "zpaq" },
    { { "\xff\6\0\0sNaPpY", 10 }, "snappy" },
    { { "\xff\6\0\0S2sTwO", 10 }, "S2" },
    { { "\xce\xb2\xcf\x81", 4 }, "brotli" },
    { { "pbzx\0", 5 }, "pbzx" },
};

static const struct unopened_kind *unopened_kind(struct span content)
{
    for (size_t i = 0; i < sizeof unopened_kinds / sizeof unopened_kinds[0]; i++) {
        const struct unopened_kind *kind = &unopened_kinds[i];
        if (span_equal(span_slice(content, 0, kind->magic.size), kind->magic))
            return kind;
    }
    return NULL;
}

bool unopened_looks(struct span content)
{
    return unopened_kind(content) != NULL;
}

void unopened_read(struct unpack *unpack, struct span content)
{
    const struct unopened_kind *kind = unopened_kind(content);
    if (kind != NULL)
        unpack_note(unpack, UNPACK_UNSUPPORTED, "%s: a format that is not unpacked", kind->name);
}

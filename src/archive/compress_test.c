#include "compress.h"

#include "sample.h"

#define ONE "the payload, part one; "
#define TWO "the payload, part two. And more of it follows here."

static void test_compress(void)
{
    static const struct sample rows[] = {
        { .name = "one", .base64 = "H52QdNCUAQEnTB42b8KQYUEwjBw6IN64KbMDBA==", .members = { { NULL, ONE } } },
        { .name = "8 bytes cut off", .base64 = "H52QdNCUAQEnTB42b8KQYUEwjBw6IN64KbMDBA==", .cut = 8, .count = 1 },
        { .name = "corrupt",
          .base64 = "H52QdNCUAQEnTB42b8KQYUEwjBw6IN64KbMDBA==",
          .flip = 4,
          .count = 1,
          .note = "corrupt",
          .trouble = UNPACK_DAMAGED },
    };
    static const struct span others[] = { { "\x1f\x9d\x08\0", 4 }, { "\x1f\x9d\x11\0", 4 } };
    sample_check_others(others, sizeof others / sizeof others[0], compress_looks);
    sample_check(rows, sizeof rows / sizeof rows[0], compress_looks, compress_read);
}

int main(void)
{
    test_compress();
    return test_end();
}

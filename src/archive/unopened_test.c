#include "unopened.h"

#include "sample.h"

static void test_unopened(void)
{
    static const struct sample rows[] = {
        { .name = "lzop", .base64 = "iUxaTwANChoKEA==", .note = "lzop", .trouble = UNPACK_UNSUPPORTED },
        { .name = "lrzip", .base64 = "TFJaSQAG", .note = "lrzip", .trouble = UNPACK_UNSUPPORTED },
    };
    static const struct span others[] = { { "LRZI is a name", 14 }, { "", 0 } };
    sample_check_others(others, sizeof others / sizeof others[0], unopened_looks);
    sample_check(rows, sizeof rows / sizeof rows[0], unopened_looks, unopened_read);
}

int main(void)
{
    test_unopened();
    return test_end();
}

#include "pack.h"

#include "sample.h"

#define ONE "the payload, part one; "
#define TWO "the payload, part two. And more of it follows here."

static void test_pack(void)
{
    static const struct sample rows[] = {
        { .name = "one",
          .base64 = "Hx4AAAAXBQAAAgsAIGE7ZGVobG5vcHJ0eSykPR7V+QNHms7GOCA=",
          .members = { { NULL, ONE } } },
        { .name = "another",
          .base64 =
              "Hx4AAABKBgAAAgcHBCBvYWVobHBydCwuZGZud3k7QWltc7dtKpjqUelavc7Aa3bSqY6lHpWr1o5MCcuD9NubBXjeI6BM7UxBQA==",
          .members = { { NULL, ONE TWO } } },
        { .name = "cut",
          .base64 =
              "Hx4AAABKBgAAAgcHBCBvYWVobHBydCwuZGZud3k7QWltc7dtKpjqUelavc7Aa3bSqY6lHpWr1o5MCcuD9NubBXjeI6BM7UxBQA==",
          .cut = 4,
          .count = 1,
          .note = "cut short",
          .trouble = UNPACK_DAMAGED },
        { .name = "a wrong size",
          .base64 = "Hx4AAAAXBQAAAgsAIGE7ZGVobG5vcHJ0eSykPR7V+QNHms7GOCA=",
          .flip = 5,
          .members = { { NULL, ONE } },
          .note = "wrong size",
          .trouble = UNPACK_DAMAGED },
    };
    static const struct span others[] = { { "\x1f\x1e\0\0\0\5\3\0\0\0\0\0", 12 }, { "\x1f\x1e is no pack", 12 } };
    sample_check_others(others, sizeof others / sizeof others[0], pack_looks);
    sample_check(rows, sizeof rows / sizeof rows[0], pack_looks, pack_read);
}

int main(void)
{
    test_pack();
    return test_end();
}

#include "lz4.h"

#include "sample.h"

#define ONE "the payload, part one; "
#define TWO "the payload, part two. And more of it follows here."

static void test_lz4(void)
{
    static const struct sample rows[] = {
        { .name = "one",
          .base64 = "BCJNGGRApxcAAIB0aGUgcGF5bG9hZCwgcGFydCBvbmU7IAAAAAA8OVlz",
          .members = { { NULL, ONE } } },
        { .name = "three frames",
          .base64 =
              "BCJNGGRApxcAAIB0aGUgcGF5bG9hZCwgcGFydCBvbmU7IAAAAAA8OVlzAiFMGBkAAADwCHRoZSBwYXlsb2FkLCBwYXJ0IG9uZTsg"
              "UCpNGBQAAAB3aGF0IGlzIHNraXBwZWQgaGVyZQQiTRh0QL0zAACAdGhlIHBheWxvYWQsIHBhcnQgdHdvLiBBbmQgbW9yZSBvZiBp"
              "dCBmb2xsb3dzIGhlcmUuXj7HnAAAAABePsec",
          .members = { { NULL, ONE ONE TWO }, { NULL, ONE }, { NULL, TWO }, { NULL, "what is skipped here" } },
          .count = 5 },
        { .name = "legacy", .base64 = "AiFMGBkAAADwCHRoZSBwYXlsb2FkLCBwYXJ0IG9uZTsg", .members = { { NULL, ONE } } },
        { .name = "legacy, cut",
          .base64 = "AiFMGBkAAADwCHRoZSBwYXlsb2FkLCBwYXJ0IG9uZTsg",
          .cut = 3,
          .count = 1,
          .note = "cut short",
          .trouble = UNPACK_DAMAGED },
        { .name = "a wrong check sum",
          .base64 = "BCJNGGRApxcAAIB0aGUgcGF5bG9hZCwgcGFydCBvbmU7IAAAAAA8OVlz",
          .flip = 40,
          .members = { { NULL, ONE } },
          .count = 2,
          .note = "wrong check sum",
          .trouble = UNPACK_DAMAGED },
        { .name = "a wrong check sum of a block",
          .base64 =
              "BCJNGHRAvTMAAIB0aGUgcGF5bG9hZCwgcGFydCB0d28uIEFuZCBtb3JlIG9mIGl0IGZvbGxvd3MgaGVyZS5ePsecAAAAAF4+x5w=",
          .flip = 63,
          .members = { { NULL, TWO } },
          .count = 2,
          .note = "wrong check sum",
          .trouble = UNPACK_DAMAGED },
        { .name = "cut",
          .base64 = "BCJNGGRApxcAAIB0aGUgcGF5bG9hZCwgcGFydCBvbmU7IAAAAAA8OVlz",
          .cut = 2,
          .members = { { NULL, ONE } },
          .note = "cut short",
          .trouble = UNPACK_DAMAGED },
    };
    static const struct span others[] = { { "\x04\x22\x4d", 3 } };
    sample_check_others(others, sizeof others / sizeof others[0], lz4_looks);
    sample_check(rows, sizeof rows / sizeof rows[0], lz4_looks, lz4_read);
}

int main(void)
{
    test_lz4();
    return test_end();
}

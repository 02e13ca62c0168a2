#include "bzip2.h"

#include "sample.h"

#define ONE "the payload, part one; "
#define TWO "the payload, part two. And more of it follows here."

static void test_bzip2(void)
{
    static const struct sample rows[] = {
        { .name = "one",
          .base64 = "QlpoOTFBWSZTWRKR05MAAAqZgEAEAAgmRdQgIAAiE9RtRjSEAABA8Iq29NzhSfuAfF3JFOFCQEpHTkw=",
          .members = { { NULL, ONE } } },
        { .name = "two streams",
          .base64 =
              "QlpoOTFBWSZTWRKR05MAAAqZgEAEAAgmRdQgIAAiE9RtRjSEAABA8Iq29NzhSfuAfF3JFOFCQEpHTkxCWmg5MUFZJlNZI51epgAA"
              "FxWAQAUgACdn3KAgAFCmE00BpiEU81TTxTBk0SZdnU7DYZIKMTozt85klSIoDdAEusLWaXLL0XckU4UJAjnV6mA=",
          .members = { { NULL, ONE TWO }, { NULL, ONE }, { NULL, TWO } } },
        { .name = "empty", .base64 = "QlpoORdyRThQkAAAAAA=", .members = { { NULL, "" } } },
        { .name = "a wrong check sum",
          .base64 =
              "QlpoOTFBWSZTWRKR05MAAAqZgEAEAAgmRdQgIAAiE9RtRjSEAABA8Iq29NzhSfuAfF3JFOFCQEpHTkxCWmg5MUFZJlNZI51epgAA"
              "FxWAQAUgACdn3KAgAFCmE00BpiEU81TTxTBk0SZdnU7DYZIKMTozt85klSIoDdAEusLWaXLL0XckU4UJAjnV6mA=",
          .flip = 56,
          .members = { { NULL, ONE TWO }, { NULL, ONE }, { NULL, TWO } },
          .note = "wrong check sum",
          .trouble = UNPACK_DAMAGED },
        { .name = "cut",
          .base64 =
              "QlpoOTFBWSZTWRKR05MAAAqZgEAEAAgmRdQgIAAiE9RtRjSEAABA8Iq29NzhSfuAfF3JFOFCQEpHTkxCWmg5MUFZJlNZI51epgAA"
              "FxWAQAUgACdn3KAgAFCmE00BpiEU81TTxTBk0SZdnU7DYZIKMTozt85klSIoDdAEusLWaXLL0XckU4UJAjnV6mA=",
          .cut = 5,
          .members = { { NULL, ONE } },
          .count = 3,
          .note = "cut short",
          .trouble = UNPACK_DAMAGED },
        { .name = "something behind",
          .base64 =
              "QlpoOTFBWSZTWRKR05MAAAqZgEAEAAgmRdQgIAAiE9RtRjSEAABA8Iq29NzhSfuAfF3JFOFCQEpHTkx0cmFpbGluZyBnYXJiYWdl"
              "IHRoYXQgaXMgbG9uZw==",
          .members = { { NULL, ONE }, { NULL, "trailing garbage that is long" } } },
    };
    static const struct span others[] = { { "BZh9 is a text", 14 }, { "BZh01AY&SY", 10 }, { "BZh91AY&S", 9 } };
    sample_check_others(others, sizeof others / sizeof others[0], bzip2_looks);
    sample_check(rows, sizeof rows / sizeof rows[0], bzip2_looks, bzip2_read);
}

int main(void)
{
    test_bzip2();
    return test_end();
}

#include "xz.h"

#include "sample.h"

#define ONE "the payload, part one; "
#define TWO "the payload, part two. And more of it follows here."

static void test_xz(void)
{
    static const struct sample rows[] = {
        { .name = "one",
          .base64 =
              "/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAWdGhlIHBheWxvYWQsIHBhcnQgb25lOyAAAMseoz9nceysAAEvF4EISbEftvN9AQAA"
              "AAAEWVo=",
          .members = { { NULL, ONE } } },
        { .name = "two streams with padding",
          .base64 =
              "/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAWdGhlIHBheWxvYWQsIHBhcnQgb25lOyAAAMseoz9nceysAAEvF4EISbEftvN9AQAA"
              "AAAEWVoAAAAA/Td6WFoAAArh+wyhAgAhARYAAAB0L+WjAQAydGhlIHBheWxvYWQsIHBhcnQgdHdvLiBBbmQgbW9yZSBvZiBpdCBm"
              "b2xsb3dzIGhlcmUuAACINn6oacC2m74hk3/3dGNcfkf9UvDZNVN49CDtlArhAQABYzNZ7IbRGJtLmgEAAAAAClla",
          .members = { { NULL, ONE TWO }, { NULL, ONE }, { NULL, TWO } } },
        { .name = "no check",
          .base64 = "/Td6WFoAAAD/EtlBAgAhARYAAAB0L+WjAQAWdGhlIHBheWxvYWQsIHBhcnQgb25lOyAAAAABJxeJgpB5BnKeegEAAAAAAFla",
          .members = { { NULL, ONE } } },
        { .name = "x86 filter",
          .base64 =
              "/Td6WFoAAATm1rRGAgEEACEBFgANhjUfAQAWdGhlIHBheWxvYWQsIHBhcnQgb25lOyAAAMseoz9nceysAAEvF4EISbEftvN9AQAA"
              "AAAEWVo=",
          .members = { { NULL, ONE } } },
        { .name = "a wrong check sum in the first of two blocks",
          .base64 =
              "/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAWdGhlIHBheWxvYWQsIHBhcnQgb25lOyAAAMseoz9nceysAgAhARYAAAB0L+WjAQAW"
              "dGhlIHBheWxvYWQsIHBhcnQgdHdvLiAAAOhmCM3gyHetAgAhARYAAAB0L+WjAQAWQW5kIG1vcmUgb2YgaXQgZm9sbG93cyAAAHoq"
              "kgV0eIVMAgAhARYAAAB0L+WjAQAEaGVyZS4AAAAASEgCc9NR/TUABC8XLxcvFx0FAABqoVa/FBc7MAMAAAAABFla",
          .flip = 52,
          .members = { { NULL, ONE }, { NULL, ONE TWO } },
          .note = "wrong check sum",
          .trouble = UNPACK_DAMAGED },
        { .name = "cut",
          .base64 =
              "/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAWdGhlIHBheWxvYWQsIHBhcnQgb25lOyAAAMseoz9nceysAAEvF4EISbEftvN9AQAA"
              "AAAEWVo=",
          .cut = 12,
          .members = { { NULL, ONE } },
          .note = "cut short",
          .trouble = UNPACK_DAMAGED },
    };
    static const struct span others[] = { { "7zXZ", 4 },
                                          { "\xfd"
                                            "7zXY\0",
                                            6 } };
    sample_check_others(others, sizeof others / sizeof others[0], xz_looks);
    sample_check(rows, sizeof rows / sizeof rows[0], xz_looks, xz_read);
}

static void test_lzma(void)
{
    static const struct sample rows[] = {
        { .name = "one",
          .base64 = "XQAAgAD//////////wA6GgjOdr5yfSs1DUCBxlJj7Acud+ElsR/x/H//8JQAAA==",
          .members = { { NULL, ONE } } },
        { .name = "a large dictionary",
          .base64 = "Xf///////////////wA6GgjOdr5yfSs1DUCBxlJj7Acud+ElsR/x/H//8JQAAA==",
          .members = { { NULL, ONE } } },
        { .name = "cut",
          .base64 = "XQAAgAD//////////wA6GgjOdr5yfSs1DUCBxlJj7Acud+ElsR/x/H//8JQAAA==",
          .cut = 4,
          .count = 1,
          .note = "cut short",
          .trouble = UNPACK_DAMAGED },
    };
    static const struct span others[] = { { "]\0\0\0\1 and other bytes stand here", 32 },
                                          { "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 23 } };
    sample_check_others(others, sizeof others / sizeof others[0], lzma_looks);
    sample_check(rows, sizeof rows / sizeof rows[0], lzma_looks, lzma_read);
}

static void test_lzip(void)
{
    static const struct sample rows[] = {
        { .name = "one",
          .base64 = "TFpJUAEMADoaCM52vnJ9KzUNQIHGUmPsBy534SWxH/H8f//wlAAAGmWOBxcAAAAAAAAAOwAAAAAAAAA=",
          .members = { { NULL, ONE } } },
        { .name = "two members",
          .base64 =
              "TFpJUAEMADoaCM52vnJ9KzUNQIHGUmPsBy534SWxH/H8f//wlAAAGmWOBxcAAAAAAAAAOwAAAAAAAABMWklQAQwAOhoIzna+cn0r"
              "NQ1AgcZSY+wHMX1P/S1uzxu56prBVFcEDIAzhzxzMHeSWyBZf2p90mbblSn//gIAAPUCdt0zAAAAAAAAAFUAAAAAAAAA",
          .members = { { NULL, ONE TWO }, { NULL, ONE }, { NULL, TWO } } },
        { .name = "a large dictionary",
          .base64 = "TFpJUAEdADoaCM52vnJ9KzUNQIHGUmPsBy534SWxH/H8f//wlAAAGmWOBxcAAAAAAAAAOwAAAAAAAAA=",
          .members = { { NULL, ONE } } },
        { .name = "a wrong check sum",
          .base64 = "TFpJUAEMADoaCM52vnJ9KzUNQIHGUmPsBy534SWxH/H8f//wlAAAGmWOBxcAAAAAAAAAOwAAAAAAAAA=",
          .flip = 41,
          .members = { { NULL, ONE } },
          .note = "wrong check sum",
          .trouble = UNPACK_DAMAGED },
        { .name = "cut",
          .base64 = "TFpJUAEMADoaCM52vnJ9KzUNQIHGUmPsBy534SWxH/H8f//wlAAAGmWOBxcAAAAAAAAAOwAAAAAAAAA=",
          .cut = 3,
          .members = { { NULL, ONE } },
          .note = "cut short",
          .trouble = UNPACK_DAMAGED },
    };
    static const struct span others[] = { { "LZIP is a format", 16 } };
    sample_check_others(others, sizeof others / sizeof others[0], lzip_looks);
    sample_check(rows, sizeof rows / sizeof rows[0], lzip_looks, lzip_read);
}

int main(void)
{
    test_xz();
    test_lzma();
    test_lzip();
    return test_end();
}

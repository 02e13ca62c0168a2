#include "zstd.h"

#include "sample.h"

#define ONE "the payload, part one; "
#define TWO "the payload, part two. And more of it follows here."

static void test_zstd(void)
{
    static const struct sample rows[] = {
        { .name = "one", .base64 = "KLUv/QRYuQAAdGhlIHBheWxvYWQsIHBhcnQgb25lOyAxvKgk", .members = { { NULL, ONE } } },
        { .name = "two frames",
          .base64 =
              "KLUv/QRYuQAAdGhlIHBheWxvYWQsIHBhcnQgb25lOyAxvKgkUCpNGBQAAAB3aGF0IGlzIHNraXBwZWQgaGVyZSi1L/0EWJkBAHRo"
              "ZSBwYXlsb2FkLCBwYXJ0IHR3by4gQW5kIG1vcmUgb2YgaXQgZm9sbG93cyBoZXJlLjqPhWM=",
          .members = { { NULL, ONE TWO }, { NULL, ONE }, { NULL, TWO }, { NULL, "what is skipped here" } } },
        { .name = "skippable first",
          .base64 = "UCpNGBQAAAB3aGF0IGlzIHNraXBwZWQgaGVyZSi1L/0EWLkAAHRoZSBwYXlsb2FkLCBwYXJ0IG9uZTsgMbyoJA==",
          .members = { { NULL, ONE }, { NULL, "what is skipped here" } } },
        { .name = "skippable before LZ4",
          .base64 = "UCpNGBQAAAB3aGF0IGlzIHNraXBwZWQgaGVyZQQiTRggYW5kIG90aGVyIGJ5dGVz",
          .members = { { NULL, "what is skipped here" } },
          .count = 2 },
        { .name = "a wrong check sum",
          .base64 = "KLUv/QRYuQAAdGhlIHBheWxvYWQsIHBhcnQgb25lOyAxvKgk",
          .flip = 34,
          .members = { { NULL, ONE } },
          .note = "wrong check sum",
          .trouble = UNPACK_DAMAGED },
        { .name = "cut",
          .base64 = "KLUv/QRYuQAAdGhlIHBheWxvYWQsIHBhcnQgb25lOyAxvKgk",
          .cut = 2,
          .count = 1,
          .note = "cut short",
          .trouble = UNPACK_DAMAGED },
        { .name = "something behind",
          .base64 = "KLUv/QRYuQAAdGhlIHBheWxvYWQsIHBhcnQgb25lOyAxvKgkdHJhaWxpbmcgZ2FyYmFnZSB0aGF0IGlzIGxvbmc=",
          .members = { { NULL, ONE }, { NULL, "trailing garbage that is long" } } },
        { .name = "a window too large",
          .base64 = "KLUv/QT4uQAAdGhlIHBheWxvYWQsIHBhcnQgb25lOyAxvKgk",
          .members = { { NULL, "" } },
          .note = "window",
          .trouble = UNPACK_LIMIT },
        { .name = "an old format",
          .base64 = "IrUv/QRYuQAAdGhlIHBheWxvYWQsIHBhcnQgb25lOyAxvKgk",
          .members = { { NULL, "" } },
          .note = "version 0.2",
          .trouble = UNPACK_UNSUPPORTED },
    };
    static const struct span others[] = { { "(\xb5/", 3 }, { "P*M\x18", 4 } };
    sample_check_others(others, sizeof others / sizeof others[0], zstd_looks);
    sample_check(rows, sizeof rows / sizeof rows[0], zstd_looks, zstd_read);
}

int main(void)
{
    test_zstd();
    return test_end();
}

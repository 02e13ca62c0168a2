#include "gzip.h"

#include "sample.h"

#define ONE "the payload, part one; "
#define TWO "the payload, part two. And more of it follows here."

static void test_gzip(void)
{
    static const struct sample rows[] = {
        { .name = "one",
          .base64 = "H4sIAAAAAAAAAyvJSFUoSKzMyU9M0QEyikoU8vNSrRUAGmWOBxcAAAA=",
          .members = { { NULL, ONE } } },
        { .name = "with a name",
          .base64 = "H4sICIdgCGsCA3BuLnR4dAAryUhVKEiszMlPTNEBMopKFPLzUq0VABpljgcXAAAA",
          .members = { { "pn.txt", ONE } } },
        { .name = "two members",
          .base64 =
              "H4sICIZgCGsAA3AxACvJSFUoSKzMyU9M0QEyikoU8vNSrRUAGmWOBxcAAAAfiwgIhmAIawADcDIAK8lIVShIrMzJT0zRATKKShRK"
              "yvP1FBzzUhRy84tSFfLTFDJLFNLyc3Lyy4sVMlKLUvUA9QJ23TMAAAA=",
          .members = { { NULL, ONE TWO }, { "p1", ONE }, { "p2", TWO } } },
        { .name = "zero bytes behind",
          .base64 =
              "H4sIAAAAAAAAAyvJSFUoSKzMyU9M0QEyikoU8vNSrRUAGmWOBxcAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
              "AAAAAAAA",
          .members = { { NULL, ONE } } },
        { .name = "something behind",
          .base64 = "H4sIAAAAAAAAAyvJSFUoSKzMyU9M0QEyikoU8vNSrRUAGmWOBxcAAAB0cmFpbGluZyBnYXJiYWdlIHRoYXQgaXMgbG9uZw==",
          .members = { { NULL, ONE }, { NULL, "trailing garbage that is long" } } },
        { .name = "a wrong check sum",
          .base64 = "H4sIAAAAAAAAAyvJSFUoSKzMyU9M0QEyikoU8vNSrRUAGmWOBxcAAAA=",
          .flip = 35,
          .members = { { NULL, ONE } },
          .note = "wrong check sum",
          .trouble = UNPACK_DAMAGED },
        { .name = "a wrong length",
          .base64 = "H4sIAAAAAAAAAyvJSFUoSKzMyU9M0QEyikoU8vNSrRUAGmWOBxcAAAA=",
          .flip = 39,
          .members = { { NULL, ONE } },
          .note = "wrong check sum",
          .trouble = UNPACK_DAMAGED },
        { .name = "a wrong check sum, then another member",
          .base64 =
              "H4sIAAAAAAAAAyvJSFUoSKzMyU9M0QEyikoU8vNSrRUAGmWOBxcAAAAfiwgAAAAAAAADK8lIVShIrMzJT0zRATKKShRKyvP1FBzz"
              "UhRy84tSFfLTFDJLFNLyc3Lyy4sVMlKLUvUA9QJ23TMAAAA=",
          .flip = 35,
          .members = { { NULL, ONE TWO }, { NULL, ONE }, { NULL, TWO } },
          .note = "wrong check sum",
          .trouble = UNPACK_DAMAGED },
        { .name = "without trailer",
          .base64 = "H4sIAAAAAAAAAyvJSFUoSKzMyU9M0QEyikoU8vNSrRUAGmWOBxcAAAA=",
          .cut = 8,
          .members = { { NULL, ONE } },
          .note = "cut short",
          .trouble = UNPACK_DAMAGED },
        { .name = "all fields",
          .base64 =
              "H4sIHAAAAAAAAxQAYW4gZXh0cmEgZmllbGQgb2YgMjBuYW1lLnR4dABhIGNvbW1lbnQgb2Ygc29tZSBsZW5ndGgAK8lIVShIrMzJ"
              "T0zRATKKShTy81KtFQAaZY4HFwAAAA==",
          .members = { { "name.txt", ONE }, { NULL, "an extra field of 20" } },
          .count = 3 },
        { .name = "header check sum",
          .base64 = "H4sIAgAAAAAAA6d3K8lIVShIrMzJT0zRATKKShTy81KtFQAaZY4HFwAAAA==",
          .members = { { NULL, ONE } } },
        { .name = "header check sum flag alone",
          .base64 = "H4sIAgAAAAAAAyvJSFUoSKzMyU9M0QEyikoU8vNSrRUAGmWOBxcAAAA=",
          .members = { { NULL, ONE } },
          .count = 2,
          .note = "gzip",
          .trouble = UNPACK_DAMAGED },
        { .name = "reserved flags",
          .base64 = "H4sI4AAAAAAAAyvJSFUoSKzMyU9M0QEyikoU8vNSrRUAGmWOBxcAAAA=",
          .members = { { NULL, ONE } } },
    };
    static const struct span others[] = { { "\x1f\x8b\x07", 3 }, { "gz", 2 } };
    sample_check_others(others, sizeof others / sizeof others[0], gzip_looks);
    sample_check(rows, sizeof rows / sizeof rows[0], gzip_looks, gzip_read);
}

static void test_zlib(void)
{
    static const struct sample rows[] = {
        { .name = "one", .base64 = "eJwryUhVKEiszMlPTNEBMopKFPLzUq0VAGVnCAw=", .members = { { NULL, ONE } } },
        { .name = "level 0",
          .base64 = "eAEBFwDo/3RoZSBwYXlsb2FkLCBwYXJ0IG9uZTsgZWcIDA==",
          .members = { { NULL, ONE } } },
        { .name = "a wrong check sum",
          .base64 =
              "eAEBSgC1/3RoZSBwYXlsb2FkLCBwYXJ0IG9uZTsgdGhlIHBheWxvYWQsIHBhcnQgdHdvLiBBbmQgbW9yZSBvZiBpdCBmb2xsb3dz"
              "IGhlcmUu1gYaEg==",
          .flip = 83,
          .members = { { NULL, ONE TWO } },
          .note = "wrong check sum",
          .trouble = UNPACK_DAMAGED },
        { .name = "cut",
          .base64 =
              "eAEBSgC1/3RoZSBwYXlsb2FkLCBwYXJ0IG9uZTsgdGhlIHBheWxvYWQsIHBhcnQgdHdvLiBBbmQgbW9yZSBvZiBpdCBmb2xsb3dz"
              "IGhlcmUu1gYaEg==",
          .cut = 6,
          .count = 1,
          .note = "cut short",
          .trouble = UNPACK_DAMAGED },
    };
    static const struct span others[] = { { "x^2 + y^2 = z^2, and so on, is a text", 38 },
                                          { "x\x9c and some other text stands here", 36 },
                                          { "x\x01", 2 } };
    sample_check_others(others, sizeof others / sizeof others[0], zlib_looks);
    sample_check(rows, sizeof rows / sizeof rows[0], zlib_looks, zlib_read);
}

int main(void)
{
    test_gzip();
    test_zlib();
    return test_end();
}

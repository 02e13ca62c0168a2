#include "ar.h"

#include "sample.h"

#define ONE "the payload, part one; "
#define TWO "the payload, part two. And more of it follows here."

int main(void)
{
    static const struct sample rows[] = {
        { .name = "GNU",
          .base64 =
              "ITxhcmNoPgovLyAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAzMCAgICAgICAgYAphX2ZpbGVf"
              "d2l0aF9hX2xvbmdfbmFtZS50eHQvCgpvbmUudHh0LyAgICAgICAgMCAgICAgICAgICAgMCAgICAgMCAgICAgNjQ0ICAgICAyMyAg"
              "ICAgICAgYAp0aGUgcGF5bG9hZCwgcGFydCBvbmU7IAovMCAgICAgICAgICAgICAgMCAgICAgICAgICAgMCAgICAgMCAgICAgNjQ0"
              "ICAgICA1MSAgICAgICAgYAp0aGUgcGF5bG9hZCwgcGFydCB0d28uIEFuZCBtb3JlIG9mIGl0IGZvbGxvd3MgaGVyZS4K",
          .members = { { "one.txt", ONE }, { "a_file_with_a_long_name.txt", TWO }, { "//", NULL } } },
        { .name = "BSD",
          .base64 =
              "ITxhcmNoPgpvbmUudHh0ICAgICAgICAgMTc5NTcxMTg0NSAgMCAgICAgMCAgICAgMTAwNjQ0ICAyMyAgICAgICAgYAp0aGUgcGF5"
              "bG9hZCwgcGFydCBvbmU7IAojMS8yNyAgICAgICAgICAgMTc5NTcxMTg0NSAgMCAgICAgMCAgICAgMTAwNjQ0ICA3OCAgICAgICAg"
              "YAphX2ZpbGVfd2l0aF9hX2xvbmdfbmFtZS50eHR0aGUgcGF5bG9hZCwgcGFydCB0d28uIEFuZCBtb3JlIG9mIGl0IGZvbGxvd3Mg"
              "aGVyZS4=",
          .members = { { "one.txt", ONE }, { "a_file_with_a_long_name.txt", TWO }, { "#1/27", NULL } } },
        { .name = "odd size without padding",
          .base64 =
              "ITxhcmNoPgpvbmUudHh0ICAgICAgICAgMCAgICAgICAgICAgMCAgICAgMCAgICAgNjQ0ICAgICAyMyAgICAgICAgYAp0aGUgcGF5"
              "bG9hZCwgcGFydCBvbmU7IHR3by50eHQvICAgICAgICAwICAgICAgICAgICAwICAgICAwICAgICA2NDQgICAgIDUxICAgICAgICBg"
              "CnRoZSBwYXlsb2FkLCBwYXJ0IHR3by4gQW5kIG1vcmUgb2YgaXQgZm9sbG93cyBoZXJlLg==",
          .members = { { "one.txt", ONE }, { "two.txt", TWO } } },
        { .name = "odd size with padding",
          .base64 =
              "ITxhcmNoPgpvbmUudHh0ICAgICAgICAgMCAgICAgICAgICAgMCAgICAgMCAgICAgNjQ0ICAgICAyMyAgICAgICAgYAp0aGUgcGF5"
              "bG9hZCwgcGFydCBvbmU7IAp0d28udHh0LyAgICAgICAgMCAgICAgICAgICAgMCAgICAgMCAgICAgNjQ0ICAgICA1MSAgICAgICAg"
              "YAp0aGUgcGF5bG9hZCwgcGFydCB0d28uIEFuZCBtb3JlIG9mIGl0IGZvbGxvd3MgaGVyZS4=",
          .members = { { "one.txt", ONE }, { "two.txt", TWO } } },
        { .name = "a corrupt header",
          .base64 =
              "ITxhcmNoPgpiYWQgICAgICAgICAgICAgMCAgICAgICAgICAgMCAgICAgMCAgICAgNjQ0ICAgICA0ICAgICAgICAgeHhkYXRhb25l"
              "LnR4dCAgICAgICAgIDAgICAgICAgICAgIDAgICAgIDAgICAgIDY0NCAgICAgMjMgICAgICAgIGAKdGhlIHBheWxvYWQsIHBhcnQg"
              "b25lOyA=",
          .members = { { "one.txt", ONE } },
          .count = 2,
          .note = "corrupt header",
          .trouble = UNPACK_DAMAGED },
        { .name = "a size that is no number",
          .base64 =
              "ITxhcmNoPgpvbmUudHh0ICAgICAgICAgMCAgICAgICAgICAgMCAgICAgMCAgICAgNjQ0ICAgICAyMyAgICAgICAgYAp0aGUgcGF5"
              "bG9hZCwgcGFydCBvbmU7IAp0d28udHh0ICAgICAgICAgMCAgICAgICAgICAgMCAgICAgMCAgICAgNjQ0ICAgICB4ICAgICAgICAg"
              "YAp0aGUgcGF5bG9hZCwgcGFydCB0d28uIEFuZCBtb3JlIG9mIGl0IGZvbGxvd3MgaGVyZS4=",
          .members = { { "one.txt", ONE } },
          .count = 2,
          .note = "size",
          .trouble = UNPACK_DAMAGED },
        { .name = "a size too small",
          .base64 =
              "ITxhcmNoPgp0d28udHh0ICAgICAgICAgMCAgICAgICAgICAgMCAgICAgMCAgICAgNjQ0ICAgICA1ICAgICAgICAgYAp0aGUgcGF5"
              "bG9hZCwgcGFydCBvbmU7IHR3by50eHQvICAgICAgICAwICAgICAgICAgICAwICAgICAwICAgICA2NDQgICAgIDUxICAgICAgICBg"
              "CnRoZSBwYXlsb2FkLCBwYXJ0IHR3by4gQW5kIG1vcmUgb2YgaXQgZm9sbG93cyBoZXJlLg==",
          .members = { { "two.txt", "the p" }, { "two.txt", TWO } },
          .count = 3,
          .note = "corrupt header",
          .trouble = UNPACK_DAMAGED },
        { .name = "cut short",
          .base64 =
              "ITxhcmNoPgpvbmUudHh0ICAgICAgICAgMCAgICAgICAgICAgMCAgICAgMCAgICAgNjQ0ICAgICAyMyAgICAgICAgYAp0aGUgcGF5"
              "bG9hZCwgcGFydCBvbmU7IA==",
          .cut = 2,
          .members = { { "one.txt", "the payload, part one" } },
          .note = "cut short",
          .trouble = UNPACK_DAMAGED },
        { .name = "empty", .base64 = "ITxhcmNoPgo=" },
        { .name = "something behind",
          .base64 =
              "ITxhcmNoPgpvbmUudHh0ICAgICAgICAgMCAgICAgICAgICAgMCAgICAgMCAgICAgNjQ0ICAgICAyMyAgICAgICAgYAp0aGUgcGF5"
              "bG9hZCwgcGFydCBvbmU7IAp0cmFpbGluZyBnYXJiYWdlIHRoYXQgaXMgbG9uZw==",
          .members = { { "one.txt", ONE }, { NULL, "trailing garbage that is long" } } },
    };
    static const struct span others[] = { { "!<arch>", 8 }, { "!<thin>\n", 8 } };
    sample_check(rows, sizeof rows / sizeof rows[0], ar_looks, ar_read);
    sample_check_others(others, sizeof others / sizeof others[0], ar_looks);
    return test_end();
}

#include "sys/digest.h"

#include "base/test.h"

#include <stdlib.h>
#include <string.h>

int main(void)
{
    /* FIPS 180-4's own examples, as in NIST's cryptographic toolkit. */
    static const struct {
        const char *text;
        const char *digest;
    } rows[] = {
        { "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
        { "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
        { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
    };
    struct digest digest;
    char text[DIGEST_TEXT_SIZE];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].text);
        digest_of(span_text(rows[i].text), &digest);
        digest_text(&digest, text);
        CHECK(strcmp(text, rows[i].digest) == 0);
    }
    test_context("an empty span without an address");
    digest_of(span_of(NULL, 0), &digest);
    digest_text(&digest, text);
    CHECK(strcmp(text, rows[0].digest) == 0);

    test_context("a million times a");
    char *million = malloc(1000000);
    CHECK(million != NULL);
    if (million != NULL) {
        memset(million, 'a', 1000000);
        digest_of(span_of(million, 1000000), &digest);
        digest_text(&digest, text);
        CHECK(strcmp(text, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0") == 0);
    }
    free(million);
    return test_end();
}

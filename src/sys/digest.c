#include "digest.h"

#include <assert.h>
#include <openssl/evp.h>
#include <stdio.h>

void digest_of(struct span bytes, struct digest *digest_out)
{
    unsigned int size = 0;
    int ok = EVP_Digest(bytes.data, bytes.size, digest_out->bytes, &size, EVP_sha256(), NULL);
    assert(ok == 1 && size == DIGEST_SIZE);
}

void digest_text(const struct digest *digest, char text_out[DIGEST_TEXT_SIZE])
{
    for (size_t i = 0; i < DIGEST_SIZE; i++)
        (void)snprintf(text_out + 2 * i, 3, "%02x", digest->bytes[i]);
}

/* The first byte says how much is pulled at a time: what comes out must not depend on it. */
#include "transfer.h"

#include "base/buf.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static mail_defects pull(enum mail_encoding encoding, struct span body, size_t capacity, struct buf *bytes)
{
    struct mail_transfer transfer;
    char *exact = malloc(capacity);
    assert(exact != NULL);
    mail_transfer_init(&transfer, encoding, body);
    for (size_t n = 0; (n = mail_transfer_read(&transfer, exact, capacity)) > 0;) {
        assert(n <= capacity);
        buf_put(bytes, exact, n);
    }
    free(exact);
    assert(!buf_overflowed(bytes));
    return transfer.defects;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct span body = span_of(data + 1, size - 1);
    for (unsigned i = 0; i < MAIL_ENCODINGS; i++) {
        enum mail_encoding encoding = (enum mail_encoding)i;
        struct buf small;
        struct buf large;
        buf_init(&small, mail_transfer_most(encoding, body.size));
        buf_init(&large, mail_transfer_most(encoding, body.size));
        mail_defects a = pull(encoding, body, MAIL_TRANSFER_LEAST + data[0] % 64U, &small);
        mail_defects b = pull(encoding, body, 65536, &large);
        assert(a == b && span_equal(buf_span(&small), buf_span(&large)));
        buf_fini(&small);
        buf_fini(&large);
    }
    return 0;
}

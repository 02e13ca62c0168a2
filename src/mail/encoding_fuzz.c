/* Any word: the main reading is one of all, and what is written as it should be has no other. */
#include "encoding.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mail_encodings encodings;
    mail_encodings_read(span_of(data, size), &encodings);
    assert(encodings.main < MAIL_ENCODINGS && (encodings.all >> MAIL_ENCODINGS) == 0);
    assert((encodings.all & MAIL_ENCODING_BIT(encodings.main)) != 0);
    assert(!encodings.is_unknown || encodings.main == MAIL_ENCODING_IDENTITY);
    assert(encodings.is_odd || (encodings.all & (encodings.all - 1)) == 0);
    return 0;
}

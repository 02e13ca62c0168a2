/* Fields of any header: inside, in order, and the header gets shorter with each. */
#include "mime_field.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span header = span_of(data, size);
    struct span rest = header;
    struct mail_mime_field field;
    const char *at = header.data;
    for (size_t before = rest.size; mail_mime_field_next(&rest, &field); before = rest.size) {
        assert(field.name < MAIL_MIME_NAMES && rest.size < before);
        assert(field.value.size == 0 || field.value.data >= at);
        assert(field.value.data + field.value.size <= header.data + header.size - rest.size);
        at = header.data + header.size - rest.size;
    }
    assert(rest.size == 0);
    return 0;
}

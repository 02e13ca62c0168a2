/* Any file: its mail begins inside; what is found goes forward, and none of it lies behind where it goes on. */
#include "sniff.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span file = span_of(data, size);
    size_t start = mail_start(file);
    assert(start <= size);
    (void)mail_looks(span_from(file, start));
    struct mail_sniff found;
    size_t count = 0;
    for (size_t at = 0; mail_sniff_next(file, at, &found); at = found.next_at) {
        assert(found.at >= at && found.at < found.next_at && found.next_at <= size);
        assert(found.boundary.data == NULL || (found.boundary.data > file.data && found.boundary.size > 0));
        assert(found.boundary.data == NULL || found.boundary.data + found.boundary.size <= file.data + found.at);
        count++;
    }
    assert(count <= size);
    return 0;
}

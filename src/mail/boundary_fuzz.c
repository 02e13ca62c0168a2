/* Boundaries of any field: bounded in number and size, all different, and without spaces at their ends. */
#include "boundary.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mail_boundaries boundaries;
    mail_boundaries_init(&boundaries);
    mail_boundaries_add_field(&boundaries, span_of(data, size));
    assert(boundaries.count <= MAIL_BOUNDARIES_MOST);
    for (size_t i = 0; i < boundaries.count; i++) {
        struct span boundary = mail_boundary_at(&boundaries, i);
        assert(boundary.size == boundaries.sizes[i] && boundary.size <= MAIL_BOUNDARY_MOST_BYTES);
        assert(boundary.size == 0 || !ascii_is_space(boundary.data[boundary.size - 1]));
        for (size_t k = 0; k < i; k++)
            assert(!span_equal(boundary, mail_boundary_at(&boundaries, k)));
    }
    mail_boundaries_fini(&boundaries);
    return 0;
}

/* Any bytes: the reader keeps the rules of unpack.h, and ends. */
#include "udf.h"

#include "unpack/collect.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct collect *collect = malloc(sizeof *collect);
    if (collect == NULL)
        return 0;
    collect_init(collect);
    collect->most_members = 256;
    collect->most_bytes = 1 << 16;
    struct span content = span_of(data, size);
    (void)udf_looks(content);
    collect_read(collect, udf_read, content);
    collect_fini(collect);
    free(collect);
    return 0;
}

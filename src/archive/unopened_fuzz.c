/* Whatever the bytes are: unopened_read ends, and keeps the rules. */
#include "unopened.h"

#include "unpack/collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct collect collect;
    struct span content = span_of(data, size);
    collect_init(&collect);
    collect.most_members = 64;
    collect.most_bytes = 1 << 16;
    collect.most_steps = 1 << 22;
    if (unopened_looks(content))
        collect_read(&collect, unopened_read, content);
    collect_fini(&collect);
    return 0;
}

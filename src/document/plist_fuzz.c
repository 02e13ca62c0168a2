#include "plist.h"

#include "unpack/collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct collect collect;
    struct span content = span_of(data, size);
    if (!plist_looks(content))
        return 0;
    collect_init(&collect);
    collect_read(&collect, plist_read, content);
    collect_fini(&collect);
    return 0;
}

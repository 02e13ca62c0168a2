/* Whatever the bytes are, from the first volume descriptor on: iso_read ends, and keeps the rules. */
#include "iso.h"

#include "base/memory.h"
#include "unpack/collect.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ISO_SYSTEM_AREA = 32768 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct collect collect;
    char *image = memory_new(ISO_SYSTEM_AREA + size);
    memcpy(image + ISO_SYSTEM_AREA, data, size);
    struct span content = span_of(image, ISO_SYSTEM_AREA + size);
    collect_init(&collect);
    collect.most_members = 64;
    collect.most_bytes = 1 << 16;
    collect.most_steps = 1 << 22;
    if (iso_looks(content))
        collect_read(&collect, iso_read, content);
    collect_fini(&collect);
    free(image);
    return 0;
}

/* Whatever the bytes are: the reader keeps the rules that the collector asserts, and ends. */
#include "xml.h"

#include "unpack/collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct collect collect;
    struct span content = span_of(data, size);
    (void)xml_looks(content);
    collect_init(&collect);
    collect.most_members = 64;
    collect.most_bytes = 1 << 16;
    collect.room = 512;
    collect_read(&collect, xml_read, content);
    collect_fini(&collect);
    return 0;
}

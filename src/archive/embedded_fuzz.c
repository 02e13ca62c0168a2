/* Any content: the reader ends, within its bounds and by the receiver's rules. */
#include "embedded.h"

#include "unpack/collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FUZZ_MEMBERS = 64, FUZZ_BYTES = 1 << 16 };

static void fuzz(unpack_looks *looks, unpack_reader *reader, struct span content)
{
    static struct collect collect;
    (void)looks(content);
    collect_init(&collect);
    collect.most_members = FUZZ_MEMBERS;
    collect.most_bytes = FUZZ_BYTES;
    collect.room = content.size % 97;
    collect_read(&collect, reader, content);
    collect_fini(&collect);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz(embedded_looks, embedded_read, span_of(data, size));
    return 0;
}

/* Whatever the bytes are: the readers of lha.h end, and keep the rules. */
#include "lha.h"

#include "unpack/collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run(struct span content, unpack_looks *looks, unpack_reader *reader)
{
    static struct collect collect;
    collect_init(&collect);
    collect.most_members = 64;
    collect.most_bytes = 1 << 16;
    collect.most_steps = 1 << 22;
    if (looks(content))
        collect_read(&collect, reader, content);
    collect_fini(&collect);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span content = span_of(data, size);
    run(content, lha_looks, lha_read);
    return 0;
}

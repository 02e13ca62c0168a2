/* Whatever the bytes are: the library's readers end, and keep the rules. The first byte chooses. */
#include "libarchive.h"

#include "unpack/collect.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_zip(struct unpack *unpack, struct span content)
{
    (void)libarchive_read_zip(unpack, content);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static unpack_reader *const readers[] = { read_zip };
    static const char *const passwords[] = { "infected", "sesame", NULL };
    static struct collect collect;
    if (size == 0)
        return 0;
    collect_init(&collect);
    collect.most_members = 64;
    collect.most_bytes = 1 << 16;
    collect.most_steps = 1 << 22;
    collect.passwords = passwords;
    collect_read(&collect, readers[data[0] % (sizeof readers / sizeof readers[0])], span_of(data + 1, size - 1));
    collect_fini(&collect);
    return 0;
}

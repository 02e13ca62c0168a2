/* Any content is read without harm, with passwords at hand and without. The first byte sizes the room. */
#include "zip.h"

#include "unpack/collect.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const passwords[] = { "secret", "infected", NULL };
    if (size < 1)
        return 0;
    struct collect *collect = malloc(sizeof *collect);
    assert(collect != NULL);
    collect_init(collect);
    collect->most_members = 64;
    collect->most_bytes = 1 << 16;
    collect->most_steps = 1 << 20;
    collect->room = data[0];
    collect->passwords = passwords;
    struct span content = span_of(data + 1, size - 1);
    (void)zip_looks(content);
    collect_read(collect, zip_read, content);
    collect_fini(collect);
    free(collect);
    return 0;
}

#include "amavis.h"

#include "cli/amavis_table.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct amavis amavis;
    struct amavis_wishes wishes = { .user = "amavis", .is_all = true };
    struct buf table;
    struct buf left;
    buf_init(&table, 1 << 22);
    buf_init(&left, 1 << 22);
    amavis_read(span_of(data, size), &amavis);
    amavis_print(&amavis, &wishes, &table, &left);
    /* What is foreign never leaves its quotes and comments as a control character. */
    for (size_t i = 0; i < table.size; i++)
        assert((unsigned char)table.data[i] >= 0x20 || table.data[i] == '\n');
    amavis_fini(&amavis);
    buf_fini(&table);
    buf_fini(&left);
    return 0;
}

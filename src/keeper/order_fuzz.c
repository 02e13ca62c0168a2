#include "keeper/order.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte says which kind of job, the second how long its message is; the rest are the papers. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct keep_job job = { .magic = KEEP_MAGIC,
                            .kind = KEEP_PUT + data[0] % (KEEP_REINDEX - KEEP_PUT),
                            .change = data[0] / 4U };
    uint64_t message_size = (uint64_t)data[1] * 64 + 1;
    struct order order;
    if (order_read(&job, span_of(data + 2, size - 2), message_size, &order, NULL) != 0)
        return 0;
    uint64_t end = 0;
    for (size_t i = 0; i < order.part_count; i++) {
        assert(order.parts[i].offset >= end && order.parts[i].size > 0);
        end = order.parts[i].offset + order.parts[i].size;
    }
    assert(end <= message_size && order.meta.size <= size && order.about_count <= STORE_MOST_ABOUT);
    assert(job.kind != KEEP_CHANGE || (strlen(order.who) > 0 && order.change.kind < STORE_CHANGES));
    for (size_t i = 0; i < order.about_count * order.slots_each * KEEP_SLOT_SIZE; i++)
        assert(order.slots[i] <= UINT8_MAX); /* it can be read */
    order_fini(&order);
    return 0;
}

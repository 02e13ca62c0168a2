#include "icap.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span all = span_of(data, size);
    struct icap_head head;
    struct span name;
    struct span value;
    struct icap_encapsulated list;
    uint64_t number = 0;
    if (icap_head_read(all, "ICAP", &head)) {
        assert(head.status >= 100 && head.status <= 999);
        struct span rest = head.fields;
        while (icap_field_next(&rest, &name, &value)) {
            assert(name.data >= all.data && name.data + name.size <= all.data + size);
            assert(value.size == 0 || (value.data >= all.data && value.data + value.size <= all.data + size));
            if (icap_encapsulated_read(value, &list))
                assert(list.count >= 1 && list.list[0].offset == 0 &&
                       list.list[list.count - 1].section >= ICAP_REQ_BODY);
        }
    }
    if (icap_chunk_read(all, &number))
        assert(number <= UINT32_MAX);
    return 0;
}

/* Any bytes are a message, and whatever limits it meets, its report passes the gate's check (memory_decode asserts it).
 * The first two bytes choose the limits, and whether a stand-in comes first.
 */
#include "decode.h"

#include "decoder/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char standin[] = "X-Cordon-Scan: pending\r\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct decode_limits limits = { .bytes_out = (data[0] & 15U) * UINT64_C(100),
                                    .own_bytes = (data[0] & 15U) * UINT64_C(25),
                                    .parts = (uint32_t)data[0] >> 4,
                                    .depth = data[1] & 7U,
                                    .header_bytes = (uint32_t)(data[1] >> 3 & 7U) * 64,
                                    .text_bytes = (uint32_t)(data[1] >> 6) * 64 };
    size_t standin_bytes = (data[1] & 1) != 0 ? sizeof standin - 1 : 0;
    char *message = malloc(standin_bytes + size);
    assert(message != NULL);
    memcpy(message, standin, standin_bytes);
    memcpy(message + standin_bytes, data + 2, size - 2);
    struct memory memory;
    memory_decode(&memory, span_of(message, standin_bytes + size - 2), standin_bytes, "h", &limits);
    memory_free(&memory);
    free(message);
    return 0;
}

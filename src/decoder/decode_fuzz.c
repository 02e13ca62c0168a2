/* Any bytes are a message, and whatever limits it meets, its report passes the gate's check (memory_decode asserts it).
 * The first four bytes choose the limits, and whether a stand-in comes first.
 */
#include "decode.h"

#include "decoder/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FUZZ_CHOICES = 4 };

static const char standin[] = "X-Cordon-Scan: pending\r\n";

/* Ample ones, so that everything is reached, or small ones, so that each of them is. */
static struct decode_limits choose_limits(const uint8_t *data)
{
    bool is_ample = (data[3] & 2U) != 0;
    return (struct decode_limits){ .bytes_out = (data[0] & 15U) * (is_ample ? UINT64_C(16384) : UINT64_C(100)),
                                   .own_bytes = (data[0] & 15U) * (is_ample ? UINT64_C(4096) : UINT64_C(25)),
                                   .parts = ((uint32_t)data[0] >> 4) * (is_ample ? 16 : 1),
                                   .depth = (data[1] & 7U) * (is_ample ? 4 : 1),
                                   .header_bytes = (uint32_t)(data[1] >> 3 & 7U) * (is_ample ? 2048 : 64),
                                   .text_bytes = (uint32_t)(data[1] >> 6) * (is_ample ? 4096 : 64),
                                   .steps = (UINT64_C(1) << (data[2] & 15U)) * (is_ample ? 64 : 1),
                                   .ratio = 1U << (data[2] >> 4),
                                   .readings = (uint32_t)data[3] >> 2 };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < FUZZ_CHOICES)
        return 0;
    struct decode_limits limits = choose_limits(data);
    size_t standin_bytes = (data[3] & 1) != 0 ? sizeof standin - 1 : 0;
    char *message = malloc(standin_bytes + size);
    assert(message != NULL);
    memcpy(message, standin, standin_bytes);
    memcpy(message + standin_bytes, data + FUZZ_CHOICES, size - FUZZ_CHOICES);
    struct memory memory;
    memory_decode(&memory, span_of(message, standin_bytes + size - FUZZ_CHOICES), standin_bytes, "h", &limits);
    memory_free(&memory);
    free(message);
    return 0;
}

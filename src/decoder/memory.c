#include "memory.h"

#include "base/memory.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { MEMORY_MAPPED_LEAST = 1 << 24, MEMORY_PAGE = 4096 };

struct decode_limits memory_limits(void)
{
    return (struct decode_limits){ .bytes_out = 1U << 20,
                                   .own_bytes = 1U << 18,
                                   .parts = 1000,
                                   .depth = 20,
                                   .header_bytes = 65536,
                                   .text_bytes = 65536,
                                   .steps = 1000000,
                                   .ratio = 400,
                                   .readings = 64 };
}

static int memory_write(void *context, uint64_t offset, const void *data, size_t size, struct fault *fault)
{
    struct memory *memory = context;
    (void)fault;
    assert(offset <= memory->report_size && size <= memory->report_size - offset);
    memcpy(memory->report_data + offset, data, size);
    return 0;
}

/* A large pack costs only what is written to it; behind it lies a page that nobody may touch. Sanitizers would note
 * every byte of it, so it is not theirs. */
static size_t mapped_size(size_t size)
{
    return (size + MEMORY_PAGE - 1) / MEMORY_PAGE * MEMORY_PAGE + MEMORY_PAGE;
}

static char *pack_new(size_t size)
{
    if (size < MEMORY_MAPPED_LEAST)
        return memory_new(size + 1);
    char *mapped = mmap(NULL, mapped_size(size), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert(mapped != MAP_FAILED);
    int result = mprotect(mapped, mapped_size(size) - MEMORY_PAGE, PROT_READ | PROT_WRITE);
    assert(result == 0);
    return mapped;
}

static void pack_free(char *data, size_t size)
{
    if (size < MEMORY_MAPPED_LEAST)
        free(data);
    else
        (void)munmap(data, mapped_size(size));
}

void memory_decode(struct memory *memory, struct span message, size_t standin_bytes, const char *host,
                   const struct decode_limits *limits)
{
    *memory = (struct memory){ .message = message };
    memory->job = (struct decode_job){
        .magic = DECODE_MAGIC, .message_size = message.size, .standin_bytes = (uint32_t)standin_bytes, .limits = *limits
    };
    (void)snprintf(memory->job.host, sizeof memory->job.host, "%s", host);
    memory->report_size = decode_report_size(limits);
    memory->report_data = memory_new(memory->report_size);
    memory->pack_sizes[DECODE_PACK_MESSAGE] = message.size;
    for (unsigned i = 1; i < DECODE_PACKS; i++) {
        memory->pack_sizes[i] = i == DECODE_PACK_COMMON ? limits->bytes_out : limits->own_bytes;
        memory->packs[i] = (struct emit_pack){ .data = pack_new(memory->pack_sizes[i]), .size = memory->pack_sizes[i] };
    }
    struct fault fault = { 0 };
    int result = decode_message(message, &memory->job, memory->packs, memory_write, memory, &fault);
    assert(result == 0);
    if (decode_report_check(span_of(memory->report_data, memory->report_size), message, &memory->job,
                            memory->pack_sizes, &memory->report, &fault) != 0) {
        (void)fprintf(stderr, "the report of a message is refused: %s\n", fault.text);
        abort();
    }
}

void memory_free(struct memory *memory)
{
    free(memory->report_data);
    for (unsigned i = 1; i < DECODE_PACKS; i++)
        pack_free(memory->packs[i].data, memory->pack_sizes[i]);
}

struct span memory_part(const struct memory *memory, uint32_t index)
{
    const struct decode_part *part = &memory->report.parts[index];
    const char *pack = part->pack == DECODE_PACK_MESSAGE ? memory->message.data : memory->packs[part->pack].data;
    return span_of(pack != NULL ? pack + part->offset : NULL, part->size);
}

#include "arena.h"

#include "memory.h"

#include <assert.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

enum { ARENA_BLOCK_SIZE = 4096 - 64 };

struct arena_block {
    struct arena_block *older;
    size_t size;
    size_t used;
    alignas(max_align_t) char data[];
};

void arena_init(struct arena *arena, size_t limit)
{
    *arena = (struct arena){ .limit = limit };
}

void arena_fini(struct arena *arena)
{
    while (arena->newest != NULL) {
        struct arena_block *block = arena->newest;
        arena->newest = block->older;
        free(block);
    }
    arena->used = 0;
}

static struct arena_block *arena_grow(struct arena *arena, size_t size)
{
    size_t block_size = size > ARENA_BLOCK_SIZE ? size : ARENA_BLOCK_SIZE;
    struct arena_block *block = calloc(1, sizeof *block + block_size);
    if (block == NULL)
        return NULL;
    block->size = block_size;
    block->older = arena->newest;
    arena->newest = block;
    return block;
}

void *arena_try(struct arena *arena, size_t size)
{
    size_t rounded = 0;
    if (!size_add(size, alignof(max_align_t) - 1, &rounded))
        return NULL;
    rounded -= rounded % alignof(max_align_t);
    if (rounded > arena->limit - arena->used)
        return NULL;
    struct arena_block *block = arena->newest;
    if (block == NULL || rounded > block->size - block->used)
        block = arena_grow(arena, rounded);
    if (block == NULL)
        return NULL;
    void *memory = block->data + block->used;
    block->used += rounded;
    arena->used += rounded;
    return memory;
}

void *arena_new(struct arena *arena, size_t size)
{
    void *memory = arena_try(arena, size);
    if (memory == NULL)
        memory_end();
    return memory;
}

char *arena_try_text(struct arena *arena, struct span span)
{
    size_t size = 0;
    if (!size_add(span.size, 1, &size))
        return NULL;
    char *text = arena_try(arena, size);
    if (text != NULL)
        (void)span_copy(span, text, size);
    return text;
}

#include "arena.h"

#include "test.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

static void test_memory_is_zero_aligned_and_apart(void)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    char *last = NULL;
    for (size_t size = 1; size < 5000; size += 37) {
        char *memory = arena_try(&arena, size);
        CHECK(memory != NULL && (uintptr_t)memory % alignof(max_align_t) == 0);
        CHECK(memory != last && memory[0] == 0 && memory[size - 1] == 0);
        memset(memory, 0xaa, size);
        last = memory;
    }
    arena_fini(&arena);
}

static void test_the_limit_holds(void)
{
    struct arena arena;
    arena_init(&arena, 1024);
    CHECK(arena_try(&arena, 1025) == NULL);
    CHECK(arena_try(&arena, SIZE_MAX) == NULL);
    CHECK(arena_try(&arena, SIZE_MAX - 3) == NULL);
    CHECK(arena_try(&arena, 1000) != NULL);
    CHECK(arena_try(&arena, 100) == NULL);
    CHECK(arena_try(&arena, 16) != NULL);
    arena_fini(&arena);
    CHECK(arena.used == 0);
    CHECK(arena_try(&arena, 1000) != NULL); /* it can be used again */
    arena_fini(&arena);
}

static void test_texts(void)
{
    struct arena arena;
    arena_init(&arena, 64);
    const char *text = arena_try_text(&arena, span_of("a\0b", 3));
    CHECK(text != NULL && strcmp(text, "a?b") == 0);
    text = arena_try_text(&arena, span_of(NULL, 0));
    CHECK(text != NULL && strcmp(text, "") == 0);
    CHECK(arena_try_text(&arena, span_of("x", SIZE_MAX)) == NULL);
    arena_fini(&arena);
}

int main(void)
{
    test_memory_is_zero_aligned_and_apart();
    test_the_limit_holds();
    test_texts();
    return test_end();
}

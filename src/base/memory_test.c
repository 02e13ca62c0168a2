#include "memory.h"

#include "test.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void test_new_memory_is_zero(void)
{
    unsigned char *memory = memory_new(100);
    unsigned sum = 0;
    for (int i = 0; i < 100; i++)
        sum += memory[i];
    CHECK(sum == 0);
    free(memory);
    char *text = memory_copy_text("text");
    CHECK(strcmp(text, "text") == 0);
    free(text);
}

static void test_sizes_do_not_wrap(void)
{
    size_t result = 7;
    CHECK(size_add(3, 4, &result) && result == 7);
    CHECK(size_add(SIZE_MAX, 0, &result) && result == SIZE_MAX);
    result = 7;
    CHECK(!size_add(SIZE_MAX, 1, &result) && result == 7);
    CHECK(size_multiply(6, 7, &result) && result == 42);
    CHECK(size_multiply(SIZE_MAX, 0, &result) && result == 0);
    result = 7;
    CHECK(!size_multiply(SIZE_MAX / 2 + 1, 2, &result) && result == 7);
}

static void test_nothing_is_something_too(void)
{
    void *memory = memory_try(0);
    CHECK(memory != NULL);
    free(memory);
}

int main(void)
{
    test_new_memory_is_zero();
    test_sizes_do_not_wrap();
    test_nothing_is_something_too();
    return test_end();
}

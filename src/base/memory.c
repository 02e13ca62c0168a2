#include "memory.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

void memory_end(void)
{
    _exit(EX_OSERR);
}

void *memory_new(size_t size)
{
    assert(size > 0);
    void *memory = calloc(1, size);
    if (memory == NULL)
        memory_end();
    return memory;
}

void *memory_try(size_t size)
{
    return malloc(size > 0 ? size : 1);
}

char *memory_copy_text(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = memory_new(size);
    memcpy(copy, text, size);
    return copy;
}

bool size_add(size_t a, size_t b, size_t *sum)
{
    if (a > SIZE_MAX - b)
        return false;
    *sum = a + b;
    return true;
}

bool size_multiply(size_t a, size_t b, size_t *product)
{
    if (b != 0 && a > SIZE_MAX / b)
        return false;
    *product = a * b;
    return true;
}

/* Allocation that cannot fail, and arithmetic on sizes that cannot wrap.
 *
 * A small allocation that fails means that the machine, or the process's share of it, is out of memory: the process
 * ends (status EX_OSERR: trouble of the machine, and no crash) and its parent starts it anew; nothing acknowledged is
 * lost. Where the size comes from outside, use memory_try, or an arena or buf with a limit, and handle the failure.
 */
#ifndef CORDON_BASE_MEMORY_H
#define CORDON_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* Ends the process for want of memory. */
_Noreturn void memory_end(void);

/* Zeroed memory of `size` bytes, to be freed with free(). Never NULL. `size` must be above 0. */
void *memory_new(size_t size);

/* Uninitialised memory, or NULL. To be freed with free(). */
void *memory_try(size_t size);

/* A copy of a string, to be freed with free(). Never NULL. */
char *memory_copy_text(const char *text);

/* a + b and a * b; false, and *sum or *product untouched, where the result does not fit. */
bool size_add(size_t a, size_t b, size_t *sum);
bool size_multiply(size_t a, size_t b, size_t *product);

#endif

/* The whole test framework: named checks, counted, all run, the failing ones printed.
 *
 * A unit test is a program x_test.c beside x.c. It calls CHECK as often as it likes and ends with `return test_end();`.
 */
#ifndef CORDON_BASE_TEST_H
#define CORDON_BASE_TEST_H

#include <stdbool.h>

/* Counts; prints file, line and the text where `ok` is false. Returns ok. */
bool test_check(bool ok, const char *file, int line, const char *text);

/* Prints the context of the checks that follow (a table row's name), for failures only. NULL: none. */
void test_context(const char *name);

/* Prints "N checks, N failed". The exit status: 0 where at least one check ran and none failed. */
int test_end(void);

#define CHECK(condition) test_check((condition), __FILE__, __LINE__, #condition)

#endif

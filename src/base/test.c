#include "test.h"

#include <stdio.h>

static unsigned checks_run;
static unsigned checks_failed;
static const char *current_context;

bool test_check(bool ok, const char *file, int line, const char *text)
{
    checks_run++;
    if (ok)
        return true;
    checks_failed++;
    fprintf(stderr, "%s:%d: %s%sfailed: %s\n", file, line, current_context != NULL ? current_context : "",
            current_context != NULL ? ": " : "", text);
    return false;
}

void test_context(const char *name)
{
    current_context = name;
}

int test_end(void)
{
    printf("%u checks, %u failed\n", checks_run, checks_failed);
    return checks_run > 0 && checks_failed == 0 ? 0 : 1;
}

/* The tables compile, and are consistent. What they refuse is tested from inside of each box in tests/box. */
#include "sandbox.h"

#include "base/test.h"
#include "sandbox_program.h"
#include "sandbox_tables.h"
#include "sys/clock.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static bool list_names(const char *list, const char *call)
{
    size_t size = strlen(call);
    for (const char *at = strstr(list, call); at != NULL; at = strstr(at + 1, call)) {
        if ((at == list || at[-1] == ' ') && (at[size] == ' ' || at[size] == '\0'))
            return true;
    }
    return false;
}

static void test_tables(void)
{
    for (int profile = 0; profile < SANDBOX_PROFILES; profile++) {
        const struct sandbox_table *table = sandbox_table((enum sandbox_profile)profile);
        test_context(table->name);
        struct fault fault = { 0 };
        int64_t before = clock_now_us();
        struct sandbox_program *program = sandbox_prepare((enum sandbox_profile)profile, &fault);
        CHECK(program != NULL);
        if (program == NULL) {
            (void)printf("%s\n", fault.text);
            continue;
        }
        (void)printf("%-12s %4u steps, compiled in %lld us\n", table->name, program->filter.len,
                     (long long)(clock_now_us() - before));
        CHECK(program->filter.len > 10);
        sandbox_program_free(program);
        for (size_t i = 0; table->rules[i] != NULL; i++) {
            for (const struct sandbox_rule *rule = table->rules[i]; rule->call != NULL; rule++) {
                CHECK(!list_names(table->deadly, rule->call));
                CHECK(!list_names(sandbox_calls_absent, rule->call));
            }
        }
    }
    test_context(NULL);
}

/* What each of many children pays. */
static void test_cost(void)
{
    struct fault fault = { 0 };
    struct sandbox_program *idle = sandbox_prepare(SANDBOX_DECODER, &fault);
    struct sandbox_program *busy = sandbox_prepare(SANDBOX_DECODER_BUSY, &fault);
    CHECK(idle != NULL && busy != NULL);
    (void)fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        int64_t before = clock_now_us();
        bool is_weaker = false;
        struct sandbox_settings settings = { .program = idle, .descriptors = 32, .may_not_fork = true };
        if (sandbox_enter(&settings, &is_weaker, &fault) != 0)
            _exit(1);
        int64_t between = clock_now_us();
        if (sandbox_tighten(busy, &fault) != 0)
            _exit(2);
        (void)dprintf(STDOUT_FILENO, "entering took %lld us, tightening %lld us%s\n", (long long)(between - before),
                      (long long)(clock_now_us() - between), is_weaker ? ", without Landlock" : "");
        _exit(0);
    }
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    sandbox_program_free(idle);
    sandbox_program_free(busy);
}

int main(void)
{
    test_tables();
    test_cost();
    return test_end();
}

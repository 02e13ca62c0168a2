#include "sandbox_program.h"

#include "base/memory.h"
#include "base/span.h"
#include "sandbox_tables.h"

#include <assert.h>
#include <errno.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CALL_NAME_SIZE = 64, PROGRAM_MOST_STEPS = 4096 };

/* The next call of a list separated by spaces. False at its end. */
static bool list_next(struct span *rest, char name_out[CALL_NAME_SIZE])
{
    while (rest->size > 0) {
        struct span word = span_cut(rest, ' ');
        if (word.size == 0)
            continue;
        bool fits = span_copy(word, name_out, CALL_NAME_SIZE);
        assert(fits);
        return true;
    }
    return false;
}

static bool list_has(const char *list, const char *call)
{
    struct span rest = span_text(list);
    char name[CALL_NAME_SIZE];
    while (list_next(&rest, name)) {
        if (strcmp(name, call) == 0)
            return true;
    }
    return false;
}

/* Calls that this processor's kernel does not have (open on arm64) need no rule. */
static int rule_add(scmp_filter_ctx filter, uint32_t action, const char *call, unsigned count,
                    const struct scmp_arg_cmp *arguments)
{
    int number = seccomp_syscall_resolve_name(call);
    if (number < 0)
        return 0;
    int code = seccomp_rule_add_array(filter, action, number, count, arguments);
    return code == -EEXIST ? 0 : code;
}

static int rules_add_list(scmp_filter_ctx filter, uint32_t action, const char *list, const char *but)
{
    struct span rest = span_text(list);
    char name[CALL_NAME_SIZE];
    while (list_next(&rest, name)) {
        if (list_has(but, name))
            continue;
        int code = rule_add(filter, action, name, 0, NULL);
        if (code != 0)
            return code;
    }
    return 0;
}

static int rules_add_tested(scmp_filter_ctx filter, const struct sandbox_rule *rules)
{
    for (const struct sandbox_rule *rule = rules; rule->call != NULL; rule++) {
        struct scmp_arg_cmp arguments[SANDBOX_MOST_TESTS];
        unsigned count = 0;
        for (; count < SANDBOX_MOST_TESTS && rule->tests[count].mask != 0; count++) {
            const struct sandbox_test *test = &rule->tests[count];
            uint64_t value = test->value == SANDBOX_OWN_PID ? (uint64_t)getpid() : test->value;
            arguments[count] = SCMP_CMP(test->argument, SCMP_CMP_MASKED_EQ, test->mask, value);
        }
        int code = rule_add(filter, SCMP_ACT_ALLOW, rule->call, count, arguments);
        if (code != 0)
            return code;
    }
    return 0;
}

static int table_add(scmp_filter_ctx filter, const struct sandbox_table *table)
{
    int code = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    if (code == 0)
        code = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a binary tree: a dozen steps for any call */
    if (code == 0)
        code = rules_add_list(filter, SCMP_ACT_ERRNO(ENOSYS), sandbox_calls_absent, "");
    if (code == 0)
        code = rules_add_list(filter, SCMP_ACT_ALLOW, table->calls, "");
    for (size_t i = 0; code == 0 && table->rules[i] != NULL; i++)
        code = rules_add_tested(filter, table->rules[i]);
    if (code == 0)
        code = rules_add_list(filter, SCMP_ACT_ALLOW, sandbox_calls_sanitizer, table->calls);
    if (code == 0 && !SANDBOX_IS_SANITIZED)
        code = rules_add_list(filter, SCMP_ACT_KILL_PROCESS, table->deadly, table->calls);
    return code;
}

/* libseccomp writes to descriptors alone. */
static int program_export(scmp_filter_ctx filter, struct sock_fprog *program_out, struct fault *fault)
{
    int fd = memfd_create("filter", MFD_CLOEXEC);
    if (fd < 0)
        return fault_set_errno(fault, errno, "cannot make memory for a filter");
    struct stat st = { 0 };
    int code = seccomp_export_bpf(filter, fd);
    if (code == 0 && fstat(fd, &st) != 0)
        code = -errno;
    size_t size = (size_t)st.st_size;
    size_t steps = size / sizeof(struct sock_filter);
    if (code == 0 && (steps == 0 || steps > PROGRAM_MOST_STEPS))
        code = -E2BIG;
    struct sock_filter *filter_steps = code == 0 ? memory_new(size) : NULL;
    if (filter_steps != NULL && pread(fd, filter_steps, size, 0) != (ssize_t)size)
        code = -EIO;
    (void)close(fd);
    if (code != 0) {
        free(filter_steps);
        return fault_set_errno(fault, -code, "cannot export a filter");
    }
    *program_out = (struct sock_fprog){ .len = (unsigned short)steps, .filter = filter_steps };
    return 0;
}

struct sandbox_program *sandbox_prepare(enum sandbox_profile profile, struct fault *fault)
{
    const struct sandbox_table *table = sandbox_table(profile);
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (filter == NULL) {
        (void)fault_set(fault, ENOMEM, "cannot begin a filter");
        return NULL;
    }
    struct sandbox_program *program = memory_new(sizeof *program);
    program->profile = profile;
    int code = table_add(filter, table);
    if (code != 0)
        (void)fault_set_errno(fault, -code, "cannot compile the %s's filter", table->name);
    else
        code = program_export(filter, &program->filter, fault);
    seccomp_release(filter);
    if (code != 0) {
        free(program);
        return NULL;
    }
    return program;
}

void sandbox_program_free(struct sandbox_program *program)
{
    if (program == NULL)
        return;
    free(program->filter.filter);
    free(program);
}

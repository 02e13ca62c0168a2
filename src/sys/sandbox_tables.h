/* The allow-tables that sandbox_program.c compiles. Private to the sandbox's own files. */
#ifndef CORDON_SYS_SANDBOX_TABLES_H
#define CORDON_SYS_SANDBOX_TABLES_H

#include "sys/sandbox.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Programs built with a sanitizer make calls of their own, and need an address space without a limit. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANDBOX_IS_SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SANDBOX_IS_SANITIZED true
#endif
#endif
#ifndef SANDBOX_IS_SANITIZED
#define SANDBOX_IS_SANITIZED false
#endif

enum { SANDBOX_MOST_TESTS = 2, SANDBOX_MOST_RULE_LISTS = 7 };

/* A value that stands for the process id of whoever compiles the table. */
#define SANDBOX_OWN_PID UINT64_MAX

/* Argument number `argument` and `mask` must equal `value`. A mask of 0 ends the tests of a rule. */
struct sandbox_test {
    unsigned argument;
    uint64_t mask;
    uint64_t value;
};

/* A call that is allowed where all tests hold; several rules for one call are alternatives. */
struct sandbox_rule {
    const char *call;
    struct sandbox_test tests[SANDBOX_MOST_TESTS];
};

struct sandbox_table {
    const char *name;
    const char *calls; /* allowed whatever their arguments; separated by spaces */
    const struct sandbox_rule *rules[SANDBOX_MOST_RULE_LISTS]; /* allowed as far as their arguments are; each list ends
                                                                  with a row without a call */
    const char *deadly;    /* calls that only somebody who took us over makes: they end the process (SIGSYS) */
    uint32_t capabilities; /* bits that may stay, of those below 32 */
    bool may_listen;       /* Landlock leaves listening on TCP ports alone */
    bool may_connect;      /* and connecting to them and to abstract sockets */
    bool may_signal;       /* and signals to processes outside */
};

/* Calls that must look as if the kernel were too old for them, so that libc uses an older one that can be filtered. */
extern const char sandbox_calls_absent[];

/* What the runtime of a sanitizer needs besides; empty in all other builds. */
extern const char *const sandbox_calls_sanitizer;

const struct sandbox_table *sandbox_table(enum sandbox_profile profile);

#endif

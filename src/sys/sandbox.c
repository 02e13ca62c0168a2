#include "sandbox.h"

#include "sandbox_program.h"
#include "sandbox_tables.h"

#include <assert.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Both limits: not even root's box gets them back. */
static int limit_set(int resource, const char *name, rlim_t value, struct fault *fault)
{
    struct rlimit limit;
    if (getrlimit((__rlimit_resource_t)resource, &limit) != 0)
        return fault_set_errno(fault, errno, "cannot read the limit %s", name);
    if (limit.rlim_max != RLIM_INFINITY && value > limit.rlim_max)
        value = limit.rlim_max;
    limit = (struct rlimit){ .rlim_cur = value, .rlim_max = value };
    if (setrlimit((__rlimit_resource_t)resource, &limit) != 0)
        return fault_set_errno(fault, errno, "cannot set the limit %s", name);
    return 0;
}

static int limits_set(const struct sandbox_settings *settings, struct fault *fault)
{
    if (settings->memory_bytes > 0 && !SANDBOX_IS_SANITIZED &&
        limit_set(RLIMIT_DATA, "RLIMIT_DATA", settings->memory_bytes, fault) != 0)
        return -1;
    if (settings->descriptors > 0 && limit_set(RLIMIT_NOFILE, "RLIMIT_NOFILE", settings->descriptors, fault) != 0)
        return -1;
    if (settings->may_not_fork && limit_set(RLIMIT_NPROC, "RLIMIT_NPROC", 0, fault) != 0)
        return -1;
    return 0;
}

/* By the system call itself: libcap-ng reads /proc for this, too dear for each of many children. The bounding set does
 * not matter any more, since nothing that is executed gains anything (no new privileges). */
static int capabilities_drop(uint32_t kept, struct fault *fault)
{
    struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { { 0 } };
    if (syscall(SYS_capget, &header, data) != 0)
        return fault_set_errno(fault, errno, "cannot read our capabilities");
    kept &= data[0].permitted;
    data[0] = (struct __user_cap_data_struct){ .effective = kept, .permitted = kept };
    data[1] = (struct __user_cap_data_struct){ 0 };
    if (syscall(SYS_capset, &header, data) != 0)
        return fault_set_errno(fault, errno, "cannot drop capabilities");
    return 0;
}

static int filter_apply(const struct sandbox_program *program, struct fault *fault)
{
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program->filter) != 0)
        return fault_set_errno(fault, errno, "cannot apply the %s's filter", sandbox_table(program->profile)->name);
    return 0;
}

int sandbox_forbid_dumps(struct fault *fault)
{
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return fault_set_errno(fault, errno, "cannot forbid memory dumps");
    return limit_set(RLIMIT_CORE, "RLIMIT_CORE", 0, fault);
}

int sandbox_enter(const struct sandbox_settings *settings, bool *is_weaker_out, struct fault *fault)
{
    assert(settings->program != NULL);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return fault_set_errno(fault, errno, "cannot renounce new privileges");
    if (sandbox_forbid_dumps(fault) != 0)
        return -1;
    if (limits_set(settings, fault) != 0)
        return -1;

    bool is_weaker = true;
    if (!settings->without_landlock &&
        sandbox_landlock(settings->program->profile, settings->paths, settings->path_count, &is_weaker, fault) != 0)
        return -1;
    if (is_weaker_out != NULL)
        *is_weaker_out = is_weaker;
    if (capabilities_drop(sandbox_table(settings->program->profile)->capabilities, fault) != 0)
        return -1;
    return settings->without_filter ? 0 : filter_apply(settings->program, fault);
}

int sandbox_tighten(const struct sandbox_program *program, struct fault *fault)
{
    return filter_apply(program, fault);
}

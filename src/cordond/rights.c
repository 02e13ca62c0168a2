/* What the supervisor keeps once it has started.
 *
 * A filter and a bounding set are inherited by whatever it executes, so both have to leave the roles what they need
 * until they close their own, much tighter boxes.
 */
#include "service_user.h"

#include "sys/sandbox.h"

#include <errno.h>
#include <linux/capability.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* clang-format off */
static const unsigned long kept[] = {
    CAP_SETUID, CAP_SETGID,  /* roles become the service user */
    CAP_SETPCAP,             /* and empty their bounding set */
    CAP_SYS_ADMIN,           /* the engine makes its private tmpfs in a mount namespace of its own */
    CAP_SYS_CHROOT,          /* and makes it its root */
    CAP_KILL,                /* roles run as another user than we do */
    CAP_DAC_OVERRIDE,        /* sockets in folders of the service user, opened anew by a reload */
    CAP_DAC_READ_SEARCH,     /* the gate reads private keys before it drops root */
    CAP_CHOWN, CAP_FOWNER,   /* the group and the mode of a Unix socket; the folder of a store that a reload adds */
    CAP_NET_BIND_SERVICE,    /* a reload may open a listener below port 1024 */
    CAP_SYS_RESOURCE,        /* roles set their limits */
};
/* clang-format on */

static bool is_kept(unsigned long capability)
{
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        if (kept[i] == capability)
            return true;
    }
    return false;
}

/* The bounding set first, because that needs CAP_SETPCAP. A container may have taken some of ours away before. */
static int rights_bound(struct fault *fault)
{
    uint64_t mask = 0;
    for (unsigned long i = 0; i < 64 && prctl(PR_CAPBSET_READ, i, 0, 0, 0) >= 0; i++) {
        if (is_kept(i))
            mask |= UINT64_C(1) << i;
        else if (prctl(PR_CAPBSET_DROP, i, 0, 0, 0) != 0)
            return fault_set_errno(fault, errno, "cannot bound capabilities");
    }
    struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { { 0 } };
    if (syscall(SYS_capget, &header, data) != 0)
        return fault_set_errno(fault, errno, "cannot read our capabilities");
    for (size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
        uint32_t part = (uint32_t)(mask >> (32 * i));
        data[i].permitted &= part;
        data[i].effective = data[i].permitted;
        data[i].inheritable = 0;
    }
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0 || syscall(SYS_capset, &header, data) != 0)
        return fault_set_errno(fault, errno, "cannot drop capabilities");
    return 0;
}

int service_rights_reduce(const struct service_user *user, struct fault *fault)
{
    int failed = user->is_root ? rights_bound(fault) : sandbox_drop_user("", NULL, fault);
    if (failed != 0)
        return -1;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return fault_set_errno(fault, errno, "cannot renounce new privileges");
    struct sandbox_program *program = sandbox_prepare(SANDBOX_SUPERVISOR, fault);
    if (program == NULL)
        return -1;
    failed = sandbox_tighten(program, fault);
    sandbox_program_free(program);
    return failed;
}

#include "sandbox.h"

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <unistd.h>

static void capabilities_keep(const int *kept)
{
    capng_clear(CAPNG_SELECT_ALL);
    for (const int *capability = kept; capability != NULL && *capability >= 0; capability++)
        (void)capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, (unsigned)*capability);
}

/* Not trusting the library's word: whoever can become root again has not left. */
static int user_check(uid_t uid, gid_t gid, struct fault *fault)
{
    uid_t real_uid, effective_uid, saved_uid;
    gid_t real_gid, effective_gid, saved_gid;
    bool is_gone = getresuid(&real_uid, &effective_uid, &saved_uid) == 0 && real_uid == uid && effective_uid == uid &&
                   saved_uid == uid && getresgid(&real_gid, &effective_gid, &saved_gid) == 0 && real_gid == gid &&
                   effective_gid == gid && saved_gid == gid;
    if (!is_gone || setuid(0) == 0)
        return fault_set(fault, EPERM, "could not leave root for good");
    return 0;
}

static int user_change(const char *name, const int *kept, struct fault *fault)
{
    errno = 0;
    const struct passwd *user = getpwnam(name);
    if (user == NULL)
        return fault_set(fault, ENOENT, "there is no user \"%.64s\"; make one, or name another by user = ...", name);
    if (user->pw_uid == 0)
        return fault_set(fault, EPERM, "the user \"%.64s\" is root; name an ordinary one by user = ...", name);
    uid_t uid = user->pw_uid;
    gid_t gid = user->pw_gid;
    capabilities_keep(kept);
    int code = capng_change_id((int)uid, (int)gid, CAPNG_INIT_SUPP_GRP | CAPNG_CLEAR_BOUNDING | CAPNG_CLEAR_AMBIENT);
    if (code != 0)
        return fault_set(fault, EPERM, "cannot become the user \"%.64s\" (step %d of libcap-ng)", name, -code);
    return user_check(uid, gid, fault);
}

/* Changing the user makes the kernel forget that we want to end with our parent. A parent that has ended meanwhile is
 * seen by its socket. */
static int user_change_with_parent(const char *name, const int *kept, struct fault *fault)
{
    int wanted = 0;
    (void)prctl(PR_GET_PDEATHSIG, &wanted);
    if (user_change(name, kept, fault) != 0)
        return -1;
    if (wanted != 0 && prctl(PR_SET_PDEATHSIG, wanted) != 0)
        return fault_set_errno(fault, errno, "cannot tie our end to our parent's");
    return 0;
}

int sandbox_drop_user(const char *name, const int *kept, struct fault *fault)
{
    if (capng_get_caps_process() != 0)
        return fault_set(fault, EIO, "cannot read our capabilities");
    if (geteuid() == 0)
        return user_change_with_parent(name, kept, fault);

    bool may_bound = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP) != 0;
    capabilities_keep(kept);
    if (capng_apply(may_bound ? CAPNG_SELECT_ALL : CAPNG_SELECT_CAPS) != 0)
        return fault_set_errno(fault, errno, "cannot drop capabilities");
    return 0;
}

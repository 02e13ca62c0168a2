#include "service_user.h"

#include <errno.h>
#include <pwd.h>
#include <unistd.h>

int service_user_find(const char *name, struct service_user *user_out, struct fault *fault)
{
    *user_out = (struct service_user){ .is_root = geteuid() == 0, .uid = geteuid(), .gid = getegid() };
    if (!user_out->is_root)
        return 0;
    errno = 0;
    const struct passwd *row = getpwnam(name);
    if (row == NULL)
        return fault_set(fault, ENOENT,
                         "there is no user \"%.64s\"; make one (adduser --system --group --no-create-home %.64s), or "
                         "name another one by user = \"...\"",
                         name, name);
    if (row->pw_uid == 0)
        return fault_set(fault, EPERM, "the user \"%.64s\" is root; name an ordinary one by user = \"...\"", name);
    user_out->uid = row->pw_uid;
    user_out->gid = row->pw_gid;
    return 0;
}

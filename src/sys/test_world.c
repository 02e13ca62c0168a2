#include "sys/test_world.h"

#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

static bool raise_loopback(void)
{
    struct ifreq request = { .ifr_flags = IFF_UP | IFF_RUNNING };
    (void)snprintf(request.ifr_name, sizeof request.ifr_name, "lo");
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool is_up = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &request) == 0;
    if (fd >= 0)
        (void)close(fd);
    return is_up;
}

static bool write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    if (file == NULL)
        return false;
    bool is_written = fputs(text, file) >= 0;
    return fclose(file) == 0 && is_written;
}

bool test_world_enter(void)
{
    int kinds = CLONE_NEWNS | CLONE_NEWNET;
    char map[64];
    (void)snprintf(map, sizeof map, "0 %u 1\n", (unsigned)geteuid());
    bool is_root = geteuid() == 0;
    if (unshare(is_root ? kinds : kinds | CLONE_NEWUSER) != 0 || (!is_root && !write_file("/proc/self/uid_map", map)) ||
        mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 || !raise_loopback()) {
        printf("skipped: this machine lets us have no namespaces\n");
        return false;
    }
    return true;
}

bool test_world_empty(const char *folder)
{
    return mount("none", folder, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755") == 0;
}

bool test_world_replace(const char *path, const char *text)
{
    char temporary[] = "/tmp/cordon-world-XXXXXX";
    int fd = mkstemp(temporary);
    if (fd < 0)
        return false;
    (void)close(fd);
    bool is_replaced = write_file(temporary, text) && mount(temporary, path, NULL, MS_BIND, NULL) == 0;
    (void)unlink(temporary);
    return is_replaced;
}

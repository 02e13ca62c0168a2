#include "weaker.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WEAKER_FILE_SIZE = 4096 };

/* The start of a small file of the kernel's, terminated; "" where it can't be read. */
static void weaker_read(const char *path, char text_out[WEAKER_FILE_SIZE])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text_out, WEAKER_FILE_SIZE - 1) : -1;
    text_out[n > 0 ? n : 0] = '\0';
    if (fd >= 0)
        (void)close(fd);
}

/* /proc/swaps has a line of titles, then one for each swap in use. */
static bool machine_swaps(void)
{
    char text[WEAKER_FILE_SIZE];
    weaker_read("/proc/swaps", text);
    const char *second = strchr(text, '\n');
    return second != NULL && second[1] != '\0';
}

/* MemorySwapMax=0 of our unit, in the second version of control groups. */
static bool we_may_not_be_swapped(void)
{
    char text[WEAKER_FILE_SIZE];
    char path[WEAKER_FILE_SIZE + 64];
    weaker_read("/proc/self/cgroup", text);
    const char *group = strstr(text, "0::/");
    if (group == NULL)
        return false;
    group += strlen("0::");
    (void)snprintf(path, sizeof path, "/sys/fs/cgroup%.*s/memory.swap.max", (int)strcspn(group, "\n"), group);
    weaker_read(path, text);
    return strcmp(text, "0\n") == 0;
}

/* What a listener lets go its way that a recipient could come to harm by. */
static void listener_put(const struct listener_settings *listener, struct buf *out)
{
    static const enum category categories[] = { CATEGORY_INFECTED, CATEGORY_UNSCANNED };
    static const enum unscannable reasons[] = { UNSCANNABLE_POISON, UNSCANNABLE_DECODER, UNSCANNABLE_MASKED,
                                                UNSCANNABLE_LIMIT };
    for (size_t i = 0; i < sizeof categories / sizeof categories[0]; i++) {
        if ((listener->policy.actions[categories[i]] & ACTION_PASS) != 0)
            buf_printf(out, "weaker=listener %s: its policy passes %s mail on\n", listener->name,
                       category_text(categories[i]));
    }
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if ((listener->policy.unscannable_actions[reasons[i]] & ACTION_PASS) != 0)
            buf_printf(out, "weaker=listener %s: its policy passes mail on that is unscannable: %s\n", listener->name,
                       unscannable_text(reasons[i]));
    }
}

static void stores_put(const struct settings *settings, struct buf *out)
{
    for (size_t i = 0; i < settings->store_count; i++) {
        const char *path = settings->stores[i].owner_key;
        if (path[0] != '\0' && access(path, F_OK) == 0)
            buf_printf(out,
                       "weaker=store %s: the secret that opens its messages is on this machine: keep a copy "
                       "elsewhere, and take %s away\n",
                       settings->stores[i].name, path);
    }
}

static bool everybody_may_write(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && (status.st_mode & S_IWOTH) != 0;
}

void weaker_put(const struct service_user *user, const struct settings *settings, const char *configuration,
                struct buf *out)
{
    if (!user->is_root)
        buf_put_text(out, "weaker=not started as root: all roles run as the user who started them, and may signal and "
                          "look at each other as far as their boxes let them\n");
    if (machine_swaps() && !we_may_not_be_swapped())
        buf_put_text(out, "weaker=the machine swaps: decoded mail may reach a disk; run as a service with "
                          "MemorySwapMax=0, or encrypt the swap\n");
    if (everybody_may_write(configuration))
        buf_printf(out, "weaker=everybody may write %s: chmod o-w it\n", configuration);
    if (settings == NULL)
        return;
    for (size_t i = 0; i < settings->listener_count; i++)
        listener_put(&settings->listeners[i], out);
    stores_put(settings, out);
}

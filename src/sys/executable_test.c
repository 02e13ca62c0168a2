#include "sys/executable.h"

#include "base/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void check(const char *path, const char *wanted)
{
    struct fault fault = { 0 };
    test_context(path);
    int result = executable_check(path, &fault);
    CHECK(wanted == NULL ? result == 0 : result == -1 && strstr(fault.text, wanted) != NULL);
    test_context(NULL);
}

int main(void)
{
    char folder[] = "/tmp/cordon-executable-XXXXXX";
    char path[64];
    CHECK(mkdtemp(folder) != NULL);
    (void)snprintf(path, sizeof path, "%s/program", folder);
    check("/bin/true", NULL);
    check("true", "no absolute path");
    check(path, "No such file");
    check(folder, "no executable file");
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && fchmod(fd, 0644) == 0);
    check(path, "no executable file");
    CHECK(fchmod(fd, 0777) == 0);
    check(path, "writable by others");
    CHECK(fchmod(fd, 0755) == 0);
    check(path, NULL);
    CHECK(chmod(folder, 0777) == 0);
    check(path, "replace the program");
    CHECK(chmod(folder, 01777) == 0);
    check(path, NULL);
    CHECK(close(fd) == 0 && unlink(path) == 0 && rmdir(folder) == 0);
    return test_end();
}

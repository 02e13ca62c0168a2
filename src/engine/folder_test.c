/* SPDX-License-Identifier: GPL-2.0-only */
#include "folder.h"

#include "base/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void make_file(const char *folder, const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    CHECK(fd >= 0);
    (void)close(fd);
}

/* Files, folders in folders, and a link that must not be followed. */
static void test_empty(const char *base)
{
    char folder[256];
    char outside[256];
    char path[512];
    struct fault fault;
    (void)snprintf(folder, sizeof folder, "%s/in", base);
    (void)snprintf(outside, sizeof outside, "%s/out", base);
    CHECK(mkdir(folder, 0700) == 0 && mkdir(outside, 0700) == 0);
    make_file(outside, "kept");
    make_file(folder, "a");
    (void)snprintf(path, sizeof path, "%s/link", folder);
    CHECK(symlink(outside, path) == 0);
    (void)snprintf(path, sizeof path, "%s/x", folder);
    CHECK(mkdir(path, 0700) == 0);
    make_file(path, "b");
    (void)snprintf(path, sizeof path, "%s/x/y", folder);
    CHECK(mkdir(path, 0700) == 0);
    make_file(path, "c");

    CHECK(folder_empty(folder, &fault) == 0);
    CHECK(rmdir(folder) == 0);
    (void)snprintf(path, sizeof path, "%s/kept", outside);
    CHECK(access(path, F_OK) == 0);
    CHECK(folder_empty(outside, &fault) == 0 && rmdir(outside) == 0);
    CHECK(folder_empty(folder, &fault) != 0); /* it is not there */
    CHECK(folder_is_full(folder));
}

static void test_deep(const char *base)
{
    char path[1024];
    struct fault fault;
    int n = snprintf(path, sizeof path, "%s/deep", base);
    CHECK(mkdir(path, 0700) == 0);
    for (int i = 0; i < FOLDER_MOST_DEPTH + 2; i++) {
        n += snprintf(path + n, sizeof path - (size_t)n, "/d");
        CHECK(mkdir(path, 0700) == 0);
    }
    (void)snprintf(path, sizeof path, "%s/deep", base);
    CHECK(folder_empty(path, &fault) != 0);
    (void)snprintf(path, sizeof path, "rm -rf '%s/deep'", base);
    CHECK(system(path) == 0); /* NOLINT(cert-env33-c): a test's own folder */
}

int main(void)
{
    char base[] = "/tmp/folder-test-XXXXXX";
    CHECK(mkdtemp(base) != NULL);
    test_empty(base);
    test_deep(base);
    CHECK(rmdir(base) == 0);
    return test_end();
}

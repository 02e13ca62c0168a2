#include "last_good.h"

#include "base/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = 768 };

static char folder[] = "/tmp/cordon-last-good-test-XXXXXX";

static bool wants(const char *name)
{
    const char *dot = strrchr(name, '.');
    return name[0] != '.' && dot != NULL && strcmp(dot, ".ndb") == 0;
}

static const char *path_of(const char *name)
{
    static char path[PATH_ROOM];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void file_put(const char *name, const char *text)
{
    char fresh[PATH_ROOM];
    (void)snprintf(fresh, sizeof fresh, "%s/fresh", folder);
    FILE *file = fopen(fresh, "we");
    if (!CHECK(file != NULL))
        abort();
    (void)fputs(text, file);
    (void)fclose(file);
    CHECK(rename(fresh, path_of(name)) == 0);
}

static bool kept_is(const char *name, const char *text)
{
    char kept[LAST_GOOD_PATH_SIZE];
    char path[PATH_ROOM];
    char got[64] = "";
    last_good_path(folder, kept);
    (void)snprintf(path, sizeof path, "%s/%s", kept, name);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return text == NULL;
    (void)!fgets(got, sizeof got, file);
    (void)fclose(file);
    return text != NULL && strcmp(got, text) == 0;
}

static void keep(bool is_right)
{
    struct fault fault;
    char gathered[LAST_GOOD_PATH_SIZE];
    last_good_gathered_path(folder, gathered);
    CHECK(last_good_gather(folder, wants, &fault) == 0 && access(gathered, X_OK) == 0);
    CHECK(last_good_finish(folder, is_right, &fault) == 0 && access(gathered, F_OK) != 0);
}

static void test_keeping(void)
{
    test_context("the first set");
    file_put("one.ndb", "first");
    file_put("other.txt", "no signatures");
    keep(true);
    CHECK(kept_is("one.ndb", "first") && kept_is("other.txt", NULL));

    test_context("an update leaves it");
    file_put("one.ndb", "second");
    file_put("two.ndb", "new");
    CHECK(kept_is("one.ndb", "first") && kept_is("two.ndb", NULL));
    keep(false);
    CHECK(kept_is("one.ndb", "first") && kept_is("two.ndb", NULL));

    test_context("what was left half done is done anew");
    struct fault fault;
    CHECK(last_good_gather(folder, wants, &fault) == 0);
    CHECK(unlink(path_of("two.ndb")) == 0);
    keep(true);
    CHECK(kept_is("one.ndb", "second") && kept_is("two.ndb", NULL));
}

static void test_refusals(void)
{
    struct fault fault = { 0 };
    test_context("a symbolic link is no file that stays");
    CHECK(symlink("one.ndb", path_of("link.ndb")) == 0);
    CHECK(last_good_gather(folder, wants, &fault) == -1 && strstr(fault.text, "link.ndb") != NULL);
    CHECK(unlink(path_of("link.ndb")) == 0 && kept_is("one.ndb", "second"));
    keep(true);

    test_context("no folder");
    CHECK(last_good_gather("/nowhere", wants, &fault) == -1 && fault.code == ENOENT);

    test_context("a link in the place of ours leads nowhere");
    char gathered[LAST_GOOD_PATH_SIZE];
    last_good_gathered_path(folder, gathered);
    CHECK(symlink("/etc", gathered) == 0);
    CHECK(last_good_gather(folder, wants, &fault) == -1);
    CHECK(unlink(gathered) == 0);
    if (geteuid() != 0)
        return;
    test_context("somebody else's folder");
    CHECK(mkdir(gathered, 0755) == 0 && chown(gathered, 65534, 65534) == 0);
    CHECK(last_good_gather(folder, wants, &fault) == -1 && fault.code == EPERM);
    CHECK(rmdir(gathered) == 0);
}

int main(void)
{
    if (!CHECK(mkdtemp(folder) != NULL))
        return test_end();
    test_keeping();
    test_refusals();
    char command[PATH_ROOM];
    (void)snprintf(command, sizeof command, "rm -r '%s'", folder);
    CHECK(system(command) == 0);
    return test_end();
}

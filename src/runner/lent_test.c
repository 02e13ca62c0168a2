#include "runner/lent.h"

#include "base/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[LENT_PATH_SIZE];

static struct lent lent_make(const char *text)
{
    struct lent lent;
    struct fault fault = { 0 };
    CHECK(lent_write(folder, "piece", false, span_text(text), &lent, &fault) == 0);
    CHECK(lent_check(&lent, &fault) == 0);
    return lent;
}

static void overwrite(const struct lent *lent, const char *text)
{
    CHECK(chmod(lent->path, 0600) == 0);
    FILE *file = fopen(lent->path, "we");
    CHECK(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

static void check_bad(const struct lent *lent, const char *wanted)
{
    struct fault fault = { 0 };
    CHECK(lent_check(lent, &fault) == -1 && strstr(fault.text, wanted) != NULL);
    lent_remove(lent);
}

int main(void)
{
    char base[] = "/tmp/cordon-lent-XXXXXX";
    struct fault fault = { 0 };
    CHECK(mkdtemp(base) != NULL && lent_folder_make(base, 17, false, folder, &fault) == 0);
    CHECK(lent_folder_make(base, 17, false, folder, &fault) == -1 && fault.code == EEXIST);

    struct lent lent = lent_make("some bytes");
    struct stat st;
    CHECK(stat(lent.path, &st) == 0 && (st.st_mode & 07777) == 0400);
    overwrite(&lent, "some bytes");
    CHECK(lent_check(&lent, &fault) == 0); /* the same bytes are the same */
    overwrite(&lent, "some bites");
    check_bad(&lent, "other bytes");
    lent = lent_make("some bytes");
    overwrite(&lent, "some");
    check_bad(&lent, "another size");
    lent = lent_make("some bytes");
    lent_remove(&lent);
    check_bad(&lent, "not there any more");
    lent = lent_make("some bytes");
    CHECK(unlink(lent.path) == 0 && symlink("/etc/passwd", lent.path) == 0);
    check_bad(&lent, "not there any more");
    lent = lent_make("some bytes");
    CHECK(unlink(lent.path) == 0 && mkdir(lent.path, 0700) == 0);
    check_bad(&lent, "a file no more");
    CHECK(rmdir(lent.path) == 0);
    lent = lent_make("");
    CHECK(lent_write(folder, "piece", false, span_text("x"), &lent, &fault) == -1 && fault.code == EEXIST);

    bool is_memory = true;
    CHECK(lent_folder_check(folder, &is_memory, &fault) == 0);
    CHECK(lent_folder_check("/nowhere", &is_memory, &fault) == -1 && strstr(fault.text, "No such file") != NULL);
    CHECK(chmod(folder, 0770) == 0);
    CHECK(lent_folder_check(folder, &is_memory, &fault) == -1 && strstr(fault.text, "writable by others") != NULL);
    CHECK(lent_folder_check("/dev/shm", &is_memory, &fault) == -1);
    char shown[LENT_PATH_SIZE];
    CHECK(lent_folder_make(folder, 18, true, shown, &fault) == 0 && stat(shown, &st) == 0 &&
          (st.st_mode & 0777) == 0750);
    CHECK(lent_write(shown, "piece", true, span_text("x"), &lent, &fault) == 0 && stat(lent.path, &st) == 0 &&
          (st.st_mode & 0777) == 0440);
    struct timespec old[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };
    CHECK(chmod(folder, 0750) == 0 && utimensat(AT_FDCWD, shown, old, 0) == 0);
    CHECK(lent_folder_check(folder, &is_memory, &fault) == 0 && stat(shown, &st) == -1);

    char deep[LENT_PATH_SIZE + 64];
    (void)snprintf(deep, sizeof deep, "%s/a", folder);
    CHECK(mkdir(deep, 0700) == 0);
    (void)snprintf(deep, sizeof deep, "%s/a/b", folder);
    CHECK(symlink("/etc", deep) == 0);
    lent_folder_remove(folder);
    CHECK(stat(folder, &st) == -1 && stat("/etc/passwd", &st) == 0 && rmdir(base) == 0);
    return test_end();
}

/* SPDX-License-Identifier: GPL-2.0-only */
#include "clean_samples.h"

#include "base/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void write_file(const char *folder, const char *name, const char *text)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    CHECK(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

static void remove_file(const char *folder, const char *name)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    CHECK(unlink(path) == 0);
}

static void test_made(void)
{
    for (size_t i = 0; i < clean_made_count(); i++) {
        struct buf bytes;
        test_context(clean_made_name(i));
        clean_made_put(i, &bytes);
        CHECK(bytes.size > 64 && !buf_overflowed(&bytes));
        buf_fini(&bytes);
    }
}

/* The offset of the table of offsets, and each of its own, are where it says. */
static void test_pdf(void)
{
    struct buf bytes;
    size_t index = 0;
    while (strcmp(clean_made_name(index), "a PDF document") != 0)
        index++;
    clean_made_put(index, &bytes);
    const char *text = buf_text(&bytes);
    const char *start = strstr(text, "startxref\n");
    CHECK(start != NULL);
    size_t table = strtoul(start + strlen("startxref\n"), NULL, 10);
    CHECK(table < bytes.size && strncmp(text + table, "xref\n", 5) == 0);
    const char *row = strstr(text + table, " f \n");
    for (unsigned number = 1; number <= 5 && row != NULL; number++) {
        char wanted[16];
        row += number == 1 ? 4 : 20;
        (void)snprintf(wanted, sizeof wanted, "%u 0 obj\n", number);
        size_t at = strtoul(row, NULL, 10);
        CHECK(at < bytes.size && strncmp(text + at, wanted, strlen(wanted)) == 0);
    }
    const char *stream = strstr(text, "stream\n");
    const char *length = strstr(text, "/Length ");
    CHECK(stream != NULL && length != NULL);
    CHECK(strncmp(stream + 7 + strtoul(length + 8, NULL, 10), "\nendstream", 10) == 0);
    buf_fini(&bytes);
}

static void test_files(const char *folder)
{
    static struct clean_files files;
    struct fault fault = { 0 };
    CHECK(clean_files_read(folder, &files, &fault) == 0 && files.count == 0);
    write_file(folder, "one", "some bytes");
    write_file(folder, "empty", "");
    write_file(folder, ".hidden", "x");
    char inner[256];
    (void)snprintf(inner, sizeof inner, "%s/inner", folder);
    CHECK(mkdir(inner, 0700) == 0);
    CHECK(clean_files_read(folder, &files, &fault) == 0 && files.count == 1);
    CHECK(strcmp(files.files[0].name, "one") == 0 && files.files[0].size == 10);
    CHECK(memcmp(files.files[0].data, "some bytes", 10) == 0);
    clean_files_free(&files);
    CHECK(files.count == 0 && rmdir(inner) == 0);
    for (int i = 0; i < CLEAN_MOST_FILES; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "many-%d", i);
        write_file(folder, name, "x");
    }
    CHECK(clean_files_read(folder, &files, &fault) == -1 && fault.code == EFBIG && files.count == 0);
    for (int i = 0; i < CLEAN_MOST_FILES; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "many-%d", i);
        remove_file(folder, name);
    }
    remove_file(folder, "one");
    remove_file(folder, "empty");
    remove_file(folder, ".hidden");
}

int main(void)
{
    char folder[] = "/tmp/cordon-test-XXXXXX";
    CHECK(mkdtemp(folder) != NULL);
    test_made();
    test_pdf();
    test_files(folder);
    CHECK(rmdir(folder) == 0);
    static struct clean_files files;
    struct fault fault = { 0 };
    CHECK(clean_files_read(folder, &files, &fault) == -1 && fault.code == ENOENT);
    return test_end();
}

#include "files.h"

#include "base/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/cordon-yara-XXXXXX";

static const char *path_of(const char *name)
{
    static char paths[4][128];
    static unsigned next;
    char *path = paths[next++ % 4];
    (void)snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static void file_make(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "we");
    CHECK(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

static void test_namespaces(void)
{
    static const char *const rows[][2] = {
        { "/etc/yara/apt.yar", "apt" },
        { "/etc/yara/a-b c.d.yar", "a_b_c_d" },
        { "plain", "plain" },
        { "/etc/yara/.hidden", "_hidden" },
        { "/a.b/c", "c" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[FILES_NAMESPACE_SIZE];
        test_context(rows[i][0]);
        files_namespace(rows[i][0], text);
        CHECK(strcmp(text, rows[i][1]) == 0);
    }
    test_context(NULL);
}

static void test_finding(void)
{
    struct files files;
    struct fault fault = { 0 };
    file_make("b.yar", "b");
    file_make("a.yar", "aa");
    CHECK(mkdir(path_of("c.yar"), 0700) == 0);
    struct settings_list patterns = { .items = { path_of("*.yar"), path_of("a.yar") }, .count = 2 };
    CHECK(files_find(&patterns, &files, &fault) == 0 && files.count == 2);
    CHECK(files.count == 2 && strstr(files.paths[0], "/a.yar") != NULL && strstr(files.paths[1], "/b.yar") != NULL);
    files_free(&files);
    patterns.items[1] = path_of("*.none");
    CHECK(files_find(&patterns, &files, &fault) == -1 && fault.code == ENOENT);
    patterns.items[1] = path_of("c.yar"); /* a folder */
    CHECK(files_find(&patterns, &files, &fault) == -1 && fault.code == ENOENT);
}

static void test_reading(void)
{
    struct buf bytes;
    struct fault fault = { 0 };
    buf_init(&bytes, 2);
    CHECK(files_read(path_of("a.yar"), &bytes, &fault) == 0 && span_is(buf_span(&bytes), "aa"));
    CHECK(files_read(path_of("a.yar"), &bytes, &fault) == -1 && fault.code == EFBIG);
    buf_fini(&bytes);
    buf_init(&bytes, 2);
    CHECK(files_read(path_of("none"), &bytes, &fault) == -1 && fault.code == ENOENT);
    buf_fini(&bytes);
    CHECK(files_hash(FILES_HASH_FIRST, "a", 1) == UINT64_C(0xaf63dc4c8601ec8c));
}

int main(void)
{
    CHECK(mkdtemp(folder) != NULL);
    test_namespaces();
    test_finding();
    test_reading();
    CHECK(unlink(path_of("a.yar")) == 0 && unlink(path_of("b.yar")) == 0 && rmdir(path_of("c.yar")) == 0);
    CHECK(rmdir(folder) == 0);
    return test_end();
}

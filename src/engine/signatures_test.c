/* SPDX-License-Identifier: GPL-2.0-only */
#include "signatures.h"

#include "base/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

static void test_folder(const char *folder)
{
    struct signatures_about first;
    struct signatures_about second;
    struct fault fault;
    CHECK(signatures_look(folder, "1.4.6", &first, &fault) == 0);
    CHECK(strcmp(first.version, "ClamAV 1.4.6") == 0 && first.generation != 0);

    write_file(folder, "a.ndb", "x");
    CHECK(signatures_look(folder, "1.4.6", &second, &fault) == 0);
    CHECK(first.generation != second.generation);
    CHECK(signatures_look(folder, "1.4.6", &first, &fault) == 0);
    CHECK(first.generation == second.generation);
    CHECK(signatures_look(folder, "1.4.7", &first, &fault) == 0);
    CHECK(first.generation != second.generation);
    write_file(folder, "a.ndb", "longer");
    CHECK(signatures_look(folder, "1.4.6", &first, &fault) == 0);
    CHECK(first.generation != second.generation);

    write_file(folder, "daily.cvd", "ClamAV-VDB:16 Nov 2026 08-32 +0000:27600:200:90:x:y:z:1");
    CHECK(signatures_look(folder, "1.4.6", &first, &fault) == 0);
    CHECK(strcmp(first.version, "ClamAV 1.4.6/27600") == 0);
    CHECK(strcmp(first.databases, "daily:27600") == 0 && first.built == 1);
    write_file(folder, "main.cvd", "ClamAV-VDB:1 Nov 2026 08-32 +0000:62:200:90:x:y:z:1793520000   ");
    CHECK(signatures_look(folder, "1.4.6", &first, &fault) == 0);
    CHECK(strcmp(first.databases, "main:62 daily:27600") == 0 && first.built == 1793520000);
    remove_file(folder, "main.cvd");
    write_file(folder, "daily.cvd", "ClamAV-VDB:16 Nov 2026");
    CHECK(signatures_look(folder, "1.4.6", &first, &fault) == 0);
    CHECK(strcmp(first.version, "ClamAV 1.4.6") == 0);
    remove_file(folder, "daily.cvd");
    remove_file(folder, "a.ndb");
}

static void test_test(const char *folder)
{
    struct signatures_about about;
    struct signatures_file file;
    struct fault fault;
    CHECK(signatures_look(SIGNATURES_TEST, "1.4.6", &about, &fault) == 0);
    CHECK(strcmp(about.version, "ClamAV 1.4.6/test") == 0);
    CHECK(signatures_open(SIGNATURES_TEST, folder, &file, &fault) == 0);
    CHECK(access(file.path, R_OK) == 0);
    signatures_close(&file);
    CHECK(access(file.path, R_OK) != 0);
    CHECK(signatures_open(SIGNATURES_TEST, "/there/is/none", &file, &fault) != 0);
    CHECK(signatures_open("/var/lib/clamav", folder, &file, &fault) == 0);
    CHECK(strcmp(file.path, "/var/lib/clamav") == 0);
    signatures_close(&file);
}

int main(void)
{
    char folder[] = "/tmp/signatures-test-XXXXXX";
    CHECK(mkdtemp(folder) != NULL);
    test_folder(folder);
    test_test(folder);
    CHECK(rmdir(folder) == 0);
    struct signatures_about about;
    struct fault fault;
    CHECK(signatures_look(folder, "1.4.6", &about, &fault) != 0);
    CHECK(fault.code == ENOENT && strstr(fault.text, "freshclam") != NULL);
    return test_end();
}

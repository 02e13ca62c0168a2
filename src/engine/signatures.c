/* SPDX-License-Identifier: GPL-2.0-only */
#include "signatures.h"

#include "base/span.h"
#include "scanner/eicar.h"
#include "sys/folder_print.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SIGNATURES_HEAD_BYTES = 512, SIGNATURES_FIELD_TIME = 8 };

/* What a database of ClamAV's own says of itself. */
struct database {
    uint64_t version; /* 0: there is none */
    uint64_t built;   /* by the wall clock, in seconds; 0: it does not say */
};

/* A database's first bytes: "ClamAV-VDB:16 Nov 2026 08-32 +0000:27600:COUNT:LEVEL:MD5:SIGNATURE:BUILDER:TIME". */
static struct database database_read(const char *folder, const char *name, const char *suffix)
{
    char path[SIGNATURES_PATH_SIZE];
    char head[SIGNATURES_HEAD_BYTES];
    struct database found = { 0 };
    (void)snprintf(path, sizeof path, "%s/%s%s", folder, name, suffix);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, head, sizeof head) : -1;
    if (fd >= 0)
        (void)close(fd);
    struct span rest = span_of(head, n > 0 ? (size_t)n : 0);
    if (!span_is(span_cut(&rest, ':'), "ClamAV-VDB"))
        return found;
    (void)span_cut(&rest, ':');
    if (!span_number(span_cut(&rest, ':'), &found.version))
        return (struct database){ 0 };
    for (int field = 3; field < SIGNATURES_FIELD_TIME; field++)
        (void)span_cut(&rest, ':');
    if (!span_number(span_trim(span_cut(&rest, ':')), &found.built))
        found.built = 0;
    return found;
}

/* "main:62 daily:27600", and when the newest of them was built. The version of daily stands for the whole set. */
static uint64_t signatures_look_at_databases(const char *folder, struct signatures_about *about)
{
    static const char *const names[] = { "main", "daily", "bytecode" };
    uint64_t daily = 0;
    uint64_t built = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct database database = database_read(folder, names[i], ".cld"); /* the newer where both are there */
        if (database.version == 0)
            database = database_read(folder, names[i], ".cvd");
        if (database.version == 0)
            continue;
        size_t used = strlen(about->databases);
        (void)snprintf(about->databases + used, sizeof about->databases - used, "%s%s:%llu", used > 0 ? " " : "",
                       names[i], (unsigned long long)database.version);
        if (strcmp(names[i], "daily") == 0)
            daily = database.version;
        if (database.built > built)
            built = database.built;
    }
    if (built != 0)
        about->built = (int64_t)built;
    return daily;
}

int signatures_look(const char *signatures, const char *library_version, struct signatures_about *about_out,
                    struct fault *fault)
{
    *about_out = (struct signatures_about){ 0 };
    struct folder_print print = { .number = folder_print_text(library_version) };
    struct fault why = { 0 };
    uint64_t daily = 0;
    bool is_test = strcmp(signatures, SIGNATURES_TEST) == 0;
    if (!is_test && folder_print_add(signatures, NULL, &print, &why) != 0)
        return fault_set(fault, ENOENT, "no signatures: %.160s; " SIGNATURES_ADVICE, why.text);
    about_out->generation = print.number != 0 ? print.number : 1;
    about_out->built = print.newest;
    if (!is_test)
        daily = signatures_look_at_databases(signatures, about_out);
    if (daily != 0)
        (void)snprintf(about_out->version, sizeof about_out->version, "ClamAV %.32s/%llu", library_version,
                       (unsigned long long)daily);
    else
        (void)snprintf(about_out->version, sizeof about_out->version, "ClamAV %.32s%s", library_version,
                       is_test ? "/" SIGNATURES_TEST : "");
    return 0;
}

int signatures_open(const char *signatures, const char *folder, struct signatures_file *file_out, struct fault *fault)
{
    *file_out = (struct signatures_file){ .is_ours = strcmp(signatures, SIGNATURES_TEST) == 0 };
    if (!file_out->is_ours) {
        (void)snprintf(file_out->path, sizeof file_out->path, "%s", signatures);
        return 0;
    }
    char eicar[EICAR_SIZE + 1];
    char line[64 + 2 * EICAR_SIZE] = "Eicar-Test-Signature:0:*:"; /* any type of file, anywhere in it */
    eicar_make(eicar);
    size_t size = strlen(line);
    for (size_t i = 0; i < EICAR_SIZE; i++)
        size += (size_t)snprintf(line + size, sizeof line - size, "%02x", (unsigned char)eicar[i]);
    line[size++] = '\n';

    (void)snprintf(file_out->path, sizeof file_out->path, "%s/test.ndb", folder);
    int fd = open(file_out->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return fault_set_errno(fault, errno, "cannot make %s", file_out->path);
    ssize_t n = write(fd, line, size);
    (void)close(fd);
    if (n == (ssize_t)size)
        return 0;
    signatures_close(file_out);
    return fault_set(fault, EIO, "cannot write the test's signature into %s", folder);
}

void signatures_close(struct signatures_file *file)
{
    if (file->is_ours)
        (void)unlink(file->path);
}

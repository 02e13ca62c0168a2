/* SPDX-License-Identifier: GPL-2.0-only */
#include "signatures.h"

#include "base/span.h"
#include "scanner/eicar.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SIGNATURES_HEAD_BYTES = 512, SIGNATURES_MOST_FILES = 4096 };

/* FNV-1a. */
static uint64_t hash_add(uint64_t hash, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static uint64_t hash_text(const char *text)
{
    return hash_add(UINT64_C(0xcbf29ce484222325), text, strlen(text));
}

/* The sum over all files, because a folder has no order. */
static int signatures_hash_folder(const char *path, uint64_t *hash, struct fault *fault)
{
    DIR *folder = opendir(path);
    if (folder == NULL)
        return fault_set(fault, ENOENT, "no signatures: cannot open %s (%s); " SIGNATURES_ADVICE, path,
                         strerror(errno));
    unsigned files = 0;
    for (struct dirent *entry = readdir(folder); entry != NULL && files < SIGNATURES_MOST_FILES;
         entry = readdir(folder)) {
        struct stat st;
        if (fstatat(dirfd(folder), entry->d_name, &st, 0) != 0 || !S_ISREG(st.st_mode))
            continue;
        uint64_t one = hash_text(entry->d_name);
        one = hash_add(one, &st.st_size, sizeof st.st_size);
        one = hash_add(one, &st.st_mtim.tv_sec, sizeof st.st_mtim.tv_sec);
        one = hash_add(one, &st.st_mtim.tv_nsec, sizeof st.st_mtim.tv_nsec);
        *hash += one;
        files++;
    }
    (void)closedir(folder);
    return 0;
}

/* The number in "ClamAV-VDB:16 Nov 2026 08-32 +0000:27600:...", a database's first bytes. 0: none there. */
static uint64_t signatures_daily_version(const char *folder)
{
    static const char *const names[] = { "daily.cld", "daily.cvd" }; /* the first is the newer where both are there */
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[SIGNATURES_PATH_SIZE];
        char head[SIGNATURES_HEAD_BYTES];
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        ssize_t n = fd >= 0 ? read(fd, head, sizeof head) : -1;
        if (fd >= 0)
            (void)close(fd);
        struct span rest = span_of(head, n > 0 ? (size_t)n : 0);
        uint64_t version = 0;
        bool is_database = span_is(span_cut(&rest, ':'), "ClamAV-VDB");
        (void)span_cut(&rest, ':');
        if (is_database && span_number(span_cut(&rest, ':'), &version))
            return version;
    }
    return 0;
}

int signatures_look(const char *signatures, const char *library_version, struct signatures_about *about_out,
                    struct fault *fault)
{
    *about_out = (struct signatures_about){ .generation = hash_text(library_version) };
    uint64_t daily = 0;
    bool is_test = strcmp(signatures, SIGNATURES_TEST) == 0;
    if (!is_test) {
        if (signatures_hash_folder(signatures, &about_out->generation, fault) != 0)
            return -1;
        daily = signatures_daily_version(signatures);
    }
    if (about_out->generation == 0)
        about_out->generation = 1;
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

#include "keyfile.h"

#include "base/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/cordon-keyfile-XXXXXX";
static struct fault fault;

static const char *path_of(const char *name)
{
    static char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_text(const char *name, const char *text, mode_t mode)
{
    (void)unlink(path_of(name));
    int fd = open(path_of(name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && fchmod(fd, mode) == 0);
    (void)close(fd);
}

static unsigned mode_of(const char *name)
{
    struct stat status = { 0 };
    CHECK(stat(path_of(name), &status) == 0);
    return (unsigned)(status.st_mode & 07777);
}

static void test_round(void)
{
    struct crypt_key key;
    struct crypt_key read_key;
    crypt_random(&key, sizeof key);
    CHECK(keyfile_write_root(path_of("root"), &key, &fault) == 0 && mode_of("root") == 0600);
    CHECK(keyfile_read_root(path_of("root"), &read_key, &fault) == 0 && memcmp(&key, &read_key, sizeof key) == 0);
    CHECK(keyfile_write_root(path_of("root"), &read_key, &fault) == -1 && fault.code == EEXIST);

    struct crypt_pair pair;
    struct crypt_pair read_pair;
    unsigned char read_public[CRYPT_PUBLIC_SIZE];
    crypt_pair_new(&pair);
    CHECK(keyfile_write_pair(path_of("secret"), &pair, &fault) == 0 && mode_of("secret") == 0600);
    CHECK(keyfile_read_pair(path_of("secret"), &read_pair, &fault) == 0 && memcmp(&pair, &read_pair, sizeof pair) == 0);
    CHECK(keyfile_write_public(path_of("public"), pair.public_half, &fault) == 0 && mode_of("public") == 0644);
    CHECK(keyfile_read_public(path_of("public"), read_public, &fault) == 0 &&
          memcmp(read_public, pair.public_half, sizeof read_public) == 0);

    /* None in the place of another. */
    CHECK(keyfile_read_root(path_of("secret"), &read_key, &fault) == -1 && fault.code == EINVAL);
    CHECK(keyfile_read_public(path_of("secret"), read_public, &fault) == -1 && fault.code == EINVAL);
    CHECK(keyfile_read_pair(path_of("public"), &read_pair, &fault) == -1);
    CHECK(keyfile_read_root(path_of("none"), &read_key, &fault) == -1 && fault.code == ENOENT);
    CHECK(keyfile_read_root(folder, &read_key, &fault) == -1);
    CHECK(keyfile_write_root(path_of("no/root"), &key, &fault) == -1 && fault.code == ENOENT);
}

#define LETTERS "AQIDAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
static void test_texts(void)
{
    static const struct row {
        const char *text;
        bool is_good;
    } rows[] = {
        { "cordon-store-root-1 " LETTERS "A=\n", true },
        { "cordon-store-root-1 " LETTERS "A=", true },
        { "cordon-store-root-1 " LETTERS "A=\r\n\n", true },
        { "cordon-store-root-1 " LETTERS "B=\n", false },
        { "cordon-store-root-1 " LETTERS "AA\n", false },
        { "cordon-store-root-1 " LETTERS "A\n", false },
        { "cordon-store-root-1 " LETTERS "A=\nmore\n", false },
        { "cordon-store-root-1  " LETTERS "A=\n", false },
        { "cordon-store-root-2 " LETTERS "A=\n", false },
        { "cordon-store-root-1 -" LETTERS "=\n", false },
        { "cordon-store-root-1\n", false },
        { "", false },
    };
    struct crypt_key key;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].text);
        write_text("text", rows[i].text, 0600);
        CHECK((keyfile_read_root(path_of("text"), &key, &fault) == 0) == rows[i].is_good);
        CHECK(key.bytes[0] == (rows[i].is_good ? 1 : 0) && key.bytes[1] == (rows[i].is_good ? 2 : 0));
    }
    test_context(NULL);
    char large[1000];
    memset(large, ' ', sizeof large - 1);
    large[sizeof large - 1] = '\0';
    memcpy(large, rows[1].text, strlen(rows[1].text));
    write_text("text", large, 0600);
    CHECK(keyfile_read_root(path_of("text"), &key, &fault) == -1);
}

static void test_refusals(void)
{
    struct crypt_key key;
    static const mode_t modes[] = { 0640, 0604, 0620, 0660, 0644 };
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        write_text("open", "cordon-store-root-1 " LETTERS "A=\n", modes[i]);
        CHECK(keyfile_read_root(path_of("open"), &key, &fault) == -1 && fault.code == EPERM);
    }
    write_text("open", "cordon-store-root-1 " LETTERS "A=\n", 0400);
    CHECK(keyfile_read_root(path_of("open"), &key, &fault) == 0);
    unsigned char public_half[CRYPT_PUBLIC_SIZE];
    static const mode_t public_modes[] = { 0664, 0646, 0666 }; /* of "public", which test_files has made */
    for (size_t i = 0; i < sizeof public_modes / sizeof public_modes[0]; i++) {
        CHECK(chmod(path_of("public"), public_modes[i]) == 0);
        CHECK(keyfile_read_public(path_of("public"), public_half, &fault) == -1 && fault.code == EPERM);
    }
    CHECK(chmod(path_of("public"), 0644) == 0 && keyfile_read_public(path_of("public"), public_half, &fault) == 0);
    CHECK(mkfifo(path_of("fifo"), 0600) == 0 && keyfile_read_root(path_of("fifo"), &key, &fault) == -1);
    unsigned char bad[CRYPT_PUBLIC_SIZE] = { 1 };
    CHECK(keyfile_write_public(path_of("bad"), bad, &fault) == 0 &&
          keyfile_read_public(path_of("bad"), bad, &fault) == -1 && fault.code == EINVAL);
}

int main(void)
{
    CHECK(crypt_begin(&fault) == 0);
    CHECK(mkdtemp(folder) != NULL);
    (void)umask(077);
    test_round();
    test_texts();
    test_refusals();
    static const char *const names[] = { "root", "secret", "public", "text", "open", "fifo", "bad" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        (void)unlink(path_of(names[i]));
    CHECK(rmdir(folder) == 0); /* and nothing was left beside them */
    return test_end();
}

#include "keyfile.h"

#include "base/base64.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Each key has 32 bytes, and so 43 letters and a pad. */
enum { KEYFILE_LETTERS = 43, KEYFILE_MOST = 256, KEYFILE_PATH_MOST = 4096 };

struct keyfile_kind {
    const char *word;
    const char *meaning;
    bool is_secret;
};
static const struct keyfile_kind kind_root = { "cordon-store-root-1", "a store's root key", true };
static const struct keyfile_kind kind_pair = { "cordon-owner-secret-1", "an owner's secret key", true };
static const struct keyfile_kind kind_public = { "cordon-owner-public-1", "an owner's public key", false };

/* --- Reading --- */

static bool letters_read(struct span letters, unsigned char bytes_out[CRYPT_KEY_SIZE])
{
    if (letters.size != KEYFILE_LETTERS + 1 || letters.data[KEYFILE_LETTERS] != '=')
        return false;
    unsigned bits = 0;
    unsigned count = 0;
    size_t size = 0;
    for (size_t i = 0; i < KEYFILE_LETTERS; i++) {
        if (!base64_is_letter(letters.data[i]))
            return false;
        bits = (bits << 6 | base64_value(letters.data[i])) & 0xffffU;
        count += 6;
        if (count < 8)
            continue;
        count -= 8;
        bytes_out[size++] = (unsigned char)(bits >> count);
    }
    return (bits & ((1U << count) - 1)) == 0; /* one key is written in one way */
}

static int keyfile_check(int fd, const char *path, const struct keyfile_kind *kind, struct fault *fault)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return fault_set_errno(fault, errno, "%s", path);
    if (!S_ISREG(status.st_mode))
        return fault_set(fault, EINVAL, "%s: not a file", path);
    if (kind->is_secret && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return fault_set(fault, EPERM, "%s: is %s, and others than its owner may use it (mode %04o; must be 0600)",
                         path, kind->meaning, (unsigned)(status.st_mode & 07777));
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) /* who puts another in its place reads what comes */
        return fault_set(fault, EPERM, "%s: is %s, and others than its owner may change it (mode %04o; must be 0644)",
                         path, kind->meaning, (unsigned)(status.st_mode & 07777));
    return 0;
}

static int keyfile_read_text(const char *path, const struct keyfile_kind *kind, char text_out[KEYFILE_MOST],
                             size_t *size_out, struct fault *fault)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return fault_set_errno(fault, errno, "%s", path);
    int failed = keyfile_check(fd, path, kind, fault);
    size_t size = 0;
    while (failed == 0 && size < KEYFILE_MOST) {
        ssize_t got = read(fd, text_out + size, KEYFILE_MOST - size);
        if (got == 0)
            break;
        if (got > 0)
            size += (size_t)got;
        else if (errno != EINTR)
            failed = fault_set_errno(fault, errno, "%s", path);
    }
    (void)close(fd);
    *size_out = size;
    return failed;
}

static int keyfile_read(const char *path, const struct keyfile_kind *kind, unsigned char bytes_out[CRYPT_KEY_SIZE],
                        struct fault *fault)
{
    char text[KEYFILE_MOST];
    size_t size = 0;
    if (keyfile_read_text(path, kind, text, &size, fault) != 0)
        return -1;
    struct span rest = span_trim(span_of(text, size));
    struct span word = span_cut(&rest, ' ');
    bool is_kind = span_is(word, kind->word);
    bool is_good = is_kind && size < KEYFILE_MOST && letters_read(rest, bytes_out);
    crypt_wipe(text, sizeof text);
    if (!is_good) {
        crypt_wipe(bytes_out, CRYPT_KEY_SIZE);
        return fault_set(fault, EINVAL, "%s: %s (%s must be one line: %s and 44 letters of base64)", path,
                         is_kind ? "the key in it is damaged" : "not such a key", kind->meaning, kind->word);
    }
    return 0;
}

int keyfile_read_root(const char *path, struct crypt_key *key_out, struct fault *fault)
{
    return keyfile_read(path, &kind_root, key_out->bytes, fault);
}

int keyfile_read_pair(const char *path, struct crypt_pair *pair_out, struct fault *fault)
{
    if (keyfile_read(path, &kind_pair, pair_out->secret_half, fault) != 0)
        return -1;
    if (crypt_pair_complete(pair_out))
        return 0;
    crypt_wipe(pair_out, sizeof *pair_out);
    return fault_set(fault, EINVAL, "%s: the key in it is damaged", path);
}

int keyfile_read_public(const char *path, unsigned char public_out[CRYPT_PUBLIC_SIZE], struct fault *fault)
{
    if (keyfile_read(path, &kind_public, public_out, fault) != 0)
        return -1;
    if (crypt_public_is_sound(public_out))
        return 0;
    return fault_set(fault, EINVAL, "%s: no key that anybody can have: what it seals, everybody could open", path);
}

/* --- Writing --- */

static void letters_write(const unsigned char bytes[CRYPT_KEY_SIZE], char letters_out[KEYFILE_LETTERS + 2])
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < KEYFILE_LETTERS; i++) {
        size_t bit = 6 * i;
        unsigned pair = (unsigned)bytes[bit / 8] << 8;
        if (bit / 8 + 1 < CRYPT_KEY_SIZE)
            pair |= bytes[bit / 8 + 1];
        letters_out[i] = alphabet[pair >> (10 - bit % 8) & 63];
    }
    letters_out[KEYFILE_LETTERS] = '=';
    letters_out[KEYFILE_LETTERS + 1] = '\0';
}

/* The folder has the file's name on stable storage. */
static int folder_sync(const char *path, struct fault *fault)
{
    char folder[KEYFILE_PATH_MOST];
    const char *slash = strrchr(path, '/');
    size_t size = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
    (void)snprintf(folder, sizeof folder, "%.*s", (int)size, path);
    int fd = open(size > 0 ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return fault_set_errno(fault, errno, "%s", folder);
    int failed = fsync(fd) != 0 ? fault_set_errno(fault, errno, "%s", folder) : 0;
    (void)close(fd);
    return failed;
}

/* Text and mode, on stable storage. The mode is set for itself, for a public key is to be seen whatever the umask. */
static int file_fill(int fd, const char *path, mode_t mode, struct span text, struct fault *fault)
{
    while (text.size > 0) {
        ssize_t wrote = write(fd, text.data, text.size);
        if (wrote > 0)
            text = span_from(text, (size_t)wrote);
        else if (wrote == 0 || errno != EINTR)
            return fault_set_errno(fault, wrote == 0 ? EIO : errno, "%s", path);
    }
    if (fchmod(fd, mode) != 0 || fsync(fd) != 0)
        return fault_set_errno(fault, errno, "%s", path);
    return 0;
}

/* The name is taken only by a file that is whole, and never from another file: a crash between leaves no half key, for
 * which the next start would refuse. Not all file systems know RENAME_NOREPLACE, nor all of them links. */
static int file_name(const char *from, const char *path, struct fault *fault)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
        return 0;
    if ((errno == EINVAL || errno == ENOSYS) && link(from, path) == 0) {
        (void)unlink(from);
        return 0;
    }
    return fault_set_errno(fault, errno, "%s", path);
}

static int keyfile_write(const char *path, const struct keyfile_kind *kind, const unsigned char bytes[CRYPT_KEY_SIZE],
                         struct fault *fault)
{
    char fresh[KEYFILE_PATH_MOST];
    if (snprintf(fresh, sizeof fresh, "%s.%ld.new", path, (long)getpid()) >= (int)sizeof fresh)
        return fault_set_errno(fault, ENAMETOOLONG, "%s", path);
    int fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (fd < 0)
        return fault_set_errno(fault, errno, "%s", fresh);
    char letters[KEYFILE_LETTERS + 2];
    char text[KEYFILE_MOST];
    letters_write(bytes, letters);
    (void)snprintf(text, sizeof text, "%s %s\n", kind->word, letters);
    mode_t mode = S_IRUSR | S_IWUSR | (kind->is_secret ? 0 : S_IRGRP | S_IROTH);
    int failed = file_fill(fd, fresh, mode, span_text(text), fault);
    (void)close(fd);
    crypt_wipe(letters, sizeof letters);
    crypt_wipe(text, sizeof text);
    if (failed == 0)
        failed = file_name(fresh, path, fault);
    if (failed != 0) {
        (void)unlink(fresh);
        return -1;
    }
    return folder_sync(path, fault);
}

int keyfile_write_root(const char *path, const struct crypt_key *key, struct fault *fault)
{
    return keyfile_write(path, &kind_root, key->bytes, fault);
}

int keyfile_write_pair(const char *path, const struct crypt_pair *pair, struct fault *fault)
{
    return keyfile_write(path, &kind_pair, pair->secret_half, fault);
}

int keyfile_write_public(const char *path, const unsigned char public_half[CRYPT_PUBLIC_SIZE], struct fault *fault)
{
    return keyfile_write(path, &kind_public, public_half, fault);
}

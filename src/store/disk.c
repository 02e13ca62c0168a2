#include "store/disk.h"

#include "base/memory.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    MOST_VECTORS = 16, /* in one write */
    ZEROES_SIZE = 65536,
    LOCK_TRIES = 40, /* a verification looks at the lock for an instant, and must not keep a writer from starting */
    LOCK_PAUSE_MS = 5
};
static const char lock_name[] = "lock";

struct disk_folder {
    int fd;
    int lock_fd; /* -1: not locked */
    char *path;
};

struct disk_file {
    int fd;
    char *name; /* for faults */
};

static int call_open(int folder, const char *name, int flags, mode_t mode)
{
    return openat(folder, name, flags, mode);
}

const struct disk_calls disk_real_calls = {
    .open = call_open,
    .close = close,
    .pwritev = pwritev,
    .pread = pread,
    .ftruncate = ftruncate,
    .fallocate = fallocate,
    .fdatasync = fdatasync,
    .fsync = fsync,
    .renameat = renameat,
    .unlinkat = unlinkat,
    .mkdirat = mkdirat,
};
static const struct disk_calls *disk = &disk_real_calls;

void disk_use_calls(const struct disk_calls *calls)
{
    disk = calls != NULL ? calls : &disk_real_calls;
}

struct disk_folder *disk_open_folder(const char *path, struct fault *fault)
{
    int fd = disk->open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (fd < 0) {
        (void)fault_set_errno(fault, errno, "cannot open the folder %s", path);
        return NULL;
    }
    struct disk_folder *folder = memory_new(sizeof *folder);
    *folder = (struct disk_folder){ .fd = fd, .lock_fd = -1, .path = memory_copy_text(path) };
    return folder;
}

struct disk_folder *disk_open_folder_of(const char *path, const char **name_out, struct fault *fault)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t size = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
    *name_out = slash != NULL ? slash + 1 : path;
    if (size >= sizeof folder) {
        (void)fault_set(fault, ENAMETOOLONG, "%s", path);
        return NULL;
    }
    (void)snprintf(folder, sizeof folder, "%.*s", size > 0 ? (int)size : 1, size > 0 ? path : ".");
    return disk_open_folder(folder, fault);
}

struct disk_folder *disk_open_within(const struct disk_folder *folder, const char *name, struct fault *fault)
{
    char path[PATH_MAX];
    int size = snprintf(path, sizeof path, "%s/%s", folder->path, name);
    if (size > 0 && (size_t)size < sizeof path)
        return disk_open_folder(path, fault);
    (void)fault_set(fault, ENAMETOOLONG, "%s/%s", folder->path, name);
    return NULL;
}

void disk_close_folder(struct disk_folder *folder)
{
    if (folder == NULL)
        return;
    if (folder->lock_fd >= 0)
        (void)disk->close(folder->lock_fd);
    (void)disk->close(folder->fd);
    free(folder->path);
    free(folder);
}

/* --- The lock --- */

int disk_lock(struct disk_folder *folder, struct fault *fault)
{
    assert(folder->lock_fd < 0);
    int fd = openat(folder->fd, lock_name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (fd < 0)
        return fault_set_errno(fault, errno, "cannot open %s/%s", folder->path, lock_name);
    int tries = 1;
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        int code = errno;
        if ((code != EWOULDBLOCK && code != EINTR) || tries++ == LOCK_TRIES) {
            (void)close(fd);
            return fault_set_errno(fault, code, "cannot lock %s/%s", folder->path, lock_name);
        }
        (void)poll(NULL, 0, LOCK_PAUSE_MS);
    }
    folder->lock_fd = fd;
    return 0;
}

bool disk_is_locked(struct disk_folder *folder)
{
    if (folder->lock_fd >= 0)
        return true;
    int fd = openat(folder->fd, lock_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return false;
    bool is_locked = flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    (void)close(fd); /* the lock goes with it */
    return is_locked;
}

/* --- Files --- */

struct disk_file *disk_open(struct disk_folder *folder, const char *name, enum disk_mode mode, struct fault *fault)
{
    static const int flags[] = {
        [DISK_READ] = O_RDONLY, [DISK_WRITE] = O_RDWR, [DISK_CREATE] = O_RDWR | O_CREAT | O_EXCL
    };
    /* O_NONBLOCK: a pipe that somebody put there must not hold us up. */
    int fd = disk->open(folder->fd, name, flags[mode] | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);
    struct stat st;
    if (fd < 0) {
        (void)fault_set_errno(fault, errno, "cannot %s %s/%s", mode == DISK_CREATE ? "make" : "open", folder->path,
                              name);
        return NULL;
    }
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        (void)disk->close(fd);
        (void)fault_set(fault, EINVAL, "%s/%s is no ordinary file", folder->path, name);
        return NULL;
    }
    struct disk_file *file = memory_new(sizeof *file);
    *file = (struct disk_file){ .fd = fd, .name = memory_copy_text(name) };
    return file;
}

void disk_close(struct disk_file *file)
{
    if (file == NULL)
        return;
    (void)disk->close(file->fd);
    free(file->name);
    free(file);
}

/* Takes what was written off the front. Returns how many vectors are left. */
static size_t vector_advance(struct iovec *vector, size_t count, size_t written)
{
    size_t first = 0;
    while (first < count && written >= vector[first].iov_len) {
        written -= vector[first].iov_len;
        first++;
    }
    if (first < count) {
        vector[first].iov_base = (char *)vector[first].iov_base + written;
        vector[first].iov_len -= written;
    }
    memmove(vector, vector + first, (count - first) * sizeof *vector);
    return count - first;
}

int disk_write(struct disk_file *file, uint64_t offset, const struct iovec *vector, size_t count, struct fault *fault)
{
    struct iovec left[MOST_VECTORS];
    assert(count <= MOST_VECTORS);
    memcpy(left, vector, count * sizeof *vector);
    count = vector_advance(left, count, 0); /* an empty one at the front */
    while (count > 0) {
        ssize_t written = disk->pwritev(file->fd, left, (int)count, (off_t)offset);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return fault_set_errno(fault, written < 0 ? errno : EIO, "cannot write to %s", file->name);
        offset += (uint64_t)written;
        count = vector_advance(left, count, (size_t)written);
    }
    return 0;
}

ssize_t disk_read(struct disk_file *file, uint64_t offset, void *out, size_t size, struct fault *fault)
{
    size_t done = 0;
    while (done < size) {
        ssize_t got = disk->pread(file->fd, (char *)out + done, size - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fault_set_errno(fault, errno, "cannot read %s", file->name);
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (ssize_t)done;
}

int disk_size(struct disk_file *file, uint64_t *size_out, struct fault *fault)
{
    struct stat st;
    if (fstat(file->fd, &st) != 0)
        return fault_set_errno(fault, errno, "cannot tell the size of %s", file->name);
    *size_out = (uint64_t)st.st_size;
    return 0;
}

int disk_truncate(struct disk_file *file, uint64_t size, struct fault *fault)
{
    if (disk->ftruncate(file->fd, (off_t)size) != 0)
        return fault_set_errno(fault, errno, "cannot cut %s", file->name);
    return 0;
}

static int write_zeroes(struct disk_file *file, uint64_t offset, uint64_t size, struct fault *fault)
{
    static char zeroes[ZEROES_SIZE]; /* never written to */
    while (size > 0) {
        struct iovec one = { .iov_base = zeroes, .iov_len = size < ZEROES_SIZE ? (size_t)size : ZEROES_SIZE };
        if (disk_write(file, offset, &one, 1, fault) != 0)
            return -1;
        offset += one.iov_len;
        size -= one.iov_len;
    }
    return 0;
}

int disk_erase(struct disk_file *file, uint64_t offset, uint64_t size, struct fault *fault)
{
    if (size == 0)
        return 0;
    if (disk->fallocate(file->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)size) == 0)
        return 0;
    if (errno != EOPNOTSUPP && errno != ENOSYS)
        return fault_set_errno(fault, errno, "cannot erase in %s", file->name);
    return write_zeroes(file, offset, size, fault);
}

int disk_sync(struct disk_file *file, struct fault *fault)
{
    if (disk->fdatasync(file->fd) != 0)
        return fault_set_errno(fault, errno, "%s did not reach the disk", file->name);
    return 0;
}

/* --- Names --- */

int disk_used(struct disk_folder *folder, const char *name, uint64_t *bytes_out, struct fault *fault)
{
    struct stat st;
    if (fstatat(folder->fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return fault_set_errno(fault, errno, "cannot look at %s/%s", folder->path, name);
    *bytes_out = (uint64_t)st.st_blocks * 512;
    return 0;
}

int disk_rename(struct disk_folder *folder, const char *from, const char *to, struct fault *fault)
{
    if (disk->renameat(folder->fd, from, folder->fd, to) != 0)
        return fault_set_errno(fault, errno, "cannot rename %s to %s in %s", from, to, folder->path);
    return 0;
}

int disk_remove(struct disk_folder *folder, const char *name, struct fault *fault)
{
    if (disk->unlinkat(folder->fd, name, 0) != 0)
        return fault_set_errno(fault, errno, "cannot remove %s/%s", folder->path, name);
    return 0;
}

int disk_make_folder(struct disk_folder *folder, const char *name, struct fault *fault)
{
    if (disk->mkdirat(folder->fd, name, 0700) != 0)
        return fault_set_errno(fault, errno, "cannot make the folder %s/%s", folder->path, name);
    return 0;
}

int disk_sync_folder(struct disk_folder *folder, struct fault *fault)
{
    if (disk->fsync(folder->fd) != 0)
        return fault_set_errno(fault, errno, "the folder %s did not reach the disk", folder->path);
    return 0;
}

int disk_list(struct disk_folder *folder, int (*each)(void *context, const char *name), void *context,
              struct fault *fault)
{
    int fd = openat(folder->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *names = fd >= 0 ? fdopendir(fd) : NULL;
    if (names == NULL) {
        int code = errno;
        if (fd >= 0)
            (void)close(fd);
        return fault_set_errno(fault, code, "cannot list %s", folder->path);
    }
    int stopped = 0;
    int code = 0;
    while (stopped == 0) {
        errno = 0;
        const struct dirent *entry = readdir(names);
        if (entry == NULL) {
            code = errno;
            break;
        }
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            stopped = each(context, entry->d_name);
    }
    (void)closedir(names);
    if (code != 0)
        return fault_set_errno(fault, code, "cannot list %s", folder->path);
    return 0;
}

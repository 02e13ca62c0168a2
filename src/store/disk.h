/* Every call by which the store touches the disk, and nothing else does: so the tests can take the power away.
 *
 * Files are named relative to a folder. What was written is on stable storage after disk_sync of the file; that a file
 * is there, gone or renamed, after disk_sync_folder. A failed disk_sync means that nobody knows what is on the disk:
 * the caller must stop writing there (the kernel forgets such an error after telling it once).
 *
 * Thread safety: a folder may be used by any number of threads, a file by one writer and any number of readers.
 */
#ifndef CORDON_STORE_DISK_H
#define CORDON_STORE_DISK_H

#include "base/fault.h"
#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

struct disk_folder;
struct disk_file;

/* The folder must be there. -1/NULL and *fault everywhere, with errno's code. */
struct disk_folder *disk_open_folder(const char *path, struct fault *fault);
/* That in which the file lies; *name_out is the file's name in it, within `path`. */
struct disk_folder *disk_open_folder_of(const char *path, const char **name_out, struct fault *fault);
/* One that is in the other. */
struct disk_folder *disk_open_within(const struct disk_folder *folder, const char *name, struct fault *fault);
void disk_close_folder(struct disk_folder *folder);

/* The exclusive right to write in this folder (flock on a file "lock"), held until it is closed. EWOULDBLOCK where
 * somebody else has it. */
int disk_lock(struct disk_folder *folder, struct fault *fault);
/* Whether somebody has it, here or elsewhere. */
bool disk_is_locked(struct disk_folder *folder);

enum disk_mode { DISK_READ, DISK_WRITE, DISK_CREATE /* must not be there yet */ };
struct disk_file *disk_open(struct disk_folder *folder, const char *name, enum disk_mode mode, struct fault *fault);
void disk_close(struct disk_file *file);

/* All of it, or -1: then what was written of it is unknown. */
int disk_write(struct disk_file *file, uint64_t offset, const struct iovec *vector, size_t count, struct fault *fault);
/* As much as there is, at most `size`; -1 and *fault. */
ssize_t disk_read(struct disk_file *file, uint64_t offset, void *out, size_t size, struct fault *fault);
int disk_size(struct disk_file *file, uint64_t *size_out, struct fault *fault);
int disk_truncate(struct disk_file *file, uint64_t size, struct fault *fault);
/* The range reads as zeroes from now on, and takes no room where the file system can do that (else zeroes are
 * written). */
int disk_erase(struct disk_file *file, uint64_t offset, uint64_t size, struct fault *fault);
int disk_sync(struct disk_file *file, struct fault *fault);

/* How much room the name takes, in bytes: less than its size where it has holes. */
int disk_used(struct disk_folder *folder, const char *name, uint64_t *bytes_out, struct fault *fault);

/* Names may go through a folder within the folder ("damaged/NAME"); then both are to be synced. */
int disk_rename(struct disk_folder *folder, const char *from, const char *to, struct fault *fault);
int disk_remove(struct disk_folder *folder, const char *name, struct fault *fault);
int disk_make_folder(struct disk_folder *folder, const char *name, struct fault *fault);
int disk_sync_folder(struct disk_folder *folder, struct fault *fault);
/* Calls `each` for every name but "." and "..", in no order; stops where it gives something else than 0. */
int disk_list(struct disk_folder *folder, int (*each)(void *context, const char *name), void *context,
              struct fault *fault);

/* What is really called, as one table; the tests put another in its place (disk_chaos in tests/store). NULL: the real
 * one again. Before any folder is opened. */
struct disk_calls {
    int (*open)(int folder, const char *name, int flags, mode_t mode);
    int (*close)(int fd);
    ssize_t (*pwritev)(int fd, const struct iovec *vector, int count, off_t offset);
    ssize_t (*pread)(int fd, void *out, size_t size, off_t offset);
    int (*ftruncate)(int fd, off_t size);
    int (*fallocate)(int fd, int mode, off_t offset, off_t size);
    int (*fdatasync)(int fd);
    int (*fsync)(int fd);
    int (*renameat)(int folder, const char *from, int to_folder, const char *to);
    int (*unlinkat)(int folder, const char *name, int flags);
    int (*mkdirat)(int folder, const char *name, mode_t mode);
};
extern const struct disk_calls disk_real_calls;
void disk_use_calls(const struct disk_calls *calls);

#endif

#include "disk_chaos.h"

#include "store/disk.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECTOR = 512, MOST_FDS = 1024, CHAOS_PATH_SIZE = 512, MOST_VECTOR = 64 };

/* Something that happened to a file's bytes and was not synced: a write, or (bytes NULL) a size. */
struct change {
    uint64_t offset; /* of the write; or the size */
    uint64_t size;
    char *bytes;
};

struct file {
    char *durable;
    uint64_t durable_size;
    struct change *changes;
    size_t count;
};

enum name_kind { NAME_MAKE, NAME_MAKE_FOLDER, NAME_MOVE, NAME_REMOVE };

/* Something that happened to a name. */
struct name_change {
    enum name_kind kind;
    char path[CHAOS_PATH_SIZE];
    char to[CHAOS_PATH_SIZE];
    size_t file;
    bool is_synced[2]; /* the folder of path, of `to` */
};

struct name {
    char path[CHAOS_PATH_SIZE];
    bool is_folder;
    size_t file;
};

struct names {
    struct name *list;
    size_t count;
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static char root[CHAOS_PATH_SIZE];
static uint64_t random_state;
static struct file *files;
static size_t file_count;
static struct names live;
static struct names durable;
static struct name_change *name_changes;
static size_t name_change_count;
static size_t fd_files[MOST_FDS]; /* the file's index + 1 */

static enum chaos_kind plan_kind;
static uint64_t plan_after;
static bool plan_lasts;
static bool has_struck;
static bool is_full;
static bool is_stopped;

uint64_t chaos_random(uint64_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (random_state >> 11) % limit;
}

static void *grow(void *list, size_t count, size_t size)
{
    if ((count & (count - 1)) == 0) /* at each power of two */
        list = realloc(list, (count > 0 ? 2 * count : 1) * size);
    assert(list != NULL);
    return list;
}

static void copy_path(char out[CHAOS_PATH_SIZE], const char *path)
{
    assert(strlen(path) < CHAOS_PATH_SIZE);
    strcpy(out, path); /* NOLINT(clang-analyzer-security.insecureAPI.strcpy): it fits */
}

/* --- Names --- */

static struct name *names_find(struct names *names, const char *path)
{
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->list[i].path, path) == 0)
            return &names->list[i];
    }
    return NULL;
}

static void names_put(struct names *names, const char *path, bool is_folder, size_t file)
{
    struct name *name = names_find(names, path);
    if (name == NULL) {
        names->list = grow(names->list, names->count, sizeof *names->list);
        name = &names->list[names->count++];
    }
    copy_path(name->path, path);
    name->is_folder = is_folder;
    name->file = file;
}

static void names_remove(struct names *names, const char *path)
{
    struct name *name = names_find(names, path);
    if (name != NULL)
        *name = names->list[--names->count];
}

/* Where another change that it needs did not reach the disk, neither does it. */
static void names_apply(struct names *names, const struct name_change *change)
{
    const struct name *from = names_find(names, change->path);
    switch (change->kind) {
    case NAME_MAKE:
        names_put(names, change->path, false, change->file);
        break;
    case NAME_MAKE_FOLDER:
        names_put(names, change->path, true, 0);
        break;
    case NAME_REMOVE:
        if (from != NULL && from->file == change->file)
            names_remove(names, change->path);
        break;
    case NAME_MOVE:
        if (from != NULL && from->file == change->file) {
            names_remove(names, change->path);
            names_put(names, change->to, false, change->file);
        }
        break;
    }
}

static void name_changed(enum name_kind kind, const char *path, const char *to, size_t file)
{
    name_changes = grow(name_changes, name_change_count, sizeof *name_changes);
    struct name_change *change = &name_changes[name_change_count++];
    *change = (struct name_change){ .kind = kind, .file = file };
    copy_path(change->path, path);
    copy_path(change->to, to != NULL ? to : path);
    names_apply(&live, change);
}

static bool is_in_folder(const char *path, const char *folder)
{
    const char *slash = strrchr(path, '/');
    size_t size = strlen(folder);
    return slash != NULL && (size_t)(slash - path) == size && strncmp(path, folder, size) == 0;
}

static void sync_names(const char *folder)
{
    size_t left = 0;
    for (size_t i = 0; i < name_change_count; i++) {
        struct name_change *change = &name_changes[i];
        change->is_synced[0] = change->is_synced[0] || is_in_folder(change->path, folder);
        change->is_synced[1] = change->is_synced[1] || is_in_folder(change->to, folder);
        if (change->is_synced[0] && change->is_synced[1])
            names_apply(&durable, change);
        else
            name_changes[left++] = *change;
    }
    name_change_count = left;
}

/* --- Bytes --- */

static void file_changed(struct file *file, uint64_t offset, uint64_t size, const void *bytes)
{
    /* Room by hand: the list may be emptied and grow again. */
    struct change *larger = realloc(file->changes, (file->count + 1) * sizeof *larger);
    assert(larger != NULL);
    file->changes = larger;
    struct change *change = &file->changes[file->count++];
    *change = (struct change){ .offset = offset, .size = size };
    if (bytes != NULL) {
        change->bytes = malloc(size > 0 ? size : 1);
        assert(change->bytes != NULL);
        memcpy(change->bytes, bytes, size);
    }
}

static void durable_resize(struct file *file, uint64_t size)
{
    char *larger = realloc(file->durable, size > 0 ? size : 1);
    assert(larger != NULL);
    if (size > file->durable_size)
        memset(larger + file->durable_size, 0, size - file->durable_size);
    file->durable = larger;
    file->durable_size = size;
}

static bool happens(unsigned percent)
{
    return chaos_random(100) < percent;
}

/* One write, sector by sector; and the size that it makes, which is written by itself. */
static void apply_write(struct file *file, const struct change *change, unsigned percent)
{
    uint64_t end = change->offset + change->size;
    if (end > file->durable_size && happens(percent))
        durable_resize(file, end);
    for (uint64_t at = change->offset; at < end;) {
        uint64_t next = (at / SECTOR + 1) * SECTOR;
        next = next < end ? next : end;
        if (happens(percent)) {
            if (next > file->durable_size)
                durable_resize(file, next);
            memcpy(file->durable + at, change->bytes + (at - change->offset), next - at);
        }
        at = next;
    }
}

/* About so much of it reaches the disk; 100: all of it. */
static void apply_changes(struct file *file, unsigned percent)
{
    for (size_t i = 0; i < file->count; i++) {
        struct change *change = &file->changes[i];
        if (change->bytes != NULL)
            apply_write(file, change, percent);
        else if (happens(percent))
            durable_resize(file, change->offset);
        free(change->bytes);
    }
    file->count = 0;
}

static unsigned some_percent(void)
{
    static const unsigned percents[] = { 0, 20, 50, 80, 95, 100 };
    return percents[chaos_random(sizeof percents / sizeof percents[0])];
}

/* --- The calls --- */

/* A path below the root, or "". */
static void find_path(int folder, const char *name, char path_out[CHAOS_PATH_SIZE])
{
    char link[64];
    path_out[0] = 0;
    if (name != NULL && name[0] == '/') {
        copy_path(path_out, name);
    } else {
        (void)snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        ssize_t size = readlink(link, path_out, CHAOS_PATH_SIZE - 1);
        path_out[size > 0 ? size : 0] = 0;
        size_t length = strlen(path_out);
        if (name != NULL)
            (void)snprintf(path_out + length, CHAOS_PATH_SIZE - length, "/%s", name);
    }
    if (strncmp(path_out, root, strlen(root)) != 0)
        path_out[0] = 0;
}

/* Counts a call that changes something. Does it fail? Then errno says how. `needs_room`: it fails on a full disk. */
static bool fails(bool needs_room, bool is_write)
{
    if (is_stopped || (is_full && needs_room)) {
        errno = is_stopped ? EIO : ENOSPC;
        return true;
    }
    if (plan_kind == CHAOS_NONE || has_struck)
        return false;
    if (plan_after > 0) {
        plan_after--;
        return false;
    }
    if ((plan_kind == CHAOS_ENOSPC && !needs_room) || (plan_kind == CHAOS_SHORT && !is_write))
        return false; /* the next one that can */
    has_struck = true;
    is_stopped = plan_kind == CHAOS_STOP;
    is_full = plan_kind == CHAOS_ENOSPC && plan_lasts;
    errno = plan_kind == CHAOS_ENOSPC ? ENOSPC : EIO;
    return true;
}

static struct file *file_of(int fd)
{
    return fd >= 0 && fd < MOST_FDS && fd_files[fd] > 0 ? &files[fd_files[fd] - 1] : NULL;
}

static size_t new_file(void)
{
    files = grow(files, file_count, sizeof *files);
    files[file_count] = (struct file){ 0 };
    return file_count++;
}

static int chaos_open(int folder, const char *name, int flags, mode_t mode)
{
    char path[CHAOS_PATH_SIZE];
    (void)pthread_mutex_lock(&mutex);
    int fd = -1;
    bool is_made = (flags & O_CREAT) != 0;
    find_path(folder, name, path);
    if (!is_made || path[0] == 0 || !fails(true, false))
        fd = openat(folder, name, flags, mode);
    if (fd >= 0 && path[0] != 0) {
        assert(fd < MOST_FDS);
        if (is_made)
            name_changed(NAME_MAKE, path, NULL, new_file());
        const struct name *found = names_find(&live, path);
        fd_files[fd] = found != NULL && !found->is_folder ? found->file + 1 : 0;
    }
    (void)pthread_mutex_unlock(&mutex);
    return fd;
}

static int chaos_close(int fd)
{
    (void)pthread_mutex_lock(&mutex);
    if (fd >= 0 && fd < MOST_FDS)
        fd_files[fd] = 0;
    int result = close(fd);
    (void)pthread_mutex_unlock(&mutex);
    return result;
}

/* How much of a write comes about: all, or where it fails or is short, some. */
static ssize_t write_some(int fd, struct file *file, const char *bytes, size_t size, off_t offset)
{
    ssize_t done = pwrite(fd, bytes, size, offset);
    if (done > 0 && file != NULL)
        file_changed(file, (uint64_t)offset, (uint64_t)done, bytes);
    return done;
}

static ssize_t chaos_pwritev(int fd, const struct iovec *vector, int count, off_t offset)
{
    assert(count <= MOST_VECTOR);
    size_t size = 0;
    for (int i = 0; i < count; i++)
        size += vector[i].iov_len;
    char *bytes = malloc(size > 0 ? size : 1);
    assert(bytes != NULL);
    size_t at = 0;
    for (int i = 0; i < count; i++) {
        if (vector[i].iov_len > 0)
            memcpy(bytes + at, vector[i].iov_base, vector[i].iov_len);
        at += vector[i].iov_len;
    }
    (void)pthread_mutex_lock(&mutex);
    struct file *file = file_of(fd);
    ssize_t done = -1;
    if (file == NULL || !fails(true, true)) {
        done = write_some(fd, file, bytes, size, offset);
    } else {
        int code = errno;
        size_t part = size > 0 ? (size_t)chaos_random(size) : 0;
        if (!is_full && part > 0)
            done = write_some(fd, file, bytes, part, offset);
        if (plan_kind != CHAOS_SHORT || done <= 0) {
            done = -1;
            errno = plan_kind == CHAOS_SHORT ? EINTR : code;
        }
    }
    int code = errno;
    (void)pthread_mutex_unlock(&mutex);
    free(bytes);
    errno = code;
    return done;
}

static int chaos_ftruncate(int fd, off_t size)
{
    (void)pthread_mutex_lock(&mutex);
    struct file *file = file_of(fd);
    int result = file != NULL && fails(false, false) ? -1 : ftruncate(fd, size);
    if (result == 0 && file != NULL)
        file_changed(file, (uint64_t)size, 0, NULL);
    (void)pthread_mutex_unlock(&mutex);
    return result;
}

/* Punching holes alone is what the store does: zeroes are written, within the file. */
static int chaos_fallocate(int fd, int mode, off_t offset, off_t size)
{
    (void)pthread_mutex_lock(&mutex);
    struct file *file = file_of(fd);
    int result = -1;
    if (file == NULL || !fails(false, false)) {
        char *zeroes = calloc(1, (size_t)size);
        assert(zeroes != NULL && (mode & FALLOC_FL_PUNCH_HOLE) != 0);
        result = pwrite(fd, zeroes, (size_t)size, offset) == size ? 0 : -1;
        if (result == 0 && file != NULL)
            file_changed(file, (uint64_t)offset, (uint64_t)size, zeroes);
        free(zeroes);
    }
    (void)pthread_mutex_unlock(&mutex);
    return result;
}

static int chaos_fdatasync(int fd)
{
    (void)pthread_mutex_lock(&mutex);
    struct file *file = file_of(fd);
    int result = 0;
    if (file != NULL && fails(true, false)) {
        int code = errno;
        result = -1;
        if (!is_stopped) /* the kernel forgets what it could not write */
            apply_changes(file, some_percent());
        errno = code;
    } else if (file != NULL) {
        apply_changes(file, 100);
    }
    (void)pthread_mutex_unlock(&mutex);
    return result;
}

static int chaos_fsync(int fd)
{
    char path[CHAOS_PATH_SIZE];
    (void)pthread_mutex_lock(&mutex);
    find_path(fd, NULL, path);
    int result = path[0] != 0 && fails(true, false) ? -1 : 0;
    if (result == 0 && path[0] != 0)
        sync_names(path);
    (void)pthread_mutex_unlock(&mutex);
    return result;
}

static int chaos_renameat(int folder, const char *from, int to_folder, const char *to)
{
    char path[CHAOS_PATH_SIZE];
    char to_path[CHAOS_PATH_SIZE];
    (void)pthread_mutex_lock(&mutex);
    find_path(folder, from, path);
    find_path(to_folder, to, to_path);
    int result = fails(true, false) ? -1 : renameat(folder, from, to_folder, to);
    const struct name *found = names_find(&live, path);
    if (result == 0 && found != NULL)
        name_changed(NAME_MOVE, path, to_path, found->file);
    (void)pthread_mutex_unlock(&mutex);
    return result;
}

static int chaos_unlinkat(int folder, const char *name, int flags)
{
    char path[CHAOS_PATH_SIZE];
    (void)pthread_mutex_lock(&mutex);
    find_path(folder, name, path);
    int result = fails(false, false) ? -1 : unlinkat(folder, name, flags);
    const struct name *found = names_find(&live, path);
    if (result == 0 && found != NULL)
        name_changed(NAME_REMOVE, path, NULL, found->file);
    (void)pthread_mutex_unlock(&mutex);
    return result;
}

static int chaos_mkdirat(int folder, const char *name, mode_t mode)
{
    char path[CHAOS_PATH_SIZE];
    (void)pthread_mutex_lock(&mutex);
    find_path(folder, name, path);
    int result = -1;
    if (names_find(&live, path) != NULL)
        errno = EEXIST; /* nothing happens, so it does not count */
    else
        result = fails(true, false) ? -1 : mkdirat(folder, name, mode);
    if (result == 0)
        name_changed(NAME_MAKE_FOLDER, path, NULL, 0);
    (void)pthread_mutex_unlock(&mutex);
    return result;
}

/* --- Power --- */

static void take_in_file(const char *path, uint64_t size)
{
    size_t index = new_file();
    durable_resize(&files[index], size);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert(fd >= 0 && pread(fd, files[index].durable, size, 0) == (ssize_t)size);
    (void)close(fd);
    names_put(&durable, path, false, index);
}

/* Everything below the folder is durable, as it is. */
static void take_in(const char *folder)
{
    DIR *entries = opendir(folder);
    assert(entries != NULL);
    for (const struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
        char path[2 * CHAOS_PATH_SIZE];
        struct stat st;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        assert(lstat(path, &st) == 0);
        if (S_ISDIR(st.st_mode)) {
            names_put(&durable, path, true, 0);
            take_in(path);
        } else {
            take_in_file(path, (uint64_t)st.st_size);
        }
    }
    (void)closedir(entries);
}

static void forget_all(void)
{
    for (size_t i = 0; i < file_count; i++) {
        for (size_t j = 0; j < files[i].count; j++)
            free(files[i].changes[j].bytes);
        free(files[i].changes);
        free(files[i].durable);
    }
    free(files);
    free(live.list);
    free(durable.list);
    free(name_changes);
    files = NULL;
    name_changes = NULL;
    live = durable = (struct names){ 0 };
    file_count = name_change_count = 0;
    memset(fd_files, 0, sizeof fd_files);
}

static void begin_anew(void)
{
    forget_all();
    take_in(root);
    for (size_t i = 0; i < durable.count; i++)
        names_put(&live, durable.list[i].path, durable.list[i].is_folder, durable.list[i].file);
    chaos_restart();
}

void chaos_begin(const char *folder, uint64_t seed)
{
    static const struct disk_calls calls = {
        .open = chaos_open,
        .close = chaos_close,
        .pwritev = chaos_pwritev,
        .pread = pread,
        .ftruncate = chaos_ftruncate,
        .fallocate = chaos_fallocate,
        .fdatasync = chaos_fdatasync,
        .fsync = chaos_fsync,
        .renameat = chaos_renameat,
        .unlinkat = chaos_unlinkat,
        .mkdirat = chaos_mkdirat,
    };
    copy_path(root, folder);
    random_state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    for (unsigned i = 0; i < 8; i++)
        (void)chaos_random(2);
    begin_anew();
    disk_use_calls(&calls);
}

void chaos_end(void)
{
    disk_use_calls(NULL);
    forget_all();
}

void chaos_plan(enum chaos_kind kind, uint64_t after, bool lasts)
{
    plan_kind = kind;
    plan_after = after;
    plan_lasts = lasts;
    has_struck = is_full = false;
}

bool chaos_has_struck(void)
{
    return has_struck;
}

void chaos_restart(void)
{
    is_stopped = false;
    chaos_plan(CHAOS_NONE, 0, false);
}

/* Folders before what is in them: shorter paths first. */
static int compare_names(const void *a, const void *b)
{
    size_t left = strlen(((const struct name *)a)->path);
    size_t right = strlen(((const struct name *)b)->path);
    return (left > right) - (left < right);
}

static void write_out(const struct name *name)
{
    if (name->is_folder) {
        (void)mkdir(name->path, 0700);
        return;
    }
    int fd = open(name->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == ENOENT)
        return; /* the folder's own name was lost */
    const struct file *file = &files[name->file];
    assert(fd >= 0 && pwrite(fd, file->durable, file->durable_size, 0) == (ssize_t)file->durable_size);
    (void)close(fd);
}

void chaos_lose_power(void)
{
    char command[CHAOS_PATH_SIZE + 64];
    unsigned percent = some_percent();
    for (size_t i = 0; i < name_change_count; i++) {
        if (happens(percent))
            names_apply(&durable, &name_changes[i]);
    }
    for (size_t i = 0; i < file_count; i++)
        apply_changes(&files[i], some_percent());
    (void)snprintf(command, sizeof command, "find %s -mindepth 1 -delete", root);
    int status = system(command); /* NOLINT(cert-env33-c): a test's own folder */
    assert(status == 0);
    if (durable.count > 1)
        qsort(durable.list, durable.count, sizeof *durable.list, compare_names);
    for (size_t i = 0; i < durable.count; i++)
        write_out(&durable.list[i]);
    begin_anew();
}

#include "files.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_READ_BYTES = 65536 };

static bool files_has(const struct files *files, const char *path)
{
    for (size_t i = 0; i < files->count; i++) {
        if (strcmp(files->paths[i], path) == 0)
            return true;
    }
    return false;
}

/* What a pattern names beside files, a folder say, is passed over. */
static int files_add(struct files *files, const char *pattern, struct fault *fault)
{
    glob_t found = { 0 };
    int code = glob(pattern, 0, NULL, &found);
    int status = 0;
    bool has_file = false;
    for (size_t i = 0; code == 0 && status == 0 && i < found.gl_pathc; i++) {
        struct stat st;
        if (stat(found.gl_pathv[i], &st) != 0 || !S_ISREG(st.st_mode))
            continue;
        has_file = true;
        if (files_has(files, found.gl_pathv[i]))
            continue;
        if (files->count == FILES_MOST)
            status = fault_set(fault, E2BIG, "more than %d files of rules", (int)FILES_MOST);
        else
            files->paths[files->count++] = memory_copy_text(found.gl_pathv[i]);
    }
    globfree(&found);
    if (status == 0 && !has_file)
        return fault_set(fault, ENOENT, "no rules: %s names no file that this user can see", pattern);
    return status;
}

int files_find(const struct settings_list *patterns, struct files *files_out, struct fault *fault)
{
    *files_out = (struct files){ .paths = memory_new(FILES_MOST * sizeof *files_out->paths) };
    for (size_t i = 0; i < patterns->count; i++) {
        if (files_add(files_out, patterns->items[i], fault) != 0) {
            files_free(files_out);
            return -1;
        }
    }
    return 0;
}

void files_free(struct files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->paths[i]);
    free(files->paths);
    *files = (struct files){ 0 };
}

void files_namespace(const char *path, char text_out[FILES_NAMESPACE_SIZE])
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    size_t size = dot != NULL && dot != name ? (size_t)(dot - name) : strlen(name);
    (void)span_copy(span_of(name, size), text_out, FILES_NAMESPACE_SIZE);
    for (char *p = text_out; *p != '\0'; p++) {
        if (!ascii_is_alnum(*p))
            *p = '_';
    }
}

int files_read(const char *path, struct buf *bytes_out, struct fault *fault)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return fault_set_errno(fault, errno, "%s", path);
    char *room = memory_new(FILES_READ_BYTES);
    ssize_t n = 1;
    int code = 0;
    while (n > 0 && !buf_overflowed(bytes_out)) {
        n = read(fd, room, FILES_READ_BYTES);
        code = errno;
        if (n > 0)
            buf_put(bytes_out, room, (size_t)n);
        else if (n < 0 && code == EINTR)
            n = 1;
    }
    free(room);
    (void)close(fd);
    if (n < 0)
        return fault_set_errno(fault, code, "%s", path);
    return buf_overflowed(bytes_out) ? fault_set(fault, EFBIG, "%s is too large", path) : 0;
}

uint64_t files_hash(uint64_t hash, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    return hash;
}

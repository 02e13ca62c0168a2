#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_CHUNK_SIZE = 16384 };

static const char *file_mend(int code)
{
    if (code == ENOENT)
        return "make it, or name another file";
    if (code == EACCES)
        return "let Cordon read it";
    return "name a plain text file";
}

int conf_file_read_fd(int fd, struct buf *text_out, struct fault *fault)
{
    char chunk[FILE_CHUNK_SIZE];
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fault_set(fault, errno, "cannot be read: %s; %s", strerror(errno), file_mend(errno));
        if (n == 0)
            return 0;
        buf_put(text_out, chunk, (size_t)n);
        if (buf_overflowed(text_out))
            return fault_set(fault, EFBIG, "is larger than %zu bytes; name a configuration file", text_out->limit);
    }
}

int conf_file_read(const char *path, bool must_be_regular, struct buf *text_out, struct fault *fault)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | (must_be_regular ? O_NONBLOCK : 0));
    if (fd < 0)
        return fault_set(fault, errno, "%.150s cannot be opened: %s; %s", path, strerror(errno), file_mend(errno));
    int result = 0;
    struct stat status;
    if (must_be_regular && (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)))
        result = fault_set(fault, EINVAL, "%.150s is not a regular file; name a plain text file", path);
    else if (conf_file_read_fd(fd, text_out, fault) != 0)
        result = fault_wrap(fault, "%.100s", path);
    (void)close(fd);
    return result;
}

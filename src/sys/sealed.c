#include "sealed.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

enum {
    SEALS_FINAL = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE,
    SEALS_PACK = F_SEAL_SHRINK | F_SEAL_GROW
};

int sealed_open(struct sealed *sealed, const char *name, struct fault *fault)
{
    *sealed = SEALED_NONE;
    int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
    if (fd < 0 && errno == EINVAL) /* Linux before 6.3 */
        fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return fault_set_errno(fault, errno, "cannot make memory for a %s", name);
    sealed->fd = fd;
    return 0;
}

int sealed_append(struct sealed *sealed, const void *data, size_t size, struct fault *fault)
{
    assert(sealed->fd >= 0 && sealed->data == NULL);
    const char *next = data;
    while (size > 0) {
        ssize_t n = write(sealed->fd, next, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return fault_set_errno(fault, errno, "cannot write into sealed memory");
        next += n;
        size -= (size_t)n;
        sealed->size += (size_t)n;
    }
    return 0;
}

static int sealed_map(struct sealed *sealed, struct fault *fault)
{
    if (sealed->size == 0)
        return 0;
    void *data = mmap(NULL, sealed->size, PROT_READ, MAP_SHARED, sealed->fd, 0);
    if (data == MAP_FAILED)
        return fault_set_errno(fault, errno, "cannot map %zu sealed bytes", sealed->size);
    sealed->data = data;
    return 0;
}

int sealed_finish(struct sealed *sealed, struct fault *fault)
{
    assert(sealed->fd >= 0 && sealed->data == NULL);
    if (fcntl(sealed->fd, F_ADD_SEALS, SEALS_FINAL) != 0)
        return fault_set_errno(fault, errno, "cannot seal memory");
    return sealed_map(sealed, fault);
}

int sealed_open_pack(struct sealed *pack, const char *name, size_t size, struct fault *fault)
{
    if (sealed_open(pack, name, fault) != 0)
        return -1;
    if (ftruncate(pack->fd, (off_t)size) != 0 || fcntl(pack->fd, F_ADD_SEALS, SEALS_PACK) != 0) {
        int code = errno;
        sealed_close(pack);
        return fault_set_errno(fault, code, "cannot size a pack");
    }
    pack->size = size;
    return 0;
}

int sealed_take(int fd, size_t limit, struct sealed *sealed_out, struct fault *fault)
{
    *sealed_out = SEALED_NONE;
    int seals = fcntl(fd, F_GET_SEALS);
    int needed = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
    if (seals < 0 || (seals & needed) != needed)
        return fault_set(fault, EINVAL, "the descriptor is not sealed memory");
    struct stat st;
    if (fstat(fd, &st) != 0)
        return fault_set_errno(fault, errno, "cannot look at sealed memory");
    if (st.st_size < 0 || (size_t)st.st_size > limit)
        return fault_set(fault, EFBIG, "the sealed memory has %lld bytes, more than the %zu allowed",
                         (long long)st.st_size, limit);
    struct sealed taken = { .fd = fd, .size = (size_t)st.st_size };
    if (sealed_map(&taken, fault) != 0)
        return -1;
    *sealed_out = taken;
    return 0;
}

int sealed_lend(const struct sealed *sealed, struct fault *fault)
{
    assert(sealed->fd >= 0);
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", sealed->fd);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fault_set_errno(fault, errno, "cannot open sealed memory for lending");
    return fd;
}

int sealed_copy(struct span bytes, const char *name, struct sealed *sealed_out, struct fault *fault)
{
    if (sealed_open(sealed_out, name, fault) != 0)
        return -1;
    if (sealed_append(sealed_out, bytes.data, bytes.size, fault) != 0 || sealed_finish(sealed_out, fault) != 0) {
        sealed_close(sealed_out);
        return -1;
    }
    return 0;
}

struct span sealed_span(const struct sealed *sealed)
{
    return span_of(sealed->data, sealed->data != NULL ? sealed->size : 0);
}

void sealed_close(struct sealed *sealed)
{
    if (sealed->data != NULL)
        (void)munmap((void *)sealed->data, sealed->size);
    if (sealed->fd >= 0)
        (void)close(sealed->fd);
    *sealed = SEALED_NONE;
}

/* Any text is either told to be wrong or read; and what is read is printed such that it is read as the same. */
#include "conf.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* libconfig 1.5 forgets the text that it was in the middle of where the syntax is wrong. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libconfig";
}

enum { FUZZ_TEXT_LIMIT = 4 * CONF_FILE_LIMIT };

static struct settings *fuzz_load(const void *data, size_t size, struct buf *told)
{
    int fd = memfd_create("settings", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) != 0)
        abort();
    struct settings *settings = conf_load_fd(fd, told);
    (void)close(fd);
    return settings;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf told;
    struct buf first;
    struct buf second;
    buf_init(&told, FUZZ_TEXT_LIMIT);
    buf_init(&first, FUZZ_TEXT_LIMIT);
    buf_init(&second, FUZZ_TEXT_LIMIT);
    struct settings *settings = fuzz_load(data, size, &told);
    if ((settings != NULL) != (told.size == 0))
        abort();
    if (settings != NULL) {
        conf_print(settings, false, &first);
        struct settings *again = fuzz_load(first.data, first.size, &told);
        if (again == NULL)
            abort();
        conf_print(again, false, &second);
        if (strcmp(buf_text(&first), buf_text(&second)) != 0)
            abort();
        settings_free(again);
    }
    settings_free(settings);
    buf_fini(&told);
    buf_fini(&first);
    buf_fini(&second);
    return 0;
}

#include "runner/communigate.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span bytes = span_of(data, size);
    struct span answer = { 0 };
    uint64_t number = 0;
    if (communigate_line_read(bytes, &number, &answer))
        assert(answer.size < size);
    for (int is_mail = 0; is_mail < 2; is_mail++) {
        struct buf file;
        buf_init(&file, communigate_file_most(size));
        communigate_file_make(bytes, is_mail != 0, 0, &file);
        assert(!buf_overflowed(&file));
        buf_fini(&file);
    }
    return 0;
}

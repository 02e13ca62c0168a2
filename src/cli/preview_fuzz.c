/* Whatever a message or a mailbox has in it, a person's terminal sees no control character of it, and a mailbox gives
 * no more than was in it. */
#include "cli/form.h"
#include "cli/preview.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_shown(const struct buf *out)
{
    for (size_t i = 0; i < out->size; i++) {
        unsigned char c = (unsigned char)out->data[i];
        assert(c == '\n' || (c >= ' ' && c != 0x7f));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf out;
    struct span bytes = span_of(data, size);
    struct span rest = bytes;
    struct span sender = { 0 };
    size_t all = 0;
    buf_init(&out, (size_t)64 << 20);
    preview_put_header(&out, bytes, true);
    check_shown(&out);
    buf_clear(&out);
    preview_put_text(&out, bytes, 50);
    check_shown(&out);
    while (form_next_mbox(&rest, &sender, &out)) {
        all += out.size;
        assert(all <= size && !buf_overflowed(&out));
    }
    buf_fini(&out);
    return 0;
}

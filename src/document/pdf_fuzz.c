/* Any bytes as a PDF file: the receiver's assertions hold, and cost stays within the limits. */
#include "document/pdf.h"

#include "base/memory.h"
#include "unpack/collect.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct collect *collect = memory_new(sizeof *collect);
    collect_init(collect);
    collect->most_bytes = 1 << 16;
    collect->most_members = 64;
    collect->room = 100;
    (void)pdf_looks(span_of(data, size));
    collect_read(collect, pdf_read, span_of(data, size));
    collect_fini(collect);
    free(collect);
    return 0;
}

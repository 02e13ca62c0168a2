/* The first byte says which charset is declared. */
#include "text/charset.h"

#include "text/text_fuzz.h"

static const char *const names[] = { "utf-16",  "utf-16le",    "utf-16be",   "utf-32", "utf-7", "utf-7-imap",
                                     "ibm1047", "iso-2022-jp", "hz-gb-2312", "cp037",  "utf-8", "scsu" };
enum { NAMES = sizeof names / sizeof names[0] };

static const char *declared;

static void read_declared(struct unpack *unpack, struct span content)
{
    charset_read_declared(unpack, span_text(declared), content);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct span content = span_of(data + 2, size - 2);
    size_t room = data[1] % 32U + 1;
    declared = names[data[0] % NAMES];
    (void)charset_looks(content);
    text_fuzz(charset_read, content, room);
    text_fuzz(read_declared, content, room);
    charset_read_declared(NULL, content, (struct span){ 0 });
    return 0;
}

#include "swf.h"

#include "document/little.h"
#include "unpack/inflate.h"

enum { SWF_HEADER = 8, SWF_NEWEST = 60, SWF_DEFLATED = 'C', SWF_LZMA = 'Z' };

bool swf_looks(struct span content)
{
    unsigned kind = little_8(content, 0);
    unsigned version = little_8(content, 3);
    bool is_named = (kind == SWF_DEFLATED || kind == SWF_LZMA) &&
                    span_equal(span_slice(content, 1, 2), span_text("WS"));
    bool is_zlib = (little_8(content, 8) & 0xf) == 8 && (little_8(content, 8) << 8 | little_8(content, 9)) % 31 == 0;
    return is_named && version >= 1 && version <= SWF_NEWEST && content.size > SWF_HEADER &&
           (kind != SWF_DEFLATED || is_zlib);
}

void swf_read(struct unpack *unpack, struct span content)
{
    if (little_8(content, 0) == SWF_LZMA) {
        unpack_note(unpack, UNPACK_UNSUPPORTED, "swf: compressed by LZMA");
        return;
    }
    struct unpack_member member = { .size_hint = little_32(content, 4), .how = "swf: movie" };
    size_t used = 0;
    if (!unpack_begin(unpack, &member))
        return;
    enum unpack_ending ending = UNPACK_STOPPED;
    if (unpack_put(unpack, span_text("F")) && unpack_put(unpack, span_slice(content, 1, SWF_HEADER - 1)))
        ending = inflate_put(unpack, INFLATE_ZLIB, span_from(content, SWF_HEADER), &used);
    unpack_end(unpack);
    if (ending == UNPACK_CUT || ending == UNPACK_BROKEN)
        unpack_note(unpack, UNPACK_DAMAGED, "swf: cut short or damaged");
}

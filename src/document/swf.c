#include "swf.h"

#include "document/little.h"
#include "unpack/inflate.h"
#include "unpack/unxz.h"

enum {
    SWF_HEADER = 8,
    SWF_PROPERTIES = 12,
    SWF_PROPERTIES_SIZE = 5,
    SWF_NEWEST = 60,
    SWF_DEFLATED = 'C',
    SWF_LZMA = 'Z'
};

bool swf_looks(struct span content)
{
    unsigned kind = little_8(content, 0);
    unsigned version = little_8(content, 3);
    bool is_named = (kind == SWF_DEFLATED || kind == SWF_LZMA) &&
                    span_equal(span_slice(content, 1, 2), span_text("WS"));
    bool is_zlib = (little_8(content, 8) & 0xf) == 8 && (little_8(content, 8) << 8 | little_8(content, 9)) % 31 == 0;
    /* The first of LZMA's properties is below 225. */
    bool is_lzma = content.size > SWF_PROPERTIES + SWF_PROPERTIES_SIZE && little_8(content, SWF_PROPERTIES) < 225;
    return is_named && version >= 1 && version <= SWF_NEWEST && content.size > SWF_HEADER &&
           (kind == SWF_DEFLATED ? is_zlib : is_lzma);
}

/* The body behind the header: deflated, or LZMA without a size of its own, which the header tells. */
static enum unpack_ending swf_put_body(struct unpack *unpack, struct span content)
{
    size_t used = 0;
    if (little_8(content, 0) == SWF_DEFLATED)
        return inflate_put(unpack, INFLATE_ZLIB, span_from(content, SWF_HEADER), &used);
    uint32_t size = little_32(content, 4);
    return unxz_put_raw(unpack, span_slice(content, SWF_PROPERTIES, SWF_PROPERTIES_SIZE),
                        size >= SWF_HEADER ? size - SWF_HEADER : UNXZ_ANY_SIZE,
                        span_from(content, SWF_PROPERTIES + SWF_PROPERTIES_SIZE), &used);
}

void swf_read(struct unpack *unpack, struct span content)
{
    struct unpack_member member = { .size_hint = little_32(content, 4), .how = "swf: movie" };
    if (!unpack_begin(unpack, &member))
        return;
    enum unpack_ending ending = UNPACK_STOPPED;
    if (unpack_put(unpack, span_text("F")) && unpack_put(unpack, span_slice(content, 1, SWF_HEADER - 1)))
        ending = swf_put_body(unpack, content);
    unpack_end(unpack);
    if (ending == UNPACK_CUT || ending == UNPACK_BROKEN)
        unpack_note(unpack, UNPACK_DAMAGED, "swf: cut short or damaged");
}

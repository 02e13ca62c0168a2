#include "onenote.h"

#include "document/little.h"

enum { ONENOTE_GUID = 16, ONENOTE_OBJECT_HEADER = 36 };

static const char onenote_section[] = "\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3";
static const char onenote_contents[] = "\xa1\x2f\xff\x43\xd9\xef\x76\x4c\x9e\xe2\x10\xea\x57\x22\x76\x5f";

/* FileDataStoreObject (2.6.13) */
static const char onenote_object[] = "\xe7\x16\xe3\xbd\x65\x26\x11\x45\xa4\xc4\x8d\x4d\x0b\x7a\x9e\xac";

bool onenote_looks(struct span content)
{
    struct span guid = span_slice(content, 0, ONENOTE_GUID);
    return span_equal(guid, span_of(onenote_section, ONENOTE_GUID)) ||
           span_equal(guid, span_of(onenote_contents, ONENOTE_GUID));
}

/* Objects are looked for one by one rather than by the section's tables: a deleted one still stands there, and so does
 * one inside of another one's bytes. */
void onenote_read(struct unpack *unpack, struct span content)
{
    bool is_cut = false;
    for (size_t at = 0; at < content.size;) {
        size_t found = span_find(span_from(content, at), span_of(onenote_object, ONENOTE_GUID));
        if (found == SPAN_NONE)
            break;
        at += found + ONENOTE_GUID;
        uint64_t size = little_64(content, at);
        struct span bytes = span_from(content, at - ONENOTE_GUID + ONENOTE_OBJECT_HEADER);
        is_cut = is_cut || bytes.size < size;
        bytes = span_slice(bytes, 0, size < bytes.size ? (size_t)size : bytes.size);
        struct unpack_member member = { .size_hint = size, .packed_size = bytes.size, .how = "onenote: embedded file" };
        if (bytes.size > 0 && !unpack_member_slice(unpack, &member, bytes))
            break;
    }
    if (is_cut)
        unpack_note(unpack, UNPACK_DAMAGED, "onenote: an embedded file is cut short");
}

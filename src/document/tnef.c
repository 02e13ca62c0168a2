#include "tnef.h"

#include "base/buf.h"
#include "document/little.h"
#include "document/lzfu.h"
#include "document/mapi.h"
#include "document/names.h"

#include <string.h>

/* The lower halves of the attributes' ids; the upper ones are types, which nobody looks at. */
enum {
    TNEF_BODY = 0x800c,
    TNEF_ATTACH_DATA = 0x800f,
    TNEF_ATTACH_TITLE = 0x8010,
    TNEF_ATTACH_META_FILE = 0x8011,
    TNEF_ATTACH_TRANSPORT_NAME = 0x9001,
    TNEF_ATTACH_START = 0x9002,
    TNEF_MESSAGE_PROPERTIES = 0x9003,
    TNEF_ATTACH_PROPERTIES = 0x9005,

    TNEF_HEADER = 6,
    TNEF_ATTRIBUTE = 9,
    TNEF_CHECK_SUM = 2,
    TNEF_IID = 16
};

struct tnef {
    struct unpack *unpack;
    struct buf names;
    bool is_full;
    bool is_cut;
};

struct tnef_attribute {
    unsigned id;
    struct span data;
};

bool tnef_looks(struct span content)
{
    return content.size >= TNEF_HEADER && span_starts_with(content, "\x78\x9f\x3e\x22");
}

/* Mail programs leave line ends and zeros behind the last attribute. */
static bool tnef_is_blank(struct span rest)
{
    for (size_t i = 0; i < rest.size; i++) {
        char c = rest.data[i];
        if (c != '\0' && c != '\r' && c != '\n' && c != '\x1a' && !ascii_is_space(c))
            return false;
    }
    return true;
}

/* The next attribute off *rest. False at the end. Where that is in the middle of one, what there is of it comes out; so
 * it does where the level is none, as not everybody looks at it, if only its size fits. */
static bool tnef_next(struct tnef *tnef, struct span *rest, struct tnef_attribute *attribute_out)
{
    unsigned level = little_8(*rest, 0);
    bool is_level = level == 1 || level == 2;
    size_t size = little_32(*rest, 5);
    struct span data = span_slice(*rest, TNEF_ATTRIBUTE, size);
    if (rest->size < TNEF_ATTRIBUTE || (!is_level && data.size < size)) {
        tnef->is_cut = tnef->is_cut || !tnef_is_blank(*rest);
        *rest = span_from(*rest, rest->size);
        return false;
    }
    *attribute_out = (struct tnef_attribute){ .id = little_16(*rest, 1), .data = data };
    bool is_padding = level == 0 && attribute_out->id == 0 && size == 0;
    tnef->is_cut = tnef->is_cut || data.size < size || !(is_level || is_padding);
    *rest = span_from(*rest, TNEF_ATTRIBUTE + size + TNEF_CHECK_SUM);
    return true;
}

static bool tnef_begin(struct tnef *tnef, struct span bytes, const char *how)
{
    struct unpack_member member = { .names = buf_span(&tnef->names), .packed_size = bytes.size, .how = how };
    if (!tnef->is_full)
        tnef->is_full = !unpack_begin(tnef->unpack, &member);
    return !tnef->is_full;
}

static void tnef_hand(struct tnef *tnef, struct span bytes, const char *how)
{
    if (bytes.size == 0 || !tnef_begin(tnef, bytes, how))
        return;
    (void)unpack_slice(tnef->unpack, bytes);
    unpack_end(tnef->unpack);
}

static void tnef_hand_rtf(struct tnef *tnef, struct span packed)
{
    if (!lzfu_looks(packed)) {
        tnef_hand(tnef, packed, "tnef: text");
        return;
    }
    if (!tnef_begin(tnef, packed, "tnef: compressed RTF"))
        return;
    enum unpack_ending ending = lzfu_put(tnef->unpack, packed);
    tnef->is_cut = tnef->is_cut || ending == UNPACK_CUT || ending == UNPACK_BROKEN;
    unpack_end(tnef->unpack);
}

/* An object has its interface's id before it: a message in TNEF, or a compound file. */
static void tnef_hand_attachment(struct tnef *tnef, const struct mapi *mapi, struct span value)
{
    static const char message[] = "\x07\x03\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46";
    static const char storage[] = "\x0b\0\0\0\0\0\0\0\xc0\0\0\0\0\0\0\x46";
    struct span iid = span_slice(value, 0, TNEF_IID);
    bool has_iid = span_equal(iid, span_of(message, TNEF_IID)) || span_equal(iid, span_of(storage, TNEF_IID));
    if (mapi->type != MAPI_OBJECT || !has_iid)
        tnef_hand(tnef, value, "tnef: attachment");
    if (mapi->type == MAPI_OBJECT || has_iid)
        tnef_hand(tnef, span_from(value, TNEF_IID), "tnef: object");
}

static void tnef_hand_properties(struct tnef *tnef, struct span list)
{
    struct mapi mapi;
    struct span value;
    mapi_init(&mapi, list);
    while (mapi_next(&mapi, &value) && !tnef->is_full) {
        if (mapi.id == MAPI_ATTACHMENT)
            tnef_hand_attachment(tnef, &mapi, value);
        else if (mapi.id == MAPI_RTF)
            tnef_hand_rtf(tnef, value);
        else if (mapi.id == MAPI_HTML || mapi.id == MAPI_BODY)
            tnef_hand(tnef, value, "tnef: text");
    }
    tnef->is_cut = tnef->is_cut || mapi.is_broken;
}

static void tnef_add_property_names(struct tnef *tnef, struct span list)
{
    struct mapi mapi;
    struct span value;
    mapi_init(&mapi, list);
    while (mapi_next(&mapi, &value)) {
        if (mapi.id != MAPI_LONG_FILE_NAME && mapi.id != MAPI_FILE_NAME && mapi.id != MAPI_DISPLAY_NAME &&
            mapi.id != MAPI_TRANSPORT_NAME)
            continue;
        if (mapi.type == MAPI_UNICODE)
            names_add_utf16(&tnef->names, value);
        else
            names_add(&tnef->names, value);
    }
}

static void tnef_add_names(struct tnef *tnef, const struct tnef_attribute *attribute)
{
    if (attribute->id == TNEF_ATTACH_TITLE || attribute->id == TNEF_ATTACH_TRANSPORT_NAME)
        names_add(&tnef->names, attribute->data);
    else if (attribute->id == TNEF_ATTACH_PROPERTIES)
        tnef_add_property_names(tnef, attribute->data);
}

static void tnef_hand_attribute(struct tnef *tnef, const struct tnef_attribute *attribute)
{
    switch (attribute->id) {
    case TNEF_BODY:
        tnef_hand(tnef, attribute->data, "tnef: text");
        break;
    case TNEF_ATTACH_DATA:
        tnef_hand(tnef, attribute->data, "tnef: attachment");
        break;
    case TNEF_ATTACH_META_FILE:
        tnef_hand(tnef, attribute->data, "tnef: icon");
        break;
    case TNEF_MESSAGE_PROPERTIES:
    case TNEF_ATTACH_PROPERTIES:
        tnef_hand_properties(tnef, attribute->data);
        break;
    default:
        break;
    }
}

/* The attributes of one attachment, or of the message: names may stand behind the data, so it is read twice. Returns
 * what follows them. */
static struct span tnef_read_group(struct tnef *tnef, struct span content)
{
    struct tnef_attribute attribute;
    struct span end = content;
    bool was_cut = tnef->is_cut;
    buf_clear(&tnef->names);
    for (struct span rest = content; tnef_next(tnef, &rest, &attribute); end = rest) {
        if (end.size != content.size && attribute.id == TNEF_ATTACH_START)
            break;
        tnef_add_names(tnef, &attribute);
    }
    tnef->is_cut = was_cut;
    struct span rest = content;
    while (rest.size > end.size && !tnef->is_full && tnef_next(tnef, &rest, &attribute))
        tnef_hand_attribute(tnef, &attribute);
    return end;
}

void tnef_read(struct unpack *unpack, struct span content)
{
    struct tnef tnef = { .unpack = unpack };
    buf_init(&tnef.names, NAMES_LIMIT);
    struct span rest = span_from(content, TNEF_HEADER);
    for (size_t last = SIZE_MAX; rest.size < last && !tnef.is_full;) {
        last = rest.size;
        rest = tnef_read_group(&tnef, rest);
    }
    tnef.is_cut = tnef.is_cut || !tnef_is_blank(rest);
    if (tnef.is_cut)
        unpack_note(unpack, UNPACK_DAMAGED, "tnef: cut short or damaged");
    buf_fini(&tnef.names);
}

#include "mapi.h"

#include "document/little.h"

enum { MAPI_MANY = 0x1000, MAPI_NAMED = 0x8000, MAPI_GUID = 16, MAPI_NAME_TEXT = 1 };

void mapi_init(struct mapi *mapi, struct span list)
{
    *mapi = (struct mapi){ .list = list, .at = 4, .left = little_32(list, 0), .is_broken = list.size < 4 };
}

static bool mapi_fail(struct mapi *mapi)
{
    mapi->is_broken = true;
    mapi->left = 0;
    mapi->values = 0;
    return false;
}

/* `size` bytes and what fills them up to a multiple of four, which may be cut off at the list's end. */
static bool mapi_cut(struct mapi *mapi, size_t size, struct span *bytes_out)
{
    *bytes_out = span_slice(mapi->list, mapi->at, size);
    bool is_whole = bytes_out->size == size;
    size_t padded = (size + 3) / 4 * 4;
    mapi->at = padded < mapi->list.size - mapi->at ? mapi->at + padded : mapi->list.size;
    return is_whole;
}

static bool mapi_cut_32(struct mapi *mapi, uint32_t *number_out)
{
    struct span field;
    if (!mapi_cut(mapi, 4, &field))
        return false;
    *number_out = little_32(field, 0);
    return true;
}

/* Bytes of a value whose type has a fixed size; 0: the size stands before it. */
static size_t mapi_fixed_size(unsigned type)
{
    static const struct {
        unsigned type;
        size_t size;
    } sizes[] = { { 1, 4 }, { 2, 4 },  { 3, 4 },  { 4, 4 },    { 5, 8 },    { 6, 8 },
                  { 7, 8 }, { 10, 4 }, { 11, 4 }, { 0x14, 8 }, { 0x40, 8 }, { 0x48, 16 } };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        if (sizes[i].type == type)
            return sizes[i].size;
    }
    return 0;
}

/* A property's head, up to its first value. */
static bool mapi_next_property(struct mapi *mapi)
{
    struct span field;
    uint32_t head = 0;
    uint32_t kind = 0;
    uint32_t name = 0;
    if (!mapi_cut_32(mapi, &head))
        return false;
    mapi->id = head >> 16;
    mapi->type = head & 0xffff;
    if (mapi->id >= MAPI_NAMED) {
        if (!mapi_cut(mapi, MAPI_GUID, &field) || !mapi_cut_32(mapi, &kind) || !mapi_cut_32(mapi, &name))
            return false;
        if (kind == MAPI_NAME_TEXT && !mapi_cut(mapi, name, &field))
            return false;
    }
    bool is_many = (mapi->type & MAPI_MANY) != 0;
    mapi->type &= ~(unsigned)MAPI_MANY;
    mapi->values = 1;
    /* One value without a fixed size is written as a list of one. */
    return (!is_many && mapi_fixed_size(mapi->type) != 0) || mapi_cut_32(mapi, &mapi->values);
}

bool mapi_next(struct mapi *mapi, struct span *value_out)
{
    while (mapi->values == 0) {
        if (mapi->left == 0)
            return false;
        mapi->left--;
        if (!mapi_next_property(mapi))
            return mapi_fail(mapi);
    }
    mapi->values--;
    size_t size = mapi_fixed_size(mapi->type);
    uint32_t said = 0;
    if (size == 0 && !mapi_cut_32(mapi, &said))
        return mapi_fail(mapi);
    if (!mapi_cut(mapi, size > 0 ? size : said, value_out)) {
        (void)mapi_fail(mapi);
        return value_out->size > 0;
    }
    return true;
}

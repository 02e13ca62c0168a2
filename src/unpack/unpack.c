#include "unpack.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { UNPACK_NOTE_SIZE = 160 };

bool unpack_begin(struct unpack *unpack, const struct unpack_member *member)
{
    return unpack->ops->begin(unpack->context, member);
}

char *unpack_room(struct unpack *unpack, size_t *size_out)
{
    char *room = unpack->ops->room(unpack->context, size_out);
    assert(room == NULL || *size_out > 0);
    return room;
}

void unpack_wrote(struct unpack *unpack, size_t size)
{
    unpack->ops->wrote(unpack->context, size);
}

bool unpack_put(struct unpack *unpack, struct span bytes)
{
    while (bytes.size > 0) {
        size_t size = 0;
        char *room = unpack_room(unpack, &size);
        if (room == NULL)
            return false;
        size = size < bytes.size ? size : bytes.size;
        memcpy(room, bytes.data, size);
        unpack_wrote(unpack, size);
        bytes = span_from(bytes, size);
    }
    return true;
}

bool unpack_slice(struct unpack *unpack, struct span bytes)
{
    return unpack->ops->slice(unpack->context, bytes);
}

void unpack_end(struct unpack *unpack)
{
    unpack->ops->end(unpack->context);
}

bool unpack_member_slice(struct unpack *unpack, const struct unpack_member *member, struct span bytes)
{
    if (!unpack_begin(unpack, member))
        return false;
    (void)unpack_slice(unpack, bytes);
    unpack_end(unpack);
    return true;
}

bool unpack_member_put(struct unpack *unpack, const struct unpack_member *member, struct span bytes)
{
    if (!unpack_begin(unpack, member))
        return false;
    (void)unpack_put(unpack, bytes);
    unpack_end(unpack);
    return true;
}

void unpack_note(struct unpack *unpack, enum unpack_trouble trouble, const char *format, ...)
{
    char text[UNPACK_NOTE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    unpack->ops->note(unpack->context, trouble, text);
}

bool unpack_step(struct unpack *unpack, uint64_t units)
{
    return unpack->ops->step(unpack->context, units);
}

const char *unpack_password(struct unpack *unpack, size_t index)
{
    return unpack->ops->password(unpack->context, index);
}

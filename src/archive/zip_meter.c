#include "zip_meter.h"

#include "unpack/inflate.h"

#include <assert.h>

static bool zip_meter_begin(void *context, const struct unpack_member *member)
{
    (void)context;
    (void)member;
    assert(false); /* a decoder begins no members */
    return false;
}

static bool zip_meter_slice(void *context, struct span bytes)
{
    (void)context;
    (void)bytes;
    assert(false); /* nor slices */
    return false;
}

static void zip_meter_end(void *context)
{
    (void)context;
    assert(false); /* nor does it end them */
}

static char *zip_meter_room(void *context, size_t *size_out)
{
    struct zip_meter *meter = context;
    uint64_t left = meter->most - meter->size;
    if (left == 0)
        return NULL;
    *size_out = sizeof meter->scratch;
    meter->room = meter->is_discarding ? meter->scratch : unpack_room(meter->behind, size_out);
    if (*size_out > left)
        *size_out = (size_t)left;
    return meter->room;
}

static void zip_meter_wrote(void *context, size_t size)
{
    struct zip_meter *meter = context;
    meter->size += size;
    meter->crc = inflate_crc32(meter->crc, span_of(meter->room, size));
    if (!meter->is_discarding)
        unpack_wrote(meter->behind, size);
    /* Thrown away bytes are work that nobody else counts. */
    else if (!unpack_step(meter->behind, size))
        meter->most = meter->size;
}

static void zip_meter_note(void *context, enum unpack_trouble trouble, const char *text)
{
    struct zip_meter *meter = context;
    if (!meter->is_discarding)
        unpack_note(meter->behind, trouble, "%s", text);
}

static bool zip_meter_step(void *context, uint64_t units)
{
    struct zip_meter *meter = context;
    return unpack_step(meter->behind, units);
}

static const char *zip_meter_password(void *context, size_t index)
{
    struct zip_meter *meter = context;
    return unpack_password(meter->behind, index);
}

static const struct unpack_ops zip_meter_ops = { .begin = zip_meter_begin,
                                                 .room = zip_meter_room,
                                                 .wrote = zip_meter_wrote,
                                                 .slice = zip_meter_slice,
                                                 .end = zip_meter_end,
                                                 .note = zip_meter_note,
                                                 .step = zip_meter_step,
                                                 .password = zip_meter_password };

void zip_meter_init(struct zip_meter *meter, struct unpack *behind, uint64_t most, bool is_discarding)
{
    meter->unpack = (struct unpack){ .ops = &zip_meter_ops, .context = meter };
    meter->behind = behind;
    meter->is_discarding = is_discarding;
    meter->most = most;
    meter->size = 0;
    meter->crc = 0;
    meter->room = NULL;
}

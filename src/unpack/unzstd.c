#include "unzstd.h"

#include <zstd.h>
#include <zstd_errors.h>

enum { UNZSTD_WINDOW_LOG = 27 }; /* 128 MiB, as the zstd program's own bound */
enum { UNZSTD_BEGIN = 5 };       /* what is asked for first */

static enum unpack_ending unzstd_failed(struct unpack *unpack, size_t result)
{
    ZSTD_ErrorCode code = ZSTD_getErrorCode(result);
    if (code == ZSTD_error_frameParameter_windowTooLarge || code == ZSTD_error_memory_allocation)
        unpack_note(unpack, UNPACK_LIMIT, "zstd: a window above 128 MiB");
    if (code == ZSTD_error_dictionary_wrong)
        unpack_note(unpack, UNPACK_UNSUPPORTED, "zstd: packed with a dictionary");
    return UNPACK_BROKEN;
}

/* The library gets just as much as it asks for, and no more before all is written: where a check sum is wrong, it says
 * no longer what it wrote in the same call. */
static enum unpack_ending unzstd_run(struct unpack *unpack, ZSTD_DCtx *context, struct span packed, size_t *used_out)
{
    ZSTD_inBuffer in = { packed.data, 0, 0 };
    size_t wanted = UNZSTD_BEGIN;
    for (;;) {
        size_t size = 0;
        char *room = unpack_room(unpack, &size);
        if (room == NULL)
            return UNPACK_STOPPED;
        in.size += span_slice(packed, in.size, wanted).size;
        ZSTD_outBuffer out = { room, size, 0 };
        size_t before = in.pos;
        size_t result = ZSTD_decompressStream(context, &out, &in);
        *used_out = in.pos;
        unpack_wrote(unpack, out.pos);
        if (ZSTD_isError(result))
            return unzstd_failed(unpack, result);
        if (result == 0)
            return UNPACK_WHOLE;
        bool is_stuck = out.pos == 0 && in.pos == before;
        if (is_stuck && in.size == packed.size)
            return UNPACK_CUT;
        wanted = is_stuck || (in.pos == in.size && out.pos < out.size) ? result : 0;
    }
}

enum unpack_ending unzstd_put(struct unpack *unpack, struct span packed, size_t *used_out)
{
    *used_out = 0;
    ZSTD_DCtx *context = ZSTD_createDCtx();
    if (context == NULL)
        return UNPACK_BROKEN;
    (void)ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, UNZSTD_WINDOW_LOG);
    enum unpack_ending ending = unzstd_run(unpack, context, packed, used_out);
    (void)ZSTD_freeDCtx(context);
    return ending;
}

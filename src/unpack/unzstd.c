#include "unzstd.h"

#include <zstd.h>
#include <zstd_errors.h>

enum { UNZSTD_WINDOW_LOG = 27 }; /* 128 MiB, as the zstd program's own bound */

static enum unpack_ending unzstd_failed(struct unpack *unpack, size_t result)
{
    ZSTD_ErrorCode code = ZSTD_getErrorCode(result);
    if (code == ZSTD_error_frameParameter_windowTooLarge || code == ZSTD_error_memory_allocation)
        unpack_note(unpack, UNPACK_LIMIT, "zstd: a window above 128 MiB");
    if (code == ZSTD_error_dictionary_wrong)
        unpack_note(unpack, UNPACK_UNSUPPORTED, "zstd: packed with a dictionary");
    return UNPACK_BROKEN;
}

static enum unpack_ending unzstd_run(struct unpack *unpack, ZSTD_DCtx *context, struct span packed, size_t *used_out)
{
    ZSTD_inBuffer in = { packed.data, packed.size, 0 };
    for (;;) {
        size_t size = 0;
        char *room = unpack_room(unpack, &size);
        if (room == NULL)
            return UNPACK_STOPPED;
        ZSTD_outBuffer out = { room, size, 0 };
        size_t before = in.pos;
        size_t result = ZSTD_decompressStream(context, &out, &in);
        *used_out = in.pos;
        unpack_wrote(unpack, out.pos);
        if (ZSTD_isError(result))
            return unzstd_failed(unpack, result);
        if (result == 0)
            return UNPACK_WHOLE;
        if (out.pos == 0 && in.pos == before)
            return UNPACK_CUT;
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

#include "decode.h"

#include "decoder/walk.h"

#include <assert.h>

int decode_message(struct span message, const struct decode_job *job, const struct emit_pack packs[DECODE_PACKS],
                   emit_write *write, void *context, struct fault *fault)
{
    assert(job->message_size == message.size && job->standin_bytes <= message.size);
    struct emit emit;
    struct walk walk;
    if (emit_init(&emit, job, message, packs, fault) != 0)
        return -1;
    if (walk_init(&walk, &emit, fault) != 0) {
        emit_fini(&emit);
        return -1;
    }
    walk_run(&walk, job->standin_bytes, job->standin_bytes == 0);
    emit_check_bombs(&emit);
    int result = emit_finish(&emit, write, context, fault);
    walk_fini(&walk);
    emit_fini(&emit);
    return result;
}

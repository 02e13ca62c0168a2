#include "clamd_reply.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span reply = span_of(data, size);
    struct answer answer;
    clamd_reply_read(reply, &answer);
    assert(answer.kind > ANSWER_NOT_ASKED && answer.kind < ANSWERS);
    assert((answer.kind == ANSWER_UNSCANNABLE) == (answer.unscannable != UNSCANNABLE_NONE));
    assert(memchr(answer.text, '\0', sizeof answer.text) != NULL);
    /* Only these bytes and nothing like them are a clean answer. */
    if (answer.kind == ANSWER_CLEAN)
        assert(span_is(reply, "stream: OK") ||
               (span_starts_with(reply, "fd[") && span_is(span_from(reply, size - 5), "]: OK")));
    return 0;
}

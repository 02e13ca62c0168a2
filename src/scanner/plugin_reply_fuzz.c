#include "plugin_reply.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span reply = span_of(data, size);
    struct answer answer;
    struct span generation;
    struct span text;
    plugin_reply_read(reply, &answer);
    assert(answer.kind > ANSWER_NOT_ASKED && answer.kind < ANSWERS);
    assert((answer.kind == ANSWER_UNSCANNABLE) == (answer.unscannable != UNSCANNABLE_NONE));
    assert(memchr(answer.text, '\0', sizeof answer.text) != NULL);
    assert((answer.kind == ANSWER_CLEAN) == span_is(reply, "clean"));
    if (plugin_version_read(reply, &generation, &text))
        assert(generation.size + text.size + 9 <= size);
    return 0;
}

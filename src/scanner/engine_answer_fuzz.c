#include "engine_answer.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    size_t count = data[0];
    struct answer answer;
    struct engine_about about;
    engine_answer_read(span_of(data + 1, size - 1), count, &answer, &about);
    assert(answer.kind > ANSWER_NOT_ASKED && answer.kind < ANSWERS);
    assert(answer.kind != ANSWER_CLEAN || answer.unscannable == UNSCANNABLE_NONE);
    assert(answer.kind != ANSWER_UNSCANNABLE || answer.unscannable != UNSCANNABLE_NONE);
    assert(answer.unscannable <= UNSCANNABLE_LIMIT);
    assert(answer.piece < count || answer.piece == 0);
    assert(memchr(answer.text, '\0', sizeof answer.text) != NULL);
    assert(memchr(about.version, '\0', sizeof about.version) != NULL);
    return 0;
}

#include "dialogue.h"

#include "base/memory.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = memory_new(size + 1);
    struct dialogue_step step;
    struct fault fault = { 0 };
    if (size > 0)
        memcpy(text, data, size);
    if (dialogue_step_read(text, &step, &fault)) {
        assert(step.kind == DIALOGUE_CLOSE || (step.text > text && step.text <= text + strlen(text)));
        assert((step.kind == DIALOGUE_UNSCANNABLE) == (step.unscannable != UNSCANNABLE_NONE));
        assert(!step.is_last || step.kind >= DIALOGUE_CLEAN);
    } else {
        assert(fault.text[0] != '\0');
    }
    free(text);
    return 0;
}

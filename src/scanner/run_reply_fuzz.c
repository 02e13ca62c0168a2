#include "scanner/run_reply.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct run_settings settings = {
    .clean = { .items = { "0" }, .count = 1 },
    .infected = { .items = { "1", "^DISCARD$", "^ERROR\\s.*(?i:virus|infected)" }, .count = 3 },
    .unscannable = { .items = { "encrypted: 13", "limit: too large" }, .count = 2 },
    .failed = { .items = { "licence" }, .count = 1 },
    .name_pattern = ": (.+) FOUND$",
};

/* The first byte is the exit status, the rest the output. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct run_meaning *meaning;
    if (meaning == NULL)
        meaning = run_meaning_new(&settings);
    if (size == 0)
        return 0;
    struct answer answer;
    run_reply_read(meaning, data[0], span_of(data + 1, size - 1), &answer);
    assert(answer.kind > ANSWER_NOT_ASKED && answer.kind < ANSWERS);
    assert((answer.kind == ANSWER_UNSCANNABLE) == (answer.unscannable != UNSCANNABLE_NONE));
    assert(memchr(answer.text, '\0', sizeof answer.text) != NULL);
    assert(answer.kind != ANSWER_CLEAN || data[0] == 0);
    return 0;
}

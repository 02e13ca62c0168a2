#include "store/words.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The bytes as metadata, and as what a person asks for: "field=text". */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct crypt_key key = { .bytes = "fuzz" };
    struct fault fault;
    if (crypt_begin(&fault) != 0)
        return 0;
    uint64_t tokens[INDEX_MOST_TOKENS];
    size_t count = words_of(&key, span_of(data, size), tokens);
    assert(count <= INDEX_MOST_TOKENS);
    for (size_t i = 1; i < count; i++)
        assert(tokens[i] != tokens[i - 1]);
    struct span text = span_of(data, size), field = span_cut(&text, '=');
    count = 0;
    int result = words_ask(&key, field, text, tokens, &count, &fault);
    assert((result == 0) == (count > 0) && count <= INDEX_MOST_TOKENS);
    return 0;
}

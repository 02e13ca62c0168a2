/* Any bytes as the lines of a reply to EHLO: the lists hold whole words, and only such as the line had. */
#include "proto/ehlo.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_list(const char *list, struct span line)
{
    struct span words = span_text(list);
    assert(words.size < HOP_ATTRIBUTES_SIZE);
    while (words.size > 0) {
        struct span word = span_cut(&words, ' ');
        assert(word.size > 0 && span_find(line, word) != SPAN_NONE);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span rest = span_of(data, size);
    for (unsigned i = 0; rest.size > 0; i++) {
        struct hop_abilities abilities = { 0 };
        struct span line = span_cut(&rest, '\n');
        ehlo_add_line(&abilities, i, line);
        assert(i > 0 || abilities.bits == 0);
        assert(abilities.bits == 0 || ehlo_keyword(abilities.bits)[0] != '\0');
        check_list(abilities.xforward, line);
        check_list(abilities.xclient, line);
    }
    return 0;
}

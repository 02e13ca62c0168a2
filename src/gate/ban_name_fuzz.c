/* Any bytes are a name; the first one says how much of it is a pattern. */
#include "gate/ban_name.h"

#include "base/glob.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    char pattern[256];
    struct span all = span_of(data + 1, size - 1);
    (void)span_copy(span_slice(all, 0, data[0]), pattern, sizeof pattern);
    struct ban_name name;
    ban_name_read(span_from(all, data[0]), &name);
    assert(name.count >= 1 && name.count <= BAN_NAME_FORMS && name.plain < name.count);
    for (size_t i = 0; i < name.count; i++) {
        assert(strnlen(name.forms[i], BAN_NAME_SIZE) < BAN_NAME_SIZE);
        bool is_dangerous = ban_name_is_dangerous(name.forms[i]);
        assert(is_dangerous || !ban_name_is_double(name.forms[i]));
        (void)glob_match(pattern, span_text(name.forms[i]));
        assert(glob_match("*", span_text(name.forms[i])));
    }
    return 0;
}

#include "zip_names.h"

#include "zip_format.h"

#include <string.h>

enum { ZIP_EXTRA_PATH = 0x7075, ZIP_EXTRA_PATH_HEAD = 5 };

void zip_names_init(struct zip_names *names)
{
    *names = (struct zip_names){ 0 };
    buf_init(&names->bytes, ZIP_NAMES_SIZE);
}

void zip_names_fini(struct zip_names *names)
{
    buf_fini(&names->bytes);
}

static bool names_hold(const struct zip_names *names, struct span name)
{
    struct span rest = buf_span(&names->bytes);
    while (rest.size > 0) {
        if (span_equal(span_cut(&rest, '\0'), name))
            return true;
    }
    return false;
}

/* Without NULs. */
static void names_put_one(struct zip_names *names, struct span name)
{
    if (name.size == 0 || names_hold(names, name))
        return;
    if (names->count == ZIP_NAMES_COUNT || names->bytes.size + name.size + 1 > ZIP_NAMES_SIZE) {
        names->is_crowded = true;
        return;
    }
    buf_put_span(&names->bytes, name);
    buf_put_char(&names->bytes, '\0');
    names->count++;
}

static struct span names_drop(struct span name, char *without_out)
{
    size_t size = 0;
    for (size_t i = 0; i < name.size; i++) {
        if (name.data[i] != '\0')
            without_out[size++] = name.data[i];
    }
    return span_of(without_out, size);
}

/* A name as it stands in a header, and what else it may be read as: cut at a NUL, without NULs, with backslashes as
 * slashes. Names that are there already are not put twice. */
static void zip_names_put(struct zip_names *names, struct span name)
{
    char changed[UINT16_MAX];
    struct span rest = span_slice(name, 0, sizeof changed);
    bool has_nul = span_find_byte(rest, '\0') != SPAN_NONE;
    if (has_nul) {
        struct span whole = names_drop(rest, changed);
        names_put_one(names, span_cut(&rest, '\0'));
        rest = whole;
    }
    names_put_one(names, rest);
    if (span_find_byte(rest, '\\') == SPAN_NONE)
        return;
    memmove(changed, rest.data, rest.size);
    for (size_t i = 0; i < rest.size; i++) {
        if (changed[i] == '\\')
            changed[i] = '/';
    }
    names_put_one(names, span_of(changed, rest.size));
}

void zip_names_put_all(struct zip_names *names, struct span name, struct span extra)
{
    zip_names_put(names, name);
    zip_names_put(names, span_from(zip_extra_find(extra, ZIP_EXTRA_PATH), ZIP_EXTRA_PATH_HEAD));
}

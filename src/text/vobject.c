#include "vobject.h"

#include "text/pull.h"
#include "text/qp.h"

#include <string.h>

enum {
    VOBJECT_HEAD = 512,        /* in which it begins */
    VOBJECT_VALUE_LEAST = 64,  /* encoded bytes: a name or a line of an address is no file */
    VOBJECT_VALUES_MOST = 256, /* of one text that are decoded */
    VOBJECT_PARAMETERS = 512   /* between what names the encoding and the value */
};

static const char encoding[] = "QUOTED-PRINTABLE";

static bool is_vobject(struct span content)
{
    static const char *const starts[] = { "BEGIN:VCALENDAR", "BEGIN:VCARD" };
    struct span head = span_slice(content, 0, VOBJECT_HEAD);
    return span_find_nocase(head, span_text(starts[0])) != SPAN_NONE ||
           span_find_nocase(head, span_text(starts[1])) != SPAN_NONE;
}

/* How long the fold is that begins with LF here; 0: it is none. */
static size_t fold_size(struct span rest)
{
    return rest.size > 1 && rest.data[0] == '\n' && ascii_is_space(rest.data[1]) ? 2 : 0;
}

/* Moves *rest to the next fold, the CR before it left aside. Returns what stood before it. */
static struct span cut_to_fold(struct span *rest, bool *is_fold_out)
{
    const char *start = rest->data;
    *is_fold_out = false;
    while (rest->size > 0) {
        size_t at = span_find_byte(*rest, '\n');
        *rest = span_from(*rest, at == SPAN_NONE ? rest->size : at);
        if (fold_size(*rest) > 0) {
            *is_fold_out = true;
            size_t size = (size_t)(rest->data - start);
            return span_of(start, size > 0 && start[size - 1] == '\r' ? size - 1 : size);
        }
        *rest = span_from(*rest, 1);
    }
    return span_of(start, (size_t)(rest->data - start));
}

static bool has_fold(struct span content)
{
    bool is_fold = false;
    (void)cut_to_fold(&content, &is_fold);
    return is_fold;
}

static bool unfold(struct unpack *unpack, struct span content)
{
    struct unpack_member member = { .size_hint = content.size, .how = "unfolded" };
    if (!unpack_begin(unpack, &member))
        return false;
    for (bool is_fold = true; is_fold;) {
        struct span line = cut_to_fold(&content, &is_fold);
        if (!unpack_put(unpack, line))
            break;
        content = span_from(content, is_fold ? fold_size(content) : 0);
    }
    unpack_end(unpack);
    return true;
}

/* The value behind the ':' that ends the parameters, over its soft line breaks. Empty: there is none. */
static struct span value_take(struct span rest)
{
    struct span head = span_slice(rest, 0, VOBJECT_PARAMETERS);
    size_t colon = span_find_byte(head, ':');
    size_t end = span_find_byte(head, '\n');
    if (colon == SPAN_NONE || end < colon)
        return span_of(NULL, 0);
    rest = span_from(rest, colon + 1);
    size_t size = 0;
    for (bool goes_on = true; goes_on && size < rest.size;) {
        size_t at = span_find_byte(span_from(rest, size), '\n');
        struct span line = span_trim(span_slice(rest, size, at));
        goes_on = line.size > 0 && line.data[line.size - 1] == '=';
        size = at == SPAN_NONE ? rest.size : size + at + 1;
    }
    return span_slice(rest, 0, size);
}

static void read_values(struct unpack *unpack, struct span content)
{
    struct span word = span_text(encoding);
    unsigned values = 0;
    for (struct span rest = content; rest.size > 0 && values < VOBJECT_VALUES_MOST;) {
        size_t at = span_find_nocase(rest, word);
        if (at == SPAN_NONE)
            return;
        rest = span_from(rest, at + word.size);
        struct span value = value_take(rest);
        if (value.size < VOBJECT_VALUE_LEAST)
            continue;
        values++;
        qp_read(unpack, value);
        rest = span_from(rest, (size_t)(value.data + value.size - rest.data));
    }
}

bool vobject_looks(struct span content)
{
    return is_vobject(content) && (has_fold(content) || span_find_nocase(content, span_text(encoding)) != SPAN_NONE);
}

void vobject_read(struct unpack *unpack, struct span content)
{
    if (!is_vobject(content) || (has_fold(content) && !unfold(unpack, content)))
        return;
    read_values(unpack, content);
}

#include "ole1.h"

#include "document/little.h"
#include "document/names.h"

enum { OLE1_EMBEDDED = 2, OLE1_PACKAGE = 2, OLE1_IS_FILE = 3, OLE1_NAME_MOST = 1024 };

/* A text with its length before it. */
static bool ole1_skip_text(struct span head, size_t *at)
{
    if (head.size < 4 || *at > head.size - 4)
        return false;
    size_t size = little_32(head, *at);
    *at += 4;
    if (size > head.size - *at)
        return false;
    *at += size;
    return true;
}

bool ole1_read_object(struct span head, struct ole1_part *native_out)
{
    /* Word does not look at the version number, so that anything may stand there. */
    size_t at = 8;
    if (little_32(head, 4) != OLE1_EMBEDDED)
        return false;
    for (int texts = 0; texts < 3; texts++) { /* class, topic, item */
        if (!ole1_skip_text(head, &at))
            return false;
    }
    if (head.size - at < 4)
        return false;
    *native_out = (struct ole1_part){ .at = at + 4, .size = little_32(head, at) };
    return true;
}

/* A text that a NUL ends. */
static bool ole1_cut_text(struct span head, size_t *at, struct span *text_out)
{
    struct span rest = span_slice(head, *at, OLE1_NAME_MOST);
    size_t size = span_find_byte(rest, '\0');
    if (size == SPAN_NONE)
        return false;
    *text_out = span_slice(rest, 0, size);
    *at += size + 1;
    return true;
}

bool ole1_read_package(struct span head, struct ole1_part *file_out, struct buf *names)
{
    size_t at = 2;
    struct span label;
    struct span path;
    if (little_16(head, 0) != OLE1_PACKAGE || !ole1_cut_text(head, &at, &label) || !ole1_cut_text(head, &at, &path))
        return false;
    /* Two numbers: an icon's, and 1 for a link, 3 for a file. A link has a path alone, and no bytes follow it. */
    if (head.size - at < 8 || little_16(head, at + 2) != OLE1_IS_FILE)
        return false;
    at += 4;
    size_t temporary_size = little_32(head, at);
    struct span temporary = span_slice(head, at + 4, temporary_size);
    if (temporary.size != temporary_size)
        return false;
    at += 4 + temporary_size;
    if (head.size - at < 4)
        return false;
    *file_out = (struct ole1_part){ .at = at + 4, .size = little_32(head, at) };
    names_add(names, label);
    names_add(names, path);
    names_add(names, temporary);
    return true;
}

void ole1_read_package_tail(struct span tail, struct buf *names)
{
    size_t at = 0;
    for (unsigned i = 0; i < 3 && tail.size - at >= 4; i++) {
        size_t units = little_32(tail, at);
        if (units > OLE1_NAME_MOST)
            return;
        names_add_utf16(names, span_slice(tail, at + 4, 2 * units));
        at += 4 + 2 * units;
        if (at > tail.size)
            return;
    }
}

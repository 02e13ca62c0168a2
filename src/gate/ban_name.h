/* What a file's name is once a recipient's program has saved it: the forms of a name that rules are held against. */
#ifndef CORDON_GATE_BAN_NAME_H
#define CORDON_GATE_BAN_NAME_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>

enum { BAN_NAME_SIZE = 1024, BAN_NAME_FORMS = 4 };

struct ban_name {
    char forms[BAN_NAME_FORMS][BAN_NAME_SIZE];
    size_t count; /* different ones, at least 1 */
    size_t plain; /* which of them is the last part of a path, with nothing invisible and nothing behind its end */
};

/* The name as it is; without folders, without controls that turn or hide letters, with letters of other widths as
 * ASCII, without the dots and blanks at its end that Windows drops; and what is before and behind a colon. Long ones
 * lose their start, because the extension is what matters. */
void ban_name_read(struct span name, struct ban_name *name_out);

/* The extension is on the list "@dangerous". */
bool ban_name_is_dangerous(const char *form);

/* So it is, and another one comes before it that looks like a document's: "invoice.pdf .exe". */
bool ban_name_is_double(const char *form);

#endif

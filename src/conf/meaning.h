/* What the members of clean, infected, unscannable and failed say: an exit status or a pattern, and a reason. */
#ifndef CORDON_CONF_MEANING_H
#define CORDON_CONF_MEANING_H

#include "base/fault.h"
#include "verdict/verdict.h"

#include <stdbool.h>

enum { MEANING_NO_STATUS = -1, MEANING_MOST_STATUS = 255 };

struct meaning_item {
    int status;              /* an exit status; MEANING_NO_STATUS: the pattern counts */
    const char *pattern;     /* part of the text; "" beside a status */
    enum unscannable reason; /* with a reason alone */
};

/* Reads "1", "virus (.+) found", or, where a reason is wanted, "encrypted: 13" and "encrypted: pattern". Digits alone
 * are an exit status. A pattern is compiled for a look, and thrown away. -1 and *fault with what is wrong and what
 * would be right. */
int meaning_read(const char *text, bool with_reason, struct meaning_item *item_out, struct fault *fault);

#endif

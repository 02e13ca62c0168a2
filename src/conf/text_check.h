/* What libconfig 1.5 does not say about a text, said before it is asked. */
#ifndef CORDON_CONF_TEXT_CHECK_H
#define CORDON_CONF_TEXT_CHECK_H

#include "base/span.h"
#include "conf/mistakes.h"

#include <stdbool.h>

/* Adds a mistake for each NUL, comment or text without end, number that libconfig would cut, and @include of what is
 * not a readable regular file below `folder` (NULL: nothing may be included). Looks into included files too. False
 * where libconfig must not see the text. *open_line_out: the line of the text's own in which the innermost group that
 * has no end begins; 0: there is none. */
bool conf_text_check(struct span text, const char *file, const char *folder, struct conf_mistakes *mistakes,
                     unsigned *open_line_out);

#endif

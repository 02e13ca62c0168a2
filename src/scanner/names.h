/* What becomes of a name that a scanner found: the operator's `names`. Pure. */
#ifndef CORDON_SCANNER_NAMES_H
#define CORDON_SCANNER_NAMES_H

#include "base/span.h"
#include "conf/settings.h"
#include "verdict/verdict.h"

#include <stdbool.h>

/* The action of the first pattern that fits; NAME_INFECTED where none does. */
enum name_action names_find(const struct settings_names *names, struct span name);

/* Keeps in `kept`, of `size` bytes, whichever of the two names has the graver action; it holds "" or a name. */
void names_keep(const struct settings_names *names, const char *name, char *kept, size_t size);

/* Notes a name that is less than infected: ignored, or named as the graver of the categories. */
void names_note(enum name_action action, struct span name, struct answer *answer);

/* For a scanner that tells one name: makes of an infected answer what `names` says. Where the name is less than
 * infected, another may stand behind it, so that the piece is unscannable: masked, and true is returned. */
bool names_mask(const struct settings_names *names, struct answer *answer);

/* Takes over what was noted in the other answer. */
void names_merge(struct answer *answer, const struct answer *other);

#endif

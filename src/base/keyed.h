/* Lines "key=value", as roles say how they are. */
#ifndef CORDON_BASE_KEYED_H
#define CORDON_BASE_KEYED_H

#include "base/span.h"

#include <stdint.h>

/* The value of the first line with that key; data NULL where there is none. */
struct span keyed_value(struct span text, const char *key);

/* Likewise; 0 where it is not told, or no number. */
uint64_t keyed_number(struct span text, const char *key);

#endif

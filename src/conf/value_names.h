/* The value of `names`: what becomes of some names that a scanner finds. For value.c alone. */
#ifndef CORDON_CONF_VALUE_NAMES_H
#define CORDON_CONF_VALUE_NAMES_H

#include "base/buf.h"
#include "conf/value_list.h"

/* Fills a struct settings_names. */
void value_read_names(const struct value_reading *reading, void *field);

void value_print_names(const struct option *option, const void *field, struct buf *text_out);

#endif

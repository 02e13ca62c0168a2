/* Values that speak of categories: which ones, and how long each is kept. For value.c alone. */
#ifndef CORDON_CONF_VALUE_CATEGORY_H
#define CORDON_CONF_VALUE_CATEGORY_H

#include "base/buf.h"
#include "conf/value_list.h"

/* Fills an unsigned with bits of enum category. */
void value_read_categories(const struct value_reading *reading, void *field);
void value_print_categories(const struct option *option, const void *field, struct buf *text_out);

/* Fills a struct settings_ages. */
void value_read_ages(const struct value_reading *reading, void *field);
void value_print_ages(const struct option *option, const void *field, struct buf *text_out);

#endif

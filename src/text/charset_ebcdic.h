/* The EBCDIC code pages of IBM as tables.
 */
#ifndef CORDON_TEXT_CHARSET_EBCDIC_H
#define CORDON_TEXT_CHARSET_EBCDIC_H

#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

/* The characters of the page of that number, such as "1140". False: it is none that we know. */
bool charset_ebcdic_table(struct span number, uint16_t table_out[256]);

/* The same by the country that some names have in a number's stead: "us", "he". */
bool charset_ebcdic_country_table(struct span country, uint16_t table_out[256]);

#endif

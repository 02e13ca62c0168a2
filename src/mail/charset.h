/* Text in a named charset as UTF-8: the charsets that file names really come in, by tables of our own.
 */
#ifndef CORDON_MAIL_CHARSET_H
#define CORDON_MAIL_CHARSET_H

#include "base/buf.h"
#include "base/span.h"

/* Appends `bytes` as UTF-8 where the charset is UTF-8, US-ASCII, ISO-8859-1 or windows-1252 (by any usual name); bytes
 * in any other charset, and those that the named one doesn't have, as they are. */
void mail_charset_put(struct span charset, struct span bytes, struct buf *text_out);

#endif

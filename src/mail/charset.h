/* Text in a named charset as UTF-8: the charsets that file names really come in, and those in which a name could hide
 * because their bytes are not like ASCII.
 */
#ifndef CORDON_MAIL_CHARSET_H
#define CORDON_MAIL_CHARSET_H

#include "base/buf.h"
#include "base/span.h"

/* Appends `bytes` as UTF-8 where the charset is UTF-8, UTF-16, UTF-32, UTF-7, US-ASCII, ISO-8859-1, windows-1252 or of
 * EBCDIC (letters, digits and what stands in most names; by any usual name of theirs). Bytes in any other charset, and
 * those that the named one doesn't have, as they are. */
void mail_charset_put(struct span charset, struct span bytes, struct buf *text_out);

/* Does a text in the charset have other bytes than ASCII where it has ASCII's letters? A program that doesn't know it
 * then shows something else. */
bool mail_charset_is_odd(struct span charset);

#endif

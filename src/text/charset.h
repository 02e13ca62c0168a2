/* Texts in charsets that do not have ASCII where ASCII has it, as UTF-8: what a reader of the mail sees, and saves.
 *
 * UTF-16 and UTF-32 in each byte order that the text could have, UTF-7 (RFC 2152; also the form of IMAP), the EBCDIC
 * code pages. Of ISO-2022 and HZ the escape sequences are taken away, so that the ASCII between them stands side by
 * side. UTF-8 without its mark, and without overlong forms. Of other charsets ASCII is a part, and their texts give no
 * member.
 */
#ifndef CORDON_TEXT_CHARSET_H
#define CORDON_TEXT_CHARSET_H

#include "unpack/unpack.h"

/* A text part whose charset is declared, by whatever name; `text` is the content. Members are handed out only where
 * they are other bytes. A charset that would have to be read and is not known how is noted. */
void charset_read_declared(struct unpack *unpack, struct span charset, struct span text);

/* A content without a declaration: UTF-16 and UTF-32, by their mark or because every second byte is 0; HTML and XML
 * that say in themselves that they are in UTF-7, ISO-2022 or HZ. */
void charset_read(struct unpack *unpack, struct span content);
bool charset_looks(struct span content);

#endif

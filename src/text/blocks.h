/* Base64 in a text that does not declare it: attachments in calendars and address cards, values in LDIF and XML, bodies
 * whose MIME header nobody saw.
 *
 * Three things are looked for: values behind a mark (";ENCODING=BASE64:", ";ENCODING=b:", ";base64,", "attribute:: "),
 * folded lines joined; runs of at least 64 letters, or two lines of 40, that make up a line or a value, also indented
 * or quoted; and contents that are base64 from end to end, whatever their lines. Without a mark, what comes out must be
 * plausible: known first bytes, text, or large and most of the content. Prose and links to follow readers give nothing.
 */
#ifndef CORDON_TEXT_BLOCKS_H
#define CORDON_TEXT_BLOCKS_H

#include "unpack/unpack.h"

void blocks_read(struct unpack *unpack, struct span content);
bool blocks_looks(struct span content);

#endif

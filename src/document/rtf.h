/* Rich text: objects and pictures, which stand in it as hexadecimal digits or as raw bytes behind \bin.
 *
 * What is written between the digits (white space, groups, control words, escapes) means different things to different
 * programs, and is there to mislead others: where it matters, an object is handed out by each reading. */
#ifndef CORDON_DOCUMENT_RTF_H
#define CORDON_DOCUMENT_RTF_H

#include "unpack/unpack.h"

/* "{\rt" is all that Word asks for, and it may stand behind blanks; behind other bytes it needs an object as well. */
bool rtf_looks(struct span content);
void rtf_read(struct unpack *unpack, struct span content);

#endif

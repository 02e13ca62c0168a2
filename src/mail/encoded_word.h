/* Encoded words (RFC 2047) in file names and header texts. */
#ifndef CORDON_MAIL_ENCODED_WORD_H
#define CORDON_MAIL_ENCODED_WORD_H

#include "base/buf.h"
#include "base/span.h"

/* Appends the text with every encoded word in it decoded, and the spaces between two of them dropped. What only looks
 * like one stays as it is. Spaces inside a word are let through: many programs write them. Returns whether there was
 * any. Linear. */
bool mail_encoded_words_put(struct span text, struct buf *text_out);

/* The same for a program that doesn't know charsets that are not like ASCII. False where there is none of these. */
bool mail_encoded_words_put_raw(struct span text, struct buf *text_out);

#endif

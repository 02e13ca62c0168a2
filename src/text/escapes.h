/* Payloads that are written in scripts and in markup: what a browser or a script host would build from them.
 *
 * Without knowing the language: runs of escapes (%41 %u0041 \x41 \u0041 \101 &#65; &#x41;), lists of numbers, strings
 * of hexadecimal digits and of base64, string literals that are joined, and data: URIs. What is decoded is handed out
 * where it is plausible as content: it begins with a magic, or is text, or something beside it says that it is to be
 * decoded (data:, atob, fromCharCode, Uint8Array, unescape). Honest mail has next to nothing of that.
 *
 * Programs are not run: what is computed (XOR, replace, reverse) is not found.
 */
#ifndef CORDON_TEXT_ESCAPES_H
#define CORDON_TEXT_ESCAPES_H

#include "unpack/unpack.h"

/* Text at its beginning, or a mark of scripts and markup further on. */
bool escapes_looks(struct span content);
void escapes_read(struct unpack *unpack, struct span content);

#endif

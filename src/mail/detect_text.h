/* Types of text: markup, scripts, mail, plain. */
#ifndef CORDON_MAIL_DETECT_TEXT_H
#define CORDON_MAIL_DETECT_TEXT_H

#include "base/span.h"

#include <stdbool.h>

/* No byte that text in an 8-bit character set or UTF-8 doesn't use. Nothing at all is no text. */
bool detect_is_text(struct span bytes);

/* The type of a content that begins with these bytes, "" where it's no text. A byte order mark may come first; UTF-16
 * is read where it has one. Static text. */
const char *detect_text(struct span head);

#endif

/* A mailbox in one file: mails one behind another, each behind a line that begins "From " (RFC 4155).
 *
 * A separator counts at the start and behind an empty line, and where a header field follows it: programs quote other
 * lines that begin so, or not.
 */
#ifndef CORDON_TEXT_MBOX_H
#define CORDON_TEXT_MBOX_H

#include "unpack/unpack.h"

/* True for two mails and more: a single one behind a separator is a mail. */
bool mbox_looks(struct span content);

/* Each mail is a member, without its separator. */
void mbox_read(struct unpack *unpack, struct span content);

#endif

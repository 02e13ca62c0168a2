/* A body in the transfer encoding quoted-printable (RFC 2045 section 6.7), in each way in which decoders read it.
 *
 * The first member is what most mail programs show: blanks at the end of a line don't count, '=' there takes the line
 * end away (also before CR alone, or several), hexadecimal digits are of either case, and an escape that is none stays
 * as it stands. '_' is no blank here. Further members come only where other decoders would give other bytes: soft line
 * breaks taken away before escapes are looked at, blanks kept, exact soft breaks only, a stray '=' dropped.
 */
#ifndef CORDON_TEXT_QP_H
#define CORDON_TEXT_QP_H

#include "unpack/unpack.h"

void qp_read(struct unpack *unpack, struct span body);

#endif

/* What breaks a rule that mail programs disagree about, as bits.
 *
 * None of these stops the reading: each is a reason to call the message malformed. One row of text for each stands in
 * defect.c.
 */
#ifndef CORDON_MAIL_DEFECT_H
#define CORDON_MAIL_DEFECT_H

#include "base/buf.h"

#include <stdint.h>

enum mail_defect {
    MAIL_DEFECT_HEADER_JUNK,
    MAIL_DEFECT_HEADER_END,
    MAIL_DEFECT_HEADER_COLON,
    MAIL_DEFECT_HEADER_BLANK,
    MAIL_DEFECT_HEADER_NUL,
    MAIL_DEFECT_HEADER_CR,
    MAIL_DEFECT_TYPE_TWICE,
    MAIL_DEFECT_ENCODING_TWICE,
    MAIL_DEFECT_DISPOSITION_TWICE,
    MAIL_DEFECT_TYPE_SYNTAX,
    MAIL_DEFECT_PARAM_SYNTAX,
    MAIL_DEFECT_PARAM_SECTIONS,
    MAIL_DEFECT_PARAM_TWICE,
    MAIL_DEFECT_BOUNDARY_LONG,
    MAIL_DEFECT_BOUNDARY_MISSING,
    MAIL_DEFECT_BOUNDARY_UNSEEN,
    MAIL_DEFECT_BOUNDARY_REUSED,
    MAIL_DEFECT_CLOSE_MISSING,
    MAIL_DEFECT_ENCODING_UNKNOWN,
    MAIL_DEFECT_ENCODING_CONTAINER,
    MAIL_DEFECT_BASE64_JUNK,
    MAIL_DEFECT_BASE64_CUT,
    MAIL_DEFECT_BASE64_MORE,
    MAIL_DEFECT_QP_SYNTAX,
    MAIL_DEFECT_NAME_NUL,
    MAIL_DEFECTS
};

typedef uint32_t mail_defects; /* bits (1U << enum mail_defect) */

#define MAIL_DEFECT_BIT(defect) (UINT32_C(1) << (defect))

/* "a multipart's close delimiter is missing" and so on: all of them, with "; " between, in the table's order. */
void mail_defects_put(mail_defects defects, struct buf *text_out);

#endif

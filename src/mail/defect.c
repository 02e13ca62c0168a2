#include "defect.h"

#include <assert.h>
#include <stddef.h>

static const char *const defect_texts[] = {
    [MAIL_DEFECT_HEADER_JUNK] = "a header has a line that is no field",
    [MAIL_DEFECT_HEADER_END] = "a header ends without an empty line",
    [MAIL_DEFECT_HEADER_COLON] = "a header has spaces before a colon",
    [MAIL_DEFECT_HEADER_BLANK] = "a header has a line of spaces alone",
    [MAIL_DEFECT_HEADER_NUL] = "a header has NUL bytes",
    [MAIL_DEFECT_HEADER_CR] = "a header has a CR within a line",
    [MAIL_DEFECT_TYPE_TWICE] = "a part has two Content-Type fields",
    [MAIL_DEFECT_ENCODING_TWICE] = "a part has two Content-Transfer-Encoding fields",
    [MAIL_DEFECT_DISPOSITION_TWICE] = "a part has two Content-Disposition fields",
    [MAIL_DEFECT_TYPE_SYNTAX] = "a Content-Type is not type/subtype",
    [MAIL_DEFECT_PARAM_SYNTAX] = "a field's parameters break the syntax",
    [MAIL_DEFECT_PARAM_SECTIONS] = "a parameter's continuations have gaps or repeat",
    [MAIL_DEFECT_PARAM_TWICE] = "a multipart names two boundaries",
    [MAIL_DEFECT_BOUNDARY_LONG] = "a boundary is longer than 70 characters",
    [MAIL_DEFECT_BOUNDARY_MISSING] = "a multipart names no boundary",
    [MAIL_DEFECT_BOUNDARY_UNSEEN] = "a multipart's delimiter never comes",
    [MAIL_DEFECT_BOUNDARY_REUSED] = "nested multiparts share a boundary",
    [MAIL_DEFECT_CLOSE_MISSING] = "a multipart's close delimiter is missing",
    [MAIL_DEFECT_ENCODING_UNKNOWN] = "a transfer encoding is unknown",
    [MAIL_DEFECT_ENCODING_CONTAINER] = "a multipart or message is encoded as a whole",
    [MAIL_DEFECT_BASE64_JUNK] = "base64 has foreign characters",
    [MAIL_DEFECT_BASE64_CUT] = "base64 ends within a group",
    [MAIL_DEFECT_BASE64_MORE] = "base64 goes on behind its padding",
    [MAIL_DEFECT_QP_SYNTAX] = "quoted-printable has an equals sign that stands for nothing",
    [MAIL_DEFECT_NAME_NUL] = "a file name has a NUL byte",
};

_Static_assert(sizeof defect_texts / sizeof defect_texts[0] == MAIL_DEFECTS, "one text for each defect");
_Static_assert(MAIL_DEFECTS <= 32, "they are bits of a mail_defects");

void mail_defects_put(mail_defects defects, struct buf *text_out)
{
    for (unsigned i = 0; i < MAIL_DEFECTS; i++) {
        if ((defects & MAIL_DEFECT_BIT(i)) == 0)
            continue;
        if (text_out->size > 0)
            buf_put_text(text_out, "; ");
        buf_put_text(text_out, defect_texts[i]);
    }
}

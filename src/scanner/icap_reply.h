/* What a reply of an ICAP server means: the vendors' header fields, the statuses, and what it encapsulates. Pure, for
 * it reads foreign bytes.
 */
#ifndef CORDON_SCANNER_ICAP_REPLY_H
#define CORDON_SCANNER_ICAP_REPLY_H

#include "base/span.h"
#include "verdict/verdict.h"

#include <stdbool.h>

enum icap_content {
    ICAP_CONTENT_NONE,  /* nothing */
    ICAP_CONTENT_SAME,  /* every byte of what it was shown */
    ICAP_CONTENT_OTHER, /* anything else */
};

struct icap_reply {
    unsigned status;
    struct span reason;
    struct span fields;
    unsigned http_status; /* of an encapsulated response; 0: there is none */
    struct span http_fields;
    enum icap_content content;
    bool is_page; /* a response to a request: whatever it is, it is not what was shown */
    bool may_204; /* its OPTIONS allow 204 outside of previews */
    bool has_all; /* it was sent everything before it replied */
};

/* Only 204, or 200 with the same content from a server that knows no 204, and neither with a header field that speaks
 * of a find, is ANSWER_CLEAN; what has no row in the tables is ANSWER_FAILED. */
void icap_reply_judge(const struct icap_reply *reply, struct answer *answer_out);

#endif

/* The parameters of a structured field: `type/subtype; name=value; name="value"` (RFC 2045 section 5.1), read as
 * leniently as the most lenient mail program, with a note where it had to be.
 *
 * Pull style: mail_params_next until it says false. Cost is linear in the field's bytes.
 */
#ifndef CORDON_MAIL_PARAM_H
#define CORDON_MAIL_PARAM_H

#include "base/buf.h"
#include "base/span.h"
#include "mail/defect.h"

struct mail_params {
    struct span head; /* what stands before the parameters: "text/plain"; may be empty */
    struct span rest;
    bool has_open_comment; /* one that never ends was met */
    mail_defects defects;
};

struct mail_param {
    struct span name;  /* as it stands: "filename*0*" */
    struct span value; /* a token, or what stands between the quotes, with quoted pairs and folds */
    bool is_quoted;
    struct span loose; /* what a lenient program could take for the value instead, quotes included; else empty */
};

/* The charset and language of an extended value and where in the parameter's list it belongs (RFC 2231). */
struct mail_param_place {
    bool is_extended; /* "name*" or "name*0*": percent-encoded */
    bool is_section;  /* "name*0" or "name*0*" */
    uint32_t section;
};

void mail_params_init(struct mail_params *params, struct span field_value);
bool mail_params_next(struct mail_params *params, struct mail_param *param_out);

/* The value with quoted pairs undone and line ends dropped. */
void mail_param_put(const struct mail_param *param, struct buf *text_out);

/* Is the parameter `base`, plain or in one of the forms of RFC 2231? */
bool mail_param_is(const struct mail_param *param, const char *base, struct mail_param_place *place_out);

/* Appends bytes with %XX undone. */
void mail_percent_put(struct span text, struct buf *bytes_out);

#endif

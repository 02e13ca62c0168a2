/* The file names that a mail program could show for one part: every one of them, because the operator's list of banned
 * names must see what any recipient may see.
 *
 * For each parameter: the value as it stands, with RFC 2231's sections joined (also where their numbers have gaps or
 * repeat) and percent signs undone, with RFC 2047's encoded words decoded, and what a lenient program takes where
 * quotes or semicolons are amiss. What a disk would make of a name (paths, dots and blanks at its end, what nobody
 * sees) is the business of whoever compares it.
 */
#ifndef CORDON_MAIL_NAMES_H
#define CORDON_MAIL_NAMES_H

#include "base/buf.h"
#include "base/span.h"
#include "mail/defect.h"

enum { MAIL_NAMES_MOST = 64, MAIL_SECTIONS_MOST = 256 };

struct mail_names {
    struct buf list;               /* each name ended by a NUL */
    size_t sizes[MAIL_NAMES_MOST]; /* of each, without its NUL */
    size_t count;
    mail_defects defects;
    bool is_cut; /* MAIL_NAMES_MOST, MAIL_SECTIONS_MOST or the list's bytes were reached */
};

/* The list never has more than `most_bytes`. */
void mail_names_init(struct mail_names *names, size_t most_bytes);
void mail_names_clear(struct mail_names *names);
void mail_names_fini(struct mail_names *names);

/* Adds every reading of the field's parameter `base`: "filename" of a Content-Disposition, "name" of a Content-Type. */
void mail_names_add_field(struct mail_names *names, struct span field_value, const char *base);

/* Adds a field that some programs make a name of where there is no other one: a Content-Description or Content-Location
 * as it stands; of a Content-ID what is before its "@" too. */
void mail_names_add_text(struct mail_names *names, struct span field_value);
void mail_names_add_id(struct mail_names *names, struct span field_value);

/* The first reading of one parameter in `field_value`, plain before RFC 2231; false where there is none. For
 * "boundary". */
bool mail_param_find(struct span field_value, const char *base, struct buf *text_out, mail_defects *defects);

#endif

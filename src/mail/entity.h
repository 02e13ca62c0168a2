/* What the header of one part says of its body: type, transfer encoding, boundary and names (RFC 2045, 2183).
 *
 * Where a field comes twice the first one counts and a defect is noted; names are taken from all of them.
 */
#ifndef CORDON_MAIL_ENTITY_H
#define CORDON_MAIL_ENTITY_H

#include "base/buf.h"
#include "base/span.h"
#include "mail/defect.h"
#include "mail/names.h"
#include "mail/transfer.h"

enum { MAIL_TYPE_SIZE = 128, MAIL_BOUNDARY_USUAL = 70 };

enum mail_kind {
    MAIL_LEAF,
    MAIL_MULTIPART, /* has a boundary */
    MAIL_MESSAGE    /* its body is a message with a header of its own */
};

struct mail_entity {
    enum mail_kind kind;
    char type[MAIL_TYPE_SIZE]; /* lower case; a longer one is cut */
    enum mail_encoding encoding;
    struct buf boundary;
    struct mail_names names;
    mail_defects defects;
    unsigned seen; /* fields that have been there, a bit for each row of the table */
};

void mail_entity_init(struct mail_entity *entity, size_t names_bytes);
void mail_entity_fini(struct mail_entity *entity);

/* Reads a header, which may be empty; what an earlier one said is forgotten. `default_type` is for one without a
 * Content-Type. */
void mail_entity_read(struct mail_entity *entity, struct span header, const char *default_type);

#endif

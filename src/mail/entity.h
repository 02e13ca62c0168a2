/* What the header of one part says of its body, in every way that programs read it: types, transfer encodings,
 * boundaries, charsets and names (RFC 2045, 2046, 2183).
 *
 * The first field that is written as it should be counts as the main reading; the others are kept beside it.
 */
#ifndef CORDON_MAIL_ENTITY_H
#define CORDON_MAIL_ENTITY_H

#include "base/buf.h"
#include "base/span.h"
#include "mail/boundary.h"
#include "mail/defect.h"
#include "mail/encoding.h"
#include "mail/names.h"

#include <stdbool.h>

enum { MAIL_TYPE_SIZE = 128, MAIL_CHARSETS_MOST = 16, MAIL_CHARSET_SIZE = 40 };

/* What a body may be, as bits. */
enum mail_kind {
    MAIL_LEAF = 1U << 0,
    MAIL_MULTIPART = 1U << 1,
    MAIL_MESSAGE = 1U << 2,  /* a message with a header of its own */
    MAIL_PARTIAL = 1U << 3,  /* a piece of a message (RFC 2046 section 5.2.2) */
    MAIL_EXTERNAL = 1U << 4, /* the content lies elsewhere (RFC 2046 section 5.2.3) */
    MAIL_DIGEST = 1U << 5    /* a multipart whose parts are messages where they don't say otherwise */
};

struct mail_entity {
    char type[MAIL_TYPE_SIZE]; /* lower case; a longer one is cut */
    unsigned kind;             /* one bit: the main reading */
    unsigned kinds;            /* all readings */
    struct mail_encodings encodings;
    struct mail_boundaries boundaries;
    char charsets[MAIL_CHARSETS_MOST][MAIL_CHARSET_SIZE]; /* lower case */
    size_t charset_count;
    bool is_flowed; /* lines of the text are to be joined (RFC 3676) */
    bool is_delsp;  /* ... without the blank that they end in */
    struct mail_names names;
    mail_defects defects;
    size_t field_bytes; /* of the values that were read in all these ways, which costs much more than the rest */
    bool is_cut;        /* a limit of this module was reached */
    bool has_type;
    bool has_encoding;
};

void mail_entity_init(struct mail_entity *entity, size_t names_bytes);
void mail_entity_fini(struct mail_entity *entity);

/* Reads a header, which may be empty; what an earlier one said is forgotten. `default_type` is for one without a
 * Content-Type. */
void mail_entity_read(struct mail_entity *entity, struct span header, const char *default_type);

#endif

/* The metadata of a record: fields of a number, a size and bytes, in any order, some of them more than once. It is
 * sealed under the keeper's key (crypt_seal, CRYPT_FOR_META), bound to the store's id and the record's kind.
 */
#ifndef CORDON_STORE_META_H
#define CORDON_STORE_META_H

#include "base/buf.h"
#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The numbers are part of the format: none is ever given another meaning. */
enum meta_field {
    /* of a message */
    META_SENDER = 1,    /* as in MAIL FROM, without the angle brackets */
    META_RECIPIENT = 2, /* as in RCPT TO; each its own */
    META_FATE = 3,      /* what the recipient before it got: "reject 550 5.7.1 ..." */
    META_CLIENT = 4,    /* address */
    META_HELO = 5,
    META_SESSION = 6,  /* "s-1f...-1": as in the log */
    META_LISTENER = 7, /* its name, by which a release finds its next hop */
    META_INTAKE = 8,   /* "smtp", "import" */
    META_CATEGORY = 9, /* the gravest: "infected" */
    META_REASON = 10,  /* of a finding, for people; each its own */
    META_NAME = 11,    /* of a virus, or whatever a scanner found; each its own */
    META_FILE = 12,    /* a name of a part; each its own */
    META_SUBJECT = 13, /* decoded, UTF-8 where it can be */
    META_MESSAGE_ID = 14,
    META_FROM = 15,       /* the From field, decoded */
    META_SIZE = 16,       /* 8 bytes, little-endian: of the message */
    META_DIGEST = 17,     /* SHA-256 of the message, 32 bytes */
    META_RECEIVED = 18,   /* 8 bytes: milliseconds since 1970 */
    META_PART = 19,       /* 8 bytes: the sequence of a part's record that the content refers to; each its own */
    META_PARAMETERS = 20, /* of MAIL FROM */
    META_SCANNERS = 21,   /* what each scanner said, as in the log */
    META_STORED_AS = 22,  /* by import: where it came from */
    /* of a part */
    META_PART_DIGEST = 30, /* keyed, 32 bytes */
    META_PART_SIZE = 31,   /* 8 bytes: plain */
    META_PERIOD = 32,      /* 8 bytes: within which period and for which owners it is shared; */
    META_OWNERS = 33,      /* the digest of their ids, 32 bytes */
    /* of notes, tombstones, slots */
    META_WHAT = 40,  /* "hold", "unhold", "delete", "expire", "release", "export", "show", "keys", "start" ... */
    META_WHO = 41,   /* user name and where from */
    META_WHY = 42,   /* his words */
    META_ABOUT = 43, /* 8 bytes: the sequence of a record; each its own */
    META_HOW = 44,   /* details for the audit trail: recipients, verdict, file */
    META_FIELDS = 64
};

enum { META_FIELD_MOST = 65535 }; /* bytes of one; a longer one is cut */

void meta_put(struct buf *meta, enum meta_field field, struct span value);
void meta_put_text(struct buf *meta, enum meta_field field, const char *text);
void meta_put_number(struct buf *meta, enum meta_field field, uint64_t number);

struct meta_reader {
    struct span rest;
    bool is_broken;
};
void meta_begin(struct meta_reader *reader, struct span meta);
/* False at the end, and where the rest is no field (then is_broken). A field of a number that is not known is given as
 * it is. */
bool meta_next(struct meta_reader *reader, unsigned *field_out, struct span *value_out);

/* The first of that field; an empty span (data NULL) where there is none. */
struct span meta_find(struct span meta, enum meta_field field);
/* False where there is none, or it is not 8 bytes. */
bool meta_number(struct span meta, enum meta_field field, uint64_t *number_out);

#endif

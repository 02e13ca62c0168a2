/* PDF's values (ISO 32000-2 section 7.3), read as leniently as its readers do: what is odd is skipped, what has no end
 * ends at the next keyword that cannot stand inside of it.
 */
#ifndef CORDON_DOCUMENT_PDF_VALUE_H
#define CORDON_DOCUMENT_PDF_VALUE_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

enum pdf_kind {
    PDF_NOTHING,
    PDF_NAME,   /* bytes: without the slash, escapes in it */
    PDF_STRING, /* bytes: between the parentheses, escapes in it */
    PDF_HEX,    /* bytes: between < and > */
    PDF_NUMBER,
    PDF_REFERENCE,
    PDF_DICTIONARY, /* bytes: between << and >> */
    PDF_ARRAY,      /* bytes: between [ and ] */
    PDF_WORD        /* true, false, null, and all else */
};

struct pdf_value {
    enum pdf_kind kind;
    struct span bytes;
    int64_t number;      /* of a number its whole part; of a reference the object's number */
    uint32_t generation; /* of a reference */
};

/* The value at *at, which then stands behind it. False: there is none, *at is at the end or before a keyword that ends
 * objects: endobj, stream and the like. */
bool pdf_read_value(struct span bytes, size_t *at, struct pdf_value *value_out);

/* The next key of a dictionary's bytes and its value. False: no further one. */
bool pdf_read_pair(struct span bytes, size_t *at, struct span *key_out, struct pdf_value *value_out);

/* *at goes behind white space and comments. */
void pdf_skip_space(struct span bytes, size_t *at);

bool pdf_is_space(char c);

/* Compares with escapes undone. */
bool pdf_name_is(struct span name, const char *text);

/* A string's bytes, escapes undone; both kinds of strings. */
void pdf_put_string(struct buf *buf, const struct pdf_value *value);

#endif

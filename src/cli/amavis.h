/* The scanner table of an amavisd.conf: Perl data, read without Perl.
 *
 * Only what data is made of is understood: texts and their concatenation, numbers, ranges and sums, qr// and m//,
 * undef, lists in square brackets, references to subs. What is code is remembered as such.
 */
#ifndef CORDON_CLI_AMAVIS_H
#define CORDON_CLI_AMAVIS_H

#include "base/arena.h"
#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum amavis_kind {
    AMAVIS_UNDEF,
    AMAVIS_TEXT,
    AMAVIS_NUMBER, /* `number`, or a range up to `last` */
    AMAVIS_PATTERN,
    AMAVIS_LIST,
    AMAVIS_SUB, /* \&NAME: its name is in `text` */
    AMAVIS_CODE /* whatever else: the beginning is in `text` */
};

struct amavis_value {
    enum amavis_kind kind;
    struct span text;  /* escapes are resolved, variables stand as they are written */
    bool has_variable; /* AMAVIS_TEXT */
    struct span flags; /* AMAVIS_PATTERN */
    uint32_t number, last;
    struct amavis_value *first; /* AMAVIS_LIST */
    struct amavis_value *next;
};

struct amavis_entry {
    bool is_backup;
    unsigned line;
    struct amavis_value *fields;
    struct amavis_entry *next;
};

enum { AMAVIS_MOST_ENTRIES = 1000, AMAVIS_MOST_DEPTH = 16, AMAVIS_ARENA_LIMIT = 64 << 20 };

struct amavis {
    struct arena arena;
    struct amavis_entry *entries;
    unsigned broken_line; /* where a list could not be read to its end; 0: all were */
};

/* `text` must outlive *amavis_out, which amavis_fini ends. */
void amavis_read(struct span text, struct amavis *amavis_out);
void amavis_fini(struct amavis *amavis);

/* The field with this number from 0, or NULL. */
const struct amavis_value *amavis_field(const struct amavis_entry *entry, size_t index);

#endif

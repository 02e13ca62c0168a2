/* What the two halves of the OLE reader share: ole.c walks the file's tree and hands out the streams, ole_office.c
 * knows what streams of certain names hold besides. */
#ifndef CORDON_DOCUMENT_OLE_STATE_H
#define CORDON_DOCUMENT_OLE_STATE_H

#include "document/cfb.h"
#include "unpack/unpack.h"

enum { OLE_COPY_MOST = 1 << 26, OLE_BYTES_PER_STEP = 16 }; /* bytes are copied and searched, no more */

struct ole {
    struct unpack *unpack;
    struct cfb cfb;
    size_t count;     /* entries */
    uint32_t *parent; /* CFB_NONE: the tree does not reach it */
    uint32_t *order;  /* those reached, the ones of a storage side by side */
    uint32_t *stack;
    size_t reached;
    bool is_full; /* the receiver takes no more */
    bool is_cut;  /* something that is compressed was not whole */
    struct buf copy;
    struct buf names;
    /* Of the storage that is being read. */
    struct buf attachment; /* names from the properties of a mail's attachment */
    struct buf dir;        /* unpacked; empty: no VBA */
    bool has_macros;
};

/* Opens a member under the names in the ole. False where none is taken any more. */
bool ole_begin(struct ole *ole, uint64_t size, uint64_t size_hint, const char *how);

/* Puts the bytes [from, from + size) of a stream into the open member, or what there is of them. */
void ole_put_part(struct ole *ole, const struct cfb_entry *entry, bool is_mini, uint64_t from, uint64_t size);

/* The same bytes to look at, until the next call. The work is counted, and where it is too much there are none. */
struct span ole_part(struct ole *ole, const struct cfb_entry *entry, uint64_t from, size_t most);

/* Further members from a stream, by its name, and notes where it says that the document is encrypted. */
void ole_read_special(struct ole *ole, const struct cfb_entry *entry, struct span name);

/* The source text in a stream beside macros. */
void ole_read_module(struct ole *ole, const struct cfb_entry *entry, struct span name);

#endif

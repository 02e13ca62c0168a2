/* What OLE 1 left behind: the object header in RTF (MS-OLEDS 2.2.4) and the package that carries a file, as in
 * \objdata and in the stream "\1Ole10Native". Both are read from the first bytes alone. */
#ifndef CORDON_DOCUMENT_OLE1_H
#define CORDON_DOCUMENT_OLE1_H

#include "base/buf.h"

enum { OLE1_HEAD = 8192 }; /* enough of an object's first bytes for all of its header */

struct ole1_part {
    uint64_t at;   /* from the head's first byte */
    uint64_t size; /* as the header says: may be more than there is */
};

/* The native data of an embedded object. False where it isn't such a header. */
bool ole1_read_object(struct span head, struct ole1_part *native_out);

/* The file inside of a package, from the package's type number on. Adds its label, its path and the path of its
 * temporary copy to `names`. False where it isn't a package. */
bool ole1_read_package(struct span head, struct ole1_part *file_out, struct buf *names);

/* What stands behind the file's bytes: the same three names once more, in UTF-16. */
void ole1_read_package_tail(struct span tail, struct buf *names);

#endif

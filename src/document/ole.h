/* OLE 2 documents: Word, Excel and PowerPoint until 2003, mails of Outlook (.msg), MSI, and what else is a compound
 * file.
 *
 * Each stream is a member, named by its path, whether the tree of names reaches it or not. Further members: the file in
 * an \1Ole10Native package, the source text of VBA modules, compressed RTF, objects inside of presentations. */
#ifndef CORDON_DOCUMENT_OLE_H
#define CORDON_DOCUMENT_OLE_H

#include "unpack/unpack.h"

bool ole_looks(struct span content);
void ole_read(struct unpack *unpack, struct span content);

#endif

/* Compressed RTF (MS-OXRTFCP), as mails in Outlook's formats carry their text. */
#ifndef CORDON_DOCUMENT_LZFU_H
#define CORDON_DOCUMENT_LZFU_H

#include "unpack/unpack.h"

/* Does it begin with a header of compressed RTF, of either kind? */
bool lzfu_looks(struct span packed);

/* Unpacks it into the member that is open. The check sum is not looked at: nothing depends on it. */
enum unpack_ending lzfu_put(struct unpack *unpack, struct span packed);

#endif

/* Web archives (ISO 28500): records of header fields, an empty line, and as many bytes as Content-Length says. */
#ifndef CORDON_ARCHIVE_WARC_H
#define CORDON_ARCHIVE_WARC_H

#include "unpack/unpack.h"

bool warc_looks(struct span content);

/* Each record's bytes as they stand; of an HTTP reply also what it carries. Where a length is wrong, the record goes on
 * to the next one. */
void warc_read(struct unpack *unpack, struct span content);

#endif

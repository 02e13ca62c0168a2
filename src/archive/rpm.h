/* RPM packages: what stands before the payload is passed over. Own code. */
#ifndef CORDON_ARCHIVE_RPM_H
#define CORDON_ARCHIVE_RPM_H

#include "unpack/unpack.h"

bool rpm_looks(struct span content);

/* The payload as it is, mostly a compressed cpio archive, under a name for its kind; and the headers' data, where
 * scripts are. */
void rpm_read(struct unpack *unpack, struct span content);

#endif

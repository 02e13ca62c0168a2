/* libunarr behind the readers' contract: RAR 2.0 to 4 (methods 20, 26, 29 and 36), solid archives and filters too,
 * which libarchive 3.6 doesn't know.
 *
 * A program for the virtual machine of RAR 3 may run 250 million instructions by the library's own limit, for each
 * filter: only the process's deadline bounds that further.
 */
#ifndef CORDON_ARCHIVE_UNARR_RAR_H
#define CORDON_ARCHIVE_UNARR_RAR_H

#include "unpack/unpack.h"

/* Once, before a sandbox forbids opening files: the library converts times and so has the time zone loaded. */
void unarr_prepare(void);

/* Hands out every entry of the RAR at the start of the content and notes nothing. The number of entries whose data came
 * whole and with the right check sum. */
size_t unarr_read_rar(struct unpack *unpack, struct span content);

#endif

/* Whole files of a bounded size into memory. */
#ifndef CORDON_CONF_FILE_H
#define CORDON_CONF_FILE_H

#include "base/buf.h"
#include "base/fault.h"

#include <stdbool.h>

/* Appends all of the file to `text_out`, whose limit is the file's. -1 and *fault, "what is wrong; what would be
 * right", where it can't be read, is too large, or (`must_be_regular`) is not a regular file. */
int conf_file_read(const char *path, bool must_be_regular, struct buf *text_out, struct fault *fault);
int conf_file_read_fd(int fd, struct buf *text_out, struct fault *fault);

#endif

/* The compression methods of zip (APPNOTE 4.4.5), one run of packed data at a time. */
#ifndef CORDON_ARCHIVE_ZIP_METHOD_H
#define CORDON_ARCHIVE_ZIP_METHOD_H

#include "unpack/unpack.h"

enum { ZIP_METHOD_STORED = 0, ZIP_METHOD_DEFLATE = 8, ZIP_METHOD_LZMA = 14, ZIP_METHOD_PPMD = 98, ZIP_METHOD_AES = 99 };

/* Is there a decoder for it here? */
bool zip_method_can(uint16_t method);

/* For notes: "implode"; NULL where nobody knows it. */
const char *zip_method_name(uint16_t method);

/* Does a run of that method end where its own data says so, whatever its size is said to be? */
bool zip_method_has_end(uint16_t method);

/* Puts what `packed` starts with into the open member. `size` is what it unpacks to by its header; needed by few
 * methods. *used_out: the packed bytes taken. Only for methods that zip_method_can is true for. */
enum unpack_ending zip_method_put(struct unpack *unpack, uint16_t method, uint64_t size, struct span packed,
                                  size_t *used_out);

#endif

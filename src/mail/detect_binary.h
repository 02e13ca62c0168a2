/* Formats that one magic does not settle. Each function is for a row of the table in detect.c whose magic matched.
 *
 * Result: the type, static text, or NULL where it isn't that format after all. `type` is the row's.
 */
#ifndef CORDON_MAIL_DETECT_BINARY_H
#define CORDON_MAIL_DETECT_BINARY_H

#include "mail/sample.h"

typedef const char *detect_read(const struct mail_sample *sample, const char *type);

detect_read detect_read_program; /* MZ: the new header decides */
detect_read detect_read_elf;
detect_read detect_read_cafebabe; /* Java class or Mach-O for several machines */
detect_read detect_read_ole;
detect_read detect_read_zip; /* by its first members */
detect_read detect_read_ftyp;
detect_read detect_read_ogg;
detect_read detect_read_riff;
detect_read detect_read_ebml; /* Matroska, WebM */

/* Magics too short to be trusted alone. */
detect_read detect_check_bmp;
detect_read detect_check_ico;
detect_read detect_check_lha;
detect_read detect_check_lzma;
detect_read detect_check_mp3;
detect_read detect_check_pkcs7;
detect_read detect_check_swf;
detect_read detect_check_tar; /* by its checksum */

#endif

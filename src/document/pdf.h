/* PDF files (ISO 32000-2) and FDF, as readers see them that repair what is broken.
 *
 * Handed out: embedded files under their names, scripts (strings and streams), every other stream whose type is not
 * known to be a page's own matter, every stream whose dictionary can be read in two ways (each way once), and page
 * matter that begins like a file; what stands before the header and behind the last end mark. Object streams are looked
 * into. Pages, fonts, images and tables are not handed out: nobody extracts them as files. Files that the empty user
 * password opens, or one of the message's, are read like others; else UNPACK_ENCRYPTED.
 */
#ifndef CORDON_DOCUMENT_PDF_H
#define CORDON_DOCUMENT_PDF_H

#include "unpack/unpack.h"

void pdf_read(struct unpack *unpack, struct span content);
bool pdf_looks(struct span content);

#endif

/* TNEF (MS-OXTNEF), the winmail.dat of Outlook: attachments with their names, mails inside of the mail (again TNEF),
 * and the text in its forms. */
#ifndef CORDON_DOCUMENT_TNEF_H
#define CORDON_DOCUMENT_TNEF_H

#include "unpack/unpack.h"

bool tnef_looks(struct span content);
void tnef_read(struct unpack *unpack, struct span content);

#endif

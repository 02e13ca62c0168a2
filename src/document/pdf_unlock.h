/* Finds a PDF file's encryption dictionary and a password that opens it. */
#ifndef CORDON_DOCUMENT_PDF_UNLOCK_H
#define CORDON_DOCUMENT_PDF_UNLOCK_H

#include "document/pdf_file.h"

/* Behind pdf_file_scan. Sets is_encrypted, is_open, the key and the methods. Tries the empty password first. */
void pdf_unlock(struct pdf_file *file);

#endif

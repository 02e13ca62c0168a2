/* S/MIME's cryptographic messages (CMS, RFC 5652; PKCS #7, RFC 2315), in BER or DER, bare or in PEM's armour.
 *
 * Hands out the content of data, signedData, digestedData and authenticatedData, and compressedData (RFC 3274)
 * inflated. Where the type of that content says that it is CMS again, it is handed out a second time, as the
 * ContentInfo that it stands for. Certificates, detached signatures and PKCS #12 files give nothing. What is encrypted
 * is UNPACK_ENCRYPTED.
 */
#ifndef CORDON_DOCUMENT_CMS_H
#define CORDON_DOCUMENT_CMS_H

#include "unpack/unpack.h"

void cms_read(struct unpack *unpack, struct span content);
bool cms_looks(struct span content);

#endif

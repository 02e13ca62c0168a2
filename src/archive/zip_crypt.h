/* The old encryption of zip (APPNOTE 6.1), which needs nothing but a password and is broken anyway. */
#ifndef CORDON_ARCHIVE_ZIP_CRYPT_H
#define CORDON_ARCHIVE_ZIP_CRYPT_H

#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

enum { ZIP_CRYPT_HEADER = 12 };

struct zip_crypt {
    uint32_t keys[3];
};

void zip_crypt_init(struct zip_crypt *crypt, const char *password);

/* Decrypts the first ZIP_CRYPT_HEADER bytes of the packed data, which come before the data themselves. False where the
 * last of them is not `check`: a wrong password, but for one time in 256. */
bool zip_crypt_check(struct zip_crypt *crypt, struct span header, unsigned char check);

void zip_crypt_decrypt(struct zip_crypt *crypt, struct span bytes, char *plain_out);

#endif

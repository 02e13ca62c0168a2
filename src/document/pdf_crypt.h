/* PDF's standard security handler (ISO 32000-2 section 7.6, revisions 2 to 6): whether a password opens a file, and the
 * bytes of its streams and strings. The only place that sees Nettle.
 *
 * Most encrypted files have an empty user password: they open for everybody and only ask programs not to print.
 */
#ifndef CORDON_DOCUMENT_PDF_CRYPT_H
#define CORDON_DOCUMENT_PDF_CRYPT_H

#include "base/buf.h"
#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

enum { PDF_KEY_SIZE = 32, PDF_PASSWORD_STRING_SIZE = 128 };

enum pdf_method { PDF_NO_METHOD, PDF_RC4, PDF_AES_128, PDF_AES_256, PDF_METHOD_UNKNOWN };

/* An encryption dictionary's entries, strings unescaped. */
struct pdf_lock {
    int64_t revision;
    int64_t key_size; /* in bytes, 5 to 16; where nothing says it, some are tried */
    uint32_t permissions;
    bool is_metadata_clear;
    char owner[PDF_PASSWORD_STRING_SIZE]; /* O, U, OE, UE; zeros where they are too short */
    char user[PDF_PASSWORD_STRING_SIZE];
    char owner_key[PDF_KEY_SIZE];
    char user_key[PDF_KEY_SIZE];
    char id[PDF_PASSWORD_STRING_SIZE]; /* the first of the file's two identifiers */
    size_t id_size;
};

struct pdf_key {
    unsigned char bytes[PDF_KEY_SIZE];
    size_t size;
};

/* Does the password open the file, as the user's or as the owner's? *key_out: the file's key. */
bool pdf_lock_open(const struct pdf_lock *lock, struct span password, struct pdf_key *key_out);

/* Appends the decrypted bytes of an object's stream or string. */
void pdf_decrypt(const struct pdf_key *key, enum pdf_method method, uint32_t number, uint32_t generation,
                 struct span bytes, struct buf *buf);

#endif

/* Keys in files: one line of text each, "cordon-KIND-1 BASE64", so that a person sees what he holds.
 *
 * Secret ones are made with mode 0600 and refused where others than their owner can read them.
 */
#ifndef CORDON_STORE_KEYFILE_H
#define CORDON_STORE_KEYFILE_H

#include "base/fault.h"
#include "store/crypt.h"

/* "cordon-store-root-1": what the keeper holds. */
int keyfile_read_root(const char *path, struct crypt_key *key_out, struct fault *fault);
/* Makes a new file (O_EXCL), on stable storage with its folder. EEXIST where there is one. */
int keyfile_write_root(const char *path, const struct crypt_key *key, struct fault *fault);

/* "cordon-owner-secret-1": a pair; the public half is computed from it. */
int keyfile_read_pair(const char *path, struct crypt_pair *pair_out, struct fault *fault);
int keyfile_write_pair(const char *path, const struct crypt_pair *pair, struct fault *fault);

/* "cordon-owner-public-1". */
int keyfile_read_public(const char *path, unsigned char public_out[CRYPT_PUBLIC_SIZE], struct fault *fault);
int keyfile_write_public(const char *path, const unsigned char public_half[CRYPT_PUBLIC_SIZE], struct fault *fault);

#endif

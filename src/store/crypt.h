/* The cryptography of the store, all of it libsodium's: this is the one file that sees that library.
 *
 * Keys: a *root key* that the keeper holds, from which everything that is not content is derived (crypt_key_derive);
 * *owners' pairs* (X25519), to whose public halves each record's own content key is wrapped; a *signing pair* (Ed25519)
 * that is derived from the root key, for heads, segments and tombstones.
 *
 * Thread safety: everything here may be called by any number of threads, once crypt_begin has been.
 */
#ifndef CORDON_STORE_CRYPT_H
#define CORDON_STORE_CRYPT_H

#include "base/buf.h"
#include "base/fault.h"
#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CRYPT_KEY_SIZE = 32,
    CRYPT_PUBLIC_SIZE = 32,
    CRYPT_ID_SIZE = 8,
    CRYPT_DIGEST_SIZE = 32,
    CRYPT_SIGNATURE_SIZE = 64,
    CRYPT_TOKEN_SIZE = 8,
    CRYPT_SEALED_MORE = 24 + 16,              /* a nonce before and a tag behind the ciphertext */
    CRYPT_SLOT_SIZE = CRYPT_ID_SIZE + 48 + 32 /* whose it is, and the wrapped key */
};

struct crypt_key {
    unsigned char bytes[CRYPT_KEY_SIZE];
};
struct crypt_digest {
    unsigned char bytes[CRYPT_DIGEST_SIZE];
};
struct crypt_pair {
    unsigned char public_half[CRYPT_PUBLIC_SIZE];
    unsigned char secret_half[CRYPT_KEY_SIZE];
};
struct crypt_signer {
    unsigned char public_half[CRYPT_PUBLIC_SIZE];
    unsigned char secret_half[64];
};

/* Once, before all else. -1 and *fault where the library can't be used. */
int crypt_begin(struct fault *fault);

void crypt_random(void *out, size_t size);
void crypt_wipe(void *memory, size_t size);
/* What is there is neither swapped out nor dumped, as far as the machine allows; for keys that stay for long. */
void crypt_pin(void *memory, size_t size);

/* What the derived keys are for: the number goes into the derivation, and is part of the format. */
enum crypt_purpose {
    CRYPT_FOR_META = 1,   /* metadata of records */
    CRYPT_FOR_TOKENS = 2, /* words in the index */
    CRYPT_FOR_PARTS = 3,  /* digests of parts that are stored once */
    CRYPT_FOR_SIGNING = 4 /* the seed of the signing pair */
};
void crypt_key_derive(const struct crypt_key *root, enum crypt_purpose purpose, struct crypt_key *key_out);
void crypt_signer_derive(const struct crypt_key *root, struct crypt_signer *signer_out);

/* BLAKE2b, 256 bits; `key` may be NULL. Over several spans, one after another. */
void crypt_digest(const struct crypt_key *key, const struct span *spans, size_t count, struct crypt_digest *digest_out);

/* 64 bits of a keyed digest: what stands for a word in the index. */
uint64_t crypt_token(const struct crypt_key *key, struct span text);

/* XChaCha20-Poly1305 with a random nonce: nonce, ciphertext, tag. `associated` is bound to it but not contained. */
void crypt_seal(const struct crypt_key *key, struct span plain, struct span associated, struct buf *sealed_out);
/* False where it is not what was sealed. Then nothing is put. */
bool crypt_open(const struct crypt_key *key, struct span sealed, struct span associated, struct buf *plain_out);

/* A long text in pieces (libsodium's secretstream): a header, then each piece with 17 bytes more; the last is marked,
 * so that a text that is cut off is noticed. */
struct crypt_stream;
struct crypt_stream *crypt_stream_seal(const struct crypt_key *key, struct buf *header_out);
void crypt_stream_push(struct crypt_stream *stream, struct span plain, bool is_last, struct buf *sealed_out);
/* NULL where the header is none. */
struct crypt_stream *crypt_stream_open(const struct crypt_key *key, struct span header);
/* False where it is not the next piece. */
bool crypt_stream_pull(struct crypt_stream *stream, struct span sealed, struct buf *plain_out, bool *is_last_out);
void crypt_stream_free(struct crypt_stream *stream);
enum { CRYPT_STREAM_HEADER_SIZE = 24, CRYPT_STREAM_MORE = 17 };

void crypt_pair_new(struct crypt_pair *pair_out);
/* Computes the public half from the secret one. False where that one is none. */
bool crypt_pair_complete(struct crypt_pair *pair);
/* The first bytes of the public half's digest: which key a slot is for. */
void crypt_pair_id(const unsigned char public_half[CRYPT_PUBLIC_SIZE], unsigned char id_out[CRYPT_ID_SIZE]);

/* False for the few public halves with which everybody could open a slot: no owner has such a one. */
bool crypt_public_is_sound(const unsigned char public_half[CRYPT_PUBLIC_SIZE]);

/* A key in a slot that only the pair's owner opens. The public half is a sound one: keyfile.c reads no other. */
void crypt_wrap(const struct crypt_key *key, const unsigned char public_half[CRYPT_PUBLIC_SIZE],
                unsigned char slot_out[CRYPT_SLOT_SIZE]);
/* False where the slot is somebody else's, or broken. */
bool crypt_unwrap(const unsigned char slot[CRYPT_SLOT_SIZE], const struct crypt_pair *pair, struct crypt_key *key_out);

void crypt_sign(const struct crypt_signer *signer, struct span text, unsigned char signature_out[CRYPT_SIGNATURE_SIZE]);
bool crypt_verify(const unsigned char public_half[CRYPT_PUBLIC_SIZE], struct span text,
                  const unsigned char signature[CRYPT_SIGNATURE_SIZE]);

#endif

#include "crypt.h"

#include "base/memory.h"
#include "store/little.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* One size of key for everything. */
static_assert(CRYPT_KEY_SIZE == crypto_kdf_KEYBYTES, "derivation");
static_assert(CRYPT_KEY_SIZE == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "sealing");
static_assert(CRYPT_KEY_SIZE == crypto_secretstream_xchacha20poly1305_KEYBYTES, "streams");
static_assert(CRYPT_KEY_SIZE == crypto_generichash_KEYBYTES, "keyed digests");
static_assert(CRYPT_KEY_SIZE == crypto_sign_SEEDBYTES, "signing");
static_assert(CRYPT_KEY_SIZE == crypto_box_SECRETKEYBYTES, "owners");
static_assert(CRYPT_PUBLIC_SIZE == crypto_box_PUBLICKEYBYTES, "owners");
static_assert(CRYPT_PUBLIC_SIZE == crypto_sign_PUBLICKEYBYTES, "signing");
static_assert(sizeof((struct crypt_signer *)0)->secret_half == crypto_sign_SECRETKEYBYTES, "the library's own");
static_assert(CRYPT_SIGNATURE_SIZE == crypto_sign_BYTES && CRYPT_DIGEST_SIZE == crypto_generichash_BYTES, "as well");
static_assert(CRYPT_SEALED_MORE ==
                  crypto_aead_xchacha20poly1305_ietf_NPUBBYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES,
              "a nonce and a tag");
static_assert(CRYPT_SLOT_SIZE == CRYPT_ID_SIZE + crypto_box_SEALBYTES + CRYPT_KEY_SIZE, "an id and a sealed box");
static_assert(CRYPT_STREAM_HEADER_SIZE == crypto_secretstream_xchacha20poly1305_HEADERBYTES &&
                  CRYPT_STREAM_MORE == crypto_secretstream_xchacha20poly1305_ABYTES,
              "the stream's own");

enum { CRYPT_NONCE_SIZE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES };

/* What the library's key derivation calls a context: a part of the format. */
static const char crypt_context[crypto_kdf_CONTEXTBYTES + 1] = "cordonst";

static const unsigned char *bytes_of(struct span span)
{
    return (const unsigned char *)span.data;
}

int crypt_begin(struct fault *fault)
{
    if (sodium_init() < 0)
        return fault_set(fault, ENOTSUP, "libsodium can't be used on this machine");
    return 0;
}

void crypt_random(void *out, size_t size)
{
    randombytes_buf(out, size);
}

void crypt_wipe(void *memory, size_t size)
{
    sodium_memzero(memory, size);
}

void crypt_pin(void *memory, size_t size)
{
    (void)sodium_mlock(memory, size);
}

void crypt_key_derive(const struct crypt_key *root, enum crypt_purpose purpose, struct crypt_key *key_out)
{
    int failed = crypto_kdf_derive_from_key(key_out->bytes, sizeof key_out->bytes, (uint64_t)purpose, crypt_context,
                                            root->bytes);
    assert(failed == 0);
}

void crypt_signer_derive(const struct crypt_key *root, struct crypt_signer *signer_out)
{
    struct crypt_key seed;
    crypt_key_derive(root, CRYPT_FOR_SIGNING, &seed);
    int failed = crypto_sign_seed_keypair(signer_out->public_half, signer_out->secret_half, seed.bytes);
    assert(failed == 0);
    crypt_wipe(&seed, sizeof seed);
}

void crypt_digest(const struct crypt_key *key, const struct span *spans, size_t count, struct crypt_digest *digest_out)
{
    crypto_generichash_state state;
    int failed = crypto_generichash_init(&state, key != NULL ? key->bytes : NULL, key != NULL ? sizeof key->bytes : 0,
                                         sizeof digest_out->bytes);
    for (size_t i = 0; i < count; i++)
        failed |= crypto_generichash_update(&state, bytes_of(spans[i]), spans[i].size);
    failed |= crypto_generichash_final(&state, digest_out->bytes, sizeof digest_out->bytes);
    assert(failed == 0);
    if (key != NULL) /* its first block is the key */
        crypt_wipe(&state, sizeof state);
}

uint64_t crypt_token(const struct crypt_key *key, struct span text)
{
    struct crypt_digest digest;
    crypt_digest(key, &text, 1, &digest);
    return little_get(span_of(digest.bytes, sizeof digest.bytes), 0, CRYPT_TOKEN_SIZE);
}

void crypt_seal(const struct crypt_key *key, struct span plain, struct span associated, struct buf *sealed_out)
{
    assert(plain.size <= SIZE_MAX - CRYPT_SEALED_MORE);
    size_t size = plain.size + CRYPT_SEALED_MORE;
    unsigned char *sealed = memory_new(size); /* never in place: sealed_out's memory is not to see the plain text */
    crypt_random(sealed, CRYPT_NONCE_SIZE);
    int failed = crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + CRYPT_NONCE_SIZE, NULL, bytes_of(plain),
                                                            plain.size, bytes_of(associated), associated.size, NULL,
                                                            sealed, key->bytes);
    assert(failed == 0);
    buf_put(sealed_out, sealed, size);
    free(sealed);
}

bool crypt_open(const struct crypt_key *key, struct span sealed, struct span associated, struct buf *plain_out)
{
    if (sealed.size < CRYPT_SEALED_MORE)
        return false;
    size_t size = sealed.size - CRYPT_SEALED_MORE;
    unsigned char *plain = memory_new(size > 0 ? size : 1);
    const unsigned char *nonce = bytes_of(sealed);
    bool is_sound = crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, nonce + CRYPT_NONCE_SIZE,
                                                               sealed.size - CRYPT_NONCE_SIZE, bytes_of(associated),
                                                               associated.size, nonce, key->bytes) == 0;
    if (is_sound)
        buf_put(plain_out, plain, size);
    crypt_wipe(plain, size);
    free(plain);
    return is_sound;
}

struct crypt_stream {
    crypto_secretstream_xchacha20poly1305_state state;
    bool has_ended;
    unsigned char *room; /* for one piece, sealed or opened */
    size_t room_size;
};

static void stream_reserve(struct crypt_stream *stream, size_t size)
{
    if (size <= stream->room_size)
        return;
    if (stream->room != NULL)
        crypt_wipe(stream->room, stream->room_size);
    free(stream->room);
    stream->room = memory_new(size);
    stream->room_size = size;
}

struct crypt_stream *crypt_stream_seal(const struct crypt_key *key, struct buf *header_out)
{
    struct crypt_stream *stream = memory_new(sizeof *stream);
    unsigned char header[CRYPT_STREAM_HEADER_SIZE];
    int failed = crypto_secretstream_xchacha20poly1305_init_push(&stream->state, header, key->bytes);
    assert(failed == 0);
    buf_put(header_out, header, sizeof header);
    return stream;
}

void crypt_stream_push(struct crypt_stream *stream, struct span plain, bool is_last, struct buf *sealed_out)
{
    assert(!stream->has_ended && plain.size <= SIZE_MAX - CRYPT_STREAM_MORE);
    size_t size = plain.size + CRYPT_STREAM_MORE;
    stream_reserve(stream, size);
    unsigned char tag = is_last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
                                : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
    int failed = crypto_secretstream_xchacha20poly1305_push(&stream->state, stream->room, NULL, bytes_of(plain),
                                                            plain.size, NULL, 0, tag);
    assert(failed == 0);
    stream->has_ended = is_last;
    buf_put(sealed_out, stream->room, size);
}

struct crypt_stream *crypt_stream_open(const struct crypt_key *key, struct span header)
{
    if (header.size != CRYPT_STREAM_HEADER_SIZE)
        return NULL;
    struct crypt_stream *stream = memory_new(sizeof *stream);
    if (crypto_secretstream_xchacha20poly1305_init_pull(&stream->state, bytes_of(header), key->bytes) == 0)
        return stream;
    crypt_stream_free(stream);
    return NULL;
}

bool crypt_stream_pull(struct crypt_stream *stream, struct span sealed, struct buf *plain_out, bool *is_last_out)
{
    if (stream->has_ended || sealed.size < CRYPT_STREAM_MORE)
        return false;
    size_t size = sealed.size - CRYPT_STREAM_MORE;
    stream_reserve(stream, size > 0 ? size : 1);
    unsigned char tag = 0;
    if (crypto_secretstream_xchacha20poly1305_pull(&stream->state, stream->room, NULL, &tag, bytes_of(sealed),
                                                   sealed.size, NULL, 0) != 0)
        return false;
    bool is_last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    if (!is_last && tag != crypto_secretstream_xchacha20poly1305_TAG_MESSAGE)
        return false;
    stream->has_ended = is_last;
    *is_last_out = is_last;
    buf_put(plain_out, stream->room, size);
    return true;
}

void crypt_stream_free(struct crypt_stream *stream)
{
    if (stream == NULL)
        return;
    if (stream->room != NULL)
        crypt_wipe(stream->room, stream->room_size);
    free(stream->room);
    crypt_wipe(stream, sizeof *stream);
    free(stream);
}

void crypt_pair_new(struct crypt_pair *pair_out)
{
    int failed = crypto_box_keypair(pair_out->public_half, pair_out->secret_half);
    assert(failed == 0);
}

bool crypt_pair_complete(struct crypt_pair *pair)
{
    return crypto_scalarmult_base(pair->public_half, pair->secret_half) == 0;
}

void crypt_pair_id(const unsigned char public_half[CRYPT_PUBLIC_SIZE], unsigned char id_out[CRYPT_ID_SIZE])
{
    struct crypt_digest digest;
    struct span span = span_of(public_half, CRYPT_PUBLIC_SIZE);
    crypt_digest(NULL, &span, 1, &digest);
    memcpy(id_out, digest.bytes, CRYPT_ID_SIZE);
}

/* With a few public halves, of small order, everybody could open what is wrapped to them; the library refuses those. */
bool crypt_public_is_sound(const unsigned char public_half[CRYPT_PUBLIC_SIZE])
{
    unsigned char sealed[crypto_box_SEALBYTES];
    return crypto_box_seal(sealed, NULL, 0, public_half) == 0;
}

void crypt_wrap(const struct crypt_key *key, const unsigned char public_half[CRYPT_PUBLIC_SIZE],
                unsigned char slot_out[CRYPT_SLOT_SIZE])
{
    crypt_pair_id(public_half, slot_out);
    int failed = crypto_box_seal(slot_out + CRYPT_ID_SIZE, key->bytes, sizeof key->bytes, public_half);
    assert(failed == 0);
}

bool crypt_unwrap(const unsigned char slot[CRYPT_SLOT_SIZE], const struct crypt_pair *pair, struct crypt_key *key_out)
{
    unsigned char id[CRYPT_ID_SIZE];
    crypt_pair_id(pair->public_half, id);
    return memcmp(id, slot, sizeof id) == 0 &&
           crypto_box_seal_open(key_out->bytes, slot + CRYPT_ID_SIZE, CRYPT_SLOT_SIZE - CRYPT_ID_SIZE,
                                pair->public_half, pair->secret_half) == 0;
}

void crypt_sign(const struct crypt_signer *signer, struct span text, unsigned char signature_out[CRYPT_SIGNATURE_SIZE])
{
    int failed = crypto_sign_detached(signature_out, NULL, bytes_of(text), text.size, signer->secret_half);
    assert(failed == 0);
}

bool crypt_verify(const unsigned char public_half[CRYPT_PUBLIC_SIZE], struct span text,
                  const unsigned char signature[CRYPT_SIGNATURE_SIZE])
{
    return crypto_sign_verify_detached(signature, bytes_of(text), text.size, public_half) == 0;
}

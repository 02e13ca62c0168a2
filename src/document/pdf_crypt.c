#include "document/pdf_crypt.h"

#include <nettle/aes.h>
#include <nettle/arcfour.h>
#include <nettle/cbc.h>
#include <nettle/md5.h>
#include <nettle/sha2.h>

#include <string.h>

enum {
    PDF_PAD_SIZE = 32,
    PDF_HASH_SIZE = 64,
    PDF_REPEATS = 64,
    PDF_ROUNDS = 64,
    PDF_SALT_SIZE = 8,
    PDF_PASSWORD_SIZE = 127, /* more does not count */
    PDF_PIECE = 4096
};

static const unsigned char pdf_padding[PDF_PAD_SIZE] = { 0x28, 0xbf, 0x4e, 0x5e, 0x4e, 0x75, 0x8a, 0x41,
                                                         0x64, 0x00, 0x4e, 0x56, 0xff, 0xfa, 0x01, 0x08,
                                                         0x2e, 0x2e, 0x00, 0xb6, 0xd0, 0x68, 0x3e, 0x80,
                                                         0x2f, 0x0c, 0xa9, 0xfe, 0x64, 0x53, 0x69, 0x7a };

static void pdf_md5_add(struct md5_ctx *md5, const void *data, size_t size)
{
    md5_update(md5, size, data);
}

static void pdf_rc4(const unsigned char *key, size_t key_size, unsigned char mask, unsigned char *bytes, size_t size)
{
    struct arcfour_ctx arcfour;
    unsigned char masked[PDF_KEY_SIZE];
    for (size_t i = 0; i < key_size; i++)
        masked[i] = key[i] ^ mask;
    arcfour_set_key(&arcfour, key_size, masked);
    arcfour_crypt(&arcfour, size, bytes, bytes);
}

static void pdf_pad(struct span password, unsigned char padded_out[PDF_PAD_SIZE])
{
    size_t size = password.size < PDF_PAD_SIZE ? password.size : PDF_PAD_SIZE;
    if (size > 0)
        memcpy(padded_out, password.data, size);
    memcpy(padded_out + size, pdf_padding, PDF_PAD_SIZE - size);
}

/* Algorithm 2: the file's key from the user's password. */
static void pdf_make_key(const struct pdf_lock *lock, const unsigned char *padded, struct pdf_key *key)
{
    struct md5_ctx md5;
    unsigned char hash[MD5_DIGEST_SIZE];
    unsigned char permissions[4];
    for (int i = 0; i < 4; i++)
        permissions[i] = (unsigned char)(lock->permissions >> (8 * i) & 0xff);
    md5_init(&md5);
    pdf_md5_add(&md5, padded, PDF_PAD_SIZE);
    pdf_md5_add(&md5, lock->owner, PDF_PAD_SIZE);
    pdf_md5_add(&md5, permissions, sizeof permissions);
    pdf_md5_add(&md5, lock->id, lock->id_size);
    if (lock->revision >= 4 && lock->is_metadata_clear)
        pdf_md5_add(&md5, "\xff\xff\xff\xff", 4);
    md5_digest(&md5, sizeof hash, hash);
    for (int i = 0; i < 50 && lock->revision >= 3; i++) {
        pdf_md5_add(&md5, hash, key->size);
        md5_digest(&md5, sizeof hash, hash);
    }
    memcpy(key->bytes, hash, sizeof hash);
}

/* Algorithms 4 to 6. */
static bool pdf_check_user(const struct pdf_lock *lock, const unsigned char *padded, struct pdf_key *key)
{
    unsigned char check[PDF_PAD_SIZE];
    pdf_make_key(lock, padded, key);
    if (lock->revision < 3) {
        memcpy(check, pdf_padding, sizeof check);
        pdf_rc4(key->bytes, key->size, 0, check, sizeof check);
        return memcmp(check, lock->user, sizeof check) == 0;
    }
    struct md5_ctx md5;
    md5_init(&md5);
    pdf_md5_add(&md5, pdf_padding, sizeof pdf_padding);
    pdf_md5_add(&md5, lock->id, lock->id_size);
    md5_digest(&md5, MD5_DIGEST_SIZE, check);
    for (unsigned char i = 0; i < 20; i++)
        pdf_rc4(key->bytes, key->size, i, check, MD5_DIGEST_SIZE);
    return memcmp(check, lock->user, MD5_DIGEST_SIZE) == 0;
}

/* Algorithm 7: the owner's password gives the user's. */
static void pdf_find_user(const struct pdf_lock *lock, const unsigned char *padded, size_t key_size,
                          unsigned char user_out[PDF_PAD_SIZE])
{
    struct md5_ctx md5;
    unsigned char hash[MD5_DIGEST_SIZE];
    md5_init(&md5);
    pdf_md5_add(&md5, padded, PDF_PAD_SIZE);
    md5_digest(&md5, sizeof hash, hash);
    for (int i = 0; i < 50 && lock->revision >= 3; i++) {
        pdf_md5_add(&md5, hash, sizeof hash);
        md5_digest(&md5, sizeof hash, hash);
    }
    memcpy(user_out, lock->owner, PDF_PAD_SIZE);
    for (unsigned char i = lock->revision < 3 ? 1 : 20; i > 0; i--)
        pdf_rc4(hash, key_size, (unsigned char)(i - 1), user_out, PDF_PAD_SIZE);
}

static bool pdf_open_old(const struct pdf_lock *lock, struct span password, struct pdf_key *key)
{
    const size_t sizes[] = { (size_t)lock->key_size, 16, 5 };
    unsigned char padded[PDF_PAD_SIZE];
    unsigned char user[PDF_PAD_SIZE];
    pdf_pad(password, padded);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        if (sizes[i] < 5 || sizes[i] > 16)
            continue;
        key->size = sizes[i];
        if (pdf_check_user(lock, padded, key))
            return true;
        pdf_find_user(lock, padded, key->size, user);
        if (pdf_check_user(lock, user, key))
            return true;
    }
    return false;
}

static void pdf_sha256(const unsigned char *data, size_t size, unsigned char *hash_out)
{
    struct sha256_ctx sha;
    sha256_init(&sha);
    sha256_update(&sha, size, data);
    sha256_digest(&sha, SHA256_DIGEST_SIZE, hash_out);
}

static size_t pdf_sha_any(unsigned kind, const unsigned char *data, size_t size, unsigned char *hash_out)
{
    if (kind == 0) {
        pdf_sha256(data, size, hash_out);
        return SHA256_DIGEST_SIZE;
    }
    struct sha512_ctx sha;
    if (kind == 1)
        sha384_init(&sha);
    else
        sha512_init(&sha);
    sha512_update(&sha, size, data);
    if (kind == 1)
        sha384_digest(&sha, SHA384_DIGEST_SIZE, hash_out);
    else
        sha512_digest(&sha, SHA512_DIGEST_SIZE, hash_out);
    return kind == 1 ? SHA384_DIGEST_SIZE : SHA512_DIGEST_SIZE;
}

/* A password, a salt and, for the owner's, what is in U: what both of the newer hashes are over. */
struct pdf_hashed {
    struct span password;
    const char *salt;
    struct span user;
};

static size_t pdf_join(unsigned char *joined_out, struct span a, struct span b, struct span c)
{
    const struct span spans[] = { a, b, c };
    size_t size = 0;
    for (size_t i = 0; i < 3; i++) {
        if (spans[i].size > 0)
            memcpy(joined_out + size, spans[i].data, spans[i].size);
        size += spans[i].size;
    }
    return size;
}

/* Revision 5, and algorithm 2.B of revision 6. */
static void pdf_hash(const struct pdf_lock *lock, const struct pdf_hashed *hashed, unsigned char hash_out[PDF_KEY_SIZE])
{
    unsigned char joined[PDF_REPEATS * (PDF_PASSWORD_SIZE + PDF_HASH_SIZE + 48)];
    unsigned char hash[PDF_HASH_SIZE];
    size_t hash_size = SHA256_DIGEST_SIZE;
    pdf_sha256(joined, pdf_join(joined, hashed->password, span_of(hashed->salt, PDF_SALT_SIZE), hashed->user), hash);
    for (unsigned round = 0, last = 0; lock->revision >= 6 && (round < PDF_ROUNDS || round < last + 32); round++) {
        struct CBC_CTX(struct aes128_ctx, AES_BLOCK_SIZE) cipher;
        size_t size = pdf_join(joined, hashed->password, span_of(hash, hash_size), hashed->user);
        for (size_t i = 1; i < PDF_REPEATS; i++)
            memcpy(joined + i * size, joined, size);
        aes128_set_encrypt_key(&cipher.ctx, hash);
        CBC_SET_IV(&cipher, hash + 16);
        size *= PDF_REPEATS;
        CBC_ENCRYPT(&cipher, aes128_encrypt, size, joined, joined);
        unsigned sum = 0; /* 256 is 1 modulo 3, and so the number is what its digits' sum is */
        for (size_t i = 0; i < 16; i++)
            sum += joined[i];
        last = joined[size - 1];
        hash_size = pdf_sha_any(sum % 3, joined, size, hash);
    }
    memcpy(hash_out, hash, PDF_KEY_SIZE);
}

/* Algorithm 2.A. U and O are a hash, the salt that it is made with, and the salt for the key. */
static bool pdf_open_new(const struct pdf_lock *lock, struct span password, struct pdf_key *key)
{
    password = span_slice(password, 0, PDF_PASSWORD_SIZE);
    for (int is_owner = 0; is_owner < 2; is_owner++) {
        const char *entry = is_owner != 0 ? lock->owner : lock->user;
        struct pdf_hashed hashed = { password, entry + 32, span_of(lock->user, is_owner != 0 ? 48 : 0) };
        unsigned char hash[PDF_KEY_SIZE];
        pdf_hash(lock, &hashed, hash);
        if (memcmp(hash, entry, sizeof hash) != 0)
            continue;
        hashed.salt = entry + 40;
        pdf_hash(lock, &hashed, hash);
        struct CBC_CTX(struct aes256_ctx, AES_BLOCK_SIZE) cipher = { 0 };
        aes256_set_decrypt_key(&cipher.ctx, hash);
        memcpy(key->bytes, is_owner != 0 ? lock->owner_key : lock->user_key, PDF_KEY_SIZE);
        CBC_DECRYPT(&cipher, aes256_decrypt, (size_t)PDF_KEY_SIZE, key->bytes, key->bytes);
        key->size = PDF_KEY_SIZE;
        return true;
    }
    return false;
}

bool pdf_lock_open(const struct pdf_lock *lock, struct span password, struct pdf_key *key_out)
{
    *key_out = (struct pdf_key){ 0 };
    return lock->revision >= 5 ? pdf_open_new(lock, password, key_out) : pdf_open_old(lock, password, key_out);
}

/* Algorithm 1: each object has a key of its own, up to AES-256, where the file's key is used. */
static size_t pdf_object_key(const struct pdf_key *key, enum pdf_method method, uint32_t number, uint32_t generation,
                             unsigned char key_out[PDF_KEY_SIZE])
{
    if (method == PDF_AES_256) {
        memcpy(key_out, key->bytes, PDF_KEY_SIZE);
        return PDF_KEY_SIZE;
    }
    const unsigned char suffix[] = { (unsigned char)(number & 0xff), (unsigned char)(number >> 8 & 0xff),
                                     (unsigned char)(number >> 16 & 0xff), (unsigned char)(generation & 0xff),
                                     (unsigned char)(generation >> 8 & 0xff) };
    struct md5_ctx md5;
    md5_init(&md5);
    pdf_md5_add(&md5, key->bytes, key->size);
    pdf_md5_add(&md5, suffix, sizeof suffix);
    if (method == PDF_AES_128)
        pdf_md5_add(&md5, "sAlT", 4);
    md5_digest(&md5, MD5_DIGEST_SIZE, key_out);
    return key->size + 5 < 16 ? key->size + 5 : 16;
}

static void pdf_decrypt_rc4(const unsigned char *key, size_t key_size, struct span bytes, struct buf *buf)
{
    struct arcfour_ctx arcfour;
    unsigned char piece[PDF_PIECE];
    arcfour_set_key(&arcfour, key_size, key);
    while (bytes.size > 0) {
        size_t size = bytes.size < sizeof piece ? bytes.size : sizeof piece;
        arcfour_crypt(&arcfour, size, piece, (const unsigned char *)bytes.data);
        buf_put(buf, piece, size);
        bytes = span_from(bytes, size);
    }
}

/* The first block is the initialisation vector; the last byte says how many bytes of padding there are. A tail that is
 * no whole block is left out, as everybody does. */
static void pdf_decrypt_aes(const unsigned char *key, bool is_256, struct span bytes, struct buf *buf)
{
    struct aes128_ctx aes128;
    struct aes256_ctx aes256;
    unsigned char vector[AES_BLOCK_SIZE];
    unsigned char piece[PDF_PIECE];
    size_t before = buf->size;
    if (bytes.size < (size_t)2 * AES_BLOCK_SIZE)
        return;
    memcpy(vector, bytes.data, sizeof vector);
    if (is_256)
        aes256_set_decrypt_key(&aes256, key);
    else
        aes128_set_decrypt_key(&aes128, key);
    bytes = span_slice(bytes, AES_BLOCK_SIZE, (bytes.size - AES_BLOCK_SIZE) / AES_BLOCK_SIZE * AES_BLOCK_SIZE);
    while (bytes.size > 0) {
        size_t size = bytes.size < sizeof piece ? bytes.size : sizeof piece;
        if (is_256)
            cbc_decrypt(&aes256, (nettle_cipher_func *)aes256_decrypt, AES_BLOCK_SIZE, vector, size, piece,
                        (const unsigned char *)bytes.data);
        else
            cbc_decrypt(&aes128, (nettle_cipher_func *)aes128_decrypt, AES_BLOCK_SIZE, vector, size, piece,
                        (const unsigned char *)bytes.data);
        buf_put(buf, piece, size);
        bytes = span_from(bytes, size);
    }
    unsigned padding = buf->size > before ? (unsigned char)buf->data[buf->size - 1] : 0;
    if (padding >= 1 && padding <= AES_BLOCK_SIZE && padding <= buf->size - before)
        buf->size -= padding;
}

void pdf_decrypt(const struct pdf_key *key, enum pdf_method method, uint32_t number, uint32_t generation,
                 struct span bytes, struct buf *buf)
{
    unsigned char object_key[PDF_KEY_SIZE];
    size_t size = pdf_object_key(key, method, number, generation, object_key);
    if (method == PDF_RC4)
        pdf_decrypt_rc4(object_key, size, bytes, buf);
    else if (method == PDF_AES_128 || method == PDF_AES_256)
        pdf_decrypt_aes(object_key, method == PDF_AES_256, bytes, buf);
    else
        buf_put_span(buf, bytes);
}

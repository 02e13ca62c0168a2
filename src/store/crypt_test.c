#include "crypt.h"

#include "base/test.h"

#include <string.h>

static const struct crypt_key root = { .bytes = { 1, 2, 3 } };

static void bit_flip(void *bytes, size_t bit)
{
    ((unsigned char *)bytes)[bit / 8] ^= (unsigned char)(1 << bit % 8);
}

static bool is_same(const void *bytes, const char *hex, size_t size)
{
    const unsigned char *is = bytes;
    for (size_t i = 0; i < size; i++) {
        char byte = 0;
        if (!span_hex_byte(span_of(hex + 2 * i, 2), &byte) || (unsigned char)byte != is[i])
            return false;
    }
    return true;
}

/* Numbers that Python's hashlib gives for the same: what is derived is part of the format. */
static void test_digests(void)
{
    struct crypt_digest digest;
    struct span spans[] = { span_text("a"), span_text(""), span_text("bc") };
    crypt_digest(NULL, spans, 3, &digest);
    CHECK(is_same(digest.bytes, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319", 32));
    crypt_digest(&root, spans, 3, &digest);
    CHECK(is_same(digest.bytes, "c6e222c093226e14ce07cd7f91d01da9071190d15d9f7aeb690df8bc6d6cd393", 32));
    CHECK(crypt_token(&root, span_text("abc")) == UINT64_C(0x146e2293c022e2c6));
    struct crypt_key derived;
    crypt_key_derive(&root, CRYPT_FOR_META, &derived);
    CHECK(is_same(derived.bytes, "252546820c975111bcee05c3769469dc8ca31f452200080147761312022e60ff", 32));
    crypt_key_derive(&root, CRYPT_FOR_PARTS, &derived);
    CHECK(is_same(derived.bytes, "aaab29f927d548d14b660f73a75227c551aa425dc5e4ac2b201fd50752b6c4f5", 32));
}

/* Every bit of what is sealed, and of what it is bound to. */
static void test_seal(void)
{
    struct buf sealed;
    struct buf again;
    struct buf plain;
    buf_init(&sealed, 1024);
    buf_init(&again, 1024);
    buf_init(&plain, 1024);
    struct span text = span_text("a text");
    struct span bound = span_text("bound");
    crypt_seal(&root, text, bound, &sealed);
    crypt_seal(&root, text, bound, &again);
    CHECK(sealed.size == text.size + CRYPT_SEALED_MORE && !span_equal(buf_span(&sealed), buf_span(&again)));
    CHECK(crypt_open(&root, buf_span(&sealed), bound, &plain) && span_equal(buf_span(&plain), text));
    buf_clear(&plain);
    for (size_t bit = 0; bit < sealed.size * 8; bit++) {
        bit_flip(sealed.data, bit);
        CHECK(!crypt_open(&root, buf_span(&sealed), bound, &plain));
        bit_flip(sealed.data, bit);
    }
    for (size_t size = 0; size < sealed.size; size++)
        CHECK(!crypt_open(&root, span_slice(buf_span(&sealed), 0, size), bound, &plain));
    CHECK(!crypt_open(&root, buf_span(&sealed), span_text("bounD"), &plain));
    struct crypt_key other = root;
    other.bytes[31] ^= 1;
    CHECK(!crypt_open(&other, buf_span(&sealed), bound, &plain) && plain.size == 0);
    buf_clear(&sealed);
    crypt_seal(&root, span_text(""), span_of(NULL, 0), &sealed);
    CHECK(crypt_open(&root, buf_span(&sealed), span_of(NULL, 0), &plain) && plain.size == 0);
    buf_fini(&sealed);
    buf_fini(&again);
    buf_fini(&plain);
}

static void test_stream(void)
{
    struct buf sealed;
    struct buf plain;
    buf_init(&sealed, 1024);
    buf_init(&plain, 1024);
    struct crypt_stream *stream = crypt_stream_seal(&root, &sealed);
    crypt_stream_push(stream, span_text("one"), false, &sealed);
    crypt_stream_push(stream, span_text(""), true, &sealed);
    crypt_stream_free(stream);
    CHECK(sealed.size == CRYPT_STREAM_HEADER_SIZE + 3 + 2 * CRYPT_STREAM_MORE);
    struct span header = span_slice(buf_span(&sealed), 0, CRYPT_STREAM_HEADER_SIZE);
    struct span first = span_slice(buf_span(&sealed), CRYPT_STREAM_HEADER_SIZE, 3 + CRYPT_STREAM_MORE);
    struct span second = span_from(buf_span(&sealed), CRYPT_STREAM_HEADER_SIZE + 3 + CRYPT_STREAM_MORE);
    CHECK(crypt_stream_open(&root, first) == NULL);
    stream = crypt_stream_open(&root, header);
    bool is_last = true;
    CHECK(stream != NULL && !crypt_stream_pull(stream, second, &plain, &is_last)); /* out of order */
    crypt_stream_free(stream);
    stream = crypt_stream_open(&root, header);
    CHECK(!crypt_stream_pull(stream, span_slice(first, 0, first.size - 1), &plain, &is_last));
    CHECK(!crypt_stream_pull(stream, span_slice(first, 0, 3), &plain, &is_last) && plain.size == 0);
    CHECK(crypt_stream_pull(stream, first, &plain, &is_last) && !is_last && span_is(buf_span(&plain), "one"));
    CHECK(!crypt_stream_pull(stream, first, &plain, &is_last)); /* again */
    CHECK(crypt_stream_pull(stream, second, &plain, &is_last) && is_last && plain.size == 3);
    CHECK(!crypt_stream_pull(stream, second, &plain, &is_last)); /* behind the end */
    crypt_stream_free(stream);
    crypt_stream_free(NULL);
    buf_fini(&sealed);
    buf_fini(&plain);
}

static void test_slots(void)
{
    struct crypt_pair mine;
    struct crypt_pair other;
    crypt_pair_new(&mine);
    crypt_pair_new(&other);
    struct crypt_pair same = mine;
    memset(same.public_half, 0, sizeof same.public_half);
    CHECK(crypt_pair_complete(&same) && memcmp(&same, &mine, sizeof same) == 0);
    unsigned char slot[CRYPT_SLOT_SIZE];
    unsigned char id[CRYPT_ID_SIZE];
    struct crypt_key key;
    crypt_wrap(&root, mine.public_half, slot);
    crypt_pair_id(mine.public_half, id);
    CHECK(memcmp(slot, id, sizeof id) == 0);
    CHECK(crypt_unwrap(slot, &mine, &key) && memcmp(&key, &root, sizeof key) == 0);
    CHECK(!crypt_unwrap(slot, &other, &key));
    /* X25519 ignores the last bit of a public half; the box notices it all the same, for the nonce is made of all. */
    for (size_t bit = 0; bit < sizeof slot * 8; bit++) {
        bit_flip(slot, bit);
        CHECK(!crypt_unwrap(slot, &mine, &key));
        bit_flip(slot, bit);
    }
    unsigned char bad[CRYPT_PUBLIC_SIZE] = { 0 };
    CHECK(crypt_public_is_sound(mine.public_half) && !crypt_public_is_sound(bad));
    bad[0] = 1;
    CHECK(!crypt_public_is_sound(bad));
}

static void test_signatures(void)
{
    struct crypt_signer signer;
    struct crypt_signer again;
    crypt_signer_derive(&root, &signer);
    crypt_signer_derive(&root, &again);
    CHECK(memcmp(&signer, &again, sizeof signer) == 0);
    unsigned char signature[CRYPT_SIGNATURE_SIZE];
    crypt_sign(&signer, span_text("text"), signature);
    CHECK(crypt_verify(signer.public_half, span_text("text"), signature));
    CHECK(!crypt_verify(signer.public_half, span_text("texT"), signature));
    for (size_t bit = 0; bit < sizeof signature * 8; bit++) {
        bit_flip(signature, bit);
        CHECK(!crypt_verify(signer.public_half, span_text("text"), signature));
        bit_flip(signature, bit);
    }
}

int main(void)
{
    struct fault fault = { 0 };
    CHECK(crypt_begin(&fault) == 0);
    test_digests();
    test_seal();
    test_stream();
    test_slots();
    test_signatures();
    return test_end();
}

#include "sys/tls_test_keys.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

enum { VALID_SECONDS = 24 * 3600 };

static bool certificate_fill(X509 *certificate, EVP_PKEY *key, const char *names)
{
    X509_NAME *subject = X509_get_subject_name(certificate);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, names);
    bool is_filled = extension != NULL && X509_set_version(certificate, X509_VERSION_3) == 1 &&
                     ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) == 1 &&
                     X509_gmtime_adj(X509_getm_notBefore(certificate), -VALID_SECONDS) != NULL &&
                     X509_gmtime_adj(X509_getm_notAfter(certificate), VALID_SECONDS) != NULL &&
                     X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)"test", -1, -1,
                                                0) == 1 &&
                     X509_set_issuer_name(certificate, subject) == 1 && X509_set_pubkey(certificate, key) == 1 &&
                     X509_add_ext(certificate, extension, -1) == 1 && X509_sign(certificate, key, EVP_sha256()) > 0;
    X509_EXTENSION_free(extension);
    return is_filled;
}

bool test_keys_make(const char *folder, const char *name, const char *names, const char *password,
                    struct test_keys *keys_out)
{
    (void)snprintf(keys_out->certificate_path, TEST_PATH_SIZE, "%s/%s.crt", folder, name);
    (void)snprintf(keys_out->key_path, TEST_PATH_SIZE, "%s/%s.key", folder, name);
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    FILE *certificate_file = fopen(keys_out->certificate_path, "we");
    FILE *key_file = fopen(keys_out->key_path, "we");
    bool is_made = key != NULL && certificate != NULL && certificate_file != NULL && key_file != NULL &&
                   certificate_fill(certificate, key, names) && PEM_write_X509(certificate_file, certificate) == 1 &&
                   PEM_write_PrivateKey(key_file, key, password != NULL ? EVP_aes_128_cbc() : NULL, NULL, 0, NULL,
                                        (void *)password) == 1;
    is_made = (certificate_file == NULL || fclose(certificate_file) == 0) && is_made;
    is_made = (key_file == NULL || fclose(key_file) == 0) && is_made;
    X509_free(certificate);
    EVP_PKEY_free(key);
    return is_made;
}

void test_keys_remove(const struct test_keys *keys)
{
    (void)unlink(keys->certificate_path);
    (void)unlink(keys->key_path);
}

/* Certificates for tests, made on the spot. */
#ifndef CORDON_SYS_TLS_TEST_KEYS_H
#define CORDON_SYS_TLS_TEST_KEYS_H

#include <stdbool.h>

enum { TEST_PATH_SIZE = 256 };

struct test_keys {
    char certificate_path[TEST_PATH_SIZE];
    char key_path[TEST_PATH_SIZE];
};

/* A self-signed certificate for `names` ("DNS:mx.example,IP:127.0.0.1") with its key, under `password` where that is
 * not NULL, as NAME.crt and NAME.key in the folder. */
bool test_keys_make(const char *folder, const char *name, const char *names, const char *password,
                    struct test_keys *keys_out);
void test_keys_remove(const struct test_keys *keys);

#endif

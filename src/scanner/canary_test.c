#include "canary.h"

#include "base/test.h"
#include "scanner/eicar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LIMIT = 9 * 1024 * 1024 };

static void make(const struct canary *canary, enum canary_sample sample, uint64_t nonce, struct buf *bytes)
{
    buf_init(bytes, LIMIT);
    CHECK(canary_make(canary, sample, nonce, bytes) && !buf_overflowed(bytes));
}

static void test_eicar(void)
{
    struct canary canary;
    char eicar[EICAR_SIZE + 1];
    eicar_make(eicar);
    canary_init(&canary, "eicar", 1000);
    struct buf one;
    struct buf other;
    for (enum canary_sample sample = CANARY_SMALL; sample < CANARIES; sample++) {
        make(&canary, sample, 1, &one);
        make(&canary, sample, UINT64_C(1) << 59, &other);
        CHECK(one.size == other.size && !span_equal(buf_span(&one), buf_span(&other)));
        if (sample == CANARY_SMALL) {
            CHECK(one.size == CANARY_EICAR_MOST && memcmp(one.data, eicar, EICAR_SIZE) == 0);
            for (size_t i = EICAR_SIZE; i < one.size; i++)
                CHECK(one.data[i] == ' ' || one.data[i] == '\t');
        }
        buf_fini(&one);
        buf_fini(&other);
    }
    canary_fini(&canary);
    canary_init(&canary, "none", 1000);
    buf_init(&one, LIMIT);
    CHECK(!canary_make(&canary, CANARY_SMALL, 1, &one) && !canary_make(&canary, CANARY_LARGE, 1, &one));
    CHECK(canary_make(&canary, CANARY_CLEAN, 1, &one) && canary.fault[0] == '\0');
    buf_fini(&one);
    canary_fini(&canary);
}

static void write_file(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "we");
    CHECK(file != NULL && fwrite(bytes, 1, size, file) == size && fclose(file) == 0);
}

static void test_file(void)
{
    static const char zip_end[22] = "PK\5\6";
    char path[] = "/tmp/canary-test-XXXXXX";
    int fd = mkstemp(path);
    CHECK(fd >= 0 && close(fd) == 0);
    struct canary canary;
    struct buf bytes;
    canary_init(&canary, path, 1000); /* empty */
    CHECK(canary.fault[0] != '\0');
    canary_fini(&canary);

    write_file(path, "some sample", 11);
    canary_init(&canary, path, 1000);
    CHECK(canary.fault[0] == '\0' && canary.kind == CANARY_FILE);
    make(&canary, CANARY_SMALL, 5, &bytes);
    CHECK(span_is(buf_span(&bytes), "some sample")); /* nothing is known of it that may be altered */
    buf_fini(&bytes);
    make(&canary, CANARY_LARGE, 5, &bytes);
    CHECK(span_find(buf_span(&bytes), span_text("c29tZSBzYW1wbGU=")) != SPAN_NONE);
    buf_fini(&bytes);
    canary_fini(&canary);

    write_file(path, zip_end, sizeof zip_end);
    canary_init(&canary, path, 1000);
    make(&canary, CANARY_SMALL, 0xabc, &bytes);
    CHECK(bytes.size == sizeof zip_end + 16 && bytes.data[20] == 16 && bytes.data[21] == 0);
    CHECK(span_is(span_from(buf_span(&bytes), sizeof zip_end), "0000000000000abc"));
    buf_fini(&bytes);
    canary_fini(&canary);
    CHECK(unlink(path) == 0);
    canary_init(&canary, path, 1000);
    CHECK(strstr(canary.fault, "No such file") != NULL);
    canary_fini(&canary);
}

int main(void)
{
    test_eicar();
    test_file();
    return test_end();
}

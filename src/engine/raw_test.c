/* SPDX-License-Identifier: GPL-2.0-only */
#include "raw.h"

#include "base/base64.h"
#include "base/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* "VGhlIHBheWxvYWQgaXMgYWxs", in hexadecimal: base64 letters of both cases, 24 of them. */
#define RUN "5647686c494842686557787659575167615842675957787a"
#define LOWER "7468697369736f6e656c6f6e676964656e746966696572" /* "thisisonelongidentifier", 23 */
#define LOWER_25 LOWER "7373"
#define MIXED_GAP "5647686c494842686557{2-4}787659575167615842675957787a"
#define MIXED_ANY "5647686c494842686557??787659575167615842675957787a"

struct raw_row {
    const char *name; /* of the file */
    const char *line;
    unsigned count;
};

static const struct raw_row rows[] = {
    { "a.ndb", "A:0:*:" RUN "\n", 1 },
    { "a.ndb", "A:4:*:" RUN ":73:255\nB:4:EOF-100:aa" RUN "bb\n", 2 },
    { "a.ndb", "A:7:*:" RUN, 1 },
    { "a.ndb", "A:1:*:" RUN, 0 },
    { "a.ndb", "A:3:*:" RUN, 0 },
    { "a.ndb", "A:0:0:" RUN, 0 },
    { "a.ndb", "# A:0:*:" RUN, 0 },
    { "a.ndb", "A:0:*:" LOWER_25, 0 },
    { "a.ndb", "A:7:*:" LOWER_25, 1 },
    { "a.ndb", "A:0:*:" MIXED_GAP, 0 },
    { "a.ndb", "A:0:*:" MIXED_ANY, 0 },
    { "a.ndb",
      "A:0:*:aa(" RUN "|00)bb*"
      "3a",
      1 },
    { "a.ndb", "A:0:*:5647686c49484268655778760d0a59575167615842675957787a", 1 },
    { "a.ndb",
      "A:0:*:5647686c494842686557787620"
      "59575167615842675957787a",
      0 },
    { "a.ndu", "A:0:*:" RUN, 1 },
    { "a.hdb", "A:0:*:" RUN, 0 },
    { "a.db", "A=" RUN, 1 },
    { "a.db", "A=00112233", 0 },
    { "a.ldb", "A;Engine:81-255,Target:0;0&1;00112233;" RUN, 1 },
    { "a.ldb", "A;Engine:81-255,Target:4;0;EOF-10:" RUN "::i", 1 },
    { "a.ldb", "A;Engine:81-255,Target:0;0;" LOWER_25 "::i", 1 },
    { "a.ldb", "A;Engine:81-255,Target:0;0;" LOWER_25, 0 },
    { "a.ldb", "A;Engine:81-255,Target:1;0;" RUN, 0 },
    { "a.ldb", "A;Engine:81-255;0;" RUN, 1 },
    { "a.ldb", "A;Target:0;0&1;0011;0/VGhlIHBheWxvYWQgaXMgYWxs[a-z]+/i", 1 },
    { "a.ldb", "A;Engine:81-255,Container:CL_TYPE_MAIL,Target:1;0;00112233", 1 },
    { "a.ldb", "A;Engine:81-255,Intermediates:CL_TYPE_MAIL>CL_TYPE_ZIP,Target:0;0;00112233", 1 },
    { "a.ldb", "A;Engine:81-255,Container:CL_TYPE_ZIP,Target:0;0;00112233", 0 },
    { "a.ldb", "A;Target:4;0;5647686c494842686557787659575167", 1 },
    { "a.ldb", "A;Target:0;0;5647686c494842686557787659575167", 0 },
    { "a.ndb", "A:4:*:5647686c4948426865577876595751", 0 },
    { "a.ldu", "A;Target:0;0;" RUN, 1 },
    { "a.yara", "rule x {\n strings:\n $a = \"VGhlIHBheWxvYWQgaXMgYWxs\"\n $b = \"not so long\"\n}", 1 },
    { "a.yar", "$a = { 56 47 68 6c 49 48 42 68 65 57 78 76 59 57 51 67 61 58 42 67 59 57 78 7a }", 1 },
    { "a.ndb", "", 0 },
    { "a.ndb", "A\nA:\nA:0\nA:0:*\nA:0:*:\n;;;\n=\n", 0 },
};

static void test_lines(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct raw_found found = { 0 };
        test_context(rows[i].line);
        raw_look_at_file(span_text(rows[i].name), span_text(rows[i].line), &found);
        CHECK(found.count == rows[i].count);
        CHECK((found.first[0] != '\0') == (rows[i].count > 0));
    }
    test_context(NULL);
}

/* A tar archive with daily.ndb (one that counts, two that do not), daily.ldb (one), and two other files. */
static const char container_gzip[] =
    "H4sIAAAAAAACA+3VMW/CMBCGYc/8Cuaqje6M7y44E1RVxUI7sDCmBVEkFCSgUvvvMQh1gKlUTUB8z+LkosjTaz++vI4Hw2f3nyjR"
    "EPZrcryyt59vh7kRBdcmV4PP9aZcpS3dbfoCuFIO/mxSzhffWTV5a+78J09yfP5Lh3H+12G4zDhyvIuiwTTX99ANefDpScQsN5Wu"
    "mLCasuzmtntP87I1qLJRucp6kc75O+3r93+m+5+RYcP9Lxrtnz2d9O876L8Oh4r7xVM1m1fTyA/+Pg1m000MBRW/7hpFXWP/H432"
    "T6qn9z+h/zqcd32jGwAAAAAAAAAAAACAS7YFzGEY+wAoAAA=";

static size_t base64_of(const char *text, char *bytes_out)
{
    struct base64 base64 = { 0 };
    struct span rest = span_text(text);
    size_t size = base64_decode(&base64, &rest, bytes_out, 4096);
    return size + base64_flush(&base64, bytes_out + size);
}

static void test_containers(void)
{
    static char bytes[32768];
    memset(bytes, ' ', 512);
    memcpy(bytes, "ClamAV-VDB:", 11);
    size_t packed = base64_of(container_gzip, bytes + 512);
    struct raw_found found = { 0 };
    raw_look_at_file(span_text("daily.cvd"), span_of(bytes, 512 + packed), &found);
    CHECK(found.count == 2 && strcmp(found.first, "In.Tar.A") == 0);

    for (size_t size = 513; size < 512 + packed; size++) { /* cut off anywhere, it is not known what is missing */
        found = (struct raw_found){ 0 };
        raw_look_at_file(span_text("daily.cvd"), span_of(bytes, size), &found);
        CHECK(found.count > 0);
    }
    found = (struct raw_found){ 0 };
    raw_look_at_file(span_text("daily.cvd"), span_of(bytes, 100), &found);
    CHECK(found.count == 0);
}

/* The same, not compressed. */
static void test_plain_container(void)
{
    static char bytes[512 * 8];
    const char *line = "In.Tar.A:0:*:" RUN "\n";
    memset(bytes, 0, sizeof bytes);
    (void)snprintf(bytes + 512, 100, "%s", "x.ndb");
    (void)snprintf(bytes + 512 + 124, 12, "%011o", (unsigned)strlen(line));
    memcpy(bytes + 1024, line, strlen(line));
    struct raw_found found = { 0 };
    raw_look_at_file(span_text("x.cld"), span_of(bytes, sizeof bytes), &found);
    CHECK(found.count == 1 && strcmp(found.first, "In.Tar.A") == 0);
    found = (struct raw_found){ 0 };
    raw_look_at_file(span_text("x.cld"), span_of(bytes, 1030), &found);
    CHECK(found.count == 1 && strcmp(found.first, "x.cld") == 0);
}

static void test_folder(void)
{
    char folder[] = "/tmp/raw-test-XXXXXX";
    char path[64];
    struct raw_found found;
    CHECK(mkdtemp(folder) != NULL);
    raw_look(folder, &found);
    CHECK(found.count == 0 && found.first[0] == '\0');
    (void)snprintf(path, sizeof path, "%s/local.ndb", folder);
    FILE *file = fopen(path, "w");
    CHECK(file != NULL && fputs("My Own:4:*:" RUN "\n", file) >= 0 && fclose(file) == 0);
    raw_look(folder, &found);
    CHECK(found.count == 1 && strcmp(found.first, "My?Own") == 0);
    CHECK(unlink(path) == 0);
    CHECK(rmdir(folder) == 0);
    raw_look(folder, &found);
    CHECK(found.count == 0);
}

int main(void)
{
    test_lines();
    test_containers();
    test_plain_container();
    test_folder();
    return test_end();
}

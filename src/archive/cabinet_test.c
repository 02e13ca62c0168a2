/* Cabinets made by gcab 1.5, SZDD and KWAJ by hand. */
#include "cabinet.h"

#include "archive/sample_test.h"

static const char packed[] =
    "eNrzDXZ2YwCCzQwQoAOlmRkZGZig7CQgZgTC7QwwUBXb1qLAUJBYmZOfmKJXUlHCwAsU3Y4kl1+SkVoElrkk8MTck+EIg7P30dMXORsMeFwv"
    "/vf7yFawMmExZ4vbLIc3316J1N1jNm8tvGi0fN9Cl/JGNg528VPp/DP6hU2smsISKrr2HRC782n7zH2POp9Y32YGABaJNdE=";

static const char stored[] =
    "eNrzDXZ2YwACPUYGMNCBUAzMjIwMTFB2EhCDpLczwEBVbFuLAkNBYmVOfmKKXklFCQMvXB4il1+SkVoEljnqPdXpCMMRBqCAAlSHjkJ5RmZy"
    "hkJmsUKiQlpquUJ5flFKsUJOfl66QmJeikJxYmWxQh7QiEygQGpOcSrXwGlOzAN7RaEktaKECwAPBlky";

static const char program[] =
    "eNrzjWIYBaNgFAx74Bvs7AaiN0P5OlCamZGRgQnKTgJiRiDcDtdVFdvWosBQkFiZk5+YoldSUcLACxTdjiSXX5KRWgSWuSTwxNyT4QiDs/fR"
    "0xc5Gwx4XC/+9/vIVrAyYTFni9sshzffXonU3WM2by28aLR830KX8kY2DnbxU+n8M/qFTayawhIquvYdELvzafvMfY86n1jfZk5KzcjMSwEA"
    "a/A44g==";

static const char two[] =
    "eNrzDXZ2YwACPUYGMNCBUAzMjIwMTFB2EhCDpLczwEBVbFuLAkNBYmVOfmKKXklFCQMvXB4il1+SkVoEljnqPdXpCMMRBqCAAlSHjkJ5RmZy"
    "hkJmsUKiQlpquUJ5flFKsUJOfl66QmJeikJxYmWxQh7QiEygQGpOcSrXwGlOzAN7RaEktaKEyxcaWmC1uflFqTCBzQyEgo+RzOC7JPDE3BMY"
    "fM7eR09f5Gww4HG9+N/vI1vByoTFnC1usxzefHslUneP2by18KLR8n0LXcob2TjYxU+l88/oFzaxagpLqOjad0DszqftM/c96nxifZsZAJcE"
    "k1E=";

static const char method[] =
    "eNrzDXZ2YwACPUYGMNCBUAzMjIwMTFB2EhAzMrAybGeAgarYthYFhoLEypz8xBS9kooSBl6g6HYkufySjNQisMxR76lORxiOMAAFFKA6dBTK"
    "MzKTMxQyixUSFdJSyxXK84tSihVy8vPSFRLzUhSKEyuLFfKARmQCBVJzilO5Bk5zYh7YKwolqRUlXAAUGlk3";

static const char cut[] =
    "eNrzDXZ2YwCCzQwQoAOlmRkZGZig7CQgZgTC7QwwUBXb1qLAUJBYmZOfmKJXUlHCwAsU3Y4kl1+SkVoElrkk8MTck+EIg7P30dMXORsMeFwv"
    "/vf7yFawMmExZ4vbLIc3316J1N1jNm8tvGi0fN9Cl/JGNgC4WCex";

static const char szdd_file[] =
    "eNodzLENwjAUBFDXmeJ3aeiYACkb0KWzsMGWLBthS1Y2YCPWYoPL6dpXvPu+bd//er2Nn3MOI0V7+6Og+XCxmTIeyXI3b3jGabN9ArqVVl/m"
    "UYN1f3RDbSNlEmLpceEBJTyghAeU8IASHlDCA0p4QAkPKOEBJTyghAeU8IASHlDCA0p4QElcTqNDXKw=";

static const char kwaj_file[] =
    "eNrzDnf06vigfpGBgY+BgaEkI1WhILEyJz8xRUehPCMzOUMhs1ghUSEttVyhPL8opVghJz8vXSExL0WhOLGyWCEvvyQjEyiQmlOcyjVwmgFE"
    "LkT7";

static const char szdd_cut[] = "eNoLjnJx6figbuwIABC8A0k=";

/* Made by hand: it goes on in next.cab. */
static const char set[] =
    "eNrzDXZ2YwACYUYGMLCGUAzMjIwMjAxMYHZeakWJXnJiEkNKZnG2EUMIUAikejtU6b//SbEMAQoMaZk5qXpJmXlgwe1AWJKRqlCQWJmT"
    "n5iio1CekZmcoZBZrJCokJZarlCeX5RSrJCTn5eukJiXolCcWFmskJdfkpEJFEjNKU7lGjjNAGW7UG0=";

static void test_cab(void)
{
    static const struct sample_row rows[] = {
        { "MSZIP", packed, 2, "other.txt", SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "stored", stored, 2, "payload.txt", SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "behind a program", program, 2, "payload.txt", SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "two of them", two, 4, "payload.txt", SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "no known method", method, 2, "payload.txt", NULL, UNPACK_UNSUPPORTED, "cab: method 5" },
        { "one of a set", set, 1, "file.bin", SAMPLE_PAYLOAD, UNPACK_UNSUPPORTED,
          "cab: part of a multi-volume archive" },
        { "cut", cut, 2, "payload.txt", NULL, UNPACK_DAMAGED, "cab: damaged" },
    };
    sample_check_rows(rows, sizeof rows / sizeof rows[0], cab_looks, cab_read);
}

static void test_szdd(void)
{
    static const struct sample_row rows[] = {
        { "SZDD", szdd_file, 1, NULL, SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "KWAJ, stored", kwaj_file, 1, NULL, SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "SZDD, cut", szdd_cut, 0, NULL, NULL, UNPACK_DAMAGED, "szdd: damaged" },
    };
    sample_check_rows(rows, sizeof rows / sizeof rows[0], szdd_looks, szdd_read);
}

int main(void)
{
    test_cab();
    test_szdd();
    return test_end();
}

/* From the tests of lhasa (ISC): made by LHA for Amiga and OS/2, PMarc and others. */
#include "lha.h"

#include "archive/sample_test.h"

static const char level_0[] = "eNrT69HNyTDQ5WFgYADh2yvOMDAxSBSXJqVkFsVAKKOYjNScnHy9koqSiulgpkJ5flFOChcDACcZE60=";

static const char level_1[] =
    "eNpTeq+bk2Ggq87AwMADxLdXnGFgYuTMSM3JydcrqSipmO4oyMBUXJqUkln0H0IZsTI4MDGwMjBsV2ZgACtUKM8vyknhYgAARdMV0g==";

static const char level_2[] =
    "eNpzZNDNyTDQ5WFgYADhvM3LhJmYKqY78jAwZqTm5OTrlVSUCDIwFZcmpWQW/YdQRqwMDkwMrAwMs7YyMIBVKZTnF+WkcDEAAPoRFOw=";

static const char level_3[] =
    "eNpjYdDNyTDQ5WNgYADhV9Nu+SkwTzc0CgJy2IGYoZpXDEgy+uTnpSu4Zeak5iXmpuqVVJSIAkXrFRg2MDJAtd1adcsPxM5IzcnJVyjPL8pJ"
    "UeTlYgAACDAX6A==";

static const char pm2[] =
    "eNoLqNctyDXSFWNgYGhggAAFBk4PVx8ff72QiJCW6SEZmcUKQJSokJyfm5uaV6KQWFKSmJyRmqJQkq9QkpGqkJaZk6qQkZqTk69XUlGi92YF"
    "O9iYHwwChhPsuk9aiU5t/sTAIIUdAADbRSH0";

static const char program[] =
    "eNrzjWIYBaNgFIyCUTAKRsGQB3o9ujkZBro8QCYI315xhoGJQaK4NCklsygGQhnFZKTm5OTrlVSUVEwHMxXK84tyUrgYAHClFFQ=";

static const char two[] =
    "eNrT69HNyTDQ5WFgYADh2yvOMDAxSBSXJqVkFsVAKKOYjNScnHy9koqSiulgpkJ5flFOChdDVmletiMDigF5m5cJMzFVTHfkYWCEaxNkYIIY"
    "9R9qIiuDAxMDKwPDrK0MDCgmAgD5DSpQ";

static const char cut[] = "eNrT69HNyTDQ5WFgYADh2yvOMDAxSBSXJqVkFsVAKKOYjNScnHy9koqSiulgpkI5ALOaEfI=";

static const char method[] = "eNrTm6qbk2Gpy8PAwADCt1ecYWBikCguTUrJLIqBUEYxGak5Ofl6JRUlFdPBTIXy/KKcFC4GACstE78=";

static const char lh1[] =
    "eNqTf6qbk2Go28DKAASMDHwzHtspMHCamZoam+k5efoxMBxLZpBo4FHgUeA+IN5gwJDAsIHpAHeDHsMOpgcgagErgwajAxdDAFODCIijw5jA"
    "zRDBdECMoYGDKLSAC4ocOBgZFFgYGgSYqMKEcw9IMDMk8DA2GLBRhckwyAETQ4MCxygxSowSQ5+QbmBgAACJArUv";

static void test_not(void)
{
    CHECK(!lha_looks(span_text("")));
    CHECK(!lha_looks(span_text("a text about -lh5- and -lz5-, and -lh0-, which are methods of LHA, and nothing else")));
}

static void test_lha(void)
{
    static const struct sample_row rows[] = {
        { "level 0", level_0, 1, "subdir/subdir2/hello.txt", "hello world\n", UNPACK_DAMAGED, NULL },
        { "level 1", level_1, 1, "subdir/subdir2/hello.txt", "hello world\n", UNPACK_DAMAGED, NULL },
        { "level 2", level_2, 1, "subdir/subdir2/hello.txt", "hello world\n", UNPACK_DAMAGED, NULL },
        { "level 3", level_3, 1, "Long Filename.txt", NULL, UNPACK_DAMAGED, NULL },
        { "-pm2-", pm2, 1, "hello.txt", NULL, UNPACK_DAMAGED, NULL },
        { "behind a program", program, 1, "subdir/subdir2/hello.txt", "hello world\n", UNPACK_DAMAGED, NULL },
        { "two of them", two, 2, "subdir/subdir2/hello.txt", "hello world\n", UNPACK_DAMAGED, NULL },
        { "cut", cut, 1, "subdir/subdir2/hello.txt", NULL, UNPACK_DAMAGED, "lha: damaged" },
        { "no known method", method, 1, "subdir/subdir2/hello.txt", NULL, UNPACK_UNSUPPORTED, "lha: a method" },
        { "-lh1-", lh1, 1, NULL, NULL, UNPACK_DAMAGED, NULL },
    };
    sample_check_rows(rows, sizeof rows / sizeof rows[0], lha_looks, lha_read);
}

int main(void)
{
    test_lha();
    test_not();
    return test_end();
}

/* Real archives behind other bytes, by GNU tar and cpio, binutils, gzip, bzip2, xz, lzip, zstd and lz4. */
#include "embedded.h"

#include "archive/sample_test.h"

static const char gzip_mz[] =
    "eNrzjaqkJpDv5mAAA+ajpy9yNgRwsF74v2wH85YpS5YqSGmeuL1v24vvBzJF72yx6SzvubVwA9PDKQefHGY9v8PhoEZU64mw3w57Ul7f/8Qd"
    "cS306nagMUmpGZl5KQqZJQCdLU8N";

static const char gzip_two[] =
    "eNpTDXBx0zXUM+GS7+ZgAAPmo6cvcjYEcLBe+L9sB/OWKUuWKkhpnri9b9uL7wcyRe9sseks77m1cAPTwykHnxxmPb/D4aBGVOuJsN8Oe1Je"
    "3//EHXEt9Op2oDHUNg8AVsVO/A==";

static const char bzip2_mz[] =
    "eNrzjaqkJnCKyrA0dIxUC468XHVtAQNDUGADg4ADi/7TOwsUGAqCOZc1XBbov+qVo/lopn3IyZLN3Fseiaa+vX1Zf5Vqu2fuz/BjQos+TM8L"
    "iROrWBRd8jR8wuk8sUidVYeP3gqTav9YrhLcyslrvjaLAQBY0lGz";

static const char xz_mz[] =
    "eNoBggB9/w0K/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AC2AEBdADoaCM52vnJ9KzUNQIE4dBhEVV2+qAOP7qoCVXmx6wePFGKxf+oZrhB/"
    "hwhLaJNRv1YjhRO8Os0t7odw2J6YwAAA29qhK56iuC0AAVy3AQAAADCvQqKxxGf7AgAAAAAEWVryWTAe";

static const char lzip_mz[] =
    "eNrzjaqkJvCJ8gxg5GGwkuI4V7avqFbblNeh0aJEwiU0dt8K5v53q5hCKze+Zu8XSdpY/0pynUB9O4d3xuTA/WHKrcJ7rM7qvmsvuDHfzHD5"
    "//9bWQ4wRFwLvbqdAQISoTQAytJIPQ==";

static const char zstd_mz[] =
    "eNpj0Niq/1dluykTwxXmkoxUhYLEypz8xBQdhfKMzOQMhcxihUSFtNRyhfL8opRihZz8vHSFxLwUheLEymKFvPySjEygQGpOcSoXI0Nto4kD"
    "4/zNrVMB3R4dmA==";

static const char lz4_mz[] =
    "eNrzjaqkJmBR8pVIcVjuwcDA8F+vJCNVoSCxMic/MUVHoTwjMzlDIbNYIVEhLbVcoTy/KKVYISc/L10hMS9FoTixslghL78kIxMokJpTnMpl"
    "y5AUAGYAjWLoOtv0GwBACUOT";

static const char tar_mz[] =
    "eNrtzk8KQiEQBnDXneI7QAuJl68uUHSMIS0FccIx5N0+KWjRohZREfjbfMP8gdnuNqs1kfo83ZhhuGbzmHphxnt964/GLBX0F35TZymUAZWZ"
    "y7O9V/M/VbzDiabIZOeoPuw9goBwcBWVsxVETkdQshCaBImLD63horjZ745V13Vd954LSChTBQ==";

static const char ustar_mz[] =
    "eNrtz8EOwiAMAFDOfkU/wAOYid/TCA4SQg3FsP29RM0OO+jBqDHpu5S0JW2n6QHV5+nODsMtduuod/awvO95Y4zdK/2F3dSFK5Y+shDVZ32v"
    "6uvj/kQNHs44J0K3hRbiMUBkQDj5Bo2KY0iUR8DsgHFmyFRD7Amf2G9+91kJIYR4zxVzBlhb";

static const char cpio_mz[] =
    "eNrzjaqkJjAwB0JDAwNHVyMjE1MDILAwdDQxwA4MzZwMLJzNTF0gXCdzCO3maoAfGMEYiQwlGakKBYmVOfmJKToK5RmZyRkKmcUKiQppqeUK"
    "5flFKcUKOfl56QqJeSkKxYmVxQp5+SUZmUCB1JziVK6B08wACyeiALHq0IETjBES5Ojp4xqkqKjIQGMAABO9k44=";

static const char cpio_bin_mz[] =
    "eNrzjaqkJjheyPDPVWlJIwMQMAIxR3bsMSYgvZ0hkaEkI1WhILEyJz8xRUehPCMzOUMhs1ghUSEttVyhPL8opVghJz8vXSExL0WhOLGyWCEv"
    "vyQjEyiQmlOcyjVwmhmAfoIDRijNDSZDghw9fVyDFBUVGUYBGAAA4hJwiQ==";

static const char ar_mz[] =
    "eNrzjaqkJlC0SSxKzrDjStRXQAEGGGwIaWZiAqYNLYyhsglcJRmpCgWJlTn5iSk6CuUZmckZCpnFCokKaanlCuX5RSnFCjn5eekKiXkpCsWJ"
    "lcUKefklGZlAgdSc4tQB1MwFAGoGcU0=";

static const char bad_gzip[] = "eNrzjaqkJpDv5mBIJAYAANTwM8Q=";

static const char many[] =
    "eNrt0jEKAjEQheE+pxh7QcVFLMQbeAErh000CyGRzUI2t1fURmxFi/2nmAkZpnjwHY71mzXbad/6vdGFvNXy4/3sm6Z5zNV2/dqezOCdXLWG"
    "pHYuxXetly6LytkVKam3WUKKF9FoJWvNEtPgu/uHC9n98diMkw4/8fQj8pGPfOQjH/nIRz7ykY985CMf+chHPvKRj3zkIx/5yEc+8pGPfOQj"
    "H/nIRz7ykY985P80/g0tEzTJ";

static const char cut_gzip[] =
    "eNrzjaqkJpDv5mAAA+ajpy9yNgRwsF74v2wH85YpS5YqSGmeuL1v24vvBzJF72yx6SzvubVwA9PDKQefHGY9v8PhoEZU64mw3w57Ul7f/8QN"
    "AIxzSJc=";

/* Their own readers see to these, or there is nothing in them. */
static void test_not(void)
{
    CHECK(!embedded_looks(span_text("")));
    CHECK(!embedded_looks(span_text("a")));
    CHECK(!embedded_looks(span_text("a text about 070701, !<arch>, LZIP and ustar, and nothing else")));
    CHECK(!embedded_looks(span_text("\x1f\x8b\x08 \x1f\x8b\x08\x10 BZh91AY&SY")));
}

static void test_embedded(void)
{
    static const struct sample_row rows[] = {
        { "gzip", gzip_mz, 1, NULL, SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "gzip, two members", gzip_two, 3, NULL, SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "bzip2", bzip2_mz, 1, NULL, SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "xz", xz_mz, 1, NULL, SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "lzip", lzip_mz, 1, NULL, SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "zstd", zstd_mz, 1, NULL, SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "lz4", lz4_mz, 1, NULL, SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "tar", tar_mz, 1, NULL, NULL, UNPACK_DAMAGED, NULL },
        { "ustar with another end of its sum", ustar_mz, 1, NULL, NULL, UNPACK_DAMAGED, NULL },
        { "cpio", cpio_mz, 1, NULL, NULL, UNPACK_DAMAGED, NULL },
        { "cpio, binary", cpio_bin_mz, 1, NULL, NULL, UNPACK_DAMAGED, NULL },
        { "ar", ar_mz, 1, NULL, NULL, UNPACK_DAMAGED, NULL },
        { "no gzip", bad_gzip, 0, NULL, NULL, UNPACK_DAMAGED, NULL },
        { "many of them", many, 32, NULL, NULL, UNPACK_LIMIT, "archives inside of other data" },
        { "gzip that is cut short", cut_gzip, 1, NULL, SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
    };
    sample_check_rows(rows, sizeof rows / sizeof rows[0], embedded_looks, embedded_read);
}

int main(void)
{
    test_embedded();
    test_not();
    return test_end();
}

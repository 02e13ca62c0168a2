/* Made by ARJ 3.10. */
#include "arj.h"

#include "archive/sample_test.h"

static const char m0[] =
    "eNpLeKXJoMTNyCTAwGTDmsaRDcIMGKBEL7Eoi4Fh7dojxQwMCa+sGfTAWhhYQcq3AxWAcMS10KsMDEsEIVqQDStIrMzJT0zRK6koYWDYG8+5"
    "BmhiRqoCVFhHoTwjMzlDIbNYIVEhLbVcoTy/KKVYISc/L10hMS9FoTixslghL78kIxMokJpTnMo1cJoTXlmi+J0X6DsQtrt58zJ2vwN1pxZB"
    "fN4ceH4pA0NiHlhIoSS1ogRoHgMDAN76bMM=";

static const char m1[] =
    "eNpLeKXJoMTNyCTAwGTDmsaRDcIMGKBEL7Eoi4Fh7dojxQwMCa+sGfRAWhgZWEHKbYEKtgNxxLXQqwwMSwQhWpANK0iszMlPTNErqShhYGj6"
    "qREAFLMJ6uuyrDj+g/FONwtn+KsmXb0P6s5T27QKGFhe3iibPdv1QfJxPYUW+dts8V0ud0uEpojcFK2q+MKrur/2QcIrS4gLGCAu4AWaB8J2"
    "N29exu6C/JKM1CKI/c2B55cyMCTmgYUUSlIrSrgSXjEwAABmwEXB";

static const char m2[] =
    "eNpLeKXJoMTNyCTAwGTDmsaRDcIMGKBEL7Eoi4Fh7dojxQwMCa+sGfRAWpgYWEHKbYEKtgNxxLXQqwwMSwQhWpANK0iszMlPTNErqSgBKmM+"
    "FgQUswnq67KsOP6D8U43C2f4qyZdvQ/qzlPbtAoYWF7eKJs92/VB8nE9hRb522zxXS53S4SmiNwUrar4wqu6v/ZBwitLiAsYIC7gBZoHwnY3"
    "b17G7oL8kozUIoj9zYHnlzIwJOaBhRRKUitKuBJeMTAAABvBRUI=";

static const char m3[] =
    "eNpLeKXJoMTNyCTAwGTDmsaRDcIMGKBEL7Eoi4Fh7dojxQwMCa+sGfRAWpgZWEHKbYEKtgNxxLXQqwwMSwQhWpANK0iszMlPTNErqShhYHi3"
    "KjkYKGYT1NdlWXH8B+OdbhbO8FdNunof1J2ntmkVMLC8vFE2e7brg+Tjegot8rfZ4rtc7pYITRG5KVpV8YVXdX/tg4RXlhAXMEBcwAs0D4Tt"
    "bt68jN0F+SUZqUUQ+5sDzy9lYEjMAwsplKRWlHAlvGJgAACd10Ye";

static const char m4[] =
    "eNpLeKXJoMTNyCTAwGTDmsaRDcIMGKBEL7Eoi4Fh7dojxQwMCa+sGfRAWlgYWEHK3YAKtgNxxLXQqwwMSwQhWpANK0iszMlPTNErqShhYGh6"
    "7PSNgcFKimcRc2PLpxzzGT5NBxnvXMg0nMXCNnlGwyEFY0m/R8w79zxJsezgbftcOMch0VyShd2Y88kzBXPpc23NPiw8yw7PnCL6e8KHhFeW"
    "EKcwQJzCC7QMhO1u3ryM3Sn5JRmpRRCHNAeeX8rAkJgHFlIoSa0o4Up4xcAAAHluSW4=";

static const char garbled[] =
    "eNpLeKXJoMTNyCTIwMTAmsaRDcIMSIARTJboJRZlMTD8bhLSZWBIeGXNoAfSwsjAClJuC1SwHYgjroVeZWBYIgjRiGxYQWJlTn5iil5JRQkD"
    "wyQv7SIGhoowrRc/ghnWNqSve1iTrN/zwT1sVrzq8zdBUhVJszfxfXysPIlzv0vEo9yNdaaflNbLZf3L2Z8uwDCv1Pms+IyEV5YoLpAA2sEL"
    "xHY3b17G7oL8kozUIoj9drZep4H2pzuZ/y/Rv1QtdkCz5s/Oim9Z0m+uXefWSnjFwAAA4JJNpg==";

static const char program[] =
    "eNrzjUp4NQpHIS2gJoMSNyOTAAOTDWsaRzYIM2CAEr3EoiwGhrVrjxQzMCS8smbQA2lhZGAFKbcFKtgOxBHXQq8yMCwRhGhBNqwgsTInPzFF"
    "r6SihIGh6adGAFDMJqivy7Li+A/GO90snOGvmnT1Pqg7T23TKmBgeXmjbPZs1wfJx/UUWuRvs8V3udwtEZoiclO0quILr+r+2gcJrywhLmCA"
    "uIAXaB4I2928eRm7C/JLMlKLIPY3B55fysCQmAcWUihJrSjhSnjFwJCUmpGZlwIAgNrLmQ==";

static const char twice[] =
    "eNpLeKXJoMTNyCTAwGTDmsaRDcIMGKBEL7Eoi4Fh7dojxQwMCa+sGfRAWhgZWEHKbYEKtgNxxLXQqwwMSwQhWpANK0iszMlPTNErqShhYGj6"
    "qREAFLMJ6uuyrDj+g/FONwtn+KsmXb0P6s5T27QKGFhe3iibPdv1QfJxPYUW+dts8V0ud0uEpojcFK2q+MKrur/2QcIrS4gLGCAu4AWaB8J2"
    "N29exu6C/JKM1CKI/c2B55cyMCTmgYUUSlIrSrgSXoF8NRoQ4IAAAAWHi4E=";

static const char cut[] =
    "eNpLeKXJoMTNyCTAwGTDmsaRDcIMGKBEL7Eoi4Fh7dojxQwMCa+sGfRAWhgZWEHKbYEKtgNxxLXQqwwMSwQhWpANK0iszMlPTNErqShhYGj6"
    "qREAFLMJ6uuyrDj+g/FONwtn+KsmXb0P6s5T27QKGFhe3iibPdv1QfJxPYUW+dts8V0ud0uEpojcFK2q+MKrur/2QcIrS4gLGCAu4AWaB8IA"
    "MfI0aw==";

static void test_not(void)
{
    CHECK(!arj_looks(span_text("")));
    CHECK(!arj_looks(
        span_text("\x60\xea and then a text that is no header at all, though it is long enough for one of those")));
}

static void test_arj(void)
{
    static const struct sample_row rows[] = {
        { "method 0", m0, 2, "other.txt", SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "method 1", m1, 2, "payload.txt", SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "method 2", m2, 2, "payload.txt", SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "method 3", m3, 2, "payload.txt", SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "method 4", m4, 2, "payload.txt", SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "garbled", garbled, 0, NULL, NULL, UNPACK_ENCRYPTED, "arj: encrypted" },
        { "behind a program", program, 2, "payload.txt", SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "two of them", twice, 4, "payload.txt", SAMPLE_PAYLOAD, UNPACK_DAMAGED, NULL },
        { "cut", cut, SIZE_MAX, "payload.txt", SAMPLE_PAYLOAD, UNPACK_DAMAGED, "arj: " },
    };
    sample_check_rows(rows, sizeof rows / sizeof rows[0], arj_looks, arj_read);
}

int main(void)
{
    test_arj();
    test_not();
    return test_end();
}

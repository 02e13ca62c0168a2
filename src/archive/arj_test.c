/* Made by ARJ 3.10. */
#include "arj.h"

#include "archive/sample_test.h"

static const char m0[] =
    "eNpLeKXJoMTNyCTAwPSpM4UjG4QZMECJXmJRFgMDfwv/dQaGhFfWDHpgLQydIOXbgQpAOOJa6FUGhiWCEC3IhhUkVubkJ6bolVSUMDBsZAs4"
    "CTQxI1UBKqyjUJ6RmZyhkFmskKiQllquUJ5flFKskJOfl66QmJeiUJxYWayQl1+SkQkUSM0pTuUaOM0JryxR/M4L9B0I2928eRm734G6U4sg"
    "Pm+1WeDGwJCYBxZSKEmtKAGax8AAANDdcNc=";

static const char m1[] =
    "eNpLeKXJoMTNyCTAwPSpM4UjG4QZMECJXmJRFgMDfwv/dQaGhFfWDHogLYwMnSDltkAF24E44lroVQaGJYIQLciGFSRW5uQnpuiVVJQwMPQt"
    "KDQFitkE9XVZVhz/wXinm4Uz/FWTrt4HdeepbVoFDCwvb5TNnu36IPm4nkKL/G22+C6XuyVCU0RuilZVfOFV3V/7IOGVJcQFDBAX8ALNA2G7"
    "mzcvY3dBfklGahHE/labBW4MDIl5YCGFktSKEq6EVwwMAAIISbc=";

static const char m2[] =
    "eNpLeKXJoMTNyCTAwPSpM4UjG4QZMECJXmJRFgMDfwv/dQaGhFfWDHogLUwMnSDltkAF24E44lroVQaGJYIQLciGFSRW5uQnpuiVVJQwMIRE"
    "zTcHitkE9XVZVhz/wXinm4Uz/FWTrt4HdeepbVoFDCwvb5TNnu36IPm4nkKL/G22+C6XuyVCU0RuilZVfOFV3V/7IOGVJcQFDBAX8ALNA2G7"
    "mzcvY3dBfklGahHE/labBW4MDIl5YCGFktSKEq6EVwwMANN6SWg=";

static const char m3[] =
    "eNpLeKXJoMTNyCTAwPSpM4UjG4QZMECJXmJRFgMDfwv/dQaGhFfWDHogLcwMnSDltkAF24E44lroVQaGJYIQLciGFSRW5uQnpuiVVJQwMDz6"
    "bGUGFLMJ6uuyrDj+g/FONwtn+KsmXb0P6s5T27QKGFhe3iibPdv1QfJxPYUW+dts8V0ud0uEpojcFK2q+MKrur/2QcIrS4gLGCAu4AWaB8J2"
    "N29exu6C/JKM1CKI/a02C9wYGBLzwEIKJakVJVwJrxgYAEZhSio=";

static const char m4[] =
    "eNpLeKXJoMTNyCTAwPSpM4UjG4QZMECJXmJRFgMDfwv/dQaGhFfWDHogLSwMnSDlbkAF24E44lroVQaGJYIQLciGFSRW5uQnpuiVVJQwMPTt"
    "kp7MwGAlxbOIubHlU475DJ+mg4x3LmQazmJhmzyj4ZCCsaTfI+ade56kWHbwtn0unOOQaC7Jwm7M+eSZgrn0ubZmHxaeZYdnThH9PeFDwitL"
    "iFMYIE7hBVoGwnY3b17G7pT8kozUIohDWm0WAJ2emAcWUihJrSjhSnjFwAAA2CRM3A==";

static const char garbled[] =
    "eNpLeKXJoMTNyCTIwMTQmcKRDcIMSIARTJboJRZlMTCczF93loEh4ZU1gx5ICyNDJ0i5LVDBdiCOuBZ6lYFhiSBEI7JhBYmVOfmJKXolFSUM"
    "DPOEi8QZGP5cWpdSc71Fk+W1VuqP56sZSg5fkru9Mjnj2rw/7+TNukrT14v1Wh+4k/fS9NfGsnXas95VvTB+PKVF6uN5z8kyCa8sUVwgAbSD"
    "F4jtbt68jN0F+SUZqUUQ+y0CVDWA9j8+trv6w+qw/7Nc1v6osP1S9G5+RlB0/7qEVwwMADhNWnc=";

static const char program[] =
    "eNrzjUp4NQpHIS2gJoMSNyOTAAPTp84UjmwQZsAAJXqJRVkMDPwt/NcZGBJeWTPogbQwMnSClNsCFWwH4ohroVcZGJYIQrQgG1aQWJmTn5ii"
    "V1JRwsDQt6DQFChmE9TXZVlx/AfjnW4WzvBXTbp6H9Sdp7ZpFTCwvLxRNnu264Pk43oKLfK32eK7XO6WCE0RuSlaVfGFV3V/7YOEV5YQFzBA"
    "XMALNA+E7W7evIzdBfklGalFEPtbbRa4MTAk5oGFFEpSK0q4El4xMCSlZmTmpQAAM+bPjw==";

static const char twice[] =
    "eNpLeKXJoMTNyCTAwPSpM4UjG4QZMECJXmJRFgMDfwv/dQaGhFfWDHogLYwMnSDltkAF24E44lroVQaGJYIQLciGFSRW5uQnpuiVVJQwMPQt"
    "KDQFitkE9XVZVhz/wXinm4Uz/FWTrt4HdeepbVoFDCwvb5TNnu36IPm4nkKL/G22+C6XuyVCU0RuilZVfOFV3V/7IOGVJcQFDBAX8ALNA2G7"
    "mzcvY3dBfklGahHE/labBW4MDIl5YCGFktSKEq6EVyBfjQYEOCAAVeqTbQ==";

static const char cut[] =
    "eNpLeKXJoMTNyCTAwPSpM4UjG4QZMECJXmJRFgMDfwv/dQaGhFfWDHogLYwMnSDltkAF24E44lroVQaGJYIQLciGFSRW5uQnpuiVVJQwMPQt"
    "KDQFitkE9XVZVhz/wXinm4Uz/FWTrt4HdeepbVoFDCwvb5TNnu36IPm4nkKL/G22+C6XuyVCU0RuilZVfOFV3V/7IOGVJcQFDBAX8ALNA2EA"
    "1ts3/g==";

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

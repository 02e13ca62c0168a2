#include "document/pgp.h"

#include "base/base64.h"
#include "base/memory.h"
#include "base/test.h"
#include "unpack/collect.h"

#include <stdlib.h>
#include <string.h>

#define PAYLOAD "the payload, which is text that nobody minds, the payload, which is text that nobody minds"

enum { SAMPLE_SIZE = 4096, DEPTH = 4 };

/* Made by GnuPG. */
struct row {
    const char *name;
    const char *payload; /* NULL: nothing */
    bool is_encrypted;
    const char *base64;
};

static const struct row rows[] = {
    { "stored", PAYLOAD, false,
      "rGtiC3BheWxvYWQudHh0awhgtHRoZSBwYXlsb2FkLCB3aGljaCBpcyB0ZXh0IHRoYXQgbm9ib2R5IG1pbmRzLCB0aGUgcGF5bG9h"
      "ZCwgd2hpY2ggaXMgdGV4dCB0aGF0IG5vYm9keSBtaW5kcw==" },
    { "zip", PAYLOAD, false,
      "owFbk53EXZBYmZOfmKJXUlGSzZGwpSQjVQEqpKNQnpGZnKGQWaxQklpRolCSkViikJeflJ9SqZCbmZdSrKNAimoA" },
    { "zlib", PAYLOAD, false,
      "owJ4nFuTncRdkFiZk5+YoldSUZLNkbClJCNVASqko1CekZmcoZBZrFCSWlGiUJKRWKKQl5+Un1KpkJuZl1Kso0CKagC9RShU" },
    { "bzip2", PAYLOAD, false,
      "owNCWmg2MUFZJlNZtJ5NEwAANdGYAEhABX5vzOAABAQAIABUJSE0yZNBk02gSVNqGRpkaHqaFJbFxyo5A1UN1p2pDqbHJZOMZkzo"
      "wDwY/LGy1RxMYYSZ8OLvKnYo8MsarRTqBBMZ0LuSKcKEhaTyaJg=" },
    { "signed", PAYLOAD, false,
      "kA0DAAgW2g2FwmlxpskBrGtiC3BheWxvYWQudHh0awhgtHRoZSBwYXlsb2FkLCB3aGljaCBpcyB0ZXh0IHRoYXQgbm9ib2R5IG1p"
      "bmRzLCB0aGUgcGF5bG9hZCwgd2hpY2ggaXMgdGV4dCB0aGF0IG5vYm9keSBtaW5kc4h1BAAWCAAdFiEEVYQfpxm8LNBBK9rV2g2F"
      "wmlxpskFAmsIYLQACgkQ2g2FwmlxpslBSwEAjFRAul5TcT0cKASzbDJPvyctNyvwKYNBfvCdknrrNjsBAK3jUN71upfb7gbGLV8N"
      "N2DmVW3uaMGEorKAZ7YZ/+kN" },
    { "signed, zip", PAYLOAD, false,
      "owGbwMvMwCF2i7f1UGbhspOMa7KTuAsSK3PyE1P0SipKsjkStpRkpCpAhXQUyjMykzMUMosVSlIrShRKMhJLFPLyk/JTKhVyM/NS"
      "inUUSFHdUcrCIMbBICumyBLaIr9cco/OBUftW1dhjmFlAlnPwMUpABNx9GZk6Alx2BUXXGgro8GyOcfIf7+6rrn2B81mx7oPcydV"
      "vTazZmRY+zjg3tdd02+/YzumG89rnvAsNPddxsGWRZsa0rdJ/n/JCwA=" },
    { "signed, bzip2", PAYLOAD, false,
      "owNCWmg2MUFZJlNZjw+dAwAAYv///3pBJuDvEYpgCM4B/u/u8U5EUIIRhh0UsSBCGQkpQgCwALNY7QaBiGgGjIAABpoNGgAAABoD"
      "IHqZBqUyno9SaaegnoJppgTTEZNqaPImjNI2UwjTNEwZRmkzUBqUGgAaAAAAAAAAAAA0AAADchxThMkscJ9mJynb0D0xyGI4Kmsm"
      "6K550MmjrO9vEXQsPILAwUiIMUG0u8qgZR1mqtp9PhgUanrvrO9XM2k0fOETESWMZETR8D3JjBwHg8GzODYGoTyhqHkmEXD/XxII"
      "UDCwbD4hYqg4MJh4g6hCGcOQL7gxdg0VxAKCkZobcsH8qkrWjNlGwomTMuVpFkfTH728TfQXf4Fo36QI+fvsDVMCVhekm4/i7kin"
      "ChIR4fOgYA==" },
    { "signed, armoured", PAYLOAD, false,
      "LS0tLS1CRUdJTiBQR1AgTUVTU0FHRS0tLS0tCgpvd0did012TXdDRjJpN2YxVUdiaHNwT01hN0tUdUFzU0szUHlFMVAwU2lwS3Nq"
      "a1N0cFJrcENwQWhYUVV5ak15Cmt6TVVNb3NWU2xJclNoUktNaEpMRlBMeWsvSlRLaFZ5TS9OU2luVVVTRkhkVWNyQ0lNYkJJQ3Vt"
      "eUJMYUlyOWMKY28vT0JVZnRXMWRoam1GbEFsblB3TVVwQUJOeDlHWms2QWx4MkJVWFhHZ3JvOEd5T2NmSWY3KzZycm4yQjgxbQp4"
      "N29QY3lkVnZUYXpabVJZK3pqZzN0ZGQwMisvWXp1bUc4OXJudkFzTlBkZHhzR1dSWnNhMHJkSi9uL0pDd0E9Cj0vNlQrCi0tLS0t"
      "RU5EIFBHUCBNRVNTQUdFLS0tLS0K" },
    { "signed text", PAYLOAD, false,
      "LS0tLS1CRUdJTiBQR1AgU0lHTkVEIE1FU1NBR0UtLS0tLQpIYXNoOiBTSEEyNTYKCnRoZSBwYXlsb2FkLCB3aGljaCBpcyB0ZXh0"
      "IHRoYXQgbm9ib2R5IG1pbmRzLCB0aGUgcGF5bG9hZCwgd2hpY2ggaXMgdGV4dCB0aGF0IG5vYm9keSBtaW5kcwotLS0tLUJFR0lO"
      "IFBHUCBTSUdOQVRVUkUtLS0tLQoKaUhVRUFSWUlBQjBXSVFSVmhCK25HYndzMEVFcjJ0WGFEWVhDYVhHbXlRVUNhd2hndEFBS0NS"
      "RGFEWVhDYVhHbQp5WjJGQVFDMUJOV2hSSy9TbStpQkk3ZWg2cGNHSUtvZDVScmhyNXFxL0xvTkdadlpEUUVBdjVlaGhPS0JsdXZG"
      "ClNaOWJ4Vm1HZDNYMTA3aFp3aGNJUlU4RTNvajZMQUE9Cj1iZjh0Ci0tLS0tRU5EIFBHUCBTSUdOQVRVUkUtLS0tLQo=" },
    { "for a key", NULL, true,
      "hF4DdjWH8k1ibQgSAQdAEhkslQs1ghdVZOAiAuPmFWyJ3PPlI6vYD7EcTBhJtm4w8JQ5EbbqH2rV4OoU8MOM+bVyZ+B3bK3qZsRf"
      "zwUYNyc+3b+jSDYAeLcSPS1RtqMY0nEBmi0JK+wWVCsIM8Hmy7pToZUnuuVQet36eCpSll/BpjJvmbaljnaX9EWcp6PeZT5GMU4Z"
      "y2CwMYC98tyFUxyEew2TEA4BgRDhbwJsuk7bDkdHQxNPp2mWwFM4mWrqVg5kHBUCfTBKKjwx1RLmPumHew==" },
    { "for a key, armoured", NULL, true,
      "LS0tLS1CRUdJTiBQR1AgTUVTU0FHRS0tLS0tCgpoRjREZGpXSDhrMWliUWdTQVFkQUNzdk1rRkk0aDQrL3hndm4zMW15TzFPd0Ft"
      "M1BlZ0JzcUdZN2krVnBNRVF3CkxtTHBPMnBCdXh0TlMxckhjUFVhMXdUenpGbWF2dkZBbWJNVGFJZjFiQjg2RzJDWU1VVkhCaVk2"
      "T2dtV2ZrQnAKMG5FQmQvVlpLNTk0cGVrR044dlhMUFJjblFEOXBPbkkrczltNzg5NjgxNlduY2tuSzRhMVdlRHlueUpzYzRXUApK"
      "QUM5UWNocWJMODhSemlrMWxuN2dEMUduU0p3c0kwaVNRK1hjZFRZdlA5Mitrb2g0UzAzS2xLdW1ZaUlZbHNhCklLcVUyNTFTM1FB"
      "SlVGNm9BQnltMU16dnlRPT0KPTJ0d2sKLS0tLS1FTkQgUEdQIE1FU1NBR0UtLS0tLQo=" },
    { "under a password", NULL, true,
      "jA0ECQMCsFeqZhgf7+f/0msBvYPDnBoYLRG4kUbGkulQKdXXgjxzICnddVXC4c+X2a7DfSDBewS3lbQOxIbUPxoixP3U4cZdp5b+"
      "+IOJrXn/3nPOWAFuFWLUucoOcQiQ3yghwKu+EUOuqo19HZP6q5jDR+c08Fs0VNvAqA==" },
    { "signature", NULL, false,
      "iHUEABYIAB0WIQRVhB+nGbws0EEr2tXaDYXCaXGmyQUCawhgtAAKCRDaDYXCaXGmyUFLAQCMVEC6XlNxPRwoBLNsMk+/Jy03K/Ap"
      "g0F+8J2Seus2OwEAreNQ3vW6l9vuBsYtXw03YOZVbe5owYSisoBnthn/6Q0=" },
    { "signature, armoured", NULL, false,
      "LS0tLS1CRUdJTiBQR1AgU0lHTkFUVVJFLS0tLS0KCmlIVUVBQllJQUIwV0lRUlZoQituR2J3czBFRXIydFhhRFlYQ2FYR215UVVD"
      "YXdoZ3RBQUtDUkRhRFlYQ2FYR20KeVVGTEFRQ01WRUM2WGxOeFBSd29CTE5zTWsrL0p5MDNLL0FwZzBGKzhKMlNldXMyT3dFQXJl"
      "TlEzdlc2bDl2dQpCc1l0WHcwM1lPWlZiZTVvd1lTaXNvQm50aG4vNlEwPQo9dkR4MQotLS0tLUVORCBQR1AgU0lHTkFUVVJFLS0t"
      "LS0K" },
    { "key", NULL, false,
      "mDMEawhgtBYJKwYBBAHaRw8BAQdAk4kihvVG1PlzNMLpTXPtMR8pBzeFyCP0TEU6FQulxfe0DXRAZXhhbXBsZS5vcmeIkAQTFggA"
      "OBYhBFWEH6cZvCzQQSva1doNhcJpcabJBQJrCGC0AhsDBQsJCAcCBhUKCQgLAgQWAgMBAh4BAheAAAoJENoNhcJpcabJbb0A+wSB"
      "SIgcJIWp2Eh9BLWXo2mHd1cDFBmIOs7jVXgnLpEWAQCJWznePG+ucsJf5RMVtW3fWkXW1qwPW1mxVUrtZgZFDLg4BGsIYLQSCisG"
      "AQQBl1UBBQEBB0Bi3Nghya5sB2ov2XoWBh8COtiplj2osFtqTvtfbHe5TwMBCAeIeAQYFggAIBYhBFWEH6cZvCzQQSva1doNhcJp"
      "cabJBQJrCGC0AhsMAAoJENoNhcJpcabJRowBAMQTptEO7itllMbvhDmK+3dXHdMjdv1DyLXwjxHIfj+mAP4yEl8BBi5IWl35f4tW"
      "RBZJiU/tqFsNExgk78hVBOJOAQ==" },
    { "key, armoured", NULL, false,
      "LS0tLS1CRUdJTiBQR1AgUFVCTElDIEtFWSBCTE9DSy0tLS0tCgptRE1FYXdoZ3RCWUpLd1lCQkFIYVJ3OEJBUWRBazRraWh2Vkcx"
      "UGx6Tk1McFRYUHRNUjhwQnplRnlDUDBURVU2CkZRdWx4ZmUwRFhSQVpYaGhiWEJzWlM1dmNtZUlrQVFURmdnQU9CWWhCRldFSDZj"
      "WnZDelFRU3ZhMWRvTmhjSnAKY2FiSkJRSnJDR0MwQWhzREJRc0pDQWNDQmhVS0NRZ0xBZ1FXQWdNQkFoNEJBaGVBQUFvSkVOb05o"
      "Y0pwY2FiSgpiYjBBK3dTQlNJZ2NKSVdwMkVoOUJMV1hvMm1IZDFjREZCbUlPczdqVlhnbkxwRVdBUUNKV3puZVBHK3Vjc0pmCjVS"
      "TVZ0VzNmV2tYVzFxd1BXMW14VlVydFpnWkZETGc0QkdzSVlMUVNDaXNHQVFRQmwxVUJCUUVCQjBCaTNOZ2gKeWE1c0Iyb3YyWG9X"
      "Qmg4Q090aXBsajJvc0Z0cVR2dGZiSGU1VHdNQkNBZUllQVFZRmdnQUlCWWhCRldFSDZjWgp2Q3pRUVN2YTFkb05oY0pwY2FiSkJR"
      "SnJDR0MwQWhzTUFBb0pFTm9OaGNKcGNhYkpSb3dCQU1RVHB0RU83aXRsCmxNYnZoRG1LKzNkWEhkTWpkdjFEeUxYd2p4SElmaitt"
      "QVA0eUVsOEJCaTVJV2wzNWY0dFdSQlpKaVUvdHFGc04KRXhnazc4aFZCT0pPQVE9PQo9TGNaQQotLS0tLUVORCBQR1AgUFVCTElD"
      "IEtFWSBCTE9DSy0tLS0tCg==" },
};

static struct span sample(const char *text, char *bytes_out)
{
    struct base64 base64 = { 0 };
    struct span rest = span_text(text);
    size_t size = base64_decode(&base64, &rest, bytes_out, SAMPLE_SIZE);
    return span_of(bytes_out, size + base64_flush(&base64, bytes_out + size));
}

/* What a message gives when its members are read as well. */
struct outcome {
    size_t members;
    size_t notes;
    bool is_found;
    bool is_named; /* as the payload was */
    bool is_encrypted;
};

/* Each content is of its exact size, so that a sanitizer sees a read beyond it. */
static void read_all(struct span bytes, size_t room, struct span payload, unsigned depth, struct outcome *outcome)
{
    char *exact = memory_new(bytes.size + 1);
    struct collect *collect = memory_new(sizeof *collect);
    if (bytes.size > 0)
        memcpy(exact, bytes.data, bytes.size);
    collect_init(collect);
    collect->room = room;
    if (pgp_looks(span_of(exact, bytes.size)))
        collect_read(collect, pgp_read, span_of(exact, bytes.size));
    outcome->members += collect->count;
    outcome->notes += collect->note_count;
    outcome->is_found |= payload.size > 0 && collect_find(collect, payload) != NULL;
    outcome->is_named |= collect_named(collect, "payload.txt") != NULL;
    outcome->is_encrypted |= collect_has_note(collect, UNPACK_ENCRYPTED, "pgp: encrypted");
    for (size_t i = 0; depth > 1 && i < collect->count; i++)
        read_all(buf_span(&collect->members[i].bytes), room, payload, depth - 1, outcome);
    collect_fini(collect);
    free(collect);
    free(exact);
}

static void test_rows(void)
{
    char bytes[SAMPLE_SIZE];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *payload = rows[i].payload;
        test_context(rows[i].name);
        for (size_t room = 0; room < 4; room++) {
            struct outcome outcome = { 0 };
            read_all(sample(rows[i].base64, bytes), room, span_text(payload != NULL ? payload : ""), DEPTH, &outcome);
            CHECK(outcome.is_encrypted == rows[i].is_encrypted);
            CHECK(outcome.notes == (rows[i].is_encrypted ? 1U : 0U));
            CHECK(outcome.is_found == (payload != NULL));
            CHECK(payload != NULL || rows[i].is_encrypted || outcome.members == 0);
            CHECK(payload == NULL || outcome.is_named || strcmp(rows[i].name, "signed text") == 0);
        }
    }
    test_context(NULL);
}

static void check_text(const char *name, struct span bytes, const char *payload, const char *note)
{
    struct collect *collect = memory_new(sizeof *collect);
    test_context(name);
    collect_init(collect);
    CHECK(pgp_looks(bytes));
    collect_read(collect, pgp_read, bytes);
    CHECK(collect->count == 1 && collect_find(collect, span_text(payload)) != NULL);
    CHECK(note == NULL ? collect->note_count == 0 : collect_has_note(collect, UNPACK_DAMAGED, note));
    collect_fini(collect);
    free(collect);
    test_context(NULL);
}

#define CHECK_TEXT(name, text, payload, note) check_text(name, span_of(text, sizeof(text) - 1), payload, note)

static void test_texts(void)
{
    CHECK_TEXT("partial lengths",
               "\xcb\xe3"
               "t\0\0\0\0\0ab"
               "\xe0"
               "c"
               "\xe1"
               "de"
               "\2"
               "fg",
               "abcdefg", NULL);
    CHECK_TEXT("cut",
               "\xcb\x09"
               "t\0\0\0\0\0ab",
               "ab", "cut short");
    CHECK_TEXT("dashes",
               "Hello\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n- - dash\n- -- two\ntext\n"
               "-----BEGIN PGP SIGNATURE-----\n\n=\n-----END PGP SIGNATURE-----\n",
               "- dash\n-- two\ntext", NULL);
    CHECK_TEXT("no end", "-----BEGIN PGP MESSAGE-----\r\nVersion: 1\r\n\r\nYWJj\r\n=abcd\r\n", "abc", NULL);
}

static void test_looks(void)
{
    CHECK(!pgp_looks(span_text("")));
    CHECK(!pgp_looks(span_text("\xcb\x87 a letter in UTF-8")));
    CHECK(!pgp_looks(span_text("\xc3\xa9t\xc3\xa9")));
    CHECK(!pgp_looks(span_text("\x85\x01\x0c\x03, and nothing behind")));
    CHECK(!pgp_looks(span_text("\xff\xd8\xff\xe0")));
    CHECK(pgp_looks(span_text("\xa4\x15twenty bytes of noise")));
    CHECK(!pgp_looks(span_text("\xa4\x15twenty bytes of noise\xa4\x01x")));
}

/* The label above a message is not to be believed. */
static void test_label(void)
{
    static const char text[] = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nyw50AAAAAAB0aGUgdGV4dA==\n-----END";
    struct outcome outcome = { 0 };
    read_all(span_text(text), 0, span_text("the text"), 2, &outcome);
    CHECK(outcome.is_found && outcome.notes == 0);
}

/* As many headers as one likes. */
static void test_headers(void)
{
    static const char begin[] = "-----BEGIN PGP MESSAGE-----\n";
    static const char end[] = "\nyw50AAAAAAB0aGUgdGV4dA==\n-----END PGP MESSAGE-----\n";
    struct outcome outcome = { 0 };
    struct buf text;
    buf_init(&text, SAMPLE_SIZE);
    buf_put_text(&text, begin);
    for (int i = 0; i < 100; i++)
        buf_put_text(&text, "Comment: none\n");
    buf_put_text(&text, end);
    read_all(buf_span(&text), 0, span_text("the text"), 2, &outcome);
    CHECK(outcome.is_found && outcome.notes == 0);
    buf_fini(&text);
}

static void test_cut(void)
{
    char bytes[SAMPLE_SIZE];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct span whole = sample(rows[i].base64, bytes);
        for (size_t size = 0; size < whole.size; size++) {
            struct outcome outcome = { 0 };
            read_all(span_slice(whole, 0, size), 0, (struct span){ 0 }, 2, &outcome);
        }
    }
}

int main(void)
{
    test_rows();
    test_texts();
    test_looks();
    test_label();
    test_headers();
    test_cut();
    return test_end();
}

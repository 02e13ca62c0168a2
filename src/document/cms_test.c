#include "document/cms.h"

#include "base/base64.h"
#include "base/memory.h"
#include "base/test.h"
#include "unpack/collect.h"

#include <stdlib.h>
#include <string.h>

#define PAYLOAD "the payload, which is text that nobody minds, the payload, which is text that nobody minds"
/* What a block in armour gives is binary, for the reader to be called again. */
#define BINARY ""

enum { SAMPLE_SIZE = 4096 };

/* Made by openssl cms, the compressed ones by hand. */
struct row {
    const char *name;
    const char *payload; /* NULL: nothing */
    bool is_encrypted;
    const char *base64;
};

static const struct row rows[] = {
    { "signed", PAYLOAD, false,
      "MIIBIQYJKoZIhvcNAQcCoIIBEjCCAQ4CAQExDTALBglghkgBZQMEAgEwaQYJKoZIhvcNAQcBoFwEWnRoZSBwYXlsb2FkLCB3aGlj"
      "aCBpcyB0ZXh0IHRoYXQgbm9ib2R5IG1pbmRzLCB0aGUgcGF5bG9hZCwgd2hpY2ggaXMgdGV4dCB0aGF0IG5vYm9keSBtaW5kczGB"
      "jjCBiwIBATAkMAwxCjAIBgNVBAMMAXQCFFYUSvWMZ7ol/RpKUWmCEu91yBgCMAsGCWCGSAFlAwQCATAKBggqhkjOPQQDAgRHMEUC"
      "IQDTaNtvezZ4c1Q9/zEXJ5svasp3Pm62Tc8CimPBcn3LfQIgGQWuZrgL1aUMhE5oGCybDgpYzv2Ev4RMTCrAOyYmhf8=" },
    { "signed, BER", PAYLOAD, false,
      "MIAGCSqGSIb3DQEHAqCAMIACAQExDTALBglghkgBZQMEAgEwgAYJKoZIhvcNAQcBoIAkgARadGhlIHBheWxvYWQsIHdoaWNoIGlz"
      "IHRleHQgdGhhdCBub2JvZHkgbWluZHMsIHRoZSBwYXlsb2FkLCB3aGljaCBpcyB0ZXh0IHRoYXQgbm9ib2R5IG1pbmRzAAAAAAAA"
      "MYGNMIGKAgEBMCQwDDEKMAgGA1UEAwwBdAIUVhRK9YxnuiX9GkpRaYIS73XIGAIwCwYJYIZIAWUDBAIBMAoGCCqGSM49BAMCBEYw"
      "RAIgPf2hzn1vSuZDq6T+Fze+R+Ml1M2pbNbUXWHHTvLmIu8CIADbLyf6R28oYQdBCgyyixrzkJXIiLDc6md50Gaaw0AhAAAAAAAA" },
    { "signed, detached", NULL, false,
      "MIHABgkqhkiG9w0BBwKggbIwga8CAQExDTALBglghkgBZQMEAgEwCwYJKoZIhvcNAQcBMYGNMIGKAgEBMCQwDDEKMAgGA1UEAwwB"
      "dAIUVhRK9YxnuiX9GkpRaYIS73XIGAIwCwYJYIZIAWUDBAIBMAoGCCqGSM49BAMCBEYwRAIgRExtqg38etGLt6x132E3ES7WNH0M"
      "bGvUihK3Hecla40CIG5m4/eolSbiabGbYk1nmokDvafderoErxKMHWM/sMKp" },
    { "compressed", PAYLOAD, false,
      "MG0GCyqGSIb3DQEJEAEJoF4wXAIBADANBgsqhkiG9w0BCRADCDBIBgkqhkiG9w0BBwGgOwQ5eNoryUhVKEiszMlPTNFRKM/ITM5Q"
      "yCxWKEmtKFEoyUgsUcjLT8pPqVTIzcxLKdYBChGvGgDNbSDR" },
    { "compressed, BER in pieces", PAYLOAD, false,
      "MHsGCyqGSIb3DQEJEAEJoGwwagIBADANBgsqhkiG9w0BCRADCDBWBgkqhkiG9w0BBwGgSSSABBR42ivJSFUoSKzMyU9M0VEoz8hM"
      "ziSABAFQAAAkJgQkyCxWKEmtKFEoyUgsUcjLT8pPqVTIzcxLKdYBChGvGgDNbSDRAAA=" },
    { "digested", PAYLOAD, false,
      "MIGeBgkqhkiG9w0BBwWggZAwgY0CAQAwBwYFKw4DAhowaQYJKoZIhvcNAQcBoFwEWnRoZSBwYXlsb2FkLCB3aGljaCBpcyB0ZXh0"
      "IHRoYXQgbm9ib2R5IG1pbmRzLCB0aGUgcGF5bG9hZCwgd2hpY2ggaXMgdGV4dCB0aGF0IG5vYm9keSBtaW5kcwQURkirEijHiakV"
      "LHRKJXEY3O5RF1Y=" },
    { "data", PAYLOAD, false,
      "MGkGCSqGSIb3DQEHAaBcBFp0aGUgcGF5bG9hZCwgd2hpY2ggaXMgdGV4dCB0aGF0IG5vYm9keSBtaW5kcywgdGhlIHBheWxvYWQs"
      "IHdoaWNoIGlzIHRleHQgdGhhdCBub2JvZHkgbWluZHM=" },
    { "enveloped", NULL, true,
      "MIIBXQYJKoZIhvcNAQcDoIIBTjCCAUoCAQAxgb4wgbsCAQAwJDAMMQowCAYDVQQDDAFyAhRv+QDUEcfFRlIY2Gf0xrl3vX2VLzAN"
      "BgkqhkiG9w0BAQEFAASBgGDIPZe0suVKd3lvcfI/nkT4mpgPBfqdRN4u2KQFKvBUFU7PgafB4pDxFqMO0uhiQoh5F7SHCFZ3zvw2"
      "Ocq/7eZRJ9IBIcvWHZ2PjCfcqzkhObPweYSX3IfXpWll/FaMiex/zNwWiNBInz+E0A+hVWe3Tsx/XygEp6dQg8WZ/KFKMIGDBgkq"
      "hkiG9w0BBwEwFAYIKoZIhvcNAwcECH3vJjZz24ISgGB8Oi4CXIMJDc8CDDElStqw/Yfd5mJArdL2xhBRGWnuqqddukuDsPmlH+mm"
      "xRzk15wdefdg6qDqJgjg/pSmQ+6Ng/m+AD4yFY4UKTts9733lNp8usDkYzcl1EErUFKnkXg=" },
    { "authenticated and enveloped", NULL, true,
      "MIIBdQYLKoZIhvcNAQkQARegggFkMIIBYAIBADGBvjCBuwIBADAkMAwxCjAIBgNVBAMMAXICFG/5ANQRx8VGUhjYZ/TGuXe9fZUv"
      "MA0GCSqGSIb3DQEBAQUABIGAFcwLXM1OBvokpFvPWAcOMtCLfSNMhv3f7MxB6zWhQDmEDWP6tKFnVgG9wwZSRh8w4ysBDezgWKf+"
      "sXLnmVcNJPExWq/e2ztU7FlA8rSnjZja2EOsbqz5aWhvja93XhAljSHmt4xpbdJGskUHydVPIN+mvTQ3azapk2Y7mgrxvOUwgYcG"
      "CSqGSIb3DQEHATAeBglghkgBZQMEAQYwEQQM9mngz441E4Y39wHAAgEQgFoEonpdZjzuUNfq9alWTFQ67XjdvhC+uTsauiIFfrbN"
      "1s649WdSygw2RBA5R848CFGkq9Ms01QpwccbJnIeLH/8Ky92w/IIpUL6svJucz8VvEqdqgOR23vKLDIEEETzm3GAFa2XRzSXSsk1"
      "FVg=" },
    { "encrypted data", NULL, true,
      "MIGjBgkqhkiG9w0BBwaggZUwgZICAQAwgYwGCSqGSIb3DQEHATAdBglghkgBZQMEAQIEELdsnBw37yaIVA2jzHnsfZKAYN8tUUkN"
      "B0jTpz53BhEe1bUhGDgzstjh0aYECARsurbBugp8XI8tqf5iZtsQI2A8oBltYbKeHwLzHqyjAOnO3lP/fLYDRXV1wE7uJq2l9QTU"
      "lyybJgvm9oaVwTvpzDxYBQ==" },
    { "armoured", BINARY, false,
      "LS0tLS1CRUdJTiBDTVMtLS0tLQpNSUlCSVFZSktvWklodmNOQVFjQ29JSUJFakNDQVE0Q0FRRXhEVEFMQmdsZ2hrZ0JaUU1FQWdF"
      "d2FRWUpLb1pJCmh2Y05BUWNCb0Z3RVduUm9aU0J3WVhsc2IyRmtMQ0IzYUdsamFDQnBjeUIwWlhoMElIUm9ZWFFnYm05aWIyUjUK"
      "SUcxcGJtUnpMQ0IwYUdVZ2NHRjViRzloWkN3Z2QyaHBZMmdnYVhNZ2RHVjRkQ0IwYUdGMElHNXZZbTlrZVNCdAphVzVrY3pHQmpq"
      "Q0Jpd0lCQVRBa01Bd3hDakFJQmdOVkJBTU1BWFFDRkZZVVN2V01aN29sL1JwS1VXbUNFdTkxCnlCZ0NNQXNHQ1dDR1NBRmxBd1FD"
      "QVRBS0JnZ3Foa2pPUFFRREFnUkhNRVVDSVFEVGFOdHZlelo0YzFROS96RVgKSjVzdmFzcDNQbTYyVGM4Q2ltUEJjbjNMZlFJZ0dR"
      "V3VacmdMMWFVTWhFNW9HQ3liRGdwWXp2MkV2NFJNVENyQQpPeVltaGY4PQotLS0tLUVORCBDTVMtLS0tLQo=" },
    { "armoured as a certificate, amid text", BINARY, false,
      "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJJUVlKS29aSWh2Y05BUWNDb0lJQkVqQ0NBUTRDQVFFeERUQUxCZ2xnaGtn"
      "QlpRTUVBZ0V3YVFZSktvWkkKaHZjTkFRY0JvRndFV25Sb1pTQndZWGxzYjJGa0xDQjNhR2xqYUNCcGN5QjBaWGgwSUhSb1lYUWdi"
      "bTlpYjJSNQpJRzFwYm1SekxDQjBhR1VnY0dGNWJHOWhaQ3dnZDJocFkyZ2dhWE1nZEdWNGRDQjBhR0YwSUc1dlltOWtlU0J0CmFX"
      "NWtjekdCampDQml3SUJBVEFrTUF3eENqQUlCZ05WQkFNTUFYUUNGRllVU3ZXTVo3b2wvUnBLVVdtQ0V1OTEKeUJnQ01Bc0dDV0NH"
      "U0FGbEF3UUNBVEFLQmdncWhrak9QUVFEQWdSSE1FVUNJUURUYU50dmV6WjRjMVE5L3pFWApKNXN2YXNwM1BtNjJUYzhDaW1QQmNu"
      "M0xmUUlnR1FXdVpyZ0wxYVVNaEU1b0dDeWJEZ3BZenYyRXY0Uk1UQ3JBCk95WW1oZjg9Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0t"
      "LS0K" },
    { "certificates alone", NULL, false,
      "MIIBQgYJKoZIhvcNAQcCoIIBMzCCAS8CAQExADALBgkqhkiG9w0BBwGgggEXMIIBEzCBuQIUVhRK9YxnuiX9GkpRaYIS73XIGAIw"
      "CgYIKoZIzj0EAwIwDDEKMAgGA1UEAwwBdDAeFw0yNjExMjYxNjM2MDhaFw0zNzExMDgxNjM2MDhaMAwxCjAIBgNVBAMMAXQwWTAT"
      "BgcqhkjOPQIBBggqhkjOPQMBBwNCAAS90qOZwlQa94f6GmeMH9MZWSxhnbLlxZPg3FjFjhgwdjnMzl+BlVBoGmaZDQMy5Q57AErP"
      "AF08Lgm3yy1RoupzMAoGCCqGSM49BAMCA0kAMEYCIQDtdh0oaOlNgcgGM4geofZFW7+aFZ2YSpDCUFzUzjD77wIhAPyzE6IM0HpO"
      "I6UtnQxjF5dJxIQSnzmHx8Jqm/lzESbrMQA=" },
};

/* A signed message whose content's type is compressedData. */
static const char typed_row[] =
    "MIIBJgYJKoZIhvcNAQcCoIIBFzCCARMCAQMxDTALBglghkgBZQMEAgEwbwYLKoZIhvcNAQkQAQmgYAReMFwCAQAwDQYLKoZIhvcN"
    "AQkQAwgwSAYJKoZIhvcNAQcBoDsEOXjaK8lIVShIrMzJT0zRUSjPyEzOUMgsVihJrShRKMlILFHIy0/KT6lUyM3MSynWAQoRrxoA"
    "zW0g0TGBjTCBigIBATAkMAwxCjAIBgNVBAMMAXQCFFYUSvWMZ7ol/RpKUWmCEu91yBgCMAsGCWCGSAFlAwQCATAKBggqhkjOPQQD"
    "AgRGMEQCIBiIYvE7YTN8Svg+90SA2mjneYGhGczVqKIHZMqD2b5tAiAHpXl/E0G/ziWKaiTN1DAyqGdD2w5saRNa127koQodHQ==";

static struct span sample(const char *text, char *bytes_out)
{
    struct base64 base64 = { 0 };
    struct span rest = span_text(text);
    size_t size = base64_decode(&base64, &rest, bytes_out, SAMPLE_SIZE);
    return span_of(bytes_out, size + base64_flush(&base64, bytes_out + size));
}

/* Of the exact size, so that a sanitizer sees a read beyond it. */
static struct collect *read_sample(struct span bytes, size_t room)
{
    struct collect *collect = memory_new(sizeof *collect);
    char *exact = memory_new(bytes.size + 1);
    memcpy(exact, bytes.data, bytes.size);
    collect_init(collect);
    collect->room = room;
    if (cms_looks(span_of(exact, bytes.size)))
        collect_read(collect, cms_read, span_of(exact, bytes.size));
    free(exact);
    return collect;
}

static void end_sample(struct collect *collect)
{
    collect_fini(collect);
    free(collect);
}

static void test_rows(void)
{
    char bytes[SAMPLE_SIZE];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].name);
        for (size_t room = 0; room < 4; room++) {
            struct collect *collect = read_sample(sample(rows[i].base64, bytes), room);
            CHECK(collect->note_count == (rows[i].is_encrypted ? 1U : 0U));
            CHECK(collect_has_note(collect, UNPACK_ENCRYPTED, "s/mime: encrypted") == rows[i].is_encrypted);
            CHECK(collect->count == (rows[i].payload != NULL ? 1U : 0U));
            if (rows[i].payload != NULL && rows[i].payload[0] != '\0')
                CHECK(collect_find(collect, span_text(rows[i].payload)) != NULL);
            if (rows[i].payload != NULL && rows[i].payload[0] == '\0')
                CHECK(cms_looks(buf_span(&collect->members[0].bytes)));
            end_sample(collect);
        }
    }
    test_context(NULL);
}

static void test_typed(void)
{
    char bytes[SAMPLE_SIZE];
    struct collect *collect = read_sample(sample(typed_row, bytes), 0);
    CHECK(collect->count == 2 && collect->note_count == 0);
    struct collect *inner = read_sample(buf_span(&collect->members[1].bytes), 0);
    CHECK(collect_find(inner, span_text(PAYLOAD)) != NULL && inner->note_count == 0);
    end_sample(inner);
    end_sample(collect);
}

static void test_cut(void)
{
    char bytes[SAMPLE_SIZE];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct span whole = sample(rows[i].base64, bytes);
        for (size_t size = 0; size < whole.size; size++)
            end_sample(read_sample(span_slice(whole, 0, size), 0));
    }
    struct collect *collect = read_sample(span_slice(sample(rows[0].base64, bytes), 0, 90), 0);
    CHECK(collect->count == 1 && collect_has_note(collect, UNPACK_DAMAGED, "cut short"));
    end_sample(collect);
}

static void test_looks(void)
{
    CHECK(!cms_looks(span_text("")));
    CHECK(!cms_looks(span_text("0 is a digit")));
    CHECK(!cms_looks(span_text("-----BEGIN CMS-----\nnothing that is one\n-----END CMS-----\n")));
    CHECK(!cms_looks(span_text("-----BEGIN ")));
    CHECK(!cms_looks(span_text("Many words")));
    CHECK(cms_looks(span_text(rows[0].base64)));
}

int main(void)
{
    test_rows();
    test_typed();
    test_cut();
    test_looks();
    return test_end();
}

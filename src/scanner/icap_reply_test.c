#include "icap_reply.h"

#include "base/test.h"
#include "proto/icap.h"

#include <string.h>

struct reply_row {
    const char *head;
    const char *http; /* NULL: none */
    enum icap_content content;
    bool may_204;
    enum answer_kind kind;
    enum unscannable unscannable;
    const char *text; /* at its start */
};

#define FOUND "ICAP/1.0 200 OK\r\n"
#define PAGE "HTTP/1.1 403 Forbidden\r\n"
#define SAME ICAP_CONTENT_SAME, false
#define OTHER ICAP_CONTENT_OTHER, true
#define NOTHING ICAP_CONTENT_NONE, true

static const struct reply_row rows[] = {
    { "ICAP/1.0 204 No content\r\n", NULL, NOTHING, ANSWER_CLEAN, UNSCANNABLE_NONE, "" },
    { "ICAP/1.0 204 No\r\nX-FSecure-Scan-Result: clean\r\n", NULL, NOTHING, ANSWER_CLEAN, UNSCANNABLE_NONE, "" },
    { "ICAP/1.0 204 No\r\nX-Violations-Found: 0\r\n", NULL, NOTHING, ANSWER_CLEAN, UNSCANNABLE_NONE, "" },
    { "ICAP/1.0 204 No\r\nX-Virus-ID: no threats\r\n", NULL, NOTHING, ANSWER_CLEAN, UNSCANNABLE_NONE, "" },
    { "ICAP/1.0 204 No\r\nX-Virus-ID: Test\r\n", NULL, NOTHING, ANSWER_INFECTED, UNSCANNABLE_NONE, "Test" },
    { FOUND, "HTTP/1.1 200 OK\r\n", SAME, ANSWER_CLEAN, UNSCANNABLE_NONE, "" },
    { FOUND, NULL, SAME, ANSWER_CLEAN, UNSCANNABLE_NONE, "" },
    { FOUND, "HTTP/1.1 200 OK\r\n", ICAP_CONTENT_SAME, true, ANSWER_FAILED, UNSCANNABLE_NONE, "it sent the content" },
    { FOUND, "HTTP/1.1 200 OK\r\n", OTHER, ANSWER_FAILED, UNSCANNABLE_NONE, "it changed the content" },
    { FOUND, NULL, NOTHING, ANSWER_FAILED, UNSCANNABLE_NONE, "it answered 200 without any content" },
    { FOUND, PAGE, OTHER, ANSWER_INFECTED, UNSCANNABLE_NONE, "unnamed" },
    { FOUND, PAGE, SAME, ANSWER_INFECTED, UNSCANNABLE_NONE, "unnamed" },
    { FOUND, "HTTP/1.1 307 x\r\nLocation: http://x/?virus=Y\r\n", OTHER, ANSWER_INFECTED, UNSCANNABLE_NONE, "unnamed" },
    { FOUND, "HTTP/1.1 302 x\r\nLocation: http://x/\r\n", OTHER, ANSWER_FAILED, UNSCANNABLE_NONE, "it changed" },
    { FOUND, "HTTP/1.1 500 x\r\n", SAME, ANSWER_FAILED, UNSCANNABLE_NONE, "it changed" },
    { FOUND "X-Infection-Found: Type=0; Resolution=2; Threat=Troj/DocDl-OYC;\r\n", PAGE, OTHER, ANSWER_INFECTED,
      UNSCANNABLE_NONE, "Troj/DocDl-OYC" },
    { FOUND "X-Infection-Found: Type=0; Resolution=2; Threat=;\r\n", PAGE, OTHER, ANSWER_INFECTED, UNSCANNABLE_NONE,
      "Type=0" },
    { FOUND "X-Infection-Found:\r\n", PAGE, OTHER, ANSWER_INFECTED, UNSCANNABLE_NONE, "unnamed" },
    { FOUND "X-Infection-Found: Type=2; Resolution=2; Threat=Encrypted container violation;\r\n", PAGE, OTHER,
      ANSWER_UNSCANNABLE, UNSCANNABLE_ENCRYPTED, "Encrypted" },
    { FOUND "X-Infection-Found: Type=2; Resolution=2; Threat=Container size violation\r\n", PAGE, OTHER,
      ANSWER_UNSCANNABLE, UNSCANNABLE_LIMIT, "Container size" },
    { FOUND "X-Infection-Found: Type=2; Resolution=2; Threat=Container extraction time violation\r\n", PAGE, OTHER,
      ANSWER_FAILED, UNSCANNABLE_NONE, "Container extraction" },
    { FOUND "X-Infection-Found: Type=2; Resolution=2; Threat=Odd\r\n", PAGE, OTHER, ANSWER_UNSCANNABLE,
      UNSCANNABLE_UNSUPPORTED, "Odd" },
    { FOUND "X-Violations-Found: 1\r\n\teicar.com\r\n\tEICAR Test\r\n\t1\r\n\t2\r\n", PAGE, OTHER, ANSWER_INFECTED,
      UNSCANNABLE_NONE, "EICAR Test" },
    { FOUND "X-Violations-Found: 2\r\n\ta\r\n\tEncrypted container violation\r\n\t1\r\n\t2\r\n\tb\r\n\tW32/X\r\n\t1\r\n"
            "\t2\r\n",
      PAGE, OTHER, ANSWER_INFECTED, UNSCANNABLE_ENCRYPTED, "W32/X" },
    { FOUND "X-Violations-Found: 1\r\n", PAGE, OTHER, ANSWER_INFECTED, UNSCANNABLE_NONE, "unnamed" },
    { FOUND "X-Violations-Found: many\r\n", PAGE, OTHER, ANSWER_FAILED, UNSCANNABLE_NONE, "its X-Violations" },
    { FOUND "X-Virus-Name: EICAR\r\n", PAGE, OTHER, ANSWER_INFECTED, UNSCANNABLE_NONE, "EICAR" },
    { FOUND "X-Virus-ID: Heuristics.Encrypted.Zip\r\n", PAGE, OTHER, ANSWER_UNSCANNABLE, UNSCANNABLE_ENCRYPTED,
      "Heuristics.Encrypted.Zip" },
    { FOUND "X-FSecure-Scan-Result: infected\r\nX-FSecure-Infection-Name: \"EICAR_Test_File\"\r\n", PAGE, OTHER,
      ANSWER_INFECTED, UNSCANNABLE_NONE, "EICAR_Test_File" },
    { FOUND "X-FSecure-Scan-Result: error\r\n", PAGE, OTHER, ANSWER_FAILED, UNSCANNABLE_NONE, "its X-FSecure" },
    { FOUND "X-Blocked: Virus found during virus scan.\r\n", NULL, OTHER, ANSWER_INFECTED, UNSCANNABLE_NONE,
      "unnamed" },
    { FOUND "X-Blocked: False\r\n", NULL, OTHER, ANSWER_FAILED, UNSCANNABLE_NONE, "it changed the content" },
    { FOUND "X-Response-Info: Blocked\r\n", NULL, OTHER, ANSWER_INFECTED, UNSCANNABLE_NONE, "unnamed" },
    { FOUND, "HTTP/1.1 200 OK\r\nX-Virus-ID: Inside\r\n", SAME, ANSWER_INFECTED, UNSCANNABLE_NONE, "Inside" },
    { "ICAP/1.0 100 Continue\r\n", NULL, NOTHING, ANSWER_FAILED, UNSCANNABLE_NONE, "it wants more than there is" },
    { "ICAP/1.0 206 Partial\r\n", NULL, SAME, ANSWER_FAILED, UNSCANNABLE_NONE, "it sent a part" },
    { "ICAP/1.0 201 Created\r\n", NULL, SAME, ANSWER_FAILED, UNSCANNABLE_NONE, "an unknown status: 201" },
    { "ICAP/1.0 400 Bad\r\n", NULL, NOTHING, ANSWER_FAILED, UNSCANNABLE_NONE, "it did not understand" },
    { "ICAP/1.0 404 No\r\n", NULL, NOTHING, ANSWER_FAILED, UNSCANNABLE_NONE, "it has no such service" },
    { "ICAP/1.0 405 No\r\n", NULL, NOTHING, ANSWER_FAILED, UNSCANNABLE_NONE, "its service does not know" },
    { "ICAP/1.0 408 Late\r\n", NULL, NOTHING, ANSWER_FAILED, UNSCANNABLE_NONE, "it gave up waiting" },
    { "ICAP/1.0 500 Server error\r\n", NULL, NOTHING, ANSWER_FAILED, UNSCANNABLE_NONE, "it failed: 500 Server error" },
    { "ICAP/1.0 503 Busy\r\n", NULL, NOTHING, ANSWER_FAILED, UNSCANNABLE_NONE, "it is overloaded" },
    { "ICAP/1.0 505 Old\r\n", NULL, NOTHING, ANSWER_FAILED, UNSCANNABLE_NONE, "it does not know this version" },
    { "ICAP/1.0 539 Aborted - No AV scanning license\r\n", NULL, NOTHING, ANSWER_FAILED, UNSCANNABLE_NONE,
      "an unknown status: 539 Aborted - No AV" },
    { "ICAP/1.0 500 x\r\nX-Infection-Found: Type=0; Threat=X\r\n", NULL, NOTHING, ANSWER_INFECTED, UNSCANNABLE_NONE,
      "X" },
    { "ICAP/1.0 500 x\r\nX-Infection-Found: Type=2; Threat=Y\r\n", NULL, NOTHING, ANSWER_FAILED, UNSCANNABLE_NONE,
      "it failed" },
};

static void judge(const struct reply_row *row, bool has_all, struct answer *answer_out)
{
    struct icap_head head = { .status = 0 };
    struct icap_head http = { .status = 0 };
    CHECK(icap_head_read(span_text(row->head), "ICAP", &head));
    CHECK(row->http == NULL || icap_head_read(span_text(row->http), "HTTP", &http));
    struct icap_reply reply = { .status = head.status,
                                .reason = head.reason,
                                .fields = head.fields,
                                .http_status = http.status,
                                .http_fields = http.fields,
                                .content = row->content,
                                .may_204 = row->may_204,
                                .has_all = has_all };
    icap_reply_judge(&reply, answer_out);
}

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct reply_row *row = &rows[i];
        struct answer answer;
        test_context(row->head);
        judge(row, true, &answer);
        CHECK(answer.kind == row->kind);
        CHECK(answer.unscannable == row->unscannable);
        if (!CHECK(strncmp(answer.text, row->text, strlen(row->text)) == 0))
            test_context(answer.text);
        judge(row, false, &answer); /* a find is a find; but nothing is clean of which it had not all */
        CHECK(answer.kind == (row->kind == ANSWER_CLEAN ? ANSWER_FAILED : row->kind));
    }
    return test_end();
}

#include "clamd_reply.h"

#include "base/test.h"

#include <string.h>

struct reply_row {
    const char *reply;
    enum answer_kind kind;
    enum unscannable unscannable;
    const char *text;
};

#define HASH "0123456789abcdef0123456789abcdef"

static const struct reply_row rows[] = {
    { "stream: OK", ANSWER_CLEAN, UNSCANNABLE_NONE, "" },
    { "fd[10]: OK", ANSWER_CLEAN, UNSCANNABLE_NONE, "" },
    { "stream: Eicar-Signature FOUND", ANSWER_INFECTED, UNSCANNABLE_NONE, "Eicar-Signature" },
    { "fd[7]: A name: with OK and spaces FOUND", ANSWER_INFECTED, UNSCANNABLE_NONE, "A name: with OK and spaces" },
    { "stream: Eicar(" HASH ":68) FOUND", ANSWER_INFECTED, UNSCANNABLE_NONE, "Eicar" },
    { "stream: Eicar(x) FOUND", ANSWER_INFECTED, UNSCANNABLE_NONE, "Eicar(x)" },
    { "stream: (" HASH ":68) FOUND", ANSWER_INFECTED, UNSCANNABLE_NONE, "(" HASH ":68)" },
    { "stream: (null) FOUND", ANSWER_INFECTED, UNSCANNABLE_NONE, "(null)" },
    { "stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND", ANSWER_UNSCANNABLE, UNSCANNABLE_LIMIT,
      "Heuristics.Limits.Exceeded.MaxFileSize" },
    { "stream: Heuristics.Limits.Exceeded.EmailHeaders FOUND", ANSWER_UNSCANNABLE, UNSCANNABLE_LIMIT,
      "Heuristics.Limits.Exceeded.EmailHeaders" },
    { "stream: Heuristics.Limits.Exceeded.MaxScanTime FOUND", ANSWER_FAILED, UNSCANNABLE_NONE,
      "Heuristics.Limits.Exceeded.MaxScanTime" },
    { "fd[9]: Heuristics.Encrypted.Zip FOUND", ANSWER_UNSCANNABLE, UNSCANNABLE_ENCRYPTED, "Heuristics.Encrypted.Zip" },
    { "INSTREAM size limit exceeded. ERROR", ANSWER_UNSCANNABLE, UNSCANNABLE_LIMIT,
      "larger than clamd's StreamMaxLength" },
    { "stream: Can't allocate memory ERROR", ANSWER_FAILED, UNSCANNABLE_NONE,
      "clamd reports: stream: Can't allocate memory" },
    { "Error writing to temporary file ERROR", ANSWER_FAILED, UNSCANNABLE_NONE,
      "clamd reports: Error writing to temporary file" },
    { "fd[1]: x FOUND ERROR", ANSWER_FAILED, UNSCANNABLE_NONE, "clamd reports: fd[1]: x FOUND" },
    { "COMMAND READ TIMED OUT", ANSWER_FAILED, UNSCANNABLE_NONE, "unknown reply: COMMAND READ TIMED OUT" },
    { "UNKNOWN COMMAND", ANSWER_FAILED, UNSCANNABLE_NONE, "unknown reply: UNKNOWN COMMAND" },
    { "", ANSWER_FAILED, UNSCANNABLE_NONE, "unknown reply: " },
    { "OK", ANSWER_FAILED, UNSCANNABLE_NONE, "unknown reply: OK" },
    { "stream:OK", ANSWER_FAILED, UNSCANNABLE_NONE, "unknown reply: stream:OK" },
    { "stream: ok", ANSWER_FAILED, UNSCANNABLE_NONE, "unknown reply: stream: ok" },
    { "stream: OK ", ANSWER_FAILED, UNSCANNABLE_NONE, "unknown reply: stream: OK " },
    { "stream: not OK", ANSWER_FAILED, UNSCANNABLE_NONE, "unknown reply: stream: not OK" },
    { "fd[]: OK", ANSWER_FAILED, UNSCANNABLE_NONE, "unknown reply: fd[]: OK" },
    { "fd[1: OK", ANSWER_FAILED, UNSCANNABLE_NONE, "unknown reply: fd[1: OK" },
    { "/tmp/x: OK", ANSWER_FAILED, UNSCANNABLE_NONE, "unknown reply: /tmp/x: OK" },
    { "stream:  FOUND", ANSWER_FAILED, UNSCANNABLE_NONE, "unknown reply: stream:  FOUND" },
    { "\x1b[2J\r\n", ANSWER_FAILED, UNSCANNABLE_NONE, "unknown reply: ?[2J??" },
};

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct reply_row *row = &rows[i];
        test_context(row->reply);
        struct answer answer = { 0 };
        clamd_reply_read(span_text(row->reply), &answer);
        CHECK(answer.kind == row->kind);
        CHECK(answer.unscannable == row->unscannable);
        CHECK(strcmp(answer.text, row->text) == 0);
    }
    test_context("a NUL within");
    struct answer answer = { 0 };
    clamd_reply_read(span_of("stream: OK\0", 11), &answer);
    CHECK(answer.kind == ANSWER_FAILED);
    CHECK(clamd_reply_date(span_text("Mon Nov 23 08:00:00 2026")) == 1795420800);
    CHECK(clamd_reply_date(span_text(" Mon Nov 23 08:00:00 2026\n")) == 1795420800);
    CHECK(clamd_reply_date(span_text("")) == 0 && clamd_reply_date(span_text("Mon Nov 23 08:00:00 2026 x")) == 0);
    CHECK(clamd_reply_date(span_text("Mon Nov 23 08:00:00 1926")) == 0);
    return test_end();
}

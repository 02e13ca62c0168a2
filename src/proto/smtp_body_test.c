#include "proto/smtp_body.h"

#include "base/buf.h"
#include "base/test.h"

#include <string.h>

/* A string literal as a span, NUL bytes included. */
#define BYTES(literal)                                                                                                 \
    {                                                                                                                  \
        (literal), sizeof(literal) - 1                                                                                 \
    }

enum { OUT_LIMIT = 1 << 20 };

struct outcome {
    struct buf out;
    size_t taken;
    bool is_ended;
    enum smtp_body_flaw flaw;
    uint64_t mended;
};

static void collect(void *context, struct span run)
{
    struct outcome *outcome = context;
    buf_put_span(&outcome->out, run);
}

static void read_in_steps(struct outcome *outcome, enum smtp_body_kind kind, bool mends, struct span in, size_t step)
{
    *outcome = (struct outcome){ 0 };
    buf_init(&outcome->out, OUT_LIMIT);
    struct smtp_body body;
    smtp_body_init(&body, kind, mends, collect, outcome);
    for (size_t at = 0; at < in.size && !smtp_body_is_ended(&body); at += step)
        outcome->taken += smtp_body_take(&body, span_slice(in, at, step));
    outcome->is_ended = smtp_body_is_ended(&body);
    if (kind == SMTP_BODY_BDAT)
        smtp_body_finish(&body);
    outcome->flaw = body.flaw;
    outcome->mended = body.mended;
}

struct row {
    const char *name;
    enum smtp_body_kind kind;
    bool mends;
    struct span in;
    struct span out;
    enum smtp_body_flaw flaw;
};

static const struct row rows[] = {
    { "plain", SMTP_BODY_DATA, false, BYTES("A: b\r\n\r\nhello\r\n.\r\n"), BYTES("A: b\r\n\r\nhello\r\n"), 0 },
    { "empty", SMTP_BODY_DATA, false, BYTES(".\r\n"), BYTES(""), 0 },
    { "dots", SMTP_BODY_DATA, false, BYTES("a\r\n..\r\n...b\r\n.c\r\n.\r\n"), BYTES("a\r\n.\r\n..b\r\nc\r\n"), 0 },
    { "a dot first", SMTP_BODY_DATA, false, BYTES("..a\r\n.\r\n"), BYTES(".a\r\n"), 0 },
    { "a dot within", SMTP_BODY_DATA, false, BYTES("a.\r\nb.c\r\n.\r\n"), BYTES("a.\r\nb.c\r\n"), 0 },
    { "NUL bytes", SMTP_BODY_DATA, false, BYTES("a\0b\r\n\0\r\n.\r\n"), BYTES("a\0b\r\n\0\r\n"), 0 },
    { "8 bits", SMTP_BODY_DATA, false, BYTES("\xff\xfe\x80\r\n.\r\n"), BYTES("\xff\xfe\x80\r\n"), 0 },
    { "bare LF", SMTP_BODY_DATA, false, BYTES("a\nb\r\n.\r\n"), BYTES("a"), SMTP_BODY_BARE_LF },
    { "bare LF mended", SMTP_BODY_DATA, true, BYTES("a\nb\n\nc\r\n.\r\n"), BYTES("a\r\nb\r\n\r\nc\r\n"), 0 },
    { "bare CR", SMTP_BODY_DATA, false, BYTES("a\rb\r\n.\r\n"), BYTES("a"), SMTP_BODY_BARE_CR },
    { "bare CR mended", SMTP_BODY_DATA, true, BYTES("a\rb\r\rc\r\n.\r\n"), BYTES("a\r\nb\r\n\r\nc\r\n"), 0 },
    { "stammer", SMTP_BODY_DATA, false, BYTES("a\r\r\nb\r\n.\r\n"), BYTES("a"), SMTP_BODY_BARE_CR },
    { "stammer mended", SMTP_BODY_DATA, true, BYTES("a\r\r\r\nb\r\n.\r\n"), BYTES("a\r\nb\r\n"), 0 },
    { "no stammer any more", SMTP_BODY_DATA, true, BYTES("a\r\r\r\r\r\r\r\r\r\r\n.\r\n"), BYTES("a\r\n\r\n\r\n"), 0 },
    { "the first flaw", SMTP_BODY_DATA, false, BYTES("a\nb\rc\r\n.\r\n"), BYTES("a"), SMTP_BODY_BARE_LF },
    { "continues", SMTP_BODY_DATA, true, BYTES(" a\r\n.\r\n"), BYTES(""), SMTP_BODY_CONTINUES },
    { "continues by tab", SMTP_BODY_DATA, true, BYTES("\ta\r\n.\r\n"), BYTES(""), SMTP_BODY_CONTINUES },
    { "continues behind a dot", SMTP_BODY_DATA, true, BYTES(". a\r\n.\r\n"), BYTES(""), SMTP_BODY_CONTINUES },
    { "BDAT", SMTP_BODY_BDAT, false, BYTES("A: b\r\n\r\n.\r\n..\r\n"), BYTES("A: b\r\n\r\n.\r\n..\r\n"), 0 },
    { "BDAT, empty", SMTP_BODY_BDAT, false, BYTES(""), BYTES(""), 0 },
    { "BDAT, no last CRLF", SMTP_BODY_BDAT, false, BYTES("a"), BYTES("a\r\n"), 0 },
    { "BDAT, a dot last", SMTP_BODY_BDAT, false, BYTES("a\r\n."), BYTES("a\r\n.\r\n"), 0 },
    { "BDAT, CR last", SMTP_BODY_BDAT, false, BYTES("a\r"), BYTES("a"), SMTP_BODY_BARE_CR },
    { "BDAT, CR last mended", SMTP_BODY_BDAT, true, BYTES("a\r"), BYTES("a\r\n"), 0 },
    { "BDAT, LF last mended", SMTP_BODY_BDAT, true, BYTES("a\n"), BYTES("a\r\n"), 0 },
    { "BDAT, bare LF", SMTP_BODY_BDAT, false, BYTES("a\nb"), BYTES("a"), SMTP_BODY_BARE_LF },
    { "BDAT continues", SMTP_BODY_BDAT, false, BYTES(" a\r\n"), BYTES(""), SMTP_BODY_CONTINUES },
};

static void test_rows(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        test_context(row->name);
        for (size_t step = 1; step <= row->in.size + 1; step++) {
            struct outcome outcome;
            read_in_steps(&outcome, row->kind, row->mends, row->in, step);
            /* A flawed message is dropped, so only what came before the flaw is certain. */
            if (row->flaw == SMTP_BODY_SOUND)
                CHECK(span_equal(buf_span(&outcome.out), row->out));
            CHECK(outcome.flaw == row->flaw);
            CHECK(outcome.taken == row->in.size);
            CHECK(outcome.is_ended == (row->kind == SMTP_BODY_DATA));
            buf_fini(&outcome.out);
        }
    }
    test_context(NULL);
}

/* What somebody's server takes for the end of a message, or might. */
static const struct span false_ends[] = {
    BYTES("\n.\n"),       BYTES("\n.\r\n"),     BYTES("\n.\r"),       BYTES("\r.\r"),       BYTES("\r.\n"),
    BYTES("\r.\r\n"),     BYTES("\r\n.\n"),     BYTES("\r\n.\r"),     BYTES("\r\n\0.\r\n"), BYTES("\r\n.\0\r\n"),
    BYTES("\r\n.\r\0\n"), BYTES("\r\n.\r\r\n"), BYTES("\r\n\r.\r\n"), BYTES("\n\n.\r\n"),   BYTES("\r\n .\r\n"),
};

static void test_false_end(struct span end, bool mends, size_t step)
{
    struct buf in;
    buf_init(&in, 1024);
    buf_put_text(&in, "A: b\r\n\r\nfirst");
    buf_put_span(&in, end);
    buf_put_text(&in, "MAIL FROM:<evil@x.test>\r\nRCPT TO:<a@b.test>\r\nDATA\r\nsecond\r\n.\r\n");
    struct outcome outcome;
    read_in_steps(&outcome, SMTP_BODY_DATA, mends, buf_span(&in), step);
    CHECK(outcome.is_ended && outcome.taken == in.size);
    struct span out = buf_span(&outcome.out);
    if (mends || outcome.flaw == SMTP_BODY_SOUND)
        CHECK(span_find(out, span_text("\r\nsecond\r\n")) != SPAN_NONE);
    for (size_t i = 0; i < out.size; i++) {
        if (out.data[i] == '\n')
            CHECK(i > 0 && out.data[i - 1] == '\r');
        if (out.data[i] == '\r')
            CHECK(i + 1 < out.size && out.data[i + 1] == '\n');
    }
    buf_fini(&outcome.out);
    buf_fini(&in);
}

static void test_false_ends(void)
{
    for (size_t i = 0; i < sizeof false_ends / sizeof false_ends[0]; i++) {
        for (size_t step = 1; step < 40; step++) {
            test_false_end(false_ends[i], true, step);
            test_false_end(false_ends[i], false, step);
        }
        test_false_end(false_ends[i], true, 1024);
        test_false_end(false_ends[i], false, 1024);
    }
}

/* Nothing behind the end is touched: it is the next command. */
static void test_pipelined(void)
{
    struct outcome outcome;
    read_in_steps(&outcome, SMTP_BODY_DATA, false, span_text("a\r\n.\r\nQUIT\r\n"), 100);
    CHECK(outcome.is_ended && outcome.taken == 6);
    buf_fini(&outcome.out);
}

static void test_mended_count(void)
{
    struct outcome outcome;
    read_in_steps(&outcome, SMTP_BODY_DATA, true, span_text("a\nb\rc\r\r\n.\r\n"), 3);
    CHECK(outcome.mended == 3);
    buf_fini(&outcome.out);
}

static void count_runs(void *context, struct span run)
{
    unsigned *runs = context;
    (void)run;
    (*runs)++;
}

/* Ordinary lines come out in one run, not line by line. */
static void test_runs_are_large(void)
{
    struct buf in;
    buf_init(&in, OUT_LIMIT);
    for (unsigned i = 0; i < 1000; i++)
        buf_put_text(&in, "an ordinary line\r\n");
    unsigned runs = 0;
    struct smtp_body body;
    smtp_body_init(&body, SMTP_BODY_DATA, false, count_runs, &runs);
    CHECK(smtp_body_take(&body, buf_span(&in)) == in.size);
    CHECK(runs == 1);
    buf_fini(&in);
}

int main(void)
{
    test_rows();
    test_false_ends();
    test_pipelined();
    test_mended_count();
    test_runs_are_large();
    return test_end();
}

#include "proto/smtp_command.h"

#include "base/test.h"

#include <string.h>

enum { ALL = SMTP_EXT_SIZE | SMTP_EXT_8BITMIME | SMTP_EXT_SMTPUTF8 | SMTP_EXT_DSN };

static void test_verbs(void)
{
    static const struct {
        const char *line;
        enum smtp_verb verb;
        const char *arguments;
    } rows[] = {
        { "MAIL FROM:<a@b>", SMTP_MAIL, "FROM:<a@b>" },
        { "mail from:<a@b> ", SMTP_MAIL, "from:<a@b>" },
        { "eHlO\t client.test", SMTP_EHLO, "client.test" },
        { "QUIT", SMTP_QUIT, "" },
        { "QUIT  ", SMTP_QUIT, "" },
        { "QUITE", SMTP_UNKNOWN, "" },
        { "", SMTP_UNKNOWN, "" },
        { " NOOP", SMTP_UNKNOWN, "NOOP" },
        { "MAIL:", SMTP_UNKNOWN, "" },
        { "BDAT 10 LAST", SMTP_BDAT, "10 LAST" },
        { "Subject: hello", SMTP_UNKNOWN, "hello" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct span arguments;
        test_context(rows[i].line);
        CHECK(smtp_verb_parse(span_text(rows[i].line), &arguments) == rows[i].verb);
        CHECK(span_is(arguments, rows[i].arguments));
    }
    test_context(NULL);
    for (int verb = SMTP_UNKNOWN + 1; verb < SMTP_VERBS; verb++) {
        struct span arguments;
        const char *text = smtp_verb_text((enum smtp_verb)verb);
        CHECK(smtp_verb_parse(span_text(text), &arguments) == (enum smtp_verb)verb);
        CHECK(smtp_verb_line_limit((enum smtp_verb)verb) <= SMTP_LINE_LIMIT);
    }
}

struct row {
    const char *line;
    unsigned offered;
    bool is_utf8;
    const char *reply;   /* its first ten characters; NULL: accepted */
    const char *address; /* what is accepted gives these */
    const char *parameters;
};

static const struct row rows[] = {
    { "MAIL FROM:<a@b.test>", ALL, false, NULL, "a@b.test", "" },
    { "MAIL FROM: <a@b.test>", ALL, false, NULL, "a@b.test", "" },
    { "MAIL FROM:<>", ALL, false, NULL, "", "" },
    { "MAIL FROM:<a.b+c=d/e@b.test>", ALL, false, NULL, "a.b+c=d/e@b.test", "" },
    { "MAIL FROM:<.a..b.@b.test>", ALL, false, NULL, ".a..b.@b.test", "" },
    { "MAIL FROM:<\"a b\"@b.test>", ALL, false, NULL, "\"a b\"@b.test", "" },
    { "MAIL FROM:<\"a\\\"<>@ b\"@b.test>", ALL, false, NULL, "\"a\\\"<>@ b\"@b.test", "" },
    { "MAIL FROM:<\"\"@b.test>", ALL, false, NULL, "\"\"@b.test", "" },
    { "MAIL FROM:<a@[127.0.0.1]>", ALL, false, NULL, "a@[127.0.0.1]", "" },
    { "MAIL FROM:<a@[IPv6:::1]>", ALL, false, NULL, "a@[IPv6:::1]", "" },
    { "MAIL FROM:<a@my_host.test>", ALL, false, NULL, "a@my_host.test", "" },
    { "MAIL FROM:<postmaster>", ALL, false, NULL, "postmaster", "" },
    { "MAIL FROM:<@x.test:a@b.test>", ALL, false, NULL, "a@b.test", "" },
    { "MAIL FROM:<@x.test,@y.test:a@b.test>", ALL, false, NULL, "a@b.test", "" },
    { "MAIL FROM:<@x.test:>", ALL, false, "501 5.1.7 ", NULL, NULL },
    { "MAIL FROM:<@x.test>", ALL, false, "501 5.1.7 ", NULL, NULL },
    { "MAIL FROM:<@>", ALL, false, "501 5.1.7 ", NULL, NULL },
    { "MAIL FROM:<@x,@:a@b>", ALL, false, "501 5.1.7 ", NULL, NULL },
    { "MAIL FROM:<@x,y:a@b>", ALL, false, "501 5.1.7 ", NULL, NULL },
    { "MAIL FROM:<a b@b.test>", ALL, false, "501 5.1.7 ", NULL, NULL },
    { "MAIL FROM:<a@b@c.test>", ALL, false, "501 5.1.7 ", NULL, NULL },
    { "MAIL FROM:<a@>", ALL, false, "501 5.1.7 ", NULL, NULL },
    { "MAIL FROM:<a@[]>", ALL, false, "501 5.1.7 ", NULL, NULL },
    { "MAIL FROM:<a@[b>c]>", ALL, false, "501 5.1.7 ", NULL, NULL },
    { "MAIL FROM:<a@[b>", ALL, false, "501 5.1.7 ", NULL, NULL },
    { "MAIL FROM:<\"a@b.test>", ALL, false, "501 5.1.7 ", NULL, NULL },
    { "MAIL FROM:<\"a\"b@b.test>", ALL, false, "501 5.1.7 ", NULL, NULL },
    { "MAIL FROM:<\"a\\", ALL, false, "501 5.1.7 ", NULL, NULL },
    { "MAIL FROM:<a@b.test", ALL, false, "501 5.1.7 ", NULL, NULL },
    { "MAIL FROM:<a@b.test>x", ALL, false, "501 5.1.7 ", NULL, NULL },
    { "MAIL FROM:<<a@b.test>>", ALL, false, "501 5.1.7 ", NULL, NULL },
    { "MAIL FROM:<a\x01@b.test>", ALL, false, "501 5.1.7 ", NULL, NULL },
    { "MAIL FROM:a@b.test", ALL, false, "501 5.5.4 ", NULL, NULL },
    { "MAIL FROM", ALL, false, "501 5.5.4 ", NULL, NULL },
    { "MAIL FROM:", ALL, false, "501 5.5.4 ", NULL, NULL },
    { "MAIL TO:<a@b.test>", ALL, false, "501 5.5.4 ", NULL, NULL },
    { "MAIL", ALL, false, "501 5.5.4 ", NULL, NULL },
    { "RCPT TO:<a@b.test>", ALL, false, NULL, "a@b.test", "" },
    { "RCPT TO:<>", ALL, false, NULL, "", "" },
    { "RCPT TO:<a b>", ALL, false, "501 5.1.3 ", NULL, NULL },
    { "RCPT FROM:<a@b>", ALL, false, "501 5.5.4 ", NULL, NULL },
    /* UTF-8 */
    { "MAIL FROM:<j\xc3\xbcrgen@b\xc3\xbc.test> SMTPUTF8", ALL, false, NULL, "j\xc3\xbcrgen@b\xc3\xbc.test",
      "SMTPUTF8" },
    { "MAIL FROM:<\"j\xc3\xbc\"@b.test> SMTPUTF8", ALL, false, NULL, "\"j\xc3\xbc\"@b.test", "SMTPUTF8" },
    { "MAIL FROM:<j\xc3\xbcrgen@b.test>", ALL, false, "553 5.6.7 ", NULL, NULL },
    { "MAIL FROM:<j\xfcrgen@b.test> SMTPUTF8", ALL, false, "501 5.1.7 ", NULL, NULL },
    { "MAIL FROM:<j\xc3> SMTPUTF8", ALL, false, "501 5.1.7 ", NULL, NULL },
    { "MAIL FROM:<j\xc3\xbcrgen@b.test> SMTPUTF8", ALL & ~SMTP_EXT_SMTPUTF8, false, "555 5.5.4 ", NULL, NULL },
    { "MAIL FROM:<a@b.test> SMTPUTF8=1", ALL, false, "501 5.5.4 ", NULL, NULL },
    { "RCPT TO:<j\xc3\xbcrgen@b.test>", ALL, true, NULL, "j\xc3\xbcrgen@b.test", "" },
    { "RCPT TO:<j\xc3\xbcrgen@b.test>", ALL, false, "553 5.6.7 ", NULL, NULL },
    { "RCPT TO:<a@b.test> ORCPT=utf-8;j\xc3\xbc@b.test", ALL, true, NULL, "a@b.test", "ORCPT=utf-8;j\xc3\xbc@b.test" },
    { "RCPT TO:<a@b.test> ORCPT=utf-8;j\xc3\xbc@b.test", ALL, false, "553 5.6.7 ", NULL, NULL },
    { "RCPT TO:<a@b.test> ORCPT=utf-8;j\xfc@b.test", ALL, true, "501 5.5.4 ", NULL, NULL },
    /* parameters */
    { "MAIL FROM:<a@b.test> SIZE=1000 BODY=8BITMIME", ALL, false, NULL, "a@b.test", "SIZE=1000 BODY=8BITMIME" },
    { "MAIL FROM:<a@b.test>  body=7bit   size=5 ", ALL, false, NULL, "a@b.test", "size=5 body=7bit" },
    { "MAIL FROM:<a@b.test> SIZE=99999999999999999999", ALL, false, NULL, "a@b.test", "SIZE=99999999999999999999" },
    { "MAIL FROM:<a@b.test> SIZE=999999999999999999999", ALL, false, "501 5.5.4 ", NULL, NULL },
    { "MAIL FROM:<a@b.test> SIZE=-1", ALL, false, "501 5.5.4 ", NULL, NULL },
    { "MAIL FROM:<a@b.test> SIZE=", ALL, false, "501 5.5.4 ", NULL, NULL },
    { "MAIL FROM:<a@b.test> SIZE", ALL, false, "501 5.5.4 ", NULL, NULL },
    { "MAIL FROM:<a@b.test> SIZE=1 SIZE=1", ALL, false, "501 5.5.4 ", NULL, NULL },
    { "MAIL FROM:<a@b.test> SIZE=1", 0, false, "555 5.5.4 ", NULL, NULL },
    { "MAIL FROM:<a@b.test> BODY=BINARYMIME", ALL, false, "555 5.5.4 ", NULL, NULL },
    { "MAIL FROM:<a@b.test> BODY=8BITMIME", ALL & ~SMTP_EXT_8BITMIME, false, "555 5.5.4 ", NULL, NULL },
    { "MAIL FROM:<a@b.test> RET=HDRS ENVID=QQ+2B1", ALL, false, NULL, "a@b.test", "RET=HDRS ENVID=QQ+2B1" },
    { "MAIL FROM:<a@b.test> RET=HDRS", ALL & ~SMTP_EXT_DSN, false, "555 5.5.4 ", NULL, NULL },
    { "MAIL FROM:<a@b.test> RET=SOME", ALL, false, "501 5.5.4 ", NULL, NULL },
    { "MAIL FROM:<a@b.test> ENVID=Q+2", ALL, false, "501 5.5.4 ", NULL, NULL },
    { "MAIL FROM:<a@b.test> ENVID=a=b", ALL, false, "501 5.5.4 ", NULL, NULL },
    { "MAIL FROM:<a@b.test> AUTH=<>", ALL, false, NULL, "a@b.test", "" },
    { "MAIL FROM:<a@b.test> AUTH=<> SIZE=7", SMTP_EXT_SIZE, false, NULL, "a@b.test", "SIZE=7" },
    { "MAIL FROM:<a@b.test> AUTH=e+2B@c.test", ALL, false, NULL, "a@b.test", "" },
    { "MAIL FROM:<a@b.test> AUTH=", ALL, false, "501 5.5.4 ", NULL, NULL },
    { "MAIL FROM:<a@b.test> REQUIRETLS", ALL, false, "555 5.5.4 ", NULL, NULL },
    { "MAIL FROM:<a@b.test> NOTIFY=NEVER", ALL, false, "555 5.5.4 ", NULL, NULL },
    { "MAIL FROM:<a@b.test> =", ALL, false, "555 5.5.4 ", NULL, NULL },
    { "RCPT TO:<a@b.test> NOTIFY=NEVER ORCPT=rfc822;a+2Bc@b.test", ALL, false, NULL, "a@b.test",
      "NOTIFY=NEVER ORCPT=rfc822;a+2Bc@b.test" },
    { "RCPT TO:<a@b.test> NOTIFY=success,DELAY,FAILURE", ALL, false, NULL, "a@b.test", "NOTIFY=success,DELAY,FAILURE" },
    { "RCPT TO:<a@b.test> NOTIFY=NEVER,DELAY", ALL, false, "501 5.5.4 ", NULL, NULL },
    { "RCPT TO:<a@b.test> NOTIFY=DELAY,", ALL, false, "501 5.5.4 ", NULL, NULL },
    { "RCPT TO:<a@b.test> NOTIFY=", ALL, false, "501 5.5.4 ", NULL, NULL },
    { "RCPT TO:<a@b.test> ORCPT=rfc822", ALL, false, "501 5.5.4 ", NULL, NULL },
    { "RCPT TO:<a@b.test> ORCPT=;a", ALL, false, "501 5.5.4 ", NULL, NULL },
    { "RCPT TO:<a@b.test> SIZE=1", ALL, false, "555 5.5.4 ", NULL, NULL },
};

static void test_envelopes(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        test_context(row->line);
        struct span arguments;
        enum smtp_verb verb = smtp_verb_parse(span_text(row->line), &arguments);
        struct smtp_envelope envelope;
        const char *reply = NULL;
        int got = smtp_envelope_parse(verb, arguments, row->offered, row->is_utf8, &envelope, &reply);
        CHECK(got == (row->reply != NULL ? -1 : 0));
        if (row->reply != NULL) {
            CHECK(strncmp(reply, row->reply, 10) == 0);
            continue;
        }
        CHECK(span_is(envelope.address, row->address));
        struct buf parameters;
        buf_init(&parameters, SMTP_LINE_LIMIT);
        smtp_envelope_put_parameters(&envelope, ALL, &parameters);
        CHECK(strcmp(buf_text(&parameters), row->parameters) == 0);
        buf_fini(&parameters);
    }
    test_context(NULL);
}

static void test_meaning(void)
{
    struct smtp_envelope envelope;
    const char *reply = NULL;
    struct buf text;
    buf_init(&text, SMTP_LINE_LIMIT);
    CHECK(smtp_envelope_parse(SMTP_MAIL, span_text("FROM:<> SIZE=77 BODY=7BIT"), ALL, false, &envelope, &reply) == 0);
    CHECK(envelope.size == 77 && envelope.extensions == (SMTP_EXT_SIZE | SMTP_EXT_8BITMIME));
    smtp_envelope_put_parameters(&envelope, ALL & ~SMTP_EXT_SIZE, &text);
    CHECK(strcmp(buf_text(&text), "BODY=7BIT") == 0);
    CHECK(smtp_envelope_parse(SMTP_MAIL, span_text("FROM:<> SIZE=99999999999999999999"), ALL, false, &envelope,
                              &reply) == 0);
    CHECK(envelope.size == UINT64_MAX);
    buf_fini(&text);
}

static void test_bdat(void)
{
    static const struct {
        const char *arguments;
        uint64_t size;
        bool is_valid;
        bool is_last;
    } bdat_rows[] = {
        { "0", 0, true, false },        { "0 LAST", 0, true, true },    { "1000 last", 1000, true, true },
        { "86", 86, true, false },      { "", 0, false, false },        { "LAST", 0, false, false },
        { "-1", 0, false, false },      { "10 FIRST", 0, false, true }, { "10LAST", 0, false, false },
        { "1 LAST x", 0, false, true }, { "0x10", 0, false, false },    { "99999999999999999999", 0, false, false },
    };
    for (size_t i = 0; i < sizeof bdat_rows / sizeof bdat_rows[0]; i++) {
        uint64_t size = 0;
        bool is_last = false;
        test_context(bdat_rows[i].arguments);
        CHECK(smtp_bdat_parse(span_text(bdat_rows[i].arguments), &size, &is_last) == bdat_rows[i].is_valid);
        if (bdat_rows[i].is_valid)
            CHECK(size == bdat_rows[i].size && is_last == bdat_rows[i].is_last);
    }
    test_context(NULL);
}

static void test_hello(void)
{
    char long_name[SMTP_HELLO_LIMIT + 2];
    memset(long_name, 'a', sizeof long_name);
    CHECK(smtp_hello_is_valid(span_text("client.test")));
    CHECK(smtp_hello_is_valid(span_text("[IPv6:::1]")));
    CHECK(smtp_hello_is_valid(span_of(long_name, SMTP_HELLO_LIMIT)));
    CHECK(!smtp_hello_is_valid(span_of(long_name, SMTP_HELLO_LIMIT + 1)));
    CHECK(!smtp_hello_is_valid(span_text("")));
    CHECK(!smtp_hello_is_valid(span_text("two words")));
    CHECK(!smtp_hello_is_valid(span_text("a\x1b[0m")));
    CHECK(!smtp_hello_is_valid(span_text("\xff")));
}

int main(void)
{
    test_verbs();
    test_envelopes();
    test_meaning();
    test_bdat();
    test_hello();
    return test_end();
}

#include "reader.h"

#include "base/escape.h"
#include "base/test.h"

#include <stdio.h>
#include <string.h>

#define BIT(name) MAIL_DEFECT_BIT(MAIL_DEFECT_##name)

static const struct mail_limits ample = { .depth = 20, .header_bytes = 10000, .names_bytes = 10000 };

/* Events as text: "(type body)" for a leaf, "(type (...) (...))" for a container, '!' for one that was not closed. */
static void put_events(struct mail_reader *reader, struct buf *text)
{
    struct mail_event event;
    while (mail_reader_next(reader, &event)) {
        switch (event.kind) {
        case MAIL_EVENT_BEGIN:
            buf_printf(text, "(%.*s ", (int)event.type.size, event.type.data);
            break;
        case MAIL_EVENT_BODY:
            escape_header(text, event.body, 1000);
            break;
        case MAIL_EVENT_END:
            buf_printf(text, ")%s", event.is_damaged ? "!" : "");
            break;
        }
    }
}

struct row {
    const char *name;
    const char *message;
    const char *events;
    mail_defects defects;
};

#define MIXED "Content-Type: multipart/mixed; boundary=b\n\n"

static const struct row rows[] = {
    { "empty", "", "(text/plain )", 0 },
    { "header alone", "A: b\n", "(text/plain )", 0 },
    { "plain", "A: b\n\nbody\n", "(text/plain body\\x0a)", 0 },
    { "no header", "\nbody", "(text/plain body)", 0 },
    { "crlf", "A: b\r\n\r\nbody\r\n", "(text/plain body\\x0d\\x0a)", 0 },
    { "type is lower-cased", "Content-TYPE: Text/HTML\n\nx", "(text/html x)", 0 },
    { "type with spaces", "Content-Type: multipart / mixed; boundary=b\n\n--b\n\nx\n--b--\n",
      "(multipart/mixed (text/plain x))", BIT(PARAM_SYNTAX) },
    { "type without subtype", "Content-Type: text\n\nx", "(text x)", BIT(TYPE_SYNTAX) },
    { "two parts", MIXED "pre\n--b\n\none\n--b\nContent-Type: a/b\n\ntwo\n\n--b--\nepi\n",
      "(multipart/mixed (text/plain one)(a/b two\\x0a))", 0 },
    { "two parts in crlf", "Content-Type: multipart/mixed;\r\n boundary=\"b\"\r\n\r\n--b\r\n\r\none\r\n--b--\r\n",
      "(multipart/mixed (text/plain one))", 0 },
    { "padding behind delimiters", MIXED "--b \t\n\none\n--b--  \n", "(multipart/mixed (text/plain one))", 0 },
    { "empty parts", MIXED "--b\n\n--b\n\n\n--b--\n", "(multipart/mixed (text/plain )(text/plain ))", 0 },
    { "not quite delimiters", MIXED "--b\n\n--bx\n-b\n --b\n--b-\nx--b\n--b--\n",
      "(multipart/mixed (text/plain --bx\\x0a-b\\x0a --b\\x0a--b-\\x0ax--b))", 0 },
    { "delimiter ends a header", MIXED "--b\nContent-Type: a/b\n--b\n\nx\n--b--\n",
      "(multipart/mixed (a/b )(text/plain x))", BIT(HEADER_END) },
    { "no close", MIXED "--b\n\none\n", "(multipart/mixed (text/plain one\\x0a))!", BIT(CLOSE_MISSING) },
    { "no delimiter", MIXED "text\n", "(multipart/mixed text\\x0a)!", BIT(BOUNDARY_UNSEEN) },
    { "close delimiter alone", MIXED "text\n--b--\nmore\n", "(multipart/mixed text)", BIT(BOUNDARY_UNSEEN) },
    { "no boundary", "Content-Type: multipart/mixed\n\n--b\n\nx\n", "(multipart/mixed --b\\x0a\\x0ax\\x0a)",
      BIT(BOUNDARY_MISSING) },
    { "empty boundary", "Content-Type: multipart/mixed; boundary=\"\"\n\n--\n\nx\n",
      "(multipart/mixed --\\x0a\\x0ax\\x0a)", BIT(BOUNDARY_MISSING) },
    { "boundary with spaces at its end", "Content-Type: multipart/mixed; boundary=\"b  \"\n\n--b\n\nx\n--b--",
      "(multipart/mixed (text/plain x))", 0 },
    { "folded boundary", "Content-Type: multipart/mixed; boundary=\"a\n b\"\n\n--a b\n\nx\n--a b--",
      "(multipart/mixed (text/plain x))", 0 },
    { "boundary that ends like a close", "Content-Type: multipart/mixed; boundary=\"b--\"\n\n--b--\n\nx\n--b----\n",
      "(multipart/mixed (text/plain x))", 0 },
    { "nested",
      MIXED
      "--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\none\n--c\n\ntwo\n--c--\n\n--b\n\nthree\n--b--",
      "(multipart/mixed (multipart/alternative (text/plain one)(text/plain two))(text/plain three))", 0 },
    { "outer delimiter ends the inner",
      MIXED "--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\none\n--b\n\ntwo\n--b--",
      "(multipart/mixed (multipart/mixed (text/plain one))!(text/plain two))", BIT(CLOSE_MISSING) },
    { "inner delimiters behind its close are epilogue",
      MIXED "--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\none\n--c--\n--c\n\nx\n--b--",
      "(multipart/mixed (multipart/mixed (text/plain one)))", 0 },
    { "the same boundary twice",
      MIXED "--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\n--b\n\ntwo\n--b--",
      "(multipart/mixed (multipart/mixed (text/plain one))(text/plain two))", BIT(BOUNDARY_REUSED) },
    { "one boundary begins with the other",
      MIXED "--b\nContent-Type: multipart/mixed; boundary=bb\n\n--bb\n\none\n--bb--\n--b--",
      "(multipart/mixed (multipart/mixed (text/plain one)))", 0 },
    { "message", "Content-Type: message/rfc822\n\nSubject: x\nContent-Type: a/b\n\nbody", "(message/rfc822 (a/b body))",
      0 },
    { "message in a multipart", MIXED "--b\nContent-Type: message/rfc822\n\nSubject: x\n\nbody\n--b\n\ny\n--b--",
      "(multipart/mixed (message/rfc822 (text/plain body))(text/plain y))", 0 },
    { "multipart in a message in a multipart",
      MIXED
      "--b\nContent-Type: message/rfc822\n\nContent-Type: multipart/x; boundary=c\n\n--c\n\none\n--b\n\ntwo\n--b--",
      "(multipart/mixed (message/rfc822 (multipart/x (text/plain one))!)(text/plain two))", BIT(CLOSE_MISSING) },
    { "empty message", MIXED "--b\nContent-Type: message/rfc822\n\n--b--\n",
      "(multipart/mixed (message/rfc822 (text/plain )))", BIT(HEADER_END) },
    { "message without a body", MIXED "--b\nContent-Type: message/rfc822\n--b--\n",
      "(multipart/mixed (message/rfc822 ))", BIT(HEADER_END) },
    { "digest",
      "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\none\n--b\nContent-Type: a/b\n\ntwo\n--b--",
      "(multipart/digest (message/rfc822 (text/plain one))(a/b two))", 0 },
    { "encoded multipart", "Content-Transfer-Encoding: base64\n" MIXED "--b\n\nx\n--b--",
      "(multipart/mixed (text/plain x))", BIT(ENCODING_CONTAINER) },
    { "junk in the header", "A: b\njunk line\nContent-Type: a/b\n\nx", "(a/b x)", BIT(HEADER_JUNK) },
    { "junk at the header's end", "Content-Type: a/b\njunk line\nmore\n\nx", "(a/b junk line\\x0amore\\x0a\\x0ax)",
      BIT(HEADER_END) },
    { "junk alone", "junk\nline\n", "(text/plain junk\\x0aline\\x0a)", BIT(HEADER_END) },
    { "part without a header", MIXED "--b\nhello\n--b--", "(multipart/mixed (text/plain hello))", BIT(HEADER_END) },
    { "separator line", "From a@b Thu Jan  1 10:00:00\nContent-Type: a/b\n\nx", "(a/b x)", BIT(HEADER_JUNK) },
    { "fold at the start", " x\nContent-Type: a/b\n\nx", "(a/b x)", BIT(HEADER_JUNK) },
    { "blank fold", "A: b\n \nContent-Type: a/b\n\nx", "(a/b x)", BIT(HEADER_BLANK) },
    { "space before the colon", "Content-Type : a/b\n\nx", "(a/b x)", BIT(HEADER_COLON) },
    { "CR in the header", "A: b\rContent-Type: a/b\n\nx", "(text/plain x)", BIT(HEADER_CR) },
    { "two types", "Content-Type: a/b\nContent-Type: c/d\n\nx", "(a/b x)", BIT(TYPE_TWICE) },
    { "two encodings", "Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\n\nx", "(text/plain x)",
      BIT(ENCODING_TWICE) },
    { "two dispositions", "Content-Disposition: inline\nContent-Disposition: attachment\n\nx", "(text/plain x)",
      BIT(DISPOSITION_TWICE) },
    { "unknown encoding", "Content-Transfer-Encoding: rot13\n\nx", "(text/plain x)", BIT(ENCODING_UNKNOWN) },
    { "8 bits", "Subject: \xff\xfe\n\n\xe9\n", "(text/plain \\xe9\\x0a)", 0 },
};

static void test_structure(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mail_reader reader;
        struct buf text;
        buf_init(&text, 10000);
        test_context(rows[i].name);
        mail_reader_init(&reader, span_text(rows[i].message), &ample);
        put_events(&reader, &text);
        if (!CHECK(strcmp(buf_text(&text), rows[i].events) == 0))
            (void)fprintf(stderr, "it was read as: %s\n", buf_text(&text));
        if (!CHECK(mail_reader_defects(&reader) == rows[i].defects))
            (void)fprintf(stderr, "its defects: %#x\n", mail_reader_defects(&reader));
        CHECK(mail_reader_limits(&reader) == 0);
        mail_reader_fini(&reader);
        buf_fini(&text);
    }
    test_context(NULL);
}

static void test_nul(void)
{
    static const char message[] = "A: b\0c\n" MIXED "--b\n\na\0b\n--b--";
    struct mail_reader reader;
    struct buf text;
    buf_init(&text, 10000);
    mail_reader_init(&reader, span_of(message, sizeof message - 1), &ample);
    put_events(&reader, &text);
    CHECK(strcmp(buf_text(&text), "(multipart/mixed (text/plain a\\x00b))") == 0);
    CHECK(mail_reader_defects(&reader) == BIT(HEADER_NUL));
    mail_reader_fini(&reader);
    buf_fini(&text);
}

static void test_event(void)
{
    static const char message[] = "Content-Type: a/b; name=n.txt\nContent-Disposition: x; filename=f.exe\n"
                                  "Content-Transfer-Encoding: base64\n\nYQ==\n";
    struct mail_reader reader;
    struct mail_event event;
    mail_reader_init(&reader, span_text(message), &ample);
    CHECK(mail_reader_next(&reader, &event) && event.kind == MAIL_EVENT_BEGIN);
    CHECK(event.depth == 0 && event.part == MAIL_LEAF && event.encoding == MAIL_ENCODING_BASE64);
    CHECK(span_equal(event.names, span_of("n.txt\0f.exe", 12)));
    CHECK(event.header.data == message && event.header.size == strlen(message) - 6);
    CHECK(mail_reader_next(&reader, &event) && event.kind == MAIL_EVENT_BODY && span_is(event.body, "YQ==\n"));
    CHECK(mail_reader_next(&reader, &event) && event.kind == MAIL_EVENT_END && span_is(event.body, "YQ==\n"));
    CHECK(!mail_reader_next(&reader, &event) && !mail_reader_next(&reader, &event));
    mail_reader_fini(&reader);
}

static void put_nested(struct buf *text, unsigned levels)
{
    for (unsigned i = 0; i < levels; i++)
        buf_printf(text, "Content-Type: multipart/mixed; boundary=b%u\n\n--b%u\n", i, i);
    buf_put_text(text, "\nleaf\n");
    for (unsigned i = levels; i-- > 0;)
        buf_printf(text, "--b%u--\n", i);
}

static unsigned read_all(struct span message, const struct mail_limits *limits, unsigned *limits_hit, uint64_t *steps)
{
    struct mail_reader reader;
    struct mail_event event;
    unsigned parts = 0;
    mail_reader_init(&reader, message, limits);
    while (mail_reader_next(&reader, &event)) {
        parts += event.kind == MAIL_EVENT_BEGIN;
        CHECK(event.depth <= limits->depth);
    }
    *limits_hit = mail_reader_limits(&reader);
    *steps = mail_reader_steps(&reader);
    mail_reader_fini(&reader);
    return parts;
}

/* What is at a limit passes; one more is noted, and everything before it is still given. */
static void test_limits(void)
{
    struct buf message;
    unsigned hit = 0;
    uint64_t steps = 0;
    buf_init(&message, 100000);
    put_nested(&message, 5);
    struct mail_limits limits = ample;
    limits.depth = 5;
    CHECK(read_all(buf_span(&message), &limits, &hit, &steps) == 6 && hit == 0);
    limits.depth = 4;
    CHECK(read_all(buf_span(&message), &limits, &hit, &steps) == 5 && hit == MAIL_LIMIT_DEPTH);
    limits.depth = 0;
    CHECK(read_all(buf_span(&message), &limits, &hit, &steps) == 1 && hit == MAIL_LIMIT_DEPTH);

    limits = ample;
    limits.header_bytes = 5;
    CHECK(read_all(span_text("A: b\n\nx"), &limits, &hit, &steps) == 1 && hit == 0);
    limits.header_bytes = 4;
    CHECK(read_all(span_text("A: b\n\nx"), &limits, &hit, &steps) == 1 && hit == MAIL_LIMIT_HEADER);

    limits = ample;
    limits.names_bytes = 4;
    CHECK(read_all(span_text("Content-Type: a/b; name=abc\n\n"), &limits, &hit, &steps) == 1 && hit == 0);
    CHECK(read_all(span_text("Content-Type: a/b; name=abcd\n\n"), &limits, &hit, &steps) == 1 &&
          hit == MAIL_LIMIT_NAMES);
    buf_fini(&message);
}

static void make_bytes(struct buf *message, unsigned n)
{
    buf_put_text(message, MIXED "--b\n\n");
    for (unsigned i = 0; i < n; i++)
        buf_put_text(message, "--bytes that look like a delimiter\n");
}

static void make_parts(struct buf *message, unsigned n)
{
    buf_put_text(message, MIXED);
    for (unsigned i = 0; i < n; i++)
        buf_put_text(message, "--b\nContent-Type: a/b; name=x\n\nx\n");
}

static void make_siblings(struct buf *message, unsigned n)
{
    buf_put_text(message, MIXED);
    for (unsigned i = 0; i < n; i++)
        buf_printf(message, "--b\nContent-Type: multipart/x; boundary=c%u\n\n--c%u\n\nx\n", i, i);
}

/* Each level sees delimiters of none, so every line is looked up among all that are open. */
static void make_nesting(struct buf *message, unsigned n)
{
    put_nested(message, n);
    for (unsigned i = 0; i < n; i++)
        buf_put_text(message, "--nothing\n");
}

static void make_params(struct buf *message, unsigned n)
{
    buf_put_text(message, "Content-Type: a/b");
    for (unsigned i = 0; i < n; i++)
        buf_put_text(message, "; n=\"\\\" (x");
    buf_put_text(message, "\n\n");
}

static void make_junk(struct buf *message, unsigned n)
{
    buf_put_text(message, MIXED);
    for (unsigned i = 0; i < n; i++)
        buf_put_text(message, "--b\njunk\njunk\njunk\n");
}

/* Twice the bytes, parts or levels cost twice the steps, and never a multiple of the depth. */
static void test_linear(void)
{
    static const struct {
        const char *name;
        void (*make)(struct buf *message, unsigned n);
    } makers[] = { { "bytes", make_bytes },     { "parts", make_parts },   { "siblings", make_siblings },
                   { "nesting", make_nesting }, { "params", make_params }, { "junk", make_junk } };
    static const unsigned small = 1000;
    static const struct mail_limits wide = { .depth = 10000, .header_bytes = 1 << 20, .names_bytes = 1 << 20 };
    for (size_t i = 0; i < sizeof makers / sizeof makers[0]; i++) {
        uint64_t steps[2] = { 0 };
        uint64_t sizes[2] = { 0 };
        test_context(makers[i].name);
        for (unsigned k = 0; k < 2; k++) {
            struct buf message;
            unsigned hit = 0;
            buf_init(&message, 1 << 24);
            makers[i].make(&message, small << k);
            sizes[k] = message.size;
            (void)read_all(buf_span(&message), &wide, &hit, &steps[k]);
            CHECK(hit == 0);
            buf_fini(&message);
        }
        if (!CHECK(steps[1] * sizes[0] <= steps[0] * sizes[1] * 11 / 10) || !CHECK(steps[1] <= 8 * sizes[1]))
            (void)fprintf(stderr, "%llu steps for %llu bytes, %llu for %llu\n", (unsigned long long)steps[0],
                          (unsigned long long)sizes[0], (unsigned long long)steps[1], (unsigned long long)sizes[1]);
    }
    test_context(NULL);
}

int main(void)
{
    test_structure();
    test_nul();
    test_event();
    test_limits();
    test_linear();
    return test_end();
}

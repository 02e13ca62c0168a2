#include "decode.h"

#include "base/escape.h"
#include "base/test.h"
#include "decoder/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STANDIN "X-Cordon-Scan: pending\r\n"
#define HOST "mx.example"

/* A part as text: "path type=detected names 'bytes'", without what is detected where the type says the same, and a
 * letter for where it lies: m the message, c the common pack, o one of its own; '!' for damaged, '+' where another part
 * accounts for its source. */
static void put_part(const struct memory *memory, uint32_t i, struct buf *text)
{
    const struct decode_part *part = &memory->report.parts[i];
    struct span names = decode_report_text(&memory->report, part->names);
    buf_printf(text, "%s", i > 0 ? "\n" : "");
    buf_put_span(text, decode_report_text(&memory->report, part->path));
    buf_put_char(text, ' ');
    buf_put_span(text, decode_report_text(&memory->report, part->declared));
    struct span detected = decode_report_text(&memory->report, part->detected);
    if (detected.size > 0 && !span_equal(detected, decode_report_text(&memory->report, part->declared))) {
        buf_put_char(text, '=');
        buf_put_span(text, detected);
    }
    while (names.size > 0) {
        buf_put_text(text, " <");
        buf_put_span(text, span_cut(&names, '\0'));
        buf_put_char(text, '>');
    }
    buf_printf(text, " %c'", part->pack == DECODE_PACK_MESSAGE ? 'm' : part->pack == DECODE_PACK_COMMON ? 'c' : 'o');
    escape_header(text, memory_part(memory, i), 200);
    buf_printf(text, "'%s%s", (part->flags & DECODE_PART_DAMAGED) != 0 ? "!" : "",
               part->size > 0 && part->source.size == 0 ? "+" : "");
}

static void check_parts(const struct memory *memory, const char *expected)
{
    struct buf text;
    buf_init(&text, 100000);
    for (uint32_t i = 0; i < memory->report.part_count; i++)
        put_part(memory, i, &text);
    if (!CHECK(strcmp(buf_text(&text), expected) == 0))
        (void)fprintf(stderr, "the parts are:\n%s\n", buf_text(&text));
    buf_fini(&text);
}

static void check_reason(const struct memory *memory, enum decode_status status, const char *reason)
{
    char text[512];
    (void)span_copy(memory->report.reason, text, sizeof text);
    CHECK(memory->report.status == status);
    if (!CHECK(strcmp(text, reason) == 0))
        (void)fprintf(stderr, "the reason is: %s\n", text);
}

#define MIXED "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"

static void test_messages(void)
{
    static const struct {
        const char *name;
        const char *message;
        const char *parts;
        enum decode_status status;
        const char *reason;
    } rows[] = {
        { "plain", "Subject: x\r\n\r\nbody\r\n", "1 text/plain m'body\\x0d\\x0a'", DECODE_COMPLETE, "" },
        { "no body", "Subject: x\r\n", "1 text/plain m''", DECODE_COMPLETE, "" },
        { "base64", "Content-Transfer-Encoding: base64\r\n\r\nYWJj\r\n", "1 text/plain c'abc'", DECODE_COMPLETE, "" },
        { "two parts",
          MIXED "pre\r\n--b\r\n\r\none\r\n--b\r\nContent-Type: Application/Zip; name=a.zip\r\n"
                "Content-Disposition: attachment; filename=\"b.zip\"\r\nContent-Transfer-Encoding: base64\r\n\r\nUEs="
                "\r\n--b--\r\nepi\r\n",
          "1 multipart/mixed m''\n1.1 text/plain m'one'\n1.2 application/zip=text/plain <a.zip> <b.zip> c'PK'",
          DECODE_COMPLETE, "" },
        { "quoted-printable", MIXED "--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na=3D=\r\nb\r\n--b--\r\n",
          "1 multipart/mixed m''\n1.1 text/plain c'a=b'", DECODE_COMPLETE, "" },
        { "message within",
          MIXED "--b\r\nContent-Type: message/rfc822; name=m.eml\r\n\r\nSubject: y\r\n\r\ninner\r\n--b--\r\n",
          "1 multipart/mixed m''\n1.1 message/rfc822 <m.eml> m''\n1.1.1 text/plain m'inner'", DECODE_COMPLETE, "" },
        { "damaged base64", MIXED "--b\r\nContent-Transfer-Encoding: base64\r\n\r\nYW!Jj\r\n--b--\r\n",
          "1 multipart/mixed m''\n1.1 text/plain c'abc'!", DECODE_COMPLETE, "base64 has foreign characters" },
        { "not closed", MIXED "--b\r\n\r\none\r\n", "1 multipart/mixed m''!\n1.1 text/plain m'one\\x0d\\x0a'",
          DECODE_COMPLETE, "a multipart's close delimiter is missing" },
        { "delimiter never comes", MIXED "text", "1 multipart/mixed=text/plain m'text'!", DECODE_COMPLETE,
          "a multipart's delimiter never comes" },
        { "encoded multipart, really",
          "Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: base64\r\n\r\nLS1iCgo=\r\n",
          "1 multipart/mixed=text/plain m'LS1iCgo=\\x0d\\x0a'!\n1.1 multipart/mixed=text/plain c'--b\\x0a\\x0a'+",
          DECODE_COMPLETE, "a multipart's delimiter never comes; a multipart or message is encoded as a whole" },
        { "encoded multipart, by name alone",
          "Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
          "--b\r\n\r\nx=3D\r\n--b--\r\n",
          "1 multipart/mixed m''\n1.1 text/plain m'x=3D'\n"
          "1.2 multipart/mixed=text/plain c'--b\\x0d\\x0a\\x0d\\x0ax=\\x0d\\x0a--b--\\x0d\\x0a'+",
          DECODE_COMPLETE, "a multipart or message is encoded as a whole" },
        { "encoded message",
          MIXED "--b\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nQTogYgoKYw==\r\n--b--",
          "1 multipart/mixed m''\n1.1 message/rfc822 m''\n1.1.1 text/plain m'QTogYgoKYw=='\n"
          "1.1.2 message/rfc822=text/plain c'A: b\\x0a\\x0ac'+",
          DECODE_COMPLETE, "a header ends without an empty line; a multipart or message is encoded as a whole" },
        { "encoded in encoded",
          "Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n--b\r\n"
          "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n\r\nYQ=\r\n--b--",
          "1 multipart/mixed m''\n1.1 message/rfc822 m''\n1.1.1 text/plain m'YQ='\n1.2 multipart/mixed=text/plain "
          "c'--b\\x0d\\x0aContent-Type: message/rfc822\\x0d\\x0aContent-Transfer-Encoding: "
          "base64\\x0d\\x0a\\x0d\\x0a\\x0d\\x0aYQ--b--'+",
          DECODE_INCOMPLETE_UNSUPPORTED,
          "an encoded multipart within another; a multipart or message is encoded as a whole" },
        { "uuencode", "Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n",
          "1 text/plain m'begin 644 a\\x0d\\x0a'", DECODE_INCOMPLETE_UNSUPPORTED, "a part is in uuencode" },
        { "partial and external are just parts",
          MIXED "--b\r\nContent-Type: message/partial; number=1\r\n\r\nA: b\r\n\r\nx\r\n--b\r\n"
                "Content-Type: message/external-body\r\n\r\nB: c\r\n--b--",
          "1 multipart/mixed m''\n1.1 message/partial=text/plain m'A: b\\x0d\\x0a\\x0d\\x0ax'\n1.2 "
          "message/external-body=text/plain m'B: c'",
          DECODE_COMPLETE, "" },
    };
    struct decode_limits limits = memory_limits();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char message[2048];
        struct memory memory;
        test_context(rows[i].name);
        int size = snprintf(message, sizeof message, "%s%s", STANDIN, rows[i].message);
        memory_decode(&memory, span_of(message, (size_t)size), strlen(STANDIN), HOST, &limits);
        check_parts(&memory, rows[i].parts);
        check_reason(&memory, rows[i].status, rows[i].reason);
        CHECK(memory.report.is_malformed == (rows[i].status == DECODE_COMPLETE && rows[i].reason[0] != '\0') ||
              rows[i].status != DECODE_COMPLETE);
        memory_free(&memory);
    }
    test_context(NULL);
}

static void test_header(void)
{
    static const char message[] = STANDIN "Received: a\r\n"
                                          "X-Cordon-Scan: mx.example; clean;\r\n\tid=1\r\n"
                                          "received: b\r\n"
                                          "X-Cordon-Scan: other.example; clean\r\n"
                                          "Subject: =?utf-8?Q?x?=\r\n y\r\n"
                                          "X-Virus-Scanned: Cordon at MX.example\r\n"
                                          "X-Virus-Scanned: amavis at mx.example.org\r\n"
                                          "Message-ID: <1@x>\r\n"
                                          "X-Cordon-Tag: mx.example; malformed\r\n"
                                          "\r\n"
                                          "X-Cordon-Scan: mx.example; in the body\r\nReceived: c\r\n";
    struct decode_limits limits = memory_limits();
    struct memory memory;
    memory_decode(&memory, span_text(message), strlen(STANDIN), HOST, &limits);
    CHECK(memory.report.received_count == 2);
    CHECK(span_is(memory.report.subject, "=?utf-8?Q?x?=\r\n y"));
    CHECK(span_is(memory.report.message_id, "<1@x>"));
    static const char *const cuts[] = { "X-Cordon-Scan: mx.example; clean;\r\n\tid=1\r\n",
                                        "X-Virus-Scanned: Cordon at MX.example\r\n",
                                        "X-Cordon-Tag: mx.example; malformed\r\n" };
    if (CHECK(memory.report.cut_count == 3)) {
        for (size_t i = 0; i < 3; i++) {
            const struct decode_range *cut = &memory.report.cuts[i];
            CHECK(span_is(span_slice(span_text(message), cut->offset, cut->size), cuts[i]));
        }
    }
    memory_free(&memory);

    memory_decode(&memory, span_text(message), 0, HOST, &limits); /* a file: nothing is forwarded, so nothing cut */
    CHECK(memory.report.cut_count == 0 && memory.report.received_count == 2);
    memory_free(&memory);
}

static void test_files(void)
{
    static const struct {
        const char *name;
        const char *file;
        const char *parts;
    } rows[] = {
        { "mail", "From: a@b\n\nbody\n", "1 text/plain m'body\\x0a'" },
        { "mbox", "From a@b Thu Jan  1 10:00:00 1970\nSubject: x\n\nbody\n", "1 text/plain m'body\\x0a'" },
        { "empty lines first", "\r\n\nSubject: x\n\nbody\n", "1 text/plain m'body\\x0a'" },
        { "byte order mark first", "\xef\xbb\xbfSubject: x\n\nbody\n", "1 text/plain m'body\\x0a'" },
        { "mail without what only mails have", "X-Thing: 1\n\nbody\n",
          "1 =text/plain m'X-Thing: 1\\x0a\\x0abody\\x0a'" },
        { "text", "Hello, world\nFrom: a\n", "1 =text/plain m'Hello, world\\x0aFrom: a\\x0a'" },
        { "separator and no mail", "From here on\nit is text\n", "1 =text/plain m'From here on\\x0ait is text\\x0a'" },
        { "program", "MZ\x90\x01", "1 =application/x-dosexec m'MZ\\x90\\x01'" },
        { "empty", "", "1  m''" },
        { "a blank", "\n", "1 =text/plain m'\\x0a'" },
    };
    struct decode_limits limits = memory_limits();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct memory memory;
        test_context(rows[i].name);
        memory_decode(&memory, span_text(rows[i].file), 0, HOST, &limits);
        check_parts(&memory, rows[i].parts);
        check_reason(&memory, DECODE_COMPLETE, "");
        memory_free(&memory);
    }
    test_context(NULL);
}

/* Every limit at its exact value, and one below: then its reason is given, and all that was found before. */
static void test_limits(void)
{
    static const char message[] = STANDIN MIXED
        "--b\r\nContent-Type: multipart/x; boundary=c; name=a\r\n\r\n--c\r\n\r\none\r\n--c--\r\n"
        "--b\r\nContent-Transfer-Encoding: base64\r\n\r\nYWJjZGVm\r\n"
        "--b\r\nContent-Transfer-Encoding: base64\r\n\r\nZ2hp\r\n--b--\r\n";
    static const struct {
        const char *name;
        struct decode_limits limits;
        uint32_t parts;
        enum decode_status status;
        const char *reason;
    } rows[] = {
        { "all just enough", { 9, 2, 5, 2, 62, 53 }, 5, DECODE_COMPLETE, "" },
        { "parts", { 9, 2, 4, 2, 62, 53 }, 4, DECODE_INCOMPLETE_LIMIT, "parts: more than 4" },
        { "no part at all", { 9, 2, 0, 2, 62, 53 }, 0, DECODE_INCOMPLETE_LIMIT, "parts: more than 0" },
        { "bytes", { 8, 2, 5, 2, 62, 53 }, 5, DECODE_INCOMPLETE_LIMIT, "decoded bytes: more than 8" },
        { "bytes of two parts", { 5, 2, 5, 2, 62, 53 }, 5, DECODE_INCOMPLETE_LIMIT, "decoded bytes: more than 5" },
        { "no bytes", { 0, 0, 5, 2, 62, 53 }, 5, DECODE_INCOMPLETE_LIMIT, "decoded bytes: more than 0" },
        { "depth", { 9, 2, 5, 1, 62, 53 }, 4, DECODE_INCOMPLETE_LIMIT, "depth: more than 1" },
        { "header", { 9, 2, 5, 2, 61, 53 }, 5, DECODE_INCOMPLETE_LIMIT, "header bytes: more than 61" },
        { "text", { 9, 2, 5, 2, 62, 52 }, 5, DECODE_INCOMPLETE_LIMIT, "bytes of names and types: more than 52" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct memory memory;
        test_context(rows[i].name);
        memory_decode(&memory, span_text(message), strlen(STANDIN), HOST, &rows[i].limits);
        CHECK(memory.report.part_count == rows[i].parts);
        check_reason(&memory, rows[i].status, rows[i].reason);
        memory_free(&memory);
    }
    test_context(NULL);
}

/* A type that is detected counts as text like all others; the second part with it has it for nothing. */
static void test_detected(void)
{
    static const char message[] = STANDIN MIXED "--b\r\nContent-Type: a/b\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                                                "H4sIAAAAAAA=\r\n--b\r\nContent-Type: a/b\r\n\r\n\x1f\x8b\x08\r\n--b--";
    static const char expected[] =
        "1 multipart/mixed m''\n1.1 a/b=application/gzip c'\\x1f\\x8b\\x08\\x00\\x00\\x00\\x00\\x00'\n"
        "1.2 a/b=application/gzip m'\\x1f\\x8b\\x08'";
    enum {
        TEXTS = sizeof "1"
                       "multipart/mixed"
                       "1.1"
                       "a/b"
                       "application/gzip"
                       "1.2" -
                1
    };
    struct decode_limits limits = memory_limits();
    struct memory memory;
    limits.text_bytes = TEXTS;
    memory_decode(&memory, span_text(message), strlen(STANDIN), HOST, &limits);
    check_parts(&memory, expected);
    check_reason(&memory, DECODE_COMPLETE, "");
    memory_free(&memory);
    limits.text_bytes = TEXTS - sizeof "1.2"; /* one less than the type needs */
    memory_decode(&memory, span_text(message), strlen(STANDIN), HOST, &limits);
    CHECK(memory.report.part_count == 3 && memory.report.parts[1].detected.size == 0);
    CHECK(memory.report.status == DECODE_INCOMPLETE_LIMIT);
    memory_free(&memory);
}

/* A field that the limit on headers cuts in two must not be offered as a cut: the gate would refuse the report. */
static void test_cut_at_limit(void)
{
    static const char message[] = STANDIN "X-Cordon-Tag: mx.example\r\nX-Cordon-Tag: mx.example; more\r\n\r\n";
    for (uint32_t most = 0; most < 80; most++) {
        struct decode_limits limits = memory_limits();
        struct memory memory;
        limits.header_bytes = most;
        memory_decode(&memory, span_text(message), strlen(STANDIN), HOST, &limits);
        CHECK(memory.report.cut_count == (most < 27 ? 0 : most < 58 ? 1 : 2));
        CHECK((memory.report.status == DECODE_INCOMPLETE_LIMIT) == (most < 58));
        memory_free(&memory);
    }
}

/* Parts that are large lie in packs of their own while there are any; identity costs neither. */
static void test_packs(void)
{
    struct decode_limits limits = memory_limits();
    struct memory memory;
    struct buf message;
    limits.own_bytes = 4000;
    buf_init(&message, 1 << 20);
    buf_put_text(&message, STANDIN MIXED);
    for (unsigned i = 0; i < 7; i++) {
        buf_put_text(&message, "--b\r\nContent-Transfer-Encoding: base64\r\n\r\n");
        for (unsigned k = 0; k < (i == 1 ? 10 : 1400); k++)
            buf_printf(&message, "QUJ%c", 'A' + (char)i);
        buf_put_text(&message, "\r\n");
    }
    buf_put_text(&message, "--b--\r\n");
    memory_decode(&memory, buf_span(&message), strlen(STANDIN), HOST, &limits);
    static const uint32_t packs[] = { 0, 1, 1, 1, 1, 1, 1, 1 };
    CHECK(memory.report.part_count == 8);
    for (uint32_t i = 0; i < memory.report.part_count; i++)
        CHECK(memory.report.parts[i].pack == packs[i]); /* 4,200 bytes don't fit into 4,000 */
    memory_free(&memory);

    limits.own_bytes = 8000;
    memory_decode(&memory, buf_span(&message), strlen(STANDIN), HOST, &limits);
    static const uint32_t own[] = { 0, 2, 1, 3, 4, 5, 1, 1 };
    for (uint32_t i = 0; i < memory.report.part_count; i++) {
        CHECK(memory.report.parts[i].pack == own[i]);
        CHECK(i == 0 || memory.report.parts[i].size == (i == 2 ? 30 : 4200));
        CHECK(i == 0 || memory_part(&memory, i).data[0] == 'A');
    }
    CHECK(memory.writes < 20);
    memory_free(&memory);
    buf_fini(&message);
}

/* Work is counted in steps, so that the proof doesn't depend on the machine. */
static void test_linear(void)
{
    uint64_t steps[2] = { 0 };
    for (unsigned k = 0; k < 2; k++) {
        struct decode_limits limits = memory_limits();
        struct memory memory;
        struct buf message;
        limits.parts = 10000;
        buf_init(&message, 1 << 24);
        buf_put_text(&message, STANDIN MIXED);
        for (unsigned i = 0; i < 1000U << k; i++)
            buf_put_text(&message,
                         "--b\r\nContent-Type: multipart/x; boundary=c\r\nContent-Transfer-Encoding: base64\r\n"
                         "\r\n--c\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD\r\n");
        memory_decode(&memory, buf_span(&message), strlen(STANDIN), HOST, &limits);
        steps[k] = memory.steps;
        CHECK(memory.report.part_count == 1 + 3 * (1000U << k) && memory.steps < message.size * 8);
        memory_free(&memory);
        buf_fini(&message);
    }
    CHECK(steps[1] < steps[0] * 21 / 10);
}

/* Any write that fails ends the work, and is told. */
struct failing {
    unsigned left;
};

static int failing_write(void *context, unsigned target, uint64_t offset, const void *data, size_t size,
                         struct fault *fault)
{
    struct failing *failing = context;
    (void)target, (void)offset, (void)data, (void)size;
    if (failing->left == 0)
        return fault_set(fault, 28, "no space");
    failing->left--;
    return 0;
}

static void test_failing_writes(void)
{
    static const char message[] = STANDIN "Content-Transfer-Encoding: base64\r\n\r\nQUJD\r\n";
    struct decode_job job = { .message_size = strlen(message),
                              .standin_bytes = (uint32_t)strlen(STANDIN),
                              .limits = memory_limits() };
    int result = -1;
    unsigned writes = 0;
    for (; result != 0 && writes < 10; writes++) {
        struct failing failing = { .left = writes };
        struct emit emit;
        CHECK(emit_init(&emit, &job, failing_write, &failing, NULL) == 0);
        result = decode_message(span_text(message), &job, &emit);
        CHECK(result == 0 || strcmp(emit.fault.text, "no space") == 0);
        emit_fini(&emit);
    }
    CHECK(result == 0 && writes == 4); /* the pack, the report, its head */
}

int main(void)
{
    test_messages();
    test_header();
    test_files();
    test_limits();
    test_detected();
    test_cut_at_limit();
    test_packs();
    test_linear();
    test_failing_writes();
    return test_end();
}

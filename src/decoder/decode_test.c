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
 * letter for where it lies: m the message, c the common pack, o one of its own; '?' where only some readers see it, '+'
 * where another part has the same bytes, and how it was found or what is odd about it. */
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
    buf_printf(text, "'%s%s", (part->flags & DECODE_PART_READING) != 0 ? "?" : "",
               (part->flags & DECODE_PART_REPEAT) != 0 ? "+" : "");
    struct span how = decode_report_text(&memory->report, part->how);
    struct span odd = decode_report_text(&memory->report, part->odd);
    buf_put_text(text, how.size > 0 ? " (" : "");
    buf_put_span(text, how);
    buf_put_text(text, how.size > 0 ? ")" : "");
    buf_put_text(text, odd.size > 0 ? " [" : "");
    buf_put_span(text, odd);
    buf_put_text(text, odd.size > 0 ? "]" : "");
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

/* All findings as text: "damaged: gzip: cut short; limit: ...". */
static void check_findings(const struct memory *memory, const char *expected)
{
    static const char *const kinds[DECODE_KINDS] = { [DECODE_MALFORMED] = "malformed",
                                                     [DECODE_DAMAGED] = "damaged",
                                                     [DECODE_UNSUPPORTED] = "unsupported",
                                                     [DECODE_ENCRYPTED] = "encrypted",
                                                     [DECODE_LIMIT] = "limit" };
    struct buf text;
    buf_init(&text, 4096);
    for (uint32_t i = 0; i < memory->report.finding_count; i++) {
        const struct decode_finding *finding = &memory->report.findings[i];
        buf_printf(&text, "%s%s: ", i > 0 ? "; " : "", kinds[finding->kind]);
        buf_put_span(&text, decode_report_text(&memory->report, finding->text));
    }
    if (!CHECK(strcmp(buf_text(&text), expected) == 0))
        (void)fprintf(stderr, "the findings are: %s\n", buf_text(&text));
    buf_fini(&text);
}

#define MIXED "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"

static const struct {
    const char *name;
    const char *message;
    const char *parts;
    const char *findings;
} message_rows[] = {
    { "plain", "Subject: x\r\n\r\nbody\r\n", "1 text/plain m'body\\x0d\\x0a'", "" },
    { "no body", "Subject: x\r\n", "1 text/plain m''", "" },
    { "base64", "Content-Transfer-Encoding: base64\r\n\r\nYWJj\r\n", "1 text/plain c'abc'", "" },
    { "two parts",
      MIXED "pre\r\n--b\r\n\r\none\r\n--b\r\nContent-Type: Application/Zip; name=a.zip\r\n"
            "Content-Disposition: attachment; filename=\"b.zip\"\r\nContent-Transfer-Encoding: base64\r\n\r\nUEs="
            "\r\n--b--\r\nepi\r\n",
      "1 multipart/mixed m''\n1.1 =text/plain m'pre' (preamble)\n1.2 text/plain m'one'\n"
      "1.3 application/zip=text/plain <a.zip> <b.zip> c'PK'\n1.4 =text/plain m'epi\\x0d\\x0a' (epilogue)",
      "" },
    { "the usual preamble is no part",
      MIXED "This is a multi-part message in MIME format.\r\n--b\r\n\r\none\r\n--b--\r\n",
      "1 multipart/mixed m''\n1.1 text/plain m'one'", "" },
    { "quoted-printable", MIXED "--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na=3D=\r\nb\r\n--b--\r\n",
      "1 multipart/mixed m''\n1.1 text/plain c'a=b'", "" },
    { "message within: its own parts are the part's",
      MIXED "--b\r\nContent-Type: message/rfc822; name=m.eml\r\n\r\nSubject: y\r\n\r\ninner\r\n--b--\r\n",
      "1 multipart/mixed m''\n1.1 message/rfc822=text/plain <m.eml> m'inner'", "" },
    { "damaged base64", MIXED "--b\r\nContent-Transfer-Encoding: base64\r\n\r\nYW!Jj\r\n--b--\r\n",
      "1 multipart/mixed m''\n1.1 text/plain c'abc'\n1.1.1 =text/plain c'a'? (base64, stops at the first foreign "
      "byte)",
      "malformed: base64, stops at the first foreign byte" },
    { "not closed", MIXED "--b\r\n\r\none\r\n",
      "1 multipart/mixed m'' [a multipart's close delimiter is missing]\n1.1 text/plain m'one\\x0d\\x0a'", "" },
    { "delimiter never comes", MIXED "text",
      "1 multipart/mixed=text/plain m'text' [a multipart's delimiter never comes]", "" },
    { "encoded multipart, really",
      "Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: base64\r\n\r\nLS1iCgo=\r\n",
      "1 multipart/mixed=text/plain c'--b\\x0a\\x0a' [a multipart's delimiter never comes]", "" },
    { "encoded multipart, by name alone",
      "Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
      "--b\r\n\r\nx=3D\r\n--b--\r\n",
      "1 multipart/mixed m'' [a multipart or message is encoded as a whole]\n1.1 text/plain m'x=3D'\n"
      "1.2 =text/plain c'--b\\x0d\\x0a\\x0d\\x0ax=\\x0d\\x0a--b--\\x0d\\x0a' (encoded as a whole)",
      "" },
    { "encoded message",
      MIXED "--b\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nQTogYgoKYw==\r\n--b--",
      "1 multipart/mixed m''\n1.1 message/rfc822=text/plain c'A: b\\x0a\\x0ac'\n1.1.1 =text/plain c'c' (body)", "" },
    { "uuencode without anything in it", "Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n",
      "1 text/plain m'begin 644 a\\x0d\\x0a'", "damaged: uuencode: nothing that is encoded" },
    { "partial and external are told, and read",
      MIXED "--b\r\nContent-Type: message/partial; number=1\r\n\r\nA: b\r\n\r\nx\r\n--b\r\n"
            "Content-Type: message/external-body\r\n\r\nB: c\r\n\r\n--b--",
      "1 multipart/mixed m''\n1.1 message/partial=text/plain m'x'\n1.2 message/external-body m''",
      "unsupported: message/partial: a piece of a message; unsupported: message/external-body: the content lies "
      "elsewhere" },
    { "two encodings", "Content-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: 7bit\r\n\r\nYWJj",
      "1 text/plain c'abc' [a part has two Content-Transfer-Encoding fields]\n"
      "1.1 text/plain m'YWJj'? (read as it stands)",
      "malformed: read as it stands" },
    { "two boundaries",
      "Content-Type: multipart/mixed; boundary=a; "
      "boundary=b\r\n\r\n--a\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n--a--\r\n",
      "1 multipart/mixed m''\n1.1 text/plain m'one\\x0d\\x0a--b\\x0d\\x0a\\x0d\\x0atwo\\x0d\\x0a--b--'\n"
      "1.2 text/plain m'two'? (divided by another boundary)",
      "malformed: divided by another boundary" },
    { "two borders", "Content-Transfer-Encoding: base64\r\n \r\nYWJj\r\n\r\nREVG",
      "1 text/plain c'abcDEF' [a header ends without an empty line]\n"
      "1.1 text/plain c'DEF'? (lines that are no fields are skipped)",
      "malformed: lines that are no fields are skipped" },
    { "bytes that somebody calls a message only the second time",
      MIXED "--b\r\nContent-Type: x/y\r\nContent-Transfer-Encoding: base64\r\n\r\nWDogYgoKYwo=\r\n--b\r\n"
            "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nWDogYgoKYwo=\r\n--b--\r\n",
      "1 multipart/mixed m''\n1.1 x/y=text/plain c'X: b\\x0a\\x0ac\\x0a'\n"
      "1.2 message/rfc822=text/plain c'X: b\\x0a\\x0ac\\x0a'+\n1.1.1 =text/plain c'c\\x0a' (body)",
      "" },
    { "xxencode that is said to be uuencode",
      "Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n1MK7X\r\n+\r\nend\r\n", "1 text/plain <a> c'abc'",
      "" },
    { "uuencode that is said to be base64",
      "Content-Transfer-Encoding: base64\r\n\r\nbegin 644 a\r\n#86)C\r\n`\r\nend\r\n",
      "1 text/plain c'm\\xe8\"\\x9f\\xae8k\\xce\\x82zw'\n"
      "1.1 =text/plain c'zw'? (base64, lines of pure base64 only)\n"
      "1.2 =text/plain c'm\\xe8\"\\x9f\\xae8'? (base64, stops at the first foreign byte)\n"
      "1.3 =text/plain c'm\\xe8\"\\x9f\\xae8\\xf3\\xa0zw'? (base64, each line by itself)\n"
      "1.4 text/plain m'begin 644 a\\x0d\\x0a#86)C\\x0d\\x0a`\\x0d\\x0aend\\x0d\\x0a'? (read as it stands)\n"
      "1.4.1 =text/plain <a> c'abc' (uuencode)",
      "malformed: base64, lines of pure base64 only; malformed: base64, stops at the first foreign byte; "
      "malformed: base64, each line by itself; malformed: read as it stands" },
    { "a charset in sections",
      "Content-Type: text/plain; charset=x; charset*0*=us-ascii''ibm; charset*1=037\r\n\r\n\x81\x82\x83",
      "1 text/plain m'\\x81\\x82\\x83'\n1.1 =text/plain c'abc' (text, EBCDIC)", "" },
    { "padding behind delimiters", MIXED "--b \t\n\none\n--b--  \n",
      "1 multipart/mixed m''\n"
      "1.1 text/plain m'one'",
      "" },
    { "empty parts", MIXED "--b\n\n--b\n\n\n--b--\n",
      "1 multipart/mixed m''\n"
      "1.1 text/plain m''\n"
      "1.2 text/plain m''",
      "" },
    { "not quite delimiters", MIXED "--b\n\n--bx\n-b\n --b\n--b-\nx--b\n--b--\n",
      "1 multipart/mixed m''\n"
      "1.1 text/plain m'--bx\\x0a-b\\x0a --b\\x0a--b-\\x0ax--b'\n"
      "1.2 text/plain m''? (delimiters compared by their beginning)\n"
      "1.3 text/plain m'-b'? (delimiters compared by their beginning) [a header ends without an empty line]\n"
      "1.4 text/plain m''? (delimiters compared by their beginning)\n"
      "1.5 text/plain m'x--b'? (delimiters compared by their beginning) [a header ends without an empty line]",
      "malformed: delimiters compared by their beginning" },
    { "delimiter ends a header", MIXED "--b\nContent-Type: a/b\n--b\n\nx\n--b--\n",
      "1 multipart/mixed m''\n"
      "1.1 a/b m''\n"
      "1.2 text/plain m'x'",
      "" },
    { "close delimiter alone", MIXED "text\n--b--\nmore\n",
      "1 multipart/mixed m''\n"
      "1.1 =text/plain m'text' (preamble)\n"
      "1.2 =text/plain m'more\\x0a' (epilogue)",
      "" },
    { "no boundary", "Content-Type: multipart/mixed\n\n--b\n\nx\n",
      "1 multipart/mixed=text/plain m'--b\\x0a\\x0ax\\x0a' [a multipart names no boundary; a multipart's delimiter "
      "never comes]",
      "" },
    { "empty boundary", "Content-Type: multipart/mixed; boundary=\"\"\n\n--\n\nx\n",
      "1 multipart/mixed m'' [a multipart's close delimiter is missing]\n"
      "1.1 text/plain m'x\\x0a'",
      "" },
    { "boundary that ends like a close", "Content-Type: multipart/mixed; boundary=\"b--\"\n\n--b--\n\nx\n--b----\n",
      "1 multipart/mixed m''\n"
      "1.1 text/plain m'x'",
      "" },
    { "outer delimiter ends the inner",
      MIXED "--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\none\n--b\n\ntwo\n--b--",
      "1 multipart/mixed m''\n"
      "1.1 multipart/mixed m'' [a multipart's close delimiter is missing]\n"
      "1.2 text/plain m'two'\n"
      "1.1.1 text/plain m'one'",
      "" },
    { "the same boundary twice",
      MIXED "--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\n--b\n\ntwo\n--b--",
      "1 multipart/mixed m''\n"
      "1.1 multipart/mixed m'' [a multipart's delimiter never comes]\n"
      "1.2 text/plain m'one'\n"
      "1.3 text/plain m'two'",
      "" },
    { "one boundary begins with the other",
      MIXED "--b\nContent-Type: multipart/mixed; boundary=bb\n\n--bb\n\none\n--bb--\n--b--",
      "1 multipart/mixed m''\n"
      "1.1 multipart/mixed m''\n"
      "1.1.1 text/plain m'one'\n"
      "1.2 multipart/mixed m''? (delimiters compared by their beginning) [a multipart's delimiter never comes]\n"
      "1.3 text/plain m''? (delimiters compared by their beginning)",
      "" },
    { "multipart in a message in a multipart",
      MIXED
      "--b\nContent-Type: message/rfc822\n\nContent-Type: multipart/x; boundary=c\n\n--c\n\none\n--b\n\ntwo\n--b--",
      "1 multipart/mixed m''\n"
      "1.1 message/rfc822 m'' [a multipart's close delimiter is missing]\n"
      "1.2 text/plain m'two'\n"
      "1.1.1 text/plain m'one'",
      "" },
    { "empty message", MIXED "--b\nContent-Type: message/rfc822\n\n--b--\n",
      "1 multipart/mixed m''\n"
      "1.1 message/rfc822 m''",
      "" },
    { "digest",
      "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\none\n--b\nContent-Type: "
      "a/b\n\ntwo\n--b--",
      "1 multipart/digest m''\n"
      "1.1 message/rfc822=text/plain m'one'\n"
      "1.2 a/b=text/plain m'two'",
      "" },
    { "junk in the header", "A: b\njunk line\nContent-Type: a/b\n\nx",
      "1 a/b=text/plain m'x'\n"
      "1.1 text/plain m'junk line\\x0aContent-Type: a/b\\x0a\\x0ax'? (the body begins at the first line that is no "
      "field)\n"
      "1.1.1 a/b=text/plain m'x'+ (found in a text)",
      "malformed: the body begins at the first line that is no field" },
    { "part without a header", MIXED "--b\nhello\n--b--",
      "1 multipart/mixed m''\n"
      "1.1 text/plain m'hello' [a header ends without an empty line]",
      "" },
    { "blank fold", "A: b\n \nContent-Type: a/b\n\nx",
      "1 a/b=text/plain m'x'\n"
      "1.1 text/plain m'Content-Type: a/b\\x0a\\x0ax'? (a line of spaces ends the header)",
      "malformed: a line of spaces ends the header" },
    { "two types", "Content-Type: a/b\nContent-Type: c/d\n\nx",
      "1 a/b=text/plain m'x' [a part has two Content-Type fields]", "" },
    { "CR in the header", "A: b\rContent-Type: a/b\n\nx",
      "1 text/plain m'x'\n"
      "1.1 =text/plain c'X-Cordon-Scan: pending\\x0d\\x0aA: b\\x0d\\x0aContent-Type: a/b\\x0a\\x0ax'? (every CR "
      "ends a line)\n"
      "1.2 =text/plain c'X-Cordon-Scan: pending\\x0d\\x0aA: bContent-Type: a/b\\x0a\\x0ax'? (CRs that end no line "
      "are dropped)",
      "malformed: every CR ends a line; malformed: CRs that end no line are dropped" },
    { "a file that is mail, undeclared: what is damaged in it is told",
      MIXED "--b\r\nContent-Type: x/y\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            "U3ViamVjdDogeQpDb250ZW50LVRyYW5zZmVyLUVuY29kaW5nOiB4LXV1ZW5jb2RlCgpiZWdpbiA2NDQgYQo=\r\n--b--",
      "1 multipart/mixed m''\n1.1 x/y=text/plain c'Subject: y\\x0aContent-Transfer-Encoding: x-uuencode\\x0a\\x0abegin "
      "644 a\\x0a'\n1.1.1 =text/plain c'begin 644 a\\x0a' (body)",
      "damaged: uuencode: nothing that is encoded" },
    { "the same bytes twice are stored once",
      MIXED "--b\r\nContent-Transfer-Encoding: base64\r\n\r\nYWJj\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            "YWJj\r\n--b--\r\n",
      "1 multipart/mixed m''\n1.1 text/plain c'abc'\n1.2 text/plain c'abc'+", "" },
};

static void test_messages(void)
{
    struct decode_limits limits = memory_limits();
    for (size_t i = 0; i < sizeof message_rows / sizeof message_rows[0]; i++) {
        char message[2048];
        struct memory memory;
        test_context(message_rows[i].name);
        int size = snprintf(message, sizeof message, "%s%s", STANDIN, message_rows[i].message);
        memory_decode(&memory, span_of(message, (size_t)size), strlen(STANDIN), HOST, &limits);
        check_parts(&memory, message_rows[i].parts);
        check_findings(&memory, message_rows[i].findings);
        memory_free(&memory);
    }
    test_context(NULL);
}

static bool has_part(const struct memory *memory, const char *bytes)
{
    for (uint32_t i = 0; i < memory->report.part_count; i++) {
        if (span_is(memory_part(memory, i), bytes))
            return true;
    }
    return false;
}

/* A type is only a word: what is declared to be a message is opened all the same (here a zip). */
static void test_declared_message(void)
{
    static const char message[] = STANDIN MIXED
        "--b\r\nContent-Type: message/rfc822; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        "UEsDBBQAAAAAANuJel3Px47XCwAAAAsAAAABAAAAYXRoZSBwYXlsb2FkUEsBAhQDFAAAAAAA24l6\r\n"
        "Xc/HjtcLAAAACwAAAAEAAAAAAAAAAAAAAIABAAAAAGFQSwUGAAAAAAEAAQAvAAAAKgAAAAAA\r\n"
        "--b--\r\n";
    struct decode_limits limits = memory_limits();
    struct memory memory;
    memory_decode(&memory, span_text(message), strlen(STANDIN), HOST, &limits);
    CHECK(has_part(&memory, "the payload"));
    memory_free(&memory);
}

#define OCTETS MIXED "--b\r\nContent-Type: application/octet-stream\r\n\r\n"
#define EIGHT "\1\2\3\4\5\6\7\0"
#define BINARY EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT
#define CODED "Content-Transfer-Encoding: base64"

/* What programs find that drop NUL bytes, end lines at CR, and look for what they know behind anything at all. */
static void test_found(void)
{
#define ROW(name, message, wanted)                                                                                     \
    {                                                                                                                  \
        (name), { STANDIN message, sizeof(STANDIN message) - 1 }, (wanted)                                             \
    }
    static const struct {
        const char *name;
        struct span message;
        const char *wanted;
    } rows[] = {
        ROW("NUL in a delimiter's first byte", MIXED "--\0b\r\n\r\none\r\n--b\0--\r\n", "one"),
        ROW("NUL within a delimiter",
            "Content-Type: multipart/mixed; boundary=bc\r\n\r\n--b\0c\r\n" CODED "\r\n\r\nYWJj\r\n--b\0c--\r\n", "abc"),
        ROW("NUL and bare CR", MIXED "--\0b\r" CODED "\r\rYWJj\r--\0b--\r", "abc"),
        ROW("bare CR in a message of two encodings",
            MIXED "--b\r\nContent-Transfer-Encoding: quoted-printable\r\n" CODED
                  "\r\n\r\nVG86IGINQ29udGVudC1UcmFuc2Zlci1FbmNvZGluZzogYmFzZTY0DQ1ZV0pq\r\n--b--",
            "abc"),
        ROW("a message with control characters", OCTETS "Subject: " BINARY "\r\n" CODED "\r\n\r\nYWJj\r\n--b--", "abc"),
        ROW("a header behind binary", OCTETS BINARY "\r\nA: b\r\n" CODED "\r\n\r\nYWJj\r\n--b--", "abc"),
        ROW("uuencode behind binary", OCTETS BINARY "\r\nbegin 644 a\r\n#86)C\r\n`\r\nend\r\n--b--", "abc"),
        ROW("a script behind binary",
            OCTETS BINARY "<script>atob('dGhlIHBheWxvYWQsIGFzIGEgc2NyaXB0IHdvdWxkIGJ1aWxkIGl0')</script>\r\n--b--",
            "the payload, as a script would build it"),
    };
#undef ROW
    struct decode_limits limits = memory_limits();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct memory memory;
        bool is_there = false;
        test_context(rows[i].name);
        memory_decode(&memory, rows[i].message, strlen(STANDIN), HOST, &limits);
        for (uint32_t k = 0; k < memory.report.part_count; k++)
            is_there |= span_is(memory_part(&memory, k), rows[i].wanted);
        CHECK(is_there);
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
                                          "Subject: =?utf-8?Q?r=C3=A4t?=\r\n y\r\n"
                                          "From: =?iso-8859-1?Q?J=F6rg?=\r\n\t<j@example.org>\r\n"
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
    CHECK(span_is(memory.report.subject, "r\xc3\xa4t y")); /* for people */
    CHECK(span_is(memory.report.from, "J\xc3\xb6rg <j@example.org>"));
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
        check_findings(&memory, "");
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
        uint64_t bytes_out;
        uint32_t parts_most;
        uint32_t depth;
        uint32_t text_bytes;
        uint64_t steps;
        uint32_t parts;
        const char *findings;
    } rows[] = {
        { "all just enough", 10, 5, 2, 53, 1344, 5, "" },
        { "parts", 10, 4, 2, 53, 5000, 4, "limit: parts: more than 4" },
        { "no part at all", 10, 0, 2, 53, 5000, 0, "" }, /* a finding needs a part to speak of; the kind is there */
        { "bytes", 8, 5, 2, 53, 5000, 5, "limit: decoded bytes: more than 8" },
        { "bytes of two parts", 5, 5, 2, 53, 5000, 5, "limit: decoded bytes: more than 5" },
        { "no bytes", 0, 5, 2, 53, 5000, 5, "limit: decoded bytes: more than 0" },
        { "depth", 10, 5, 1, 53, 5000, 4, "limit: depth: more than 1" },
        { "text", 10, 5, 2, 52, 5000, 5, "limit: bytes of names and types" },
        { "steps", 10, 5, 2, 53, 1343, 5, "limit: steps of work" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct memory memory;
        struct decode_limits limits = memory_limits();
        limits.bytes_out = rows[i].bytes_out;
        limits.own_bytes = 2;
        limits.parts = rows[i].parts_most;
        limits.depth = rows[i].depth;
        limits.text_bytes = rows[i].text_bytes;
        limits.steps = rows[i].steps;
        test_context(rows[i].name);
        memory_decode(&memory, span_text(message), strlen(STANDIN), HOST, &limits);
        CHECK(memory.report.part_count == rows[i].parts);
        check_findings(&memory, rows[i].findings);
        memory_free(&memory);
    }
    test_context(NULL);
}

/* A type that is detected counts as text like all others; the second part with it has it for nothing. */
static void test_detected(void)
{
    static const char message[] = STANDIN MIXED "--b\r\nContent-Type: a/b\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                                                "R0lGODlh\r\n--b\r\nContent-Type: a/b\r\n\r\nGIF8\r\n--b--";
    static const char expected[] = "1 multipart/mixed m''\n1.1 a/b=image/gif c'GIF89a'\n1.2 a/b=image/gif m'GIF8'";
    enum {
        TEXTS = sizeof "1"
                       "multipart/mixed"
                       "1.1"
                       "a/b"
                       "image/gif"
                       "1.2" -
                1
    };
    struct decode_limits limits = memory_limits();
    struct memory memory;
    limits.text_bytes = TEXTS;
    memory_decode(&memory, span_text(message), strlen(STANDIN), HOST, &limits);
    check_parts(&memory, expected);
    check_findings(&memory, "");
    memory_free(&memory);
    limits.text_bytes = TEXTS - sizeof "1.2"; /* one less than the type needs */
    memory_decode(&memory, span_text(message), strlen(STANDIN), HOST, &limits);
    CHECK(memory.report.part_count == 3 && memory.report.parts[1].detected.size == 0);
    CHECK((memory.report.kinds & DECODE_KIND_BIT(DECODE_LIMIT)) != 0);
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
        CHECK(((memory.report.kinds & DECODE_KIND_BIT(DECODE_LIMIT)) != 0) == (most < 58));
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
    memory_free(&memory);
    buf_fini(&message);
}

/* Nested multiparts that share delimiters: work is counted in steps, so that the proof doesn't depend on the machine.
 */
static void test_linear(void)
{
    for (unsigned k = 0; k < 2; k++) {
        struct decode_limits limits = memory_limits();
        struct memory memory;
        struct buf message;
        limits.parts = 10000;
        limits.steps = 900000U << k;
        limits.text_bytes = 1 << 20;
        buf_init(&message, 1 << 24);
        buf_put_text(&message, STANDIN MIXED);
        for (unsigned i = 0; i < 1000U << k; i++)
            buf_put_text(&message,
                         "--b\r\nContent-Type: multipart/x; boundary=c\r\nContent-Transfer-Encoding: base64\r\n"
                         "\r\n--c\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD\r\n");
        memory_decode(&memory, buf_span(&message), strlen(STANDIN), HOST, &limits);
        CHECK(memory.report.part_count > 2 * (1000U << k) &&
              (memory.report.kinds & DECODE_KIND_BIT(DECODE_LIMIT)) == 0);
        memory_free(&memory);
        buf_fini(&message);
    }
}

/* Messages within messages whose header may end in two ways, each of which is followed by the next one: the ways are
 * counted, as they are too many to go. */
static void test_many_borders(void)
{
    struct buf message;
    buf_init(&message, 1 << 20);
    buf_put_text(&message, STANDIN);
    for (unsigned i = 0; i < 200; i++)
        buf_put_text(&message, "Content-Type: message/rfc822\r\njunk\r\n \r\n");
    struct decode_limits limits = memory_limits();
    struct memory memory;
    memory_decode(&memory, buf_span(&message), strlen(STANDIN), HOST, &limits);
    CHECK((memory.report.kinds & DECODE_KIND_BIT(DECODE_LIMIT)) != 0);
    memory_free(&memory);
    buf_fini(&message);
}

/* Any write of the report that fails ends the work, and is told. */
struct failing {
    unsigned left;
};

static int failing_write(void *context, uint64_t offset, const void *data, size_t size, struct fault *fault)
{
    struct failing *failing = context;
    (void)offset, (void)data, (void)size;
    if (failing->left == 0)
        return fault_set(fault, 28, "no space");
    failing->left--;
    return 0;
}

static void test_failing_writes(void)
{
    static const char message[] = STANDIN "Content-Transfer-Encoding: base64\r\n\r\nQUJD\r\n";
    static char room[DECODE_PACKS][4096];
    struct emit_pack packs[DECODE_PACKS];
    struct decode_job job = { .message_size = strlen(message),
                              .standin_bytes = (uint32_t)strlen(STANDIN),
                              .limits = memory_limits() };
    job.limits.bytes_out = job.limits.own_bytes = sizeof room[0];
    for (unsigned i = 0; i < DECODE_PACKS; i++)
        packs[i] = (struct emit_pack){ .data = room[i], .size = sizeof room[i] };
    int result = -1;
    unsigned writes = 0;
    for (; result != 0 && writes < 10; writes++) {
        struct failing failing = { .left = writes };
        struct fault fault = { 0 };
        result = decode_message(span_text(message), &job, packs, failing_write, &failing, &fault);
        CHECK(result == 0 || strcmp(fault.text, "no space") == 0);
    }
    CHECK(result == 0 && writes > 2);
}

int main(void)
{
    test_messages();
    test_declared_message();
    test_found();
    test_header();
    test_files();
    test_limits();
    test_detected();
    test_cut_at_limit();
    test_packs();
    test_linear();
    test_many_borders();
    test_failing_writes();
    return test_end();
}

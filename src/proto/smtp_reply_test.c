#include "proto/smtp_reply.h"

#include "base/test.h"
#include "sys/clock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WAIT_MS = 20000 };

static const struct {
    const char *name;
    const char *bytes; /* as the server sends them, then it closes */
    int result;
    int fault;
    unsigned code;
    unsigned line_count;
    const char *text;
} read_rows[] = {
    { "one line", "250 2.1.0 Ok\r\n", 0, 0, 250, 1, "250 2.1.0 Ok" },
    { "no text", "250 \r\n", 0, 0, 250, 1, "250 " },
    { "code alone", "354\r\n", 0, 0, 354, 1, "354" },
    { "three lines", "250-one\r\n250-two\r\n250 three\r\n", 0, 0, 250, 3, "250-one\r\n250-two\r\n250 three" },
    { "bare line feeds", "550-one\n550 two\n", 0, 0, 550, 2, "550-one\r\n550 two" },
    { "what follows stays", "220 a\r\n250 b\r\n", 0, 0, 220, 1, "220 a" },
    { "controls", "550 a\x01\x7f\x1b\tb\r\n", 0, 0, 550, 1, "550 a???\tb" },
    { "a bare CR inside", "250 a\rb\r\n", 0, 0, 250, 1, "250 a?b" },
    { "UTF-8", "250 gr\xc3\xbc\xc3\x9f\r\n", 0, 0, 250, 1, "250 gr\xc3\xbc\xc3\x9f" },
    { "two codes", "250-one\r\n251 two\r\n", -1, EPROTO, 0, 0, NULL },
    { "no code", "hello\r\n", -1, EPROTO, 0, 0, NULL },
    { "too short", "25\r\n", -1, EPROTO, 0, 0, NULL },
    { "empty line", "\r\n", -1, EPROTO, 0, 0, NULL },
    { "1xx", "199 x\r\n", -1, EPROTO, 0, 0, NULL },
    { "6xx", "600 x\r\n", -1, EPROTO, 0, 0, NULL },
    { "four digits", "2500 x\r\n", -1, EPROTO, 0, 0, NULL },
    { "other separator", "250_x\r\n", -1, EPROTO, 0, 0, NULL },
    { "closed at once", "", -1, EPIPE, 0, 0, NULL },
    { "closed between lines", "250-one\r\n", -1, EPIPE, 0, 0, NULL },
    { "closed in a line", "250 on", -1, EPROTO, 0, 0, NULL },
};

static int read_reply(const char *bytes, size_t size, bool bytewise, struct smtp_reply *reply, struct fault *fault)
{
    int pair[2];
    if (!CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0))
        return -1;
    for (size_t at = 0; at < size;) {
        ssize_t n = write(pair[1], bytes + at, bytewise ? 1 : size - at);
        if (!CHECK(n > 0))
            break;
        at += (size_t)n;
    }
    (void)close(pair[1]);
    struct stream *stream = stream_new(pair[0]);
    stream_set_deadline(stream, deadline_in(WAIT_MS));
    int result = smtp_reply_read(stream, reply, NULL, NULL, fault);
    stream_free(stream);
    return result;
}

static void test_read(void)
{
    for (size_t i = 0; i < sizeof read_rows / sizeof read_rows[0]; i++) {
        for (int bytewise = 0; bytewise < 2; bytewise++) {
            struct smtp_reply reply;
            struct fault fault = { .code = 0 };
            test_context(read_rows[i].name);
            int result = read_reply(read_rows[i].bytes, strlen(read_rows[i].bytes), bytewise == 1, &reply, &fault);
            CHECK(result == read_rows[i].result);
            if (result != 0) {
                CHECK(fault.code == read_rows[i].fault);
                continue;
            }
            CHECK(reply.code == read_rows[i].code);
            CHECK(reply.line_count == read_rows[i].line_count);
            CHECK(strcmp(reply.text, read_rows[i].text) == 0);
        }
    }
    test_context(NULL);
}

static void test_deadline(void)
{
    int pair[2];
    struct smtp_reply reply;
    struct fault fault;
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    CHECK(write(pair[1], "250-on", 6) == 6);
    struct stream *stream = stream_new(pair[0]);
    stream_set_deadline(stream, deadline_in(20));
    CHECK(smtp_reply_read(stream, &reply, NULL, NULL, &fault) == -1);
    CHECK(fault.code == ETIMEDOUT);
    stream_free(stream);
    (void)close(pair[1]);
}

static int add_line(struct smtp_reply *reply, const char *line)
{
    struct fault fault;
    return smtp_reply_add_line(reply, span_text(line), &fault);
}

static void test_limits(void)
{
    struct smtp_reply reply;
    struct fault fault;
    smtp_reply_init(&reply);
    for (unsigned i = 1; i < SMTP_REPLY_MOST_LINES; i++)
        CHECK(add_line(&reply, "250-a line that fills the text that is kept of it") == 1);
    struct smtp_reply longer = reply;
    CHECK(add_line(&reply, "250 the end") == 0);
    CHECK(reply.line_count == SMTP_REPLY_MOST_LINES);
    CHECK(reply.text_size < sizeof reply.text && strlen(reply.text) == reply.text_size);
    CHECK(reply.text[reply.last_line + 3] == ' '); /* cut, and well-formed all the same */
    CHECK(add_line(&longer, "250-one more") == 1);
    CHECK(add_line(&longer, "250 too many") == -1);

    char line[SMTP_REPLY_LINE_LIMIT + 3];
    memset(line, 'x', sizeof line);
    memcpy(line, "550 ", 4);
    memcpy(line + SMTP_REPLY_LINE_LIMIT, "\r\n", 3);
    CHECK(read_reply(line, SMTP_REPLY_LINE_LIMIT + 2, false, &reply, &fault) == 0);
    CHECK(reply.code == 550 && strlen(reply.text) == SMTP_REPLY_TEXT_SIZE - 1);
    memcpy(line + SMTP_REPLY_LINE_LIMIT, "x\r\n", 3);
    CHECK(read_reply(line, SMTP_REPLY_LINE_LIMIT + 3, false, &reply, &fault) == -1);
    CHECK(fault.code == EPROTO);
}

static void test_codes(void)
{
    CHECK(smtp_reply_code("250 2.1.5 Ok") == 250 && smtp_reply_code("550-5.7.1 one\r\n550 5.7.1 two") == 550);
    CHECK(smtp_reply_code("250") == 250 && smtp_reply_code("250 ") == 250 && smtp_reply_code("") == 0);
    CHECK(smtp_reply_class(0) == 0 && smtp_reply_class(299) == 2 && smtp_reply_class(599) == 5);
}

int main(void)
{
    test_read();
    test_deadline();
    test_limits();
    test_codes();
    return test_end();
}

#include "proto/smtp_reply.h"

#include <assert.h>
#include <errno.h>

enum { CODE_DIGITS = 3, CODE_LEAST = 200, CODE_MOST = 599 };

void smtp_reply_init(struct smtp_reply *reply)
{
    reply->code = 0;
    reply->line_count = 0;
    reply->text_size = 0;
    reply->last_line = 0;
    reply->text[0] = '\0';
}

/* 0 where there is no code of ours. */
static unsigned line_code(struct span line)
{
    unsigned code = 0;
    if (line.size < CODE_DIGITS)
        return 0;
    for (size_t i = 0; i < CODE_DIGITS; i++) {
        if (!ascii_is_digit(line.data[i]))
            return 0;
        code = code * 10 + (unsigned)(line.data[i] - '0');
    }
    return code >= CODE_LEAST && code <= CODE_MOST ? code : 0;
}

static void reply_put(struct smtp_reply *reply, struct span bytes)
{
    assert(bytes.size < sizeof reply->text - reply->text_size);
    for (size_t i = 0; i < bytes.size; i++) {
        unsigned char c = (unsigned char)bytes.data[i];
        bool is_control = (c < 0x20 && c != '\t' && c != '\r' && c != '\n') || c == 0x7f;
        reply->text[reply->text_size] = bytes.data[i];
        if (is_control)
            reply->text[reply->text_size] = '?';
        reply->text_size++;
    }
    reply->text[reply->text_size] = '\0';
}

/* Line ends in the text are ours alone. */
static void reply_keep_line(struct smtp_reply *reply, struct span line)
{
    size_t room = sizeof reply->text - 1 - reply->text_size;
    bool is_first = reply->line_count == 0;
    if (!is_first && (room < 2 || line.size > room - 2))
        return;
    if (!is_first)
        reply_put(reply, span_text("\r\n"));
    reply->last_line = reply->text_size;
    reply_put(reply, is_first ? span_slice(line, 0, room) : line);
    for (size_t i = reply->last_line; i < reply->text_size; i++) {
        if (reply->text[i] == '\r' || reply->text[i] == '\n')
            reply->text[i] = '?';
    }
}

int smtp_reply_add_line(struct smtp_reply *reply, struct span line, struct fault *fault)
{
    unsigned code = line_code(line);
    struct span separator = span_slice(line, CODE_DIGITS, 1);
    bool is_last = separator.size == 0 || span_is(separator, " ");
    if (code == 0 || (!is_last && !span_is(separator, "-")))
        return fault_set(fault, EPROTO, "a line that is no SMTP reply");
    if (reply->line_count > 0 && code != reply->code)
        return fault_set(fault, EPROTO, "a reply with two codes, %u and %u", reply->code, code);
    if (reply->line_count == SMTP_REPLY_MOST_LINES)
        return fault_set(fault, EPROTO, "a reply of more than %d lines", SMTP_REPLY_MOST_LINES);
    reply_keep_line(reply, line);
    reply->code = code;
    reply->line_count++;
    if (!is_last)
        return 1;
    if (reply->text_size > reply->last_line + CODE_DIGITS) /* the last line kept need not be the last that came */
        reply->text[reply->last_line + CODE_DIGITS] = ' ';
    return 0;
}

int smtp_reply_read(struct stream *stream, struct smtp_reply *reply_out, smtp_reply_each each, void *context,
                    struct fault *fault)
{
    char line[SMTP_REPLY_LINE_LIMIT + 1];
    int more = 1;
    smtp_reply_init(reply_out);
    while (more == 1) {
        /* Not strict: a server that ends its lines with a bare LF can be understood, and its text goes on with CRLF. */
        int got = stream_read_line(stream, line, sizeof line, false);
        if (got == 0)
            return fault_set(fault, EPIPE, "it closed the connection");
        if (got == 2)
            return fault_set(fault, EPROTO, "a reply line of more than %d bytes", SMTP_REPLY_LINE_LIMIT);
        if (got < 0) {
            const struct fault *cause = stream_fault(stream);
            return fault_set(fault, cause->code, "%s", cause->text);
        }
        struct span text = span_text(line);
        more = smtp_reply_add_line(reply_out, text, fault);
        if (more >= 0 && each != NULL)
            each(context, reply_out->line_count - 1, span_from(text, CODE_DIGITS + 1));
    }
    return more;
}

unsigned smtp_reply_class(unsigned code)
{
    return code / 100;
}

unsigned smtp_reply_code(const char *text)
{
    return line_code(span_text(text));
}

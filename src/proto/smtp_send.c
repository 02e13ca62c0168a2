#include "proto/smtp_send.h"

#include <assert.h>
#include <string.h>

void smtp_send_init(struct smtp_send *send, struct stream *stream)
{
    *send = (struct smtp_send){ .stream = stream, .last = { '\r', '\n' } }; /* the DATA command's own line end */
}

static void remember_last(struct smtp_send *send, struct span bytes)
{
    send->last[0] = send->last[1];
    if (bytes.size > 1)
        send->last[0] = bytes.data[bytes.size - 2];
    send->last[1] = bytes.data[bytes.size - 1];
}

/* The offset of the next dot at the start of a line, from `at` on, or bytes.size. */
static size_t find_dot(struct span bytes, size_t at)
{
    while (at < bytes.size) {
        const char *end = memchr(bytes.data + at, '\n', bytes.size - at);
        if (end == NULL)
            return bytes.size;
        at = (size_t)(end - bytes.data) + 1;
        if (at < bytes.size && bytes.data[at] == '.')
            return at;
    }
    return bytes.size;
}

int smtp_send_put(struct smtp_send *send, struct span bytes)
{
    if (bytes.size == 0)
        return 0;
    if (send->last[1] == '\n' && bytes.data[0] == '.' && stream_write(send->stream, ".", 1) != 0)
        return -1;
    size_t from = 0;
    size_t dot = find_dot(bytes, 0);
    while (dot < bytes.size) { /* what is written ends with the dot, and what follows begins with it */
        if (stream_write(send->stream, bytes.data + from, dot + 1 - from) != 0)
            return -1;
        from = dot;
        dot = find_dot(bytes, dot);
    }
    remember_last(send, bytes);
    return stream_write(send->stream, bytes.data + from, bytes.size - from);
}

int smtp_send_finish_line(struct smtp_send *send)
{
    bool is_finished = send->last[0] == '\r' && send->last[1] == '\n';
    if (!is_finished && smtp_send_put(send, span_text("\r\n")) != 0)
        return -1;
    return stream_flush(send->stream);
}

int smtp_send_dot(struct smtp_send *send)
{
    assert(send->last[0] == '\r' && send->last[1] == '\n');
    return stream_write(send->stream, ".\r\n", 3);
}

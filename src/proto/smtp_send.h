/* A message body on its way to a server: dot-stuffed and ended (RFC 5321 section 4.5.2).
 *
 * The body comes in runs of any size, cut anywhere. Beyond the dots, and a CRLF before the final one where the body has
 * none, not one byte of it is changed. Every LF begins a line here, a bare one too: no run of bytes in a body can look
 * like its end to whoever reads it, however loosely.
 *
 * Faults stay in the stream, as its contract says.
 */
#ifndef CORDON_PROTO_SMTP_SEND_H
#define CORDON_PROTO_SMTP_SEND_H

#include "base/span.h"
#include "sys/stream.h"

struct smtp_send {
    struct stream *stream; /* borrowed */
    char last[2];          /* the last two bytes of the body so far */
};

void smtp_send_init(struct smtp_send *send, struct stream *stream);

/* 0 or -1. */
int smtp_send_put(struct smtp_send *send, struct span bytes);

/* The last line ends with CRLF, and everything is on its way. 0 or -1. */
int smtp_send_finish_line(struct smtp_send *send);

/* The final dot, behind smtp_send_finish_line. It goes out when the reply is read. 0 or -1. */
int smtp_send_dot(struct smtp_send *send);

#endif

/* The bytes of a message as they come: DATA with its dots taken off, or the chunks of BDAT.
 *
 * Invariants:
 * 1. A message under DATA ends at <CRLF>.<CRLF> and nowhere else (the CRLF of "DATA" counts for an empty one); a dot
 *    behind anything but CRLF is an ordinary byte (RFC 5321 section 4.1.1.4).
 * 2. What comes out has no bare CR and no bare LF. Each that came in is either a flaw, or mended: it becomes CRLF. A
 * few CRs right before a CRLF ("\r\r\n", a common stammer) are dropped. A line end that was mended never makes the next
 *    byte's dot special.
 * 3. What comes out is empty or ends with CRLF, once the message has ended. It does not begin with a space or a tab:
 *    that would continue the header field that we put in front.
 * 4. All other bytes, NUL included, come out as they came in.
 * 5. How the bytes are cut into runs changes nothing.
 */
#ifndef CORDON_PROTO_SMTP_BODY_H
#define CORDON_PROTO_SMTP_BODY_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SMTP_BODY_MOST_HELD_CRS = 8 };

enum smtp_body_kind { SMTP_BODY_DATA, SMTP_BODY_BDAT };

enum smtp_body_flaw { SMTP_BODY_SOUND, SMTP_BODY_BARE_CR, SMTP_BODY_BARE_LF, SMTP_BODY_CONTINUES };

/* Names what has been seen since the last line end. */
enum smtp_body_seen { SEEN_CRLF, SEEN_TEXT, SEEN_CR, SEEN_DOT, SEEN_DOT_CR, SEEN_END };

/* Takes what comes out: large runs, which point into the bytes that went in. Not called any more after a flaw. */
typedef void (*smtp_body_put)(void *context, struct span run);

struct smtp_body {
    enum smtp_body_kind kind;
    bool mends; /* bare newlines; else they are flaws */
    smtp_body_put put;
    void *context;
    enum smtp_body_seen seen;
    size_t held_crs;          /* CRs that came last and are not put yet; at most SMTP_BODY_MOST_HELD_CRS */
    bool is_at_line_start;    /* of what came out */
    bool has_put;             /* anything came out */
    enum smtp_body_flaw flaw; /* the first */
    uint64_t mended;          /* line ends */
};

void smtp_body_init(struct smtp_body *body, enum smtp_body_kind kind, bool mends, smtp_body_put put, void *context);

/* Reads on, up to the end of the message at most, and returns how many bytes it took. With a flaw it goes on to the
 * end, so that the dialogue stays in step. */
size_t smtp_body_take(struct smtp_body *body, struct span bytes);

/* Under BDAT the message ends where the client says so. */
void smtp_body_finish(struct smtp_body *body);

bool smtp_body_is_ended(const struct smtp_body *body);

/* The reply for a flaw. */
const char *smtp_body_flaw_reply(enum smtp_body_flaw flaw);

#endif

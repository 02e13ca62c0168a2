#include "proto/smtp_body.h"

#include <assert.h>
#include <string.h>

void smtp_body_init(struct smtp_body *body, enum smtp_body_kind kind, bool mends, smtp_body_put put, void *context)
{
    *body = (struct smtp_body){
        .kind = kind, .mends = mends, .put = put, .context = context, .seen = SEEN_CRLF, .is_at_line_start = true
    };
}

bool smtp_body_is_ended(const struct smtp_body *body)
{
    return body->seen == SEEN_END;
}

const char *smtp_body_flaw_reply(enum smtp_body_flaw flaw)
{
    static const char *const replies[] = {
        [SMTP_BODY_SOUND] = "250 2.0.0 Ok",
        [SMTP_BODY_BARE_CR] = "550 5.6.0 The message has a bare CR, which is not a line end",
        [SMTP_BODY_BARE_LF] = "550 5.6.0 The message has a bare LF, which is not a line end",
        [SMTP_BODY_CONTINUES] = "550 5.6.0 The message begins with a space or a tab",
    };
    return replies[flaw];
}

static void set_flaw(struct smtp_body *body, enum smtp_body_flaw flaw)
{
    if (body->flaw == SMTP_BODY_SOUND)
        body->flaw = flaw;
}

static void put_run(struct smtp_body *body, struct span run)
{
    if (run.size == 0)
        return;
    if (!body->has_put && ascii_is_space(run.data[0]))
        set_flaw(body, SMTP_BODY_CONTINUES);
    body->has_put = true;
    body->is_at_line_start = run.data[run.size - 1] == '\n';
    if (body->flaw == SMTP_BODY_SOUND)
        body->put(body->context, run);
}

static void put_line_end(struct smtp_body *body)
{
    put_run(body, span_of("\r\n", 2));
}

static void put_bare(struct smtp_body *body, enum smtp_body_flaw flaw)
{
    if (body->mends)
        body->mended++;
    else
        set_flaw(body, flaw);
    put_line_end(body);
}

/* What follows is no LF: the CRs were bare. */
static void put_held_crs(struct smtp_body *body)
{
    for (; body->held_crs > 0; body->held_crs--)
        put_bare(body, SMTP_BODY_BARE_CR);
}

/* An LF behind a CR is a line end; CRs before that one were a stammer. */
static void put_crlf(struct smtp_body *body)
{
    if (body->held_crs > 1) {
        if (body->mends)
            body->mended++;
        else
            set_flaw(body, SMTP_BODY_BARE_CR);
    }
    body->held_crs = 0;
    put_line_end(body);
}

/* One byte in the middle of a line, or the first of one that is not a dot under DATA. */
static enum smtp_body_seen take_text(struct smtp_body *body, const char *byte)
{
    if (*byte == '\r') {
        body->held_crs = 1;
        return SEEN_CR;
    }
    if (*byte == '\n')
        put_bare(body, SMTP_BODY_BARE_LF);
    else
        put_run(body, span_of(byte, 1));
    return SEEN_TEXT;
}

static enum smtp_body_seen take_after_crlf(struct smtp_body *body, const char *byte)
{
    return body->kind == SMTP_BODY_DATA && *byte == '.' ? SEEN_DOT : take_text(body, byte);
}

static enum smtp_body_seen take_after_cr(struct smtp_body *body, const char *byte)
{
    if (*byte == '\n') {
        put_crlf(body);
        return SEEN_CRLF;
    }
    if (*byte == '\r') {
        if (body->held_crs < SMTP_BODY_MOST_HELD_CRS)
            body->held_crs++;
        else
            put_bare(body, SMTP_BODY_BARE_CR); /* the oldest: so many are no stammer */
        return SEEN_CR;
    }
    put_held_crs(body);
    return take_text(body, byte);
}

/* A dot at the start of a line is taken off, whatever follows it (RFC 5321 section 4.5.2). */
static enum smtp_body_seen take_after_dot(struct smtp_body *body, const char *byte)
{
    enum smtp_body_seen seen = take_text(body, byte);
    return seen == SEEN_CR ? SEEN_DOT_CR : seen;
}

static enum smtp_body_seen take_after_dot_cr(struct smtp_body *body, const char *byte)
{
    if (*byte != '\n')
        return take_after_cr(body, byte);
    body->held_crs = 0;
    return SEEN_END;
}

static void take_byte(struct smtp_body *body, const char *byte)
{
    static enum smtp_body_seen (*const steps[])(struct smtp_body *, const char *) = {
        [SEEN_CRLF] = take_after_crlf, [SEEN_TEXT] = take_text,           [SEEN_CR] = take_after_cr,
        [SEEN_DOT] = take_after_dot,   [SEEN_DOT_CR] = take_after_dot_cr,
    };
    body->seen = steps[body->seen](body, byte);
}

/* Where the next LF is; looked for once, however many bare CRs stand before it. */
struct newline {
    size_t at;
    bool is_known;
};

static size_t newline_from(struct newline *newline, struct span bytes, size_t from)
{
    if (!newline->is_known || newline->at < from) {
        size_t found = span_find_byte(span_from(bytes, from), '\n');
        newline->at = found != SPAN_NONE ? from + found : bytes.size;
        newline->is_known = true;
    }
    return newline->at;
}

/* The end of the longest run from `from` on that comes out as it came in: whole lines, and text before a CR. */
static size_t plain_run_end(const struct smtp_body *body, struct span bytes, size_t from, struct newline *newline)
{
    bool is_line_start = body->seen == SEEN_CRLF;
    size_t at = from;
    while (at < bytes.size) {
        if (is_line_start && body->kind == SMTP_BODY_DATA && bytes.data[at] == '.')
            return at;
        size_t lf = newline_from(newline, bytes, at);
        size_t cr = span_find_byte(span_slice(bytes, at, lf - at), '\r');
        if (cr == SPAN_NONE)
            return lf;
        if (at + cr + 1 != lf || lf == bytes.size)
            return at + cr;
        at = lf + 1;
        is_line_start = true;
    }
    return at;
}

size_t smtp_body_take(struct smtp_body *body, struct span bytes)
{
    struct newline newline = { 0 };
    size_t at = 0;
    while (at < bytes.size && body->seen != SEEN_END) {
        if (body->seen == SEEN_CRLF || body->seen == SEEN_TEXT) {
            size_t end = plain_run_end(body, bytes, at, &newline);
            put_run(body, span_slice(bytes, at, end - at));
            if (end > at)
                body->seen = bytes.data[end - 1] == '\n' ? SEEN_CRLF : SEEN_TEXT;
            at = end;
        }
        if (at < bytes.size)
            take_byte(body, bytes.data + at++);
    }
    return at;
}

void smtp_body_finish(struct smtp_body *body)
{
    assert(body->kind == SMTP_BODY_BDAT && body->seen != SEEN_END);
    put_held_crs(body);
    if (!body->is_at_line_start)
        put_line_end(body);
    body->seen = SEEN_END;
}

#include "gate/hop_envelope.h"

#include "base/buf.h"
#include "proto/xforward.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

enum {
    ENVELOPE_LIMIT = TRANSACTION_ARENA_LIMIT,
    XFORWARD_LINE_LIMIT = 512 - 2, /* Postfix's XFORWARD_README; without CRLF */
    XFORWARD_PIECE_LIMIT = 1024
};

void hop_envelope_init(struct hop_envelope *envelope)
{
    *envelope = (struct hop_envelope){ .sender = "", .parameters = "" };
    arena_init(&envelope->arena, ENVELOPE_LIMIT);
}

void hop_envelope_fini(struct hop_envelope *envelope)
{
    arena_fini(&envelope->arena);
}

bool hop_envelope_add(struct hop_envelope *envelope, const char *address, const char *parameters)
{
    struct hop_recipient *recipient = arena_try(&envelope->arena, sizeof *recipient);
    if (recipient == NULL)
        return false;
    recipient->address = arena_try_text(&envelope->arena, span_text(address));
    recipient->parameters = arena_try_text(&envelope->arena, span_text(parameters));
    if (recipient->address == NULL || recipient->parameters == NULL)
        return false;
    if (envelope->last != NULL)
        envelope->last->next = recipient;
    else
        envelope->recipients = recipient;
    envelope->last = recipient;
    envelope->recipient_count++;
    return true;
}

/* In the order in which Postfix's own client sends them. */
static const struct {
    enum xforward_attribute attribute;
    size_t offset;
} origin_rows[] = {
    { XFORWARD_NAME, offsetof(struct origin, name) },      { XFORWARD_ADDR, offsetof(struct origin, address) },
    { XFORWARD_PORT, offsetof(struct origin, port) },      { XFORWARD_HELO, offsetof(struct origin, helo) },
    { XFORWARD_IDENT, offsetof(struct origin, queue_id) }, { XFORWARD_PROTO, offsetof(struct origin, protocol) },
    { XFORWARD_SOURCE, offsetof(struct origin, source) },
};
enum { ORIGIN_ROWS = sizeof origin_rows / sizeof origin_rows[0] };

static const char *origin_value(const struct origin *origin, size_t row)
{
    return (const char *)origin + origin_rows[row].offset;
}

static bool origin_is_empty(const struct origin *origin)
{
    for (size_t i = 0; i < ORIGIN_ROWS; i++) {
        if (origin_value(origin, i)[0] != '\0')
            return false;
    }
    return true;
}

static enum hop_step ask_xforward(struct hop_link *link, const struct buf *line, struct deadline deadline,
                                  struct fault *fault)
{
    struct smtp_reply reply;
    hop_link_put(link, buf_text(line));
    enum hop_step step = hop_link_ask(link, deadline, &reply, fault);
    if (step == HOP_DONE && smtp_reply_class(reply.code) != 2) {
        (void)fault_set(fault, EPROTO, "it answers XFORWARD with \"%s\"", reply.text);
        return HOP_OVER;
    }
    return step;
}

/* " NAME=value". A value whose encoding would fill a command by itself is not worth telling. */
static void put_attribute(const struct origin *origin, size_t row, struct buf *piece)
{
    buf_clear(piece);
    xforward_put(origin_rows[row].attribute, origin_value(origin, row), piece);
    if (buf_overflowed(piece) || piece->size + strlen("XFORWARD") > XFORWARD_LINE_LIMIT) {
        buf_clear(piece);
        xforward_put(origin_rows[row].attribute, "", piece);
    }
}

enum hop_step hop_say_xforward(struct hop_link *link, const struct origin *origin, struct deadline deadline,
                               struct fault *fault)
{
    if ((link->abilities.bits & HOP_XFORWARD) == 0 || origin_is_empty(origin))
        return HOP_DONE;
    struct buf line;
    struct buf piece;
    buf_init(&line, XFORWARD_LINE_LIMIT);
    buf_init(&piece, XFORWARD_PIECE_LIMIT);
    enum hop_step step = HOP_DONE;
    for (size_t i = 0; i < ORIGIN_ROWS && step == HOP_DONE; i++) {
        if (!ehlo_has_attribute(link->abilities.xforward, xforward_attribute_text(origin_rows[i].attribute)))
            continue;
        put_attribute(origin, i, &piece);
        if (line.size + piece.size > XFORWARD_LINE_LIMIT) {
            step = ask_xforward(link, &line, deadline, fault);
            buf_clear(&line);
        }
        if (line.size == 0)
            buf_put_text(&line, "XFORWARD");
        buf_put_span(&line, buf_span(&piece));
    }
    if (step == HOP_DONE && line.size > 0)
        step = ask_xforward(link, &line, deadline, fault);
    buf_fini(&line);
    buf_fini(&piece);
    return step;
}

/* Which ability a parameter of MAIL or RCPT belongs to. */
static const struct {
    const char *keyword;
    unsigned ability; /* 0: never goes on */
} parameter_rows[] = {
    { "SIZE", HOP_SIZE }, { "BODY", HOP_8BITMIME }, { "SMTPUTF8", HOP_SMTPUTF8 }, { "RET", HOP_DSN },
    { "ENVID", HOP_DSN }, { "NOTIFY", HOP_DSN },    { "ORCPT", HOP_DSN },         { "AUTH", 0 },
};
enum { PARAMETER_ROWS = sizeof parameter_rows / sizeof parameter_rows[0] };

/* Unknown ones go on: the next hop's own answer tells the client what it thinks of them. */
static bool parameter_goes_on(struct span parameter, unsigned abilities)
{
    struct span keyword = span_cut(&parameter, '=');
    for (size_t i = 0; i < PARAMETER_ROWS; i++) {
        if (span_is_nocase(keyword, parameter_rows[i].keyword))
            return (parameter_rows[i].ability & abilities) != 0;
    }
    return true;
}

static void put_parameters(struct hop_link *link, const char *parameters)
{
    struct span rest = span_text(parameters);
    while (rest.size > 0) {
        struct span parameter = span_cut(&rest, ' ');
        if (parameter.size == 0 || !parameter_goes_on(parameter, link->abilities.bits))
            continue;
        hop_link_put(link, " ");
        hop_link_put_span(link, parameter);
    }
}

enum hop_step hop_say_mail(struct hop_link *link, const struct hop_envelope *envelope, struct deadline deadline,
                           struct smtp_reply *reply_out, struct fault *fault)
{
    link->is_dirty = true; /* also where MAIL is refused: what XFORWARD said lasts until RSET */
    hop_link_put(link, "MAIL FROM:<");
    hop_link_put(link, envelope->sender);
    hop_link_put(link, ">");
    put_parameters(link, envelope->parameters);
    return hop_link_ask(link, deadline, reply_out, fault);
}

enum hop_step hop_say_rcpt(struct hop_link *link, const char *address, const char *parameters, struct deadline deadline,
                           struct smtp_reply *reply_out, struct fault *fault)
{
    hop_link_put(link, "RCPT TO:<");
    hop_link_put(link, address);
    hop_link_put(link, ">");
    put_parameters(link, parameters);
    return hop_link_ask(link, deadline, reply_out, fault);
}

#include "walk.h"

#include "base/memory.h"
#include "mail/header.h"
#include "mail/reader.h"

#include <assert.h>
#include <stdlib.h>

/* An open part. */
struct walk_level {
    uint32_t index; /* in emit's parts */
    uint32_t children;
};

struct walk {
    struct span message;
    struct emit *emit;
    struct mail_reader reader;
    struct walk_level *levels; /* by depth */
    bool is_in_encoded;        /* inside a container that is encoded as a whole */
    uint32_t encoded_depth;    /* the outermost such container's */
    bool is_stopped;           /* at the limit on parts */
};

static struct decode_range walk_range(const struct walk *walk, struct span body)
{
    if (body.size == 0 && body.data == NULL)
        return (struct decode_range){ 0 };
    return (struct decode_range){ .offset = (uint64_t)(body.data - walk->message.data), .size = body.size };
}

/* --- The message's own header --- */

static void read_received(struct walk *walk, struct span value)
{
    (void)value;
    walk->emit->received_count++;
}

static void read_subject(struct walk *walk, struct span value)
{
    emit_put_subject(walk->emit, value);
}

static void read_message_id(struct walk *walk, struct span value)
{
    emit_put_message_id(walk->emit, value);
}

static const struct {
    const char *name;
    void (*read)(struct walk *walk, struct span value);
} header_fields[] = {
    { "Received", read_received },
    { "Subject", read_subject },
    { "Message-ID", read_message_id },
};

/* A field that the limit on headers cuts in two is not looked at. Files are not forwarded, so nothing is cut there. */
static void walk_header(struct walk *walk, struct span header)
{
    const struct decode_job *job = walk->emit->job;
    struct span host = span_text(job->host);
    struct span rest = span_slice(header, 0, job->limits.header_bytes);
    bool is_cut = rest.size < header.size;
    struct mail_field field;
    while (mail_field_next(&rest, &field) && !(is_cut && rest.size == 0)) {
        for (size_t i = 0; i < sizeof header_fields / sizeof header_fields[0]; i++) {
            if (span_is_nocase(field.name, header_fields[i].name))
                header_fields[i].read(walk, field.value);
        }
        if (job->standin_bytes > 0 && decode_field_is_ours(field.whole, host))
            emit_add_cut(walk->emit, walk_range(walk, field.whole));
    }
}

/* --- The tree --- */

/* Adds a part under the one above; false, and the walk ends, at the limit. */
static bool walk_add(struct walk *walk, uint32_t depth, struct span names, struct span declared, uint32_t *index_out)
{
    struct emit_part part = { .parent = DECODE_NO_PARENT, .number = 1, .names = names, .declared = declared };
    if (depth > 0) {
        part.parent = (int32_t)walk->levels[depth - 1].index;
        part.number = ++walk->levels[depth - 1].children;
    }
    walk->is_stopped = !emit_add_part(walk->emit, &part, index_out);
    return !walk->is_stopped;
}

static int walk_begin(struct walk *walk, const struct mail_event *event)
{
    struct walk_level *level = &walk->levels[event->depth];
    *level = (struct walk_level){ 0 };
    if (event->depth == 0)
        walk_header(walk, event->header);
    if (!walk_add(walk, event->depth, event->names, event->type, &level->index))
        return 0;
    if (event->part == MAIL_LEAF || event->encoding == MAIL_ENCODING_IDENTITY)
        return 0;
    if (walk->is_in_encoded)
        emit_note(walk->emit, EMIT_UNSUPPORTED_NESTED);
    else
        walk->encoded_depth = event->depth;
    walk->is_in_encoded = true;
    return 0;
}

static int walk_body(struct walk *walk, const struct mail_event *event)
{
    uint32_t index = walk->levels[event->depth].index;
    struct decode_range source = walk_range(walk, event->body);
    if (event->encoding == MAIL_ENCODING_UUENCODE)
        emit_note(walk->emit, EMIT_UNSUPPORTED_UUENCODE);
    bool is_as_is = event->part != MAIL_LEAF || event->encoding == MAIL_ENCODING_IDENTITY ||
                    event->encoding == MAIL_ENCODING_UUENCODE;
    if (!is_as_is)
        return emit_put_decoded(walk->emit, index, event->encoding, event->body, source);
    emit_put_slice(walk->emit, index, event->body, source);
    return 0;
}

/* Its children account for the bytes; the decoded whole is given beside them. Once on each way down, so that no byte is
 * decoded more than twice. */
static int walk_end(struct walk *walk, const struct mail_event *event)
{
    if (event->is_damaged)
        emit_note_damaged(walk->emit, walk->levels[event->depth].index);
    if (!walk->is_in_encoded || walk->encoded_depth != event->depth)
        return 0;
    walk->is_in_encoded = false;
    if (event->encoding == MAIL_ENCODING_UUENCODE)
        return 0;
    uint32_t index = 0;
    struct span declared = emit_declared(walk->emit, walk->levels[event->depth].index);
    if (!walk_add(walk, event->depth + 1, span_of(NULL, 0), declared, &index))
        return 0;
    return emit_put_decoded(walk->emit, index, event->encoding, event->body, (struct decode_range){ 0 });
}

static void walk_note(struct walk *walk)
{
    static const struct {
        unsigned limit;
        enum emit_reason reason;
    } rows[] = {
        { MAIL_LIMIT_DEPTH, EMIT_LIMIT_DEPTH },
        { MAIL_LIMIT_HEADER, EMIT_LIMIT_HEADER_BYTES },
        { MAIL_LIMIT_NAMES, EMIT_LIMIT_NAMES },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if ((mail_reader_limits(&walk->reader) & rows[i].limit) != 0)
            emit_note(walk->emit, rows[i].reason);
    }
    walk->emit->defects |= mail_reader_defects(&walk->reader);
    walk->emit->steps += mail_reader_steps(&walk->reader);
}

int walk_message(struct span message, size_t start, struct emit *emit)
{
    static int (*const handlers[])(struct walk *, const struct mail_event *) = {
        [MAIL_EVENT_BEGIN] = walk_begin,
        [MAIL_EVENT_BODY] = walk_body,
        [MAIL_EVENT_END] = walk_end,
    };
    const struct decode_limits *limits = &emit->job->limits;
    struct mail_limits mail_limits = { .depth = limits->depth,
                                       .header_bytes = limits->header_bytes,
                                       .names_bytes = limits->text_bytes };
    struct walk walk = { .message = message, .emit = emit };
    walk.levels = memory_new(((size_t)limits->depth + 1) * sizeof *walk.levels);
    mail_reader_init(&walk.reader, span_from(message, start), &mail_limits);

    int result = 0;
    struct mail_event event;
    while (result == 0 && !walk.is_stopped && mail_reader_next(&walk.reader, &event))
        result = handlers[event.kind](&walk, &event);
    walk_note(&walk);
    mail_reader_fini(&walk.reader);
    free(walk.levels);
    return result;
}

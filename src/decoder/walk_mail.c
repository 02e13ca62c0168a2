/* One entity of mail in all its readings (RFC 2045, 2046): where its header ends, what the header says, how the body
 * divides, how it is encoded. Alternatives live at the node where readers differ: each reading adds its ranges, and a
 * range that another reading has added is not added again, so independent ambiguities add and don't multiply.
 */
#include "walk.h"

#include "decoder/receive.h"
#include "decoder/transfer.h"
#include "mail/border.h"
#include "mail/split.h"
#include "text/charset.h"
#include "text/flowed.h"
#include "text/uuencode.h"
#include "text/yenc.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAIL_HOPS_MOST = 64,    /* messages within messages at one part */
    MAIL_BLURB_BYTES = 160, /* the sentence for programs without MIME that many write before the first delimiter */
    MAIL_ODD_SIZE = 512,
    MAIL_LATER_FIRST = 16,
    MAIL_FIELD_STEPS = 16, /* for each byte of a field that is read in many ways */
    MAIL_STEP_BYTES = 64   /* looked through while a header's end is looked for */
};

/* A body that is to be read. */
struct body {
    uint32_t part;
    uint32_t buffer;
    size_t from;
    size_t to;
    unsigned hops;
    bool is_reading;
};

static struct span buffer_range(const struct walk *walk, uint32_t buffer, size_t from, size_t to)
{
    return span_slice(walk->buffers[buffer].bytes, from, to - from);
}

static bool is_in_message(const struct walk *walk, uint32_t buffer)
{
    return walk->buffers[buffer].bytes.data == walk->emit->message.data;
}

/* --- Leaves --- */

/* A part below another one that only some readers see. EMIT_NO_PART at a limit. */
static uint32_t add_reading(struct walk *walk, uint32_t parent, const char *how)
{
    uint32_t index = 0;
    if (!emit_add_part(walk->emit, (int32_t)parent, how, &index))
        return EMIT_NO_PART;
    walk->works[index] = (struct work){ .kind = WORK_NONE };
    emit_add_flags(walk->emit, index, DECODE_PART_READING);
    return index;
}

/* Takes a reading away again that has come to nothing. True where it did. */
static bool drop_if_empty(struct walk *walk, uint32_t index)
{
    struct emit *emit = walk->emit;
    bool is_last = index + 1 == emit->part_count;
    bool is_new = emit->parts[index].size > 0 && (emit->parts[index].flags & DECODE_PART_REPEAT) == 0;
    if (!is_last || is_new || walk->works[index].kind == WORK_CONTENT)
        return false;
    emit_drop_part(emit, index);
    return true;
}

static bool is_text(const struct emit *emit, uint32_t index)
{
    struct span declared = emit_text_of(emit, emit->parts[index].declared);
    struct span detected = emit_text_of(emit, emit->parts[index].detected);
    return span_starts_with(declared, "text/") || span_starts_with(declared, "message/") ||
           span_starts_with(detected, "text/");
}

/* The body of a leaf in each of its encodings. Texts stay in the frame as they stand, for signatures that look at mail
 * as a whole; for everything else the part is judged in place of the encoded bytes. */
static void read_leaf(struct walk *walk, const struct body *body, struct mail_encodings encodings, bool is_message)
{
    struct emit *emit = walk->emit;
    struct span bytes = buffer_range(walk, body->buffer, body->from, body->to);
    uint32_t index = body->part;
    /* Some programs go by the frame that they see, whatever the field says. */
    if (encodings.main == MAIL_ENCODING_BASE64 && (uu_looks(bytes) || yenc_looks(bytes)))
        encodings.all |= MAIL_ENCODING_BIT(MAIL_ENCODING_IDENTITY);
    for (unsigned i = 0; i <= MAIL_ENCODINGS; i++) {
        enum mail_encoding encoding = i == 0 ? encodings.main : (enum mail_encoding)(i - 1);
        if ((i > 0 && encoding == encodings.main) || (encodings.all & MAIL_ENCODING_BIT(encoding)) == 0)
            continue;
        if (i == 0 && emit->parts[index].size > 0) { /* a file that is a message: its body is a part below it */
            if (!emit_add_part(emit, (int32_t)body->part, "body", &index))
                return;
            walk->works[index] = (struct work){ .kind = WORK_NONE };
        } else if (i > 0) {
            char how[64];
            (void)snprintf(how, sizeof how, "read as %s", mail_encoding_text(encoding));
            index = add_reading(walk, body->part, how);
            if (index == EMIT_NO_PART)
                return;
            emit_set_declared(emit, index, emit_text_of(emit, emit->parts[body->part].declared));
        }
        transfer_fill(walk, index, encoding, bytes, is_message);
        bool is_kept = index == body->part || !drop_if_empty(walk, index);
        if (is_kept && is_in_message(walk, body->buffer) && !is_text(emit, index))
            emit_cover(emit, (struct decode_range){ .offset = body->from, .size = bytes.size }, index);
    }
}

/* --- Multiparts --- */

static bool is_blank(struct span text)
{
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (!ascii_is_space(c) && c != '\r' && c != '\n' && c != '\0')
            return false;
    }
    return true;
}

static bool is_blurb(struct span text)
{
    static const char *const starts[] = { "This is a multi", "This is a MIME", "This is a cryptographically signed",
                                          "This message is in MIME format", "This is an OpenPGP/MIME" };
    text = span_trim(text);
    for (size_t i = 0; text.size <= MAIL_BLURB_BYTES && i < sizeof starts / sizeof starts[0]; i++) {
        if (span_starts_with_nocase(text, starts[i]))
            return true;
    }
    return false;
}

/* What stands before the first delimiter, or behind a close delimiter: no part to most, a text to some. */
static void add_aside(struct walk *walk, const struct body *body, size_t from, size_t to, const char *how)
{
    struct emit *emit = walk->emit;
    struct span text = buffer_range(walk, body->buffer, from, to > from ? to : from);
    uint32_t index = 0;
    if (is_blank(text) || is_blurb(text) || !emit_add_part(emit, (int32_t)body->part, how, &index))
        return;
    walk->works[index] = (struct work){ .kind = WORK_NONE };
    emit_open(emit, index, text.size, 0);
    emit_slice(emit, text);
    (void)walk_close_content(walk, index, false);
}

/* One way to divide the body. How many delimiters there are. */
struct division {
    struct span boundary;
    bool is_wide;
    bool is_first; /* the first one that was found: what is aside is given too */
    bool is_in_digest;
    const char *how;
};

static size_t divide(struct walk *walk, const struct body *body, const struct division *division, bool *is_closed_out)
{
    const struct mail_lines *lines = &walk->buffers[body->buffer].lines;
    struct mail_split split;
    struct mail_cut cut;
    size_t count = 0;
    size_t from = body->from;
    bool is_part = false;
    mail_split_init(&split, lines, body->from, body->to, division->boundary, division->is_wide);
    *is_closed_out = false;
    for (; mail_split_next(&split, &cut); count++) {
        size_t to = cut.body_end > from ? cut.body_end : from;
        struct walk_range range = { .buffer = body->buffer,
                                    .from = from,
                                    .to = to,
                                    .is_in_digest = division->is_in_digest,
                                    .is_reading = !division->is_first || body->is_reading };
        if (is_part)
            walk_add_entity(walk, body->part, &range, division->how);
        else if (division->is_first)
            add_aside(walk, body, from, to, count == 0 ? "preamble" : "epilogue");
        from = cut.next_at;
        is_part = !cut.is_close;
        *is_closed_out |= cut.is_close;
    }
    struct walk_range range = { .buffer = body->buffer,
                                .from = from,
                                .to = body->to,
                                .is_in_digest = division->is_in_digest,
                                .is_reading = !division->is_first || body->is_reading };
    if (is_part)
        walk_add_entity(walk, body->part, &range, division->how);
    else if (count > 0 && division->is_first)
        add_aside(walk, body, from, body->to, "epilogue");
    (void)emit_step(walk->emit, split.steps, body->part);
    return count;
}

/* Also where the boundary stands, in the first of them. */
static size_t count_delimiters(const struct walk *walk, const struct body *body, struct span boundary, bool is_wide,
                               size_t *boundary_at_out)
{
    struct mail_split split;
    struct mail_cut cut;
    size_t count = 0;
    mail_split_init(&split, &walk->buffers[body->buffer].lines, body->from, body->to, boundary, is_wide);
    for (; mail_split_next(&split, &cut); count++) {
        if (count == 0)
            *boundary_at_out = cut.text_at;
    }
    (void)emit_step(walk->emit, split.steps, body->part);
    return count;
}

/* Later, when everything that all readers agree on has been found: so that what the one reading shares with the other
 * is not taken for something that few see. */
static void divide_later(struct walk *walk, const struct body *body, const struct division *division,
                         size_t boundary_at)
{
    if (walk->later_count == walk->later_room) {
        size_t room = walk->later_room == 0 ? MAIL_LATER_FIRST : walk->later_room * 2;
        struct walk_later *later = room <= walk->emit->job->limits.parts ? realloc(walk->later, room * sizeof *later)
                                                                         : NULL;
        if (later == NULL) {
            emit_find(walk->emit, DECODE_LIMIT, body->part, "readings");
            return;
        }
        walk->later = later;
        walk->later_room = room;
    }
    walk->later[walk->later_count++] = (struct walk_later){ .part = body->part,
                                                            .buffer = body->buffer,
                                                            .from = body->from,
                                                            .to = body->to,
                                                            .boundary_at = boundary_at,
                                                            .boundary_size = division->boundary.size,
                                                            .is_wide = division->is_wide,
                                                            .is_in_digest = division->is_in_digest };
}

bool walk_divide_later(struct walk *walk)
{
    if (walk->later_done == walk->later_count)
        return false;
    struct walk_later later = walk->later[walk->later_done++];
    struct body body = {
        .part = later.part, .buffer = later.buffer, .from = later.from, .to = later.to, .is_reading = true
    };
    struct span bytes = walk->buffers[later.buffer].bytes;
    struct division division = { .boundary = span_slice(bytes, later.boundary_at, later.boundary_size),
                                 .is_wide = later.is_wide,
                                 .is_in_digest = later.is_in_digest,
                                 .how = later.is_wide ? "delimiters compared by their beginning"
                                                      : "divided by another boundary" };
    bool is_closed = false;
    if (emit_step(walk->emit, 0, later.part))
        (void)divide(walk, &body, &division, &is_closed);
    return true;
}

/* Divides the body by the first boundary that stands in it, and later by the others. How many delimiters the first has.
 */
static size_t divide_in_every_way(struct walk *walk, const struct body *body, mail_defects *defects)
{
    const struct mail_entity *entity = &walk->entity;
    size_t first_count = 0;
    size_t most = (size_t)walk->emit->job->limits.readings + 1;
    if (entity->boundaries.count > most)
        emit_find(walk->emit, DECODE_LIMIT, body->part, "readings");
    for (size_t i = 0; i < entity->boundaries.count && i < most && emit_step(walk->emit, 1, body->part); i++) {
        size_t narrow = 0;
        for (int is_wide = 0; is_wide < 2; is_wide++) {
            struct division division = { .boundary = mail_boundary_at(&entity->boundaries, i),
                                         .is_wide = is_wide != 0,
                                         .is_first = first_count == 0,
                                         .is_in_digest = (entity->kinds & MAIL_DIGEST) != 0 };
            size_t boundary_at = 0;
            size_t count = count_delimiters(walk, body, division.boundary, division.is_wide, &boundary_at);
            if (count == 0 || (is_wide != 0 && count == narrow))
                continue;
            narrow = count;
            if (!division.is_first) {
                divide_later(walk, body, &division, boundary_at);
                continue;
            }
            bool is_closed = false;
            first_count = divide(walk, body, &division, &is_closed);
            if (!is_closed)
                *defects |= MAIL_DEFECT_BIT(MAIL_DEFECT_CLOSE_MISSING);
        }
    }
    return first_count;
}

/* --- Bodies and headers --- */

static void read_header(struct walk *walk, const struct body *body, const char *default_type);

static void note_kinds(struct walk *walk, const struct body *body, unsigned kinds)
{
    if ((kinds & MAIL_PARTIAL) != 0)
        emit_find(walk->emit, DECODE_UNSUPPORTED, body->part, "message/partial: a piece of a message");
    if ((kinds & MAIL_EXTERNAL) != 0)
        emit_find(walk->emit, DECODE_UNSUPPORTED, body->part, "message/external-body: the content lies elsewhere");
}

/* The entity has been read into walk->entity, which is used up here. */
static void read_body(struct walk *walk, const struct body *body, mail_defects *defects)
{
    struct mail_entity *entity = &walk->entity;
    struct mail_encodings encodings = entity->encodings;
    unsigned kinds = entity->kinds;
    unsigned kind = entity->kind;
    struct span bytes = buffer_range(walk, body->buffer, body->from, body->to);
    if (entity->boundaries.count == 0 && (kinds & MAIL_MULTIPART) != 0) {
        *defects |= MAIL_DEFECT_BIT(MAIL_DEFECT_BOUNDARY_MISSING);
        mail_boundaries_add(&entity->boundaries, span_of(NULL, 0));
    }
    size_t delimiters = entity->boundaries.count > 0 ? divide_in_every_way(walk, body, defects) : 0;
    if (delimiters == 0 && (kinds & MAIL_MULTIPART) != 0)
        *defects |= MAIL_DEFECT_BIT(MAIL_DEFECT_BOUNDARY_UNSEEN);
    note_kinds(walk, body, kinds);

    bool is_message = (kinds & (MAIL_MESSAGE | MAIL_PARTIAL | MAIL_EXTERNAL)) != 0;
    bool is_plain = (encodings.all & MAIL_ENCODING_BIT(MAIL_ENCODING_IDENTITY)) != 0;
    unsigned coded = encodings.all & ~MAIL_ENCODING_BIT(MAIL_ENCODING_IDENTITY);
    if (is_message && is_plain) {
        struct body inner = *body;
        inner.hops++;
        read_header(walk, &inner, "text/plain");
    }
    bool is_leaf = kind == MAIL_LEAF || (kinds & MAIL_LEAF) != 0;
    bool is_container = delimiters > 0 || (is_message && is_plain);
    if (!is_leaf && is_container && coded == 0)
        return;
    if (!is_leaf && is_container) { /* encoded as a whole, against the rules: beside what it holds as it stands */
        *defects |= MAIL_DEFECT_BIT(MAIL_DEFECT_ENCODING_CONTAINER);
        encodings.all = coded;
        encodings.main = (coded & MAIL_ENCODING_BIT(encodings.main)) != 0         ? encodings.main
                         : (coded & MAIL_ENCODING_BIT(MAIL_ENCODING_BASE64)) != 0 ? MAIL_ENCODING_BASE64
                                                                                  : MAIL_ENCODING_QP;
    }
    if (bytes.size == 0)
        return;
    struct body leaf = *body;
    if (is_container) {
        uint32_t index = 0;
        if (!emit_add_part(walk->emit, (int32_t)body->part, is_leaf ? "read as no container" : "encoded as a whole",
                           &index))
            return;
        walk->works[index] = (struct work){ .kind = WORK_NONE };
        if (is_leaf)
            emit_add_flags(walk->emit, index, DECODE_PART_READING);
        leaf.part = index;
    }
    read_leaf(walk, &leaf, encodings, is_message);
    if (is_container)
        (void)drop_if_empty(walk, leaf.part);
}

static void put_facts(struct walk *walk, uint32_t index, bool is_main)
{
    struct mail_entity *entity = &walk->entity;
    emit_add_names(walk->emit, index, buf_span(&entity->names.list));
    if (is_main)
        emit_set_declared(walk->emit, index, span_text(entity->type));
    if (entity->is_cut)
        emit_find(walk->emit, DECODE_LIMIT, index, "names, boundaries or bytes of a header's field");
}

static void put_odd(struct walk *walk, uint32_t index, mail_defects defects)
{
    struct buf text;
    buf_init(&text, MAIL_ODD_SIZE);
    mail_defects_put(defects, &text);
    if (text.size > 0)
        emit_set_odd(walk->emit, index, buf_span(&text));
    buf_fini(&text);
}

/* A text whose charset is not like ASCII, or whose lines are to be joined, is given so too, as its reader would see and
 * save it. */
static void read_as_shown(struct walk *walk, uint32_t index)
{
    struct span text = emit_bytes(walk->emit, index);
    if (walk->entity.is_flowed && text.size > 0) {
        struct receive receive;
        receive_init(&receive, walk, index, text.size);
        flowed_read(&receive.unpack, text, walk->entity.is_delsp);
    }
    for (size_t i = 0; i < walk->entity.charset_count && text.size > 0; i++) {
        struct receive receive;
        receive_init(&receive, walk, index, text.size);
        charset_read_declared(&receive.unpack, span_text(walk->entity.charsets[i]), text);
    }
}

/* body: [from, to) is header and body. Every border between them gives a reading of its own. */
static void read_header(struct walk *walk, const struct body *body, const char *default_type)
{
    struct emit *emit = walk->emit;
    struct mail_border borders[MAIL_BORDERS_MOST];
    struct span bytes = walk->buffers[body->buffer].bytes;
    if (body->hops > MAIL_HOPS_MOST) {
        emit_find(emit, DECODE_LIMIT, body->part, "messages within messages");
        return;
    }
    if (!emit_step(emit, 1 + (body->to - body->from) / MAIL_STEP_BYTES, body->part))
        return;
    size_t count = mail_borders_find(bytes, body->from, body->to, borders);
    bool is_message = false; /* then what could be more of the header is the one of the message, and read as that */
    for (size_t i = 0; i < count && !(is_message && borders[i].is_late); i++) {
        struct body inner = *body;
        size_t header_size = borders[i].header_end - body->from;
        inner.from = borders[i].body_at;
        if (i > 0) {
            inner.is_reading = true;
            inner.part = add_reading(walk, body->part, borders[i].how);
            if (inner.part == EMIT_NO_PART)
                return;
        }
        if (header_size > emit->job->limits.header_bytes) {
            emit_find(emit, DECODE_LIMIT, body->part, "header bytes");
            header_size = emit->job->limits.header_bytes;
        }
        if (!emit_step(emit, header_size, body->part))
            return;
        mail_entity_read(&walk->entity, span_slice(bytes, body->from, header_size), default_type);
        is_message |= i == 0 && (walk->entity.kind & MAIL_MESSAGE) != 0;
        (void)emit_step(emit, walk->entity.field_bytes * MAIL_FIELD_STEPS, body->part);
        put_facts(walk, inner.part, i > 0 || body->hops == 0);
        mail_defects defects = walk->entity.defects;
        if (i == 0 && borders[i].header_end == borders[i].body_at && borders[i].body_at < body->to)
            defects |= MAIL_DEFECT_BIT(MAIL_DEFECT_HEADER_END);
        read_body(walk, &inner, &defects);
        put_odd(walk, inner.part, defects);
        read_as_shown(walk, inner.part);
        if (i > 0)
            (void)drop_if_empty(walk, inner.part);
    }
}

void walk_entity(struct walk *walk, uint32_t index)
{
    const struct work *work = &walk->works[index];
    struct body body = { .part = index,
                         .buffer = work->buffer,
                         .from = work->from,
                         .to = work->to,
                         .is_reading = (walk->emit->parts[index].flags & DECODE_PART_READING) != 0 };
    read_header(walk, &body, work->is_in_digest ? "message/rfc822" : "text/plain");
}

void walk_message(struct walk *walk, uint32_t index, uint32_t buffer, size_t from, size_t to)
{
    struct body body = { .part = index, .buffer = buffer, .from = from, .to = to, .hops = 1 };
    read_header(walk, &body, "text/plain");
}

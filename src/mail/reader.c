/* Invariants:
 *  1. nodes[0 .. node_count) are the parts that have begun and not ended, outermost first; each is inside the one
 *     before it. node_count is at most limits.depth + 1.
 *  2. A multipart is in the hash table from its BEGIN to its close delimiter or its END. Newer ones come first in their
 *     bucket, so the innermost of two with the same boundary is found.
 *  3. stop.is_known says that the end of the innermost body has been found and not used yet; `at` is then of no
 *     meaning. Its owner is an open node: ending the parts inside it does not touch it.
 *  4. Positions only grow, except once for each header that turns out to end at a line that is no field.
 */
#include "reader.h"

#include "base/memory.h"
#include "mail/header.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define MAIL_STOP_END UINT32_MAX

static void reader_note(struct mail_reader *reader, enum mail_defect defect)
{
    reader->defects |= MAIL_DEFECT_BIT(defect);
}

static struct mail_node *reader_top(struct mail_reader *reader)
{
    assert(reader->node_count > 0);
    return &reader->nodes[reader->node_count - 1];
}

static struct span reader_range(const struct mail_reader *reader, size_t from, size_t to)
{
    return span_slice(reader->message, from, to - from);
}

/* --- Delimiters --- */

/* FNV-1a. Somebody who makes boundaries collide gains a factor of the depth, which has a limit. */
static uint64_t boundary_hash(struct span text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < text.size; i++)
        hash = (hash ^ (unsigned char)text.data[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static struct span node_boundary(const struct mail_reader *reader, const struct mail_node *node)
{
    return span_slice(buf_span(&reader->boundaries), node->boundary_at, node->boundary_size);
}

/* The innermost open multipart with this boundary: its index, or MAIL_STOP_END. */
static uint32_t reader_find(struct mail_reader *reader, struct span boundary)
{
    uint64_t hash = boundary_hash(boundary);
    reader->steps += boundary.size + 1;
    for (uint32_t i = reader->buckets[hash % reader->bucket_count]; i > 0; i = reader->nodes[i - 1].older) {
        reader->steps++;
        if (reader->nodes[i - 1].hash == hash && span_equal(node_boundary(reader, &reader->nodes[i - 1]), boundary))
            return i - 1;
    }
    return MAIL_STOP_END;
}

static void reader_open(struct mail_reader *reader)
{
    struct mail_node *node = reader_top(reader);
    struct span boundary = node_boundary(reader, node);
    if (reader_find(reader, boundary) != MAIL_STOP_END)
        reader_note(reader, MAIL_DEFECT_BOUNDARY_REUSED);
    node->hash = boundary_hash(boundary);
    node->older = reader->buckets[node->hash % reader->bucket_count];
    node->is_open = true;
    reader->buckets[node->hash % reader->bucket_count] = reader->node_count;
    reader->open_count++;
}

static void reader_close(struct mail_reader *reader)
{
    struct mail_node *node = reader_top(reader);
    if (!node->is_open)
        return;
    assert(reader->buckets[node->hash % reader->bucket_count] == reader->node_count);
    reader->buckets[node->hash % reader->bucket_count] = node->older;
    node->is_open = false;
    reader->open_count--;
}

/* Is the line a delimiter? "--boundary" or "--boundary--", and spaces behind it (RFC 2046 section 5.1.1). */
static bool reader_match(struct mail_reader *reader, struct span line, struct mail_stop *stop_out)
{
    if (reader->open_count == 0 || line.size < 2 || line.data[0] != '-' || line.data[1] != '-')
        return false;
    struct span boundary = span_from(line, 2);
    while (boundary.size > 0 && (ascii_is_space(boundary.data[boundary.size - 1]) ||
                                 boundary.data[boundary.size - 1] == '\r' || boundary.data[boundary.size - 1] == '\n'))
        boundary.size--;
    *stop_out = (struct mail_stop){ .owner = reader_find(reader, boundary) };
    if (stop_out->owner == MAIL_STOP_END && boundary.size >= 2 && boundary.data[boundary.size - 1] == '-' &&
        boundary.data[boundary.size - 2] == '-') {
        stop_out->owner = reader_find(reader, span_slice(boundary, 0, boundary.size - 2));
        stop_out->is_close = true;
    }
    stop_out->is_known = stop_out->owner != MAIL_STOP_END;
    return stop_out->is_known;
}

/* The line end before a delimiter belongs to the delimiter. */
static size_t before_line_end(struct span message, size_t from, size_t at)
{
    if (at > from && message.data[at - 1] == '\n')
        at--;
    if (at > from && message.data[at - 1] == '\r')
        at--;
    return at;
}

/* Finds what ends the body that begins at `from`. */
static void reader_find_stop(struct mail_reader *reader, size_t from)
{
    struct span rest = span_from(reader->message, from);
    while (rest.size > 0 && reader->open_count > 0) {
        size_t at = reader->message.size - rest.size;
        struct span line = mail_line_cut(&rest);
        reader->steps += line.size;
        if (reader_match(reader, line, &reader->stop)) {
            reader->stop.body_end = before_line_end(reader->message, from, at);
            reader->stop.next_at = at + line.size;
            return;
        }
    }
    reader->stop = (struct mail_stop){
        .is_known = true, .owner = MAIL_STOP_END, .body_end = reader->message.size, .next_at = reader->message.size
    };
}

/* --- Headers --- */

/* Where a header ends: at an empty line, a delimiter or the message's end. Lines that are no fields are passed over
 * where a field comes behind them; else the body begins at the first of them. */
static struct span reader_cut_header(struct mail_reader *reader, size_t *body_at_out)
{
    size_t from = reader->at;
    size_t at = from;
    size_t junk_at = SPAN_NONE;
    struct span rest = span_from(reader->message, from);
    struct span line = { 0 };
    enum mail_line kind = MAIL_LINE_FIELD;
    for (; rest.size > 0; at += line.size) {
        line = mail_line_cut(&rest);
        kind = mail_line_kind(line);
        reader->steps += line.size;
        if (kind == MAIL_LINE_EMPTY || reader_match(reader, line, &reader->stop))
            break;
        if (kind == MAIL_LINE_FIELD && junk_at != SPAN_NONE) {
            reader_note(reader, MAIL_DEFECT_HEADER_JUNK);
            junk_at = SPAN_NONE;
        }
        bool is_junk = kind == MAIL_LINE_JUNK || (kind == MAIL_LINE_FOLD && at == from);
        if (is_junk && junk_at == SPAN_NONE)
            junk_at = at;
    }
    *body_at_out = at + (kind == MAIL_LINE_EMPTY ? line.size : 0);
    if (junk_at != SPAN_NONE || reader->stop.is_known)
        reader_note(reader, MAIL_DEFECT_HEADER_END);
    if (junk_at != SPAN_NONE) {
        reader->stop.is_known = false; /* the body goes on from there; the same stop is found again */
        at = *body_at_out = junk_at;
    } else if (reader->stop.is_known) {
        reader->stop.body_end = at;
        reader->stop.next_at = at + line.size;
    }
    return reader_range(reader, from, at);
}

static void reader_read_entity(struct mail_reader *reader, struct span header)
{
    struct mail_entity *entity = &reader->entity;
    bool is_digest = reader->node_count > 0 && reader_top(reader)->is_digest;
    if (header.size > reader->limits.header_bytes)
        reader->limits_hit |= MAIL_LIMIT_HEADER;
    struct span read = span_slice(header, 0, reader->limits.header_bytes);
    reader->steps += read.size;
    mail_entity_read(entity, read, is_digest ? "message/rfc822" : "text/plain");
    reader->defects |= entity->defects;
    if (entity->names.is_cut)
        reader->limits_hit |= MAIL_LIMIT_NAMES;
    if (entity->kind != MAIL_LEAF && entity->encoding != MAIL_ENCODING_IDENTITY)
        reader_note(reader, MAIL_DEFECT_ENCODING_CONTAINER);
    if (entity->kind != MAIL_LEAF && reader->node_count == reader->limits.depth) {
        reader->limits_hit |= MAIL_LIMIT_DEPTH;
        entity->kind = MAIL_LEAF;
    }
}

static void reader_push(struct mail_reader *reader, struct span header, size_t body_at)
{
    struct mail_entity *entity = &reader->entity;
    assert(reader->node_count <= reader->limits.depth);
    reader->nodes[reader->node_count++] = (struct mail_node){
        .kind = entity->kind,
        .encoding = entity->encoding,
        .header = header,
        .body_at = body_at,
        .boundary_at = reader->boundaries.size,
        .is_digest = entity->kind == MAIL_MULTIPART && strcmp(entity->type, "multipart/digest") == 0,
    };
    if (entity->kind == MAIL_MULTIPART) {
        reader_top(reader)->boundary_size = entity->boundary.size;
        buf_put_span(&reader->boundaries, buf_span(&entity->boundary));
    }
}

/* --- Steps: each gives an event (true), or only moves on --- */

static struct mail_event reader_event(struct mail_reader *reader, enum mail_event_kind kind)
{
    const struct mail_node *node = reader_top(reader);
    return (struct mail_event){ .kind = kind,
                                .part = node->kind,
                                .depth = reader->node_count - 1,
                                .header = node->header,
                                .encoding = node->encoding };
}

static bool run_begin(struct mail_reader *reader, struct mail_event *event)
{
    size_t body_at = 0;
    reader->stop.is_known = false;
    struct span header = reader_cut_header(reader, &body_at);
    reader_read_entity(reader, header);
    reader_push(reader, header, body_at);
    *event = reader_event(reader, MAIL_EVENT_BEGIN);
    event->type = span_text(reader->entity.type);
    event->names = buf_span(&reader->entity.names.list);
    reader->step = MAIL_STEP_ENTER;
    return true;
}

/* A message within: its header comes first. Otherwise to the first stop, with our own delimiter among them. */
static bool run_enter(struct mail_reader *reader, struct mail_event *event)
{
    struct mail_node *node = reader_top(reader);
    if (node->kind == MAIL_MESSAGE && !reader->stop.is_known) {
        reader->at = node->body_at;
        reader->step = MAIL_STEP_BEGIN;
        return false;
    }
    if (node->kind == MAIL_MULTIPART)
        reader_open(reader);
    if (!reader->stop.is_known)
        reader_find_stop(reader, node->body_at);
    bool is_ours = node->is_open && reader->stop.owner == reader->node_count - 1;
    reader->step = is_ours ? MAIL_STEP_AFTER : MAIL_STEP_END;
    node->is_seen = is_ours;
    if (is_ours && !reader->stop.is_close)
        return false;
    if (node->kind == MAIL_MULTIPART)
        reader_note(reader, MAIL_DEFECT_BOUNDARY_UNSEEN);
    *event = reader_event(reader, MAIL_EVENT_BODY);
    event->body = reader_range(reader, node->body_at, reader->stop.body_end);
    return true;
}

/* A stop is known: is it the innermost part's? */
static bool run_after(struct mail_reader *reader, struct mail_event *event)
{
    struct mail_node *node = reader_top(reader);
    (void)event;
    if (!node->is_open || reader->stop.owner != reader->node_count - 1) {
        reader->step = MAIL_STEP_END;
    } else if (reader->stop.is_close) {
        node->is_closed = true;
        reader_close(reader);
        reader_find_stop(reader, reader->stop.next_at);
        reader->step = MAIL_STEP_END;
    } else {
        reader->at = reader->stop.next_at;
        reader->step = MAIL_STEP_BEGIN;
    }
    return false;
}

static bool run_end(struct mail_reader *reader, struct mail_event *event)
{
    struct mail_node *node = reader_top(reader);
    *event = reader_event(reader, MAIL_EVENT_END);
    event->body = reader_range(reader, node->body_at, reader->stop.body_end);
    event->is_damaged = node->kind == MAIL_MULTIPART && !node->is_closed;
    if (event->is_damaged && node->is_seen)
        reader_note(reader, MAIL_DEFECT_CLOSE_MISSING);
    reader_close(reader);
    reader->boundaries.size = node->boundary_at;
    reader->node_count--;
    reader->step = reader->node_count > 0 ? MAIL_STEP_AFTER : MAIL_STEP_DONE;
    return true;
}

void mail_reader_init(struct mail_reader *reader, struct span message, const struct mail_limits *limits)
{
    *reader = (struct mail_reader){ .message = message, .limits = *limits, .step = MAIL_STEP_BEGIN };
    reader->bucket_count = (size_t)limits->depth + 1;
    reader->nodes = memory_new(reader->bucket_count * sizeof *reader->nodes);
    reader->buckets = memory_new(reader->bucket_count * sizeof *reader->buckets);
    buf_init(&reader->boundaries, message.size);
    mail_entity_init(&reader->entity, limits->names_bytes);
}

void mail_reader_fini(struct mail_reader *reader)
{
    free(reader->nodes);
    free(reader->buckets);
    reader->nodes = NULL;
    reader->buckets = NULL;
    buf_fini(&reader->boundaries);
    mail_entity_fini(&reader->entity);
}

bool mail_reader_next(struct mail_reader *reader, struct mail_event *event_out)
{
    static bool (*const steps[])(struct mail_reader *, struct mail_event *) = {
        [MAIL_STEP_BEGIN] = run_begin,
        [MAIL_STEP_ENTER] = run_enter,
        [MAIL_STEP_AFTER] = run_after,
        [MAIL_STEP_END] = run_end,
    };
    while (reader->step != MAIL_STEP_DONE) {
        reader->steps++;
        if (steps[reader->step](reader, event_out))
            return true;
    }
    return false;
}

mail_defects mail_reader_defects(const struct mail_reader *reader)
{
    return reader->defects;
}

unsigned mail_reader_limits(const struct mail_reader *reader)
{
    return reader->limits_hit;
}

uint64_t mail_reader_steps(const struct mail_reader *reader)
{
    return reader->steps;
}

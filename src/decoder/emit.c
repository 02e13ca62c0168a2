#include "emit.h"

#include "base/memory.h"
#include "mail/detect.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    EMIT_HEAD_TEXT_MOST = 1024, /* of subject and message_id each */
    EMIT_REASON_MOST = 2048,
    EMIT_NUMBER_SIZE = 16,
    EMIT_OWN_SHARE = 4, /* a part that may become a quarter of a pack of its own gets one */
    EMIT_CUT_LEAST_BYTES = 12
};

_Static_assert(EMIT_HEAD_TEXT_MOST * 2 + EMIT_REASON_MOST <= DECODE_TEXT_OTHER, "the head's texts have their room");

int emit_init(struct emit *emit, const struct decode_job *job, emit_write *write, void *context, struct fault *fault)
{
    const struct decode_limits *limits = &job->limits;
    *emit = (struct emit){ .job = job, .write = write, .context = context, .next_own = DECODE_PACK_OWN };
    emit->most_cuts = limits->header_bytes / EMIT_CUT_LEAST_BYTES + 1;
    emit->parts = calloc((size_t)limits->parts + 1, sizeof *emit->parts);
    emit->cuts = calloc(emit->most_cuts, sizeof *emit->cuts);
    emit->text = memory_try((size_t)limits->text_bytes + DECODE_TEXT_OTHER);
    emit->out = memory_try(EMIT_BUFFER_SIZE);
    if (emit->parts != NULL && emit->cuts != NULL && emit->text != NULL && emit->out != NULL)
        return 0;
    emit_fini(emit);
    return fault_set(fault, ENOMEM, "no memory for a report of %" PRIu32 " parts", limits->parts);
}

void emit_fini(struct emit *emit)
{
    free(emit->parts);
    free(emit->cuts);
    free(emit->text);
    free(emit->out);
    emit->parts = NULL;
    emit->cuts = NULL;
    emit->text = emit->out = NULL;
}

/* --- Reasons --- */

void emit_note(struct emit *emit, enum emit_reason reason)
{
    emit->reasons |= 1U << reason;
}

void emit_note_damaged(struct emit *emit, uint32_t index)
{
    emit->parts[index].flags |= DECODE_PART_DAMAGED;
}

struct reason_row {
    enum decode_status status;
    const char *text;
    uint64_t (*most)(const struct decode_limits *limits); /* NULL: no number */
};

static uint64_t most_parts(const struct decode_limits *limits)
{
    return limits->parts;
}

static uint64_t most_bytes_out(const struct decode_limits *limits)
{
    return limits->bytes_out;
}

static uint64_t most_depth(const struct decode_limits *limits)
{
    return limits->depth;
}

static uint64_t most_header_bytes(const struct decode_limits *limits)
{
    return limits->header_bytes;
}

static uint64_t most_text_bytes(const struct decode_limits *limits)
{
    return limits->text_bytes;
}

static const struct reason_row reason_rows[EMIT_REASONS] = {
    [EMIT_LIMIT_PARTS] = { DECODE_INCOMPLETE_LIMIT, "parts", most_parts },
    [EMIT_LIMIT_BYTES_OUT] = { DECODE_INCOMPLETE_LIMIT, "decoded bytes", most_bytes_out },
    [EMIT_LIMIT_DEPTH] = { DECODE_INCOMPLETE_LIMIT, "depth", most_depth },
    [EMIT_LIMIT_HEADER_BYTES] = { DECODE_INCOMPLETE_LIMIT, "header bytes", most_header_bytes },
    [EMIT_LIMIT_NAMES] = { DECODE_INCOMPLETE_LIMIT, "names: one part has too many or too long ones", NULL },
    [EMIT_LIMIT_TEXT_BYTES] = { DECODE_INCOMPLETE_LIMIT, "bytes of names and types", most_text_bytes },
    [EMIT_LIMIT_CUTS] = { DECODE_INCOMPLETE_LIMIT, "too many old fields of ours", NULL },
    [EMIT_UNSUPPORTED_UUENCODE] = { DECODE_INCOMPLETE_UNSUPPORTED, "a part is in uuencode", NULL },
    [EMIT_UNSUPPORTED_NESTED] = { DECODE_INCOMPLETE_UNSUPPORTED, "an encoded multipart within another", NULL },
};

/* The gravest status comes first in its enum. */
static enum decode_status emit_reasons(const struct emit *emit, struct buf *text)
{
    enum decode_status status = DECODE_COMPLETE;
    for (unsigned i = 0; i < EMIT_REASONS; i++) {
        const struct reason_row *row = &reason_rows[i];
        if ((emit->reasons & (1U << i)) == 0)
            continue;
        if (status == DECODE_COMPLETE || row->status < status)
            status = row->status;
        if (text->size > 0)
            buf_put_text(text, "; ");
        buf_put_text(text, row->text);
        if (row->most != NULL)
            buf_printf(text, ": more than %" PRIu64, row->most(&emit->job->limits));
    }
    mail_defects_put(emit->defects, text);
    return status;
}

/* --- Texts --- */

/* A text of the head: has room of its own. */
static struct decode_text emit_head_text(struct emit *emit, struct span text, size_t most)
{
    text = span_slice(text, 0, most);
    struct decode_text placed = { .offset = emit->text_size, .size = (uint32_t)text.size };
    if (text.size > 0)
        memcpy(emit->text + emit->text_size, text.data, text.size);
    emit->text_size += placed.size;
    return placed;
}

/* False, and noted, where the limit on text forbids it. Appends to *text, which must be the last one or empty. */
static bool emit_text(struct emit *emit, struct span text, struct decode_text *placed)
{
    if (text.size > emit->job->limits.text_bytes - emit->text_counted) {
        emit_note(emit, EMIT_LIMIT_TEXT_BYTES);
        return false;
    }
    if (placed->size == 0)
        placed->offset = emit->text_size;
    if (text.size > 0)
        memmove(emit->text + emit->text_size, text.data, text.size);
    emit->text_size += (uint32_t)text.size;
    emit->text_counted += (uint32_t)text.size;
    placed->size += (uint32_t)text.size;
    return true;
}

static struct span emit_text_span(const struct emit *emit, struct decode_text text)
{
    return span_of(emit->text + text.offset, text.size);
}

/* A message's parts have few types between them: each stands in the report once, nearly always. */
static struct decode_text emit_type(struct emit *emit, struct span type)
{
    size_t free_slot = 0;
    for (size_t i = 0; i < EMIT_TYPES; i++) {
        if (emit->types[i].size > 0 && span_equal(emit_text_span(emit, emit->types[i]), type))
            return emit->types[i];
        if (emit->types[i].size == 0)
            free_slot = i;
    }
    struct decode_text placed = { 0 };
    if (emit_text(emit, type, &placed))
        emit->types[free_slot] = placed;
    return placed;
}

static struct decode_text emit_path(struct emit *emit, const struct emit_part *part)
{
    struct decode_text placed = { 0 };
    char number[EMIT_NUMBER_SIZE];
    int size = snprintf(number, sizeof number, "%s%" PRIu32, part->parent == DECODE_NO_PARENT ? "" : ".", part->number);
    struct span parent = { 0 };
    if (part->parent != DECODE_NO_PARENT)
        parent = emit_text_span(emit, emit->parts[part->parent].path);
    if (emit_text(emit, parent, &placed))
        (void)emit_text(emit, span_of(number, (size_t)size), &placed);
    return placed;
}

static struct decode_text emit_names(struct emit *emit, struct span names)
{
    struct decode_text placed = { 0 };
    while (names.size > 0) {
        size_t size = span_find_byte(names, '\0') + 1;
        if (!emit_text(emit, span_slice(names, 0, size), &placed))
            break;
        names = span_from(names, size);
    }
    return placed;
}

struct span emit_declared(const struct emit *emit, uint32_t index)
{
    return emit_text_span(emit, emit->parts[index].declared);
}

void emit_put_subject(struct emit *emit, struct span value)
{
    if (emit->subject.size == 0)
        emit->subject = emit_head_text(emit, value, EMIT_HEAD_TEXT_MOST);
}

void emit_put_message_id(struct emit *emit, struct span value)
{
    if (emit->message_id.size == 0)
        emit->message_id = emit_head_text(emit, value, EMIT_HEAD_TEXT_MOST);
}

void emit_add_cut(struct emit *emit, struct decode_range cut)
{
    if (emit->cut_count == emit->most_cuts)
        emit_note(emit, EMIT_LIMIT_CUTS);
    else
        emit->cuts[emit->cut_count++] = cut;
}

/* --- Bytes --- */

static int emit_flush(struct emit *emit)
{
    if (emit->fault.code != 0)
        return -1;
    if (emit->out_size == 0)
        return 0;
    if (emit->write(emit->context, emit->out_target, emit->out_offset, emit->out, emit->out_size, &emit->fault) != 0)
        return -1;
    emit->out_offset += emit->out_size;
    emit->out_size = 0;
    return 0;
}

/* What is put next goes there. Small parts that follow one another in the common pack leave together. */
static int emit_aim(struct emit *emit, unsigned target, uint64_t offset)
{
    if (emit->out_target == target && emit->out_offset + emit->out_size == offset)
        return 0;
    if (emit_flush(emit) != 0)
        return -1;
    emit->out_target = target;
    emit->out_offset = offset;
    return 0;
}

static int emit_put(struct emit *emit, const void *data, size_t size)
{
    const char *next = data;
    while (size > 0) {
        size_t room = EMIT_BUFFER_SIZE - emit->out_size;
        size_t piece = size < room ? size : room;
        memcpy(emit->out + emit->out_size, next, piece);
        emit->out_size += piece;
        next += piece;
        size -= piece;
        if (emit->out_size == EMIT_BUFFER_SIZE && emit_flush(emit) != 0)
            return -1;
    }
    return emit->fault.code != 0 ? -1 : 0;
}

/* Decodes straight into the buffer, up to the limit on decoded bytes. */
static int emit_decode(struct emit *emit, struct mail_transfer *transfer, struct decode_part *part)
{
    uint64_t left = emit->job->limits.bytes_out - emit->bytes_out;
    for (;;) {
        if (EMIT_BUFFER_SIZE - emit->out_size < MAIL_TRANSFER_LEAST && emit_flush(emit) != 0)
            return -1;
        size_t size = mail_transfer_read(transfer, emit->out + emit->out_size, EMIT_BUFFER_SIZE - emit->out_size);
        bool is_over = size > left;
        if (is_over) {
            emit_note(emit, EMIT_LIMIT_BYTES_OUT);
            part->flags |= DECODE_PART_DAMAGED;
            size = (size_t)left;
        }
        mail_sample_add(&emit->sample, span_of(emit->out + emit->out_size, size));
        emit->out_size += size;
        part->size += size;
        left -= size;
        if (is_over || size == 0)
            break;
    }
    emit->bytes_out += part->size;
    return emit->fault.code != 0 ? -1 : 0;
}

/* By the most that the body can become, for its true size is known only afterwards. */
static bool wants_own_pack(const struct emit *emit, uint64_t most)
{
    uint64_t own = emit->job->limits.own_bytes;
    return emit->next_own < DECODE_PACKS && most > 0 && most >= own / EMIT_OWN_SHARE && most <= own;
}

int emit_put_decoded(struct emit *emit, uint32_t index, enum mail_encoding encoding, struct span body,
                     struct decode_range source)
{
    struct decode_part *part = &emit->parts[index];
    struct mail_transfer transfer;
    bool is_own = wants_own_pack(emit, mail_transfer_most(encoding, body.size));
    mail_transfer_init(&transfer, encoding, body);
    part->pack = is_own ? emit->next_own++ : DECODE_PACK_COMMON;
    part->offset = is_own ? 0 : emit->common_size;
    part->source = source;
    emit->steps += body.size;
    mail_sample_init(&emit->sample);
    if (emit_aim(emit, part->pack, part->offset) != 0 || emit_decode(emit, &transfer, part) != 0)
        return -1;
    if (!is_own)
        emit->common_size += part->size;
    part->detected = emit_type(emit, span_text(mail_detect(&emit->sample)));
    emit->defects |= transfer.defects;
    if (transfer.defects != 0)
        emit_note_damaged(emit, index);
    return 0;
}

/* --- Parts and the report --- */

bool emit_add_part(struct emit *emit, const struct emit_part *part, uint32_t *index_out)
{
    if (emit->part_count == emit->job->limits.parts) {
        emit_note(emit, EMIT_LIMIT_PARTS);
        return false;
    }
    struct decode_part *placed = &emit->parts[emit->part_count];
    assert(part->parent == DECODE_NO_PARENT || part->parent < (int64_t)emit->part_count);
    *placed = (struct decode_part){ .pack = DECODE_PACK_MESSAGE, .parent = part->parent };
    if (part->parent != DECODE_NO_PARENT)
        placed->depth = emit->parts[part->parent].depth + 1;
    placed->path = emit_path(emit, part);
    placed->names = emit_names(emit, part->names);
    placed->declared = emit_type(emit, part->declared);
    *index_out = emit->part_count++;
    return true;
}

void emit_put_slice(struct emit *emit, uint32_t index, struct span body, struct decode_range source)
{
    struct decode_part *part = &emit->parts[index];
    part->pack = DECODE_PACK_MESSAGE;
    part->offset = source.offset;
    part->size = source.size;
    part->source = source;
    mail_sample_init(&emit->sample);
    mail_sample_add(&emit->sample, body);
    part->detected = emit_type(emit, span_text(mail_detect(&emit->sample)));
}

/* Frames are what lies between the parts' sources, which come in the message's order. */
static int emit_frames(struct emit *emit, uint32_t *count_out)
{
    uint64_t at = 0;
    *count_out = 0;
    for (uint32_t i = 0; i <= emit->part_count; i++) {
        struct decode_range next = { .offset = emit->job->message_size };
        if (i < emit->part_count)
            next = emit->parts[i].source;
        if (i < emit->part_count && next.size == 0)
            continue;
        assert(next.offset >= at);
        struct decode_range frame = { .offset = at, .size = next.offset - at };
        at = next.offset + next.size;
        if (frame.size == 0)
            continue;
        if (emit_put(emit, &frame, sizeof frame) != 0)
            return -1;
        (*count_out)++;
    }
    return 0;
}

static int emit_arrays(struct emit *emit, struct decode_head *head)
{
    if (emit_aim(emit, EMIT_TO_REPORT, sizeof *head) != 0 ||
        emit_put(emit, emit->parts, emit->part_count * sizeof *emit->parts) != 0 ||
        emit_frames(emit, &head->frame_count) != 0 ||
        emit_put(emit, emit->cuts, emit->cut_count * sizeof *emit->cuts) != 0 ||
        emit_put(emit, emit->text, emit->text_size) != 0)
        return -1;
    head->part_count = emit->part_count;
    head->cut_count = emit->cut_count;
    head->text_size = emit->text_size;
    head->parts_at = sizeof *head;
    head->frames_at = head->parts_at + head->part_count * sizeof *emit->parts;
    head->cuts_at = head->frames_at + head->frame_count * sizeof(struct decode_range);
    head->text_at = head->cuts_at + head->cut_count * sizeof *emit->cuts;
    return 0;
}

int emit_finish(struct emit *emit)
{
    struct decode_head head = { .magic = DECODE_MAGIC, .magic_end = DECODE_MAGIC };
    struct buf reason;
    buf_init(&reason, EMIT_REASON_MOST);
    head.status = emit_reasons(emit, &reason);
    head.flags = emit->defects != 0 ? DECODE_MALFORMED : 0;
    head.reason = emit_head_text(emit, buf_span(&reason), EMIT_REASON_MOST);
    buf_fini(&reason);
    head.subject = emit->subject;
    head.message_id = emit->message_id;
    head.received_count = emit->received_count;
    if (emit_arrays(emit, &head) != 0)
        return -1;
    if (emit_aim(emit, EMIT_TO_REPORT, 0) != 0 || emit_put(emit, &head, sizeof head) != 0)
        return -1;
    return emit_flush(emit);
}

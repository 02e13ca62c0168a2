#include "walk.h"

#include "decoder/content_hash.h"
#include "decoder/receive.h"
#include "mail/detect.h"
#include "mail/encoded_word.h"
#include "mail/header.h"
#include "mail/sniff.h"
#include "text/mbox.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    WALK_MARKS_SHARE = 2,
    WALK_MARKS_LEAST = 1000,
    WALK_MARKS_TIMES = 8,
    WALK_BUFFERS_FIRST = 4,
    HEAD_RAW_MOST = 4096 /* of Subject and From */
};

/* Of one buffer. */
static size_t most_marks(const struct emit *emit)
{
    return (size_t)emit->job->limits.parts * WALK_MARKS_SHARE + WALK_MARKS_LEAST;
}

int walk_init(struct walk *walk, struct emit *emit, struct fault *fault)
{
    uint32_t parts = emit->job->limits.parts;
    *walk = (struct walk){ .emit = emit, .marks_left = most_marks(emit) * WALK_MARKS_TIMES };
    walk->seen_size = 64;
    while (walk->seen_size < parts * UINT64_C(2))
        walk->seen_size *= 2;
    size_t works_size = ((size_t)parts + 1) * sizeof *walk->works;
    walk->works = calloc(1, works_size + walk->seen_size * sizeof *walk->seen);
    mail_entity_init(&walk->entity, emit->job->limits.text_bytes);
    words_init(&walk->words);
    if (walk->works != NULL) {
        walk->seen = (uint32_t *)(walk->works + parts + 1);
        return 0;
    }
    walk_fini(walk);
    return fault_set(fault, ENOMEM, "no memory for a walk over %u parts", parts);
}

void walk_fini(struct walk *walk)
{
    for (uint32_t i = 0; i < walk->buffer_count; i++)
        mail_lines_fini(&walk->buffers[i].lines);
    free(walk->later);
    free(walk->buffers);
    free(walk->works);
    mail_entity_fini(&walk->entity);
    words_fini(&walk->words);
    *walk = (struct walk){ 0 };
}

bool walk_add_buffer(struct walk *walk, uint32_t index, struct span bytes, uint32_t *buffer_out)
{
    /* One content is read at a time, and no content is read twice: so if the buffer is there, it's the newest one. */
    struct walk_buffer *newest = walk->buffer_count > 0 ? &walk->buffers[walk->buffer_count - 1] : NULL;
    if (newest != NULL && newest->bytes.data == bytes.data && newest->bytes.size == bytes.size) {
        *buffer_out = walk->buffer_count - 1;
        return true;
    }
    if (walk->buffer_count == walk->buffer_room) {
        uint32_t room = walk->buffer_room == 0 ? WALK_BUFFERS_FIRST : walk->buffer_room * 2;
        struct walk_buffer *buffers = realloc(walk->buffers, room * sizeof *buffers);
        if (buffers == NULL) {
            emit_find(walk->emit, DECODE_LIMIT, index, "buffers");
            return false;
        }
        walk->buffers = buffers;
        walk->buffer_room = room;
    }
    assert(walk->buffers != NULL);
    struct walk_buffer *buffer = &walk->buffers[walk->buffer_count];
    *buffer_out = walk->buffer_count++;
    buffer->bytes = bytes;
    size_t most = most_marks(walk->emit);
    mail_lines_init(&buffer->lines, bytes, most < walk->marks_left ? most : walk->marks_left);
    walk->marks_left -= buffer->lines.count;
    if (buffer->lines.is_cut)
        emit_find(walk->emit, DECODE_LIMIT, index, "lines that could be delimiters");
    return true;
}

/* Has this range been added? Remembers it under the part that comes next: nothing but the limit on parts may keep that
 * one from being added, for nobody forgets the range again. */
static bool is_seen(struct walk *walk, const struct walk_range *range)
{
    struct {
        uint64_t buffer, from, to;
    } key = { range->buffer, range->from, range->to };
    uint64_t hash = content_hash(span_of(&key, sizeof key), walk->emit->job->seed);
    uint32_t slot = (uint32_t)hash & (walk->seen_size - 1);
    for (; walk->seen[slot] != 0; slot = (slot + 1) & (walk->seen_size - 1)) {
        const struct work *work = &walk->works[walk->seen[slot] - 1];
        if (work->buffer == range->buffer && work->from == range->from && work->to == range->to)
            return true;
    }
    if (walk->emit->part_count < walk->emit->job->limits.parts)
        walk->seen[slot] = walk->emit->part_count + 1;
    return false;
}

void walk_add_entity(struct walk *walk, uint32_t parent, const struct walk_range *range, const char *how)
{
    uint32_t index = 0;
    if (walk->emit->parts[parent].depth >= walk->emit->job->limits.depth) {
        (void)emit_add_part(walk->emit, (int32_t)parent, how, &index); /* refused, and noted */
        return;
    }
    if (is_seen(walk, range) || !emit_add_part(walk->emit, (int32_t)parent, how, &index))
        return;
    if (range->is_reading)
        emit_add_flags(walk->emit, index, DECODE_PART_READING);
    walk->works[index] = (struct work){ .kind = WORK_ENTITY,
                                        .buffer = range->buffer,
                                        .from = range->from,
                                        .to = range->to,
                                        .is_in_digest = range->is_in_digest,
                                        .is_guess = range->is_guess };
}

/* What only some readers see, and nobody else has shown yet, is what makes a message malformed. But where it was us who
 * took a text for mail, it says nothing how readers disagree in there. */
static void check_reading(struct walk *walk, uint32_t index)
{
    struct emit *emit = walk->emit;
    int32_t reading = DECODE_NO_PARENT;
    for (int32_t i = (int32_t)index; i != DECODE_NO_PARENT; i = emit->parts[i].parent) {
        if (walk->works[i].is_guess || walk->works[i].is_file)
            return;
        if (reading == DECODE_NO_PARENT && (emit->parts[i].flags & DECODE_PART_READING) != 0)
            reading = i;
    }
    if (reading == DECODE_NO_PARENT)
        return;
    char how[128];
    (void)span_copy(emit_text_of(emit, emit->parts[reading].how), how, sizeof how);
    emit_find(emit, DECODE_MALFORMED, (uint32_t)reading, how[0] != '\0' ? how : "readers disagree");
}

bool walk_is_doubtful(const struct walk *walk, uint32_t index)
{
    const struct emit *emit = walk->emit;
    for (int32_t i = (int32_t)index; i != DECODE_NO_PARENT; i = emit->parts[i].parent) {
        if (walk->works[i].is_guess || (emit->parts[i].flags & DECODE_PART_READING) != 0)
            return true;
    }
    return false;
}

/* The same bytes were there before, but nobody said then that they are a message: they are read as one too, once. */
static void read_again(struct walk *walk, uint32_t index, bool is_message)
{
    struct emit *emit = walk->emit;
    if (!is_message || (emit->parts[index].flags & DECODE_PART_REPEAT) == 0)
        return;
    uint32_t same = emit->known[index].same;
    if (!walk->works[same].is_message && same < walk->next_content)
        walk->works[index] = (struct work){ .kind = WORK_CONTENT, .is_message = true };
    walk->works[same].is_message = true;
}

bool walk_close_content(struct walk *walk, uint32_t index, bool is_message)
{
    struct emit *emit = walk->emit;
    bool is_fresh = emit_close(emit);
    if (emit->parts[index].size > 0) {
        struct mail_sample sample;
        mail_sample_init(&sample);
        mail_sample_add(&sample, emit_bytes(emit, index));
        emit_set_detected(emit, index, mail_detect(&sample));
    }
    if (!is_fresh) {
        read_again(walk, index, is_message);
        return false;
    }
    check_reading(walk, index);
    struct work *work = &walk->works[index];
    work->kind = WORK_CONTENT;
    work->is_message = is_message;
    return true;
}

/* --- The message itself --- */

static void read_received(struct walk *walk, struct span value)
{
    (void)value;
    walk->emit->received_count++;
}

/* As people are shown it: on one line, and decoded. */
static void read_for_people(struct walk *walk, struct span value, void (*put)(struct emit *emit, struct span value))
{
    struct buf line;
    struct buf text;
    buf_init(&line, HEAD_RAW_MOST);
    buf_init(&text, (size_t)HEAD_RAW_MOST * 4); /* what a charset makes of a byte */
    value = span_slice(value, 0, HEAD_RAW_MOST);
    for (size_t i = 0; i < value.size; i++) {
        if (value.data[i] == '\t')
            buf_put_char(&line, ' ');
        else if (value.data[i] != '\r' && value.data[i] != '\n')
            buf_put_char(&line, value.data[i]);
    }
    (void)mail_encoded_words_put(span_trim(buf_span(&line)), &text);
    put(walk->emit, buf_span(&text));
    buf_fini(&line);
    buf_fini(&text);
}

static void read_subject(struct walk *walk, struct span value)
{
    read_for_people(walk, value, emit_put_subject);
    words_add(&walk->words, value);
}

static void read_from(struct walk *walk, struct span value)
{
    read_for_people(walk, value, emit_put_from);
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
    { "From", read_from },
    { "Message-ID", read_message_id },
};

/* The message's own header up to its empty line. A field that the limit on headers cuts in two is not looked at. Files
 * are not forwarded, so nothing is cut there. */
static void read_own_header(struct walk *walk, size_t start)
{
    struct emit *emit = walk->emit;
    const struct decode_job *job = emit->job;
    struct span host = span_text(job->host);
    size_t size = 0;
    for (struct span lines = span_from(emit->message, start); lines.size > 0 && size <= job->limits.header_bytes;) {
        struct span line = mail_line_cut(&lines);
        if (mail_line_kind(line) == MAIL_LINE_EMPTY)
            break;
        size += line.size;
    }
    bool is_cut = size > job->limits.header_bytes;
    struct span rest = span_slice(emit->message, start, is_cut ? job->limits.header_bytes : size);
    struct mail_field field;
    while (mail_field_next(&rest, &field) && !(is_cut && rest.size == 0)) {
        for (size_t i = 0; i < sizeof header_fields / sizeof header_fields[0]; i++) {
            if (span_is_nocase(field.name, header_fields[i].name))
                header_fields[i].read(walk, field.value);
        }
        if (job->standin_bytes > 0 && decode_field_is_ours(field.whole, host))
            emit_add_cut(emit, (struct decode_range){ .offset = (uint64_t)(field.whole.data - emit->message.data),
                                                      .size = field.whole.size });
    }
    if (is_cut)
        emit_find(emit, DECODE_LIMIT, 0, "header bytes");
}

static void start_mail(struct walk *walk, size_t start)
{
    struct emit *emit = walk->emit;
    uint32_t buffer = 0;
    if (!walk_add_buffer(walk, 0, emit->message, &buffer))
        return;
    read_own_header(walk, start);
    walk->works[0] = (struct work){ .kind = WORK_ENTITY, .buffer = buffer, .from = start, .to = emit->message.size };
    walk_entity(walk, 0);
    walk_other_line_ends(walk, 0, buffer);
}

void walk_run(struct walk *walk, size_t start, bool is_file)
{
    struct emit *emit = walk->emit;
    uint32_t root = 0;
    if (!emit_add_part(emit, DECODE_NO_PARENT, NULL, &root))
        return;
    size_t mail_at = is_file ? mail_start(emit->message) : start;
    bool is_mail = !is_file || (mail_looks(span_from(emit->message, mail_at)) && !mbox_looks(emit->message));
    if (is_mail) {
        start_mail(walk, mail_at);
    } else {
        emit_open(emit, root, emit->message.size, 0);
        emit_slice(emit, emit->message);
        (void)walk_close_content(walk, root, false);
    }
    walk->next_entity = 1;
    while (walk->next_content < emit->part_count) {
        do {
            for (; walk->next_entity < emit->part_count; walk->next_entity++) {
                if (walk->works[walk->next_entity].kind == WORK_ENTITY)
                    walk_entity(walk, walk->next_entity);
            }
        } while (walk_divide_later(walk));
        uint32_t index = walk->next_content++;
        if (walk->works[index].kind == WORK_CONTENT)
            walk_content(walk, index);
    }
}

/* Invariants:
 *  1. The bytes of a closed part lie in the message or in packs[pack].data[offset .. offset + size).
 *  2. common_size is the end of the last part in the common pack: only the open part lies behind it.
 *  3. bytes_out is the sum over all parts, repeats aside, of what lies in packs; never more than limits.bytes_out.
 *  4. table holds each distinct content of at least one byte once.
 *  5. bytes_made and bytes_sliced are what was looked at, repeats and all: so what overlaps, or gives the same bytes
 *     again and again, costs no more than a message that does neither.
 */
#include "emit.h"

#include "decoder/content_hash.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    EMIT_NUMBER_SIZE = 16,
    EMIT_OWN_SHARE = 4,               /* a part that may become a quarter of a pack of its own gets one */
    EMIT_RATIO_FREE_BYTES = 16 << 20, /* a member may become so large whatever it is unpacked from */
    EMIT_NAMES_MOST = 64,             /* of one part */
    EMIT_WORK_TIMES = 4               /* so often may bytes be made that are as many as all that may be kept */
};

/* All lists are in one run of memory, of which only what is used is ever touched: a mapping costs a small message more
 * than what is in it. Those of larger alignment come first. */
int emit_init(struct emit *emit, const struct decode_job *job, struct span message,
              const struct emit_pack packs[DECODE_PACKS], struct fault *fault)
{
    const struct decode_limits *limits = &job->limits;
    *emit = (struct emit){ .job = job, .message = message, .next_own = DECODE_PACK_OWN };
    memcpy(emit->packs, packs, sizeof emit->packs);
    emit->open.index = EMIT_NO_PART;
    emit->most_cuts = decode_most_cuts(limits);
    if (limits->parts > DECODE_MOST_PARTS)
        return fault_set(fault, ENOMEM, "a limit of %" PRIu32 " parts", limits->parts);
    emit->table_size = 64;
    while (emit->table_size < limits->parts * UINT64_C(2))
        emit->table_size *= 2;
    size_t parts = (size_t)limits->parts + 1;
    size_t text_at = parts * (sizeof *emit->parts + sizeof *emit->known + sizeof *emit->covers) +
                     emit->most_cuts * sizeof *emit->cuts + emit->table_size * sizeof *emit->table;
    emit->parts = calloc(1, text_at + limits->text_bytes + DECODE_TEXT_OTHER);
    if (emit->parts == NULL)
        return fault_set(fault, ENOMEM, "no memory for a report of %" PRIu32 " parts", limits->parts);
    emit->known = (struct emit_known *)(emit->parts + parts);
    emit->covers = (struct decode_cover *)(emit->known + parts);
    emit->cuts = (struct decode_range *)(emit->covers + parts);
    emit->table = (uint32_t *)(emit->cuts + emit->most_cuts);
    emit->text = (char *)(emit->table + emit->table_size);
    return 0;
}

void emit_fini(struct emit *emit)
{
    free(emit->parts);
    *emit = (struct emit){ 0 };
}

/* --- Texts --- */

/* A text of the head or of a finding: has room of its own. */
static struct decode_text text_put_other(struct emit *emit, struct span text)
{
    uint32_t used = emit->text_size - emit->text_counted;
    text = span_slice(text, 0, DECODE_TEXT_OTHER - used);
    struct decode_text placed = { .offset = emit->text_size, .size = (uint32_t)text.size };
    if (text.size > 0)
        memcpy(emit->text + emit->text_size, text.data, text.size);
    emit->text_size += placed.size;
    return placed;
}

/* Appends to *text, which must be the last one or empty. False, and noted, where the limit forbids it. */
static bool text_put(struct emit *emit, struct span text, struct decode_text *placed)
{
    if (text.size > emit->job->limits.text_bytes - emit->text_counted) {
        emit_find(emit, DECODE_LIMIT, 0, "bytes of names and types");
        return false;
    }
    if (placed->size == 0)
        placed->offset = emit->text_size;
    assert(placed->offset + placed->size == emit->text_size);
    if (text.size > 0)
        memmove(emit->text + emit->text_size, text.data, text.size);
    emit->text_size += (uint32_t)text.size;
    emit->text_counted += (uint32_t)text.size;
    placed->size += (uint32_t)text.size;
    return true;
}

struct span emit_text_of(const struct emit *emit, struct decode_text text)
{
    return span_of(emit->text + text.offset, text.size);
}

/* A message's parts have few types and remarks between them: each stands in the report once, nearly always. */
static struct decode_text text_share(struct emit *emit, struct span text)
{
    if (text.size == 0)
        return (struct decode_text){ 0 };
    for (size_t i = 0; i < EMIT_TEXTS && emit->texts[i].size > 0; i++) {
        if (span_equal(emit_text_of(emit, emit->texts[i]), text))
            return emit->texts[i];
    }
    struct decode_text placed = { 0 };
    if (text_put(emit, text, &placed))
        emit->texts[emit->next_text++ % EMIT_TEXTS] = placed;
    return placed;
}

void emit_put_subject(struct emit *emit, struct span value)
{
    if (emit->subject.size == 0)
        emit->subject = text_put_other(emit, span_slice(value, 0, DECODE_HEAD_TEXT_MOST));
}

void emit_put_from(struct emit *emit, struct span value)
{
    if (emit->from.size == 0)
        emit->from = text_put_other(emit, span_slice(value, 0, DECODE_HEAD_TEXT_MOST));
}

void emit_put_message_id(struct emit *emit, struct span value)
{
    if (emit->message_id.size == 0)
        emit->message_id = text_put_other(emit, span_slice(value, 0, DECODE_HEAD_TEXT_MOST));
}

/* --- What is said of the message --- */

void emit_find(struct emit *emit, enum decode_kind kind, uint32_t index, const char *text)
{
    if (index < emit->part_count)
        emit->parts[index].flags |= DECODE_KIND_BIT(kind);
    for (uint32_t i = 0; i < emit->finding_count; i++) {
        if (emit->findings[i].kind == kind && span_is(emit_text_of(emit, emit->findings[i].text), text))
            return;
    }
    emit->kinds |= DECODE_KIND_BIT(kind);
    if (emit->finding_count == DECODE_MOST_FINDINGS || emit->part_count == 0 ||
        emit->text_size - emit->text_counted >= DECODE_TEXT_OTHER)
        return;
    emit->findings[emit->finding_count++] = (struct decode_finding){ .kind = kind,
                                                                     .part = index < emit->part_count ? index : 0,
                                                                     .text = text_put_other(emit, span_text(text)) };
}

bool emit_step(struct emit *emit, uint64_t units, uint32_t index)
{
    if (__builtin_add_overflow(emit->steps, units, &emit->steps))
        emit->steps = UINT64_MAX;
    if (emit->steps <= emit->job->limits.steps)
        return true;
    emit_find(emit, DECODE_LIMIT, index, "steps of work");
    return false;
}

void emit_add_cut(struct emit *emit, struct decode_range cut)
{
    if (emit->cut_count == emit->most_cuts)
        emit_find(emit, DECODE_LIMIT, 0, "too many old fields of ours");
    else
        emit->cuts[emit->cut_count++] = cut;
}

void emit_cover(struct emit *emit, struct decode_range range, uint32_t owner)
{
    const struct decode_part *part = &emit->parts[owner];
    /* A slice owns what lies in it. One that has its bytes from elsewhere, as a repeat, leaves them to the frame. */
    if (part->pack == DECODE_PACK_MESSAGE &&
        (range.offset < part->offset || range.offset + range.size > part->offset + part->size))
        return;
    if (part->size > 0 && range.size > 0 && emit->cover_count < emit->job->limits.parts)
        emit->covers[emit->cover_count++] = (struct decode_cover){ .offset = range.offset,
                                                                   .size = range.size,
                                                                   .owner = owner };
}

/* --- Parts --- */

static struct decode_text put_path(struct emit *emit, int32_t parent, uint32_t number)
{
    struct decode_text placed = { 0 };
    char text[EMIT_NUMBER_SIZE];
    bool is_root = parent == DECODE_NO_PARENT;
    int size = snprintf(text, sizeof text, "%s%" PRIu32, is_root ? "" : ".", number);
    struct span above = is_root ? span_of(NULL, 0) : emit_text_of(emit, emit->parts[parent].path);
    if (text_put(emit, above, &placed))
        (void)text_put(emit, span_of(text, (size_t)size), &placed);
    return placed;
}

bool emit_add_part(struct emit *emit, int32_t parent, const char *how, uint32_t *index_out)
{
    uint32_t above = parent == DECODE_NO_PARENT ? 0 : (uint32_t)parent;
    uint32_t depth = parent == DECODE_NO_PARENT ? 0 : emit->parts[parent].depth + 1;
    assert(parent == DECODE_NO_PARENT || above < emit->part_count);
    if (emit->part_count == emit->job->limits.parts || depth > emit->job->limits.depth) {
        char text[64];
        bool is_depth = depth > emit->job->limits.depth;
        (void)snprintf(text, sizeof text, "%s: more than %" PRIu32, is_depth ? "depth" : "parts",
                       is_depth ? emit->job->limits.depth : emit->job->limits.parts);
        emit_find(emit, DECODE_LIMIT, above, text);
        return false;
    }
    uint32_t number = parent == DECODE_NO_PARENT ? 1 : ++emit->known[above].children;
    struct decode_part *part = &emit->parts[emit->part_count];
    *part = (struct decode_part){ .pack = DECODE_PACK_MESSAGE, .parent = parent, .depth = depth };
    part->path = put_path(emit, parent, number);
    if (how != NULL)
        part->how = text_share(emit, span_text(how));
    emit->known[emit->part_count] = (struct emit_known){ .hash = 0 };
    *index_out = emit->part_count++;
    return true;
}

void emit_drop_part(struct emit *emit, uint32_t index)
{
    assert(index > 0 && index + 1 == emit->part_count && emit->open.index != index);
    const struct decode_part *part = &emit->parts[index];
    uint32_t above = part->parent == DECODE_NO_PARENT ? 0 : (uint32_t)part->parent;
    emit->known[above].children--;
    emit->parts[above].flags |= part->flags & (DECODE_KIND_BIT(DECODE_KINDS) - 1);
    for (uint32_t i = 0; i < emit->finding_count; i++) {
        if (emit->findings[i].part == index)
            emit->findings[i].part = above;
    }
    while (emit->cover_count > 0 && emit->covers[emit->cover_count - 1].owner >= index)
        emit->cover_count--;
    if (part->path.offset + part->path.size == emit->text_size) { /* nothing was written behind it */
        emit->text_size -= part->path.size;
        emit->text_counted -= part->path.size;
    }
    emit->part_count--;
}

static bool names_have(struct span names, struct span name)
{
    while (names.size > 0) {
        if (span_equal(span_cut(&names, '\0'), name))
            return true;
    }
    return false;
}

void emit_add_names(struct emit *emit, uint32_t index, struct span names)
{
    struct decode_part *part = &emit->parts[index];
    for (unsigned count = 0; names.size > 0 && count < EMIT_NAMES_MOST; count++) {
        size_t size = span_find_byte(names, '\0') + 1;
        struct span name = span_slice(names, 0, size);
        names = span_from(names, size);
        struct span have = emit_text_of(emit, part->names);
        if (size == 1 || names_have(have, span_slice(name, 0, size - 1)))
            continue;
        if (part->names.size > 0 && part->names.offset + part->names.size != emit->text_size) {
            struct decode_text moved = { 0 }; /* names lie together: these go where there is room behind them */
            if (!text_put(emit, have, &moved))
                return;
            part->names = moved;
        }
        if (!text_put(emit, name, &part->names))
            return;
    }
    if (names.size > 0)
        emit_find(emit, DECODE_LIMIT, index, "names of one part");
}

void emit_set_declared(struct emit *emit, uint32_t index, struct span type)
{
    emit->parts[index].declared = text_share(emit, type);
}

void emit_set_odd(struct emit *emit, uint32_t index, struct span text)
{
    emit->parts[index].odd = text_share(emit, text);
}

void emit_set_detected(struct emit *emit, uint32_t index, const char *type)
{
    emit->parts[index].detected = text_share(emit, span_text(type));
}

void emit_add_flags(struct emit *emit, uint32_t index, uint32_t flags)
{
    emit->parts[index].flags |= flags;
}

/* --- Bytes --- */

/* By the most that it can become, for its true size is known only afterwards. */
static bool wants_own_pack(const struct emit *emit, uint64_t most)
{
    uint64_t own = emit->job->limits.own_bytes;
    return emit->next_own < DECODE_PACKS && most > 0 && most >= own / EMIT_OWN_SHARE && most <= own;
}

/* Bytes that may be made, and as many that may be sliced, new or not. */
static uint64_t most_looked_at(const struct emit *emit)
{
    uint64_t most = 0;
    bool is_huge = __builtin_add_overflow(emit->job->limits.bytes_out, (uint64_t)emit->message.size, &most) ||
                   __builtin_mul_overflow(most, (uint64_t)EMIT_WORK_TIMES, &most);
    return is_huge ? UINT64_MAX : most;
}

void emit_open(struct emit *emit, uint32_t index, uint64_t packed_size, uint64_t size_hint)
{
    const struct decode_limits *limits = &emit->job->limits;
    struct decode_part *part = &emit->parts[index];
    assert(emit->open.index == EMIT_NO_PART && index < emit->part_count && part->size == 0);
    uint64_t ratio_left = EMIT_RATIO_FREE_BYTES;
    uint64_t most = 0;
    if (!__builtin_mul_overflow(packed_size, (uint64_t)limits->ratio, &most) && most > ratio_left)
        ratio_left = most;
    uint64_t work_most = most_looked_at(emit);
    uint64_t bytes_left = limits->bytes_out - emit->bytes_out;
    uint64_t work_left = work_most > emit->bytes_made ? work_most - emit->bytes_made : 0;
    bytes_left = bytes_left < work_left ? bytes_left : work_left;
    bool is_own = wants_own_pack(emit, size_hint);
    part->pack = is_own ? emit->next_own++ : DECODE_PACK_COMMON;
    part->offset = is_own ? 0 : emit->common_size;
    emit->open = (struct emit_open){ .index = index,
                                     .packed_size = packed_size,
                                     .size_left = ratio_left < bytes_left ? ratio_left : bytes_left,
                                     .is_ratio = ratio_left < bytes_left };
}

/* It became larger than its pack of its own: what there is of it moves to the common one. */
static bool move_to_common(struct emit *emit, struct decode_part *part)
{
    struct emit_pack *common = &emit->packs[DECODE_PACK_COMMON];
    if (part->pack == DECODE_PACK_COMMON || part->size > common->size - emit->common_size)
        return false;
    memcpy(common->data + emit->common_size, emit->packs[part->pack].data + part->offset, part->size);
    emit->next_own--;
    part->pack = DECODE_PACK_COMMON;
    part->offset = emit->common_size;
    return true;
}

static void find_limit(struct emit *emit)
{
    const struct decode_limits *limits = &emit->job->limits;
    char text[96];
    if (emit->open.is_ratio)
        (void)snprintf(text, sizeof text, "more than %" PRIu32 " times what it is unpacked from", limits->ratio);
    else
        (void)snprintf(text, sizeof text, "decoded bytes: more than %" PRIu64, limits->bytes_out);
    emit_find(emit, DECODE_LIMIT, emit->open.index, text);
}

char *emit_room(struct emit *emit, size_t *size_out)
{
    assert(emit->open.index != EMIT_NO_PART);
    struct decode_part *part = &emit->parts[emit->open.index];
    const struct emit_pack *pack = &emit->packs[part->pack];
    if (emit->open.size_left > 0 && part->offset + part->size == pack->size && move_to_common(emit, part))
        pack = &emit->packs[part->pack];
    uint64_t room = pack->size - part->offset - part->size;
    room = room < emit->open.size_left ? room : emit->open.size_left;
    *size_out = room < SIZE_MAX ? (size_t)room : SIZE_MAX;
    if (room > 0)
        return pack->data + part->offset + part->size;
    find_limit(emit);
    return NULL;
}

void emit_wrote(struct emit *emit, size_t size)
{
    assert(emit->open.index != EMIT_NO_PART && size <= emit->open.size_left);
    emit->parts[emit->open.index].size += size;
    emit->bytes_made += size;
    emit->open.size_left -= size;
}

static bool pack_has(struct span pack, struct span bytes)
{
    return bytes.data >= pack.data && bytes.data <= pack.data + pack.size &&
           bytes.size <= (size_t)(pack.data + pack.size - bytes.data);
}

/* The open part owns no pack yet but what emit_open has given it. */
static void give_back_pack(struct emit *emit, const struct decode_part *part)
{
    if (part->pack >= DECODE_PACK_OWN && part->pack + 1 == emit->next_own)
        emit->next_own--;
}

void emit_slice(struct emit *emit, struct span bytes)
{
    struct decode_part *part = &emit->parts[emit->open.index];
    assert(emit->open.index != EMIT_NO_PART && part->size == 0);
    give_back_pack(emit, part);
    for (uint32_t i = 0; i < DECODE_PACKS; i++) {
        struct span pack = i == DECODE_PACK_MESSAGE ? emit->message
                                                    : span_of(emit->packs[i].data, (size_t)emit->packs[i].size);
        if (bytes.size == 0 || !pack_has(pack, bytes))
            continue;
        bool is_much = bytes.size > most_looked_at(emit) - emit->bytes_sliced;
        if (is_much || (i != DECODE_PACK_MESSAGE && bytes.size > emit->open.size_left)) {
            emit->open.is_ratio &= !is_much;
            find_limit(emit);
            break;
        }
        emit->bytes_sliced += bytes.size;
        part->pack = i;
        part->offset = (uint64_t)(bytes.data - pack.data);
        part->size = bytes.size;
        emit->open.is_slice = true;
        return;
    }
    part->pack = DECODE_PACK_MESSAGE;
    part->offset = 0;
    emit->open.is_slice = true;
}

struct span emit_bytes(const struct emit *emit, uint32_t index)
{
    const struct decode_part *part = &emit->parts[index];
    const char *data = part->pack == DECODE_PACK_MESSAGE ? emit->message.data : emit->packs[part->pack].data;
    return span_of(data != NULL ? data + part->offset : NULL, (size_t)part->size);
}

/* The part that has these bytes already, or EMIT_NO_PART; then this one is it from now on. */
static uint32_t find_same(struct emit *emit, uint32_t index)
{
    struct span bytes = emit_bytes(emit, index);
    uint64_t hash = content_hash(bytes, emit->job->seed);
    emit->known[index].hash = hash;
    for (uint32_t slot = (uint32_t)hash & (emit->table_size - 1);; slot = (slot + 1) & (emit->table_size - 1)) {
        uint32_t other = emit->table[slot];
        if (other == 0) {
            emit->table[slot] = index + 1;
            return EMIT_NO_PART;
        }
        if (emit->known[other - 1].hash == hash && span_equal(emit_bytes(emit, other - 1), bytes))
            return other - 1;
    }
}

bool emit_close(struct emit *emit)
{
    uint32_t index = emit->open.index;
    struct decode_part *part = &emit->parts[index];
    bool is_slice = emit->open.is_slice;
    assert(index != EMIT_NO_PART);
    emit->open.index = EMIT_NO_PART;
    if (part->size == 0) {
        give_back_pack(emit, part);
        part->pack = DECODE_PACK_MESSAGE;
        part->offset = 0;
        return false;
    }
    uint32_t same = find_same(emit, index);
    if (same != EMIT_NO_PART) {
        if (!is_slice)
            give_back_pack(emit, part);
        emit->known[index].same = same;
        part->pack = emit->parts[same].pack;
        part->offset = emit->parts[same].offset;
        part->flags |= DECODE_PART_REPEAT;
        return false;
    }
    if (part->pack != DECODE_PACK_MESSAGE) /* a slice costs its scan */
        emit->bytes_out += part->size;
    if (part->pack == DECODE_PACK_COMMON && !is_slice)
        emit->common_size = part->offset + part->size;
    return true;
}

/* --- Bombs --- */

static bool is_repeat(const struct emit *emit, uint32_t index)
{
    return (emit->parts[index].flags & DECODE_PART_REPEAT) != 0;
}

/* Another reading of a part stands below it, but is not in it. */
static bool is_reading(const struct emit *emit, uint32_t index)
{
    return (emit->parts[index].flags & DECODE_PART_READING) != 0;
}

static bool is_inside(const struct emit *emit, uint32_t index, uint32_t above)
{
    while (index != above && emit->parts[index].parent != DECODE_NO_PARENT && !is_reading(emit, index))
        index = (uint32_t)emit->parts[index].parent;
    return index == above;
}

static uint64_t add_up(uint64_t a, uint64_t b)
{
    return b > UINT64_MAX - a ? UINT64_MAX : a + b;
}

/* What each part would become with all that is in it, where a repeat counts as what the one pass before made of its
 * original: so after as many passes as containers may nest, everything has been counted. True where the sums changed.
 */
static bool sum_up(const struct emit *emit, uint64_t *sums, const uint64_t *sums_before)
{
    bool has_changed = false;
    for (uint32_t i = 0; i < emit->part_count; i++)
        sums[i] = is_repeat(emit, i) ? sums_before[emit->known[i].same] : emit->parts[i].size;
    for (uint32_t i = emit->part_count; i-- > 0;) {
        int32_t parent = emit->parts[i].parent;
        has_changed |= sums[i] != sums_before[i];
        if (parent != DECODE_NO_PARENT && !is_reading(emit, i) && !is_repeat(emit, (uint32_t)parent))
            sums[parent] = add_up(sums[parent], sums[i]);
    }
    return has_changed;
}

void emit_check_bombs(struct emit *emit)
{
    uint32_t count = emit->part_count;
    bool has_repeat = false;
    for (uint32_t i = 0; i < count; i++) {
        if (!is_repeat(emit, i))
            continue;
        has_repeat = true;
        if (is_inside(emit, i, emit->known[i].same))
            emit_find(emit, DECODE_LIMIT, i, "an archive that contains itself");
    }
    if (!has_repeat)
        return;
    uint64_t *sums = calloc((size_t)count * 2, sizeof *sums);
    uint64_t *before = sums != NULL ? sums + count : NULL;
    for (uint32_t pass = 0; sums != NULL && pass <= emit->job->limits.depth && sum_up(emit, sums, before); pass++)
        memcpy(before, sums, count * sizeof *sums);
    if (sums != NULL && sums[0] > add_up(emit->job->limits.bytes_out, emit->message.size))
        emit_find(emit, DECODE_LIMIT, 0, "decoded bytes, if what repeats is counted each time");
    free(sums);
}

/* --- The report --- */

struct report {
    struct emit *emit;
    emit_write *write;
    void *context;
    struct fault *fault;
    uint64_t at;
};

static int report_put(struct report *report, const void *data, size_t size)
{
    if (size == 0)
        return 0;
    if (report->write(report->context, report->at, data, size, report->fault) != 0)
        return -1;
    report->at += size;
    return 0;
}

static int cover_compare(const void *a, const void *b)
{
    const struct decode_cover *x = a;
    const struct decode_cover *y = b;
    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    return x->owner < y->owner ? -1 : x->owner > y->owner;
}

/* Of two that overlap the first keeps its bytes and the other one is left out: what nobody owns is the frame's. */
static int report_put_covers(struct report *report, uint32_t *count_out)
{
    struct emit *emit = report->emit;
    uint64_t at = 0;
    *count_out = 0;
    qsort(emit->covers, emit->cover_count, sizeof *emit->covers, cover_compare);
    for (uint32_t i = 0; i <= emit->cover_count; i++) {
        struct decode_cover next = { .offset = emit->job->message_size };
        if (i < emit->cover_count)
            next = emit->covers[i];
        if (next.offset < at || (i < emit->cover_count && next.owner >= emit->part_count))
            continue;
        struct decode_cover frame = { .offset = at, .size = next.offset - at, .owner = DECODE_FRAME };
        if (frame.size > 0 && report_put(report, &frame, sizeof frame) != 0)
            return -1;
        if (next.size > 0 && report_put(report, &next, sizeof next) != 0)
            return -1;
        *count_out += (frame.size > 0 ? 1U : 0U) + (next.size > 0 ? 1U : 0U);
        at = next.offset + next.size;
    }
    return 0;
}

int emit_finish(struct emit *emit, emit_write *write, void *context, struct fault *fault)
{
    struct report report = {
        .emit = emit, .write = write, .context = context, .fault = fault, .at = sizeof(struct decode_head)
    };
    struct decode_head head = { .magic = DECODE_MAGIC,
                                .kinds = emit->kinds,
                                .received_count = emit->received_count,
                                .part_count = emit->part_count,
                                .cut_count = emit->cut_count,
                                .finding_count = emit->finding_count,
                                .text_size = emit->text_size,
                                .subject = emit->subject,
                                .from = emit->from,
                                .message_id = emit->message_id,
                                .magic_end = DECODE_MAGIC };
    head.parts_at = report.at;
    if (report_put(&report, emit->parts, emit->part_count * sizeof *emit->parts) != 0)
        return -1;
    head.covers_at = report.at;
    if (report_put_covers(&report, &head.cover_count) != 0)
        return -1;
    head.cuts_at = report.at;
    if (report_put(&report, emit->cuts, emit->cut_count * sizeof *emit->cuts) != 0)
        return -1;
    head.findings_at = report.at;
    if (report_put(&report, emit->findings, emit->finding_count * sizeof *emit->findings) != 0)
        return -1;
    head.text_at = report.at;
    if (report_put(&report, emit->text, emit->text_size) != 0)
        return -1;
    report.at = 0;
    return report_put(&report, &head, sizeof head);
}

#include "order.h"

#include "base/memory.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static_assert((int)KEEP_SLOT_SIZE == (int)CRYPT_SLOT_SIZE, "slots come as they are stored");
static_assert(sizeof(struct keep_papers) + STORE_META_MOST + KEEP_MOST_PARTS * sizeof(struct keep_part) <=
                  KEEP_PAPERS_MOST,
              "the largest papers that make sense fit");

/* --- A message --- */

/* What a message can say of itself. META_PART is the store's own: it says which other records the content needs. */
static bool is_of_a_message(unsigned field)
{
    return field < META_PART_DIGEST && field != META_PART;
}

static int meta_check(struct span meta, struct fault *fault)
{
    struct meta_reader reader;
    struct span value;
    unsigned field = 0;
    meta_begin(&reader, meta);
    while (meta_next(&reader, &field, &value)) {
        if (!is_of_a_message(field))
            return fault_set(fault, EINVAL, "a message has no field %u in its metadata", field);
    }
    if (reader.is_broken)
        return fault_set(fault, EINVAL, "the metadata is broken");
    return 0;
}

static int part_take(struct span ranges, size_t index, uint64_t message_size, struct order *order, struct fault *fault)
{
    struct keep_part part;
    assert(order->parts != NULL);
    memcpy(&part, ranges.data + index * sizeof part, sizeof part);
    const struct content_part *before = index > 0 ? &order->parts[index - 1] : NULL;
    uint64_t from = before != NULL ? before->offset + before->size : 0;
    if (part.size == 0 || part.offset < from || part.offset > message_size || part.size > message_size - part.offset)
        return fault_set(fault, EINVAL, "part %zu is not a range of its own within the message", index);
    order->parts[index] = (struct content_part){ .offset = part.offset, .size = part.size };
    return 0;
}

static int order_read_put(struct span meta, struct span ranges, size_t count, uint64_t message_size,
                          struct order *order, struct fault *fault)
{
    if (count > KEEP_MOST_PARTS || ranges.size != count * sizeof(struct keep_part))
        return fault_set(fault, EINVAL, "%zu parts in %zu bytes make no sense", count, ranges.size);
    if (meta_check(meta, fault) != 0)
        return -1;
    order->meta = meta;
    if (count == 0)
        return 0;
    order->parts = memory_new(count * sizeof *order->parts);
    for (order->part_count = 0; order->part_count < count; order->part_count++) {
        if (part_take(ranges, order->part_count, message_size, order, fault) != 0)
            return -1;
    }
    return 0;
}

/* --- A change --- */

struct order_text {
    char *text;
    size_t size;
};

/* Where a field of that number goes; NULL text: it is none of a change's. */
static struct order_text order_text(struct order *order, unsigned field)
{
    switch (field) {
    case META_WHAT:
        return (struct order_text){ order->what, sizeof order->what };
    case META_WHO:
        return (struct order_text){ order->who, sizeof order->who };
    case META_WHY:
        return (struct order_text){ order->why, sizeof order->why };
    case META_HOW:
        return (struct order_text){ order->how, sizeof order->how };
    default:
        return (struct order_text){ 0 };
    }
}

static int text_take(struct order *order, unsigned field, struct span value, struct fault *fault)
{
    struct order_text place = order_text(order, field);
    if (place.text == NULL)
        return fault_set(fault, EINVAL, "a change has no field %u", field);
    if (place.text[0] != '\0')
        return fault_set(fault, EINVAL, "field %u stands twice", field);
    if (value.size >= place.size)
        return fault_set(fault, EFBIG, "field %u has more than %zu bytes", field, place.size - 1);
    if (span_find_byte(value, '\0') != SPAN_NONE)
        return fault_set(fault, EINVAL, "field %u is no text", field);
    (void)span_copy(value, place.text, place.size);
    return 0;
}

static int about_take(struct order *order, struct span value, struct fault *fault)
{
    unsigned char bytes[sizeof(uint64_t)];
    if (value.size != sizeof bytes)
        return fault_set(fault, EINVAL, "what it is about is no number");
    if (order->about_count == STORE_MOST_ABOUT)
        return fault_set(fault, EFBIG, "more than %d messages in one change", (int)STORE_MOST_ABOUT);
    memcpy(bytes, value.data, sizeof bytes);
    uint64_t number = 0;
    for (size_t i = sizeof bytes; i > 0; i--)
        number = number << 8 | bytes[i - 1];
    if (number == 0)
        return fault_set(fault, EINVAL, "there is no message 0");
    order->about[order->about_count++] = number;
    return 0;
}

static int fields_take(struct span meta, struct order *order, struct fault *fault)
{
    struct meta_reader reader;
    struct span value;
    unsigned field = 0;
    order->about = memory_new(STORE_MOST_ABOUT * sizeof *order->about);
    meta_begin(&reader, meta);
    while (meta_next(&reader, &field, &value)) {
        int failed = field == META_ABOUT ? about_take(order, value, fault) : text_take(order, field, value, fault);
        if (failed != 0)
            return -1;
    }
    return reader.is_broken ? fault_set(fault, EINVAL, "the metadata is broken") : 0;
}

static int order_read_change(const struct keep_job *job, struct span meta, struct order *order, struct fault *fault)
{
    if (job->change >= STORE_CHANGES)
        return fault_set(fault, EINVAL, "there is no change %u", job->change);
    if (fields_take(meta, order, fault) != 0)
        return -1;
    if (order->what[0] == '\0' || order->who[0] == '\0')
        return fault_set(fault, EINVAL, "a change says what it is, and whose");
    if (order->about_count == 0 && job->change != STORE_NOTE)
        return fault_set(fault, EINVAL, "a change says which messages it is about");
    order->change = (struct store_change){ .kind = (enum store_change_kind)job->change,
                                           .what = order->what,
                                           .who = order->who,
                                           .why = order->why,
                                           .how = order->how,
                                           .about = order->about,
                                           .count = order->about_count };
    return 0;
}

static int order_read_slots(struct span meta, struct span slots, size_t count, struct order *order, struct fault *fault)
{
    if (count == 0 || slots.size % KEEP_SLOT_SIZE != 0 || slots.size / KEEP_SLOT_SIZE != count)
        return fault_set(fault, EINVAL, "%zu slots in %zu bytes make no sense", count, slots.size);
    if (fields_take(meta, order, fault) != 0)
        return -1;
    size_t records = order->about_count;
    if (records == 0 || count % records != 0 || count / records > STORE_MOST_OWNERS)
        return fault_set(fault, EINVAL, "%zu slots for %zu messages make no sense", count, records);
    order->slots = (const unsigned char *)slots.data;
    order->slots_each = count / records;
    return 0;
}

/* --- All of them --- */

static int order_read_kind(const struct keep_job *job, struct span meta, struct span rest, size_t count,
                           uint64_t message_size, struct order *order, struct fault *fault)
{
    if (job->kind == KEEP_PUT)
        return order_read_put(meta, rest, count, message_size, order, fault);
    if (job->kind == KEEP_SLOTS)
        return order_read_slots(meta, rest, count, order, fault);
    if (count != 0 || rest.size != 0)
        return fault_set(fault, EINVAL, "a change has no parts");
    return order_read_change(job, meta, order, fault);
}

int order_read(const struct keep_job *job, struct span papers, uint64_t message_size, struct order *order_out,
               struct fault *fault)
{
    struct keep_papers head;
    *order_out = (struct order){ 0 };
    if (papers.size < sizeof head)
        return fault_set(fault, EINVAL, "its papers are too short");
    memcpy(&head, papers.data, sizeof head);
    struct span rest = span_from(papers, sizeof head);
    if (head.meta_size > STORE_META_MOST || head.meta_size > rest.size)
        return fault_set(fault, EINVAL, "%u bytes of metadata make no sense", head.meta_size);
    struct span meta = span_slice(rest, 0, head.meta_size);
    rest = span_from(rest, head.meta_size);
    int failed = order_read_kind(job, meta, rest, head.part_count, message_size, order_out, fault);
    if (failed != 0)
        order_fini(order_out);
    return failed;
}

void order_fini(struct order *order)
{
    free(order->parts);
    free(order->about);
    order->parts = NULL;
    order->about = NULL;
}

#include "sample.h"

#include <assert.h>
#include <string.h>

enum {
    PE_POINTER_AT = 0x3c,
    OLE_SHIFT_AT = 30,
    OLE_SHIFT_LEAST = 7,
    OLE_SHIFT_MOST = 12,
    OLE_DIRECTORY_AT = 48,
    ISO_DESCRIPTOR_AT = 32768 /* ECMA-119 section 6.2: behind the system area */
};

void mail_sample_init(struct mail_sample *sample)
{
    sample->size = 0;
    sample->far_at = 0;
    sample->head_size = 0;
    sample->far_size = 0;
}

struct span mail_sample_at(const struct mail_sample *sample, uint64_t offset, size_t size)
{
    if (sample->far_size > 0 && offset >= sample->far_at && offset - sample->far_at < sample->far_size)
        return span_slice(span_of(sample->far, sample->far_size), (size_t)(offset - sample->far_at), size);
    if (offset >= sample->head_size)
        return span_of(NULL, 0);
    return span_slice(span_of(sample->head, sample->head_size), (size_t)offset, size);
}

uint64_t mail_sample_number(const struct mail_sample *sample, uint64_t offset, size_t size)
{
    assert(size > 0 && size <= sizeof(uint64_t));
    struct span bytes = mail_sample_at(sample, offset, size);
    if (bytes.size < size)
        return 0;
    uint64_t number = 0;
    for (size_t i = size; i > 0; i--)
        number = number << 8U | (unsigned char)bytes.data[i - 1];
    return number;
}

/* --- The window --- */

static uint64_t far_of_program(const struct mail_sample *sample)
{
    return mail_sample_number(sample, PE_POINTER_AT, 4);
}

/* [MS-CFB] section 2.2: sector 0 follows the header, which takes one sector's place. */
static uint64_t far_of_ole(const struct mail_sample *sample)
{
    uint64_t shift = mail_sample_number(sample, OLE_SHIFT_AT, 2);
    if (shift < OLE_SHIFT_LEAST || shift > OLE_SHIFT_MOST)
        return 0;
    return (mail_sample_number(sample, OLE_DIRECTORY_AT, 4) + 1) << shift;
}

static const struct {
    const char *magic;
    uint64_t (*offset)(const struct mail_sample *sample);
} far_rows[] = {
    { "MZ", far_of_program },
    { "ZM", far_of_program },
    { "\xd0\xcf\x11\xe0", far_of_ole },
};

uint64_t mail_sample_far_at(const struct mail_sample *sample)
{
    struct span head = span_of(sample->head, sample->head_size);
    for (size_t i = 0; i < sizeof far_rows / sizeof far_rows[0]; i++) {
        if (span_starts_with(head, far_rows[i].magic))
            return far_rows[i].offset(sample);
    }
    return ISO_DESCRIPTOR_AT;
}

/* Once, when the head is full. What of the window lies in the head is copied, so that the window is one piece. */
static void choose_far(struct mail_sample *sample)
{
    struct span head = span_of(sample->head, sample->head_size);
    uint64_t far_at = mail_sample_far_at(sample);
    if (far_at < MAIL_SAMPLE_HEAD) {
        struct span near = span_slice(head, (size_t)far_at, MAIL_SAMPLE_FAR);
        memcpy(sample->far, near.data, near.size);
        sample->far_size = near.size;
    }
    sample->far_at = far_at;
}

static void add_far(struct mail_sample *sample, uint64_t at, struct span piece)
{
    uint64_t next = sample->far_at + sample->far_size;
    if (next < at || next - at >= piece.size)
        return;
    piece = span_slice(piece, (size_t)(next - at), MAIL_SAMPLE_FAR - sample->far_size);
    if (piece.size == 0)
        return;
    memcpy(sample->far + sample->far_size, piece.data, piece.size);
    sample->far_size += piece.size;
}

void mail_sample_add(struct mail_sample *sample, struct span piece)
{
    uint64_t at = sample->size;
    sample->size += piece.size;
    if (sample->head_size < MAIL_SAMPLE_HEAD) {
        struct span first = span_slice(piece, 0, MAIL_SAMPLE_HEAD - sample->head_size);
        if (first.size > 0)
            memcpy(sample->head + sample->head_size, first.data, first.size);
        sample->head_size += first.size;
        if (sample->head_size == MAIL_SAMPLE_HEAD)
            choose_far(sample);
    }
    if (sample->head_size == MAIL_SAMPLE_HEAD)
        add_far(sample, at, piece);
}

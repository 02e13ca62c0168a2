/* A hostile report: the input's first byte says how long the message is, then comes the message, then the report. What
 * passes the check is then read as the gate reads it. */
#include "decode.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t sum_of(struct span span)
{
    size_t sum = 0;
    for (size_t i = 0; i < span.size; i++)
        sum += (unsigned char)span.data[i];
    return sum;
}

static void read_report(const struct decode_report *report, struct span message, const uint64_t *pack_sizes)
{
    size_t sum = sum_of(report->subject) + sum_of(report->from) + sum_of(report->message_id);
    uint64_t covered = 0;
    for (uint32_t i = 0; i < report->part_count; i++) {
        const struct decode_part *part = &report->parts[i];
        sum += sum_of(decode_report_text(report, part->names)) + sum_of(decode_report_text(report, part->path));
        sum += sum_of(decode_report_text(report, part->how)) + sum_of(decode_report_text(report, part->odd));
        assert(part->offset + part->size <= pack_sizes[part->pack]);
    }
    for (uint32_t i = 0; i < report->cover_count; i++) {
        assert(report->covers[i].offset == covered);
        covered += report->covers[i].size;
    }
    for (uint32_t i = 0; i < report->finding_count; i++) {
        assert(report->findings[i].part < report->part_count);
        sum += sum_of(decode_report_text(report, report->findings[i].text));
    }
    for (uint32_t i = 0; i < report->cut_count; i++)
        sum += sum_of(span_slice(message, report->cuts[i].offset, report->cuts[i].size));
    assert(covered == message.size && sum < SIZE_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || data[0] > size - 1)
        return 0;
    struct span message = span_of(data + 1, data[0]);
    struct span rest = span_of(data + 1 + data[0], size - 1 - data[0]);
    struct decode_job job = { .magic = DECODE_MAGIC,
                              .message_size = message.size,
                              .standin_bytes = 4,
                              .limits = { .bytes_out = 1000,
                                          .own_bytes = 250,
                                          .parts = 100,
                                          .depth = 10,
                                          .header_bytes = 1000,
                                          .text_bytes = 1000 },
                              .host = "h" };
    uint64_t pack_sizes[DECODE_PACKS] = { message.size, 1000, 250, 250, 250, 250 };
    char *aligned = malloc(rest.size + 1);
    assert(aligned != NULL);
    memcpy(aligned, rest.data, rest.size);
    struct decode_report report;
    struct fault fault;
    if (decode_report_check(span_of(aligned, rest.size), message, &job, pack_sizes, &report, &fault) == 0)
        read_report(&report, message, pack_sizes);
    free(aligned);
    return 0;
}

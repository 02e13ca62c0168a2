/* Any body at any boundary: cuts ascend and lie inside, and what they cost is bounded by the marks. The first byte
 * chooses the way and where the range begins, the second how many of the bytes behind are the boundary.
 */
#include "split.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct span all = span_of((const char *)data + 2, size - 2);
    struct span boundary = span_slice(all, 0, data[1]);
    struct span body = span_from(all, data[1]);
    size_t from = data[0] >> 1 < body.size ? data[0] >> 1 : 0;
    struct mail_lines lines;
    struct mail_split split;
    struct mail_cut cut;
    mail_lines_init(&lines, body, 1000);
    mail_split_init(&split, &lines, from, body.size, boundary, (data[0] & 1) != 0);
    for (size_t at = from; mail_split_next(&split, &cut); at = cut.next_at) {
        assert(cut.at >= at && cut.next_at > cut.at && cut.next_at <= body.size);
        assert(cut.body_end >= from && cut.body_end <= cut.at && cut.at - cut.body_end <= 2);
        assert(cut.text_at > cut.at && cut.text_at + split.boundary.size <= cut.next_at);
        assert(span_equal_nocase(span_slice(body, cut.text_at, split.boundary.size), split.boundary));
    }
    assert(split.steps <= lines.count * 5); /* a boundary of up to 255 bytes costs up to four steps for each mark */
    mail_lines_fini(&lines);
    return 0;
}

#include "gate/frame.h"

enum {
    FRAME_MOST_PERCENT = 90,    /* of the message; with more the message itself is shown */
    FRAME_LEAST_OWNER_SHARE = 4 /* base64 and quoted-printable take at most three bytes for one, and line ends */
};

/* What scanners say of mail as such, above all that its links lead elsewhere than they say, they find in its header and
 * text together. */
static bool is_text(const struct decode_report *report, const struct decode_part *part)
{
    struct span declared = decode_report_text(report, part->declared);
    struct span detected = decode_report_text(report, part->detected);
    return span_starts_with_nocase(declared, "text/") || span_is(detected, "text/html") ||
           (declared.size == 0 && span_starts_with(detected, "text/"));
}

static bool is_frame(const struct decode_report *report, const struct decode_cover *cover)
{
    if (cover->owner == DECODE_FRAME)
        return true;
    if (is_text(report, &report->parts[cover->owner]))
        return true;
    uint64_t least = (cover->size + FRAME_LEAST_OWNER_SHARE - 1) / FRAME_LEAST_OWNER_SHARE;
    return report->parts[cover->owner].size < least;
}

static uint64_t frame_size(const struct decode_report *report)
{
    uint64_t size = 0;
    for (uint32_t i = 0; i < report->cover_count; i++)
        size += is_frame(report, &report->covers[i]) ? report->covers[i].size : 0;
    return size;
}

bool frame_make(const struct decode_report *report, struct span message, struct sealed *frame_out)
{
    *frame_out = SEALED_NONE;
    uint64_t size = frame_size(report);
    if (size == 0)
        return message.size > 0;
    if (size >= message.size / 100 * FRAME_MOST_PERCENT || sealed_open(frame_out, "cordon-frame", NULL) != 0)
        return false;
    int failed = 0;
    for (uint32_t i = 0; i < report->cover_count && failed == 0; i++) {
        const struct decode_cover *cover = &report->covers[i];
        struct span range = span_slice(message, (size_t)cover->offset, (size_t)cover->size);
        if (is_frame(report, cover))
            failed = sealed_append(frame_out, range.data, range.size, NULL);
    }
    if (failed == 0 && sealed_finish(frame_out, NULL) == 0)
        return true;
    sealed_close(frame_out);
    return false;
}

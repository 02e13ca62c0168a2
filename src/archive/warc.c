#include "warc.h"

#include "archive/place.h"
#include "base/buf.h"

enum { WARC_HEADER_MOST = 65536, WARC_NAME_MOST = 4096 };

struct warc_record {
    size_t body_at;
    struct span uri;
    uint64_t size;
    bool has_size;
};

bool warc_looks(struct span content)
{
    return span_starts_with(content, "WARC/0.") || span_starts_with(content, "WARC/1.");
}

/* The fields up to the empty line. */
static struct warc_record warc_header(struct span rest)
{
    struct warc_record record = { .size = 0 };
    struct span head = span_slice(rest, 0, WARC_HEADER_MOST);
    struct span left = head;
    while (left.size > 0) {
        struct span line = span_cut(&left, '\n');
        size_t colon = span_find_byte(line, ':');
        if (line.size == 0 || span_is(line, "\r"))
            break;
        if (colon == SPAN_NONE)
            continue;
        struct span value = span_trim(span_from(line, colon + 1));
        struct span key = span_slice(line, 0, colon);
        if (span_is_nocase(key, "Content-Length") && !record.has_size)
            record.has_size = span_number(value, &record.size);
        else if (span_is_nocase(key, "WARC-Target-URI"))
            record.uri = span_slice(value, 0, WARC_NAME_MOST);
    }
    record.body_at = head.size - left.size;
    return record;
}

static bool warc_is_next(struct span rest)
{
    return warc_looks(span_from(rest, 1));
}

/* Where the next record begins, or the end. */
static size_t warc_find(struct span content, size_t at)
{
    size_t found = place_find(content, at, span_text("\nWARC/"), warc_is_next);
    return found == SPAN_NONE ? content.size : found + 1;
}

/* What stands behind an HTTP reply's header. */
static struct span warc_reply(struct span body)
{
    if (!span_starts_with(body, "HTTP/"))
        return span_of(NULL, 0);
    struct span head = span_slice(body, 0, WARC_HEADER_MOST);
    size_t end = span_find(head, span_text("\r\n\r\n"));
    return end == SPAN_NONE ? span_of(NULL, 0) : span_from(body, end + 4);
}

static bool warc_hand_out(struct unpack *unpack, const struct warc_record *record, struct span body)
{
    struct buf names;
    buf_init(&names, WARC_NAME_MOST + 1);
    buf_put_span(&names, record->uri);
    if (record->uri.size > 0)
        buf_put_char(&names, '\0');
    struct unpack_member member = { .names = buf_span(&names), .packed_size = body.size, .how = "warc" };
    struct span reply = warc_reply(body);
    bool may_go_on = body.size == 0 || unpack_member_slice(unpack, &member, body);
    if (may_go_on && reply.size > 0) {
        member.how = "warc, HTTP reply";
        may_go_on = unpack_member_slice(unpack, &member, reply);
    }
    buf_fini(&names);
    return may_go_on;
}

void warc_read(struct unpack *unpack, struct span content)
{
    size_t at = 0;
    bool is_damaged = false;
    while (at < content.size) {
        struct warc_record record = warc_header(span_from(content, at));
        size_t body_at = at + record.body_at;
        struct span rest = span_from(content, body_at);
        bool is_right = record.has_size && record.size <= rest.size;
        size_t next = warc_find(content, body_at + (is_right ? (size_t)record.size : 0) - 1);
        size_t size = is_right ? (size_t)record.size : next - body_at;
        if (!warc_hand_out(unpack, &record, span_slice(rest, 0, size)))
            return;
        if (!is_right && !is_damaged)
            unpack_note(unpack, UNPACK_DAMAGED, "warc: a record's length is wrong");
        is_damaged = is_damaged || !is_right;
        at = next;
    }
}

#include "rpm.h"

#include "series.h"

enum { RPM_LEAD = 96, RPM_INTRO = 16, RPM_ENTRY = 16, RPM_HEADERS = 2, RPM_SIGNATURE_PADDING = 8 };

bool rpm_looks(struct span content)
{
    return content.size >= RPM_LEAD && span_starts_with(content, "\xed\xab\xee\xdb");
}

static uint64_t rpm_u32(struct span bytes, size_t at)
{
    const unsigned char *b = (const unsigned char *)bytes.data + at;
    return (uint64_t)b[0] << 24 | (uint64_t)b[1] << 16 | (uint64_t)b[2] << 8 | b[3];
}

/* The size of the header structure at the start of `rest`; 0: there is none. Its data are handed out. */
static size_t rpm_read_header(struct unpack *unpack, struct span rest)
{
    if (rest.size < RPM_INTRO || !span_starts_with(rest, "\x8e\xad\xe8"))
        return 0;
    uint64_t index = rpm_u32(rest, 8) * RPM_ENTRY + RPM_INTRO;
    uint64_t size = index + rpm_u32(rest, 12);
    if (size > rest.size)
        return 0;
    series_hand_out(unpack, "rpm, data of a header", span_slice(rest, (size_t)index, (size_t)(size - index)));
    return (size_t)size;
}

static struct span rpm_name(struct span payload)
{
    static const struct {
        struct span magic;
        struct span name;
    } kinds[] = {
        { { "\x1f\x8b", 2 }, { "payload.cpio.gz", 16 } },          { { "BZh", 3 }, { "payload.cpio.bz2", 17 } },
        { { "\xfd\x37zXZ", 5 }, { "payload.cpio.xz", 16 } },       { { "\x5d\0\0", 3 }, { "payload.cpio.lzma", 18 } },
        { { "\x28\xb5\x2f\xfd", 4 }, { "payload.cpio.zst", 17 } }, { { "0707", 4 }, { "payload.cpio", 13 } },
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (span_equal(span_slice(payload, 0, kinds[i].magic.size), kinds[i].magic))
            return kinds[i].name;
    }
    return span_of("payload", 8);
}

void rpm_read(struct unpack *unpack, struct span content)
{
    size_t at = RPM_LEAD;
    for (int i = 0; i < RPM_HEADERS; i++) {
        size_t size = rpm_read_header(unpack, span_from(content, at));
        if (size == 0) {
            unpack_note(unpack, UNPACK_DAMAGED, "rpm: a corrupt header");
            break;
        }
        at += size;
        /* The signature alone is padded. */
        if (i == 0 && at % RPM_SIGNATURE_PADDING != 0)
            at += RPM_SIGNATURE_PADDING - at % RPM_SIGNATURE_PADDING;
    }
    struct span payload = span_from(content, at);
    struct unpack_member member = { .names = rpm_name(payload), .packed_size = payload.size, .how = "rpm, payload" };
    (void)unpack_member_slice(unpack, &member, payload);
}

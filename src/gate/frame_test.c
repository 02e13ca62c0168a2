#include "gate/frame.h"

#include "base/test.h"

#include <string.h>

/* Ten times ten bytes; "h" is header, "b" a body, "e" the rest. */
static const char message_text[] = "hhhhhhhhhhhhhhhhhhhhbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
                                   "eeeeeeeeeeeeeeeeeeee";

struct frame_row {
    const char *name;
    uint64_t owner_size; /* of the part that stands for the 60 bytes of the body */
    struct decode_cover covers[4];
    uint32_t cover_count;
    bool is_made;
    const char *frame;
};

#define FRAME DECODE_FRAME

static const struct frame_row rows[] = {
    { "header and rest",
      45,
      { { 0, 20, FRAME, 0 }, { 20, 60, 0, 0 }, { 80, 20, FRAME, 0 } },
      3,
      true,
      "hhhhhhhhhhhhhhhhhhhheeeeeeeeeeeeeeeeeeee" },
    { "an owner that is just large enough",
      15,
      { { 0, 20, FRAME, 0 }, { 20, 60, 0, 0 }, { 80, 20, 1, 0 } },
      3,
      true,
      "hhhhhhhhhhhhhhhhhhhh" },
    { "an owner that is too small",
      14,
      { { 0, 20, FRAME, 0 }, { 20, 60, 0, 0 }, { 80, 20, 1, 0 } },
      3,
      true,
      "hhhhhhhhhhhhhhhhhhhhbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" },
    { "an owner without bytes",
      0,
      { { 0, 80, 1, 0 }, { 80, 17, 0, 0 }, { 97, 3, 1, 0 } },
      3,
      true,
      "eeeeeeeeeeeeeeeee" },
    { "a byte without an owner's", 0, { { 0, 99, 1, 0 }, { 99, 1, 0, 0 } }, 2, true, "e" },
    { "no frame at all", 100, { { 0, 100, 0, 0 } }, 1, true, "" },
    { "nothing but frame", 0, { { 0, 100, FRAME, 0 } }, 1, false, "" },
    { "nearly all frame", 10, { { 0, 90, FRAME, 0 }, { 90, 10, 0, 0 } }, 2, false, "" },
    { "less than nearly all",
      11,
      { { 0, 89, FRAME, 0 }, { 89, 11, 0, 0 } },
      2,
      true,
      "hhhhhhhhhhhhhhhhhhhhbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbeeeeeeeee" },
};

static void test_rows(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct frame_row *row = &rows[i];
        struct decode_part parts[2] = { { .size = row->owner_size }, { .size = 1000 } };
        struct decode_report report = {
            .parts = parts, .part_count = 2, .covers = row->covers, .cover_count = row->cover_count
        };
        struct sealed frame;
        test_context(row->name);
        CHECK(frame_make(&report, span_text(message_text), &frame) == row->is_made);
        CHECK(span_is(sealed_span(&frame), row->frame));
        CHECK((frame.fd >= 0) == (row->frame[0] != '\0'));
        sealed_close(&frame);
    }
    test_context(NULL);
}

int main(void)
{
    test_rows();
    return test_end();
}

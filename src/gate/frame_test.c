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

/* Text stays in the frame, whatever stands for it. */
static void test_text(void)
{
    static const char text[] = "text/plaintext/htmlimage/pngTEXT/HTML";
    static const struct decode_text plain = { 0, 10 }, html = { 10, 9 }, png = { 19, 9 }, upper = { 28, 9 };
    static const struct decode_text none = { 0, 0 };
    const struct {
        const char *name;
        struct decode_text declared, detected;
        bool is_frame;
    } cases[] = {
        { "declared", plain, none, true },
        { "declared, and something else", plain, png, true },
        { "declared in capitals", upper, png, true },
        { "detected alone", none, plain, true },
        { "a picture by name that is HTML", png, html, true },
        { "a picture by name that is text", png, plain, false },
        { "a picture", png, png, false },
        { "unknown", none, none, false },
    };
    static const struct decode_cover covers[] = { { 0, 20, FRAME, 0 }, { 20, 60, 0, 0 }, { 80, 20, 1, 0 } };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct decode_part parts[2] = { { .size = 60, .declared = cases[i].declared, .detected = cases[i].detected },
                                        { .size = 20 } };
        struct decode_report report = {
            .parts = parts, .part_count = 2, .covers = covers, .cover_count = 3, .text = span_text(text)
        };
        struct sealed frame;
        test_context(cases[i].name);
        CHECK(frame_make(&report, span_text(message_text), &frame));
        CHECK(frame.size == (cases[i].is_frame ? 80 : 20));
        sealed_close(&frame);
    }
    test_context(NULL);
}

int main(void)
{
    test_text();
    test_rows();
    return test_end();
}

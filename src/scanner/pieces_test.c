#include "pieces.h"

#include "base/test.h"

struct pieces_row {
    const char *name;
    enum scanner_input input;
    uint32_t part_count;
    uint32_t max_pieces;
    uint32_t max_bytes;
    uint32_t count;  /* expected */
    bool ends_whole; /* the last one is the whole message */
    bool has_larger;
    bool is_incomplete;
    uint32_t frame_size; /* 0: no frame is known; FRAME_EMPTY: it is, and empty */
    bool ends_frame;
};

enum { FRAME_EMPTY = 1 };

/* Parts have 10, 20, 30 ... bytes, the message 100. */
static const struct pieces_row rows[] = {
    { "message", INPUT_MESSAGE, 3, 10, 1000, 1, true, false, false, 0, false },
    { "parts", INPUT_PARTS, 3, 10, 1000, 3, false, false, false, 0, false },
    { "both", INPUT_BOTH, 3, 10, 1000, 4, true, false, false, 0, false },
    { "parts, as many as may be", INPUT_PARTS, 3, 3, 1000, 3, false, false, false, 0, false },
    { "parts, too many", INPUT_PARTS, 4, 3, 1000, 1, true, false, false, 0, false },
    { "both, as many as may be", INPUT_BOTH, 3, 4, 1000, 4, true, false, false, 0, false },
    { "both, too many", INPUT_BOTH, 3, 3, 1000, 1, true, false, false, 0, false },
    { "parts of nothing", INPUT_PARTS, 0, 10, 1000, 1, true, false, false, 0, false },
    { "message too large", INPUT_MESSAGE, 3, 10, 99, 0, false, true, false, 0, false },
    { "a part too large", INPUT_PARTS, 3, 10, 29, 2, false, true, false, 0, false },
    { "just not too large", INPUT_PARTS, 3, 10, 30, 3, false, false, false, 0, false },
    { "both, message too large", INPUT_BOTH, 3, 10, 30, 3, false, true, false, 0, false },
    { "parts, not all", INPUT_PARTS, 3, 10, 1000, 4, true, false, true, 0, false },
    { "parts, not all, as many as may be", INPUT_PARTS, 3, 3, 1000, 1, true, false, true, 0, false },
    { "message, parts not all", INPUT_MESSAGE, 3, 10, 1000, 1, true, false, true, 0, false },
    { "auto", INPUT_AUTO, 3, 10, 1000, 4, false, false, false, 50, true },
    { "auto, as many as may be", INPUT_AUTO, 3, 4, 1000, 4, false, false, false, 50, true },
    { "auto, too many", INPUT_AUTO, 3, 3, 1000, 1, true, false, false, 50, false },
    { "auto, no frame known", INPUT_AUTO, 3, 10, 1000, 4, true, false, false, 0, false },
    { "auto, an empty frame", INPUT_AUTO, 3, 3, 1000, 3, false, false, false, FRAME_EMPTY, false },
    { "auto, not all", INPUT_AUTO, 3, 10, 1000, 4, true, false, true, 50, false },
    { "auto of nothing", INPUT_AUTO, 0, 10, 1000, 1, true, false, false, 50, false },
    { "auto, frame too large", INPUT_AUTO, 3, 10, 49, 3, false, true, false, 50, false },
    { "both and a frame", INPUT_BOTH, 3, 10, 1000, 4, true, false, false, 50, false },
    { "parts and a frame", INPUT_PARTS, 3, 10, 1000, 3, false, false, false, 50, false },
};

static void test_rows(void)
{
    struct piece parts[8];
    for (size_t i = 0; i < 8; i++)
        parts[i] = (struct piece){ .pack = 1, .offset = UINT64_C(100) * i, .size = UINT64_C(10) * (i + 1) };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct pieces_row *row = &rows[i];
        test_context(row->name);
        struct scanner_settings settings = { .input = row->input,
                                             .max_pieces = row->max_pieces,
                                             .max_bytes = row->max_bytes };
        struct scan_input input = {
            .parts = parts, .part_count = row->part_count, .is_complete = !row->is_incomplete, .whole = { .size = 100 }
        };
        input.has_frame = row->frame_size > 0;
        input.frame = (struct piece){ .size = row->frame_size != FRAME_EMPTY ? row->frame_size : 0 };
        struct pieces pieces;
        CHECK(pieces_choose(&settings, row->input, &input, &pieces));
        CHECK(pieces.count == row->count);
        CHECK(pieces.has_larger == row->has_larger);
        for (size_t k = 0; k < pieces.count; k++) {
            bool is_whole = pieces.numbers[k] == PIECE_WHOLE;
            CHECK(is_whole == (row->ends_whole && k + 1 == pieces.count));
            bool is_frame = pieces.numbers[k] == PIECE_FRAME;
            CHECK(is_frame == (row->ends_frame && k + 1 == pieces.count));
            CHECK(is_whole || is_frame || pieces.list[k].size == parts[pieces.numbers[k]].size);
        }
        pieces_fini(&pieces);
    }
    test_context(NULL);
}

static void test_empty(void)
{
    struct scanner_settings settings = { .input = INPUT_MESSAGE, .max_pieces = 10, .max_bytes = 1000 };
    struct scan_input input = { .part_count = 0 };
    struct pieces pieces;
    CHECK(pieces_choose(&settings, INPUT_MESSAGE, &input, &pieces));
    CHECK(pieces.count == 0 && !pieces.has_larger);
    pieces_fini(&pieces);
}

int main(void)
{
    test_rows();
    test_empty();
    return test_end();
}

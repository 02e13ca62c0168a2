#include "pieces.h"

#include "base/memory.h"

#include <stdlib.h>

static void pieces_add(struct pieces *pieces, const struct scanner_settings *settings, struct piece piece,
                       uint32_t number)
{
    if (piece.size == 0)
        return;
    if (piece.size <= settings->max_bytes) {
        pieces->list[pieces->count] = piece;
        pieces->numbers[pieces->count] = number;
        pieces->count++;
    } else if (!pieces->has_larger) {
        pieces->has_larger = true;
        pieces->larger = number;
        pieces->larger_size = piece.size;
    }
}

/* What the decoder did not reach may be what a scanner's own unpackers find. */
static bool wants_whole(enum scanner_input wanted, const struct scan_input *input)
{
    if (wanted == INPUT_PARTS)
        return !input->is_complete;
    return wanted != INPUT_AUTO || !input->is_complete || !input->has_frame;
}

bool pieces_choose(const struct scanner_settings *settings, enum scanner_input wanted, const struct scan_input *input,
                   struct pieces *pieces_out)
{
    *pieces_out = (struct pieces){ 0 };
    bool with_whole = wants_whole(wanted, input);
    bool with_frame = wanted == INPUT_AUTO && !with_whole && input->frame.size > 0;
    size_t others = with_whole || with_frame ? 1 : 0;
    bool with_parts = wanted != INPUT_MESSAGE && input->part_count > 0 &&
                      input->part_count + others <= settings->max_pieces && input->part_count < PIECE_FRAME;
    if (!with_parts) {
        with_whole = true;
        with_frame = false;
    }
    size_t room = (with_parts ? input->part_count : 0) + 1; /* not from input alone: bounded by max_pieces */
    pieces_out->list = memory_try(room * sizeof *pieces_out->list);
    pieces_out->numbers = memory_try(room * sizeof *pieces_out->numbers);
    if (pieces_out->list == NULL || pieces_out->numbers == NULL) {
        pieces_fini(pieces_out);
        return false;
    }
    for (size_t i = 0; with_parts && i < input->part_count; i++)
        pieces_add(pieces_out, settings, input->parts[i], (uint32_t)i);
    if (with_frame)
        pieces_add(pieces_out, settings, input->frame, PIECE_FRAME);
    if (with_whole)
        pieces_add(pieces_out, settings, input->whole, PIECE_WHOLE);
    return true;
}

void pieces_fini(struct pieces *pieces)
{
    free(pieces->list);
    free(pieces->numbers);
    *pieces = (struct pieces){ 0 };
}

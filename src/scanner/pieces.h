/* Which pieces of a message a scanner is shown. */
#ifndef CORDON_SCANNER_PIECES_H
#define CORDON_SCANNER_PIECES_H

#include "conf/settings.h"
#include "scanner/scanner.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pieces {
    struct piece *list; /* to be freed by pieces_fini */
    uint32_t *numbers;  /* of each: its index among the parts, or PIECE_WHOLE or PIECE_FRAME */
    size_t count;
    bool has_larger;      /* some piece is larger than max_bytes and left out */
    uint32_t larger;      /* the first of those */
    uint64_t larger_size; /* and its size */
};

/* INPUT_AUTO is the parts and the frame. With more pieces than settings->max_pieces the whole message
 * alone. A message without parts is shown whole, and one whose parts are not complete, or whose frame is not known
 * where it is asked for, is shown whole as well as its parts. Empty pieces are left out. False where there is no
 * memory. */
bool pieces_choose(const struct scanner_settings *settings, enum scanner_input wanted, const struct scan_input *input,
                   struct pieces *pieces_out);
void pieces_fini(struct pieces *pieces);

#endif

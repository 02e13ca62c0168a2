/* What the readers of this folder share: decoders in pull style, which are one way to read a text, a piece at a time;
 * lines; and names.
 */
#ifndef CORDON_TEXT_PULL_H
#define CORDON_TEXT_PULL_H

#include "unpack/unpack.h"

/* Writes the next bytes, at most `capacity`, which is at least TEXT_PULL_LEAST. 0 at the end alone. */
enum { TEXT_PULL_LEAST = 16 };
typedef size_t text_pull(void *state, char *data_out, size_t capacity);

/* Puts all that can be pulled into the member that is open. False where it must not grow further. */
bool text_put_pulled(struct unpack *unpack, text_pull *pull, void *state);

/* Cuts the next line off *rest and returns it without its end, which is CR or LF: of CR LF comes an empty line. */
struct span text_cut_line(struct span *rest);

/* The same with its end, which is LF alone here. */
struct span text_cut_whole_line(struct span *rest);

/* Do both give the same bytes? Pulls up to the first difference. */
bool text_pulls_equal(text_pull *a, void *a_state, text_pull *b, void *b_state);

/* A member's name, cut to what fits, as unpack_member wants it; nothing where it is empty. */
enum { TEXT_NAME_SIZE = 256 };
struct span text_name(struct span name, char text_out[TEXT_NAME_SIZE]);

#endif

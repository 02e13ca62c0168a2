/* The steps of a scanner's scripted dialogue (type = "socket"), one text each:
 *
 * - "> TEXT" says TEXT and a line feed, ">> TEXT" says TEXT as it stands; "close" says that nothing more comes.
 * - "read line", "read nul", "read all", "read N": from here on a reply is a line, what ends in a NUL, all until it
 *   closes, or N bytes.
 * - "< PATTERN" waits for a reply, which must match.
 * - "clean PATTERN", "infected PATTERN", "unscannable REASON PATTERN", "failed PATTERN", "skip PATTERN" say what a
 * reply means. Those that follow one another are one question: the first whose pattern matches counts. The first reply
 * that is not skipped ends it; but where some begin with "last", as in "last clean ^DONE OK", only a reply that such a
 * one matches does ("last skip": and tells nothing).
 *
 * In TEXT there are \r \n \t \0 \\ \{ \} \xHH, and {size} {size:b4} {size:l4} (the piece's size in decimal; as 4 bytes,
 * the highest or the lowest first), {body} (its bytes), {chunks:b4} (its bytes in chunks, each behind its size as 4
 * bytes, and a size of 0), {path} and {path_size:b4} (the name of a file that holds it).
 */
#ifndef CORDON_CONF_DIALOGUE_H
#define CORDON_CONF_DIALOGUE_H

#include "base/fault.h"
#include "base/span.h"
#include "conf/settings.h"

#include <stdbool.h>
#include <stdint.h>

enum dialogue_kind {
    DIALOGUE_SEND,
    DIALOGUE_CLOSE,
    DIALOGUE_READ,
    DIALOGUE_EXPECT,
    DIALOGUE_CLEAN, /* from here on: what a reply means */
    DIALOGUE_INFECTED,
    DIALOGUE_UNSCANNABLE,
    DIALOGUE_FAILED,
    DIALOGUE_SKIP
};

enum dialogue_unit { DIALOGUE_LINE, DIALOGUE_NUL, DIALOGUE_ALL, DIALOGUE_BYTES };

enum { DIALOGUE_REPLY_MOST = 65536 };

struct dialogue_step {
    enum dialogue_kind kind;
    bool is_last;                 /* meanings: ends the question */
    bool with_line_end;           /* DIALOGUE_SEND */
    enum dialogue_unit unit;      /* DIALOGUE_READ */
    uint32_t bytes;               /* DIALOGUE_BYTES */
    enum unscannable unscannable; /* DIALOGUE_UNSCANNABLE */
    const char *text;             /* what is sent, or a pattern; points into the step's text */
};

/* False and *fault with what is wrong and what would be right. */
bool dialogue_step_read(const char *text, struct dialogue_step *step_out, struct fault *fault);

/* A whole dialogue, of sound steps: it shows the piece, and both clean and infected have a pattern after that. */
bool dialogue_is_whole(const struct settings_list *steps, struct fault *fault);

enum dialogue_field {
    DIALOGUE_END,
    DIALOGUE_LITERAL,
    DIALOGUE_SIZE,
    DIALOGUE_SIZE_B4,
    DIALOGUE_SIZE_L4,
    DIALOGUE_BODY,
    DIALOGUE_CHUNKS_B4,
    DIALOGUE_PATH,
    DIALOGUE_PATH_SIZE_B4,
    DIALOGUE_WRONG
};

/* Cuts the next field off a text that is to be sent, or one literal byte. */
enum dialogue_field dialogue_next(const char **rest, char *literal_out);

#endif

#include "plugin_reply.h"

#include "scanner/driver.h"

#include <stdio.h>

enum { REPLY_SHOWN = 120 };

static void reply_unknown(struct span reply, struct answer *answer_out)
{
    char text[ANSWER_TEXT_SIZE];
    int shown = (int)(reply.size < REPLY_SHOWN ? reply.size : REPLY_SHOWN);
    (void)snprintf(text, sizeof text, "unknown reply: %.*s", shown, reply.size > 0 ? reply.data : "");
    answer_fail(answer_out, BLAME_SCANNER, span_text(text));
}

/* A plugin is no decoder, and who is poison is for us to say. */
static bool reason_read(struct span word, enum unscannable *reason_out)
{
    return unscannable_from_text(word, reason_out) && *reason_out >= UNSCANNABLE_DAMAGED &&
           *reason_out <= UNSCANNABLE_LIMIT;
}

void plugin_reply_read(struct span reply, struct answer *answer_out)
{
    struct span rest = reply;
    struct span word = span_cut(&rest, ' ');
    enum unscannable reason = UNSCANNABLE_NONE;
    *answer_out = (struct answer){ .kind = ANSWER_FAILED };
    if (span_is(reply, "clean")) {
        answer_set(answer_out, ANSWER_CLEAN, span_text(""));
    } else if (span_is(word, "infected") && span_trim(rest).size > 0) {
        answer_set(answer_out, ANSWER_INFECTED, span_trim(rest));
    } else if (span_is(word, "failed") && span_trim(rest).size > 0) {
        answer_fail(answer_out, BLAME_PIECE, span_trim(rest));
    } else if (span_is(word, "unscannable") && reason_read(span_cut(&rest, ' '), &reason)) {
        struct span text = span_trim(rest);
        answer_set(answer_out, ANSWER_UNSCANNABLE, text.size > 0 ? text : span_text(unscannable_text(reason)));
        answer_out->unscannable = reason;
    } else {
        reply_unknown(reply, answer_out);
    }
}

bool plugin_version_read(struct span reply, struct span *generation_out, struct span *text_out)
{
    struct span rest = reply;
    if (!span_is(span_cut(&rest, ' '), "version"))
        return false;
    *generation_out = span_cut(&rest, ' ');
    *text_out = span_trim(rest);
    return generation_out->size > 0 && text_out->size > 0;
}

/* Replies in the protocol of cordon-plugin(7). Pure, for it reads foreign bytes. */
#ifndef CORDON_SCANNER_PLUGIN_REPLY_H
#define CORDON_SCANNER_PLUGIN_REPLY_H

#include "base/span.h"
#include "verdict/verdict.h"

#include <stdbool.h>

/* "clean", "infected NAME", "unscannable REASON TEXT", "failed TEXT"; `reply` is a line without its end. Whatever is
 * not one of them in every letter is ANSWER_FAILED. */
void plugin_reply_read(struct span reply, struct answer *answer_out);

/* "version GENERATION TEXT". False where it is none. */
bool plugin_version_read(struct span reply, struct span *generation_out, struct span *text_out);

#endif

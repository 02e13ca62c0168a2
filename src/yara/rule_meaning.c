#include "rule_meaning.h"

#include <stddef.h>
#include <string.h>

#define MEANING_UNSCANNABLE "unscannable:"

bool rule_meaning_read(const char *text, struct rule_meaning *meaning_out)
{
    *meaning_out = (struct rule_meaning){ .result = SCAN_INFECTED };
    if (text == NULL || strcmp(text, "infected") == 0)
        return true;
    if (strcmp(text, "ignore") == 0) {
        meaning_out->result = SCAN_CLEAN;
        return true;
    }
    size_t size = strlen(MEANING_UNSCANNABLE);
    if (strncmp(text, MEANING_UNSCANNABLE, size) != 0)
        return false;
    enum unscannable reason = UNSCANNABLE_NONE;
    /* The reasons beyond `limit` are the gate's to say. */
    if (!unscannable_from_text(span_text(text + size), &reason) || reason == UNSCANNABLE_NONE ||
        reason > UNSCANNABLE_LIMIT)
        return false;
    *meaning_out = (struct rule_meaning){ .result = SCAN_UNSCANNABLE, .unscannable = reason };
    return true;
}

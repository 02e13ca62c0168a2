#include "meaning.h"

#include "sys/pattern.h"

#include <errno.h>
#include <string.h>

/* `decoder` and `poison` are not a scanner's to say. */
static bool reason_is_sayable(enum unscannable reason)
{
    return reason > UNSCANNABLE_NONE && reason <= UNSCANNABLE_LIMIT;
}

static int meaning_read_reason(const char **text, enum unscannable *reason_out, struct fault *fault)
{
    struct span rest = span_text(*text);
    struct span word = span_cut(&rest, ':');
    if (rest.data == NULL || !unscannable_from_text(span_trim(word), reason_out) || !reason_is_sayable(*reason_out))
        return fault_set(fault, EINVAL,
                         "begins with no reason; write \"encrypted: ...\", \"damaged: ...\", \"unsupported: ...\" or "
                         "\"limit: ...\"");
    while (rest.size > 0 && ascii_is_space(rest.data[0]))
        rest = span_from(rest, 1);
    *text = rest.data;
    return 0;
}

int meaning_read(const char *text, bool with_reason, struct meaning_item *item_out, struct fault *fault)
{
    *item_out = (struct meaning_item){ .status = MEANING_NO_STATUS, .pattern = "" };
    if (with_reason && meaning_read_reason(&text, &item_out->reason, fault) != 0)
        return -1;
    uint64_t number = 0;
    if (text[0] == '\0')
        return fault_set(fault, EINVAL, "is empty; write an exit status or a pattern");
    if (span_number(span_text(text), &number)) {
        if (number > MEANING_MOST_STATUS)
            return fault_set(fault, EINVAL, "is no exit status; write one from 0 to %d", MEANING_MOST_STATUS);
        item_out->status = (int)number;
        return 0;
    }
    struct fault why = { 0 };
    struct pattern *pattern = pattern_new(text, &why);
    if (pattern == NULL)
        return fault_set(fault, EINVAL, "is no pattern: %s; write a regular expression of Perl's kind", why.text);
    pattern_free(pattern);
    item_out->pattern = text;
    return 0;
}

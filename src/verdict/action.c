#include "verdict/action.h"

static const struct {
    enum action action;
    const char *text;
} action_names[] = {
    { ACTION_PASS, "pass" },       { ACTION_TAG, "tag" },           { ACTION_REJECT, "reject" },
    { ACTION_DISCARD, "discard" }, { ACTION_TEMPFAIL, "tempfail" }, { ACTION_QUARANTINE, "quarantine" },
    { ACTION_FORGET, "forget" },
};

unsigned action_from_text(struct span text)
{
    for (size_t i = 0; i < sizeof action_names / sizeof action_names[0]; i++) {
        if (span_is(text, action_names[i].text))
            return action_names[i].action;
    }
    return 0;
}

void actions_text(unsigned actions, struct buf *text_out)
{
    const char *separator = "";
    for (size_t i = 0; i < sizeof action_names / sizeof action_names[0]; i++) {
        if ((actions & action_names[i].action) == 0)
            continue;
        buf_put_text(text_out, separator);
        buf_put_text(text_out, action_names[i].text);
        separator = ", ";
    }
}

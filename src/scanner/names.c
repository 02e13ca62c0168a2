#include "names.h"

#include "base/glob.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const enum category name_categories[NAME_ACTIONS] = {
    [NAME_IGNORE] = CATEGORY_CLEAN,
    [NAME_MALFORMED] = CATEGORY_MALFORMED,
    [NAME_BANNED] = CATEGORY_BANNED,
    [NAME_INFECTED] = CATEGORY_INFECTED,
};

enum name_action names_find(const struct settings_names *names, struct span name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (glob_match(names->patterns[i], name))
            return names->actions[i];
    }
    return NAME_INFECTED;
}

void names_keep(const struct settings_names *names, const char *name, char *kept, size_t size)
{
    if (name[0] == '\0')
        return;
    if (kept[0] == '\0' || names_find(names, span_text(name)) > names_find(names, span_text(kept)))
        (void)span_copy(span_text(name), kept, size);
}

void names_note(enum name_action action, struct span name, struct answer *answer)
{
    assert(action < NAME_INFECTED);
    struct answer noted = { .named_as = name_categories[action] };
    struct answer text = { 0 };
    answer_set(&text, ANSWER_CLEAN, name); /* rid of control characters */
    memcpy(action == NAME_IGNORE ? noted.ignored : noted.named, text.text, sizeof text.text);
    names_merge(answer, &noted);
}

bool names_mask(const struct settings_names *names, struct answer *answer)
{
    if (answer->kind != ANSWER_INFECTED)
        return false;
    enum name_action action = names_find(names, span_text(answer->text));
    if (action == NAME_INFECTED)
        return false;
    names_note(action, span_text(answer->text), answer);
    char text[ANSWER_TEXT_SIZE];
    (void)snprintf(text, sizeof text, "%.100s by names is not infected, and may hide another", answer->text);
    answer_set(answer, ANSWER_UNSCANNABLE, span_text(text));
    if (answer->unscannable < UNSCANNABLE_MASKED)
        answer->unscannable = UNSCANNABLE_MASKED;
    return true;
}

void names_merge(struct answer *answer, const struct answer *other)
{
    if (answer->ignored[0] == '\0')
        memcpy(answer->ignored, other->ignored, sizeof answer->ignored);
    if (other->named[0] != '\0' && (answer->named[0] == '\0' || other->named_as > answer->named_as)) {
        memcpy(answer->named, other->named, sizeof answer->named);
        answer->named_as = other->named_as;
    }
}

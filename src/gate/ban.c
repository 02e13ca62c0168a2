#include "gate/ban.h"

#include <fnmatch.h>
#include <stdio.h>

enum { BAN_TEXT_SIZE = 1024 };

static const char *ban_match(const struct settings_list *patterns, const char *text)
{
    for (size_t i = 0; i < patterns->count; i++) {
        if (fnmatch(patterns->items[i], text, FNM_CASEFOLD | FNM_NOESCAPE) == 0)
            return patterns->items[i];
    }
    return NULL;
}

/* Longer names are cut at the front, because the extension is what matters. */
static void ban_add_if(const struct settings_list *patterns, struct span text, struct verdict *verdict)
{
    if (text.size == 0 || patterns->count == 0)
        return;
    char copy[BAN_TEXT_SIZE];
    if (text.size >= sizeof copy)
        text = span_from(text, text.size - sizeof copy + 1);
    (void)span_copy(text, copy, sizeof copy);
    const char *pattern = ban_match(patterns, copy);
    if (pattern == NULL)
        return;
    char finding[VERDICT_TEXT_SIZE];
    (void)snprintf(finding, sizeof finding, "%.100s matches %.100s", copy, pattern);
    verdict_add(verdict, CATEGORY_BANNED, UNSCANNABLE_NONE, "decoder", finding);
}

void ban_check(const struct ban_settings *ban, const struct decode_report *report, struct verdict *verdict)
{
    for (uint32_t i = 0; i < report->part_count; i++) {
        const struct decode_part *part = &report->parts[i];
        struct span names = decode_report_text(report, part->names);
        while (names.size > 0)
            ban_add_if(&ban->names, span_cut(&names, '\0'), verdict);
        ban_add_if(&ban->types, decode_report_text(report, part->declared), verdict);
        ban_add_if(&ban->types, decode_report_text(report, part->detected), verdict);
    }
}

#include "run_reply.h"

#include "base/memory.h"
#include "conf/meaning.h"
#include "sys/pattern.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REPLY_SHOWN = 100, REPLY_LISTS = 4 };

struct run_item {
    struct meaning_item item;
    struct pattern *pattern; /* NULL: the status counts */
};

struct run_list {
    struct run_item items[SETTINGS_MOST_LIST];
    size_t count;
};

/* In the order of asking. */
static const enum answer_kind list_kinds[REPLY_LISTS] = { ANSWER_INFECTED, ANSWER_FAILED, ANSWER_UNSCANNABLE,
                                                          ANSWER_CLEAN };

struct run_meaning {
    struct run_list lists[REPLY_LISTS];
    struct pattern *name; /* NULL: none */
};

static void list_init(struct run_list *list, const struct settings_list *settings, bool with_reason)
{
    for (size_t i = 0; i < settings->count; i++) {
        struct run_item *item = &list->items[list->count++];
        int read = meaning_read(settings->items[i], with_reason, &item->item, NULL);
        assert(read == 0); /* the configuration was checked */
        if (item->item.status == MEANING_NO_STATUS)
            item->pattern = pattern_new(item->item.pattern, NULL);
    }
}

struct run_meaning *run_meaning_new(const struct run_settings *settings)
{
    struct run_meaning *meaning = memory_new(sizeof *meaning);
    const struct settings_list *lists[REPLY_LISTS] = { &settings->infected, &settings->failed, &settings->unscannable,
                                                       &settings->clean };
    for (size_t i = 0; i < REPLY_LISTS; i++)
        list_init(&meaning->lists[i], lists[i], list_kinds[i] == ANSWER_UNSCANNABLE);
    if (settings->name_pattern[0] != '\0')
        meaning->name = pattern_new(settings->name_pattern, NULL);
    return meaning;
}

void run_meaning_free(struct run_meaning *meaning)
{
    if (meaning == NULL)
        return;
    for (size_t i = 0; i < REPLY_LISTS; i++) {
        for (size_t k = 0; k < meaning->lists[i].count; k++)
            pattern_free(meaning->lists[i].items[k].pattern);
    }
    pattern_free(meaning->name);
    free(meaning);
}

static enum pattern_result list_find(const struct run_list *list, int status, struct span output,
                                     const struct run_item **item_out)
{
    enum pattern_result result = PATTERN_NO;
    for (size_t i = 0; i < list->count && result == PATTERN_NO; i++) {
        *item_out = &list->items[i];
        if (list->items[i].pattern != NULL)
            result = pattern_match(list->items[i].pattern, output, NULL);
        else if (status != RUN_NO_STATUS && list->items[i].item.status == status)
            result = PATTERN_YES;
    }
    return result;
}

/* "exit status 2: cannot open the file" */
static void reply_describe(int status, struct span output, char text_out[ANSWER_TEXT_SIZE])
{
    struct span rest = span_trim(output);
    struct span line = span_trim(span_cut(&rest, '\n'));
    int shown = (int)(line.size < REPLY_SHOWN ? line.size : REPLY_SHOWN);
    if (status == RUN_NO_STATUS)
        (void)snprintf(text_out, ANSWER_TEXT_SIZE, "%.*s", shown, line.size > 0 ? line.data : "");
    else
        (void)snprintf(text_out, ANSWER_TEXT_SIZE, "exit status %d%s%.*s", status, shown > 0 ? ": " : "", shown,
                       line.size > 0 ? line.data : "");
}

static struct span reply_name(const struct run_meaning *meaning, struct span output)
{
    struct span name = { 0 };
    if (meaning->name != NULL && pattern_match(meaning->name, output, &name) == PATTERN_YES && span_trim(name).size > 0)
        return span_trim(name);
    return span_text("unnamed");
}

static void reply_fail(const char *why, const char *text, struct answer *answer_out)
{
    char whole[ANSWER_TEXT_SIZE];
    (void)snprintf(whole, sizeof whole, "%s%.150s", why, text);
    answer_set(answer_out, ANSWER_FAILED, span_text(whole));
}

void run_reply_read(const struct run_meaning *meaning, int status, struct span output, struct answer *answer_out)
{
    char text[ANSWER_TEXT_SIZE];
    *answer_out = (struct answer){ .kind = ANSWER_FAILED, .blame = BLAME_PIECE }; /* it ran, over this piece */
    reply_describe(status, output, text);
    for (size_t i = 0; i < REPLY_LISTS; i++) {
        const struct run_item *item = NULL;
        enum pattern_result result = list_find(&meaning->lists[i], status, output, &item);
        if (result == PATTERN_NO)
            continue;
        if (result == PATTERN_GAVE_UP)
            reply_fail("a pattern costs too much on this output: ", text, answer_out);
        else if (list_kinds[i] == ANSWER_INFECTED)
            answer_set(answer_out, ANSWER_INFECTED, reply_name(meaning, output));
        else
            answer_set(answer_out, list_kinds[i], span_text(list_kinds[i] == ANSWER_CLEAN ? "" : text));
        if (answer_out->kind == ANSWER_UNSCANNABLE)
            answer_out->unscannable = item->item.reason;
        return;
    }
    reply_fail(status == RUN_NO_STATUS ? "unknown answer: " : "unknown: ", text, answer_out);
}

const char *run_answer_mistake(const struct run_answer *answer, size_t size)
{
    if (size < sizeof *answer)
        return "wrong size";
    if (answer->magic != RUN_MAGIC)
        return "wrong magic";
    if (answer->outcome < RUN_EXITED || answer->outcome >= RUN_OUTCOMES)
        return "unknown outcome";
    if (answer->size != size - sizeof *answer)
        return "wrong size of the output";
    if (memchr(answer->text, '\0', sizeof answer->text) == NULL)
        return "text without end";
    return NULL;
}

#include "proto/ehlo.h"

#include <string.h>

static void take_nothing(struct hop_abilities *abilities, struct span parameters)
{
    (void)abilities;
    (void)parameters;
}

/* No number, or 0, means that no limit is told (RFC 1870 section 3). */
static void take_size(struct hop_abilities *abilities, struct span parameters)
{
    if (!span_number(span_trim(parameters), &abilities->size_limit))
        abilities->size_limit = 0;
}

static bool is_attribute(struct span word)
{
    for (size_t i = 0; i < word.size; i++) {
        if (!ascii_is_alnum(word.data[i]))
            return false;
    }
    return word.size > 0;
}

/* Whole words only: half an attribute's name would be another attribute. */
static void take_list(char list[HOP_ATTRIBUTES_SIZE], struct span words)
{
    size_t size = 0;
    while (words.size > 0) {
        struct span word = span_cut(&words, ' ');
        if (!is_attribute(word) || word.size + 1 >= HOP_ATTRIBUTES_SIZE - size)
            continue;
        if (size > 0)
            list[size++] = ' ';
        memcpy(list + size, word.data, word.size);
        size += word.size;
    }
    list[size] = '\0';
}

static void take_xforward(struct hop_abilities *abilities, struct span parameters)
{
    take_list(abilities->xforward, parameters);
}

static void take_xclient(struct hop_abilities *abilities, struct span parameters)
{
    take_list(abilities->xclient, parameters);
}

static const struct {
    const char *keyword;
    enum hop_ability bit;
    void (*take)(struct hop_abilities *abilities, struct span parameters);
} rows[] = {
    { "8BITMIME", HOP_8BITMIME, take_nothing },
    { "SMTPUTF8", HOP_SMTPUTF8, take_nothing },
    { "DSN", HOP_DSN, take_nothing },
    { "SIZE", HOP_SIZE, take_size },
    { "PIPELINING", HOP_PIPELINING, take_nothing },
    { "CHUNKING", HOP_CHUNKING, take_nothing },
    { "STARTTLS", HOP_STARTTLS, take_nothing },
    { "XFORWARD", HOP_XFORWARD, take_xforward },
    { "XCLIENT", HOP_XCLIENT, take_xclient },
    { "ENHANCEDSTATUSCODES", HOP_ENHANCED, take_nothing },
};
enum { ROWS = sizeof rows / sizeof rows[0] };

void ehlo_add_line(void *context, unsigned line_index, struct span text)
{
    struct hop_abilities *abilities = context;
    if (line_index == 0)
        return;
    struct span parameters = span_trim(text);
    struct span keyword = span_cut(&parameters, ' ');
    for (size_t i = 0; i < ROWS; i++) {
        if (!span_is_nocase(keyword, rows[i].keyword))
            continue;
        abilities->bits |= rows[i].bit;
        rows[i].take(abilities, parameters);
    }
}

const char *ehlo_keyword(unsigned bits)
{
    for (size_t i = 0; i < ROWS; i++) {
        if ((bits & rows[i].bit) != 0)
            return rows[i].keyword;
    }
    return "";
}

bool ehlo_has_attribute(const char *list, const char *attribute)
{
    struct span words = span_text(list);
    while (words.size > 0) {
        if (span_is_nocase(span_cut(&words, ' '), attribute))
            return true;
    }
    return false;
}

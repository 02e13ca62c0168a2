#include "cli/filter.h"

#include "cli/cli.h"
#include "cli/when.h"
#include "conf/units.h"

/* "10k": units in letters of either case. */
static bool size_read(struct span text, uint64_t *size_out)
{
    char upper[32];
    text = span_trim(text);
    if (text.size == 0 || text.size >= sizeof upper)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        bool is_lower = text.data[i] >= 'a' && text.data[i] <= 'z';
        upper[i] = (char)(text.data[i] & (is_lower ? 0x5f : 0xff));
    }
    if (text.size > 1 && upper[text.size - 1] == 'B')
        text.size--; /* "10kB" */
    return unit_read(UNIT_SIZE, span_of(upper, text.size), size_out);
}

bool filter_size_read(struct span text, uint64_t *least_out, uint64_t *most_out)
{
    text = span_trim(text);
    uint64_t size = 0;
    *least_out = 0;
    *most_out = 0;
    bool is_more = span_starts_with(text, ">");
    bool is_less = span_starts_with(text, "<");
    if (is_more || is_less) {
        bool is_equal = span_starts_with(span_from(text, 1), "=");
        if (!size_read(span_from(text, is_equal ? 2 : 1), &size))
            return false;
        if (is_more)
            *least_out = is_equal ? size : size + 1;
        else
            *most_out = is_equal || size == 0 ? size : size - 1;
        return is_more || *most_out > 0; /* nothing is smaller than an empty message */
    }
    struct span most = text;
    struct span least = span_cut(&most, '-');
    if (!size_read(least, least_out))
        return false;
    *most_out = *least_out;
    return (most.data == NULL || size_read(most, most_out)) && *most_out >= *least_out && *most_out > 0;
}

bool filter_categories_read(struct span text, unsigned *categories_out)
{
    struct span rest = text;
    do {
        enum category category = CATEGORY_CLEAN;
        if (!category_from_text(span_trim(span_cut(&rest, ',')), &category))
            return false;
        *categories_out |= 1U << category;
    } while (rest.data != NULL);
    return true;
}

static int read_times(const struct command_line *line, uint64_t now_ms, struct index_query *query)
{
    const char *since = command_value(line, OPTION_SINCE);
    const char *until = command_value(line, OPTION_UNTIL);
    if (since != NULL && !when_read(span_text(since), now_ms, false, &query->since_ms))
        return command_refuse(line, CLI_EXIT_USAGE, "--since: \"%s\" is no time, such as 2026-11-26 or \"2 days\"",
                              since);
    if (until != NULL && !when_read(span_text(until), now_ms, true, &query->until_ms))
        return command_refuse(line, CLI_EXIT_USAGE, "--until: \"%s\" is no time, such as 2026-11-26 or \"2 days\"",
                              until);
    if (until != NULL && query->since_ms >= query->until_ms)
        return command_refuse(line, CLI_EXIT_USAGE, "--until is not later than --since: nothing could be found");
    return -1;
}

static int read_bounds(const struct command_line *line, struct index_query *query)
{
    const char *size = command_value(line, OPTION_SIZE);
    const char *category = NULL;
    size_t at = 0;
    if (size != NULL && !filter_size_read(span_text(size), &query->least_size, &query->most_size))
        return command_refuse(line, CLI_EXIT_USAGE,
                              "--size: \"%s\" is no size, such as \">1M\", \"<10k\" or \"10k-1M\"", size);
    while ((category = command_next(line, OPTION_CATEGORY, &at)) != NULL) {
        if (!filter_categories_read(span_text(category), &query->categories))
            return command_refuse(line, CLI_EXIT_USAGE,
                                  "--category: \"%s\" is none; there are infected, banned, unscanned, unscannable, "
                                  "malformed, clean",
                                  category);
    }
    query->is_held = command_has(line, OPTION_HELD);
    return -1;
}

int filter_read(const struct command_line *line, uint64_t now_ms, struct filter *filter_out)
{
    static const struct {
        enum command_option option;
        const char *field;
    } fields[] = {
        { OPTION_SENDER, "sender" },
        { OPTION_RECIPIENT, "recipient" },
        { OPTION_SUBJECT, "subject" },
        { OPTION_NAME, "name" },
        { OPTION_FILE, "file" },
        { OPTION_CLIENT, "client" },
        { OPTION_MESSAGE_ID, "message-id" },
        { OPTION_SESSION, "session" },
        { OPTION_LISTENER, "listener" },
    };
    *filter_out = (struct filter){ 0 };
    int status = read_times(line, now_ms, &filter_out->query);
    if (status < 0)
        status = read_bounds(line, &filter_out->query);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0] && status < 0; i++) {
        const char *text = NULL;
        size_t at = 0;
        while ((text = command_next(line, fields[i].option, &at)) != NULL) {
            if (filter_out->word_count == FILTER_MOST_WORDS)
                return command_refuse(line, CLI_EXIT_USAGE, "more than %d filters", FILTER_MOST_WORDS);
            filter_out->words[filter_out->word_count++] = (struct filter_word){ fields[i].field, text };
        }
    }
    return status;
}

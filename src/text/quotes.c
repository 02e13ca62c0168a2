#include "text/quotes.h"

static const char quote_kinds[QUOTE_KINDS] = { '"', '\'', '`' };

size_t quotes_find(struct span content, size_t at, char kind)
{
    size_t found = span_find_byte(span_from(content, at), kind);
    return found == SPAN_NONE ? content.size : at + found;
}

struct quotes quotes_of(struct span content)
{
    struct quotes quotes = { .content = content };
    for (size_t i = 0; i < QUOTE_KINDS; i++)
        quotes.next[i] = quotes_find(content, 0, quote_kinds[i]);
    return quotes;
}

size_t quotes_next(struct quotes *quotes, size_t at)
{
    size_t first = quotes->content.size;
    for (size_t i = 0; i < QUOTE_KINDS; i++) {
        if (quotes->next[i] < at)
            quotes->next[i] = quotes_find(quotes->content, at, quote_kinds[i]);
        first = quotes->next[i] < first ? quotes->next[i] : first;
    }
    return first;
}

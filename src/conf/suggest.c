#include "suggest.h"

#include "base/span.h"

#include <string.h>

enum { SUGGEST_MOST_LETTERS = 40, SUGGEST_FAR = 1000 };

static size_t least_of(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

/* Levenshtein's, with one row at a time; letter case does not count. */
static size_t suggest_distance(const char *a, const char *b)
{
    size_t a_size = strlen(a);
    size_t b_size = strlen(b);
    if (a_size > SUGGEST_MOST_LETTERS || b_size > SUGGEST_MOST_LETTERS)
        return SUGGEST_FAR;
    size_t row[SUGGEST_MOST_LETTERS + 1];
    for (size_t k = 0; k <= b_size; k++)
        row[k] = k;
    for (size_t i = 1; i <= a_size; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t k = 1; k <= b_size; k++) {
            size_t above = row[k];
            row[k] = least_of(above + 1, row[k - 1] + 1, diagonal + (ascii_lower(a[i - 1]) != ascii_lower(b[k - 1])));
            diagonal = above;
        }
    }
    return row[b_size];
}

void suggestion_init(struct suggestion *suggestion, const char *word)
{
    /* More than one letter wrong in a short word, or a third of a long one, is another word. */
    size_t size = strlen(word);
    *suggestion = (struct suggestion){ .word = word, .distance = size < 6 ? 2 : size / 3 + 1 };
}

void suggestion_offer(struct suggestion *suggestion, const char *candidate)
{
    size_t distance = suggest_distance(suggestion->word, candidate);
    if (distance < suggestion->distance) {
        suggestion->distance = distance;
        suggestion->nearest = candidate;
    }
}

/* "Did you mean": the nearest of some words to one that nobody knows. */
#ifndef CORDON_CONF_SUGGEST_H
#define CORDON_CONF_SUGGEST_H

#include <stddef.h>

struct suggestion {
    const char *word;
    const char *nearest; /* NULL: nothing is near enough */
    size_t distance;
};

void suggestion_init(struct suggestion *suggestion, const char *word);
void suggestion_offer(struct suggestion *suggestion, const char *candidate);

#endif

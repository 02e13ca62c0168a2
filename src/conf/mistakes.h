/* The mistakes found in a configuration, collected and then told in the order of the file. */
#ifndef CORDON_CONF_MISTAKES_H
#define CORDON_CONF_MISTAKES_H

#include "base/arena.h"
#include "base/buf.h"
#include "conf/conf.h"
#include "conf/node.h"

struct conf_mistake {
    const char *file;
    unsigned line;
    const char *text;
};

struct conf_mistakes {
    struct arena arena;
    struct conf_mistake rows[CONF_MOST_MISTAKES];
    size_t count;
    size_t more; /* beyond the bound, not kept */
};

void conf_mistakes_init(struct conf_mistakes *mistakes);
void conf_mistakes_fini(struct conf_mistakes *mistakes);

/* "what is wrong; what would be right". Control characters in it are replaced by '?'. Line 0 counts as 1. */
void conf_mistake_at(struct conf_mistakes *mistakes, const char *file, unsigned line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The same where the node stands, which is marked bad. */
void conf_mistake(struct conf_mistakes *mistakes, struct conf_node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

bool conf_mistakes_has(const struct conf_mistakes *mistakes, const char *file, unsigned line);

/* "FILE:LINE: text\n" for each. */
void conf_mistakes_write(struct conf_mistakes *mistakes, struct buf *text_out);

#endif

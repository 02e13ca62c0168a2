#include "mistakes.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MISTAKE_SIZE = 1024, MISTAKES_ARENA_LIMIT = 262144 };

void conf_mistakes_init(struct conf_mistakes *mistakes)
{
    *mistakes = (struct conf_mistakes){ 0 };
    arena_init(&mistakes->arena, MISTAKES_ARENA_LIMIT);
}

void conf_mistakes_fini(struct conf_mistakes *mistakes)
{
    arena_fini(&mistakes->arena);
}

static const char *mistakes_keep_text(struct conf_mistakes *mistakes, const char *text)
{
    size_t size = strlen(text);
    char *copy = arena_new(&mistakes->arena, size + 1);
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        copy[i] = (char)(c < 0x20 || c == 0x7f ? '?' : c);
    }
    return copy;
}

__attribute__((format(printf, 4, 0))) static void mistakes_add(struct conf_mistakes *mistakes, const char *file,
                                                               unsigned line, const char *format, va_list arguments)
{
    if (mistakes->count == CONF_MOST_MISTAKES) {
        mistakes->more++;
        return;
    }
    char text[MISTAKE_SIZE];
    (void)vsnprintf(text, sizeof text, format, arguments);
    mistakes->rows[mistakes->count++] = (struct conf_mistake){ .file = mistakes_keep_text(mistakes, file),
                                                               .line = line > 0 ? line : 1,
                                                               .text = mistakes_keep_text(mistakes, text) };
}

void conf_mistake_at(struct conf_mistakes *mistakes, const char *file, unsigned line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    mistakes_add(mistakes, file, line, format, arguments);
    va_end(arguments);
}

void conf_mistake(struct conf_mistakes *mistakes, struct conf_node *node, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    mistakes_add(mistakes, node->file, node->line, format, arguments);
    va_end(arguments);
    node->is_bad = true;
}

bool conf_mistakes_has(const struct conf_mistakes *mistakes, const char *file, unsigned line)
{
    for (size_t i = 0; i < mistakes->count; i++) {
        if (mistakes->rows[i].line == line && strcmp(mistakes->rows[i].file, file) == 0)
            return true;
    }
    return false;
}

static bool mistake_is_later(const struct conf_mistake *a, const struct conf_mistake *b)
{
    int order = strcmp(a->file, b->file);
    return order != 0 ? order > 0 : a->line > b->line;
}

/* By insertion, because mistakes of one line keep the order in which they were found. */
static void mistakes_sort(struct conf_mistakes *mistakes)
{
    for (size_t i = 1; i < mistakes->count; i++) {
        struct conf_mistake row = mistakes->rows[i];
        size_t at = i;
        for (; at > 0 && mistake_is_later(&mistakes->rows[at - 1], &row); at--)
            mistakes->rows[at] = mistakes->rows[at - 1];
        mistakes->rows[at] = row;
    }
}

void conf_mistakes_write(struct conf_mistakes *mistakes, struct buf *text_out)
{
    mistakes_sort(mistakes);
    for (size_t i = 0; i < mistakes->count; i++) {
        const struct conf_mistake *row = &mistakes->rows[i];
        buf_printf(text_out, "%s:%u: %s\n", row->file, row->line, row->text);
    }
    if (mistakes->more > 0) {
        const struct conf_mistake *last = &mistakes->rows[mistakes->count - 1];
        buf_printf(text_out, "%s:%u: %zu mistakes more are not shown; mend these first\n", last->file, last->line,
                   mistakes->more);
    }
}

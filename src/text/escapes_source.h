/* The characters of a string as it stands in a script or in markup, one at a time: a plain run, or literals with what
 * joins them ("AB" + "CD" & Chr(69)) left out.
 */
#ifndef CORDON_TEXT_ESCAPES_SOURCE_H
#define CORDON_TEXT_ESCAPES_SOURCE_H

#include "base/span.h"

#include <stdbool.h>

struct escapes_source {
    struct span rest;
    char quote;     /* that ends the literal that is read; 0: there are no quotes and gaps */
    bool in_gap;    /* between a closing and an opening quote */
    bool is_behind; /* a backslash, which takes away what a quote means */
};

/* Copying a source gives another one at the same place. */
struct escapes_source escapes_source_of(struct span text);
struct escapes_source escapes_source_of_joined(struct span text, char quote); /* behind the first opening quote */

/* The next character; -1: the end. */
int escapes_source_next(struct escapes_source *source);

/* What the text between a closing and an opening quote does. */
enum escapes_gap {
    ESCAPES_GAP_NONE, /* the literals have nothing to do with each other */
    ESCAPES_GAP_JOIN, /* joins them: + & . += .concat( and calls of Chr between */
    ESCAPES_GAP_LIST  /* a comma: pieces of a list, which may be joined later */
};
enum escapes_gap escapes_gap_kind(struct span gap);

/* A number at the start of *rest, which it shortens: 88, 0x58, &H58, -88. At most `most_digits` digits. */
bool escapes_take_number(struct span *rest, size_t most_digits, unsigned *number_out);

/* The name of a function that makes a character of a number, with its '(', at the start of *rest, which it shortens. */
bool escapes_take_chr(struct span *rest);

/* One escape at the start of *rest, of which *kind_out is the sign: '%', 'u' for %u, '\\', '&'. Its value, or -1. */
long escapes_take_escape(struct escapes_source *source, char *kind_out);

/* Where an ASCII text stands, letter case aside; SPAN_NONE: nowhere. At the speed of one comparison a byte. */
size_t escapes_find(struct span span, const char *text);

/* Asked about each byte of a content, hence inline. */
static inline char escapes_at(struct span span, size_t index, char otherwise) /* `otherwise`: outside of the span */
{
    if (index < span.size)
        return span.data[index];
    return otherwise;
}

static inline bool escapes_is_quote(char c)
{
    return c == '"' || c == '\'' || c == '`';
}

static inline bool escapes_is_blank(char c) /* line ends too */
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline bool escapes_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool escapes_is_alnum(char c)
{
    return escapes_is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static inline bool escapes_is_word(char c) /* of identifiers */
{
    return escapes_is_alnum(c) || c == '_' || c == '$';
}

static inline int escapes_hex_digit(int c) /* 0 to 15, or -1 */
{
    int lower = c | 0x20;
    return c >= '0' && c <= '9' ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

#endif

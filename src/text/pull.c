#include "pull.h"

#include <string.h>

enum { TEXT_PULL_PIECE = 4096, TEXT_LINE_NEAR = 256 };

bool text_put_pulled(struct unpack *unpack, text_pull *pull, void *state)
{
    for (;;) {
        char small[TEXT_PULL_LEAST];
        size_t capacity = 0;
        char *room = unpack_room(unpack, &capacity);
        if (room == NULL)
            return false;
        if (capacity >= TEXT_PULL_LEAST) {
            size_t size = pull(state, room, capacity);
            unpack_wrote(unpack, size);
            if (size == 0)
                return true;
            continue;
        }
        size_t size = pull(state, small, sizeof small);
        if (size == 0)
            return true;
        if (!unpack_put(unpack, span_of(small, size)))
            return false;
    }
}

struct piece {
    text_pull *pull;
    void *state;
    size_t at;
    size_t size;
    char data[TEXT_PULL_PIECE];
};

/* Sees to it that the piece has bytes; false at the end. */
static bool piece_fill(struct piece *piece)
{
    if (piece->at == piece->size) {
        piece->at = 0;
        piece->size = piece->pull(piece->state, piece->data, sizeof piece->data);
    }
    return piece->size > 0;
}

bool text_pulls_equal(text_pull *a, void *a_state, text_pull *b, void *b_state)
{
    struct piece one = { .pull = a, .state = a_state };
    struct piece other = { .pull = b, .state = b_state };
    for (;;) {
        bool one_goes_on = piece_fill(&one);
        bool other_goes_on = piece_fill(&other);
        if (!one_goes_on || !other_goes_on)
            return one_goes_on == other_goes_on;
        size_t size = one.size - one.at < other.size - other.at ? one.size - one.at : other.size - other.at;
        if (memcmp(one.data + one.at, other.data + other.at, size) != 0)
            return false;
        one.at += size;
        other.at += size;
    }
}

/* Where the line ends: memchr is fast, but must not look far ahead again and again for what isn't there. */
static const char *line_end(const char *at, const char *end)
{
    size_t near = (size_t)(end - at) < TEXT_LINE_NEAR ? (size_t)(end - at) : TEXT_LINE_NEAR;
    const char *lf = memchr(at, '\n', near);
    const char *cr = memchr(at, '\r', lf != NULL ? (size_t)(lf - at) : near);
    if (cr != NULL || lf != NULL)
        return cr != NULL ? cr : lf;
    at += near;
    while (at < end && *at != '\n' && *at != '\r')
        at++;
    return at;
}

struct span text_cut_line(struct span *rest)
{
    if (rest->size == 0)
        return *rest;
    const char *end = rest->data + rest->size;
    const char *at = line_end(rest->data, end);
    struct span line = { rest->data, (size_t)(at - rest->data) };
    at += at < end ? 1 : 0;
    *rest = (struct span){ at, (size_t)(end - at) };
    return line;
}

struct span text_cut_whole_line(struct span *rest)
{
    size_t at = span_find_byte(*rest, '\n');
    struct span line = span_slice(*rest, 0, at == SPAN_NONE ? rest->size : at + 1);
    *rest = span_from(*rest, line.size);
    return line;
}

struct span text_name(struct span name, char text_out[TEXT_NAME_SIZE])
{
    name = span_trim(name);
    (void)span_copy(name, text_out, TEXT_NAME_SIZE);
    return span_of(text_out, name.size > 0 ? strlen(text_out) + 1 : 0);
}

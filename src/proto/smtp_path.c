#include "proto/smtp_path.h"

#include "base/escape.h"

#include <string.h>

static char first_byte(struct span text)
{
    static const char none = '\0';
    return *(text.size > 0 ? text.data : &none);
}

/* Each of these gives the size of the character at the start of the text, 0 where it is not one of its kind. */

static size_t utf8_beyond_ascii(struct span text)
{
    size_t n = utf8_sequence(text);
    return n > 1 ? n : 0;
}

static size_t atom_character(struct span text)
{
    char c = first_byte(text);
    bool is_atext = ascii_is_alnum(c) || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~.", c) != NULL);
    return is_atext ? 1 : utf8_beyond_ascii(text);
}

static bool is_printing(char c)
{
    return c >= 0x20 && c < 0x7f;
}

/* qtextSMTP or quoted-pairSMTP. */
static size_t quoted_character(struct span text)
{
    char c = first_byte(text);
    if (c == '\\')
        return text.size > 1 && is_printing(text.data[1]) ? 2 : 0;
    return is_printing(c) && c != '"' ? 1 : utf8_beyond_ascii(text);
}

static size_t domain_character(struct span text)
{
    char c = first_byte(text);
    return ascii_is_alnum(c) || c == '-' || c == '_' || c == '.' ? 1 : utf8_beyond_ascii(text);
}

/* Of an address literal. Narrower than dcontent: what addresses are made of, and nothing that could be read as a quote
 * or as the path's end. */
static size_t literal_character(struct span text)
{
    char c = first_byte(text);
    return ascii_is_alnum(c) || c == ':' || c == '.' || c == '-' ? 1 : 0;
}

static size_t run_size(struct span text, size_t (*character)(struct span text))
{
    size_t size = 0;
    for (size_t n = character(text); n > 0; n = character(span_from(text, size)))
        size += n;
    return size;
}

/* A run between two given characters, with both of them. */
static size_t enclosed_size(struct span text, char first, char last, size_t (*character)(struct span text))
{
    if (text.size == 0 || text.data[0] != first)
        return 0;
    size_t end = 1 + run_size(span_from(text, 1), character);
    return end < text.size && text.data[end] == last ? end + 1 : 0;
}

static size_t local_part_size(struct span text)
{
    size_t quoted = enclosed_size(text, '"', '"', quoted_character);
    return quoted > 0 ? quoted : run_size(text, atom_character);
}

static size_t domain_size(struct span text)
{
    size_t literal = enclosed_size(text, '[', ']', literal_character);
    return literal > 2 ? literal : run_size(text, domain_character);
}

/* 0 where there is no mailbox. */
static size_t mailbox_size(struct span text)
{
    size_t local = local_part_size(text);
    struct span behind = span_from(text, local);
    if (local == 0 || behind.size == 0 || behind.data[0] != '@')
        return local;
    size_t domain = domain_size(span_from(behind, 1));
    return domain > 0 ? local + 1 + domain : 0;
}

/* "@a,@b:" with its colon; 0 where the text does not begin with a whole one. */
static size_t source_route_size(struct span text)
{
    size_t at = 0;
    while (at < text.size && text.data[at] == '@') {
        size_t domain = domain_size(span_from(text, at + 1));
        at += 1 + domain;
        if (domain == 0 || at == text.size)
            return 0;
        if (text.data[at] == ':')
            return at + 1;
        if (text.data[at] != ',')
            return 0;
        at++;
    }
    return 0;
}

bool smtp_path_take(struct span *rest, struct span *address_out, bool *has_utf8)
{
    if (rest->size == 0 || rest->data[0] != '<')
        return false;
    struct span text = span_from(*rest, 1);
    size_t route = source_route_size(text);
    text = span_from(text, route);
    size_t size = mailbox_size(text);
    if ((size == 0 && route > 0) || size == text.size || text.data[size] != '>')
        return false;
    *address_out = span_slice(text, 0, size);
    *rest = span_from(text, size + 1);
    for (size_t i = 0; i < size; i++)
        *has_utf8 = *has_utf8 || (unsigned char)text.data[i] >= 0x80;
    return true;
}

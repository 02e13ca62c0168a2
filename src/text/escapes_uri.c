#include "text/escapes_payload.h"

#include <string.h>

/* RFC 2397, as the WHATWG's "Fetch", section "data: URLs" reads them: leniently. */
enum { URI_HEAD = 512, URI_TYPE = 128 };

/* One character of markup at the start of *rest: line ends and tabs are left out, as browsers do, and entities and a
 * backslash in front are resolved. -1: the end. */
static int take_markup(struct span *rest)
{
    static const struct {
        const char *name;
        unsigned char value;
    } names[] = { { "&colon;", ':' }, { "&comma;", ',' }, { "&semi;", ';' },
                  { "&sol;", '/' },   { "&newline;", 0 }, { "&tab;", 0 } };
    while (rest->size > 0) {
        char c = rest->data[0];
        long value = (unsigned char)c;
        size_t size = 1;
        if (c == '\\' && rest->size > 1) {
            value = (unsigned char)rest->data[1];
            size = 2;
        } else if (c == '&') {
            char kind = 0;
            struct escapes_source source = escapes_source_of(span_slice(*rest, 0, URI_HEAD));
            size_t had = source.rest.size;
            long entity = escapes_take_escape(&source, &kind);
            value = entity >= 0 ? entity : value;
            size = entity >= 0 ? had - source.rest.size : size;
            for (size_t i = 0; i < sizeof names / sizeof names[0] && entity < 0; i++) {
                if (span_starts_with_nocase(*rest, names[i].name)) {
                    value = names[i].value;
                    size = strlen(names[i].name);
                }
            }
        }
        *rest = span_from(*rest, size);
        if (value > 0 && value != '\n' && value != '\r' && value != '\t')
            return value < 0x80 ? (int)value : 0x7f;
    }
    return -1;
}

/* "data:" with what may stand between its letters. */
static bool take_scheme(struct span *rest)
{
    struct span at = span_slice(*rest, 0, URI_HEAD);
    size_t had = at.size;
    for (const char *c = "data:"; *c != '\0'; c++) {
        int taken = take_markup(&at);
        if (taken < 0 || ascii_lower((char)taken) != *c)
            return false;
    }
    *rest = span_from(*rest, had - at.size);
    return true;
}

/* Up to the comma. False where it is no data: URI. */
static bool take_head(struct span *rest, char head_out[URI_HEAD])
{
    struct span at = span_slice(*rest, 0, URI_HEAD);
    size_t had = at.size;
    size_t size = 0;
    for (;;) {
        int c = take_markup(&at);
        if (c < 0 || c == '<' || c == '>' || size + 1 >= URI_HEAD)
            return false;
        if (c == ',')
            break;
        if (c != ' ')
            head_out[size++] = ascii_lower((char)c);
    }
    head_out[size] = '\0';
    *rest = span_from(*rest, had - at.size);
    return true;
}

/* Where the URI ends: at the quote that it stands in, or at what cannot be in one. */
static size_t find_end(struct span content, size_t start, struct span rest)
{
    size_t before = start;
    while (before > 0 && start - before < 16 && escapes_is_blank(content.data[before - 1]))
        before--;
    char opener = escapes_at(content, before - 1, ' ');
    size_t at = 0;
    if (escapes_is_quote(opener)) {
        at = span_find_byte(rest, opener);
        return at == SPAN_NONE ? rest.size : at;
    }
    for (; at < rest.size; at++) {
        char c = rest.data[at];
        bool is_end = opener == '(' ? c == ')' : escapes_is_blank(c) || c == ')';
        if (is_end || c == '<' || c == '>' || escapes_is_quote(c))
            break;
    }
    return at;
}

/* The media type that the head begins with. */
static const char *find_type(const char *head, char type_out[URI_TYPE])
{
    size_t size = strcspn(head, ";");
    if (size == 0 || size >= URI_TYPE || memchr(head, '/', size) == NULL)
        return NULL;
    for (size_t i = 0; i < size; i++) {
        if (!escapes_is_alnum(head[i]) && strchr("/.+-_", head[i]) == NULL)
            return NULL;
    }
    memcpy(type_out, head, size);
    type_out[size] = '\0';
    return type_out;
}

/* The URI whose head begins at *rest, which it shortens to what is behind. False where there is none. */
static bool take_uri(struct escapes_hand *hand, struct span content, size_t start, struct span *rest)
{
    char head[URI_HEAD] = "";
    char type[URI_TYPE] = "";
    if (!take_head(rest, head))
        return false;
    struct span text = span_slice(*rest, 0, find_end(content, start, *rest));
    struct escapes_payload payload = {
        .source = escapes_source_of(text), .is_marked = true, .how = "data: URI", .declared = find_type(head, type)
    };
    size_t size = strlen(head);
    bool is_last = size >= 6 && memcmp(head + size - 6, "base64", 6) == 0;
    if (strstr(head, "base64") != NULL) {
        payload.code = ESCAPES_URI_BASE64;
        escapes_hand_out(hand, &payload);
    }
    if (!is_last) {
        payload.code = ESCAPES_URI;
        escapes_hand_out(hand, &payload);
    }
    *rest = span_from(*rest, text.size);
    return true;
}

/* Could the second letter of the scheme come next? Nearly all that begins so is some other word. */
static bool is_start(struct span content, size_t at)
{
    char behind = escapes_at(content, at + 1, ' ');
    return content.data[at] == '&' || (behind | 0x20) == 'a' || behind == '\\' || behind == '&' || behind == '\0' ||
           (escapes_is_blank(behind) && behind != ' ');
}

static size_t find_start(struct span content, size_t at, char first)
{
    for (;; at++) {
        size_t found = span_find_byte(span_from(content, at), first);
        if (found == SPAN_NONE)
            return content.size;
        at += found;
        if (is_start(content, at) && !escapes_is_word(escapes_at(content, at - 1, ' ')))
            return at;
    }
}

void escapes_read_uris(struct escapes_hand *hand, struct span content)
{
    static const char firsts[] = { 'd', 'D', '&' };
    size_t next[sizeof firsts];
    for (size_t i = 0; i < sizeof firsts; i++)
        next[i] = find_start(content, 0, firsts[i]);
    for (size_t at = 0;; at++) {
        size_t start = content.size;
        for (size_t i = 0; i < sizeof firsts; i++) {
            if (next[i] < at)
                next[i] = find_start(content, at, firsts[i]);
            start = next[i] < start ? next[i] : start;
        }
        if (start == content.size)
            return;
        at = start;
        struct span rest = span_from(content, at);
        if (!take_scheme(&rest))
            continue;
        if (take_uri(hand, content, at, &rest))
            at = content.size - rest.size - 1;
        else if (!unpack_step(hand->unpack, URI_HEAD))
            return;
    }
}

#include "amavis.h"

#include "base/buf.h"

#include <string.h>

enum { AMAVIS_TEXT_LIMIT = 65536, AMAVIS_CODE_SHOWN = 40 };

struct cursor {
    struct amavis *amavis;
    struct span rest;
    unsigned line;
    unsigned depth;
    bool is_broken;
};

/* --- Bytes --- */

static char look(const struct cursor *cursor, size_t ahead)
{
    if (ahead >= cursor->rest.size)
        return '\0';
    return cursor->rest.data[ahead];
}

static void go(struct cursor *cursor, size_t count)
{
    for (size_t i = 0; i < count && i < cursor->rest.size; i++)
        cursor->line += cursor->rest.data[i] == '\n';
    cursor->rest = span_from(cursor->rest, count);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f';
}

static bool is_word(char c)
{
    return ascii_is_alnum(c) || c == '_';
}

static void skip_blanks(struct cursor *cursor)
{
    while (cursor->rest.size > 0) {
        if (is_blank(look(cursor, 0))) {
            go(cursor, 1);
        } else if (look(cursor, 0) == '#') {
            size_t end = span_find_byte(cursor->rest, '\n');
            go(cursor, end != SPAN_NONE ? end : cursor->rest.size);
        } else {
            return;
        }
    }
}

static bool take(struct cursor *cursor, const char *text)
{
    skip_blanks(cursor);
    if (!span_starts_with(cursor->rest, text))
        return false;
    go(cursor, strlen(text));
    return true;
}

static struct amavis_value *value_new(struct cursor *cursor, enum amavis_kind kind)
{
    struct amavis_value *value = arena_try(&cursor->amavis->arena, sizeof *value);
    if (value == NULL)
        cursor->is_broken = true;
    else
        value->kind = kind;
    return value;
}

static void value_keep(struct cursor *cursor, struct amavis_value *value, const struct buf *text)
{
    char *copy = arena_try(&cursor->amavis->arena, text->size + 1);
    if (copy == NULL || buf_overflowed(text)) {
        cursor->is_broken = true;
        return;
    }
    if (text->size > 0)
        memcpy(copy, text->data, text->size);
    value->text = span_of(copy, text->size);
}

/* --- Quoted things --- */

static char closing_of(char open)
{
    static const char pairs[] = "(){}[]<>";
    const char *at = open != '\0' ? strchr(pairs, open) : NULL;
    if (at == NULL || (at - pairs) % 2 != 0)
        return open;
    return at[1];
}

/* All up to the delimiter that closes; backslashes stay, except before a delimiter of patterns. */
static void take_raw(struct cursor *cursor, struct buf *text)
{
    char open = look(cursor, 0);
    char close = closing_of(open);
    unsigned depth = 1;
    go(cursor, 1);
    while (cursor->rest.size > 0) {
        char c = look(cursor, 0);
        if (c == '\\' && cursor->rest.size > 1) {
            if (look(cursor, 1) != close || close != open)
                buf_put_char(text, c);
            buf_put_char(text, look(cursor, 1));
            go(cursor, 2);
            continue;
        }
        go(cursor, 1);
        if (c == close && --depth == 0)
            return;
        if (c == open && close != open)
            depth++;
        buf_put_char(text, c);
    }
    cursor->is_broken = true;
}

/* Perl's "\015", "\x0d", "\n"; *at is behind the backslash. */
static char escape_of(struct span raw, size_t *at)
{
    static const char letters[] = "nrtfae";
    static const char bytes[] = "\n\r\t\f\a\033";
    char c = raw.data[(*at)++];
    char byte = c;
    const char *letter = c != '\0' ? strchr(letters, c) : NULL;
    if (letter != NULL)
        return bytes[letter - letters];
    if (c == 'x' && span_hex_byte(span_from(raw, *at), &byte)) {
        *at += 2;
        return byte;
    }
    if (c < '0' || c > '7')
        return c;
    unsigned number = (unsigned)(c - '0');
    for (unsigned digits = 1; digits < 3 && *at < raw.size && raw.data[*at] >= '0' && raw.data[*at] <= '7'; digits++)
        number = number * 8 + (unsigned)(raw.data[(*at)++] - '0');
    return (char)(number & 0xff);
}

static bool is_variable(struct span raw, size_t at)
{
    char next = '\0';
    if (at + 1 < raw.size)
        next = raw.data[at + 1];
    return (raw.data[at] == '$' || raw.data[at] == '@') && (is_word(next) || next == '{');
}

static struct amavis_value *take_text(struct cursor *cursor)
{
    struct amavis_value *value = value_new(cursor, AMAVIS_TEXT);
    struct buf raw;
    struct buf text;
    bool is_double = look(cursor, 0) == '"';
    buf_init(&raw, AMAVIS_TEXT_LIMIT);
    buf_init(&text, AMAVIS_TEXT_LIMIT);
    char quote = look(cursor, 0);
    go(cursor, 1);
    while (cursor->rest.size > 0 && look(cursor, 0) != quote) {
        size_t step = look(cursor, 0) == '\\' && cursor->rest.size > 1 ? 2 : 1;
        buf_put(&raw, cursor->rest.data, step);
        go(cursor, step);
    }
    cursor->is_broken = cursor->is_broken || cursor->rest.size == 0;
    go(cursor, 1);
    struct span bytes = buf_span(&raw);
    for (size_t at = 0; at < bytes.size && value != NULL;) {
        char c = bytes.data[at];
        if (c == '\\' && at + 1 < bytes.size && is_double) {
            at++;
            buf_put_char(&text, escape_of(bytes, &at));
            continue;
        }
        if (c == '\\' && at + 1 < bytes.size && (bytes.data[at + 1] == '\\' || bytes.data[at + 1] == '\''))
            at++;
        else if (is_double && is_variable(bytes, at))
            value->has_variable = true;
        buf_put_char(&text, bytes.data[at++]);
    }
    if (value != NULL)
        value_keep(cursor, value, &text);
    buf_fini(&raw);
    buf_fini(&text);
    return value;
}

static struct amavis_value *take_pattern(struct cursor *cursor)
{
    struct amavis_value *value = value_new(cursor, AMAVIS_PATTERN);
    struct buf text;
    buf_init(&text, AMAVIS_TEXT_LIMIT);
    take_raw(cursor, &text);
    struct span flags = cursor->rest;
    size_t count = 0;
    while (is_word(look(cursor, count)))
        count++;
    go(cursor, count);
    if (value != NULL) {
        value->flags = span_slice(flags, 0, count);
        value_keep(cursor, value, &text);
    }
    buf_fini(&text);
    return value;
}

/* --- Code --- */

/* A bracket and all up to the one that closes it; quotes in between are heeded. */
static void skip_bracket(struct cursor *cursor)
{
    unsigned depth = 0;
    char before = '\0';
    while (cursor->rest.size > 0) {
        char c = look(cursor, 0);
        if (c == '#' && is_blank(before)) {
            skip_blanks(cursor);
            continue;
        }
        before = c;
        if (c == '"' || c == '\'') {
            (void)take_text(cursor);
            continue;
        }
        go(cursor, c == '\\' ? 2 : 1);
        if (strchr("([{", c) != NULL && c != '\0')
            depth++;
        else if (strchr(")]}", c) != NULL && c != '\0' && (depth == 0 || --depth == 0))
            return;
    }
    cursor->is_broken = true;
}

/* A variable, a call, a sub. */
static struct amavis_value *take_code(struct cursor *cursor)
{
    struct amavis_value *value = value_new(cursor, AMAVIS_CODE);
    struct span begin = cursor->rest;
    bool is_variable = look(cursor, 0) == '$' || look(cursor, 0) == '@';
    size_t count = is_variable ? 1 : 0;
    while (is_word(look(cursor, count)) || look(cursor, count) == ':')
        count++;
    if (count == 0)
        cursor->is_broken = true;
    go(cursor, count);
    skip_blanks(cursor);
    while (!cursor->is_broken && (look(cursor, 0) == '(' || look(cursor, 0) == '{')) {
        skip_bracket(cursor);
        skip_blanks(cursor);
    }
    if (value != NULL && begin.size > cursor->rest.size) {
        size_t size = begin.size - cursor->rest.size;
        value->text = span_slice(begin, 0, size < AMAVIS_CODE_SHOWN ? size : AMAVIS_CODE_SHOWN);
    }
    return value;
}

static bool take_digits(struct cursor *cursor, uint32_t *number_out)
{
    skip_blanks(cursor);
    bool is_hex = look(cursor, 0) == '0' && (look(cursor, 1) == 'x' || look(cursor, 1) == 'X');
    uint64_t number = 0;
    size_t count = is_hex ? 2 : 0;
    for (char c = look(cursor, count); is_hex ? ascii_is_alnum(c) : ascii_is_digit(c); c = look(cursor, ++count)) {
        char pair[2] = { '0', c };
        char byte = 0;
        if (!span_hex_byte(span_of(pair, 2), &byte))
            return false;
        number = number * (is_hex ? 16 : 10) + (unsigned char)byte;
        if (number > UINT32_MAX)
            return false;
    }
    if (count == (is_hex ? 2U : 0U))
        return false;
    go(cursor, count);
    *number_out = (uint32_t)number;
    return true;
}

/* 3, 0x10, 4+1, 1..7 */
static struct amavis_value *take_number(struct cursor *cursor)
{
    struct amavis_value *value = value_new(cursor, AMAVIS_NUMBER);
    uint32_t more = 0;
    if (value == NULL || !take_digits(cursor, &value->number)) {
        cursor->is_broken = true;
        return value;
    }
    while (!cursor->is_broken && take(cursor, "+")) {
        cursor->is_broken = !take_digits(cursor, &more);
        value->number += more;
    }
    value->last = value->number;
    if (take(cursor, ".."))
        cursor->is_broken = cursor->is_broken || !take_digits(cursor, &value->last);
    return value;
}

/* --- Values --- */

static struct amavis_value *take_value(struct cursor *cursor);

/* The members of a list up to `close`. */
static struct amavis_value *take_members(struct cursor *cursor, const char *close)
{
    struct amavis_value *first = NULL;
    struct amavis_value **end = &first;
    if (++cursor->depth > AMAVIS_MOST_DEPTH)
        cursor->is_broken = true;
    while (!cursor->is_broken && !take(cursor, close)) {
        struct amavis_value *value = take_value(cursor);
        if (value == NULL)
            break;
        *end = value;
        end = &value->next;
        if (!take(cursor, ",") && !take(cursor, "=>")) {
            cursor->is_broken = cursor->is_broken || !take(cursor, close);
            break;
        }
    }
    cursor->depth--;
    return first;
}

static bool starts_quote(const struct cursor *cursor, const char *word)
{
    size_t size = strlen(word);
    char next = look(cursor, size);
    return span_starts_with(cursor->rest, word) && next != '\0' && !is_word(next) && !is_blank(next) && next != ',' &&
           next != '=' && next != ';' && next != ')';
}

static struct amavis_value *take_single(struct cursor *cursor)
{
    skip_blanks(cursor);
    char c = look(cursor, 0);
    if (c == '"' || c == '\'')
        return take_text(cursor);
    if (starts_quote(cursor, "qr") || starts_quote(cursor, "m")) {
        go(cursor, c == 'q' ? 2 : 1);
        return take_pattern(cursor);
    }
    if (ascii_is_digit(c))
        return take_number(cursor);
    struct amavis_value *value = NULL;
    if (c == '[') {
        go(cursor, 1);
        value = value_new(cursor, AMAVIS_LIST);
        struct amavis_value *first = take_members(cursor, "]");
        if (value != NULL)
            value->first = first;
    } else if (c == '\\' && look(cursor, 1) == '&') {
        go(cursor, 2);
        value = take_code(cursor);
        if (value != NULL)
            value->kind = AMAVIS_SUB;
    } else if (span_starts_with(cursor->rest, "undef") && !is_word(look(cursor, 5))) {
        go(cursor, 5);
        value = value_new(cursor, AMAVIS_UNDEF);
    } else {
        value = take_code(cursor);
    }
    return value;
}

/* "a" . "b": a text where all are. */
static struct amavis_value *take_value(struct cursor *cursor)
{
    struct amavis_value *value = take_single(cursor);
    while (!cursor->is_broken && value != NULL && take(cursor, ".")) {
        struct amavis_value *more = take_single(cursor);
        if (more == NULL || cursor->is_broken)
            break;
        if (value->kind != AMAVIS_TEXT || more->kind != AMAVIS_TEXT) {
            value->kind = AMAVIS_CODE;
            continue;
        }
        struct buf text;
        buf_init(&text, AMAVIS_TEXT_LIMIT);
        buf_put_span(&text, value->text);
        buf_put_span(&text, more->text);
        value_keep(cursor, value, &text);
        value->has_variable = value->has_variable || more->has_variable;
        buf_fini(&text);
    }
    return value;
}

/* The entries of one table. */
static void take_table(struct cursor *cursor, bool is_backup, struct amavis_entry ***end, size_t *count)
{
    while (!cursor->is_broken && !take(cursor, ")")) {
        skip_blanks(cursor);
        unsigned line = cursor->line;
        struct amavis_value *value = take_value(cursor);
        struct amavis_entry *entry = arena_try(&cursor->amavis->arena, sizeof *entry);
        if (value == NULL || entry == NULL || cursor->is_broken || ++*count > AMAVIS_MOST_ENTRIES)
            cursor->is_broken = true;
        if (cursor->is_broken)
            break;
        *entry = (struct amavis_entry){ .is_backup = is_backup, .line = line };
        entry->fields = value->kind == AMAVIS_LIST ? value->first : value;
        **end = entry;
        *end = &entry->next;
        if (take(cursor, ","))
            continue;
        cursor->is_broken = !take(cursor, ")");
        break;
    }
}

void amavis_read(struct span text, struct amavis *amavis_out)
{
    *amavis_out = (struct amavis){ .entries = NULL };
    arena_init(&amavis_out->arena, AMAVIS_ARENA_LIMIT);
    struct amavis_entry **end = &amavis_out->entries;
    struct cursor cursor = { .amavis = amavis_out, .rest = text, .line = 1 };
    size_t count = 0;
    while (cursor.rest.size > 0) {
        /* A table begins at a line's beginning: elsewhere there is code, which is not understood. */
        while (look(&cursor, 0) == ' ' || look(&cursor, 0) == '\t')
            go(&cursor, 1);
        bool is_backup = span_starts_with(cursor.rest, "@av_scanners_backup");
        if (is_backup || span_starts_with(cursor.rest, "@av_scanners")) {
            go(&cursor, is_backup ? sizeof "@av_scanners_backup" - 1 : sizeof "@av_scanners" - 1);
            if (!is_word(look(&cursor, 0)) && take(&cursor, "=") && take(&cursor, "("))
                take_table(&cursor, is_backup, &end, &count);
            if (cursor.is_broken && amavis_out->broken_line == 0)
                amavis_out->broken_line = cursor.line;
            cursor.is_broken = false;
            cursor.depth = 0;
        }
        size_t line_end = span_find_byte(cursor.rest, '\n');
        go(&cursor, line_end != SPAN_NONE ? line_end + 1 : cursor.rest.size);
    }
}

void amavis_fini(struct amavis *amavis)
{
    arena_fini(&amavis->arena);
}

const struct amavis_value *amavis_field(const struct amavis_entry *entry, size_t index)
{
    const struct amavis_value *value = entry->fields;
    while (value != NULL && index > 0) {
        value = value->next;
        index--;
    }
    return value;
}

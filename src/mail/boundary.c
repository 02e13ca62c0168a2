#include "boundary.h"

#include "mail/defect.h"
#include "mail/encoded_word.h"
#include "mail/names.h"
#include "mail/param.h"
#include "mail/value.h"

#include <string.h>

enum {
    BOUNDARY_TEXT_LIMIT = 256 * 1024,
    BOUNDARY_KEY_MOST = 64,
    BOUNDARY_SECTIONS_MOST = 32,
    BOUNDARY_WORDS_MOST = 128
};

void mail_boundaries_init(struct mail_boundaries *boundaries)
{
    *boundaries = (struct mail_boundaries){ 0 };
    buf_init(&boundaries->text, BOUNDARY_TEXT_LIMIT);
}

void mail_boundaries_clear(struct mail_boundaries *boundaries)
{
    buf_clear(&boundaries->text);
    boundaries->count = 0;
    boundaries->is_cut = false;
}

void mail_boundaries_fini(struct mail_boundaries *boundaries)
{
    buf_fini(&boundaries->text);
}

struct span mail_boundary_at(const struct mail_boundaries *boundaries, size_t index)
{
    return span_slice(buf_span(&boundaries->text), boundaries->at[index], boundaries->sizes[index]);
}

static void add_exactly(struct mail_boundaries *boundaries, struct span boundary)
{
    for (size_t i = 0; i < boundaries->count; i++) {
        if (span_equal(mail_boundary_at(boundaries, i), boundary))
            return;
    }
    if (boundaries->count == MAIL_BOUNDARIES_MOST || boundary.size > MAIL_BOUNDARY_MOST_BYTES) {
        boundaries->is_cut = true;
        return;
    }
    boundaries->at[boundaries->count] = (uint32_t)boundaries->text.size;
    boundaries->sizes[boundaries->count] = (uint32_t)boundary.size;
    buf_put_span(&boundaries->text, boundary);
    boundaries->is_cut |= buf_overflowed(&boundaries->text);
    if (!buf_overflowed(&boundaries->text))
        boundaries->count++;
}

void mail_boundaries_add(struct mail_boundaries *boundaries, struct span boundary)
{
    while (boundary.size > 0 && (ascii_is_space(boundary.data[boundary.size - 1]) ||
                                 boundary.data[boundary.size - 1] == '\r' || boundary.data[boundary.size - 1] == '\n'))
        boundary.size--;
    if (boundary.size > 0 && ascii_is_space(boundary.data[0]))
        add_exactly(boundaries, boundary);
    add_exactly(boundaries, span_trim(boundary));
}

/* One text, as it stands and with what else programs undo in it. */
static void add_text(struct mail_boundaries *boundaries, struct span text)
{
    mail_boundaries_add(boundaries, text);
    if (text.size >= 2 && text.data[0] == '\'' && text.data[text.size - 1] == '\'')
        mail_boundaries_add(boundaries, span_slice(text, 1, text.size - 2));
    if (span_find(text, span_text("=?")) != SPAN_NONE) {
        struct buf decoded;
        buf_init(&decoded, MAIL_BOUNDARY_MOST_BYTES);
        if (mail_encoded_words_put(text, &decoded))
            mail_boundaries_add(boundaries, buf_span(&decoded));
        buf_fini(&decoded);
    }
    if (span_find_byte(text, '%') != SPAN_NONE || span_find_byte(text, '\'') != SPAN_NONE) {
        struct buf decoded;
        struct span value = text;
        buf_init(&decoded, MAIL_BOUNDARY_MOST_BYTES);
        size_t first = span_find_byte(text, '\'');
        size_t second = first == SPAN_NONE ? SPAN_NONE : span_find_byte(span_from(text, first + 1), '\'');
        if (second != SPAN_NONE)
            value = span_from(text, first + second + 2);
        mail_percent_put(value, &decoded);
        mail_boundaries_add(boundaries, buf_span(&decoded));
        buf_fini(&decoded);
    }
}

/* From an opening quote: with quoted pairs undone and as they stand; up to the quote that ends it, to the first one,
 * and to the semicolon. */
static void add_quoted(struct mail_boundaries *boundaries, struct span rest)
{
    struct buf undone;
    size_t i = 1;
    buf_init(&undone, MAIL_BOUNDARY_MOST_BYTES);
    for (; i < rest.size && rest.data[i] != '"'; i++) {
        if (rest.data[i] == '\\' && i + 1 < rest.size)
            i++;
        buf_put_char(&undone, rest.data[i]);
    }
    add_text(boundaries, buf_span(&undone));
    buf_fini(&undone);
    struct span raw = span_slice(rest, 1, i > rest.size ? SIZE_MAX : i - 1);
    add_text(boundaries, raw);
    size_t first = span_find_byte(raw, '"');
    if (first != SPAN_NONE)
        add_text(boundaries, span_slice(raw, 0, first));
    struct span behind = i < rest.size ? span_from(rest, i + 1) : span_of(NULL, 0);
    if (behind.size > 0 && behind.data[0] != ';' && span_trim(behind).size > 0) { /* "one"two */
        struct buf joined;
        size_t end = span_find_byte(behind, ';');
        buf_init(&joined, MAIL_BOUNDARY_MOST_BYTES);
        buf_put_span(&joined, raw);
        for (size_t j = 0; j < behind.size && j < end; j++) {
            if (behind.data[j] != '"')
                buf_put_char(&joined, behind.data[j]);
        }
        mail_boundaries_add(boundaries, buf_span(&joined));
        buf_fini(&joined);
    }
    mail_boundaries_add(boundaries, span_slice(rest, 0, span_find_byte(rest, ';')));
}

static size_t find_any(struct span text, const char *set)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] != '\0' && strchr(set, text.data[i]) != NULL)
            return i;
    }
    return text.size;
}

/* A token: up to each of the characters that some program ends it at. */
static void add_token(struct mail_boundaries *boundaries, struct span rest)
{
    static const char *const ends[] = { "; \t(", ";", "; \t", "; \t,", " \t", ";,", ";\"", "" };
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        add_text(boundaries, span_slice(rest, 0, find_any(rest, ends[i])));
}

/* Where the value of a parameter begins whose name ends before `rest`: behind an equals sign, with sections, stars,
 * spaces and the like before it. SPAN_NONE: this is no parameter. */
static size_t find_value(struct span rest)
{
    for (size_t i = 0; i < rest.size && i < BOUNDARY_KEY_MOST; i++) {
        char c = rest.data[i];
        if (c == '=' || c == ':')
            return i + 1;
        if (c == '(') { /* a comment: to its end, where there is one */
            size_t end = span_find_byte(span_from(rest, i), ')');
            if (end == SPAN_NONE)
                return SPAN_NONE;
            i += end;
        } else if (ascii_is_alnum(c) && !ascii_is_digit(c)) {
            return SPAN_NONE;
        }
    }
    return SPAN_NONE;
}

static void add_reading(struct mail_boundaries *boundaries, struct span text)
{
    for (unsigned words = 0;; words++) {
        size_t at = span_find_nocase(text, span_text("boundary"));
        if (at == SPAN_NONE || boundaries->is_cut)
            return;
        if (words == BOUNDARY_WORDS_MOST) { /* each costs up to MAIL_BOUNDARY_MOST_BYTES */
            boundaries->is_cut = true;
            return;
        }
        text = span_from(text, at + strlen("boundary"));
        size_t value_at = find_value(text);
        if (value_at == SPAN_NONE)
            continue;
        struct span rest = span_slice(text, value_at, MAIL_BOUNDARY_MOST_BYTES);
        while (rest.size > 0 && ascii_is_space(rest.data[0]))
            rest = span_from(rest, 1);
        if (rest.size > 0 && rest.data[0] == '"')
            add_quoted(boundaries, rest);
        else
            add_token(boundaries, rest);
    }
}

/* Numbered sections (RFC 2231 section 3), one behind the other while there is a next one: of two with the same number
 * some programs take the first and some the last. */
static void add_sections(struct mail_boundaries *boundaries, struct span value)
{
    struct mail_params params;
    struct mail_param param;
    struct mail_param firsts[BOUNDARY_SECTIONS_MOST];
    struct mail_param lasts[BOUNDARY_SECTIONS_MOST];
    bool has[BOUNDARY_SECTIONS_MOST] = { false };
    mail_params_init(&params, value);
    while (mail_params_next(&params, &param)) {
        struct mail_param_place place;
        if (!mail_param_is(&param, "boundary", &place) || !place.is_section)
            continue;
        if (place.section >= BOUNDARY_SECTIONS_MOST) {
            boundaries->is_cut = true;
            continue;
        }
        if (!has[place.section])
            firsts[place.section] = param;
        lasts[place.section] = param;
        has[place.section] = true;
    }
    for (int is_last = 0; has[0] && is_last < 2; is_last++) {
        struct buf joined;
        buf_init(&joined, MAIL_BOUNDARY_MOST_BYTES);
        for (size_t i = 0; i < BOUNDARY_SECTIONS_MOST && has[i]; i++)
            mail_param_put(is_last != 0 ? &lasts[i] : &firsts[i], &joined);
        boundaries->is_cut |= buf_overflowed(&joined);
        add_text(boundaries, buf_span(&joined));
        buf_fini(&joined);
    }
}

void mail_boundaries_add_field(struct mail_boundaries *boundaries, struct span value)
{
    struct buf joined;
    mail_defects ignored = 0;
    buf_init(&joined, MAIL_BOUNDARY_MOST_BYTES);
    if (mail_param_find(value, "boundary", &joined, &ignored))
        mail_boundaries_add(boundaries, buf_span(&joined));
    buf_fini(&joined);
    add_sections(boundaries, value);
    struct mail_value readings;
    mail_value_init(&readings, value);
    for (size_t i = 0; i < readings.count; i++)
        add_reading(boundaries, buf_span(&readings.readings[i]));
    boundaries->is_cut |= readings.is_cut;
    mail_value_fini(&readings);
}

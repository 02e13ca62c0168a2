#include "value.h"

#include "mail/encoded_word.h"

static struct buf *value_add(struct mail_value *value)
{
    struct buf *reading = &value->readings[value->count++];
    buf_init(reading, MAIL_VALUE_MOST_BYTES);
    return reading;
}

/* Keeps the newest reading only where it says something new. */
static void value_check(struct mail_value *value)
{
    struct buf *newest = &value->readings[value->count - 1];
    for (size_t i = 0; i + 1 < value->count; i++) {
        if (span_equal(buf_span(&value->readings[i]), buf_span(newest))) {
            buf_fini(newest);
            value->count--;
            return;
        }
    }
}

static void put_without(struct span text, const char *set, size_t set_size, struct buf *text_out)
{
    for (size_t i = 0; i < text.size; i++) {
        if (span_find_byte(span_of(set, set_size), text.data[i]) == SPAN_NONE)
            buf_put_char(text_out, text.data[i]);
    }
}

/* Comments nest; in quotes a parenthesis is no comment to some programs, and is one to others. One that never ends is
 * left as it stands. */
static void put_without_comments(struct span text, bool minds_quotes, struct buf *text_out)
{
    size_t open = 0;
    size_t opened_at = 0;
    bool is_quoted = false;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c == '\\' && i + 1 < text.size) {
            if (open == 0)
                buf_put_span(text_out, span_slice(text, i, 2));
            i++;
            continue;
        }
        if (c == '"' && open == 0)
            is_quoted = minds_quotes && !is_quoted;
        if (c == '(' && !is_quoted && open++ == 0)
            opened_at = i;
        if (open == 0)
            buf_put_char(text_out, c);
        if (c == ')' && open > 0)
            open--;
    }
    if (open > 0)
        buf_put_span(text_out, span_from(text, opened_at));
}

void mail_value_init(struct mail_value *value, struct span text)
{
    *value = (struct mail_value){ .is_cut = text.size > MAIL_VALUE_MOST_BYTES };
    text = span_slice(text, 0, MAIL_VALUE_MOST_BYTES);
    put_without(text, "\r\n\0", 3, value_add(value));
    if (span_find_byte(text, '\0') != SPAN_NONE) {
        put_without(span_slice(text, 0, span_find_byte(text, '\0')), "\r\n", 2, value_add(value));
        value_check(value);
    }
    struct span plain = buf_span(&value->readings[0]);
    if (span_find_byte(plain, '(') != SPAN_NONE) {
        put_without_comments(plain, true, value_add(value));
        value_check(value);
        put_without_comments(plain, false, value_add(value));
        value_check(value);
    }
    if (span_find(plain, span_text("=?")) != SPAN_NONE) {
        (void)mail_encoded_words_put(plain, value_add(value));
        value_check(value);
    }
    if (span_find_byte(text, '\n') != SPAN_NONE) { /* a program that drops the whole fold, spaces and all */
        struct buf *reading = value_add(value);
        for (size_t i = 0; i < text.size; i++) {
            if (text.data[i] == '\r' || text.data[i] == '\n') {
                while (i + 1 < text.size && (ascii_is_space(text.data[i + 1]) || text.data[i + 1] == '\n'))
                    i++;
                continue;
            }
            if (text.data[i] != '\0')
                buf_put_char(reading, text.data[i]);
        }
        value_check(value);
    }
}

void mail_value_fini(struct mail_value *value)
{
    for (size_t i = 0; i < value->count; i++)
        buf_fini(&value->readings[i]);
    value->count = 0;
}

#include "param.h"

#include <string.h>

enum { PARAM_SECTION_DIGITS = 6 };

static bool is_blank(char c)
{
    return ascii_is_space(c) || c == '\r' || c == '\n';
}

static void skip_blanks(struct span *rest)
{
    while (rest->size > 0 && is_blank(rest->data[0]))
        *rest = span_from(*rest, 1);
}

/* A comment nests and has quoted pairs (RFC 5322 section 3.2.2). Where one never ends, no parenthesis from there on is
 * taken for a comment: so nothing hides behind it, and nobody looks for its end twice. */
static bool skip_comment(struct mail_params *params)
{
    size_t open = 0;
    if (params->has_open_comment)
        return false;
    for (size_t i = 0; i < params->rest.size; i++) {
        char c = params->rest.data[i];
        if (c == '\\')
            i++;
        else if (c == '(')
            open++;
        else if (c == ')' && --open == 0) {
            params->rest = span_from(params->rest, i + 1);
            return true;
        }
    }
    params->has_open_comment = true;
    params->defects |= MAIL_DEFECT_BIT(MAIL_DEFECT_PARAM_SYNTAX);
    return false;
}

static void skip_blanks_and_comments(struct mail_params *params)
{
    skip_blanks(&params->rest);
    while (params->rest.size > 0 && params->rest.data[0] == '(' && skip_comment(params))
        skip_blanks(&params->rest);
}

/* Cuts the bytes before the first of `ends` off *rest. */
static struct span cut_before(struct span *rest, const char *ends)
{
    size_t n = 0;
    while (n < rest->size && (rest->data[n] == '\0' || strchr(ends, rest->data[n]) == NULL))
        n++;
    struct span first = span_slice(*rest, 0, n);
    *rest = span_from(*rest, n);
    return first;
}

void mail_params_init(struct mail_params *params, struct span field_value)
{
    *params = (struct mail_params){ .rest = field_value };
    skip_blanks_and_comments(params);
    struct span start = params->rest;
    params->head = cut_before(&params->rest, "; \t\r\n(=");
    skip_blanks_and_comments(params);
    if (params->rest.size == 0 || params->rest.data[0] == ';')
        return;
    params->defects |= MAIL_DEFECT_BIT(MAIL_DEFECT_PARAM_SYNTAX);
    if (params->rest.data[0] == '=') { /* there is no head: it begins with a parameter */
        params->head = span_of(NULL, 0);
        params->rest = start;
    }
}

/* The value stands in quotes. The most lenient program reads up to the next semicolon, whatever the quotes say. */
static void read_quoted(struct mail_params *params, struct mail_param *param)
{
    struct span start = params->rest;
    size_t i = 1;
    while (i < start.size && start.data[i] != '"')
        i += start.data[i] == '\\' ? 2 : 1;
    bool is_ended = i < start.size;
    param->is_quoted = true;
    param->value = span_slice(start, 1, is_ended ? i - 1 : SIZE_MAX);
    if (is_ended) {
        params->rest = span_from(start, i + 1);
        skip_blanks_and_comments(params);
        if (params->rest.size == 0 || params->rest.data[0] == ';')
            return;
    }
    params->defects |= MAIL_DEFECT_BIT(MAIL_DEFECT_PARAM_SYNTAX);
    (void)cut_before(&params->rest, ";");
    param->loose = span_trim(span_slice(start, 0, start.size - params->rest.size));
}

static void read_token(struct mail_params *params, struct mail_param *param)
{
    struct span start = params->rest;
    param->value = cut_before(&params->rest, "; \t\r\n(");
    skip_blanks_and_comments(params);
    if (params->rest.size == 0 || params->rest.data[0] == ';')
        return;
    params->defects |= MAIL_DEFECT_BIT(MAIL_DEFECT_PARAM_SYNTAX);
    (void)cut_before(&params->rest, ";");
    param->loose = span_trim(span_slice(start, 0, start.size - params->rest.size));
}

bool mail_params_next(struct mail_params *params, struct mail_param *param_out)
{
    for (;;) {
        skip_blanks_and_comments(params);
        if (params->rest.size == 0)
            return false;
        if (params->rest.data[0] == ';') {
            params->rest = span_from(params->rest, 1);
            continue;
        }
        *param_out = (struct mail_param){ .name = cut_before(&params->rest, "=; \t\r\n(") };
        skip_blanks_and_comments(params);
        if (params->rest.size == 0 || params->rest.data[0] != '=') { /* a word without a value */
            params->defects |= MAIL_DEFECT_BIT(MAIL_DEFECT_PARAM_SYNTAX);
            if (param_out->name.size == 0)
                (void)cut_before(&params->rest, ";");
            continue;
        }
        params->rest = span_from(params->rest, 1);
        skip_blanks(&params->rest);
        if (params->rest.size > 0 && params->rest.data[0] == '"')
            read_quoted(params, param_out);
        else
            read_token(params, param_out);
        return true;
    }
}

void mail_param_put(const struct mail_param *param, struct buf *text_out)
{
    for (size_t i = 0; i < param->value.size; i++) {
        char c = param->value.data[i];
        if (param->is_quoted && c == '\\' && i + 1 < param->value.size)
            c = param->value.data[++i];
        if (c != '\r' && c != '\n')
            buf_put_char(text_out, c);
    }
}

bool mail_param_is(const struct mail_param *param, const char *base, struct mail_param_place *place_out)
{
    *place_out = (struct mail_param_place){ 0 };
    if (!span_starts_with_nocase(param->name, base))
        return false;
    struct span rest = span_from(param->name, strlen(base));
    if (rest.size == 0)
        return true;
    if (rest.data[0] != '*')
        return false;
    rest = span_from(rest, 1);
    if (rest.size > 0 && rest.data[rest.size - 1] == '*') {
        place_out->is_extended = true;
        rest.size--;
    } else if (rest.size == 0) {
        place_out->is_extended = true;
        return true;
    }
    uint64_t number = 0;
    if (rest.size > PARAM_SECTION_DIGITS || !span_number(rest, &number))
        return false;
    place_out->is_section = true;
    place_out->section = (uint32_t)number;
    return true;
}

void mail_percent_put(struct span text, struct buf *bytes_out)
{
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c == '%' && span_hex_byte(span_from(text, i + 1), &c))
            i += 2;
        buf_put_char(bytes_out, c);
    }
}

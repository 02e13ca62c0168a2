#include "proto/smtp_command.h"

#include "base/escape.h"
#include "proto/smtp_path.h"
#include "proto/xtext.h"

#include <assert.h>

enum {
    LINE_SHORT = 1000,
    ENVID_LIMIT = 100, /* RFC 3461 section 4.4 */
    ORCPT_LIMIT = 500  /* RFC 3461 section 4.2 */
};

static const struct {
    const char *text;
    size_t line_limit;
    bool takes_arguments;
} verbs[] = {
    [SMTP_UNKNOWN] = { "", SMTP_LINE_LIMIT, true },
    [SMTP_HELO] = { "HELO", LINE_SHORT, true },
    [SMTP_EHLO] = { "EHLO", LINE_SHORT, true },
    [SMTP_LHLO] = { "LHLO", LINE_SHORT, true },
    [SMTP_STARTTLS] = { "STARTTLS", LINE_SHORT, false },
    [SMTP_XFORWARD] = { "XFORWARD", SMTP_LINE_LIMIT, true },
    [SMTP_XCLIENT] = { "XCLIENT", SMTP_LINE_LIMIT, true },
    [SMTP_MAIL] = { "MAIL", SMTP_LINE_LIMIT, true },
    [SMTP_RCPT] = { "RCPT", SMTP_LINE_LIMIT, true },
    [SMTP_DATA] = { "DATA", LINE_SHORT, false },
    [SMTP_BDAT] = { "BDAT", LINE_SHORT, true },
    [SMTP_RSET] = { "RSET", LINE_SHORT, false },
    [SMTP_NOOP] = { "NOOP", LINE_SHORT, true },
    [SMTP_HELP] = { "HELP", LINE_SHORT, true },
    [SMTP_VRFY] = { "VRFY", LINE_SHORT, true },
    [SMTP_QUIT] = { "QUIT", LINE_SHORT, false },
};
static_assert(sizeof verbs / sizeof verbs[0] == SMTP_VERBS, "one row for each verb");

enum smtp_verb smtp_verb_parse(struct span line, struct span *arguments_out)
{
    size_t size = 0;
    while (size < line.size && !ascii_is_space(line.data[size]))
        size++;
    struct span word = span_slice(line, 0, size);
    *arguments_out = span_trim(span_from(line, size));
    for (size_t i = SMTP_UNKNOWN + 1; i < SMTP_VERBS; i++) {
        if (span_is_nocase(word, verbs[i].text))
            return (enum smtp_verb)i;
    }
    return SMTP_UNKNOWN;
}

const char *smtp_verb_text(enum smtp_verb verb)
{
    return verbs[verb].text;
}

size_t smtp_verb_line_limit(enum smtp_verb verb)
{
    return verbs[verb].line_limit;
}

bool smtp_verb_takes_arguments(enum smtp_verb verb)
{
    return verbs[verb].takes_arguments;
}

bool smtp_hello_is_valid(struct span name)
{
    for (size_t i = 0; i < name.size; i++) {
        if (name.data[i] <= 0x20 || name.data[i] >= 0x7f)
            return false;
    }
    return name.size > 0 && name.size <= SMTP_HELLO_LIMIT;
}

/* RFC 1870 section 3 allows twenty digits, which is more than a message will ever have: such a number is taken as the
 * greatest. */
static uint64_t size_value(struct span value)
{
    uint64_t size = 0;
    return span_number(value, &size) ? size : UINT64_MAX;
}

static bool size_is_valid(struct span value)
{
    for (size_t i = 0; i < value.size; i++) {
        if (!ascii_is_digit(value.data[i]))
            return false;
    }
    return value.size > 0 && value.size <= 20;
}

/* BINARYMIME (RFC 3030) is never offered. */
static bool body_is_valid(struct span value)
{
    return span_is_nocase(value, "7BIT") || span_is_nocase(value, "8BITMIME");
}

static bool ret_is_valid(struct span value)
{
    return span_is_nocase(value, "FULL") || span_is_nocase(value, "HDRS");
}

static bool envid_is_valid(struct span value)
{
    return value.size > 0 && value.size <= ENVID_LIMIT && xtext_is_valid(value);
}

static bool notify_is_valid(struct span value)
{
    if (span_is_nocase(value, "NEVER"))
        return true;
    if (value.size == 0 || value.data[value.size - 1] == ',')
        return false;
    while (value.size > 0) {
        struct span word = span_cut(&value, ',');
        if (!span_is_nocase(word, "SUCCESS") && !span_is_nocase(word, "FAILURE") && !span_is_nocase(word, "DELAY"))
            return false;
    }
    return true;
}

/* addr-type ";" xtext, or for the type "utf-8" the encoding of RFC 6533 section 3, which escapes by "\x{HEX}". */
static bool orcpt_is_valid(struct span value)
{
    if (value.size > ORCPT_LIMIT)
        return false;
    struct span type = span_cut(&value, ';');
    for (size_t i = 0; i < type.size; i++) {
        if (!ascii_is_alnum(type.data[i]) && type.data[i] != '-')
            return false;
    }
    bool is_utf8 = span_is_nocase(type, "utf-8");
    return type.size > 0 && value.size > 0 && (is_utf8 || xtext_is_valid(value));
}

static bool auth_is_valid(struct span value)
{
    return span_is(value, "<>") || (value.size > 0 && xtext_is_valid(value));
}

static const struct parameter_row {
    const char *keyword;
    enum smtp_verb verb;
    unsigned extension;                  /* 0: understood always */
    bool (*is_valid)(struct span value); /* NULL: it has no value */
} parameter_rows[] = {
    [SMTP_PARAMETER_SIZE] = { "SIZE", SMTP_MAIL, SMTP_EXT_SIZE, size_is_valid },
    [SMTP_PARAMETER_BODY] = { "BODY", SMTP_MAIL, SMTP_EXT_8BITMIME, body_is_valid },
    [SMTP_PARAMETER_SMTPUTF8] = { "SMTPUTF8", SMTP_MAIL, SMTP_EXT_SMTPUTF8, NULL },
    [SMTP_PARAMETER_RET] = { "RET", SMTP_MAIL, SMTP_EXT_DSN, ret_is_valid },
    [SMTP_PARAMETER_ENVID] = { "ENVID", SMTP_MAIL, SMTP_EXT_DSN, envid_is_valid },
    [SMTP_PARAMETER_NOTIFY] = { "NOTIFY", SMTP_RCPT, SMTP_EXT_DSN, notify_is_valid },
    [SMTP_PARAMETER_ORCPT] = { "ORCPT", SMTP_RCPT, SMTP_EXT_DSN, orcpt_is_valid },
    [SMTP_PARAMETER_AUTH] = { "AUTH", SMTP_MAIL, 0, auth_is_valid },
};
static_assert(sizeof parameter_rows / sizeof parameter_rows[0] == SMTP_PARAMETERS, "one row for each parameter");

/* esmtp-value: no space, no control character, no '=' (RFC 5321 section 4.1.2); valid UTF-8 beyond ASCII (RFC 6531
 * section 3.3). */
static bool value_is_well_formed(struct span value, bool *has_utf8)
{
    while (value.size > 0) {
        unsigned char c = (unsigned char)value.data[0];
        size_t n = utf8_sequence(value);
        if (n == 0 || c <= 0x20 || c == 0x7f || c == '=')
            return false;
        *has_utf8 = *has_utf8 || n > 1;
        value = span_from(value, n);
    }
    return true;
}

static const struct parameter_row *parameter_find(enum smtp_verb verb, unsigned offered, struct span keyword)
{
    for (size_t i = 0; i < SMTP_PARAMETERS; i++) {
        const struct parameter_row *row = &parameter_rows[i];
        bool is_offered = (row->extension & ~offered) == 0;
        if (row->verb == verb && is_offered && span_is_nocase(keyword, row->keyword))
            return row;
    }
    return NULL;
}

static int parameter_take(enum smtp_verb verb, unsigned offered, struct span text, struct smtp_envelope *envelope,
                          bool *has_utf8, const char **reply_out)
{
    struct span value = text;
    struct span keyword = span_cut(&value, '=');
    const struct parameter_row *row = parameter_find(verb, offered, keyword);
    *reply_out = "555 5.5.4 Unsupported parameter";
    if (row == NULL)
        return -1;
    bool has_value = keyword.size < text.size;
    bool is_valid = row->is_valid == NULL ? !has_value : has_value && row->is_valid(value);
    struct span *place = &envelope->parameters[row - parameter_rows];
    if (place == &envelope->parameters[SMTP_PARAMETER_BODY] && !is_valid)
        return -1;
    *reply_out = "501 5.5.4 Bad parameter value, or a parameter is given twice";
    if (!is_valid || !value_is_well_formed(value, has_utf8) || place->data != NULL)
        return -1;
    *place = text;
    envelope->extensions |= row->extension;
    if (place == &envelope->parameters[SMTP_PARAMETER_SIZE])
        envelope->size = size_value(value);
    return 0;
}

int smtp_envelope_parse(enum smtp_verb verb, struct span arguments, unsigned offered, bool is_utf8,
                        struct smtp_envelope *envelope_out, const char **reply_out)
{
    assert(verb == SMTP_MAIL || verb == SMTP_RCPT);
    *envelope_out = (struct smtp_envelope){ 0 };
    const char *keyword = verb == SMTP_MAIL ? "FROM:" : "TO:";
    *reply_out = verb == SMTP_MAIL ? "501 5.5.4 Syntax: MAIL FROM:<address>" : "501 5.5.4 Syntax: RCPT TO:<address>";
    if (!span_starts_with_nocase(arguments, keyword))
        return -1;
    /* A space behind the colon is against RFC 5321 section 3.3, common, and harmless. */
    struct span rest = span_trim(span_from(arguments, span_text(keyword).size));
    if (rest.size == 0 || rest.data[0] != '<')
        return -1;

    bool has_utf8 = false;
    *reply_out = verb == SMTP_MAIL ? "501 5.1.7 Bad sender address syntax" : "501 5.1.3 Bad recipient address syntax";
    if (!smtp_path_take(&rest, &envelope_out->address, &has_utf8))
        return -1;
    if (rest.size > 0 && !ascii_is_space(rest.data[0]))
        return -1;
    while (rest.size > 0) {
        struct span text = span_trim(span_cut(&rest, ' '));
        if (text.size > 0 && parameter_take(verb, offered, text, envelope_out, &has_utf8, reply_out) != 0)
            return -1;
    }
    is_utf8 = is_utf8 || envelope_out->parameters[SMTP_PARAMETER_SMTPUTF8].data != NULL;
    bool is_refused = has_utf8 && !is_utf8; /* RFC 6531 section 3.5 */
    *reply_out = is_refused ? "553 5.6.7 An address beyond ASCII needs SMTPUTF8" : NULL;
    return is_refused ? -1 : 0;
}

void smtp_envelope_put_parameters(const struct smtp_envelope *envelope, unsigned extensions, struct buf *text_out)
{
    for (size_t i = 0; i < SMTP_PARAMETERS; i++) {
        struct span parameter = envelope->parameters[i];
        if (parameter.data == NULL || (parameter_rows[i].extension & extensions) == 0)
            continue;
        if (text_out->size > 0)
            buf_put_char(text_out, ' ');
        buf_put_span(text_out, parameter);
    }
}

bool smtp_bdat_parse(struct span arguments, uint64_t *size_out, bool *is_last_out)
{
    struct span last = arguments;
    struct span size = span_cut(&last, ' ');
    last = span_trim(last);
    *is_last_out = last.size > 0;
    return (last.size == 0 || span_is_nocase(last, "LAST")) && span_number(size, size_out);
}

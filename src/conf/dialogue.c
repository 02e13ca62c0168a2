#include "dialogue.h"

#include "sys/pattern.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct word_row {
    const char *word;
    enum dialogue_kind kind;
};

/* What begins a step, with the blank behind it. */
static const struct word_row word_rows[] = {
    { "clean ", DIALOGUE_CLEAN },   { "infected ", DIALOGUE_INFECTED }, { "unscannable ", DIALOGUE_UNSCANNABLE },
    { "failed ", DIALOGUE_FAILED }, { "skip ", DIALOGUE_SKIP },         { "< ", DIALOGUE_EXPECT },
    { "read ", DIALOGUE_READ },
};

struct field_row {
    const char *text;
    enum dialogue_field field;
};

static const struct field_row field_rows[] = {
    { "{size}", DIALOGUE_SIZE },           { "{size:b4}", DIALOGUE_SIZE_B4 },
    { "{size:l4}", DIALOGUE_SIZE_L4 },     { "{body}", DIALOGUE_BODY },
    { "{path}", DIALOGUE_PATH },           { "{path_size:b4}", DIALOGUE_PATH_SIZE_B4 },
    { "{chunks:b4}", DIALOGUE_CHUNKS_B4 },
};

static enum dialogue_field next_escape(const char **rest, char *literal_out)
{
    static const char letters[] = "rnt0\\{}";
    static const char bytes[] = "\r\n\t\0\\{}";
    const char *p = *rest + 1;
    const char *letter = *p != '\0' ? strchr(letters, *p) : NULL;
    if (letter != NULL) {
        *literal_out = bytes[letter - letters];
        *rest = p + 1;
        return DIALOGUE_LITERAL;
    }
    if (*p != 'x' || !span_hex_byte(span_text(p + 1), literal_out))
        return DIALOGUE_WRONG;
    *rest = p + 3;
    return DIALOGUE_LITERAL;
}

enum dialogue_field dialogue_next(const char **rest, char *literal_out)
{
    const char *p = *rest;
    if (*p == '\0')
        return DIALOGUE_END;
    if (*p == '\\')
        return next_escape(rest, literal_out);
    if (*p != '{') {
        *literal_out = *p;
        *rest = p + 1;
        return DIALOGUE_LITERAL;
    }
    for (size_t i = 0; i < sizeof field_rows / sizeof field_rows[0]; i++) {
        size_t size = strlen(field_rows[i].text);
        if (strncmp(p, field_rows[i].text, size) == 0) {
            *rest = p + size;
            return field_rows[i].field;
        }
    }
    return DIALOGUE_WRONG;
}

static bool read_text(struct dialogue_step *step, struct fault *fault)
{
    char literal = '\0';
    enum dialogue_field field = DIALOGUE_LITERAL;
    for (const char *rest = step->text; field != DIALOGUE_END;) {
        const char *at = rest;
        field = dialogue_next(&rest, &literal);
        if (field != DIALOGUE_WRONG)
            continue;
        (void)fault_set(fault, EINVAL,
                        *at == '{'
                            ? "\"%.20s\" is no field; write {size}, {size:b4}, {size:l4}, {body}, {chunks:b4}, "
                              "{path} or {path_size:b4}, and \\\\{ for the bracket itself"
                            : "\"%.2s\" is no escape; write \\\\r, \\\\n, \\\\t, \\\\0, \\\\\\\\, \\\\{ or \\\\xHH",
                        at);
        return false;
    }
    return true;
}

static bool read_unit(struct dialogue_step *step, struct fault *fault)
{
    static const char *const units[] = { [DIALOGUE_LINE] = "line", [DIALOGUE_NUL] = "nul", [DIALOGUE_ALL] = "all" };
    uint64_t bytes = 0;
    for (enum dialogue_unit unit = DIALOGUE_LINE; unit <= DIALOGUE_ALL; unit++) {
        if (strcmp(step->text, units[unit]) == 0) {
            step->unit = unit;
            return true;
        }
    }
    if (!span_number(span_text(step->text), &bytes) || bytes == 0 || bytes > DIALOGUE_REPLY_MOST) {
        (void)fault_set(fault, EINVAL, "\"read %.20s\" is not known; write read line, read nul, read all or read 16",
                        step->text);
        return false;
    }
    step->unit = DIALOGUE_BYTES;
    step->bytes = (uint32_t)bytes;
    return true;
}

/* What a scanner's reply may say; the others are the decoder's own. */
static bool read_reason(struct dialogue_step *step, struct fault *fault)
{
    static const enum unscannable reasons[] = { UNSCANNABLE_ENCRYPTED, UNSCANNABLE_DAMAGED, UNSCANNABLE_UNSUPPORTED,
                                                UNSCANNABLE_LIMIT };
    struct span rest = span_text(step->text);
    struct span word = span_cut(&rest, ' ');
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if (span_is(word, unscannable_text(reasons[i])) && rest.size > 0) {
            step->unscannable = reasons[i];
            step->text += word.size + 1;
            return true;
        }
    }
    (void)fault_set(fault, EINVAL,
                    "unscannable needs its reason; write unscannable and encrypted, damaged, unsupported or limit, and "
                    "a pattern");
    return false;
}

static bool read_pattern(struct dialogue_step *step, struct fault *fault)
{
    struct pattern *pattern = pattern_new(step->text, fault);
    pattern_free(pattern);
    if (pattern == NULL)
        (void)fault_wrap(fault, "the pattern \"%.60s\" is none", step->text);
    return pattern != NULL;
}

bool dialogue_step_read(const char *text, struct dialogue_step *step_out, struct fault *fault)
{
    struct dialogue_step step = { .kind = DIALOGUE_SEND };
    const char *rest = text;
    *step_out = step;
    if (strncmp(rest, ">> ", 3) == 0 || strncmp(rest, "> ", 2) == 0) {
        step.with_line_end = rest[1] == ' ';
        step_out->text = step.text = rest + (step.with_line_end ? 2 : 3);
        *step_out = step;
        return read_text(step_out, fault);
    }
    step_out->kind = DIALOGUE_CLOSE;
    if (strcmp(rest, "close") == 0)
        return true;
    if (strncmp(rest, "last ", 5) == 0) {
        step.is_last = true;
        rest += 5;
    }
    for (size_t i = 0; i < sizeof word_rows / sizeof word_rows[0]; i++) {
        const struct word_row *row = &word_rows[i];
        size_t size = strlen(row->word);
        if (strncmp(rest, row->word, size) != 0 || rest[size] == '\0')
            continue;
        step.kind = row->kind;
        step.text = rest + size;
        *step_out = step;
        if (step.is_last && (row->kind < DIALOGUE_CLEAN))
            break;
        if (row->kind == DIALOGUE_READ)
            return read_unit(step_out, fault);
        if (row->kind == DIALOGUE_UNSCANNABLE && !read_reason(step_out, fault))
            return false;
        return read_pattern(step_out, fault);
    }
    (void)fault_set(
        fault, EINVAL,
        "\"%.60s\" is no step; begin it with >, >>, <, close, read, clean, infected, unscannable, failed or "
        "skip (and the last five perhaps with last before them)",
        text);
    return false;
}

static bool shows_piece(const char *text)
{
    static const char *const fields[] = { "{body}", "{chunks:b4}", "{path}" };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (strstr(text, fields[i]) != NULL)
            return true;
    }
    return false;
}

bool dialogue_is_whole(const struct settings_list *steps, struct fault *fault)
{
    bool is_shown = false;
    unsigned meanings = 0;
    for (size_t i = 0; i < steps->count; i++) {
        struct dialogue_step step;
        if (!dialogue_step_read(steps->items[i], &step, fault))
            return false;
        is_shown = is_shown || (step.kind == DIALOGUE_SEND && shows_piece(step.text));
        if (is_shown && step.kind >= DIALOGUE_CLEAN)
            meanings |= 1U << step.kind;
    }
    const char *lacks = NULL;
    if (!is_shown)
        lacks = "never shows a piece; write {body}, {chunks:b4} or {path} in a step that begins with >";
    else if ((meanings & 1U << DIALOGUE_CLEAN) == 0)
        lacks = "has no step for clean after the piece is shown; write clean and a pattern";
    else if ((meanings & 1U << DIALOGUE_INFECTED) == 0)
        lacks = "has no step for infected after the piece is shown; write infected and a pattern";
    if (lacks != NULL)
        (void)fault_set(fault, EINVAL, "%s", lacks);
    return lacks == NULL;
}

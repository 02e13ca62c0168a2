/* A second, small lexer with the states of libconfig's own: text, "string", comment to the line's end, and comment
 * between marks.
 */
#include "text_check.h"

#include "base/buf.h"
#include "conf/file.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    TEXT_MOST_INCLUDES = 9,
    TEXT_PATH_SIZE = 4096,
    TEXT_DIGITS_SIZE = 40,
    TEXT_MISTAKE_SIZE = 1024,
    TEXT_MOST_OPEN = 64
};

struct text_check {
    struct span rest;
    const char *file;
    unsigned line;
    const char *folder;
    unsigned depth; /* of includes */
    struct conf_mistakes *mistakes;
    bool *is_fit; /* for libconfig's eyes */
    size_t open;  /* groups that have begun and not ended, and the lines of the outermost of them */
    unsigned open_lines[TEXT_MOST_OPEN];
};

static void text_check_file(const struct text_check *outer, const char *path);

/* A mistake with which libconfig must not see the text. */
__attribute__((format(printf, 3, 4))) static void text_refuse(const struct text_check *check, unsigned line,
                                                              const char *format, ...)
{
    char text[TEXT_MISTAKE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    conf_mistake_at(check->mistakes, check->file, line, "%s", text);
    *check->is_fit = false;
}

static void text_skip(struct text_check *check, size_t size)
{
    for (size_t i = 0; i < size && i < check->rest.size; i++)
        check->line += check->rest.data[i] == '\n';
    check->rest = span_from(check->rest, size);
}

/* Skips up to and with `end`. False where there is none. */
static bool text_skip_behind(struct text_check *check, const char *end)
{
    size_t at = span_find(check->rest, span_text(end));
    text_skip(check, at == SPAN_NONE ? check->rest.size : at + strlen(end));
    return at != SPAN_NONE;
}

static void text_skip_string(struct text_check *check)
{
    unsigned began = check->line;
    text_skip(check, 1);
    while (check->rest.size > 0 && check->rest.data[0] != '"')
        text_skip(check, check->rest.data[0] == '\\' ? 2 : 1);
    if (check->rest.size == 0)
        text_refuse(check, began, "a text begins here and has no end; close it with \"");
    text_skip(check, 1);
}

static bool text_is_word(char c)
{
    return ascii_is_alnum(c) || c == '_' || c == '-' || c == '*' || c == '.' || c == '+';
}

/* libconfig puts a plain integer in 32 bits without a look at the rest; "010" it takes for ten. */
static void text_skip_word(struct text_check *check)
{
    size_t size = 0;
    while (size < check->rest.size && text_is_word(check->rest.data[size]))
        size++;
    struct span word = span_slice(check->rest, 0, size);
    struct span digits = word.data[0] == '-' || word.data[0] == '+' ? span_from(word, 1) : word;
    uint64_t number = 0;
    bool is_hex = span_starts_with_nocase(digits, "0x");
    bool is_number = digits.size > 0;
    for (size_t i = is_hex ? 2 : 0; i < digits.size; i++)
        is_number = is_number && (ascii_is_digit(digits.data[i]) || (is_hex && ascii_is_alnum(digits.data[i])));
    char shown[TEXT_DIGITS_SIZE];
    (void)span_copy(word, shown, sizeof shown);
    if (is_number && (is_hex ? digits.size > 9 : !span_number(digits, &number) || number > INT_MAX))
        conf_mistake_at(check->mistakes, check->file, check->line,
                        "the number %s is too large to be read; write it with a unit, as a text such as \"10G\" or "
                        "\"1h\"",
                        shown);
    else if (is_number && !is_hex && digits.size > 1 && digits.data[0] == '0')
        conf_mistake_at(check->mistakes, check->file, check->line,
                        "the number %s begins with 0 and would be read as decimal; write modes as texts such as "
                        "\"0660\"",
                        shown);
    text_skip(check, size);
}

/* libconfig looks for each included file in the main file's folder, whatever its name begins with, and ends the process
 * where reading it fails. */
static void text_check_include(struct text_check *check)
{
    unsigned line = check->line;
    text_skip(check, strlen("@include"));
    while (check->rest.size > 0 && ascii_is_space(check->rest.data[0]))
        text_skip(check, 1);
    struct span quoted = span_slice(check->rest, 0, TEXT_PATH_SIZE);
    size_t end = quoted.size > 0 && quoted.data[0] == '"' ? span_find_byte(span_from(quoted, 1), '"') : SPAN_NONE;
    struct span name = end != SPAN_NONE ? span_slice(quoted, 1, end) : span_of("", 0);
    if (name.size == 0 || span_find_byte(name, '\\') != SPAN_NONE || span_find_byte(name, '\n') != SPAN_NONE) {
        text_refuse(check, line, "@include without a plain file name; write @include \"other.conf\"");
        text_skip(check, 1);
        return;
    }
    text_skip(check, end + 2);
    char path[TEXT_PATH_SIZE];
    if (check->folder == NULL)
        text_refuse(check, line, "nothing can be included here; put the settings themselves in place of @include");
    else if (name.data[0] == '/')
        text_refuse(check, line, "@include \"%.*s\" has an absolute path; name a file relative to %s", (int)name.size,
                    name.data, check->folder);
    else if (check->depth == TEXT_MOST_INCLUDES)
        text_refuse(check, line, "files include one another more than %d deep; include less, or not in a circle",
                    (int)TEXT_MOST_INCLUDES);
    else if ((size_t)snprintf(path, sizeof path, "%s/%.*s", check->folder, (int)name.size, name.data) < sizeof path)
        text_check_file(check, path);
}

static void text_note_brace(struct text_check *check, char c)
{
    if (c == '{' && check->open++ < TEXT_MOST_OPEN)
        check->open_lines[check->open - 1] = check->line;
    else if (c == '}' && check->open > 0)
        check->open--;
}

static void text_check_run(struct text_check *check)
{
    bool is_line_start = true;
    while (check->rest.size > 0) {
        char c = check->rest.data[0];
        unsigned began = check->line;
        bool starts_line = c == '\n' || (is_line_start && ascii_is_space(c));
        if (is_line_start && span_starts_with(check->rest, "@include")) {
            text_check_include(check);
        } else if (c == '"') {
            text_skip_string(check);
        } else if (c == '#' || span_starts_with(check->rest, "//")) {
            (void)text_skip_behind(check, "\n");
            starts_line = true;
        } else if (span_starts_with(check->rest, "/*")) {
            if (!text_skip_behind(check, "*/"))
                text_refuse(check, began, "a comment begins here and has no end; close it with */");
        } else if (c == '\0') {
            text_refuse(check, began, "a NUL byte; configuration is plain text");
            return;
        } else if (text_is_word(c)) {
            text_skip_word(check);
        } else {
            text_note_brace(check, c);
            text_skip(check, 1);
        }
        is_line_start = starts_line;
    }
}

static void text_check_file(const struct text_check *outer, const char *path)
{
    struct buf text;
    struct fault fault = { 0 };
    buf_init(&text, CONF_FILE_LIMIT);
    if (conf_file_read(path, true, &text, &fault) != 0) {
        text_refuse(outer, outer->line, "@include: %s", fault.text);
    } else {
        struct text_check inner = { .rest = buf_span(&text),
                                    .file = path,
                                    .line = 1,
                                    .folder = outer->folder,
                                    .depth = outer->depth + 1,
                                    .mistakes = outer->mistakes,
                                    .is_fit = outer->is_fit };
        text_check_run(&inner);
    }
    buf_fini(&text);
}

bool conf_text_check(struct span text, const char *file, const char *folder, struct conf_mistakes *mistakes,
                     unsigned *open_line_out)
{
    bool is_fit = true;
    struct text_check check = {
        .rest = text, .file = file, .line = 1, .folder = folder, .mistakes = mistakes, .is_fit = &is_fit
    };
    text_check_run(&check);
    *open_line_out = check.open > 0 && check.open <= TEXT_MOST_OPEN ? check.open_lines[check.open - 1] : 0;
    return is_fit;
}

#include "heredoc.h"

#include "pull.h"

/* Of a name, of the word that ends a file, and of what is taken away from a line's start. */
enum { HEREDOC_WORD_MOST = 128 };

struct heredoc {
    struct span word;   /* a line of it alone is the end */
    struct span prefix; /* empty: none */
    struct span name;
    bool has_tabs; /* "<<-": tabs at lines' starts go, and before the word */
    bool is_sure;  /* the line begins with the program, so it is no other language's "<<" */
};

static bool is_word_end(char c)
{
    return ascii_is_space(c) || c == '\r' || c == '\n' || c == ';' || c == '&' || c == '|' || c == '>' || c == '<' ||
           c == ')' || c == '\0';
}

/* The word at the start, without its quotes. */
static struct span heredoc_word(struct span rest)
{
    while (rest.size > 0 && (rest.data[0] == ' ' || rest.data[0] == '\t' || rest.data[0] == '\\'))
        rest = span_from(rest, 1);
    size_t size = 0;
    if (rest.size > 0 && (rest.data[0] == '\'' || rest.data[0] == '"')) {
        char quote = rest.data[0];
        rest = span_from(rest, 1);
        size = span_find_byte(rest, quote);
        return size == SPAN_NONE ? span_of(NULL, 0) : span_slice(rest, 0, size);
    }
    while (size < rest.size && !is_word_end(rest.data[size]))
        size++;
    return span_slice(rest, 0, size);
}

/* sed 's/^X//': what stands between, whatever the divider. */
static struct span heredoc_prefix(struct span line)
{
    struct span none = span_of(NULL, 0);
    size_t at = span_find_byte(line, '^');
    if (at == SPAN_NONE || at < 2 || line.data[at - 2] != 's')
        return none;
    char divider = line.data[at - 1];
    struct span behind = span_from(line, at + 1);
    size_t size = span_find_byte(behind, divider);
    bool is_one = size != SPAN_NONE && size <= HEREDOC_WORD_MOST && size + 1 < behind.size &&
                  behind.data[size + 1] == divider;
    return is_one ? span_slice(behind, 0, size) : none;
}

/* Where the program's name stands as a word; SPAN_NONE: nowhere. */
static size_t heredoc_program(struct span line)
{
    static const char *const names[] = { "cat ", "sed " };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t at = span_find(line, span_text(names[i]));
        if (at != SPAN_NONE && (at == 0 || is_word_end(line.data[at - 1])))
            return at;
    }
    return SPAN_NONE;
}

static bool heredoc_begins(struct span line, struct heredoc *heredoc_out)
{
    size_t at = span_find(line, span_text("<<"));
    size_t program = heredoc_program(line);
    if (at == SPAN_NONE || program == SPAN_NONE)
        return false;
    struct span behind = span_from(line, at + 2);
    size_t out = span_find_byte(line, '>');
    *heredoc_out = (struct heredoc){ .has_tabs = behind.size > 0 && behind.data[0] == '-' };
    heredoc_out->is_sure = span_trim(span_slice(line, 0, program)).size == 0;
    heredoc_out->word = heredoc_word(span_from(behind, heredoc_out->has_tabs ? 1 : 0));
    heredoc_out->prefix = heredoc_prefix(span_slice(line, 0, at));
    while (out != SPAN_NONE && out < line.size && line.data[out] == '>')
        out++;
    heredoc_out->name = out != SPAN_NONE ? heredoc_word(span_from(line, out)) : span_of(NULL, 0);
    return heredoc_out->word.size > 0 && heredoc_out->word.size <= HEREDOC_WORD_MOST;
}

/* The next one; *rest is then behind its first line. */
static bool heredoc_find(struct span *rest, struct heredoc *heredoc_out)
{
    for (;;) {
        size_t at = span_find(*rest, span_text("<<"));
        if (at == SPAN_NONE)
            return false;
        size_t start = at;
        while (start > 0 && rest->data[start - 1] != '\n' && at - start < TEXT_NAME_SIZE)
            start--;
        *rest = span_from(*rest, start);
        struct span line = text_cut_whole_line(rest);
        if (heredoc_begins(span_slice(line, 0, (size_t)TEXT_NAME_SIZE * 4), heredoc_out))
            return true;
    }
}

bool heredoc_looks(struct span content)
{
    struct heredoc heredoc;
    return heredoc_find(&content, &heredoc);
}

static struct span without_tabs(struct span line)
{
    while (line.size > 0 && line.data[0] == '\t')
        line = span_from(line, 1);
    return line;
}

/* All up to the word; *is_ended_out: whether it came. */
static struct span heredoc_body(const struct heredoc *heredoc, struct span *rest, bool *is_ended_out)
{
    const char *start = rest->data;
    *is_ended_out = false;
    while (rest->size > 0) {
        size_t size = (size_t)(rest->data - start);
        struct span line = text_cut_whole_line(rest);
        line = heredoc->has_tabs ? without_tabs(line) : line;
        while (line.size > 0 && (line.data[line.size - 1] == '\n' || line.data[line.size - 1] == '\r'))
            line.size--;
        *is_ended_out = span_equal(line, heredoc->word);
        if (*is_ended_out)
            return span_of(start, size);
    }
    return span_of(start, (size_t)(rest->data - start));
}

static bool heredoc_put(struct unpack *unpack, const struct heredoc *heredoc, struct span body)
{
    char name[TEXT_NAME_SIZE];
    struct unpack_member member = { .names = text_name(heredoc->name, name), .how = "in a shell script, as it stands" };
    member.packed_size = body.size;
    if (!unpack_member_slice(unpack, &member, body))
        return false;
    if (heredoc->prefix.size == 0 && !heredoc->has_tabs)
        return true;
    member.how = "in a shell script";
    if (!unpack_begin(unpack, &member))
        return false;
    while (body.size > 0) {
        struct span line = text_cut_whole_line(&body);
        line = heredoc->has_tabs ? without_tabs(line) : line;
        bool has_prefix = span_equal(span_slice(line, 0, heredoc->prefix.size), heredoc->prefix);
        if (!unpack_put(unpack, span_from(line, has_prefix ? heredoc->prefix.size : 0)))
            break;
    }
    unpack_end(unpack);
    return true;
}

/* Without its end, one has all that follows, if it is one at all. */
void heredoc_read(struct unpack *unpack, struct span content)
{
    struct heredoc heredoc;
    while (heredoc_find(&content, &heredoc)) {
        bool is_ended = false;
        struct span rest = content;
        struct span body = heredoc_body(&heredoc, &rest, &is_ended);
        if (!is_ended && !unpack_step(unpack, body.size))
            return;
        if (!is_ended && !heredoc.is_sure)
            continue;
        if (body.size > 0 && !heredoc_put(unpack, &heredoc, body))
            return;
        content = rest;
    }
}

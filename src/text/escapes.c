#include "escapes.h"

#include "text/escapes_payload.h"
#include "text/quotes.h"

#include <limits.h>
#include <string.h>

/* How long a run must be before anything is decoded. */
enum {
    ESCAPES_RUN = 16,         /* escapes */
    ESCAPES_NUMBERS_RUN = 32, /* numbers; half of it behind a marker */
    ESCAPES_HEX_RUN = 64,     /* digits */
    ESCAPES_HEX_PAIRS = 32,
    ESCAPES_HEX_PAIRS_SIZE = 3 * ESCAPES_HEX_PAIRS - 1, /* with one byte between each two */
    ESCAPES_BASE64_RUN = 32,                            /* letters */
    ESCAPES_BASE64_LINE = 16,                           /* ... in the first of several lines */
    ESCAPES_BASE64_BARE = 128                           /* behind a '=' without quotes, where URLs have their tokens */
};
enum { ESCAPES_SKIP = 16, ESCAPES_HEAD = 512, ESCAPES_CONTROLS_SHARE = 16, ESCAPES_SIGNS = 3 };

bool escapes_looks(struct span content)
{
    if (content.size < ESCAPES_LEAST)
        return false;
    static const char *const marks[] = { "<script", ";base64,", "<svg" };
    struct span head = span_slice(content, 0, ESCAPES_HEAD);
    size_t controls = 0;
    for (size_t i = 0; i < head.size; i++)
        controls += (unsigned char)head.data[i] < ' ' && !escapes_is_blank(head.data[i]);
    if (controls * ESCAPES_CONTROLS_SHARE <= head.size)
        return true;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (escapes_find(content, marks[i]) != SPAN_NONE)
            return true;
    }
    return false;
}

static bool is_letter(char c)
{
    return escapes_is_alnum(c) || c == '+' || c == '/' || c == '-' || c == '_';
}

static bool is_escaped(struct span content, size_t at)
{
    size_t first = at;
    while (first > 0 && content.data[first - 1] == '\\')
        first--;
    return (at - first) % 2 != 0;
}

/* The quote that closes what the one at `open` opens. */
static size_t find_closing(struct span content, size_t open)
{
    size_t at = open;
    do
        at = quotes_find(content, at + 1, content.data[open]);
    while (at < content.size && is_escaped(content, at));
    return at;
}

/* What a text consists of. */
struct escapes_sorts {
    size_t escapes; /* all */
    size_t heavy;   /* those that nobody needs: of letters and digits */
    size_t wide;    /* beyond a byte */
    size_t units;   /* %u */
    size_t percent;
    size_t backslash;
    size_t letters; /* of base64 */
    size_t digits;  /* hexadecimal */
    bool is_base64; /* nothing else but blanks, '=' and line ends as escapes */
    bool is_hex;
};

static bool is_heavy(char kind, long value)
{
    if (kind == 'u' || kind == '\\')
        return value <= 0xff || kind == 'u';
    return value < 0x80 && (escapes_is_alnum((char)value) || (value < 0x20 && !escapes_is_blank((char)value)));
}

static struct escapes_sorts sort_text(struct escapes_source source)
{
    struct escapes_sorts sorts = { .is_base64 = true, .is_hex = true };
    for (;;) {
        char kind = 0;
        struct escapes_source next = source;
        int c = escapes_source_next(&next);
        if (c < 0)
            return sorts;
        long value = c == '%' || c == '\\' || c == '&' ? escapes_take_escape(&source, &kind) : -1;
        if (value >= 0) {
            sorts.escapes++;
            sorts.heavy += is_heavy(kind, value);
            sorts.wide += value > 0xff;
            sorts.units += kind == 'u';
            sorts.percent += kind == '%' || kind == 'u';
            sorts.backslash += kind == '\\';
            bool is_line_end = value == '\n' || value == '\r';
            sorts.is_base64 = sorts.is_base64 && is_line_end;
            sorts.is_hex = sorts.is_hex && is_line_end;
            continue;
        }
        source = next;
        if (c == '\\') {
            c = escapes_source_next(&source); /* \n or \/ */
            c = c == 'n' || c == 'r' || c == '\n' || c == '\r' ? ' ' : c;
        }
        bool is_blank = c < 0 || escapes_is_blank((char)c);
        sorts.letters += is_letter((char)c);
        sorts.digits += escapes_hex_digit(c) >= 0;
        sorts.is_base64 = sorts.is_base64 && (is_blank || c == '=' || is_letter((char)c));
        sorts.is_hex = sorts.is_hex && (is_blank || escapes_hex_digit(c) >= 0);
    }
}

/* Literals that are joined, and pieces of a list. */
static void take_joined(struct escapes_hand *hand, struct span content, size_t open, size_t close, bool is_list)
{
    struct span text = span_slice(content, open + 1, close - open - 1);
    struct escapes_payload payload = { .source = escapes_source_of_joined(text, content.data[open]),
                                       .content = content,
                                       .start = open };
    struct escapes_sorts sorts = sort_text(payload.source);
    if (sorts.is_hex && sorts.digits >= ESCAPES_HEX_RUN) {
        payload.code = ESCAPES_HEX;
        payload.how = "joined strings, hexadecimal";
        escapes_hand_out(hand, &payload);
    }
    if (sorts.is_base64 && sorts.letters >= ESCAPES_BASE64_RUN) {
        payload.code = ESCAPES_BASE64;
        payload.how = "joined strings, base64";
        escapes_hand_out(hand, &payload);
    }
    payload.how = "joined strings";
    if (sorts.units >= ESCAPES_RUN) {
        payload.code = ESCAPES_WIDE;
        escapes_hand_out(hand, &payload);
    }
    struct span behind = span_slice(content, close + 1, ESCAPES_SKIP);
    if (is_list && escapes_find(behind, "join") == SPAN_NONE)
        return;
    payload.code = sorts.backslash > 0 || sorts.escapes >= ESCAPES_RUN ? ESCAPES_ESCAPED : ESCAPES_PLAIN;
    escapes_hand_out(hand, &payload);
}

/* Follows a chain from an opening quote on, whose literal ends at `close`. Returns where its last literal ends, or
 * `open` where it has one only. */
static size_t follow_chain(struct escapes_hand *hand, struct quotes *behind, size_t open, size_t close)
{
    struct span content = behind->content;
    size_t last = open;   /* opening quote of the literal */
    size_t joined = open; /* of the first one since the last comma */
    bool has_list = false;
    for (;; close = find_closing(content, last)) {
        if (close == content.size)
            return last;
        size_t next = quotes_next(behind, close + 1);
        struct span gap = span_slice(content, close + 1, next - close - 1);
        enum escapes_gap kind = next < content.size ? escapes_gap_kind(gap) : ESCAPES_GAP_NONE;
        if (kind != ESCAPES_GAP_JOIN && last > joined)
            take_joined(hand, content, joined, close, false);
        if (kind == ESCAPES_GAP_NONE) {
            if (has_list && last > open)
                take_joined(hand, content, open, close, true);
            return last > open ? close : open;
        }
        has_list |= kind == ESCAPES_GAP_LIST;
        joined = kind == ESCAPES_GAP_LIST ? next : joined;
        last = next;
    }
}

/* Every quote may be an opening one: an apostrophe in the text before must not turn inside and outside over. Those that
 * are escaped may not, or all of them could share one end; what is not closed any more is not looked for again. */
static void read_joined(struct escapes_hand *hand, struct span content)
{
    char unclosed[QUOTE_KINDS] = { 0 };
    struct quotes quotes = quotes_of(content);
    for (size_t at = quotes_next(&quotes, 0); at < content.size; at = quotes_next(&quotes, at + 1)) {
        if (memchr(unclosed, content.data[at], sizeof unclosed) != NULL || is_escaped(content, at))
            continue;
        size_t close = find_closing(content, at);
        if (close == content.size) {
            unclosed[content.data[at] == '"' ? 0 : content.data[at] == '\'' ? 1 : 2] = content.data[at];
            continue;
        }
        struct quotes behind = quotes; /* the next literal may begin before that quote, hence a copy */
        at = follow_chain(hand, &behind, at, close);
    }
}

/* Could an escape begin here? A sign alone is none: nearly all of those that stand in markup are "&nbsp;" and such. */
static bool is_sign(struct span content, size_t at)
{
    char c = content.data[at];
    char behind = escapes_at(content, at + 1, ' ');
    if (c == '&')
        return behind == '#';
    if (c == '%')
        return escapes_hex_digit(behind) >= 0 || (behind | 0x20) == 'u';
    return c == '\\' && ((behind >= '0' && behind <= '7') || behind == 'x' || behind == 'u');
}

/* Those places, from the start of a content to its end. */
struct signs {
    struct span content;
    size_t next[ESCAPES_SIGNS]; /* of each sign; content.size: no more */
};

static const char sign_kinds[ESCAPES_SIGNS] = { '%', '\\', '&' };

static size_t find_sign(struct span content, size_t at, char kind)
{
    for (;; at++) {
        at = quotes_find(content, at, kind);
        if (at == content.size || is_sign(content, at))
            return at;
    }
}

static struct signs signs_of(struct span content)
{
    struct signs signs = { .content = content };
    for (size_t i = 0; i < ESCAPES_SIGNS; i++)
        signs.next[i] = find_sign(content, 0, sign_kinds[i]);
    return signs;
}

/* Are there ESCAPES_RUN of them from `start`, which never goes back, to `end`? */
static bool signs_are_enough(struct signs *signs, size_t start, size_t end)
{
    size_t count = 0;
    for (size_t i = 0; i < ESCAPES_SIGNS; i++) {
        if (signs->next[i] < start)
            signs->next[i] = find_sign(signs->content, start, sign_kinds[i]);
        for (; signs->next[i] < end && count < ESCAPES_RUN; count++)
            signs->next[i] = find_sign(signs->content, signs->next[i] + 1, sign_kinds[i]);
    }
    return count >= ESCAPES_RUN;
}

/* A literal, an attribute's value, or the text between two tags, as a whole. */
static void take_escaped(struct escapes_hand *hand, struct span content, size_t start, size_t end, bool has_unescape)
{
    struct escapes_payload payload = { .source = escapes_source_of(span_slice(content, start, end - start)),
                                       .code = ESCAPES_ESCAPED,
                                       .content = content,
                                       .start = start,
                                       .how = "escapes" };
    struct escapes_sorts sorts = sort_text(payload.source);
    if (sorts.escapes < ESCAPES_RUN)
        return;
    payload.is_marked = has_unescape && sorts.percent > 0;
    if (sorts.heavy < ESCAPES_RUN && !payload.is_marked && !escapes_is_marked(content, start))
        return;
    escapes_hand_out(hand, &payload);
    if (sorts.wide > 0 && sorts.units + sorts.backslash >= ESCAPES_RUN) {
        payload.code = ESCAPES_WIDE;
        payload.is_marked |= sorts.units >= ESCAPES_RUN;
        payload.how = "escapes of 16 bits";
        escapes_hand_out(hand, &payload);
    }
}

/* Between each quote and the next one of its kind: which ones open and which ones close is left open. Where other
 * quotes are between, it must be one line, or else it would be whole scripts. */
static void read_quoted_escapes(struct escapes_hand *hand, struct span content, char quote, bool has_unescape)
{
    struct signs signs = signs_of(content);
    struct quotes quotes = quotes_of(content);
    size_t open = quotes_find(content, 0, quote);
    while (open < content.size) {
        size_t close = find_closing(content, open);
        if (close == content.size)
            return;
        if (signs_are_enough(&signs, open + 1, close)) {
            size_t other = quotes_next(&quotes, open + 1);
            struct span text = span_slice(content, open + 1, close - open - 1);
            if (other == close || span_find_byte(text, '\n') == SPAN_NONE)
                take_escaped(hand, content, open + 1, close, has_unescape);
        }
        open = close;
    }
}

static void read_escapes(struct escapes_hand *hand, struct span content)
{
    struct signs signs = signs_of(content);
    if (!signs_are_enough(&signs, 0, content.size))
        return;
    bool has_unescape = escapes_find(content, "unescape") != SPAN_NONE ||
                        escapes_find(content, "decodeURI") != SPAN_NONE;
    read_quoted_escapes(hand, content, '"', has_unescape);
    read_quoted_escapes(hand, content, '\'', has_unescape);
    read_quoted_escapes(hand, content, '`', has_unescape);
    size_t start = 0;
    signs = signs_of(content);
    for (size_t i = 0; i <= content.size; i++) {
        char c = escapes_at(content, i, '<');
        if (c != '<' && c != '>' && !escapes_is_quote(c))
            continue;
        bool is_quoted = start > 0 && i < content.size && escapes_is_quote(c) && content.data[start - 1] == c;
        if (!is_quoted && i - start >= (size_t)2 * ESCAPES_RUN && signs_are_enough(&signs, start, i))
            take_escaped(hand, content, start, i, has_unescape);
        start = i + 1;
    }
}

/* What may stand between two numbers of a list. */
static bool take_separator(struct span *rest)
{
    struct span at = *rest;
    bool has_operator = false;
    for (; at.size > 0; at = span_from(at, 1)) {
        char c = at.data[0];
        bool is_operator = c == ',' || c == ';' || c == '|' || c == '+' || c == '.' || c == '&';
        if (c == '&' && at.size > 1 && (at.data[1] == 'H' || at.data[1] == 'h'))
            break;
        if (is_operator && has_operator)
            return false;
        has_operator |= is_operator;
        if (!is_operator && !escapes_is_blank(c) && c != ')' && c != ']' && c != '_')
            break;
    }
    bool is_some = at.size < rest->size;
    static const char *const casts[] = { "(byte)", "(sbyte)", "(char)", "[byte]" };
    for (size_t i = 0; i < sizeof casts / sizeof casts[0]; i++) {
        if (span_starts_with_nocase(at, casts[i]))
            at = span_from(at, strlen(casts[i]));
    }
    (void)escapes_take_chr(&at);
    *rest = at;
    return is_some;
}

static bool take_byte(struct span *rest)
{
    unsigned number = 0;
    struct span at = *rest;
    if (!escapes_take_number(&at, 4, &number) || (number > 255 && number < (unsigned)-128))
        return false;
    *rest = at;
    return true;
}

/* Where a number of a list could begin, told by one byte and the one before it: a pass over a content with no work for
 * what is no such place. */
struct number_starts {
    unsigned char here[UCHAR_MAX + 1];
    unsigned char before[UCHAR_MAX + 1];
};

static void number_starts_init(struct number_starts *starts)
{
    for (int c = 0; c <= UCHAR_MAX; c++) {
        starts->here[c] = escapes_is_digit((char)c) || c == '-' || c == '&';
        starts->before[c] = !escapes_is_word((char)c) && c != '.' && c != '#';
    }
}

static size_t number_starts_next(const struct number_starts *starts, struct span content, size_t at)
{
    const unsigned char *bytes = (const unsigned char *)content.data;
    if (at == 0 && content.size > 0 && starts->here[bytes[0]])
        return 0;
    at = at == 0 ? 1 : at;
    while (at < content.size && !(starts->here[bytes[at]] & starts->before[bytes[at - 1]]))
        at++;
    return at;
}

static void read_numbers(struct escapes_hand *hand, struct span content)
{
    struct number_starts starts;
    number_starts_init(&starts);
    for (size_t at = 0; (at = number_starts_next(&starts, content, at)) < content.size; at++) {
        if (content.data[at] == '&' && (escapes_at(content, at + 1, ' ') | 0x20) != 'h')
            continue;
        struct span rest = span_from(content, at);
        size_t count = 0;
        size_t end = at;
        while (take_byte(&rest)) {
            count++;
            end = content.size - rest.size;
            if (!take_separator(&rest))
                break;
        }
        if (count >= ESCAPES_NUMBERS_RUN / 2) {
            struct escapes_payload payload = { .source = escapes_source_of(span_slice(content, at, end - at)),
                                               .code = ESCAPES_NUMBERS,
                                               .content = content,
                                               .start = at,
                                               .how = "list of numbers" };
            if (count >= ESCAPES_NUMBERS_RUN || escapes_is_marked(content, at))
                escapes_hand_out(hand, &payload);
        }
        at = end > at ? end - 1 : at;
    }
}

/* A line end inside of a run: real, as an escape, or as an entity. Returns its size, 0: none. */
static size_t line_end_size(struct span rest)
{
    size_t size = 0;
    size_t ends = 0;
    while (size < rest.size) {
        struct span at = span_from(rest, size);
        size_t step = 0;
        if (escapes_is_alnum(at.data[0]))
            break;
        if (at.data[0] == '\n' || at.data[0] == '\r')
            step = 1;
        else if (span_starts_with(at, "\\n") || span_starts_with(at, "\\r") || span_starts_with(at, "\\\n") ||
                 span_starts_with(at, "\\\r"))
            step = 2;
        else if (span_starts_with(at, "&#10;") || span_starts_with(at, "&#13;") ||
                 span_starts_with_nocase(at, "&#xa;") || span_starts_with_nocase(at, "&#xd;"))
            step = 5;
        ends += step > 0;
        if (step == 0 && (at.data[0] == ' ' || at.data[0] == '\t'))
            step = 1;
        if (step == 0)
            break;
        size += step;
    }
    return ends > 0 ? size : 0;
}

/* The end of a run of letters that begins at `start`, over whole lines. */
static size_t find_run_end(struct span content, size_t start)
{
    size_t at = start;
    for (;;) {
        size_t line = at;
        while (at < content.size && is_letter(content.data[at]))
            at++;
        if (at < content.size && content.data[at] == '\\' && at + 1 < content.size && content.data[at + 1] == '/') {
            at += 2;
            continue;
        }
        size_t end = at;
        size_t size = line_end_size(span_from(content, at));
        if (at == line || at - start < ESCAPES_BASE64_LINE || size == 0)
            return end;
        at += size;
        if (at == content.size || !is_letter(content.data[at]))
            return end;
    }
}

static bool is_in(const char *set, char c)
{
    return c != '\0' && strchr(set, c) != NULL;
}

/* Could it be of hexadecimal digits, or is a letter of base64 soon among them? */
static bool may_be_hex(struct span text)
{
    size_t at = 0;
    while (at < text.size && (escapes_hex_digit(text.data[at]) >= 0 || escapes_is_blank(text.data[at])))
        at++;
    return at == text.size || is_in("\\%&", text.data[at]);
}

static void take_run(struct escapes_hand *hand, struct span content, size_t start, size_t end)
{
    char before = escapes_at(content, start - 1, ' ');
    bool is_bare = before == '=' && end - start >= ESCAPES_BASE64_BARE;
    while (end < content.size && content.data[end] == '=' && !is_bare)
        end++;
    char behind = escapes_at(content, end, ' ');
    if ((!is_bare && !is_in("\"'`(>,:[{; \t\r\n", before)) || !is_in("\"'`)<,;]} \t\r\n\\&=", behind))
        return;
    struct span text = span_slice(content, start, end - start);
    struct escapes_payload payload = {
        .content = content, .start = start, .how = "hexadecimal digits", .code = ESCAPES_HEX
    };
    struct span digits = span_from(text, span_starts_with_nocase(text, "0x") ? 2 : 0);
    payload.source = escapes_source_of(digits);
    if (may_be_hex(digits)) {
        struct escapes_sorts sorts = sort_text(payload.source);
        if (sorts.is_hex && sorts.digits >= ESCAPES_HEX_RUN)
            escapes_hand_out(hand, &payload);
    }
    payload.source = escapes_source_of(text);
    payload.code = ESCAPES_BASE64;
    payload.how = "base64 in text";
    escapes_hand_out(hand, &payload);
}

static bool is_run_byte(char c)
{
    return is_letter(c) || c == '\\'; /* "\/" */
}

static bool is_between_pairs(char c)
{
    return c == ' ' || c == ',' || c == ':' || c == '-' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_pair_byte(char c)
{
    return escapes_hex_digit(c) >= 0 || is_between_pairs(c);
}

/* Goes through a content from its start to its end. */
struct runs {
    struct span content;
    size_t least;
    bool (*is_byte)(char c);
    size_t known; /* up to here nothing else follows the last place that was found */
};

/* The next run of at least so many such bytes at or behind `at`: where it begins; content.size where there is none.
 * Only every least-th byte is looked at where there is none near. */
static size_t runs_next(struct runs *runs, size_t at)
{
    struct span content = runs->content;
    while (at < content.size && content.size - at >= runs->least) {
        size_t floor = runs->known > at ? runs->known : at;
        size_t back = at + runs->least;
        while (back > floor && runs->is_byte(content.data[back - 1]))
            back--;
        if (back == floor) {
            runs->known = at + runs->least;
            return at;
        }
        at = back;
    }
    return content.size;
}

/* Hexadecimal digits and base64, in quotes or alone. */
static void read_runs(struct escapes_hand *hand, struct span content)
{
    struct runs runs = { .content = content, .least = ESCAPES_BASE64_LINE, .is_byte = is_run_byte };
    for (size_t at = runs_next(&runs, 0); at < content.size; at = runs_next(&runs, at + 1)) {
        if (!is_letter(content.data[at]))
            continue;
        size_t end = find_run_end(content, at);
        if (end - at >= ESCAPES_BASE64_RUN)
            take_run(hand, content, at, end);
        at = end;
    }
}

/* "4d 5a 90 00", with blanks, commas, colons, dashes or line ends between. */
static void read_pairs(struct escapes_hand *hand, struct span content)
{
    struct runs runs = { .content = content, .least = ESCAPES_HEX_PAIRS_SIZE, .is_byte = is_pair_byte };
    for (size_t at = 0; (at = runs_next(&runs, at)) < content.size;) {
        size_t end = at;
        size_t count = 0;
        bool is_start = at == 0 || !escapes_is_word(content.data[at - 1]);
        for (size_t next = at; is_start && next + 1 < content.size; count++) {
            bool is_pair = escapes_hex_digit(content.data[next]) >= 0 && escapes_hex_digit(content.data[next + 1]) >= 0;
            if (!is_pair || (next + 2 < content.size && escapes_is_word(content.data[next + 2])))
                break;
            end = next + 2;
            next = end;
            while (next < content.size && next < end + ESCAPES_SKIP && is_between_pairs(content.data[next]))
                next++;
        }
        if (count >= ESCAPES_HEX_PAIRS) {
            struct escapes_payload payload = { .source = escapes_source_of(span_slice(content, at, end - at)),
                                               .code = ESCAPES_HEX,
                                               .content = content,
                                               .start = at,
                                               .how = "hexadecimal bytes" };
            escapes_hand_out(hand, &payload);
        }
        at = end > at ? end : at + 1;
    }
}

void escapes_read(struct unpack *unpack, struct span content)
{
    struct escapes_hand hand = { .unpack = unpack };
    escapes_read_uris(&hand, content);
    read_numbers(&hand, content);
    read_joined(&hand, content);
    read_escapes(&hand, content);
    read_runs(&hand, content);
    read_pairs(&hand, content);
    if (hand.is_limited)
        unpack_note(unpack, UNPACK_LIMIT, "escapes: more than %d payloads in one text", ESCAPES_MEMBERS);
}

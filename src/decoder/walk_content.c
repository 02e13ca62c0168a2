/* What a content holds: everything that any reader finds in it. */
#include "walk.h"

#include "decoder/formats.h"
#include "decoder/receive.h"
#include "mail/sniff.h"
#include "mail/split.h"
#include "text/mbox.h"

enum {
    CONTENT_SNIFFS_MOST = 256,
    CONTENT_TEXT_LOOK = 1024,
    CONTENT_CONTROLS_SHARE = 16,
    CONTENT_LINE_ENDS = 3,
    CONTENT_SMALL_BYTES = 262144
};

/* Text, or at least not binary: its first bytes have hardly any control characters but those of text. Some are no
 * reason not to look: who reads texts passes them over. */
static bool is_text(struct span bytes)
{
    struct span start = span_slice(bytes, 0, CONTENT_TEXT_LOOK);
    size_t controls = 0;
    for (size_t i = 0; i < start.size; i++) {
        unsigned char c = (unsigned char)start.data[i];
        controls += c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != '\v' && c != 0x1b && c != 0x1a;
    }
    return controls <= start.size / CONTENT_CONTROLS_SHARE;
}

/* As what some program would open it: extensions of texts and scripts, in which browsers, mail programs and script
 * hosts pass over what is binary. */
static const char *const text_extensions[] = { "htm", "html", "xhtml", "xht", "shtml", "mht", "mhtml", "svg",  "xml",
                                               "xsl", "hta",  "js",    "jse", "mjs",   "vbs", "vbe",   "wsf",  "wsh",
                                               "ps1", "bat",  "cmd",   "sct", "php",   "asp", "txt",   "text", "log",
                                               "eml", "emlx", "mbox",  "uue", "uu",    "xxe", "yenc",  "hqx",  "b64",
                                               "asc", "ics",  "ical",  "vcf", "ldif",  "css", "csv",   "rtf" };

static bool has_text_name(const struct emit *emit, uint32_t index)
{
    for (struct span names = emit_text_of(emit, emit->parts[index].names); names.size > 0;) {
        struct span name = span_trim(span_cut(&names, '\0'));
        size_t dot = name.size;
        while (dot > 0 && name.data[dot - 1] != '.')
            dot--;
        for (size_t i = 0; dot > 0 && i < sizeof text_extensions / sizeof text_extensions[0]; i++) {
            if (span_is_nocase(span_from(name, dot), text_extensions[i]))
                return true;
        }
    }
    return false;
}

/* A format that is known, and is no text: a file that begins so is not opened as text unless its name says so. */
static bool is_binary_type(struct span type)
{
    static const char *const texts[] = { "script", "xml", "json", "mbox", "postscript", "binhex",
                                         "pgp",    "hta", "url",  "sylk", "pkcs7" };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (span_find(type, span_text(texts[i])) != SPAN_NONE)
            return false;
    }
    return type.size > 0 && !span_starts_with(type, "text/") && !span_starts_with(type, "message/");
}

/* Would some program show it as text, whatever is in it? By what a header or a name says; and a small file that is
 * nothing else that we know may be anything. */
static bool is_shown(const struct emit *emit, uint32_t index)
{
    const struct decode_part *part = &emit->parts[index];
    struct span declared = emit_text_of(emit, part->declared);
    return span_starts_with(declared, "text/") || span_starts_with(declared, "message/") ||
           has_text_name(emit, index) || (part->detected.size == 0 && part->size <= CONTENT_SMALL_BYTES);
}

static void read_formats(struct walk *walk, uint32_t index, struct span bytes, bool is_plain)
{
    for (size_t i = 0; i < format_count; i++) {
        const struct format *format = &formats[i];
        if ((format->kind == FORMAT_IN_TEXT && !is_plain) || !format->looks(bytes))
            continue;
        struct receive receive;
        receive_init(&receive, walk, index, bytes.size);
        format->read(&receive.unpack, bytes);
        if (receive.members > 0 && !receive.has_trouble && format->kind == FORMAT_CONTAINER)
            emit_add_flags(walk->emit, index, DECODE_PART_OPENED);
    }
}

/* Programs that see line ends, or NUL bytes, otherwise: the whole message as they would have it, where that matters. */
enum line_ends { LINE_ENDS_CR, LINE_ENDS_NO_CR, LINE_ENDS_NO_NUL };

static const char *const line_end_texts[CONTENT_LINE_ENDS] = {
    [LINE_ENDS_CR] = "every CR ends a line",
    [LINE_ENDS_NO_CR] = "CRs that end no line are dropped",
    [LINE_ENDS_NO_NUL] = "NUL bytes are dropped",
};

static bool put_line_ends(struct unpack *unpack, struct span bytes, enum line_ends how)
{
    char end = how == LINE_ENDS_NO_NUL ? '\0' : '\r';
    while (bytes.size > 0) {
        size_t at = span_find_byte(bytes, end);
        if (!unpack_put(unpack, span_slice(bytes, 0, at)))
            return false;
        if (at == SPAN_NONE)
            return true;
        bytes = span_from(bytes, at + 1);
        bool is_end = bytes.size > 0 && bytes.data[0] == '\n';
        if (how == LINE_ENDS_NO_NUL || (how == LINE_ENDS_NO_CR && !is_end))
            continue;
        if (!unpack_put(unpack, span_text("\r\n")))
            return false;
        bytes = span_from(bytes, is_end ? 1 : 0);
    }
    return true;
}

static void add_line_ends(struct walk *walk, uint32_t index, struct span bytes, enum line_ends how)
{
    struct receive receive;
    struct unpack_member member = { .how = line_end_texts[how], .size_hint = bytes.size };
    receive_init(&receive, walk, index, bytes.size);
    receive.is_message = true;
    receive.are_readings = true;
    if (!unpack_begin(&receive.unpack, &member))
        return;
    (void)put_line_ends(&receive.unpack, bytes, how);
    unpack_end(&receive.unpack);
}

void walk_other_line_ends(struct walk *walk, uint32_t index, uint32_t buffer)
{
    const struct mail_lines lines = walk->buffers[buffer].lines;
    /* It may be such a reading itself: what was undone in it is not there to be undone again. */
    if (lines.has_cr) {
        add_line_ends(walk, index, lines.bytes, LINE_ENDS_CR);
        add_line_ends(walk, index, lines.bytes, LINE_ENDS_NO_CR);
    }
    if (lines.has_nul)
        add_line_ends(walk, index, lines.bytes, LINE_ENDS_NO_NUL);
}

static void read_message(struct walk *walk, uint32_t index, struct span bytes, size_t start)
{
    uint32_t buffer = 0;
    if (!walk_add_buffer(walk, index, bytes, &buffer))
        return;
    if (!walk->works[index].is_message)
        walk->works[index].is_file = true;
    walk_message(walk, index, buffer, start, bytes.size);
    walk_other_line_ends(walk, index, buffer);
}

/* All parts behind delimiters of one boundary that nobody declared. */
static void divide_sniffed(struct walk *walk, uint32_t index, uint32_t buffer, struct span boundary)
{
    const struct mail_lines *lines = &walk->buffers[buffer].lines;
    struct mail_split split;
    struct mail_cut cut;
    size_t from = SPAN_NONE;
    mail_split_init(&split, lines, 0, lines->bytes.size, boundary, false);
    while (mail_split_next(&split, &cut)) {
        struct walk_range range = {
            .buffer = buffer, .from = from, .to = cut.body_end > from ? cut.body_end : from, .is_guess = true
        };
        if (from != SPAN_NONE)
            walk_add_entity(walk, index, &range, "found in a text, behind a delimiter");
        from = cut.is_close ? SPAN_NONE : cut.next_at;
    }
    struct walk_range range = { .buffer = buffer, .from = from, .to = lines->bytes.size, .is_guess = true };
    if (from != SPAN_NONE)
        walk_add_entity(walk, index, &range, "found in a text, behind a delimiter");
    (void)emit_step(walk->emit, split.steps, index);
}

static void add_sniffed(struct walk *walk, uint32_t index, uint32_t buffer, size_t from, size_t to)
{
    struct walk_range range = { .buffer = buffer, .from = from, .to = to, .is_guess = true };
    walk_add_entity(walk, index, &range, "found in a text");
}

/* Header fields of MIME in a text that nobody said to be mail: behind a delimiter, they divide the text; else the mail
 * goes on to the next such header, and the first one also to the text's end. */
static void sniff(struct walk *walk, uint32_t index, struct span bytes)
{
    struct span boundaries[CONTENT_SNIFFS_MOST];
    size_t count = 0;
    uint32_t buffer = 0;
    size_t bare_at = SPAN_NONE;
    struct mail_sniff found;
    bool is_found = mail_sniff_next(bytes, 0, &found) && walk_add_buffer(walk, index, bytes, &buffer);
    while (is_found) {
        bool is_bare = found.boundary.data == NULL;
        bool is_known = is_bare;
        for (size_t k = 0; k < count && !is_known; k++)
            is_known = span_equal(boundaries[k], found.boundary);
        if (!is_known && count == CONTENT_SNIFFS_MOST) {
            emit_find(walk->emit, DECODE_LIMIT, index, "boundaries of mail in a text");
            return;
        }
        if (!is_known) {
            boundaries[count++] = found.boundary;
            divide_sniffed(walk, index, buffer, found.boundary);
        }
        if (is_bare && bare_at == SPAN_NONE)
            add_sniffed(walk, index, buffer, found.at, bytes.size);
        else if (is_bare)
            add_sniffed(walk, index, buffer, bare_at, found.at);
        bare_at = is_bare ? found.at : bare_at;
        is_found = mail_sniff_next(bytes, found.next_at, &found);
    }
    if (bare_at != SPAN_NONE)
        add_sniffed(walk, index, buffer, bare_at, bytes.size);
}

/* Do its bytes lie in a text above it that has been looked through for mail? */
static bool is_sniffed(const struct walk *walk, uint32_t index, struct span bytes)
{
    const struct emit *emit = walk->emit;
    for (int32_t i = emit->parts[index].parent; i != DECODE_NO_PARENT; i = emit->parts[i].parent) {
        struct span above = emit_bytes(emit, (uint32_t)i);
        if (walk->works[i].is_sniffed && bytes.data >= above.data && bytes.data < above.data + above.size)
            return true;
    }
    return false;
}

void walk_content(struct walk *walk, uint32_t index)
{
    struct span bytes = emit_bytes(walk->emit, index);
    bool is_message = walk->works[index].is_message;
    struct span type = emit_text_of(walk->emit, walk->emit->parts[index].detected);
    /* A script is a script, whatever stands behind its first lines. */
    bool is_plain = (!is_binary_type(type) && (type.size > 0 || is_text(bytes))) || is_shown(walk->emit, index);
    size_t start = mail_start(bytes);
    if (is_plain)
        words_add(&walk->words, bytes);
    if (is_message || (is_plain && mail_looks(span_from(bytes, start)) && !mbox_looks(bytes))) {
        read_message(walk, index, bytes, start);
        read_formats(walk, index, bytes, is_plain); /* also where it is declared to be one: the type is only a word */
        return;
    }
    read_formats(walk, index, bytes, is_plain);
    if (is_plain && !is_sniffed(walk, index, bytes)) {
        walk->works[index].is_sniffed = true;
        sniff(walk, index, bytes);
    }
}

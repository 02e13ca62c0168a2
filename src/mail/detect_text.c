#include "detect_text.h"

#include "mail/header.h"
#include "mail/sample.h"

#include <string.h>

#define HTML "text/html"
#define SVG "image/svg+xml"
#define SHELL "text/x-shellscript"
#define BATCH "text/x-msdos-batch"

/* --- Bytes --- */

/* As file(1) has it: BEL, BS, HT, LF, VT, FF, CR and ESC occur in text. */
static bool is_text_byte(unsigned char c)
{
    return (c >= 7 && c <= 13) || c == 27 || (c >= 32 && c != 127);
}

bool detect_is_text(struct span bytes)
{
    for (size_t i = 0; i < bytes.size; i++) {
        if (!is_text_byte((unsigned char)bytes.data[i]))
            return false;
    }
    return bytes.size > 0;
}

/* Without its byte order mark; UTF-16 as ASCII, with '?' for what that doesn't have. */
static struct span read_marked(struct span head, char narrow[static MAIL_SAMPLE_HEAD / 2])
{
    if (span_starts_with(head, "\xef\xbb\xbf"))
        return span_from(head, 3);
    bool is_big = span_starts_with(head, "\xfe\xff");
    if (!is_big && !span_starts_with(head, "\xff\xfe"))
        return head;
    head = span_slice(head, 2, MAIL_SAMPLE_HEAD - 2);
    size_t size = head.size / 2;
    for (size_t i = 0; i < size; i++) {
        char low = head.data[2 * i + (is_big ? 1 : 0)];
        char high = head.data[2 * i + (is_big ? 0 : 1)];
        narrow[i] = '?';
        if (high == 0 && (unsigned char)low < 128)
            narrow[i] = low;
    }
    return span_of(narrow, size);
}

/* --- Markup --- */

static bool is_name(char c)
{
    return ascii_is_alnum(c) || c == '-' || c == '_' || c == '.' || c == '@' || c == ':';
}

/* Does the text begin with a tag of this name? The name ends there. */
static bool is_tag(struct span text, const char *name)
{
    if (!span_starts_with(text, "<") || !span_starts_with_nocase(span_from(text, 1), name))
        return false;
    size_t size = 1 + strlen(name);
    return text.size > size && !is_name(text.data[size]);
}

/* Past comments: browsers look past them too. Nothing is left where one does not end. */
static struct span skip_comments(struct span text)
{
    while (span_starts_with(text, "<!--")) {
        size_t end = span_find(text, span_text("-->"));
        if (end == SPAN_NONE)
            return span_of(NULL, 0);
        text = span_trim(span_from(text, end + 3));
    }
    return text;
}

static const char *read_markup(struct span text)
{
    static const struct {
        const char *tag;
        const char *type;
    } rows[] = {
        { "!doctype html", HTML },
        { "html", HTML },
        { "head", HTML },
        { "body", HTML },
        { "title", HTML },
        { "script", HTML },
        { "style", HTML },
        { "meta", HTML },
        { "link", HTML },
        { "base", HTML },
        { "table", HTML },
        { "div", HTML },
        { "span", HTML },
        { "p", HTML },
        { "br", HTML },
        { "a", HTML },
        { "b", HTML },
        { "i", HTML },
        { "u", HTML },
        { "h1", HTML },
        { "h2", HTML },
        { "h3", HTML },
        { "h4", HTML },
        { "center", HTML },
        { "font", HTML },
        { "form", HTML },
        { "img", HTML },
        { "iframe", HTML },
        { "frameset", HTML },
        { "object", HTML },
        { "embed", HTML },
        { "applet", HTML },
        { "pre", HTML },
        { "ul", HTML },
        { "ol", HTML },
        { "hr", HTML },
        { "strong", HTML },
        { "blockquote", HTML },
        { "marquee", HTML },
        { "video", HTML },
        { "audio", HTML },
        { "input", HTML },
        { "button", HTML },
        { "noscript", HTML },
        { "hta:application", "application/hta" },
        { "svg", SVG },
        { "!doctype svg", SVG },
        { "svg:svg", SVG },
    };
    bool is_commented = span_starts_with(text, "<!--");
    text = skip_comments(text);
    if (is_commented && text.size == 0)
        return HTML;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (is_tag(text, rows[i].tag))
            return rows[i].type;
    }
    if (!is_tag(text, "?xml"))
        return NULL;
    bool is_svg = span_find_nocase(text, span_text("<svg")) != SPAN_NONE ||
                  span_find_nocase(text, span_text("<svg:svg")) != SPAN_NONE;
    return is_svg ? SVG : "text/xml";
}

/* --- Scripts --- */

/* The interpreter's name without its folders; that of what env(1) is to start. */
static struct span read_interpreter(struct span line)
{
    line = span_trim(span_from(line, 2));
    for (unsigned i = 0; i < 2; i++) {
        struct span path = span_cut(&line, ' ');
        struct span name = path;
        while (path.size > 0)
            name = span_cut(&path, '/');
        if (!span_is(name, "env"))
            return name;
        line = span_trim(line);
        if (span_starts_with(line, "-S"))
            line = span_trim(span_from(line, 2));
    }
    return span_of(NULL, 0);
}

static const char *read_script(struct span text)
{
    static const struct {
        const char *interpreter;
        const char *type;
    } rows[] = {
        { "perl", "text/x-perl" },
        { "python", "text/x-script.python" },
        { "php", "text/x-php" },
        { "ruby", "text/x-ruby" },
        { "node", "application/javascript" },
        { "lua", "text/x-lua" },
        { "tclsh", "text/x-tcl" },
        { "wish", "text/x-tcl" },
        { "awk", "text/x-awk" },
        { "gawk", "text/x-gawk" },
        { "nawk", "text/x-nawk" },
    };
    if (!span_starts_with(text, "#!"))
        return NULL;
    struct span line = mail_line_text(mail_line_cut(&text));
    if (!span_starts_with(span_trim(span_from(line, 2)), "/"))
        return NULL;
    struct span name = read_interpreter(line);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (span_starts_with(name, rows[i].interpreter))
            return rows[i].type;
    }
    return SHELL;
}

/* --- Mail --- */

/* Nothing but fields up to the header's end, or the end of what is looked at, and two of those that mails have. */
static const char *read_mail(struct span text)
{
    static const char *const fields[] = {
        "Received",   "Return-Path", "Delivered-To", "From", "To",     "Subject",      "Date",
        "Message-ID", "Reply-To",    "MIME-Version", "Cc",   "Sender", "Content-Type",
    };
    unsigned known = 0;
    bool is_first = true;
    while (text.size > 0) {
        struct span line = mail_line_cut(&text);
        enum mail_line kind = mail_line_kind(line);
        bool is_cut = text.size == 0;
        if (kind == MAIL_LINE_EMPTY)
            break;
        if ((kind == MAIL_LINE_JUNK && !is_cut) || (is_first && kind != MAIL_LINE_FIELD))
            return NULL;
        is_first = false;
        struct mail_field field;
        if (kind != MAIL_LINE_FIELD || !mail_field_next(&line, &field))
            continue;
        for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
            known += span_is_nocase(field.name, fields[i]);
    }
    return known >= 2 ? "message/rfc822" : NULL;
}

/* --- All --- */

static const char *read_leading(struct span text)
{
    static const struct {
        const char *leading; /* letter case does not count */
        const char *type;
    } rows[] = {
        { "{\\rt", "text/rtf" }, /* Word needs no more of it */
        { "<?php", "text/x-php" },
        { "#@~^", "application/x-ms-encoded-script" },
        { "@echo", BATCH },
        { "@rem", BATCH },
        { "@set", BATCH },
        { "@cls", BATCH },
        { "@start", BATCH },
        { "@cmd", BATCH },
        { "[InternetShortcut]", "application/x-mswinurl" },
        { "Windows Registry Editor Version ", "text/x-ms-regedit" },
        { "REGEDIT4", "text/x-ms-regedit" },
        { "ID;P", "application/x-sylk" },
        { "(This file must be converted with BinHex", "application/mac-binhex40" },
        { "%!PS-Adobe", "application/postscript" },
        { "-----BEGIN PGP MESSAGE-----", "application/pgp-encrypted" },
        { "-----BEGIN PGP SIGNATURE-----", "application/pgp-signature" },
        { "-----BEGIN PGP SIGNED MESSAGE-----", "text/pgp" },
        { "-----BEGIN PGP PUBLIC KEY BLOCK-----", "application/pgp-keys" },
        { "-----BEGIN PGP PRIVATE KEY BLOCK-----", "application/pgp-keys" },
        { "-----BEGIN PKCS7-----", "application/pkcs7-mime" },
        { "BEGIN:VCALENDAR", "text/calendar" },
        { "BEGIN:VCARD", "text/vcard" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (span_starts_with_nocase(text, rows[i].leading))
            return rows[i].type;
    }
    return NULL;
}

/* A leading mark counts whatever follows it: those who show HTML or run scripts don't mind a NUL further on. */
const char *detect_text(struct span head)
{
    static const char *(*const readers[])(struct span text) = { read_leading, read_markup, read_script, read_mail };
    char narrow[MAIL_SAMPLE_HEAD / 2];
    struct span text = read_marked(head, narrow);
    struct span trimmed = span_trim(text);
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
        const char *type = readers[i](readers[i] == read_script ? text : trimmed);
        if (type != NULL)
            return type;
    }
    return detect_is_text(text) ? "text/plain" : "";
}

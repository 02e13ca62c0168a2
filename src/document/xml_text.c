#include "xml_text.h"

#include "document/names.h"

#include <string.h>

enum { XML_REFERENCE_MOST = 12, XML_UTF8_MOST = 4 };

void xml_text_init(struct xml_text *text, struct span content)
{
    *text = (struct xml_text){ .content = content, .unit = 1 };
    if (span_starts_with(content, "\xef\xbb\xbf"))
        text->at = 3;
    else if (span_starts_with(content, "\xff\xfe") || span_starts_with(content, "\xfe\xff"))
        text->at = text->unit = 2;
    else if (content.size > 1 && (content.data[0] == '\0') != (content.data[1] == '\0'))
        text->unit = 2;
    text->is_big_endian = text->unit == 2 && (content.data[0] == '\0' || content.data[0] == '\xfe');
}

static uint32_t xml_peek(const struct xml_text *text)
{
    if (text->content.size - text->at < text->unit)
        return XML_END;
    const unsigned char *bytes = (const unsigned char *)text->content.data + text->at;
    if (text->unit == 1)
        return bytes[0];
    return text->is_big_endian ? (uint32_t)(bytes[0] << 8 | bytes[1]) : (uint32_t)(bytes[1] << 8 | bytes[0]);
}

static uint32_t xml_get(struct xml_text *text)
{
    uint32_t c = xml_peek(text);
    if (c != XML_END)
        text->at += text->unit;
    return c;
}

bool xml_text_match(struct xml_text *text, const char *ascii)
{
    size_t was = text->at;
    for (const char *c = ascii; *c != '\0'; c++) {
        if (xml_get(text) != (unsigned char)*c) {
            text->at = was;
            return false;
        }
    }
    return true;
}

static void xml_skip_behind(struct xml_text *text, const char *ascii)
{
    while (!xml_text_match(text, ascii) && xml_get(text) != XML_END) {
    }
}

/* Behind '&'. What is no reference that everybody knows stays as it stands. */
static uint32_t xml_reference(struct xml_text *text)
{
    static const struct {
        const char *name;
        char c;
    } names[] = { { "amp;", '&' }, { "lt;", '<' }, { "gt;", '>' }, { "quot;", '"' }, { "apos;", '\'' } };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (xml_text_match(text, names[i].name))
            return (unsigned char)names[i].c;
    }
    size_t was = text->at;
    if (!xml_text_match(text, "#"))
        return '&';
    uint32_t base = xml_text_match(text, "x") ? 16 : 10;
    uint32_t code = 0;
    for (size_t i = 0; i < XML_REFERENCE_MOST; i++) {
        uint32_t c = xml_get(text);
        if (c == ';' && i > 0)
            return code;
        char letter = ascii_lower((char)(c < 0x80 ? c : 0));
        uint32_t digit = ascii_is_digit(letter) ? (uint32_t)(letter - '0')
                         : letter >= 'a'        ? (uint32_t)(letter - 'a') + 10
                                                : base;
        if (digit >= base)
            break;
        code = code < 0x110000 / 16 ? code * base + digit : 0xfffd;
    }
    text->at = was;
    return '&';
}

uint32_t xml_text_next(struct xml_text *text)
{
    for (;;) {
        if (text->is_cdata) {
            if (!xml_text_match(text, "]]>"))
                return xml_get(text);
            text->is_cdata = false;
        }
        uint32_t c = xml_peek(text);
        if (c == '&') {
            (void)xml_get(text);
            return xml_reference(text);
        }
        if (c != '<')
            return xml_get(text);
        if (xml_text_match(text, "<!--"))
            xml_skip_behind(text, "-->");
        else if (xml_text_match(text, "<?"))
            xml_skip_behind(text, "?>");
        else if (xml_text_match(text, "<![CDATA["))
            text->is_cdata = true;
        else
            return XML_END;
    }
}

static bool xml_is_blank(uint32_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Up to a blank, '=', '/', '>' or the end: what stands behind the last ':' in lower case. */
static void xml_cut_local(struct xml_text *text, char *local_out)
{
    size_t size = 0;
    for (uint32_t c = xml_peek(text); c != XML_END && !xml_is_blank(c) && c != '=' && c != '/' && c != '>';
         c = xml_peek(text)) {
        (void)xml_get(text);
        if (c == ':')
            size = 0;
        else if (size + 1 < XML_TAG_MOST)
            local_out[size++] = ascii_lower((char)(c < 0x80 ? c : (uint32_t)'?'));
    }
    local_out[size] = '\0';
}

/* A value in quotes, in UTF-8. */
static void xml_cut_value(struct xml_text *text, char *value_out)
{
    size_t size = 0;
    while (xml_is_blank(xml_peek(text)))
        (void)xml_get(text);
    uint32_t quote = xml_peek(text);
    if (quote == '"' || quote == '\'') {
        (void)xml_get(text);
        for (uint32_t c = xml_get(text); c != quote && c != XML_END; c = xml_get(text)) {
            if (c == '&')
                c = xml_reference(text);
            if (size + XML_UTF8_MOST >= XML_NAME_MOST || c == 0)
                continue;
            if (text->unit == 1 && c < 0x100)
                value_out[size++] = (char)c;
            else
                size += names_put_utf8(c, value_out + size);
        }
    }
    value_out[size] = '\0';
}

bool xml_text_tag(struct xml_text *text, struct xml_tag *tag_out)
{
    if (!xml_text_match(text, "<"))
        return false;
    char local[XML_TAG_MOST];
    char value[XML_NAME_MOST];
    tag_out->name[0] = '\0';
    tag_out->is_end = xml_text_match(text, "/");
    xml_cut_local(text, tag_out->local);
    for (uint32_t c = xml_peek(text); c != XML_END && c != '>'; c = xml_peek(text)) {
        if (xml_is_blank(c) || c == '/' || c == '=') {
            (void)xml_get(text);
            continue;
        }
        xml_cut_local(text, local);
        while (xml_is_blank(xml_peek(text)))
            (void)xml_get(text);
        if (!xml_text_match(text, "="))
            continue;
        xml_cut_value(text, value);
        if (strcmp(local, "name") == 0 || strcmp(local, "filename") == 0)
            memcpy(tag_out->name, value, sizeof value);
    }
    (void)xml_get(text);
    return true;
}

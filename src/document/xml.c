#include "xml.h"

#include "base/base64.h"
#include "document/xml_text.h"

#include <string.h>

enum {
    XML_BLANKS_MOST = 64,       /* before the first tag */
    XML_LETTERS_LEAST = 64,     /* of base64 in an element of any name */
    XML_LETTERS_LEAST_DATA = 4, /* in one that is known to hold it */
    XML_LETTERS_PER_BLANK = 16, /* on average; words of a text are shorter */
    XML_NAME_TAGS = 4,          /* a name further away than so many tags belongs to something else */
    XML_PIECE = 4096
};

/* A text that was looked through. */
struct xml_run {
    struct xml_text from;
    uint64_t letters;
    uint64_t blanks; /* runs of them */
    uint64_t others;
    size_t end;
};

struct xml {
    struct unpack *unpack;
    struct xml_text text;
    struct xml_tag tag;       /* the one before the text */
    char name[XML_NAME_MOST]; /* the last one */
    uint64_t name_age;        /* tags since */
    bool is_full;
};

bool xml_looks(struct span content)
{
    static const char *const starts[] = { "<?xml", "<w:", "<pkg:" };
    struct xml_text text;
    xml_text_init(&text, content);
    for (size_t i = 0; i < XML_BLANKS_MOST; i++) {
        if (!xml_text_match(&text, " ") && !xml_text_match(&text, "\n") && !xml_text_match(&text, "\r") &&
            !xml_text_match(&text, "\t"))
            break;
    }
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        if (xml_text_match(&text, starts[i]))
            return true;
    }
    return false;
}

/* Up to the next tag. */
static struct xml_run xml_run(struct xml *xml)
{
    struct xml_run run = { .from = xml->text };
    bool was_blank = true;
    for (uint32_t c = xml_text_next(&xml->text); c != XML_END; c = xml_text_next(&xml->text)) {
        bool is_blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
        if (c < 0x80 && base64_is_letter((char)c))
            run.letters++;
        else if (is_blank)
            run.blanks += was_blank ? 0 : 1;
        else if (c != '=')
            run.others++;
        was_blank = is_blank;
    }
    run.end = xml->text.at;
    return run;
}

/* Elements that are known to hold it are read as leniently as it gets. */
static bool xml_is_base64(const struct xml *xml, const struct xml_run *run)
{
    if (strncmp(xml->tag.local, "bin", 3) == 0)
        return run->letters >= XML_LETTERS_LEAST_DATA;
    if (run->others > 0)
        return false;
    if (strstr(xml->tag.local, "data") != NULL)
        return run->letters >= XML_LETTERS_LEAST_DATA;
    return run->letters >= XML_LETTERS_LEAST && run->letters / XML_LETTERS_PER_BLANK >= run->blanks;
}

/* Letters that stand side by side, as they stand or not, up to '=' or the piece's end. */
static size_t xml_cut_letters(struct xml_text *text, size_t end, char *letters_out, bool *is_pad_out)
{
    size_t size = 0;
    *is_pad_out = false;
    while (size < XML_PIECE && text->at < end && !*is_pad_out) {
        uint32_t c = xml_text_next(text);
        if (c == XML_END)
            break;
        *is_pad_out = c == '=';
        if (c < 0x80 && base64_is_letter((char)c))
            letters_out[size++] = (char)c;
    }
    return size;
}

static void xml_decode(struct unpack *unpack, struct xml_run *run)
{
    char letters[XML_PIECE];
    char bytes[XML_PIECE];
    struct base64 base64 = { 0 };
    bool is_pad = false;
    for (;;) {
        struct span rest = span_of(letters, xml_cut_letters(&run->from, run->end, letters, &is_pad));
        bool is_end = rest.size == 0 && !is_pad;
        while (rest.size > 0) {
            size_t size = base64_decode(&base64, &rest, bytes, sizeof bytes);
            if (!unpack_put(unpack, span_of(bytes, size)))
                return;
        }
        if ((is_pad || is_end) && !unpack_put(unpack, span_of(bytes, base64_flush(&base64, bytes))))
            return;
        if (is_end)
            return;
    }
}

static void xml_hand(struct xml *xml, struct xml_run *run)
{
    size_t name_size = xml->name_age <= XML_NAME_TAGS ? strlen(xml->name) : 0;
    struct unpack_member member = { .names = span_of(xml->name, name_size > 0 ? name_size + 1 : 0),
                                    .packed_size = run->end - run->from.at,
                                    .size_hint = run->letters / 4 * 3,
                                    .how = "xml: base64" };
    if (!unpack_begin(xml->unpack, &member)) {
        xml->is_full = true;
        return;
    }
    xml_decode(xml->unpack, run);
    unpack_end(xml->unpack);
    xml->name[0] = '\0';
}

void xml_read(struct unpack *unpack, struct span content)
{
    struct xml xml = { .unpack = unpack };
    xml_text_init(&xml.text, content);
    while (!xml.is_full) {
        struct xml_run run = xml_run(&xml);
        bool is_base64 = xml_is_base64(&xml, &run);
        if (is_base64)
            xml_hand(&xml, &run);
        if (!xml_text_tag(&xml.text, &xml.tag)) {
            if (is_base64)
                unpack_note(unpack, UNPACK_DAMAGED, "xml: cut short in base64");
            return;
        }
        xml.name_age++;
        if (xml.tag.name[0] != '\0') {
            memcpy(xml.name, xml.tag.name, sizeof xml.name);
            xml.name_age = 0;
        }
    }
}

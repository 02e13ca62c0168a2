#include "gate/ban_name.h"

#include "conf/dangerous.h"

#include <string.h>

/* --- Forms --- */

/* UTF-8 of what nobody sees: marks and embeddings of direction, joiners, byte order mark, soft hyphen. Their three
 * bytes are the same but for the last; two of two bytes. */
static size_t invisible_size(struct span text)
{
    /* NOLINTBEGIN(misc-misleading-bidirectional): that is what they are. */
    static const char *const marks[] = {
        "\xc2\xad",     "\xd8\x9c",     "\xe2\x80\x8b", "\xe2\x80\x8c", "\xe2\x80\x8d", "\xe2\x80\x8e",
        "\xe2\x80\x8f", "\xe2\x80\xaa", "\xe2\x80\xab", "\xe2\x80\xac", "\xe2\x80\xad", "\xe2\x80\xae",
        "\xe2\x81\xa0", "\xe2\x81\xa6", "\xe2\x81\xa7", "\xe2\x81\xa8", "\xe2\x81\xa9", "\xef\xbb\xbf",
    };
    /* NOLINTEND(misc-misleading-bidirectional) */
    if ((unsigned char)text.data[0] < 0x20 || text.data[0] == 0x7f)
        return 1;
    if ((unsigned char)text.data[0] < 0xc2)
        return 0;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (span_starts_with(text, marks[i]))
            return strlen(marks[i]);
    }
    return 0;
}

/* Letters and dots of other widths, which some programs and file systems take for the ASCII ones (Unicode's
 * compatibility forms): the ASCII letter, and how many bytes it stands for. */
static char ascii_form(struct span text, size_t *size_out)
{
    static const char *const dots[] = { "\xe3\x80\x82", "\xef\xbd\xa1", "\xe2\x80\xa4", "\xef\xb9\x92" };
    *size_out = 3;
    for (size_t i = 0; i < sizeof dots / sizeof dots[0]; i++) {
        if (span_starts_with(text, dots[i]))
            return '.';
    }
    if (text.size >= 3 && span_starts_with(text, "\xef")) { /* U+FF01 to U+FF5E */
        unsigned second = (unsigned char)text.data[1];
        unsigned third = (unsigned char)text.data[2];
        unsigned offset = (second - 0xbc) * 64 + (third - 0x80);
        if (second >= 0xbc && third >= 0x80 && third < 0xc0 && offset >= 1 && offset <= 94)
            return (char)(' ' + offset);
    }
    *size_out = 1;
    return text.data[0];
}

/* Blanks that are no ASCII: no-break space, ideographic space. */
static size_t end_size(struct span text)
{
    static const char *const blanks[] = { ".", " ", "\t", "\xc2\xa0", "\xe3\x80\x80" };
    for (size_t i = 0; i < sizeof blanks / sizeof blanks[0]; i++) {
        size_t size = strlen(blanks[i]);
        if (text.size >= size && memcmp(text.data + text.size - size, blanks[i], size) == 0)
            return size;
    }
    return 0;
}

static struct span cut_end(struct span text)
{
    for (size_t size = end_size(text); size > 0; size = end_size(text))
        text.size -= size;
    return text;
}

static struct span cut_folders(struct span text)
{
    while (text.size > 0 && (text.data[text.size - 1] == '/' || text.data[text.size - 1] == '\\'))
        text.size--;
    size_t start = text.size;
    while (start > 0 && text.data[start - 1] != '/' && text.data[start - 1] != '\\')
        start--;
    return span_from(text, start);
}

static void form_add(struct ban_name *name, struct span text)
{
    for (size_t i = 0; i < name->count; i++) {
        if (span_is(text, name->forms[i]))
            return;
    }
    if (text.size > 0 || name->count == 0)
        (void)span_copy(text, name->forms[name->count++], BAN_NAME_SIZE);
}

void ban_name_read(struct span name, struct ban_name *name_out)
{
    char visible[BAN_NAME_SIZE];
    size_t size = 0;
    if (name.size >= BAN_NAME_SIZE)
        name = span_from(name, name.size - BAN_NAME_SIZE + 1);
    name_out->count = 0;
    form_add(name_out, name);
    for (struct span rest = name; rest.size > 0;) {
        size_t taken = invisible_size(rest);
        if (taken == 0)
            visible[size++] = ascii_form(rest, &taken);
        rest = span_from(rest, taken);
    }
    struct span plain = span_trim(cut_end(cut_folders(cut_end(span_of(visible, size)))));
    size_t before = name_out->count;
    form_add(name_out, plain);
    name_out->plain = name_out->count > before ? before : 0;
    struct span behind = plain;
    struct span first = span_cut(&behind, ':');
    if (behind.data == NULL)
        return;
    form_add(name_out, cut_end(first)); /* a stream of a file: what is made is that file */
    while (span_find_byte(behind, ':') != SPAN_NONE)
        (void)span_cut(&behind, ':');
    form_add(name_out, span_trim(behind)); /* behind a drive's letter */
}

/* --- Extensions --- */

static const char document_extensions[] =
    "7z avi bmp csv doc docm docx eml gif gz htm html jpe jpeg jpg log md mov mp3 mp4 msg odp ods odt pdf png pps ppt "
    "pptm pptx rar rtf svg tif tiff txt wav webp xls xlsb xlsm xlsx xml zip";

static bool has_word(const char *words, struct span word)
{
    for (struct span rest = span_text(words); rest.size > 0;) {
        if (span_equal_nocase(span_cut(&rest, ' '), word))
            return true;
    }
    return false;
}

/* Cuts the last extension off *name. Empty where there is none. */
static struct span cut_extension(struct span *name)
{
    size_t dot = name->size;
    while (dot > 0 && name->data[dot - 1] != '.')
        dot--;
    if (dot == 0)
        return span_of(NULL, 0);
    struct span extension = span_from(*name, dot);
    name->size = dot - 1;
    return span_trim(extension);
}

bool ban_name_is_dangerous(const char *form)
{
    struct span name = span_text(form);
    struct span extension = cut_extension(&name);
    return extension.size > 0 && has_word(DANGEROUS_EXTENSIONS, extension);
}

bool ban_name_is_double(const char *form)
{
    struct span name = span_text(form);
    struct span extension = cut_extension(&name);
    if (extension.size == 0 || !has_word(DANGEROUS_EXTENSIONS, extension))
        return false;
    name = cut_end(name);
    struct span before = cut_extension(&name);
    return before.size > 0 && has_word(document_extensions, before);
}

#include "detect_binary.h"

#include "mail/detect_text.h"

#define BYTES(text)                                                                                                    \
    {                                                                                                                  \
        (text), sizeof(text) - 1                                                                                       \
    }

enum { MEMBER_HEADER = 30, MEMBER_NAME_AT = 26, MEMBER_EXTRA_AT = 28, TAR_BLOCK = 512 };

static bool is_at(const struct mail_sample *sample, uint64_t offset, const char *text)
{
    return span_starts_with(mail_sample_at(sample, offset, SIZE_MAX), text);
}

/* --- Programs --- */

/* Two letters alone are no program: text may begin so. */
const char *detect_read_program(const struct mail_sample *sample, const char *type)
{
    static const struct {
        struct span magic;
        const char *type;
    } rows[] = {
        { BYTES("PE\0\0"), "application/vnd.microsoft.portable-executable" },
        { BYTES("NE"), "application/x-ms-ne-executable" },
        { BYTES("LX"), "application/x-lx-executable" },
    };
    uint64_t header_at = mail_sample_far_at(sample);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (span_equal(mail_sample_at(sample, header_at, rows[i].magic.size), rows[i].magic))
            return rows[i].type;
    }
    return detect_is_text(mail_sample_at(sample, 0, MAIL_SAMPLE_HEAD)) ? NULL : type;
}

/* A shared object with a program interpreter is meant to be started. */
static bool elf_has_interpreter(const struct mail_sample *sample)
{
    enum { PT_INTERP_VALUE = 3, ELF_HEADERS_MOST = 64 };
    bool is_64 = mail_sample_number(sample, 4, 1) == 2;
    uint64_t at = is_64 ? mail_sample_number(sample, 32, 8) : mail_sample_number(sample, 28, 4);
    uint64_t count = mail_sample_number(sample, is_64 ? 56 : 44, 2);
    uint64_t size = is_64 ? 56 : 32;
    for (uint64_t i = 0; i < count && i < ELF_HEADERS_MOST && at < MAIL_SAMPLE_HEAD; i++, at += size) {
        if (mail_sample_number(sample, at, 4) == PT_INTERP_VALUE)
            return true;
    }
    return false;
}

const char *detect_read_elf(const struct mail_sample *sample, const char *type)
{
    static const char *const types[] = { NULL, "application/x-object", "application/x-executable",
                                         "application/x-sharedlib", "application/x-coredump" };
    enum { ET_DYN_VALUE = 3 };
    bool is_big = mail_sample_number(sample, 5, 1) == 2;
    uint64_t kind = mail_sample_number(sample, is_big ? 17 : 16, 1);
    if (kind == ET_DYN_VALUE && !is_big && elf_has_interpreter(sample))
        return "application/x-pie-executable";
    return kind > 0 && kind < sizeof types / sizeof types[0] ? types[kind] : type;
}

/* A class has its version there, 45 or above (JVM specification section 4.1), Mach-O its few machines. */
const char *detect_read_cafebabe(const struct mail_sample *sample, const char *type)
{
    uint64_t number = mail_sample_number(sample, 6, 1) << 8U | mail_sample_number(sample, 7, 1);
    return number >= 45 ? "application/x-java-applet" : type;
}

/* --- Containers --- */

/* [MS-CFB] section 2.6: the directory begins with the root, whose class is at 80 of it; four entries are kept. */
const char *detect_read_ole(const struct mail_sample *sample, const char *type)
{
#define COM_CLASS "\0\0\0\0\xc0\0\0\0\0\0\0\x46"
    static const struct {
        struct span mark;
        const char *type;
    } rows[] = {
        { BYTES("\x84\x10\x0c\0" COM_CLASS), "application/x-msi" },
        { BYTES("\x86\x10\x0c\0" COM_CLASS), "application/x-msi" },
        { BYTES("\x82\x10\x0c\0" COM_CLASS), "application/x-msi" },
        { BYTES("\x06\x09\x02\0" COM_CLASS), "application/msword" },
        { BYTES("\x00\x09\x02\0" COM_CLASS), "application/msword" },
        { BYTES("\x20\x08\x02\0" COM_CLASS), "application/vnd.ms-excel" },
        { BYTES("\x10\x08\x02\0" COM_CLASS), "application/vnd.ms-excel" },
        { BYTES("\x10\x8d\x81\x64\x9b\x4f\xcf\x11\x86\xea\0\xaa\0\xb9\x29\xe8"), "application/vnd.ms-powerpoint" },
        { BYTES("\x0b\x0d\x02\0" COM_CLASS), "application/vnd.ms-outlook" },
        { BYTES("\x01\x12\x02\0" COM_CLASS), "application/vnd.ms-publisher" },
        { BYTES("W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0"), "application/msword" },
        { BYTES("W\0o\0r\0k\0b\0o\0o\0k\0"), "application/vnd.ms-excel" },
        { BYTES("\0B\0o\0o\0k\0\0\0"), "application/vnd.ms-excel" },
        { BYTES("P\0o\0w\0e\0r\0P\0o\0i\0n\0t\0 \0D\0"), "application/vnd.ms-powerpoint" },
        { BYTES("_\0_\0p\0r\0o\0p\0e\0r\0t\0i\0e\0s\0_\0"), "application/vnd.ms-outlook" },
    };
#undef COM_CLASS
    struct span directory = mail_sample_at(sample, mail_sample_far_at(sample), MAIL_SAMPLE_FAR);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (span_find(directory, rows[i].mark) != SPAN_NONE)
            return rows[i].type;
    }
    return type;
}

/* OpenDocument part 2 section 3.3, and EPUB's container: the first member, stored, is the type. Longer ones first. */
static const char *read_zip_mimetype(struct span content, const char *type)
{
    static const char *const types[] = {
        "application/epub+zip",
        "application/vnd.oasis.opendocument.text-master",
        "application/vnd.oasis.opendocument.text-template",
        "application/vnd.oasis.opendocument.text-web",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.oasis.opendocument.spreadsheet-template",
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.presentation-template",
        "application/vnd.oasis.opendocument.presentation",
        "application/vnd.oasis.opendocument.graphics-template",
        "application/vnd.oasis.opendocument.graphics",
        "application/vnd.oasis.opendocument.chart-template",
        "application/vnd.oasis.opendocument.chart",
        "application/vnd.oasis.opendocument.formula-template",
        "application/vnd.oasis.opendocument.formula",
        "application/vnd.oasis.opendocument.image-template",
        "application/vnd.oasis.opendocument.image",
        "application/vnd.oasis.opendocument.database",
    };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (span_starts_with(content, types[i]))
            return types[i];
    }
    return type;
}

/* ECMA-376 part 2: the members' folders tell the kind. They are found by their magic, since sizes may be missing. */
static const char *read_zip_office(struct span head, const char *type)
{
    static const struct {
        const char *folder;
        const char *type;
    } rows[] = {
        { "word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document" },
        { "xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
        { "ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation" },
        { "visio/", "application/vnd.ms-visio.drawing.main+xml" },
    };
    size_t at = 0;
    while ((at = span_find(head, span_text("PK\3\4"))) != SPAN_NONE) {
        struct span name = span_from(head, at + MEMBER_HEADER);
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            if (span_starts_with_nocase(name, rows[i].folder))
                return rows[i].type;
        }
        head = span_from(head, at + 4);
    }
    return type;
}

const char *detect_read_zip(const struct mail_sample *sample, const char *type)
{
    static const struct {
        const char *name;
        const char *type; /* NULL: an Office package, perhaps */
    } rows[] = {
        { "[Content_Types].xml", NULL },
        { "_rels/", NULL },
        { "docProps/", NULL },
        { "customXml/", NULL },
        { "word/", NULL },
        { "xl/", NULL },
        { "ppt/", NULL },
        { "visio/", NULL },
        { "META-INF/", "application/java-archive" },
        { "AndroidManifest.xml", "application/vnd.android.package-archive" },
        { "classes.dex", "application/vnd.android.package-archive" },
    };
    struct span head = mail_sample_at(sample, 0, MAIL_SAMPLE_HEAD);
    struct span name = span_slice(head, MEMBER_HEADER, (size_t)mail_sample_number(sample, MEMBER_NAME_AT, 2));
    size_t extra_size = (size_t)mail_sample_number(sample, MEMBER_EXTRA_AT, 2);
    if (span_is(name, "mimetype"))
        return read_zip_mimetype(span_from(head, MEMBER_HEADER + name.size + extra_size), type);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (span_starts_with_nocase(name, rows[i].name))
            return rows[i].type != NULL ? rows[i].type : read_zip_office(head, type);
    }
    return type;
}

/* ISO/IEC 14496-12 section 4.3: the major brand. */
const char *detect_read_ftyp(const struct mail_sample *sample, const char *type)
{
    static const struct {
        const char *brand;
        const char *type;
    } rows[] = {
        { "M4A", "audio/x-m4a" },    { "M4B", "audio/x-m4a" }, { "M4V", "video/x-m4v" },
        { "qt", "video/quicktime" }, { "3g", "video/3gpp" },   { "hei", "image/heic" },
        { "mif1", "image/heif" },    { "avi", "image/avif" },  { "jp2", "image/jp2" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (is_at(sample, 8, rows[i].brand))
            return rows[i].type;
    }
    return type;
}

/* RFC 3533: the first page's only packet names the codec. */
const char *detect_read_ogg(const struct mail_sample *sample, const char *type)
{
    static const struct {
        const char *codec;
        const char *type;
    } rows[] = {
        { "\x01vorbis", "audio/ogg" },
        { "OpusHead", "audio/ogg" },
        { "Speex", "audio/ogg" },
        { "\x7f"
          "FLAC",
          "audio/ogg" },
        { "\x80theora", "video/ogg" },
        { "\x01video", "video/ogg" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (is_at(sample, 28, rows[i].codec))
            return rows[i].type;
    }
    return type;
}

const char *detect_read_riff(const struct mail_sample *sample, const char *type)
{
    static const struct {
        const char *form;
        const char *type;
    } rows[] = {
        { "WEBP", "image/webp" },
        { "WAVE", "audio/x-wav" },
        { "AVI ", "video/x-msvideo" },
        { "ACON", "application/x-navi-animation" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (is_at(sample, 8, rows[i].form))
            return rows[i].type;
    }
    return type;
}

/* RFC 8794 section 11.2.4: the document's type is in the EBML header, which is short. */
const char *detect_read_ebml(const struct mail_sample *sample, const char *type)
{
    enum { EBML_HEADER_MOST = 128 };
    struct span header = mail_sample_at(sample, 0, EBML_HEADER_MOST);
    return span_find(header, span_text("webm")) != SPAN_NONE ? "video/webm" : type;
}

/* --- Checks --- */

/* "-lh5-", "-lzs-": the method, behind the header's size and sum. */
const char *detect_check_lha(const struct mail_sample *sample, const char *type)
{
    struct span method = mail_sample_at(sample, 5, 2);
    return method.size == 2 && ascii_is_alnum(method.data[0]) && method.data[1] == '-' ? type : NULL;
}

const char *detect_check_bmp(const struct mail_sample *sample, const char *type)
{
    static const unsigned char sizes[] = { 12, 40, 52, 56, 64, 108, 124 }; /* of the second header */
    uint64_t size = mail_sample_number(sample, 14, 4);
    for (size_t i = 0; i < sizeof sizes; i++) {
        if (size == sizes[i])
            return type;
    }
    return NULL;
}

const char *detect_check_ico(const struct mail_sample *sample, const char *type)
{
    enum { ICO_IMAGES_MOST = 255, ICO_ENTRY_SIZE = 16 };
    uint64_t images = mail_sample_number(sample, 4, 2);
    uint64_t image_at = mail_sample_number(sample, 18, 4);
    bool is_sound = images > 0 && images <= ICO_IMAGES_MOST && mail_sample_number(sample, 9, 1) == 0 &&
                    image_at >= 6 + images * ICO_ENTRY_SIZE;
    return is_sound ? type : NULL;
}

/* The size is unknown (all ones) or below 256 GiB, and the dictionary's a round number. */
const char *detect_check_lzma(const struct mail_sample *sample, const char *type)
{
    uint64_t size = mail_sample_number(sample, 5, 8);
    uint64_t dictionary = mail_sample_number(sample, 1, 4);
    bool is_sound = mail_sample_at(sample, 5, 8).size == 8 && dictionary >= 4096 && (dictionary & 0xfffU) == 0 &&
                    (size == UINT64_MAX || size < UINT64_C(1) << 38U);
    return is_sound ? type : NULL;
}

/* ISO/IEC 11172-3 section 2.4.2.3: layer III, and neither a free nor a forbidden bit rate or sampling frequency. */
const char *detect_check_mp3(const struct mail_sample *sample, const char *type)
{
    uint64_t second = mail_sample_number(sample, 1, 1);
    uint64_t third = mail_sample_number(sample, 2, 1);
    bool is_sound = (second & 0xe6U) == 0xe2 && (second & 0x18U) != 0x08 && (third & 0xf0U) != 0 &&
                    (third & 0xf0U) != 0xf0 && (third & 0x0cU) != 0x0c;
    return is_sound ? type : NULL;
}

/* RFC 5652 section 3: a sequence, whatever its length says, that begins with one of PKCS #7's types. */
const char *detect_check_pkcs7(const struct mail_sample *sample, const char *type)
{
    uint64_t length = mail_sample_number(sample, 1, 1);
    uint64_t more = length > 0x80 ? length - 0x80 : 0;
    return is_at(sample, 2 + more, "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07") ? type : NULL;
}

const char *detect_check_swf(const struct mail_sample *sample, const char *type)
{
    enum { SWF_VERSION_MOST = 60 };
    uint64_t version = mail_sample_number(sample, 3, 1);
    return version > 0 && version <= SWF_VERSION_MOST && sample->size > 8 ? type : NULL;
}

/* POSIX ustar: the sum of the header's bytes, its own eight counted as spaces. Old tars have nothing else. */
const char *detect_check_tar(const struct mail_sample *sample, const char *type)
{
    enum { TAR_SUM_AT = 148, TAR_SUM_SIZE = 8, TAR_OCTAL_BITS = 3 };
    struct span block = mail_sample_at(sample, 0, TAR_BLOCK);
    if (block.size < TAR_BLOCK)
        return NULL;
    unsigned sum = 0;
    unsigned said = 0;
    for (size_t i = 0; i < TAR_BLOCK; i++) {
        bool is_sum = i >= TAR_SUM_AT && i < TAR_SUM_AT + TAR_SUM_SIZE;
        char c = block.data[i];
        sum += is_sum ? ' ' : (unsigned char)c;
        if (is_sum && c >= '0' && c <= '7')
            said = said << TAR_OCTAL_BITS | (unsigned)(c - '0');
    }
    return sum == said ? type : NULL;
}

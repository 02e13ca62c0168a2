#include "cpio.h"

#include "series.h"

enum { CPIO_NAME_MOST = 65536, CPIO_NAME_LIKELY = 4096 };
enum cpio_digits { CPIO_HEX = 16, CPIO_OCTAL = 8, CPIO_LITTLE = 1, CPIO_BIG = 2 };

struct cpio_field {
    size_t at;
    size_t size;
};

/* cpio(5), and afio's large ASCII header. */
struct cpio_kind {
    struct span magic;
    enum cpio_digits digits;
    size_t header_size;
    size_t padding;
    struct cpio_field mode;
    struct cpio_field name_size;
    struct cpio_field file_size;
};

static const struct cpio_kind cpio_kinds[] = {
    { { "070701", 6 }, CPIO_HEX, 110, 4, { 14, 8 }, { 94, 8 }, { 54, 8 } },
    { { "070702", 6 }, CPIO_HEX, 110, 4, { 14, 8 }, { 94, 8 }, { 54, 8 } },
    { { "070707", 6 }, CPIO_OCTAL, 76, 1, { 18, 6 }, { 59, 6 }, { 65, 11 } },
    { { "070727", 6 }, CPIO_HEX, 116, 1, { 31, 6 }, { 86, 4 }, { 99, 16 } },
    { { "\xc7\x71", 2 }, CPIO_LITTLE, 26, 2, { 6, 2 }, { 20, 2 }, { 22, 4 } },
    { { "\x71\xc7", 2 }, CPIO_BIG, 26, 2, { 6, 2 }, { 20, 2 }, { 22, 4 } },
};

struct cpio_header {
    const struct cpio_kind *kind;
    struct span name; /* without its NUL */
    size_t data_at;
    uint64_t size;
    uint64_t mode;
};

static bool cpio_digit(char c, unsigned base, unsigned *digit_out)
{
    c = ascii_lower(c);
    *digit_out = ascii_is_digit(c) ? (unsigned)(c - '0') : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 16;
    return *digit_out < base;
}

/* 16-bit words in the archive's byte order, the high one of two first. */
static uint64_t cpio_words(struct span field, bool is_little)
{
    uint64_t number = 0;
    for (size_t i = 0; i + 1 < field.size; i += 2) {
        unsigned first = (unsigned char)field.data[i];
        unsigned second = (unsigned char)field.data[i + 1];
        number = number << 16 | (is_little ? second << 8 | first : first << 8 | second);
    }
    return number;
}

static bool cpio_number(struct span header, const struct cpio_kind *kind, struct cpio_field where, uint64_t *number_out)
{
    struct span field = span_slice(header, where.at, where.size);
    *number_out = 0;
    if (kind->digits == CPIO_LITTLE || kind->digits == CPIO_BIG) {
        *number_out = cpio_words(field, kind->digits == CPIO_LITTLE);
        return true;
    }
    unsigned digit = 0;
    size_t digits = 0;
    /* At most 16 hexadecimal digits: it fits. */
    for (size_t i = 0; i < field.size && cpio_digit(field.data[i], kind->digits, &digit); i++, digits++)
        *number_out = *number_out * kind->digits + digit;
    return digits > 0;
}

static size_t cpio_pad(size_t at, size_t padding)
{
    return at + (padding - at % padding) % padding;
}

static bool cpio_parse(struct span rest, struct cpio_header *header_out)
{
    for (size_t i = 0; i < sizeof cpio_kinds / sizeof cpio_kinds[0]; i++) {
        const struct cpio_kind *kind = &cpio_kinds[i];
        if (rest.size < kind->header_size || !span_equal(span_slice(rest, 0, kind->magic.size), kind->magic))
            continue;
        uint64_t name_size = 0;
        *header_out = (struct cpio_header){ .kind = kind };
        if (!cpio_number(rest, kind, kind->mode, &header_out->mode) ||
            !cpio_number(rest, kind, kind->name_size, &name_size) ||
            !cpio_number(rest, kind, kind->file_size, &header_out->size) || name_size > CPIO_NAME_MOST)
            return false;
        header_out->name = span_slice(rest, kind->header_size, (size_t)name_size);
        header_out->data_at = cpio_pad(kind->header_size + header_out->name.size, kind->padding);
        if (header_out->data_at > rest.size)
            header_out->data_at = rest.size;
        header_out->name = span_slice(header_out->name, 0, span_find_byte(header_out->name, '\0'));
        return true;
    }
    return false;
}

/* Could a program have written it? A name that ends where it should, and a kind of file that there is. */
static bool cpio_is_likely(struct span rest, const struct cpio_header *header)
{
    if (header->name.size == 0 || header->name.size > CPIO_NAME_LIKELY)
        return false;
    for (size_t i = 0; i < header->name.size; i++) {
        if ((unsigned char)header->name.data[i] < ' ')
            return false;
    }
    uint64_t kind = header->mode >> 12;
    bool is_trailer = span_is(header->name, "TRAILER!!!");
    bool has_kind = is_trailer || kind == 1 || kind == 2 || kind == 4 || kind == 6 || kind == 8 || kind == 9 ||
                    kind == 10 || kind == 12;
    size_t end = header->kind->header_size + header->name.size;
    return has_kind && end < rest.size && rest.data[end] == '\0';
}

bool cpio_looks(struct span content)
{
    struct cpio_header header;
    return cpio_parse(content, &header) && cpio_is_likely(content, &header);
}

bool cpio_is_inner(struct span rest)
{
    struct cpio_header header;
    struct cpio_header next;
    if (!cpio_parse(rest, &header) || !cpio_is_likely(rest, &header))
        return false;
    if (span_is(header.name, "TRAILER!!!") || header.kind->magic.size > 2)
        return true;
    /* Two letters alone are no magic: the next header has to stand behind. Sizes are of 32 bits there. */
    struct span behind = span_from(rest, header.data_at + cpio_pad((size_t)header.size, header.kind->padding));
    return cpio_parse(behind, &next) && cpio_is_likely(behind, &next);
}

/* The next header at or behind `at` that is written in digits, or the end. Headers may overlap, so their names are
 * counted as work. */
static size_t cpio_find(struct unpack *unpack, struct span content, size_t at)
{
    struct cpio_header header = { .size = 0 };
    while (at < content.size && unpack_step(unpack, header.name.size)) {
        size_t found = span_find(span_from(content, at), span_text("0707"));
        if (found == SPAN_NONE)
            break;
        at += found;
        struct span rest = span_from(content, at);
        if (cpio_parse(rest, &header) && cpio_is_likely(rest, &header))
            return at;
        at++;
    }
    return content.size;
}

static bool cpio_read_member(struct unpack *unpack, const struct cpio_header *header, struct span data)
{
    enum { KIND_FILE = 8 };
    bool is_file = header->mode >> 12 == KIND_FILE || header->mode >> 12 == 0;
    if ((data.size == 0 && !is_file) || (data.size == 0 && span_is(header->name, "TRAILER!!!")))
        return true;
    /* The NUL stands behind it in the archive; if it does not, the name goes without. */
    struct span names = header->name;
    if (names.size > 0 && names.data + names.size < data.data && names.data[names.size] == '\0')
        names.size++;
    else
        names.size = 0;
    struct unpack_member member = { .names = names, .packed_size = data.size, .how = "cpio" };
    return unpack_member_slice(unpack, &member, data);
}

static size_t cpio_skip_zeros(struct span content, size_t at)
{
    while (at < content.size && content.data[at] == '\0')
        at++;
    return at;
}

/* Where no header stands: what is there, and the offset of the next one. */
static size_t cpio_pass_garbage(struct unpack *unpack, struct span content, size_t at, bool is_ended)
{
    struct cpio_header header;
    size_t next = cpio_skip_zeros(content, at);
    if (next > at && cpio_parse(span_from(content, next), &header))
        return next;
    next = cpio_find(unpack, content, at);
    if (!is_ended && (next < content.size || content.size - at >= SERIES_ASIDE))
        unpack_note(unpack, UNPACK_DAMAGED, "cpio: a corrupt header");
    /* Linux reads a compressed archive behind the padding of a plain one. */
    at = cpio_skip_zeros(span_slice(content, 0, next), at);
    series_hand_out(unpack, "between the members of cpio", span_slice(content, at, next - at));
    return next;
}

void cpio_read(struct unpack *unpack, struct span content)
{
    size_t at = 0;
    bool is_ended = false;
    struct cpio_header header;
    while (at < content.size) {
        struct span rest = span_from(content, at);
        if (!cpio_parse(rest, &header)) {
            at = cpio_pass_garbage(unpack, content, at, is_ended);
            continue;
        }
        rest = span_from(rest, header.data_at);
        struct span data = span_slice(rest, 0, header.size < rest.size ? (size_t)header.size : rest.size);
        if (data.size < header.size)
            unpack_note(unpack, UNPACK_DAMAGED, "cpio: cut short");
        if (!cpio_read_member(unpack, &header, data))
            return;
        is_ended = span_is(header.name, "TRAILER!!!");
        at += header.data_at + cpio_pad(data.size, header.kind->padding);
    }
}

#include "tar_header.h"

enum { TAR_NAME_SIZE = 100, TAR_PREFIX_SIZE = 155, TAR_MODE_AT = 100, TAR_SIZE_AT = 124, TAR_MTIME_AT = 136 };
enum {
    TAR_SUM_AT = 148,
    TAR_SUM_SIZE = 8,
    TAR_TYPE_AT = 156,
    TAR_LINK_AT = 157,
    TAR_MAGIC_AT = 257,
    TAR_PREFIX_AT = 345
};
enum { TAR_BASE_256 = 0x80, TAR_NEGATIVE = 0x40 };

static uint64_t tar_base_256(struct span field, bool *clean_out)
{
    uint64_t number = (unsigned char)field.data[0] & 0x3f;
    *clean_out = ((unsigned char)field.data[0] & TAR_NEGATIVE) == 0;
    if (!*clean_out)
        return 0;
    for (size_t i = 1; i < field.size; i++) {
        if (number >> 55 != 0) {
            *clean_out = false;
            return UINT64_MAX >> 1;
        }
        number = number << 8 | (unsigned char)field.data[i];
    }
    return number;
}

bool tar_number(struct span field, uint64_t *number_out)
{
    *number_out = 0;
    if (field.size == 0)
        return false;
    bool is_clean = true;
    if (((unsigned char)field.data[0] & TAR_BASE_256) != 0) {
        *number_out = tar_base_256(field, &is_clean);
        return is_clean;
    }
    size_t at = 0;
    while (at < field.size && (ascii_is_space(field.data[at]) || field.data[at] == '\0'))
        at++;
    size_t first = at;
    for (; at < field.size && field.data[at] >= '0' && field.data[at] <= '7' && *number_out >> 59 == 0; at++)
        *number_out = *number_out << 3 | (uint64_t)(field.data[at] - '0');
    /* Nothing but blanks is zero for all. */
    return (at > first || at == field.size) && (at == field.size || field.data[at] == '\0' || field.data[at] == ' ');
}

static struct span tar_text(struct span block, size_t at, size_t size)
{
    struct span field = span_slice(block, at, size);
    size_t end = span_find_byte(field, '\0');
    return span_slice(field, 0, end);
}

static bool tar_is_sum(struct span block)
{
    struct span field = span_slice(block, TAR_SUM_AT, TAR_SUM_SIZE);
    uint64_t wanted = 0;
    (void)tar_number(field, &wanted);
    unsigned sum = TAR_SUM_SIZE * ' ';
    int signed_sum = TAR_SUM_SIZE * ' ';
    for (size_t i = 0; i < TAR_BLOCK; i++) {
        if (i >= TAR_SUM_AT && i < TAR_SUM_AT + TAR_SUM_SIZE)
            continue;
        sum += (unsigned char)block.data[i];
        signed_sum += (signed char)block.data[i];
    }
    /* Some programs summed up signed bytes. */
    return wanted == sum || (signed_sum > 0 && wanted == (unsigned)signed_sum);
}

static bool tar_is_printing(struct span text)
{
    for (size_t i = 0; i < text.size; i++) {
        if ((unsigned char)text.data[i] < ' ')
            return false;
    }
    return true;
}

/* A digit at least, nothing else than digits and blanks, and one of these or a NUL at the end. */
static bool tar_is_octal(struct span field)
{
    uint64_t number = 0;
    bool has_digit = false;
    for (size_t i = 0; i < field.size; i++)
        has_digit = has_digit || ascii_is_digit(field.data[i]);
    char last = field.data[field.size - 1];
    return has_digit && (last == '\0' || last == ' ') && tar_number(field, &number) &&
           ((unsigned char)field.data[0] & TAR_BASE_256) == 0;
}

static bool tar_is_likely(struct span block)
{
    if (span_starts_with(span_from(block, TAR_MAGIC_AT), "ustar"))
        return true;
    /* v7: so all fields must be of the kind. */
    struct span name = tar_text(block, 0, TAR_NAME_SIZE);
    char type = block.data[TAR_TYPE_AT];
    return name.size > 0 && tar_is_printing(name) && tar_is_printing(tar_text(block, TAR_LINK_AT, TAR_NAME_SIZE)) &&
           (type == '\0' || (type >= '0' && type <= '7')) && tar_is_octal(span_slice(block, TAR_MODE_AT, 8)) &&
           tar_is_octal(span_slice(block, TAR_SIZE_AT, 12)) && tar_is_octal(span_slice(block, TAR_MTIME_AT, 12)) &&
           tar_is_octal(span_slice(block, TAR_SUM_AT, TAR_SUM_SIZE));
}

static bool tar_is_zeros(struct span block)
{
    for (size_t i = 0; i < block.size; i++) {
        if (block.data[i] != '\0')
            return false;
    }
    return true;
}

struct tar_header tar_header_parse(struct span block)
{
    struct tar_header header = { .state = TAR_NO_HEADER };
    if (tar_is_zeros(block))
        return (struct tar_header){ .state = TAR_ZEROS };
    if (tar_is_sum(block))
        header.state = TAR_SOUND;
    else if (tar_is_likely(block))
        header.state = TAR_WRONG_SUM;
    else
        return header;
    header.type = block.data[TAR_TYPE_AT];
    header.name = tar_text(block, 0, TAR_NAME_SIZE);
    /* GNU has other things there. */
    struct span magic = span_from(block, TAR_MAGIC_AT);
    if (span_starts_with(magic, "ustar") && magic.data[5] != ' ')
        header.prefix = tar_text(block, TAR_PREFIX_AT, TAR_PREFIX_SIZE);
    header.is_size_unsure = !tar_number(span_slice(block, TAR_SIZE_AT, 12), &header.size);
    return header;
}

bool tar_pax_record(struct span *rest, struct span *key_out, struct span *value_out)
{
    size_t space = span_find_byte(span_slice(*rest, 0, 20), ' ');
    uint64_t size = 0;
    if (space == SPAN_NONE || !span_number(span_slice(*rest, 0, space), &size))
        return false;
    if (size > rest->size || size < space + 2 || rest->data[size - 1] != '\n')
        return false;
    struct span record = span_slice(*rest, space + 1, (size_t)size - space - 2);
    size_t equals = span_find_byte(record, '=');
    if (equals == SPAN_NONE)
        return false;
    *key_out = span_slice(record, 0, equals);
    *value_out = span_from(record, equals + 1);
    *rest = span_from(*rest, (size_t)size);
    return true;
}

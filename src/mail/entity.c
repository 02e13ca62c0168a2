#include "entity.h"

#include "mail/header.h"
#include "mail/param.h"

#include <stdio.h>
#include <string.h>

void mail_entity_init(struct mail_entity *entity, size_t names_bytes)
{
    *entity = (struct mail_entity){ 0 };
    mail_names_init(&entity->names, names_bytes);
}

void mail_entity_fini(struct mail_entity *entity)
{
    buf_fini(&entity->boundary);
    mail_names_fini(&entity->names);
}

static void entity_note(struct mail_entity *entity, enum mail_defect defect)
{
    entity->defects |= MAIL_DEFECT_BIT(defect);
}

static bool is_type(struct span text)
{
    size_t slash = span_find_byte(text, '/');
    return slash != SPAN_NONE && slash > 0 && slash + 1 < text.size;
}

/* "type/subtype" as it should be, or with spaces or comments around the slash, as RFC 822 let it be written. */
static void entity_put_type(struct mail_entity *entity, struct span value)
{
    struct mail_params params;
    mail_params_init(&params, value);
    struct span head = params.head;
    struct span rest = params.rest;
    (void)span_copy(head, entity->type, sizeof entity->type);
    if (!is_type(head) && head.size > 0 && head.size < sizeof entity->type) {
        bool has_slash = head.data[head.size - 1] == '/';
        if (!has_slash && rest.size > 0 && rest.data[0] == '/')
            rest = span_from(rest, 1);
        else if (!has_slash)
            rest.size = 0;
        struct mail_params second;
        mail_params_init(&second, rest);
        int size = (int)second.head.size;
        if (second.head.size > 0 && second.head.size < sizeof entity->type)
            (void)snprintf(entity->type + head.size, sizeof entity->type - head.size, "%s%.*s", has_slash ? "" : "/",
                           size, second.head.data);
    }
    for (char *c = entity->type; *c != '\0'; c++)
        *c = ascii_lower(*c);
    if (!is_type(span_text(entity->type)))
        entity_note(entity, MAIL_DEFECT_TYPE_SYNTAX);
}

static void entity_put_boundary(struct mail_entity *entity, struct span value)
{
    buf_fini(&entity->boundary);
    buf_init(&entity->boundary, value.size);
    if (!mail_param_find(value, "boundary", &entity->boundary, &entity->defects))
        buf_clear(&entity->boundary);
    while (entity->boundary.size > 0 && ascii_is_space(entity->boundary.data[entity->boundary.size - 1]))
        entity->boundary.size--; /* can't be told from padding at a delimiter's end (RFC 2046 section 5.1.1) */
    if (entity->boundary.size > MAIL_BOUNDARY_USUAL)
        entity_note(entity, MAIL_DEFECT_BOUNDARY_LONG);
    if (entity->boundary.size == 0)
        entity_note(entity, MAIL_DEFECT_BOUNDARY_MISSING);
    else
        entity->kind = MAIL_MULTIPART;
}

static void entity_set_kind(struct mail_entity *entity, struct span value)
{
    struct span type = span_text(entity->type);
    entity->kind = MAIL_LEAF;
    if (span_starts_with(type, "multipart/"))
        entity_put_boundary(entity, value);
    else if (span_is(type, "message/rfc822") || span_is(type, "message/global"))
        entity->kind = MAIL_MESSAGE;
}

static void read_type(struct mail_entity *entity, struct span value, bool is_first)
{
    mail_names_add_field(&entity->names, value, "name");
    if (!is_first)
        return;
    entity_put_type(entity, value);
    entity_set_kind(entity, value);
}

static void read_encoding(struct mail_entity *entity, struct span value, bool is_first)
{
    enum mail_encoding encoding = MAIL_ENCODING_IDENTITY;
    if (!mail_encoding_read(value, &encoding))
        entity_note(entity, MAIL_DEFECT_ENCODING_UNKNOWN);
    if (is_first)
        entity->encoding = encoding;
}

static void read_disposition(struct mail_entity *entity, struct span value, bool is_first)
{
    (void)is_first;
    mail_names_add_field(&entity->names, value, "filename");
}

static const struct {
    const char *name;
    void (*read)(struct mail_entity *entity, struct span value, bool is_first);
    enum mail_defect twice;
} entity_fields[] = {
    { "Content-Type", read_type, MAIL_DEFECT_TYPE_TWICE },
    { "Content-Transfer-Encoding", read_encoding, MAIL_DEFECT_ENCODING_TWICE },
    { "Content-Disposition", read_disposition, MAIL_DEFECT_DISPOSITION_TWICE },
};

static void entity_read_field(struct mail_entity *entity, const struct mail_field *field)
{
    if (mail_field_is_spaced(field))
        entity_note(entity, MAIL_DEFECT_HEADER_COLON);
    for (unsigned i = 0; i < sizeof entity_fields / sizeof entity_fields[0]; i++) {
        if (!span_is_nocase(field->name, entity_fields[i].name))
            continue;
        bool is_first = (entity->seen & (1U << i)) == 0;
        entity->seen |= 1U << i;
        entity_fields[i].read(entity, field->value, is_first);
        if (!is_first)
            entity_note(entity, entity_fields[i].twice);
    }
}

/* A CR that ends no line is a line's end to some programs. */
static bool has_lone_cr(struct span header)
{
    for (;;) {
        size_t at = span_find_byte(header, '\r');
        if (at == SPAN_NONE)
            return false;
        header = span_from(header, at + 1);
        if (header.size > 0 && header.data[0] != '\n')
            return true;
    }
}

static bool has_blank_line(struct span header)
{
    while (header.size > 0) {
        struct span line = mail_line_cut(&header);
        if (span_trim(line).size == 0 && mail_line_text(line).size > 0)
            return true;
    }
    return false;
}

void mail_entity_read(struct mail_entity *entity, struct span header, const char *default_type)
{
    entity->encoding = MAIL_ENCODING_IDENTITY;
    entity->defects = 0;
    entity->seen = 0;
    mail_names_clear(&entity->names);
    (void)span_copy(span_text(default_type), entity->type, sizeof entity->type);
    entity_set_kind(entity, span_of(NULL, 0));

    struct mail_field field;
    for (struct span rest = header; mail_field_next(&rest, &field);)
        entity_read_field(entity, &field);
    if (span_find_byte(header, '\0') != SPAN_NONE)
        entity_note(entity, MAIL_DEFECT_HEADER_NUL);
    if (has_lone_cr(header))
        entity_note(entity, MAIL_DEFECT_HEADER_CR);
    if (has_blank_line(header))
        entity_note(entity, MAIL_DEFECT_HEADER_BLANK);
    entity->defects |= entity->names.defects;
}

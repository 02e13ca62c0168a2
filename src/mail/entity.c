#include "entity.h"

#include "mail/header.h"
#include "mail/mime_field.h"
#include "mail/param.h"
#include "mail/value.h"

#include <stdio.h>
#include <string.h>

void mail_entity_init(struct mail_entity *entity, size_t names_bytes)
{
    *entity = (struct mail_entity){ 0 };
    mail_boundaries_init(&entity->boundaries);
    mail_names_init(&entity->names, names_bytes);
}

void mail_entity_fini(struct mail_entity *entity)
{
    mail_boundaries_fini(&entity->boundaries);
    mail_names_fini(&entity->names);
}

static void entity_note(struct mail_entity *entity, enum mail_defect defect)
{
    entity->defects |= MAIL_DEFECT_BIT(defect);
}

/* --- Content-Type --- */

/* "type/subtype", in lower case, without the spaces, quotes and comments that some put around its slash. */
static void read_media_type(struct span value, char type_out[MAIL_TYPE_SIZE])
{
    size_t size = 0;
    bool has_slash = false;
    bool is_gap = false;
    for (size_t i = 0; i < value.size && size + 1 < MAIL_TYPE_SIZE; i++) {
        char c = value.data[i];
        if (c == ';' || c == ',')
            break;
        if (ascii_is_space(c) || c == '"' || c == '\'') {
            is_gap = is_gap || (size > 0 && ascii_is_space(c));
            continue;
        }
        bool is_slash = c == '/' && !has_slash;
        if (is_gap && !is_slash && type_out[size - 1] != '/')
            break; /* a second word: a parameter whose semicolon is missing */
        has_slash |= is_slash;
        is_gap = false;
        type_out[size++] = ascii_lower(c);
    }
    type_out[size] = '\0';
}

static const struct {
    const char *prefix;
    unsigned kind;
} kind_rows[] = {
    { "multipart/digest", MAIL_MULTIPART | MAIL_DIGEST },
    { "multipart", MAIL_MULTIPART },
    { "message/partial", MAIL_PARTIAL },
    { "message/external-body", MAIL_EXTERNAL },
    { "message/rfc822-headers", MAIL_LEAF },
    { "message/rfc822", MAIL_MESSAGE },
    { "message/global-", MAIL_LEAF },
    { "message/global", MAIL_MESSAGE },
    { "message/news", MAIL_MESSAGE },
    { "message/x-rfc822", MAIL_MESSAGE },
    { "message/disposition-notification", MAIL_LEAF },
    { "message/delivery-status", MAIL_LEAF },
    { "message/feedback-report", MAIL_LEAF },
    { "message/tracking-status", MAIL_LEAF },
    { "message/", MAIL_LEAF | MAIL_MESSAGE }, /* to most a file, to some a message, as all of that type once were */
    { "", MAIL_LEAF },
};

static unsigned kind_of(const char *type)
{
    size_t i = 0;
    while (!span_starts_with(span_text(type), kind_rows[i].prefix))
        i++;
    return kind_rows[i].kind;
}

static void add_charset(struct mail_entity *entity, struct span name)
{
    char text[MAIL_CHARSET_SIZE];
    if (name.size == 0 || name.size >= sizeof text || entity->charset_count == MAIL_CHARSETS_MOST)
        return;
    (void)span_copy(name, text, sizeof text);
    for (char *c = text; *c != '\0'; c++)
        *c = ascii_lower(*c);
    for (size_t i = 0; i < entity->charset_count; i++) {
        if (strcmp(entity->charsets[i], text) == 0)
            return;
    }
    (void)snprintf(entity->charsets[entity->charset_count++], sizeof text, "%s", text);
}

/* How the text is to be read: its charsets, and whether its lines flow. */
static void read_text_params(struct mail_entity *entity, struct span value)
{
    struct mail_params params;
    struct mail_param param;
    struct mail_param_place place;
    struct mail_names names;
    mail_params_init(&params, value);
    while (mail_params_next(&params, &param)) {
        if (mail_param_is(&param, "format", &place))
            entity->is_flowed |= span_is_nocase(span_trim(param.value), "flowed");
        if (mail_param_is(&param, "delsp", &place))
            entity->is_delsp |= span_is_nocase(span_trim(param.value), "yes");
        if (!mail_param_is(&param, "charset", &place))
            continue;
        struct span name = span_trim(param.value);
        add_charset(entity, name);
        if (place.is_extended) { /* charset''name: what stands behind the quotes (RFC 2231 section 4) */
            while (span_find_byte(name, '\'') != SPAN_NONE)
                (void)span_cut(&name, '\'');
            add_charset(entity, name);
        }
    }
    /* In sections, with percent signs, in encoded words. */
    mail_names_init(&names, (size_t)MAIL_NAMES_MOST * MAIL_CHARSET_SIZE);
    mail_names_add_field(&names, value, "charset");
    for (struct span list = buf_span(&names.list); list.size > 0;)
        add_charset(entity, span_trim(span_cut(&list, '\0')));
    mail_names_fini(&names);
}

/* The first is the main one; every further reading adds what the body may be. */
static void read_type(struct mail_entity *entity, const struct mail_mime_field *field, bool is_main)
{
    struct mail_value readings;
    mail_names_add_field(&entity->names, field->value, "name");
    mail_names_add_field(&entity->names, field->value, "filename");
    mail_value_init(&readings, field->value);
    for (size_t i = 0; i < readings.count; i++) {
        char type[MAIL_TYPE_SIZE];
        struct span value = buf_span(&readings.readings[i]);
        read_media_type(value, type);
        if (i == 0 && is_main) {
            (void)snprintf(entity->type, sizeof entity->type, "%s", type);
            entity->kinds = kind_of(type);
            entity->kind = (entity->kinds & MAIL_LEAF) != 0 ? MAIL_LEAF : entity->kinds;
        }
        if (i == 0 || strchr(type, '/') != NULL)
            entity->kinds |= kind_of(type);
        if (i == 0)
            read_text_params(entity, value);
    }
    const char *slash = strchr(entity->type, '/');
    if (is_main && (slash == NULL || slash == entity->type || slash[1] == '\0'))
        entity_note(entity, MAIL_DEFECT_TYPE_SYNTAX);
    entity->is_cut |= readings.is_cut;
    mail_value_fini(&readings);
    mail_boundaries_add_field(&entity->boundaries, field->value);
}

/* --- The other two --- */

static void read_encoding(struct mail_entity *entity, const struct mail_mime_field *field, bool is_main)
{
    struct mail_encodings encodings;
    mail_encodings_read(field->value, &encodings);
    if (is_main)
        entity->encodings.main = encodings.main;
    entity->encodings.all |= encodings.all;
    entity->encodings.is_unknown |= encodings.is_unknown;
    entity->encodings.is_odd |= encodings.is_odd;
    if (encodings.is_odd)
        entity_note(entity, MAIL_DEFECT_ENCODING_UNKNOWN);
}

static void read_disposition(struct mail_entity *entity, const struct mail_mime_field *field, bool is_main)
{
    (void)is_main;
    mail_names_add_field(&entity->names, field->value, "filename");
    mail_names_add_field(&entity->names, field->value, "name");
    if (span_find_nocase(field->value, span_text("boundary")) != SPAN_NONE)
        mail_boundaries_add_field(&entity->boundaries, field->value);
}

/* Fields that name a part where nothing else does. */
static const struct {
    const char *name;
    void (*add)(struct mail_names *names, struct span field_value);
} other_names[] = {
    { "Content-Description", mail_names_add_text },
    { "Content-Location", mail_names_add_text },
    { "Content-ID", mail_names_add_id },
};

static void read_other_names(struct mail_entity *entity, struct span header)
{
    struct mail_field field;
    while (mail_field_next(&header, &field)) {
        for (size_t i = 0; i < sizeof other_names / sizeof other_names[0]; i++) {
            if (span_is_nocase(field.name, other_names[i].name))
                other_names[i].add(&entity->names, field.value);
        }
    }
}

static const struct {
    void (*read)(struct mail_entity *entity, const struct mail_mime_field *field, bool is_main);
    enum mail_defect twice;
} entity_fields[MAIL_MIME_NAMES] = {
    [MAIL_MIME_TYPE] = { read_type, MAIL_DEFECT_TYPE_TWICE },
    [MAIL_MIME_ENCODING] = { read_encoding, MAIL_DEFECT_ENCODING_TWICE },
    [MAIL_MIME_DISPOSITION] = { read_disposition, MAIL_DEFECT_DISPOSITION_TWICE },
};

/* Which field of each name is the main one: the first strict one, else the first. */
static void choose_main(struct span header, size_t main_out[MAIL_MIME_NAMES])
{
    struct mail_mime_field field;
    bool is_strict[MAIL_MIME_NAMES] = { false };
    size_t number = 0;
    for (size_t i = 0; i < MAIL_MIME_NAMES; i++)
        main_out[i] = SPAN_NONE;
    for (struct span rest = header; mail_mime_field_next(&rest, &field); number++) {
        if (main_out[field.name] == SPAN_NONE || (field.is_strict && !is_strict[field.name])) {
            main_out[field.name] = number;
            is_strict[field.name] = field.is_strict;
        }
    }
}

static void entity_clear(struct mail_entity *entity)
{
    entity->encodings = (struct mail_encodings){ .main = MAIL_ENCODING_IDENTITY };
    entity->defects = 0;
    entity->charset_count = 0;
    entity->field_bytes = 0;
    entity->is_cut = entity->has_type = entity->has_encoding = false;
    entity->is_flowed = entity->is_delsp = false;
    mail_names_clear(&entity->names);
    mail_boundaries_clear(&entity->boundaries);
}

void mail_entity_read(struct mail_entity *entity, struct span header, const char *default_type)
{
    size_t mains[MAIL_MIME_NAMES];
    unsigned seen = 0;
    struct mail_mime_field field;
    size_t number = 0;
    entity_clear(entity);
    choose_main(header, mains);
    (void)snprintf(entity->type, sizeof entity->type, "%s", default_type);
    entity->kind = entity->kinds = kind_of(default_type);
    for (int wants_main = 1; wants_main >= 0; wants_main--) {
        number = 0;
        for (struct span rest = header; mail_mime_field_next(&rest, &field); number++) {
            bool is_main = mains[field.name] == number;
            if (is_main != (wants_main == 1))
                continue;
            if ((seen & (1U << field.name)) != 0)
                entity_note(entity, entity_fields[field.name].twice);
            seen |= 1U << field.name;
            if (!field.is_strict)
                entity_note(entity, MAIL_DEFECT_HEADER_COLON);
            entity->field_bytes += field.value.size;
            entity_fields[field.name].read(entity, &field, is_main);
        }
    }
    if (entity->names.count == 0)
        read_other_names(entity, header);
    entity->has_type = (seen & (1U << MAIL_MIME_TYPE)) != 0;
    entity->has_encoding = (seen & (1U << MAIL_MIME_ENCODING)) != 0;
    entity->encodings.all |= MAIL_ENCODING_BIT(entity->encodings.main);
    if (span_find_byte(header, '\0') != SPAN_NONE)
        entity_note(entity, MAIL_DEFECT_HEADER_NUL);
    entity->is_cut |= entity->names.is_cut || entity->boundaries.is_cut;
    entity->defects |= entity->names.defects;
}

#include "names.h"

#include "mail/charset.h"
#include "mail/encoded_word.h"
#include "mail/param.h"

#include <stdlib.h>

/* Numbered pieces of one parameter (RFC 2231 section 3), as they come. */
struct section {
    uint32_t number;
    uint32_t order;
    bool is_extended;
    struct mail_param param;
};

struct sections {
    struct section items[MAIL_SECTIONS_MOST];
    size_t count;
};

void mail_names_init(struct mail_names *names, size_t most_bytes)
{
    *names = (struct mail_names){ 0 };
    buf_init(&names->list, most_bytes);
}

void mail_names_clear(struct mail_names *names)
{
    buf_clear(&names->list);
    names->count = 0;
    names->defects = 0;
    names->is_cut = false;
}

void mail_names_fini(struct mail_names *names)
{
    buf_fini(&names->list);
}

/* At most MAIL_NAMES_MOST comparisons, so finding doubles costs no more than a fixed factor. */
static bool names_has(const struct mail_names *names, struct span name)
{
    struct span list = buf_span(&names->list);
    size_t at = 0;
    for (size_t i = 0; i < names->count; i++) {
        if (span_equal(span_slice(list, at, names->sizes[i]), name))
            return true;
        at += names->sizes[i] + 1;
    }
    return false;
}

static void names_add_one(struct mail_names *names, struct span name)
{
    if (name.size == 0 || names_has(names, name))
        return;
    if (names->count == MAIL_NAMES_MOST || name.size >= names->list.limit - names->list.size) {
        names->is_cut = true;
        return;
    }
    buf_put_span(&names->list, name);
    buf_put_char(&names->list, '\0');
    names->sizes[names->count++] = name.size;
}

/* A program that ends a name at its first NUL shows another one than a program that drops it. */
static void names_add(struct mail_names *names, struct span name)
{
    if (span_find_byte(name, '\0') == SPAN_NONE) {
        names_add_one(names, name);
        return;
    }
    struct buf without;
    buf_init(&without, name.size);
    for (struct span rest = name; rest.size > 0;)
        buf_put_span(&without, span_cut(&rest, '\0'));
    names->defects |= MAIL_DEFECT_BIT(MAIL_DEFECT_NAME_NUL);
    names_add_one(names, span_cut(&name, '\0'));
    names_add_one(names, buf_span(&without));
    buf_fini(&without);
}

/* As it stands, and with encoded words undone: they don't belong into parameters, but most programs write them. */
static void names_add_readings(struct mail_names *names, struct span name)
{
    struct buf decoded;
    names_add(names, name);
    buf_init(&decoded, names->list.limit);
    if (mail_encoded_words_put(name, &decoded))
        names_add(names, buf_span(&decoded));
    names->is_cut |= buf_overflowed(&decoded);
    buf_fini(&decoded);
}

static void names_add_plain(struct mail_names *names, const struct mail_param *param)
{
    struct buf value;
    buf_init(&value, param->value.size);
    mail_param_put(param, &value);
    names_add_readings(names, buf_span(&value));
    buf_fini(&value);
    if (span_find_byte(param->value, '\\') != SPAN_NONE) /* a path of Windows, to a program without quoted pairs */
        names_add(names, param->value);
    if (param->loose.size > 0)
        names_add_readings(names, param->loose);
}

static int section_compare(const void *a, const void *b)
{
    const struct section *x = a;
    const struct section *y = b;
    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* "charset'language'text" at the start of an extended value. */
static struct span cut_charset(struct span *text, mail_defects *defects)
{
    struct span rest = *text;
    struct span charset = span_cut(&rest, '\'');
    size_t end = span_find_byte(rest, '\'');
    if (end == SPAN_NONE) {
        *defects |= MAIL_DEFECT_BIT(MAIL_DEFECT_PARAM_SYNTAX);
        return span_of(NULL, 0);
    }
    *text = span_from(rest, end + 1);
    return charset;
}

/* Joins the sections in their order; an extended first one names the charset of all. */
static void sections_put(struct section *items, size_t count, struct buf *text_out, mail_defects *defects)
{
    struct span charset = { 0 };
    struct buf bytes;
    buf_init(&bytes, text_out->limit);
    qsort(items, count, sizeof *items, section_compare);
    for (size_t i = 0; i < count; i++) {
        struct buf raw;
        buf_init(&raw, items[i].param.value.size);
        mail_param_put(&items[i].param, &raw);
        struct span text = buf_span(&raw);
        if (items[i].number != i)
            *defects |= MAIL_DEFECT_BIT(MAIL_DEFECT_PARAM_SECTIONS);
        if (items[i].is_extended && i == 0) {
            (void)cut_charset(&text, defects);
            struct span value = items[i].param.value;
            mail_defects ignored = 0;
            charset = cut_charset(&value, &ignored);
        }
        if (items[i].is_extended)
            mail_percent_put(text, &bytes);
        else
            buf_put_span(&bytes, text);
        buf_fini(&raw);
    }
    mail_charset_put(charset, buf_span(&bytes), text_out);
    text_out->overflowed |= buf_overflowed(&bytes);
    buf_fini(&bytes);
}

static void names_add_sections(struct mail_names *names, struct section *items, size_t count)
{
    struct buf text;
    if (count == 0)
        return;
    buf_init(&text, names->list.limit);
    sections_put(items, count, &text, &names->defects);
    names_add_readings(names, buf_span(&text));
    names->is_cut |= buf_overflowed(&text);
    buf_fini(&text);
}

static void sections_add(struct sections *sections, const struct section *section, bool *is_cut)
{
    if (sections->count == MAIL_SECTIONS_MOST) {
        *is_cut = true;
        return;
    }
    sections->items[sections->count] = *section;
    sections->items[sections->count].order = (uint32_t)sections->count;
    sections->count++;
}

void mail_names_add_field(struct mail_names *names, struct span field_value, const char *base)
{
    struct sections sections;
    struct mail_params params;
    struct mail_param param;
    sections.count = 0;
    mail_params_init(&params, field_value);
    while (mail_params_next(&params, &param)) {
        struct mail_param_place place;
        if (!mail_param_is(&param, base, &place))
            continue;
        struct section section = { .number = place.section, .is_extended = place.is_extended, .param = param };
        if (place.is_section)
            sections_add(&sections, &section, &names->is_cut);
        else if (place.is_extended)
            names_add_sections(names, &section, 1);
        else
            names_add_plain(names, &param);
    }
    names->defects |= params.defects;
    names_add_sections(names, sections.items, sections.count);
}

bool mail_param_find(struct span field_value, const char *base, struct buf *text_out, mail_defects *defects)
{
    struct sections sections;
    struct mail_params params;
    struct mail_param param;
    size_t plain_count = 0;
    bool is_cut = false;
    sections.count = 0;
    mail_params_init(&params, field_value);
    while (mail_params_next(&params, &param)) {
        struct mail_param_place place;
        if (!mail_param_is(&param, base, &place))
            continue;
        struct section section = { .number = place.section, .is_extended = place.is_extended, .param = param };
        if (place.is_section || place.is_extended)
            sections_add(&sections, &section, &is_cut);
        else if (plain_count++ == 0)
            mail_param_put(&param, text_out);
    }
    *defects |= params.defects;
    if (plain_count > 1 || (plain_count > 0 && sections.count > 0))
        *defects |= MAIL_DEFECT_BIT(MAIL_DEFECT_PARAM_TWICE);
    if (plain_count == 0 && sections.count > 0)
        sections_put(sections.items, sections.count, text_out, defects);
    return plain_count > 0 || sections.count > 0;
}

#include "names.h"

#include "mail/charset.h"
#include "mail/encoded_word.h"
#include "mail/param.h"
#include "mail/value.h"

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

static struct span cut_at_control(struct span *rest)
{
    size_t size = 0;
    while (size < rest->size && rest->data[size] != '\0' && rest->data[size] != '\r' && rest->data[size] != '\n')
        size++;
    struct span first = span_slice(*rest, 0, size);
    *rest = span_from(*rest, size + 1);
    return first;
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

/* A program that ends a name at its first NUL, or line end, shows another one than a program that drops them. */
static void names_add(struct mail_names *names, struct span name)
{
    struct span rest = name;
    struct span first = cut_at_control(&rest);
    if (first.size == name.size) {
        names_add_one(names, name);
        return;
    }
    struct buf without;
    buf_init(&without, name.size);
    buf_put_span(&without, first);
    while (rest.size > 0)
        buf_put_span(&without, cut_at_control(&rest));
    if (span_find_byte(name, '\0') != SPAN_NONE)
        names->defects |= MAIL_DEFECT_BIT(MAIL_DEFECT_NAME_NUL);
    names_add_one(names, first);
    names_add_one(names, buf_span(&without));
    buf_fini(&without);
}

/* As it stands, and with percent signs undone, which some programs do wherever they stand. */
static void names_add_percent(struct mail_names *names, struct span name)
{
    names_add(names, name);
    if (span_find_byte(name, '%') == SPAN_NONE)
        return;
    struct buf decoded;
    buf_init(&decoded, name.size);
    mail_percent_put(name, &decoded);
    names_add(names, buf_span(&decoded));
    buf_fini(&decoded);
}

/* As it stands, and with encoded words undone: they don't belong into parameters, but most programs write them. */
static void names_add_readings(struct mail_names *names, struct span name)
{
    names_add_percent(names, name);
    if (span_find(name, span_text("=?")) == SPAN_NONE)
        return;
    struct buf decoded;
    buf_init(&decoded, names->list.limit);
    if (mail_encoded_words_put(name, &decoded))
        names_add_percent(names, buf_span(&decoded));
    names->is_cut |= buf_overflowed(&decoded);
    buf_clear(&decoded);
    if (mail_encoded_words_put_raw(name, &decoded))
        names_add_percent(names, buf_span(&decoded));
    buf_fini(&decoded);
}

/* What programs take that look for quotes less well: without any of them. */
static void names_add_unquoted(struct mail_names *names, struct span text)
{
    struct buf without;
    buf_init(&without, text.size);
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] != '"')
            buf_put_char(&without, text.data[i]);
    }
    names_add_readings(names, span_trim(buf_span(&without)));
    buf_fini(&without);
}

static void names_add_plain(struct mail_names *names, const struct mail_param *param)
{
    struct buf value;
    buf_init(&value, param->value.size);
    mail_param_put(param, &value);
    struct span name = buf_span(&value);
    names_add_readings(names, name);
    if (name.size >= 2 && name.data[0] == '\'' && name.data[name.size - 1] == '\'')
        names_add_readings(names, span_slice(name, 1, name.size - 2));
    buf_fini(&value);
    if (span_find_byte(param->value, '\\') != SPAN_NONE) { /* a path of Windows, to a program without quoted pairs */
        names_add(names, param->value);
        names_add(names, span_slice(param->value, 0, span_find_byte(param->value, '"')));
    }
    if (param->is_quoted && span_find_byte(param->value, ';') != SPAN_NONE) /* to one that cuts before it looks */
        names_add_readings(names, span_slice(param->value, 0, span_find_byte(param->value, ';')));
    if (param->loose.size == 0)
        return;
    names_add_readings(names, param->loose);
    if (span_find_byte(param->loose, '"') != SPAN_NONE)
        names_add_unquoted(names, param->loose);
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

/* Joins the sections, which are in their order; an extended first one names the charset of all. With is_raw the charset
 * does not count. True where that makes a difference. */
static bool sections_put(const struct section *items, size_t count, bool is_raw, struct buf *text_out,
                         mail_defects *defects)
{
    struct span charset = { 0 };
    struct buf bytes;
    buf_init(&bytes, text_out->limit);
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
    if (is_raw)
        buf_put_span(text_out, buf_span(&bytes));
    else
        mail_charset_put(charset, buf_span(&bytes), text_out);
    text_out->overflowed |= buf_overflowed(&bytes);
    buf_fini(&bytes);
    return mail_charset_is_odd(charset);
}

/* Which sections a program joins: of those with the same number, and behind a gap. Some know but one kind of them, or
 * take the first one for all there is. */
enum pick { PICK_ALL, PICK_FIRSTS, PICK_LASTS, PICK_UNTIL_GAP, PICK_EXTENDED, PICK_PLAIN, PICK_ONE, PICKS };

/* Two of the last three say something new only where numbers repeat; and a piece of a name without a dot is none that
 * anybody would mind. */
static bool is_worth(const struct sections *sections, enum pick pick)
{
    bool repeats = false;
    for (size_t i = 1; i < sections->count; i++)
        repeats |= sections->items[i].number == sections->items[i - 1].number;
    if (pick != PICK_ONE)
        return repeats || pick < PICK_EXTENDED;
    struct span first = sections->count > 0 ? sections->items[0].param.value : span_of(NULL, 0);
    return span_find_byte(first, '.') != SPAN_NONE || span_find_nocase(first, span_text("%2e")) != SPAN_NONE;
}

static bool is_picked(const struct sections *sections, size_t i, enum pick pick, size_t picked)
{
    const struct section *items = sections->items;
    bool is_first = i == 0 || items[i].number != items[i - 1].number;
    bool is_last = i + 1 == sections->count || items[i].number != items[i + 1].number;
    switch (pick) {
    case PICK_FIRSTS:
        return is_first;
    case PICK_LASTS:
        return is_last;
    case PICK_UNTIL_GAP:
        return is_first && items[i].number == picked;
    case PICK_EXTENDED:
        return items[i].is_extended;
    case PICK_PLAIN:
        return !items[i].is_extended;
    case PICK_ONE:
        return i == 0;
    default:
        return true;
    }
}

static void names_add_joined(struct mail_names *names, const struct section *items, size_t count, mail_defects *defects)
{
    struct buf text;
    if (count == 0)
        return;
    buf_init(&text, names->list.limit);
    bool is_odd = sections_put(items, count, false, &text, defects);
    names_add_readings(names, buf_span(&text));
    if (is_odd) {
        buf_clear(&text);
        (void)sections_put(items, count, true, &text, defects);
        names_add_readings(names, buf_span(&text));
    }
    names->is_cut |= buf_overflowed(&text);
    buf_fini(&text);
}

static void names_add_sections(struct mail_names *names, struct sections *sections)
{
    struct sections picked;
    mail_defects ignored = 0;
    qsort(sections->items, sections->count, sizeof *sections->items, section_compare);
    for (unsigned pick = 0; pick < PICKS; pick++) {
        picked.count = 0;
        bool is_new = is_worth(sections, pick);
        for (size_t i = 0; i < sections->count && is_new; i++) {
            if (is_picked(sections, i, pick, picked.count))
                picked.items[picked.count++] = sections->items[i];
        }
        names_add_joined(names, picked.items, picked.count, pick == PICK_ALL ? &names->defects : &ignored);
    }
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

static void add_params(struct mail_names *names, struct span field_value, const char *base)
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
            names_add_joined(names, &section, 1, &names->defects);
        else
            names_add_plain(names, &param);
    }
    names->defects |= params.defects;
    names_add_sections(names, &sections);
}

/* As the field stands, and as programs have it that take out its folds, comments, NUL bytes or encoded words before
 * they look for parameters. */
void mail_names_add_field(struct mail_names *names, struct span field_value, const char *base)
{
    struct mail_value readings;
    add_params(names, field_value, base);
    mail_defects defects = names->defects;
    mail_value_init(&readings, field_value);
    for (size_t i = 1; i < readings.count; i++)
        add_params(names, buf_span(&readings.readings[i]), base);
    mail_value_fini(&readings);
    names->defects = defects;
}

void mail_names_add_text(struct mail_names *names, struct span field_value)
{
    struct mail_value readings;
    mail_value_init(&readings, field_value);
    for (size_t i = 0; i < readings.count; i++)
        names_add_unquoted(names, buf_span(&readings.readings[i]));
    names->is_cut |= readings.is_cut;
    mail_value_fini(&readings);
}

void mail_names_add_id(struct mail_names *names, struct span field_value)
{
    struct span id = span_trim(field_value);
    if (id.size > 0 && id.data[0] == '<')
        id = span_from(id, 1);
    id = span_slice(id, 0, span_find_byte(id, '>'));
    names_add_percent(names, id);
    names_add_percent(names, span_slice(id, 0, span_find_byte(id, '@')));
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
    if (plain_count == 0 && sections.count > 0) {
        qsort(sections.items, sections.count, sizeof *sections.items, section_compare);
        (void)sections_put(sections.items, sections.count, false, text_out, defects);
    }
    return plain_count > 0 || sections.count > 0;
}

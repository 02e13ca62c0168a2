#include "gate/ban.h"

#include "base/escape.h"
#include "base/glob.h"
#include "conf/dangerous.h"
#include "gate/ban_name.h"

#include <stdio.h>
#include <string.h>

enum { BAN_LABEL_SIZE = 32, BAN_TYPE_SIZE = 256, BAN_PATTERN_SIZE = 512 };

/* --- Containers --- */

static const struct {
    const char *type;
    const char *label;
} labels[] = {
    { "application/java-archive", "jar" },
    { "application/vnd.android.package-archive", "apk" },
    { "application/vnd.debian.binary-package", "deb" },
    { "application/vnd.ms-cab-compressed", "cab" },
    { "application/vnd.ms-htmlhelp", "chm" },
    { "application/vnd.ms-outlook", "msg" },
    { "application/vnd.ms-tnef", "tnef" },
    { "application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx" },
    { "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx" },
    { "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx" },
    { "application/vnd.rar", "rar" },
    { "application/x-7z-compressed", "7z" },
    { "application/x-compress", "z" },
    { "application/x-iso9660-image", "iso" },
    { "application/x-lzh-compressed", "lha" },
    { "application/x-ole-storage", "ole" },
    { "application/x-udf-image", "udf" },
    { "application/x-virtualbox-vhd", "vhd" },
    { "message/rfc822", "mail" },
};

/* "zip" of application/zip, "tar" of application/x-tar; those of the table have names of their own. */
static void label_of(struct span type, char label_out[BAN_LABEL_SIZE])
{
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        if (span_is_nocase(type, labels[i].type)) {
            (void)snprintf(label_out, BAN_LABEL_SIZE, "%s", labels[i].label);
            return;
        }
    }
    struct span subtype = type;
    (void)span_cut(&subtype, '/');
    if (span_starts_with_nocase(subtype, "x-"))
        subtype = span_from(subtype, 2);
    else if (span_starts_with_nocase(subtype, "vnd."))
        subtype = span_from(subtype, 4);
    (void)span_copy(subtype, label_out, BAN_LABEL_SIZE);
    for (char *p = label_out; *p != '\0'; p++) {
        *p = ascii_lower(*p);
        if (*p == '/')
            *p = '-';
    }
    if (label_out[0] == '\0')
        (void)snprintf(label_out, BAN_LABEL_SIZE, "unknown");
}

/* What it is counts, not what it says. */
static bool container_label(const struct decode_report *report, uint32_t index, char label_out[BAN_LABEL_SIZE])
{
    const struct decode_part *part = &report->parts[index];
    struct span declared = decode_report_text(report, part->declared);
    struct span detected = decode_report_text(report, part->detected);
    bool is_message = span_is_nocase(declared, "message/rfc822") || span_is(detected, "message/rfc822");
    if (span_starts_with_nocase(declared, "multipart/") || (part->parent == DECODE_NO_PARENT && is_message))
        return false;
    bool is_detected = detected.size > 0 && !span_starts_with(detected, "text/");
    label_of(is_detected ? detected : declared, label_out);
    return true;
}

void ban_path(const struct decode_report *report, uint32_t index, char path_out[BAN_PATH_SIZE])
{
    char path[BAN_PATH_SIZE];
    size_t start = sizeof path - 1; /* from the end, because the way goes up */
    path[start] = '\0';
    for (int32_t i = report->parts[index].parent; i != DECODE_NO_PARENT; i = report->parts[i].parent) {
        char label[BAN_LABEL_SIZE];
        if (!container_label(report, (uint32_t)i, label))
            continue;
        size_t size = strlen(label);
        if (size + 1 > start)
            break;
        path[--start] = '/';
        start -= size;
        memcpy(path + start, label, size);
    }
    memcpy(path_out, path + start, sizeof path - start);
}

/* --- Rules --- */

/* One part, and what the rules are held against. */
struct look {
    const struct ban_settings *ban;
    const struct decode_report *report;
    const struct decode_part *part;
    char path[BAN_PATH_SIZE];
    char declared[BAN_TYPE_SIZE];
    char detected[BAN_TYPE_SIZE];
};

static const char *list_match(const struct settings_list *patterns, const char *text)
{
    for (size_t i = 0; i < patterns->count; i++) {
        bool is_set = strcmp(patterns->items[i], DANGEROUS_NAME) == 0;
        if (is_set ? ban_name_is_dangerous(text) : glob_match(patterns->items[i], span_text(text)))
            return patterns->items[i];
    }
    return NULL;
}

/* A pattern of a path may begin at any container. */
static const char *path_match(const struct settings_list *patterns, const char *containers, const char *name)
{
    char path[BAN_PATH_SIZE + BAN_NAME_SIZE + 1];
    int size = snprintf(path, sizeof path, "/%s%s", containers, name);
    for (size_t i = 0; i < patterns->count; i++) {
        char pattern[BAN_PATTERN_SIZE];
        bool is_long = (size_t)snprintf(pattern, sizeof pattern, "*/%s", patterns->items[i]) >= sizeof pattern;
        if (!is_long && glob_match(pattern, span_of(path, (size_t)size)))
            return patterns->items[i];
    }
    return NULL;
}

/* The rule of names and paths that a name breaks, or NULL. */
static const char *name_match(const struct look *look, const struct ban_name *name)
{
    const char *rule = NULL;
    for (size_t i = 0; i < name->count && rule == NULL; i++) {
        rule = list_match(&look->ban->names, name->forms[i]);
        if (rule == NULL && look->ban->double_extensions && ban_name_is_double(name->forms[i]))
            rule = "a double extension";
        if (rule == NULL && look->ban->paths.count > 0)
            rule = path_match(&look->ban->paths, look->path, name->forms[i]);
    }
    return rule;
}

/* Every name must be excepted: which of them a recipient sees is not known. */
static bool look_is_allowed(const struct look *look)
{
    if (look->ban->allow.count == 0)
        return false;
    struct span names = decode_report_text(look->report, look->part->names);
    if (names.size == 0)
        return path_match(&look->ban->allow, look->path, "") != NULL;
    while (names.size > 0) {
        struct ban_name name;
        ban_name_read(span_cut(&names, '\0'), &name);
        if (path_match(&look->ban->allow, look->path, name.forms[name.plain]) == NULL)
            return false;
    }
    return true;
}

static void look_add(const struct look *look, const char *what, const char *rule, struct verdict *verdict)
{
    if (look_is_allowed(look))
        return;
    char finding[VERDICT_TEXT_SIZE];
    size_t size = strlen(look->path);
    const char *path = size > 60 ? look->path + size - 60 : look->path;
    (void)snprintf(finding, sizeof finding, "%.60s%.80s matches %.60s", path, what, rule);
    verdict_add(verdict, CATEGORY_BANNED, UNSCANNABLE_NONE, "decoder", finding);
}

/* Longer names are shown by their end. */
static const char *shown_end(const char *name)
{
    size_t size = strlen(name);
    return size > 80 ? name + utf8_start(span_text(name), size - 80) : name;
}

static bool look_at_names(const struct look *look, struct verdict *verdict)
{
    struct span names = decode_report_text(look->report, look->part->names);
    do {
        struct ban_name name;
        ban_name_read(span_cut(&names, '\0'), &name);
        const char *rule = name_match(look, &name);
        if (rule != NULL) {
            look_add(look, shown_end(name.forms[0]), rule, verdict);
            return true;
        }
    } while (names.size > 0);
    return false;
}

static void look_at_part(const struct look *look, struct verdict *verdict)
{
    const struct ban_settings *ban = look->ban;
    if (look_at_names(look, verdict))
        return;
    const char *const types[] = { look->declared, look->detected };
    for (size_t i = 0; i < 2; i++) {
        const char *rule = types[i][0] != '\0' ? list_match(&ban->types, types[i]) : NULL;
        if (rule != NULL) {
            look_add(look, types[i], rule, verdict);
            return;
        }
    }
    if (ban->encrypted && (look->part->flags & DECODE_KIND_BIT(DECODE_ENCRYPTED)) != 0) {
        struct span names = decode_report_text(look->report, look->part->names);
        struct ban_name name;
        ban_name_read(span_cut(&names, '\0'), &name);
        look_add(look, name.forms[0][0] != '\0' ? shown_end(name.forms[0]) : "a part", "encrypted", verdict);
    }
}

void ban_check(const struct ban_settings *ban, const struct decode_report *report, struct verdict *verdict)
{
    struct look look = { .ban = ban, .report = report };
    bool has_rules = ban->names.count + ban->types.count + ban->paths.count > 0 || ban->encrypted ||
                     ban->double_extensions;
    for (uint32_t i = 0; has_rules && i < report->part_count; i++) {
        look.part = &report->parts[i];
        ban_path(report, i, look.path);
        (void)span_copy(decode_report_text(report, look.part->declared), look.declared, sizeof look.declared);
        (void)span_copy(decode_report_text(report, look.part->detected), look.detected, sizeof look.detected);
        look_at_part(&look, verdict);
    }
}

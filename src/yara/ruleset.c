#include "ruleset.h"

#include "base/memory.h"
#include "scanner/names.h"
#include "yara/files.h"
#include "yara/rule_meaning.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <yara.h>

enum { RULESET_PATH_SIZE = 1024, RULESET_TRIAL_BYTES = 4096, RULESET_MOST_SETS = RULESET_MOST_COMPILED + 1 };

#define RULESET_COMPILED_MAGIC "YARA"

/* No fault of the library's is to be caught: a child that goes wrong shall end. In the fast mode strings of which a
 * condition asks no more than whether they are there are looked for once. */
#define RULESET_SCAN_FLAGS (SCAN_FLAGS_FAST_MODE | SCAN_FLAGS_NO_TRYCATCH | SCAN_FLAGS_REPORT_RULES_MATCHING)

struct compiled {
    YR_RULES *rules;
    YR_SCANNER *scanner;
};

struct ruleset {
    bool is_initialized;
    YR_COMPILER *compiler; /* while sources are added */
    struct compiled sets[RULESET_MOST_SETS];
    size_t set_count;
    unsigned count;
    unsigned file_count;
    unsigned warning_count;
    uint64_t generation;
    const char *file; /* that is being compiled */
    struct buf *remarks;
    char first_mistake[FAULT_TEXT_SIZE];
    char version[64];
};

/* --- Compiling --- */

static void ruleset_hear_compiler(int level, const char *file, int line, const YR_RULE *rule, const char *text,
                                  void *context)
{
    (void)rule;
    struct ruleset *rules = context;
    bool is_error = level == YARA_ERROR_LEVEL_ERROR;
    const char *where = file != NULL ? file : rules->file;
    if (is_error && rules->first_mistake[0] == '\0')
        (void)snprintf(rules->first_mistake, sizeof rules->first_mistake, "%.128s:%d: %.100s", where, line, text);
    rules->warning_count += is_error ? 0 : 1;
    buf_printf(rules->remarks, "%s:%d: %s: %s\n", where, line, is_error ? "error" : "warning", text);
}

/* The folder of a path with its last slash. */
static int ruleset_folder_size(const char *path)
{
    const char *slash = path != NULL ? strrchr(path, '/') : NULL;
    return slash != NULL ? (int)(slash + 1 - path) : 0;
}

/* A name is relative to the file that includes it; the library knows that one by the name by which it was included. */
static const char *ruleset_include(const char *name, const char *caller, const char *namespace, void *context)
{
    (void)namespace;
    struct ruleset *rules = context;
    char path[RULESET_PATH_SIZE];
    bool is_absolute = caller != NULL && caller[0] == '/';
    if (name[0] == '/')
        (void)snprintf(path, sizeof path, "%s", name);
    else
        (void)snprintf(path, sizeof path, "%.*s%.*s%s", is_absolute ? 0 : ruleset_folder_size(rules->file), rules->file,
                       ruleset_folder_size(caller), caller != NULL ? caller : "", name);
    struct buf bytes;
    buf_init(&bytes, FILES_MOST_BYTES);
    char *text = NULL;
    if (files_read(path, &bytes, NULL) == 0) {
        rules->generation = files_hash(rules->generation, buf_span(&bytes).data, buf_span(&bytes).size);
        text = memory_copy_text(buf_text(&bytes));
    }
    buf_fini(&bytes);
    return text;
}

static void ruleset_include_end(const char *text, void *context)
{
    (void)context;
    char *ours = NULL; /* the library lends it back as const */
    memcpy(&ours, &text, sizeof ours);
    free(ours);
}

static int ruleset_begin_compiler(struct ruleset *rules, struct fault *fault)
{
    if (rules->compiler != NULL)
        return 0;
    if (yr_compiler_create(&rules->compiler) != ERROR_SUCCESS)
        return fault_set(fault, ENOMEM, "libyara has no compiler");
    yr_compiler_set_callback(rules->compiler, ruleset_hear_compiler, rules);
    yr_compiler_set_include_callback(rules->compiler, ruleset_include, ruleset_include_end, rules);
    return 0;
}

static int ruleset_add_source(struct ruleset *rules, const char *path, struct buf *source, struct fault *fault)
{
    char namespace[FILES_NAMESPACE_SIZE];
    files_namespace(path, namespace);
    if (ruleset_begin_compiler(rules, fault) != 0)
        return -1;
    /* From memory, so that what is hashed is what is compiled; by a stream, because that alone has a file's name. */
    FILE *stream = fmemopen(source->data, source->size, "r");
    if (stream == NULL)
        return fault_set_errno(fault, errno, "cannot read %s", path);
    int errors = yr_compiler_add_file(rules->compiler, stream, namespace, path);
    (void)fclose(stream);
    if (errors == 0)
        return 0;
    return fault_set(fault, EINVAL, "%s", rules->first_mistake[0] != '\0' ? rules->first_mistake : path);
}

/* --- Loading what was compiled before --- */

static size_t ruleset_read_compiled(void *data, size_t size, size_t count, void *context)
{
    struct span *rest = context;
    size_t have = size > 0 ? rest->size / size : 0;
    size_t taken = have < count ? have : count;
    if (taken > 0)
        memcpy(data, rest->data, taken * size);
    *rest = span_from(*rest, taken * size);
    return taken;
}

static int ruleset_add_set(struct ruleset *rules, YR_RULES *set, struct fault *fault)
{
    if (rules->set_count == RULESET_MOST_SETS) {
        (void)yr_rules_destroy(set);
        return fault_set(fault, E2BIG, "more than %d compiled files", (int)RULESET_MOST_COMPILED);
    }
    rules->sets[rules->set_count++].rules = set;
    return 0;
}

static int ruleset_add_compiled(struct ruleset *rules, const char *path, struct span bytes, struct fault *fault)
{
    YR_STREAM stream = { .user_data = &bytes, .read = ruleset_read_compiled };
    YR_RULES *set = NULL;
    int code = yr_rules_load_stream(&stream, &set);
    if (code == ERROR_UNSUPPORTED_FILE_VERSION)
        return fault_set(fault, EINVAL,
                         "%s was compiled by another version than YARA " YR_VERSION "; compile it anew, or name its "
                         "source",
                         path);
    if (code != ERROR_SUCCESS)
        return fault_set(fault, EINVAL, "%s is damaged (libyara's error %d)", path, code);
    return ruleset_add_set(rules, set, fault);
}

static int ruleset_add_file(struct ruleset *rules, const char *path, struct fault *fault)
{
    struct buf bytes;
    buf_init(&bytes, FILES_MOST_BYTES);
    rules->file = path;
    int status = files_read(path, &bytes, fault);
    struct span content = buf_span(&bytes);
    rules->generation = files_hash(rules->generation, path, strlen(path) + 1);
    rules->generation = files_hash(rules->generation, content.data, content.size);
    if (status == 0 && span_starts_with(content, RULESET_COMPILED_MAGIC))
        status = ruleset_add_compiled(rules, path, content, fault);
    else if (status == 0 && content.size > 0 && memchr(content.data, '\0', content.size) != NULL)
        status = fault_set(fault, EINVAL, "%s is neither the source of rules nor compiled", path);
    else if (status == 0 && content.size > 0)
        status = ruleset_add_source(rules, path, &bytes, fault);
    buf_fini(&bytes);
    rules->file_count++;
    return status;
}

static int ruleset_add_files(struct ruleset *rules, const struct settings_list *patterns, struct fault *fault)
{
    struct files files;
    if (files_find(patterns, &files, fault) != 0)
        return -1;
    int status = 0;
    for (size_t i = 0; i < files.count && status == 0; i++)
        status = ruleset_add_file(rules, files.paths[i], fault);
    YR_RULES *set = NULL;
    if (status == 0 && rules->compiler != NULL) {
        status = yr_compiler_get_rules(rules->compiler, &set) == ERROR_SUCCESS
                     ? ruleset_add_set(rules, set, fault)
                     : fault_set(fault, ENOMEM, "libyara can't finish the rules");
    }
    if (rules->compiler != NULL)
        yr_compiler_destroy(rules->compiler);
    rules->compiler = NULL;
    rules->file = NULL;
    files_free(&files);
    return status;
}

/* --- What rules mean --- */

static bool rule_meaning(const YR_RULE *rule, struct rule_meaning *meaning_out, const char **text_out)
{
    const YR_META *meta = NULL;
    *text_out = NULL;
    yr_rule_metas_foreach(rule, meta)
    {
        if (strcmp(meta->identifier, MEANING_META) != 0)
            continue;
        *text_out = meta->type == META_TYPE_STRING ? meta->string : "";
        break;
    }
    return rule_meaning_read(*text_out, meaning_out);
}

static int ruleset_check(struct ruleset *rules, const YR_RULES *set, struct fault *fault)
{
    const YR_RULE *rule = NULL;
    yr_rules_foreach(set, rule)
    {
        struct rule_meaning meaning;
        const char *text = NULL;
        rules->count += RULE_IS_PRIVATE(rule) ? 0 : 1;
        if (!rule_meaning(rule, &meaning, &text))
            return fault_set(fault, EINVAL, "rule %.100s.%.100s: " MEANING_META " = \"%.60s\"; " MEANING_ADVICE,
                             rule->ns->name, rule->identifier, text);
    }
    return 0;
}

/* --- Scanning --- */

static void result_worsen(struct engine_result *result, enum scan_result kind, enum unscannable reason,
                          const char *text)
{
    bool is_graver = kind != result->result ? kind > result->result : reason > result->unscannable;
    if (reason > result->unscannable)
        result->unscannable = reason;
    if (!is_graver)
        return;
    result->result = kind;
    (void)snprintf(result->text, sizeof result->text, "%s", text);
}

/* A scan that is under way. */
struct hearing {
    const struct settings_names *names; /* NULL: none is less than infected */
    struct engine_result *result;
};

static int ruleset_hear_match(const YR_RULE *rule, const struct hearing *hearing)
{
    struct engine_result *result = hearing->result;
    struct rule_meaning meaning;
    const char *text = NULL;
    char name[SCAN_TEXT_SIZE];
    (void)rule_meaning(rule, &meaning, &text);
    (void)snprintf(name, sizeof name, "%.63s.%.127s", rule->ns->name, rule->identifier);
    bool may_be_less = meaning.result == SCAN_INFECTED && hearing->names != NULL;
    enum name_action action = may_be_less ? names_find(hearing->names, span_text(name)) : NAME_INFECTED;
    if (action != NAME_INFECTED) {
        names_keep(hearing->names, name, action == NAME_IGNORE ? result->ignored : result->named, SCAN_TEXT_SIZE);
        return CALLBACK_CONTINUE;
    }
    if (meaning.result != SCAN_CLEAN)
        result_worsen(result, meaning.result, meaning.unscannable, name);
    return meaning.result == SCAN_INFECTED ? CALLBACK_ABORT : CALLBACK_CONTINUE;
}

/* Further matches of that string are not looked at, so a condition may be wrong either way. */
static int ruleset_hear_too_many(const YR_STRING *string, struct engine_result *result)
{
    char text[SCAN_TEXT_SIZE];
    (void)snprintf(text, sizeof text, "libyara: too many matches of %.100s", string->identifier);
    result_worsen(result, SCAN_UNSCANNABLE, UNSCANNABLE_LIMIT, text);
    return CALLBACK_CONTINUE;
}

static int ruleset_hear(YR_SCAN_CONTEXT *scan, int message, void *data, void *context)
{
    (void)scan;
    const struct hearing *hearing = context;
    if (message == CALLBACK_MSG_RULE_MATCHING)
        return ruleset_hear_match(data, hearing);
    if (message == CALLBACK_MSG_TOO_MANY_MATCHES)
        return ruleset_hear_too_many(data, hearing->result);
    return CALLBACK_CONTINUE;
}

static const struct code_row {
    const char *text;
    int code;
    enum unscannable unscannable; /* NONE: it has failed, as with every code that is not here */
} code_rows[] = {
    { "too many matches", ERROR_TOO_MANY_MATCHES, UNSCANNABLE_LIMIT },
    { "a regular expression branches too much", ERROR_TOO_MANY_RE_FIBERS, UNSCANNABLE_LIMIT },
    { "no memory", ERROR_INSUFFICIENT_MEMORY, UNSCANNABLE_NONE },
    { "a condition needs too much stack", ERROR_EXEC_STACK_OVERFLOW, UNSCANNABLE_NONE },
    { "timeout", ERROR_SCAN_TIMEOUT, UNSCANNABLE_NONE },
};

static void ruleset_read_code(int code, const YR_RULE *rule, struct engine_result *result)
{
    struct code_row row = { .code = code, .text = "error" };
    for (size_t i = 0; i < sizeof code_rows / sizeof code_rows[0]; i++) {
        if (code_rows[i].code == code)
            row = code_rows[i];
    }
    char text[SCAN_TEXT_SIZE];
    (void)snprintf(text, sizeof text, "libyara: %s (%d)%s%.100s", row.text, code, rule != NULL ? " in the rule " : "",
                   rule != NULL ? rule->identifier : "");
    result_worsen(result, row.unscannable != UNSCANNABLE_NONE ? SCAN_UNSCANNABLE : SCAN_FAILED, row.unscannable, text);
}

void ruleset_scan(struct ruleset *rules, struct span bytes, const struct settings_names *names,
                  struct engine_result *result_out)
{
    struct hearing hearing = { .names = names, .result = result_out };
    assert(bytes.size > 0);
    *result_out = (struct engine_result){ .result = SCAN_CLEAN };
    for (size_t i = 0; i < rules->set_count; i++) {
        YR_SCANNER *scanner = rules->sets[i].scanner;
        yr_scanner_set_callback(scanner, ruleset_hear, &hearing);
        int code = yr_scanner_scan_mem(scanner, (const uint8_t *)bytes.data, bytes.size);
        if (code != ERROR_SUCCESS)
            ruleset_read_code(code, yr_scanner_last_error_rule(scanner), result_out);
        if (result_out->result == SCAN_INFECTED || result_out->result == SCAN_FAILED)
            return;
    }
}

/* --- A trial --- */

/* Modules that want something from outside: a file of the host's, or another program's report. Without it they are
 * silent, and their rules would match nothing. */
static bool module_is_refused(const char *name)
{
    return strcmp(name, "magic") == 0 || strcmp(name, "cuckoo") == 0;
}

static int ruleset_hear_trial(YR_SCAN_CONTEXT *scan, int message, void *data, void *context)
{
    (void)scan;
    char *refused = context;
    if (message != CALLBACK_MSG_IMPORT_MODULE)
        return CALLBACK_CONTINUE;
    const YR_MODULE_IMPORT *import = data;
    if (module_is_refused(import->module_name))
        (void)snprintf(refused, FILES_NAMESPACE_SIZE, "%s", import->module_name);
    return CALLBACK_CONTINUE;
}

static int ruleset_try(struct compiled *set, struct fault *fault)
{
    static const uint8_t sample[RULESET_TRIAL_BYTES];
    char refused[FILES_NAMESPACE_SIZE] = "";
    if (yr_scanner_create(set->rules, &set->scanner) != ERROR_SUCCESS)
        return fault_set(fault, ENOMEM, "libyara has no scanner");
    yr_scanner_set_flags(set->scanner, RULESET_SCAN_FLAGS);
    yr_scanner_set_callback(set->scanner, ruleset_hear_trial, refused);
    int code = yr_scanner_scan_mem(set->scanner, sample, sizeof sample);
    if (code != ERROR_SUCCESS)
        return fault_set(fault, EIO, "libyara can't use the rules (error %d)", code);
    if (refused[0] != '\0')
        return fault_set(fault, EINVAL,
                         "a rule imports the module %s, which needs what is outside of the box: it would never match; "
                         "leave it out",
                         refused);
    return 0;
}

static int ruleset_begin(struct ruleset *rules, const struct settings_list *patterns, struct fault *fault)
{
    if (yr_initialize() != ERROR_SUCCESS)
        return fault_set(fault, ENOMEM, "libyara does not start");
    rules->is_initialized = true;
    if (ruleset_add_files(rules, patterns, fault) != 0)
        return -1;
    for (size_t i = 0; i < rules->set_count; i++) {
        if (ruleset_check(rules, rules->sets[i].rules, fault) != 0 || ruleset_try(&rules->sets[i], fault) != 0)
            return -1;
    }
    return rules->count > 0 ? 0 : fault_set(fault, ENOENT, "no rules: there is none in the files");
}

struct ruleset *ruleset_load(const struct settings_list *patterns, struct buf *remarks_out, struct fault *fault)
{
    struct ruleset *rules = memory_new(sizeof *rules);
    rules->remarks = remarks_out;
    rules->generation = files_hash(FILES_HASH_FIRST, YR_VERSION, strlen(YR_VERSION));
    (void)snprintf(rules->version, sizeof rules->version, "YARA %s", YR_VERSION);
    if (ruleset_begin(rules, patterns, fault) != 0) {
        ruleset_free(rules);
        return NULL;
    }
    rules->generation += rules->generation == 0 ? 1 : 0;
    return rules;
}

void ruleset_free(struct ruleset *rules)
{
    if (rules == NULL)
        return;
    for (size_t i = 0; i < rules->set_count; i++) {
        if (rules->sets[i].scanner != NULL)
            yr_scanner_destroy(rules->sets[i].scanner);
        (void)yr_rules_destroy(rules->sets[i].rules);
    }
    if (rules->is_initialized)
        (void)yr_finalize();
    free(rules);
}

const char *ruleset_version(const struct ruleset *rules)
{
    return rules->version;
}

uint64_t ruleset_generation(const struct ruleset *rules)
{
    return rules->generation;
}

unsigned ruleset_count(const struct ruleset *rules)
{
    return rules->count;
}

unsigned ruleset_file_count(const struct ruleset *rules)
{
    return rules->file_count;
}

unsigned ruleset_warning_count(const struct ruleset *rules)
{
    return rules->warning_count;
}

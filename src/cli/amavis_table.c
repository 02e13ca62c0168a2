#include "amavis_table.h"

#include "conf/settings.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    FIELD_NAME,
    FIELD_PROGRAM,
    FIELD_ARGUMENTS,
    FIELD_CLEAN,
    FIELD_INFECTED,
    FIELD_FOUND,
    FIELD_BEFORE,
    TABLE_ENTRY_LIMIT = 65536,
    TABLE_PATTERN_LIMIT = 4096,
    TABLE_PATH_SIZE = 512,
    TABLE_SHOWN = 60
};

struct table {
    const struct amavis_wishes *wishes;
    struct buf *table;
    struct buf *left;
    char names[SETTINGS_MOST_SCANNERS][SETTINGS_NAME_SIZE];
    size_t count;
    const struct amavis_entry *entry;
    struct buf body; /* what stands in the group of the entry */
    struct buf notes;
};

/* --- Telling --- */

static int shown(struct span text)
{
    return (int)(text.size < TABLE_SHOWN ? text.size : TABLE_SHOWN);
}

/* Foreign text in a comment: on one line. */
static void put_comment(struct buf *out, struct span text)
{
    for (int i = 0; i < shown(text); i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c < 0x20 || c == 0x7f)
            c = '?';
        buf_put_char(out, (char)c);
    }
}

static void put_place(const struct table *table, struct buf *out)
{
    const struct amavis_value *name = amavis_field(table->entry, FIELD_NAME);
    buf_printf(out, "#   line %u, ", table->entry->line);
    put_comment(out, name != NULL && name->kind == AMAVIS_TEXT ? name->text : span_text("without a name"));
    buf_put_text(out, ": ");
}

/* Always false, so that callers can give up with it. */
static bool leave(struct table *table, const char *why, struct span what)
{
    put_place(table, table->left);
    buf_put_text(table->left, why);
    if (what.size > 0) {
        buf_put_text(table->left, ": ");
        put_comment(table->left, what);
    }
    buf_put_char(table->left, '\n');
    return false;
}

static void note(struct table *table, const char *what, struct span about)
{
    put_place(table, &table->notes);
    buf_put_text(&table->notes, what);
    if (about.size > 0) {
        buf_put_text(&table->notes, ": ");
        put_comment(&table->notes, about);
    }
    buf_put_char(&table->notes, '\n');
}

/* A text in the configuration's quotes. */
static void put_quoted(struct buf *out, struct span text)
{
    buf_put_char(out, '"');
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c == '"' || c == '\\')
            buf_printf(out, "\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            buf_printf(out, "\\x%02x", c);
        else
            buf_put_char(out, (char)c);
    }
    buf_put_char(out, '"');
}

/* --- Patterns --- */

/* One letter of a pattern. The configuration has no control characters: where blanks mean nothing one is a blank, else
 * it is written by its number, which means the same to Perl and to us. */
static void put_letter(struct buf *out, char c, bool is_blank)
{
    bool is_control = (unsigned char)c < 0x20 || c == 0x7f;
    if (!is_control)
        buf_put_char(out, c);
    else if (is_blank)
        buf_put_char(out, ' ');
    else
        buf_printf(out, "\\x%02x", (unsigned char)c);
}

/* In a group of its own with Perl's flags, and without groups that capture unless they are wanted. */
static bool pattern_put(struct buf *out, const struct amavis_value *value, bool with_groups)
{
    bool is_class = false;
    bool is_free = span_find_byte(value->flags, 'x') != SPAN_NONE || span_starts_with(value->text, "(?x");
    buf_put_text(out, "(?");
    for (size_t i = 0; i < value->flags.size; i++) {
        if (strchr("imsx", value->flags.data[i]) != NULL)
            buf_put_char(out, value->flags.data[i]);
    }
    buf_put_text(out, span_find_byte(value->flags, 'm') != SPAN_NONE ? ":" : "-m:"); /* ours have it always */
    for (size_t i = 0; i < value->text.size; i++) {
        char c = value->text.data[i];
        char next = '\0';
        if (i + 1 < value->text.size)
            next = value->text.data[i + 1];
        if (c == '#' && is_free && !is_class) { /* a comment, to the end of its line */
            struct span rest = span_from(value->text, i);
            (void)span_cut(&rest, '\n');
            i = value->text.size - rest.size - 1; /* the loop goes behind it */
            continue;
        }
        put_letter(out, c, is_free && !is_class);
        if (c == '\\' && i + 1 < value->text.size) {
            if (next >= '1' && next <= '9' && !is_class)
                return false; /* the numbers of groups would change */
            put_letter(out, next, true);
            i++;
        } else if (is_class) {
            is_class = c != ']';
        } else if (c == '[') {
            is_class = true;
            if (next == '^')
                buf_put_char(out, value->text.data[++i]);
            if (i + 1 < value->text.size && value->text.data[i + 1] == ']')
                buf_put_char(out, value->text.data[++i]);
        } else if (c == '(' && next != '?' && !with_groups) {
            buf_put_text(out, "?:");
        }
    }
    buf_put_char(out, ')');
    return true;
}

static bool is_pattern(const struct amavis_value *value)
{
    return value != NULL && value->kind == AMAVIS_PATTERN;
}

/* --- Commands --- */

static bool is_there(const char *path)
{
    return access(path, X_OK) == 0;
}

/* Where the program is: as it is written, or in one of the usual folders. */
static bool program_find(struct span name, char path_out[TABLE_PATH_SIZE])
{
    static const char *const folders[] = { "/usr/local/sbin/", "/usr/local/bin/", "/usr/sbin/", "/usr/bin/",
                                           "/opt/bin/" };
    if (name.size == 0 || name.size >= TABLE_PATH_SIZE / 2)
        return false;
    if (name.data[0] == '/') {
        (void)span_copy(name, path_out, TABLE_PATH_SIZE);
        return is_there(path_out);
    }
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        (void)snprintf(path_out, TABLE_PATH_SIZE, "%s%.*s", folders[i], (int)name.size, name.data);
        if (is_there(path_out))
            return true;
    }
    return false;
}

/* The first of the alternatives that is on this machine; with `all` at least the first with a whole path. */
static bool program_choose(struct table *table, const struct amavis_value *program, char path_out[TABLE_PATH_SIZE])
{
    const struct amavis_value *first = program->kind == AMAVIS_LIST ? program->first : program;
    for (const struct amavis_value *value = first; value != NULL;
         value = program->kind == AMAVIS_LIST ? value->next : NULL) {
        if (value->kind != AMAVIS_TEXT || value->has_variable)
            return leave(table, "its program is no plain text", value->text);
        if (program_find(value->text, path_out))
            return true;
    }
    if (first == NULL || first->text.size == 0)
        return leave(table, "it names no program", span_text(""));
    if (!table->wishes->is_all)
        return leave(table, "its program is not on this machine", first->text);
    bool is_whole = first->text.data[0] == '/';
    (void)snprintf(path_out, TABLE_PATH_SIZE, "%s%.*s", is_whole ? "" : "/usr/bin/", shown(first->text),
                   first->text.data);
    return true;
}

static bool word_has_variable(struct span word)
{
    size_t at = span_find_byte(word, '$');
    return at != SPAN_NONE && at + 1 < word.size && (ascii_is_alnum(word.data[at + 1]) || word.data[at + 1] == '{');
}

/* The arguments as amavis splits them; its {} is a folder, ours a file. */
static bool command_put_arguments(struct table *table, const struct amavis_value *arguments)
{
    bool has_piece = false;
    for (struct span rest = arguments->text; rest.size > 0;) {
        struct span word = span_trim(span_cut(&rest, ' '));
        if (word.size == 0)
            continue;
        if (arguments->has_variable && word.data[0] == '$')
            return leave(table, "an argument is a variable of amavisd", word);
        if (arguments->has_variable && word_has_variable(word)) {
            note(table, "an argument that names a variable of amavisd was left out", word);
            continue;
        }
        buf_put_text(&table->body, ", ");
        size_t at = span_find(word, span_text("{}"));
        if (at != SPAN_NONE) {
            struct span behind = span_from(word, at + 2);
            struct buf text;
            buf_init(&text, TABLE_ENTRY_LIMIT);
            buf_put_span(&text, span_slice(word, 0, at + 2));
            buf_put_span(&text, span_starts_with(behind, "/*") ? span_from(behind, 2) : behind);
            put_quoted(&table->body, buf_span(&text));
            buf_fini(&text);
            has_piece = true;
        } else {
            put_quoted(&table->body, span_is(word, "*") ? span_text("{}") : word);
            has_piece = has_piece || span_is(word, "*");
        }
    }
    return has_piece || leave(table, "its arguments have no place for a file", arguments->text);
}

/* Exit statuses, or a pattern. */
static bool command_put_meaning(struct table *table, const char *key, const struct amavis_value *value)
{
    buf_printf(&table->body, "        %s = (", key);
    if (is_pattern(value)) {
        struct buf text;
        buf_init(&text, TABLE_PATTERN_LIMIT);
        bool is_sound = pattern_put(&text, value, false);
        put_quoted(&table->body, buf_span(&text));
        is_sound = is_sound && !buf_overflowed(&text);
        buf_fini(&text);
        buf_put_text(&table->body, ");\n");
        return is_sound || leave(table, "its pattern refers to groups by number", value->text);
    }
    if (value == NULL || value->kind != AMAVIS_LIST)
        return leave(table, "it has neither exit statuses nor a pattern for", span_text(key));
    const char *separator = "";
    for (const struct amavis_value *status = value->first; status != NULL; status = status->next) {
        if (status->kind != AMAVIS_NUMBER || status->last > 255 || status->number > status->last)
            return leave(table, "its exit statuses are none", status->text);
        for (uint32_t number = status->number; number <= status->last; number++) {
            buf_printf(&table->body, "%s%u", separator, number);
            separator = ", ";
        }
    }
    buf_put_text(&table->body, ");\n");
    return value->first != NULL || leave(table, "it has no exit status for", span_text(key));
}

static bool entry_put_command(struct table *table, const struct amavis_value *program)
{
    char path[TABLE_PATH_SIZE] = "";
    const struct amavis_value *arguments = amavis_field(table->entry, FIELD_ARGUMENTS);
    const struct amavis_value *found = amavis_field(table->entry, FIELD_FOUND);
    const struct amavis_value *clean = amavis_field(table->entry, FIELD_CLEAN);
    if (arguments == NULL || arguments->kind != AMAVIS_TEXT)
        return leave(table, "its arguments are no plain text", span_text(""));
    if (clean == NULL || clean->kind == AMAVIS_UNDEF)
        return leave(table, "it never says clean, so its answer could not count", span_text(""));
    if (!program_choose(table, program, path))
        return false;
    buf_put_text(&table->body, "        type = \"command\";\n        user = ");
    put_quoted(&table->body, span_text(table->wishes->user));
    buf_put_text(&table->body, ";\n        delivery = \"shared\";\n        command = [");
    put_quoted(&table->body, span_text(path));
    if (!command_put_arguments(table, arguments))
        return false;
    buf_put_text(&table->body, "];\n");
    if (!command_put_meaning(table, "clean", clean) ||
        !command_put_meaning(table, "infected", amavis_field(table->entry, FIELD_INFECTED)))
        return false;
    if (is_pattern(found)) {
        struct buf text;
        buf_init(&text, TABLE_PATTERN_LIMIT);
        (void)pattern_put(&text, found, true);
        buf_put_text(&table->body, "        name_pattern = ");
        put_quoted(&table->body, buf_span(&text));
        buf_put_text(&table->body, ";\n");
        buf_fini(&text);
    }
    if (amavis_field(table->entry, FIELD_BEFORE) != NULL)
        note(table, "what amavisd does before and after the command was left out", span_text(""));
    return true;
}

/* --- Daemons --- */

struct protocol_row {
    const char *prefix;   /* of the address */
    const char *said;     /* at the beginning of what is said, where there is no prefix */
    const char *type;     /* NULL: */
    const char *dialogue; /* one of ours */
    bool is_lent;         /* which names a file */
};

static const struct protocol_row protocol_rows[] = {
    { "clamd:", "CONTSCAN ", "clamd", NULL, false },
    { "clamd:", "MULTISCAN ", "clamd", NULL, false },
    { "sssp:", "SSSP/", NULL, "sssp.conf", false },
    { "savapi:", "SET PRODUCT ", NULL, "savapi.conf", true },
};

/* "/path", "host:port", "[v6]:port", each perhaps behind a protocol and a colon. */
static bool daemon_put_address(struct table *table, const struct amavis_value *address, struct span *protocol_out)
{
    static const char *const prefixes[] = { "clamd:", "sssp:", "savapi:", "simple:", "sophie:", "trophie:" };
    const struct amavis_value *first = address != NULL && address->kind == AMAVIS_LIST ? address->first : address;
    if (first == NULL || first->kind != AMAVIS_TEXT || first->has_variable)
        return leave(table, "its address is no plain text", first != NULL ? first->text : span_text(""));
    if (address->kind == AMAVIS_LIST && first->next != NULL)
        note(table, "of its addresses only the first is used; make a scanner of each", first->text);
    struct span text = first->text;
    *protocol_out = span_text("");
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        if (span_starts_with(text, prefixes[i])) {
            *protocol_out = span_text(prefixes[i]);
            text = span_from(text, strlen(prefixes[i]));
            break;
        }
    }
    struct buf whole;
    buf_init(&whole, TABLE_PATH_SIZE);
    buf_put_text(&whole, span_starts_with(text, "/") ? "unix:" : "");
    buf_put_span(&whole, text);
    buf_put_text(&table->body, "        address = ");
    put_quoted(&table->body, buf_span(&whole));
    buf_put_text(&table->body, ";\n");
    buf_fini(&whole);
    return true;
}

static void step_put(struct table *table, struct span text)
{
    buf_put_text(&table->body, "            ");
    put_quoted(&table->body, text);
    buf_put_text(&table->body, ",\n");
}

/* What is said, with our escapes. */
static bool dialogue_put_said(struct table *table, struct span said)
{
    struct buf text;
    bool has_piece = false;
    buf_init(&text, TABLE_PATTERN_LIMIT);
    buf_put_text(&text, ">> ");
    for (size_t i = 0; i < said.size; i++) {
        struct span rest = span_from(said, i);
        unsigned char c = (unsigned char)said.data[i];
        if (span_starts_with(rest, "{}")) {
            buf_put_text(&text, "{path}");
            struct span behind = span_from(rest, 2);
            i += span_starts_with(behind, "/*") ? 3 : span_starts_with(behind, "/\n") ? 2 : 1;
            has_piece = true;
        } else if (c == '\\' || c == '{' || c == '}') {
            buf_printf(&text, "\\%c", c);
        } else if (c < 0x20 || c > 0x7e) {
            buf_printf(&text, "\\x%02x", c);
        } else {
            buf_put_char(&text, (char)c);
        }
    }
    step_put(table, buf_span(&text));
    bool is_whole = !buf_overflowed(&text);
    buf_fini(&text);
    return (has_piece && is_whole) || leave(table, "what it says has no place for a file", said);
}

/* amavisd looks for the infected pattern first, and for the name only where that is found. */
static bool dialogue_put_meanings(struct table *table)
{
    const struct amavis_value *clean = amavis_field(table->entry, FIELD_CLEAN);
    const struct amavis_value *infected = amavis_field(table->entry, FIELD_INFECTED);
    const struct amavis_value *found = amavis_field(table->entry, FIELD_FOUND);
    if (!is_pattern(clean) || !is_pattern(infected))
        return leave(table, "it has no patterns for clean and infected", span_text(""));
    struct buf text;
    buf_init(&text, TABLE_PATTERN_LIMIT);
    bool is_sound = true;
    if (is_pattern(found)) {
        buf_put_text(&text, "infected \\A(?=[\\s\\S]*?");
        is_sound = pattern_put(&text, infected, false);
        buf_put_text(&text, ")[\\s\\S]*?");
        is_sound = pattern_put(&text, found, true) && is_sound;
        step_put(table, buf_span(&text));
        is_sound = is_sound && !buf_overflowed(&text);
    }
    buf_clear(&text);
    buf_put_text(&text, "infected ");
    is_sound = pattern_put(&text, infected, false) && is_sound;
    step_put(table, buf_span(&text));
    is_sound = is_sound && !buf_overflowed(&text);
    buf_clear(&text);
    buf_put_text(&text, "clean ");
    is_sound = pattern_put(&text, clean, false) && is_sound && !buf_overflowed(&text);
    buf_put_text(&table->body, "            ");
    put_quoted(&table->body, buf_span(&text));
    buf_put_text(&table->body, "\n        ];\n");
    buf_fini(&text);
    return is_sound || leave(table, "its patterns refer to groups by number, or are too long", span_text(""));
}

#define LENT_FOLDER "/run/cordon-lent"

/* As with amavisd the daemon sees a file, of a user whose group it is in. */
static void lent_put(struct table *table)
{
    buf_put_text(&table->body, "        delivery = \"shared\";\n        user = ");
    put_quoted(&table->body, span_text(table->wishes->user));
    buf_put_text(&table->body, ";\n        shared_folder = \"" LENT_FOLDER "\";\n");
    note(table, "make " LENT_FOLDER " on a tmpfs, of that user and of the daemon's group, with mode 2750",
         span_text(""));
}

static bool dialogue_put(struct table *table, struct span said)
{
    const struct amavis_value *name = amavis_field(table->entry, FIELD_NAME);
    bool is_sophie = span_find_nocase(name->text, span_text("sophie")) != SPAN_NONE ||
                     span_find_nocase(name->text, span_text("trophie")) != SPAN_NONE;
    bool is_line = span_find_nocase(name->text, span_text("fpscand")) != SPAN_NONE;
    buf_put_text(&table->body, "        type = \"socket\";\n        dialogue = [\n");
    if (!dialogue_put_said(table, said))
        return false;
    if (is_sophie)
        step_put(table, span_text("close"));
    step_put(table, span_text(is_line ? "read line" : "read all"));
    if (!dialogue_put_meanings(table))
        return false;
    lent_put(table);
    return true;
}

static bool entry_put_daemon(struct table *table)
{
    const struct amavis_value *arguments = amavis_field(table->entry, FIELD_ARGUMENTS);
    struct span protocol = span_of(NULL, 0);
    if (arguments == NULL || arguments->kind != AMAVIS_LIST || arguments->first == NULL)
        return leave(table, "it has no list of what is said to whom", span_text(""));
    const struct amavis_value *said = arguments->first;
    if (!daemon_put_address(table, said->next, &protocol))
        return false;
    for (size_t i = 0; i < sizeof protocol_rows / sizeof protocol_rows[0]; i++) {
        const struct protocol_row *row = &protocol_rows[i];
        bool is_said = said->kind == AMAVIS_TEXT && span_starts_with(said->text, row->said);
        if (!span_is(protocol, row->prefix) && !is_said)
            continue;
        if (row->type != NULL)
            buf_printf(&table->body, "        type = \"%s\";\n", row->type);
        else
            buf_printf(&table->body, "        @include \"%s\"\n", row->dialogue);
        if (row->is_lent)
            lent_put(table);
        return true;
    }
    if (said->kind != AMAVIS_TEXT || said->has_variable)
        return leave(table, "what it says is made by code", said->text);
    return dialogue_put(table, said->text);
}

/* --- Entries --- */

/* A name that the configuration takes, and that no other has. */
static void name_make(struct table *table, struct span text, char name_out[SETTINGS_NAME_SIZE])
{
    size_t size = 0;
    for (size_t i = 0; i < text.size && size < SETTINGS_NAME_SIZE - 4; i++) {
        char c = text.data[i];
        bool is_sound = ascii_is_alnum(c) && (size > 0 || !ascii_is_digit(c));
        if (is_sound)
            name_out[size++] = ascii_lower(c);
        else if (size > 0 && name_out[size - 1] != '-')
            name_out[size++] = '-';
    }
    while (size > 0 && name_out[size - 1] == '-')
        size--;
    if (size == 0)
        (void)memcpy(name_out, "scanner", size = sizeof "scanner" - 1);
    name_out[size] = '\0';
    for (unsigned number = 2, i = 0; i < table->count; i++) {
        if (strcmp(table->names[i], name_out) != 0)
            continue;
        (void)snprintf(name_out + size, SETTINGS_NAME_SIZE - size, "-%u", number++ % 100);
        i = UINT32_MAX; /* from the beginning */
    }
}

static bool entry_fill(struct table *table)
{
    const struct amavis_value *name = amavis_field(table->entry, FIELD_NAME);
    const struct amavis_value *program = amavis_field(table->entry, FIELD_PROGRAM);
    if (name == NULL || name->kind != AMAVIS_TEXT || program == NULL)
        return leave(table, "it is no list of a name, a program and so on", span_text(""));
    if (program->kind == AMAVIS_SUB &&
        (span_is(program->text, "ask_daemon") || span_is(program->text, "Amavis::AV::ask_daemon")))
        return entry_put_daemon(table);
    if (program->kind == AMAVIS_TEXT || program->kind == AMAVIS_LIST)
        return entry_put_command(table, program);
    return leave(table, "it is Perl code", program->text);
}

static void entry_put(struct table *table)
{
    buf_clear(&table->body);
    buf_clear(&table->notes);
    if (!entry_fill(table))
        return;
    if (buf_overflowed(&table->body)) {
        (void)leave(table, "it is too long", span_text(""));
        return;
    }
    if (table->count == SETTINGS_MOST_SCANNERS) {
        (void)leave(table, "Cordon has no room for more scanners", span_text(""));
        return;
    }
    char *name = table->names[table->count];
    name_make(table, amavis_field(table->entry, FIELD_NAME)->text, name);
    table->count++;
    buf_printf(table->table, "    %s: { # line %u, ", name, table->entry->line);
    put_comment(table->table, amavis_field(table->entry, FIELD_NAME)->text);
    buf_put_char(table->table, '\n');
    buf_put_span(table->table, buf_span(&table->body));
    if (table->entry->is_backup)
        buf_put_text(table->table, "        role = \"backup\";\n");
    buf_put_text(table->table, "    };\n");
    buf_put_span(table->left, buf_span(&table->notes));
}

void amavis_print(const struct amavis *amavis, const struct amavis_wishes *wishes, struct buf *table, struct buf *left)
{
    struct table state = { .wishes = wishes, .table = table, .left = left };
    buf_init(&state.body, TABLE_ENTRY_LIMIT);
    buf_init(&state.notes, TABLE_ENTRY_LIMIT);
    buf_put_text(table, "scanner: {\n");
    for (state.entry = amavis->entries; state.entry != NULL; state.entry = state.entry->next)
        entry_put(&state);
    buf_put_text(table, "};\n");
    if (amavis->broken_line != 0)
        buf_printf(left, "#   line %u: a table could not be read any further\n", amavis->broken_line);
    buf_fini(&state.body);
    buf_fini(&state.notes);
}

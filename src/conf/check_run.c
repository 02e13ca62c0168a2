/* The checks of scanners that are foreign programs. */
#include "check.h"

#include "conf/meaning.h"
#include "conf/runners.h"
#include "sys/executable.h"
#include "sys/pattern.h"

#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

struct run_check {
    const struct settings *settings;
    const struct scanner_settings *scanner;
    struct conf_node *node;
    struct conf_mistakes *mistakes;
};

/* Where a mistake about a key is to be shown; NULL where it has one already. */
static struct conf_node *run_place(const struct run_check *check, const char *key)
{
    struct conf_node *node = conf_node_find(check->node, key);
    if (node == NULL)
        node = check->node;
    return node->is_bad ? NULL : node;
}

static void run_check_user(const struct run_check *check, bool with_files)
{
    struct conf_node *place = run_place(check, "user");
    const char *user = check->scanner->run.user;
    if (place == NULL)
        return;
    if (user[0] == '\0') {
        conf_mistake(check->mistakes, place,
                     "the scanner %s has no user; write user = \"...\", an ordinary one as whom its program is to run",
                     check->scanner->name);
    } else if (strcmp(user, check->settings->user) == 0) {
        conf_mistake(check->mistakes, place,
                     "user = \"%s\" is Cordon's own, whose processes a foreign program must not reach; name another",
                     user);
    } else if (with_files) {
        const struct passwd *row = getpwnam(user);
        if (row == NULL || row->pw_uid == 0)
            conf_mistake(check->mistakes, place, "user = \"%s\" %s; name an ordinary user of this machine", user,
                         row == NULL ? "does not exist" : "is root");
    }
}

static bool command_has_place(const struct settings_list *command)
{
    for (size_t i = 1; i < command->count; i++) {
        if (strstr(command->items[i], "{}") != NULL)
            return true;
    }
    return false;
}

/* Where the program is, which is known by now if it ever will be. */
static void run_check_path(const struct run_check *check, const char *key, const struct settings_list *command)
{
    struct conf_node *place = run_place(check, key);
    if (place != NULL && command->count > 0 && command->items[0][0] != '/')
        conf_mistake(check->mistakes, place->first != NULL ? place->first : place,
                     "%s: \"%.100s\" is not an absolute path; begin it with /, such as \"/usr/bin/clamscan\", or name "
                     "the program's base_folder",
                     key, command->items[0]);
}

static void run_check_base(const struct run_check *check)
{
    struct conf_node *place = run_place(check, "base_folder");
    const char *folder = check->scanner->run.base_folder;
    struct stat st;
    if (place != NULL && folder[0] != '\0' && (stat(folder, &st) != 0 || !S_ISDIR(st.st_mode)))
        conf_mistake(check->mistakes, place, "base_folder = \"%.200s\" is no folder; name the one the program lies in",
                     folder);
}

static void run_check_program(const struct run_check *check, const char *key, const struct settings_list *command)
{
    struct fault fault = { 0 };
    struct conf_node *place = run_place(check, key);
    bool is_known = command->count > 0 && command->items[0][0] == '/';
    if (place != NULL && is_known && executable_check(command->items[0], &fault) != 0)
        conf_mistake(check->mistakes, place, "%s: %s; name the program's own file", key, fault.text);
}

static void run_check_command(const struct run_check *check)
{
    const struct run_settings *run = &check->scanner->run;
    struct conf_node *place = run_place(check, "command");
    bool wants_place = check->scanner->type == SCANNER_COMMAND && run->delivery != DELIVERY_STREAM;
    if (place == NULL)
        return;
    if (run->command.count == 0)
        conf_mistake(check->mistakes, place,
                     "the scanner %s has no command; write command = [\"/usr/bin/clamscan\", \"--no-summary\", \"{}\"]",
                     check->scanner->name);
    else if (wants_place && !command_has_place(&run->command))
        conf_mistake(check->mistakes, place,
                     "command does not say where the file's name goes; write \"{}\" in its place, or delivery = "
                     "\"stream\" for a program that reads its standard input");
    else if (!wants_place && command_has_place(&run->command))
        conf_mistake(check->mistakes, place, "command has \"{}\" where no file's name is given; leave it out");
}

/* Adds the exit statuses of one list to `seen`. */
static void run_check_list(const struct run_check *check, const char *key, const struct settings_list *list,
                           bool seen[MEANING_MOST_STATUS + 1])
{
    struct conf_node *place = run_place(check, key);
    for (size_t i = 0; i < list->count && place != NULL; i++) {
        struct meaning_item item;
        if (meaning_read(list->items[i], strcmp(key, "unscannable") == 0, &item, NULL) != 0 ||
            item.status == MEANING_NO_STATUS)
            continue;
        if (check->scanner->type == SCANNER_COMMUNIGATE)
            conf_mistake(check->mistakes, place,
                         "%s has the exit status %d, and a helper that keeps running has none; write a pattern for its "
                         "answers, such as \"^DISCARD\"",
                         key, item.status);
        else if (seen[item.status])
            conf_mistake(check->mistakes, place,
                         "%s has the exit status %d, which another list has, or this one twice; "
                         "keep one of them",
                         key, item.status);
        seen[item.status] = true;
    }
}

static void run_check_meanings(const struct run_check *check)
{
    const struct run_settings *run = &check->scanner->run;
    bool seen[MEANING_MOST_STATUS + 1] = { false };
    run_check_list(check, "infected", &run->infected, seen);
    run_check_list(check, "failed", &run->failed, seen);
    run_check_list(check, "unscannable", &run->unscannable, seen);
    run_check_list(check, "clean", &run->clean, seen);
    static const char *const needed[] = { "infected", "clean" };
    const struct settings_list *lists[] = { &run->infected, &run->clean };
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        struct conf_node *place = run_place(check, needed[i]);
        if (lists[i]->count == 0 && place != NULL)
            conf_mistake(check->mistakes, place, "%s is empty, so nothing could ever mean that; leave it out",
                         needed[i]);
    }
}

static void run_check_name(const struct run_check *check)
{
    struct conf_node *place = run_place(check, "name_pattern");
    struct fault fault = { 0 };
    if (place == NULL || check->scanner->run.name_pattern[0] == '\0')
        return;
    struct pattern *pattern = pattern_new(check->scanner->run.name_pattern, &fault);
    if (pattern == NULL)
        conf_mistake(check->mistakes, place, "name_pattern is no pattern: %s; write one such as \": (.+) FOUND$\"",
                     fault.text);
    else if (pattern_groups(pattern) == 0)
        conf_mistake(check->mistakes, place,
                     "name_pattern does not say what the name is; put it in parentheses, such as \": (.+) FOUND$\"");
    pattern_free(pattern);
}

static void run_check_one(const struct run_check *check, bool with_files)
{
    run_check_user(check, with_files);
    run_check_command(check);
    run_check_path(check, "command", &check->scanner->run.command);
    run_check_path(check, "version_command", &check->scanner->run.version_command);
    run_check_meanings(check);
    run_check_name(check);
    if (!with_files)
        return;
    run_check_base(check);
    run_check_program(check, "command", &check->scanner->run.command);
    run_check_program(check, "version_command", &check->scanner->run.version_command);
}

static bool dialogue_names_file(const struct settings_list *steps)
{
    for (size_t i = 0; i < steps->count; i++) {
        if (steps->items[i][0] == '>' && strstr(steps->items[i], "{path}") != NULL)
            return true;
    }
    return false;
}

/* Its name becomes part of what is said to the daemon. */
static bool folder_is_plain(const char *folder)
{
    for (; *folder != '\0'; folder++) {
        if (!ascii_is_alnum(*folder) && strchr("/._-", *folder) == NULL)
            return false;
    }
    return true;
}

static void run_check_lent(const struct run_check *check, bool with_files)
{
    const struct scanner_settings *scanner = check->scanner;
    struct conf_node *folder = run_place(check, "shared_folder");
    struct conf_node *delivery = run_place(check, "delivery");
    run_check_user(check, with_files);
    if (folder != NULL && scanner->run.shared_folder[0] == '\0')
        conf_mistake(check->mistakes, folder,
                     "the scanner %s has no shared_folder; write shared_folder = \"/run/cordon-lent\"", scanner->name);
    else if (folder != NULL && !folder_is_plain(scanner->run.shared_folder))
        conf_mistake(check->mistakes, folder,
                     "shared_folder has bytes that a dialogue may not carry; use letters, digits, and /._- alone");
    if (delivery != NULL && run_place(check, "dialogue") != NULL && !dialogue_names_file(&scanner->dialogue))
        conf_mistake(check->mistakes, delivery,
                     "delivery = \"shared\" where the dialogue never names a file; write {path} in it, or leave "
                     "delivery out");
}

/* A socket whose dialogue needs no runner. */
static void run_check_unlent(const struct run_check *check)
{
    struct conf_node *place = run_place(check, "delivery");
    const struct run_settings *run = &check->scanner->run;
    if (place == NULL)
        return;
    if (run->delivery == DELIVERY_STREAM)
        conf_mistake(check->mistakes, place,
                     "delivery = \"stream\" is for programs; here the dialogue says it, with {body} or {chunks:b4}; "
                     "leave delivery out");
    else if (run->user[0] != '\0' || run->shared_folder[0] != '\0')
        conf_mistake(check->mistakes, place,
                     "user and shared_folder mean nothing here without delivery = \"shared\"; add it, or leave them "
                     "out");
}

void conf_check_run(const struct settings *settings, const struct conf_node *scanners, bool with_files,
                    struct conf_mistakes *mistakes)
{
    for (size_t i = 0; i < settings->scanner_count; i++) {
        struct run_check check = { .settings = settings,
                                   .scanner = &settings->scanners[i],
                                   .node = conf_node_find(scanners, settings->scanners[i].name),
                                   .mistakes = mistakes };
        if (check.node != NULL && check.scanner->type == SCANNER_SOCKET && !scanner_is_lent(check.scanner))
            run_check_unlent(&check);
        if (check.node == NULL || !scanner_is_run(check.scanner))
            continue;
        if (scanner_is_lent(check.scanner))
            run_check_lent(&check, with_files);
        else
            run_check_one(&check, with_files);
        if (runners_of(settings, i) >= SETTINGS_MOST_RUNNERS && run_place(&check, "user") != NULL)
            conf_mistake(mistakes, run_place(&check, "user"),
                         "user = \"%s\" is one more than the %d users that programs may run as; let some share a user",
                         check.scanner->run.user, (int)SETTINGS_MOST_RUNNERS);
    }
}

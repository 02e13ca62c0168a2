/* The option table: every key with its type, bounds, default and manual text. Reading, checking, printing and the
 * manual page all walk it.
 */
#ifndef CORDON_CONF_OPTIONS_H
#define CORDON_CONF_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

enum option_type {
    OPTION_BOOL,        /* bool */
    OPTION_NUMBER,      /* uint32_t */
    OPTION_DURATION,    /* uint32_t, milliseconds */
    OPTION_AGE,         /* the same, uint64_t */
    OPTION_AGES,        /* struct settings_ages: categories, each with its age */
    OPTION_SIZE,        /* uint64_t, bytes */
    OPTION_SIZE_32,     /* uint32_t, bytes */
    OPTION_WORD,        /* an enum: one of `words` */
    OPTION_ADDRESS,     /* a text that net_address_parse takes; may be empty */
    OPTION_NEXT_HOP,    /* struct hop_settings: protocol and address of it */
    OPTION_SOCKET_MODE, /* unsigned: "0660" */
    OPTION_HOST,        /* a text: a host's name */
    OPTION_USER,        /* a text: a user's name */
    OPTION_FOLDER,      /* a text: an absolute path */
    OPTION_SIGNATURES,  /* a text: an absolute path, or "test" */
    OPTION_FILE,        /* a text: an absolute path, or empty */
    OPTION_OWN_FILE,    /* a text: an absolute path */
    OPTION_FILES,       /* struct settings_list: one absolute path or more, at most `most` */
    OPTION_DOMAINS,     /* struct settings_list: domains, and such with a dot before them */
    OPTION_CATEGORIES,  /* unsigned: bits of enum category; 0: all */
    OPTION_PATH_PART,   /* a text: a part of a URI's path */
    OPTION_NETWORKS,    /* struct settings_list: what net_trust_add takes */
    OPTION_PATTERNS,    /* struct settings_list: patterns of file names */
    OPTION_TYPES,       /* struct settings_list: patterns of media types */
    OPTION_RULES,       /* struct settings_list: absolute paths, or glob patterns of such */
    OPTION_PATHS,       /* struct settings_list: patterns of containers and file names */
    OPTION_RUN_USER,    /* a text: a user's name, or empty */
    OPTION_COMMAND,     /* struct settings_list: a program's absolute path, and arguments */
    OPTION_MEANINGS,    /* struct settings_list: exit statuses and patterns */
    OPTION_REASONS,     /* struct settings_list: the same, each behind a reason and a colon */
    OPTION_PATTERN,     /* a text: a regular expression, or empty */
    OPTION_KEY,         /* a text: printable, on one line; may be empty */
    OPTION_DIALOGUE,    /* struct settings_list: what dialogue_step_read takes */
    OPTION_CANARY,      /* a text: "eicar", "none" or an absolute path */
    OPTION_NAMES,       /* struct settings_names: groups of pattern and action */
    OPTION_ACTIONS,     /* unsigned: bits of enum action that make sense together */
    OPTION_CLEAN,       /* the same, for clean mail */
    OPTION_REQUIRE,     /* uint32_t: "any", "all" or a number */
    OPTION_GROUP,       /* the keys of `group` */
    OPTION_GROUPS,      /* groups with names of the operator's choice, each with the keys of `group` */
    OPTION_LATER,       /* not in this version: `manual` says so */
    OPTION_TYPES_COUNT
};

struct option_word {
    const char *text;
    int value; /* OPTION_WORD_LATER: known to later versions alone */
};

#define OPTION_WORD_LATER (-1)

/* In the default of a group with a name of its own: that name (load.c puts it there). */
#define OPTION_OWN_NAME "NAME"

/* A group's variants: a listener's mode or a scanner's type, by the value of that enum. */
enum { OPTION_VARIANTS = 8 };

struct option {
    const char *key;
    enum option_type type;
    unsigned variants;                     /* bits 1U << variant in which the key has a meaning; 0: in all */
    size_t offset;                         /* in the group's struct */
    const char *fallback[OPTION_VARIANTS]; /* words separated by blanks for lists; others NULL: as [0] */
    uint64_t least;
    uint64_t most;
    const struct option_word *words; /* ended by a NULL text */
    const struct option_group *group;
    const char *manual; /* whole sentences in plain text */
};

struct option_group {
    const char *name;
    const struct option *options;
    size_t count;
    const char *variant_key; /* the key whose word is the variant, or NULL */
    const char *manual;
};

extern const struct option_group conf_root_group;
extern const struct option_group conf_policy_group;
extern const struct option_group conf_listener_group; /* options_listener.c */
extern const struct option_group conf_scanner_group;  /* options_scanner.c */
extern const struct option_group conf_store_group;    /* options_store.c */

/* The row, or NULL. */
const struct option *option_find(const struct option_group *group, const char *key);

/* The default's text in a variant. Not for groups. */
const char *option_fallback(const struct option *option, unsigned variant);

#endif

/* What the configuration says of one scanner; a part of settings.h, which says what holds for all of it. Each type has
 * a struct of its own for what means something to it alone. */
#ifndef CORDON_CONF_SETTINGS_SCANNER_H
#define CORDON_CONF_SETTINGS_SCANNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SETTINGS_NAME_SIZE = 32, SETTINGS_MOST_LIST = 64 };

struct settings_list {
    const char *items[SETTINGS_MOST_LIST];
    size_t count;
};

enum scanner_type {
    SCANNER_CLAMAV,
    SCANNER_CLAMD,
    SCANNER_COMMAND,
    SCANNER_COMMUNIGATE,
    SCANNER_ICAP,
    SCANNER_PLUGIN,
    SCANNER_SOCKET,
    SCANNER_YARA,
    SCANNER_TYPES
};
enum scanner_role { SCANNER_PRIMARY, SCANNER_BACKUP };
enum scanner_input { INPUT_MESSAGE, INPUT_PARTS, INPUT_BOTH, INPUT_AUTO };

enum piece_delivery { DELIVERY_FD, DELIVERY_STREAM, DELIVERY_SHARED };

struct run_settings { /* command and communigate: a foreign program; socket: whom it is lent files by */
    const char *user;
    const char *base_folder;      /* "": none */
    struct settings_list command; /* the program, by its whole path, and its arguments */
    struct settings_list version_command;
    enum piece_delivery delivery;
    struct settings_list clean; /* what meaning_read takes, in all four */
    struct settings_list infected;
    struct settings_list unscannable; /* each with its reason */
    struct settings_list failed;
    const char *name_pattern;
    const char *key; /* of a licence; "": none */
    uint64_t folder_bytes;
    const char *shared_folder; /* "": a private one */
};

enum icap_method { ICAP_RESPMOD, ICAP_REQMOD };

struct icap_settings {
    const char *service;
    enum icap_method method;
    bool preview;
};

/* What becomes of a found name: it is taken for nothing, or for a finding of a category. */
enum name_action { NAME_IGNORE, NAME_MALFORMED, NAME_BANNED, NAME_INFECTED, NAME_ACTIONS };

enum { SETTINGS_MOST_NAMES = 32 };

struct settings_names { /* the first whose pattern fits counts */
    const char *patterns[SETTINGS_MOST_NAMES];
    enum name_action actions[SETTINGS_MOST_NAMES];
    size_t count;
};

struct scanner_tls_settings { /* icap, plugin: what is said over the address */
    bool is_on;
    bool verify;
    const char *ca; /* "": the system's */
};

struct yara_settings {
    struct settings_list rules; /* absolute paths, with glob patterns */
};

/* The folder for the last good set, within that of the signatures; and as the argument of the engine that loads it. */
#define SETTINGS_LAST_GOOD ".cordon-last-good"
#define SETTINGS_LAST_GOOD_ENGINE "last-good"

struct scanner_settings {
    char name[SETTINGS_NAME_SIZE];
    enum scanner_type type;
    enum scanner_role role;
    enum scanner_input input;
    uint32_t timeout_ms;
    uint32_t concurrency;
    uint64_t max_bytes;  /* a larger piece is `unscannable: limit` and not asked */
    uint32_t max_pieces; /* more: the raw message is sent and counts */
    uint32_t canary_interval_ms;
    const char *address;        /* where it listens; not clamav */
    const char *signatures;     /* clamav: a folder, or "test" */
    uint32_t processes;         /* clamav, yara: engine processes */
    uint32_t scans_per_process; /* clamav, yara */
    uint64_t folder_bytes;      /* clamav: its tmpfs */
    const char *canary;         /* "eicar", "none", or a file */
    struct settings_names names;
    const char *clean_samples;       /* clamav: a folder, or empty */
    uint32_t min_signatures_percent; /* clamav: of the last set's, in an update */
    bool allow_rollback;             /* clamav */
    bool keep_last_good;             /* clamav */
    struct run_settings run;
    struct icap_settings icap;
    struct scanner_tls_settings tls;
    struct yara_settings yara;
    struct settings_list dialogue; /* socket: what dialogue_step_read takes */
};

#endif

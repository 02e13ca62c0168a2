/* The configuration as the program uses it: an immutable snapshot with every default filled in.
 *
 * Texts are never NULL (empty means "none") and live as long as the snapshot. Times are in milliseconds, sizes in
 * bytes. What each key means, its bounds and its default stand in the option table (options.c), from which
 * cordon.conf(5) is made.
 */
#ifndef CORDON_CONF_SETTINGS_H
#define CORDON_CONF_SETTINGS_H

#include "sys/log.h"
#include "verdict/action.h"
#include "verdict/verdict.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SETTINGS_NAME_SIZE = 32, SETTINGS_MOST_LISTENERS = 32, SETTINGS_MOST_SCANNERS = 16, SETTINGS_MOST_LIST = 64 };

struct settings_list {
    const char *items[SETTINGS_MOST_LIST];
    size_t count;
};

enum protocol { PROTOCOL_SMTP, PROTOCOL_LMTP };
enum bare_newline { BARE_NEWLINE_REJECT, BARE_NEWLINE_NORMALISE };
enum tls_mode { TLS_NO, TLS_MAY, TLS_REQUIRE };

struct hop_settings {
    enum protocol protocol;
    const char *address; /* as net_address_parse takes it: "127.0.0.1:10025", "unix:/run/dovecot/lmtp" */
    enum tls_mode tls;
    bool tls_verify;
    const char *tls_ca;
    uint32_t connect_timeout_ms;
    uint32_t command_timeout_ms; /* EHLO, MAIL, RCPT, DATA */
    uint32_t idle_timeout_ms;    /* an unused connection is closed after this */
    uint32_t idle_connections;   /* kept at most */
};

struct listener_settings {
    char name[SETTINGS_NAME_SIZE];
    enum protocol protocol;
    const char *address;
    unsigned socket_mode; /* of a Unix socket */
    struct hop_settings hop;
    enum mode mode;
    struct settings_list trust;
    bool proxy_protocol;
    enum bare_newline bare_newline;
    enum tls_mode tls;
    const char *tls_certificate;
    const char *tls_key;
    uint32_t max_sessions;
    uint32_t client_timeout_ms;  /* a client's silence */
    uint32_t message_timeout_ms; /* the message's one deadline, from its last byte on */
    uint64_t max_message_bytes;
    uint32_t max_recipients;
    uint32_t max_received; /* Received fields before it is a loop */
    struct policy_settings policy;
};

enum scanner_type { SCANNER_CLAMAV, SCANNER_CLAMD };
enum scanner_role { SCANNER_PRIMARY, SCANNER_BACKUP };
enum scanner_input { INPUT_MESSAGE, INPUT_PARTS, INPUT_BOTH, INPUT_AUTO };

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
    const char *address;        /* clamd */
    const char *signatures;     /* clamav: a folder, or "test" */
    uint32_t processes;         /* clamav: engine processes */
    uint32_t scans_per_process; /* clamav */
    uint64_t folder_bytes;      /* clamav: its tmpfs */
    const char *clean_samples;       /* clamav: a folder, or empty */
    uint32_t min_signatures_percent; /* clamav: of the last set's, in an update */
    bool allow_rollback;             /* clamav */
};

struct decoder_settings {
    uint32_t spares;
    uint32_t processes;
    uint32_t timeout_ms;
    uint64_t memory_bytes;
    uint64_t max_bytes_out;
    uint32_t max_parts;
    uint32_t max_depth;
    uint32_t max_header_bytes;
    uint32_t max_ratio;    /* unpacked to packed bytes of one member, once it is large */
    uint32_t max_readings; /* of one part, beyond the first */
    uint32_t max_steps;    /* work that is neither bytes in nor bytes out */
};

struct ban_settings {           /* patterns as glob_match has them */
    struct settings_list names; /* of whole file names: "*.exe"; or "@dangerous" */
    struct settings_list types; /* declared or detected: "application/x-msdownload" */
    struct settings_list paths; /* of names within containers */
    struct settings_list allow; /* likewise: what is not banned after all */
    bool double_extensions;
    bool encrypted;
};

struct settings {
    struct listener_settings listeners[SETTINGS_MOST_LISTENERS];
    size_t listener_count;
    struct scanner_settings scanners[SETTINGS_MOST_SCANNERS];
    size_t scanner_count;
    struct policy_settings policy; /* the global one; each listener has its own complete copy */
    struct decoder_settings decoder;
    struct ban_settings ban;
    struct log_settings log;
    const char *hostname; /* in greetings and in our fields */
    const char *run_directory;
    const char *user;
    bool virus_scanned_header; /* X-Virus-Scanned beside X-Cordon-Scan */
    uint64_t memory_budget;    /* bytes of messages in flight */
    uint32_t shutdown_timeout_ms;
    void *memory; /* owned by settings_free */
};

void settings_free(struct settings *settings);

#endif

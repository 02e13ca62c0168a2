/* The configuration as the program uses it: an immutable snapshot with every default filled in.
 *
 * Texts are never NULL (empty means "none") and live as long as the snapshot. Times are in milliseconds, sizes in
 * bytes. What each key means, its bounds and its default stand in the option table (options*.c), from which
 * cordon.conf(5) is made.
 */
#ifndef CORDON_CONF_SETTINGS_H
#define CORDON_CONF_SETTINGS_H

#include "conf/settings_scanner.h"
#include "ipc/roles.h"
#include "sys/log.h"
#include "verdict/action.h"
#include "verdict/verdict.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SETTINGS_USER "cordon" /* where none is named */

enum {
    SETTINGS_MOST_LISTENERS = 32,
    SETTINGS_MOST_SCANNERS = 16,
    SETTINGS_MOST_STORES = 8,
    SETTINGS_MOST_OWNERS = 8,                 /* of one store */
    SETTINGS_MOST_RUNNERS = ROLE_MOST_RUNNERS /* users as whom scanners' programs run (runners.h) */
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

struct settings_ages {
    unsigned set; /* bits 1U << enum category */
    uint64_t ms[CATEGORIES];
};

struct store_conf { /* a store as it is configured; store/store.h has what becomes of it */
    char name[SETTINGS_NAME_SIZE];
    const char *path;
    const char *head;
    const char *root_key;
    struct settings_list owners; /* files of public keys, at least one */
    const char *owner_key;       /* where the secret half of the first one's pair is put when that is made; "": never */
    uint64_t keep_for_ms;
    struct settings_ages keep_categories;
    uint64_t keep_ms[CATEGORIES]; /* from the two above; 0: for ever */
    uint64_t most_bytes;          /* of messages; 0: no bound */
    uint64_t share_ms;            /* 0: parts are not stored once */
    uint64_t segment_bytes;
    uint32_t check_percent;
    uint64_t check_every_ms;
    uint64_t check_rate_bytes;    /* a second */
    uint64_t again_ms;            /* how long a short-lived key opens what is stored, too; 0: none does */
    struct settings_list domains; /* of recipients: "example.org", ".example.org"; none: all */
    unsigned categories;          /* bits 1U << enum category; 0: all */
};

struct metrics_settings {
    const char *address; /* empty: nowhere */
    unsigned socket_mode;
};

struct settings {
    struct listener_settings listeners[SETTINGS_MOST_LISTENERS];
    size_t listener_count;
    struct scanner_settings scanners[SETTINGS_MOST_SCANNERS];
    size_t scanner_count;
    struct store_conf stores[SETTINGS_MOST_STORES]; /* the first that takes a recipient and category counts */
    size_t store_count;
    struct policy_settings policy; /* the global one; each listener has its own complete copy */
    struct decoder_settings decoder;
    struct ban_settings ban;
    struct log_settings log;
    const char *hostname; /* in greetings and in our fields */
    const char *run_directory;
    const char *user;
    bool virus_scanned_header; /* X-Virus-Scanned beside X-Cordon-Scan */
    uint64_t memory_budget;    /* bytes of messages in flight */
    struct metrics_settings metrics;
    uint64_t answers_memory_bytes; /* for what scanners said of parts; 0: nothing is remembered */
    uint32_t waiting_alarm_ms;
    uint32_t shutdown_timeout_ms;
    void *memory; /* owned by settings_free */
};

void settings_free(struct settings *settings);

#endif

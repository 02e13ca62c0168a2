#include "options.h"

#include "conf/dangerous.h"
#include "conf/options_rows.h"

#include <assert.h>
#include <string.h>

enum { RUN_DIRECTORY_MOST = 80 }; /* a socket's path has at most 107 bytes */

enum {
    CLAMAV_ALONE = 1U << SCANNER_CLAMAV,
    COMMAND_ALONE = 1U << SCANNER_COMMAND,
    PROGRAMS = 1U << SCANNER_COMMAND | 1U << SCANNER_COMMUNIGATE,
    COMMUNIGATE_ALONE = 1U << SCANNER_COMMUNIGATE,
    SOCKET_ALONE = 1U << SCANNER_SOCKET,
    ICAP_ALONE = 1U << SCANNER_ICAP,
    ENGINES_ALONE = 1U << SCANNER_CLAMAV | 1U << SCANNER_YARA,
    WITH_ADDRESS = 1U << SCANNER_CLAMD | 1U << SCANNER_ICAP | 1U << SCANNER_PLUGIN | 1U << SCANNER_SOCKET
};

static const struct option_word protocol_words[] = {
    { "smtp", PROTOCOL_SMTP },      { "lmtp", PROTOCOL_LMTP },     { "milter", OPTION_WORD_LATER },
    { "clamd", OPTION_WORD_LATER }, { "http", OPTION_WORD_LATER }, { NULL, 0 },
};
static const struct option_word mode_words[] = {
    { "after-queue", MODE_AFTER_QUEUE },
    { "before-queue", MODE_BEFORE_QUEUE },
    { NULL, 0 },
};
static const struct option_word newline_words[] = {
    { "reject", BARE_NEWLINE_REJECT },
    { "normalise", BARE_NEWLINE_NORMALISE },
    { NULL, 0 },
};
static const struct option_word tls_words[] = {
    { "no", TLS_NO },
    { "may", TLS_MAY },
    { "require", TLS_REQUIRE },
    { NULL, 0 },
};
static const struct option_word scanner_words[] = {
    { "clamav", SCANNER_CLAMAV },           { "clamd", SCANNER_CLAMD }, { "command", SCANNER_COMMAND },
    { "communigate", SCANNER_COMMUNIGATE }, { "icap", SCANNER_ICAP },   { "plugin", SCANNER_PLUGIN },
    { "socket", SCANNER_SOCKET },           { "yara", SCANNER_YARA },   { NULL, 0 },
};
static const struct option_word delivery_words[] = {
    { "fd", DELIVERY_FD },
    { "stream", DELIVERY_STREAM },
    { "shared", DELIVERY_SHARED },
    { NULL, 0 },
};
static const struct option_word icap_method_words[] = {
    { "respmod", ICAP_RESPMOD },
    { "reqmod", ICAP_REQMOD },
    { NULL, 0 },
};
static const struct option_word role_words[] = {
    { "primary", SCANNER_PRIMARY },
    { "backup", SCANNER_BACKUP },
    { NULL, 0 },
};
static const struct option_word input_words[] = {
    { "auto", INPUT_AUTO }, { "message", INPUT_MESSAGE }, { "parts", INPUT_PARTS }, { "both", INPUT_BOTH }, { NULL, 0 },
};
static const struct option_word destination_words[] = {
    { "stderr", LOG_TO_STDERR },
    { "syslog", LOG_TO_SYSLOG },
    { "journald", LOG_TO_JOURNALD },
    { NULL, 0 },
};
static const struct option_word format_words[] = {
    { "keyvalue", LOG_KEYVALUE },
    { "json", LOG_JSON },
    { NULL, 0 },
};
static const struct option_word privacy_words[] = {
    { "full", LOG_FULL },
    { "hash", LOG_HASH },
    { "none", LOG_NONE },
    { NULL, 0 },
};

static const struct option unscannable_options[] = {
    { .key = "poison",
      .type = OPTION_ACTIONS,
      .offset = offsetof(struct policy_settings, unscannable_actions[UNSCANNABLE_POISON]),
      .fallback = { "reject quarantine" },
      .manual = "It killed a scanner several times, alone, while the canary of that scanner passed." },
    { .key = "decoder",
      .type = OPTION_ACTIONS,
      .offset = offsetof(struct policy_settings, unscannable_actions[UNSCANNABLE_DECODER]),
      .fallback = { "reject quarantine" },
      .manual = "It crashed a fresh decoder twice." },
    { .key = "masked",
      .type = OPTION_ACTIONS,
      .offset = offsetof(struct policy_settings, unscannable_actions[UNSCANNABLE_MASKED]),
      .fallback = { "reject quarantine" },
      .manual = "A scanner that tells one name only found one that names of the scanner ignores or makes less of: a "
                "virus may stand behind it." },
    { .key = "limit",
      .type = OPTION_ACTIONS,
      .offset = offsetof(struct policy_settings, unscannable_actions[UNSCANNABLE_LIMIT]),
      .fallback = { "reject quarantine" },
      .manual = "It has more bytes, parts or depth than a limit allows." },
    { .key = "encrypted",
      .type = OPTION_ACTIONS,
      .offset = offsetof(struct policy_settings, unscannable_actions[UNSCANNABLE_ENCRYPTED]),
      .fallback = { "tag pass" },
      .manual = "Some part is encrypted." },
    { .key = "unsupported",
      .type = OPTION_ACTIONS,
      .offset = offsetof(struct policy_settings, unscannable_actions[UNSCANNABLE_UNSUPPORTED]),
      .fallback = { "tag pass" },
      .manual = "Some part is in a format that nothing here can unpack." },
    { .key = "damaged",
      .type = OPTION_ACTIONS,
      .offset = offsetof(struct policy_settings, unscannable_actions[UNSCANNABLE_DAMAGED]),
      .fallback = { "tag pass" },
      .manual = "Some part is damaged." },
};
static const struct option_group unscannable_group = {
    .name = "unscannable",
    .options = unscannable_options,
    .count = OPTION_COUNT(unscannable_options),
    .manual = "What happens to a message of which some part could not be looked into, by reason. The gravest reason "
              "decides, in this order.",
};

static const struct option policy_options[] = {
    { .key = "require",
      .type = OPTION_REQUIRE,
      .offset = offsetof(struct policy_settings, require),
      .fallback = { "any" },
      .least = 1,
      .most = SETTINGS_MOST_SCANNERS,
      .manual = "How many primary scanners must give definite answers for all that they are shown: any (one), all, or "
                "a number." },
    { .key = "infected",
      .type = OPTION_ACTIONS,
      .offset = offsetof(struct policy_settings, actions[CATEGORY_INFECTED]),
      .fallback = { "reject quarantine" },
      .manual = "A scanner found something." },
    { .key = "banned",
      .type = OPTION_ACTIONS,
      .offset = offsetof(struct policy_settings, actions[CATEGORY_BANNED]),
      .fallback = { "reject quarantine" },
      .manual = "A name or type of some part is on the list in the group ban." },
    { .key = "unscanned",
      .type = OPTION_ACTIONS,
      .offset = offsetof(struct policy_settings, actions[CATEGORY_UNSCANNED]),
      .fallback = { "tempfail" },
      .manual = "The scanners that are required gave no definite answers, or the machine had no room. Anything but "
                "tempfail lets mail go its way that nobody looked at." },
    { .key = "unscannable",
      .type = OPTION_GROUP,
      .group = &unscannable_group,
      .manual = "What happens to a message of which some part could not be looked into." },
    { .key = "malformed",
      .type = OPTION_ACTIONS,
      .offset = offsetof(struct policy_settings, actions[CATEGORY_MALFORMED]),
      .fallback = { "tag pass" },
      .manual = "The message breaks a rule that mail programs disagree about; every reading of it was judged clean." },
    { .key = "clean",
      .type = OPTION_CLEAN,
      .offset = offsetof(struct policy_settings, actions[CATEGORY_CLEAN]),
      .fallback = { "pass" },
      .manual = "Every required scanner found every piece clean: pass, or tag and pass." },
};
static const struct option_group policy_group = {
    .name = "policy",
    .options = policy_options,
    .count = OPTION_COUNT(policy_options),
    .manual = "What happens to a message, by the gravest category that applies. Each key takes one action or several: "
              "pass, tag (adds a field to the header; beside pass), reject, discard, tempfail, quarantine (beside "
              "reject or discard: keeps the message in a store), forget (beside discard: without any record). After "
              "the queue reject means quarantine, and the client is told that the message was taken. What no store "
              "takes is not kept: before the queue reject with quarantine keeps nothing and says so in the log; after "
              "the queue every reject is a temporary failure, and so is discard without forget, so that nothing is "
              "lost. It is one too where the store fails.",
};

static const struct option listener_options[] = {
    { .key = "protocol",
      .type = OPTION_WORD,
      .offset = offsetof(struct listener_settings, protocol),
      .fallback = { "smtp" },
      .words = protocol_words,
      .manual = "What is spoken." },
    { .key = "address",
      .type = OPTION_ADDRESS,
      .offset = offsetof(struct listener_settings, address),
      .fallback = { "127.0.0.1:10024" },
      .manual = "Where connections are taken: an IP address and port, or unix: and the absolute path of a socket. IPv6 "
                "addresses stand in brackets." },
    { .key = "socket_mode",
      .type = OPTION_SOCKET_MODE,
      .offset = offsetof(struct listener_settings, socket_mode),
      .fallback = { "0660" },
      .most = 0777,
      .manual = "The permissions of a Unix socket, in octal, as a text." },
    { .key = "next_hop",
      .type = OPTION_NEXT_HOP,
      .offset = offsetof(struct listener_settings, hop),
      .fallback = { "smtp://127.0.0.1:10025" },
      .manual =
          "Where accepted mail goes on to: smtp://HOST:PORT, lmtp://HOST:PORT, smtp+unix:PATH or lmtp+unix:PATH." },
    { .key = "mode",
      .type = OPTION_WORD,
      .offset = offsetof(struct listener_settings, mode),
      .fallback = { "after-queue" },
      .words = mode_words,
      .manual = "Where Cordon stands, which decides what reject means: before the queue a permanent refusal, after it "
                "never one, because the mail server would return a virus to a forged sender." },
    { .key = "trust",
      .type = OPTION_NETWORKS,
      .offset = offsetof(struct listener_settings, trust),
      .fallback = { "127.0.0.0/8 [::1] unix" },
      .manual = "Networks whose XFORWARD, XCLIENT and PROXY are believed: addresses, networks such as 10.0.0.0/8 or "
                "[2001:db8::]/32, and unix for Unix sockets." },
    { .key = "proxy_protocol",
      .type = OPTION_BOOL,
      .offset = offsetof(struct listener_settings, proxy_protocol),
      .fallback = { "false" },
      .manual = "Whether each connection begins with a header of the PROXY protocol, version 1 or 2." },
    { .key = "bare_newline",
      .type = OPTION_WORD,
      .offset = offsetof(struct listener_settings, bare_newline),
      .fallback = { "normalise", "reject" },
      .words = newline_words,
      .manual = "What becomes of a CR or LF that stands alone in a message: the message is refused, or the line end is "
                "made whole. It is never passed on as it is." },
    { .key = "tls",
      .type = OPTION_WORD,
      .offset = offsetof(struct listener_settings, tls),
      .fallback = { "no" },
      .words = tls_words,
      .manual = "Whether STARTTLS is offered (may), or mail refused without it (require)." },
    { .key = "tls_certificate",
      .type = OPTION_FILE,
      .offset = offsetof(struct listener_settings, tls_certificate),
      .fallback = { "" },
      .manual = "The certificate and its chain, in PEM." },
    { .key = "tls_key",
      .type = OPTION_FILE,
      .offset = offsetof(struct listener_settings, tls_key),
      .fallback = { "" },
      .manual = "The private key of the certificate, in PEM." },
    { .key = "max_sessions",
      .type = OPTION_NUMBER,
      .offset = offsetof(struct listener_settings, max_sessions),
      .fallback = { "6000" },
      .least = 1,
      .most = 100000,
      .manual = "Open sessions of this listener; one more is told 421." },
    { .key = "client_timeout",
      .type = OPTION_DURATION,
      .offset = offsetof(struct listener_settings, client_timeout_ms),
      .fallback = { "5m" },
      .least = 1 * SECONDS,
      .most = 1 * HOURS,
      .manual = "How long a client may be silent." },
    { .key = "message_timeout",
      .type = OPTION_DURATION,
      .offset = offsetof(struct listener_settings, message_timeout_ms),
      .fallback = { "240s", "80s" },
      .least = 1 * SECONDS,
      .most = 1 * HOURS,
      .manual = "The one deadline of a message, from its last byte to the reply. Before the queue at most 95s, because "
                "the mail server gives up at 100s." },
    { .key = "max_message_size",
      .type = OPTION_SIZE,
      .offset = offsetof(struct listener_settings, max_message_bytes),
      .fallback = { "50M" },
      .least = 1 * KIB,
      .most = 2047 * MIB,
      .manual = "The largest message that is accepted." },
    { .key = "max_recipients",
      .type = OPTION_NUMBER,
      .offset = offsetof(struct listener_settings, max_recipients),
      .fallback = { "1000" },
      .least = 1,
      .most = 1000,
      .manual = "Recipients of one message." },
    { .key = "max_received",
      .type = OPTION_NUMBER,
      .offset = offsetof(struct listener_settings, max_received),
      .fallback = { "50" },
      .least = 1,
      .most = 1000,
      .manual = "More Received fields than these are a mail loop." },
    { .key = "next_hop_tls",
      .type = OPTION_WORD,
      .offset = offsetof(struct listener_settings, hop.tls),
      .fallback = { "no" },
      .words = tls_words,
      .manual = "Whether STARTTLS is used towards the next hop where it is offered (may), or always (require)." },
    { .key = "next_hop_tls_verify",
      .type = OPTION_BOOL,
      .offset = offsetof(struct listener_settings, hop.tls_verify),
      .fallback = { "true" },
      .manual = "Whether the certificate of the next hop must be valid for its name." },
    { .key = "next_hop_tls_ca",
      .type = OPTION_FILE,
      .offset = offsetof(struct listener_settings, hop.tls_ca),
      .fallback = { "" },
      .manual = "The authorities that are trusted for it, in PEM; empty: those of the system." },
    { .key = "next_hop_connect_timeout",
      .type = OPTION_DURATION,
      .offset = offsetof(struct listener_settings, hop.connect_timeout_ms),
      .fallback = { "10s" },
      .least = 100,
      .most = 5 * MINUTES,
      .manual = "How long connecting to the next hop may take." },
    { .key = "next_hop_command_timeout",
      .type = OPTION_DURATION,
      .offset = offsetof(struct listener_settings, hop.command_timeout_ms),
      .fallback = { "60s" },
      .least = 100,
      .most = 10 * MINUTES,
      .manual = "How long the next hop may take for the reply to one command." },
    { .key = "next_hop_idle_timeout",
      .type = OPTION_DURATION,
      .offset = offsetof(struct listener_settings, hop.idle_timeout_ms),
      .fallback = { "30s" },
      .least = 0,
      .most = 10 * MINUTES,
      .manual = "An unused connection to the next hop is closed after this." },
    { .key = "next_hop_idle_connections",
      .type = OPTION_NUMBER,
      .offset = offsetof(struct listener_settings, hop.idle_connections),
      .fallback = { "20" },
      .least = 0,
      .most = 1000,
      .manual = "Unused connections to the next hop that are kept at most." },
    { .key = "policy",
      .type = OPTION_GROUP,
      .offset = offsetof(struct listener_settings, policy),
      .group = &policy_group,
      .manual = "The policy of this listener, key by key over the global one." },
};
const struct option_group conf_listener_group = {
    .name = "NAME",
    .options = listener_options,
    .count = OPTION_COUNT(listener_options),
    .variant_key = "mode",
    .manual = "A way in for mail. The name is for logs.",
};

static const struct option scanner_options[] = {
    { .key = "type",
      .type = OPTION_WORD,
      .offset = offsetof(struct scanner_settings, type),
      .fallback = { "clamav" },
      .words = scanner_words,
      .manual =
          "The embedded ClamAV engine (clamav, at most one); a clamd that runs elsewhere; a program that is started "
          "for each piece and says by its exit status and its output what it found (command); a program that is "
          "written as an External Filter of CommuniGate Pro and keeps running (communigate); a server that speaks "
          "ICAP (icap); any program that speaks cordon-plugin(7) (plugin); a daemon that is talked to by a script "
          "(socket); rules of YARA in an embedded engine of their own (yara, at most one)." },
    { .key = "role",
      .type = OPTION_WORD,
      .offset = offsetof(struct scanner_settings, role),
      .fallback = { "primary" },
      .words = role_words,
      .manual = "A backup is asked only in place of a primary that failed." },
    { .key = "input",
      .type = OPTION_WORD,
      .offset = offsetof(struct scanner_settings, input),
      .fallback = { "auto", [SCANNER_COMMUNIGATE] = "message" },
      .words = input_words,
      .manual = "What the scanner is shown. message: the whole message as it came. parts: every decoded part. both: "
                "these two. auto: every decoded part, and in one more piece what is left of the message without their "
                "encoded bodies: all header fields, delimiters and text, as they stand. So every byte is judged, and "
                "nothing but text twice. Where the decoder could not look into every part, parts and auto mean both. A "
                "signature that is written for encoded bodies, or for what lies within mail alone, needs the message: "
                "the embedded engine looks for such ones among those that it loads, and with any, auto means both for "
                "it. Of a clamd that cannot be known: set both for one that has such signatures. cordon status shows "
                "what auto "
                "has come to." },
    { .key = "timeout",
      .type = OPTION_DURATION,
      .offset = offsetof(struct scanner_settings, timeout_ms),
      .fallback = { "60s" },
      .least = 100,
      .most = 1 * HOURS,
      .manual = "How long the scanner may take for one message." },
    { .key = "concurrency",
      .type = OPTION_NUMBER,
      .offset = offsetof(struct scanner_settings, concurrency),
      .fallback = { "3", [SCANNER_CLAMD] = "8", [SCANNER_ICAP] = "8", [SCANNER_PLUGIN] = "8", [SCANNER_SOCKET] = "8" },
      .least = 1,
      .most = 1000,
      .manual = "Pieces that it is asked to judge at the same time. For clamav and yara as many as processes." },
    { .key = "max_size",
      .type = OPTION_SIZE,
      .offset = offsetof(struct scanner_settings, max_bytes),
      .fallback = { "100M" },
      .least = 1 * KIB,
      .most = 2047 * MIB,
      .manual = "The scanner is not asked about a larger piece, which counts as unscannable: limit. For clamd not "
                "above its StreamMaxLength, MaxScanSize and MaxFileSize." },
    { .key = "max_pieces",
      .type = OPTION_NUMBER,
      .offset = offsetof(struct scanner_settings, max_pieces),
      .fallback = { "20000" },
      .least = 1,
      .most = 100000,
      .manual = "With more pieces than these the whole message is shown instead, and counts: no less than max_parts of "
                "the decoder, unless that is meant." },
    { .key = "canary_interval",
      .type = OPTION_DURATION,
      .offset = offsetof(struct scanner_settings, canary_interval_ms),
      .fallback = { "2m" },
      .least = 100,
      .most = 1 * HOURS,
      .manual = "How often the scanner is shown a test sample that it must find." },
    { .key = "canary",
      .type = OPTION_CANARY,
      .offset = offsetof(struct scanner_settings, canary),
      .fallback = { "eicar" },
      .manual =
          "The sample that the scanner must find: eicar, the test file of the antivirus industry; the path of a "
          "file of at most 8M; or none, for a scanner that knows no sample: it is then asked about a clean mail "
          "alone, and shown as unproven. Each time it looks a little different, so that no cache can answer: the "
          "test file has blanks at its end, and a zip archive gets a comment. Any other file is shown as it is." },
    { .key = "names",
      .type = OPTION_NAMES,
      .offset = offsetof(struct scanner_settings, names),
      .fallback = { "" },
      .manual =
          "What becomes of some names that the scanner finds: a list of groups { pattern = \"PUA.*\"; action = "
          "\"ignore\"; }, of which the first whose pattern fits the name counts. The action ignore takes the name "
          "for nothing and logs it; malformed and banned let the policy for that category decide; infected is "
          "what happens without any group. An ignored name must not hide another. So the embedded engine looks "
          "for all names; what any other scanner says such a name of is unscannable: masked." },
    { .key = "address",
      .type = OPTION_ADDRESS,
      .offset = offsetof(struct scanner_settings, address),
      .fallback = { "" },
      .variants = WITH_ADDRESS,
      .manual = "Where the scanner listens: unix: and the path of its socket, or HOST:PORT. To a clamd messages go as "
                "descriptors over a Unix socket, and are streamed over TCP." },
    { .key = "signatures",
      .type = OPTION_SIGNATURES,
      .offset = offsetof(struct scanner_settings, signatures),
      .fallback = { "/var/lib/clamav" },
      .variants = CLAMAV_ALONE,
      .manual =
          "The folder with the signatures of ClamAV; or test: the EICAR test signature alone, for trying Cordon "
          "out. While there are no signatures mail waits. The folder is watched: an update that is finished is loaded "
          "by a new engine process beside the old one, tried, and put to use without a pause; one that is bad is "
          "refused, and the old signatures stay in use. See SIGNATURES." },
    { .key = "processes",
      .type = OPTION_NUMBER,
      .offset = offsetof(struct scanner_settings, processes),
      .fallback = { "3" },
      .least = 1,
      .most = 256,
      .variants = ENGINES_ALONE,
      .manual = "Engine processes that scan side by side." },
    { .key = "scans_per_process",
      .type = OPTION_NUMBER,
      .offset = offsetof(struct scanner_settings, scans_per_process),
      .fallback = { "32" },
      .least = 1,
      .most = 100000,
      .variants = ENGINES_ALONE,
      .manual = "Messages that one engine process scans before a fresh one takes its place." },
    { .key = "folder_size",
      .type = OPTION_SIZE,
      .offset = offsetof(struct scanner_settings, folder_bytes),
      .fallback = { "512M" },
      .least = 16 * MIB,
      .most = 64 * GIB,
      .variants = CLAMAV_ALONE,
      .manual = "The most that one engine process may write for itself, in memory." },
    { .key = "clean_samples",
      .type = OPTION_FILE,
      .offset = offsetof(struct scanner_settings, clean_samples),
      .fallback = { "" },
      .variants = CLAMAV_ALONE,
      .manual = "A folder with files of yours that are known to be clean and must stay so: invoices, newsletters, what "
                "your programs send. At most 256 files with 64 MiB together, readable by the service user. A set of "
                "signatures that finds something in one of them, or in one of Cordon's own clean samples, is refused. "
                "Empty: Cordon's own alone." },
    { .key = "min_signatures_percent",
      .type = OPTION_NUMBER,
      .offset = offsetof(struct scanner_settings, min_signatures_percent),
      .fallback = { "50" },
      .least = 0,
      .most = 100,
      .variants = CLAMAV_ALONE,
      .manual = "An update with fewer signatures than so many percent of those in use is refused: it has collapsed." },
    { .key = "allow_rollback",
      .type = OPTION_BOOL,
      .offset = offsetof(struct scanner_settings, allow_rollback),
      .fallback = { "false" },
      .variants = CLAMAV_ALONE,
      .manual =
          "Take an update in which one of ClamAV's own databases (main, daily, bytecode) is older than the one in "
          "use, or missing." },
    { .key = "user",
      .type = OPTION_RUN_USER,
      .offset = offsetof(struct scanner_settings, run.user),
      .fallback = { "" },
      .variants = PROGRAMS | SOCKET_ALONE,
      .manual =
          "The user as whom the program runs, without any capability; not Cordon's own. Programs of one user may "
          "reach one another. In the type socket with delivery = \"shared\": the user whom the files belong to." },
    { .key = "command",
      .type = OPTION_COMMAND,
      .offset = offsetof(struct scanner_settings, run.command),
      .fallback = { "" },
      .variants = PROGRAMS,
      .manual = "The program, by its absolute path or by one below base_folder, and its arguments. No shell ever sees "
                "them. In the type command {} within an argument stands for the name of the file that holds the piece. "
                "The program starts with a clean environment, in a process group of its own that is killed at the "
                "deadline, and in base_folder; without one in the folder /, or, in the type communigate, in the folder "
                "that holds the files." },
    { .key = "base_folder",
      .type = OPTION_FILE,
      .offset = offsetof(struct scanner_settings, run.base_folder),
      .fallback = { "" },
      .variants = PROGRAMS,
      .manual =
          "The folder of a program that brings its own libraries and data files along: it starts there, and what "
          "command and version_command name without a leading / lies below it. In the type communigate file names "
          "are relative to it, as they are to the base directory of CommuniGate Pro." },
    { .key = "delivery",
      .type = OPTION_WORD,
      .offset = offsetof(struct scanner_settings, run.delivery),
      .fallback = { "fd" },
      .words = delivery_words,
      .variants = COMMAND_ALONE | SOCKET_ALONE,
      .manual =
          "How the program gets a piece. fd: as an open file in memory that nobody can change, named "
          "/proc/self/fd/3. stream: on its standard input. shared: as a file in a folder in memory that is private "
          "to the program's user, for programs that insist on a real file or open it from another process of "
          "theirs that they start; afterwards the file is looked at again, and a program that changed or removed "
          "it has failed (tampered). In the type socket it is what {path} names: with fd a file in memory that only "
          "root can open, with shared one in shared_folder." },
    { .key = "clean",
      .type = OPTION_MEANINGS,
      .offset = offsetof(struct scanner_settings, run.clean),
      .fallback = { "0", [SCANNER_COMMUNIGATE] =
                             "^((ADDHEADER|MIRRORTO|ADDROUTE)\\s.*\\s)?OK$ ^ADDHEADER\\s+\"[^\"]*\"$" },
      .variants = PROGRAMS,
      .manual =
          "What means that a piece is clean: exit statuses, and regular expressions (Perl's; ^ and $ match at each "
          "line) that are looked for in the program's output. A list of both is written in round brackets, such as "
          "(0, \"^OK$\"). In the type communigate there are no exit statuses, and what is looked at is the "
          "answer behind its number. infected is tried first, then failed, unscannable and clean; what is in none of "
          "them "
          "is failed, and so is a program that ends by a signal, misses the deadline, writes more than 64 "
          "KB or could not be started." },
    { .key = "infected",
      .type = OPTION_MEANINGS,
      .offset = offsetof(struct scanner_settings, run.infected),
      .fallback = { "1", [SCANNER_COMMUNIGATE] =
                             "^DISCARD$ "
                             "^ERROR\\s(?!.*(?i:\\b(licen[cs]e|failed|failure|unavailable|cannot|timeout)\\b))"
                             ".*(?i:virus|infected|malware|trojan|worm)" },
      .variants = PROGRAMS,
      .manual =
          "What means that a piece is infected. In the type communigate an ERROR is a virus only where it says so, and "
          "does not speak of a failure; anything else that it may say is for the operator to add." },
    { .key = "unscannable",
      .type = OPTION_REASONS,
      .offset = offsetof(struct scanner_settings, run.unscannable),
      .fallback = { "" },
      .variants = PROGRAMS,
      .manual = "What means that the program could not look into a piece: each member begins with the reason, "
                "encrypted, damaged, unsupported or limit, and a colon, such as \"encrypted: 13\" or \"limit: too "
                "large\"." },
    { .key = "failed",
      .type = OPTION_MEANINGS,
      .offset = offsetof(struct scanner_settings, run.failed),
      .fallback = { "" },
      .variants = PROGRAMS,
      .manual =
          "What means that the program did not do its work, whatever else it says: for patterns such as an expired "
          "licence beside an exit status of 0." },
    { .key = "name_pattern",
      .type = OPTION_PATTERN,
      .offset = offsetof(struct scanner_settings, run.name_pattern),
      .fallback = { "", [SCANNER_COMMUNIGATE] = "^ERROR\\s+\"?([^\"]*)" },
      .variants = PROGRAMS,
      .manual = "A regular expression whose first group in parentheses is the name of what was found, such as \": (.+) "
                "FOUND$\". Where it does not match, the name is \"unnamed\"." },
    { .key = "key",
      .type = OPTION_KEY,
      .offset = offsetof(struct scanner_settings, run.key),
      .fallback = { "" },
      .variants = COMMUNIGATE_ALONE,
      .manual =
          "The key of its licence, for a program that wants one: it is sent with KEY before the first message. One "
          "that refuses it is ended, and has failed." },
    { .key = "version_command",
      .type = OPTION_COMMAND,
      .offset = offsetof(struct scanner_settings, run.version_command),
      .fallback = { "" },
      .variants = COMMAND_ALONE,
      .manual = "A command that prints the version of the program and of its signatures in its first line, for cordon "
                "status and to notice new signatures." },
    { .key = "shared_size",
      .type = OPTION_SIZE,
      .offset = offsetof(struct scanner_settings, run.folder_bytes),
      .fallback = { "512M" },
      .least = 16 * MIB,
      .most = 64 * GIB,
      .variants = PROGRAMS,
      .manual =
          "The most that the folder for files may hold, in memory: those of all pieces that are with the program at "
          "the same time, and what it puts there itself." },
    { .key = "shared_folder",
      .type = OPTION_FILE,
      .offset = offsetof(struct scanner_settings, run.shared_folder),
      .fallback = { "" },
      .variants = PROGRAMS | SOCKET_ALONE,
      .manual =
          "A folder for files in place of the private one, for a program that has a daemon of its own open them. "
          "Make it on a tmpfs, owned by the program's user and of the daemon's group, with mode 2750: files in it "
          "can be read by that group. One that is not the user's own, or that others may write, is refused; one "
          "on a disk is shown as weaker. The type socket with delivery = \"shared\" needs it." },
    { .key = "service",
      .type = OPTION_PATH_PART,
      .offset = offsetof(struct scanner_settings, icap.service),
      .fallback = { "avscan" },
      .variants = ICAP_ALONE,
      .manual = "The name of the server's service, such as avscan, virus_scan or av/respmod: what follows the host in "
                "icap://HOST/SERVICE." },
    { .key = "method",
      .type = OPTION_WORD,
      .offset = offsetof(struct scanner_settings, icap.method),
      .fallback = { "respmod" },
      .words = icap_method_words,
      .variants = ICAP_ALONE,
      .manual = "Whether pieces are shown as the body of a response, or of a request." },
    { .key = "preview",
      .type = OPTION_BOOL,
      .offset = offsetof(struct scanner_settings, icap.preview),
      .fallback = { "true" },
      .variants = ICAP_ALONE,
      .manual = "Whether a piece begins with a preview where the server wishes it. A server that is content with a "
                "preview is shown the piece once more, whole, and that answer counts." },
    { .key = "dialogue",
      .type = OPTION_DIALOGUE,
      .offset = offsetof(struct scanner_settings, dialogue),
      .fallback = { "" },
      .variants = SOCKET_ALONE,
      .manual =
          "What is said to the scanner about each piece, over a connection of its own, and what its replies mean: "
          "a list of steps, in the order in which they are taken; see DIALOGUES below. Ready ones lie in the "
          "folder scanners beside the example of this file, to be included." },
    { .key = "rules",
      .type = OPTION_RULES,
      .offset = offsetof(struct scanner_settings, yara.rules),
      .fallback = { "" },
      .variants = 1U << SCANNER_YARA,
      .manual = "The files of rules: absolute paths, which may be patterns as the shell has them, such as "
                "/etc/yara/*.yar. Sources, and what yarac of the same version has compiled. See RULES below." },
};
const struct option_group conf_scanner_group = {
    .name = "NAME",
    .options = scanner_options,
    .count = OPTION_COUNT(scanner_options),
    .variant_key = "type",
    .manual = "A scanner. The name is for logs and header fields.",
};

static const struct option decoder_options[] = {
    { .key = "spares",
      .type = OPTION_NUMBER,
      .offset = offsetof(struct decoder_settings, spares),
      .fallback = { "2" },
      .least = 0,
      .most = 64,
      .manual = "Boxed processes that wait for a message." },
    { .key = "processes",
      .type = OPTION_NUMBER,
      .offset = offsetof(struct decoder_settings, processes),
      .fallback = { "3" },
      .least = 1,
      .most = 256,
      .manual = "Messages that are decoded side by side." },
    { .key = "timeout",
      .type = OPTION_DURATION,
      .offset = offsetof(struct decoder_settings, timeout_ms),
      .fallback = { "30s" },
      .least = 100,
      .most = 1 * HOURS,
      .manual = "How long decoding one message may take; then it is unscanned." },
    { .key = "memory",
      .type = OPTION_SIZE,
      .offset = offsetof(struct decoder_settings, memory_bytes),
      .fallback = { "512M" },
      .least = 64 * MIB,
      .most = 64 * GIB,
      .manual = "Memory of one decoder beside the message and what is decoded of it." },
    { .key = "max_size_out",
      .type = OPTION_SIZE,
      .offset = offsetof(struct decoder_settings, max_bytes_out),
      .fallback = { "400M" },
      .least = 1 * MIB,
      .most = 64 * GIB,
      .manual = "Decoded bytes of one message." },
    { .key = "max_parts",
      .type = OPTION_NUMBER,
      .offset = offsetof(struct decoder_settings, max_parts),
      .fallback = { "10000" },
      .least = 1,
      .most = 100000,
      .manual = "Parts of one message." },
    { .key = "max_depth",
      .type = OPTION_NUMBER,
      .offset = offsetof(struct decoder_settings, max_depth),
      .fallback = { "50" },
      .least = 1,
      .most = 200,
      .manual = "Containers within containers." },
    { .key = "max_header",
      .type = OPTION_SIZE_32,
      .offset = offsetof(struct decoder_settings, max_header_bytes),
      .fallback = { "1M" },
      .least = 4 * KIB,
      .most = 64 * MIB,
      .manual = "The header of one part." },
    { .key = "max_ratio",
      .type = OPTION_NUMBER,
      .offset = offsetof(struct decoder_settings, max_ratio),
      .fallback = { "400" },
      .least = 1,
      .most = 1000000,
      .manual = "How many times the size of its packed bytes a large member of an archive may have." },
    { .key = "max_readings",
      .type = OPTION_NUMBER,
      .offset = offsetof(struct decoder_settings, max_readings),
      .fallback = { "64" },
      .least = 1,
      .most = 10000,
      .manual = "Different readings of one part, where mail programs disagree about it." },
    { .key = "max_steps",
      .type = OPTION_NUMBER,
      .offset = offsetof(struct decoder_settings, max_steps),
      .fallback = { "200000000" },
      .least = 1000000,
      .most = 2000000000,
      .manual = "Counted units of work on one message that are in no proportion to its bytes." },
};
static const struct option_group decoder_group = {
    .name = "decoder",
    .options = decoder_options,
    .count = OPTION_COUNT(decoder_options),
    .manual = "The decoder, and the bounds on one message. What goes beyond a bound is unscannable: limit.",
};

static const struct option ban_options[] = {
    { .key = "names",
      .type = OPTION_PATTERNS,
      .offset = offsetof(struct ban_settings, names),
      .fallback = { "" },
      .manual = "Patterns of whole file names, such as *.exe. They are held against every name that a program could "
                "show or save a part under, as it stands and as a disk would have it: without folders, without "
                "invisible characters and those that turn the direction of writing, without dots and blanks at its "
                "end. The ready list " DANGEROUS_NAME
                " stands for names that end in one of these extensions: " DANGEROUS_EXTENSIONS "." },
    { .key = "types",
      .type = OPTION_TYPES,
      .offset = offsetof(struct ban_settings, types),
      .fallback = { "" },
      .manual = "Patterns of media types, such as application/x-msdownload. A part is looked at by the type that it "
                "declares and by "
                "the one detected from its content, whose names are those of file(1): a Windows program is "
                "application/vnd.microsoft.portable-executable, one for DOS application/x-dosexec." },
    { .key = "paths",
      .type = OPTION_PATHS,
      .offset = offsetof(struct ban_settings, paths),
      .fallback = { "" },
      .manual =
          "Patterns of names within containers, such as zip/*.exe or 7z/iso/*. Each container is written by its "
          "short type and a slash, from the outside inwards; a pattern may begin at any of them, and * stands for "
          "further containers too. cordon explain shows these paths. Some short types: zip, 7z, rar, tar, gzip, "
          "bzip2, xz, zstd, cab, iso, udf, vhd, jar, apk, docx, xlsx, pptx, ole, msg, tnef, pdf, mail, rpm, deb." },
    { .key = "double_extensions",
      .type = OPTION_BOOL,
      .offset = offsetof(struct ban_settings, double_extensions),
      .fallback = { "false" },
      .manual = "Whether names are banned that end in an extension of " DANGEROUS_NAME
                " behind that of a document, picture or archive, such as invoice.pdf.exe." },
    { .key = "encrypted",
      .type = OPTION_BOOL,
      .offset = offsetof(struct ban_settings, encrypted),
      .fallback = { "false" },
      .manual = "Whether what is encrypted is banned, rather than unscannable alone." },
    { .key = "allow",
      .type = OPTION_PATHS,
      .offset = offsetof(struct ban_settings, allow),
      .fallback = { "" },
      .manual =
          "Exceptions from all of the above, written as paths: rpm/* allows everything within packages, "
          "zip/*.js scripts within zip archives, report.exe that name anywhere. A part with several names is allowed "
          "where all of them are." },
};
static const struct option_group ban_group = {
    .name = "ban",
    .options = ban_options,
    .count = OPTION_COUNT(ban_options),
    .manual =
        "What no message may carry, at any depth and in any reading of it. Without these keys nothing is banned. The "
        "patterns are those of the shell; letter case does not count.",
};

static const struct option log_options[] = {
    { .key = "format",
      .type = OPTION_WORD,
      .offset = offsetof(struct log_settings, format),
      .fallback = { "keyvalue" },
      .words = format_words,
      .manual = "One line an event, as key=value or as a JSON object." },
    { .key = "destination",
      .type = OPTION_WORD,
      .offset = offsetof(struct log_settings, destination),
      .fallback = { "stderr" },
      .words = destination_words,
      .manual = "Where the lines go." },
    { .key = "privacy",
      .type = OPTION_WORD,
      .offset = offsetof(struct log_settings, privacy),
      .fallback = { "full" },
      .words = privacy_words,
      .manual = "How addresses and file names are logged: in full, as a hash, or not at all." },
};
static const struct option_group log_group = {
    .name = "log",
    .options = log_options,
    .count = OPTION_COUNT(log_options),
    .manual = "How and where events are logged.",
};

static const struct option metrics_options[] = {
    { .key = "address",
      .type = OPTION_ADDRESS,
      .offset = offsetof(struct metrics_settings, address),
      .fallback = { "" },
      .manual =
          "Where HTTP is answered: unix: and the absolute path of a socket, or a loopback address and port such as "
          "127.0.0.1:9465. Without this key nowhere." },
    { .key = "socket_mode",
      .type = OPTION_SOCKET_MODE,
      .offset = offsetof(struct metrics_settings, socket_mode),
      .fallback = { "0660" },
      .most = 0777,
      .manual = "The permissions of a Unix socket, in octal, as a text." },
};
static const struct option_group metrics_group = {
    .name = "metrics",
    .options = metrics_options,
    .count = OPTION_COUNT(metrics_options),
    .manual = "For monitoring, over HTTP: /metrics in the text format of Prometheus, /healthz (200 while the gate "
              "answers) and /readyz (200 while the scanners that are required work, else 503).",
};

static const struct option root_options[] = {
    { .key = "listen",
      .type = OPTION_GROUPS,
      .group = &conf_listener_group,
      .manual = "The ways in, each a group with a name of your choice. Without this key there is one, with the "
                "defaults below; listen: { }; means none." },
    { .key = "scanner",
      .type = OPTION_GROUPS,
      .group = &conf_scanner_group,
      .manual = "The scanners, each a group with a name of your choice. Without this key there is one called engine, "
                "with the defaults below." },
    { .key = "store",
      .type = OPTION_GROUPS,
      .group = &conf_store_group,
      .manual = "Where messages are kept, each store a group with a name of your choice, at most 8. Without this key "
                "nothing is kept." },
    { .key = "policy",
      .type = OPTION_GROUP,
      .offset = offsetof(struct settings, policy),
      .group = &policy_group,
      .manual = "What happens to a message." },
    { .key = "decoder",
      .type = OPTION_GROUP,
      .offset = offsetof(struct settings, decoder),
      .group = &decoder_group,
      .manual = "The decoder, and the bounds on one message." },
    { .key = "ban",
      .type = OPTION_GROUP,
      .offset = offsetof(struct settings, ban),
      .group = &ban_group,
      .manual = "What no message may carry." },
    { .key = "log",
      .type = OPTION_GROUP,
      .offset = offsetof(struct settings, log),
      .group = &log_group,
      .manual = "How and where events are logged." },
    { .key = "metrics",
      .type = OPTION_GROUP,
      .offset = offsetof(struct settings, metrics),
      .group = &metrics_group,
      .manual = "For monitoring." },
    { .key = "hostname",
      .type = OPTION_HOST,
      .offset = offsetof(struct settings, hostname),
      .fallback = { "" },
      .manual = "Our name in greetings and in header fields. Default: the name of this machine." },
    { .key = "run_directory",
      .type = OPTION_FOLDER,
      .offset = offsetof(struct settings, run_directory),
      .fallback = { "/run/cordon" },
      .most = RUN_DIRECTORY_MOST,
      .manual = "The folder of our sockets; it is made where it is missing." },
    { .key = "user",
      .type = OPTION_USER,
      .offset = offsetof(struct settings, user),
      .fallback = { "cordon" },
      .manual = "The user that everything runs as when started as root." },
    { .key = "virus_scanned_header",
      .type = OPTION_BOOL,
      .offset = offsetof(struct settings, virus_scanned_header),
      .fallback = { "false" },
      .manual = "Whether X-Virus-Scanned is added beside X-Cordon-Scan, where every required scanner answered." },
    { .key = "memory_budget",
      .type = OPTION_SIZE,
      .offset = offsetof(struct settings, memory_budget),
      .fallback = { "1G" },
      .least = 1 * MIB,
      .most = 1024 * GIB,
      .manual = "Bytes of all messages in flight, with what was decoded of them; beyond it new mail is told to wait." },
    { .key = "answers_memory",
      .type = OPTION_SIZE,
      .offset = offsetof(struct settings, answers_memory_bytes),
      .fallback = { "16M" },
      .least = 0,
      .most = 4 * GIB,
      .manual =
          "Room for remembering what scanners said of parts, so that a part that comes again is not scanned again "
          "under the same signatures. 0: nothing is remembered." },
    { .key = "waiting_alarm",
      .type = OPTION_DURATION,
      .offset = offsetof(struct settings, waiting_alarm_ms),
      .fallback = { "1h" },
      .least = 1 * SECONDS,
      .most = 24 * HOURS,
      .manual =
          "A message that was told to wait (451) and still comes again after this is an alarm in the log, with the "
          "reason." },
    { .key = "shutdown_timeout",
      .type = OPTION_DURATION,
      .offset = offsetof(struct settings, shutdown_timeout_ms),
      .fallback = { "30s" },
      .least = 0,
      .most = 1 * HOURS,
      .manual = "How long mail in flight may take to finish at the end." },
    { .key = "web", .type = OPTION_LATER, .manual = "this version has no web pages; leave it out" },
};
const struct option_group conf_root_group = {
    .name = "",
    .options = root_options,
    .count = OPTION_COUNT(root_options),
    .manual = "",
};

const struct option *option_find(const struct option_group *group, const char *key)
{
    for (size_t i = 0; i < group->count; i++) {
        if (strcmp(group->options[i].key, key) == 0)
            return &group->options[i];
    }
    return NULL;
}

const char *option_fallback(const struct option *option, unsigned variant)
{
    assert(variant < OPTION_VARIANTS && option->fallback[0] != NULL);
    return option->fallback[variant] != NULL ? option->fallback[variant] : option->fallback[0];
}

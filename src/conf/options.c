/* The rows of the root and of the groups that come but once. Those of listeners, scanners and stores have files of
 * their own. */
#include "options.h"

#include "conf/dangerous.h"
#include "conf/options_rows.h"

#include <assert.h>
#include <string.h>

enum { RUN_DIRECTORY_MOST = 80 }; /* a socket's path has at most 107 bytes */

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
const struct option_group conf_policy_group = {
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
          "zip/*.js scripts within zip archives, report.exe that name anywhere. Of a name only its last part counts, "
          "zip/a.js for what stands as x/a.js in a zip archive, because whoever makes an archive can call a folder "
          "in it rpm. A part with several names is allowed where all of them are." },
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
              "answers) and /readyz (200 while the scanners work that every listener requires, else 503).",
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
      .group = &conf_policy_group,
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
      .fallback = { SETTINGS_USER },
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

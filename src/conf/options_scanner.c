/* The rows of a scanner, of every type. Which of them a type knows is in `variants`. */
#include "conf/options_rows.h"

enum {
    CLAMAV_ALONE = 1U << SCANNER_CLAMAV,
    COMMAND_ALONE = 1U << SCANNER_COMMAND,
    PROGRAMS = 1U << SCANNER_COMMAND | 1U << SCANNER_COMMUNIGATE,
    COMMUNIGATE_ALONE = 1U << SCANNER_COMMUNIGATE,
    SOCKET_ALONE = 1U << SCANNER_SOCKET,
    ICAP_ALONE = 1U << SCANNER_ICAP,
    ENGINES_ALONE = 1U << SCANNER_CLAMAV | 1U << SCANNER_YARA,
    WITH_TLS = 1U << SCANNER_ICAP | 1U << SCANNER_PLUGIN,
    WITH_ADDRESS = 1U << SCANNER_CLAMD | 1U << SCANNER_ICAP | 1U << SCANNER_PLUGIN | 1U << SCANNER_SOCKET
};

static const struct option_word scanner_words[] = {
    { "clamav", SCANNER_CLAMAV },           { "clamd", SCANNER_CLAMD }, { "command", SCANNER_COMMAND },
    { "communigate", SCANNER_COMMUNIGATE }, { "icap", SCANNER_ICAP },   { "plugin", SCANNER_PLUGIN },
    { "socket", SCANNER_SOCKET },           { "yara", SCANNER_YARA },   { NULL, 0 },
};
static const struct option_word role_words[] = {
    { "primary", SCANNER_PRIMARY },
    { "backup", SCANNER_BACKUP },
    { NULL, 0 },
};
static const struct option_word input_words[] = {
    { "auto", INPUT_AUTO }, { "message", INPUT_MESSAGE }, { "parts", INPUT_PARTS }, { "both", INPUT_BOTH }, { NULL, 0 },
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
      .manual = "What becomes of some names that the scanner finds: a list of groups { pattern = \"PUA.*\"; action = "
                "\"ignore\"; }, of which the first whose pattern, as the shell has them, fits the whole name counts. "
                "The action ignore takes the name for nothing and logs it; malformed and banned let the policy for "
                "that category decide; infected is what happens without any group. An ignored name must not hide "
                "another. So the embedded engines look for all names; what any other scanner says such a name of is "
                "unscannable: masked." },
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
    { .key = "keep_last_good",
      .type = OPTION_BOOL,
      .offset = offsetof(struct scanner_settings, keep_last_good),
      .fallback = { "true" },
      .variants = CLAMAV_ALONE,
      .manual =
          "Whether the files of the last good set stay, as hard links in the folder " SETTINGS_LAST_GOOD
          " within signatures, so that a start that finds a bad set has another one to scan with. See SIGNATURES." },
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
      .manual =
          "The program, by its absolute path or by one below base_folder, and its arguments. No shell ever sees "
          "them. In the type command {} within an argument stands for the name of the file that holds the piece. "
          "The program starts with a clean environment, and in base_folder; without one in the folder /, or, in the "
          "type communigate, in the folder that holds the files. At the deadline, and when it has ended, all "
          "processes are killed that stem from it, whatever session they are in." },
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
    { .key = "tls",
      .type = OPTION_BOOL,
      .offset = offsetof(struct scanner_settings, tls.is_on),
      .fallback = { "false" },
      .variants = WITH_TLS,
      .manual =
          "Whether TLS is spoken over its address from the first byte, as servers of icaps:// do. Without it mail "
          "goes over the network as it is." },
    { .key = "tls_verify",
      .type = OPTION_BOOL,
      .offset = offsetof(struct scanner_settings, tls.verify),
      .fallback = { "true" },
      .variants = WITH_TLS,
      .manual = "Whether its certificate must be valid for the name, or the number, in address." },
    { .key = "tls_ca",
      .type = OPTION_FILE,
      .offset = offsetof(struct scanner_settings, tls.ca),
      .fallback = { "" },
      .variants = WITH_TLS,
      .manual = "The authorities that are trusted for it, in PEM; empty: those of the system." },
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

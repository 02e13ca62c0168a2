/* Scanners on a string: loads a configuration, starts the embedded engine where one is configured, and obeys lines on
 * standard input. Every command's output ends with a line "." alone.
 *
 *   judge FILE   the file as a message without parts: "NAME KIND[:REASON] MS TEXT" for each scanner, "verdict CATEGORY"
 *   tend         what has changed
 *   admit        "yes" or "no"
 *   status       scanners_status
 *   engine       "pid N", and what the engine said last
 *
 * scanner_probe CONFIGURATION ENGINE-PROGRAM
 */
#include "conf/conf.h"
#include "ipc/packet.h"
#include "ipc/roles.h"
#include "scanner/scanner.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROBE_READY_MS = 120000, PROBE_SETTINGS_LIMIT = 1 << 20 };

struct probe {
    struct settings *settings;
    struct scanner_set *set;
    const char *engine_program;
    pid_t engine;
    int control;
    int peer;
    char said[CONTROL_TEXT_SIZE];
};

static void probe_die(const char *what, const struct fault *fault)
{
    (void)fprintf(stderr, "scanner_probe: %s: %s\n", what, fault->text);
    exit(EXIT_FAILURE);
}

static int probe_engine_socket(void *context, enum role role, struct deadline deadline)
{
    const struct probe *probe = context;
    (void)role, (void)deadline; /* there is one engine at most */
    return probe->peer >= 0 ? fcntl(probe->peer, F_DUPFD_CLOEXEC, 0) : -1;
}

static void probe_engine_child(const struct probe *probe, int control, int settings)
{
    /* Out of the way of 3 and 4 first. */
    int first = fcntl(control, F_DUPFD, 10);
    int second = fcntl(settings, F_DUPFD, 10);
    (void)lseek(second, 0, SEEK_SET);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (dup2(first, ROLE_CONTROL_FD) < 0 || dup2(second, ROLE_SETTINGS_FD) < 0)
        _exit(127);
    (void)close_range(ROLE_SETTINGS_FD + 1, ~0U, 0);
    (void)execl(probe->engine_program, probe->engine_program, (char *)NULL);
    perror(probe->engine_program);
    _exit(127);
}

/* What the supervisor does for a role. */
static void probe_start_engine(struct probe *probe)
{
    struct fault fault;
    struct buf text;
    struct sealed settings;
    int control[2];
    int peer[2];
    buf_init(&text, PROBE_SETTINGS_LIMIT);
    conf_print(probe->settings, false, &text);
    if (sealed_copy(buf_span(&text), "settings", &settings, &fault) != 0 || packet_pair(control, &fault) != 0 ||
        packet_pair(peer, &fault) != 0)
        probe_die("start", &fault);
    buf_fini(&text);
    probe->engine = fork();
    if (probe->engine == 0)
        probe_engine_child(probe, control[1], settings.fd);
    (void)close(control[1]);
    sealed_close(&settings);
    probe->control = control[0];
    probe->peer = peer[0];
    if (control_send(probe->control, CONTROL_PEER, ROLE_GATE, "", peer[1], &fault) != 0 ||
        control_send(probe->control, CONTROL_START, ROLE_GATE, "", -1, &fault) != 0)
        probe_die("the engine", &fault);
    (void)close(peer[1]);
    struct control_message message = { .kind = CONTROL_STATUS };
    while (message.kind != CONTROL_READY) {
        int got = control_receive(probe->control, &message, deadline_in(PROBE_READY_MS), &fault);
        if (got <= 0) {
            (void)fault_set(&fault, got == 0 ? EPIPE : fault.code, "it did not become ready");
            probe_die("the engine", &fault);
        }
        if (message.kind == CONTROL_STATUS)
            (void)snprintf(probe->said, sizeof probe->said, "%s", message.text);
    }
}

static void probe_judge(struct probe *probe, const char *path)
{
    static char bytes[64 << 20];
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        (void)printf("cannot open %s\n", path);
        return;
    }
    size_t size = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    struct scan_input input = { .whole = { .size = size } };
    for (size_t i = 0; i < SCAN_PACKS; i++)
        input.packs[i] = SEALED_NONE;
    struct answer answers[SETTINGS_MOST_SCANNERS];
    struct verdict verdict;
    struct fault fault;
    verdict_init(&verdict);
    if (sealed_copy(span_of(bytes, size), "message", &input.packs[0], &fault) != 0)
        probe_die("message", &fault);
    scanners_judge(probe->set, &input, &probe->settings->policy, deadline_in(60000), answers, &verdict);
    sealed_close(&input.packs[0]);
    for (size_t i = 0; i < scanners_count(probe->set); i++) {
        const char *reason = unscannable_text(answers[i].unscannable);
        (void)printf("%s %s%s%s %u %s\n", scanner_name(probe->set, i), answer_kind_text(answers[i].kind),
                     reason[0] != '\0' ? ":" : "", reason, answers[i].took_ms, answers[i].text);
    }
    (void)printf("verdict %s\n", category_text(verdict_gravest(&verdict)));
}

static void probe_tend(struct probe *probe, const char *argument)
{
    struct buf text;
    (void)argument;
    buf_init(&text, CONTROL_TEXT_SIZE);
    (void)scanners_tend(probe->set, &text);
    (void)printf("%s", buf_text(&text));
    buf_fini(&text);
}

static void probe_admit(struct probe *probe, const char *argument)
{
    (void)argument;
    (void)printf("%s\n", scanners_admit(probe->set, &probe->settings->policy) ? "yes" : "no");
}

static void probe_status(struct probe *probe, const char *argument)
{
    struct buf text;
    (void)argument;
    buf_init(&text, CONTROL_TEXT_SIZE);
    scanners_status(probe->set, &text);
    (void)printf("%s", buf_text(&text));
    buf_fini(&text);
}

static void probe_engine(struct probe *probe, const char *argument)
{
    struct control_message message;
    (void)argument;
    while (probe->control >= 0 && control_receive(probe->control, &message, deadline_in(0), NULL) > 0) {
        if (message.kind == CONTROL_STATUS)
            (void)snprintf(probe->said, sizeof probe->said, "%s", message.text);
    }
    (void)printf("pid %d\n%s", (int)probe->engine, probe->said);
}

struct probe_command {
    const char *name;
    void (*run)(struct probe *probe, const char *argument);
};

static const struct probe_command commands[] = {
    { "judge", probe_judge },   { "tend", probe_tend },     { "admit", probe_admit },
    { "status", probe_status }, { "engine", probe_engine },
};

static void probe_obey(struct probe *probe, char *line)
{
    line[strcspn(line, "\n")] = '\0';
    char *argument = strchr(line, ' ');
    if (argument != NULL)
        *argument++ = '\0';
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(commands[i].name, line) == 0)
            commands[i].run(probe, argument != NULL ? argument : "");
    }
    (void)printf(".\n");
    (void)fflush(stdout);
}

int main(int argc, char **argv)
{
    struct buf mistakes;
    char line[4096];
    (void)signal(SIGPIPE, SIG_IGN);
    if (argc != 3)
        return 64;
    buf_init(&mistakes, CONTROL_TEXT_SIZE);
    struct probe probe = { .engine_program = argv[2], .control = -1, .peer = -1 };
    probe.settings = conf_load(argv[1], &mistakes);
    if (probe.settings == NULL) {
        (void)fprintf(stderr, "%s", buf_text(&mistakes));
        return CONF_EXIT_BAD;
    }
    for (size_t i = 0; i < probe.settings->scanner_count; i++) {
        enum scanner_type type = probe.settings->scanners[i].type;
        if ((type == SCANNER_CLAMAV || type == SCANNER_YARA) && probe.peer < 0)
            probe_start_engine(&probe);
    }
    probe.set = scanners_new(probe.settings, probe_engine_socket, &probe);
    while (fgets(line, sizeof line, stdin) != NULL)
        probe_obey(&probe, line);
    scanners_free(probe.set);
    if (probe.control >= 0) {
        (void)control_send(probe.control, CONTROL_DRAIN, ROLE_GATE, "", -1, NULL);
        (void)waitpid(probe.engine, NULL, 0);
    }
    settings_free(probe.settings);
    buf_fini(&mistakes);
    return EXIT_SUCCESS;
}

/* Scanners on a string: loads a configuration, starts the embedded engine where one is configured, and obeys lines on
 * standard input. Every command's output ends with a line "." alone.
 *
 *   judge FILE   the file as a message without parts: "NAME KIND[:REASON] MS TEXT" for each scanner, "verdict CATEGORY"
 *   parts FILE...  likewise a message of which these files are all the parts
 *   tend         what has changed
 *   admit        "yes" or "no"
 *   status       scanners_status
 *   engine       "pid N", and what the engine said last
 *
 * scanner_probe CONFIGURATION ENGINE-PROGRAM
 *
 * Runners, where the configuration needs some, lie in the folder of the engine's program.
 */
#include "conf/conf.h"
#include "conf/runners.h"
#include "ipc/packet.h"
#include "ipc/roles.h"
#include "scanner/scanner.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROBE_READY_MS = 120000, PROBE_SETTINGS_LIMIT = 1 << 20, PROBE_BYTES = 64 << 20, PROBE_PARTS = 16 };

/* A process that plays a role. */
struct probe_role {
    pid_t pid;
    int control;
    int peer;
    char said[CONTROL_TEXT_SIZE];
};

struct probe {
    struct settings *settings;
    struct scanner_set *set;
    const char *engine_program;
    struct probe_role engine;
    struct probe_role runners[SETTINGS_MOST_RUNNERS];
};

static void probe_die(const char *what, const struct fault *fault)
{
    (void)fprintf(stderr, "scanner_probe: %s: %s\n", what, fault->text);
    exit(EXIT_FAILURE);
}

static int role_socket(const struct probe_role *role)
{
    return role->peer >= 0 ? fcntl(role->peer, F_DUPFD_CLOEXEC, 0) : -1;
}

static int probe_engine_socket(void *context, enum role role, struct deadline deadline)
{
    const struct probe *probe = context;
    (void)role, (void)deadline; /* there is one engine at most */
    return role_socket(&probe->engine);
}

static int probe_runner_socket(void *context, size_t runner, struct deadline deadline)
{
    const struct probe *probe = context;
    (void)deadline;
    return role_socket(&probe->runners[runner]);
}

static void role_child(const char *program, const char *argument, int control, int settings)
{
    /* Out of the way of 3 and 4 first. */
    int first = fcntl(control, F_DUPFD, 10);
    int second = fcntl(settings, F_DUPFD, 10);
    (void)lseek(second, 0, SEEK_SET);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (dup2(first, ROLE_CONTROL_FD) < 0 || dup2(second, ROLE_SETTINGS_FD) < 0)
        _exit(127);
    (void)close_range(ROLE_SETTINGS_FD + 1, ~0U, 0);
    (void)execl(program, program, argument, (char *)NULL);
    perror(program);
    _exit(127);
}

/* What the supervisor does for a role. `argument` may be NULL. */
static void role_start(struct probe_role *role, const struct settings *given, const char *program, const char *argument)
{
    struct fault fault;
    struct buf text;
    struct sealed settings;
    int control[2];
    int peer[2];
    buf_init(&text, PROBE_SETTINGS_LIMIT);
    conf_print(given, false, &text);
    if (sealed_copy(buf_span(&text), "settings", &settings, &fault) != 0 || packet_pair(control, &fault) != 0 ||
        packet_pair(peer, &fault) != 0)
        probe_die("start", &fault);
    buf_fini(&text);
    role->pid = fork();
    if (role->pid == 0)
        role_child(program, argument, control[1], settings.fd);
    (void)close(control[1]);
    sealed_close(&settings);
    role->control = control[0];
    role->peer = peer[0];
    if (control_send(role->control, CONTROL_PEER, ROLE_GATE, "", peer[1], &fault) != 0 ||
        control_send(role->control, CONTROL_START, ROLE_GATE, "", -1, &fault) != 0)
        probe_die(program, &fault);
    (void)close(peer[1]);
    struct control_message message = { .kind = CONTROL_STATUS };
    while (message.kind != CONTROL_READY) {
        int got = control_receive(role->control, &message, deadline_in(PROBE_READY_MS), &fault);
        if (got <= 0) {
            (void)fault_set(&fault, got == 0 ? EPIPE : fault.code, "it did not become ready");
            probe_die(program, &fault);
        }
        if (message.kind == CONTROL_STATUS)
            (void)snprintf(role->said, sizeof role->said, "%s", message.text);
    }
}

static void role_end(struct probe_role *role)
{
    if (role->control < 0)
        return;
    (void)control_send(role->control, CONTROL_DRAIN, ROLE_GATE, "", -1, NULL);
    (void)waitpid(role->pid, NULL, 0);
}

static void probe_start_runners(struct probe *probe)
{
    char program[PATH_MAX];
    const char *slash = strrchr(probe->engine_program, '/');
    int folder = slash != NULL ? (int)(slash - probe->engine_program) + 1 : 0;
    (void)snprintf(program, sizeof program, "%.*scordon-runner", folder, probe->engine_program);
    for (size_t i = 0; i < runners_count(probe->settings); i++)
        role_start(&probe->runners[i], probe->settings, program, runners_user(probe->settings, i));
}

/* The file's bytes behind those that are there. -1 where it can't be read. */
static int probe_read(const char *path, char *bytes, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        (void)printf("cannot open %s\n", path);
        return -1;
    }
    *size += fread(bytes + *size, 1, PROBE_BYTES - *size, file);
    (void)fclose(file);
    return 0;
}

static void probe_show(struct probe *probe, struct scan_input *input, struct span bytes)
{
    struct answer answers[SETTINGS_MOST_SCANNERS];
    struct verdict verdict;
    struct fault fault;
    verdict_init(&verdict);
    for (size_t i = 0; i < SCAN_PACKS; i++)
        input->packs[i] = SEALED_NONE;
    if (sealed_copy(bytes, "message", &input->packs[0], &fault) != 0)
        probe_die("message", &fault);
    scanners_judge(probe->set, input, &probe->settings->policy, deadline_in(60000), answers, &verdict);
    sealed_close(&input->packs[0]);
    for (size_t i = 0; i < scanners_count(probe->set); i++) {
        const char *reason = unscannable_text(answers[i].unscannable);
        (void)printf("%s %s%s%s %u %s\n", scanner_name(probe->set, i), answer_kind_text(answers[i].kind),
                     reason[0] != '\0' ? ":" : "", reason, answers[i].took_ms, answers[i].text);
    }
    (void)printf("verdict %s\n", category_text(verdict_gravest(&verdict)));
}

static char probe_bytes[PROBE_BYTES];

static void probe_judge(struct probe *probe, char *argument)
{
    size_t size = 0;
    if (probe_read(argument, probe_bytes, &size) != 0)
        return;
    struct scan_input input = { .whole = { .size = size } };
    probe_show(probe, &input, span_of(probe_bytes, size));
}

static void probe_parts(struct probe *probe, char *argument)
{
    struct piece parts[PROBE_PARTS];
    size_t count = 0;
    size_t size = 0;
    for (char *rest = argument, *path = strsep(&rest, " "); path != NULL && count < PROBE_PARTS;
         path = strsep(&rest, " ")) {
        size_t offset = size;
        if (probe_read(path, probe_bytes, &size) != 0)
            return;
        parts[count] = (struct piece){ .offset = offset, .size = size - offset, .number = (uint32_t)count };
        count++;
    }
    struct scan_input input = {
        .parts = parts, .part_count = count, .is_complete = true, .has_frame = true, .whole = { .size = size }
    };
    probe_show(probe, &input, span_of(probe_bytes, size));
}

static void probe_tend(struct probe *probe, char *argument)
{
    struct buf text;
    (void)argument;
    buf_init(&text, CONTROL_TEXT_SIZE);
    (void)scanners_tend(probe->set, &text);
    (void)printf("%s", buf_text(&text));
    buf_fini(&text);
}

static void probe_admit(struct probe *probe, char *argument)
{
    (void)argument;
    (void)printf("%s\n", scanners_admit(probe->set, &probe->settings->policy) ? "yes" : "no");
}

static void probe_status(struct probe *probe, char *argument)
{
    struct buf text;
    (void)argument;
    buf_init(&text, CONTROL_TEXT_SIZE);
    scanners_status(probe->set, &text);
    (void)printf("%s", buf_text(&text));
    buf_fini(&text);
}

static void probe_engine(struct probe *probe, char *argument)
{
    struct control_message message;
    (void)argument;
    struct probe_role *engine = &probe->engine;
    while (engine->control >= 0 && control_receive(engine->control, &message, deadline_in(0), NULL) > 0) {
        if (message.kind == CONTROL_STATUS)
            (void)snprintf(engine->said, sizeof engine->said, "%s", message.text);
    }
    (void)printf("pid %d\n%s", (int)engine->pid, engine->said);
}

struct probe_command {
    const char *name;
    void (*run)(struct probe *probe, char *argument);
};

static const struct probe_command commands[] = {
    { "judge", probe_judge }, { "parts", probe_parts },   { "tend", probe_tend },
    { "admit", probe_admit }, { "status", probe_status }, { "engine", probe_engine },
};

static void probe_obey(struct probe *probe, char *line)
{
    line[strcspn(line, "\n")] = '\0';
    char *argument = strchr(line, ' ');
    if (argument != NULL)
        *argument++ = '\0';
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(commands[i].name, line) == 0)
            commands[i].run(probe, argument != NULL ? argument : line + strlen(line));
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
    struct probe probe = { .engine_program = argv[2], .engine = { .control = -1, .peer = -1 } };
    for (size_t i = 0; i < SETTINGS_MOST_RUNNERS; i++)
        probe.runners[i] = (struct probe_role){ .control = -1, .peer = -1 };
    probe.settings = conf_load(argv[1], &mistakes);
    if (probe.settings == NULL) {
        (void)fprintf(stderr, "%s", buf_text(&mistakes));
        return CONF_EXIT_BAD;
    }
    for (size_t i = 0; i < probe.settings->scanner_count; i++) {
        enum scanner_type type = probe.settings->scanners[i].type;
        if ((type == SCANNER_CLAMAV || type == SCANNER_YARA) && probe.engine.peer < 0)
            role_start(&probe.engine, probe.settings, probe.engine_program, NULL);
    }
    probe_start_runners(&probe);
    probe.set = scanners_new(probe.settings, probe_engine_socket, &probe);
    scanners_use_runners(probe.set, probe.settings, probe_runner_socket);
    struct fault fault;
    if (scanners_read_certificates(probe.set, &fault) != 0)
        probe_die("certificates", &fault);
    while (fgets(line, sizeof line, stdin) != NULL)
        probe_obey(&probe, line);
    scanners_free(probe.set);
    role_end(&probe.engine);
    for (size_t i = 0; i < SETTINGS_MOST_RUNNERS; i++)
        role_end(&probe.runners[i]);
    settings_free(probe.settings);
    buf_fini(&mistakes);
    return EXIT_SUCCESS;
}

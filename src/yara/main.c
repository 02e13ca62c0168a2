/* The YARA engine: libyara in boxed children, forked from a parent that has loaded the rules.
 *
 * Where the rules can't be used it serves all the same: then every answer is `failed` and says why, so that mail waits
 * and nobody has to guess. With --check it only says what is wrong with some files of rules.
 */
#include "base/memory.h"
#include "conf/conf.h"
#include "ipc/pool.h"
#include "ipc/roles.h"
#include "sys/digest.h"
#include "sys/log.h"
#include "yara/child.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ENGINE_SPARES = 4, ENGINE_QUEUE_PER_PROCESS = 16 };

static const struct scanner_settings *engine_find_scanner(const struct settings *settings)
{
    for (size_t i = 0; i < settings->scanner_count; i++) {
        if (settings->scanners[i].type == SCANNER_YARA)
            return &settings->scanners[i];
    }
    return NULL;
}

static void engine_refuse(struct engine *engine, const char *text)
{
    (void)span_copy(span_text(text), engine->refusal, sizeof engine->refusal);
    for (char *p = engine->refusal; *p != '\0'; p++) {
        if ((unsigned char)*p < 0x20)
            *p = '?'; /* the status is made of lines */
    }
    log_note(LOG_ERROR, "engine-refuses", "%s", text);
}

/* Each remark of the compiler is a line of the log; a set of rules that works may have hundreds of warnings. */
static void engine_log_mistakes(const struct buf *remarks)
{
    struct span rest = buf_span(remarks);
    while (rest.size > 0) {
        struct span line = span_cut(&rest, '\n');
        if (span_find(line, span_text(": error: ")) != SPAN_NONE)
            log_note(LOG_ERROR, "rules", "%.*s", (int)line.size, line.data);
    }
}

static void engine_load(struct engine *engine)
{
    struct fault fault = { 0 };
    struct buf remarks;
    buf_init(&remarks, RULESET_REMARKS_LIMIT);
    engine->rules = ruleset_load(&engine->scanner->yara.rules, &remarks, &fault);
    if (engine->rules == NULL) {
        engine_log_mistakes(&remarks);
        engine_refuse(engine, fault.text);
    }
    buf_fini(&remarks);
    /* What libyara's modules would fetch from the host's files at first use: OpenSSL's settings, and the time zone. */
    struct digest digest;
    digest_of(span_text("warm"), &digest);
    tzset();
}

static const char *engine_status(void *context)
{
    struct engine *engine = context;
    const struct ruleset *rules = engine->rules;
    (void)snprintf(engine->status, sizeof engine->status,
                   "scanning=%s%s\nversion=%s\nrules=%u\nfiles=%u\nwarnings=%u\ngeneration=%016llx\n%s",
                   engine->refusal[0] != '\0' ? "refuses: " : "yes", engine->refusal,
                   rules != NULL ? ruleset_version(rules) : "", rules != NULL ? ruleset_count(rules) : 0,
                   rules != NULL ? ruleset_file_count(rules) : 0, rules != NULL ? ruleset_warning_count(rules) : 0,
                   rules != NULL ? (unsigned long long)ruleset_generation(rules) : 0ULL,
                   engine->is_weaker ? "weaker=the kernel has no Landlock\n" : "");
    return engine->status;
}

/* The parent never looks at what a job contains. What its box closes stays closed for its children too. */
static int engine_close_parent(struct engine *engine, struct fault *fault)
{
    struct sandbox_settings box = { .program = sandbox_prepare(SANDBOX_POOL_PARENT, fault) };
    return box.program != NULL ? sandbox_enter(&box, &engine->is_weaker, fault) : -1;
}

static int engine_serve(struct engine *engine, struct fault *fault)
{
    uint32_t processes = engine->scanner->processes;
    struct pool_settings pool = { .name = "yara",
                                  .spares = processes < ENGINE_SPARES ? processes : ENGINE_SPARES,
                                  .most = processes,
                                  .jobs_per_child = engine->scanner->scans_per_process,
                                  .queue = processes * ENGINE_QUEUE_PER_PROCESS,
                                  .child = child_run,
                                  .context = engine,
                                  .control = ROLE_CONTROL_FD,
                                  .status = engine_status };
    return pool_run(&pool, fault);
}

static int engine_run(struct engine *engine, const char *user, struct fault *fault)
{
    engine->box = sandbox_prepare(SANDBOX_YARA, fault);
    if (engine->box == NULL || sandbox_drop_user(user, NULL, fault) != 0)
        return -1;
    engine_load(engine);
    if (engine_close_parent(engine, fault) != 0)
        return -1;
    if (engine->refusal[0] == '\0')
        log_note(LOG_NOTICE, "engine", "%s, %u rules, generation %016llx", ruleset_version(engine->rules),
                 ruleset_count(engine->rules), (unsigned long long)ruleset_generation(engine->rules));
    return engine_serve(engine, fault);
}

static int check_main(char **patterns, int count)
{
    struct settings_list list = { 0 };
    struct buf remarks;
    struct fault fault = { 0 };
    if (count < 1 || count > SETTINGS_MOST_LIST) {
        (void)fprintf(stderr, "usage: cordon-engine-yara --check FILE...\n");
        return 64;
    }
    for (int i = 0; i < count; i++)
        list.items[list.count++] = patterns[i];
    buf_init(&remarks, RULESET_REMARKS_LIMIT);
    struct ruleset *rules = ruleset_load(&list, &remarks, &fault);
    (void)printf("%s", buf_text(&remarks));
    if (rules != NULL)
        (void)printf("%u rules in %u files, for %s\n", ruleset_count(rules), ruleset_file_count(rules),
                     ruleset_version(rules));
    else
        (void)printf("the rules can't be used: %s\n", fault.text);
    buf_fini(&remarks);
    int status = rules != NULL ? EXIT_SUCCESS : CONF_EXIT_BAD;
    ruleset_free(rules);
    return status;
}

int main(int argc, char **argv)
{
    (void)signal(SIGPIPE, SIG_IGN);
    if (argc > 1 && strcmp(argv[1], "--check") == 0)
        return check_main(argv + 2, argc - 2);
    struct buf mistakes;
    buf_init(&mistakes, CONTROL_TEXT_SIZE);
    struct settings *settings = conf_load_fd(ROLE_SETTINGS_FD, &mistakes);
    if (settings == NULL) {
        log_note(LOG_ERROR, "start-failed", "%s", buf_text(&mistakes));
        return CONF_EXIT_BAD;
    }
    log_begin("cordon-engine-yara", &settings->log);

    struct engine *engine = memory_new(sizeof *engine);
    engine->scanner = engine_find_scanner(settings);
    struct fault fault = { 0 };
    if (engine->scanner == NULL) {
        log_note(LOG_ERROR, "start-failed", "no scanner of type yara is configured");
        return CONF_EXIT_BAD;
    }
    if (engine_run(engine, settings->user, &fault) != 0) {
        log_note(LOG_ERROR, "start-failed", "%s", fault.text);
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

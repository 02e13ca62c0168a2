/* SPDX-License-Identifier: GPL-2.0-only */
/* The embedded engine: libclamav in boxed children, forked from a parent that has loaded the signatures.
 *
 * Whatever it lacks (signatures, a canary that is found), it serves: then every answer is `failed` and says why, so
 * that mail waits and nobody has to guess.
 */
#include "base/memory.h"
#include "conf/conf.h"
#include "engine/child.h"
#include "engine/clean_samples.h"
#include "engine/engine.h"
#include "engine/folder.h"
#include "engine/selftest.h"
#include "engine/signatures.h"
#include "engine/warm.h"
#include "ipc/pool.h"
#include "ipc/roles.h"
#include "sys/log.h"

#include <errno.h>
#include <glob.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ENGINE_SPARES = 4, ENGINE_QUEUE_PER_PROCESS = 16 };

static const struct scanner_settings *engine_find_scanner(const struct settings *settings)
{
    for (size_t i = 0; i < settings->scanner_count; i++) {
        if (settings->scanners[i].type == SCANNER_CLAMAV)
            return &settings->scanners[i];
    }
    return NULL;
}

/* Empty ones, that is: those of engines that have ended. */
static void engine_remove_old_folders(void)
{
    glob_t found = { 0 };
    if (glob("/dev/shm/cordon-engine-*", GLOB_NOSORT, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++)
            (void)rmdir(found.gl_pathv[i]);
    }
    globfree(&found);
}

/* Where the machine allows no mount namespace: folders in shared memory, which Landlock fences. */
static int engine_make_fenced_folders(struct engine *engine, struct fault *fault)
{
    engine_remove_old_folders();
    (void)snprintf(engine->base, sizeof engine->base, "/dev/shm/cordon-engine-XXXXXX");
    if (mkdtemp(engine->base) == NULL)
        return fault_set_errno(fault, errno, "cannot make a folder in /dev/shm");
    for (uint32_t i = 0; i < engine->scanner->processes; i++) {
        char path[ENGINE_PATH_SIZE + 16];
        (void)snprintf(path, sizeof path, "%s/%u", engine->base, i);
        if (mkdir(path, 0700) != 0)
            return fault_set_errno(fault, errno, "cannot make %s", path);
    }
    return 0;
}

/* As root before the user is changed, as an ordinary user afterwards: sandbox_private_folders knows. */
static int engine_make_folders(struct engine *engine, struct fault *fault)
{
    struct fault why = { 0 };
    (void)snprintf(engine->base, sizeof engine->base, "%.400s/engine", engine->settings->run_directory);
    uint32_t processes = engine->scanner->processes;
    size_t *sizes = memory_new((processes + 1) * sizeof *sizes);
    for (uint32_t i = 0; i < processes; i++)
        sizes[i] = (size_t)engine->scanner->folder_bytes;
    sizes[processes] = SELFTEST_FOLDER_BYTES;
    engine->is_private = sandbox_private_folders(engine->base, engine->settings->user, sizes, processes + 1, &why) == 0;
    free(sizes);
    static const int kept[] = { CAP_SYS_CHROOT, -1 };
    if (sandbox_drop_user(engine->settings->user, engine->is_private ? kept : NULL, fault) != 0)
        return -1;
    if (engine->is_private)
        return 0;
    log_note(LOG_WARNING, "weaker", "no private tmpfs for the engine: %s", why.text);
    return engine_make_fenced_folders(engine, fault);
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

/* Loads the signatures. Where that fails there is a refusal. */
static void engine_load(struct engine *engine)
{
    char folder[ENGINE_PATH_SIZE + 16];
    struct fault fault = { 0 };
    (void)snprintf(folder, sizeof folder, "%s/0", engine->base);
    struct clam_settings settings = { .signatures = engine->signatures,
                                      .folder = folder,
                                      .max_bytes = engine->scanner->max_bytes,
                                      .folder_bytes = engine->scanner->folder_bytes };
    if (strcmp(settings.signatures, SIGNATURES_TEST) != 0)
        raw_look(settings.signatures, &engine->raw);
    engine->clam = clam_load(&settings, &fault);
    if (engine->clam == NULL) {
        engine_refuse(engine, fault.text);
        return;
    }
    warm_up();
    warm_use_huge_pages();
}

/* Before the box closes. Samples that can't be read do not stop mail: but the status says so, and an update that should
 * have been tried with them is refused. */
static void engine_read_clean_samples(struct engine *engine)
{
    const char *folder = engine->scanner->clean_samples;
    (void)snprintf(engine->clean_text, sizeof engine->clean_text, "none");
    if (folder[0] == '\0')
        return;
    struct fault fault = { 0 };
    struct clean_files *files = memory_new(sizeof *files);
    if (clean_files_read(folder, files, &fault) != 0) {
        log_note(LOG_ERROR, "clean-samples", "%s", fault.text);
        (void)snprintf(engine->clean_text, sizeof engine->clean_text, "unreadable: %.170s", fault.text);
        free(files);
        return;
    }
    (void)snprintf(engine->clean_text, sizeof engine->clean_text, "%zu", files->count);
    engine->clean_files = files;
}

static void engine_forget_clean_samples(struct engine *engine)
{
    if (engine->clean_files == NULL)
        return;
    clean_files_free(engine->clean_files);
    free(engine->clean_files);
    engine->clean_files = NULL;
}

static const char *engine_status(void *context)
{
    struct engine *engine = context;
    const struct clam *clam = engine->clam;
    (void)snprintf(
        engine->status, sizeof engine->status,
        "scanning=%s%s\nversion=%s\nsignatures=%u\ngeneration=%016llx\ndatabases=%s\nbuilt=%lld\nclean_samples=%s\n"
        "raw_signatures=%u%s%s\nfolder=%s\n%s%s",
        engine->refusal[0] != '\0' ? "refuses: " : "yes", engine->refusal, clam != NULL ? clam_version(clam) : "",
        clam != NULL ? clam_signature_count(clam) : 0, clam != NULL ? (unsigned long long)clam_generation(clam) : 0ULL,
        clam != NULL ? clam_databases(clam) : "", clam != NULL ? (long long)clam_built(clam) : 0LL, engine->clean_text,
        engine->raw.count, engine->raw.count > 0 ? ", the first: " : "", engine->raw.first,
        engine->is_private ? "private" : "shared",
        engine->is_private ? "" : "weaker=engines share a fenced folder in memory, not a tmpfs for each\n",
        engine->is_weaker ? "weaker=the kernel has no Landlock\n" : "");
    return engine->status;
}

/* The parent never looks at what a job contains. What its box closes stays closed for its children too. */
static int engine_close_parent(struct engine *engine, struct fault *fault)
{
    struct sandbox_path path = { .path = engine->base, .is_writable = true };
    struct sandbox_settings box = { .program = sandbox_prepare(SANDBOX_POOL_PARENT, fault),
                                    .paths = &path,
                                    .path_count = 1 };
    return box.program != NULL ? sandbox_enter(&box, &engine->is_weaker, fault) : -1;
}

static int engine_serve(struct engine *engine, struct fault *fault)
{
    uint32_t processes = engine->scanner->processes;
    struct pool_settings pool = { .name = "engine",
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

static int engine_run(struct engine *engine, struct fault *fault)
{
    engine->box = sandbox_prepare(SANDBOX_ENGINE, fault);
    if (engine->box == NULL || engine_make_folders(engine, fault) != 0)
        return -1;
    engine_load(engine);
    engine_read_clean_samples(engine);
    if (engine_close_parent(engine, fault) != 0)
        return -1;
    struct fault why = { 0 };
    if (engine->clam != NULL && selftest_run(engine, &why) != 0)
        engine_refuse(engine, why.text);
    engine_forget_clean_samples(engine);
    if (engine->refusal[0] == '\0')
        log_note(LOG_NOTICE, "engine", "%s, %u signatures, generation %016llx", clam_version(engine->clam),
                 clam_signature_count(engine->clam), (unsigned long long)clam_generation(engine->clam));
    int status = engine_serve(engine, fault);
    if (!engine->is_private)
        (void)folder_empty(engine->base, NULL); /* only its name stays: that is outside of our box */
    return status;
}

/* With the argument it is the last good set, for the supervisor found the present one bad. */
static bool engine_choose_signatures(struct engine *engine, const char *argument)
{
    const char *folder = engine->scanner->signatures;
    bool is_last_good = argument != NULL && strcmp(argument, SETTINGS_LAST_GOOD_ENGINE) == 0;
    int size = snprintf(engine->signatures, sizeof engine->signatures, "%s%s", folder,
                        is_last_good ? "/" SETTINGS_LAST_GOOD : "");
    return (argument == NULL || is_last_good) && size > 0 && (size_t)size < sizeof engine->signatures;
}

int main(int argc, char **argv)
{
    (void)signal(SIGPIPE, SIG_IGN);
    struct buf mistakes;
    buf_init(&mistakes, CONTROL_TEXT_SIZE);
    struct settings *settings = conf_load_fd(ROLE_SETTINGS_FD, &mistakes);
    if (settings == NULL) {
        log_note(LOG_ERROR, "start-failed", "%s", buf_text(&mistakes));
        return CONF_EXIT_BAD;
    }
    log_begin("cordon-engine-clamav", &settings->log);

    struct engine *engine = memory_new(sizeof *engine);
    engine->settings = settings;
    engine->scanner = engine_find_scanner(settings);
    struct fault fault = { 0 };
    if (engine->scanner == NULL) {
        log_note(LOG_ERROR, "start-failed", "no scanner of type clamav is configured");
        return CONF_EXIT_BAD;
    }
    if (!engine_choose_signatures(engine, argc > 1 ? argv[1] : NULL)) {
        log_note(LOG_ERROR, "start-failed", "an unknown argument, or too long a name of the folder of signatures");
        return CONF_EXIT_BAD;
    }
    if (engine_run(engine, &fault) != 0) {
        log_note(LOG_ERROR, "start-failed", "%s", fault.text);
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

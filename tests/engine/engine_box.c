/* SPDX-License-Identifier: GPL-2.0-only */
/* Judges files, each in a child of its own within the engine's box, and prints a line for each:
 *
 *   RESULT TAB TEXT TAB FILE
 *
 * engine_box [--without-landlock] [--folder-bytes N] [--max-bytes N] [--self-test] SIGNATURES BASE [FILE...]
 */
#include "engine/child.h"
#include "engine/selftest.h"
#include "engine/warm.h"

#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BOX_FILE_LIMIT = 256 * 1024 * 1024 };

static const char *const result_texts[] = { "nothing", "clean", "unscannable", "failed", "infected" };

static char *box_read_file(const char *path, size_t *size_out)
{
    FILE *file = fopen(path, "rb");
    char *bytes = malloc(BOX_FILE_LIMIT);
    if (file == NULL || bytes == NULL) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    *size_out = fread(bytes, 1, BOX_FILE_LIMIT, file);
    (void)fclose(file);
    return bytes;
}

static void box_child(const struct engine *engine, const char *path)
{
    size_t size = 0;
    struct fault fault = { 0 };
    struct child_folder folder;
    struct engine_result result = { .result = SCAN_FAILED };
    char *bytes = box_read_file(path, &size);
    if (child_enter(engine, 0, &folder, &fault) != 0) {
        (void)printf("broken\t%s\t%s\n", fault.text, path);
        (void)fflush(stdout);
        _exit(EXIT_FAILURE);
    }
    struct clam_piece piece = { .bytes = span_of(bytes, size) };
    child_judge(engine, &folder, &piece, &result);
    (void)printf("%s%s%s\t%s\t%s\n", result_texts[result.result], result.unscannable != UNSCANNABLE_NONE ? ":" : "",
                 unscannable_text(result.unscannable), result.text, path);
    (void)fflush(stdout);
    _exit(EXIT_SUCCESS);
}

static void box_judge(const struct engine *engine, const char *path)
{
    (void)fflush(stdout);
    pid_t pid = fork();
    if (pid == 0)
        box_child(engine, path);
    int status = 0;
    (void)waitpid(pid, &status, 0);
    if (!WIFEXITED(status))
        (void)printf("died\tsignal %d\t%s\n", WTERMSIG(status), path);
}

static void box_die(const char *what, const struct fault *fault)
{
    (void)fprintf(stderr, "engine_box: %s: %s\n", what, fault->text);
    exit(EXIT_FAILURE);
}

static void box_begin(struct engine *engine, const char *base)
{
    static const int kept[] = { CAP_SYS_CHROOT, -1 };
    const char *user = geteuid() == 0 ? "nobody" : NULL;
    struct fault fault = { 0 };
    (void)snprintf(engine->base, sizeof engine->base, "%s", base);
    size_t size = (size_t)engine->scanner->folder_bytes;
    engine->is_private = sandbox_private_folders(base, user, &size, 1, &fault) == 0;
    if (!engine->is_private)
        box_die("private folders", &fault);
    if (sandbox_drop_user(user, kept, &fault) != 0)
        box_die("user", &fault);
    engine->box = sandbox_prepare(SANDBOX_ENGINE, &fault);
    if (engine->box == NULL)
        box_die("box", &fault);
    char folder[ENGINE_PATH_SIZE + 16];
    (void)snprintf(folder, sizeof folder, "%s/0", base);
    struct clam_settings settings = { .signatures = engine->scanner->signatures,
                                      .folder = folder,
                                      .max_bytes = engine->scanner->max_bytes,
                                      .folder_bytes = engine->scanner->folder_bytes };
    engine->clam = clam_load(&settings, &fault);
    if (engine->clam == NULL)
        box_die("signatures", &fault);
    warm_up();
    warm_use_huge_pages();
    (void)printf("# %s, %u signatures, generation %016llx\n", clam_version(engine->clam),
                 clam_signature_count(engine->clam), (unsigned long long)clam_generation(engine->clam));
}

int main(int argc, char **argv)
{
    struct scanner_settings scanner = { .max_bytes = 100U << 20, .folder_bytes = 512U << 20 };
    struct engine engine = { .scanner = &scanner };
    bool with_self_test = false;
    int i = 1;
    for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
        if (strcmp(argv[i], "--without-landlock") == 0)
            engine.without_landlock = true;
        else if (strcmp(argv[i], "--self-test") == 0)
            with_self_test = true;
        else if (strcmp(argv[i], "--folder-bytes") == 0 && i + 1 < argc)
            scanner.folder_bytes = strtoull(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--max-bytes") == 0 && i + 1 < argc)
            scanner.max_bytes = strtoull(argv[++i], NULL, 10);
    }
    if (argc - i < 2) {
        (void)fprintf(stderr, "usage: engine_box [OPTION...] SIGNATURES BASE [FILE...]\n");
        return 64;
    }
    scanner.signatures = argv[i];
    box_begin(&engine, argv[i + 1]);
    if (with_self_test) {
        struct fault fault = { 0 };
        if (selftest_run(&engine, &fault) != 0)
            box_die("self-test", &fault);
        (void)printf("# the self-test passed\n");
    }
    for (i += 2; i < argc; i++)
        box_judge(&engine, argv[i]);
    clam_free(engine.clam);
    return EXIT_SUCCESS;
}

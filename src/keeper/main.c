/* cordon-keeper: the one writer of all stores.
 *
 * It has each store's root key, from the supervisor, and owners' public keys; no secret of theirs, so it can't read
 * what it has kept, but for stores with judge_again, whose short-lived keys it makes and destroys (store/again.h).
 * Gates give it messages over their peer sockets, `cordon` changes over run_directory/keeper.sock. It opens nothing but
 * what lies in its stores' folders.
 */
#include "base/memory.h"
#include "conf/conf.h"
#include "ipc/roles.h"
#include "ipc/serve.h"
#include "keeper/jobs.h"
#include "keeper/stores.h"
#include "sys/log.h"
#include "sys/sandbox.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEEPER_STACK_BYTES = 524288, KEEPER_MOST_JOBS = 512, KEEPER_MOST_PATHS = 2 * SETTINGS_MOST_STORES + 1 };

/* A store's folder and that of its head; and what SQLite takes its salt from. */
static int keeper_close(const struct settings *settings, struct fault *fault)
{
    char heads[SETTINGS_MOST_STORES][PATH_MAX];
    struct sandbox_path paths[KEEPER_MOST_PATHS] = { { .path = "/dev/urandom" } };
    size_t count = 1;
    bool is_weaker = false;
    for (size_t i = 0; i < settings->store_count; i++) {
        const struct store_conf *store = &settings->stores[i];
        const char *slash = strrchr(store->head, '/');
        if (slash == NULL || slash - store->head >= PATH_MAX - 1)
            return fault_set(fault, EINVAL, "store %s: its head has no folder", store->name);
        (void)snprintf(heads[i], sizeof heads[i], "%.*s", slash > store->head ? (int)(slash - store->head) : 1,
                       store->head);
        paths[count++] = (struct sandbox_path){ .path = store->path, .is_writable = true };
        paths[count++] = (struct sandbox_path){ .path = heads[i], .is_writable = true };
    }
    struct sandbox_program *program = sandbox_prepare(SANDBOX_KEEPER, fault);
    if (program == NULL)
        return -1;
    struct sandbox_settings box = { .program = program, .paths = paths, .path_count = count };
    int failed = sandbox_enter(&box, &is_weaker, fault);
    sandbox_program_free(program);
    if (failed == 0 && is_weaker)
        log_note(LOG_WARNING, "weaker", "the kernel has no Landlock: the keeper could open files of its user's");
    return failed;
}

static void keeper_told(void *context, const struct control_message *message)
{
    struct fault fault = { 0 };
    if (message->fd < 0)
        return;
    if (message->kind != CONTROL_STORE)
        (void)close(message->fd);
    else if (stores_give_keys(context, message->text, message->fd, &fault) != 0)
        log_note(LOG_ERROR, "store", "%s", fault.text);
}

static void keeper_status(void *context, struct buf *text_out)
{
    stores_put_status(context, text_out);
}

static int keeper_run(const struct settings *settings, struct fault *fault)
{
    if (crypt_begin(fault) != 0 || sandbox_drop_user(settings->user, NULL, fault) != 0 ||
        keeper_close(settings, fault) != 0)
        return -1;
    struct stores *stores = stores_new(settings);
    struct serve_settings serve = { .name = "keeper",
                                    .most = KEEPER_MOST_JOBS,
                                    .stack_bytes = KEEPER_STACK_BYTES,
                                    .serve = jobs_serve,
                                    .status = keeper_status,
                                    .told = keeper_told,
                                    .context = stores,
                                    .control = ROLE_CONTROL_FD };
    if (serve_run(&serve, fault) != 0)
        return -1; /* its threads may still use the stores, and what they do not finish is not kept */
    stores_free(stores);
    return 0;
}

int main(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
    struct buf mistakes;
    struct fault fault = { 0 };
    buf_init(&mistakes, CONTROL_TEXT_SIZE);
    struct settings *settings = conf_load_fd(ROLE_SETTINGS_FD, &mistakes);
    if (settings == NULL) {
        log_note(LOG_ERROR, "start-failed", "%s", buf_text(&mistakes));
        return CONF_EXIT_BAD;
    }
    buf_fini(&mistakes);
    log_begin("cordon-keeper", &settings->log);
    (void)close(ROLE_SETTINGS_FD);
    if (keeper_run(settings, &fault) != 0) {
        log_note(LOG_ERROR, "start-failed", "%s", fault.text);
        return EXIT_FAILURE;
    }
    settings_free(settings);
    return EXIT_SUCCESS;
}

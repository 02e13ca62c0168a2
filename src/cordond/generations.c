/* A reload goes in steps, and each may fail without harm to the generation that works:
 *
 *   1. The configuration is read, the keys of its stores are taken, and new listeners are opened.
 *   2. A decoder and an engine are started where their settings changed, and must become ready; the engine must scan
 *      where the one from before does.
 *   3. The new gate is started on all listeners, and must become ready.
 *   4. A new keeper takes the place of the old one everywhere, which ends. The old gate retires: its sessions end by
 *      themselves. Listeners that nobody wants any more are closed.
 *   5. When the old gate has ended, pools that no generation uses drain too.
 */
#include "generations.h"

#include "conf/conf.h"
#include "conf/runners.h"
#include "cordond/configuration.h"
#include "cordond/gates.h"
#include "cordond/notify.h"
#include "cordond/signatures.h"
#include "cordond/trial.h"
#include "ipc/packet.h"
#include "sys/log.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* --- Children --- */

/* Both ends to their roles; a role that can't take its end is being killed, and its successor gets a new one. */
static int children_connect(struct child *a, struct child *b, struct fault *fault)
{
    int pair[2];
    if (packet_pair(pair, fault) != 0)
        return -1;
    child_send(a, CONTROL_PEER, b->settings.role, b->instance, pair[0]);
    child_send(b, CONTROL_PEER, a->settings.role, a->instance, pair[1]);
    (void)close(pair[0]);
    (void)close(pair[1]);
    return 0;
}

static int child_introduce_listeners(struct child *child, const struct supervisor *supervisor,
                                     const struct settings *settings, struct fault *fault)
{
    for (size_t i = 0; i < listeners_wanted(settings); i++) {
        if (listeners_role(settings, i) != child->settings.role)
            continue;
        const char *name = listeners_name(settings, i);
        int fd = listeners_find(&supervisor->listeners, settings, i);
        if (fd < 0)
            return fault_set(fault, ENOENT, "the listener %s is not open", name);
        child_send(child, CONTROL_LISTENER, child->settings.role, name, fd);
    }
    return 0;
}

static int child_introduce_stores(struct child *child, const struct generation *generation, struct fault *fault)
{
    for (size_t i = 0; i < generation->keys.count; i++) {
        int fd = sealed_lend(&generation->keys.rows[i], fault);
        if (fd < 0)
            return -1;
        child_send(child, CONTROL_STORE, child->settings.role, generation->settings->stores[i].name, fd);
        (void)close(fd);
    }
    return 0;
}

/* The generation whose settings the child reads; the newest, where several share it. NULL: none yet. */
static const struct generation *child_generation(const struct child *child, const struct supervisor *supervisor)
{
    const struct generation *newest = NULL;
    for (size_t i = 0; i < SUPERVISOR_MOST_GENERATIONS; i++) {
        const struct generation *generation = &supervisor->generations[i];
        if (generation->is_used && generation_has(generation, child) &&
            (newest == NULL || generation->number > newest->number))
            newest = generation;
    }
    return newest;
}

/* What it needs besides peers: listeners, and the keeper its stores' keys. */
static int child_introduce_own(struct child *child, const struct supervisor *supervisor, struct fault *fault)
{
    enum role role = child->settings.role;
    const struct generation *generation = child_generation(child, supervisor);
    if (generation == NULL || (role != ROLE_GATE && role != ROLE_KEEPER))
        return 0;
    if (role == ROLE_KEEPER && child_introduce_stores(child, generation, fault) != 0)
        return -1;
    /* Two keepers of the same stores: one alone can do what its guests want. */
    bool is_second = role == ROLE_KEEPER && generation == supervisor->pending &&
                     supervisor->current->children[ROLE_KEEPER] != NULL;
    return is_second ? 0 : child_introduce_listeners(child, supervisor, generation->settings, fault);
}

/* In every generation that the child serves: it is introduced to whoever it talks to there. */
static int child_introduce_all(struct child *child, void *context, struct fault *fault)
{
    struct supervisor *supervisor = context;
    enum role role = child->settings.role;
    if (child_introduce_own(child, supervisor, fault) != 0)
        return -1;
    for (size_t i = 0; i < SUPERVISOR_MOST_GENERATIONS; i++) {
        struct generation *generation = &supervisor->generations[i];
        if (!generation->is_used || !generation_has(generation, child))
            continue;
        for (unsigned place = 0; place < ROLE_PLACES; place++) {
            struct child *peer = generation->children[place];
            if (peer != NULL && generation_talks(role, peer->settings.role) && child_is_alive(peer) &&
                children_connect(child, peer, fault) != 0)
                return -1;
        }
    }
    return 0;
}

static void child_prepare_start(struct child *child, void *context)
{
    if (child->settings.role == ROLE_ENGINE)
        signatures_note_start(context, child);
}

static struct child *child_place(struct supervisor *supervisor)
{
    for (size_t i = 0; i < SUPERVISOR_MOST_CHILDREN; i++) {
        if (!supervisor->children[i].is_used)
            return &supervisor->children[i];
    }
    return NULL;
}

/* From CONTROL_DRAIN to its end. An engine may have a scan in hand while another takes its place. */
static uint32_t role_drain_ms(const struct settings *settings, enum role role)
{
    uint32_t drain_ms = role == ROLE_GATE ? settings->shutdown_timeout_ms : SUPERVISOR_DRAIN_MS;
    if (role == ROLE_KEEPER)
        drain_ms = SUPERVISOR_KEEPER_DRAIN_MS;
    for (size_t i = 0; i < settings->scanner_count; i++) {
        const struct scanner_settings *scanner = &settings->scanners[i];
        if (role == ROLE_ENGINE && scanner->type == SCANNER_CLAMAV && scanner->timeout_ms > drain_ms)
            drain_ms = scanner->timeout_ms;
    }
    return drain_ms;
}

/* A child with the generation's settings that does not belong to it yet. NULL and *fault. */
static struct child *child_add(struct supervisor *supervisor, const struct generation *generation, unsigned place,
                               const char *argument, struct fault *fault)
{
    enum role role = role_of_place(place);
    struct child_settings settings = {
        .role = role,
        .instance = role == ROLE_RUNNER ? runners_user(generation->settings, place - ROLE_RUNNER) : argument,
        .directory = supervisor->directory,
        .text = &generation->text,
        .drain_ms = role_drain_ms(generation->settings, role),
        .prepare = child_prepare_start,
        .introduce = child_introduce_all,
        .context = supervisor,
    };
    struct child *child = child_place(supervisor);
    if (child == NULL)
        (void)fault_set(fault, ENFILE, "too many roles are still ending");
    else if (child_init(child, &settings, fault) != 0)
        child = NULL;
    return child;
}

static int generation_add_child(struct supervisor *supervisor, struct generation *generation, unsigned place,
                                struct fault *fault)
{
    struct child *child = child_add(supervisor, generation, place, "", fault);
    if (child == NULL)
        return -1;
    generation->children[place] = child;
    generation->owns[place] = true;
    return 0;
}

/* All roles but the gate, shared with `old` (may be NULL) where that is the same. */
static int generation_add_pools(struct supervisor *supervisor, struct generation *generation,
                                const struct generation *old, struct fault *fault)
{
    for (unsigned place = 0; place < ROLE_PLACES; place++) {
        if (place == ROLE_GATE || !generation_needs(generation->settings, place))
            continue;
        generation->children[place] = generation_shared(old, generation, place);
        if (generation->children[place] == NULL && generation_add_child(supervisor, generation, place, fault) != 0)
            return -1;
    }
    return 0;
}

/* --- Another process in the place of one --- */

struct child *generations_add_engine(struct supervisor *supervisor, const char *argument, struct fault *fault)
{
    return child_add(supervisor, supervisor->current, ROLE_ENGINE, argument, fault);
}

/* All pairs of sockets first, because they may fail. The gate is told before the old one is told to drain: whatever
 * reaches that too late is asked again of the new one. */
static int generations_replace(struct supervisor *supervisor, unsigned place, const struct child *old,
                               struct child *fresh, struct fault *fault)
{
    int pairs[SUPERVISOR_MOST_GENERATIONS][2];
    size_t count = 0;
    int failed = 0;
    for (; count < SUPERVISOR_MOST_GENERATIONS && failed == 0; count += failed == 0 ? 1 : 0)
        failed = packet_pair(pairs[count], fault);
    for (size_t i = 0; i < count; i++) {
        struct generation *generation = &supervisor->generations[i];
        struct child *gate = generation->children[ROLE_GATE];
        bool is_old = generation->is_used && generation->children[place] == old;
        if (failed == 0 && is_old) {
            generation->children[place] = fresh;
            if (gate != NULL && child_is_alive(gate)) {
                child_send(fresh, CONTROL_PEER, ROLE_GATE, "", pairs[i][1]);
                child_send(gate, CONTROL_PEER, fresh->settings.role, "", pairs[i][0]);
            }
        }
        (void)close(pairs[i][0]);
        (void)close(pairs[i][1]);
    }
    return failed;
}

int generations_replace_engine(struct supervisor *supervisor, const struct child *old, struct child *fresh,
                               struct fault *fault)
{
    return generations_replace(supervisor, ROLE_ENGINE, old, fresh, fault);
}

static struct generation *generation_place(struct supervisor *supervisor)
{
    for (size_t i = 0; i < SUPERVISOR_MOST_GENERATIONS; i++) {
        if (!supervisor->generations[i].is_used)
            return &supervisor->generations[i];
    }
    return NULL;
}

/* CHILD_RETIRE where another generation has taken its place, CHILD_DRAIN where none does. */
static void generation_retire(struct generation *generation, enum child_event how)
{
    generation->is_retired = true;
    struct child *gate = generation->children[ROLE_GATE];
    if (gate != NULL)
        child_handle(gate, how);
}

/* --- Reload --- */

/* Each line of `mistakes` is logged; the first is remembered for status. */
static void reload_refuse(struct supervisor *supervisor, const struct buf *mistakes)
{
    struct span rest = buf_span(mistakes);
    bool is_first = true;
    while (rest.size > 0) {
        struct span mistake = span_cut(&rest, '\n');
        struct log_line line;
        log_line_begin(&line, LOG_ERROR, "reload-refused");
        log_put_span(&line, "reason", mistake);
        log_line_send(&line);
        if (is_first)
            (void)snprintf(supervisor->reload_result, sizeof supervisor->reload_result, "refused: %.*s",
                           (int)mistake.size, mistake.data);
        is_first = false;
    }
    log_note(LOG_WARNING, "reload", "refused; the configuration from before stays in use");
    notify_ready("working; the last reload was refused");
}

static void reload_refuse_text(struct supervisor *supervisor, const char *name, const char *text)
{
    struct buf mistakes;
    buf_init(&mistakes, SUPERVISOR_REASON_SIZE);
    buf_printf(&mistakes, "%s: %s", name, text);
    reload_refuse(supervisor, &mistakes);
    buf_fini(&mistakes);
}

/* Steps 1 and 2. */
static int reload_prepare(struct supervisor *supervisor, struct settings *settings_take, struct fault *fault)
{
    struct generation *generation = generation_place(supervisor);
    assert(generation != NULL);
    struct key_ring_held held = { .settings = supervisor->current->settings, .keys = &supervisor->current->keys };
    struct key_ring keys;
    int failed = key_ring_take(settings_take, &supervisor->user, &held, &keys, fault);
    if (failed == 0 && listeners_open(&supervisor->listeners, settings_take, fault) != 0) {
        key_ring_close(&keys);
        failed = -1;
    }
    if (failed != 0) {
        settings_free(settings_take);
        return -1;
    }
    if (generation_init(generation, ++supervisor->last_number, settings_take, &keys, fault) != 0 ||
        generation_add_pools(supervisor, generation, supervisor->current, fault) != 0) {
        if (generation->is_used)
            generation_retire(generation, CHILD_DRAIN);
        listeners_keep(&supervisor->listeners, supervisor->current->settings);
        return -1;
    }
    supervisor->pending = generation;
    supervisor->pending_limit = deadline_in(SUPERVISOR_RELOAD_MS);
    return 0;
}

static void reload_begin(struct supervisor *supervisor)
{
    supervisor->reload_is_wanted = false;
    const char *name = configuration_name(supervisor->configuration);
    struct fault fault = { 0 };
    struct buf mistakes;
    buf_init(&mistakes, CONF_FILE_LIMIT);
    notify_reloading("reloading");
    log_note(LOG_NOTICE, "reload", "reads %s", name);
    struct settings *settings = conf_load(supervisor->configuration, &mistakes);
    if (settings != NULL && configuration_may_replace(supervisor->current->settings, settings, name, &mistakes) != 0) {
        settings_free(settings);
        settings = NULL;
    }
    if (settings == NULL)
        reload_refuse(supervisor, &mistakes);
    else if (reload_prepare(supervisor, settings, &fault) != 0)
        reload_refuse_text(supervisor, name, fault.text);
    buf_fini(&mistakes);
}

/* The generation before goes on as if nothing had been. */
static void reload_give_up(struct supervisor *supervisor, const char *text)
{
    struct generation *generation = supervisor->pending;
    supervisor->pending = NULL;
    generation_retire(generation, CHILD_DRAIN);
    listeners_keep(&supervisor->listeners, supervisor->current->settings);
    reload_refuse_text(supervisor, configuration_name(supervisor->configuration), text);
}

/* A store has one writer. So the gates that finish their sessions use the new keeper too, for the stores that it still
 * has; the old one ends, and the new one, which waits for that, opens them. -1 and *fault: nothing has changed. */
static int reload_move_keeper(struct supervisor *supervisor, struct fault *fault)
{
    const struct child *old = supervisor->current->children[ROLE_KEEPER];
    struct child *fresh = supervisor->pending->children[ROLE_KEEPER];
    if (old == NULL || fresh == NULL || old == fresh)
        return 0;
    if (generations_replace(supervisor, ROLE_KEEPER, old, fresh, fault) != 0)
        return -1;
    if (child_is_alive(fresh) &&
        child_introduce_listeners(fresh, supervisor, supervisor->pending->settings, fault) != 0)
        log_note(LOG_ERROR, "reload", "the new keeper has no socket: %s", fault->text);
    return 0;
}

static void reload_finish(struct supervisor *supervisor)
{
    struct generation *old = supervisor->current;
    supervisor->current = supervisor->pending;
    supervisor->pending = NULL;
    listeners_keep(&supervisor->listeners, supervisor->current->settings);
    log_begin("cordond", &supervisor->current->settings->log);
    generation_retire(old, CHILD_RETIRE);
    (void)snprintf(supervisor->reload_result, sizeof supervisor->reload_result, "ok");
    log_note(LOG_NOTICE, "reload", "done; the gate from before finishes its sessions");
    notify_ready("working");
}

/* A new engine that says why it does not scan, while the one from before does: that is a wrong configuration too. */
static bool reload_has_blind_engine(const struct supervisor *supervisor, char text_out[FAULT_TEXT_SIZE])
{
    static const enum role engines[] = { ROLE_ENGINE, ROLE_YARA };
    for (size_t i = 0; i < sizeof engines / sizeof engines[0]; i++) {
        const struct child *old = supervisor->current->children[engines[i]];
        const struct child *fresh = supervisor->pending->children[engines[i]];
        if (old == NULL || fresh == NULL || old == fresh || !trial_read(old->status).is_scanning)
            continue;
        struct trial_set set = trial_read(fresh->status);
        if (set.is_scanning)
            continue;
        (void)snprintf(text_out, FAULT_TEXT_SIZE, "the new %s does not scan: %.*s", role_row(engines[i])->name,
                       (int)set.refusal.size, set.refusal.data);
        return true;
    }
    return false;
}

/* The next step of the pending generation, if it can be taken. */
static void reload_tend(struct supervisor *supervisor)
{
    struct generation *generation = supervisor->pending;
    bool are_pools_ready = true;
    char text[FAULT_TEXT_SIZE];
    for (unsigned place = 0; place < ROLE_PLACES; place++) {
        const struct child *child = generation->children[place];
        if (!generation->owns[place])
            continue;
        if (child->restarts > 0 && !child->was_ready) {
            (void)snprintf(text, sizeof text, "the new %s did not start; the log says why", child->name);
            reload_give_up(supervisor, text);
            return;
        }
        are_pools_ready = are_pools_ready && (place == ROLE_GATE || (child->was_ready && child->status != NULL));
    }
    if (are_pools_ready && generation->children[ROLE_GATE] == NULL && reload_has_blind_engine(supervisor, text)) {
        reload_give_up(supervisor, text);
        return;
    }
    const struct child *gate = generation->children[ROLE_GATE];
    struct fault fault = { 0 };
    bool is_ready = gate != NULL && gate->was_ready;
    int failed = 0;
    if (is_ready)
        failed = reload_move_keeper(supervisor, &fault);
    else if (deadline_passed(supervisor->pending_limit))
        failed = fault_set(&fault, ETIMEDOUT, "the new roles were not ready in time");
    else if (gate == NULL && are_pools_ready)
        failed = generation_add_child(supervisor, generation, ROLE_GATE, &fault);
    if (failed != 0)
        reload_give_up(supervisor, fault.text);
    else if (is_ready)
        reload_finish(supervisor);
}

/* So many retired generations live on that there is no room for another: the oldest has had its time. */
static void reload_make_room(struct supervisor *supervisor)
{
    struct generation *oldest = NULL;
    for (size_t i = 0; i < SUPERVISOR_MOST_GENERATIONS; i++) {
        struct generation *generation = &supervisor->generations[i];
        if (generation->is_used && generation->is_retired && (oldest == NULL || generation->number < oldest->number))
            oldest = generation;
    }
    if (oldest != NULL)
        generation_retire(oldest, CHILD_DRAIN);
}

static bool reload_may_begin(struct supervisor *supervisor)
{
    if (!supervisor->reload_is_wanted || !supervisor->is_ready || supervisor->pending != NULL)
        return false;
    size_t free_children = 0;
    for (size_t i = 0; i < SUPERVISOR_MOST_CHILDREN; i++)
        free_children += supervisor->children[i].is_used ? 0 : 1;
    bool has_room = generation_place(supervisor) != NULL && free_children >= ROLE_PLACES;
    if (!has_room)
        reload_make_room(supervisor);
    return has_room;
}

/* --- All of them --- */

int generations_begin(struct supervisor *supervisor, struct settings *settings_take, const struct key_ring *keys_take,
                      struct fault *fault)
{
    struct generation *generation = &supervisor->generations[0];
    if (generation_init(generation, ++supervisor->last_number, settings_take, keys_take, fault) != 0)
        return -1;
    supervisor->current = generation;
    if (generation_add_pools(supervisor, generation, NULL, fault) != 0)
        return -1;
    return generation_add_child(supervisor, generation, ROLE_GATE, fault);
}

void generations_reload(struct supervisor *supervisor)
{
    supervisor->reload_is_wanted = !supervisor->is_stopping;
    signatures_hurry(supervisor);
}

void generations_stop(struct supervisor *supervisor)
{
    for (size_t i = 0; i < SUPERVISOR_MOST_CHILDREN && supervisor->is_stopping; i++) {
        if (supervisor->children[i].is_used)
            child_handle(&supervisor->children[i], CHILD_KILL);
    }
    if (!supervisor->is_stopping)
        notify_stopping("finishing what is in flight");
    supervisor->is_stopping = true;
    supervisor->pending = NULL;
    supervisor->reload_is_wanted = false;
    for (size_t i = 0; i < SUPERVISOR_MOST_GENERATIONS; i++) {
        if (supervisor->generations[i].is_used)
            generation_retire(&supervisor->generations[i], CHILD_DRAIN);
    }
}

/* Retired generations end with their gate. */
static void generations_release(struct supervisor *supervisor)
{
    for (size_t i = 0; i < SUPERVISOR_MOST_GENERATIONS; i++) {
        struct generation *generation = &supervisor->generations[i];
        const struct child *gate = generation->children[ROLE_GATE];
        if (generation->is_used && generation->is_retired && (gate == NULL || gate->state == CHILD_ENDED)) {
            if (supervisor->current == generation)
                supervisor->current = NULL; /* we are stopping */
            generation_fini(generation);
        }
    }
}

static bool child_is_needed(const struct supervisor *supervisor, const struct child *child)
{
    if (supervisor->signatures.fresh == child)
        return true;
    for (size_t i = 0; i < SUPERVISOR_MOST_GENERATIONS; i++) {
        const struct generation *generation = &supervisor->generations[i];
        if (generation->is_used && generation_has(generation, child))
            return true;
    }
    return false;
}

static void children_release(struct supervisor *supervisor)
{
    for (size_t i = 0; i < SUPERVISOR_MOST_CHILDREN; i++) {
        struct child *child = &supervisor->children[i];
        if (!child->is_used || child_is_needed(supervisor, child))
            continue;
        if (child->state != CHILD_ENDED)
            child_handle(child, CHILD_DRAIN);
        if (child->state == CHILD_ENDED)
            child_fini(child);
    }
}

/* A first gate that never gets ready would never serve: whoever started us should hear of it. */
static bool start_has_failed(const struct supervisor *supervisor)
{
    const struct child *gate = supervisor->current->children[ROLE_GATE];
    return !supervisor->is_ready && !gate->was_ready && gate->restarts >= SUPERVISOR_FIRST_DEATHS;
}

/* The gate is, and each pool is or has failed at least once: mail that needs it waits, but the start does not. */
static bool start_is_done(const struct supervisor *supervisor)
{
    const struct generation *generation = supervisor->current;
    if (generation->children[ROLE_GATE]->state != CHILD_WORKING)
        return false;
    for (unsigned place = 0; place < ROLE_PLACES; place++) {
        const struct child *child = generation->children[place];
        if (child != NULL && !child->was_ready && child->restarts == 0)
            return false;
    }
    return true;
}

static void start_tend(struct supervisor *supervisor)
{
    if (start_has_failed(supervisor)) {
        log_note(LOG_ERROR, "start-failed", "the gate ended %u times before it was ever ready; giving up",
                 supervisor->current->children[ROLE_GATE]->restarts);
        supervisor->exit_status = 1;
        generations_stop(supervisor);
    } else if (start_is_done(supervisor)) {
        supervisor->is_ready = true;
        log_note(LOG_NOTICE, "ready", "cordond " CORDON_VERSION " works");
        notify_ready("working");
    }
}

void generations_tend(struct supervisor *supervisor)
{
    if (!supervisor->is_stopping && !supervisor->is_ready)
        start_tend(supervisor);
    do { /* until nothing is left that would have to wait for the next event, which may be far */
        if (reload_may_begin(supervisor))
            reload_begin(supervisor);
        if (supervisor->pending != NULL)
            reload_tend(supervisor);
        signatures_tend(supervisor);
        signatures_tell(supervisor);
        gates_tell_stores(supervisor);
        generations_release(supervisor);
        children_release(supervisor);
    } while (reload_may_begin(supervisor));
}

bool generations_are_gone(const struct supervisor *supervisor)
{
    for (size_t i = 0; i < SUPERVISOR_MOST_CHILDREN; i++) {
        if (supervisor->children[i].is_used)
            return false;
    }
    return true;
}

#include "signatures.h"

#include "base/memory.h"
#include "cordond/gates.h"
#include "cordond/generations.h"
#include "cordond/last_good.h"
#include "cordond/supervisor.h"
#include "cordond/trial.h"
#include "sys/folder_print.h"
#include "sys/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What libclamav loads from a folder, by the end of the name. Anything else there (freshclam's notes, a file that is
 * still on its way) is no signatures. */
static bool signatures_want(const char *name)
{
    static const char suffixes[] =
        " cat cbc cdb cfg cld crb cud cvd db fp ftm gdb hdb hdu hsb hsu idb ign ign2 imp ioc "
        "ldb ldu mdb mdu msb msu ndb ndu pdb pwdb rmd sdb sfp wdb yar yara zmd ";
    const char *dot = strrchr(name, '.');
    char wanted[16];
    if (dot == NULL || strlen(dot) > sizeof wanted - 3 || strchr(dot, ' ') != NULL || name[0] == '.')
        return false;
    (void)snprintf(wanted, sizeof wanted, " %s ", dot + 1);
    return strstr(suffixes, wanted) != NULL;
}

/* 0: the folder can't be read. */
static uint64_t signatures_print(const char *folder)
{
    struct folder_print print = { 0 };
    return folder_print_add(folder, signatures_want, &print, NULL) == 0 ? print.number + 1 : 0;
}

static const struct scanner_settings *signatures_scanner(const struct generation *generation)
{
    const struct settings *settings = generation != NULL ? generation->settings : NULL;
    for (size_t i = 0; settings != NULL && i < settings->scanner_count; i++) {
        const struct scanner_settings *scanner = &settings->scanners[i];
        if (scanner->type == SCANNER_CLAMAV && strcmp(scanner->signatures, "test") != 0)
            return scanner;
    }
    return NULL;
}

static bool has_last_good(const struct child *engine)
{
    return strcmp(engine->instance, SETTINGS_LAST_GOOD_ENGINE) == 0;
}

static struct child *signatures_engine(const struct supervisor *supervisor)
{
    return supervisor->current != NULL ? supervisor->current->children[ROLE_ENGINE] : NULL;
}

int signatures_begin(struct signatures *signatures, struct fault *fault)
{
    signatures->look = deadline_in(SIGNATURES_LOOK_MS);
    signatures->retry = deadline_never();
    return watch_open(&signatures->watch, signatures_want, fault);
}

void signatures_end(struct signatures *signatures)
{
    watch_close(&signatures->watch);
    free(signatures->measure);
    signatures->measure = NULL;
}

void signatures_hurry(struct supervisor *supervisor)
{
    struct signatures *signatures = &supervisor->signatures;
    watch_read(&signatures->watch); /* what was written before the word came, comes first */
    settling_hurry(&signatures->watch.settling, clock_now_ms());
    signatures->is_forced = true;
}

void signatures_note_start(struct supervisor *supervisor, struct child *child)
{
    const struct generation *generation = supervisor->current;
    for (size_t i = 0; i < SUPERVISOR_MOST_GENERATIONS; i++) {
        if (supervisor->generations[i].is_used && supervisor->generations[i].children[ROLE_ENGINE] == child)
            generation = &supervisor->generations[i];
    }
    const struct scanner_settings *scanner = signatures_scanner(generation);
    const char *folder = scanner != NULL ? scanner->signatures : NULL;
    char path[LAST_GOOD_PATH_SIZE];
    if (folder != NULL && has_last_good(child)) {
        last_good_path(folder, path);
        folder = path;
    }
    child->folder_print = folder != NULL ? signatures_print(folder) : 0;
}

/* --- Trials --- */

static void log_put_set(struct log_line *line, const struct trial_set *set)
{
    log_put_span(line, "version", set->version);
    log_put_number(line, "signatures", (int64_t)set->count);
    log_put_span(line, "generation", set->generation);
}

/* Of the folder's content, as far as is known what it was. */
static void signatures_refuse(struct signatures *signatures, uint64_t print, const char *reason)
{
    struct trial_set old = trial_read(signatures->measure);
    struct log_line line;
    log_line_begin(&line, LOG_ERROR, "signatures-refused");
    log_put_text(&line, "reason", reason);
    log_put_span(&line, "in_use", old.generation);
    log_line_send(&line);
    (void)snprintf(signatures->refusal, sizeof signatures->refusal, "%s", reason);
    signatures->refused_print = print;
    signatures->refused_ms = clock_now_ms();
    signatures->refused_total++;
    signatures->is_refused = true;
}

/* It is not needed any more: children_release sees to its end. */
static void trial_drop(struct signatures *signatures)
{
    signatures->fresh = NULL;
    signatures->old = NULL;
    signatures->is_rescue = false;
}

static void trial_begin(struct supervisor *supervisor, struct child *old)
{
    struct signatures *signatures = &supervisor->signatures;
    struct fault fault = { 0 };
    settling_take(&signatures->watch.settling);
    signatures->is_forced = false;
    signatures->retry = deadline_never();
    signatures->fresh = generations_add_engine(supervisor, "", &fault);
    if (signatures->fresh == NULL) {
        signatures_refuse(signatures, signatures_print(signatures->watch.path), fault.text);
        signatures->retry = deadline_in(SIGNATURES_RETRY_MS);
        return;
    }
    signatures->old = old;
    log_note(LOG_NOTICE, "signatures-trial", "an update in %s is loaded by a new engine beside the old one",
             signatures->watch.path);
}

static void trial_pass(struct supervisor *supervisor, const struct trial_set *fresh)
{
    struct signatures *signatures = &supervisor->signatures;
    struct fault fault = { 0 };
    uint64_t print = signatures->fresh->folder_print;
    if (generations_replace_engine(supervisor, signatures->old, signatures->fresh, &fault) != 0) {
        signatures_refuse(signatures, print, fault.text);
        signatures->retry = deadline_in(SIGNATURES_RETRY_MS);
    } else {
        struct log_line line;
        log_line_begin(&line, LOG_NOTICE, "signatures-switched");
        log_put_set(&line, fresh);
        log_line_send(&line);
        signatures->switched_total++;
        signatures->is_refused = false;
    }
    trial_drop(signatures);
}

/* --- The last good set --- */

/* The engine in use has found its set bad when it started. */
static void rescue_begin(struct supervisor *supervisor, struct child *engine)
{
    struct signatures *signatures = &supervisor->signatures;
    struct fault fault = { 0 };
    char path[LAST_GOOD_PATH_SIZE];
    last_good_path(signatures->watch.path, path);
    if (engine->folder_print == signatures->lost_print || has_last_good(engine) || signatures_print(path) <= 1)
        return; /* 1: an empty folder's */
    struct span refusal = trial_read(engine->status).refusal;
    char reason[SIGNATURES_REASON_SIZE];
    (void)span_copy(refusal, reason, sizeof reason);
    signatures_refuse(signatures, engine->folder_print, reason);
    signatures->lost_print = engine->folder_print; /* unless it helps */
    signatures->fresh = generations_add_engine(supervisor, SETTINGS_LAST_GOOD_ENGINE, &fault);
    signatures->old = engine;
    signatures->is_rescue = signatures->fresh != NULL;
    if (signatures->fresh == NULL)
        log_note(LOG_ERROR, "signatures-lost", "the last good set can't be loaded: %s", fault.text);
}

static void rescue_tend(struct supervisor *supervisor)
{
    struct signatures *signatures = &supervisor->signatures;
    const struct child *fresh = signatures->fresh;
    struct fault fault = { .text = "its engine ended" };
    struct trial_set set = trial_read(fresh->status);
    if (fresh->restarts == 0 && (!fresh->was_ready || fresh->status == NULL))
        return;
    if (fresh->restarts == 0 && !set.is_scanning)
        (void)fault_set(&fault, EINVAL, "%.*s", (int)set.refusal.size, set.refusal.data);
    else if (fresh->restarts == 0 &&
             generations_replace_engine(supervisor, signatures->old, signatures->fresh, &fault) == 0) {
        struct log_line line;
        log_line_begin(&line, LOG_ERROR, "signatures-rescued");
        log_put_text(&line, "text", "the set in the folder is bad, and the last good one is in use");
        log_put_set(&line, &set);
        log_line_send(&line);
        signatures->lost_print = 0;
        trial_drop(signatures);
        return;
    }
    log_note(LOG_ERROR, "signatures-lost", "the last good set is no help: %s", fault.text);
    trial_drop(signatures);
}

/* Once for each set that is in use and works: so that the next start has it. */
static void last_good_keep(struct signatures *signatures, const struct child *engine,
                           const struct scanner_settings *scanner)
{
    char path[LAST_GOOD_PATH_SIZE];
    struct fault fault = { 0 };
    uint64_t print = engine->folder_print;
    if (!scanner->keep_last_good || has_last_good(engine) || print == signatures->kept_print)
        return;
    signatures->kept_print = print;
    last_good_path(scanner->signatures, path);
    if (signatures_print(path) == print)
        return; /* from before */
    int failed = last_good_gather(scanner->signatures, signatures_want, &fault);
    if (failed == 0) {
        last_good_gathered_path(scanner->signatures, path);
        /* Where the folder has changed since it was loaded, what comes next is tried and then kept. */
        failed = last_good_finish(scanner->signatures, signatures_print(path) == print, &fault);
    }
    if (failed != 0)
        log_note(LOG_WARNING, "signatures-not-kept", "a start that finds a bad set will have no other: %s", fault.text);
}

/* --- Trials, continued --- */

/* The next step of the trial, if it can be taken. */
static void trial_tend(struct supervisor *supervisor)
{
    struct signatures *signatures = &supervisor->signatures;
    const struct child *fresh = signatures->fresh;
    const struct scanner_settings *scanner = signatures_scanner(supervisor->current);
    if (scanner == NULL || signatures->old != signatures_engine(supervisor)) {
        trial_drop(signatures); /* a reload came between: its engine has loaded what there is */
    } else if (signatures->is_rescue) {
        rescue_tend(supervisor);
    } else if (fresh->restarts > 0) {
        signatures_refuse(signatures, fresh->folder_print, "the new engine ended before it could be tried");
        signatures->retry = deadline_in(SIGNATURES_RETRY_MS);
        trial_drop(signatures);
    } else if (fresh->was_ready && fresh->status != NULL) {
        struct trial_set old = trial_read(signatures->measure);
        struct trial_set set = trial_read(fresh->status);
        struct fault fault = { 0 };
        if (fresh->folder_print != signatures_print(scanner->signatures)) {
            log_note(LOG_NOTICE, "signatures-superseded", "the folder changed while it was loaded; it is loaded anew");
            settling_note(&signatures->watch.settling, SETTLING_TOUCHED, "", clock_now_ms());
            trial_drop(signatures);
        } else if (trial_judge(&old, &set, scanner, &fault) != 0) {
            signatures_refuse(signatures, fresh->folder_print, fault.text);
            trial_drop(signatures);
        } else {
            trial_pass(supervisor, &set);
        }
    }
}

/* --- Looking --- */

/* What the engine in use says of its set, while it scans: the next set is held against it. */
static void measure_keep(struct signatures *signatures, const struct child *engine)
{
    struct trial_set set = trial_read(engine->status);
    if (!set.is_scanning || span_equal(set.generation, trial_read(signatures->measure).generation))
        return;
    free(signatures->measure);
    signatures->measure = memory_copy_text(engine->status);
}

/* A folder on a file system that tells no events, or one that is not there yet. */
static void look_without_event(struct signatures *signatures, const struct child *engine)
{
    if (deadline_passed(signatures->retry)) {
        signatures->retry = deadline_never();
        signatures->is_forced = true;
        settling_hurry(&signatures->watch.settling, clock_now_ms());
    }
    if (!deadline_passed(signatures->look))
        return;
    signatures->look = deadline_in(SIGNATURES_LOOK_MS);
    struct settling *settling = &signatures->watch.settling;
    uint64_t print = signatures_print(signatures->watch.path);
    bool is_known = print == engine->folder_print ||
                    (signatures->refused_ms != 0 && print == signatures->refused_print);
    if (!settling->is_changed && !is_known)
        settling_note(settling, SETTLING_TOUCHED, "", clock_now_ms());
    if (settling_is_overdue(settling, clock_now_ms()))
        log_note(LOG_WARNING, "signatures-unfinished", "an update in %s is being written for more than %d minutes",
                 signatures->watch.path, SETTLING_PATIENCE_MS / 60000);
}

/* An update is finished: is it one? */
static void look_at_update(struct supervisor *supervisor, struct child *engine)
{
    struct signatures *signatures = &supervisor->signatures;
    uint64_t print = signatures_print(signatures->watch.path);
    int64_t since_ms = clock_now_ms() - signatures->refused_ms;
    bool was_refused = signatures->refused_ms != 0 && print == signatures->refused_print;
    bool is_again = signatures->is_forced && since_ms >= SIGNATURES_FORCED_MS;
    if (print == engine->folder_print)
        signatures->is_refused = false; /* the folder has again what is in use */
    if (print != engine->folder_print && (!was_refused || is_again)) {
        trial_begin(supervisor, engine);
        return;
    }
    settling_take(&signatures->watch.settling);
    signatures->is_forced = false;
}

/* While one of these is under way nothing can be tried; its end is an event. */
static bool may_look(const struct supervisor *supervisor)
{
    const struct child *engine = signatures_engine(supervisor);
    return !supervisor->is_stopping && supervisor->signatures.fresh == NULL && engine != NULL &&
           engine->state == CHILD_WORKING && supervisor->signatures.watch.path[0] != '\0';
}

struct deadline signatures_deadline(const struct supervisor *supervisor)
{
    const struct signatures *signatures = &supervisor->signatures;
    if (!may_look(supervisor))
        return deadline_never();
    struct deadline next = deadline_earlier(signatures->look, signatures->retry);
    int64_t settled_ms = settling_at_ms(&signatures->watch.settling);
    return settled_ms != INT64_MAX ? deadline_earlier(next, (struct deadline){ .at_ms = settled_ms }) : next;
}

void signatures_tend(struct supervisor *supervisor)
{
    struct signatures *signatures = &supervisor->signatures;
    const struct scanner_settings *scanner = signatures_scanner(supervisor->current);
    struct child *engine = signatures_engine(supervisor);
    const char *folder = scanner != NULL && engine != NULL && !supervisor->is_stopping ? scanner->signatures : "";
    if (strcmp(folder, signatures->watch.path) != 0) {
        signatures->is_refused = false;
        signatures->refused_ms = 0;
        signatures->lost_print = 0;
        signatures->kept_print = 0;
        free(signatures->measure); /* another folder's is no measure */
        signatures->measure = NULL;
    }
    (void)watch_follow(&signatures->watch, folder);
    if (supervisor->is_stopping)
        trial_drop(signatures);
    else if (signatures->fresh != NULL)
        trial_tend(supervisor);
    engine = signatures_engine(supervisor); /* it may be another one now */
    if (engine != NULL && engine->status != NULL && scanner != NULL)
        measure_keep(signatures, engine);
    if (engine == NULL || !may_look(supervisor))
        return;
    look_without_event(signatures, engine);
    if (scanner != NULL && engine->status != NULL) {
        if (trial_read(engine->status).is_scanning)
            last_good_keep(signatures, engine, scanner);
        else
            rescue_begin(supervisor, engine);
    }
    if (signatures->fresh == NULL && settling_is_settled(&signatures->watch.settling, clock_now_ms()))
        look_at_update(supervisor, engine);
}

/* --- Status --- */

static const char *signatures_state(const struct signatures *signatures, const struct child *engine,
                                    const struct trial_set *set)
{
    if (signatures->fresh != NULL)
        return signatures->is_rescue ? "trying the last good set" : "trying an update";
    if (!set->is_scanning)
        return "none";
    if (signatures->watch.settling.is_changed)
        return "an update is being written";
    if (signatures->is_refused && has_last_good(engine))
        return "the last good set is in use";
    return signatures->is_refused ? "the last update was refused" : "in use";
}

static void put_set(const struct trial_set *set, struct buf *out)
{
    int64_t now = (int64_t)time(NULL);
    buf_printf(out, "signatures_version=%.*s\n", (int)set->version.size, set->version.data);
    buf_printf(out, "signatures_generation=%.*s\n", (int)set->generation.size, set->generation.data);
    buf_printf(out, "signatures_count=%" PRIu64 "\n", set->count);
    if (set->databases.size > 0)
        buf_printf(out, "signatures_databases=%.*s\n", (int)set->databases.size, set->databases.data);
    if (set->built > 0)
        buf_printf(out, "signatures_age_seconds=%" PRId64 "\n", now > set->built ? now - set->built : 0);
}

void signatures_put_status(const struct supervisor *supervisor, struct buf *out)
{
    const struct signatures *signatures = &supervisor->signatures;
    const struct child *engine = signatures_engine(supervisor);
    if (signatures->watch.path[0] == '\0' || engine == NULL)
        return;
    struct trial_set set = trial_read(engine->status);
    buf_printf(out, "signatures_state=%s\n", signatures_state(signatures, engine, &set));
    if (set.is_scanning)
        put_set(&set, out);
    buf_printf(out, "signatures_switched_total=%" PRIu64 "\nsignatures_refused_total=%" PRIu64 "\n",
               signatures->switched_total, signatures->refused_total);
    if (signatures->refused_ms == 0)
        return;
    buf_printf(out, "signatures_refusal=%s\n", signatures->refusal);
    buf_printf(out, "signatures_refused_seconds=%" PRId64 "\n", (clock_now_ms() - signatures->refused_ms) / 1000);
}

/* Ages are left to the gates: the text changes with the matter only. */
static void put_told(const struct signatures *signatures, const struct child *engine, struct buf *out)
{
    struct trial_set set = trial_read(engine->status);
    buf_printf(out, "state=%s\n", signatures_state(signatures, engine, &set));
    if (set.is_scanning)
        buf_printf(out, "version=%.*s\ngeneration=%.*s\ncount=%" PRIu64 "\nbuilt=%" PRId64 "\n", (int)set.version.size,
                   set.version.data, (int)set.generation.size, set.generation.data, set.count, set.built);
    buf_printf(out, "switched_total=%" PRIu64 "\nrefused_total=%" PRIu64 "\n", signatures->switched_total,
               signatures->refused_total);
    if (signatures->refused_ms != 0)
        buf_printf(out, "refused_ms=%" PRId64 "\nrefusal=%s\n", signatures->refused_ms, signatures->refusal);
}

void signatures_tell(struct supervisor *supervisor)
{
    const struct child *engine = signatures_engine(supervisor);
    struct buf text;
    buf_init(&text, CONTROL_TEXT_SIZE - 1);
    if (supervisor->signatures.watch.path[0] != '\0' && engine != NULL)
        put_told(&supervisor->signatures, engine, &text);
    gates_tell(supervisor, CONTROL_SIGNATURES, &text);
    buf_fini(&text);
}

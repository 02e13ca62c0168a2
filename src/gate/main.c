/* The gate: speaks the protocols, one thread for each session, and asks everybody else.
 *
 * It starts with whatever user the supervisor has, because private keys may be readable to root alone; it reads
 * them, becomes the service user, closes its box, and only then starts the first thread.
 */
#include "base/memory.h"
#include "conf/conf.h"
#include "conf/runners.h"
#include "gate/acceptor.h"
#include "gate/budget.h"
#include "gate/counters.h"
#include "gate/hop.h"
#include "gate/monitor.h"
#include "gate/peers.h"
#include "gate/ready.h"
#include "gate/stores_told.h"
#include "gate/updates.h"
#include "gate/waiting.h"
#include "ipc/roles.h"
#include "sys/log.h"
#include "sys/resolve.h"
#include "sys/sandbox.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    GATE_START_MS = 30000,
    GATE_TEND_MS = 1000,
    GATE_READY_TEXT_SIZE = 512,
    GATE_TEND_STACK_BYTES = 512 * 1024,
    GATE_DRAIN_STEP_MS = 20,
    GATE_RETIRE_STEP_MS = 200,
    GATE_MOST_LISTENERS = SETTINGS_MOST_LISTENERS + 2,
    GATE_MONITOR_SESSIONS = 16
};

/* The name under which the supervisor hands over run_directory/scan.sock. */
#define GATE_LOCAL_LISTENER "local"

struct gate_process {
    struct gate gate;
    struct gate_listener listeners[GATE_MOST_LISTENERS];
    size_t listener_count;
    struct tls_context *hop_tls[GATE_MOST_LISTENERS];
    struct listener_settings monitor; /* what the acceptor needs to know of that listener */
    bool is_weaker;                   /* no Landlock */
    _Atomic bool is_tended;           /* the scanners have been looked at once */
};

static int gate_engine_socket(void *context, enum role role, struct deadline deadline)
{
    const struct gate *gate = context;
    return peers_socket(gate->peers, role, deadline);
}

static int gate_runner_socket(void *context, size_t runner, struct deadline deadline)
{
    const struct gate *gate = context;
    return peers_socket(gate->peers, ROLE_RUNNER + (unsigned)runner, deadline);
}

static void gate_init(struct gate *gate, const struct settings *settings)
{
    *gate = (struct gate){ .settings = settings };
    gate->peers = peers_new();
    gate->budget = budget_new(settings->memory_budget);
    gate->counters = counters_new();
    gate->waiting = waiting_new();
    gate->stores_told = stores_told_new();
    gate->updates = updates_new();
    slots_init(&gate->decode_slots, settings->decoder.processes);
    gate->retiring_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    gate->stopping_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    assert(gate->retiring_fd >= 0 && gate->stopping_fd >= 0);
    gate->scanners = scanners_new(settings, gate_engine_socket, gate);
    scanners_use_runners(gate->scanners, settings, gate_runner_socket);
}

/* Keys, certificates and trust: everything of a listener that has to be read before the box closes. */
static int gate_listener_init(struct gate_process *process, const struct listener_settings *settings,
                              struct fault *fault)
{
    struct gate_listener *listener = &process->listeners[process->listener_count++];
    *listener = (struct gate_listener){
        .gate = &process->gate, .settings = settings, .fd = -1, .intake = smtp_session
    };
    listener->trust = net_trust_new();
    for (size_t i = 0; i < settings->trust.count; i++) {
        if (net_trust_add(listener->trust, settings->trust.items[i], fault) != 0)
            return -1;
    }
    if (settings->tls != TLS_NO) {
        listener->tls = tls_context_new_server(settings->tls_certificate, settings->tls_key, fault);
        if (listener->tls == NULL)
            return fault_wrap(fault, "listener %s", settings->name);
    }
    struct tls_context *hop_tls = NULL;
    if (settings->hop.tls != TLS_NO) {
        const char *ca = settings->hop.tls_ca[0] != '\0' ? settings->hop.tls_ca : NULL;
        hop_tls = tls_context_new_client(settings->hop.tls_verify, ca, fault);
        if (hop_tls == NULL)
            return fault_wrap(fault, "next hop of listener %s", settings->name);
    }
    listener->hops = hop_pool_new(&settings->hop, process->gate.settings->hostname, hop_tls);
    return 0;
}

static void gate_local_listener_init(struct gate_process *process)
{
    struct gate_listener *listener = &process->listeners[process->listener_count++];
    *listener = (struct gate_listener){ .gate = &process->gate, .fd = -1, .intake = scan_session };
}

static void gate_monitor_init(struct gate_process *process)
{
    if (process->gate.settings->metrics.address[0] == '\0')
        return;
    process->monitor = (struct listener_settings){ .name = MONITOR_LISTENER, .max_sessions = GATE_MONITOR_SESSIONS };
    struct gate_listener *listener = &process->listeners[process->listener_count++];
    *listener = (struct gate_listener){
        .gate = &process->gate, .settings = &process->monitor, .fd = -1, .is_monitor = true, .intake = monitor_session
    };
}

static int gate_close_box(struct gate_process *process, struct fault *fault)
{
    static const struct sandbox_path paths[] = {
        { "/etc/resolv.conf", false }, { "/etc/hosts", false },    { "/etc/nsswitch.conf", false },
        { "/etc/host.conf", false },   { "/etc/gai.conf", false }, { "/etc/services", false },
        { "/etc/ssl", false },         { "/proc/self", false },
    };
    const char *user = process->gate.settings->user;
    if (sandbox_drop_user(user, NULL, fault) != 0)
        return -1;
    struct sandbox_settings settings = { .program = sandbox_prepare(SANDBOX_GATE, fault),
                                         .paths = paths,
                                         .path_count = sizeof paths / sizeof paths[0] };
    if (settings.program == NULL)
        return -1;
    return sandbox_enter(&settings, &process->is_weaker, fault);
}

static struct gate_listener *gate_listener_find(struct gate_process *process, const char *name)
{
    for (size_t i = 0; i < process->listener_count; i++) {
        struct gate_listener *listener = &process->listeners[i];
        const char *own_name = listener->settings != NULL ? listener->settings->name : GATE_LOCAL_LISTENER;
        if (strcmp(own_name, name) == 0)
            return listener;
    }
    return NULL;
}

static void gate_take_peer(struct gate_process *process, const struct control_message *message)
{
    size_t place = message->role;
    if (message->role == ROLE_RUNNER)
        place += runners_find(process->gate.settings, message->text);
    if (place < ROLE_PLACES)
        peers_renew(process->gate.peers, (unsigned)place, message->fd);
    else
        (void)close(message->fd);
    if (place == ROLE_ENGINE || place == ROLE_YARA)
        scanners_engine_is_new(process->gate.scanners, place == ROLE_YARA ? SCANNER_YARA : SCANNER_CLAMAV);
}

/* What the supervisor hands over, until it says start. */
static int gate_receive_start(struct gate_process *process, struct fault *fault)
{
    struct deadline deadline = deadline_in(GATE_START_MS);
    struct control_message message;
    for (;;) {
        int got = control_receive(ROLE_CONTROL_FD, &message, deadline, fault);
        if (got <= 0)
            return got < 0 ? -1 : fault_set(fault, EPIPE, "the supervisor is gone");
        if (message.kind == CONTROL_START)
            return 0;
        if (message.kind == CONTROL_PEER && message.fd >= 0) {
            gate_take_peer(process, &message);
            continue;
        }
        struct gate_listener *listener = gate_listener_find(process, message.text);
        if (message.kind != CONTROL_LISTENER || message.fd < 0 || listener == NULL)
            return fault_set(fault, EPROTO, "the supervisor sent message %d for \"%.64s\" before the start",
                             (int)message.kind, message.text);
        listener->fd = message.fd;
    }
}

static void gate_put_ready(struct gate_process *process, struct buf *text)
{
    struct buf why;
    buf_init(&why, GATE_READY_TEXT_SIZE);
    if (gate_is_ready(&process->gate, &why))
        buf_put_text(text, "ready=yes\n");
    else
        buf_printf(text, "ready=no: %s\n", buf_text(&why));
    buf_fini(&why);
}

static void gate_put_status(struct gate_process *process, struct buf *text)
{
    counters_status(process->gate.counters, text);
    counters_stores_status(process->gate.counters, process->gate.settings, text);
    buf_printf(text, "memory_reserved=%llu\n", (unsigned long long)budget_used(process->gate.budget));
    if (process->is_weaker)
        buf_put_text(text, "weaker=the kernel has no Landlock\n");
    gate_put_ready(process, text);
    waiting_status(process->gate.waiting, clock_now_ms(), text);
    scanners_status(process->gate.scanners, text);
}

static void gate_log_lines(struct buf *text)
{
    struct span rest = buf_span(text);
    while (rest.size > 0) {
        struct span line = span_cut(&rest, '\n');
        bool is_good = span_find(line, span_text(": working (was ")) != SPAN_NONE;
        log_note(is_good ? LOG_NOTICE : LOG_WARNING, "scanner", "%.*s", (int)line.size, line.data);
    }
}

/* Once a second: canaries, idle connections, status. */
static void gate_tend(void *argument)
{
    struct gate_process *process = argument;
    struct buf last;
    struct buf text;
    buf_init(&last, CONTROL_TEXT_SIZE - 1);
    buf_init(&text, CONTROL_TEXT_SIZE - 1);
    for (;;) {
        buf_clear(&text);
        if (scanners_tend(process->gate.scanners, &text))
            gate_log_lines(&text);
        for (size_t i = 0; i < process->listener_count; i++) {
            if (process->listeners[i].hops != NULL)
                hop_pool_tend(process->listeners[i].hops);
        }
        buf_clear(&text);
        if (waiting_alarm(process->gate.waiting, clock_now_ms(), process->gate.settings->waiting_alarm_ms, &text))
            log_note(LOG_WARNING, "waiting-alarm", "%s", buf_text(&text));
        buf_clear(&text);
        gate_put_status(process, &text);
        if (!span_equal(buf_span(&text), buf_span(&last))) {
            struct fault fault;
            (void)control_send(ROLE_CONTROL_FD, CONTROL_STATUS, ROLE_GATE, buf_text(&text), -1, &fault);
            buf_clear(&last);
            buf_put_span(&last, buf_span(&text));
        }
        if (!atomic_exchange(&process->is_tended, true)) {
            struct fault fault;
            (void)control_send(ROLE_CONTROL_FD, CONTROL_READY, ROLE_GATE, "", -1, &fault);
        }
        (void)poll(NULL, 0, GATE_TEND_MS);
    }
}

static int gate_start(struct gate_process *process, struct fault *fault)
{
    for (size_t i = 0; i < process->listener_count; i++) {
        if (process->listeners[i].fd >= 0 && acceptor_start(&process->listeners[i], fault) != 0)
            return -1;
    }
    return thread_start(gate_tend, process, GATE_TEND_STACK_BYTES, fault);
}

static void gate_raise(int event_fd)
{
    uint64_t one = 1;
    ssize_t n = write(event_fd, &one, sizeof one);
    assert(n == (ssize_t)sizeof one);
}

static void gate_retire(struct gate_process *process)
{
    gate_raise(process->gate.retiring_fd);
    log_note(LOG_NOTICE, "retiring", "another gate takes over; %llu sessions go on here",
             (unsigned long long)counters_sessions(process->gate.counters));
}

/* Finishes what is in flight: sessions see stopping_fd while they are idle. The supervisor bounds the wait. */
static void gate_drain(struct gate_process *process)
{
    gate_raise(process->gate.retiring_fd);
    gate_raise(process->gate.stopping_fd);
    log_note(LOG_NOTICE, "draining", "%llu sessions are open",
             (unsigned long long)counters_sessions(process->gate.counters));
    while (counters_sessions(process->gate.counters) > 0)
        (void)poll(NULL, 0, GATE_DRAIN_STEP_MS);
}

static void gate_serve(struct gate_process *process)
{
    struct control_message message;
    struct fault fault;
    bool is_retired = false;
    while (!is_retired || counters_sessions(process->gate.counters) > 0) {
        struct deadline deadline = is_retired ? deadline_in(GATE_RETIRE_STEP_MS) : deadline_never();
        int got = control_receive(ROLE_CONTROL_FD, &message, deadline, &fault);
        if (got < 0 && fault.code == ETIMEDOUT)
            continue;
        if (got <= 0 || message.kind == CONTROL_DRAIN)
            break;
        if (message.kind == CONTROL_PEER && message.fd >= 0)
            gate_take_peer(process, &message);
        else if (message.fd >= 0)
            (void)close(message.fd);
        if (message.kind == CONTROL_SIGNATURES) {
            updates_take(process->gate.updates, message.text);
            scanners_learn_engine_age(process->gate.scanners, updates_made(process->gate.updates));
        }
        if (message.kind == CONTROL_STORES)
            stores_told_take(process->gate.stores_told, message.text);
        if (message.kind == CONTROL_RETIRE && !is_retired) {
            gate_retire(process);
            is_retired = true;
        }
    }
    gate_drain(process);
}

static int gate_begin(struct gate_process *process, const struct settings *settings, struct fault *fault)
{
    gate_init(&process->gate, settings);
    if (resolve_begin(fault) != 0)
        return -1;
    for (size_t i = 0; i < settings->listener_count; i++) {
        if (gate_listener_init(process, &settings->listeners[i], fault) != 0)
            return -1;
    }
    if (scanners_read_certificates(process->gate.scanners, fault) != 0)
        return -1;
    gate_local_listener_init(process);
    gate_monitor_init(process);
    process->gate.listeners = process->listeners;
    process->gate.listener_count = process->listener_count;
    if (gate_receive_start(process, fault) != 0 || gate_close_box(process, fault) != 0)
        return -1;
    return gate_start(process, fault);
}

int main(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
    struct buf mistakes;
    buf_init(&mistakes, CONTROL_TEXT_SIZE);
    struct settings *settings = conf_load_fd(ROLE_SETTINGS_FD, &mistakes);
    if (settings == NULL) {
        log_note(LOG_ERROR, "start-failed", "%s", buf_text(&mistakes));
        return CONF_EXIT_BAD;
    }
    log_begin("cordon-gate", &settings->log);

    struct gate_process *process = memory_new(sizeof *process);
    struct fault fault = { 0 };
    if (gate_begin(process, settings, &fault) != 0) {
        log_note(LOG_ERROR, "start-failed", "%s", fault.text);
        return EXIT_FAILURE;
    }
    gate_serve(process);
    _exit(EXIT_SUCCESS); /* the other threads have nothing to finish; static destructors must not run under them */
}

#include "gate/monitor.h"

#include "gate/budget.h"
#include "gate/counters.h"
#include "gate/ready.h"
#include "gate/stores_told.h"
#include "gate/updates.h"
#include "gate/waiting.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *const monitor_paths[MONITOR_PATHS] = {
    [MONITOR_METRICS] = "/metrics",
    [MONITOR_HEALTH] = "/healthz",
    [MONITOR_READY] = "/readyz",
};

static const struct {
    unsigned status;
    const char *text;
} monitor_statuses[] = {
    { 200, "OK" },
    { 400, "Bad Request" },
    { 404, "Not Found" },
    { 405, "Method Not Allowed" },
    { 431, "Request Header Fields Too Large" },
    { 503, "Service Unavailable" },
    { 505, "HTTP Version Not Supported" },
};

void monitor_read_request(struct span line, struct monitor_request *request_out)
{
    *request_out = (struct monitor_request){ .status = 400 };
    struct span method = span_cut(&line, ' ');
    struct span target = span_cut(&line, ' ');
    if (method.size == 0 || target.size == 0 || target.data[0] != '/' || !span_starts_with(line, "HTTP/"))
        return;
    request_out->is_head = span_is(method, "HEAD");
    if (!span_is(line, "HTTP/1.1") && !span_is(line, "HTTP/1.0"))
        request_out->status = 505;
    else if (!request_out->is_head && !span_is(method, "GET"))
        request_out->status = 405;
    else
        request_out->status = 404;
    struct span path = span_cut(&target, '?');
    for (enum monitor_path i = MONITOR_METRICS; request_out->status == 404 && i < MONITOR_PATHS; i++) {
        if (!span_is(path, monitor_paths[i]))
            continue;
        request_out->path = i;
        request_out->status = 200;
    }
}

/* Reads to the end of the header. False where there is nobody to answer. */
static bool monitor_receive(struct stream *stream, struct monitor_request *request_out)
{
    char line[MONITOR_LINE_SIZE];
    int got = stream_read_line(stream, line, sizeof line, false);
    if (got != 1 && got != 2)
        return false;
    if (got == 2)
        *request_out = (struct monitor_request){ .status = 431 };
    else
        monitor_read_request(span_text(line), request_out);
    for (unsigned i = 0; i < MONITOR_LINES; i++) {
        got = stream_read_line(stream, line, sizeof line, false);
        if (got == 1 && line[0] == '\0')
            return true;
        if (got != 1 && got != 2)
            return false;
        if (got == 2)
            request_out->status = 431;
    }
    request_out->status = 431;
    return true;
}

static void put_gauge(const char *name, const char *help, uint64_t value, struct buf *text)
{
    buf_printf(text, "# HELP %s %s\n# TYPE %s gauge\n%s %" PRIu64 "\n", name, help, name, name, value);
}

/* All metrics. */
static void monitor_put_metrics(struct gate *gate, struct buf *text_out)
{
    buf_put_text(text_out, "# HELP cordon_build_info The version, in a label.\n# TYPE cordon_build_info gauge\n"
                           "cordon_build_info{version=\"" CORDON_VERSION "\"} 1\n");
    put_gauge("cordon_ready", "Whether the scanners that are required work, for each listener.",
              gate_is_ready(gate, NULL) ? 1 : 0, text_out);
    put_gauge("cordon_memory_reserved_bytes", "Of messages in flight, with what was decoded of them.",
              budget_used(gate->budget), text_out);
    put_gauge("cordon_memory_budget_bytes", "The most that may be reserved.", gate->settings->memory_budget, text_out);
    counters_metrics(gate->counters, text_out);
    counters_stores_metrics(gate->counters, gate->settings, text_out);
    stores_told_metrics(gate->stores_told, gate->settings, text_out);
    waiting_metrics(gate->waiting, clock_now_ms(), text_out);
    scanners_metrics(gate->scanners, text_out);
    updates_metrics(gate->updates, clock_now_ms(), (int64_t)time(NULL), text_out);
}

static void monitor_put_body(struct gate *gate, struct monitor_request *request, struct buf *body)
{
    if (request->status == 200 && request->path == MONITOR_READY && !gate_is_ready(gate, body)) {
        request->status = 503;
        buf_put_text(body, "; mail waits, see cordon status\n");
    }
    if (request->status == 200 && request->path == MONITOR_METRICS)
        monitor_put_metrics(gate, body);
    if (buf_overflowed(body)) {
        buf_clear(body);
        request->status = 503;
    }
}

static void monitor_answer(struct session *session, struct monitor_request *request)
{
    struct buf body;
    struct buf head;
    buf_init(&body, MONITOR_TEXT_LIMIT);
    buf_init(&head, 1024);
    monitor_put_body(session->listener->gate, request, &body);
    size_t row = 0;
    while (monitor_statuses[row].status != request->status)
        row++;
    if (body.size == 0)
        buf_printf(&body, "%s\n", monitor_statuses[row].text);
    buf_printf(&head,
               "HTTP/1.1 %u %s\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: %zu\r\n"
               "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n%sConnection: close\r\n\r\n",
               request->status, monitor_statuses[row].text, body.size,
               request->status == 405 ? "Allow: GET, HEAD\r\n" : "");
    (void)stream_write(session->stream, head.data, head.size);
    if (!request->is_head)
        (void)stream_write(session->stream, body.data, body.size);
    (void)stream_flush(session->stream);
    buf_fini(&head);
    buf_fini(&body);
}

void monitor_session(struct session *session)
{
    struct monitor_request request;
    stream_set_deadline(session->stream, deadline_in(MONITOR_MS));
    if (!monitor_receive(session->stream, &request))
        return;
    monitor_answer(session, &request);
    stream_linger(session->stream, MONITOR_LINE_SIZE);
}

#include "gate/monitor.h"

#include "base/test.h"

static const struct {
    const char *line;
    unsigned status;
    enum monitor_path path;
    bool is_head;
} rows[] = {
    { "GET /metrics HTTP/1.1", 200, MONITOR_METRICS, false },
    { "GET /healthz HTTP/1.0", 200, MONITOR_HEALTH, false },
    { "HEAD /readyz HTTP/1.1", 200, MONITOR_READY, true },
    { "GET /metrics?name[]=x HTTP/1.1", 200, MONITOR_METRICS, false },
    { "GET / HTTP/1.1", 404, 0, false },
    { "GET /metrics/ HTTP/1.1", 404, 0, false },
    { "GET /metricsx HTTP/1.1", 404, 0, false },
    { "GET /%6detrics HTTP/1.1", 404, 0, false },
    { "POST /metrics HTTP/1.1", 405, 0, false },
    { "get /metrics HTTP/1.1", 405, 0, false },
    { "GET /metrics HTTP/2.0", 505, 0, false },
    { "GET /metrics HTTP/1.1 x", 505, 0, false },
    { "GET /metrics", 400, 0, false },
    { "GET  /metrics HTTP/1.1", 400, 0, false },
    { "GET http://x/metrics HTTP/1.1", 400, 0, false },
    { " /metrics HTTP/1.1", 400, 0, false },
    { "", 400, 0, false },
    { "GET", 400, 0, false },
    { "\x16\x03\x01", 400, 0, false },
};

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct monitor_request request;
        test_context(rows[i].line);
        monitor_read_request(span_text(rows[i].line), &request);
        CHECK(request.status == rows[i].status);
        CHECK(request.status != 200 || (request.path == rows[i].path && request.is_head == rows[i].is_head));
    }
    return test_end();
}

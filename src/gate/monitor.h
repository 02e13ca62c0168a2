/* Monitoring over HTTP: GET and HEAD of /metrics, /healthz and /readyz, one request a connection, HTTP/1.1 (RFC 9112).
 *
 * So small that it is our own: three fixed paths without parameters or bodies. A request has at most MONITOR_LINES
 * lines of MONITOR_LINE_SIZE bytes, and MONITOR_MS from beginning to end.
 */
#ifndef CORDON_GATE_MONITOR_H
#define CORDON_GATE_MONITOR_H

#include "base/buf.h"
#include "base/span.h"
#include "gate/session.h"

enum { MONITOR_LINES = 100, MONITOR_LINE_SIZE = 8192, MONITOR_MS = 10000, MONITOR_TEXT_LIMIT = 1048576 };

/* The name under which the supervisor hands over the socket. No listener of the operator's can have it. */
#define MONITOR_LISTENER "@metrics"

/* An intake. */
void monitor_session(struct session *session);

enum monitor_path { MONITOR_METRICS, MONITOR_HEALTH, MONITOR_READY, MONITOR_PATHS };

struct monitor_request {
    unsigned status; /* 200, or what is wrong with it */
    enum monitor_path path;
    bool is_head;
};

/* A request line without its line end. Foreign bytes. */
void monitor_read_request(struct span line, struct monitor_request *request_out);

#endif

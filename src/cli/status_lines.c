#include "cli/status_lines.h"

#include "sys/clock.h"
#include "sys/net.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { STATUS_CHUNK_SIZE = 4096, STATUS_FACT_NAME_SIZE = 32 };

static const char working[] = "working";

static int status_receive(int fd, struct buf *text, struct fault *fault)
{
    struct deadline deadline = deadline_in(STATUS_ANSWER_MS);
    static const char request[] = "status\n";
    if (send(fd, request, sizeof request - 1, MSG_NOSIGNAL) != (ssize_t)sizeof request - 1)
        return fault_set_errno(fault, errno, "cannot ask the daemon");
    for (;;) {
        char chunk[STATUS_CHUNK_SIZE];
        struct pollfd wait = { .fd = fd, .events = POLLIN };
        int ready = poll(&wait, 1, deadline_left_ms(deadline));
        if (ready == 0)
            return fault_set(fault, ETIMEDOUT, "the daemon does not answer");
        ssize_t n = ready > 0 ? recv(fd, chunk, sizeof chunk, 0) : -1;
        if (n == 0)
            return 0;
        if (n < 0 && errno != EINTR && errno != EAGAIN)
            return fault_set_errno(fault, errno, "cannot read the daemon's answer");
        if (n > 0)
            buf_put(text, chunk, (size_t)n);
        if (buf_overflowed(text))
            return fault_set(fault, EFBIG, "the daemon's answer has no end");
    }
}

int status_lines_ask(struct status_lines *lines, const char *run_directory, struct fault *fault)
{
    char path[NET_TEXT_SIZE];
    struct net_address address;
    struct buf text;
    lines->count = 0;
    buf_init(&lines->text, 0);
    (void)snprintf(path, sizeof path, "unix:%s/control.sock", run_directory);
    if (net_address_parse(path, &address, fault) != 0)
        return -1;
    int fd = net_dial(&address, deadline_in(STATUS_ANSWER_MS), fault);
    if (fd < 0)
        return -1;
    buf_init(&text, STATUS_ANSWER_MOST_BYTES);
    int failed = status_receive(fd, &text, fault);
    (void)close(fd);
    status_lines_parse(lines, &text);
    return failed;
}

void status_lines_parse(struct status_lines *lines, struct buf *text_take)
{
    lines->text = *text_take;
    lines->count = 0;
    struct span rest = buf_span(&lines->text);
    while (rest.size > 0 && lines->count < STATUS_MOST_LINES) {
        struct span value = span_cut(&rest, '\n');
        struct span key = span_cut(&value, '=');
        if (value.data != NULL && key.size > 0)
            lines->lines[lines->count++] = (struct status_line){ .key = key, .value = value };
    }
}

void status_lines_fini(struct status_lines *lines)
{
    buf_fini(&lines->text);
    lines->count = 0;
}

struct span status_value(const struct status_lines *lines, const char *key)
{
    for (size_t i = 0; i < lines->count; i++) {
        if (span_is(lines->lines[i].key, key))
            return lines->lines[i].value;
    }
    return span_of(NULL, 0);
}

/* Cuts `suffix` off the end of a key. False where it does not end so, or nothing would be left. */
static bool key_cut_end(struct span key, const char *suffix, struct span *start_out)
{
    size_t size = strlen(suffix);
    if (key.size <= size || !span_is(span_from(key, key.size - size), suffix))
        return false;
    *start_out = span_slice(key, 0, key.size - size);
    return true;
}

bool status_line_is_role(const struct status_line *line, struct span *role_out)
{
    return key_cut_end(line->key, ".state", role_out) && span_find_byte(*role_out, '.') == SPAN_NONE &&
           !span_starts_with(*role_out, "old-") && !span_starts_with(*role_out, "new-");
}

/* "gate.scanner.NAME" and the end. */
static bool key_is_of_scanner(struct span key, const char *end, struct span *name_out)
{
    static const char prefix[] = "gate.scanner.";
    if (!span_starts_with(key, prefix) || !key_cut_end(key, end, name_out) || name_out->size < sizeof prefix)
        return false;
    *name_out = span_from(*name_out, sizeof prefix - 1);
    return true;
}

bool status_line_is_scanner(const struct status_line *line, struct span *name_out)
{
    return key_is_of_scanner(line->key, ".state", name_out);
}

bool status_line_is_counts(const struct status_line *line, struct span *name_out)
{
    return key_is_of_scanner(line->key, ".counts", name_out);
}

/* "keeper.store.NAME.state": no store's name has a dot. */
bool status_line_is_store(const struct status_line *line, struct span *name_out)
{
    static const char prefix[] = "keeper.store.";
    if (!span_starts_with(line->key, prefix) || !key_cut_end(line->key, ".state", name_out) ||
        name_out->size < sizeof prefix)
        return false;
    *name_out = span_from(*name_out, sizeof prefix - 1);
    return true;
}

bool status_line_is_weaker(const struct status_line *line)
{
    struct span role;
    return span_is(line->key, "weaker") || key_cut_end(line->key, ".weaker", &role);
}

struct span status_first_word(struct span value)
{
    return span_cut(&value, ' ');
}

struct span status_fact(struct span value, const char *name)
{
    char wanted[STATUS_FACT_NAME_SIZE];
    (void)snprintf(wanted, sizeof wanted, " %s=", name);
    size_t at = span_find(value, span_text(wanted));
    if (at == SPAN_NONE)
        return span_of(NULL, 0);
    struct span fact = span_from(value, at + strlen(wanted));
    if (!span_starts_with(fact, "\""))
        return span_cut(&fact, ' ');
    fact = span_from(fact, 1);
    for (size_t i = 0; i < fact.size; i++) {
        if (fact.data[i] == '\\')
            i++;
        else if (fact.data[i] == '"')
            return span_slice(fact, 0, i);
    }
    return fact;
}

bool status_is_working(const struct status_lines *lines)
{
    bool has_role = false;
    for (size_t i = 0; i < lines->count; i++) {
        const struct status_line *line = &lines->lines[i];
        struct span name;
        bool is_role = status_line_is_role(line, &name);
        if ((is_role || status_line_is_scanner(line, &name)) && !span_is(status_first_word(line->value), working))
            return false;
        if (status_line_is_store(line, &name) && !span_is(line->value, "open"))
            return false;
        has_role = has_role || is_role;
    }
    struct span state = status_value(lines, "state");
    return has_role && (span_is(state, working) || span_is(state, "reloading"));
}

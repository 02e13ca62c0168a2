/* The driver for programs that speak cordon-plugin(7): a greeting, then a question and an answer for each piece, all
 * pieces of a message over one connection.
 */
#include "driver.h"

#include "scanner/plugin_reply.h"
#include "scanner/wire.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { PLUGIN_LINE_SIZE = 1024 };

static const char plugin_greeting[] = "cordon-plugin 1";

/* A connection over which both sides have said what they speak. NULL and *fault. */
static struct stream *plugin_dial(const struct scanner *scanner, struct deadline deadline, const struct stop *stop,
                                  struct fault *fault)
{
    char line[PLUGIN_LINE_SIZE];
    struct stream *stream = wire_dial(scanner, deadline, stop, fault);
    if (stream == NULL)
        return NULL;
    int result = wire_send_text(stream, "cordon-plugin 1\n", deadline, fault);
    result = result < 0 ? -1 : wire_read_line(stream, line, sizeof line, fault);
    if (result == 0 && strcmp(line, plugin_greeting) != 0)
        result = fault_set(fault, EPROTO, "it does not speak %s: %.60s", plugin_greeting, line);
    if (result == 0)
        return stream;
    (void)wire_unreached(fault);
    stream_free(stream);
    return NULL;
}

static int plugin_ask_piece(struct stream *stream, const struct scan_request *request, size_t index,
                            struct answer *answer_out, struct fault *fault)
{
    char line[PLUGIN_LINE_SIZE];
    struct span bytes = request_bytes(request, index);
    (void)snprintf(line, sizeof line, "scan %zu\n", bytes.size);
    int sent = wire_send_text(stream, line, request->deadline, fault);
    if (sent == 0)
        sent = wire_send(stream, bytes, request->deadline, fault);
    if (sent < 0 || wire_read_line(stream, line, sizeof line, fault) != 0)
        return -1;
    plugin_reply_read(span_text(line), answer_out);
    if (sent == 0 && stream_has_input(stream) && answer_out->kind != ANSWER_INFECTED)
        return fault_set(fault, EPROTO, "there is more behind its reply: %.100s", line);
    if (sent == 0)
        return 0;
    /* It is not known where it is in what was sent: nothing more can be said over this connection. */
    if (answer_out->kind != ANSWER_INFECTED)
        return fault_set(fault, EPROTO, "it answered before it had the whole piece: %.100s", line);
    return 0;
}

static void plugin_ask(struct scanner *scanner, const struct scan_request *request, struct answer *answer_out)
{
    struct fault fault = { 0 };
    struct stream *stream = plugin_dial(scanner, request->deadline, request->stop, &fault);
    *answer_out = (struct answer){ .kind = ANSWER_CLEAN };
    if (stream == NULL)
        answer_fail(answer_out, wire_blame(&fault), span_text(fault.text));
    for (size_t i = 0; i < request->count && stream != NULL; i++) {
        struct answer answer = { .kind = ANSWER_FAILED };
        if (plugin_ask_piece(stream, request, i, &answer, &fault) != 0) {
            answer = (struct answer){ .kind = ANSWER_FAILED };
            answer_fail(&answer, wire_blame(&fault), span_text(fault.text));
        }
        answer_settle(&answer, &request->pieces[i]);
        answer.piece = (uint32_t)i;
        answer_worsen(answer_out, &answer);
        if (answer.kind == ANSWER_INFECTED || answer.kind == ANSWER_FAILED)
            break;
    }
    stream_free(stream);
}

static void plugin_refresh(struct scanner *scanner, struct deadline deadline)
{
    char line[PLUGIN_LINE_SIZE];
    struct span generation;
    struct span text;
    struct fault fault;
    struct stream *stream = plugin_dial(scanner, deadline, NULL, &fault);
    if (stream != NULL && wire_send_text(stream, "version\n", deadline, &fault) == 0 &&
        wire_read_line(stream, line, sizeof line, &fault) == 0 &&
        plugin_version_read(span_text(line), &generation, &text))
        scanner_learn(scanner, text, wire_generation(generation), 0);
    stream_free(stream);
}

const struct scanner_ops plugin_ops = { .ask = plugin_ask, .asks_alone = true, .refresh = plugin_refresh };

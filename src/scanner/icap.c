/* The driver for ICAP servers (RFC 3507): each piece is the body of a made-up HTTP response (RESPMOD) or request
 * (REQMOD), and the server says what it would let through.
 *
 * OPTIONS come first, and again when their time is over: whether there is a preview, whether 204 is known, how many
 * connections are taken. A 204 after a preview only says that the server did not want the rest, which is no judgement
 * of it; then everything is sent without a preview. One connection for each piece.
 */
#include "driver.h"

#include "base/memory.h"
#include "proto/icap.h"
#include "scanner/icap_reply.h"
#include "scanner/wire.h"
#include "sys/net.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ICAP_LINE_SIZE = 8192,
    ICAP_HEAD_LIMIT = ICAP_LARGEST_HEAD,
    ICAP_CHUNK_BYTES = 65536,
    ICAP_PREVIEW_MOST = 1 << 20,
    ICAP_OPTIONS_MS = 600000 /* where it doesn't say how long they stand */
};

struct icap_options {
    bool is_known;
    bool may_204;
    bool has_preview;
    uint32_t preview_bytes;
    int64_t until_ms;
    uint64_t generation;
};

/* scanner->own, under scanner->lock */
struct icap_own {
    struct icap_options options;
    bool is_tagless; /* some reply bore no ISTag: it is never known which signatures judged */
};

struct icap_talk {
    struct scanner *scanner;
    struct stream *stream;
    struct deadline deadline;
    struct buf head;      /* of the last reply */
    struct buf http_head; /* encapsulated in it */
    struct icap_reply reply;
    struct fault *fault;
};

static int icap_talk_begin(struct icap_talk *talk, struct scanner *scanner, struct deadline deadline,
                           const struct stop *stop, struct fault *fault)
{
    *talk = (struct icap_talk){ .scanner = scanner, .deadline = deadline, .fault = fault };
    talk->stream = wire_dial(scanner, deadline, stop, fault);
    if (talk->stream == NULL)
        return -1;
    buf_init(&talk->head, ICAP_HEAD_LIMIT);
    buf_init(&talk->http_head, ICAP_HEAD_LIMIT);
    return 0;
}

static void icap_talk_end(struct icap_talk *talk)
{
    stream_free(talk->stream);
    buf_fini(&talk->head);
    buf_fini(&talk->http_head);
}

/* --- Reading --- */

/* The lines of a head up to the empty one. */
static int icap_read_head(struct icap_talk *talk)
{
    char line[ICAP_LINE_SIZE];
    buf_clear(&talk->head);
    do {
        if (wire_read_line(talk->stream, line, sizeof line, talk->fault) != 0)
            return -1;
        if (line[0] != '\0')
            buf_printf(&talk->head, "%s\r\n", line);
        if (buf_overflowed(&talk->head))
            return fault_set(talk->fault, EMSGSIZE, "the head of its reply is longer than %d bytes", ICAP_HEAD_LIMIT);
    } while (line[0] != '\0');

    struct icap_head head;
    if (!icap_head_read(buf_span(&talk->head), "ICAP", &head)) {
        int shown = (int)(talk->head.size < 60 ? talk->head.size : 60);
        return fault_set(talk->fault, EPROTO, "it does not speak ICAP: %.*s", shown, buf_text(&talk->head));
    }
    talk->reply.status = head.status;
    talk->reply.reason = head.reason;
    talk->reply.fields = head.fields;
    return 0;
}

static int icap_read_exact(struct icap_talk *talk, void *data_out, size_t size)
{
    if (stream_read_exact(talk->stream, data_out, size) == 0)
        return 0;
    const struct fault *why = stream_fault(talk->stream);
    return fault_set(talk->fault, why->code == EPROTO ? ECONNRESET : why->code, "%s",
                     why->code == ETIMEDOUT ? "timed out" : "it closed within its reply");
}

/* The encapsulated HTTP heads: that of a response is kept. */
static int icap_read_http_heads(struct icap_talk *talk, const struct icap_encapsulated *list)
{
    for (size_t i = 0; i + 1 < list->count; i++) {
        size_t size = list->list[i + 1].offset - list->list[i].offset;
        char *data = memory_new(size);
        int result = icap_read_exact(talk, data, size);
        struct icap_head head;
        if (result == 0 && list->list[i].section == ICAP_RES_HDR) {
            buf_clear(&talk->http_head);
            buf_put(&talk->http_head, data, size);
            if (!icap_head_read(buf_span(&talk->http_head), "HTTP", &head)) {
                result = fault_set(talk->fault, EPROTO, "it encapsulates what is no HTTP response");
            } else {
                talk->reply.http_status = head.status;
                talk->reply.http_fields = head.fields;
            }
        }
        free(data);
        if (result != 0)
            return -1;
    }
    return 0;
}

/* Holds a body, which comes in chunks, against what was shown. Reads no farther than to the first difference. */
static int icap_read_body(struct icap_talk *talk, struct span shown)
{
    char line[ICAP_LINE_SIZE];
    char bytes[4096];
    uint64_t at = 0;
    talk->reply.content = ICAP_CONTENT_OTHER;
    for (;;) {
        uint64_t left = 0;
        if (wire_read_line(talk->stream, line, sizeof line, talk->fault) != 0)
            return -1;
        if (!icap_chunk_read(span_text(line), &left))
            return fault_set(talk->fault, EPROTO, "it sends a chunk without a size");
        if (left == 0) {
            talk->reply.content = at == shown.size ? ICAP_CONTENT_SAME : ICAP_CONTENT_OTHER;
            return 0;
        }
        if (left > shown.size - at)
            return 0;
        while (left > 0) {
            size_t step = left < sizeof bytes ? (size_t)left : sizeof bytes;
            if (icap_read_exact(talk, bytes, step) != 0)
                return -1;
            if (memcmp(bytes, shown.data + at, step) != 0)
                return 0;
            at += step;
            left -= step;
        }
        if (wire_read_line(talk->stream, line, sizeof line, talk->fault) != 0)
            return -1;
        if (line[0] != '\0')
            return fault_set(talk->fault, EPROTO, "its chunk is longer than it says");
    }
}

/* What a 200 encapsulates. */
static int icap_read_content(struct icap_talk *talk, struct span shown)
{
    struct span value;
    struct icap_encapsulated list;
    if (!icap_field_find(talk->reply.fields, "Encapsulated", &value))
        return 0;
    if (!icap_encapsulated_read(value, &list))
        return fault_set(talk->fault, EPROTO, "its Encapsulated field can't be understood");
    if (icap_read_http_heads(talk, &list) != 0)
        return -1;
    enum icap_section body = list.list[list.count - 1].section;
    bool is_reqmod = talk->scanner->settings->icap.method == ICAP_REQMOD;
    talk->reply.is_page = is_reqmod && body != ICAP_REQ_BODY;
    if (body == ICAP_NULL_BODY)
        return 0;
    bool is_told = talk->reply.http_status != 0 && talk->reply.http_status != 200; /* the page itself says nothing */
    return is_told ? 0 : icap_read_body(talk, shown);
}

/* --- OPTIONS --- */

static void icap_put_request(struct icap_talk *talk, const char *method, struct buf *text)
{
    const struct scanner_settings *settings = talk->scanner->settings;
    const char *host = strncmp(settings->address, "unix:", 5) == 0 ? "localhost" : settings->address;
    buf_printf(text, "%s icap://%s/%s ICAP/1.0\r\nHost: %s\r\nUser-Agent: Cordon\r\nConnection: close\r\n", method,
               host, settings->icap.service, host);
}

static uint64_t icap_number(struct span fields, const char *name, uint64_t otherwise)
{
    struct span value;
    uint64_t number = 0;
    return icap_field_find(fields, name, &value) && span_number(value, &number) ? number : otherwise;
}

/* Service, or Server where that is not told, as its version; ISTag as the generation of its signatures. */
static void icap_learn(struct icap_talk *talk, struct icap_options *options)
{
    struct span version;
    struct span tag;
    if (!icap_field_find(talk->reply.fields, "Service", &version))
        (void)icap_field_find(talk->reply.fields, "Server", &version);
    struct icap_own *own = talk->scanner->own;
    lock_take(&talk->scanner->lock);
    bool is_tagless = own->is_tagless;
    lock_drop(&talk->scanner->lock);
    if (!is_tagless && icap_field_find(talk->reply.fields, "ISTag", &tag))
        options->generation = wire_generation(tag);
    scanner_learn(talk->scanner, version, options->generation, 0);
}

static int icap_read_options(struct icap_talk *talk, struct icap_options *options_out)
{
    const struct scanner_settings *settings = talk->scanner->settings;
    const char *method = settings->icap.method == ICAP_REQMOD ? "REQMOD" : "RESPMOD";
    struct span fields = talk->reply.fields;
    struct span value;
    if (talk->reply.status != 200) {
        struct answer answer;
        icap_reply_judge(&talk->reply, &answer);
        return fault_set(talk->fault, EPROTO, "OPTIONS: %.180s", answer.text);
    }
    if (icap_field_find(fields, "Methods", &value) && span_find_nocase(value, span_text(method)) == SPAN_NONE)
        return fault_set(talk->fault, EPROTO, "its service %.60s does not know %s", settings->icap.service, method);
    uint64_t most = icap_number(fields, "Max-Connections", settings->concurrency);
    uint64_t stand_s = icap_number(fields, "Options-TTL", ICAP_OPTIONS_MS / 1000);
    *options_out = (struct icap_options){ .is_known = true };
    options_out->may_204 = icap_field_find(fields, "Allow", &value) && span_find(value, span_text("204")) != SPAN_NONE;
    options_out->has_preview = icap_field_find(fields, "Preview", &value);
    uint64_t preview = icap_number(fields, "Preview", 0);
    options_out->preview_bytes = (uint32_t)(preview < ICAP_PREVIEW_MOST ? preview : ICAP_PREVIEW_MOST);
    options_out->until_ms = clock_now_ms() +
                            (int64_t)(stand_s * 1000 < ICAP_OPTIONS_MS ? stand_s * 1000 : ICAP_OPTIONS_MS);
    if (most > 0)
        slots_limit(&talk->scanner->slots, (unsigned)(most < settings->concurrency ? most : settings->concurrency));
    icap_learn(talk, options_out);
    return 0;
}

static int icap_ask_options(struct scanner *scanner, struct deadline deadline, struct icap_options *options_out,
                            struct fault *fault)
{
    struct icap_talk talk;
    struct buf text;
    if (icap_talk_begin(&talk, scanner, deadline, NULL, fault) != 0)
        return -1;
    buf_init(&text, ICAP_HEAD_LIMIT);
    icap_put_request(&talk, "OPTIONS", &text);
    buf_put_text(&text, "Encapsulated: null-body=0\r\n\r\n");
    int result = wire_send(talk.stream, buf_span(&text), deadline, fault) < 0 ? -1 : icap_read_head(&talk);
    if (result == 0)
        result = icap_read_options(&talk, options_out);
    buf_fini(&text);
    icap_talk_end(&talk);
    if (result != 0)
        return wire_unreached(fault);
    struct icap_own *own = scanner->own;
    lock_take(&scanner->lock);
    own->options = *options_out;
    lock_drop(&scanner->lock);
    return 0;
}

static int icap_get_options(struct scanner *scanner, struct deadline deadline, struct icap_options *options_out,
                            struct fault *fault)
{
    struct icap_own *own = scanner->own;
    lock_take(&scanner->lock);
    *options_out = own->options;
    lock_drop(&scanner->lock);
    if (options_out->is_known && clock_now_ms() < options_out->until_ms)
        return 0;
    return icap_ask_options(scanner, deadline, options_out, fault);
}

/* Every reply bears an ISTag, and the signatures may change between two OPTIONS. */
static void icap_see_tag(struct icap_talk *talk)
{
    struct icap_own *own = talk->scanner->own;
    struct span tag;
    bool is_judged = talk->reply.status == 200 || talk->reply.status == 204;
    bool has_tag = icap_field_find(talk->reply.fields, "ISTag", &tag);
    if (!is_judged && !has_tag)
        return;
    lock_take(&talk->scanner->lock);
    own->is_tagless = own->is_tagless || (is_judged && !has_tag);
    uint64_t generation = own->is_tagless ? 0 : wire_generation(tag);
    if (own->options.generation != generation)
        own->options.is_known = false;
    own->options.generation = generation;
    lock_drop(&talk->scanner->lock);
    scanner_learn_generation(talk->scanner, generation);
}

/* --- RESPMOD and REQMOD --- */

static void icap_put_heads(struct icap_talk *talk, const struct icap_options *options, bool with_preview,
                           struct span bytes, struct buf *text)
{
    static const char request[] = "GET http://cordon.invalid/message HTTP/1.1\r\nHost: cordon.invalid\r\n\r\n";
    bool is_reqmod = talk->scanner->settings->icap.method == ICAP_REQMOD;
    struct buf http;
    buf_init(&http, ICAP_HEAD_LIMIT);
    buf_printf(&http, "%s\r\nContent-Type: application/octet-stream\r\nContent-Length: %zu\r\n\r\n",
               is_reqmod ? "POST http://cordon.invalid/message HTTP/1.1\r\nHost: cordon.invalid" : "HTTP/1.1 200 OK",
               bytes.size);
    icap_put_request(talk, is_reqmod ? "REQMOD" : "RESPMOD", text);
    buf_put_text(text, "Allow: 204\r\n");
    if (with_preview)
        buf_printf(text, "Preview: %u\r\n", options->preview_bytes);
    if (is_reqmod)
        buf_printf(text, "Encapsulated: req-hdr=0, req-body=%zu\r\n\r\n", http.size);
    else
        buf_printf(text, "Encapsulated: req-hdr=0, res-hdr=%zu, res-body=%zu\r\n\r\n%s", sizeof request - 1,
                   sizeof request - 1 + http.size, request);
    buf_put_span(text, buf_span(&http));
    buf_fini(&http);
}

/* Bytes as chunks, and the last chunk, whose line is `end`. As wire_send. */
static int icap_send_chunks(struct icap_talk *talk, struct span bytes, const char *end)
{
    int result = 0;
    for (size_t at = 0; at < bytes.size && result == 0; at += ICAP_CHUNK_BYTES) {
        struct span chunk = span_slice(bytes, at, ICAP_CHUNK_BYTES);
        char line[32];
        (void)snprintf(line, sizeof line, "%zx\r\n", chunk.size);
        result = wire_send_text(talk->stream, line, talk->deadline, talk->fault);
        if (result == 0)
            result = wire_send(talk->stream, chunk, talk->deadline, talk->fault);
        if (result == 0)
            result = wire_send_text(talk->stream, "\r\n", talk->deadline, talk->fault);
    }
    return result != 0 ? result : wire_send_text(talk->stream, end, talk->deadline, talk->fault);
}

/* Sends everything, or a preview and the rest where that is wanted, and reads the head of the final reply. 0, or -1. */
static int icap_show(struct icap_talk *talk, const struct icap_options *options, bool with_preview, struct span bytes)
{
    struct buf text;
    buf_init(&text, ICAP_HEAD_LIMIT);
    icap_put_heads(talk, options, with_preview, bytes, &text);
    int sent = wire_send(talk->stream, buf_span(&text), talk->deadline, talk->fault);
    buf_fini(&text);
    struct span first = with_preview ? span_slice(bytes, 0, options->preview_bytes) : bytes;
    struct span rest = span_from(bytes, first.size);
    if (sent == 0)
        sent = icap_send_chunks(talk, first, with_preview && rest.size == 0 ? "0; ieof\r\n\r\n" : "0\r\n\r\n");
    if (sent < 0 || icap_read_head(talk) != 0)
        return -1;
    if (sent == 0 && rest.size > 0 && talk->reply.status == 100) {
        sent = icap_send_chunks(talk, rest, "0\r\n\r\n");
        rest = span_of(NULL, 0);
        if (sent < 0 || icap_read_head(talk) != 0)
            return -1;
    }
    talk->reply.has_all = sent == 0 && rest.size == 0;
    return 0;
}

/* Answers once. *again_out: it did not want to see everything. */
static int icap_ask_once(struct scanner *scanner, const struct scan_request *request, size_t index, bool with_preview,
                         bool *again_out, struct answer *answer_out, struct fault *fault)
{
    struct icap_options options;
    struct icap_talk talk;
    struct span bytes = request_bytes(request, index);
    if (icap_get_options(scanner, request->deadline, &options, fault) != 0 ||
        icap_talk_begin(&talk, scanner, request->deadline, request->stop, fault) != 0)
        return -1;
    with_preview = with_preview && options.has_preview;
    talk.reply.may_204 = options.may_204;
    int result = icap_show(&talk, &options, with_preview, bytes);
    if (result == 0)
        icap_see_tag(&talk);
    if (result == 0 && talk.reply.status == 200)
        result = icap_read_content(&talk, bytes);
    if (result == 0)
        icap_reply_judge(&talk.reply, answer_out);
    *again_out = result == 0 && with_preview && !talk.reply.has_all && answer_out->kind == ANSWER_FAILED &&
                 (talk.reply.status == 204 || talk.reply.status == 200);
    icap_talk_end(&talk);
    return result;
}

static int icap_ask_piece(struct scanner *scanner, const struct scan_request *request, size_t index,
                          struct answer *answer_out, struct fault *fault)
{
    bool is_again = false;
    bool with_preview = scanner->settings->icap.preview;
    int result = icap_ask_once(scanner, request, index, with_preview, &is_again, answer_out, fault);
    if (is_again)
        result = icap_ask_once(scanner, request, index, false, &is_again, answer_out, fault);
    return result;
}

static void icap_ask(struct scanner *scanner, const struct scan_request *request, struct answer *answer_out)
{
    wire_ask(scanner, request, icap_ask_piece, answer_out);
}

static void icap_refresh(struct scanner *scanner, struct deadline deadline)
{
    struct icap_options options;
    struct fault fault;
    (void)icap_ask_options(scanner, deadline, &options, &fault);
}

static void icap_open(struct scanner *scanner)
{
    scanner->own = memory_new(sizeof(struct icap_own));
}

static void icap_close(struct scanner *scanner)
{
    free(scanner->own);
}

const struct scanner_ops icap_ops = {
    .open = icap_open,
    .close = icap_close,
    .ask = icap_ask,
    .asks_alone = true,
    .tells_with_it = true,
    .refresh = icap_refresh,
};

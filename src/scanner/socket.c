/* The driver for scanners that are talked to by a script: a dialogue of lines and patterns from the configuration
 * (conf/dialogue.h). One connection for each piece. Whatever the script has no step for is a failure.
 */
#include "driver.h"

#include "base/memory.h"
#include "conf/dialogue.h"
#include "conf/runners.h"
#include "scanner/lend.h"
#include "scanner/wire.h"
#include "sys/pattern.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SOCKET_CHUNK_BYTES = 65536, SOCKET_PATH_SIZE = 64, SOCKET_MOST_REPLIES = 100000, SOCKET_SHOWN = 60 };

struct socket_step {
    struct dialogue_step step;
    struct pattern *pattern; /* NULL: the step has none */
};

/* scanner->own: the dialogue, read once. */
struct socket_own {
    struct socket_step steps[SETTINGS_MOST_LIST];
    size_t count;
};

struct socket_talk {
    const struct socket_own *own;
    struct stream *stream;
    struct deadline deadline;
    struct span bytes;
    const char *path; /* of the piece */
    enum dialogue_unit unit;
    uint32_t unit_bytes;
    bool has_all; /* the piece was taken to its end */
    char *reply;  /* DIALOGUE_REPLY_MOST and a NUL */
    size_t reply_size;
    struct fault *fault;
};

/* --- Saying --- */

static int talk_send(struct socket_talk *talk, struct span bytes)
{
    return wire_send(talk->stream, bytes, talk->deadline, talk->fault);
}

static int talk_send_number(struct socket_talk *talk, size_t number, bool is_lowest_first)
{
    char bytes[4];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[is_lowest_first ? i : 3 - i] = (char)(number >> (8 * i) & 0xff);
    return talk_send(talk, span_of(bytes, sizeof bytes));
}

static int talk_send_chunks(struct socket_talk *talk)
{
    int result = 0;
    for (size_t at = 0; at < talk->bytes.size && result == 0; at += SOCKET_CHUNK_BYTES) {
        struct span chunk = span_slice(talk->bytes, at, SOCKET_CHUNK_BYTES);
        result = talk_send_number(talk, chunk.size, false);
        if (result == 0)
            result = talk_send(talk, chunk);
    }
    return result != 0 ? result : talk_send_number(talk, 0, false);
}

static int talk_send_field(struct socket_talk *talk, enum dialogue_field field)
{
    char number[24];
    switch (field) {
    case DIALOGUE_SIZE:
        (void)snprintf(number, sizeof number, "%zu", talk->bytes.size);
        return talk_send(talk, span_text(number));
    case DIALOGUE_SIZE_B4:
    case DIALOGUE_SIZE_L4:
        return talk_send_number(talk, talk->bytes.size, field == DIALOGUE_SIZE_L4);
    case DIALOGUE_BODY:
        return talk_send(talk, talk->bytes);
    case DIALOGUE_CHUNKS_B4:
        return talk_send_chunks(talk);
    case DIALOGUE_PATH:
        return talk_send(talk, span_text(talk->path));
    case DIALOGUE_PATH_SIZE_B4:
        return talk_send_number(talk, strlen(talk->path), false);
    default:
        break;
    }
    assert(false);
    return -1;
}

/* As wire_send. Literal bytes are collected, so that they go in one piece. */
static int talk_say(struct socket_talk *talk, const struct dialogue_step *step)
{
    char text[512];
    size_t size = 0;
    int result = 0;
    enum dialogue_field field = DIALOGUE_LITERAL;
    for (const char *rest = step->text; field != DIALOGUE_END && result == 0;) {
        char literal = '\0';
        field = dialogue_next(&rest, &literal);
        if (field == DIALOGUE_LITERAL)
            text[size++] = literal;
        if (field == DIALOGUE_END && step->with_line_end)
            text[size++] = '\n';
        bool is_full = size + 1 >= sizeof text;
        if (size > 0 && (field != DIALOGUE_LITERAL || is_full)) {
            result = talk_send(talk, span_of(text, size));
            size = 0;
        }
        if (field > DIALOGUE_LITERAL && result == 0)
            result = talk_send_field(talk, field);
    }
    return result;
}

/* --- Hearing --- */

static int talk_broke(struct socket_talk *talk)
{
    const struct fault *why = stream_fault(talk->stream);
    if (why->code == ETIMEDOUT)
        return fault_set(talk->fault, ETIMEDOUT, "timed out");
    if (why->code == ECANCELED)
        return fault_set(talk->fault, ECANCELED, "%s", why->text);
    return fault_set(talk->fault, why->code != 0 && why->code != EPROTO ? why->code : ECONNRESET, "%s",
                     talk->reply_size > 0 ? "it closed within its reply" : "it closed without a reply");
}

/* Up to `most` bytes into the reply. Units that end by a byte stop at it, which is not part of the reply. 1: the unit
 * has ended; 0: the peer has closed; -1: fault. */
static int talk_collect(struct socket_talk *talk, size_t most)
{
    while (talk->reply_size < most) {
        struct span bytes;
        int got = stream_peek(talk->stream, &bytes);
        if (got <= 0)
            return got;
        char end = talk->unit == DIALOGUE_NUL ? '\0' : '\n';
        size_t at = talk->unit == DIALOGUE_LINE || talk->unit == DIALOGUE_NUL ? span_find_byte(bytes, end) : SPAN_NONE;
        size_t size = at != SPAN_NONE ? at : bytes.size;
        if (size > most - talk->reply_size) {
            size = most - talk->reply_size;
            at = SPAN_NONE;
        }
        memcpy(talk->reply + talk->reply_size, bytes.data, size);
        talk->reply_size += size;
        stream_consume(talk->stream, at != SPAN_NONE ? size + 1 : size);
        if (at != SPAN_NONE)
            return 1;
    }
    return talk->unit == DIALOGUE_BYTES ? 1
                                        : fault_set(talk->fault, EMSGSIZE, "its reply is longer than %zu bytes", most);
}

/* One reply. 0, or -1 and *fault. */
static int talk_hear(struct socket_talk *talk)
{
    talk->reply_size = 0;
    bool is_counted = talk->unit == DIALOGUE_BYTES;
    int got = talk_collect(talk, is_counted ? talk->unit_bytes : DIALOGUE_REPLY_MOST);
    if (got < 0)
        return talk->fault->code == EMSGSIZE ? -1 : talk_broke(talk);
    bool is_whole = got == 1 || (talk->unit == DIALOGUE_ALL && talk->reply_size > 0);
    if (!is_whole)
        return talk_broke(talk);
    if (talk->unit == DIALOGUE_LINE && talk->reply_size > 0 && talk->reply[talk->reply_size - 1] == '\r')
        talk->reply_size--;
    return 0;
}

static struct span talk_reply(const struct socket_talk *talk)
{
    return span_of(talk->reply, talk->reply_size);
}

static int talk_wonder(struct socket_talk *talk, const char *what)
{
    int shown = (int)(talk->reply_size < SOCKET_SHOWN ? talk->reply_size : SOCKET_SHOWN);
    return fault_set(talk->fault, EPROTO, "%s: %.*s", what, shown, talk->reply);
}

static int talk_expect(struct socket_talk *talk, const struct socket_step *step)
{
    if (talk_hear(talk) != 0)
        return -1;
    return pattern_match(step->pattern, talk_reply(talk), NULL) == PATTERN_YES ? 0
                                                                               : talk_wonder(talk, "unexpected reply");
}

/* --- Meaning --- */

static const enum answer_kind meaning_kinds[] = {
    [DIALOGUE_CLEAN] = ANSWER_CLEAN,
    [DIALOGUE_INFECTED] = ANSWER_INFECTED,
    [DIALOGUE_UNSCANNABLE] = ANSWER_UNSCANNABLE,
    [DIALOGUE_FAILED] = ANSWER_FAILED,
};

/* A pattern with a group says what the text of the answer is. */
static void meaning_add(const struct socket_step *step, struct span group, struct answer *answer)
{
    struct answer said = { .unscannable = step->step.unscannable };
    char text[ANSWER_TEXT_SIZE];
    int shown = (int)(group.size < ANSWER_TEXT_SIZE / 2 ? group.size : ANSWER_TEXT_SIZE / 2);
    enum answer_kind kind = meaning_kinds[step->step.kind];
    struct span name = span_trim(group);
    if (kind == ANSWER_CLEAN)
        name = span_text("");
    else if (kind == ANSWER_INFECTED && (pattern_groups(step->pattern) == 0 || name.size == 0))
        name = span_text("unnamed");
    else if (kind == ANSWER_FAILED) {
        (void)snprintf(text, sizeof text, "it reports: %.*s", shown, group.size > 0 ? group.data : "");
        name = span_text(text);
    }
    answer_set(&said, kind, name);
    said.blame = BLAME_PIECE; /* where it failed, it says so of this piece */
    /* A name found before stays: the last reply often says no more than that there was one. */
    bool is_named = answer->kind == ANSWER_INFECTED && kind == ANSWER_INFECTED;
    if (!is_named)
        answer_worsen(answer, &said);
}

/* A run of meanings: one question. *index is its first step, and behind it afterwards. */
static int talk_question(struct socket_talk *talk, size_t *index, struct answer *answer)
{
    const struct socket_own *own = talk->own;
    size_t end = *index;
    bool has_last = false;
    while (end < own->count && own->steps[end].step.kind >= DIALOGUE_CLEAN)
        has_last = own->steps[end++].step.is_last || has_last;
    for (size_t replies = 0; replies < SOCKET_MOST_REPLIES; replies++) {
        if (talk_hear(talk) != 0)
            return -1;
        const struct socket_step *met = NULL;
        struct span group = span_of(NULL, 0);
        for (size_t i = *index; i < end && met == NULL; i++) {
            enum pattern_result result = pattern_match(own->steps[i].pattern, talk_reply(talk), &group);
            if (result == PATTERN_GAVE_UP)
                return talk_wonder(talk, "too costly to match");
            if (result == PATTERN_YES)
                met = &own->steps[i];
        }
        if (met == NULL)
            return talk_wonder(talk, "unknown reply");
        bool is_skipped = met->step.kind == DIALOGUE_SKIP;
        if (!is_skipped)
            meaning_add(met, group, answer);
        if (met->step.is_last || (!has_last && !is_skipped)) {
            *index = end;
            return 0;
        }
    }
    return fault_set(talk->fault, EPROTO, "it never comes to an end");
}

/* A reply before everything was sent is read; it may say why. What follows its judgement, a farewell, need not arrive.
 */
static int talk_tell(struct socket_talk *talk, const struct dialogue_step *step, const struct answer *answer)
{
    int said = talk_say(talk, step);
    bool is_judged = answer->kind != ANSWER_NOT_ASKED;
    if (said > 0 && !is_judged)
        talk->has_all = false;
    return said < 0 && !is_judged ? -1 : 0;
}

static int talk_step(struct socket_talk *talk, size_t *index, struct answer *answer)
{
    const struct socket_step *step = &talk->own->steps[*index];
    if (step->step.kind >= DIALOGUE_CLEAN)
        return talk_question(talk, index, answer);
    ++*index;
    switch (step->step.kind) {
    case DIALOGUE_SEND:
        return talk_tell(talk, &step->step, answer);
    case DIALOGUE_CLOSE:
        (void)shutdown(stream_fd(talk->stream), SHUT_WR);
        return 0;
    case DIALOGUE_READ:
        talk->unit = step->step.unit;
        talk->unit_bytes = step->step.bytes;
        return 0;
    default:
        return talk_expect(talk, step);
    }
}

static int talk_run(struct socket_talk *talk, struct answer *answer)
{
    answer->kind = ANSWER_NOT_ASKED;
    for (size_t i = 0; i < talk->own->count;) {
        if (talk_step(talk, &i, answer) == 0)
            continue;
        /* What was found before it broke off was found. */
        return answer->kind == ANSWER_INFECTED ? 0 : -1;
    }
    if (answer->kind == ANSWER_NOT_ASKED)
        return fault_set(talk->fault, EPROTO, "it said nothing about the piece");
    if (answer->kind == ANSWER_CLEAN && !talk->has_all)
        return fault_set(talk->fault, EPROTO, "it answered before it had the whole piece");
    return 0;
}

/* The dialogue, over a connection of its own. */
static int socket_talk(struct scanner *scanner, const struct scan_request *request, struct socket_talk *talk,
                       struct answer *answer_out)
{
    int result = -1;
    talk->stream = wire_dial(scanner, request->deadline, request->stop, talk->fault);
    if (talk->stream != NULL) {
        talk->reply = memory_new(DIALOGUE_REPLY_MOST + 1);
        result = talk_run(talk, answer_out);
        free(talk->reply);
    }
    stream_free(talk->stream);
    return result;
}

/* Likewise, with the piece as a file in the shared folder. What a scanner says that has altered it does not count. */
static int socket_talk_lent(struct scanner *scanner, const struct scan_request *request, int fd,
                            struct socket_talk *talk, struct answer *answer_out)
{
    struct lend lend;
    struct fault fault = { 0 };
    if (lend_begin(scanner, fd, request->deadline, &lend, talk->fault) != 0)
        return -1;
    talk->path = lend.path;
    int result = socket_talk(scanner, request, talk, answer_out);
    talk->path = "";
    enum lend_end end = lend_finish(&lend, request->deadline, &fault);
    if (end == LEND_TAMPERED) {
        answer_fail(answer_out, BLAME_SCANNER, span_text(fault.text));
        scanner_accuse(scanner, fault.text);
        return 0;
    }
    return end == LEND_SAME || result != 0 ? result : fault_set(talk->fault, fault.code, "%s", fault.text);
}

static int socket_ask_piece(struct scanner *scanner, const struct scan_request *request, size_t index,
                            struct answer *answer_out, struct fault *fault)
{
    char path[SOCKET_PATH_SIZE];
    struct socket_talk talk = { .own = scanner->own,
                                .deadline = request->deadline,
                                .bytes = request_bytes(request, index),
                                .path = path,
                                .has_all = true,
                                .fault = fault };
    int fd = request_lend(request, index, fault);
    if (fd < 0)
        return -1;
    (void)snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)getpid(), fd);
    int result = scanner_is_lent(scanner->settings) ? socket_talk_lent(scanner, request, fd, &talk, answer_out)
                                                    : socket_talk(scanner, request, &talk, answer_out);
    (void)close(fd);
    return result;
}

static void socket_ask(struct scanner *scanner, const struct scan_request *request, struct answer *answer_out)
{
    wire_ask(scanner, request, socket_ask_piece, answer_out);
}

static void socket_open(struct scanner *scanner)
{
    const struct settings_list *list = &scanner->settings->dialogue;
    struct socket_own *own = memory_new(sizeof *own);
    for (size_t i = 0; i < list->count; i++) {
        struct socket_step *step = &own->steps[own->count++];
        bool is_sound = dialogue_step_read(list->items[i], &step->step, NULL);
        bool is_pattern = step->step.kind >= DIALOGUE_EXPECT;
        step->pattern = is_pattern ? pattern_new(step->step.text, NULL) : NULL;
        assert(is_sound && (!is_pattern || step->pattern != NULL)); /* the configuration was checked */
    }
    scanner->own = own;
}

static void socket_close(struct scanner *scanner)
{
    struct socket_own *own = scanner->own;
    for (size_t i = 0; i < own->count; i++)
        pattern_free(own->steps[i].pattern);
    free(own);
}

const struct scanner_ops socket_ops = {
    .open = socket_open, .close = socket_close, .ask = socket_ask, .asks_alone = true
};

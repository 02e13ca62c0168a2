/* The test is the pool: it gives jobs and hears the answers. The engine is a few words in the pieces. */
#include "engine_child.h"

#include "base/test.h"
#include "ipc/calls/scan_job.h"
#include "ipc/pool_wire.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WAIT_MS = 40000, PIECES = 3, PIECE_SIZE = 8, GENERATION = 7 };
enum { NONE = UNSCANNABLE_NONE, LOCKED = UNSCANNABLE_ENCRYPTED, LIMIT = UNSCANNABLE_LIMIT };

#define OPENED SCAN_PIECE_OPENED

/* What the play engine says of a piece with that text. */
static void play_judge(const void *context, struct span bytes, uint32_t flags, struct engine_result *result_out)
{
    (void)context, (void)flags;
    *result_out = (struct engine_result){ .result = SCAN_CLEAN };
    if (span_starts_with(bytes, "bad"))
        *result_out = (struct engine_result){ .result = SCAN_INFECTED, .text = "Bad.Name" };
    else if (span_starts_with(bytes, "dead"))
        engine_result_fail(result_out, "it died");
    else if (span_starts_with(bytes, "lock"))
        *result_out = (struct engine_result){ .result = SCAN_UNSCANNABLE,
                                              .unscannable = UNSCANNABLE_ENCRYPTED,
                                              .text = "locked" };
    else if (span_starts_with(bytes, "huge"))
        *result_out = (struct engine_result){ .result = SCAN_UNSCANNABLE,
                                              .unscannable = UNSCANNABLE_LIMIT,
                                              .text = "huge" };
    else if (span_starts_with(bytes, "mal"))
        *result_out = (struct engine_result){ .result = SCAN_CLEAN, .named = "Mal.One" };
    else if (span_starts_with(bytes, "ban"))
        *result_out = (struct engine_result){ .result = SCAN_CLEAN, .named = "Ban.One", .ignored = "Odd.One" };
}

static const struct settings_names names = { .patterns = { "Mal.*", "Ban.*" },
                                             .actions = { NAME_MALFORMED, NAME_BANNED },
                                             .count = 2 };

static const struct row {
    const char *name;
    const char *pieces[PIECES];
    uint32_t flags; /* of the first */
    enum scan_result result;
    unsigned unscannable;
    uint32_t piece;
    uint32_t judged;
    const char *text;
    const char *named;
} rows[] = {
    { "clean", { "x", "y", "z" }, 0, SCAN_CLEAN, NONE, 0, 3, "", "" },
    { "infected ends it", { "x", "bad", "dead" }, 0, SCAN_INFECTED, NONE, 1, 2, "Bad.Name", "" },
    { "failed ends it", { "x", "dead", "bad" }, 0, SCAN_FAILED, NONE, 1, 1, "it died", "" },
    { "infected is graver", { "lock", "x", "bad" }, 0, SCAN_INFECTED, LOCKED, 2, 3, "Bad.Name", "" },
    { "the first says why", { "huge", "lock", "x" }, 0, SCAN_UNSCANNABLE, LIMIT, 0, 3, "huge", "" },
    { "failed is graver", { "lock", "dead", "x" }, 0, SCAN_FAILED, LOCKED, 1, 1, "it died", "" },
    { "opened elsewhere", { "lock", "x", "y" }, OPENED, SCAN_CLEAN, NONE, 0, 3, "", "" },
    { "opened and infected", { "bad", "x", "y" }, OPENED, SCAN_INFECTED, NONE, 0, 1, "Bad.Name", "" },
    { "a name that is less", { "mal", "x", "lock" }, 0, SCAN_UNSCANNABLE, LOCKED, 2, 3, "locked", "Mal.One" },
    { "the graver of two names", { "mal", "ban", "x" }, 0, SCAN_CLEAN, NONE, 0, 3, "", "Ban.One" },
};
static const struct row refused = {
    "it refuses", { "x", "bad", "z" }, 0, SCAN_FAILED, NONE, 0, 0, "no signatures", ""
};

struct served {
    struct engine_child child;
    int socket;
    int status;
};

static void *serve(void *memory)
{
    struct served *served = memory;
    served->status = engine_child_run(served->socket, &served->child);
    (void)close(served->socket);
    return NULL;
}

/* The child's next word; 0 where it has ended. */
static uint32_t hear(int socket, struct scan_answer *answer_out)
{
    struct {
        struct pool_word_head head;
        struct scan_answer answer;
    } word;
    struct packet packet;
    int got = packet_receive(socket, &word, sizeof word, 0, &packet, deadline_in(WAIT_MS), NULL);
    CHECK(got >= 0);
    if (got <= 0)
        return 0;
    if (word.head.word == POOL_WORD_ANSWER && CHECK(packet.size == sizeof word))
        *answer_out = word.answer;
    return word.head.word;
}

static void give(int socket, const struct row *row)
{
    struct {
        uint64_t magic;
        uint32_t piece_count;
        uint32_t pack_count;
        struct scan_piece pieces[PIECES];
    } job = { .magic = SCAN_MAGIC, .piece_count = PIECES, .pack_count = 1 };
    char bytes[PIECES * PIECE_SIZE] = "";
    for (uint32_t i = 0; i < PIECES; i++) {
        job.pieces[i] = (struct scan_piece){ .offset = i * PIECE_SIZE, .size = strlen(row->pieces[i]) };
        memcpy(bytes + (size_t)i * PIECE_SIZE, row->pieces[i], strlen(row->pieces[i]));
    }
    job.pieces[0].flags = row->flags;
    struct sealed pack;
    CHECK(sealed_copy(span_of(bytes, sizeof bytes), "test", &pack, NULL) == 0);
    int fd = sealed_lend(&pack, NULL);
    CHECK(packet_send(socket, &job, sizeof job, &fd, 1, deadline_in(WAIT_MS), NULL) == 0);
    (void)close(fd);
    sealed_close(&pack);
}

/* `goes_on`: the child then asks for another job. */
static void check_row(const struct row *row, const char *refusal, bool goes_on)
{
    int pair[2];
    pthread_t thread;
    struct scan_answer answer = { .magic = 0 };
    CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0);
    struct served served = { .socket = pair[1] };
    served.child = (struct engine_child){ .blank = { .generation = GENERATION, .engine = "Play 1" },
                                          .refusal = refusal,
                                          .names = &names,
                                          .judge = play_judge };
    CHECK(pthread_create(&thread, NULL, serve, &served) == 0);
    CHECK(hear(pair[0], &answer) == POOL_WORD_IDLE);
    give(pair[0], row);
    CHECK(hear(pair[0], &answer) == POOL_WORD_ANSWER);
    CHECK(hear(pair[0], &answer) == (goes_on ? POOL_WORD_IDLE : 0));
    (void)close(pair[0]);
    CHECK(pthread_join(thread, NULL) == 0 && served.status == EXIT_SUCCESS);
    CHECK(answer.magic == SCAN_MAGIC && answer.generation == GENERATION && strcmp(answer.engine, "Play 1") == 0);
    CHECK(answer.result == (uint32_t)row->result && answer.unscannable == row->unscannable);
    CHECK(answer.piece == row->piece && answer.pieces_judged == row->judged);
    CHECK(strcmp(answer.text, row->text) == 0 && strcmp(answer.named, row->named) == 0);
}

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].name);
        check_row(&rows[i], "", rows[i].result != SCAN_FAILED);
    }
    test_context(refused.name);
    check_row(&refused, refused.text, true); /* there is no better child */
    return test_end();
}

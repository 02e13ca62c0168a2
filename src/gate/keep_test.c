/* Which store takes a message, what the keeper is given, and what becomes of a message that it does not keep: this test
 * plays the keeper. */
#include "gate/keep.h"

#include "base/test.h"
#include "gate/counters.h"
#include "gate/peers.h"
#include "ipc/packet.h"
#include "ipc/pool_wire.h"
#include "store/meta.h"
#include "sys/digest.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000, RECIPIENTS = 3, BODY_SIZE = 5000, COVERS = 7, MOST_JOBS = 4, SEQUENCE = 7 };

#define HEAD "Subject: x\r\n\r\n"

static struct settings settings = {
    .scanner_count = 1,
    .scanners = { { .name = "av", .concurrency = 1, .signatures = "test" } },
    .store_count = 3,
    .stores = { { .name = "org", .domains = { { "example.org", ".example.org" }, 2 } },
                { .name = "viruses", .categories = 1U << CATEGORY_INFECTED | 1U << CATEGORY_BANNED },
                { .name = "net", .domains = { { "example.net" }, 1 } } },
};

/* --- Which store --- */

static void test_the_first_that_fits(void)
{
    static const struct {
        const char *address;
        enum category category;
        const char *store;
    } rows[] = {
        { "a@example.org", CATEGORY_INFECTED, "org" },
        { "a@EXAMPLE.Org", CATEGORY_MALFORMED, "org" },
        { "a@mail.example.org", CATEGORY_CLEAN, "org" },
        { "\"x@y\"@example.org", CATEGORY_CLEAN, "org" },
        { "\"a@example.org\"@other.test", CATEGORY_CLEAN, NULL },
        { "a@notexample.org", CATEGORY_INFECTED, "viruses" },
        { "a@notexample.org", CATEGORY_UNSCANNABLE, NULL },
        { "a@example.net", CATEGORY_BANNED, "viruses" },
        { "a@example.net", CATEGORY_UNSCANNABLE, "net" },
        { "a@b.example.net", CATEGORY_UNSCANNABLE, NULL },
        { "postmaster", CATEGORY_INFECTED, "viruses" },
        { "postmaster", CATEGORY_MALFORMED, NULL },
        { "", CATEGORY_MALFORMED, NULL },
        { "@", CATEGORY_MALFORMED, NULL },
        { ".example.org", CATEGORY_MALFORMED, NULL },
        { "a@.example.org", CATEGORY_MALFORMED, NULL },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].address);
        const struct store_conf *store = keep_find_store(&settings, rows[i].category, rows[i].address);
        CHECK((store == NULL) == (rows[i].store == NULL));
        CHECK(store == NULL || strcmp(store->name, rows[i].store) == 0);
    }
    test_context(NULL);
}

/* --- The keeper --- */

enum manner { MANNER_DONE, MANNER_FAILED, MANNER_NONSENSE, MANNER_EXITS, MANNER_GOES };

struct keeper {
    int socket;
    enum manner manners[MOST_JOBS];
    struct keep_job jobs[MOST_JOBS];
    struct sealed messages[MOST_JOBS];
    struct sealed papers[MOST_JOBS];
    size_t count;
};

static void keeper_answer(const struct keeper *keeper, enum manner manner, int line)
{
    struct {
        struct pool_reply_head head;
        struct keep_answer answer;
    } reply = { .head = { .magic = POOL_MAGIC, .outcome = POOL_ANSWERED, .size = sizeof reply.answer },
                .answer = { .magic = KEEP_MAGIC, .outcome = KEEP_DONE, .sequence = SEQUENCE + keeper->count } };
    if (manner == MANNER_FAILED) {
        reply.answer.outcome = KEEP_FAILED;
        reply.answer.code = ENOSPC;
        (void)snprintf(reply.answer.text, sizeof reply.answer.text, "no space is left");
    }
    if (manner == MANNER_NONSENSE)
        reply.answer.magic = 1;
    if (manner == MANNER_EXITS)
        reply.head.outcome = POOL_EXITED;
    size_t size = manner == MANNER_EXITS ? sizeof reply.head : sizeof reply;
    reply.head.size = (uint32_t)(size - sizeof reply.head);
    struct fault fault;
    int sent = packet_send(line, &reply, size, NULL, 0, deadline_in(PATIENCE_MS), &fault);
    assert(sent == 0);
}

static void *keeper_run(void *argument)
{
    static char buffer[PACKET_MOST_BYTES];
    struct keeper *keeper = argument;
    struct packet packet;
    struct fault fault;
    while (packet_receive(keeper->socket, buffer, sizeof buffer, POOL_JOB_MOST_FDS + 1, &packet,
                          deadline_in(PATIENCE_MS), &fault) == 1) {
        size_t i = keeper->count++;
        assert(i < MOST_JOBS && packet.fd_count == 3);
        assert(packet.size == sizeof(struct pool_job_head) + sizeof(struct keep_job));
        memcpy(&keeper->jobs[i], buffer + sizeof(struct pool_job_head), sizeof(struct keep_job));
        int failed = sealed_take(packet.fds[1], 1 << 20, &keeper->messages[i], &fault);
        failed |= sealed_take(packet.fds[2], KEEP_PAPERS_MOST, &keeper->papers[i], &fault);
        assert(failed == 0);
        if (keeper->manners[i] != MANNER_GOES)
            keeper_answer(keeper, keeper->manners[i], packet.fds[0]);
        (void)close(packet.fds[0]);
        if (keeper->manners[i] == MANNER_GOES)
            break;
    }
    (void)close(keeper->socket);
    return NULL;
}

/* --- A message --- */

struct world {
    struct gate gate;
    struct transaction t;
    struct recipient recipients[RECIPIENTS];
    char *addresses[RECIPIENTS];
    struct listener_settings listener;
    struct keeper keeper;
    struct decode_part parts[3];
    struct decode_cover covers[COVERS];
};

static int no_engine(void *context, enum role role, struct deadline deadline)
{
    (void)context, (void)role, (void)deadline;
    return -1;
}

/* Two bodies of which the second is cut in two by nothing, and one that is too short. */
static void world_report(struct world *world)
{
    static const char text[] = "a.exe\0a.exe\0b.exe\0Subject<f@x><1@x>";
    const uint64_t standin = strlen(TRANSACTION_STANDIN);
    const uint64_t sizes[COVERS] = { standin + strlen(HEAD), BODY_SIZE, 10, 3000, BODY_SIZE - 3000, 4095, 10 };
    const uint32_t owners[COVERS] = { DECODE_FRAME, 1, DECODE_FRAME, 2, 2, 1, DECODE_FRAME };
    uint64_t at = 0;
    for (size_t i = 0; i < COVERS; i++) {
        world->covers[i] = (struct decode_cover){ .offset = at, .size = sizes[i], .owner = owners[i] };
        at += sizes[i];
    }
    char *bytes = calloc(1, at);
    assert(bytes != NULL);
    memset(bytes, 'x', at);
    memcpy(bytes, TRANSACTION_STANDIN HEAD, standin + strlen(HEAD));
    struct fault fault;
    CHECK(sealed_copy(span_of(bytes, at), "test", &world->t.message, &fault) == 0);
    free(bytes);
    world->t.standin_bytes = standin;
    world->parts[0] = (struct decode_part){ .parent = DECODE_NO_PARENT };
    world->parts[1] = (struct decode_part){ .names = { 0, 12 } };
    world->parts[2] = (struct decode_part){ .names = { 12, 6 } };
    struct span all = span_of(text, sizeof text - 1);
    world->t.has_report = true;
    world->t.report = (struct decode_report){ .parts = world->parts,
                                              .part_count = 3,
                                              .covers = world->covers,
                                              .cover_count = COVERS,
                                              .text = all,
                                              .subject = span_slice(all, 18, 7),
                                              .from = span_slice(all, 25, 5),
                                              .message_id = span_slice(all, 30, 5) };
}

static void world_init(struct world *world, enum mode mode, unsigned actions)
{
    *world = (struct world){ .gate = { .settings = &settings, .peers = peers_new(), .counters = counters_new() } };
    world->gate.scanners = scanners_new(&settings, no_engine, NULL);
    world->listener = (struct listener_settings){ .name = "in", .mode = mode, .protocol = PROTOCOL_LMTP };
    world->listener.policy.actions[CATEGORY_INFECTED] = actions;
    struct transaction *t = &world->t;
    transaction_init(t, &world->gate, &world->listener, "s-1f", 2, "smtp");
    t->deadline = deadline_in(PATIENCE_MS);
    t->sender = arena_try_text(&t->arena, span_text("s@a.test"));
    t->sender_parameters = arena_try_text(&t->arena, span_text("BODY=8BITMIME"));
    (void)snprintf(t->origin.address, sizeof t->origin.address, "192.0.2.1");
    static const char *const addresses[RECIPIENTS] = { "a@example.org", "b@other.test", "c@example.org" };
    for (size_t i = 0; i < RECIPIENTS; i++)
        world->recipients[i].address = arena_try_text(&t->arena, span_text(addresses[i]));
    t->recipients = world->recipients;
    t->recipient_count = RECIPIENTS;
    verdict_conclude(&t->verdict);
    verdict_add(&t->verdict, CATEGORY_INFECTED, UNSCANNABLE_NONE, "av", "Some.Name");
    t->answers[0] = (struct answer){ .kind = ANSWER_INFECTED, .text = "Some.Name", .took_ms = 3 };
    world_report(world);
}

/* As transaction_run does. */
static bool world_keep(struct world *world)
{
    struct transaction *t = &world->t;
    int pair[2];
    struct fault fault;
    CHECK(packet_pair(pair, &fault) == 0);
    peers_renew(world->gate.peers, ROLE_KEEPER, pair[0]);
    world->keeper.socket = pair[1];
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, keeper_run, &world->keeper) == 0);
    for (size_t i = 0; i < t->recipient_count; i++) {
        struct recipient *recipient = &t->recipients[i];
        recipient->store = keep_find_store(&settings, verdict_gravest(&t->verdict), recipient->address);
        policy_decide(&t->verdict, t->policy, t->mode, recipient->store != NULL, &recipient->fate);
        (void)snprintf(recipient->reply, sizeof recipient->reply, "%s", recipient->fate.reply);
    }
    bool is_kept = keep_message(t);
    peers_free(world->gate.peers);
    CHECK(pthread_join(thread, NULL) == 0);
    return is_kept;
}

static void world_fini(struct world *world)
{
    for (size_t i = 0; i < world->keeper.count; i++) {
        sealed_close(&world->keeper.messages[i]);
        sealed_close(&world->keeper.papers[i]);
    }
    transaction_fini(&world->t);
    scanners_free(world->gate.scanners);
    counters_free(world->gate.counters);
}

static size_t count_of(struct span meta, enum meta_field wanted)
{
    struct meta_reader reader;
    unsigned field = 0;
    struct span value;
    size_t count = 0;
    meta_begin(&reader, meta);
    while (meta_next(&reader, &field, &value))
        count += field == (unsigned)wanted;
    CHECK(!reader.is_broken);
    return count;
}

static void check_meta(const struct world *world, struct span meta, struct span stored)
{
    static const struct {
        enum meta_field field;
        const char *text;
        size_t count;
    } rows[] = {
        { META_SENDER, "s@a.test", 1 },
        { META_PARAMETERS, "BODY=8BITMIME", 1 },
        { META_SESSION, "s-1f-2", 1 },
        { META_LISTENER, "in", 1 },
        { META_INTAKE, "smtp", 1 },
        { META_CATEGORY, "infected", 1 },
        { META_CLIENT, "192.0.2.1", 1 },
        { META_HELO, "", 0 },
        { META_NAME, "Some.Name", 1 },
        { META_REASON, "infected by av: Some.Name", 1 },
        { META_SUBJECT, "Subject", 1 },
        { META_FROM, "<f@x>", 1 },
        { META_MESSAGE_ID, "<1@x>", 1 },
        { META_FILE, "a.exe", 2 },
        { META_RECIPIENT, "a@example.org", 2 },
        { META_FATE, "reject 550 5.7.1 infected: Some.Name", 2 },
        { META_SCANNERS, "av: infected Some.Name 3ms", 1 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].text);
        CHECK(span_is(meta_find(meta, rows[i].field), rows[i].text));
        CHECK(count_of(meta, rows[i].field) == rows[i].count);
    }
    test_context(NULL);
    uint64_t size = 0;
    struct digest digest;
    digest_of(stored, &digest);
    CHECK(meta_number(meta, META_SIZE, &size) && size == world->t.message.size - world->t.standin_bytes);
    CHECK(span_equal(meta_find(meta, META_DIGEST), span_of(digest.bytes, sizeof digest.bytes)));
    CHECK(meta_number(meta, META_RECEIVED, &size) && size > UINT64_C(1700000000000));
}

static void test_what_the_keeper_is_given(void)
{
    struct world world;
    world_init(&world, MODE_BEFORE_QUEUE, ACTION_REJECT | ACTION_QUARANTINE);
    CHECK(world_keep(&world));
    CHECK(world.keeper.count == 2); /* once for each store */
    CHECK(world.t.kept[0] == SEQUENCE + 1 && world.t.kept[1] == SEQUENCE + 2 && world.t.kept[2] == 0);
    const struct keep_job *job = &world.keeper.jobs[0];
    CHECK(job->magic == KEEP_MAGIC && job->kind == KEEP_PUT && job->category == CATEGORY_INFECTED);
    CHECK(strcmp(job->store, "org") == 0 && strcmp(world.keeper.jobs[1].store, "viruses") == 0);
    struct span stored = span_from(sealed_span(&world.keeper.messages[0]), job->offset);
    CHECK(span_starts_with(stored, HEAD) && stored.size == world.t.message.size - world.t.standin_bytes);

    struct span papers = sealed_span(&world.keeper.papers[0]);
    struct keep_papers head;
    memcpy(&head, papers.data, sizeof head);
    check_meta(&world, span_slice(papers, sizeof head, head.meta_size), stored);
    struct span rest = span_from(papers, sizeof head + head.meta_size);
    struct keep_part parts[2];
    if (CHECK(head.part_count == 2 && rest.size == sizeof parts)) {
        memcpy(parts, rest.data, sizeof parts);
        CHECK(parts[0].offset == strlen(HEAD) && parts[0].size == BODY_SIZE);
        CHECK(parts[1].offset == strlen(HEAD) + BODY_SIZE + 10 && parts[1].size == BODY_SIZE);
    }
    papers = sealed_span(&world.keeper.papers[1]);
    memcpy(&head, papers.data, sizeof head);
    struct span meta = span_slice(papers, sizeof head, head.meta_size);
    CHECK(span_is(meta_find(meta, META_RECIPIENT), "b@other.test") && count_of(meta, META_RECIPIENT) == 1);
    struct buf text;
    buf_init(&text, 4096);
    counters_stores_metrics(world.gate.counters, &settings, &text);
    CHECK(strstr(buf_text(&text), "\ncordon_kept_total{store=\"org\"} 1\n") != NULL);
    CHECK(strstr(buf_text(&text), "\ncordon_keep_failures_total{store=\"org\"} 0\n") != NULL);
    buf_fini(&text);
    world_fini(&world);
}

/* Only what policy wants kept goes to the keeper, and a 250 is given only for what is kept. */
static const struct {
    const char *name;
    enum mode mode;
    unsigned actions;
    enum manner manner;
    enum fate_action action;
    const char *reply;
    const char *finding;
    size_t jobs;
} rows[] = {
    { "rejected and kept", MODE_BEFORE_QUEUE, ACTION_REJECT | ACTION_QUARANTINE, MANNER_DONE, FATE_REJECT, "550 5.7.1",
      "", 2 },
    { "rejected alone", MODE_BEFORE_QUEUE, ACTION_REJECT, MANNER_DONE, FATE_REJECT, "550 5.7.1", "", 0 },
    { "rejected, disk full", MODE_BEFORE_QUEUE, ACTION_REJECT | ACTION_QUARANTINE, MANNER_FAILED, FATE_REJECT,
      "550 5.7.1", "not kept in the store org: no space is left", 2 },
    { "after the queue", MODE_AFTER_QUEUE, ACTION_REJECT, MANNER_DONE, FATE_DISCARD, "250 2.0.0 kept", "", 2 },
    { "after the queue, disk full", MODE_AFTER_QUEUE, ACTION_REJECT, MANNER_FAILED, FATE_TEMPFAIL, "451 4.3.0",
      "not kept in the store org: no space is left", 2 },
    { "discarded", MODE_BEFORE_QUEUE, ACTION_DISCARD, MANNER_DONE, FATE_DISCARD, "250 2.0.0", "", 2 },
    { "discarded, disk full", MODE_BEFORE_QUEUE, ACTION_DISCARD, MANNER_FAILED, FATE_TEMPFAIL, "451 4.3.0",
      "not kept in the store org: no space is left", 2 },
    { "discarded, nonsense", MODE_BEFORE_QUEUE, ACTION_DISCARD, MANNER_NONSENSE, FATE_TEMPFAIL, "451 4.3.0",
      "not kept in the store org: the keeper's answer is none", 2 },
    { "discarded, no answer", MODE_BEFORE_QUEUE, ACTION_DISCARD, MANNER_EXITS, FATE_TEMPFAIL, "451 4.3.0",
      "not kept in the store org: the keeper ", 2 },
    { "discarded, killed", MODE_BEFORE_QUEUE, ACTION_DISCARD, MANNER_GOES, FATE_TEMPFAIL, "451 4.3.0",
      "not kept in the store org: the keeper ", 1 },
    { "forgotten", MODE_AFTER_QUEUE, ACTION_DISCARD | ACTION_FORGET, MANNER_DONE, FATE_DISCARD, "250 2.0.0", "", 0 },
    { "told to wait", MODE_AFTER_QUEUE, ACTION_TEMPFAIL, MANNER_DONE, FATE_TEMPFAIL, "451 4.7.1", "", 0 },
    { "passed", MODE_AFTER_QUEUE, ACTION_PASS, MANNER_DONE, FATE_PASS, "", "", 0 },
};

static void test_row(size_t row)
{
    struct world world;
    test_context(rows[row].name);
    world_init(&world, rows[row].mode, rows[row].actions);
    world.keeper.manners[0] = rows[row].manner;
    world.keeper.manners[1] = rows[row].manner;
    if (rows[row].manner == MANNER_GOES)
        world.t.deadline = deadline_in(3000); /* for the second store */
    bool is_kept = world_keep(&world);
    CHECK(is_kept == (rows[row].manner == MANNER_DONE));
    CHECK(world.keeper.count == rows[row].jobs);
    const struct recipient *first = &world.recipients[0];
    CHECK(first->fate.action == rows[row].action);
    CHECK(strncmp(first->reply, rows[row].reply, strlen(rows[row].reply)) == 0);
    CHECK(strncmp(first->fate.finding, rows[row].finding, strlen(rows[row].finding)) == 0);
    CHECK((first->fate.finding[0] == '\0') == (rows[row].finding[0] == '\0'));
    CHECK((world.t.kept[0] != 0) == (is_kept && rows[row].jobs > 0));
    test_context(NULL);
    world_fini(&world);
}

/* Each store is on its own: who relied on the one that failed waits, the others do not. */
static void test_one_store_of_two_fails(void)
{
    struct world world;
    world_init(&world, MODE_AFTER_QUEUE, ACTION_REJECT);
    world.keeper.manners[0] = MANNER_FAILED;
    CHECK(!world_keep(&world));
    CHECK(world.recipients[0].fate.action == FATE_TEMPFAIL && world.recipients[2].fate.action == FATE_TEMPFAIL);
    CHECK(world.recipients[1].fate.action == FATE_DISCARD && world.t.kept[1] != 0);
    world_fini(&world);
}

/* With one reply for all the message comes again, and must not have been kept by the others meanwhile. */
static void test_one_of_two_fails_and_there_is_one_reply(void)
{
    for (size_t failing = 0; failing < 2; failing++) {
        struct world world;
        world_init(&world, MODE_AFTER_QUEUE, ACTION_REJECT);
        world.listener.protocol = PROTOCOL_SMTP;
        world.keeper.manners[0] = MANNER_FAILED;
        counters_kept(world.gate.counters, failing, false); /* before */
        CHECK(!world_keep(&world));
        CHECK(world.keeper.count == 1 && world.t.kept[0] == 0 && world.t.kept[1] == 0);
        CHECK(strcmp(world.keeper.jobs[0].store, settings.stores[failing].name) == 0);
        world_fini(&world);
    }
}

/* A thousand recipients with the longest addresses fit. */
static void test_many_recipients(void)
{
    enum { MANY = 1000, LONGEST = 330 };
    static struct recipient many[MANY];
    char address[LONGEST + 1];
    struct world world;
    world_init(&world, MODE_AFTER_QUEUE, ACTION_REJECT);
    memset(address, 'a', LONGEST);
    address[LONGEST] = '\0';
    for (size_t i = 0; i < MANY; i++)
        many[i].address = address;
    world.t.recipients = many;
    world.t.recipient_count = MANY;
    CHECK(world_keep(&world));
    CHECK(world.keeper.count == 1 && strcmp(world.keeper.jobs[0].store, "viruses") == 0);
    world_fini(&world);
}

int main(void)
{
    test_the_first_that_fits();
    test_what_the_keeper_is_given();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        test_row(i);
    test_one_store_of_two_fails();
    test_one_of_two_fails_and_there_is_one_reply();
    test_many_recipients();
    return test_end();
}

/* The set of scanners against clamd daemons that this test plays itself, well and badly. */
#include "scanner.h"

#include "base/memory.h"
#include "base/test.h"
#include "scanner/eicar.h"
#include "scanner/set.h"
#include "scanner/together.h"
#include "sys/thread.h"

#include <arpa/inet.h>
#include <assert.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* --- A clamd --- */

enum act {
    ACT_HONEST,
    ACT_BLIND,
    ACT_ALARM,
    ACT_GARBAGE,
    ACT_CLOSE,
    ACT_HANG,
    ACT_ERROR,
    ACT_SIZE,
    ACT_CUT,
    ACT_EARLY,
    ACT_LOCKED,
    ACTS
};

static const char *const act_replies[ACTS] = {
    [ACT_BLIND] = "stream: OK",
    [ACT_ALARM] = "stream: Everything FOUND",
    [ACT_GARBAGE] = "HTTP/1.0 400 what?",
    [ACT_ERROR] = "stream: Can't allocate memory ERROR",
    [ACT_SIZE] = "INSTREAM size limit exceeded. ERROR",
    [ACT_EARLY] = "stream: OK",
    [ACT_LOCKED] = "stream: Heuristics.Encrypted.Zip FOUND",
};

struct fake {
    const char *address; /* "unix:..." or "127.0.0.1:0" */
    char bound[160];
    int fd;
    _Atomic enum act act;
    atomic_uint asked;     /* pieces */
    atomic_uint now, most; /* being judged at once */
    atomic_bool is_closing;
    atomic_uint threads;
};

struct fake_call {
    struct fake *fake;
    int fd;
};

enum { FAKE_FILE_LIMIT = 16 * 1024 * 1024, EARLY_BYTES = 16 * 1024 * 1024 };

/* The test string as such, or as the large canary carries it. */
static bool fake_finds(const char *bytes, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char eicar[EICAR_SIZE + 1];
    char encoded[89];
    size_t length = 0;
    eicar_make(eicar);
    for (size_t i = 0; i + 3 <= 66; i += 3) {
        unsigned bits = (unsigned)eicar[i] << 16 | (unsigned)eicar[i + 1] << 8 | (unsigned)eicar[i + 2];
        for (unsigned k = 0; k < 4; k++)
            encoded[length++] = digits[bits >> (18 - 6 * k) & 63];
    }
    return memmem(bytes, size, eicar, EICAR_SIZE) != NULL || memmem(bytes, size, encoded, length) != NULL;
}

static bool fake_read(int fd, void *data, size_t size)
{
    for (size_t have = 0; have < size;) {
        ssize_t n = recv(fd, (char *)data + have, size - have, 0);
        if (n <= 0)
            return false;
        have += (size_t)n;
    }
    return true;
}

/* 1: found; 0: not; -1: the caller broke off. */
static int fake_take_stream(int fd)
{
    char *bytes = malloc(FAKE_FILE_LIMIT);
    assert(bytes != NULL);
    size_t size = 0;
    for (;;) {
        uint32_t chunk = 0;
        if (!fake_read(fd, &chunk, sizeof chunk)) {
            free(bytes);
            return -1;
        }
        chunk = ntohl(chunk);
        if (chunk == 0)
            break;
        assert(chunk <= 65536 && size + chunk <= FAKE_FILE_LIMIT);
        if (!fake_read(fd, bytes + size, chunk)) {
            free(bytes);
            return -1;
        }
        size += chunk;
    }
    int found = fake_finds(bytes, size) ? 1 : 0;
    free(bytes);
    return found;
}

static int fake_take_fd(int fd)
{
    char byte = 0;
    struct iovec vector = { .iov_base = &byte, .iov_len = 1 };
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.room
    };
    int lent = -1;
    if (recvmsg(fd, &message, MSG_CMSG_CLOEXEC) != 1 || CMSG_FIRSTHDR(&message) == NULL)
        return -1;
    memcpy(&lent, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof lent);
    struct stat st;
    assert(fstat(lent, &st) == 0 && write(lent, "x", 1) < 0); /* lent for reading */
    char *bytes = malloc((size_t)st.st_size + 1);
    assert(bytes != NULL);
    assert(pread(lent, bytes, (size_t)st.st_size, 0) == st.st_size);
    int found = fake_finds(bytes, (size_t)st.st_size) ? 1 : 0;
    free(bytes);
    (void)close(lent);
    return found;
}

static void fake_wait_closing(struct fake *fake, int fd)
{
    while (!atomic_load(&fake->is_closing)) {
        struct pollfd gone = { .fd = fd, .events = POLLRDHUP };
        if (poll(&gone, 1, 20) > 0)
            break;
    }
}

static void fake_scan(struct fake *fake, int fd, int found)
{
    enum act act = atomic_load(&fake->act);
    const char *reply = act_replies[act];
    unsigned now = atomic_fetch_add(&fake->now, 1) + 1;
    unsigned most = atomic_load(&fake->most);
    while (now > most && !atomic_compare_exchange_weak(&fake->most, &most, now))
        continue;
    atomic_fetch_add(&fake->asked, 1);
    if (act == ACT_HONEST)
        reply = found > 0 ? "fd[7]: Eicar-Test-Signature FOUND" : "fd[7]: OK";
    if (act == ACT_HANG)
        fake_wait_closing(fake, fd);
    atomic_fetch_sub(&fake->now, 1); /* nobody is let go before */
    if (act == ACT_CUT)
        (void)send(fd, "stream: O", 9, MSG_NOSIGNAL);
    if (reply != NULL)
        (void)send(fd, reply, strlen(reply) + 1, MSG_NOSIGNAL);
}

static void fake_serve(struct fake *fake, int fd)
{
    char command[16] = "";
    size_t size = 0;
    while (size < sizeof command && fake_read(fd, &command[size], 1) && command[size] != '\0')
        size++;
    enum act act = atomic_load(&fake->act);
    if (strcmp(command, "zVERSION") == 0) {
        (void)send(fd, "ClamAV 1.2.3/4567/Mon Nov 23 08:00:00 2026", 43, MSG_NOSIGNAL);
    } else if (strcmp(command, "zINSTREAM") == 0 && (act == ACT_SIZE || act == ACT_EARLY)) {
        fake_scan(fake, fd, 0);
        if (act == ACT_EARLY)
            fake_wait_closing(fake, fd); /* without taking anything; else it closes with unread bytes, as clamd does */
    } else if (strcmp(command, "zINSTREAM") == 0) {
        fake_scan(fake, fd, fake_take_stream(fd));
    } else if (strcmp(command, "zFILDES") == 0) {
        fake_scan(fake, fd, fake_take_fd(fd));
    }
}

static void fake_call_run(void *argument)
{
    struct fake_call *call = argument;
    struct fake *fake = call->fake;
    fake_serve(fake, call->fd);
    (void)close(call->fd);
    free(call);
    atomic_fetch_sub(&fake->threads, 1);
}

static void fake_accept(void *argument)
{
    struct fake *fake = argument;
    while (!atomic_load(&fake->is_closing)) {
        struct pollfd wanted = { .fd = fake->fd, .events = POLLIN };
        if (poll(&wanted, 1, 20) <= 0)
            continue;
        int fd = accept(fake->fd, NULL, NULL);
        if (fd < 0)
            continue;
        struct fake_call *call = memory_new(sizeof *call);
        *call = (struct fake_call){ .fake = fake, .fd = fd };
        atomic_fetch_add(&fake->threads, 1);
        assert(thread_start(fake_call_run, call, TOGETHER_STACK_BYTES, NULL) == 0);
    }
    atomic_fetch_sub(&fake->threads, 1);
}

static void fake_begin(struct fake *fake, const char *folder, const char *name)
{
    *fake = (struct fake){ .fd = -1 };
    if (name != NULL) {
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        (void)snprintf(address.sun_path, sizeof address.sun_path, "%s/%s", folder, name);
        fake->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert(bind(fake->fd, (struct sockaddr *)&address, sizeof address) == 0);
        (void)snprintf(fake->bound, sizeof fake->bound, "unix:%s", address.sun_path);
    } else {
        struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
        socklen_t size = sizeof address;
        fake->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert(bind(fake->fd, (struct sockaddr *)&address, sizeof address) == 0);
        assert(getsockname(fake->fd, (struct sockaddr *)&address, &size) == 0);
        (void)snprintf(fake->bound, sizeof fake->bound, "127.0.0.1:%u", ntohs(address.sin_port));
    }
    assert(listen(fake->fd, 64) == 0);
    atomic_store(&fake->threads, 1);
    assert(thread_start(fake_accept, fake, TOGETHER_STACK_BYTES, NULL) == 0);
}

static void fake_end(struct fake *fake)
{
    atomic_store(&fake->is_closing, true);
    while (atomic_load(&fake->threads) > 0)
        (void)poll(NULL, 0, 5);
    (void)close(fake->fd);
    if (strncmp(fake->bound, "unix:", 5) == 0)
        (void)unlink(fake->bound + 5);
}

/* --- Messages --- */

struct message {
    struct scan_input input;
    struct piece parts[4];
};

static const char clean_text[] = "Subject: hello\r\n\r\nNothing here.\r\n";

/* A message whose parts are its first line, and the rest. */
static void message_init(struct message *message, bool is_infected)
{
    char text[512];
    char eicar[EICAR_SIZE + 1];
    eicar_make(eicar);
    int n = snprintf(text, sizeof text, "%s%s\r\n", clean_text, is_infected ? eicar : "");
    *message = (struct message){ .input = { .part_count = 2, .is_complete = true } };
    for (size_t i = 0; i < SCAN_PACKS; i++)
        message->input.packs[i] = SEALED_NONE;
    assert(sealed_copy(span_of(text, (size_t)n), "test", &message->input.packs[0], NULL) == 0);
    message->parts[0] = (struct piece){ .size = 16 };
    message->parts[1] = (struct piece){ .offset = 16, .size = (uint64_t)n - 16 };
    message->input.parts = message->parts;
    message->input.whole = (struct piece){ .size = (uint64_t)n };
}

static void message_fini(struct message *message)
{
    sealed_close(&message->input.packs[0]);
}

static void settings_add(struct settings *settings, const char *name, const struct fake *fake, enum scanner_role role)
{
    struct scanner_settings *row = &settings->scanners[settings->scanner_count++];
    *row = (struct scanner_settings){ .type = SCANNER_CLAMD,
                                      .role = role,
                                      .input = INPUT_BOTH,
                                      .timeout_ms = 20000,
                                      .concurrency = 4,
                                      .max_bytes = 8U << 20,
                                      .max_pieces = 100,
                                      .canary_interval_ms = 600000,
                                      .address = fake->bound };
    (void)snprintf(row->name, sizeof row->name, "%s", name);
}

static int no_engine(void *context, enum role role, struct deadline deadline)
{
    (void)context;
    (void)role, (void)deadline;
    return -1;
}

/* Judges one message: the gravest category; answers_out may be NULL. */
static enum category judge(struct scanner_set *set, bool is_infected, uint32_t require, struct answer *answers_out,
                           struct verdict *verdict_out)
{
    struct message message;
    struct answer answers[SETTINGS_MOST_SCANNERS];
    struct verdict verdict;
    struct policy_settings policy = { .require = require };
    message_init(&message, is_infected);
    verdict_init(&verdict);
    scanners_judge(set, &message.input, &policy, deadline_in(30000), answers, &verdict);
    if (answers_out != NULL)
        memcpy(answers_out, answers, scanners_count(set) * sizeof answers[0]);
    if (verdict_out != NULL)
        *verdict_out = verdict;
    message_fini(&message);
    return verdict_gravest(&verdict);
}

static bool tend(struct scanner_set *set)
{
    struct buf text;
    buf_init(&text, 4096);
    bool has_changed = scanners_tend(set, &text);
    CHECK(has_changed == (text.size > 0));
    buf_fini(&text);
    return has_changed;
}

/* --- Tests --- */

static void test_none(void)
{
    test_context("no scanner");
    struct settings settings = { .scanner_count = 0 };
    struct scanner_set *set = scanners_new(&settings, no_engine, NULL);
    struct policy_settings policy = { .require = REQUIRE_ANY };
    struct verdict verdict;
    CHECK(judge(set, false, REQUIRE_ANY, NULL, &verdict) == CATEGORY_UNSCANNED);
    CHECK(judge(set, false, REQUIRE_ALL, NULL, NULL) == CATEGORY_UNSCANNED);
    CHECK(strcmp(verdict_main_finding(&verdict)->text, "no scanner is configured") == 0);
    CHECK(!tend(set));
    CHECK(scanners_admit(set, &policy)); /* the probing one */
    CHECK(!scanners_admit(set, &policy));
    scanners_free(set);
}

static void test_honest(struct fake *fake)
{
    struct settings settings = { .scanner_count = 0 };
    settings_add(&settings, "clamd", fake, SCANNER_PRIMARY);
    struct scanner_set *set = scanners_new(&settings, no_engine, NULL);
    struct policy_settings policy = { .require = REQUIRE_ANY };
    struct answer answer;
    struct verdict verdict;
    char version[64];
    scanner_version(set, 0, version, sizeof version);
    CHECK(strcmp(version, "clamd") == 0 && strcmp(scanner_name(set, 0), "clamd") == 0);
    CHECK(!scanner_is_test(set, 0));

    CHECK(judge(set, false, REQUIRE_ANY, &answer, NULL) == CATEGORY_CLEAN); /* shows the canaries first */
    CHECK(answer.kind == ANSWER_CLEAN && atomic_load(&fake->asked) == 3 + 3);
    CHECK(tend(set) && !tend(set));
    scanner_version(set, 0, version, sizeof version);
    CHECK(strcmp(version, "ClamAV 1.2.3/4567") == 0);
    CHECK(judge(set, true, REQUIRE_ANY, &answer, &verdict) == CATEGORY_INFECTED);
    CHECK(answer.kind == ANSWER_INFECTED && answer.piece == 1);
    CHECK(strcmp(verdict_main_finding(&verdict)->text, "Eicar-Test-Signature") == 0);
    CHECK(strcmp(verdict_main_finding(&verdict)->source, "clamd") == 0);
    CHECK(scanners_admit(set, &policy) && scanners_admit(set, &policy));

    struct buf status;
    buf_init(&status, 4096);
    scanners_status(set, &status);
    CHECK(span_starts_with(buf_span(&status), "scanner.clamd.state=working since="));
    buf_fini(&status);
    scanners_free(set);
}

struct bad_row {
    enum act act;
    const char *text; /* of the failed answer, once the canaries have been shown; at its start */
};

static const struct bad_row bad_rows[] = {
    { ACT_BLIND, "canary missed: of the small sample it said clean" },
    { ACT_ALARM, "canary missed: of the clean mail it said infected" },
    { ACT_GARBAGE, "unknown reply: HTTP/1.0 400" },
    { ACT_CLOSE, "it closed without a reply" },
    { ACT_ERROR, "clamd reports: stream: Can't allocate memory" },
    { ACT_CUT, "it closed within its reply" },
    { ACT_HANG, "timed out" },
};

/* Once bad from the start, and once after it has worked: the first message then finds out. */
static void test_bad(struct fake *fake, const struct bad_row *row)
{
    test_context(row->text);
    struct settings settings = { .scanner_count = 0 };
    settings_add(&settings, "clamd", fake, SCANNER_PRIMARY);
    struct policy_settings policy = { .require = REQUIRE_ANY };
    struct scanner_set *set = scanners_new(&settings, no_engine, NULL);
    struct answer answer;
    struct verdict verdict;
    CHECK(tend(set));
    settings.scanners[0].timeout_ms = row->act == ACT_HANG ? 200 : 20000;
    atomic_store(&fake->act, row->act);
    enum category category = judge(set, false, REQUIRE_ANY, &answer, &verdict);
    bool is_lie = row->act == ACT_BLIND || row->act == ACT_ALARM; /* only a canary tells */
    CHECK(is_lie || category == CATEGORY_UNSCANNED);
    CHECK(is_lie || (answer.kind == ANSWER_FAILED && strncmp(answer.text, row->text, strlen(row->text)) == 0));
    CHECK(is_lie || strstr(verdict_main_finding(&verdict)->text, "clamd: ") != NULL);
    CHECK(tend(set) == !is_lie); /* doubtful: a canary at once */
    CHECK(scanners_admit(set, &policy));
    CHECK(scanners_admit(set, &policy) == is_lie);
    scanners_free(set);

    set = scanners_new(&settings, no_engine, NULL);
    unsigned asked = atomic_load(&fake->asked);
    CHECK(tend(set));
    CHECK(atomic_load(&fake->asked) > asked);
    asked = atomic_load(&fake->asked);
    CHECK(judge(set, false, REQUIRE_ANY, &answer, NULL) == CATEGORY_UNSCANNED);
    CHECK(answer.kind == ANSWER_FAILED && strncmp(answer.text, row->text, strlen(row->text)) == 0);
    CHECK(atomic_load(&fake->asked) == asked); /* it was not even asked */
    atomic_store(&fake->act, ACT_HONEST);
    settings.scanners[0].timeout_ms = 20000;
    CHECK(judge(set, false, REQUIRE_ANY, &answer, NULL) == CATEGORY_UNSCANNED); /* until a canary has come back */
    scanners_free(set);
    test_context(NULL);
}

/* "OK" of something that it can't have seen: the message is larger than all buffers on the way. */
static void test_early(struct fake *fake)
{
    test_context("an early OK");
    struct settings settings = { .scanner_count = 0 };
    settings_add(&settings, "clamd", fake, SCANNER_PRIMARY);
    settings.scanners[0].max_bytes = EARLY_BYTES;
    struct policy_settings policy = { .require = REQUIRE_ANY };
    struct scanner_set *set = scanners_new(&settings, no_engine, NULL);
    CHECK(tend(set));
    char *text = memory_new(EARLY_BYTES);
    memset(text, 'x', EARLY_BYTES);
    struct scan_input input = { .whole = { .size = EARLY_BYTES } };
    for (size_t i = 0; i < SCAN_PACKS; i++)
        input.packs[i] = SEALED_NONE;
    assert(sealed_copy(span_of(text, EARLY_BYTES), "test", &input.packs[0], NULL) == 0);
    free(text);

    atomic_store(&fake->act, ACT_EARLY);
    struct answer answer;
    struct verdict verdict;
    verdict_init(&verdict);
    scanners_judge(set, &input, &policy, deadline_in(60000), &answer, &verdict);
    CHECK(answer.kind == ANSWER_FAILED && strstr(answer.text, "before it had the whole piece") != NULL);
    CHECK(verdict_gravest(&verdict) == CATEGORY_UNSCANNED);
    atomic_store(&fake->act, ACT_HONEST);
    sealed_close(&input.packs[0]);
    scanners_free(set);
    test_context(NULL);
}

/* A scanner that was never seen to work is tried by the first message, which has no more time than it has. */
static void test_hurry(struct fake *fake)
{
    test_context("a message in a hurry");
    struct settings settings = { .scanner_count = 0 };
    settings_add(&settings, "clamd", fake, SCANNER_PRIMARY);
    struct policy_settings policy = { .require = REQUIRE_ANY };
    struct scanner_set *set = scanners_new(&settings, no_engine, NULL);
    struct message message;
    struct answer answer;
    struct verdict verdict;
    message_init(&message, false);
    verdict_init(&verdict);
    atomic_store(&fake->act, ACT_HANG);
    struct deadline patience = deadline_in(10000);
    scanners_judge(set, &message.input, &policy, deadline_in(100), &answer, &verdict);
    CHECK(!deadline_passed(patience));
    CHECK(answer.kind == ANSWER_FAILED && verdict_gravest(&verdict) == CATEGORY_UNSCANNED);
    atomic_store(&fake->act, ACT_HONEST);
    CHECK(judge(set, false, REQUIRE_ANY, NULL, NULL) ==
          CATEGORY_CLEAN); /* that it was cut short is not held against it */
    message_fini(&message);
    scanners_free(set);
    test_context(NULL);
}

static void test_recovery(struct fake *fake)
{
    test_context("recovery");
    struct settings settings = { .scanner_count = 0 };
    settings_add(&settings, "clamd", fake, SCANNER_PRIMARY);
    struct scanner_set *set = scanners_new(&settings, no_engine, NULL);
    atomic_store(&fake->act, ACT_CLOSE);
    CHECK(tend(set));
    atomic_store(&fake->act, ACT_HONEST);
    struct deadline patience = deadline_in(20000);
    while (!tend(set) && !deadline_passed(patience))
        (void)poll(NULL, 0, 50);
    CHECK(!deadline_passed(patience));
    CHECK(judge(set, false, REQUIRE_ANY, NULL, NULL) == CATEGORY_CLEAN);
    scanners_free(set);
    test_context(NULL);
}

static void test_limits(struct fake *fake)
{
    test_context("limits");
    struct settings settings = { .scanner_count = 0 };
    settings_add(&settings, "clamd", fake, SCANNER_PRIMARY);
    struct scanner_set *set = scanners_new(&settings, no_engine, NULL);
    struct answer answer;
    struct verdict verdict;
    CHECK(tend(set));
    unsigned asked = atomic_load(&fake->asked);
    settings.scanners[0].max_bytes = 30; /* the first part alone */
    CHECK(judge(set, true, REQUIRE_ANY, &answer, &verdict) == CATEGORY_UNSCANNABLE);
    CHECK(answer.kind == ANSWER_UNSCANNABLE && answer.unscannable == UNSCANNABLE_LIMIT && answer.piece == 1);
    CHECK(atomic_load(&fake->asked) == asked + 1);
    CHECK(verdict.unscannable == UNSCANNABLE_LIMIT);
    settings.scanners[0].max_bytes = 1; /* nothing at all */
    CHECK(judge(set, true, REQUIRE_ANY, &answer, NULL) == CATEGORY_UNSCANNABLE);
    CHECK(atomic_load(&fake->asked) == asked + 1);
    settings.scanners[0].max_bytes = 8U << 20;
    settings.scanners[0].max_pieces = 2; /* both parts and the message are three */
    CHECK(judge(set, true, REQUIRE_ANY, &answer, NULL) == CATEGORY_INFECTED);
    CHECK(answer.piece == PIECE_WHOLE && atomic_load(&fake->asked) == asked + 2);
    scanners_free(set);
    test_context(NULL);
}

/* Judges a clean message as it is prepared here. */
static enum category judge_prepared(struct scanner_set *set, const struct message *message, struct answer *answer_out)
{
    struct policy_settings policy = { .require = REQUIRE_ANY };
    struct verdict verdict;
    verdict_init(&verdict);
    scanners_judge(set, &message->input, &policy, deadline_in(30000), answer_out, &verdict);
    return verdict_gravest(&verdict);
}

/* What a scanner could not look into does not count where the decoder has opened it, but for that alone. */
static void test_opened(struct fake *fake)
{
    test_context("an opened container");
    struct settings settings = { .scanner_count = 0 };
    settings_add(&settings, "clamd", fake, SCANNER_PRIMARY);
    settings.scanners[0].input = INPUT_PARTS;
    struct scanner_set *set = scanners_new(&settings, no_engine, NULL);
    struct message message;
    struct answer answer;
    CHECK(tend(set));
    message_init(&message, false);
    atomic_store(&fake->act, ACT_LOCKED);
    message.parts[0].is_opened = true;
    CHECK(judge_prepared(set, &message, &answer) == CATEGORY_UNSCANNABLE && answer.piece == 1);
    message.parts[1].is_opened = true;
    CHECK(judge_prepared(set, &message, &answer) == CATEGORY_CLEAN && answer.unscannable == UNSCANNABLE_NONE);
    settings.scanners[0].input = INPUT_BOTH;
    CHECK(judge_prepared(set, &message, &answer) == CATEGORY_UNSCANNABLE && answer.piece == PIECE_WHOLE);
    message_fini(&message);
    message_init(&message, true);
    atomic_store(&fake->act, ACT_HONEST);
    message.parts[0].is_opened = message.parts[1].is_opened = true;
    CHECK(judge_prepared(set, &message, &answer) == CATEGORY_INFECTED);
    message_fini(&message);
    scanners_free(set);
    test_context(NULL);
}

/* The frame is asked for as long as no signature needs the message. */
static void test_auto(struct fake *fake)
{
    test_context("auto");
    struct settings settings = { .scanner_count = 0 };
    settings_add(&settings, "clamd", fake, SCANNER_PRIMARY);
    CHECK(settings.scanners[0].input == INPUT_BOTH);
    struct scanner_set *set = scanners_new(&settings, no_engine, NULL);
    CHECK(!scanners_want_frame(set));
    settings.scanners[0].input = INPUT_AUTO;
    CHECK(scanners_want_frame(set));
    struct message message;
    struct answer answer;
    CHECK(tend(set));
    message_init(&message, false);
    message.input.has_frame = true;
    message.input.frame = (struct piece){ .size = 5 };
    unsigned asked = atomic_load(&fake->asked);
    CHECK(judge_prepared(set, &message, &answer) == CATEGORY_CLEAN);
    CHECK(atomic_load(&fake->asked) == asked + 3);
    atomic_store(&fake->act, ACT_LOCKED);
    message.parts[0].is_opened = message.parts[1].is_opened = true;
    CHECK(judge_prepared(set, &message, &answer) == CATEGORY_UNSCANNABLE && answer.piece == PIECE_FRAME);
    atomic_store(&fake->act, ACT_HONEST);
    scanner_learn(&set->scanners[0], span_text("x"), 1, 1);
    CHECK(!scanners_want_frame(set));
    atomic_store(&fake->act, ACT_LOCKED);
    CHECK(judge_prepared(set, &message, &answer) == CATEGORY_UNSCANNABLE && answer.piece == PIECE_WHOLE);
    atomic_store(&fake->act, ACT_HONEST);
    message_fini(&message);
    scanners_free(set);
    test_context(NULL);
}

static struct late_asks {
    unsigned count;
    bool was_whole;
} late_asks;

/* Says with its answer that it needs raw messages from now on. */
static void late_ask(struct scanner *scanner, const struct scan_request *request, struct answer *answer_out)
{
    late_asks.count++;
    late_asks.was_whole = request->count == 3 && request->pieces[2].size > 5;
    scanner_learn(scanner, span_text("late"), 2, 1);
    answer_set(answer_out, ANSWER_CLEAN, span_text(""));
}

static void test_learned_late(struct fake *fake)
{
    static const struct scanner_ops late_ops = { .ask = late_ask };
    test_context("signatures that need the message, learned from its own answer");
    struct settings settings = { .scanner_count = 0 };
    settings_add(&settings, "late", fake, SCANNER_PRIMARY);
    settings.scanners[0].input = INPUT_AUTO;
    struct scanner_set *set = scanners_new(&settings, no_engine, NULL);
    CHECK(tend(set));
    set->scanners[0].ops = &late_ops;
    struct message message;
    struct answer answer;
    message_init(&message, false);
    message.input.has_frame = true;
    message.input.frame = (struct piece){ .size = 5 };
    late_asks = (struct late_asks){ 0 };
    CHECK(judge_prepared(set, &message, &answer) == CATEGORY_CLEAN);
    CHECK(late_asks.count == 2 && late_asks.was_whole);
    CHECK(judge_prepared(set, &message, &answer) == CATEGORY_CLEAN);
    CHECK(late_asks.count == 3 && late_asks.was_whole);
    message_fini(&message);
    scanners_free(set);
    test_context(NULL);
}

/* Two primaries and a backup: which of them answer, and what is missing then. */
struct several_row {
    const char *name;
    enum act acts[3];
    uint32_t require;
    bool is_infected;
    enum category category;
    enum answer_kind kinds[3];
};

static const struct several_row several_rows[] = {
    { "all well, any",
      { ACT_HONEST, ACT_HONEST, ACT_HONEST },
      REQUIRE_ANY,
      false,
      CATEGORY_CLEAN,
      { ANSWER_CLEAN, ANSWER_CLEAN, ANSWER_NOT_ASKED } },
    { "one down, any",
      { ACT_CLOSE, ACT_HONEST, ACT_HONEST },
      REQUIRE_ANY,
      false,
      CATEGORY_CLEAN,
      { ANSWER_FAILED, ANSWER_CLEAN, ANSWER_NOT_ASKED } },
    { "both down, any",
      { ACT_CLOSE, ACT_CLOSE, ACT_HONEST },
      REQUIRE_ANY,
      false,
      CATEGORY_CLEAN,
      { ANSWER_FAILED, ANSWER_FAILED, ANSWER_CLEAN } },
    { "one down, all",
      { ACT_HONEST, ACT_CLOSE, ACT_HONEST },
      REQUIRE_ALL,
      false,
      CATEGORY_CLEAN,
      { ANSWER_CLEAN, ANSWER_FAILED, ANSWER_CLEAN } },
    { "both down, all",
      { ACT_CLOSE, ACT_CLOSE, ACT_HONEST },
      REQUIRE_ALL,
      false,
      CATEGORY_UNSCANNED,
      { ANSWER_FAILED, ANSWER_FAILED, ANSWER_CLEAN } },
    { "none works",
      { ACT_CLOSE, ACT_ERROR, ACT_CUT },
      REQUIRE_ANY,
      false,
      CATEGORY_UNSCANNED,
      { ANSWER_FAILED, ANSWER_FAILED, ANSWER_FAILED } },
    { "one finds it, the other is down, all",
      { ACT_HONEST, ACT_CLOSE, ACT_HONEST },
      REQUIRE_ALL,
      true,
      CATEGORY_INFECTED,
      { ANSWER_INFECTED, ANSWER_FAILED, ANSWER_NOT_ASKED } },
    { "the backup finds it",
      { ACT_CLOSE, ACT_CLOSE, ACT_HONEST },
      REQUIRE_ALL,
      true,
      CATEGORY_INFECTED,
      { ANSWER_FAILED, ANSWER_FAILED, ANSWER_INFECTED } },
    { "too large for one is an answer",
      { ACT_SIZE, ACT_HONEST, ACT_HONEST },
      REQUIRE_ALL,
      false,
      CATEGORY_UNSCANNABLE,
      { ANSWER_UNSCANNABLE, ANSWER_CLEAN, ANSWER_NOT_ASKED } },
};

static void test_several(struct fake fakes[3])
{
    for (size_t i = 0; i < sizeof several_rows / sizeof several_rows[0]; i++) {
        const struct several_row *row = &several_rows[i];
        test_context(row->name);
        struct settings settings = { .scanner_count = 0 };
        settings_add(&settings, "one", &fakes[0], SCANNER_PRIMARY);
        settings_add(&settings, "two", &fakes[1], SCANNER_PRIMARY);
        settings_add(&settings, "three", &fakes[2], SCANNER_BACKUP);
        struct scanner_set *set = scanners_new(&settings, no_engine, NULL);
        struct answer answers[3];
        CHECK(tend(set));
        for (size_t k = 0; k < 3; k++)
            atomic_store(&fakes[k].act, row->acts[k]);
        CHECK(judge(set, row->is_infected, row->require, answers, NULL) == row->category);
        for (size_t k = 0; k < 3; k++) {
            bool is_stopped = row->is_infected && answers[k].kind == ANSWER_NOT_ASKED; /* the find was faster */
            CHECK(answers[k].kind == row->kinds[k] || is_stopped);
            atomic_store(&fakes[k].act, ACT_HONEST);
        }
        scanners_free(set);
    }
    test_context(NULL);
}

/* Whoever has found something need not wait for the others, and that is not held against these. */
static void test_first_find(struct fake fakes[3])
{
    test_context("the first find ends the wait");
    struct settings settings = { .scanner_count = 0 };
    settings_add(&settings, "one", &fakes[0], SCANNER_PRIMARY);
    settings_add(&settings, "two", &fakes[1], SCANNER_PRIMARY);
    struct scanner_set *set = scanners_new(&settings, no_engine, NULL);
    struct answer answers[3];
    CHECK(tend(set));
    atomic_store(&fakes[0].act, ACT_HANG);
    struct deadline patience = deadline_in(10000);
    struct verdict verdict;
    CHECK(judge(set, true, REQUIRE_ALL, answers, &verdict) == CATEGORY_INFECTED);
    CHECK(verdict.categories == 1U << CATEGORY_INFECTED); /* and neither clean nor unscanned */
    CHECK(!deadline_passed(patience));
    CHECK(answers[0].kind == ANSWER_NOT_ASKED && answers[1].kind == ANSWER_INFECTED);
    CHECK(set->scanners[0].health.state == HEALTH_WORKING);
    atomic_store(&fakes[0].act, ACT_HONEST);
    CHECK(judge(set, false, REQUIRE_ALL, answers, NULL) == CATEGORY_CLEAN);
    scanners_free(set);
    test_context(NULL);
}

static void crowd_judge(void *argument)
{
    struct scanner_set *set = argument;
    for (int i = 0; i < 10; i++)
        assert(judge(set, i % 2 == 0, REQUIRE_ALL, NULL, NULL) == (i % 2 == 0 ? CATEGORY_INFECTED : CATEGORY_CLEAN));
}

static void test_crowd(struct fake fakes[3])
{
    test_context("many at once");
    struct settings settings = { .scanner_count = 0 };
    settings_add(&settings, "one", &fakes[0], SCANNER_PRIMARY);
    settings_add(&settings, "two", &fakes[1], SCANNER_PRIMARY);
    struct scanner_set *set = scanners_new(&settings, no_engine, NULL);
    struct together_task tasks[8];
    for (size_t i = 0; i < 8; i++)
        tasks[i] = (struct together_task){ .run = crowd_judge, .argument = set };
    CHECK(tend(set));
    atomic_store(&fakes[0].most, 0);
    together_run(tasks, 8);
    CHECK(atomic_load(&fakes[0].most) <= 4); /* its concurrency */
    scanners_free(set);
    test_context(NULL);
}

static void test_no_engine(void)
{
    test_context("the engine is not there");
    struct settings settings = { .scanner_count = 1 };
    settings.scanners[0] = (struct scanner_settings){ .name = "engine",
                                                      .type = SCANNER_CLAMAV,
                                                      .timeout_ms = 1000,
                                                      .concurrency = 1,
                                                      .max_bytes = 1U << 20,
                                                      .max_pieces = 100,
                                                      .signatures = "test" };
    struct scanner_set *set = scanners_new(&settings, no_engine, NULL);
    struct answer answer;
    CHECK(scanner_is_test(set, 0));
    CHECK(judge(set, false, REQUIRE_ANY, &answer, NULL) == CATEGORY_UNSCANNED);
    CHECK(strcmp(answer.text, "the engine is not there") == 0);
    scanners_free(set);
    test_context(NULL);
}

int main(void)
{
    char folder[] = "/tmp/scanners-test-XXXXXX";
    struct fake fakes[3];
    CHECK(mkdtemp(folder) != NULL);
    fake_begin(&fakes[0], folder, NULL);
    fake_begin(&fakes[1], folder, "one.sock");
    fake_begin(&fakes[2], folder, "two.sock");
    test_none();
    test_no_engine();
    for (size_t i = 0; i < 2; i++) {
        test_honest(&fakes[i]);
        for (size_t k = 0; k < sizeof bad_rows / sizeof bad_rows[0]; k++)
            test_bad(&fakes[i], &bad_rows[k]);
        test_limits(&fakes[i]);
    }
    test_early(&fakes[0]);
    test_hurry(&fakes[0]);
    test_recovery(&fakes[1]);
    test_opened(&fakes[1]);
    test_auto(&fakes[1]);
    test_learned_late(&fakes[1]);
    test_several(fakes);
    test_first_find(fakes);
    test_crowd(fakes);
    for (size_t i = 0; i < 3; i++)
        fake_end(&fakes[i]);
    CHECK(rmdir(folder) == 0);
    return test_end();
}

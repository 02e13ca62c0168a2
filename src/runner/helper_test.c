/* Against helpers that are a few lines of shell: what real ones do is tested in tests/system. */
#include "runner/helper.h"

#include "base/memory.h"
#include "base/test.h"
#include "sys/thread.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ANSWER_LIMIT = 4096, WAIT_MS = 10000, ASKERS = 16 };

#define READ "while read n word rest; do case $word in INTF) echo $n INTF 2;; QUIT) echo $n OK; exit;; FILE) "

static struct helper *start(struct scanner_settings *scanner, const char *script)
{
    struct fault fault = { 0 };
    *scanner = (struct scanner_settings){ .name = "test" };
    scanner->run.command = (struct settings_list){ .items = { "/bin/sh", "-c", script }, .count = 3 };
    scanner->run.base_folder = "";
    scanner->run.folder_bytes = 1048576;
    test_context(script);
    struct helper *helper = helper_new(scanner, "/", &fault);
    CHECK(helper != NULL);
    return helper;
}

/* 0 and the answer, or the fault's code. */
static int ask(struct helper *helper, const char *name, int64_t wait_ms, int caller, struct buf *answer)
{
    struct fault fault = { 0 };
    buf_clear(answer);
    return helper_ask(helper, name, deadline_in(wait_ms), caller, answer, &fault) == 0 ? 0 : fault.code;
}

static void test_answers(struct buf *answer)
{
    struct scanner_settings scanner;
    struct helper *helper = start(&scanner,
                                  READ "echo '* remark'; echo nonsense; echo 77777 OK; echo $n GOT $rest;; esac; done");
    CHECK(ask(helper, "Queue/1.msg", WAIT_MS, -1, answer) == 0 && span_is(buf_span(answer), "GOT Queue/1.msg"));
    CHECK(ask(helper, "Queue/2.msg", WAIT_MS, -1, answer) == 0 && span_is(buf_span(answer), "GOT Queue/2.msg"));
    struct buf text;
    buf_init(&text, ANSWER_LIMIT);
    helper_describe(helper, &text);
    CHECK(strcmp(buf_text(&text), "working, INTF 2, 2 answers") == 0);
    buf_fini(&text);
    helper_free(helper);
}

struct asker {
    struct helper *helper;
    struct lock *lock;
    struct signal_point *ended;
    unsigned *left;
    bool is_right;
};

static void asker_run(void *argument)
{
    struct asker *asker = argument;
    char name[32];
    char wanted[40];
    struct buf answer;
    buf_init(&answer, ANSWER_LIMIT);
    (void)snprintf(name, sizeof name, "Queue/%p.msg", argument);
    (void)snprintf(wanted, sizeof wanted, "GOT %s", name);
    asker->is_right = ask(asker->helper, name, WAIT_MS, -1, &answer) == 0 && span_is(buf_span(&answer), wanted);
    buf_fini(&answer);
    lock_take(asker->lock);
    (*asker->left)--;
    signal_point_wake_all(asker->ended);
    lock_drop(asker->lock);
}

/* Everybody gets his own answer. */
static void check_side_by_side(const char *script)
{
    struct scanner_settings scanner;
    struct helper *helper = start(&scanner, script);
    struct asker askers[ASKERS];
    struct lock lock;
    struct signal_point ended;
    unsigned left = ASKERS;
    lock_init(&lock);
    signal_point_init(&ended);
    for (size_t i = 0; i < ASKERS; i++) {
        askers[i] = (struct asker){ .helper = helper, .lock = &lock, .ended = &ended, .left = &left };
        CHECK(thread_start(asker_run, &askers[i], 262144, NULL) == 0);
    }
    lock_take(&lock);
    while (left > 0)
        (void)signal_point_wait(&ended, &lock, deadline_never());
    lock_drop(&lock);
    for (size_t i = 0; i < ASKERS; i++)
        CHECK(askers[i].is_right);
    helper_free(helper);
    signal_point_fini(&ended);
    lock_fini(&lock);
}

static void test_side_by_side(void)
{
    /* The answers come in another order. */
    check_side_by_side(READ "(sleep 0.$((${n#0000} % 3)); echo $n GOT $rest) & ;; esac; done");
    /* It reads all that there is, and never looks at more than a line of it. */
    check_side_by_side("while all=$(dd bs=65536 count=1 2>/dev/null) && [ \"$all\" ]; do set -- $all; "
                       "case $2 in INTF) echo $1 INTF 4;; FILE) echo $1 GOT $3;; esac; done");
}

/* One that wants it works with it alone; one that does not know what a key is works all the same. */
static void test_key(struct buf *answer)
{
    static const char keyed[] = "key=none; " READ "echo $n GOT $key;; KEY) key=$rest; "
                                "case $key in 'a b') echo $n OK;; *) echo $n ERROR no licence;; esac;; esac; done";
    struct scanner_settings scanner = { .name = "test" };
    struct helper *helper = start(&scanner, keyed);
    CHECK(ask(helper, "a", WAIT_MS, -1, answer) == 0 && span_is(buf_span(answer), "GOT none"));
    helper_free(helper);

    scanner.run.key = "a b";
    helper = helper_new(&scanner, "/", NULL);
    CHECK(helper != NULL && ask(helper, "a", WAIT_MS, -1, answer) == 0 && span_is(buf_span(answer), "GOT a b"));
    helper_free(helper);

    scanner.run.key = "wrong";
    helper = helper_new(&scanner, "/", NULL);
    CHECK(helper != NULL && ask(helper, "a", WAIT_MS, -1, answer) == EPIPE);
    struct buf text;
    buf_init(&text, ANSWER_LIMIT);
    helper_describe(helper, &text);
    CHECK(strstr(buf_text(&text), "it refused the key: ERROR no licence") != NULL);
    buf_fini(&text);
    helper_free(helper);

    scanner.run.command.items[2] = READ "echo $n GOT $rest;; esac; done";
    helper = helper_new(&scanner, "/", NULL);
    CHECK(helper != NULL && ask(helper, "a", WAIT_MS, -1, answer) == 0 && span_is(buf_span(answer), "GOT a"));
    helper_free(helper);
}

static void test_faults(struct buf *answer)
{
    struct scanner_settings scanner;
    struct helper *helper = start(&scanner, READ ":;; esac; done"); /* says nothing */
    CHECK(ask(helper, "a", 200, -1, answer) == ETIMEDOUT);
    int pair[2];
    CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0 && close(pair[1]) == 0);
    CHECK(ask(helper, "a", WAIT_MS, pair[0], answer) == ECANCELED);
    (void)close(pair[0]);
    helper_free(helper);

    helper = start(&scanner, READ "exit 1;; esac; done");
    CHECK(ask(helper, "a", WAIT_MS, -1, answer) == EPIPE);
    helper_free(helper);

    helper = start(&scanner, "echo no licence >&2; exit 1");
    CHECK(ask(helper, "a", WAIT_MS, -1, answer) == EPIPE);
    CHECK(ask(helper, "a", WAIT_MS, -1, answer) == EPIPE);
    helper_free(helper);

    helper = start(&scanner, READ "head -c 5000 /dev/zero | tr '\\0' x; echo;; esac; done");
    CHECK(ask(helper, "a", WAIT_MS, -1, answer) == EPIPE);
    helper_free(helper);

    scanner.run.command.items[0] = "/nowhere/helper";
    helper = helper_new(&scanner, "/", NULL);
    CHECK(helper != NULL && ask(helper, "a", WAIT_MS, -1, answer) == EPIPE);
    helper_free(helper);
}

int main(void)
{
    struct buf answer;
    (void)signal(SIGPIPE, SIG_IGN);
    buf_init(&answer, ANSWER_LIMIT);
    test_answers(&answer);
    test_side_by_side();
    test_key(&answer);
    test_faults(&answer);
    buf_fini(&answer);
    return test_end();
}

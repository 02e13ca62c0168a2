#include "runner/program.h"

#include "base/test.h"
#include "sys/sealed.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { OUTPUT_LIMIT = 4096 };

static struct buf output;

static struct program_result run(const char *script, int input_fd, int piece_fd, int64_t wait_ms, int caller)
{
    char *arguments[] = { (char *)"/bin/sh", (char *)"-c", (char *)script, NULL };
    struct program_request request = { .arguments = arguments,
                                       .input_fd = input_fd,
                                       .piece_fd = piece_fd,
                                       .folder = "/",
                                       .temporary = "/nowhere",
                                       .file_bytes = 1048576 };
    struct program_result result = { .outcome = RUN_FAILED };
    struct fault fault = { 0 };
    buf_clear(&output);
    test_context(script);
    CHECK(program_run(&request, deadline_in(wait_ms), caller, &output, &result, &fault) == 0);
    return result;
}

static bool is_printed(const char *text)
{
    return span_is(span_trim(buf_span(&output)), text);
}

static void test_ends(void)
{
    struct program_result result = run("echo one; echo two >&2; exit 7", -1, -1, 10000, -1);
    CHECK(result.outcome == RUN_EXITED && result.status == 7 && is_printed("one\ntwo"));
    result = run("kill -USR1 $$", -1, -1, 10000, -1);
    CHECK(result.outcome == RUN_SIGNALLED && result.status == SIGUSR1);
    result = run("head -c 100000 /dev/zero", -1, -1, 10000, -1);
    CHECK(result.outcome == RUN_TOO_MUCH);
    CHECK(run("exec sleep 600", -1, -1, 100, -1).outcome == RUN_DEADLINE);
    CHECK(run("sleep 600 & sleep 600", -1, -1, 100, -1).outcome == RUN_DEADLINE);
}

/* The process ids that were printed, of whom none is to be there, not even as a zombie. */
static void check_gone(size_t expected)
{
    struct span rest = buf_span(&output);
    size_t count = 0;
    while (rest.size > 0) {
        uint64_t pid = 0;
        if (!CHECK(span_number(span_cut(&rest, '\n'), &pid) && pid > 1))
            return;
        CHECK(kill((pid_t)pid, 0) == -1 && errno == ESRCH);
        count++;
    }
    CHECK(count == expected);
}

/* Two sessions, the inner one's parent gone: who makes himself a daemon does not stay either. */
#define DAEMON "(setsid sh -c '(setsid nohup sleep 600 </dev/null >/dev/null 2>&1 & echo $!)'); "

static void test_nobody_stays(void)
{
    struct program_result result = run("sleep 600 & echo $!; exit 3", -1, -1, 40000, -1);
    CHECK(result.outcome == RUN_EXITED && result.status == 3);
    check_gone(1);
    result = run(DAEMON DAEMON DAEMON "exit 3", -1, -1, 40000, -1);
    CHECK(result.outcome == RUN_EXITED && result.status == 3);
    check_gone(3);
    result = run("setsid sh -c 'while :; do sleep 0.01 & done' </dev/null >/dev/null 2>&1 & echo $!; exit 0", -1, -1,
                 40000, -1); /* there are new ones all the time */
    CHECK(result.outcome == RUN_EXITED && result.status == 0);
    check_gone(1);
    buf_clear(&output);
    for (int64_t wait_ms = 200; wait_ms < 40000 && output.size == 0; wait_ms *= 2)
        CHECK(run(DAEMON "exec sleep 600", -1, -1, wait_ms, -1).outcome == RUN_DEADLINE);
    check_gone(1);
}

/* It is of the same user as its warden. */
static void test_against_its_warden(void)
{
    struct program_result result = run("kill -KILL $PPID; exec sleep 600", -1, -1, 40000, -1);
    CHECK(result.outcome == RUN_SIGNALLED && result.status == SIGKILL);
    CHECK(run("kill -STOP $PPID; exec sleep 600", -1, -1, 300, -1).outcome == RUN_DEADLINE);
}

static void test_what_it_has(void)
{
    struct program_result result = run("ls -l /proc/self/fd | wc -l; ls /proc/$$/fd | tr '\\n' ' '", -1, -1, 10000, -1);
    CHECK(result.outcome == RUN_EXITED && strstr(buf_text(&output), "0 1 2") != NULL);
    (void)run(
        "for n in 3 4 5 6 7 8 9 10 11 16 17 18 19 20; do [ -e /proc/$$/fd/$n ] && ls -l /proc/$$/fd/$n; done; cat", -1,
        -1, 10000, -1);
    CHECK(strstr(buf_text(&output), "pipe") == NULL && strstr(buf_text(&output), "socket") == NULL);
    (void)run("env | sort | tr '\\n' ' '", -1, -1, 10000, -1);
    CHECK(strstr(buf_text(&output), "HOME=/ LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin PWD=/ TMPDIR=/nowhere") !=
          NULL);
    (void)run("ulimit -c; ulimit -n; umask; pwd", -1, -1, 10000, -1);
    CHECK(is_printed("0\n1024\n0077\n/"));
    (void)run("trap '' PIPE; grep -E 'Sig(Blk|Ign)' /proc/self/status | tr -d '\\n'", -1, -1, 10000, -1);
    CHECK(strstr(buf_text(&output), "SigBlk:\t0000000000000000") != NULL);
}

static void test_piece(void)
{
    struct sealed piece;
    struct fault fault = { 0 };
    CHECK(sealed_copy(span_text("the piece"), "piece", &piece, &fault) == 0);
    int fd = sealed_lend(&piece, &fault);
    (void)run("cat /proc/self/fd/3", -1, fd, 10000, -1);
    CHECK(is_printed("the piece"));
    (void)run("cat /dev/fd/3", -1, fd, 10000, -1); /* opened afresh: it begins at the start */
    CHECK(is_printed("the piece"));
    (void)run("(echo bad > /proc/self/fd/3) 2>/dev/null; cat /proc/self/fd/3", -1, fd, 10000, -1);
    CHECK(is_printed("the piece"));
    (void)run("cat", fd, -1, 10000, -1);
    CHECK(is_printed("the piece"));
    (void)close(fd);
    sealed_close(&piece);
}

static void test_caller_hangs_up(void)
{
    int pair[2];
    CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0);
    (void)close(pair[1]);
    CHECK(run("sleep 600", -1, -1, 60000, pair[0]).outcome == RUN_DEADLINE);
    (void)close(pair[0]);
}

static void test_not_executable(void)
{
    char *arguments[] = { (char *)"/etc/passwd", NULL };
    struct program_request request = {
        .arguments = arguments, .input_fd = -1, .piece_fd = -1, .folder = "/", .temporary = "/", .file_bytes = 1
    };
    struct program_result result;
    struct fault fault = { 0 };
    test_context("not executable");
    CHECK(program_run(&request, deadline_in(1000), -1, &output, &result, &fault) == -1 && fault.code == EACCES);
    arguments[0] = (char *)"/bin/sh";
    request.folder = "/nowhere";
    CHECK(program_run(&request, deadline_in(1000), -1, &output, &result, &fault) == -1 && fault.code == ENOENT);
}

int main(void)
{
    buf_init(&output, OUTPUT_LIMIT);
    test_ends();
    test_nobody_stays();
    test_against_its_warden();
    test_what_it_has();
    test_piece();
    test_caller_hangs_up();
    test_not_executable();
    buf_fini(&output);
    return test_end();
}

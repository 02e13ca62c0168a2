#include "sys/log.h"

#include "base/test.h"
#include "sys/test_world.h"

#include <assert.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { CAUGHT_SIZE = 4 * LOG_LINE_LIMIT, WRITERS = 4, LINES_EACH = 200 };

static char caught[CAUGHT_SIZE + 1];
static int caught_fd;
static int real_stderr;

/* Between these two, standard error is a file. */
static void catch_begin(void)
{
    (void)fflush(stderr);
    real_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    caught_fd = memfd_create("stderr", MFD_CLOEXEC);
    assert(real_stderr >= 0 && caught_fd >= 0);
    (void)fcntl(caught_fd, F_SETFL, O_APPEND);
    (void)dup2(caught_fd, STDERR_FILENO);
}

static void catch_end(void)
{
    (void)dup2(real_stderr, STDERR_FILENO);
    (void)close(real_stderr);
    ssize_t n = pread(caught_fd, caught, CAUGHT_SIZE, 0);
    caught[n > 0 ? n : 0] = '\0';
    (void)close(caught_fd);
}

static void use(enum log_destination destination, enum log_format format, enum log_privacy privacy)
{
    struct log_settings settings = { .destination = destination, .format = format, .privacy = privacy };
    log_begin("cordon-test", &settings);
}

/* "2026-11-24T02:03:04.123Z" */
static bool is_time(const char *text)
{
    static const char shape[] = "dddd-dd-ddTdd:dd:dd.dddZ";
    for (size_t i = 0; i < sizeof shape - 1; i++)
        if (shape[i] == 'd' ? !ascii_is_digit(text[i]) : text[i] != shape[i])
            return false;
    return true;
}

/* A line with something of everything. */
static void send_sample(enum log_level level)
{
    struct log_line line;
    log_line_begin(&line, level, "message");
    log_put_text(&line, "plain", "word");
    log_put_text(&line, "nothing", NULL);
    log_put_text(&line, "empty", "");
    log_put_span(&line, "foreign", span_of("a b\r\n2026 event=x \"\\\x1b\xff", 22));
    log_put_number(&line, "size", -9223372036854775807LL - 1);
    log_put_private(&line, "to", span_text("<a@b.example>"));
    log_put_private(&line, "to", span_text("<c@d.example>"));
    log_put_private(&line, "to", span_text("<e@f.example>"));
    log_put_number(&line, "us", 12);
    log_line_send(&line);
}

#define FOREIGN_KEYVALUE "foreign=\"a b\\r\\n2026 event=x \\\"\\\\\\x1b\\xff\""
#define FOREIGN_JSON "\"foreign\":\"a b\\u000d\\u000a2026 event=x \\\"\\\\\\u001b\\ufffd\""

static void test_keyvalue(void)
{
    static const struct {
        const char *name;
        enum log_level level;
        enum log_privacy privacy;
        const char *line; /* behind the time */
    } rows[] = {
        { "in full", LOG_INFO, LOG_FULL,
          " cordon-test info event=message plain=word empty=\"\" " FOREIGN_KEYVALUE
          " size=-9223372036854775808 to=<a@b.example> to=<c@d.example> to=<e@f.example> us=12\n" },
        { "as hashes", LOG_WARNING, LOG_HASH,
          " cordon-test warning event=message plain=word empty=\"\" " FOREIGN_KEYVALUE
          " size=-9223372036854775808 to=sha256:" /* sha256sum of <a@b.example> and so on */
          "2b90fbf0f007bd87 to=sha256:f9fe0e5c400e24bd to=sha256:f21caa74778cc310 us=12\n" },
        { "not at all", LOG_ERROR, LOG_NONE,
          " cordon-test error event=message plain=word empty=\"\" " FOREIGN_KEYVALUE
          " size=-9223372036854775808 us=12\n" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].name);
        use(LOG_TO_STDERR, LOG_KEYVALUE, rows[i].privacy);
        catch_begin();
        send_sample(rows[i].level);
        catch_end();
        CHECK(is_time(caught) && strcmp(caught + 24, rows[i].line) == 0);
    }
}

static void test_json(void)
{
    test_context("JSON");
    use(LOG_TO_STDERR, LOG_JSON, LOG_FULL);
    catch_begin();
    send_sample(LOG_NOTICE);
    catch_end();
    CHECK(strncmp(caught, "{\"time\":\"", 9) == 0 && is_time(caught + 9));
    CHECK(
        strcmp(caught + 9 + 24,
               "\",\"program\":\"cordon-test\",\"level\":\"notice\",\"event\":\"message\",\"plain\":\"word\",\"empty\":"
               "\"\"," FOREIGN_JSON ",\"size\":-9223372036854775808,\"to\":[\"<a@b.example>\",\"<c@d.example>\","
               "\"<e@f.example>\"],\"us\":12}\n") == 0);
}

static void send_too_much(void)
{
    char *value = malloc(LOG_LINE_LIMIT + 10);
    assert(value != NULL);
    memset(value, 'a', LOG_LINE_LIMIT + 10);
    struct log_line line;
    log_line_begin(&line, LOG_INFO, "message");
    log_put_span(&line, "whole", span_of(value, 10000));
    log_put_span(&line, "huge", span_of(value, LOG_LINE_LIMIT + 10));
    log_put_span(&line, "second", span_of(value, 10000));
    for (int i = 0; i < 1000; i++)
        log_put_span(&line, "to", span_of(value, 50));
    log_line_send(&line);
    free(value);
}

static void test_lines_that_are_too_long(void)
{
    static const struct {
        const char *name;
        enum log_format format;
        const char *end;
    } rows[] = {
        { "too long, key=value", LOG_KEYVALUE, "aaa cut=1\n" },
        { "too long, JSON", LOG_JSON, "aaa\"],\"cut\":1}\n" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].name);
        use(LOG_TO_STDERR, rows[i].format, LOG_FULL);
        catch_begin();
        send_too_much();
        catch_end();
        size_t size = strlen(caught);
        CHECK(size <= LOG_LINE_LIMIT && size > LOG_LINE_LIMIT - 100);
        CHECK(strcmp(caught + size - strlen(rows[i].end), rows[i].end) == 0);
        CHECK(strstr(caught, "huge") == NULL && strstr(caught, "second") == NULL && strchr(caught, '\n')[1] == '\0');
    }
    test_context("a note that is too long");
    use(LOG_TO_STDERR, LOG_KEYVALUE, LOG_FULL);
    catch_begin();
    log_note(LOG_INFO, "note", "%5000d", 7);
    catch_end();
    CHECK(strstr(caught, " event=note text=\"") != NULL && strstr(caught, " cut=1\n") != NULL);
    catch_begin();
    log_note(LOG_ERROR, "reload-failed", "%s:%d: no such key", "cordon.conf", 7);
    catch_end();
    CHECK(strstr(caught, " cordon-test error event=reload-failed text=\"cordon.conf:7: no such key\"\n") != NULL);
}

static void *write_lines(void *argument)
{
    const char *word = argument;
    for (int i = 0; i < LINES_EACH; i++) {
        struct log_line line;
        log_line_begin(&line, LOG_INFO, "thread");
        log_put_text(&line, "word", word);
        log_line_send(&line);
    }
    return NULL;
}

static void test_threads(void)
{
    static char words[WRITERS][8] = { "one", "two", "three", "four" };
    test_context("lines of many threads stay whole");
    use(LOG_TO_STDERR, LOG_KEYVALUE, LOG_FULL);
    pthread_t threads[WRITERS];
    catch_begin();
    for (size_t i = 0; i < WRITERS; i++)
        (void)pthread_create(&threads[i], NULL, write_lines, words[i]);
    for (size_t i = 0; i < WRITERS; i++)
        (void)pthread_join(threads[i], NULL);
    catch_end();
    unsigned whole = 0;
    struct span rest = span_text(caught);
    while (rest.size > 0) {
        struct span line = span_cut(&rest, '\n');
        whole += line.size > 24 && is_time(line.data) &&
                 span_starts_with(span_from(line, 24), " cordon-test info event=thread word=");
    }
    CHECK(whole == WRITERS * LINES_EACH);
}

static int receiver_make(const char *path)
{
    struct sockaddr_un un = { .sun_family = AF_UNIX };
    (void)snprintf(un.sun_path, sizeof un.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    CHECK(bind(fd, (struct sockaddr *)&un, sizeof un) == 0);
    return fd;
}

static struct span receive(int fd)
{
    ssize_t n = recv(fd, caught, CAUGHT_SIZE, MSG_DONTWAIT);
    return span_of(caught, n > 0 ? (size_t)n : 0);
}

static bool has(struct span span, const char *text)
{
    return span_find(span, span_text(text)) != SPAN_NONE;
}

static void test_syslog(void)
{
    test_context("syslog");
    if (!CHECK(test_world_empty("/dev")))
        return;
    int fd = receiver_make("/dev/log");
    use(LOG_TO_SYSLOG, LOG_KEYVALUE, LOG_FULL);
    send_sample(LOG_WARNING);
    struct span packet = receive(fd);
    CHECK(span_starts_with(packet, "<20>")); /* mail 2 * 8 + warning 4 */
    CHECK(has(packet, " cordon-test[") && has(packet, "]: event=message plain=word empty=\"\" " FOREIGN_KEYVALUE));
    use(LOG_TO_SYSLOG, LOG_JSON, LOG_FULL);
    log_note(LOG_ERROR, "note", "a text with %%s");
    packet = receive(fd);
    CHECK(span_starts_with(packet, "<19>") && has(packet, "\"event\":\"note\",\"text\":\"a text with %s\"}"));
    (void)close(fd);
}

static void test_journald(void)
{
    test_context("journald is not there");
    if (!CHECK(test_world_empty("/run")))
        return;
    catch_begin();
    use(LOG_TO_JOURNALD, LOG_KEYVALUE, LOG_FULL);
    log_note(LOG_INFO, "note", "hello");
    catch_end();
    CHECK(strstr(caught, "journald is not there") != NULL && strstr(caught, " info event=note text=hello\n") != NULL);

    test_context("journald");
    CHECK(mkdir("/run/systemd", 0755) == 0 && mkdir("/run/systemd/journal", 0755) == 0);
    int fd = receiver_make("/run/systemd/journal/socket");
    use(LOG_TO_JOURNALD, LOG_KEYVALUE, LOG_FULL);
    send_sample(LOG_INFO);
    struct span packet = receive(fd);
    CHECK(has(packet, "MESSAGE=event=message plain=word empty=\"\" " FOREIGN_KEYVALUE));
    CHECK(has(packet, "PRIORITY=6\n") && has(packet, "SYSLOG_IDENTIFIER=cordon-test\n"));
    CHECK(has(packet, "SYSLOG_FACILITY=2\n") && has(packet, "CORDON_EVENT=message\n"));
    CHECK(has(packet, "CORDON_PLAIN=word\n") && has(packet, "CORDON_US=12\n"));
    CHECK(has(packet, "CORDON_TO=<a@b.example>\n") && has(packet, "CORDON_TO=<e@f.example>\n"));
    /* A value with line ends has its length in front, so it can't add fields. */
    CHECK(has(packet, "CORDON_FOREIGN\n") && !has(packet, "CORDON_FOREIGN="));

    test_context("journald, with more than fits");
    use(LOG_TO_JOURNALD, LOG_JSON, LOG_HASH);
    struct log_line line;
    log_line_begin(&line, LOG_INFO, "message");
    log_put_text(&line, "scanner.clam-d", "clean 3ms");
    for (int i = 0; i < 4 * LOG_MOST_FIELDS; i++)
        log_put_private(&line, "to", span_text("a"));
    log_line_send(&line);
    packet = receive(fd);
    CHECK(has(packet, "MESSAGE={\"time\":\"") && has(packet, "CORDON_SCANNER_CLAM_D=clean 3ms\n"));
    CHECK(has(packet, "CORDON_TO=sha256:ca978112ca1bbdca\n"));
    (void)close(fd);
}

int main(void)
{
    (void)alarm(240);
    bool has_world = test_world_enter();
    test_context("before log_begin");
    catch_begin();
    log_note(LOG_NOTICE, "note", "early");
    catch_end();
    CHECK(is_time(caught) && strcmp(caught + 24, " cordon notice event=note text=early\n") == 0);
    test_keyvalue();
    test_json();
    test_lines_that_are_too_long();
    test_threads();
    if (has_world) {
        test_syslog();
        test_journald();
    }
    return test_end();
}

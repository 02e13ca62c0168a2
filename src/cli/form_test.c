#include "cli/form.h"

#include "base/memory.h"
#include "base/test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/form_test.XXXXXX";
static char path_text[4200];

static const char *path(const char *name)
{
    (void)snprintf(path_text, sizeof path_text, "%s/%s", folder, name);
    return path_text;
}

static void read_all(const char *name, struct buf *out)
{
    char bytes[65536];
    buf_clear(out);
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, bytes, sizeof bytes);
    if (n > 0)
        buf_put(out, bytes, (size_t)n);
    if (fd >= 0)
        (void)close(fd);
}

static mode_t mode_of(const char *name)
{
    struct stat status = { 0 };
    (void)stat(name, &status);
    return status.st_mode & 07777;
}

static void test_files(void)
{
    struct fault fault = { 0 };
    (void)umask(0);
    int fd = form_make_file(path("a.eml"), false, &fault);
    CHECK(fd >= 0 && form_write(fd, span_text("long before"), &fault) == 0);
    CHECK(form_finish(fd, path("a.eml"), &fault) == 0);
    CHECK(mode_of(path("a.eml")) == 0600);
    CHECK(form_make_file(path("a.eml"), false, &fault) < 0 && fault.code == EEXIST);
    (void)chmod(path("a.eml"), 0644);
    fd = form_make_file(path("a.eml"), true, &fault);
    CHECK(fd >= 0 && form_write(fd, span_text("new"), &fault) == 0);
    CHECK(form_finish(fd, path("a.eml"), &fault) == 0);
    CHECK(mode_of(path("a.eml")) == 0600);
    struct buf out;
    buf_init(&out, 1000);
    read_all(path("a.eml"), &out);
    CHECK(span_is(buf_span(&out), "new"));
    buf_fini(&out);
    CHECK(symlink("/dev/null", path("link")) == 0);
    CHECK(form_make_file(path("link"), true, &fault) < 0);
    char other[4200];
    (void)snprintf(other, sizeof other, "%s", path("a.eml"));
    CHECK(link(other, path("other name")) == 0);
    CHECK(form_make_file(path("other name"), true, &fault) < 0 && fault.code == EEXIST && unlink(path_text) == 0);
    CHECK(form_make_file(path("no/such"), true, &fault) < 0 && fault.code == ENOENT);
    CHECK(form_make_folder(path("a.eml"), &fault) != 0);
}

static const char *const messages[] = {
    "Subject: a\r\n\r\nFrom here\r\n>From there\r\n>>From x\r\n\r\nFrom me\r\n",
    "Subject: b\n\nno end",
    "Subject: c\r\n\r\n\r\n\r\n",
    "From odd: begins so\n\n",
    "",
    "x: y\r\n\r\n>quoted\r\n>From\r\nFrom\r\n",
};
enum { MESSAGES = sizeof messages / sizeof messages[0] };

static void test_mbox(void)
{
    struct fault fault = { 0 };
    struct buf content;
    struct buf message;
    struct span sender = { 0 };
    buf_init(&content, 65536);
    buf_init(&message, 65536);
    int fd = form_make_file(path("box"), false, &fault);
    for (size_t i = 0; i < MESSAGES; i++)
        CHECK(form_write_mbox(fd, span_text(messages[i]), span_text(i == 0 ? "joe@example.org" : "bad sender"),
                              UINT64_C(1795699805000), &fault) == 0);
    CHECK(form_finish(fd, path("box"), &fault) == 0);
    read_all(path("box"), &content);
    CHECK(span_starts_with(buf_span(&content), "From joe@example.org Thu Nov 26 13:30:05 2026\nSubject: a\r\n\r\n"
                                               ">From here\r\n>>From there\r\n>>>From x\r\n\r\n>From me\r\n\nFrom "
                                               "MAILER-DAEMON Thu"));
    struct span rest = buf_span(&content);
    CHECK(form_is_mbox(rest));
    for (size_t i = 0; i < MESSAGES; i++) {
        test_context(messages[i]);
        CHECK(form_next_mbox(&rest, &sender, &message));
        CHECK(span_is(sender, i == 0 ? "joe@example.org" : "MAILER-DAEMON"));
        struct span got = buf_span(&message);
        struct span want = span_text(messages[i]);
        bool is_ended = want.size > 0 && want.data[want.size - 1] == '\n';
        if (!is_ended && got.size > 0)
            got.size--; /* a line end had to be added */
        CHECK(span_equal(got, want));
    }
    test_context(NULL);
    CHECK(rest.size == 0 && !form_next_mbox(&rest, &sender, &message));
    CHECK(!form_is_mbox(span_text("Subject: From \r\n")));
    buf_fini(&content);
    buf_fini(&message);
}

static void test_maildir(void)
{
    struct fault fault = { 0 };
    char name[4200];
    char found[8700] = "";
    (void)snprintf(name, sizeof name, "%s", path("md"));
    CHECK(form_make_maildir(name, &fault) == 0 && form_make_maildir(name, &fault) == 0);
    CHECK(mode_of(path("md/new")) == 0700);
    CHECK(form_write_maildir(name, span_text(messages[0]), 17, &fault) == 0);
    CHECK(form_write_maildir(name, span_text(messages[0]), 18, &fault) == 0);
    unsigned count = 0;
    DIR *listing = opendir(path("md/new"));
    for (struct dirent *entry = readdir(listing); entry != NULL; entry = readdir(listing)) {
        if (entry->d_name[0] == '.')
            continue;
        count++;
        (void)snprintf(found, sizeof found, "%s/new/%s", name, entry->d_name);
    }
    (void)closedir(listing);
    CHECK(count == 2 && mode_of(found) == 0600);
    struct buf out;
    buf_init(&out, 65536);
    read_all(found, &out);
    CHECK(span_is(buf_span(&out), messages[0]));
    buf_fini(&out);
    CHECK(form_write_maildir(path("none"), span_text("x"), 1, &fault) != 0 && fault.code == ENOENT);
}

int main(void)
{
    enum form form = FORM_EML;
    CHECK(form_from_text("Maildir", &form) && form == FORM_MAILDIR && !form_from_text("pst", &form));
    if (mkdtemp(folder) == NULL)
        return 1;
    test_files();
    test_mbox();
    test_maildir();
    char command[64];
    (void)snprintf(command, sizeof command, "rm -r %s", folder);
    if (system(command) != 0) /* NOLINT(cert-env33-c): of our own folder, in a test */
        return 1;
    return test_end();
}

#include "cli/form.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FORM_SENDER_MOST = 320 };

bool form_from_text(const char *text, enum form *form_out)
{
    static const char *const names[] = { [FORM_EML] = "eml", [FORM_MBOX] = "mbox", [FORM_MAILDIR] = "maildir" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (span_is_nocase(span_text(text), names[i])) {
            *form_out = (enum form)i;
            return true;
        }
    }
    return false;
}

/* Without O_TRUNC: a file that is there is emptied only once it is known to be a regular one, and ours alone. */
int form_make_file(const char *path, bool is_forced, struct fault *fault)
{
    struct stat status;
    int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK | (is_forced ? 0 : O_EXCL);
    int fd = open(path, flags, 0600);
    if (fd < 0)
        return fault_set_errno(fault, errno, "%s can't be made", path);
    bool is_known = fstat(fd, &status) == 0;
    if (is_known && !S_ISREG(status.st_mode))
        (void)fault_set(fault, EEXIST, "%s is no regular file", path);
    else if (!is_known || status.st_uid != geteuid() || status.st_nlink != 1)
        (void)fault_set(fault, EEXIST, "%s is another user's file, or has other names", path);
    else if (fchmod(fd, 0600) != 0 || ftruncate(fd, 0) != 0)
        (void)fault_set_errno(fault, errno, "%s can't be made", path);
    else
        return fd;
    (void)close(fd);
    return -1;
}

int form_make_folder(const char *path, struct fault *fault)
{
    struct stat status;
    if (mkdir(path, 0700) == 0 || (errno == EEXIST && stat(path, &status) == 0 && S_ISDIR(status.st_mode)))
        return 0;
    return fault_set_errno(fault, errno, "%s can't be made", path);
}

int form_write(int fd, struct span bytes, struct fault *fault)
{
    while (bytes.size > 0) {
        ssize_t n = write(fd, bytes.data, bytes.size);
        if (n < 0 && errno != EINTR)
            return fault_set_errno(fault, errno, "it can't be written");
        bytes = span_from(bytes, n > 0 ? (size_t)n : 0);
    }
    return 0;
}

int form_finish(int fd, const char *path, struct fault *fault)
{
    int failed = fsync(fd) != 0 && errno != EINVAL ? errno : 0;
    if (close(fd) != 0 && failed == 0)
        failed = errno;
    return failed == 0 ? 0 : fault_set_errno(fault, failed, "%s can't be written", path);
}

/* --- mbox --- */

/* Is it what a separator may name as the sender: printing, without spaces? */
static bool sender_is_plain(struct span sender)
{
    for (size_t i = 0; i < sender.size; i++) {
        if (sender.data[i] <= ' ' || sender.data[i] > '~')
            return false;
    }
    return sender.size > 0 && sender.size <= FORM_SENDER_MOST;
}

/* Does the line begin with any number of ">" and "From "? */
static bool line_is_quotable(struct span line)
{
    size_t i = 0;
    while (i < line.size && line.data[i] == '>')
        i++;
    return span_starts_with(span_from(line, i), "From ");
}

static struct span line_cut(struct span *rest)
{
    size_t end = span_find_byte(*rest, '\n');
    struct span line = span_slice(*rest, 0, end == SPAN_NONE ? rest->size : end + 1);
    *rest = span_from(*rest, line.size);
    return line;
}

static int mbox_put_body(int fd, struct span message, struct fault *fault)
{
    struct span rest = message;
    size_t written = 0; /* runs of lines without need of quoting go out together */
    while (rest.size > 0) {
        size_t at = message.size - rest.size;
        if (!line_is_quotable(line_cut(&rest)))
            continue;
        if (form_write(fd, span_slice(message, written, at - written), fault) != 0 ||
            form_write(fd, span_text(">"), fault) != 0)
            return -1;
        written = at;
    }
    return form_write(fd, span_from(message, written), fault);
}

int form_write_mbox(int fd, struct span message, struct span sender, uint64_t time_ms, struct fault *fault)
{
    char head[FORM_SENDER_MOST + 64];
    char date[32] = "Thu Jan  1 00:00:00 1970";
    struct tm time;
    time_t seconds = (time_t)(time_ms / 1000);
    if (gmtime_r(&seconds, &time) != NULL)
        (void)strftime(date, sizeof date, "%a %b %e %H:%M:%S %Y", &time);
    if (!sender_is_plain(sender))
        sender = span_text("MAILER-DAEMON");
    (void)snprintf(head, sizeof head, "From %.*s %s\n", (int)sender.size, sender.data, date);
    bool is_ended = message.size > 0 && message.data[message.size - 1] == '\n';
    if (form_write(fd, span_text(head), fault) != 0 || mbox_put_body(fd, message, fault) != 0)
        return -1;
    return form_write(fd, span_text(is_ended ? "\n" : "\n\n"), fault);
}

bool form_is_mbox(struct span content)
{
    return span_starts_with(content, "From ");
}

static bool line_is_empty(struct span line)
{
    return span_is(line, "\n") || span_is(line, "\r\n");
}

bool form_next_mbox(struct span *rest, struct span *sender_out, struct buf *message_out)
{
    buf_clear(message_out);
    if (!form_is_mbox(*rest))
        return false;
    struct span head = span_from(line_cut(rest), strlen("From "));
    *sender_out = span_trim(span_cut(&head, ' '));
    struct span held = { 0 }; /* an empty line that may be the separator's */
    while (rest->size > 0) {
        bool may_end = held.size > 0 || message_out->size == 0;
        if (may_end && form_is_mbox(*rest))
            return true;
        struct span line = line_cut(rest);
        buf_put_span(message_out, held);
        held = (struct span){ 0 };
        if (line_is_empty(line))
            held = line;
        else
            buf_put_span(message_out,
                         span_starts_with(line, ">") && line_is_quotable(line) ? span_from(line, 1) : line);
    }
    return true;
}

/* --- Maildir --- */

static int path_join(char *path_out, size_t size, const char *folder, const char *name, struct fault *fault)
{
    int length = snprintf(path_out, size, "%s/%s", folder, name);
    if (length > 0 && (size_t)length < size)
        return 0;
    return fault_set(fault, ENAMETOOLONG, "%s/%s is too long", folder, name);
}

int form_make_maildir(const char *path, struct fault *fault)
{
    static const char *const folders[] = { "tmp", "new", "cur" };
    if (form_make_folder(path, fault) != 0)
        return -1;
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        char folder[PATH_MAX];
        if (path_join(folder, sizeof folder, path, folders[i], fault) != 0 || form_make_folder(folder, fault) != 0)
            return -1;
    }
    return 0;
}

/* A name as Maildir has them: time, what is unique on this machine, the machine. */
static void maildir_name(char *name_out, size_t size, uint64_t id)
{
    char host[HOST_NAME_MAX + 1] = "localhost";
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    (void)gethostname(host, sizeof host - 1);
    for (char *c = host; *c != '\0'; c++) {
        if (*c == '/' || *c == ':')
            *c = '_';
    }
    (void)snprintf(name_out, size, "%lld.M%06ldP%ldQ%llu.%s", (long long)now.tv_sec, now.tv_nsec / 1000, (long)getpid(),
                   (unsigned long long)id, host);
}

int form_write_maildir(const char *path, struct span message, uint64_t id, struct fault *fault)
{
    char name[HOST_NAME_MAX + 128];
    char from[PATH_MAX];
    char to[PATH_MAX];
    char unique[HOST_NAME_MAX + 112];
    maildir_name(unique, sizeof unique, id);
    (void)snprintf(name, sizeof name, "tmp/%s", unique);
    if (path_join(from, sizeof from, path, name, fault) != 0)
        return -1;
    (void)snprintf(name, sizeof name, "new/%s", unique);
    if (path_join(to, sizeof to, path, name, fault) != 0)
        return -1;
    int fd = form_make_file(from, false, fault);
    if (fd < 0)
        return -1;
    int failed = form_write(fd, message, fault);
    struct fault closing;
    failed = form_finish(fd, from, failed == 0 ? fault : &closing) != 0 ? -1 : failed;
    if (failed == 0 && link(from, to) != 0)
        failed = fault_set_errno(fault, errno, "%s can't be made", to);
    (void)unlink(from);
    return failed;
}

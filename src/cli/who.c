#include "cli/who.h"

#include "base/escape.h"
#include "base/span.h"
#include "cli/cli.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { WHO_PART_MOST = 64 };

static void put_user(struct buf *out, uid_t uid)
{
    const struct passwd *entry = getpwuid(uid);
    if (entry != NULL)
        escape_header(out, span_text(entry->pw_name), WHO_PART_MOST);
    else
        buf_printf(out, "uid %u", (unsigned)uid);
}

/* Whom the session began as: sudo and su leave it as it is, and only root could have set it. */
static bool login_user(uid_t *uid_out)
{
    char text[32] = "";
    FILE *file = fopen("/proc/self/loginuid", "re");
    if (file == NULL)
        return false;
    size_t size = fread(text, 1, sizeof text - 1, file);
    (void)fclose(file);
    uint64_t number = 0;
    if (!span_number(span_trim(span_of(text, size)), &number) || number >= UINT32_MAX)
        return false;
    *uid_out = (uid_t)number;
    return true;
}

void who_put(struct buf *out)
{
    uid_t login = 0;
    uid_t real = getuid();
    const char *sudo = getenv("SUDO_USER");
    const char *remote = getenv("SSH_CONNECTION");
    const char *terminal = ttyname(STDIN_FILENO);
    put_user(out, real);
    if (login_user(&login) && login != real) {
        buf_put_text(out, " (");
        put_user(out, login);
        buf_put_text(out, " at login)");
    } else if (sudo != NULL && real == 0) {
        buf_put_text(out, " (");
        escape_header(out, span_text(sudo), WHO_PART_MOST);
        buf_put_text(out, " by sudo)");
    }
    if (terminal != NULL) {
        buf_put_text(out, " on ");
        escape_header(out, span_text(terminal), WHO_PART_MOST);
    }
    if (remote != NULL) {
        struct span rest = span_text(remote);
        buf_put_text(out, " from ");
        escape_header(out, span_cut(&rest, ' '), WHO_PART_MOST);
    }
}

int reason_read(const struct command_line *line, struct buf *reason_out)
{
    char answer[REASON_TEXT_LIMIT] = "";
    const char *reason = command_value(line, OPTION_REASON);
    buf_init(reason_out, REASON_TEXT_LIMIT);
    if (reason == NULL && isatty(STDIN_FILENO) && isatty(STDERR_FILENO)) {
        fputs("Reason, for the audit trail: ", stderr);
        if (fgets(answer, sizeof answer, stdin) != NULL)
            reason = answer;
    }
    struct span text = span_trim(span_text(reason != NULL ? reason : ""));
    buf_put_span(reason_out, text);
    if (text.size > 0 && !buf_overflowed(reason_out))
        return -1;
    buf_fini(reason_out);
    return text.size > 0
               ? command_refuse(line, CLI_EXIT_USAGE, "the reason has more than %d bytes", REASON_TEXT_LIMIT)
               : command_refuse(line, CLI_EXIT_USAGE, "a reason is needed, for the audit trail: --reason TEXT");
}

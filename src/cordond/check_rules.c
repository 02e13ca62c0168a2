#include "check_rules.h"

#include "ipc/roles.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHECK_NOT_EXECUTED = 127 };

static int check_run(const char *path, const struct settings_list *rules, struct fault *fault)
{
    const char *arguments[SETTINGS_MOST_LIST + 3] = { role_row(ROLE_YARA)->program, "--check" };
    for (size_t i = 0; i < rules->count; i++)
        arguments[2 + i] = rules->items[i];
    (void)fflush(NULL);
    pid_t pid = fork();
    if (pid < 0)
        return fault_set_errno(fault, errno, "cannot fork");
    if (pid == 0) {
        char *given[SETTINGS_MOST_LIST + 3]; /* execv changes none of them */
        memcpy(given, arguments, sizeof given);
        if (dup2(STDERR_FILENO, STDOUT_FILENO) >= 0)
            (void)execv(path, given);
        _exit(CHECK_NOT_EXECUTED);
    }
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS)
        return 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == CHECK_NOT_EXECUTED)
        return fault_set(fault, ENOENT, "cannot execute %s, which would look at the rules", path);
    return fault_set(fault, EINVAL, "the rules are wrong");
}

int check_rules(const struct settings *settings, const char *directory, struct fault *fault)
{
    char path[PATH_MAX + 64];
    (void)snprintf(path, sizeof path, "%s/%s", directory, role_row(ROLE_YARA)->program);
    for (size_t i = 0; i < settings->scanner_count; i++) {
        const struct scanner_settings *scanner = &settings->scanners[i];
        if (scanner->type == SCANNER_YARA && check_run(path, &scanner->yara.rules, fault) != 0)
            return fault_wrap(fault, "scanner %s", scanner->name);
    }
    return 0;
}

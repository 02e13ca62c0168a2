#include "runners.h"

#include <assert.h>
#include <string.h>

bool scanner_is_run(const struct scanner_settings *scanner)
{
    return scanner->type == SCANNER_COMMAND || scanner->type == SCANNER_COMMUNIGATE || scanner_is_lent(scanner);
}

bool scanner_is_lent(const struct scanner_settings *scanner)
{
    return scanner->type == SCANNER_SOCKET && scanner->run.delivery == DELIVERY_SHARED;
}

/* The scanner names a user that none before it names. */
static bool scanner_is_first(const struct settings *settings, size_t scanner)
{
    if (!scanner_is_run(&settings->scanners[scanner]))
        return false;
    for (size_t i = 0; i < scanner; i++) {
        if (scanner_is_run(&settings->scanners[i]) &&
            strcmp(settings->scanners[i].run.user, settings->scanners[scanner].run.user) == 0)
            return false;
    }
    return true;
}

const char *runners_user(const struct settings *settings, size_t runner)
{
    for (size_t i = 0; i < settings->scanner_count; i++) {
        if (scanner_is_first(settings, i) && runner-- == 0)
            return settings->scanners[i].run.user;
    }
    return NULL;
}

size_t runners_count(const struct settings *settings)
{
    size_t count = 0;
    while (runners_user(settings, count) != NULL)
        count++;
    return count;
}

size_t runners_find(const struct settings *settings, const char *user_text)
{
    size_t runner = 0;
    const char *user = runners_user(settings, runner);
    while (user != NULL && strcmp(user, user_text) != 0)
        user = runners_user(settings, ++runner);
    return runner;
}

size_t runners_of(const struct settings *settings, size_t scanner)
{
    assert(scanner < settings->scanner_count && scanner_is_run(&settings->scanners[scanner]));
    return runners_find(settings, settings->scanners[scanner].run.user);
}

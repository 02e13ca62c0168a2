/* SPDX-License-Identifier: GPL-2.0-only */
/* Character sets can be converted within the engine's box, where their modules can't be loaded any more. */
#include "base/test.h"
#include "engine/child.h"
#include "engine/warm.h"

#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const names[] = { "IBM037",    "IBM437", "SHIFT_JIS", "EUC-JP",      "GB18030",    "BIG5",
                                     "KOI8-R",    "CP949",  "JOHAB",     "ISO-2022-JP", "ASMO-708",   "WINDOWS-1251",
                                     "MACINTOSH", "UTF-7",  "UTF-16",    "UNICODE",     "ISO-8859-15" };

static int test_charsets(const char *base)
{
    struct scanner_settings scanner = { .folder_bytes = 16U << 20 };
    struct engine engine = { .scanner = &scanner };
    struct child_folder folder;
    struct fault fault = { 0 };
    (void)snprintf(engine.base, sizeof engine.base, "%s", base);
    size_t size = (size_t)scanner.folder_bytes;
    engine.is_private = sandbox_private_folders(base, NULL, &size, 1, &fault) == 0;
    CHECK(engine.is_private);
    engine.box = sandbox_prepare(SANDBOX_ENGINE, &fault);
    warm_up();
    CHECK(child_enter(&engine, 0, &folder, &fault) == 0);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        test_context(names[i]);
        iconv_t wide = iconv_open("UTF-16BE", names[i]);
        iconv_t narrow = iconv_open("UTF-8//TRANSLIT", names[i]);
        CHECK(wide != (iconv_t)-1 && narrow != (iconv_t)-1); /* NOLINT(performance-no-int-to-ptr): as POSIX has it */
        (void)iconv_close(wide);
        (void)iconv_close(narrow);
    }
    return test_end();
}

/* In a child, so that somebody is left outside of the box to clean up. */
int main(void)
{
    char base[] = "/tmp/charsets-test-XXXXXX";
    if (mkdtemp(base) == NULL)
        return EXIT_FAILURE;
    pid_t pid = fork();
    if (pid == 0)
        exit(test_charsets(base));
    int status = 0;
    (void)waitpid(pid, &status, 0);
    (void)rmdir(base);
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}

/* Makes cordon.conf(5) while building: the page with the options section put in place of its one line "@OPTIONS@". */
#include "conf.h"

#include "base/span.h"
#include "conf/file.h"

#include <stdio.h>
#include <stdlib.h>

enum { MANUAL_PAGE_LIMIT = 4 * CONF_FILE_LIMIT };

int main(int argc, char **argv)
{
    struct buf page;
    struct buf options;
    struct fault fault = { 0 };
    buf_init(&page, MANUAL_PAGE_LIMIT);
    buf_init(&options, MANUAL_PAGE_LIMIT);
    if (argc != 2 || conf_file_read(argv[1], true, &page, &fault) != 0) {
        fprintf(stderr, "%s\n", fault.text);
        return EXIT_FAILURE;
    }
    static const char mark[] = "\n@OPTIONS@\n";
    size_t at = span_find(buf_span(&page), span_text(mark));
    if (at == SPAN_NONE) {
        fprintf(stderr, "%s has no line @OPTIONS@\n", argv[1]);
        return EXIT_FAILURE;
    }
    conf_print_manual(&options);
    printf("%.*s\n%s%s", (int)at, buf_text(&page), buf_text(&options), buf_text(&page) + at + sizeof mark - 1);
    buf_fini(&page);
    buf_fini(&options);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* cordon convert amavis FILE: the scanner table of an amavisd.conf as Cordon's, and what could not be turned. */
#include "base/buf.h"
#include "base/memory.h"
#include "cli/amavis.h"
#include "cli/amavis_table.h"
#include "cli/cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONVERT_FILE_LIMIT = 4 << 20, CONVERT_TEXT_LIMIT = 16 << 20, CONVERT_EXIT_NONE = 1, CONVERT_EXIT_INPUT = 66 };

static const char convert_usage[] =
    "Usage: cordon convert amavis [--all] [--user USER] FILE\n"
    "Prints the scanner table of an amavisd.conf as Cordon's, and as comments what could not be turned, and why.\n"
    "  --all         also scanners whose program is not on this machine\n"
    "  --user USER   as whom commands are to run, and whose files daemons are to open; default: amavis\n"
    "Exit status: 0 there is a scanner; 1 there is none; 66 the file can't be read.\n";

static int convert_read(const char *path, struct buf *text)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    char bytes[65536];
    size_t size = 0;
    if (file == NULL) {
        (void)fprintf(stderr, "cordon: %s: %s\n", path, strerror(errno));
        return -1;
    }
    while ((size = fread(bytes, 1, sizeof bytes, file)) > 0)
        buf_put(text, bytes, size);
    bool is_read = ferror(file) == 0 && !buf_overflowed(text);
    if (!is_read)
        (void)fprintf(stderr, "cordon: %s can't be read, or has more than %d bytes\n", path, CONVERT_FILE_LIMIT);
    if (file != stdin)
        (void)fclose(file);
    return is_read ? 0 : -1;
}

static int convert_print(struct span text, const struct amavis_wishes *wishes)
{
    struct amavis amavis;
    struct buf table;
    struct buf left;
    buf_init(&table, CONVERT_TEXT_LIMIT);
    buf_init(&left, CONVERT_TEXT_LIMIT);
    amavis_read(text, &amavis);
    amavis_print(&amavis, wishes, &table, &left);
    bool is_any = span_find(buf_span(&table), span_text(": { #")) != SPAN_NONE;
    if (is_any)
        (void)fputs(buf_text(&table), stdout);
    if (left.size > 0)
        (void)printf("%s# What was not turned, or not wholly:\n%s", is_any ? "\n" : "", buf_text(&left));
    if (!is_any)
        (void)fputs("cordon: no scanner of @av_scanners and @av_scanners_backup could be turned\n", stderr);
    amavis_fini(&amavis);
    buf_fini(&table);
    buf_fini(&left);
    return fflush(stdout) == 0 && is_any ? EXIT_SUCCESS : CONVERT_EXIT_NONE;
}

int cli_convert(int argc, char **argv)
{
    static const struct option table[] = { { "all", no_argument, NULL, 'a' },
                                           { "user", required_argument, NULL, 'u' },
                                           { "help", no_argument, NULL, 'h' },
                                           { NULL, 0, NULL, 0 } };
    struct amavis_wishes wishes = { .user = "amavis" };
    bool is_wrong = false;
    int option = 0;
    while ((option = getopt_long(argc, argv, "h", table, NULL)) != -1) {
        if (option == 'h') {
            (void)fputs(convert_usage, stdout);
            return EXIT_SUCCESS;
        }
        wishes.is_all = wishes.is_all || option == 'a';
        if (option == 'u')
            wishes.user = optarg;
        is_wrong = is_wrong || option == '?';
    }
    if (!is_wrong && optind < argc && strcmp(argv[optind], "amavis") != 0)
        (void)fprintf(stderr, "cordon convert: there is nothing for \"%s\", only for amavis\n", argv[optind]);
    if (is_wrong || argc - optind != 2 || strcmp(argv[optind], "amavis") != 0) {
        (void)fputs(convert_usage, stderr);
        return CLI_EXIT_USAGE;
    }
    struct buf text;
    buf_init(&text, CONVERT_FILE_LIMIT);
    int status = CONVERT_EXIT_INPUT;
    if (convert_read(argv[optind + 1], &text) == 0)
        status = convert_print(buf_span(&text), &wishes);
    buf_fini(&text);
    return status;
}

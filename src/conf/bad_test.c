/* Every file of the folder named on the command line is a bad configuration that begins with lines
 * "#! LINE | WRONG | MEND": each mistake it has, by line, by a part of what is wrong and a part of what would be right.
 */
#include "conf.h"

#include "base/memory.h"
#include "base/span.h"
#include "base/test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BAD_PATH_SIZE = 4096, BAD_LINE_SIZE = 1024, BAD_LEAST_FILES = 40 };

/* The wrong part stands before the mend in one line about FILE:LINE. */
static bool has_mistake(struct span told, const char *path, struct span line_number, struct span wrong,
                        struct span mend)
{
    char start[BAD_PATH_SIZE + BAD_LINE_SIZE];
    (void)snprintf(start, sizeof start, "%s:%.*s: ", path, (int)line_number.size, line_number.data);
    while (told.size > 0) {
        struct span line = span_cut(&told, '\n');
        size_t at = span_find(line, wrong);
        if (span_starts_with(line, start) && at != SPAN_NONE &&
            span_find(span_from(line, at + wrong.size), mend) != SPAN_NONE)
            return true;
    }
    return false;
}

static size_t count_lines(struct span text)
{
    size_t count = 0;
    for (; text.size > 0; count++)
        (void)span_cut(&text, '\n');
    return count;
}

static void test_file(const char *path)
{
    struct buf told;
    buf_init(&told, CONF_FILE_LIMIT);
    struct settings *settings = conf_load(path, &told);
    CHECK(settings == NULL);
    settings_free(settings);

    FILE *file = fopen(path, "re");
    if (!CHECK(file != NULL))
        abort();
    size_t expected = 0;
    char line[BAD_LINE_SIZE];
    while (fgets(line, sizeof line, file) != NULL && strncmp(line, "#! ", 3) == 0) {
        struct span rest = span_text(line + 3);
        struct span line_number = span_trim(span_cut(&rest, '|'));
        struct span wrong = span_trim(span_cut(&rest, '|'));
        struct span mend = span_trim(rest);
        expected++;
        if (!CHECK(wrong.size > 0 && mend.size > 0 && has_mistake(buf_span(&told), path, line_number, wrong, mend)))
            fprintf(stderr, "wanted: %stold: %s", line, buf_text(&told));
    }
    if (!CHECK(expected > 0 && count_lines(buf_span(&told)) == expected)) /* and no mistake that is none */
        fprintf(stderr, "told: %s", buf_text(&told));
    (void)fclose(file);
    buf_fini(&told);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return EXIT_FAILURE;
    struct dirent **entries = NULL;
    int count = scandir(argv[1], &entries, NULL, alphasort);
    int files = 0;
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        if (name[0] != '.') {
            char path[BAD_PATH_SIZE];
            (void)snprintf(path, sizeof path, "%s/%s", argv[1], name);
            test_context(name);
            test_file(path);
            files++;
        }
        free(entries[i]);
    }
    free(entries);
    test_context(NULL);
    CHECK(files >= BAD_LEAST_FILES);
    return test_end();
}

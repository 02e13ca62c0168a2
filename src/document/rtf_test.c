#include "rtf.h"

#include "document/document_test.h"

/* Where it is the package, its names say that it was found in the end. */
static const struct test_row rows[] = {
    { "package.rtf", "label.bin", NULL },
    { "package.rtf", "C:\\path.bin", NULL },
    { "package.rtf", "C:\\temp.bin", NULL },
    { "blanks.rtf", "label.bin", NULL },
    { "words.rtf", "label.bin", NULL },
    { "groups.rtf", "label.bin", NULL },
    { "data-groups.rtf", "label.bin", NULL },
    { "starred-data.rtf", "label.bin", NULL },
    { "decoy-groups.rtf", "label.bin", NULL },
    { "bin.rtf", "label.bin", NULL },
    { "escape-skip.rtf", "label.bin", NULL },
    { "escape-data.rtf", "label.bin", NULL },
    { "escape-drop.rtf", "label.bin", NULL },
    { "number.rtf", "label.bin", NULL },
    { "prefix.rtf", "label.bin", NULL },
    { "garbage.rtf", "label.bin", NULL },
    { "open.rtf", "label.bin", NULL },
    { "version.rtf", "label.bin", NULL },
    { "native.rtf", NULL, NULL },
    { "pict.rtf", NULL, NULL },
    { "pict-bin.rtf", NULL, NULL },
};

static struct collect collect;

static void test_exact(const char *folder, const char *file, const char *bytes, const char *note)
{
    struct span content = test_file(folder, file);
    test_context(file);
    collect_init(&collect);
    collect_read(&collect, rtf_read, content);
    CHECK(collect_find(&collect, span_text(bytes)) != NULL);
    CHECK(note == NULL ? collect.note_count == 0 : collect_has_note(&collect, UNPACK_DAMAGED, note));
    collect_fini(&collect);
    free((void *)(uintptr_t)content.data);
}

/* Destinations without an end, inside of each other: the work is counted. */
static void test_work(void)
{
    enum { SIZE = 1 << 20 };
    char *content = memory_new(SIZE);
    for (size_t i = 0; i < SIZE; i++)
        content[i] = "\\pict00"[i % 7];
    collect_init(&collect);
    collect.most_steps = 16 * SIZE;
    collect_read(&collect, rtf_read, span_of(content, SIZE));
    CHECK(collect.count < 64 && collect.steps > collect.most_steps);
    collect_fini(&collect);
    free(content);
}

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : ".";
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        test_file_row(folder, &rows[i], rtf_looks, rtf_read);
    test_exact(folder, "package.rtf", PAYLOAD, NULL);
    test_exact(folder, "native.rtf", PAYLOAD, NULL);
    test_exact(folder, "pict.rtf", PAYLOAD PAYLOAD, NULL);
    test_exact(folder, "pict-bin.rtf", PAYLOAD PAYLOAD, NULL);
    test_exact(folder, "cut.rtf", "the payload: harmless, and lo", "cut short");
    CHECK(!rtf_looks(span_text("a text about {\\rt and \\pict")));
    CHECK(!rtf_looks(span_text("{\\r}")));
    test_work();
    return test_end();
}

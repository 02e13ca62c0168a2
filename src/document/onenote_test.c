#include "onenote.h"

#include "document/document_test.h"

static const struct test_row rows[] = {
    { "file.one", NULL, NULL },
    { "inner.one", NULL, NULL },
    { "size.one", NULL, "onenote: an embedded file is cut short" },
};

static struct collect collect;

static void test_exact(const char *folder, const char *file, const char *bytes, size_t members, size_t notes)
{
    struct span content = test_file(folder, file);
    test_context(file);
    CHECK(onenote_looks(content));
    collect_init(&collect);
    collect_read(&collect, onenote_read, content);
    CHECK(bytes == NULL || collect_find(&collect, span_text(bytes)) != NULL);
    CHECK(collect.count == members && collect.note_count == notes);
    collect_fini(&collect);
    free((void *)(uintptr_t)content.data);
}

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : ".";
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        test_file_row(folder, &rows[i], onenote_looks, onenote_read);
    test_exact(folder, "file.one", PAYLOAD, 2, 0);
    test_exact(folder, "inner.one", PAYLOAD, 2, 0);
    test_exact(folder, "cut.one", "the payload: harmless, and long enough to be looked for.", 1, 1);
    test_exact(folder, "none.one", NULL, 0, 0);
    CHECK(!onenote_looks(span_text("\xe4\x52\x5c\x7b")));
    return test_end();
}

#include "activemime.h"

#include "document/document_test.h"

static const struct test_row rows[] = {
    { "usual.mso", NULL, NULL },
    { "other.mso", NULL, NULL },
    { "wrong.mso", NULL, NULL },
    { "cut.mso", NULL, "activemime: no whole stream" },
};

static struct collect collect;

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : ".";
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        test_file_row(folder, &rows[i], activemime_looks, activemime_read);
    struct span content = test_file(folder, "nothing.mso");
    collect_init(&collect);
    collect_read(&collect, activemime_read, content);
    CHECK(collect.count == 0 && collect_has_note(&collect, UNPACK_DAMAGED, "activemime"));
    collect_fini(&collect);
    free((void *)(uintptr_t)content.data);
    CHECK(!activemime_looks(span_text("ActiveMime")) && !activemime_looks(span_text("Active content")));
    return test_end();
}

#include "tnef.h"

#include "document/document_test.h"

static const struct test_row rows[] = {
    { "file.dat", "file.bin", NULL },
    { "sum.dat", "file.bin", NULL },
    { "late-name.dat", "SHORT.BIN", NULL },
    { "late-name.dat", "long n\xc3\xa4me.bin", NULL },
    { "binary.dat", "in.bin", NULL },
    { "rtf.dat", NULL, NULL },
    { "html.dat", NULL, NULL },
    { "body.dat", NULL, NULL },
    { "cut.dat", "file.bin", "cut short" },
    { "level.dat", "file.bin", "cut short" },
};

static struct collect collect;

/* A mail in the mail is TNEF itself, and the second attachment has its own name alone. */
static void test_members(const char *folder)
{
    struct span content = test_file(folder, "message.dat");
    collect_init(&collect);
    collect_read(&collect, tnef_read, content);
    const struct collect_member *mail = collect_named(&collect, "a mail");
    CHECK(mail != NULL && tnef_looks(buf_span(&mail->bytes)));
    CHECK(collect.note_count == 0);
    collect_fini(&collect);
    free((void *)(uintptr_t)content.data);

    content = test_file(folder, "late-name.dat");
    collect_init(&collect);
    collect_read(&collect, tnef_read, content);
    const struct collect_member *other = collect_find(&collect, span_text("other"));
    CHECK(other != NULL && strcmp(other->names, "other.bin|") == 0);
    collect_fini(&collect);
    free((void *)(uintptr_t)content.data);
}

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : ".";
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        test_file_row(folder, &rows[i], tnef_looks, tnef_read);
    test_members(folder);
    CHECK(!tnef_looks(span_text("\x78\x9f\x3e text")));
    return test_end();
}

#include "xml.h"

#include "document/document_test.h"

static const struct test_row rows[] = {
    { "word.xml", "oledata.mso", NULL },
    { "short.xml", "oledata.mso", NULL },
    { "flat.xml", "/word/embeddings/file.bin", NULL },
    { "blanks.xml", "oledata.mso", NULL },
    { "comments.xml", "oledata.mso", NULL },
    { "cdata.xml", "oledata.mso", NULL },
    { "references.xml", "oledata.mso", NULL },
    { "utf16le.xml", "oledata.mso", NULL },
    { "utf16be.xml", "oledata.mso", NULL },
    { "utf8.xml", "/word/embeddings/file.bin", NULL },
    { "pads.xml", "oledata.mso", NULL },
    { "junk.xml", "oledata.mso", NULL },
    { "other.xml", "n\xc3\xa4me.doc", NULL },
    { "bare.xml", "a.mso", NULL },
    { "cut.xml", "oledata.mso", "xml: cut short in base64" },
};

static struct collect collect;

/* Words in a row are no base64. */
static void test_text(const char *folder, const char *file)
{
    struct span content = test_file(folder, file);
    test_context(file);
    CHECK(xml_looks(content));
    collect_init(&collect);
    collect_read(&collect, xml_read, content);
    CHECK(collect.count == 0 && collect.note_count == 0);
    collect_fini(&collect);
    free((void *)(uintptr_t)content.data);
}

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : ".";
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        test_file_row(folder, &rows[i], xml_looks, xml_read);
    test_text(folder, "prose.xml");
    test_text(folder, "hash.xml");
    CHECK(!xml_looks(span_text("<html>")) && !xml_looks(span_text("")) && !xml_looks(span_text(" x <?xml")));
    return test_end();
}

#include "ole.h"

#include "document/document_test.h"
#include "document/lzfu.h"
#include "document/ovba.h"

static const struct test_row rows[] = {
    { "mini.doc", "Store/Payload\xc3\xbc", NULL },
    { "big.doc", "Data", NULL },
    { "v4.doc", "Data", NULL },
    { "loop.doc", "Data", "sectors" },
    { "cut.doc", "Data", "sectors" },
    { "orphan.doc", "Lost", NULL },
    { "orphan-storage.doc", "Gone/Lost", NULL },
    { "cutoff.doc", "Lost", NULL },
    { "package.doc", "label.bin", NULL },
    { "package.doc", "C:\\temp.bin", NULL },
    { "package.doc", "C:\\temp\xc3\xbc.bin", NULL },
    { "native.doc", "\1Ole10Native", NULL },
    { "mail.msg", "long name.txt", NULL },
    { "mail.msg", "LONGNA~1.TXT", NULL },
    { "rtf.msg", "__substg1.0_10090102", NULL },
    { "macro.doc", "Macros/VBA/Module1", NULL },
    { "names.msi", "disk1.cab", NULL },
    { "object.ppt", "PowerPoint Document", NULL },
    { "metafile.doc", "Data", NULL },
    { "encrypted.doc", "Payload", "ole: encrypted Word document" },
    { "encrypted.xls", "Payload", "ole: encrypted Excel workbook" },
    { "encrypted.ppt", "Payload", "ole: encrypted PowerPoint presentation" },
    { "encrypted.docx", "Payload", "ole: encrypted Office document" },
};

static struct collect collect;

/* A whole member, byte by byte. */
static void test_exact(const char *folder, const char *file, const char *bytes, const char *note)
{
    struct span content = test_file(folder, file);
    test_context(file);
    collect_init(&collect);
    collect_read(&collect, ole_read, content);
    CHECK(collect_find(&collect, span_text(bytes)) != NULL);
    CHECK(note == NULL ? collect.note_count == 0 : collect_has_note(&collect, UNPACK_DAMAGED, note));
    collect_fini(&collect);
    free((void *)(uintptr_t)content.data);
}

/* Cut anywhere, nothing but what was there comes out, and it is said. */
static void test_cut(const char *folder)
{
    struct span content = test_file(folder, "mini.doc");
    for (size_t size = 0; size < content.size; size += 61) {
        collect_init(&collect);
        collect_read(&collect, ole_read, span_slice(content, 0, size));
        CHECK(size > 2112 || collect.note_count == 1); /* the payload ends there */
        collect_fini(&collect);
    }
    free((void *)(uintptr_t)content.data);
}

/* The examples of MS-OVBA 3.2 and MS-OXRTFCP 3.1. */
static void test_examples(void)
{
    static const char packed[] =
        "\x01\x2f\xb0\x00\x23\x61\x61\x61\x62\x63\x64\x65\x82\x66\x00\x70\x61\x67\x68\x69\x6a\x01"
        "\x38\x08\x61\x6b\x6c\x00\x30\x6d\x6e\x6f\x70\x06\x71\x02\x70\x04\x10\x72\x73\x74\x75\x76"
        "\x10\x77\x78\x79\x7a\x00\x3c";
    struct buf plain;
    buf_init(&plain, 4096);
    ovba_unpack(span_of(packed, sizeof packed - 1), &plain);
    CHECK(span_is(buf_span(&plain), "#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa"));
    buf_fini(&plain);

    static const char rtf[] =
        "\x2d\x00\x00\x00\x2b\x00\x00\x00\x4c\x5a\x46\x75\xf1\xc5\xc7\xa7\x03\x00\x0a\x00\x72\x63\x70\x67"
        "\x31\x32\x35\x42\x32\x0a\xf3\x20\x68\x65\x6c\x09\x00\x20\x62\x77\x05\xb0\x6c\x64\x7d\x0a"
        "\x80\x0f\xa0";
    collect_init(&collect);
    CHECK(unpack_begin(&collect.unpack, &(struct unpack_member){ 0 }));
    CHECK(lzfu_put(&collect.unpack, span_of(rtf, sizeof rtf - 1)) == UNPACK_WHOLE);
    unpack_end(&collect.unpack);
    CHECK(collect_find(&collect, span_text("{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n")) != NULL);
    collect_fini(&collect);
}

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : ".";
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        test_file_row(folder, &rows[i], ole_looks, ole_read);
    test_exact(folder, "package.doc", PAYLOAD, NULL);
    test_exact(folder, "package-cut.doc", "the payload: harmless, and long enough ", "embedded");
    test_exact(folder, "native.doc", PAYLOAD, NULL);
    test_exact(folder, "mail.msg", "{\\rtf1 mail text}", NULL);
    test_exact(folder, "rtf.msg", PAYLOAD "{\\rtf1 \\fswiss and more}", NULL);
    test_exact(folder, "macro.doc", PAYLOAD "Attribute VB_Name = \"Module1\"\r\n" PAYLOAD, NULL);
    test_exact(folder, "macro-no-dir.doc", "Attribute VB_Name = \"M\"\r\n" PAYLOAD, NULL);
    test_exact(folder, "metafile.doc", PAYLOAD, NULL);
    test_exact(folder, "object.ppt", PAYLOAD, NULL);
    test_cut(folder);
    test_examples();
    CHECK(!ole_looks(span_text("\xd0\xcf\x11\xe0 text")));
    return test_end();
}

#include "unopened.h"

#include "base/test.h"
#include "unpack/collect.h"

#include <string.h>

enum { CONTENT_SIZE = 2048 };

struct row {
    const char *name;
    const char *start;
    size_t size;
    size_t at;
    const char *note; /* NULL: nothing is seen in it */
};

#define ROW(name, at, start, note)                                                                                     \
    {                                                                                                                  \
        (name), (start), sizeof(start) - 1, (at), (note)                                                               \
    }

static void test_rows(void)
{
    static const struct row rows[] = {
        ROW("ACE", 0, "\x5d\xf6\x31\0\0\0\0**ACE**\x14\x14\2\0", "ACE archive"),
        ROW("ACE as text", 0, "rather **ACE** it is", NULL),
        ROW("ALZ", 0, "ALZ\1\n\0\0\0BLZ\1", "ALZip archive"),
        ROW("EGG", 0, "EGGA\0\1\1\2\3\4\0\0\0\0", "EGG archive"),
        ROW("ARC", 0,
            "\x1a\x08"
            "A.TXT\0\0\0\0\0\0\0\0"
            "\4\0\0\0"
            "\0\0\0\0"
            "\0\0"
            "\4\0\0\0"
            "data\x1a\0",
            "ARC archive"),
        ROW("ARC without an end", 0,
            "\x1a\x08"
            "A.TXT\0\0\0\0\0\0\0\0"
            "\4\0\0\0"
            "\0\0\0\0"
            "\0\0"
            "\4\0\0\0"
            "data",
            NULL),
        ROW("a text behind Control-Z", 0, "\x1a\x08 a text", NULL),
        ROW("ZOO", 20, "\xdc\xa7\xc4\xfd", "ZOO archive"),
        ROW("StuffIt", 0, "SIT!\0\1\0\0\0\x64rLau\1", "StuffIt archive"),
        ROW("StuffIt 5", 0, "StuffIt (c)1997-", "StuffIt archive"),
        ROW("a text about StuffIt", 0, "StuffIt is a program", NULL),
        ROW("WIM", 0, "MSWIM\0\0\0\xd0\0\0\0", "WIM image"),
        ROW("VMDK", 0, "KDMV\1\0\0\0", "VMDK image"),
        ROW("VDI", 64, "\x7f\x10\xda\xbe", "VDI image"),
        ROW("QCOW", 0, "QFI\xfb\0\0\0\3", "QCOW image"),
        ROW("DMG", CONTENT_SIZE - 512, "koly\0\0\0\4\0\0\2\0", "DMG image"),
        ROW("OpenSSL", 0, "Salted__12345678", "OpenSSL: encrypted"),
        ROW("age", 0, "age-encryption.org/v1\n-> x", "age: encrypted"),
        ROW("AES Crypt", 0, "AES\2\0", "AES Crypt: encrypted"),
        ROW("a text about AES", 0, "AES is a cipher", NULL),
        ROW("rights-managed message", 0, "\x76\xe8\x04\x60\xc4\x11\xe3\x86\xa0\x0f",
            "rights-managed message: encrypted"),
        ROW("XAR", 0, "xar!\0\x1c\0\1\0\0", "XAR archive"),
        ROW("lrzip", 0, "LRZI\0\6", "lrzip file"),
        ROW("InstallShield", 0, "ISc(\x0c\x60\0\1\0\0\0\0\0\2\0\0", "InstallShield cabinet"),
        ROW("Outlook", 0, "!BDN\x12\x34\x56\x78SM\x17\0", "Outlook mailbox"),
        ROW("NSIS", 0, "MZ\0\0\xef\xbe\xad\xdeNullsoftInst\0\0", "NSIS installer"),
        ROW("NSIS without a program", 0, "  \0\0\xef\xbe\xad\xdeNullsoftInst\0\0", NULL),
        ROW("Inno Setup", 0, "MZ\0\0Inno Setup Setup Data (5.5.0)\0", "Inno Setup installer"),
        ROW("an ACE that unpacks itself", 0, "MZ\0\0\x5d\xf6\x31\0\0\0\0**ACE**\x14\x14\2\0", "ACE archive"),
        ROW("nothing", 0, "", NULL),
    };
    static struct collect collect;
    static char content[CONTENT_SIZE];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].name);
        memset(content, 0, sizeof content);
        memcpy(content + rows[i].at, rows[i].start, rows[i].size);
        struct span whole = span_of(content, sizeof content);
        collect_init(&collect);
        collect_read(&collect, unopened_read, whole);
        CHECK(unopened_looks(whole) == (rows[i].note != NULL));
        CHECK(collect.count == 0 && collect.note_count == (rows[i].note != NULL ? 1 : 0));
        bool is_encrypted = rows[i].note != NULL && strstr(rows[i].note, "encrypted") != NULL;
        CHECK(rows[i].note == NULL ||
              collect_has_note(&collect, is_encrypted ? UNPACK_ENCRYPTED : UNPACK_UNSUPPORTED, rows[i].note));
        collect_fini(&collect);
    }
    for (size_t size = 0; size < 40; size++)
        (void)unopened_looks(span_of(content, size));
}

int main(void)
{
    test_rows();
    return test_end();
}

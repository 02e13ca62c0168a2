#include "unopened.h"

#include "archive/place.h"

#include <string.h>

/* Is it really one? `rest` begins with the magic's file, or with the place where the magic was found. */
typedef bool unopened_check(struct span rest);

struct unopened_row {
    const char *name;
    const char *magic; /* its NULs count */
    size_t size;
    size_t at;
    unopened_check *check; /* NULL: the magic is enough */
};

#define ROW(name, at, magic, check)                                                                                    \
    {                                                                                                                  \
        (name), (magic), sizeof(magic) - 1, (at), (check)                                                              \
    }

enum { ARC_HEADER = 29, ACE_HEADER = 14, DMG_TRAILER = 512, INNO_FIELD = 64 };

static unsigned byte_at(struct span rest, size_t at)
{
    return at < rest.size ? (unsigned char)rest.data[at] : 0;
}

static bool has(struct span rest, size_t at, const char *text)
{
    return span_starts_with(span_from(rest, at), text);
}

static bool check_ace(struct span rest)
{
    return byte_at(rest, 4) == 0 && place_u16(rest, 2) >= ACE_HEADER;
}

static bool check_alz(struct span rest)
{
    return has(rest, 8, "BLZ\1") || has(rest, 8, "CLZ\1");
}

static bool check_egg(struct span rest)
{
    return place_u16(rest, 4) == 0x0100;
}

/* Each member begins with 0x1a and the method, and the last is followed by 0x1a and 0. A name is that of DOS. */
static bool check_arc(struct span rest)
{
    unsigned method = byte_at(rest, 1);
    uint64_t size = place_u32(rest, 15);
    size_t name = 0;
    while (name < 13 && byte_at(rest, 2 + name) > ' ' && byte_at(rest, 2 + name) < 0x7f)
        name++;
    if (method < 2 || method > 11 || name == 0 || name == 13 || byte_at(rest, 2 + name) != 0)
        return false;
    return rest.size > ARC_HEADER && size <= rest.size - ARC_HEADER - 1 &&
           byte_at(rest, ARC_HEADER + (size_t)size) == 0x1a;
}

static bool check_stuffit(struct span rest)
{
    return has(rest, 10, "rLau");
}

static bool check_small_version(struct span rest)
{
    return place_u32(rest, 4) >= 1 && place_u32(rest, 4) <= 3;
}

static bool check_qcow(struct span rest)
{
    return rest.size >= 8 && memcmp(rest.data + 4, "\0\0\0", 3) == 0 && byte_at(rest, 7) >= 1 && byte_at(rest, 7) <= 3;
}

static bool check_squashfs(struct span rest)
{
    unsigned major = place_u16(rest, 28);
    return rest.size >= 96 && ((major >= 1 && major <= 4) || (byte_at(rest, 28) == 0 && byte_at(rest, 29) <= 4));
}

static bool check_xar(struct span rest)
{
    return byte_at(rest, 4) == 0 && byte_at(rest, 5) >= 28 && byte_at(rest, 6) == 0 && byte_at(rest, 7) == 1;
}

static bool check_version_0(struct span rest)
{
    return byte_at(rest, 4) == 0 && rest.size > 24;
}

static bool check_version_2(struct span rest)
{
    return byte_at(rest, 4) == 2 && rest.size > 24;
}

static bool check_uharc(struct span rest)
{
    return byte_at(rest, 3) >= 1 && byte_at(rest, 3) <= 6 && rest.size > 24;
}

static bool check_installshield(struct span rest)
{
    unsigned version = byte_at(rest, 7);
    return (version == 1 || version == 2 || version == 4) && place_u32(rest, 12) == 0x200;
}

static bool check_outlook(struct span rest)
{
    return has(rest, 8, "SM") || has(rest, 8, "SO");
}

static bool check_aes_crypt(struct span rest)
{
    return byte_at(rest, 3) <= 3 && byte_at(rest, 4) == 0 && rest.size > 64;
}

static bool check_blakhole(struct span rest)
{
    return byte_at(rest, 2) >= 5 && byte_at(rest, 2) <= 7 && byte_at(rest, 3) == 7 && rest.size > 24;
}

/* By the first bytes. */
static const struct unopened_row unopened_rows[] = {
    ROW("ACE archive", 7, "**ACE**", check_ace),
    ROW("ALZip archive", 0, "ALZ\1", check_alz),
    ROW("EGG archive", 0, "EGGA", check_egg),
    ROW("ARC archive", 0, "\x1a", check_arc),
    ROW("ZOO archive", 20, "\xdc\xa7\xc4\xfd", NULL),
    ROW("StuffIt archive", 0, "SIT!", check_stuffit),
    ROW("StuffIt archive", 0, "StuffIt (c)", NULL),
    ROW("StuffIt X archive", 0, "StuffIt!", NULL),
    ROW("StuffIt X archive", 0, "StuffIt?", NULL),
    ROW("WIM image", 0, "MSWIM\0\0\0", NULL),
    ROW("WIM image", 0, "WLPWM\0\0\0", NULL),
    ROW("VMDK image", 0, "KDMV", check_small_version),
    ROW("VMDK image", 0, "COWD", check_small_version),
    ROW("VMDK image", 0, "# Disk DescriptorFile", NULL),
    ROW("VHDX image", 0, "vhdxfile", NULL),
    ROW("VDI image", 64, "\x7f\x10\xda\xbe", NULL),
    ROW("QCOW image", 0, "QFI\xfb", check_qcow),
    ROW("SquashFS image", 0, "hsqs", check_squashfs),
    ROW("SquashFS image", 0, "sqsh", check_squashfs),
    ROW("EnCase image", 0, "EVF\x09\x0d\x0a\xff\0", NULL),
    ROW("XAR archive", 0, "xar!", check_xar),
    ROW("lrzip file", 0, "LRZI", check_version_0),
    ROW("rzip file", 0, "RZIP", check_version_2),
    ROW("lzop file", 0, "\x89LZO\0\r\n\x1a\n", NULL),
    ROW("zpaq archive", 0, "7kSt\xa0\x31\x83\xd3\x8c\xb2\x28\xb0\xd3", NULL),
    ROW("snappy file", 0, "\xff\6\0\0sNaPpY", NULL),
    ROW("S2 file", 0, "\xff\6\0\0S2sTwO", NULL),
    ROW("brotli file", 0, "\xce\xb2\xcf\x81", NULL),
    ROW("pbzx file", 0, "pbzx\0", NULL),
    ROW("UHARC archive", 0, "UHA", check_uharc),
    ROW("InstallShield cabinet", 0, "ISc(", check_installshield),
    ROW("Outlook mailbox", 0, "!BDN", check_outlook),
    ROW("Outlook Express mailbox", 0, "\xcf\xad\x12\xfe\xc5\xfd\x74\x6f", NULL),
    ROW("Symbian package", 0, "\x7a\x1a\x20\x10", NULL),
    ROW("Symbian package", 4, "\x12\x3a\0\x10\x19\x04\0\x10", NULL),
    ROW("Symbian package", 4, "\x6d\0\0\x10\x19\x04\0\x10", NULL),
    ROW("FreeArc archive", 0, "ArC\1", NULL),
    ROW("ZPAQ archive", 0, "7kSt\xa0\x31\x83\xd3\x8c\xb2\x28\xb0\xd3zPQ", NULL),
    ROW("KGB archive", 0, "KGB_arch -", NULL),
    ROW("DMS image", 0, "DMS!", check_version_0),
    ROW("JAR archive", 14, "\x1aJar\x1b", NULL),
    ROW("SQX archive", 7, "-sqx-", NULL),
    ROW("BlakHole archive", 0, "BH", check_blakhole),
    ROW("RAR archive before 1.5", 0, "RE\x7e\x5e", NULL),
    ROW("Pack200 archive", 0, "\xca\xfe\xd0\x0d", NULL),
    ROW("Android backup", 0, "ANDROID BACKUP\n", NULL),
};

/* Nothing is found in these without a key. */
static const struct unopened_row unopened_encrypted_rows[] = {
    ROW("OpenSSL", 0, "Salted__", NULL),
    ROW("age", 0, "age-encryption.org/v1\n", NULL),
    ROW("age", 0, "-----BEGIN AGE ENCRYPTED FILE-----", NULL),
    ROW("AES Crypt", 0, "AES", check_aes_crypt),
    ROW("AxCrypt", 0, "\xc0\xb9\x07\x2e\x4f\x93\xf1\x46\xa0\x15\x79\x2c\xa1\xd9\xe8\x21", NULL),
    ROW("rights-managed message", 0, "\x76\xe8\x04\x60\xc4\x11\xe3\x86", NULL),
    ROW("Vim", 0, "VimCrypt~0", NULL),
    ROW("Ansible", 0, "$ANSIBLE_VAULT;", NULL),
};

static bool check_inner_inno(struct span found)
{
    struct span field = span_slice(found, 0, INNO_FIELD);
    size_t end = span_find_byte(field, ')');
    return field.size == INNO_FIELD && end != SPAN_NONE && byte_at(field, INNO_FIELD - 1) == 0;
}

/* Behind a program. */
static const struct unopened_row unopened_inner_rows[] = {
    ROW("NSIS installer", 0, "\xef\xbe\xad\xdeNullsoftInst", NULL),
    ROW("Inno Setup installer", 0, "Inno Setup Setup Data (", check_inner_inno),
    ROW("InstallShield cabinet", 0, "ISc(", check_installshield),
    ROW("ACE archive", 7, "**ACE**", check_ace),
};

static bool row_is(const struct unopened_row *row, struct span content)
{
    struct span magic = span_of(row->magic, row->size);
    return span_equal(span_slice(content, row->at, row->size), magic) && (row->check == NULL || row->check(content));
}

/* UDIF: a trailer of 512 bytes, with its version and its own size. */
static bool is_dmg(struct span content)
{
    static const char magic[] = { 'k', 'o', 'l', 'y', 0, 0, 0, 4, 0, 0, 2, 0 };
    if (content.size < DMG_TRAILER)
        return false;
    return memcmp(content.data + content.size - DMG_TRAILER, magic, sizeof magic) == 0;
}

static bool inner_row_is(const struct unopened_row *row, struct span content)
{
    struct span magic = span_of(row->magic, row->size);
    for (size_t from = 0; from < content.size;) {
        size_t at = span_find(span_from(content, from), magic);
        if (at == SPAN_NONE)
            return false;
        from += at;
        if (from >= row->at && (row->check == NULL || row->check(span_from(content, from - row->at))))
            return true;
        from++;
    }
    return false;
}

/* The format's name, or NULL. */
static const char *unopened_name(struct span content)
{
    for (size_t i = 0; i < sizeof unopened_rows / sizeof unopened_rows[0]; i++) {
        if (row_is(&unopened_rows[i], content))
            return unopened_rows[i].name;
    }
    if (is_dmg(content))
        return "DMG image";
    if (!has(content, 0, "MZ"))
        return NULL;
    for (size_t i = 0; i < sizeof unopened_inner_rows / sizeof unopened_inner_rows[0]; i++) {
        if (inner_row_is(&unopened_inner_rows[i], content))
            return unopened_inner_rows[i].name;
    }
    return NULL;
}

static const char *encrypted_name(struct span content)
{
    for (size_t i = 0; i < sizeof unopened_encrypted_rows / sizeof unopened_encrypted_rows[0]; i++) {
        if (row_is(&unopened_encrypted_rows[i], content))
            return unopened_encrypted_rows[i].name;
    }
    return NULL;
}

bool unopened_looks(struct span content)
{
    return unopened_name(content) != NULL || encrypted_name(content) != NULL;
}

void unopened_read(struct unpack *unpack, struct span content)
{
    const char *name = unopened_name(content);
    if (name != NULL)
        unpack_note(unpack, UNPACK_UNSUPPORTED, "%s", name);
    name = encrypted_name(content);
    if (name != NULL)
        unpack_note(unpack, UNPACK_ENCRYPTED, "%s: encrypted", name);
}

/* The archives below were made by 7z 26 and xorriso 1.5; "the payload" is PAYLOAD. */
#include "libarchive.h"

#include "base/base64.h"
#include "base/test.h"
#include "unpack/collect.h"

#include <stdlib.h>
#include <string.h>

#define LINE "the payload, which is a few words long and says nothing else\n"
#define PAYLOAD LINE LINE LINE
#define OTHER "another text\n"

enum { ARCHIVE_SIZE = 1 << 16 };

static char archive_bytes[ARCHIVE_SIZE];

static struct span archive_of(const char *base64)
{
    struct base64 decoder = { 0 };
    struct span rest = span_text(base64);
    size_t size = base64_decode(&decoder, &rest, archive_bytes, sizeof archive_bytes - 4);
    size += base64_flush(&decoder, archive_bytes + size);
    return span_of(archive_bytes, size);
}

/* payload.txt and other.txt, AES-256, infected */
static const char zip_aes[] =
    "UEsDBDMAAQBjAIeEel0AAAAAKQAAAA0AAAAJAAsAb3RoZXIudHh0AZkHAAIAQUUDAABnGEamQ/3albGPFwNJBDmYjwXNKymtvkhKtPRRvhXRYD"
    "0zx1jpYpG5klBLAwQzAAEAYwCHhHpdAAAAAFoAAAC3AAAACwALAHBheWxvYWQudHh0AZkHAAIAQUUDCAB2zlvaWioTLbhsTjbyn3b4vrME82ZK"
    "o/Vrbn7f/axrgATxESzg33sgFXWTcvlf7uNQU9WlPK4VBN7kL+SXYVRcr0Ihu+xEWjmJpRAM0ITOIUkNNO/Oo31gVhJQSwECPwMzAAEAYwCHhH"
    "pdAAAAACkAAAANAAAACQAvAAAAAAAAACCApIEAAAAAb3RoZXIudHh0CgAgAAAAAAABABgAO710QMR93QEAAAAAAAAAAAAAAAAAAAAAAZkHAAIA"
    "QUUDAABQSwECPwMzAAEAYwCHhHpdAAAAAFoAAAC3AAAACwAvAAAAAAAAACCApIFbAAAAcGF5bG9hZC50eHQKACAAAAAAAAEAGAA7vXRAxH3dAQ"
    "AAAAAAAAAAAAAAAAAAAAABmQcAAgBBRQMIAFBLBQYAAAAAAgACAM4AAADpAAAAAAA=";

/* payload.txt, PPMd, AES-128, sesame */
static const char zip_aesppmd[] =
    "UEsDBD8AAQBjAIeEel0AAAAAUAAAALcAAAALAAsAcGF5bG9hZC50eHQBmQcAAgBBRQFiAGHgfurMJRExHtq8K74gazAMHqeqnIaFHI8OeWOQiw"
    "KWIU9Skw+TXae80MtXfpUXuHSXG2ZQlFYWm4Pv6uEtyBl7iARMdRb6ZIzYPvRP2xoLUEsBAj8DPwABAGMAh4R6XQAAAABQAAAAtwAAAAsALwAA"
    "AAAAAAAggKSBAAAAAHBheWxvYWQudHh0CgAgAAAAAAABABgAO710QMR93QEAAAAAAAAAAAAAAAAAAAAAAZkHAAIAQUUBYgBQSwUGAAAAAAEAAQ"
    "BoAAAAhAAAAAAA";

/* payload.txt, PPMd */
static const char zip_ppmd[] =
    "UEsDBD8AAABiAIeEel1Y1lXVPAAAALcAAAALAAAAcGF5bG9hZC50eHQHAHPybyzh4AnBBCslqKL8Qcp9Ogv9QopTUi72nxGStlwl3Y3uYvMyPq"
    "XIXVee8r26VUOIJAAAXnL3CABQSwECPwM/AAAAYgCHhHpdWNZV1TwAAAC3AAAACwAkAAAAAAAAACCApIEAAAAAcGF5bG9hZC50eHQKACAAAAAA"
    "AAEAGAA7vXRAxH3dAQAAAAAAAAAAAAAAAAAAAABQSwUGAAAAAAEAAQBdAAAAZQAAAAAA";

/* other.txt, stored, the old encryption, infected */
static const char zip_old[] =
    "UEsDBBQAAQAAAIeEel0+2dnTGQAAAA0AAAAJAAAAb3RoZXIudHh0XCeHMnVZPUC4gABiB3SLA55/tAmLr048KlBLAQI/AxQAAQAAAIeEel0+2d"
    "nTGQAAAA0AAAAJACQAAAAAAAAAIICkgQAAAABvdGhlci50eHQKACAAAAAAAAEAGAA7vXRAxH3dAQAAAAAAAAAAAAAAAAAAAABQSwUGAAAAAAEA"
    "AQBbAAAAQAAAAAAA";

/* payload.txt and plain.zip with sesame, other.txt with infected */
static const char zip_two[] =
    "UEsDBDMAAQBjAIeEel0AAAAAKQAAAA0AAAAJAAsAb3RoZXIudHh0AZkHAAIAQUUDAABnGEamQ/3albGPFwNJBDmYjwXNKymtvkhKtPRRvhXRYD"
    "0zx1jpYpG5klBLAwQzAAEAYwCHhHpdAAAAAFoAAAC3AAAACwALAHBheWxvYWQudHh0AZkHAAIAQUUDCAC6Ku9ImclYp6Hbs+SGV6wYMtmcEiTC"
    "ncqiIEmhZjs8R/sf3k4og5MENdfmewc0Kbg+YeIsuZK8ZaTILFV6SkzfdqJEUd0mH2lnNdY5frIEjKGNpVdUt7nM+6RQSwMEMwABAGMAh4R6XQ"
    "AAAADaAAAA2gAAAAkACwBwbGFpbi56aXABmQcAAgBBRQMIAGy28eqp2Gt4RuAOGZKwwrJEEb+lHkprwZASAEEYQY8O2oTJsFXGUGRw0ECk4AGH"
    "aUI3vZq3jpGGDdx03dQZumUiMn7MBGfFOtNeQuX1cahREHzuUusP4KQLjNE0vRuN4aHx5umSMHntu+XSqEcPJ/vnMlm23OVEpZUas/SEtPZn4G"
    "v4ecHKBSMENNyQVUzA4A3SXanBW70D254wUYdg72bww3pfFusrpr5F18txCCruZn/9KX3821ycEaaG7vY3tKlihHp99vesgrc4mv+6I/Tj+oGC"
    "YnwJjMsuUEsBAj8DMwABAGMAh4R6XQAAAAApAAAADQAAAAkALwAAAAAAAAAggKSBAAAAAG90aGVyLnR4dAoAIAAAAAAAAQAYADu9dEDEfd0BAA"
    "AAAAAAAAAAAAAAAAAAAAGZBwACAEFFAwAAUEsBAj8DMwABAGMAh4R6XQAAAABaAAAAtwAAAAsALwAAAAAAAAAggKSBWwAAAHBheWxvYWQudHh0"
    "CgAgAAAAAAABABgAO710QMR93QEAAAAAAAAAAAAAAAAAAAAAAZkHAAIAQUUDCABQSwECPwMzAAEAYwCHhHpdAAAAANoAAADaAAAACQAvAAAAAA"
    "AAACCApIHpAAAAcGxhaW4uemlwCgAgAAAAAAABABgA7dx4QMR93QEAAAAAAAAAAAAAAAAAAAAAAZkHAAIAQUUDCABQSwUGAAAAAAMAAwA0AQAA"
    "9QEAAAAA";

/* payload.txt, deflate */
static const char zip_plain[] =
    "UEsDBBQAAAAIAIeEel1Y1lXVPgAAALcAAAALAAAAcGF5bG9hZC50eHTFy8EJwDAIBdB7p/gDdCmptgqipQYk2zdb5PrgDRW8ND2JT7TapbAC4Z"
    "ZG58cFz3hAwSiahcihtkC85NiXf1BLAQI/AxQAAAAIAIeEel1Y1lXVPgAAALcAAAALACQAAAAAAAAAIICkgQAAAABwYXlsb2FkLnR4dAoAIAAA"
    "AAAAAQAYADu9dEDEfd0BAAAAAAAAAAAAAAAAAAAAAFBLBQYAAAAAAQABAF0AAABnAAAAAAA=";

static bool is_all_opened;

static void read_zip(struct unpack *unpack, struct span content)
{
    is_all_opened = libarchive_read_zip(unpack, content);
}

static const char *const right[] = { "wrong", "", "infected", "other", "sesame", NULL };
static const char *const one[] = { "infected", NULL };
static const char *const none[] = { "wrong", "Infected", NULL };

struct zip_row {
    const char *name;
    const char *base64;
    const char *const *passwords;
    bool is_all_opened;
    bool has_payload;
    bool has_other;
};

static void test_zip(void)
{
    static const struct zip_row rows[] = {
        { "AES, the right candidates", zip_aes, right, true, true, true },
        { "AES, wrong candidates", zip_aes, none, false, false, false },
        { "AES, no candidates", zip_aes, NULL, false, false, false },
        { "PPMd in AES", zip_aesppmd, right, false, false, false },
        { "PPMd in AES, not its password", zip_aesppmd, one, false, false, false },
        { "PPMd", zip_ppmd, NULL, false, true, false },
        { "the old encryption", zip_old, right, true, false, true },
        { "the old encryption, wrong candidates", zip_old, none, false, false, false },
        { "two passwords", zip_two, right, true, true, true },
        { "two passwords, one of them known", zip_two, one, false, false, true },
        { "nothing for us", zip_plain, right, false, false, false },
        { "no zip", "dGhlIHBheWxvYWQ=", right, false, false, false },
    };
    static struct collect collect;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].name);
        collect_init(&collect);
        collect.passwords = rows[i].passwords;
        collect.room = 7;
        collect_read(&collect, read_zip, archive_of(rows[i].base64));
        CHECK(is_all_opened == rows[i].is_all_opened);
        CHECK((collect_find(&collect, span_text(PAYLOAD)) != NULL) == rows[i].has_payload);
        CHECK((collect_find(&collect, span_text(OTHER)) != NULL) == rows[i].has_other);
        CHECK(!rows[i].has_payload || collect_named(&collect, "payload.txt") != NULL);
        CHECK(collect.note_count == 0);
        collect_fini(&collect);
    }
    test_context(NULL);
}

/* The data of the first entry by its local header. */
static struct span entry_data(struct span zip, size_t packed_size)
{
    size_t names = (unsigned char)zip.data[26] + (size_t)(unsigned char)zip.data[28];
    return span_slice(zip, 30 + names, packed_size);
}

static struct span wanted_data;
static enum unpack_ending ppmd_ending;

static void read_ppmd(struct unpack *unpack, struct span content)
{
    (void)content;
    static const struct unpack_member member = { .how = "test" };
    CHECK(unpack_begin(unpack, &member));
    ppmd_ending = libarchive_put_ppmd(unpack, wanted_data);
    unpack_end(unpack);
}

static void read_aes_ppmd(struct unpack *unpack, struct span content)
{
    char *plain = NULL;
    size_t size = 0;
    struct span packed = entry_data(content, (unsigned char)content.data[18]);
    CHECK(libarchive_decrypt_aes(unpack, packed, 1, "", &plain, &size) == UNPACK_STOPPED);
    CHECK(libarchive_decrypt_aes(unpack, packed, 1, "infected", &plain, &size) == UNPACK_STOPPED);
    CHECK(libarchive_decrypt_aes(unpack, packed, 2, "sesame", &plain, &size) == UNPACK_STOPPED);
    CHECK(libarchive_decrypt_aes(unpack, packed, 4, "sesame", &plain, &size) == UNPACK_STOPPED);
    CHECK(libarchive_decrypt_aes(unpack, span_slice(packed, 0, 3), 1, "sesame", &plain, &size) == UNPACK_STOPPED);
    CHECK(plain == NULL);
    if (!CHECK(libarchive_decrypt_aes(unpack, packed, 1, "sesame", &plain, &size) == UNPACK_WHOLE))
        return;
    wanted_data = span_of(plain, size);
    read_ppmd(unpack, content);
    free(plain);
    packed.size--;
    CHECK(libarchive_decrypt_aes(unpack, packed, 1, "sesame", &plain, &size) == UNPACK_BROKEN);
    free(plain);
}

static void test_entry(void)
{
    static struct collect collect;
    collect_init(&collect);
    collect.room = 5;
    struct span zip = archive_of(zip_ppmd);
    wanted_data = entry_data(zip, (unsigned char)zip.data[18]);
    collect_read(&collect, read_ppmd, zip);
    CHECK(ppmd_ending == UNPACK_WHOLE && collect_find(&collect, span_text(PAYLOAD)) != NULL);
    collect_fini(&collect);

    collect_init(&collect);
    wanted_data.size /= 2;
    collect_read(&collect, read_ppmd, zip);
    CHECK(ppmd_ending == UNPACK_BROKEN && collect.count == 1);
    collect_fini(&collect);

    collect_init(&collect);
    collect.most_bytes = 20;
    wanted_data = entry_data(zip, (unsigned char)zip.data[18]);
    collect_read(&collect, read_ppmd, zip);
    CHECK(ppmd_ending == UNPACK_STOPPED && collect.members[0].bytes.size == 20);
    collect_fini(&collect);

    collect_init(&collect);
    collect_read(&collect, read_aes_ppmd, archive_of(zip_aesppmd));
    CHECK(ppmd_ending == UNPACK_WHOLE && collect_find(&collect, span_text(PAYLOAD)) != NULL);
    collect_fini(&collect);
}

int main(void)
{
    test_zip();
    test_entry();
    return test_end();
}

#include "zip.h"

#include "base/base64.h"
#include "base/memory.h"
#include "base/test.h"
#include "unpack/collect.h"
#include "unpack/inflate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEST_BYTES = 1 << 20, TEST_STORED = 0, TEST_DEFLATE = 8 };

#define PAYLOAD "this is the payload, and what a scanner must see of it"
#define DECOY "nothing to see here, only text that harms nobody at all"

/* ---- What is built ---- */

/* What both headers of an entry say. */
struct header {
    const char *name;
    size_t name_size; /* 0: strlen */
    struct span extra;
    unsigned flags;
    unsigned method;
    uint32_t crc;
    uint32_t packed_size;
    uint32_t size;
    const char *comment; /* central headers alone */
};

struct archive {
    struct buf bytes;
    struct buf directory;
    size_t entries;
    size_t base; /* that offsets count from */
};

static void put_number(struct buf *buf, uint64_t number, int size)
{
    for (int i = 0; i < size; i++)
        buf_put_char(buf, (char)(unsigned char)(number >> 8 * i));
}

static void put_both(struct buf *buf, const struct header *header)
{
    size_t name_size = header->name_size > 0 ? header->name_size : strlen(header->name);
    put_number(buf, 20, 2);
    put_number(buf, header->flags, 2);
    put_number(buf, header->method, 2);
    put_number(buf, 0x00210000, 4);
    put_number(buf, header->crc, 4);
    put_number(buf, header->packed_size, 4);
    put_number(buf, header->size, 4);
    put_number(buf, name_size, 2);
    put_number(buf, header->extra.size, 2);
}

static void put_names(struct buf *buf, const struct header *header)
{
    buf_put(buf, header->name, header->name_size > 0 ? header->name_size : strlen(header->name));
    buf_put_span(buf, header->extra);
}

static void archive_init(struct archive *archive, const char *prefix)
{
    *archive = (struct archive){ 0 };
    buf_init(&archive->bytes, TEST_BYTES);
    buf_init(&archive->directory, TEST_BYTES);
    buf_put_text(&archive->bytes, prefix);
    archive->base = archive->bytes.size;
}

static void put_local(struct archive *archive, const struct header *local, struct span data)
{
    buf_put(&archive->bytes, "PK\3\4", 4);
    put_both(&archive->bytes, local);
    put_names(&archive->bytes, local);
    buf_put_span(&archive->bytes, data);
}

static void put_central(struct archive *archive, const struct header *central, size_t local)
{
    struct buf *directory = &archive->directory;
    size_t comment_size = central->comment != NULL ? strlen(central->comment) : 0;
    buf_put(directory, "PK\1\2\x3f\3", 6);
    put_both(directory, central);
    put_number(directory, comment_size, 2);
    put_number(directory, 0, 8);
    put_number(directory, local - archive->base, 4);
    put_names(directory, central);
    buf_put(directory, central->comment, comment_size);
    archive->entries++;
}

static void put_entry(struct archive *archive, const struct header *local, const struct header *central,
                      struct span data)
{
    size_t at = archive->bytes.size;
    put_local(archive, local, data);
    put_central(archive, central, at);
}

static void put_end(struct archive *archive, const char *comment)
{
    size_t offset = archive->bytes.size - archive->base;
    buf_put_span(&archive->bytes, buf_span(&archive->directory));
    buf_put(&archive->bytes, "PK\5\6\0\0\0", 8);
    put_number(&archive->bytes, archive->entries, 2);
    put_number(&archive->bytes, archive->entries, 2);
    put_number(&archive->bytes, archive->directory.size, 4);
    put_number(&archive->bytes, offset, 4);
    put_number(&archive->bytes, strlen(comment), 2);
    buf_put_text(&archive->bytes, comment);
    buf_clear(&archive->directory);
    archive->entries = 0;
}

static void archive_fini(struct archive *archive)
{
    buf_fini(&archive->bytes);
    buf_fini(&archive->directory);
}

static struct header stored(const char *name, const char *text)
{
    uint32_t size = (uint32_t)strlen(text);
    return (struct header){ .name = name, .crc = inflate_crc32(0, span_text(text)), .packed_size = size, .size = size };
}

/* A deflated entry of one stored block (RFC 1951 3.2.4). */
static struct header deflated(const char *name, const char *text, struct buf *data_out)
{
    size_t size = strlen(text);
    buf_init(data_out, TEST_BYTES);
    buf_put_char(data_out, 1);
    put_number(data_out, size, 2);
    put_number(data_out, ~size, 2);
    buf_put_text(data_out, text);
    struct header header = stored(name, text);
    header.method = TEST_DEFLATE;
    header.packed_size = (uint32_t)data_out->size;
    return header;
}

/* ---- What is found ---- */

static struct collect *collect_new(struct span content)
{
    static const char *const passwords[] = { "wrong", "secret", NULL };
    struct collect *collect = memory_new(sizeof *collect);
    collect_init(collect);
    collect->room = 7;
    collect->passwords = passwords;
    CHECK(zip_looks(content));
    collect_read(collect, zip_read, content);
    return collect;
}

static void collect_free(struct collect *collect)
{
    collect_fini(collect);
    free(collect);
}

static bool has(const struct collect *collect, const char *text)
{
    return collect_find(collect, span_text(text)) != NULL;
}

/* Reads the archive: the payload comes out, and these many notes are made. */
static struct collect *check_archive(const char *name, struct archive *archive, size_t notes)
{
    test_context(name);
    struct collect *collect = collect_new(buf_span(&archive->bytes));
    CHECK(has(collect, PAYLOAD));
    if (!CHECK(collect->note_count == notes) && collect->note_count > 0)
        (void)fprintf(stderr, "noted: %s\n", collect->notes[0].text);
    archive_fini(archive);
    return collect;
}

static void check_done(struct collect *collect)
{
    collect_free(collect);
    test_context(NULL);
}

/* ---- Made by programs ---- */

static size_t decode(const char *text, char *bytes_out, size_t capacity)
{
    struct base64 base64 = { 0 };
    struct span rest = span_text(text);
    size_t size = base64_decode(&base64, &rest, bytes_out, capacity);
    return size + base64_flush(&base64, bytes_out + size);
}

/* Each has payload.txt, nine lines. */
static void test_programs(void)
{
    static const struct {
        const char *name;
        const char *bytes;
    } rows[] = {
        { "7z, stored",
          "UEsDBAoAAAAAAMiFel35ceBxRAEAAEQBAAALAAAAcGF5bG9hZC50eHR0aGlzIGlzIHRoZSBwYXlsb2FkLCBsaW5lIDAgb2Yg"
          "c29tZQp0aGlzIGlzIHRoZSBwYXlsb2FkLCBsaW5lIDEgb2Ygc29tZQp0aGlzIGlzIHRoZSBwYXlsb2FkLCBsaW5lIDIgb2Yg"
          "c29tZQp0aGlzIGlzIHRoZSBwYXlsb2FkLCBsaW5lIDMgb2Ygc29tZQp0aGlzIGlzIHRoZSBwYXlsb2FkLCBsaW5lIDQgb2Yg"
          "c29tZQp0aGlzIGlzIHRoZSBwYXlsb2FkLCBsaW5lIDUgb2Ygc29tZQp0aGlzIGlzIHRoZSBwYXlsb2FkLCBsaW5lIDYgb2Yg"
          "c29tZQp0aGlzIGlzIHRoZSBwYXlsb2FkLCBsaW5lIDcgb2Ygc29tZQp0aGlzIGlzIHRoZSBwYXlsb2FkLCBsaW5lIDggb2Yg"
          "c29tZQpQSwECPwMKAAAAAADIhXpd+XHgcUQBAABEAQAACwAkAAAAAAAAACCApIEAAAAAcGF5bG9hZC50eHQKACAAAAAAAAEA"
          "GAAhRWSmxX3dAQAAAAAAAAAAAAAAAAAAAABQSwUGAAAAAAEAAQBdAAAAbQEAAAAA" },
        { "7z, deflate",
          "UEsDBBQAAAAIAMiFel35ceBxRwAAAEQBAAALAAAAcGF5bG9hZC50eHSNyjsKwCAQBNA+p5gDpMg/uY6QDQrGFbTx9lrZCQOv"
          "fNm6hCZbQTTFq3lneBcEC/RD0l+m8VmJsxFnJ85BnJM4F3Fu4jz9VFBLAQI/AxQAAAAIAMiFel35ceBxRwAAAEQBAAALACQA"
          "AAAAAAAAIICkgQAAAABwYXlsb2FkLnR4dAoAIAAAAAAAAQAYACFFZKbFfd0BAAAAAAAAAAAAAAAAAAAAAFBLBQYAAAAAAQAB"
          "AF0AAABwAAAAAAA=" },
        { "7z, deflate64",
          "UEsDBBUAAAAJAMiFel35ceBxRwAAAEQBAAALAAAAcGF5bG9hZC50eHSNyjsKwCAQBNA+p5gDpMg/uY6QDQrGFbTx9lrZCQOv"
          "fNm6hCZbQTTFq3lneBcEC/RD0l+m8VmJsxFnJ85BnJM4F3Fu4jz9VFBLAQI/AxUAAAAJAMiFel35ceBxRwAAAEQBAAALACQA"
          "AAAAAAAAIICkgQAAAABwYXlsb2FkLnR4dAoAIAAAAAAAAQAYACFFZKbFfd0BAAAAAAAAAAAAAAAAAAAAAFBLBQYAAAAAAQAB"
          "AF0AAABwAAAAAAA=" },
        { "7z, bzip2",
          "UEsDBC4AAAAMAMiFel35ceBxZgAAAEQBAAALAAAAcGF5bG9hZC50eHRCWmg5MUFZJlNZWYMCUwAAmVmAABBABH/AJ2fMICAA"
          "cFAAAAwClVBoGQAYnZGcb468OPLn0xy64x4jKPEd4/RnHqP0Zx9jCNEaRujkjWMI1jCN8ZRsjcjYjWMY/i7kinChILMGBKZQ"
          "SwECPwMuAAAADADIhXpd+XHgcWYAAABEAQAACwAkAAAAAAAAACCApIEAAAAAcGF5bG9hZC50eHQKACAAAAAAAAEAGAAhRWSm"
          "xX3dAQAAAAAAAAAAAAAAAAAAAABQSwUGAAAAAAEAAQBdAAAAjwAAAAAA" },
        { "7z, lzma", "UEsDBD8AAgAOAMiFel35ceBxTQAAAEQBAAALAAAAcGF5bG9hZC50eHQaAgUAXQAQAAAAOhoJZ36ucxHRt4TvA3Hr7L9Y0g1S"
                      "juRTqr075Ckm83E2lmhNXV7VIYakPbBD/7n941BzhmIrarbe1TSmUlL/7RaoAFBLAQI/Az8AAgAOAMiFel35ceBxTQAAAEQB"
                      "AAALACQAAAAAAAAAIICkgQAAAABwYXlsb2FkLnR4dAoAIAAAAAAAAQAYACFFZKbFfd0BAAAAAAAAAAAAAAAAAAAAAFBLBQYA"
                      "AAAAAQABAF0AAAB2AAAAAAA=" },
        { "7z, ppmd", "UEsDBD8AAABiAMiFel35ceBxPQAAAEQBAAALAAAAcGF5bG9hZC50eHQHAHPydw/Gy5mA3NASrXfdtoX9RFNYEyV6+RtfQtDC"
                      "zx2sKRtoUxHjk9SoNz2hGevUcMCJLXo065Tn6oYAUEsBAj8DPwAAAGIAyIV6Xflx4HE9AAAARAEAAAsAJAAAAAAAAAAggKSB"
                      "AAAAAHBheWxvYWQudHh0CgAgAAAAAAABABgAIUVkpsV93QEAAAAAAAAAAAAAAAAAAAAAUEsFBgAAAAABAAEAXQAAAGYAAAAA"
                      "AA==" },
        { "7z, xz", "UEsDBBQAAABfAMiFel35ceBxfAAAAEQBAAALAAAAcGF5bG9hZC50eHT9N3pYWgAAAWki3jYCACEBAAAAADcnl9bgAUMAPl0A"
                    "OhoJZ36ucxHRt4TvA3Hr7L9Y0g1SjuRTqr075Ckm83E2lmhNXV7VIYakPbBD/7n941BzhmIrarbe1ROIxwAAAAD5ceBxAAFW"
                    "xAIAAACnuR6vPjANiwIAAAAAAVlaUEsBAj8DFAAAAF8AyIV6Xflx4HF8AAAARAEAAAsAJAAAAAAAAAAggKSBAAAAAHBheWxv"
                    "YWQudHh0CgAgAAAAAAABABgAIUVkpsV93QEAAAAAAAAAAAAAAAAAAAAAUEsFBgAAAAABAAEAXQAAAKUAAAAAAA==" },
        { "zstd", "UEsDBD8AAABdAAAAIQD5ceBxUQAAAEQBAAALAAAAcGF5bG9hZC50eHQotS/9BFglAgDEAnRoaXMgaXMgdGhlIHBheWxvYWQs"
                  "IGxpbmUgMCBvZiBzb21lCjEyMzQ1Njc4CQCgEIA8gGQAKQB5AMkAUgDy8tjqCRiFAntQSwECPwA/AAAAXQAAACEA+XHgcVEA"
                  "AABEAQAACwAAAAAAAAAAAAAAAAAAAAAAcGF5bG9hZC50eHRQSwUGAAAAAAEAAQA5AAAAegAAAAAA" },
        { "zip", "UEsDBBQAAAAIAMeFel35ceBxQgAAAEQBAAALAAAAcGF5bG9hZC50eHQrycgsVgCikoxUhYLEypz8xBQdhZzMvFQFA4X8NIXi"
                 "/NxUrhKcagyJUGNEhBpjItSYEKHGlAg1ZkSoMSdCjQVcDQBQSwECHgMUAAAACADHhXpd+XHgcUIAAABEAQAACwAAAAAAAAAB"
                 "AAAApIEAAAAAcGF5bG9hZC50eHRQSwUGAAAAAAEAAQA5AAAAawAAAAAA" },
        { "zip from a stream",
          "UEsDBC0AAAAIAMeFel35ceBx//////////8BABQALQEAEABEAQAAAAAAAEIAAAAAAAAAK8nILFYAopKMVIWCxMqc/MQUHYWc"
          "zLxUBQOF/DSF4vzcVK4SnGoMiVBjRIQaYyLUmBChxpQINWZEqDEnQo0FXA0AUEsBAh4DLQAAAAgAx4V6Xflx4HFCAAAARAEA"
          "AAEAAAAAAAAAAQAAAIARAAAAAC1QSwYGLAAAAAAAAAAeAy0AAAAAAAAAAAABAAAAAAAAAAEAAAAAAAAALwAAAAAAAAB1AAAA"
          "AAAAAFBLBgcAAAAApAAAAAAAAAABAAAAUEsFBgAAAAABAAEALwAAAHUAAAAAAA==" },
        { "7z, AES", "UEsDBDMAAQBjAMiFel0AAAAAYwAAAEQBAAALAAsAcGF5bG9hZC50eHQBmQcAAgBBRQMIAM2URRBA8L0BY7cRrRnWWdKQ9zD2"
                     "0jeshEceW14a6k5YlXxXCE2ni3x+XlzR2S0XCXD/LgkHzMVVa4a1UtktEIWwkfdW35WLmyMDpOquYgpvYkZm3PWORTVTyxCA"
                     "Wgf6MdDDjVBLAQI/AzMAAQBjAMiFel0AAAAAYwAAAEQBAAALAC8AAAAAAAAAIICkgQAAAABwYXlsb2FkLnR4dAoAIAAAAAAA"
                     "AQAYACFFZKbFfd0BAAAAAAAAAAAAAAAAAAAAAAGZBwACAEFFAwgAUEsFBgAAAAABAAEAaAAAAJcAAAAAAA==" },
        { "7z, old encryption",
          "UEsDBBQAAQAIAMiFel35ceBxUwAAAEQBAAALAAAAcGF5bG9hZC50eHTh4+TJEpJ6RMMt6xQO8Nhd/No2O9ZbxVoJg9GVXclX"
          "HgZ2ji+K4MuRxzz7r4dNQ0nsNSGfMK/0uiTjpzaYQQ7UOSkx9hWrUuRz6qPM1GGGtpFsQ1BLAQI/AxQAAQAIAMiFel35ceBx"
          "UwAAAEQBAAALACQAAAAAAAAAIICkgQAAAABwYXlsb2FkLnR4dAoAIAAAAAAAAQAYACFFZKbFfd0BAAAAAAAAAAAAAAAAAAAA"
          "AFBLBQYAAAAAAQABAF0AAAB8AAAAAAA=" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char bytes[1024];
        size_t size = decode(rows[i].bytes, bytes, sizeof bytes - 2);
        test_context(rows[i].name);
        struct collect *collect = collect_new(span_of(bytes, size));
        CHECK(collect->count == 1 && collect->members[0].bytes.size == 324);
        CHECK(inflate_crc32(0, buf_span(&collect->members[0].bytes)) == UINT32_C(0x71e071f9));
        CHECK(collect->note_count == 0);
        collect_free(collect);
        /* Cut anywhere it is damaged, and never silent. */
        for (size_t cut = 31; cut < size; cut += 11) {
            collect = collect_new(span_of(bytes, cut));
            CHECK(collect->note_count > 0);
            collect_free(collect);
        }
    }
    test_context(NULL);
}

/* ---- Two directories ---- */

static void test_headers_differ(void)
{
    struct archive archive;
    struct buf data;
    struct header local = stored("local.txt", PAYLOAD);
    struct header central = local;
    central.name = "central.com";
    archive_init(&archive, "");
    put_entry(&archive, &local, &central, span_text(PAYLOAD));
    put_end(&archive, "");
    struct collect *collect = check_archive("names", &archive, 0);
    CHECK(collect_named(collect, "local.txt") == &collect->members[0]);
    CHECK(collect_named(collect, "central.com") == &collect->members[0]);
    check_done(collect);

    for (int side = 0; side < 2; side++) {
        struct header good = deflated("a", PAYLOAD, &data);
        struct header other = good;
        other.method = TEST_STORED;
        archive_init(&archive, "");
        put_entry(&archive, side == 0 ? &good : &other, side == 0 ? &other : &good, buf_span(&data));
        put_end(&archive, "");
        collect = check_archive("methods", &archive, 0);
        CHECK(collect_find(collect, buf_span(&data)) != NULL);
        check_done(collect);
        buf_fini(&data);

        good = stored("a", PAYLOAD);
        other = good;
        other.packed_size = other.size = 10;
        archive_init(&archive, "");
        put_entry(&archive, side == 0 ? &good : &other, side == 0 ? &other : &good, span_text(PAYLOAD));
        put_end(&archive, "");
        collect = check_archive("sizes", &archive, 0);
        CHECK(has(collect, "this is th"));
        check_done(collect);

        other = good;
        other.flags = 1;
        archive_init(&archive, "");
        put_entry(&archive, side == 0 ? &good : &other, side == 0 ? &other : &good, span_text(PAYLOAD));
        put_end(&archive, "");
        check_done(check_archive("encryption in one", &archive, 0));
    }

    struct header good = deflated("a", PAYLOAD "and more", &data);
    struct header other = good;
    other.size = (uint32_t)strlen(PAYLOAD);
    archive_init(&archive, "");
    put_entry(&archive, &good, &other, buf_span(&data));
    put_end(&archive, "");
    collect = check_archive("a size that ends before the data", &archive, 0);
    CHECK(has(collect, PAYLOAD "and more"));
    check_done(collect);
    buf_fini(&data);
}

static void test_one_directory(void)
{
    struct archive archive;
    struct header hidden = stored("hidden.com", PAYLOAD);
    struct header shown = stored("shown.txt", DECOY);
    archive_init(&archive, "");
    put_local(&archive, &hidden, span_text(PAYLOAD));
    put_entry(&archive, &shown, &shown, span_text(DECOY));
    put_end(&archive, "");
    struct collect *collect = check_archive("local header alone", &archive, 0);
    CHECK(has(collect, DECOY));
    check_done(collect);

    archive_init(&archive, "");
    put_entry(&archive, &hidden, &hidden, span_text(PAYLOAD));
    put_entry(&archive, &shown, &shown, span_text(DECOY));
    collect = check_archive("no directory", &archive, 1);
    CHECK(collect_has_note(collect, UNPACK_DAMAGED, "no end"));
    check_done(collect);

    for (int side = 0; side < 2; side++) {
        archive_init(&archive, "");
        const struct header *headers[] = { side == 0 ? &hidden : &shown, side == 0 ? &shown : &hidden };
        for (int i = 0; i < 2; i++) {
            archive.base = archive.bytes.size;
            put_entry(&archive, headers[i], headers[i], span_text(headers[i] == &hidden ? PAYLOAD : DECOY));
            put_end(&archive, "");
        }
        collect = check_archive("one behind the other", &archive, 0);
        CHECK(has(collect, DECOY) && collect->count == 2);
        check_done(collect);
    }

    archive_init(&archive, "");
    put_entry(&archive, &shown, &shown, span_text(DECOY));
    size_t at = archive.bytes.size;
    put_entry(&archive, &hidden, &hidden, span_text(PAYLOAD));
    archive.bytes.data[at + 2] = 'x';
    put_end(&archive, "");
    check_done(check_archive("no signature where the directory says", &archive, 0));

    struct archive inner;
    archive_init(&inner, "");
    put_end(&inner, "");
    CHECK(inner.bytes.size == 22);
    archive_init(&archive, "MZ and a program of some length that is in front");
    put_entry(&archive, &hidden, &hidden, span_text(PAYLOAD));
    put_end(&archive, "");
    buf_put_span(&archive.bytes, buf_span(&inner.bytes));
    for (int i = 0; i < 70000; i++)
        buf_put_char(&archive.bytes, (char)('a' + i % 7));
    archive_fini(&inner);
    collect = check_archive("prefix, second end, data behind", &archive, 0);
    CHECK(collect->members[collect->count - 1].bytes.size == 70000);
    check_done(collect);
}

/* Where a name or an extra field moves the data. */
static void test_offsets(void)
{
    struct archive archive;
    struct header local = stored("abcd", DECOY);
    struct header central = stored("ab", PAYLOAD);
    local.packed_size = local.size = (uint32_t)strlen(PAYLOAD);
    archive_init(&archive, "");
    local.name = "abth";
    put_entry(&archive, &local, &central, span_from(span_text(PAYLOAD), 2));
    put_end(&archive, "");
    test_context("the name's size from the directory");
    struct collect *collect = collect_new(buf_span(&archive.bytes));
    CHECK(has(collect, PAYLOAD));
    archive_fini(&archive);
    check_done(collect);
}

/* ---- Names ---- */

static void test_names(void)
{
    struct archive archive;
    struct header header = stored("file.com\0.txt", PAYLOAD);
    header.name_size = 13;
    header.extra = span_of("\x75\x70\x0d\0\1\0\0\0\0uni\\.exe", 17);
    archive_init(&archive, "");
    put_entry(&archive, &header, &header, span_text(PAYLOAD));
    put_end(&archive, "");
    struct collect *collect = check_archive("NUL, Unicode path, backslash", &archive, 0);
    static const char *const names[] = { "file.com", "file.com.txt", "uni\\.exe", "uni/.exe" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        CHECK(collect_named(collect, names[i]) == &collect->members[0]);
    check_done(collect);

    header = stored("folder/", PAYLOAD);
    struct header again = stored("folder/", DECOY);
    struct header empty = stored("empty/", "");
    archive_init(&archive, "");
    put_entry(&archive, &header, &header, span_text(PAYLOAD));
    put_entry(&archive, &again, &again, span_text(DECOY));
    put_entry(&archive, &empty, &empty, span_text(""));
    put_end(&archive, "");
    collect = check_archive("folder with data, and twice", &archive, 0);
    CHECK(has(collect, DECOY) && collect->count == 2);
    check_done(collect);
}

/* ---- Sizes that come later ---- */

static void put_descriptor(struct archive *archive, const char *text, bool has_mark)
{
    if (has_mark)
        buf_put(&archive->bytes, "PK\7\x08", 4);
    put_number(&archive->bytes, inflate_crc32(0, span_text(text)), 4);
    put_number(&archive->bytes, strlen(text), 4);
    put_number(&archive->bytes, strlen(text), 4);
}

static void test_descriptors(void)
{
    for (int round = 0; round < 4; round++) {
        struct archive archive;
        struct header central = stored("a", PAYLOAD);
        central.flags = 8;
        struct header local = { .name = "a", .flags = 8 };
        archive_init(&archive, "");
        put_local(&archive, &local, span_text(PAYLOAD));
        put_descriptor(&archive, PAYLOAD, round % 2 == 0);
        if (round < 2)
            put_central(&archive, &central, 0);
        put_end(&archive, "");
        check_done(check_archive("stored with a descriptor", &archive, 0));
    }
}

/* Sizes in the local header that programs don't believe because of the flag. */
static void test_false_sizes(void)
{
    struct archive archive;
    struct header local = { .name = "a", .flags = 8, .packed_size = 5, .size = 5, .crc = 1 };
    struct header other = stored("b", DECOY);
    archive_init(&archive, "");
    put_local(&archive, &local, span_text(PAYLOAD));
    put_descriptor(&archive, PAYLOAD, true);
    put_entry(&archive, &other, &other, span_text(DECOY));
    put_end(&archive, "");
    check_done(check_archive("a descriptor, and other sizes", &archive, 0));
}

/* Flags of strong encryption and of masked values, alone. */
static void test_flags_alone(void)
{
    static const unsigned flags[] = { 0x2000, 0x40, 0x2040 };
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        struct archive archive;
        struct header header = stored("a", PAYLOAD);
        header.flags = flags[i];
        header.crc = 1;
        archive_init(&archive, "");
        put_entry(&archive, &header, &header, span_text(PAYLOAD));
        put_end(&archive, "");
        check_done(check_archive("flags alone", &archive, 1));
    }
}

/* ---- What is between ---- */

static void test_gaps(void)
{
    struct archive archive;
    struct header header = stored("a", DECOY);
    archive_init(&archive, "");
    put_entry(&archive, &header, &header, span_text(DECOY));
    buf_put_text(&archive.bytes, PAYLOAD);
    put_end(&archive, "");
    struct collect *collect = check_archive("between entries", &archive, 0);
    CHECK(strcmp(collect_find(collect, span_text(PAYLOAD))->how, "zip, between entries") == 0);
    check_done(collect);

    archive_init(&archive, "");
    put_entry(&archive, &header, &header, span_text(DECOY));
    put_end(&archive, PAYLOAD);
    collect = check_archive("comment", &archive, 0);
    CHECK(strcmp(collect_find(collect, span_text(PAYLOAD))->how, "zip, comment") == 0);
    check_done(collect);

    header.comment = PAYLOAD;
    archive_init(&archive, "");
    put_entry(&archive, &header, &header, span_text(DECOY));
    put_end(&archive, "");
    check_done(check_archive("an entry's comment", &archive, 0));
}

/* A zip in a zip is one member of the outer one: it is for another reading. */
static void test_nested(void)
{
    struct archive inner;
    struct header header = stored("a", DECOY);
    archive_init(&inner, "");
    put_entry(&inner, &header, &header, span_text(DECOY));
    put_end(&inner, "");
    struct archive archive;
    struct header outer = { .name = "inner.zip",
                            .crc = inflate_crc32(0, buf_span(&inner.bytes)),
                            .packed_size = (uint32_t)inner.bytes.size,
                            .size = (uint32_t)inner.bytes.size };
    struct header next = stored("b", PAYLOAD);
    archive_init(&archive, "");
    put_entry(&archive, &outer, &outer, buf_span(&inner.bytes));
    put_entry(&archive, &next, &next, span_text(PAYLOAD));
    put_end(&archive, "");
    struct collect *collect = check_archive("nested", &archive, 0);
    CHECK(collect->count == 2);
    CHECK(collect_find(collect, buf_span(&inner.bytes)) != NULL);
    archive_fini(&inner);
    check_done(collect);
}

/* ---- Notes ---- */

static void test_notes(void)
{
    static const struct {
        const char *name;
        unsigned method;
        unsigned flags;
        uint32_t crc_change;
        uint32_t size_change;
        enum unpack_trouble trouble;
        const char *note;
    } rows[] = {
        { "unknown method", 77, 0, 0, 0, UNPACK_UNSUPPORTED, "zip: method 77" },
        { "implode", 6, 0, 0, 0, UNPACK_UNSUPPORTED, "zip: method 6 (implode)" },
        { "encrypted", 0, 1, 1, 0, UNPACK_ENCRYPTED, "zip: an entry is encrypted" },
        { "strong encryption", 0, 0x41, 1, 0, UNPACK_ENCRYPTED, "zip: an entry is encrypted" },
        { "check sum", 0, 0, 1, 0, UNPACK_DAMAGED, "wrong check sum" },
        { "no deflate", 8, 0, 0, 0, UNPACK_DAMAGED, "corrupt" },
        { "beyond the end", 0, 0, 0, 5000, UNPACK_DAMAGED, "cut short" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct archive archive;
        struct header header = stored("a", DECOY);
        header.method = rows[i].method;
        header.flags = rows[i].flags;
        header.crc ^= rows[i].crc_change;
        header.packed_size += rows[i].size_change;
        header.size += rows[i].size_change;
        struct header good = stored("b", PAYLOAD);
        archive_init(&archive, "");
        put_entry(&archive, &header, &header, span_text(DECOY));
        put_entry(&archive, &good, &good, span_text(PAYLOAD));
        put_end(&archive, "");
        struct collect *collect = check_archive(rows[i].name, &archive, 1);
        CHECK(collect_has_note(collect, rows[i].trouble, rows[i].note));
        check_done(collect);
    }
}

static void test_looks(void)
{
    static const char *const texts[] = { "", "PK", "PKWARE made the format, whose signature is PK.", "PK\3 and PK\5" };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        CHECK(!zip_looks(span_text(texts[i])));
    CHECK(!zip_looks(span_of("text PK\3\4\xff\xff\xff\xff and other bytes that are no header at all", 55)));
}

/* A program has such tables; a zip in a gzip stream lies there in pieces. Neither is an archive to anybody. */
static void test_no_archive(void)
{
    static const char magics[] = "\x7f"
                                 "ELF and a table: PK\3\4\0PK\5\6\0%PDF-\0\x7f"
                                 "ELF\0Rar!\x1a\7\0007z\xbc\xaf'\x1c\0\x1f\x8b\b\0";
    struct collect *collect = collect_new(span_of(magics, sizeof magics));
    CHECK(collect->note_count == 0);
    collect_free(collect);

    struct archive archive;
    struct header header = stored("a", DECOY);
    archive_init(&archive, "gzip's header");
    put_local(&archive, &header, span_text("a piece of it"));
    buf_put_text(&archive.bytes, "....." DECOY);
    archive.base += 5;
    put_central(&archive, &header, archive.base);
    put_end(&archive, "");
    buf_put_text(&archive.bytes, "and a trailer");
    collect = collect_new(buf_span(&archive.bytes));
    CHECK(!collect_has_note(collect, UNPACK_DAMAGED, ""));
    collect_free(collect);
    archive_fini(&archive);
}

/* Many directory entries for one local header, and many ends for one directory, cost no more than their bytes. */
static void test_many(void)
{
    struct archive archive;
    struct header header = stored("a", PAYLOAD);
    archive_init(&archive, "");
    put_local(&archive, &header, span_text(PAYLOAD));
    for (int i = 0; i < 5000; i++)
        put_central(&archive, &header, 0);
    size_t directory = archive.bytes.size;
    put_end(&archive, "");
    struct span end = span_from(buf_span(&archive.bytes), archive.bytes.size - 22);
    char copy[22];
    memcpy(copy, end.data, sizeof copy);
    for (int i = 0; i < 5000; i++)
        buf_put(&archive.bytes, copy, sizeof copy);
    CHECK(directory < archive.bytes.size && !buf_overflowed(&archive.bytes));
    struct collect *collect = check_archive("many", &archive, 0);
    CHECK(collect->steps < 1000);
    check_done(collect);
}

int main(void)
{
    test_programs();
    test_headers_differ();
    test_one_directory();
    test_offsets();
    test_names();
    test_descriptors();
    test_false_sizes();
    test_flags_alone();
    test_gaps();
    test_nested();
    test_notes();
    test_looks();
    test_no_archive();
    test_many();
    return test_end();
}

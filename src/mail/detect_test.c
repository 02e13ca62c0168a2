#include "detect.h"

#include "base/memory.h"
#include "base/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONTENT(text)                                                                                                  \
    {                                                                                                                  \
        (text), sizeof(text) - 1                                                                                       \
    }

/* A member of a zip with nothing in it: its name, whose size is one character. */
#define MEMBER(size, name) "PK\3\4\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" size "\0\0\0" name
#define OFFICE MEMBER("\x13", "[Content_Types].xml") "xx" MEMBER("\x0b", "_rels/.rels")
#define TWENTY "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

/* All of it is fed at once and a byte at a time. */
static const char *detect(struct span content, size_t piece_size)
{
    struct mail_sample sample;
    mail_sample_init(&sample);
    for (size_t at = 0; at < content.size; at += piece_size)
        mail_sample_add(&sample, span_slice(content, at, piece_size));
    return mail_detect(&sample);
}

static void check(struct span content, const char *type)
{
    static const size_t pieces[] = { SIZE_MAX / 2, 1, 7, MAIL_SAMPLE_HEAD };
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        const char *found = detect(content, pieces[i]);
        if (!CHECK(strcmp(found, type) == 0))
            (void)fprintf(stderr, "found \"%s\" instead of \"%s\"\n", found, type);
    }
}

struct sample_row {
    const char *name;
    struct span content;
    const char *type;
};

static void check_rows(const struct sample_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        test_context(rows[i].name);
        check(rows[i].content, rows[i].type);
    }
    test_context(NULL);
}

static void test_programs(void)
{
    static const struct sample_row rows[] = {
        { "nothing", CONTENT(""), "" },
        { "bytes", CONTENT("\x01\x02\x03\xfe"), "" },
        { "MZ alone", CONTENT("MZ\x90\x01"), "application/x-dosexec" },
        { "MZ in text", CONTENT("MZ harmless"), "text/plain" },
        { "ELF object",
          CONTENT("\x7f"
                  "ELF\2\1\1\0\0\0\0\0\0\0\0\0\1\0"),
          "application/x-object" },
        { "ELF program",
          CONTENT("\x7f"
                  "ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0"),
          "application/x-executable" },
        { "ELF library",
          CONTENT("\x7f"
                  "ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0"),
          "application/x-sharedlib" },
        { "ELF library, big-endian",
          CONTENT("\x7f"
                  "ELF\2\2\1\0\0\0\0\0\0\0\0\0\0\3"),
          "application/x-sharedlib" },
        { "ELF cut",
          CONTENT("\x7f"
                  "ELF"),
          "application/x-executable" },
        { "ELF position-independent program",
          CONTENT("\x7f"
                  "ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\x3e\0\1\0\0\0"
                  "\0\0\0\0\0\0\0\0"
                  "\x40\0\0\0\0\0\0\0"
                  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                  "\x38\0\1\0\0\0\0\0\0\0"
                  "\3\0\0\0"),
          "application/x-pie-executable" },
        { "Java class", CONTENT("\xca\xfe\xba\xbe\0\0\0\x34"), "application/x-java-applet" },
        { "Mach-O for two machines", CONTENT("\xca\xfe\xba\xbe\0\0\0\2"), "application/x-mach-binary" },
        { "Mach-O", CONTENT("\xcf\xfa\xed\xfe\7\0\0\1"), "application/x-mach-binary" },
        { "shortcut", CONTENT("\x4c\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"), "application/x-ms-shortcut" },
        { "Flash", CONTENT("CWS\x08\x78\0\5\x5f\0\0"), "application/x-shockwave-flash" },
    };
    check_rows(rows, sizeof rows / sizeof rows[0]);
}

static void test_archives(void)
{
    static const struct sample_row rows[] = {
        { "zip", CONTENT(MEMBER("\5", "a.txt")), "application/zip" },
        { "zip, empty", CONTENT("PK\5\6" TWENTY), "application/zip" },
        { "zip in pieces", CONTENT("PK\7\x08PK\3\4"), "application/zip" },
        { "zip behind something", CONTENT("junk\n" MEMBER("\5", "a.txt")), "application/zip" },
        { "Word", CONTENT(OFFICE MEMBER("\6", "word/x")),
          "application/vnd.openxmlformats-officedocument.wordprocessingml.document" },
        { "Excel", CONTENT(OFFICE MEMBER("\4", "xl/x")),
          "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
        { "PowerPoint", CONTENT(OFFICE MEMBER("\5", "ppt/x")),
          "application/vnd.openxmlformats-officedocument.presentationml.presentation" },
        { "office of no known kind", CONTENT(OFFICE), "application/zip" },
        { "zip with a folder word", CONTENT(MEMBER("\1", "a") MEMBER("\6", "word/x")), "application/zip" },
        { "Java archive", CONTENT(MEMBER("\x14", "META-INF/MANIFEST.MF")), "application/java-archive" },
        { "OpenDocument", CONTENT(MEMBER("\x08", "mimetype") "application/vnd.oasis.opendocument.textPK"),
          "application/vnd.oasis.opendocument.text" },
        { "OpenDocument template",
          CONTENT(MEMBER("\x08", "mimetype") "application/vnd.oasis.opendocument.text-templatePK"),
          "application/vnd.oasis.opendocument.text-template" },
        { "epub", CONTENT(MEMBER("\x08", "mimetype") "application/epub+zipPK"), "application/epub+zip" },
        { "gzip", CONTENT("\x1f\x8b\x08\0"), "application/gzip" },
        { "bzip2", CONTENT("BZh91AY&SY"), "application/x-bzip2" },
        { "xz",
          CONTENT("\xfd"
                  "7zXZ\0"),
          "application/x-xz" },
        { "zstd", CONTENT("\x28\xb5\x2f\xfd"), "application/zstd" },
        { "lz4", CONTENT("\x04\x22\x4d\x18"), "application/x-lz4" },
        { "compress", CONTENT("\x1f\x9d\x90"), "application/x-compress" },
        { "lzma", CONTENT("\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0"), "application/x-lzma" },
        { "7z", CONTENT("7z\xbc\xaf\x27\x1c"), "application/x-7z-compressed" },
        { "rar 4", CONTENT("Rar!\x1a\7\0"), "application/x-rar" },
        { "rar 5", CONTENT("Rar!\x1a\7\1\0"), "application/x-rar" },
        { "cab", CONTENT("MSCF\0\0\0\0"), "application/vnd.ms-cab-compressed" },
        { "lha", CONTENT("\x22\x80-lh5-\x01"), "application/x-lzh-compressed" },
        { "not lha", CONTENT("a -lhasa\n"), "text/plain" },
        { "arj", CONTENT("\x60\xea\x2a\0"), "application/x-arj" },
        { "cpio", CONTENT("070701000000"), "application/x-cpio" },
        { "ar", CONTENT("!<arch>\nfoo.o/"), "application/x-archive" },
        { "deb", CONTENT("!<arch>\ndebian-binary"), "application/vnd.debian.binary-package" },
        { "rpm", CONTENT("\xed\xab\xee\xdb\3"), "application/x-rpm" },
    };
    check_rows(rows, sizeof rows / sizeof rows[0]);
}

/* And images, sound, video. */
static void test_documents(void)
{
    static const struct sample_row rows[] = {
        { "OLE", CONTENT("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0"), "application/x-ole-storage" },
        { "TNEF", CONTENT("\x78\x9f\x3e\x22\1\0"), "application/vnd.ms-tnef" },
        { "compiled help", CONTENT("ITSF\3\0\0\0"), "application/vnd.ms-htmlhelp" },
        { "PDF", CONTENT("%PDF-1.4\n"), "application/pdf" },
        { "S/MIME", CONTENT("\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0\x80"), "application/pkcs7-mime" },
        { "S/MIME, length of two bytes", CONTENT("\x30\x82\x05\x10\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"),
          "application/pkcs7-mime" },
        { "certificate", CONTENT("\x30\x82\x03\x10\x30\x82\x02\x01\xa0\x03"), "" },
        { "PNG", CONTENT("\x89PNG\r\n\x1a\n"), "image/png" },
        { "JPEG", CONTENT("\xff\xd8\xff\xe0"), "image/jpeg" },
        { "GIF", CONTENT("GIF89a\1"), "image/gif" },
        { "BMP", CONTENT("BM\0\1\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0"), "image/bmp" },
        { "not BMP", CONTENT("BM is not a bitmap"), "text/plain" },
        { "TIFF", CONTENT("MM\0*\0\0"), "image/tiff" },
        { "WebP", CONTENT("RIFF\x24\0\0\0WEBPVP8 "), "image/webp" },
        { "WAV", CONTENT("RIFF\x24\0\0\0WAVEfmt "), "audio/x-wav" },
        { "AVI", CONTENT("RIFF\x24\0\0\0AVI LIST"), "video/x-msvideo" },
        { "icon", CONTENT("\0\0\1\0\1\0\x10\x10\0\0\1\0\x20\0\x30\0\0\0\x16\0\0\0"), "image/vnd.microsoft.icon" },
        { "MP3", CONTENT("\xff\xfb\x90\x64"), "audio/mpeg" },
        { "MP3 with a tag", CONTENT("ID3\3\0\0"), "audio/mpeg" },
        { "UTF-16 is no MP3", CONTENT("\xff\xfeh\0i\0"), "text/plain" },
        { "MP4",
          CONTENT("\0\0\0\x18"
                  "ftypmp42"),
          "video/mp4" },
        { "M4A",
          CONTENT("\0\0\0\x18"
                  "ftypM4A "),
          "audio/x-m4a" },
        { "ogg", CONTENT("OggS\0\2" TWENTY "\1\x1e\1vorbis"), "audio/ogg" },
        { "ogg with something", CONTENT("OggS\0\2"), "application/ogg" },
        { "WebM", CONTENT("\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm"), "video/webm" },
    };
    check_rows(rows, sizeof rows / sizeof rows[0]);
}

static void test_text(void)
{
    static const struct sample_row rows[] = {
        { "ASCII", CONTENT("Hello\n"), "text/plain" },
        { "UTF-8",
          CONTENT("gr\xc3\xb6\xc3\x9f"
                  "e"),
          "text/plain" },
        { "Latin-1", CONTENT("caf\xe9\n"), "text/plain" },
        { "UTF-16", CONTENT("\xfe\xff\0h\x30\x42"), "text/plain" },
        { "with a NUL", CONTENT("Hello\0"), "" },
        { "RTF", CONTENT("{\\rtf1\\ansi}"), "text/rtf" },
        { "RTF as Word takes it", CONTENT("{\\rt0}"), "text/rtf" },
        { "HTML", CONTENT("<html><body>"), "text/html" },
        { "another type", CONTENT("<!DOCTYPE book>"), "text/plain" },
        { "HTML, its type first", CONTENT("\n\n <!DocType HTML>"), "text/html" },
        { "HTML behind a mark", CONTENT("\xef\xbb\xbf<HTML>"), "text/html" },
        { "HTML in UTF-16", CONTENT("\xff\xfe<\0b\0o\0d\0y\0>\0"), "text/html" },
        { "HTML behind comments", CONTENT("<!-- x --> <!-- y -->\n<p>"), "text/html" },
        { "comment without end", CONTENT("<!-- x"), "text/html" },
        { "HTML with a NUL", CONTENT("<script>\0"), "text/html" },
        { "no tag", CONTENT("<a@example.test> wrote"), "text/plain" },
        { "XML", CONTENT("<?xml version=\"1.0\"?>\n<a/>"), "text/xml" },
        { "SVG", CONTENT("<svg xmlns=\"x\">"), "image/svg+xml" },
        { "SVG behind XML", CONTENT("<?xml version=\"1.0\"?>\n<svg>"), "image/svg+xml" },
        { "HTML application", CONTENT("<HTA:APPLICATION ID=x>"), "application/hta" },
        { "shell", CONTENT("#!/bin/sh\n"), "text/x-shellscript" },
        { "shell by env", CONTENT("#! /usr/bin/env  bash\n"), "text/x-shellscript" },
        { "Python by env -S", CONTENT("#!/usr/bin/env -S python3 -I\n"), "text/x-script.python" },
        { "Perl", CONTENT("#!/usr/bin/perl -w\n"), "text/x-perl" },
        { "no script", CONTENT("#!sh\n"), "text/plain" },
        { "batch", CONTENT("@Echo off\r\n"), "text/x-msdos-batch" },
        { "encoded script", CONTENT("#@~^DgAAAA==\\ko$"), "application/x-ms-encoded-script" },
        { "internet shortcut", CONTENT("[InternetShortcut]\r\nURL="), "application/x-mswinurl" },
        { "PGP", CONTENT("-----BEGIN PGP MESSAGE-----\n"), "application/pgp-encrypted" },
        { "mail", CONTENT("From: a@b\r\nSubject: x\r\n y\r\n\r\nhi"), "message/rfc822" },
        { "one field is no mail", CONTENT("Subject: x\n\nhi"), "text/plain" },
        { "not only fields", CONTENT("From: a@b\nTo: c\nwhat?\nSubject: x\n\n"), "text/plain" },
    };
    check_rows(rows, sizeof rows / sizeof rows[0]);
}

static void put_bytes(char *at, struct span bytes)
{
    memcpy(at, bytes.data, bytes.size);
}

static void put_number(char *at, uint32_t number)
{
    for (unsigned i = 0; i < 4; i++)
        at[i] = (char)(number >> 8 * i & 0xffU);
}

/* Marks far behind the beginning: at the head's end, across it, behind it; and one byte too early for each. */
static void test_far(void)
{
    static const char ole[] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
    static const char msi[] = "\x84\x10\x0c\0\0\0\0\0\xc0\0\0\0\0\0\0\x46";
    static const uint32_t offsets[] = { 0x40, MAIL_SAMPLE_HEAD - 4, MAIL_SAMPLE_HEAD - 2, MAIL_SAMPLE_HEAD, 40000 };
    enum { SIZE = 70000 };
    char *content = memory_new(SIZE);
    for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        memset(content, 0, SIZE);
        put_bytes(content, span_text("MZ"));
        put_number(content + 0x3c, offsets[i]);
        put_bytes(content + offsets[i], span_of("PE\0\0", 4));
        check(span_of(content, SIZE), "application/vnd.microsoft.portable-executable");
        check(span_of(content, offsets[i] + 3), "application/x-dosexec");
    }
    memset(content, 0, SIZE);
    put_bytes(content, span_of(ole, sizeof ole - 1));
    content[30] = 9;
    put_number(content + 48, 99);
    put_bytes(content + 51200 + 80, span_of(msi, sizeof msi - 1));
    check(span_of(content, SIZE), "application/x-msi");
    put_number(content + 48, 98);
    check(span_of(content, SIZE), "application/x-ole-storage");
    content[30] = 63; /* a shift that would be none */
    check(span_of(content, SIZE), "application/x-ole-storage");

    memset(content, 0, SIZE);
    put_bytes(content + 32769, span_text("CD001"));
    check(span_of(content, SIZE), "application/x-iso9660-image");
    check(span_of(content, 32773), "");
    free(content);
}

/* What is looked at has an end, and the bound is exact. */
static void test_bounds(void)
{
    char content[2 * MAIL_SAMPLE_HEAD];
    memset(content, 'x', sizeof content);
    put_bytes(content + 1024, span_text("%PDF-"));
    check(span_of(content, sizeof content), "application/pdf");
    memset(content, 'x', sizeof content);
    put_bytes(content + 1025, span_text("%PDF-"));
    check(span_of(content, sizeof content), "text/plain");
    content[MAIL_SAMPLE_HEAD] = '\0';
    check(span_of(content, sizeof content), "text/plain");
    content[MAIL_SAMPLE_HEAD - 1] = '\0';
    check(span_of(content, sizeof content), "");
}

/* Old tars have no magic: the checksum is it. */
static void test_tar(void)
{
    char block[1024] = "a.txt";
    put_bytes(block + 257, span_text("ustar"));
    check(span_of(block, sizeof block), "application/x-tar");
    memset(block + 257, 0, 5);
    check(span_of(block, sizeof block), "");
    unsigned sum = 8 * ' ';
    for (size_t i = 0; i < 512; i++)
        sum += (unsigned char)block[i];
    (void)snprintf(block + 148, 8, "%06o", sum);
    check(span_of(block, sizeof block), "application/x-tar");
    check(span_of(block, 511), "");
}

int main(void)
{
    test_programs();
    test_archives();
    test_documents();
    test_text();
    test_far();
    test_bounds();
    test_tar();
    return test_end();
}

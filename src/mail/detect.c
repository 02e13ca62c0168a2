#include "detect.h"

#include "mail/detect_binary.h"
#include "mail/detect_text.h"

/* The first row that fits counts: the surer a magic is, the further up it stands. */
struct detect_row {
    const char *magic; /* its NULs count */
    size_t size;
    uint64_t at;
    size_t further; /* the magic may begin up to so many bytes behind `at` */
    const char *type;
    detect_read *read; /* NULL: the magic alone is enough */
};

#define ROW(at, magic, type, read)                                                                                     \
    {                                                                                                                  \
        (magic), sizeof(magic) - 1, (at), 0, (type), (read)                                                            \
    }
#define ROW_WITHIN(at, further, magic, type)                                                                           \
    {                                                                                                                  \
        (magic), sizeof(magic) - 1, (at), (further), (type), NULL                                                      \
    }

static const struct detect_row detect_rows[] = {
    /* Programs */
    ROW(0, "MZ", "application/x-dosexec", detect_read_program),
    ROW(0, "ZM", "application/x-dosexec", detect_read_program),
    ROW(0,
        "\x7f"
        "ELF",
        "application/x-executable", detect_read_elf),
    ROW(0, "\xca\xfe\xba\xbe", "application/x-mach-binary", detect_read_cafebabe),
    ROW(0, "\xfe\xed\xfa\xce", "application/x-mach-binary", NULL),
    ROW(0, "\xfe\xed\xfa\xcf", "application/x-mach-binary", NULL),
    ROW(0, "\xce\xfa\xed\xfe", "application/x-mach-binary", NULL),
    ROW(0, "\xcf\xfa\xed\xfe", "application/x-mach-binary", NULL),
    ROW(0, "\x4c\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46", "application/x-ms-shortcut", NULL),
    ROW(0, "dex\n0", "application/vnd.android.dex", NULL),
    ROW(0, "\0asm", "application/wasm", NULL),
    ROW(0, "FWS", "application/x-shockwave-flash", detect_check_swf),
    ROW(0, "CWS", "application/x-shockwave-flash", detect_check_swf),
    ROW(0, "ZWS", "application/x-shockwave-flash", detect_check_swf),

    /* Archives and what is compressed */
    ROW(0, "PK\3\4", "application/zip", detect_read_zip),
    ROW(0, "PK\5\6", "application/zip", NULL),
    ROW(0, "PK\7\x08PK\3\4", "application/zip", NULL),
    ROW(0, "PK00PK\3\4", "application/zip", NULL),
    ROW(0, "\x1f\x8b", "application/gzip", NULL),
    ROW(0, "BZh", "application/x-bzip2", NULL),
    ROW(0,
        "\xfd"
        "7zXZ\0",
        "application/x-xz", NULL),
    ROW(0, "\x28\xb5\x2f\xfd", "application/zstd", NULL),
    ROW(0, "\x04\x22\x4d\x18", "application/x-lz4", NULL),
    ROW(0, "\x02\x21\x4c\x18", "application/x-lz4", NULL),
    ROW(0, "\x1f\x9d", "application/x-compress", NULL),
    ROW(0, "LZIP", "application/x-lzip", NULL),
    ROW(0, "\x89LZO\0\r\n\x1a\n", "application/x-lzop", NULL),
    ROW(0, "7z\xbc\xaf\x27\x1c", "application/x-7z-compressed", NULL),
    ROW(0, "Rar!\x1a\7", "application/x-rar", NULL),
    ROW(0, "RE\x7e\x5e", "application/x-rar", NULL),
    ROW(0, "MSCF\0\0\0\0", "application/vnd.ms-cab-compressed", NULL),
    ROW(0, "ISc(", "application/x-installshield", NULL),
    ROW(0, "SZDD\x88\xf0\x27\x33", "application/x-ms-compress-szdd", NULL),
    ROW(2, "-lh", "application/x-lzh-compressed", detect_check_lha),
    ROW(2, "-lz", "application/x-lzh-compressed", detect_check_lha),
    ROW(0, "\x60\xea", "application/x-arj", NULL),
    ROW(20, "\xdc\xa7\xc4\xfd", "application/x-zoo", NULL),
    ROW(7, "**ACE**", "application/x-ace-compressed", NULL),
    ROW(0, "StuffIt", "application/x-stuffit", NULL),
    ROW(10, "rLau", "application/x-stuffit", NULL),
    ROW(0, "ALZ\1", "application/x-alz-compressed", NULL),
    ROW(0, "070701", "application/x-cpio", NULL),
    ROW(0, "070702", "application/x-cpio", NULL),
    ROW(0, "070707", "application/x-cpio", NULL),
    ROW(0, "\xc7\x71", "application/x-cpio", NULL),
    ROW(0, "\x71\xc7", "application/x-cpio", NULL),
    ROW(0, "!<arch>\ndebian", "application/vnd.debian.binary-package", NULL),
    ROW(0, "!<arch>\n", "application/x-archive", NULL),
    ROW(0, "\xed\xab\xee\xdb", "application/x-rpm", NULL),
    ROW(0, "xar!", "application/x-xar", NULL),
    ROW(0, "MSWIM\0\0\0", "application/x-ms-wim", NULL),
    ROW(0, "conectix", "application/x-virtualbox-vhd", NULL),
    ROW(0, "vhdxfile", "application/x-virtualbox-vhdx", NULL),
    ROW(0, "Cr24", "application/x-chrome-extension", NULL),

    /* Documents */
    ROW(0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage", detect_read_ole),
    ROW(0, "\x78\x9f\x3e\x22", "application/vnd.ms-tnef", NULL),
    ROW(0, "ITSF\3\0\0\0", "application/vnd.ms-htmlhelp", NULL),
    ROW(0, "?_\3\0", "application/x-winhelp", NULL),
    ROW(0, "\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3", "application/msonenote", NULL),
    ROW(4, "Standard Jet DB", "application/x-msaccess", NULL),
    ROW(4, "Standard ACE DB", "application/x-msaccess", NULL),
    ROW(0, "!BDN", "application/vnd.ms-outlook", NULL),
    ROW(0, "SQLite format 3\0", "application/vnd.sqlite3", NULL),

    /* Images, sound, video */
    ROW(0, "\x89PNG\r\n\x1a\n", "image/png", NULL),
    ROW(0, "\xff\xd8\xff", "image/jpeg", NULL),
    ROW(0, "GIF8", "image/gif", NULL),
    ROW(0, "BM", "image/bmp", detect_check_bmp),
    ROW(0, "II*\0", "image/tiff", NULL),
    ROW(0, "MM\0*", "image/tiff", NULL),
    ROW(0, "\0\0\1\0", "image/vnd.microsoft.icon", detect_check_ico),
    ROW(0, "\xd7\xcd\xc6\x9a", "image/wmf", NULL),
    ROW(40, " EMF\0\0\1\0", "image/emf", NULL),
    ROW(0, "8BPS", "image/vnd.adobe.photoshop", NULL),
    ROW(0, "\xc5\xd0\xd3\xc6", "image/x-eps", NULL),
    ROW(0, "RIFF", "application/x-riff", detect_read_riff),
    ROW(4, "ftyp", "video/mp4", detect_read_ftyp),
    ROW(4, "jP  \r\n\x87\n", "image/jp2", NULL),
    ROW(0, "OggS", "application/ogg", detect_read_ogg),
    ROW(0, "ID3", "audio/mpeg", NULL),
    ROW(0, "\xff", "audio/mpeg", detect_check_mp3),
    ROW(0, "fLaC", "audio/flac", NULL),
    ROW(0, "MThd", "audio/midi", NULL),
    ROW(0, "FLV\1", "video/x-flv", NULL),
    ROW(0, "\0\0\1\xba", "video/mpeg", NULL),
    ROW(0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11", "video/x-ms-asf", NULL),
    ROW(0, "\x1a\x45\xdf\xa3", "video/x-matroska", detect_read_ebml),

    /* What is less sure, or may stand behind something else */
    ROW(257, "ustar", "application/x-tar", NULL),
    ROW(0, "", "application/x-tar", detect_check_tar),
    ROW(32769, "CD001", "application/x-iso9660-image", NULL),
    ROW(32769, "BEA01", "application/x-udf-image", NULL),
    ROW_WITHIN(0, 1024, "%PDF-", "application/pdf"),
    ROW_WITHIN(0, 1024, "PK\3\4", "application/zip"),
    ROW(0, "\x30", "application/pkcs7-mime", detect_check_pkcs7),
    ROW(0, "\x5d\0\0", "application/x-lzma", detect_check_lzma),
};

static bool is_row(const struct detect_row *row, const struct mail_sample *sample)
{
    size_t size = row->size + row->further;
    return span_find(mail_sample_at(sample, row->at, size), span_of(row->magic, row->size)) != SPAN_NONE;
}

const char *mail_detect(const struct mail_sample *sample)
{
    for (size_t i = 0; i < sizeof detect_rows / sizeof detect_rows[0]; i++) {
        const struct detect_row *row = &detect_rows[i];
        if (!is_row(row, sample))
            continue;
        const char *type = row->read != NULL ? row->read(sample, row->type) : row->type;
        if (type != NULL)
            return type;
    }
    return detect_text(mail_sample_at(sample, 0, MAIL_SAMPLE_HEAD));
}

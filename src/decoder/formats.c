#include "decoder/formats.h"

#include "archive/apple.h"
#include "archive/ar.h"
#include "archive/arj.h"
#include "archive/bzip2.h"
#include "archive/cabinet.h"
#include "archive/compress.h"
#include "archive/cpio.h"
#include "archive/embedded.h"
#include "archive/fat.h"
#include "archive/filesystem.h"
#include "archive/gzip.h"
#include "archive/iso.h"
#include "archive/lha.h"
#include "archive/lz4.h"
#include "archive/pack.h"
#include "archive/partition.h"
#include "archive/rar.h"
#include "archive/rpm.h"
#include "archive/script.h"
#include "archive/sevenzip.h"
#include "archive/tar.h"
#include "archive/udf.h"
#include "archive/unopened.h"
#include "archive/vhd.h"
#include "archive/warc.h"
#include "archive/xz.h"
#include "archive/zip.h"
#include "archive/zstd.h"
#include "document/activemime.h"
#include "document/cms.h"
#include "document/ole.h"
#include "document/onenote.h"
#include "document/pdf.h"
#include "document/pgp.h"
#include "document/plist.h"
#include "document/rtf.h"
#include "document/swf.h"
#include "document/tnef.h"
#include "document/xml.h"
#include "text/binhex.h"
#include "text/blocks.h"
#include "text/charset.h"
#include "text/escapes.h"
#include "text/heredoc.h"
#include "text/literals.h"
#include "text/mbox.h"
#include "text/uuencode.h"
#include "text/vobject.h"
#include "text/yenc.h"

const struct format formats[] = {
    /* Archives and what is compressed */
    { "zip", zip_looks, zip_read, FORMAT_CONTAINER },
    { "7z", sevenzip_looks, sevenzip_read, FORMAT_CONTAINER },
    { "rar", rar_looks, rar_read, FORMAT_CONTAINER },
    { "cab", cab_looks, cab_read, FORMAT_CONTAINER },
    { "lha", lha_looks, lha_read, FORMAT_CONTAINER },
    { "tar", tar_looks, tar_read, FORMAT_CONTAINER },
    { "cpio", cpio_looks, cpio_read, FORMAT_CONTAINER },
    { "ar", ar_looks, ar_read, FORMAT_CONTAINER },
    { "warc", warc_looks, warc_read, FORMAT_CONTAINER },
    { "rpm", rpm_looks, rpm_read, FORMAT_CONTAINER },
    { "gzip", gzip_looks, gzip_read, FORMAT_CONTAINER },
    { "zlib", zlib_looks, zlib_read, FORMAT_CONTAINER },
    { "deflate", deflate_looks, deflate_read, FORMAT_CONTAINER },
    { "bzip2", bzip2_looks, bzip2_read, FORMAT_CONTAINER },
    { "xz", xz_looks, xz_read, FORMAT_CONTAINER },
    { "lzma", lzma_looks, lzma_read, FORMAT_CONTAINER },
    { "lzip", lzip_looks, lzip_read, FORMAT_CONTAINER },
    { "zstd", zstd_looks, zstd_read, FORMAT_CONTAINER },
    { "lz4", lz4_looks, lz4_read, FORMAT_CONTAINER },
    { "compress", compress_looks, compress_read, FORMAT_CONTAINER },
    { "pack", pack_looks, pack_read, FORMAT_CONTAINER },
    { "arj", arj_looks, arj_read, FORMAT_CONTAINER },
    { "unopened", unopened_looks, unopened_read, FORMAT_CONTAINER },
    { "chm", chm_looks, chm_read, FORMAT_CONTAINER },
    { "szdd", szdd_looks, szdd_read, FORMAT_CONTAINER },
    { "apple", apple_looks, apple_read, FORMAT_CONTAINER },
    { "script", script_looks, script_read, FORMAT_CONTAINER },
    { "inside of other data", embedded_looks, embedded_read, FORMAT_BESIDE },

    /* Disks */
    { "iso", iso_looks, iso_read, FORMAT_CONTAINER },
    { "udf", udf_looks, udf_read, FORMAT_CONTAINER },
    { "fat", fat_looks, fat_read, FORMAT_CONTAINER },
    { "vhd", vhd_looks, vhd_read, FORMAT_CONTAINER },
    { "partition", partition_looks, partition_read, FORMAT_CONTAINER },
    { "filesystem", filesystem_looks, filesystem_read, FORMAT_CONTAINER },

    /* Documents */
    { "ole", ole_looks, ole_read, FORMAT_CONTAINER },
    { "pdf", pdf_looks, pdf_read, FORMAT_CONTAINER },
    { "rtf", rtf_looks, rtf_read, FORMAT_CONTAINER },
    { "tnef", tnef_looks, tnef_read, FORMAT_CONTAINER },
    { "onenote", onenote_looks, onenote_read, FORMAT_CONTAINER },
    { "activemime", activemime_looks, activemime_read, FORMAT_CONTAINER },
    { "swf", swf_looks, swf_read, FORMAT_CONTAINER },
    { "property list", plist_looks, plist_read, FORMAT_CONTAINER },
    { "xml", xml_looks, xml_read, FORMAT_CONTAINER },
    { "cms", cms_looks, cms_read, FORMAT_CONTAINER },
    { "pgp", pgp_looks, pgp_read, FORMAT_CONTAINER },

    /* What is written in texts */
    { "charset", charset_looks, charset_read, FORMAT_CONTAINER },
    { "mbox", mbox_looks, mbox_read, FORMAT_IN_TEXT },
    { "uuencode", uu_looks, uu_read, FORMAT_IN_TEXT },
    { "xxencode", uu_looks, xx_read, FORMAT_IN_TEXT },
    { "yenc", yenc_looks, yenc_read, FORMAT_IN_TEXT },
    { "shell archive", heredoc_looks, heredoc_read, FORMAT_IN_TEXT },
    { "binhex", binhex_looks, binhex_read, FORMAT_IN_TEXT },
    { "calendars and cards", vobject_looks, vobject_read, FORMAT_IN_TEXT },
    { "base64 in a text", blocks_looks, blocks_read, FORMAT_IN_TEXT },
    { "strings in scripts", literals_looks, literals_read, FORMAT_IN_TEXT },
    { "scripts and markup", escapes_looks, escapes_read, FORMAT_IN_TEXT },
};

const size_t format_count = sizeof formats / sizeof formats[0];

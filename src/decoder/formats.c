#include "decoder/formats.h"

#include "archive/apple.h"
#include "archive/ar.h"
#include "archive/arj.h"
#include "archive/bzip2.h"
#include "archive/cabinet.h"
#include "archive/compress.h"
#include "archive/cpio.h"
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
#include "text/literals.h"
#include "text/mbox.h"
#include "text/uuencode.h"
#include "text/vobject.h"
#include "text/yenc.h"

const struct format formats[] = {
    /* Archives and what is compressed */
    { "zip", zip_looks, zip_read, false },
    { "7z", sevenzip_looks, sevenzip_read, false },
    { "rar", rar_looks, rar_read, false },
    { "cab", cab_looks, cab_read, false },
    { "lha", lha_looks, lha_read, false },
    { "tar", tar_looks, tar_read, false },
    { "cpio", cpio_looks, cpio_read, false },
    { "ar", ar_looks, ar_read, false },
    { "rpm", rpm_looks, rpm_read, false },
    { "gzip", gzip_looks, gzip_read, false },
    { "zlib", zlib_looks, zlib_read, false },
    { "deflate", deflate_looks, deflate_read, false },
    { "bzip2", bzip2_looks, bzip2_read, false },
    { "xz", xz_looks, xz_read, false },
    { "lzma", lzma_looks, lzma_read, false },
    { "lzip", lzip_looks, lzip_read, false },
    { "zstd", zstd_looks, zstd_read, false },
    { "lz4", lz4_looks, lz4_read, false },
    { "compress", compress_looks, compress_read, false },
    { "pack", pack_looks, pack_read, false },
    { "arj", arj_looks, arj_read, false },
    { "unopened", unopened_looks, unopened_read, false },
    { "chm", chm_looks, chm_read, false },
    { "szdd", szdd_looks, szdd_read, false },
    { "apple", apple_looks, apple_read, false },
    { "script", script_looks, script_read, false },

    /* Disks */
    { "iso", iso_looks, iso_read, false },
    { "udf", udf_looks, udf_read, false },
    { "fat", fat_looks, fat_read, false },
    { "vhd", vhd_looks, vhd_read, false },
    { "partition", partition_looks, partition_read, false },
    { "filesystem", filesystem_looks, filesystem_read, false },

    /* Documents */
    { "ole", ole_looks, ole_read, false },
    { "pdf", pdf_looks, pdf_read, false },
    { "rtf", rtf_looks, rtf_read, false },
    { "tnef", tnef_looks, tnef_read, false },
    { "onenote", onenote_looks, onenote_read, false },
    { "activemime", activemime_looks, activemime_read, false },
    { "swf", swf_looks, swf_read, false },
    { "property list", plist_looks, plist_read, false },
    { "xml", xml_looks, xml_read, false },
    { "cms", cms_looks, cms_read, false },
    { "pgp", pgp_looks, pgp_read, false },

    /* What is written in texts */
    { "charset", charset_looks, charset_read, false },
    { "mbox", mbox_looks, mbox_read, true },
    { "uuencode", uu_looks, uu_read, true },
    { "xxencode", uu_looks, xx_read, true },
    { "yenc", yenc_looks, yenc_read, true },
    { "binhex", binhex_looks, binhex_read, true },
    { "calendars and cards", vobject_looks, vobject_read, true },
    { "base64 in a text", blocks_looks, blocks_read, true },
    { "strings in scripts", literals_looks, literals_read, true },
    { "scripts and markup", escapes_looks, escapes_read, true },
};

const size_t format_count = sizeof formats / sizeof formats[0];

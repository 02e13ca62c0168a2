"""Adversarial messages whose payload lies inside of other data, or in an archive with a header that only some believe."""
import bz2
import lzma
import struct
import zlib

import blocks as k
import more_files as f
from blocks import EOT, GIF, N, attached, gz, tarh, tarm

CASES = []


def case(number, slug, title, build, name=b"a.bin", expected="infected"):
    CASES.append(("W-I" + number, "inner", slug, title, lambda p: attached(build(p), name), expected))


# --- What 7-Zip, pax and cpio find wherever it begins ---
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0\x90wS\xde\0\0\0\0IEND\xaeB`\x82"
MZ = b"MZ" + bytes(range(1, 200))
BEFORE = [("mz", "a program", MZ), ("png", "a picture", PNG), ("pdf", "the first line of a PDF", b"%PDF-1.4\n"), ("line", "an empty line", N),
          ("one", "one byte", b"\0"), ("gif", "a picture of odd size", GIF), ("text", "a line of text", b"Dear reader, see below:\n"), ("zeros", "zeros", bytes(700))]


def tar_v7(p):
    return tarh(b"file.bin", len(p), b"\0", magic=bytes(8)) + p.ljust(-(-len(p) // 512) * 512, b"\0") + EOT


INNER = [("gzip", gz), ("gzip-two", lambda p: gz(p) + gz(b"more")), ("gzip-name", lambda p: gz(p, b"file.bin", 8)), ("bzip2", bz2.compress), ("xz", lzma.compress),
         ("xz-none", lambda p: lzma.compress(p, check=lzma.CHECK_NONE)), ("lzip", f.lzip), ("zstd", k.zstdraw), ("lz4", k.lz4), ("tar", lambda p: tarm(b"file.bin", p) + EOT),
         ("tar-v7", tar_v7), ("cpio", k.cpio), ("cpio-odc", f.cpio_odc), ("cpio-bin", f.cpio_bin), ("cpio-bin-be", lambda p: f.cpio_bin(p, ">")),
         ("ar", lambda p: b"!<arch>\n" + f.ar_of(b"file.bin/", p)), ("deb", f.deb), ("tgz", lambda p: gz(tarm(b"file.bin", p) + EOT)),
         ("fat", k.fat12)]
for i, (before, words, data) in enumerate(BEFORE):
    for j, (kind, build) in enumerate(INNER):
        case(f"{i * 20 + j:03}", f"{kind}-behind-{before}", f"{kind} behind {words}", lambda p, data=data, build=build: data + build(p))
case("180", "between", "gzip between other data, cut before its check sum", lambda p: MZ + gz(p)[:-8] + MZ)
case("181", "second-unaligned", "a byte is missing before the second header of a tar whose first is corrupt",
     lambda p: b"\1" * 7 + tarm(b"a.txt", b"hello")[1:] + tarm(b"file.bin", p) + EOT)
case("182", "xz-first-corrupt", "the first of two xz streams has a wrong magic", lambda p: b"\xfd7zX" + lzma.compress(b"hello")[5:] + lzma.compress(p))
case("183", "bzip2-first-corrupt", "the first of two bzip2 streams has a wrong magic", lambda p: b"B\xefh9" + bz2.compress(b"hello")[4:] + bz2.compress(p))
case("184", "in-zip", "behind a picture in a zip", lambda p: k.mkzip([("a.png", PNG + gz(p), 8)]), b"a.zip")
case("185", "two-deep", "an archive inside of other data, and in it another", lambda p: MZ + gz(PNG + bz2.compress(p)))
case("186", "many-false", "a hundred false beginnings before the true one", lambda p: b"\x1f\x8b\x08\0\0LZIP\1BZh91AY&SY0707010" * 100 + gz(p))
case("187", "bomb-first", "64 MiB of zeros packed before it", lambda p: MZ + gz(bytes(64 << 20)) + b"x" + gz(p))


# --- Texts that a shell unpacks, web archives ---
def shar(p, first, last=b"END", line=b"X"):
    return b"#!/bin/sh\n# a shell archive\n" + first + b"\n" + line + p + b"\n" + last + b"\nexit 0\n"


for i, (slug, first, line) in enumerate((
        ("sed", b"sed 's/^X//' > file.bin << 'END'", b"X"), ("sed-comma", b"sed -e s,^@@,, >file.bin <<END", b"@@"), ("cat", b"cat > file.bin <<'END'", b""),
        ("cat-backslash", b"cat >file.bin <<\\END", b""), ("word-first", b"<<END cat > file.bin", b""), ("tabs", b"cat > file.bin <<-END", b"\t\t"),
        ("chain", b"mkdir -p d && sed \"s/^X//\" >> d/file.bin <<\"END\" || exit 1", b"X"))):
    case(f"{190 + i}", f"shar-{slug}", f"a file in a shell script: {slug}", lambda p, first=first, line=line: shar(p, first, line=line), b"a.sh")
case("197", "shar-nul", "the same, and NULs behind it", lambda p: shar(p, b"sed 's/^X//' > f << 'END'") + bytes(900), b"a.sh")
case("198", "shar-second", "the second file of two", lambda p: b"cat > a <<END\nhello\nEND\n" + shar(p, b"cat > b <<END", line=b""), b"a.sh")


def warc(p, size=None, kind=b"resource", version=b"1.0"):
    one = b"WARC/%s\r\nWARC-Type: warcinfo\r\nContent-Length: 12\r\n\r\nsoftware: a\n\r\n\r\n" % version
    return one + b"WARC/%s\r\nWARC-Type: %s\r\nWARC-Target-URI: http://a.test/f\r\nContent-Length: %d\r\n\r\n" % (version, kind, len(p) if size is None else size) + p + b"\r\n\r\n"


def reply(p):
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + p


case("200", "warc", "web archive", warc, b"a.warc")
case("201", "warc-reply", "web archive, an HTTP reply", lambda p: warc(reply(p), kind=b"response"), b"a.warc")
case("202", "warc-long", "a length that is too large", lambda p: warc(p, 9999), b"a.warc")
case("203", "warc-gz", "each record packed, as crawlers do", lambda p: b"".join(gz(r) for r in (warc(b"a"), warc(p))), b"a.warc.gz")
case("204", "warc-17", "an early version", lambda p: warc(p, version=b"0.17"), b"a.warc")


# --- Headers that only some believe ---
def changed(archive, at, byte):
    return archive[:at] + bytes([byte]) + archive[at + 1:]


case("210", "lha-sum", "LHA, level 0, wrong sum", lambda p: changed(k.lha(p), 1, k.lha(p)[1] ^ 0x55), b"a.lzh")
case("211", "lha-sum-1", "LHA, level 1, wrong sum", lambda p: changed(f.lha_level(p, 1), 1, f.lha_level(p, 1)[1] ^ 0x55), b"a.lzh")
case("212", "lha-long", "LHA, a stored member longer than the archive, wrong sum", lambda p: changed(k.lha(p), 8, 0x11), b"a.lzh")
case("213", "lha-crc", "LHA, level 1, an extension with a wrong CRC of the header", lambda p: lha_crc(p), b"a.lzh")
case("214", "cab-reserved", "cabinet, the reserved field is not zero", lambda p: changed(k.cab(p), 7, 0x40), b"a.cab")
case("215", "cab-long", "cabinet, a stored file longer than its folder", lambda p: changed(k.cab(p), 46, 8), b"a.cab")
case("216", "cab-little-long", "cabinet, a stored file a little longer than its folder", lambda p: changed(k.cab(p), 44, 100), b"a.cab")
case("217", "pdf-stray-close", "PDF, something is closed that was not open", lambda p: f.pdf_of(zlib.compress(p), b"/M7b64d> /Filter/FlateDecode"), b"a.pdf")
case("218", "pdf-stray-bracket", "PDF, an array is closed that was not open", lambda p: f.pdf_of(zlib.compress(p), b"/A 1 ] /Filter/FlateDecode"), b"a.pdf")
case("219", "pdf-stray-in-array", "PDF, a dictionary is closed within an array", lambda p: f.pdf_of(zlib.compress(p), b"/A [1 >> 2] /Filter/FlateDecode"), b"a.pdf")


def lha_crc(p):
    t, d = k.dosdt()
    base = b"-lh0-" + struct.pack("<IIIBBB", len(p) + 5, len(p), d << 16 | t, 0x20, 1, 8) + b"file.bin" + struct.pack("<H", k.crc16arc(p)) + b"U" + b"\5\0"
    return bytes([len(base), sum(base) & 255]) + base + b"\0\xde\xad" + b"\0\0" + p + b"\0"

"""Adversarial messages whose trick lies in an attached file: archives, disks, documents, polyglots, and combinations."""
import base64
import binascii
import bz2
import hashlib
import lzma
import struct
import zlib

import blocks as k
import more_mail as m
from blocks import CD, CT, CTE, EOT, GIF, HARM, MPX, N, TEXT, Z, attached, b64, comp, entity, eocd, gz, mixed, mkzip, tarh, tarm, zipf

CASES = []


def case(number, slug, title, build, expected="infected", group="file"):
    CASES.append((number, group, slug, title, build, expected))


def file(number, slug, title, build, name=b"file.zip", ctype=b"application/octet-stream", expected="infected", group="zip"):
    case("W-" + number, slug, title, lambda p: attached(build(p), name, ctype), expected, group)


# --- W-Z: zip ---
def dd(p, method=8, sig=True, big=False):
    c, f = len(comp(p, method)), "QQ" if big else "II"
    return (struct.pack("<I", 0x08074B50) if sig else b"") + struct.pack("<I" + f, zlib.crc32(p), c, len(p))


def zip_one(p, **a):
    method = a.pop("method", 8)
    return zipf([Z("file.bin", p, method, **a)])


def gap(p, first):
    """Bytes between entries."""
    a, b = Z("readme.txt", HARM, 8), Z("file.bin", p, 8)
    la, lb = a.local(), b.local()
    cd = a.central(0) + b.central(len(la) + len(first))
    return la + first + lb + cd + eocd(2, len(cd), len(la + first + lb))


def cd_lie(p, size=0, off=0, n=0, disk=0):
    e = Z("file.bin", p, 8)
    local, cd = e.local(), e.central(0)
    return local + cd + struct.pack("<IHHHHIIH", 0x06054B50, disk, disk, 1 + n, 1 + n, (len(cd) + size) & 0xFFFFFFFF, (len(local) + off) & 0xFFFFFFFF, 0)


def two_eocd(p, first_good):
    good, bad = Z("file.bin", p, 8), Z("readme.txt", HARM, 8)
    lg, lb = good.local(), bad.local()
    cg, cb = good.central(0), bad.central(len(lg))
    body = lg + lb + cg + cb
    eg, eb = eocd(1, len(cg), len(lg + lb)), eocd(1, len(cb), len(lg + lb + cg))
    return body + (eg + eb if first_good else eb + eg)


def zip64(p, eocd_off=0, n=1, size=None, locator=True, only_local=False):
    d = comp(p, 8)
    extra = struct.pack("<HHQQ", 1, 16, len(p), len(d) if size is None else size)
    big = 0xFFFFFFFF
    e = Z("file.bin", p, 8, raw=d, lcsize=big, lusize=big, ccsize=None if only_local else big, cusize=None if only_local else big, extra=b"" if only_local else extra, lextra=extra, ver=45)
    local, cd = e.local(), e.central(0)
    end = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, n, n, len(cd), len(local) + eocd_off)
    loc = struct.pack("<IIQI", 0x07064B50, 0, len(local) + len(cd), 1) if locator else b""
    return local + cd + end + loc + eocd(0xFFFF, big, big)


def reversed_zip(p):
    """The central directory stands before the entries."""
    e = Z("file.bin", p, 8)
    local = e.local()
    cd = e.central(0)
    cd = e.central(len(cd))
    return cd + local + eocd(1, len(cd), 0)


file("Z01", "sizes-local-zero", "local sizes are zero without a descriptor's flag", lambda p: zip_one(p, lcsize=0, lusize=0, lcrc=0))
file("Z02", "sizes-local-huge", "local sizes are huge", lambda p: zip_one(p, lcsize=0x7FFFFFFF, lusize=0x7FFFFFFF))
file("Z03", "sizes-both-small-deflate", "both say fewer bytes than the stream has", lambda p: zip_one(p, lcsize=5, lusize=5, ccsize=5, cusize=5))
file("Z04", "sizes-both-zero", "both say no bytes at all", lambda p: zip_one(p, lcsize=0, lusize=0, ccsize=0, cusize=0))
file("Z05", "usize-small", "right packed size, unpacked size of 10", lambda p: zip_one(p, lusize=10, cusize=10))
file("Z06", "usize-large", "unpacked size of 10000", lambda p: zip_one(p, lusize=10000, cusize=10000))
file("Z07", "stored-csize-usize", "stored with different sizes", lambda p: zip_one(p, method=0, lcsize=68, lusize=10, ccsize=68, cusize=10))
file("Z08", "crc-wrong", "wrong check sums", lambda p: zip_one(p, crc=1))
file("Z09", "method-local-lies", "local says deflate, directory says stored and the data is stored", lambda p: zip_one(p, method=0, lmethod=8))
file("Z11", "method-both-lie-2", "both say deflate, the data is stored", lambda p: zip_one(p, method=8, raw=p))
file("Z12", "method-central-unknown", "directory says method 77, local says deflate", lambda p: zip_one(p, method=77, lmethod=8, raw=comp(p, 8)))
file("Z13", "method-local-unknown", "local says method 77, directory says deflate", lambda p: zip_one(p, lmethod=77))
file("Z14", "lzma", "method 14", lambda p: zip_one(p, method=14))
file("Z15", "lzma-eos-flag", "method 14 with its end mark's flag", lambda p: zip_one(p, method=14, flags=2))
file("Z16", "zstd-20", "method 20, the old number of zstd", lambda p: zip_one(p, method=20, raw=k.zstdraw(p)))
file("Z17", "deflate-zlib", "method 8 whose data has a zlib header", lambda p: zip_one(p, raw=zlib.compress(p)))
file("Z18", "deflate-gzip", "method 8 whose data is gzip", lambda p: zip_one(p, raw=gz(p)))
file("Z19", "encrypted-local", "encryption flag in the local header only", lambda p: zip_one(p, lflags=1))
file("Z20", "encrypted-both", "encryption flag in both, the data is plain", lambda p: zip_one(p, flags=1, lflags=1))
file("Z21", "strong-flag", "strong encryption flag, the data is plain", lambda p: zip_one(p, flags=0x41, lflags=0x41))
file("Z22", "masked-flag", "flag of a masked local header", lambda p: zip_one(p, flags=0x2000, lflags=0x2000))
file("Z23", "patch-flag", "flag of patch data", lambda p: zip_one(p, flags=0x20, lflags=0x20))
file("Z24", "dd-no-signature", "descriptor without a signature", lambda p: zip_one(p, flags=8, lcrc=0, lcsize=0, lusize=0, dd=dd(p, sig=False)))
file("Z25", "dd-64", "descriptor of 64-bit sizes", lambda p: zip_one(p, flags=8, lcrc=0, lcsize=0, lusize=0, dd=dd(p, big=True)))
file("Z26", "dd-missing", "descriptor's flag and no descriptor", lambda p: zip_one(p, flags=8, lcrc=0, lcsize=0, lusize=0))
file("Z27", "dd-central-none", "descriptor's flag in the local header only", lambda p: zip_one(p, lflags=8, lcrc=0, lcsize=0, lusize=0, dd=dd(p)))
file("Z28", "dd-stored-no-cd", "stored with a descriptor, the directory cut off", lambda p: Z("file.bin", p, 0, flags=8, lcrc=0, lcsize=0, lusize=0, dd=dd(p, 0)).local())
file("Z29", "dd-stored-hidden", "the same entry hidden from the directory", lambda p: (lambda a, b: zipf([a, b], cdents=[b]))(Z("file.bin", p, 0, flags=8, lcrc=0, lcsize=0, lusize=0, dd=dd(p, 0)), Z("readme.txt", HARM, 8)))
file("Z30", "offset-wrong", "directory's offset of the entry is wrong", lambda p: zip_one(p, offs=7))
file("Z31", "offset-huge", "offset of the entry beyond the end", lambda p: zip_one(p, offs=0xFFFFFFF0))
file("Z32", "cd-offset-wrong", "end record's offset is wrong", lambda p: cd_lie(p, off=11))
file("Z33", "cd-offset-zero", "end record's offset is zero", lambda p: cd_lie(p, off=-len(Z("file.bin", p, 8).local())))
file("Z34", "cd-size-wrong", "end record's size of the directory is wrong", lambda p: cd_lie(p, size=100))
file("Z35", "cd-size-zero", "end record's size is zero", lambda p: cd_lie(p, size=-len(Z("file.bin", p, 8).central(0))))
file("Z36", "cd-count-zero", "end record counts no entries", lambda p: cd_lie(p, n=-1))
file("Z37", "cd-count-many", "end record counts a thousand entries", lambda p: cd_lie(p, n=999))
file("Z38", "disk-number", "end record of another disk", lambda p: cd_lie(p, disk=3))
file("Z39", "prefix-unadjusted", "text before, offsets not adjusted", lambda p: b"x" * 777 + mkzip([("file.bin", p, 8)]))
file("Z40", "prefix-no-eocd", "text before, no directory", lambda p: b"x" * 777 + Z("file.bin", p, 8).local())
file("Z41", "local-signature-gone", "local signature overwritten", lambda p: (lambda z: z[:30].replace(b"PK\3\4", b"XX\3\4") + z[30:])(mkzip([("file.bin", p, 8)])))
file("Z42", "local-signature-gone-stored", "the same, stored", lambda p: (lambda z: z[:30].replace(b"PK\3\4", b"\0\0\0\0") + z[30:])(mkzip([("file.bin", p, 0)])))
file("Z43", "eocd-signature-gone", "end record's signature overwritten", lambda p: mkzip([("file.bin", p, 8)]).replace(b"PK\5\6", b"PK\5\5"))
file("Z44", "cd-signature-gone", "directory's signature overwritten", lambda p: mkzip([("file.bin", p, 8)]).replace(b"PK\1\2", b"PK\1\1"))
file("Z45", "gap-zeros", "zeros between the entries", lambda p: gap(p, b"\0" * 5000))
file("Z46", "gap-fake-local", "a false local header between the entries", lambda p: gap(p, b"PK\3\4" + b"\xff" * 40))
file("Z47", "gap-hidden", "an entry between the entries that nobody lists", lambda p: (lambda h: gap(k.TWIN, h))(Z("hidden.bin", p, 8).local()))
file("Z48", "gap-in-stored", "a zip within a stored entry's data", lambda p: mkzip([("inner.dat", b"data " * 20 + mkzip([("file.bin", p, 8)]), 0)]))
file("Z49", "gap-before-cd", "an entry behind the last one, before the directory", lambda p: (lambda a, h: a.local() + h + a.central(0) + eocd(1, len(a.central(0)), len(a.local() + h)))(Z("readme.txt", HARM, 8), Z("file.bin", p, 8).local()))
file("Z50", "behind-eocd", "an entry behind the end record", lambda p: mkzip([("readme.txt", HARM, 8)]) + Z("file.bin", p, 8).local())
file("Z51", "in-comment", "a whole zip within the comment", lambda p: mkzip([("readme.txt", HARM, 8)], comment=mkzip([("file.bin", p, 8)])))
file("Z52", "in-extra", "an entry within another one's extra field", lambda p: (lambda h: zipf([Z("readme.txt", HARM, 8, lextra=struct.pack("<HH", 0x9999, len(h)) + h)]))(Z("file.bin", p, 8).local()))
file("Z53", "two-eocd-first", "two end records, the payload in the first one's directory", lambda p: two_eocd(p, True))
file("Z54", "two-eocd-last", "two end records, the payload in the last one's directory", lambda p: two_eocd(p, False))
file("Z55", "eocd-comment-short", "comment's length says less", lambda p: mkzip([("file.bin", p, 8)], comment=b"")[:-2] + struct.pack("<H", 3) + b"comment that goes on")
file("Z56", "eocd-comment-long", "comment's length says more", lambda p: mkzip([("file.bin", p, 8)])[:-2] + struct.pack("<H", 9000))
file("Z57", "zip64-eocd-lie", "zip64 end record with a wrong offset", lambda p: zip64(p, 1234))
file("Z58", "zip64-count-lie", "zip64 end record counts none", lambda p: zip64(p, n=0))
file("Z59", "zip64-size-lie", "zip64 packed size is wrong", lambda p: zip64(p, size=1 << 60))
file("Z60", "zip64-no-locator", "zip64 without its locator", lambda p: zip64(p, locator=False))
file("Z61", "zip64-local-only", "zip64 fields in the local header only", lambda p: zip64(p, only_local=True))
file("Z62", "zip64-vs-32", "zip64 and the plain end record name different directories", lambda p: zip64_two(p, True))
file("Z63", "zip64-vs-32-other", "the same, the payload in the other one", lambda p: zip64_two(p, False))
file("Z64", "reversed", "directory before the entries", reversed_zip)
file("Z65", "truncated-half", "the data is cut before the stream's end; stored", lambda p: Z("file.bin", p + b"z" * 500, 0).local()[:200])
file("Z66", "truncated-deflate", "cut within the deflated stream behind the payload", lambda p: Z("file.bin", p + hashlib.sha512(b"a").digest() * 40, 8).local()[:180])
file("Z67", "names-empty", "an empty name", lambda p: zipf([Z("", p, 8)]))
file("Z68", "name-60k", "a name of 60000 characters", lambda p: zipf([Z("n" * 60000, p, 8)]))
file("Z69", "name-unicode-path", "unicode path names a directory", lambda p: (lambda e: zipf([Z("file.bin", p, 8, extra=e, lextra=e)]))(struct.pack("<HHBI", 0x7075, 9, 1, zlib.crc32(b"file.bin")) + b"dir/"))
file("Z70", "dir-in-both", "directory by name and attribute, with data, stored", lambda p: zipf([Z("dir/", p, 0, attr=0x41ED0010)]))
file("Z71", "symlink-attr", "a symbolic link whose target is the payload", lambda p: zipf([Z("link", p, 8, attr=0o120777 << 16)]))
file("Z72", "volume-label", "an entry that is a volume label", lambda p: zipf([Z("LABEL", p, 8, attr=8)]))
file("Z73", "dup-names-last", "two entries of one name, the payload last", lambda p: mkzip([("f.bin", HARM, 8), ("f.bin", p, 8)]))
file("Z74", "dup-offset", "two entries of the directory at one offset with other methods", lambda p: (lambda a: a.local() + a.central(0) + Z("other.bin", p, 0, ccsize=9, cusize=9).central(0) + eocd(2, len(a.central(0)) + len(Z("other.bin", p, 0).central(0)) + 0, len(a.local())))(Z("file.bin", p, 8)))
file("Z75", "overlap-inner", "an entry whose data is within another entry's stored data", lambda p: overlap(p))
file("Z76", "entries-3000", "the last of 3000 entries", lambda p: mkzip([("f%d" % i, b"%d" % i, 0) for i in range(3000)] + [("file.bin", p, 8)]))
file("Z77", "extra-broken", "extra fields whose length is beyond them", lambda p: zip_one(p, extra=b"\x01\x00\xff\xff", lextra=b"\x01\x00\xff\xff"))
file("Z78", "version-99", "needs version 9.9", lambda p: zip_one(p, ver=99))
file("Z79", "split-one", "one-volume split archive", lambda p: b"PK\7\x08" + zipf([Z("file.bin", p, 8)], base=4))
file("Z81", "apk-block", "data hidden in a signing block before the directory", lambda p: apk(p))
file("Z82", "jar-exec", "a zip behind a script", lambda p: b"#!/bin/sh\nexec java -jar $0\n" + mkzip([("file.bin", p, 8)]), b"a.jar")
file("Z83", "ooxml-case", "two parts of one name in other letters", lambda p: mkzip([("[content_types].xml", b"<Types/>", 8), ("[Content_Types].xml", b"<Types/>", 8), ("word/Document.xml", b"<a/>", 8), ("word/document.xml", p, 8)]), b"a.docx")
file("Z84", "utf16-eocd", "zip in base64 within a zip's text", lambda p: mkzip([("a.txt", b"begin-base64 644 f\n" + b64(p, 76, b"\n") + b"====\n", 8)]))


def zip64_two(p, in_64):
    good, bad = Z("file.bin", p, 8), Z("readme.txt", HARM, 8)
    lg, lb = good.local(), bad.local()
    cg, cb = good.central(0), bad.central(len(lg))
    og, ob = len(lg + lb), len(lg + lb + cg)
    a, b = ((cg, og), (cb, ob)) if in_64 else ((cb, ob), (cg, og))
    body = lg + lb + cg + cb
    return (body + struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, 1, 1, len(a[0]), a[1]) + struct.pack("<IIQI", 0x07064B50, 0, len(body), 1) +
            eocd(1, len(b[0]), b[1]))


def overlap(p):
    inner = Z("file.bin", p, 8)
    data = b"outer " + inner.local()
    outer = Z("outer.dat", data, 0)
    at = len(outer.local()) - len(data) + 6
    cd = outer.central(0) + inner.central(at)
    return outer.local() + cd + eocd(2, len(cd), len(outer.local()))


def apk(p):
    e = Z("readme.txt", HARM, 8)
    pair = struct.pack("<QI", len(p) + 4, 0x7109871A) + mkzip([("file.bin", p, 8)])
    size = len(pair) + 24
    block = struct.pack("<Q", size) + pair + struct.pack("<Q", size) + b"APK Sig Block 42"
    return e.local() + block + e.central(0) + eocd(1, len(e.central(0)), len(e.local() + block))


# --- W-A: other archives, compressed streams, disks ---
def arc(number, slug, title, build, name=b"file.dat", expected="infected"):
    file("A" + number, slug, title, build, name, expected=expected, group="archive")


def lzma_alone(p, size=None):
    d = lzma.compress(p, lzma.FORMAT_ALONE)
    return d[:5] + (d[5:13] if size is None else struct.pack("<q", size)) + d[13:]


def cpio_odc(p, magic=b"070707"):
    def one(name, d, mode):
        return magic + b"%06o%06o%06o%06o%06o%06o%06o%011o%06o%011o" % (1, 1, mode, 0, 0, 1, 0, 0, len(name) + 1, len(d)) + name + b"\0" + d
    return one(b"file.bin", p, 0o100644) + one(b"TRAILER!!!", b"", 0)


def cpio_bin(p, e="<"):
    def one(name, d, mode):
        h = struct.pack(e + "HHHHHHHHHHHHH", 0o70707, 1, 1, mode, 0, 0, 1, 0, 0, 0, len(name) + 1, len(d) >> 16, len(d) & 0xFFFF)
        n = name + b"\0"
        return h + n + b"\0" * (len(n) & 1) + d + b"\0" * (len(d) & 1)
    return one(b"file.bin", p, 0o100644) + one(b"TRAILER!!!", b"", 0)


def ar_of(name, p):
    return b"%-16s%-12s%-6s%-6s%-8s%-10d`\n" % (name, b"0", b"0", b"0", b"100644", len(p)) + p + b"\n" * (len(p) & 1)


def deb(p):
    t = tarm(b"./file.bin", p) + EOT
    return b"!<arch>\n" + ar_of(b"debian-binary", b"2.0\n") + ar_of(b"control.tar.gz", gz(EOT)) + ar_of(b"data.tar.xz", lzma.compress(t))


def rar4_solid(p):
    """Comment block, then a file behind a file, the second one the payload."""
    first, second = k.rar4(k.TWIN), k.rar4(p)
    return first[:-7] + second[20:]


def lha_level(p, level):
    t, d = k.dosdt()
    name, method = b"file.bin", b"-lh0-"
    crc = struct.pack("<H", k.crc16arc(p))
    if level == 1:
        b = method + struct.pack("<IIIBBB", len(p), len(p), d << 16 | t, 0x20, 1, len(name)) + name + crc + b"U" + b"\0\0"
        return bytes([len(b), sum(b) & 255]) + b + p + b"\0"
    ext = struct.pack("<HB", 3 + len(name), 1) + name
    b = method + struct.pack("<IIIBB", len(p), len(p), 1793613600, 0x20, 2) + crc + b"U" + ext + b"\0\0"
    return struct.pack("<H", len(b) + 2) + b + p + b"\0"


def partition_gpt(p):
    img = k.fat12(p, 128)
    ent = bytes.fromhex("a2a0d0ebe5b9334487c068b6b72699c7") + b"\1" * 16 + struct.pack("<QQQ", 34, 34 + 127, 0) + "data".encode("utf-16-le").ljust(72, b"\0")
    ents = ent.ljust(128 * 128, b"\0")
    h = b"EFI PART" + struct.pack("<IIIIQQQQ16sQIII", 0x10000, 92, 0, 0, 1, 200, 34, 190, b"\2" * 16, 2, 128, 128, zlib.crc32(ents))
    mbr = bytearray(512)
    mbr[446:462] = struct.pack("<B3sB3sII", 0, b"\0\2\0", 0xEE, b"\xff\xff\xff", 1, 200)
    mbr[510:512] = b"\x55\xaa"
    return bytes(mbr) + h.ljust(512, b"\0") + ents + img


def fat_long(p):
    img = bytearray(k.fat12(p))
    root = img.index(b"FILE    BIN")
    short = bytes(img[root:root + 32])
    name = "a long name.bin".encode("utf-16-le") + b"\0\0"
    name = name.ljust(52, b"\xff")
    c = 0
    for x in short[:11]:
        c = (((c & 1) << 7) + (c >> 1) + x) & 255
    def lfn(seq, part):
        return bytes([seq]) + part[:10] + b"\x0f\0" + bytes([c]) + part[10:22] + b"\0\0" + part[22:26]
    img[root:root + 96] = lfn(0x42, name[26:52]) + lfn(1, name[:26]) + short
    return bytes(img)


def fat_deleted(p):
    img = bytearray(k.fat12(p))
    root = img.index(b"FILE    BIN")
    img[root] = 0xE5
    return bytes(img)


def iso_raw(p):
    """Sectors of 2352 bytes, as a raw image of a CD has them."""
    img = k.iso(p)
    return b"".join(b"\0" + b"\xff" * 10 + b"\0" + struct.pack(">I", i)[1:] + b"\1" + img[i * 2048:i * 2048 + 2048] + b"\0" * 288 for i in range(len(img) // 2048))


def bin_of(pre, f):
    return lambda p: pre + f(p)


MZ = b"MZ" + b"\0" * 2046
arc("01", "gzip-junk-behind", "gzip with junk behind", lambda p: gz(p) + b"junk" * 9, b"f.gz")
arc("02", "gzip-zeros-between", "zeros between two members", lambda p: gz(p[:20]) + b"\0" * 512 + gz(p[20:]), b"f.gz")
arc("03", "gzip-harm-first", "harmless member first, payload member second", lambda p: gz(HARM) + gz(p), b"f.gz")
arc("04", "gzip-all-fields", "extra field, name, comment, header check sum", lambda p: gz_fhcrc(p), b"f.gz")
arc("05", "gzip-reserved-flags", "reserved flags", lambda p: gz(p, flg=0xE0), b"f.gz")
arc("07", "gzip-prefix", "text before gzip", lambda p: b"#!/bin/sh\ntail -n +3 $0 | gunzip\n" + gz(p), b"f.sh")
arc("08", "zlib-gz", "zlib stream named .gz", lambda p: zlib.compress(p), b"f.gz")
arc("10", "gzip-in-gzip", "twelve times gzip", lambda p: many(gz, p, 12), b"f.gz")
arc("11", "bzip2-junk", "bzip2 with junk behind", lambda p: bz2.compress(p) + b"junk", b"f.bz2")
arc("12", "bzip2-harm-first", "harmless stream first", lambda p: bz2.compress(HARM) + bz2.compress(p), b"f.bz2")
arc("13", "bzip2-zero-end", "bzip2 cut before its check sum", lambda p: bz2.compress(p)[:-6], b"f.bz2")
arc("14", "xz-check-none", "xz without a check", lambda p: lzma.compress(p, check=lzma.CHECK_NONE), b"f.xz")
arc("15", "xz-sha256", "xz with SHA-256", lambda p: lzma.compress(p, check=lzma.CHECK_SHA256), b"f.xz")
arc("16", "xz-delta", "xz with a delta filter", lambda p: lzma.compress(p, filters=[{"id": lzma.FILTER_DELTA, "dist": 4}, {"id": lzma.FILTER_LZMA2}]), b"f.xz")
arc("17", "xz-x86", "xz with the x86 filter", lambda p: lzma.compress(p, filters=[{"id": lzma.FILTER_X86}, {"id": lzma.FILTER_LZMA2}]), b"f.xz")
arc("18", "xz-cut", "xz without index and footer", lambda p: lzma.compress(p)[:-28], b"f.xz")
arc("19", "xz-harm-first", "harmless stream first", lambda p: lzma.compress(HARM) + lzma.compress(p), b"f.xz")
arc("20", "lzma-alone", "lzma_alone", lzma_alone, b"f.lzma")
arc("21", "lzma-sized", "lzma_alone with its size", lambda p: lzma_alone(p, 68), b"f.lzma")
arc("22", "lzip-two", "lzip of two members", lambda p: lzip(p[:30]) + lzip(p[30:]), b"f.lz")
arc("23", "zstd-skippable", "skippable frames before zstd", lambda p: struct.pack("<II", 0x184D2A53, 5) + b"hello" + k.zstdraw(p), b"f.zst")
arc("24", "zstd-two", "zstd of two frames", lambda p: k.zstdraw(p[:30]) + k.zstdraw(p[30:]), b"f.zst")
arc("25", "lz4-skippable", "skippable frame before lz4", lambda p: struct.pack("<II", 0x184D2A50, 3) + b"abc" + k.lz4(p), b"f.lz4")
arc("26", "lz4-legacy", "lz4 legacy frame", lambda p: struct.pack("<II", 0x184C2102, len(lz4_block(p))) + lz4_block(p), b"f.lz4")
arc("27", "lz4-two", "lz4 of two frames", lambda p: k.lz4(p[:30]) + k.lz4(p[30:]), b"f.lz4")
arc("28", "compress-16", "compress without block mode", lambda p: k.lzw(p)[:2] + b"\x10" + k.lzw(p)[3:], b"f.Z")
arc("29", "tar-checksum-signed", "check sum as signed bytes", lambda p: tar_signed(p), b"f.tar")
arc("30", "tar-checksum-spaces", "check sum field of spaces", lambda p: (lambda t: t[:148] + b" " * 8 + t[156:])(tarm(b"file.bin", p)) + EOT, b"f.tar")
arc("31", "tar-size-octal-spaces", "size with leading spaces", lambda p: tarm(b"file.bin", p, szf=b"        104 ") + EOT, b"f.tar")
arc("33", "tar-longlink", "GNU long name", lambda p: tarm(b"././@LongLink", b"n" * 200 + b"\0", typ=b"L") + tarm(b"n" * 99, p) + EOT, b"f.tar")
arc("34", "tar-dir-data", "directory member with data", lambda p: tarm(b"dir/", p, typ=b"5") + EOT, b"f.tar")
arc("35", "tar-symlink-data", "symbolic link with data", lambda p: tarm(b"link", p, typ=b"2") + EOT, b"f.tar")
arc("36", "tar-device-data", "device with data", lambda p: tarm(b"dev", p, typ=b"3") + EOT, b"f.tar")
arc("37", "tar-multivolume", "the rest of a file of another volume", lambda p: tarm(b"file.bin", p, typ=b"M") + EOT, b"f.tar")
arc("38", "tar-no-eot", "no end blocks", lambda p: tarm(b"file.bin", p), b"f.tar")
arc("39", "tar-cut", "cut behind the payload", lambda p: tarm(b"file.bin", p)[:580], b"f.tar")
arc("40", "tar-one-zero-block", "one block of zeros between", lambda p: tarm(b"a", HARM) + b"\0" * 512 + tarm(b"file.bin", p) + EOT, b"f.tar")
arc("41", "tar-junk-block", "a block of junk between", lambda p: tarm(b"a", HARM) + b"\xa5" * 512 + tarm(b"file.bin", p) + EOT, b"f.tar")
arc("42", "tar-prefix", "512 bytes of junk before", lambda p: b"\xa5" * 512 + tarm(b"file.bin", p) + EOT, b"f.tar")
arc("43", "tar-zip", "zip behind a tar", lambda p: tarm(b"a", HARM) + EOT + mkzip([("file.bin", p, 8)]), b"f.tar")
arc("44", "zip-tar", "tar behind a zip", lambda p: (lambda z: z.ljust((len(z) + 511) // 512 * 512, b"\0"))(mkzip([("a", HARM, 8)])) + tarm(b"file.bin", p) + EOT, b"f.zip")
arc("45", "tar-pax-global-size", "global pax header gives the size", lambda p: tarm(b"g", k.pax(b"size", b"68"), typ=b"g") + tarh(b"file.bin", 0) + p.ljust(512, b"\0") + EOT, b"f.tar")
arc("46", "tar-pax-size-twice", "pax header with two sizes", lambda p: tarm(b"x", k.pax(b"size", b"3") + k.pax(b"size", b"68"), typ=b"x") + tarh(b"file.bin", 0) + p.ljust(512, b"\0") + EOT, b"f.tar")
arc("47", "tar-star-magic", "old GNU magic", lambda p: tarm(b"file.bin", p, magic=b"ustar  \0") + EOT, b"f.tar")
arc("48", "cpio-odc", "cpio odc", cpio_odc, b"f.cpio")
arc("49", "cpio-bin", "cpio binary", cpio_bin, b"f.cpio")
arc("50", "cpio-bin-be", "cpio binary, big-endian", lambda p: cpio_bin(p, ">"), b"f.cpio")
arc("51", "cpio-crc", "cpio with check sums", lambda p: k.cpio(p).replace(b"070701", b"070702"), b"f.cpio")
arc("52", "cpio-lower", "cpio with lower-case digits", lambda p: k.cpio(p).replace(b"000081A4", b"000081a4"), b"f.cpio")
arc("53", "cpio-two", "two cpio archives one behind the other", lambda p: k.cpio(HARM).ljust(512, b"\0") + k.cpio(p), b"f.cpio")
arc("54", "cpio-gz", "initrd: cpio, then a compressed cpio", lambda p: k.cpio(HARM).ljust(512, b"\0") + gz(k.cpio(p)), b"initrd")
arc("55", "ar-bsd", "ar with a BSD long name", lambda p: b"!<arch>\n" + ar_of(b"#1/8", b"file.bin" + p), b"f.a")
arc("56", "deb", "Debian package", deb, b"f.deb")
arc("57", "7z-sfx-text", "7z behind text", lambda p: b"text " * 100 + k.sevenz(p, "lzma"), b"f.exe")
arc("58", "7z-crc", "7z whose start header's check sum is wrong", lambda p: (lambda z: z[:8] + b"\1\2\3\4" + z[12:])(k.sevenz(p)), b"f.7z")
arc("59", "7z-version", "7z of version 0.9", lambda p: (lambda z: z[:6] + b"\0\x09" + z[8:])(k.sevenz(p)), b"f.7z")
arc("60", "7z-junk", "7z with junk behind", lambda p: k.sevenz(p) + b"\0junk" * 20, b"f.7z")
arc("61", "7z-two", "two 7z archives one behind the other", lambda p: k.sevenz(HARM.ljust(68)) + k.sevenz(p), b"f.7z")
arc("62", "rar4", "RAR 4, stored", k.rar4, b"f.rar")
arc("63", "rar5", "RAR 5, stored", k.rar5, b"f.rar")
arc("64", "rar-mz", "RAR behind MZ", lambda p: k.rar4(p, MZ), b"f.exe")
arc("65", "rar5-mz", "RAR 5 behind MZ", lambda p: MZ + k.rar5(p), b"f.exe")
arc("66", "rar-text", "RAR behind text", lambda p: b"hello " * 50 + k.rar4(p), b"f.rar")
arc("67", "rar-jpeg", "RAR behind a JPEG", lambda p: JPEG + k.rar5(p), b"f.jpg")
arc("68", "rar-two-files", "RAR of two files", rar4_solid, b"f.rar")
arc("69", "rar-no-end", "RAR without its end block", lambda p: k.rar4(p)[:-7], b"f.rar")
arc("70", "rar-crc", "RAR whose block check sums are wrong", lambda p: rar4_bad(p), b"f.rar")
arc("71", "rar-4-in-5", "RAR 5 signature before RAR 4", lambda p: b"Rar!\x1a\x07\x01\0" + k.rar4(p), b"f.rar")
arc("72", "arj", "ARJ, stored", k.arj, b"f.arj")
arc("73", "arj-mz", "ARJ behind MZ", lambda p: MZ + k.arj(p), b"f.exe")
arc("74", "lha", "LHA level 0", k.lha, b"f.lzh")
arc("75", "lha-1", "LHA level 1", lambda p: lha_level(p, 1), b"f.lzh")
arc("76", "lha-2", "LHA level 2", lambda p: lha_level(p, 2), b"f.lzh")
arc("77", "lha-mz", "LHA behind MZ", lambda p: MZ + k.lha(p), b"f.exe")
arc("79", "cab", "cabinet, stored", k.cab, b"f.cab")
arc("80", "cab-mz", "cabinet behind MZ", lambda p: MZ + k.cab(p), b"f.exe")
arc("81", "cab-html", "cabinet behind HTML", lambda p: b"<html><body>Hi</body></html>" + k.cab(p), b"f.html")
arc("82", "cab-mszip", "cabinet, MSZIP", lambda p: cab_mszip(p), b"f.cab")
arc("83", "cab-size-lie", "cabinet whose size says less", lambda p: (lambda c: c[:8] + struct.pack("<I", 50) + c[12:])(k.cab(p)), b"f.cab")
arc("84", "cab-in-cab", "cabinet in a cabinet", lambda p: k.cab(k.cab(p)), b"f.cab")
arc("85", "iso-raw", "ISO image of raw sectors", iso_raw, b"f.bin")
arc("86", "iso-mz", "MZ in the ISO's first sectors", lambda p: MZ + k.iso(p)[len(MZ):], b"f.iso")
arc("87", "iso-zip", "zip in the ISO's first sectors", lambda p: (lambda z: z + k.iso(HARM)[len(z):])(mkzip([("file.bin", p, 8)])), b"f.iso")
arc("88", "iso-cut", "ISO cut behind the payload", lambda p: k.iso(p)[:-1900], b"f.iso")
arc("89", "gpt", "GPT with a FAT partition", partition_gpt, b"d.img")
arc("90", "fat-long", "FAT with long names", fat_long, b"d.img")
arc("91", "fat-no-55aa", "FAT without the mark of a boot sector", lambda p: (lambda f: f[:510] + b"\0\0" + f[512:])(k.fat12(p)), b"d.img")
arc("92", "fat-cut", "FAT image cut behind its data", lambda p: k.fat12(p)[:512 * 8], b"d.img")
arc("93", "vhd-gz", "VHD in gzip", lambda p: gz(k.vhd(p)), b"d.vhd.gz")
arc("94", "vhd-no-footer", "VHD without its footer", lambda p: k.vhd(p)[:-512], b"d.vhd")
arc("95", "tar-gz-uu", "tar in gzip in uuencode", lambda p: k.uue(gz(tarm(b"file.bin", p) + EOT), b"f.tar.gz"), b"f.uue")
arc("96", "ace", "ACE, stored", k.ace, b"f.ace", "unscannable")
arc("97", "nested-kinds", "ten formats within each other", lambda p: kinds(p), b"f.bin")
arc("98", "shar", "shell archive with a here document of uuencode", lambda p: b"#!/bin/sh\n# This is a shell archive\nsed 's/^X//' << 'EOF' | uudecode\n" + k.uue(p, b"f.bin").replace(N, b"\n") + b"EOF\n", b"f.shar")

JPEG = bytes.fromhex("ffd8ffe000104a46494600010101004800480000ffdb004300") + b"\x10" * 64 + b"\xff\xd9"


def gz_fhcrc(p):
    h = b"\x1f\x8b\x08" + bytes([2 | 4 | 8 | 16]) + b"\0\0\0\0\2\3" + struct.pack("<H", 6) + b"AB\2\0xy" + b"f.bin\0" + b"comment\0"
    return h + struct.pack("<H", zlib.crc32(h) & 0xFFFF) + comp(p, 8) + struct.pack("<II", zlib.crc32(p), len(p))


def many(f, p, n):
    for _ in range(n):
        p = f(p)
    return p


def lzip(p):
    r = lzma.compress(p, lzma.FORMAT_ALONE, filters=[{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 23, "lc": 3, "lp": 0, "pb": 2}])[13:]
    return b"LZIP\1" + bytes([23]) + r + struct.pack("<IQQ", zlib.crc32(p), len(p), len(r) + 26)


def lz4_block(p):
    n = len(p) - 15
    return b"\xf0" + bytes([n]) + p


def tar_signed(p):
    h = bytearray(tarh(b"file\xff\xfe.bin", len(p)))
    h[148:156] = b" " * 8
    s = sum(c - 256 if c > 127 else c for c in h)
    h[148:156] = b"%06o\0 " % s
    return bytes(h) + p.ljust(512, b"\0") + EOT


def rar4_bad(p):
    z = bytearray(k.rar4(p))
    z[20] ^= 0xFF
    return bytes(z)


def cab_mszip(p):
    c = bytearray(k.cab(p))
    at = len(c) - len(p) - 8
    d = b"CK" + comp(p, 8)
    c[at:] = struct.pack("<IHH", 0, len(d), len(p)) + d
    c[42:44] = struct.pack("<H", 1)
    c[8:12] = struct.pack("<I", len(c))
    return bytes(c)


def kinds(p):
    for f in (gz, lambda d: tarm(b"f", d) + EOT, bz2.compress, lambda d: mkzip([("f", d, 8)]), lzma.compress, k.cpio,
              lambda d: b"!<arch>\n" + ar_of(b"f", d), lambda d: b64(d), lambda d: mixed(entity(d), MPX + b"boundary=zz\r\n", b"zz"), lambda d: mkzip([("a.eml", d, 8)])):
        p = f(p)
    return p


# --- W-O: documents, wrappers ---
def doc(number, slug, title, build, name=b"file.doc", ctype=b"application/octet-stream", expected="infected"):
    file("O" + number, slug, title, build, name, ctype, expected, "document")


def pdf_of(d, keys, extra=b""):
    return (b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Names<</EmbeddedFiles<</Names[(file.bin)4 0 R]>>>>>>\nendobj\n4 0 obj\n<</Type/Filespec/F(file.bin)/EF<</F 5 0 R>>>>\nendobj\n"
            b"5 0 obj\n<</Type/EmbeddedFile" + keys + b">>\nstream\n" + d + b"\nendstream\nendobj\n" + extra + b"trailer<</Root 1 0 R>>\n%%EOF\n")


def run_length(p):
    return bytes([len(p) - 1]) + p + b"\x80"


def lzw_pdf(p):
    """Nine-bit codes, most significant bit first, with clear and end."""
    bits = "".join(format(c, "09b") for c in [256] + list(p) + [257])
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))


def pred(p):
    return zlib.compress(b"".join(b"\0" + p[i:i + 4] for i in range(0, 68, 4)))


def pdf_objstm(p):
    inner = b"<</Type/Filespec/F(f.bin)/EF<</F 5 0 R>>>>"
    head = b"4 0 "
    d = zlib.compress(head + inner)
    s = zlib.compress(p)
    return (b"%%PDF-1.7\n1 0 obj\n<</Type/Catalog/Names<</EmbeddedFiles<</Names[(f)4 0 R]>>>>>>\nendobj\n7 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\n" % len(d) + d +
            b"\nendstream\nendobj\n5 0 obj\n<</Type/EmbeddedFile/Filter/FlateDecode/Length %d>>\nstream\n" % len(s) + s + b"\nendstream\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF")


def rtf_of(data):
    return b"{\\rtf1\\ansi {\\object\\objemb{\\*\\objclass Package}{\\*\\objdata " + data + b"}}}"


def ole1(p):
    o = k.ole10(p)
    return struct.pack("<II", 0x501, 2) + struct.pack("<I", 8) + b"Package\0" + struct.pack("<II", 0, 0) + o


def hexed(p):
    return binascii.hexlify(ole1(p))


def msg(p):
    return k.cfb([(("__attach_version1.0_#00000000", "__substg1.0_37010102"), p), (("__substg1.0_001A001F",), "IPM.Note".encode("utf-16-le")), (("__properties_version1.0",), b"\0" * 32)])


def tnef_in(p):
    return k.tnef(k.tnef(p, b"f.bin"), b"winmail.dat")


def cms_signed(d):
    return k.der(0x30, k.oid("1.2.840.113549.1.7.2"), k.der(0xA0, k.der(0x30, k.der(2, b"\1"), k.der(0x31), k.der(0x30, k.OD, k.der(0xA0, d)), k.der(0x31))))


def cms_indefinite(p):
    inner = b"".join(k.der(4, p[i:i + 16]) for i in range(0, len(p), 16))
    e = b"\0\0"
    return (b"\x30\x80" + k.oid("1.2.840.113549.1.7.2") + b"\xa0\x80\x30\x80" + k.der(2, b"\1") + k.der(0x31) + b"\x30\x80" + k.OD + b"\xa0\x80\x24\x80" + inner + e + e + e + k.der(0x31) + e + e + e)


def pgp_literal(p, old=False):
    body = b"b\x05f.bin\0\0\0\0" + p
    return (b"\xac" if old else b"\xcb") + bytes([len(body)]) + body


def pgp_compressed(p, algorithm):
    inner = pgp_literal(p)
    d = comp(inner, 8) if algorithm == 1 else zlib.compress(inner) if algorithm == 2 else bz2.compress(inner) if algorithm == 3 else inner
    return b"\xa3" + bytes([algorithm]) + d


def armour(d, label=b"MESSAGE"):
    crc = 0xB704CE
    for c in d:
        crc ^= c << 16
        for _ in range(8):
            crc = (crc << 1) ^ (0x1864CFB if crc & 0x800000 else 0)
    return b"-----BEGIN PGP " + label + b"-----\r\nComment: x\r\n\r\n" + b64(d, 64) + b"=" + base64.b64encode((crc & 0xFFFFFF).to_bytes(3, "big")) + b"\r\n-----END PGP " + label + b"-----\r\n"


def one(p):
    return (bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3") + b"\0" * 1008 + b"".join(bytes.fromhex("e716e3bd65261145a4c48d4d0b7a9eac") + struct.pack("<QIQ", len(d), 0, 0) + d + b"\0" * (-len(d) % 8) + bytes.fromhex("22a7fb71790f0b4abb13899256426b24") for d in (HARM, p)))


s64 = base64.b64encode
PDF, RTF, HTML = b"a.pdf", b"a.rtf", b"a.html"
doc("01", "pdf-plain", "embedded file without a filter", lambda p: pdf_of(p, b"/Length 68"), PDF)
doc("02", "pdf-length-wrong", "wrong length", lambda p: pdf_of(zlib.compress(p), b"/Filter/FlateDecode/Length 3"), PDF)
doc("03", "pdf-length-missing", "no length", lambda p: pdf_of(zlib.compress(p), b"/Filter/FlateDecode"), PDF)
doc("04", "pdf-length-indirect", "length in an object that doesn't exist", lambda p: pdf_of(zlib.compress(p), b"/Filter/FlateDecode/Length 99 0 R"), PDF)
doc("05", "pdf-name-hex", "filter's name in escapes", lambda p: pdf_of(zlib.compress(p), b"/F#69lter/Fl#61teDecode"), PDF)
doc("06", "pdf-abbreviated", "filters' short names", lambda p: pdf_of(binascii.hexlify(zlib.compress(p)) + b">", b"/Filter[/AHx/Fl]"), PDF)
doc("07", "pdf-run-length", "RunLengthDecode", lambda p: pdf_of(run_length(p), b"/Filter/RunLengthDecode"), PDF)
doc("08", "pdf-lzw", "LZWDecode", lambda p: pdf_of(lzw_pdf(p), b"/Filter/LZWDecode"), PDF)
doc("09", "pdf-predictor", "PNG predictor", lambda p: pdf_of(pred(p), b"/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 4>>"), PDF)
doc("10", "pdf-five-filters", "five filters", lambda p: pdf_of(base64.a85encode(zlib.compress(binascii.hexlify(zlib.compress(run_length(p))) + b">")) + b"~>", b"/Filter[/ASCII85Decode/FlateDecode/ASCIIHexDecode/FlateDecode/RunLengthDecode]"), PDF)
doc("11", "pdf-object-stream", "the file specification in an object stream", pdf_objstm, PDF)
doc("12", "pdf-no-endstream", "no endstream", lambda p: pdf_of(zlib.compress(p), b"/Filter/FlateDecode").replace(b"\nendstream\nendobj", b""), PDF)
doc("13", "pdf-cr", "CR behind stream", lambda p: pdf_of(zlib.compress(p), b"/Filter/FlateDecode").replace(b"stream\nx", b"stream\rx"), PDF)
doc("14", "pdf-flate-cut", "deflate stream without its check sum", lambda p: pdf_of(zlib.compress(p)[:-4], b"/Filter/FlateDecode"), PDF)
doc("15", "pdf-hex-odd", "hex digits with spaces, no end", lambda p: pdf_of(b" \n".join(binascii.hexlify(p)[i:i + 3] for i in range(0, 136, 3)), b"/Filter/ASCIIHexDecode"), PDF)
doc("16", "pdf-crypt-identity", "Crypt filter of Identity", lambda p: pdf_of(zlib.compress(p), b"/Filter[/Crypt/FlateDecode]/DecodeParms[<</Name/Identity>>null]"), PDF)
doc("17", "pdf-no-header", "no %PDF- at the start but junk of 2000 bytes", lambda p: b"junk\n" * 400 + k.pdf(p), PDF)
doc("18", "pdf-fdf", "FDF with a file", lambda p: pdf_of(zlib.compress(p), b"/Filter/FlateDecode").replace(b"%PDF-1.7", b"%FDF-1.2"), b"a.fdf")
doc("19", "pdf-zip", "zip behind a PDF", lambda p: pdf_of(HARM, b"") + mkzip([("file.bin", p, 8)]), PDF)
doc("20", "pdf-in-pdf", "PDF within a PDF", lambda p: pdf_of(zlib.compress(pdf_of(p, b"")), b"/Filter/FlateDecode"), PDF)
doc("21", "pdf-js-unescape", "JavaScript with a data in base64", lambda p: pdf_of(HARM, b"", b"6 0 obj\n<</S/JavaScript/JS(var a=atob\\(\"" + s64(p) + b"\"\\))>>\nendobj\n"), PDF)
doc("22", "pdf-js-stream", "JavaScript in a deflated stream", lambda p: pdf_of(HARM, b"", b"7 0 obj\n<</S/JavaScript/JS 6 0 R>>\nendobj\n6 0 obj\n<</Filter/FlateDecode>>stream\n" + zlib.compress(b'var a=atob("' + s64(p) + b'");') + b"\nendstream\nendobj\n"), PDF)
doc("30", "rtf-no-version", "{\\rt instead of {\\rtf1", lambda p: rtf_of(hexed(p)).replace(b"{\\rtf1", b"{\\rt"), RTF)
doc("31", "rtf-rtf0", "{\\rtfxyz", lambda p: rtf_of(hexed(p)).replace(b"{\\rtf1", b"{\\rtfxyz"), RTF)
doc("32", "rtf-groups", "groups within the data", lambda p: rtf_of(b"".join(hexed(p)[i:i + 8] + b"{\\*\\junk}" for i in range(0, len(hexed(p)), 8))), RTF)
doc("33", "rtf-words", "control words within the data", lambda p: rtf_of(b"".join(hexed(p)[i:i + 8] + b"\\mhack2 " for i in range(0, len(hexed(p)), 8))), RTF)
doc("34", "rtf-quote-hex", "\\'hh within the data", lambda p: rtf_of(b"".join(hexed(p)[i:i + 8] + b"\\'41" for i in range(0, len(hexed(p)), 8))), RTF)
doc("35", "rtf-bin", "\\bin data", lambda p: rtf_of(b"\\bin%d " % len(ole1(p)) + ole1(p)), RTF)
doc("36", "rtf-upper", "capital hex digits and CR LF", lambda p: rtf_of(N.join(hexed(p).upper()[i:i + 2] for i in range(0, len(hexed(p)), 2))), RTF)
doc("37", "rtf-prefix", "blanks before {\\rtf", lambda p: b"  \r\n" + rtf_of(hexed(p)), RTF)
doc("38", "rtf-pict", "the payload as hex of a picture", lambda p: b"{\\rtf1{\\pict\\pngblip " + binascii.hexlify(p) + b"}}", RTF)
doc("39", "rtf-datastore", "OLE file in \\datastore", lambda p: b"{\\rtf1{\\*\\datastore " + binascii.hexlify(k.cfb([(("Payload",), p)])) + b"}}", RTF)
doc("40", "rtf-cfb", "OLE file as object data", lambda p: b"{\\rtf1{\\object{\\*\\objdata " + binascii.hexlify(struct.pack("<III", 0x501, 2, 5) + b"Word\0" + struct.pack("<III", 0, 0, len(k.cfb([(("\1Ole10Native",), k.ole10(p))]))) + k.cfb([(("\1Ole10Native",), k.ole10(p))])) + b"}}}", RTF)
doc("41", "rtf-unclosed", "no closing braces", lambda p: rtf_of(hexed(p)).rstrip(b"}"), RTF)
doc("45", "ole10native", "Ole10Native in a compound file", lambda p: k.cfb([(("ObjectPool", "_1", "\1Ole10Native"), k.ole10(p))]))
doc("46", "msg", "Outlook message with an attachment", msg, b"a.msg")
doc("47", "msg-in-msg", "compound file within a compound file", lambda p: k.cfb([(("Package",), b"x" * 10 + k.cfb([(("A",), p)])[0:0] + p), (("B",), p)]), b"a.msg")
doc("48", "ole-mz", "compound file behind MZ", lambda p: k.cfb([(("Payload",), p)]), b"a.doc")
doc("49", "ole-in-zip", "oleObject1.bin in a docx", lambda p: mkzip([("[Content_Types].xml", b"<Types/>", 8), ("word/embeddings/oleObject1.bin", k.cfb([(("\1Ole10Native",), k.ole10(p))]), 8)]), b"a.docx")
doc("50", "tnef-in-tnef", "TNEF in TNEF", tnef_in, b"winmail.dat")
doc("51", "tnef-cut", "TNEF cut behind the payload", lambda p: k.tnef(p, b"f.bin")[:-2], b"winmail.dat")
doc("52", "tnef-checksum", "TNEF with wrong check sums", lambda p: k.tnef(p, b"f.bin")[:-2] + b"\0\0", b"winmail.dat")
doc("54", "cms-opaque", "signed data around a mail part", lambda p: cms_signed(k.der(4, CT + CTE + N + b64(p))), b"smime.p7m")
doc("55", "cms-octets", "signed data around the payload", lambda p: cms_signed(k.der(4, p)), b"a.p7m")
doc("56", "cms-indefinite", "indefinite lengths and pieces", cms_indefinite, b"a.p7m")
doc("57", "cms-triple", "signed in signed in signed", lambda p: cms_signed(k.der(4, cms_signed(k.der(4, cms_signed(k.der(4, p)))))), b"a.p7m")
doc("58", "cms-pem", "signed data in PEM armour", lambda p: b"-----BEGIN PKCS7-----\n" + b64(cms_signed(k.der(4, p)), 64, b"\n") + b"-----END PKCS7-----\n", b"a.p7m")
doc("60", "pgp-literal", "PGP literal packet", pgp_literal, b"a.gpg")
doc("61", "pgp-literal-old", "PGP literal packet, old format", lambda p: pgp_literal(p, True), b"a.gpg")
for _i, _n in ((0, "none"), (1, "zip"), (2, "zlib"), (3, "bzip2")):
    doc("6%d" % (2 + _i), "pgp-" + _n, "PGP compressed packet: " + _n, lambda p, a=_i: pgp_compressed(p, a), b"a.gpg")
doc("66", "pgp-armour", "PGP armour", lambda p: armour(pgp_compressed(p, 2)), b"a.asc")
doc("67", "pgp-armour-text", "PGP armour amid text", lambda p: b"Hi\r\n\r\n" + armour(pgp_literal(p)) + b"Bye\r\n", b"a.txt")
doc("68", "pgp-armour-bare", "PGP armour without header lines and check sum", lambda p: b"-----BEGIN PGP MESSAGE-----\n\n" + b64(pgp_literal(p), 64, b"\n") + b"-----END PGP MESSAGE-----\n", b"a.asc")
doc("69", "pgp-partial", "PGP packet of partial lengths", lambda p: (lambda b: b"\xcb\xe6" + b[:64] + bytes([len(b) - 64]) + b[64:])(b"b\x05f.bin\0\0\0\0" + p), b"a.gpg")
doc("70", "onenote-two", "OneNote with two files", one, b"a.one")
doc("71", "activemime-plain", "ActiveMime in base64 in MHT", lambda p: mixed(entity(b"ActiveMime\0\0\1\xf0" + struct.pack("<I", 0x04000000) + b"\xff\xff\xff\xff\0\0\7\xf0" + struct.pack("<I", 0x20) + b"\0" * (0x32 - 30) + zlib.compress(p), b"Content-Type: application/x-mso\r\n" + CTE)), b"a.mht")
doc("72", "html-data-upper", "DATA: in capitals", lambda p: b'<a href="DATA:;BASE64,' + s64(p) + b'">x</a>', HTML)
doc("73", "html-data-percent", "data: with percent escapes", lambda p: b'<a href="data:,' + b"".join(b"%%%02x" % c for c in p) + b'">x</a>', HTML)
doc("74", "html-data-percent-b64", "base64 with percent escapes", lambda p: b'<a href="data:;base64,' + s64(p).replace(b"=", b"%3D").replace(b"A", b"%41") + b'">x</a>', HTML)
doc("75", "html-data-newlines", "line ends within the URI", lambda p: b'<a href="da\nta:;ba\nse64,' + b64(p, 20, b"\n") + b'">x</a>', HTML)
doc("76", "html-data-entities", "character references all over", lambda p: b'<a href="' + b"".join(b"&#%d;" % c for c in b"data:;base64," + s64(p)) + b'">x</a>', HTML)
doc("77", "html-data-entities-hex", "hexadecimal references without semicolons", lambda p: b'<a href="' + b"".join(b"&#x%x;" % c for c in b"data:;base64,") + s64(p) + b'">x</a>', HTML)
doc("78", "html-atob", "atob in a script", lambda p: b'<script>var b=atob("' + s64(p) + b'");</script>', HTML)
doc("79", "html-atob-split", "a string in pieces", lambda p: b"<script>var b=atob('" + b"'+'".join(s64(p)[i:i + 10] for i in range(0, len(s64(p)), 10)) + b"');</script>", HTML)
doc("80", "html-atob-array", "an array of pieces that are joined", lambda p: b"<script>var b=atob(['" + b"','".join(s64(p)[i:i + 10] for i in range(0, len(s64(p)), 10)) + b"'].join(''));</script>", HTML)
doc("81", "html-charcode", "fromCharCode", lambda p: b"<script>var b=String.fromCharCode(" + b",".join(b"%d" % c for c in p) + b");</script>", HTML)
doc("82", "html-charcode-hex", "an array of hexadecimal numbers", lambda p: b"<script>var b=new Uint8Array([" + b", ".join(b"0x%02x" % c for c in p) + b"]);</script>", HTML)
doc("83", "html-hex-escapes", "\\xhh escapes", lambda p: b'<script>var b="' + b"".join(b"\\x%02x" % c for c in p) + b'";</script>', HTML)
doc("84", "html-unicode-escapes", "\\uhhhh escapes", lambda p: b'<script>var b="' + b"".join(b"\\u%04x" % c for c in p) + b'";</script>', HTML)
doc("85", "html-unescape", "unescape", lambda p: b"<script>document.write(unescape('" + b"".join(b"%%%02X" % c for c in p) + b"'));</script>", HTML)
doc("86", "html-octal", "octal escapes", lambda p: b'<script>var b="' + b"".join(b"\\%03o" % c for c in p) + b'";</script>', HTML)
doc("87", "html-hex-string", "a string of hexadecimal digits", lambda p: b'<script>var h="' + binascii.hexlify(p) + b'";</script>', HTML)
doc("88", "html-template", "template literal of lines", lambda p: b"<script>var b=atob(`\n" + b64(p, 30, b"\n") + b"`);</script>", HTML)
doc("90", "css-data", "data: in CSS", lambda p: b"a{background:url(data:application/octet-stream;base64," + s64(p) + b")}", b"a.css")
doc("91", "css-escapes", "data: in CSS escapes", lambda p: b"a{background:url(\\64 ata:;base64," + s64(p) + b")}", b"a.css")
doc("92", "svg-cdata", "data: in CDATA within SVG", lambda p: b'<svg xmlns="http://www.w3.org/2000/svg"><script><![CDATA[var b=atob("' + s64(p) + b'")]]></script></svg>', b"a.svg")
doc("93", "svgz", "SVG in gzip", lambda p: gz(b'<svg xmlns="http://www.w3.org/2000/svg"><image href="data:image/png;base64,' + s64(p) + b'"/></svg>'), b"a.svgz")
doc("94", "xml-entity", "an entity holds the base64", lambda p: b'<!DOCTYPE a [<!ENTITY x "' + s64(p) + b'">]><w:binData>&x;</w:binData>', b"a.xml")
doc("95", "ldif", "LDIF with :: base64", lambda p: b"dn: cn=a\njpegPhoto:: " + s64(p)[:50] + b"\n " + s64(p)[50:] + b"\n", b"a.ldif")
doc("96", "json", "JSON with a base64 string", lambda p: b'{"name":"f.bin","content":"' + s64(p) + b'"}', b"a.json")
doc("97", "json-escapes", "JSON with \\/ in base64", lambda p: b'{"name":"f.bin","content":"' + s64(p).replace(b"/", b"\\/") + b'"}', b"a.json")
doc("98", "powershell", "PowerShell -EncodedCommand of the payload's text", lambda p: b"powershell -enc " + s64(p.decode().encode("utf-16-le")), b"a.cmd")
doc("99", "vbs-chr", "VBScript of Chr() pieces", lambda p: b"x=" + b"&".join(b"Chr(%d)" % c for c in p), b"a.vbs")
doc("100", "batch-certutil", "certificate lines for certutil", lambda p: b"-----BEGIN CERTIFICATE-----\r\n" + b64(p, 64) + b"-----END CERTIFICATE-----\r\n", b"a.cmd")
doc("101", "reg-hex", ".reg file with hex:", lambda p: b'Windows Registry Editor Version 5.00\r\n\r\n[HKEY_CURRENT_USER\\X]\r\n"a"=hex:' + b",".join(b"%02x" % c for c in p) + N, b"a.reg")
doc("102", "ical-unfolded", "iCalendar with lower-case names and LF", lambda p: b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nattach;encoding=base64;value=binary:" + b"\n ".join(s64(p)[i:i + 20] for i in range(0, 92, 20)) + b"\nEND:VEVENT\nEND:VCALENDAR\n", b"a.ics")
doc("103", "vcard-21", "vCard 2.1 with an empty line at the end of base64", lambda p: b"BEGIN:VCARD\r\nVERSION:2.1\r\nPHOTO;ENCODING=BASE64;JPEG:\r\n " + b64(p, 40, b"\r\n ") + b"\r\nEND:VCARD\r\n", b"a.vcf")
doc("104", "vcard-data", "vCard 4 with a data: URI", lambda p: b"BEGIN:VCARD\r\nVERSION:4.0\r\nKEY:data:application/octet-stream;base64," + s64(p) + b"\r\nEND:VCARD\r\n", b"a.vcf")
doc("106", "plist", "Apple property list with <data>", lambda p: b'<?xml version="1.0"?><plist version="1.0"><dict><key>a</key><data>\n' + b64(p, 40, b"\n") + b"</data></dict></plist>", b"a.plist")
doc("107", "eml-in-pdf", "a message within a PDF", lambda p: pdf_of(zlib.compress(mixed(entity(p), MPX + b"boundary=zz\r\n", b"zz")), b"/Filter/FlateDecode"), PDF)
doc("108", "odt-flat", "flat ODF with office:binary-data", lambda p: b'<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"><office:binary-data>' + b64(p, 72, b"\n") + b"</office:binary-data></office:document>", b"a.fodt")
doc("109", "wordml-comment", "binData with a comment within", lambda p: b'<?xml version="1.0"?><w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"><w:binData w:name="a">' + s64(p)[:40] + b"<!-- x -->" + s64(p)[40:] + b"</w:binData></w:wordDocument>", b"a.xml")
doc("110", "wordml-cdata", "binData in CDATA sections", lambda p: b'<?xml version="1.0"?><w:wordDocument xmlns:w="x"><w:binData w:name="a"><![CDATA[' + s64(p)[:40] + b"]]><![CDATA[" + s64(p)[40:] + b"]]></w:binData></w:wordDocument>", b"a.xml")
doc("111", "wordml-refs", "binData with character references", lambda p: b'<?xml version="1.0"?><w:wordDocument xmlns:w="x"><w:binData w:name="a">' + b"".join(b"&#%d;" % c for c in s64(p)) + b"</w:binData></w:wordDocument>", b"a.xml")
doc("112", "wordml-utf16", "WordML in UTF-16", lambda p: b"\xff\xfe" + ('<?xml version="1.0" encoding="utf-16"?><w:wordDocument xmlns:w="x"><w:binData w:name="a">' + s64(p).decode() + "</w:binData></w:wordDocument>").encode("utf-16-le"), b"a.xml")
doc("113", "xxe-soap", "SOAP with xsd:base64Binary", lambda p: b'<?xml version="1.0"?><a xmlns:xsi="x"><b xsi:type="xsd:base64Binary">' + s64(p) + b"</b></a>", b"a.xml")
doc("114", "hta-vbs-hex", "hexadecimal string with spaces in a script", lambda p: b'<script language="vbscript">h="' + b" ".join(b"%02X" % c for c in p) + b'"</script>', b"a.hta")

# --- W-P: polyglots ---
doc("120", "gif-rar", "GIF and RAR", lambda p: GIF + k.rar4(p), b"a.gif")
doc("121", "gif-7z", "GIF and 7z", lambda p: GIF + k.sevenz(p), b"a.gif")
doc("122", "gif-cab", "GIF and cabinet", lambda p: GIF + k.cab(p), b"a.gif")
doc("123", "jpeg-zip", "JPEG and zip", lambda p: JPEG + mkzip([("f", p, 8)]), b"a.jpg")
doc("124", "png-zip", "PNG and zip", lambda p: PNG + mkzip([("f", p, 8)]), b"a.png")
doc("126", "pdf-rar", "PDF and RAR", lambda p: pdf_of(HARM, b"") + k.rar4(p), PDF)
doc("127", "zip-rar", "zip and RAR", lambda p: mkzip([("a", HARM, 8)]) + k.rar5(p), b"a.zip")
doc("128", "rar-zip", "RAR and zip", lambda p: k.rar4(HARM) + mkzip([("f", p, 8)]), b"a.rar")
doc("129", "7z-zip", "7z and zip", lambda p: k.sevenz(HARM) + mkzip([("f", p, 8)]), b"a.7z")
doc("130", "gz-zip", "gzip and zip", lambda p: gz(HARM) + mkzip([("f", p, 8)]), b"a.gz")
doc("131", "ole-zip", "compound file and zip", lambda p: k.cfb([(("A",), HARM)]) + mkzip([("f", p, 8)]), b"a.doc")
doc("132", "html-rar", "HTML and RAR", lambda p: b"<html><body>Hi</body></html><!--" + k.rar5(p), HTML)
doc("133", "eml-zip", "a message with a zip behind it", lambda p: mixed(TEXT) + mkzip([("f", p, 8)]), b"a.eml")
doc("134", "exe-pdf", "MZ and PDF", lambda p: b"MZ" + b"\0" * 500 + pdf_of(p, b""), b"a.exe")
doc("136", "text-pdf", "text and PDF", lambda p: b"hello\n" * 20 + pdf_of(zlib.compress(p), b"/Filter/FlateDecode"), b"a.txt")
doc("137", "rtf-zip", "RTF and zip", lambda p: b"{\\rtf1 Hi}" + mkzip([("f", p, 8)]), RTF)
doc("138", "tar-7z", "tar and 7z", lambda p: tarm(b"a", HARM) + EOT + k.sevenz(p), b"a.tar")
doc("139", "bmp-zip", "bitmap and zip", lambda p: b"BM" + struct.pack("<IIIIIIHHIIIIII", 58, 0, 54, 40, 1, 1, 1, 24, 0, 4, 0, 0, 0, 0) + b"\0\0\0\0" + mkzip([("f", p, 8)]), b"a.bmp")
doc("140", "wav-rar", "sound and RAR", lambda p: b"RIFF" + struct.pack("<I", 44) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8) + b"data" + struct.pack("<I", 8) + b"\x80" * 8 + k.rar4(p), b"a.wav")

PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000 1f15c4890000000d49444154789c6360f8cf50000003010101e5d8".replace(" ", "")) + bytes.fromhex("0000000049454e44ae426082")


# --- W-X: two and three tricks at once ---
def both(number, slug, title, build):
    case("W-X" + number, slug, title, build, group="combined")


def dots(p):
    return m.every(p, b".")


both("01", "two-boundaries-two-encodings", "two boundaries, two encodings, dotted base64", lambda p: mixed(entity(p, CT + CD + k.QPH + CTE, dots(p)), MPX + b"boundary=bar; boundary=foo\r\n"))
both("02", "cr-and-nul", "bare CR line ends and NUL in the encoding's name", lambda p: mixed(entity(p, CT + CD + b"Content-Transfer-Encoding: \0base64\r\n")).replace(N, b"\r"))
both("03", "comment-and-space-line", "comment in boundary, a line of spaces ends the header", lambda p: mixed(CT + CD + CTE + b" \r\n" + b64(p), MPX + b"boundary=(x)foo\r\n"))
both("04", "late-header-and-list", "header in the body and a list of encodings", lambda p: mixed(CT + N + b"Content-Transfer-Encoding: 7bit, base64\r\n\r\n" + b64(p)))
both("05", "ew-boundary-indented", "encoded-word boundary and indented delimiters", lambda p: k.top() + MPX + b'boundary="=?utf-8?Q?foo?="\r\n\r\n' + m.parts(p, b" --foo", b" --foo--"))
both("06", "sections-crcrlf", "RFC 2231 sections and CR CR LF", lambda p: mixed(entity(p), MPX + b"boundary*1=o; boundary*0=fo\r\n").replace(N, b"\r\r\n"))
both("07", "rfc822-b64-two-ct", "attached message in base64 with two types", lambda p: mixed(entity(p, b"Content-Type: message/rfc822\r\n" + CTE, b64(mixed(entity(p), MPX + b"boundary=q\r\n" + MPX + b"boundary=foo\r\n")))))
both("08", "zip-hidden-dup-cte", "entry hidden from the directory, two encodings", lambda p: mixed(entity(p, CT + CD + k.QPH + CTE, b64((lambda a, b: zipf([a, b], cdents=[b]))(Z("f", p, 8), Z("r", HARM, 8))))))
both("09", "chunked-boundary", "chunked base64 behind two boundaries and no close", lambda p: mixed(entity(p, CT + CD + CTE, b"".join(base64.b64encode(p[i:i + 1]) for i in range(68)) + N), MPX + b"boundary=foo; boundary=bar\r\n", end=b""))
both("10", "no-blank-prefix", "no empty line, delimiter with junk behind", lambda p: k.top() + k.MP + N + b"--foo x\r\n" + TEXT + b"--foo y\r\n" + CT + CD + CTE + b64(p) + b"--foo--\r\n")
both("11", "eml-zip-eml", "message in a zip in a message in gzip", lambda p: attached(gz(mixed(entity(mkzip([("a.eml", mixed(entity(p), MPX + b"boundary=z1\r\n", b"z1"), 8)])), MPX + b"boundary=z2\r\n", b"z2")), b"a.gz"))
both("12", "tnef-zip-lies", "zip with lies within TNEF", lambda p: attached(k.tnef(zipf([Z("f", p, 8, lmethod=0, ccsize=4)]), b"a.zip"), b"winmail.dat"))
both("13", "utf16-mht", "MHT in UTF-16", lambda p: attached(b"\xff\xfe" + mixed(entity(p), MPX + b"boundary=zz\r\n", b"zz").decode().encode("utf-16-le"), b"a.mht"))
both("14", "qp-uu-zip", "zip in uuencode in quoted-printable in a text", lambda p: mixed(entity(p, m.PLAIN + k.QPH, k.uue(mkzip([("f", p, 8)]), b"a.zip").replace(b"=", b"=3D"))))
both("15", "cr-boundary-nul-base64", "delimiters behind bare CR, NULs within base64", lambda p: k.top() + k.MP + N + b"--foo\r\n" + TEXT[:-2] + b"\r--foo\r\n" + CT + CTE + N + m.every(p, b"\0") + b"--foo--\r\n")
both("16", "html-b64-utf7", "HTML in UTF-7 with an entity-coded data URI", lambda p: mixed(entity(p, b"Content-Type: text/html; charset=utf-7\r\n" + CTE, b64(b'+ADw-a href="' + b"".join(b"+ACYAIw-%d;" % c for c in b"data:;base64," + base64.b64encode(p)) + b'"+AD4-'))))
both("17", "fold-first-cte-late", "the part begins with a fold, its encoding stands behind a blank line", lambda p: mixed(b" x\r\n" + CT + CD + N + CTE + N + b64(p)))
both("18", "nul-delim-dup", "NULs in delimiters and two boundaries", lambda p: k.top() + MPX + b"boundary=bar; boundary=foo\r\n\r\n" + m.parts(p, b"--f\0oo", b"--f\0oo--"))
both("19", "nul-all-lines", "NUL before every line end", lambda p: mixed(entity(p)).replace(N, b"\0\r\n"))
both("20", "epilogue-utf7-html", "uuencode behind the close delimiter with NULs", lambda p: mixed(TEXT, post=N + k.uue(p, b"f").replace(N, b"\0\r\n")))
both("21", "password-in-name", "encrypted zip whose password stands in the subject", lambda p: mixed(entity(p, b'Content-Type: application/zip; name="a.zip"\r\n' + CTE, b64(zipf([Z("f", p, 8, flags=1, raw=k.zipcrypto(comp(p, 8), b"geheim99", zlib.crc32(p)))]))), text=b"Content-Type: text/html\r\n\r\n<p>Password:&nbsp;<b>geheim99</b></p>\r\n"))
both("22", "boundary-crlf-cr-top", "top header with CR and two boundaries", lambda p: (k.top() + MPX + b"boundary=q; boundary=foo\r\n\r\n").replace(N, b"\r") + m.parts(p))
CASES.sort(key=lambda c: c[0])

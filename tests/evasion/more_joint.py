"""Adversarial messages that rest on how a scanner is built: what it tells text from, what it takes as settled, what it
reads in one way only once it has read it in another; and what nobody can open, which has to be flagged.
"""
import base64
import binascii
import hashlib
import struct

import blocks as k
import more_files as f
import more_mail as m
from blocks import CD, CT, CTE, MP, MPX, N, QPH, TEXT, attached, b64, entity, gz, mixed, mkzip, top

CASES = []
s64 = base64.b64encode


def case(number, slug, title, build, expected="infected", group="joint"):
    CASES.append(("W-Y" + number, group, slug, title, build, expected))


def attach(number, slug, title, build, name=b"a.bin", ctype=b"application/octet-stream"):
    case(number, slug, title, lambda p: attached(build(p), name, ctype))


def ragged(p):
    """The payload so that nobody guesses it: in a zip, in lines of mixed length."""
    z, k.is_ragged[0] = mkzip([("file.bin", p, 8)]), True
    out = b64(z)
    k.is_ragged[0] = False
    return out


def hard(p, header=CT + CD + CTE):
    return header + N + ragged(p)


SINGLE = CT + CD + CTE
HTML = b'<html><body><script>var b=atob("%s");</script></body></html>\n'

# --- what tells text from binary ---
attach("01", "eml-control", "attached message with a control character in its header", lambda p: b"Subject: a\x01b\r\n" + top() + hard(p), b"a.eml")
attach("02", "eml-nul", "attached message with a NUL in its header", lambda p: b"Subject: a\0b\r\n" + top() + hard(p), b"a.eml")
attach("03", "eml-controls", "attached message with a hundred control characters in its header", lambda p: b"Subject: " + b"\x01\x02\x03\x04" * 25 + N + top() + hard(p), b"a.eml")
attach("04", "html-nul", "HTML with NULs at its start", lambda p: b"<html>\0\0\0\0<body>" + HTML % s64(p), b"a.html")
attach("05", "html-nul-2k", "HTML behind two thousand NULs", lambda p: b"\0" * 2000 + HTML % s64(p), b"a.html")
attach("06", "html-control", "HTML with control characters at its start", lambda p: b"<!-- \x01\x02\x03 -->" + HTML % s64(p), b"a.html")
attach("07", "html-binary", "HTML behind two thousand bytes of anything", lambda p: hashlib.sha512(b"x").digest() * 32 + HTML % s64(p), b"a.html")
attach("08", "html-data-binary", "a data: link behind binary", lambda p: hashlib.sha512(b"y").digest() * 32 + b'<a href="data:application/octet-stream;base64,' + s64(p) + b'">x</a>', b"a.html")
attach("09", "uu-control", "uuencoded file behind control characters", lambda p: b"\x01\x02\x03\r\n" + k.uue(p, b"f.bin"))
attach("10", "uu-binary", "uuencoded file behind two thousand bytes of anything", lambda p: hashlib.sha512(b"x").digest() * 32 + N + k.uue(p, b"f.bin"))
attach("11", "yenc-binary", "yEnc behind binary", lambda p: hashlib.sha512(b"x").digest() * 32 + N + k.yenc(p, b"f.bin"))
attach("12", "binhex-binary", "BinHex behind binary", lambda p: hashlib.sha512(b"x").digest() * 32 + N + k.hqx(p, b"f.bin"))
attach("13", "mbox-binary", "mbox whose first message is binary", lambda p: b"From a@b Mon Nov  2 10:00:00 2026\n\n" + b"\x01\x02\x03\0" * 100 + b"\n\nFrom a@b Mon Nov  2 10:00:00 2026\n" + (top() + hard(p)).replace(N, b"\n"), b"m.mbox")
attach("14", "mmdf", "MMDF mailbox", lambda p: b"\1\1\1\1\n" + (top() + hard(p)).replace(N, b"\n") + b"\1\1\1\1\n", b"m.mbox")
attach("15", "mime-binary", "a multipart's delimiters behind binary", lambda p: b"\0\1\2\3" * 100 + N + m.parts(p, h=CT + CD + CTE))
attach("16", "rtf-nul", "RTF with NULs at its start", lambda p: f.rtf_of(f.hexed(p)).replace(b"{\\rtf1", b"{\\rtf1\0\0\0"), b"a.rtf")
attach("17", "xml-nul", "WordML behind a byte order mark twice", lambda p: b"\xef\xbb\xbf\xef\xbb\xbf" + b'<?xml version="1.0"?><w:wordDocument xmlns:w="x"><w:binData w:name="a">' + s64(p) + b"</w:binData></w:wordDocument>", b"a.xml")
attach("18", "armour-binary", "PGP armour behind control characters", lambda p: b"\x01\x02\r\n" + f.armour(f.pgp_literal(p)), b"a.asc")
attach("19", "ics-control", "iCalendar with a control character", lambda p: b"BEGIN:VCALENDAR\r\nX-A:\x01\x02\r\nBEGIN:VEVENT\r\nATTACH;ENCODING=BASE64;VALUE=BINARY:" + s64(p) + b"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", b"a.ics")
attach("20", "utf16-nobom-eml", "message in UTF-16 without a mark", lambda p: (top() + hard(p)).decode().encode("utf-16-le"), b"a.eml")

# --- readings of readings ---
DUP = CT.replace(b"file.bin", b"a.eml") + CD.replace(b"file.bin", b"a.eml") + QPH + CTE


def inner(p):
    return mixed(hard(p), MPX + b"boundary=zz\r\n", b"zz")


case("30", "reading-cr", "two encodings about a message with bare CR", lambda p: mixed(DUP + N + b64(inner(p).replace(N, b"\r"))))
case("31", "reading-nul", "two encodings about a message with NULs in its delimiters", lambda p: mixed(DUP + N + b64(inner(p).replace(b"--zz", b"--z\0z"))))
case("32", "reading-crcrlf", "two encodings about a message with CR CR LF", lambda p: mixed(DUP + N + b64(inner(p).replace(N, b"\r\r\n"))))
case("33", "cr-and-nul-all", "bare CR and NULs in delimiters and fields", lambda p: inner(p).replace(b"--zz", b"--z\0z").replace(b"Content-T", b"Content\0-T").replace(N, b"\r"))
case("34", "cr-empty-line", "the empty line is a bare CR", lambda p: mixed(CT + CD + CTE + b"\r" + ragged(p)))
case("35", "cr-empty-line-2", "two bare CRs end the header", lambda p: mixed((CT + CD + CTE)[:-2] + b"\r\r" + ragged(p)))
case("36", "nul-empty-line", "the empty line is a NUL", lambda p: mixed(CT + CD + CTE + b"\0\r\n" + ragged(p)))
case("37", "cr-in-base64", "bare CRs for all line ends of the part but the delimiters", lambda p: top() + MP + N + b"--foo\r\n" + hard(p).replace(N, b"\r") + b"\r\n--foo--\r\n")
case("38", "undeclared", "the declared boundary never comes, another does", lambda p: top() + MP + N + b"--bar\r\n" + TEXT + b"--bar\r\n" + hard(p) + b"--bar--\r\n")
case("39", "undeclared-no-colon", "the same without colons", lambda p: top() + MP + N + b"--bar\r\n" + TEXT + b"--bar\r\n" + hard(p).replace(b"g: ", b"g ") + b"--bar--\r\n")
case("40", "undeclared-nested", "an undeclared multipart within a text part", lambda p: mixed(b"Content-Type: text/plain\r\n\r\nhello\r\n\r\n--in\r\n" + hard(p) + b"--in--\r\n"))
case("41", "three-borders", "a line of spaces, a line of junk, a late field", lambda p: mixed(CT + b" \r\n" + CD + b"junk\r\n" + N + CTE + N + ragged(p)))
case("42", "qp-of-parts", "a multipart in quoted-printable whose delimiters are escaped, two types", lambda p: top() + b"Content-Type: text/plain\r\n" + MPX + b"boundary=in\r\n" + QPH + N + m.qp_all(b"--in\r\n") + b"=2D-in=0D=0A" + N.join(x.replace(b"=", b"=3D") for x in hard(p).split(N)) + b"--in--\r\n")
case("43", "b64-all-declared-text", "message/rfc822 in base64 in a part that says text/plain too", lambda p: mixed(b"Content-Type: text/plain\r\nContent-Type: message/rfc822\r\n" + CTE + N + b64(top() + hard(p))))
case("44", "digest-decoy", "digest and mixed declared, part without header", lambda p: top() + MP + b"Content-Type: multipart/digest; boundary=foo\r\n\r\n--foo\r\n\r\n" + top() + hard(p) + b"--foo--\r\n")
case("45", "epilogue-single", "behind the close delimiter a header and body without a delimiter", lambda p: mixed(TEXT, post=N + hard(p)))
case("46", "preamble-single", "before the first delimiter a header and body", lambda p: top() + MP + N + hard(p) + b"--foo\r\n" + TEXT + b"--foo--\r\n")
case("47", "epilogue-other", "behind the close delimiter a multipart of another boundary", lambda p: mixed(TEXT, post=N + b"--qq\r\n" + hard(p) + b"--qq--\r\n"))
case("48", "text-behind-delimiter", "header fields on the delimiter's line", lambda p: top() + MP + N + b"--foo\r\n" + TEXT + b"--foo " + hard(p) + b"--foo--\r\n")
case("49", "delimiter-cr-field", "delimiter and fields divided by bare CR", lambda p: top() + MP + N + b"--foo\r\n" + TEXT + b"--foo\r" + hard(p) + b"--foo--\r\n")
case("50", "two-decoys", "both boundaries' trees complete, the payload's field behind a blank line", lambda p: top() + MPX + b"boundary=foo; boundary=bar\r\n\r\n--foo\r\n" + TEXT + b"--foo--\r\n--bar\r\n" + CT + CD + N + CTE + N + ragged(p) + b"--bar--\r\n")
case("51", "boundaries-40", "forty boundaries, the last one used", lambda p: mixed(hard(p), MPX + b"".join(b"boundary=b%d; " % i for i in range(39)) + b"boundary=foo\r\n"))
case("52", "fields-40", "forty Content-Type fields, the last one used", lambda p: mixed(hard(p), b"".join(MPX + b"boundary=b%d\r\n" % i for i in range(39)) + MP))
case("53", "ew-comment-nul", "boundary in an encoded word with a NUL in a comment before", lambda p: mixed(hard(p), MPX + b'(\0) boundary="=?utf-8?Q?foo?="\r\n'))
case("54", "from-in-part", ">From-line before the fields of a part and no empty line", lambda p: mixed(b">From a@b Mon Nov  2 10:00:00 2026\r\n" + CT + CTE + ragged(p)))
case("55", "html-comment-mail", "a mail within a comment of an HTML file", lambda p: attached(b"<html><!--\r\n" + inner(p) + b"-->\r\n</html>", b"a.html", b"text/html"))
case("56", "mail-in-zip-cr", "a zip holds a mail with bare CR", lambda p: attached(mkzip([("a.eml", inner(p).replace(N, b"\r"), 8)]), b"a.zip"))
case("57", "mail-in-zip-nul", "a zip holds a mail with NULs in its delimiters", lambda p: attached(mkzip([("a.eml", inner(p).replace(b"--zz", b"--z\0z"), 8)]), b"a.zip"))
case("58", "rfc822-blank-first", "message/rfc822 that begins with blank lines and a From-line", lambda p: mixed(b"Content-Type: message/rfc822\r\n\r\n\r\n\r\nFrom a@b Mon Nov  2 10:00:00 2026\r\n" + top() + hard(p)))
case("59", "rfc822-bom", "message/rfc822 that begins with a mark", lambda p: mixed(b"Content-Type: message/rfc822\r\n\r\n\xef\xbb\xbf" + SINGLE + N + ragged(p)))
case("60", "utf7-body-mail", "a mail in UTF-7 in a text part", lambda p: mixed(entity(p, b"Content-Type: text/plain; charset=utf-7\r\n" + CTE, b64(inner(p).replace(b"+", b"+-").replace(b"--zz", b"+AC0ALQ-zz")))))
case("61", "b64-line-header", "a base64 body whose first lines look like fields", lambda p: mixed(CT + CD + CTE + N + b"X-A: b\r\nX-C: d\r\n" + ragged(p)))
case("62", "continuation-type", "the boundary on a line that is indented behind an empty fold", lambda p: mixed(hard(p), b"Content-Type: multipart/mixed;\r\n\t\r\n\tboundary=foo\r\n"))

# --- scripts and markup ---
attach("70", "js-concat", "pieces given to concat", lambda p: b"var b=atob('" + b"'.concat('".join(s64(p)[i:i + 9] for i in range(0, 92, 9)) + b"'" + b")" * 10 + b");", b"a.js")
attach("71", "js-concat-list", "pieces given to one concat", lambda p: b"var b=atob(''.concat('" + b"','".join(s64(p)[i:i + 9] for i in range(0, 92, 9)) + b"'));", b"a.js")
attach("72", "js-push", "pieces pushed one by one", lambda p: b"var a=[];" + b"".join(b"a.push('" + s64(p)[i:i + 9] + b"');" for i in range(0, 92, 9)) + b"atob(a.join(''));", b"a.js")
attach("73", "js-plus-equals", "pieces added one by one", lambda p: b"var a='';" + b"".join(b"a+='" + s64(p)[i:i + 9] + b"';" for i in range(0, 92, 9)) + b"atob(a);", b"a.js")
attach("75", "js-hex-percent", "decodeURIComponent of a replaced hex string", lambda p: b"var b=unescape('" + b"".join(b"%%u00%02x" % c for c in p) + b"');", b"a.js")
attach("76", "js-uint8-neg", "signed numbers", lambda p: b"byte[] b={" + b",".join(b"(byte)%d" % c for c in p) + b"};", b"a.java")
attach("77", "js-binary-numbers", "numbers one on a line", lambda p: b"var b=new Uint8Array([\n" + b",\n".join(b"  %d" % c for c in p) + b"\n]);", b"a.js")
attach("78", "json-buffer", "a Buffer in JSON", lambda p: b'{"type":"Buffer","data":[' + b",".join(b"%d" % c for c in p) + b"]}", b"a.json")
attach("79", "py-bytes", "Python's bytes with escapes mixed in", lambda p: b"x=b'" + b"".join(b"\\x%02x" % c if i % 2 or c in b"\\'" else bytes([c]) for i, c in enumerate(p)) + b"'", b"a.py")
attach("80", "xml-hex", "xsd:hexBinary", lambda p: b'<?xml version="1.0"?><a><b type="hexBinary">' + binascii.hexlify(p) + b"</b></a>", b"a.xml")
attach("81", "xml-attr", "base64 in an attribute", lambda p: b'<?xml version="1.0"?><a data="' + s64(p) + b'"/>', b"a.xml")
attach("82", "html-srcdoc", "a data link within srcdoc, escaped twice", lambda p: b'<iframe srcdoc="&lt;a href=&quot;data:;base64,' + s64(p) + b'&quot;&gt;"></iframe>', b"a.html")
attach("83", "html-embed-nested", "HTML in a data link in HTML", lambda p: b'<iframe src="data:text/html;base64,' + s64(HTML % s64(p)) + b'"></iframe>', b"a.html")
attach("84", "css-import", "a style sheet in a data link", lambda p: b'<style>@import url("data:text/css;base64,' + s64(b"a{background:url(data:;base64," + s64(p) + b")}") + b'");</style>', b"a.html")
attach("85", "eml-b64-html", "MHT with HTML in base64", lambda p: mixed(entity(p, b"Content-Type: text/html\r\n" + CTE, b64(HTML % s64(p))), MPX + b"boundary=zz\r\n", b"zz"), b"a.mht")
attach("86", "hex-0x-list", "C array of hex, twelve a line", lambda p: b"unsigned char b[]={\n" + b"".join(b" " + b",".join(b"0x%02X" % c for c in p[i:i + 12]) + b",\n" for i in range(0, 68, 12)) + b"};", b"a.c")
attach("88", "ps1-frombase64", "PowerShell's FromBase64String of gzip", lambda p: b'$b=[Convert]::FromBase64String("' + s64(gz(p)) + b'")', b"a.ps1")
attach("89", "ps1-deflate", "the same with raw deflate", lambda p: b'$b=[IO.Compression.DeflateStream]::new([IO.MemoryStream][Convert]::FromBase64String("' + s64(k.comp(p * 3, 8)) + b'"))', b"a.ps1")
attach("90", "webarchive", "Apple web archive: binary property list with a resource", lambda p: bplist(p), b"a.webarchive")
attach("91", "webarchive-xml", "Apple web archive as XML", lambda p: b'<?xml version="1.0"?><plist version="1.0"><dict><key>WebMainResource</key><dict><key>WebResourceData</key><data>' + s64(p) + b"</data></dict></dict></plist>", b"a.webarchive")


def bplist(p):
    objects = [b"\xd1\x01\x02", b"\x5f\x10\x0f" + b"WebResourceData", b"\x4f\x10" + bytes([len(p)]) + p]
    out, offsets = b"bplist00", []
    for o in objects:
        offsets.append(len(out))
        out += o
    return out + bytes(offsets) + b"\0" * 6 + bytes([1, 1]) + struct.pack(">QQQ", 3, 0, len(out))




# --- what cannot be opened has to be flagged ---
def closed(number, slug, title, data, name=b"a.bin"):
    case(number, slug, title, lambda p: attached(data + hashlib.sha512(p).digest() * 40, name), "unscannable")


def cfb_encrypted(p):
    return k.cfb([(("EncryptionInfo",), struct.pack("<HHI", 4, 4, 0x40) + b"<encryption/>"), (("EncryptedPackage",), hashlib.sha512(p).digest() * 8)])


closed("101", "vhdx", "VHDX image", b"vhdxfile" + b"\0" * 600)
closed("102", "vmdk", "VMDK image", b"KDMV\1\0\0\0" + b"\0" * 504)
closed("103", "qcow", "QCOW image", b"QFI\xfb\0\0\0\3" + b"\0" * 100)
closed("104", "wim", "WIM archive", b"MSWIM\0\0\0\xd0\0\0\0\0\x0d\1\0" + b"\0" * 192)
closed("105", "squashfs", "squashfs image", b"hsqs" + struct.pack("<IIIIHHHHHH", 3, 0, 131072, 0, 1, 17, 0, 1, 4, 0) + b"\0" * 64)
closed("106", "zoo", "ZOO archive", b"ZOO 2.10 Archive.\x1a\0\0\xdc\xa7\xc4\xfd" + struct.pack("<iiBB", 34, -34, 2, 0) + b"\0" * 8)
closed("107", "stuffit", "StuffIt archive", b"SIT!\0\1" + struct.pack(">I", 4000) + b"rLau\1\0\0\0" + b"\0" * 90)
closed("108", "stuffit5", "StuffIt 5 archive", b"StuffIt (c)1997-2002 Aladdin Systems, Inc., http://www.aladdinsys.com/StuffIt/\r\n\x1a\0\5")
closed("109", "alz", "ALZ archive", b"ALZ\1\n\0\0\0BLZ\1")
closed("110", "egg", "EGG archive", b"EGGA\0\1\1\0\0\0\0\0\0\0" + b"\x22\x82\xe2\x08")
closed("111", "freearc", "FreeArc archive", b"ArC\1\0\2\6\7")
closed("112", "lrzip", "lrzip file", b"LRZI\0\6" + b"\0" * 18)
closed("113", "lzop", "lzop file", b"\x89LZO\0\r\n\x1a\n\x10\x30\x20\x80\x09\x40\x02\x01\x05")
closed("114", "zpaq", "ZPAQ archive", b"7kSt\xa0\x31\x83\xd3\x8c\xb2\x28\xb0\xd3zPQ\2\1")
closed("115", "luks", "LUKS volume", b"LUKS\xba\xbe\0\1aes\0" + b"\0" * 200)
closed("116", "openssl", "OpenSSL's salted file", b"Salted__")
closed("117", "pgp-symmetric", "PGP encrypted with a pass phrase", b"\x8c\x0d\x04\x09\x03\x02" + b"saltsalt\xff" + b"\xd2\xc1\x00\x01")
closed("118", "age", "age file", b"age-encryption.org/v1\n-> scrypt bGlicmFyeQ 18\nabcdefghijklmnopqrstuvwxyz\n--- abcdefghijklmnopqrstuvwxyz\n")
case("119", "ooxml-encrypted", "encrypted Office package", lambda p: attached(cfb_encrypted(p), b"a.docx"), "unscannable")
closed("120", "pst", "Outlook's store", b"!BDN" + struct.pack("<I", 0) + b"SM\x17\0\x13\0\1\1" + b"\0" * 500)
case("123", "yenc-part", "the first of two parts of yEnc", lambda p: mixed(m.PLAIN + N + k.yenc(p, b"f.bin").replace(b"=ybegin line=128 size=68", b"=ybegin part=1 total=2 line=128 size=136").replace(b"name=f.bin\r\n", b"name=f.bin\r\n=ypart begin=1 end=68\r\n")), "unscannable")
case("124", "rar-volume", "a RAR volume that goes on elsewhere", lambda p: attached(k.rar4(p, mflags=1, hflags=0x8002), b"a.part1.rar"), "unscannable")
case("125", "rar-file-encrypted", "an encrypted file in a RAR", lambda p: attached(k.rar4(hashlib.sha512(p).digest() * 2, hflags=0x8004), b"a.rar"), "unscannable")
case("126", "cab-volume", "a cabinet that goes on in another", lambda p: attached(cab_next(p), b"a.cab"), "unscannable")
case("127", "smime-auth", "S/MIME authEnvelopedData", lambda p: top() + b'Content-Type: application/pkcs7-mime; smime-type=authEnveloped-data; name="smime.p7m"\r\n' + CTE + N + b64(k.der(0x30, k.oid("1.2.840.113549.1.9.16.1.23"), k.der(0xA0, k.der(0x30, k.der(2, b"\0"), k.der(0x31), k.der(0x30, k.OD, k.der(0x30, k.oid("2.16.840.1.101.3.4.1.46")), k.der(0x80, hashlib.sha512(p).digest())), k.der(4, b"\0" * 16))))), "unscannable")
case("128", "partial-message", "message/partial, second of three", lambda p: top() + b'Content-Type: message/partial; id="x@y"; number=2; total=3\r\n\r\n' + ragged(p), "unscannable")
case("129", "external", "message/external-body", lambda p: mixed(b'Content-Type: message/external-body; access-type=URL; URL="http://sender.example/f.exe"\r\n\r\nContent-Type: application/octet-stream\r\n\r\n'), "unscannable")
closed("130", "dbx", "Outlook Express's store", bytes.fromhex("cfad12fec5fd746f66e3d11195270000") + b"\0" * 100)
closed("131", "snappy", "snappy frames", b"\xff\x06\0\0sNaPpY\0\x80\0\0")
closed("132", "zstd-dictionary", "Zstandard that needs a dictionary", struct.pack("<IBBI", 0xFD2FB528, 0x23, 68, 0x12345678)[:10])
closed("134", "rpmsg", "rights-managed message", b"\x76\xe8\x04\x60\xc4\x11\xe3\x86" + struct.pack("<III", 0xFA0, 4000, 3000))


def cab_next(p):
    c = bytearray(k.cab(p))
    head, rest = bytes(c[:36]), bytes(c[36:])
    names = b"next.cab\0disk2\0"
    head = head[:30] + struct.pack("<H", 2) + head[32:]
    out = bytearray(head + names + rest)
    out[16:20] = struct.pack("<I", 44 + len(names))
    out[36 + len(names):40 + len(names)] = struct.pack("<I", struct.unpack("<I", rest[:4])[0] + len(names))
    at = 44 + len(names)
    out[at + 8:at + 10] = struct.pack("<H", 0xFFFE)
    out[8:12] = struct.pack("<I", len(out))
    return bytes(out)

"""Adversarial messages whose trick is in what a part holds: mail in files, encodings in texts, calendars and cards, PGP and
CMS, TNEF, charsets, and what scripts and markup carry.
"""
import base64
import binascii
import bz2
import json
import struct
import zlib

import blocks as k
from blocks import CD, CT, CTE, MP, MPX, N, QPH, attached, b64, entity, mixed, top

CASES = []
PL = b"Content-Type: text/plain; charset=us-ascii\r\n"


def case(slug, build, expected="infected"):
    CASES.append((f"V-X{len(CASES) + 1:03d}", "content", slug, slug.replace("-", " "), build, expected))


def s64(p):
    return base64.b64encode(p)


def text(slug, f, ct=PL):
    case(slug, lambda p: mixed(ct + N + f(p)))


def file(slug, f, name, ctype=b"application/octet-stream"):
    case(slug, lambda p: attached(f(p), name, ctype))


def inner(p):
    return mixed(entity(p), MPX + b"boundary=zz\r\n", b"zz")


def zipped(p):
    return k.mkzip([("f.bin", p, 8)])


def single(p):
    return top() + CT + CD + CTE + N + b64(p)


def mailbox(p):
    """The second mail is the one."""
    return (b"From a@b Mon Nov  2 10:00:00 2026\n" + single(k.TWIN).replace(N, b"\n") + 
            b"\nFrom c@d Mon Nov  2 10:00:00 2026\n" + single(p).replace(N, b"\n"))


def uu(p, name=b"file.bin"):
    return k.uue(p, name)


def fold(s, n=60):
    return b"\r\n ".join(s[i:i + n] for i in range(0, len(s), n))


def calendar(s):
    return b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\n" + s + b"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


K = b"Content-Type: text/calendar; method=REQUEST\r\n"

file("mmdf", lambda p: b"\1\1\1\1\n" + inner(k.TWIN).replace(N, b"\n") + b"\1\1\1\1\n\1\1\1\1\n" + single(p).replace(N, b"\n") + b"\1\1\1\1\n", b"mbox")
file("babyl", lambda p: b"BABYL OPTIONS: -*- rmail -*-\nVersion: 5\nLabels:\n\x1f\x0c\n0, unseen,,\n*** EOOH ***\n" + single(k.TWIN).replace(N, b"\n") +
     b"\n\x1f\x0c\n1,,\nX: y\n\n*** EOOH ***\n" + single(p).replace(N, b"\n") + b"\n\x1f", b"RMAIL")
file("mbx", lambda p: b"*mbx*\r\n" + b"%08x%08x\r\n" % (1, 1) + b"\0" * 2000 +
     b"".join(b" 2-Nov-2026 10:00:00 +0000,%d;000000000001-00000001\r\n" % len(single(x)) + single(x) for x in (k.TWIN, p)), b"INBOX.mbx")
file("rfc934", lambda p: b"Two messages\n\n------- Message 1\n\n" + inner(k.TWIN).replace(N, b"\n").replace(b"\n-", b"\n- -") + b"\n------- Message 2\n\n" +
     inner(p).replace(N, b"\n").replace(b"\n-", b"\n- -") + b"\n------- End\n", b"digest.txt", b"text/plain")
text("rfc934-text", lambda p: b"Forwarded\r\n\r\n------- Forwarded Message\r\n\r\n" + inner(p).replace(b"\r\n-", b"\r\n- -") +
     b"\r\n------- End of Forwarded Message\r\n")
text("rfc1153", lambda p: b"Digest\r\n\r\n" + b"-" * 70 + N + N + single(k.TWIN) + N + b"-" * 30 + N + N + single(p) + N + b"-" * 30 + N + N +
     b"End of X Digest\r\n***\r\n")
text("forwarded-outlook", lambda p: b"-----Original Message-----\r\n" + single(p))
text("forwarded-pine", lambda p: b"---------- Forwarded message ----------\r\n" + single(p))
text("indented-mail", lambda p: b"".join(b"    " + l + N for l in inner(p).split(N)))
text("tabbed-mail", lambda p: b"".join(b"\t" + l + N for l in inner(p).split(N)))
text("pipe-mail", lambda p: b"".join(b"| " + l + N for l in inner(p).split(N)))
file("mbox-cl", lambda p: b"From a@b Mon Nov  2 10:00:00 2026\nContent-Length: 5\n\nabcd\nFrom c@d Mon Nov  2 10:00:00 2026\n" + single(p).replace(N, b"\n"),
     b"m.mbox")
file("mbox-cr", lambda p: mailbox(p).replace(b"\n", b"\r"), b"m.mbox")
file("mbox-one", lambda p: b"From - Mon Nov  2 10:00:00 2026\r\nX-Mozilla-Status: 0001\r\n" + single(p), b"Inbox")
file("mbox-gt", lambda p: b">From a@b Mon Nov  2 10:00:00 2026\n" + single(p).replace(N, b"\n"), b"m.mbox")
file("mbox-lead", lambda p: b"\n\nFrom a@b Mon Nov  2 10:00:00 2026\n" + single(k.TWIN).replace(N, b"\n") + b"\nFrom c@d Mon Nov  2 10:00:00 2026\n" +
     single(p).replace(N, b"\n"), b"m.mbox")
file("mbox-gz", lambda p: k.gz(mailbox(p)), b"m.gz")
file("mbox-utf16", lambda p: b"\xff\xfe" + mailbox(p).decode().encode('utf-16-le'), b"m.mbox")
file("eml-long-head", lambda p: b"".join(b"X-%d: %s\r\n" % (i, b"a" * 70) for i in range(1200)) + single(p), b"a.eml")
file("eml-x-first", lambda p: b"X-A: b\r\nX-C: d\r\n" + CT + CTE + N + b64(p), b"a.dat")
file("eml-junk-first", lambda p: b"Saved by Foo 1.0\r\n" + single(p), b"a.eml")
file("eml-html-first", lambda p: b"<pre>\r\n" + single(p), b"a.eml")
file("dbx", lambda p: b"\xcf\xad\x12\xfe\xc5\xfd\x74\x6f\x66\xe3\xd1\x11\x9a\x4e\0\xc0\x4f\xa3\x09\xd4" + b"\0" * 0x24a8 + struct.pack('<IHHI', 0, 0, 0, 0) +
     single(p), b"Inbox.dbx")
file("emlx-plist", lambda p: b"%d\n" % len(single(p)) + single(p) + b'<?xml version="1.0"?><plist/>', b"1.emlx")
file("mht-junk", lambda p: b"<!-- saved -->\r\n\r\nMIME-Version: 1.0\r\n" + MPX + b'boundary="zz"\r\n\r\n--zz\r\n' + entity(p) + b"--zz--\r\n", b"a.mht")
file("http-response", lambda p: b"HTTP/1.1 200 OK\r\n" + CT + CTE + N + b64(p), b"a.http")
file("http-plain", lambda p: b"HTTP/1.1 200 OK\r\n" + CT + N + p, b"a.http")
file("nntp-article", lambda p: b"220 1 <a@b> article\r\n" + single(p) + b".\r\n", b"a.txt")
file("imap-literal", lambda p: b"* 1 FETCH (RFC822 {%d}\r\n" % len(single(p)) + single(p) + b")\r\n", b"a.txt")
file("bsmtp", lambda p: b"HELO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n" + single(p) + b".\r\nQUIT\r\n", b"a.bsmtp", b"application/batch-SMTP")
case("batch-smtp", lambda p: mixed(b"Content-Type: application/batch-SMTP\r\n\r\nHELO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n" + single(p) +
     b".\r\nQUIT\r\n"))
text("uu-caps", lambda p: uu(p).replace(b"begin", b"BEGIN"))
text("uu-cap1", lambda p: uu(p).replace(b"begin", b"Begin"))
text("uu-two-parts", lambda p: b"begin 644 f\r\n" + uu(p).split(N)[1] + N + b"\r\n-- \r\nsnip\r\n" + uu(p).split(N)[2] + N + b"`\r\nend\r\n")
text("uu-octet", uu, CT)
text("uu-mode-spaces", lambda p: uu(p).replace(b"begin 644", b"begin    644  "))
text("uu-noname", lambda p: uu(p).replace(b" file.bin", b""))
text("uu-nomode-noname", lambda p: uu(p).replace(b" 644 file.bin", b" "))
text("uu-behind-cut", lambda p: b"----- cut here -----\r\n" + uu(p) + b"----- cut here -----\r\n")
text("uu-flowed", lambda p: uu(p).replace(N, b" \r\n"), b"Content-Type: text/plain; format=flowed\r\n")
text("uu-qp", lambda p: uu(p).replace(b"=", b"=3D"), PL + QPH)
text("uu-b64", lambda p: b64(uu(p)), PL + CTE)
text("uu-lenzero-mid", lambda p: b"begin 644 f\r\n" + uu(p).split(N)[1] + N + b"`\r\n" + uu(p).split(N)[2] + N + b"`\r\nend\r\n")
text("begin-base64", lambda p: b"begin-base64 644 f\r\n" + b64(p) + b"====\r\n")
text("b64-text-short", lambda p: b"Here:\r\n" + b64(p, 40))
text("b64-quoted", lambda p: b"Here:\r\n" + b"".join(b"> " + l + N for l in b64(p, 40).split(N)[:-1]))
text("yenc-dots", lambda p: b"\r\n" + k.yenc(p, b"f").replace(b"\r\n.", b"\r\n.."))
text("yenc-noline", lambda p: k.yenc(p, b"f").replace(b"line=128 ", b""))
text("yenc-comma", lambda p: k.yenc(p, b"f").replace(b"line=128 size=68", b"size=68 line=128"))
text("hqx-text", lambda p: b"Hi\r\n\r\n" + k.hqx(p, b"f.bin"))
text("hqx-nobanner", lambda p: k.hqx(p, b"f.bin").split(N + N)[1] + N, b"Content-Type: application/mac-binhex40\r\n")
text("hqx-banner-cap", lambda p: k.hqx(p, b"f.bin").replace(b"(This file must be converted with", b"(THIS FILE MUST BE CONVERTED WITH"),
     b"Content-Type: application/mac-binhex40\r\n")
text("hqx-banner-word", lambda p: k.hqx(p, b"f.bin").replace(b"must be converted with BinHex 4.0", b"MUST be converted; BinHex 4.0"),
     b"Content-Type: application/mac-binhex40\r\n")
text("hqx-short", lambda p: k.hqx(p, b"f.bin").split(N)[0] + N + N + N.join(k.hqx(p, b"f.bin").split(N + N)[1].replace(N, b"")[i:i + 7] for i in range(0, 400,
     7)) + N, b"Content-Type: application/mac-binhex40\r\n")
text("hqx-noend", lambda p: k.hqx(p, b"f.bin").rstrip(b":\r\n") + N, b"Content-Type: application/mac-binhex40\r\n")
text("hqx-cr", lambda p: k.hqx(p, b"f.bin").replace(N, b"\r"), b"Content-Type: application/mac-binhex40\r\n")
text("hqx-7colon", lambda p: k.hqx(p, b"f.bin").replace(N + N, N), b"Content-Type: application/mac-binhex40\r\n")
text("hexdump-plain", lambda p: b"".join(binascii.hexlify(p[i:i + 30]) + N for i in range(0, len(p), 30)))
text("pgp-qp", lambda p: armour(literal(p)).replace(b"=", b"=3D"), PL + QPH)
file("pgp-binary", lambda p: literal(p), b"f.gpg")
file("pgp-binary-zip", lambda p: compressed(literal(p)), b"f.pgp", b"application/pgp-encrypted")
case("cms-pem", lambda p: attached(b"-----BEGIN PKCS7-----\n" + b64(signed(p), 64, b"\n") + b"-----END PKCS7-----\n", b"smime.p7m"))
case("cms-pem-cms", lambda p: attached(b"-----BEGIN CMS-----\n" + b64(signed(p), 64, b"\n") + b"-----END CMS-----\n", b"a.txt", b"text/plain"))
case("cms-pem-trusted", lambda p: attached(b"-----BEGIN CERTIFICATE-----\n" + b64(p, 64, b"\n") + b"-----END CERTIFICATE-----\n", b"a.txt", b"text/plain"))
case("cms-qp", lambda p: top() + b"Content-Type: application/pkcs7-mime\r\n" + QPH + N + k.qp_all(signed(p)))
case("cms-octet", lambda p: attached(signed(p), b"a.bin"))
case("cms-binary", lambda p: top() + b"Content-Type: application/x-pkcs7-mime\r\nContent-Transfer-Encoding: binary\r\n\r\n" + signed(p))
case("cms-b64b64", lambda p: attached(b64(signed(p)), b"smime.p7m", b"application/pkcs7-mime"))
text("ical-std", lambda p: calendar(fold(b"ATTACH;FMTTYPE=application/octet-stream;ENCODING=BASE64;VALUE=BINARY:" + s64(p))), K)
text("ical-fold1", lambda p: calendar(fold(b"ATTACH;ENCODING=BASE64;VALUE=BINARY:" + s64(p), 3)), K)
text("ical-foldtab", lambda p: calendar(fold(b"ATTACH;ENCODING=BASE64;VALUE=BINARY:" + s64(p), 30).replace(b"\r\n ", b"\r\n\t")), K)
text("ical-foldlf", lambda p: calendar(fold(b"ATTACH;ENCODING=BASE64;VALUE=BINARY:" + s64(p), 30)).replace(N, b"\n"), K)
text("ical-quoted-params", lambda p: calendar(fold(b'ATTACH;X="a:b;c";ENCODING="BASE64";VALUE="BINARY":' + s64(p))), K)
text("ical-lower", lambda p: calendar(fold(b'attach;encoding=base64;value=binary:' + s64(p))), K)
text("ical-datauri", lambda p: calendar(fold(b'ATTACH:data:application/octet-stream;base64,' + s64(p))), K)
text("ical-noenc", lambda p: calendar(fold(b'ATTACH;VALUE=BINARY:' + s64(p))), K)
text("ical-b", lambda p: calendar(fold(b'ATTACH;ENCODING=B;VALUE=BINARY:' + s64(p))), K)
text("ical-qp", lambda p: calendar(b'ATTACH;ENCODING=QUOTED-PRINTABLE:' + k.qp_all(p, 20, b"=\r\n")), K)
text("ical-desc-html", lambda p: calendar(fold(b'X-ALT-DESC;FMTTYPE=text/html:<a href="data:application/octet-stream\\;base64\\,' + s64(p) + b'">x</a>')), K)
text("ical-desc-html2", lambda p: calendar(fold(b'X-ALT-DESC;FMTTYPE=text/html:<a href="data:application/octet-stream;base64,' + s64(p) + b'">x</a>', 11)), K)
text("ical-fold-qp", lambda p: calendar(fold(b"ATTACH;ENCODING=BASE64;VALUE=BINARY:" + s64(p))).replace(b"=", b"=3D"), K + QPH)
text("vcard21", lambda p: b"BEGIN:VCARD\r\nVERSION:2.1\r\nPHOTO;JPEG;BASE64:\r\n " + fold(s64(p), 70).replace(b"\r\n ", b"\r\n  ") + b"\r\n\r\nEND:VCARD\r\n",
     b"Content-Type: text/x-vcard\r\n")
text("vcard21-nofold", lambda p: b"BEGIN:VCARD\r\nVERSION:2.1\r\nPHOTO;BASE64;JPEG:\r\n" + b64(p, 60) + b"\r\nEND:VCARD\r\n", b"Content-Type: text/x-vcard\r\n")
text("vcard3-b", lambda p: b"BEGIN:VCARD\r\nVERSION:3.0\r\n" + fold(b"KEY;TYPE=X509;ENCODING=b:" + s64(p)) + b"\r\nEND:VCARD\r\n",
     b"Content-Type: text/vcard\r\n")
text("vcard4-data", lambda p: b"BEGIN:VCARD\r\nVERSION:4.0\r\n" + fold(b"PHOTO:data:image/jpeg;base64," + s64(p), 17) + b"\r\nEND:VCARD\r\n",
     b"Content-Type: text/vcard\r\n")
text("vcard-group", lambda p: b"BEGIN:VCARD\r\nVERSION:3.0\r\n" + fold(b"item1.PHOTO;X-ABCROP-RECTANGLE=ABClipRect_1&0&0;ENCODING=b;TYPE=JPEG:" + s64(p), 20) +
     b"\r\nEND:VCARD\r\n", b"Content-Type: text/vcard\r\n")
text("vcard-qp", lambda p: b"BEGIN:VCARD\r\nVERSION:2.1\r\nNOTE;ENCODING=QUOTED-PRINTABLE:" + k.qp_all(p) + b"END:VCARD\r\n", b"Content-Type: text/vcard\r\n")
text("ldif", lambda p: b"dn: cn=x\r\njpegPhoto:: " + fold(s64(p), 60) + N, b"Content-Type: text/directory\r\n")
text("ldif-opt", lambda p: b"dn: cn=x\r\nuserCertificate;binary:: " + fold(s64(p), 20) + N, b"Content-Type: text/plain\r\n")
text("xcal", lambda p: b'<icalendar xmlns="urn:ietf:params:xml:ns:icalendar-2.0"><attach><binary>' + s64(p) + b'</binary></attach></icalendar>',
     b"Content-Type: application/calendar+xml\r\n")
text("jcal", lambda p: b'["vcalendar",[],[["vevent",[["attach",{},"binary","' + s64(p) + b'"]],[]]]]', b"Content-Type: application/calendar+json\r\n")
text("json-slash", lambda p: b'{"file":"' + s64(p).replace(b"/", b"\\/") + b'"}', b"Content-Type: application/json\r\n")
text("json-u", lambda p: b'{"file":"' + b"".join(b"\\u%04x" % x for x in p) + b'"}', b"Content-Type: application/json\r\n")
text("json-bytes", lambda p: json.dumps({"data":list(p)}).encode(), b"Content-Type: application/json\r\n")
text("yaml-bin", lambda p: b"file: !!binary |\r\n  " + b64(p, 40, b"\r\n  "), b"Content-Type: text/yaml\r\n")
case("sun-uu", lambda p: top() + b"Content-Type: X-sun-attachment\r\n\r\n----------\r\nX-Sun-Data-Type: default\r\nX-Sun-Encoding-Info: uuencode\r\nX-Sun-Content-Lines: 9\r\n\r\n" + uu(p) + N + b"----------\r\n")
case("sun-compress-uu", lambda p: top() + b"Content-Type: X-sun-attachment\r\n\r\n----------\r\nX-Sun-Data-Type: default\r\nX-Sun-Encoding-Info: compress,uuencode\r\nX-Sun-Content-Lines: 9\r\n\r\n" + k.uue(k.lzw(p), b"f") + N + b"----------\r\n")
case("rfc1154", lambda p: top(False) + b"Encoding: 2 TEXT, 5 uuencode\r\n\r\nhi\r\n\r\n" + uu(p))
case("lotus-hqx-top", lambda p: top() + b"Content-Type: application/mac-binhex40; name=f\r\nContent-Transfer-Encoding: 7bit\r\n\r\n" + k.hqx(p, b"f"))


# --- OpenPGP ---
def literal(p):
    body = b"b\x05f.bin\0\0\0\0" + p
    return b"\xcb" + bytes([len(body)]) + body


def armour(d, label=b"PGP MESSAGE", head=b"Version: GnuPG v2\r\n", crc=True):
    check = 0xB704CE
    for byte in d:
        check ^= byte << 16
        for _ in range(8):
            check = (check << 1) ^ (0x1864CFB if check & 0x800000 else 0)
    return (b"-----BEGIN " + label + b"-----\r\n" + head + N + b64(d, 64) + 
            (b"=" + s64(check.to_bytes(3, "big")) + N if crc else b"") + b"-----END " + label + b"-----\r\n")


def compressed(p, how=1):
    return b"\xa3" + bytes([how]) + (k.comp(p, 8) if how == 1 else zlib.compress(p) if how == 2 else bz2.compress(p))


def quoted(s, mark):
    return b"".join(mark + line + N for line in s.split(N)[:-1])


def clearsigned(s):
    return (b"-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\n" + s + 
            b"-----BEGIN PGP SIGNATURE-----\r\n\r\niQ==\r\n-----END PGP SIGNATURE-----\r\n")


def in_pieces(p):
    body = b"b\x05f.bin\0\0\0\0" + p
    return b"\xcb\xe5" + body[:32] + bytes([len(body) - 32]) + body[32:]


text("pgp-literal", lambda p: armour(literal(p)))
text("pgp-zip", lambda p: armour(compressed(literal(p))))
text("pgp-zlib", lambda p: armour(compressed(literal(p), 2)))
text("pgp-bzip2", lambda p: armour(compressed(literal(p), 3)))
text("pgp-no-checksum", lambda p: armour(literal(p), crc=False))
text("pgp-no-header", lambda p: armour(compressed(literal(p)), head=b""))
text("pgp-blanks-for-the-empty-line", lambda p: armour(literal(p), head=b"Comment: x\r\n  "))
text("pgp-part-1-of-1", lambda p: armour(literal(p), b"PGP MESSAGE, PART 01/01"))
text("pgp-compressed-twice", lambda p: armour(compressed(compressed(literal(p)))))
text("pgp-marker", lambda p: armour(b"\xca\x03PGP" + literal(p)))
text("pgp-called-a-signature", lambda p: armour(literal(p), b"PGP SIGNATURE"))
text("pgp-quoted", lambda p: quoted(armour(literal(p)), b"> "))
text("pgp-indented", lambda p: quoted(armour(literal(p)), b"  "))
text("pgp-in-html", lambda p: b"<pre>" + armour(literal(p)) + b"</pre>")
text("pgp-in-pieces", lambda p: armour(in_pieces(p)))
text("pgp-to-the-end", lambda p: armour(b"\xafb\x05f.bin\0\0\0\0" + p))
text("pgp-one-pass", lambda p: armour(b"\xc4\x0d\x03\0\x08\x01" + b"\0" * 8 + b"\x01" + literal(p)))
text("pgp-in-quoted-printable", lambda p: armour(literal(p)).replace(b"=", b"=3D"), PL + QPH)
text("clearsigned-uuencode", lambda p: clearsigned(uu(p)))
text("clearsigned-raw", lambda p: clearsigned(p + N))
text("clearsigned-mail", lambda p: clearsigned(inner(p).replace(b"\r\n-", b"\r\n- -")))
file("pgp-binary", literal, b"f.gpg")
file("pgp-binary-zip", lambda p: compressed(literal(p)), b"f.pgp", b"application/pgp-encrypted")


# --- CMS ---
OD = k.oid("1.2.840.113549.1.7.1")


def signed(p, octets=None):
    content = k.der(0x30, OD, k.der(0xA0, octets or k.der(4, p)))
    inside = k.der(0x30, k.der(2, b"\1"), k.der(0x31), content, k.der(0x31))
    return k.der(0x30, k.oid("1.2.840.113549.1.7.2"), k.der(0xA0, inside))


def cms(slug, f, ct=b'application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"'):
    case("cms-" + slug, lambda p: top() + b"Content-Type: " + ct + N + CTE + N + b64(f(p)))


cms("signed-raw", lambda p: signed(p))
cms("signed-mime", lambda p: signed(CT + CTE + N + b64(p)))
cms("chunked", lambda p: signed(p, k.der(0x24, *[k.der(4, p[i:i + 7]) for i in range(0, 68, 7)])))
cms("indefinite", lambda p: b"\x30\x80" + k.oid('1.2.840.113549.1.7.2') + b"\xa0\x80\x30\x80\x02\x01\x01\x31\x00\x30\x80" + OD + b"\xa0\x80\x24\x80" + k.der(4,
     p[:20]) + k.der(4, p[20:]) + b"\0\0" * 3 + b"\x31\0" + b"\0\0" * 3)
cms("digested", lambda p: k.der(0x30, k.oid('1.2.840.113549.1.7.5'), k.der(0xa0, k.der(0x30, k.der(2, b"\0"), k.der(0x30, k.oid('1.3.14.3.2.26')), k.der(0x30,
     OD, k.der(0xa0, k.der(4, p))), k.der(4, b"x" * 20)))))
cms("data", lambda p: k.der(0x30, OD, k.der(0xa0, k.der(4, p))))
cms("nested", lambda p: signed(b"Content-Type: application/pkcs7-mime; name=smime.p7m\r\n" + CTE + N + b64(signed(CT + CTE + N + b64(p)))))
cms("signed-compressed", lambda p: signed(b"Content-Type: application/pkcs7-mime; smime-type=compressed-data; name=smime.p7z\r\n" + CTE + N + b64(k.der(0x30,
     k.oid('1.2.840.113549.1.9.16.1.9'), k.der(0xa0, k.der(0x30, k.der(2, b"\0"), k.der(0x30, k.oid('1.2.840.113549.1.9.16.3.8')), k.der(0x30, OD, k.der(0xa0,
     k.der(4, zlib.compress(CT + CTE + N + b64(p)))))))))))
cms("authdata", lambda p: k.der(0x30, k.oid('1.2.840.113549.1.9.16.1.2'), k.der(0xa0, k.der(0x30, k.der(2, b"\0"), k.der(0x31), k.der(0x30,
     k.oid('1.3.14.3.2.26')), k.der(0x30, OD, k.der(0xa0, k.der(4, p))), k.der(4, b"x" * 20)))))


# --- TNEF ---
def tnef(slug, f):
    case("tnef-" + slug, lambda p: attached(f(p), b"winmail.dat", b"application/ms-tnef"))


def attribute(level, tag, d):
    return struct.pack("<BII", level, tag, len(d)) + d + struct.pack("<H", sum(d) & 0xFFFF)


def properties(tag, d):
    return struct.pack("<IIII", 1, tag, 1, len(d)) + d + b"\0" * (-len(d) % 4)


TN = (struct.pack("<IH", 0x223E9F78, 1) + attribute(1, 0x00089006, struct.pack("<I", 0x10000)) + 
      attribute(1, 0x00069007, struct.pack("<II", 1252, 0)))
REND = attribute(2, 0x00069002, struct.pack("<HIIHH", 1, 0xFFFFFFFF, 0, 0, 0))
MESSAGE = bytes.fromhex("0703020000000000c000000000000046")
D = b"data:application/octet-stream;base64,"

tnef("mapi-data", lambda p: TN + REND + attribute(2, 0x00069005, properties(0x37010102, p)))
tnef("mapi-object", lambda p: TN + REND + attribute(2, 0x00069005, properties(0x3701000D, b"\0" * 16 + p)))
tnef("embedded", lambda p: TN + REND + attribute(2, 0x00069005, properties(0x3701000D, MESSAGE + k.tnef(p, b"f.bin"))))
tnef("in-tnef", lambda p: k.tnef(k.tnef(p, b"f.bin"), b"winmail.dat"))
tnef("html-body", lambda p: TN + attribute(1, 0x00069003, properties(0x10130102, b'<a href="' + D + s64(p) + b'">')))
tnef("bad-sum", lambda p: k.tnef(p, b"f.bin")[:-2] + b"\0\0")
tnef("cut", lambda p: k.tnef(p, b"f.bin")[:-2])
tnef("no-rendering", lambda p: TN + attribute(2, 0x0006800F, p))
tnef("at-message-level", lambda p: TN + attribute(1, 0x0006800F, p))
tnef("as-body", lambda p: TN + attribute(1, 0x0002800C, p))
tnef("as-picture", lambda p: TN + REND + attribute(2, 0x00068011, p))


# --- Texts in other ways of writing ---
def charset(slug, ct, data, cte=CTE):
    case("charset-" + slug, lambda p: mixed(ct + cte + N + (b64(data(p)) if cte == CTE else data(p))))


charset("flowed-delsp", b"Content-Type: text/plain; format=flowed; delsp=yes\r\n", lambda p: p[:30] + b" \r\n" + p[30:] + N, b"")
charset("flowed-stuffed", b"Content-Type: text/plain; format=flowed\r\n", lambda p: b" " + p + N, b"")
charset("unicode-escape", b"Content-Type: text/plain; charset=unicode_escape\r\n", lambda p: b"".join(b"\\x%02x" % x for x in p))
charset("utf32-nobom", b"Content-Type: text/plain; charset=utf-32\r\n", lambda p: p.decode().encode('utf-32-be'))
charset("ucs4", b"Content-Type: text/plain; charset=iso-10646-ucs-4\r\n", lambda p: p.decode().encode('utf-32-be'))
charset("ucs4le", b"Content-Type: text/plain; charset=ucs-4le\r\n", lambda p: p.decode().encode('utf-32-le'))
charset("utf32-2143", b"Content-Type: text/plain; charset=utf-32\r\n", lambda p: p.decode().encode('utf-32-le'))
charset("utf16-swapped-bom", b"Content-Type: text/plain; charset=utf-16le\r\n", lambda p: b"\xfe\xff" + p.decode().encode('utf-16-be'))
charset("utf16-octet", CT, lambda p: b"\xff\xfe" + p.decode().encode('utf-16-le'))
charset("utf7-direct", b"Content-Type: text/plain; charset=utf-7\r\n", lambda p: p.replace(b"+", b"+-"))
charset("utf7-some", b"Content-Type: text/plain; charset=utf-7\r\n", lambda p: b"".join((b"+" + base64.b64encode(bytes([0, x])).rstrip(b"=") +
     b"-") if i % 3 == 0 else bytes([x]) if x!=43 else b"+-" for i, x in enumerate(p)))
charset("hz-tilde", b"Content-Type: text/plain; charset=hz-gb-2312\r\n", lambda p: p[:20] + b"~\n" + p[20:])
charset("2022jp-fw", b"Content-Type: text/plain; charset=iso-2022-jp\r\n", lambda p: b"".join(b"\x1b(B" + bytes([x]) for x in p))
charset("2022cn", b"Content-Type: text/plain; charset=iso-2022-cn\r\n", lambda p: b"\x1b$)A" + p[:20] + b"\x0f" + p[20:])
charset("2022jp-so", b"Content-Type: text/plain; charset=iso-2022-jp-2\r\n", lambda p: b"\x1b.A" + p)
charset("charset-html", b"Content-Type: text/plain; charset=html-entities\r\n", lambda p: b"".join(b"&#%d;" % x for x in p), b"")
charset("charset-uu", b"Content-Type: text/plain; charset=uuencode\r\n", lambda p: uu(p), b"")
charset("java-u", b"Content-Type: text/plain; charset=JAVA\r\n", lambda p: b"".join(b"\\u%04x" % x for x in p), b"")
charset("utf8-surrogate", b"Content-Type: text/plain; charset=cesu-8\r\n", lambda p: p)
charset("bocu", b"Content-Type: text/plain; charset=scsu\r\n", lambda p: p)


def in_utf16(p, is_big=False):
    return p.decode().encode("utf-16-be" if is_big else "utf-16-le")


for name in ("cp1200", "csUTF16LE", "utf16", "UTF-16 LE", "utf_16_le", "ucs-2le", "x-utf-16le", "windows-1200", "unicode-little", 
             "UTF-16LE_BOM", "iso-10646-utf-16"):
    charset(f"name-{name.replace(' ', '_')}", b'Content-Type: text/plain; charset="' + name.encode() + b'"\r\n', in_utf16)
for name in ("cp1201", "UNICODEFFFE", "ucs-2", "csUnicode", "iso-10646"):
    charset("name-" + name, b"Content-Type: text/plain; charset=" + name.encode() + N, lambda p: in_utf16(p, True))
for name, page in (("ibm273", "cp273"), ("cp1026", "cp1026"), ("ebcdic-cp-us", "cp037"), ("csIBM037", "cp037"), ("ebcdic-us", "cp037"), 
                   ("ibm-37", "cp037"), ("ibm-1148", "cp500"), ("cp1141", "cp273"), ("ibm424", "cp424"), ("ebcdic-cp-he", "cp424"), 
                   ("ibm875", "cp875")):
    charset("name-" + name, b"Content-Type: text/plain; charset=" + name.encode() + N, lambda p, page=page: p.decode().encode(page))


# --- Markup and scripts ---
def percent(p):
    return b"".join(b"%%%02x" % c for c in p)


def html(slug, f):
    case("html-" + slug, lambda p: mixed(b"Content-Type: text/html; charset=utf-8\r\n\r\n<html><body>" + f(p) + b"</body></html>\r\n"))


def script(slug, f):
    case("script-" + slug, lambda p: mixed(b"Content-Type: text/html\r\n\r\n<html><script>\r\n" + f(p) + b"\r\n</script></html>\r\n"))


html("data-a", lambda p: b'<a href="' + D + s64(p) + b'" download="f">x</a>')
html("data-pct", lambda p: b'<a href="data:application/octet-stream,' + percent(p) + b'">x</a>')
html("data-pct-b64", lambda p: b'<a href="data:application/octet-stream;base64,' + percent(s64(p)) + b'">x</a>')
html("data-entity", lambda p: b'<a href="&#100;ata:application/octet-stream;base64,' + s64(p) + b'">x</a>')
html("data-entity-all", lambda p: b'<a href="' + b"".join(b"&#x%x;" % x for x in D + s64(p)) + b'">x</a>')
html("data-tab", lambda p: b'<a href="da\tta:application/octet-stream;base64,' + s64(p) + b'">x</a>')
html("data-newlines", lambda p: b'<a href="data:application/octet-stream;base64,\r\n' + b64(p, 20) + b'">x</a>')
html("data-caps", lambda p: b'<A HREF=DATA:application/octet-stream;BASE64,' + s64(p) + b'>x</a>')
html("data-spaces", lambda p: b'<a href="  data:application/octet-stream; base64 ,' + s64(p) + b'">x</a>')
html("data-params", lambda p: b'<a href="data:text/plain;charset=utf-8;name=a.exe;base64,' + s64(p) + b'">x</a>')
html("data-empty-type", lambda p: b'<a href="data:;base64,' + s64(p) + b'">x</a>')
html("data-comma-type", lambda p: b'<a href="data:application/octet-stream;x=%22,%22;base64,' + s64(p) + b'">x</a>')
html("data-object", lambda p: b'<object data="' + D + s64(p) + b'"></object>')
html("data-embed", lambda p: b'<embed src=' + D + s64(p) + b'>')
html("data-meta", lambda p: b'<meta http-equiv=refresh content="0;url=' + D + s64(p) + b'">')
html("data-srcdoc", lambda p: b'<iframe srcdoc="&lt;a href=&quot;' + D + s64(p) + b'&quot;&gt;x&lt;/a&gt;"></iframe>')
html("data-nested", lambda p: b'<iframe src="data:text/html;base64,' + s64(b'<a href="' + D + s64(p) + b'">x</a>') + b'">')
html("data-nested-pct", lambda p: b'<iframe src="data:text/html,' + percent(b'<a href="' + D + s64(p) + b'">x</a>') + b'">')
html("data-css", lambda p: b'<style>a{background:url(' + D + s64(p) + b')}</style>')
html("data-css-escape", lambda p: b'<style>a{background:url("\\64 ata:application/octet-stream;base64,' + s64(p) + b'")}</style>')
html("data-svg", lambda p: b'<svg><a xlink:href="' + D + s64(p) + b'"/></svg>')
html("data-url-safe", lambda p: b'<a href="' + D + base64.urlsafe_b64encode(p) + b'">x</a>')
html("data-comment", lambda p: b'<!-- <a href="' + D + s64(p) + b'"> -->')
html("data-attr", lambda p: b'<div data-x="' + s64(p) + b'"></div>')
html("data-template", lambda p: b'<template>' + s64(p) + b'</template>')
html("data-textarea", lambda p: b'<textarea>\r\n' + b64(p, 30) + b'</textarea>')
html("data-script-type", lambda p: b'<script type="text/plain">' + s64(p) + b'</script>')
html("data-nulls", lambda p: b'<a href="' + b"\0".join(bytes([x]) for x in D + s64(p)) + b'">x</a>')
html("data-qp-utf7", lambda p: b'<meta charset=utf-7>+ADw-a href=+ACI-' + D + s64(p).replace(b"+", b"+-") + b'+ACIAPg-')
script("atob", lambda p: b'var b=atob("' + s64(p) + b'");')
script("atob-split", lambda p: b'var b=atob("' + s64(p)[:30] + b'"+"' + s64(p)[30:60] + b'" + \'' + s64(p)[60:] + b"');")
script("plus-eq", lambda p: b'var a="' + s64(p)[:40] + b'";\r\na+="' + s64(p)[40:] + b'";var b=atob(a);')
script("join", lambda p: b'var b=atob(["' + b'","'.join(s64(p)[i:i + 10] for i in range(0, 92, 10)) + b'"].join(""));')
script("array", lambda p: b'var b=new Uint8Array([' + b",".join(b"%d" % x for x in p) + b']);')
script("array-hex", lambda p: b'var b=new Uint8Array([' + b", ".join(b"0x%02x" % x for x in p) + b']);')
script("fromcharcode", lambda p: b'String.fromCharCode(' + b",".join(b"%d" % x for x in p) + b')')
script("fromcharcode-plus", lambda p: b"+".join(b"String.fromCharCode(%d)" % x for x in p))
script("x-escapes", lambda p: b'"' + b"".join(b"\\x%02x" % x for x in p) + b'"')
script("u-escapes", lambda p: b'"' + b"".join(b"\\u%04x" % x for x in p) + b'"')
script("u-brace", lambda p: b'"' + b"".join(b"\\u{%x}" % x for x in p) + b'"')
script("octal", lambda p: b'"' + b"".join(b"\\%03o" % x for x in p) + b'"')
script("unescape", lambda p: b'unescape("' + percent(p) + b'")')
script("unescape-u", lambda p: b'unescape("' + b"".join(b"%%u%02x%02x" % (p[i + 1], p[i]) for i in range(0, 68, 2)) + b'")')
script("unescape-u00", lambda p: b'unescape("' + b"".join(b"%%u00%02x" % x for x in p) + b'")')
script("hex", lambda p: b'var h="' + binascii.hexlify(p) + b'";')
script("hex-spaces", lambda p: b'var h="' + b" ".join(b"%02x" % x for x in p) + b'";')
script("hex-colon", lambda p: b'var h="' + b":".join(b"%02X" % x for x in p) + b'";')
script("template", lambda p: b'atob(`' + s64(p) + b'`)')
script("template-lines", lambda p: b'atob(`\r\n' + b64(p, 30) + b'`)')
script("line-cont", lambda p: b'atob("' + s64(p)[:40] + b'\\\r\n' + s64(p)[40:] + b'")')
script("b64-b64", lambda p: b'atob(atob("' + s64(s64(p)) + b'"))')
script("gz-b64", lambda p: b'ungzip(atob("' + s64(k.gz(p)) + b'"))')
script("zip-b64", lambda p: b'var z="' + s64(k.mkzip([("f.exe", p, 8)])) + b'"')
script("json", lambda p: b'JSON.parse(\'{"d":"' + s64(p) + b'"}\')')
script("entities", lambda p: b'document.write("' + b"".join(b"&#%d;" % x for x in p) + b'")')
script("escaped-html", lambda p: b'document.write(unescape("' + percent(b'<a href="' + D + s64(p) + b'">') + b'"))')
script("x-in-atob", lambda p: b'atob("' + b"".join(b"\\x%02x" % x for x in s64(p)) + b'")')
script("comment-split", lambda p: b'atob("' + s64(p)[:40] + b'"/*x*/+/*y*/"' + s64(p)[40:] + b'")')
script("concat-method", lambda p: b'atob("' + s64(p)[:40] + b'".concat("' + s64(p)[40:] + b'"))')
script("chars-array", lambda p: b'["' + b'","'.join(bytes([x]) for x in s64(p)) + b'"].join("")')
script("signed", lambda p: b'new Int8Array([' + b",".join(b"%d" % x for x in p) + b'])')
file("vbs-chr", lambda p: b'x = ' + b" & ".join(b"Chr(%d)" % x for x in p), b"a.vbs")
file("vbs-chrw", lambda p: b'x = ' + b"&".join(b"ChrW(&H%x)" % x for x in p), b"a.vbs")
file("vbs-hex", lambda p: b'x = "' + binascii.hexlify(p) + b'"', b"a.vbs")
file("vbs-lines", lambda p: b'x = "' + b'" & _\r\n "'.join(s64(p)[i:i + 20] for i in range(0, 92, 20)) + b'"', b"a.vbs")
file("vbs-assign", lambda p: b'x = ""\r\n' + b"".join(b'x = x & "' + s64(p)[i:i + 20] + b'"\r\n' for i in range(0, 92, 20)), b"a.vbs")
file("ps-enc", lambda p: b'powershell -enc ' + s64(('[IO.File]::WriteAllBytes("f",[Convert]::FromBase64String("' + s64(p).decode() + '"))').encode('utf-16le')),
     b"a.bat")
file("ps-b64", lambda p: b'[Convert]::FromBase64String("' + s64(p) + b'")', b"a.ps1")
file("ps-bytes", lambda p: b'[byte[]](' + b",".join(b"0x%x" % x for x in p) + b')', b"a.ps1")
file("ps-char", lambda p: b'-join(' + b",".join(b"[char]%d" % x for x in p) + b')', b"a.ps1")
file("ps-herestring", lambda p: b"$x=@'\r\n" + b64(p, 30) + b"'@\r\n", b"a.ps1")
file("ps-char-plus", lambda p: b"+".join(b"[char]0x%x" % x for x in p), b"a.ps1")
file("bat-certutil", lambda p: b'@echo off\r\ncertutil -decode "%~f0" x.exe\r\nexit\r\n-----BEGIN CERTIFICATE-----\r\n' + b64(p, 64) +
     b'-----END CERTIFICATE-----\r\n', b"a.bat")
file("bat-hex", lambda p: b"certutil -decodehex\r\n" + b"".join(b"%02x " % x for x in p), b"a.bat")
file("sh-printf", lambda p: b"printf '" + b"".join(b"\\x%02x" % x for x in p) + b"' > f", b"a.sh")
file("sh-printf-oct", lambda p: b"printf '" + b"".join(b"\\%03o" % x for x in p) + b"' > f", b"a.sh")
file("sh-heredoc", lambda p: b"base64 -d <<EOF >f\n" + b64(p, 60, b"\n") + b"EOF\n", b"a.sh")
file("sh-echo", lambda p: b"echo " + s64(p) + b" | base64 -d > f\n", b"a.sh")
file("perl-pack", lambda p: b'print pack("H*","' + binascii.hexlify(p) + b'")', b"a.pl")
file("py-bytes", lambda p: b'open("f","wb").write(b"' + b"".join(b"\\x%02x" % x for x in p) + b'")', b"a.py")
file("py-zlib", lambda p: b'zlib.decompress(base64.b64decode("' + s64(zlib.compress(p)) + b'"))', b"a.py")
file("wsf", lambda p: b'<job><script language="JScript">var a="' + s64(p) + b'";</script></job>', b"a.wsf")
file("hta", lambda p: b'<html><hta:application/><script>var a=[\'' + b"','".join(s64(p)[i:i + 30] for i in range(0, 92, 30)) + b"'];</script>", b"a.hta")
file("sct", lambda p: b'<?XML version="1.0"?><scriptlet><script language="JScript"><![CDATA[ var a="' + s64(p) + b'"; ]]></script></scriptlet>', b"a.sct")
file("csv-dde", lambda p: b'a,b\r\n"' + s64(p) + b'",c\r\n', b"a.csv")
file("svg-script", lambda p: b'<svg xmlns="http://www.w3.org/2000/svg"><script>var a=atob("' + s64(p) + b'")</script></svg>', b"a.svg")
file("svg-foreign", lambda p: b'<svg><foreignObject><a href="' + D + s64(p) + b'"/></foreignObject></svg>', b"a.svg")
file("xsl", lambda p: b'<?xml version="1.0"?><xsl:stylesheet><msxsl:script><![CDATA[var a="' + s64(p) + b'"]]></msxsl:script></xsl:stylesheet>', b"a.xsl")
file("url-data", lambda p: b'[InternetShortcut]\r\nURL=' + D + s64(p) + N, b"a.url")
file("mht-html", lambda p: b'From: x\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<a href=3D"' + D +
     s64(p).replace(b"=", b"=3D") + b'">', b"a.mht")
file("html-utf16", lambda p: b"\xff\xfe" + (b'<script>var a="' + s64(p) + b'"</script>').decode().encode('utf-16le'), b"a.html")
file("ipynb", lambda p: json.dumps({"cells":[{"outputs":[{"data":{"application/octet-stream":s64(p).decode()}}]}]}).encode(), b"a.ipynb")
file("sql-hex", lambda p: b"INSERT INTO t VALUES (0x" + binascii.hexlify(p) + b")", b"a.sql")
file("json-b64-lines", lambda p: json.dumps({"d":b64(p, 30).decode()}).encode(), b"a.json")
file("har", lambda p: json.dumps({"content":{"encoding":"base64", "text":s64(p).decode()}}).encode(), b"a.har")


script("reversed", lambda p: b'atob("' + s64(p)[::-1] + b'".split("").reverse().join(""))')
script("character-between", lambda p: b'atob("' + b"@".join(s64(p)[i:i + 4] for i in range(0, 92, 4)) + b'".replace(/@/g,""))')
script("two-variables", lambda p: b'var a="' + s64(p)[:40] + b'";var c="' + s64(p)[40:] + b'";var b=atob(a+c);')
script("deflate-by-zlib", lambda p: b'inflate("' + s64(zlib.compress(p)) + b'")')
file("vbs-reversed", lambda p: b'x = StrReverse("' + s64(p)[::-1] + b'")', b"a.vbs")
file("base64-nul-at-line-ends", lambda p: b64(zipped(p), 60, b"\0\r\n"), b"f.txt")


# --- A file in several pieces of one message: nothing here puts them together, so it has to say so ---
def uu_piece(p, number):
    lines = uu(p).split(N)
    start = b"section %d of 2 of file f.bin\r\n\r\n" % number
    return start + (lines[0] + N + lines[1] + N if number == 1 else lines[2] + N + b"`\r\nend\r\n")


def yenc_piece(p, number, begin, end):
    data = k.yenc(p[begin:end], b"f").split(N, 1)[1].split(b"\r\n=yend")[0]
    return (b"=ybegin part=%d total=2 line=128 size=68 name=f\r\n=ypart begin=%d end=%d\r\n" % (number, begin + 1, end) + data +
            b"\r\n=yend size=%d part=%d\r\n" % (end - begin, number))


case("uu-in-two-parts", lambda p: top() + MP + N + b"--foo\r\n" + PL + N + uu_piece(p, 1) + b"--foo\r\n" + PL + N + uu_piece(p, 2) +
     b"--foo--\r\n", "unscannable")
case("yenc-in-two-pieces", lambda p: mixed(PL + N + yenc_piece(p, 1, 0, 30) + yenc_piece(p, 2, 30, 68)), "unscannable")

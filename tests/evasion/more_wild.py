"""Adversarial messages about the mail itself that came of asking real readers: what at least one of them rebuilds, or
what the standards say of names and values in other words than most programs do.

Python's standard library, GMime, MIME-tools, Email::MIME, Mail::Box, Ruby's mail, mailparse, Go, mailparser, postal-mime,
letterparser, Stalwart's, JavaMail, mime4j, ripMIME, munpack and uudeview were asked.
"""
import base64
import binascii
import bz2
import zlib

import blocks as k
from blocks import CD, CT, CTE, MPX, N, QPH, b64, entity, mixed, top

CASES = []
E = b"Content-Transfer-Encoding"


def case(slug, build, group, expected="infected"):
    CASES.append((f"V-{group[0].upper()}{len(CASES) + 1:03d}", group, slug, slug.replace("-", " "), build, expected))


def s64(p):
    return base64.b64encode(p)


# --- Boundaries, types and the names of fields ---
def bound(slug, ct, b=b"foo"):
    case(slug, lambda p: mixed(entity(p), ct + N, b), "boundary")


bound("utf16-ext", MPX + b"boundary*=utf-16be''%00f%00o%00o")
bound("utf7-ext", MPX + b"boundary*=utf-7''%2BAGYAbwBv-")
bound("ew-utf16", MPX + b'boundary="=?utf-16be?B?AGYAbwBv?="')
bound("sec-mixed", MPX + b"boundary*0*=us-ascii''%66o; boundary*1=o")
bound("sec-literal-pct", MPX + b"boundary*0=f%6F; boundary*1*=%6F", b"f%6Foo")
bound("sec-rev-ext", MPX + b"boundary*1*=%6Fo; boundary*0*=us-ascii''f")
bound("ctl-1f", MPX + b"boundary=foo\x1f")
bound("ctl-1c", MPX + b"boundary=\x1cfoo\x1d")
bound("nbsp", MPX + b"boundary=\xa0foo\xa0")
bound("nel", MPX + b"boundary=foo\x85")
bound("utf8nbsp", MPX + b'boundary="\xc2\xa0foo\xc2\xa0"')
bound("bom", MPX + b'boundary="\xef\xbb\xbffoo"')
bound("zwsp", MPX + b'boundary="f\xe2\x80\x8boo"')
bound("bracket", MPX + b'boundary=<foo>')
bound("smart-quotes", MPX + b'boundary=\xe2\x80\x9cfoo\xe2\x80\x9d')
bound("latin-quotes", MPX + b'boundary=\x93foo\x94')
bound("backtick", MPX + b'boundary=`foo`')
bound("quote-quote", MPX + b'boundary=""foo""')
bound("quote-space", MPX + b'boundary= " foo" ')
bound("esc-quotes", MPX + b'boundary=\\"foo\\"')
bound("html-quot", MPX + b'boundary=&#34;foo&#34;')
bound("name-uppercase-ext", MPX + b"BOUNDARY*=UTF-8''foo")
bound("name-star-space", MPX + b"boundary *= utf-8''foo")
bound("name-star0-space", MPX + b"boundary* 0=fo; boundary* 1=o")
bound("name-fold-star", MPX + b"boundary\r\n *0=fo;\r\n boundary\r\n *1=o")
bound("name-ew", MPX + b"=?us-ascii?Q?boundary?==foo")
bound("name-quoted-single", MPX + b"'boundary'=foo")
bound("name-backslash", MPX + b"b\\oundary=foo")
bound("name-nul", MPX + b"boun\0dary=foo")
bound("semicolon-in-quotes-first", b'Content-Type: "multipart/mixed; boundary=foo"')
bound("type-in-angle", b'Content-Type: <multipart/mixed>; boundary=foo')
bound("type-ew-only", b'Content-Type: =?us-ascii?Q?multipart/mixed?=; boundary=foo')
bound("type-nul", b'Content-Type: multi\0part/mixed; boundary=foo')
bound("type-percent", b'Content-Type: multipart%2Fmixed; boundary=foo')
bound("type-backslash", b'Content-Type: multipart\\/mixed; boundary=foo')
bound("type-bs-slash", b'Content-Type: multipart\\mixed; boundary=foo')
bound("type-text-multipart", b'Content-Type: text/plain, multipart/mixed; boundary=foo')
bound("type-comma-list", b'Content-Type: multipart/mixed; boundary=bar, multipart/mixed; boundary=foo')
bound("type-star", b'Content-Type: */*; boundary=foo')
bound("type-formdata", b'Content-Type: multipart/form-data; boundary=foo')
bound("type-byteranges", b'Content-Type: multipart/byteranges; boundary=foo')
bound("type-application", b'Content-Type: application/mixed; boundary=foo')
bound("type-noslash-app", b'Content-Type: mixed; boundary=foo')
bound("type-mime-old", b'Content-Type: multipart; boundary=foo')
bound("type-0-rfc1049", b'Content-Type: MULTIPART 1 foo')
bound("ct-name-underscore", b'Content_Type: multipart/mixed; boundary=foo')
bound("ct-name-space", b'Content Type: multipart/mixed; boundary=foo')
bound("ct-name-joined", b'ContentType: multipart/mixed; boundary=foo')
bound("ct-semicolon-name", b'Content-Type; multipart/mixed; boundary=foo')
bound("ct-dash-name", b'Content--Type: multipart/mixed; boundary=foo')
bound("ct-zwsp-name", b'Content-\xe2\x80\x8bType: multipart/mixed; boundary=foo')
bound("ct-softhyphen", b'Content\xc2\xadType: multipart/mixed; boundary=foo')
bound("ct-nbhyphen", b'Content\xe2\x80\x91Type: multipart/mixed; boundary=foo')
bound("ct-fullwidth-colon", b'Content-Type\xef\xbc\x9a multipart/mixed; boundary=foo')
bound("ct-xprefix", b'X-Content-Type: multipart/mixed; boundary=foo')
bound("ct-ew-name", b'=?us-ascii?Q?Content-Type?=: multipart/mixed; boundary=foo')
bound("ct-quoted-name", b'"Content-Type": multipart/mixed; boundary=foo')
bound("ct-comment-name", b'Content-Type (x): multipart/mixed; boundary=foo')
bound("ct-gt-name", b'>Content-Type: multipart/mixed; boundary=foo')
bound("ct-dash-before", b'- Content-Type: multipart/mixed; boundary=foo')
bound("ct-behind-other", b'X-A: b Content-Type: multipart/mixed; boundary=foo')
bound("ct-esc-crlf", b'X-A: b\\r\\nContent-Type: multipart/mixed; boundary=foo')
bound("ct-qp-crlf", b'X-A: b=0D=0AContent-Type: multipart/mixed; boundary=foo')
bound("ct-ew-crlf", b'Subject: =?utf-8?Q?a=0D=0AContent-Type:_multipart/mixed;_boundary=3Dfoo?=')
bound("ct-u2028", b'X-A: b\xe2\x80\xa8Content-Type: multipart/mixed; boundary=foo')
bound("ct-nel-utf8", b'X-A: b\xc2\x85Content-Type: multipart/mixed; boundary=foo')
bound("ct-1e", b'X-A: b\x1eContent-Type: multipart/mixed; boundary=foo')


# --- Transfer encodings by name ---
def encoding(slug, fields, body=None):
    case(slug, lambda p: mixed(entity(p, CT + CD + fields, body(p) if body else None)), "header" if body is None else "encoding")


encoding("1f", E + b": base64\x1f\r\n")
encoding("1c-before", E + b": \x1cbase64\r\n")
encoding("underscore-name", b"Content_Transfer_Encoding: base64\r\n")
encoding("space-name", b"Content Transfer Encoding: base64\r\n")
encoding("name-short", b"Transfer-Encoding: base64\r\n")
encoding("name-encoding", b"Encoding: base64\r\n")
encoding("name-typo", b"Content-Transfer-Encodeing: base64\r\n")
encoding("name-typo2", b"Content-Transfert-Encoding: base64\r\n")
encoding("name-typo3", b"Content-Tranfer-Encoding: base64\r\n")
encoding("name-plural", b"Content-Transfer-Encodings: base64\r\n")
encoding("bracket", E + b": {base64}\r\n")
encoding("at", E + b": @base64\r\n")
encoding("star", E + b": *base64*\r\n")
encoding("html", E + b": &#98;ase64\r\n")
encoding("num-only", E + b": 64\r\n")
encoding("rfc2045", E + b": BASE64 (rfc 2045)\r\n")
encoding("charset", E + b": base64; charset=utf-8\r\n")
encoding("8859", E + b": iso-8859-1 base64\r\n")
encoding("2231", E + b"*: us-ascii''base64\r\n")
encoding("param", E + b": encoding=base64\r\n")
encoding("fold-dash", b"Content-\r\n Transfer-Encoding: base64\r\n")
encoding("longs", b"Content-Tran\xc5\xbffer-Encoding: base64\r\n")
encoding("longs-val", E + b": ba\xc5\xbfe64\r\n")
encoding("qprint", E + b": qprint\r\n", lambda p: k.qp_all(p))
encoding("qp-typo", E + b": quote-printable\r\n", lambda p: k.qp_all(p))
encoding("qp-typo2", E + b": quoted-printible\r\n", lambda p: k.qp_all(p))
encoding("qp-joined", E + b": quotedprintable\r\n", lambda p: k.qp_all(p))
encoding("qp-cap", E + b": Q-P\r\n", lambda p: k.qp_all(p))
encoding("qp-mime", E + b": mime-qp\r\n", lambda p: k.qp_all(p))
encoding("qp-short", E + b": qp\r\n", lambda p: k.qp_all(p))
encoding("qp-printable", E + b": printable\r\n", lambda p: k.qp_all(p))
encoding("html-entities", E + b": HTML-ENTITIES\r\n", lambda p: b"".join(b"&#%d;" % x for x in p) + N)
encoding("mb-utf16", E + b": UTF-16LE\r\n", lambda p: p.decode().encode('utf-16le'))
encoding("base16", E + b": base16\r\n", lambda p: base64.b16encode(p) + N)
encoding("bzip264", E + b": x-bzip2-64\r\n", lambda p: b64(bz2.compress(p)))
encoding("zip64", E + b": x-zip-base64\r\n", lambda p: b64(k.mkzip([("f.bin", p, 8)])))
encoding("deflate", E + b": deflate\r\n", lambda p: zlib.compress(p))
encoding("compress64", E + b": x-compress64\r\n", lambda p: b64(k.lzw(p)))
encoding("uu-nobegin-x", E + b": x-uue\r\n", lambda p: N.join(k.uue(p, b"f").split(N)[1:-3]) + N)
encoding("uu-quotes", E + b': "x-uuencode"\r\n', lambda p: k.uue(p, b"f"))
encoding("uu-list", E + b": 7bit, x-uuencode\r\n", lambda p: k.uue(p, b"f"))
encoding("machqx", E + b": mac-binhex40\r\n", lambda p: k.hqx(p, b"f.bin"))
encoding("x-hqx", E + b": x-hqx\r\n", lambda p: k.hqx(p, b"f.bin"))


# --- Bodies ---
def body64(slug, f):
    case(slug, lambda p: mixed(entity(p, CT + CD + CTE, f(p))), "base64")


body64("qp-soft", lambda p: b64(p, 20, b"=\r\n"))
body64("backslash-n", lambda p: s64(p).replace(b"V", b"\\\nV") + N)
body64("lf-literal", lambda p: b64(p, 20, b"\\n\r\n") )
body64("two-words-first", lambda p: b"Hello there\r\n" + b64(p))
body64("footer-pure", lambda p: b64(p) + b"\r\nFooter\r\n")
body64("name-line-first", lambda p: b"file.bin\r\n" + b64(p))
body64("underline-first", lambda p: b"========\r\n" + b64(p))
body64("dashes-first", lambda p: b"--------\r\n" + b64(p))
body64("comma-at-4", lambda p: b",".join(s64(p)[i:i + 4] for i in range(0, 92, 4)) + N)
body64("dquote-lines", lambda p: N.join(b'"' + s64(p)[i:i + 20] + b'" +' for i in range(0, 92, 20)) + N)
body64("hex-in-b64", lambda p: b64(binascii.hexlify(p)))
body64("yenc-in-b64", lambda p: b64(k.yenc(p, b"f")))
body64("hqx-in-b64", lambda p: b64(k.hqx(p, b"f")))
body64("mail-in-b64", lambda p: b64(mixed(entity(p), MPX + b"boundary=zz\r\n", b"zz")))
body64("mail-head-in-b64", lambda p: b64(CT + CTE + N + b64(p)))
body64("utf16le-nobom", lambda p: b64(p).decode().encode('utf-16-le'))
body64("utf16be-nobom", lambda p: b64(p).decode().encode('utf-16-be'))
body64("nl-every-nul", lambda p: b"\0\r\n".join(bytes([x]) for x in s64(p)) + N)
body64("high-bytes", lambda p: bytes(y for x in s64(p) for y in (x, 0xe9)) + N)
body64("b64-of-crlf-first", lambda p: b"DQo=\r\n" + b64(p))
body64("pad-3", lambda p: s64(p).rstrip(b"=") + b"===\r\n")
body64("pad-space", lambda p: s64(p).rstrip(b"=") + b" =\r\n")
body64("nonzero-bits", lambda p: s64(p)[:-2] + bytes([s64(p)[-2] + 1]) + b"=\r\n" if s64(p).endswith(b"=") else b64(p))
body64("close-in-data", lambda p: s64(p)[:40] + N + b"--\r\n" + s64(p)[40:] + N)
body64("sig-dashes", lambda p: s64(p)[:40] + N + b"-- \r\n" + s64(p)[40:] + N)
body64("dot-line", lambda p: s64(p)[:40] + N + b".\r\n" + s64(p)[40:] + N)
body64("dot-stuffed", lambda p: b"".join(b".." + s64(p)[i:i + 20] + N for i in range(0, 92, 20)))
body64("from-line", lambda p: s64(p)[:40] + N + b">From " + N + s64(p)[40:] + N)


def body_qp(slug, f):
    case(slug, lambda p: mixed(entity(p, CT + CD + QPH, f(p))), "quoted-printable")


body_qp("space-hex", lambda p: b"".join(b"= %02X" % x for x in p) + N)
body_qp("trailing-junk", lambda p: k.qp_all(p) + b"-- \r\nlist footer\r\n")
body_qp("soft-start", lambda p: b"=\r\n" * 50 + p + N)
body_qp("b64mix", lambda p: k.qp_all(b64(p)))
body_qp("uumix", lambda p: k.qp_all(k.uue(p, b"f")))


# --- What random combinations of all that showed, the readers beside ---
def zipped(p):
    return k.mkzip([("f.bin", p, 8)])


def as_lf(slug, encoded, field):
    """A binary file whose LFs stand as line ends: who keeps mail with LF has it whole (Mail::Box, MIME-tools, postal-mime)."""
    case(slug, lambda p: mixed(entity(p, CT + CD + field, encoded(zipped(p)).replace(b"\n", N) + N)), "lines")


def qp_text(d):
    return b"".join(bytes([c]) if c == 10 or 33 <= c < 61 or 61 < c < 127 else b"=%02X" % c for c in d)


as_lf("qp-file-with-lf", qp_text, QPH)
as_lf("8bit-file-with-lf", lambda d: d, b"Content-Transfer-Encoding: 8bit\r\n")
case("cr-ends-part-header", lambda p: mixed(CT + CD + E + b": 7bit\r\n\r" + p + N), "lines")  # Python, Ruby, ripMIME
case("cr-ends-part-header-no-empty-line", lambda p: mixed(b"X-A: b\r" + p + N), "lines")  # Python
case("cr-cr-ends-part-header", lambda p: mixed(b"X-A: b\r\r" + p + N), "lines")
case("message-unknown-empty-header", lambda p: top() + b"Content-Type: message/x-foo\r\n\r\n\r\n" + p, "lines")  # mailparser, Stalwart
case("message-unknown-any-header", lambda p: mixed(b"Content-Type: message/x-foo\r\n\r\nX-A: b\r\n\r\n" + p + N), "lines")
case("field-on-delimiter-vt", lambda p: mixed(entity(p, E + b": quoted-printable\r\n" + CT, k.qp_all(p))).replace(
    b"--foo\r\nContent-Trans", b"--foo\x0bContent-Trans"), "lines")  # ripMIME
case("comment-in-name-of-field", lambda p: mixed(entity(p, CT + CD + b"Content-Transfer-En(x)coding: base64\r\n")), "header")
case("uu-capital-behind-false-begin", lambda p: mixed(entity(p, CT, b"begin 644\r\n" + k.uue(p, b"f").replace(b"begin", b"Begin"))), "lines")

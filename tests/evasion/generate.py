#!/usr/bin/env python3
"""Builds a deterministic corpus of MIME/archive evasion mails.

Usage:  python3 generate.py OUTDIR            build everything
        python3 generate.py --list            list the classes

Python 3 standard library only.  The only "malware" ever used is the 68-byte
EICAR test string, which is never written in the clear in this file (it is kept
XORed and assembled at run time).  Every class gets one (or more) .eml with the
EICAR payload and a benign twin of the same construction with a harmless
68-byte payload.  OUTDIR/manifest.tsv has: id class file expected notes
  expected: infected    - at least one client/decoder reconstructs the payload
            unscannable - nobody can scan it completely from this message alone
                          (encrypted, fragment, bomb, unsupported): must be flagged
            benign      - harmless twin
Files named *.mix.eml are the same constructions with the payload in a zip and the
base64 in lines of mixed length, so that scanners cannot rescue themselves with a
'looks like base64' heuristic.
Files named *.decoy.eml (boundary classes) wrap the same tree in delimiters of the
other reading of the boundary, so the wrong reading looks complete and harmless.
Files named *.smtp are not messages but the raw bytes after DATA (SMTP layer).

The classes come from: J. Zhang, J. Chen et al., "Inbox Invasion" (ACM CCS 2024) and its artifact MIMEminer; S. Ullrich
(noxxi.de), "MIME is broken" (2022); SEC Consult, "SMTP smuggling" (2023), and C. Wang et al., "Email Spoofing with SMTP
Smuggling" (USENIX Security 2025); S. Jana, V. Shmatikov, "Abusing File Processing in Malware Detectors" (IEEE S&P 2012);
the NISCC advisory 380375/MIME (2004); the change logs of Perl's MIME-tools and ClamAV; CVE-2024-28054 of amavis.
"""
import base64, binascii, bz2, hashlib, hmac, io, lzma, os, struct, sys, zlib
from blocks import (
    Z, ace, arj, cab, cfb, comp, cpio, crc16arc, crc16x, der, dosdt, eocd, fat12, gz, hqx, iso, lha, lz4, lzw,
    mkzip, oid, ole10, pax, pdf, qp_all, rar4, rar5, sevenz, tarh, tarm, tnef, uue, vhd, vint, xxe, xxh32, yenc,
    zipcrypto, zipf, zstdraw)

_X = ('026f157b0a7f1a1b0a016e060a00026f6e'
      '720a04736d1919736d277e1f13191b0877'
      '090e1b141e1b081e771b140e130c13080f'
      '09770e1f090e771c13161f7b7e12711270')
EICAR = bytes(b ^ 0x5A for b in bytes.fromhex(_X))
assert len(EICAR) == 68 and hashlib.sha256(EICAR).hexdigest() == \
    '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f'
BENIGN = b'A harmless twin: same construction and length, nothing to detect. OK'
assert len(BENIGN) == 68

N = b'\r\n'
CLASSES = []


def C(cid, group, slug, title, expected='infected', note='', twin=None):
    def deco(f):
        CLASSES.append((cid, group, slug, title, expected, note, twin, f))
        return f
    return deco


# ------------------------------------------------------------------ helpers
_MIX = [False]
_LEN = (13, 40, 7, 61, 22, 3, 50, 31)


def b64(p, width=76, eol=N):
    s = base64.b64encode(p)
    if _MIX[0] and width == 76 and len(p) < 400:      # lines of mixed length: defeats 'looks like base64' heuristics
        o, i, k = b'', 0, 0
        while i < len(s):
            n = _LEN[k % len(_LEN)]
            o, i, k = o + s[i:i + n] + eol, i + n, k + 1
        return o
    return eol.join(s[i:i + width] for i in range(0, len(s), width)) + eol


def top(subject, mime=True):
    h = (b'Received: from sender.example (sender.example [192.0.2.1])\r\n'
         b'\tby mx.example (gen) with ESMTP; Mon, 2 Nov 2026 10:00:00 +0000\r\n'
         b'From: Sender <sender@sender.example>\r\nTo: Rcpt <rcpt@mx.example>\r\n'
         b'Date: Mon, 2 Nov 2026 10:00:00 +0000\r\n'
         b'Message-ID: <' + hashlib.md5(subject.encode()).hexdigest().encode() + b'@sender.example>\r\n'
         b'Subject: ' + subject.encode() + N)
    return h + (b'MIME-Version: 1.0\r\n' if mime else b'')


_SUBJ = ['']


def T(mime=True):
    return top(_SUBJ[0], mime)


TEXT = b'Content-Type: text/plain; charset=us-ascii\r\n\r\nPlease see the attachment.\r\n'
CT = b'Content-Type: application/octet-stream; name="file.bin"\r\n'
CD = b'Content-Disposition: attachment; filename="file.bin"\r\n'
CTE = b'Content-Transfer-Encoding: base64\r\n'
MP = b'Content-Type: multipart/mixed; boundary="foo"\r\n'


def mixed(att, ct=MP, b=b'foo', end=b'--', mime=True, pre=b'', post=b'', text=TEXT):
    """att = complete part (headers, blank line, body)"""
    return (T(mime) + ct + N + pre + b'--' + b + N + text + b'--' + b + N + att +
            b'--' + b + end + N + post)


def att(p, hdr=None, body=None):
    return (CT + CD + CTE if hdr is None else hdr) + N + (b64(p) if body is None else body)


def attf(p, name, ctype=b'application/octet-stream'):
    return mixed(b'Content-Type: ' + ctype + b'; name="' + name + b'"\r\nContent-Disposition: attachment; filename="' +
                 name + b'"\r\n' + CTE + N + b64(p))


# ================================================== B: baselines
C('B01', 'baseline', 'b64-attachment', 'base64 attachment in multipart/mixed')(lambda P: mixed(att(P)))
C('B02', 'baseline', 'qp-attachment', 'quoted-printable attachment')(
    lambda P: mixed(att(P, CT + CD + b'Content-Transfer-Encoding: quoted-printable\r\n', qp_all(P))))
C('B03', 'baseline', '7bit-attachment', 'attachment without any encoding')(
    lambda P: mixed(att(P, CT + CD, P + N)))
C('B04', 'baseline', 'singlepart', 'the whole message is one application/octet-stream entity')(
    lambda P: T() + CT + CD + CTE + N + b64(P))
C('B05', 'baseline', 'text-body', 'payload is the 7bit text body itself')(
    lambda P: T() + b'Content-Type: text/plain\r\n\r\n' + P + N)

# ================================================== H: header-field ambiguity
QPH = b'Content-Transfer-Encoding: quoted-printable\r\n'


def H(cid, slug, title, hdr, body=None, note='', expected='infected'):
    def f(P):
        h = hdr(P) if callable(hdr) else hdr
        return mixed(att(P, h, body(P) if body else None))
    C(cid, 'header', slug, title, expected, note)(f)


H('H01', 'dup-cte-first', 'two Content-Transfer-Encoding fields, base64 first, quoted-printable last', CT + CD + CTE + QPH)
H('H02', 'dup-cte-last', 'two Content-Transfer-Encoding fields, base64 last', CT + CD + QPH + CTE)
H('H03', 'cte-list-first', 'one CTE field with a list, base64 first', CT + CD + b'Content-Transfer-Encoding: base64, quoted-printable\r\n')
H('H05', 'cte-quoted', 'CTE value in double quotes', CT + CD + b'Content-Transfer-Encoding: "base64"\r\n')
H('H08', 'cte-folded', 'CTE value on a folded line', CT + CD + b'Content-Transfer-Encoding:\r\n base64\r\n')
H('H09', 'cte-nul-before', 'NUL byte before the CTE value', CT + CD + b'Content-Transfer-Encoding: \0base64\r\n')
H('H13', 'cte-encoded-word', 'CTE value as RFC 2047 encoded-word', CT + CD + b'Content-Transfer-Encoding: =?us-ascii?Q?base64?=\r\n')
H('H14', 'cte-misspelt', 'unregistered CTE value base-64', CT + CD + b'Content-Transfer-Encoding: base-64\r\n')
H('H15', 'cte-x-base64', 'unregistered CTE value x-base64', CT + CD + b'Content-Transfer-Encoding: x-base64\r\n')
H('H16', 'cte-trailing-semicolon', 'CTE value followed by ; and junk', CT + CD + b'Content-Transfer-Encoding: base64; x=y\r\n')
H('H17', 'cte-trailing-dot', 'CTE value followed by a dot', CT + CD + b'Content-Transfer-Encoding: base64.\r\n')
H('H22', 'cte-bare-lf-before', 'bare LF instead of CRLF before the CTE field', CT + CD[:-2] + b'\n' + CTE)
H('H31', 'part-header-1000-fields', 'a thousand fields in the part header before CTE', lambda P: CT + CD + b''.join(b'X-Pad-%d: a\r\n' % i for i in range(1000)) + CTE)
H('H32', 'cte-uppercase-crlf-tab', 'CTE folded with a tab and trailing blanks', CT + CD + b'Content-Transfer-Encoding:\t\tBASE64  \t\r\n')

H('H33', 'cte-double-colon', 'two colons behind the CTE field name', CT + CD + b'Content-Transfer-Encoding:: base64\r\n')
H('H34', 'cte-no-colon', 'no colon behind the CTE field name', CT + CD + b'Content-Transfer-Encoding base64\r\n')
H('H35', 'cte-vtab', 'vertical tab before the CTE value', CT + CD + b'Content-Transfer-Encoding:\x0bbase64\r\n')
H('H36', 'cte-2000-blanks', '2000 blanks before the CTE value', CT + CD + b'Content-Transfer-Encoding:' + b' ' * 2000 + b'base64\r\n')
H('H37', 'cte-double-fold', 'CTE value behind a fold and a fold of blanks only', CT + CD + b'Content-Transfer-Encoding:\r\n \r\n base64\r\n')
H('H39', 'cte-comment-inside-word', 'comment inside the CTE token', CT + CD + b'Content-Transfer-Encoding: base(x)64\r\n')

# ------------------- Content-Type / boundary
def BD(cid, slug, title, ct, b=b'foo', note='', body=None, expected='infected', mime=True):
    def f(P):
        c = ct + N if not ct.endswith(N) else ct
        if body:
            return T(mime) + c + N + body(P)
        return mixed(att(P), c, b, mime=mime)
    C(cid, 'boundary', slug, title, expected, note)(f)


MPX = b'Content-Type: multipart/mixed; '


def two(P, b=b'foo', wrong=b'bar'):
    return b'--' + b + N + TEXT + b'--' + b + N + att(P) + b'--' + b + b'--' + N


BD('M02', 'dup-ct-boundary-last', 'two Content-Type fields, right boundary in the last', MPX + b'boundary=bar\r\n' + MPX + b'boundary=foo\r\n')
BD('M03', 'dup-param-first', 'two boundary parameters, right one first', MPX + b'boundary=foo; boundary=bar')
BD('M04', 'dup-param-last', 'two boundary parameters, right one last', MPX + b'boundary=bar; boundary=foo')


@C('M05', 'boundary', 'two-trees', 'two boundaries declared, both used: each reading gives another tree; payload only in the tree of the last one',
   note='boundary=foo is a clean text part, boundary=bar carries the payload')
def _(P):
    return (T() + MPX + b'boundary=foo; boundary=bar\r\n\r\n--foo\r\n' + TEXT + b'--foo--\r\n\r\n--bar\r\n' +
            att(P) + b'--bar--\r\n')


BD('M07', 'comment-in-boundary', 'comment in the boundary parameter', MPX + b'boundary=(boundary=foo)bar', b'bar', 'Outlook: bar; Thunderbird, Apple Mail, mutt: no clue (noxxi 2022)')
BD('M08', 'comment-before-param', 'comment between type and parameter', b'Content-Type: multipart/mixed (boundary=bar); boundary=foo')
BD('M09', 'ew-boundary-decoded', 'boundary as encoded-word, body uses the decoded form', MPX + b'boundary="=?us-ascii?Q?foo?="', b'foo', 'MIMEminer A9: Mac Mail decodes')
BD('M10', 'ew-boundary-literal', 'boundary as encoded-word, body uses the literal form', MPX + b'boundary="=?us-ascii?Q?foo?="', b'=?us-ascii?Q?foo?=')
BD('M14', 'no-semicolon', 'semicolon missing before the boundary parameter', b'Content-Type: multipart/mixed boundary=foo', note='MIMEminer B6')
BD('M15', 'double-semicolon', 'empty parameters before boundary', b'Content-Type: multipart/mixed;;; ;boundary=foo')
BD('M16', 'comma-separator', 'comma instead of semicolon', b'Content-Type: multipart/mixed, boundary=foo')
BD('M17', 'empty-boundary', 'empty boundary parameter, body uses -- lines', MPX + b'boundary=""', b'', 'MIMEminer B4: Thunderbird, eM Client, 163.com web extract')
BD('M18', 'no-boundary', 'multipart without a boundary parameter', b'Content-Type: multipart/mixed', b'foo')
BD('M21', 'single-quotes', 'boundary in single quotes, body without them', MPX + b"boundary='foo'", b'foo')
BD('M23', 'trailing-space-param', 'trailing blank inside the quoted boundary, body without it', MPX + b'boundary="foo "', b'foo')
BD('M24', 'unquoted-specials', 'unquoted boundary with tspecials', MPX + b'boundary=foo=:?bar', b'foo=:?bar')
BD('M25', 'space-around-equals', 'blanks around the equals sign', MPX + b'boundary = "foo"')
BD('M26', 'folded-at-equals', 'fold between = and the value', MPX + b'boundary=\r\n "foo"')
BD('M27', 'folded-in-quotes', 'fold inside the quoted boundary', MPX + b'boundary="foo\r\n bar"', b'foo bar')
BD('M30', 'boundary-200', 'boundary of 200 characters (limit is 70)', MPX + b'boundary="' + b'b' * 200 + b'"', b'b' * 200)
BD('M31', 'boundary-2000', 'boundary of 2000 characters', MPX + b'boundary="' + b'b' * 2000 + b'"', b'b' * 2000)
BD('M32', 'boundary-8bit', 'boundary with 8bit characters', MPX + b'boundary="f\xc3\xb6\xc3\xb6"', b'f\xc3\xb6\xc3\xb6')
BD('M33', 'ct-mixed-case', 'abnormal capitals in type and parameter name', b'cOnTeNt-TyPe: mUlTiPaRt/MiXeD; BOUNDARY=foo')
BD('M34', 'unknown-multipart', 'unknown multipart subtype', b'Content-Type: multipart/x-unknown; boundary=foo')
BD('M37', 'ct-space-colon', 'space between Content-Type and its colon', b'Content-Type : multipart/mixed; boundary=foo')
BD('M38', 'ct-nul-before', 'NUL byte before the Content-Type value', b'Content-Type: \0multipart/mixed; boundary=foo')
BD('M40', 'dup-ct-mp-first', 'first Content-Type multipart, last text/plain', MP + b'Content-Type: text/plain\r\n')
BD('M41', 'ct-bare-cr-fold', 'Content-Type folded with a bare CR', MPX + b'\r boundary=foo')
BD('M43', 'top-cte-on-multipart', 'multipart entity with a (forbidden) CTE of base64, parts in the clear', CTE + MP)


BD('M48', 'rfc2231-dup-section', 'RFC 2231 section number given twice (CVE-2026-116265)', MPX + b'boundary*0=fo; boundary*0=xx; boundary*1=o')
BD('M50', 'ew-boundary-partial-literal', 'boundary partly an encoded-word, body literal (CVE-2026-116266)', MPX + b'boundary="abc=?us-ascii?Q?def?="', b'abc=?us-ascii?Q?def?=')
BD('M51', 'nested-comment-name', 'nested comment in the name of the first boundary parameter, decoy second (CVE-2026-116272)', MPX + b'boundary((c))="foo"; boundary="bar"')
BD('M52', 'unclosed-comment', 'unclosed comment before the boundary parameter', b'Content-Type: multipart/mixed (x; boundary=foo')
BD('M54', 'cd-boundary', 'boundary parameter in Content-Disposition too', MPX + b'boundary=foo\r\nContent-Disposition: inline; boundary=bar\r\n', note='ClamAV PR 1720 (2026-04) ignores boundary of Content-Disposition')
BD('M55', 'leading-space-value', 'leading blank inside the quoted boundary, body without it', MPX + b'boundary=" foo"', b'foo', 'ClamAV PR 1814 (2026-08)')
BD('M56', 'unquoted-spaces', 'unquoted boundary with blanks, body with them', MPX + b'boundary=foo bar', b'foo bar', 'ClamAV PR 1814 (2026-08)')
BD('M57', 'escaped-quote', 'escaped quote inside the quoted boundary', MPX + b'boundary="fo\\"o"', b'fo"o', 'ClamAV PR 1814 (2026-08)')
BD('M58', 'no-slash', 'multipart type without slash', b'Content-Type: multipart mixed; boundary=foo')
BD('M59', 'message-global', 'boundary parameter on message/rfc822-like type', b'Content-Type: application/octet-stream; boundary=foo', note='noxxi single.boundary: readers that split any type with a boundary')


@C('M45', 'boundary', 'dup-ct-octet-last', 'first Content-Type multipart with an unused boundary, last application/octet-stream with the base64 body',
   note='MIMEminer A3 figure 6a: detectors read multipart and find nothing, Outlook/eM Client read octet-stream')
def _(P):
    return T() + MP + CT + CD + CTE + N + b64(P)


# ================================================== S: structure
@C('S01', 'structure', 'no-close-delimiter', 'missing terminating boundary')
def _(P):
    return mixed(att(P), end=b'')


@C('S03', 'structure', 'part-after-close', 'attachment behind the close delimiter (epilogue)')
def _(P):
    return T() + MP + N + b'--foo\r\n' + TEXT + b'--foo--\r\n\r\n--foo\r\n' + att(P) + b'--foo--\r\n'


@C('S04', 'structure', 'epilogue-uu', 'uuencoded payload in the epilogue', note='epilogue is not part of any entity; some decoders scan it')
def _(P):
    return mixed(b'Content-Type: text/plain\r\n\r\nx\r\n', post=N + uue(P, b'file.bin'))


@C('S07', 'structure', 'delim-leading-space', 'delimiter lines start with a blank')
def _(P):
    return T() + MP + N + b' --foo\r\n' + TEXT + b' --foo\r\n' + att(P) + b' --foo--\r\n'


@C('S12', 'structure', 'bare-cr-message', 'whole message with bare CR line ends', note='Mac line ends; MUAs and parsers that accept CR as line end')
def _(P):
    return mixed(att(P)).replace(N, b'\r')


@C('S14', 'structure', 'crcrlf-message', 'whole message with CR CR LF line ends')
def _(P):
    return mixed(att(P)).replace(N, b'\r\r\n')


@C('S15', 'structure', 'no-blank-line', 'no blank line between part header and body')
def _(P):
    return mixed(CT + CD + CTE + b64(P))


@C('S16', 'structure', 'header-in-body', 'CTE field comes only behind the blank line')
def _(P):
    return mixed(CT + CD + N + CTE + N + b64(P), )


@C('S17', 'structure', 'inner-prefix-boundary', 'outer boundary is a prefix of the inner one')
def _(P):
    inner = b'Content-Type: multipart/mixed; boundary="foobar"\r\n\r\n--foobar\r\n' + TEXT + b'--foobar\r\n' + att(P) + b'--foobar--\r\n'
    return mixed(inner)


@C('S18', 'structure', 'inner-same-boundary', 'inner multipart uses the boundary of the outer one')
def _(P):
    inner = MP + N + b'--foo\r\n' + TEXT + b'--foo\r\n' + att(P) + b'--foo--\r\n'
    return mixed(inner)


@C('S19', 'structure', 'inner-no-boundary-param', 'inner multipart without boundary parameter uses the outer delimiter')
def _(P):
    return mixed(b'Content-Type: multipart/mixed\r\n\r\n--foo\r\n' + att(P))


@C('S20', 'structure', 'outer-delim-in-inner', 'inner multipart is never closed, the outer delimiter ends it')
def _(P):
    inner = b'Content-Type: multipart/alternative; boundary="in"\r\n\r\n--in\r\n' + TEXT
    return T() + MP + N + b'--foo\r\n' + inner + b'--foo\r\n' + att(P) + b'--foo--\r\n'


@C('S21', 'structure', 'nested-rfc822', 'attachment inside an attached message/rfc822')
def _(P):
    return mixed(b'Content-Type: message/rfc822\r\n\r\n' + mixed(att(P)))


@C('S23', 'structure', 'rfc822-qp', 'message/rfc822 encoded in quoted-printable')
def _(P):
    import quopri
    q = quopri.encodestring(mixed(att(P)).replace(N, b'\n')).replace(b'\n', N)
    return mixed(b'Content-Type: message/rfc822\r\n' + QPH + N + q + N)


@C('S24', 'structure', 'eml-as-octet-stream', 'attached .eml declared as application/octet-stream')
def _(P):
    return attf(mixed(att(P)), b'note.eml')


@C('S25', 'structure', 'mht-attachment', 'attached .mht web archive with the payload as a part')
def _(P):
    m = mixed(att(P), b'Content-Type: multipart/related; boundary="foo"; type="text/html"\r\n',
              text=b'Content-Type: text/html\r\n\r\n<html>x</html>\r\n')
    return attf(m, b'page.mht')


@C('S26', 'structure', 'mbox-attachment', 'attached mbox file with one mail')
def _(P):
    return attf(b'From sender@sender.example Mon Nov  2 10:00:00 2026\n' + mixed(att(P)).replace(N, b'\n') + b'\n', b'mail.mbox')


def nest(P, k):
    ent = att(P)
    for i in range(k):
        b = b'n%04d' % i
        ent = b'Content-Type: multipart/mixed; boundary="' + b + b'"\r\n\r\n--' + b + N + ent + b'--' + b + b'--\r\n'
    return T() + ent


C('S27', 'structure', 'nest-20', '20 nested multiparts')(lambda P: nest(P, 20))
C('S29', 'structure', 'nest-600', '600 nested multiparts', 'unscannable', 'over any sane depth limit: flag')(lambda P: nest(P, 600))


@C('S30', 'structure', 'parts-2000', 'payload is the last of 2000 parts')
def _(P):
    return T() + MP + N + b''.join(b'--foo\r\nContent-Type: text/plain\r\n\r\n%d\r\n' % i for i in range(2000)) + b'--foo\r\n' + att(P) + b'--foo--\r\n'


def rfcnest(P, k):
    m = mixed(att(P))
    for i in range(k):
        m = T() + b'Content-Type: message/rfc822\r\n\r\n' + m
    return m


C('S31', 'structure', 'rfc822-nest-30', '30 nested message/rfc822')(lambda P: rfcnest(P, 30))


@C('S32', 'structure', 'message-partial', 'message/partial: payload split over two messages (RFC 2046 5.2.2)', 'unscannable',
   'each fragment alone is harmless; a client that follows RFC 2046 5.2.2 joins them', 'unscannable')
def _(P):
    m = mixed(att(P))
    cut = m.index(b'--foo\r\n' + CT) + len(b'--foo\r\n' + att(P)) - 40
    out = []
    for i, d in enumerate((m[:cut], m[cut:])):
        out.append(('.%d' % (i + 1), T() + b'Content-Type: message/partial; id="abc@sender.example"; number=%d; total=2\r\n\r\n' % (i + 1) + d))
    return out


@C('S35', 'structure', 'applesingle', 'application/applefile AppleSingle container with the payload as data fork')
def _(P):
    d = struct.pack('>II16sH', 0x00051600, 0x00020000, b'\0' * 16, 1) + struct.pack('>III', 1, 38, len(P)) + P
    return attf(d, b'file.bin', b'application/applefile')


@C('S36', 'structure', 'macbinary', 'application/macbinary: 128-byte header in front of the data fork')
def _(P):
    h = bytearray(128)
    h[1] = 8
    h[2:10] = b'file.bin'
    h[65:73] = b'TEXTttxt'
    h[83:87] = struct.pack('>I', len(P))
    h[122] = h[123] = 129
    h[124:126] = struct.pack('>H', crc16x(bytes(h[:124])))
    return attf(bytes(h) + P + b'\0' * (-len(P) % 128), b'file.bin', b'application/macbinary')


@C('S38', 'structure', 'alternative-hidden', 'payload as a third branch of multipart/alternative')
def _(P):
    return T() + b'Content-Type: multipart/alternative; boundary="foo"\r\n\r\n--foo\r\n' + TEXT + b'--foo\r\nContent-Type: text/html\r\n\r\n<p>Hi</p>\r\n--foo\r\n' + att(P) + b'--foo--\r\n'


@C('S41', 'structure', 'utf16-text', 'text/plain charset UTF-16LE in base64: the text a client shows or saves is the payload')
def _(P):
    return mixed(b'Content-Type: text/plain; charset=UTF-16LE; name="file.txt"\r\n' + CTE + N + b64(P.decode('ascii').encode('utf-16-le')))


@C('S42', 'structure', 'utf7-text', 'text/plain charset UTF-7')
def _(P):
    s = b''.join(b'+' + base64.b64encode(struct.pack('>H', c)).rstrip(b'=') + b'-' for c in P)
    return mixed(b'Content-Type: text/plain; charset=UTF-7; name="file.txt"\r\n' + QPH + N + s.replace(b'=', b'=3D') + N)


@C('S43', 'structure', 'leading-blank-lines', 'blank lines before the message header')
def _(P):
    return N * 3 + mixed(att(P))


@C('S44', 'structure', 'bom-first', 'UTF-8 byte order mark before the first header')
def _(P):
    return b'\xef\xbb\xbf' + mixed(att(P))


@C('S48', 'structure', 'text-with-mime-inside', 'text/plain message whose body is a bounced MIME message in the clear', note='scanners differ on whether they look inside')
def _(P):
    return T() + b'Content-Type: text/plain\r\n\r\n----- Original message -----\r\n' + mixed(att(P))


@C('S49', 'structure', 'long-line-b64', 'base64 attachment in one line of 20000 characters (transports cut lines at 998)')
def _(P):
    return attf(b64zip_pad(P), b'file.zip', b'application/zip').replace(b64(b64zip_pad(P)), base64.b64encode(b64zip_pad(P)) + N)


# ================================================== D: decoding
def D(cid, slug, title, f, cte=CTE, note='', expected='infected'):
    C(cid, 'decode', slug, title, expected, note)(lambda P: mixed(att(P, CT + CD + cte, f(P))))


def ins(p, j, every=1):
    s = base64.b64encode(p)
    return j.join(s[i:i + every] for i in range(0, len(s), every)) + N


D('D01', 'b64-dots', 'a dot behind every base64 character', lambda P: ins(P, b'.'), note='MIMEminer C1')
D('D02', 'b64-junk-every4', 'junk characters (#) behind every fourth character', lambda P: ins(P, b'#', 4))
D('D03', 'b64-dashes', 'dashes between base64 characters', lambda P: ins(P, b'-'))
D('D04', 'b64-spaces', 'blanks and tabs between base64 characters', lambda P: ins(P, b' \t'))
D('D05', 'b64-chunked-2', 'every 1 byte encoded on its own with == padding', lambda P: b''.join(base64.b64encode(P[i:i + 1]) for i in range(len(P))) + N, note='MIMEminer C2; noxxi b64 chunked')
D('D07', 'b64-pad-every-quad', 'an extra = behind every four characters', lambda P: ins(P, b'=', 4), note='MIMEminer C3')
D('D08', 'b64-line-end-eq', 'an extra = at the end of every line', lambda P: base64.b64encode(P)[:40] + b'=\r\n' + base64.b64encode(P)[40:] + N)
D('D11', 'b64-leading-text', 'a line of other text (not base64 alphabet only) before the data', lambda P: b'!!!! ---- !!!!\r\n' + b64(P))
D('D12', 'b64-trailing-text', 'a mailing-list footer behind the base64 data', lambda P: b64(P) + b'\r\n_______________________________________________\r\nlist mailing list\r\n', note='benign in practice; decoders stop or decode the footer')
D('D14', 'b64-8bit', '8bit characters between the quads', lambda P: ins(P, b'\xff\xfe', 4))
D('D15', 'b64-1-per-line', 'one base64 character per line', lambda P: ins(P, N))
D('D18', 'b64-blank-lines', 'blank lines between the base64 lines', lambda P: b64(P, 20, N + N))
D('D19', 'b64-stop-mark', 'data behind a == mark: harmless text first, then the payload', lambda P: base64.b64encode(b'harmless, really.') + N + b64(P), note='decoders that go on give harmless text followed by payload; those that restart give two outputs')
D('D20', 'b64-bare-cr', 'bare CR as line end in the base64 body', lambda P: b64(P, 20, b'\r')[:-1] + N)
D('D21', 'b64-excess-bits', 'non-zero bits under the padding', lambda P: base64.b64encode(P)[:-2] + (b'p=' if base64.b64encode(P)[-2:-1] == b'o' else base64.b64encode(P)[-2:]) + N)
D('D30', 'qp-lowercase', 'lower-case hex digits', lambda P: qp_all(P, up=False), QPH, 'MIMEminer C6')
D('D32', 'qp-soft-bare-lf', 'soft line breaks with bare LF', lambda P: qp_all(P, eol=b'=\n'), QPH)
D('D33', 'qp-soft-bare-cr', 'soft line breaks with bare CR', lambda P: qp_all(P, eol=b'=\r'), QPH)
D('D34', 'qp-soft-crcrlf', 'soft line breaks with CR CR LF', lambda P: qp_all(P, eol=b'=\r\r\n'), QPH, 'MIMEminer C5')
D('D35', 'qp-overlong', 'one quoted-printable line of 204 characters', lambda P: qp_all(P, per=1000), QPH, 'MIMEminer C7')
D('D36', 'qp-split-escape', 'soft line break inside an escape: =5 = CRLF 8', lambda P: qp_all(P[:4]).rstrip() + b'=\r\n=' + b'%02X'[:0] + (b'%02X' % P[4])[:1] + b'=\r\n' + (b'%02X' % P[4])[1:] + qp_all(P[5:]), QPH)
D('D41', 'cte-binary', 'CTE binary', lambda P: P + N, b'Content-Transfer-Encoding: binary\r\n')
D('D42', 'cte-8bit', 'CTE 8bit', lambda P: P + N, b'Content-Transfer-Encoding: 8bit\r\n')


# ---- uu, xx, yenc, binhex


PLAIN = b'Content-Type: text/plain; charset=us-ascii\r\n'
C('U01', 'legacy', 'uu-in-text', 'uuencoded file inside a text/plain body')(lambda P: T() + PLAIN + N + b'Hi, the file:\r\n\r\n' + uue(P, b'file.bin') + b'\r\nBye\r\n')
C('U02', 'legacy', 'uu-no-mime', 'uuencoded file in a message without any MIME header')(lambda P: T(False) + N + b'Hi\r\n\r\n' + uue(P, b'file.bin'))
C('U03', 'legacy', 'uu-cte-x-uuencode', 'CTE x-uuencode with begin and end')(lambda P: mixed(att(P, CT + CD + b'Content-Transfer-Encoding: x-uuencode\r\n', uue(P, b'file.bin'))))
C('U05', 'legacy', 'uu-cte-no-begin', 'CTE x-uuencode without begin and end lines', note='Thunderbird decodes without begin/end (noxxi 2022)')(lambda P: mixed(att(P, CT + CD + b'Content-Transfer-Encoding: x-uuencode\r\n', b''.join(uue(P, b'f', end=False).split(N, 1)[1:]))))
C('U06', 'legacy', 'uu-spaces-no-end', 'uuencode with blanks instead of backquotes and no end line')(lambda P: T() + PLAIN + N + uue(P, b'file.bin', b' ', False))
C('U08', 'legacy', 'uu-two-begins', 'a false begin line before the real one')(lambda P: T() + PLAIN + N + b'begin 644 the day with a smile\r\n\r\n' + uue(P, b'file.bin'))
C('U11', 'legacy', 'yenc-cte', 'CTE x-yencode', note='Thunderbird decodes; Outlook, Apple Mail, mutt do not (noxxi 2022)')(lambda P: mixed(att(P, CT + CD + b'Content-Transfer-Encoding: x-yencode\r\n', yenc(P, b'file.bin'))))
C('U13', 'legacy', 'binhex-attachment', 'application/mac-binhex40 attachment')(lambda P: mixed(b'Content-Type: application/mac-binhex40; name="file.hqx"\r\nContent-Disposition: attachment; filename="file.hqx"\r\n\r\n' + hqx(P, b'file.bin')))
C('U14', 'legacy', 'b64-block-begin-base64', 'begin-base64 (POSIX uuencode -m) block in the text')(lambda P: T() + PLAIN + N + b'begin-base64 644 file.bin\r\n' + b64(P) + b'====\r\n')


@C('U15', 'legacy', 'tnef', 'application/ms-tnef winmail.dat with the payload as attachment')
def _(P):
    return attf(tnef(P, b'file.bin'), b'winmail.dat', b'application/ms-tnef')


@C('U16', 'legacy', 'tnef-octet', 'winmail.dat declared application/octet-stream with another name')
def _(P):
    return attf(tnef(P, b'file.bin'), b'data.dat')


# ---- CMS


OD = oid('1.2.840.113549.1.7.1')


@C('U19', 'legacy', 'smime-compressed', 'S/MIME compressed-data (RFC 3274, zlib) around the attachment')
def _(P):
    inner = zlib.compress(MP + N + two(P), 9)
    cd = der(0x30, der(2, b'\0'), der(0x30, oid('1.2.840.113549.1.9.16.3.8')), der(0x30, OD, der(0xA0, der(4, inner))))
    return T() + b'Content-Type: application/pkcs7-mime; smime-type=compressed-data; name="smime.p7z"\r\n' + CTE + N + b64(der(0x30, oid('1.2.840.113549.1.9.16.1.9'), der(0xA0, cd)))


@C('U20', 'legacy', 'smime-enveloped', 'S/MIME enveloped-data (encrypted)', 'unscannable', 'content is ciphertext: flag encrypted', 'unscannable')
def _(P):
    ct = hashlib.sha512(b'k' + P).digest() * 2
    ed = der(0x30, der(2, b'\0'), der(0x31), der(0x30, OD, der(0x30, oid('2.16.840.1.101.3.4.1.42'), der(4, b'\0' * 16)), der(0x80, ct)))
    return T() + b'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"\r\n' + CTE + N + b64(der(0x30, oid('1.2.840.113549.1.7.3'), der(0xA0, ed)))


@C('U22', 'legacy', 'ical-attach', 'text/calendar ATTACH;ENCODING=BASE64')
def _(P):
    s = b'ATTACH;FMTTYPE=application/octet-stream;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=file.bin:' + base64.b64encode(P)
    s = b'\r\n '.join([s[:74]] + [s[i:i + 73] for i in range(74, len(s), 73)])
    return T() + b'Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1@x\r\nDTSTAMP:20261102T100000Z\r\nDTSTART:20261103T100000Z\r\nSUMMARY:Meeting\r\n' + s + b'\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n'


@C('U23', 'legacy', 'vcard-b64', 'text/vcard with an inline base64 KEY property')
def _(P):
    return mixed(b'Content-Type: text/vcard; name="a.vcf"\r\n\r\nBEGIN:VCARD\r\nVERSION:3.0\r\nFN:A\r\nN:A;;;;\r\nKEY;ENCODING=b:' + base64.b64encode(P)[:50] + b'\r\n ' + base64.b64encode(P)[50:] + b'\r\nEND:VCARD\r\n')


C('U24', 'legacy', 'cte-x-gzip64', 'CTE x-gzip64: base64 of a gzip stream', note='Perl MIME-tools decodes x-gzip64')(lambda P: mixed(att(P, CT + CD + b'Content-Transfer-Encoding: x-gzip64\r\n', b64(gz(P)))))


# ================================================== F: file names
def F(cid, slug, title, cd, ct=b'Content-Type: application/octet-stream\r\n', note=''):
    C(cid, 'filename', slug, title, 'infected', note)(lambda P: mixed(att(P, ct + cd + CTE)))


A_ = b'Content-Disposition: attachment; '
F('F02', 'rfc2231-percent', 'file name with RFC 2231 percent encoding', A_ + b"filename*=utf-8''file%2Ecom\r\n")
F('F03', 'rfc2047-quoted', 'encoded-word in the quoted file name', A_ + b'filename="=?us-ascii?B?ZmlsZS5jb20=?="\r\n', note='Thunderbird, Outlook, Apple Mail decode; mutt does not')
F('F04', 'conflicting-names', 'name= and filename= differ', A_ + b'filename="file.txt"\r\n', b'Content-Type: application/octet-stream; name="file.com"\r\n')
F('F05', 'dup-filename', 'two filename parameters', A_ + b'filename="file.txt"; filename="file.com"\r\n')
F('F06', 'nul-in-name', 'NUL byte in the file name', A_ + b'filename="file.com\0.txt"\r\n')
F('F08', 'rtlo', 'right-to-left override in the name', A_ + b"filename*=utf-8''file%E2%80%AEtxt%2Ecom\r\n")
F('F09', 'traversal', 'path traversal in the name', A_ + b'filename="..\\..\\/../file.com"\r\n')
F('F10', 'fold-in-name', 'fold inside the quoted name', A_ + b'filename="file\r\n .com"\r\n')
F('F11', 'clsid', 'CLSID extension', A_ + b'filename="file.txt.{00020C01-0000-0000-C000-000000000046}"\r\n')
F('F13', 'no-name-image', 'payload declared image/jpeg without any name', b'Content-Disposition: inline\r\n', b'Content-Type: image/jpeg\r\n')
F('F14', 'unquoted-spaces', 'unquoted name with blanks', A_ + b'filename=my file .com\r\n')


# ================================================== Z: zip and other containers


def b64zip_pad(P):
    rnd = b''.join(hashlib.sha256(b'%d' % i).digest() for i in range(470))
    return mkzip([('file.bin', P, 8), ('pad.bin', rnd, 0)])


HARM = b'Nothing to see here.\r\n'


def ZC(cid, slug, title, f, expected='infected', note='', twin=None, name=b'file.zip', ctype=b'application/zip', group='zip'):
    C(cid, group, slug, title, expected, note, twin)(lambda P: attf(f(P), name, ctype))


ZC('Z01', 'stored', 'zip, method stored', lambda P: mkzip([('file.bin', P, 0)]))
ZC('Z02', 'deflated', 'zip, method deflate', lambda P: mkzip([('file.bin', P, 8)]))
ZC('Z03', 'bzip2', 'zip, method 12 bzip2', lambda P: mkzip([('file.bin', P, 12)]))
ZC('Z05', 'xz', 'zip, method 95 xz', lambda P: mkzip([('file.bin', P, 95)]))
ZC('Z06', 'zstd', 'zip, method 93 zstd', lambda P: zipf([Z('file.bin', P, 93, ver=63)]))
ZC('Z07', 'unknown-method', 'zip, unknown method 77', lambda P: zipf([Z('file.bin', P, 77, raw=bytes(c ^ 0x55 for c in P))]), 'unscannable', 'no decoder: flag', 'unscannable')
ZC('Z08', 'name-mismatch', 'local header and central directory have different names', lambda P: zipf([Z('readme.txt', P, 8, lname='file.com')]))
ZC('Z10', 'method-mismatch-2', 'local header says stored, central directory says deflate', lambda P: zipf([Z('file.bin', P, 8, lmethod=0)]))
ZC('Z13', 'sizes-wrong-central', 'central sizes smaller than the data', lambda P: zipf([Z('file.bin', P, 0, ccsize=10, cusize=10, lcsize=68, lusize=68)]))
ZC('Z14', 'data-descriptor', 'sizes only in a data descriptor', lambda P: zipf([Z('file.bin', P, 8, flags=8, lcrc=0, lcsize=0, lusize=0, dd=struct.pack('<IIII', 0x08074b50, zlib.crc32(P), len(comp(P, 8)), len(P)))]))
ZC('Z15', 'dd-stored', 'stored entry with sizes only in a data descriptor', lambda P: zipf([Z('file.bin', P, 0, flags=8, lcrc=0, lcsize=0, lusize=0, dd=struct.pack('<IIII', 0x08074b50, zlib.crc32(P), len(P), len(P)))]))
ZC('Z16', 'hidden-from-cd', 'entry exists as local header only, the central directory lists another file', lambda P: (lambda a, b: zipf([a, b], cdents=[b]))(Z('file.bin', P, 8), Z('readme.txt', HARM, 8)), note='7z and bsdtar on a pipe find it, unzip and Python do not')
ZC('Z18', 'no-cd', 'central directory cut off', lambda P: Z('file.bin', P, 8).local())
ZC('Z19', 'concat-mal-last', 'two complete zips concatenated, payload in the last', lambda P: mkzip([('readme.txt', HARM, 8)]) + mkzip([('file.bin', P, 8)]), note='unzip, bsdtar, Python show the last, 7z the first')
ZC('Z20', 'concat-mal-first', 'two complete zips concatenated, payload in the first', lambda P: mkzip([('file.bin', P, 8)]) + mkzip([('readme.txt', HARM, 8)]))
ZC('Z22', 'prefix-mz', 'zip behind an MZ stub (self-extractor look)', lambda P: b'MZ' + b'\0' * 4094 + mkzip([('file.bin', P, 8)]), name=b'setup.bin', ctype=b'application/octet-stream')
ZC('Z23', 'suffix-data', '70 KiB of other data behind the EOCD', lambda P: mkzip([('file.bin', P, 8)]) + b'y' * 71680, note='EOCD is more than 64 KiB before the end')
ZC('Z24', 'fake-eocd-comment', 'zip comment contains a second EOCD of an empty archive', lambda P: mkzip([('file.bin', P, 8)], comment=b'c' * 10 + eocd(0, 0, 0)))
ZC('Z25', 'zip64', 'zip64 sizes and EOCD64', lambda P: zip64(P))
ZC('Z27', 'flag-encrypted', 'encryption flag set in the central directory only, data is plain', lambda P: zipf([Z('file.bin', P, 8, flags=1, lflags=0)]))


T32 = []
for _i in range(256):
    _c = _i
    for _ in range(8):
        _c = (_c >> 1) ^ 0xEDB88320 if _c & 1 else _c >> 1
    T32.append(_c)


def enczip(P, pw=b'secret42'):
    return zipf([Z('file.bin', P, 8, flags=1, raw=zipcrypto(comp(P, 8), pw, zlib.crc32(P)))])


def bodypw(P, data, name, text):
    return mixed(b'Content-Type: application/zip; name="' + name + b'"\r\nContent-Disposition: attachment; filename="' + name + b'"\r\n' + CTE + N + b64(data),
                 text=b'Content-Type: text/plain\r\n\r\n' + text)


C('Z29', 'zip', 'zipcrypto-password-in-body', 'ZipCrypto-encrypted zip, password in the body text', 'unscannable', 'password: secret42 - a gateway may try words of the body; otherwise flag encrypted', 'unscannable')(
    lambda P: bodypw(P, enczip(P), b'file.zip', b'Please open the invoice.\r\nThe password is: secret42\r\n'))
C('Z30', 'zip', 'zipcrypto', 'ZipCrypto-encrypted zip, no password given', 'unscannable', 'flag encrypted', 'unscannable')(lambda P: attf(enczip(P, b'unknown!'), b'file.zip', b'application/zip'))


# AES-256 (encrypt only) for WinZip AE-2
def _aes_tables():
    p = q = 1
    sb = [0] * 256
    while True:
        p = p ^ ((p << 1) & 255) ^ (0x1B if p & 0x80 else 0)
        q ^= q << 1
        q ^= q << 2
        q ^= q << 4
        q &= 255
        if q & 0x80:
            q ^= 9
        x = q ^ ((q << 1 | q >> 7) & 255) ^ ((q << 2 | q >> 6) & 255) ^ ((q << 3 | q >> 5) & 255) ^ ((q << 4 | q >> 4) & 255)
        sb[p] = x ^ 0x63
        if p == 1:
            break
    sb[0] = 0x63
    return sb


SB = _aes_tables()


def aes_enc(key, blk):
    nk = len(key) // 4
    nr = nk + 6
    w = [list(key[4 * i:4 * i + 4]) for i in range(nk)]
    rc = 1
    for i in range(nk, 4 * (nr + 1)):
        t = list(w[i - 1])
        if i % nk == 0:
            t = [SB[t[1]] ^ rc, SB[t[2]], SB[t[3]], SB[t[0]]]
            rc = (rc << 1) ^ (0x11B if rc & 0x80 else 0)
        elif nk > 6 and i % nk == 4:
            t = [SB[x] for x in t]
        w.append([a ^ b for a, b in zip(w[i - nk], t)])
    rk = [sum(w[4 * r:4 * r + 4], []) for r in range(nr + 1)]
    s = [a ^ b for a, b in zip(blk, rk[0])]
    xt = lambda a: ((a << 1) ^ (0x1B if a & 0x80 else 0)) & 255
    for r in range(1, nr + 1):
        s = [SB[x] for x in s]
        s = [s[(i + 4 * (i % 4)) % 16] for i in range(16)]
        if r < nr:
            o = []
            for c in range(4):
                a = s[4 * c:4 * c + 4]
                t = a[0] ^ a[1] ^ a[2] ^ a[3]
                o += [a[i] ^ t ^ xt(a[i] ^ a[(i + 1) % 4]) for i in range(4)]
            s = o
        s = [a ^ b for a, b in zip(s, rk[r])]
    return bytes(s)


def aeszip(P, pw=b'secret42'):
    salt = hashlib.sha256(b'salt').digest()[:16]
    km = hashlib.pbkdf2_hmac('sha1', pw, salt, 1000, 66)
    d = comp(P, 8)
    ks = b''.join(aes_enc(km[:32], (i + 1).to_bytes(16, 'little')) for i in range((len(d) + 15) // 16))
    ct = bytes(a ^ b for a, b in zip(d, ks))
    raw = salt + km[64:66] + ct + hmac.new(km[32:64], ct, 'sha1').digest()[:10]
    ex = struct.pack('<HHH2sBH', 0x9901, 7, 2, b'AE', 3, 8)
    return zipf([Z('file.bin', P, 99, flags=1, raw=raw, crc=0, extra=ex, lextra=ex, ver=51)])


C('Z31', 'zip', 'aes-password-in-body', 'WinZip AES-256 zip, password in the body text', 'unscannable', 'password: secret42', 'unscannable')(
    lambda P: bodypw(P, aeszip(P), b'file.zip', b'Passwort: secret42\r\n'))


def zip64(P):
    d = comp(P, 8)
    ex = struct.pack('<HHQQ', 1, 16, len(P), len(d))
    e = Z('file.bin', P, 8, raw=d, lcsize=0xFFFFFFFF, lusize=0xFFFFFFFF, ccsize=0xFFFFFFFF, cusize=0xFFFFFFFF, extra=ex, lextra=ex, ver=45)
    l = e.local()
    c = e.central(0)
    return l + c + struct.pack('<IQHHIIQQQQ', 0x06064b50, 44, 45, 45, 0, 0, 1, 1, len(c), len(l)) + struct.pack('<IIQI', 0x07064b50, 0, len(l) + len(c), 1) + eocd(0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)


def zip64two(P):
    a, b = Z('readme.txt', HARM, 8), Z('file.bin', P, 8)
    la, lb = a.local(), b.local()
    ca, cb = a.central(0), b.central(len(la))
    body = la + lb + cb + ca
    oa = len(la + lb + cb)
    return body + struct.pack('<IQHHIIQQQQ', 0x06064b50, 44, 45, 45, 0, 0, 1, 1, len(cb), len(la + lb)) + struct.pack('<IIQI', 0x07064b50, 0, len(body), 1) + eocd(1, len(ca), oa)


def nestzip(P, k):
    d, n = P, 'file.bin'
    for i in range(k):
        d, n = mkzip([(n, d, 8)]), 'l%02d.zip' % i
    return d


ZC('Z33', 'nested-8', 'eight nested zips', lambda P: nestzip(P, 8))
ZC('Z34', 'nested-64', '64 nested zips', lambda P: nestzip(P, 64), 'unscannable', 'over any sane depth limit: flag if the limit stops the scan')
ZC('Z36', 'dup-names-first', 'two entries with the same name, payload first', lambda P: mkzip([('file.bin', P, 8), ('file.bin', HARM, 8)]))
ZC('Z37', 'dir-name', 'file entry whose name ends with / and the directory attribute', lambda P: zipf([Z('file.com/', P, 8, attr=16)]), note='some readers treat it as a directory, others write the data')
ZC('Z38', 'traversal-name', 'path traversal and backslash names', lambda P: mkzip([('..\\..\\file.com', P, 8)]))
ZC('Z39', 'nul-name', 'NUL byte in the entry name', lambda P: mkzip([(b'file.com\0.txt', P, 8)]) if False else zipf([Z(b'file.com\0.txt', P, 8)]))
ZC('Z40', 'wrong-extension', 'zip named .txt and declared text/plain', lambda P: mkzip([('file.bin', P, 8)]), name=b'file.txt', ctype=b'text/plain')
ZC('Z42', 'pk00', 'spanning marker PK00PK in front', lambda P: b'PK00' + zipf([Z('file.bin', P, 8)], base=4))
ZC('Z43', 'split-volume', 'first volume of a split zip (data goes on elsewhere)', lambda P: b'PK\x07\x08' + Z('file.bin', P, 0).local()[:60], 'unscannable', 'volume of a set: flag', 'unscannable', name=b'file.z01')


def bomb_flat(n=64 << 20):
    c = zlib.compressobj(9, zlib.DEFLATED, -15)
    z = b'\0' * (1 << 20)
    raw = b''.join(c.compress(z) for _ in range(n >> 20)) + c.flush()
    crc = 0
    for _ in range(n >> 20):
        crc = zlib.crc32(z, crc)
    return raw, crc, n


ZC('Z44', 'bomb-flat', 'one 64 MiB file of zeros, ratio 1000:1, then the payload', lambda P: (lambda r: zipf([Z('zero.bin', b'', 8, raw=r[0], crc=r[1], cusize=r[2]), Z('file.bin', P, 8)]))(bomb_flat()), 'unscannable', 'limit hit: flag; the payload is the second entry')


def bomb_nested():
    raw, crc, n = bomb_flat(16 << 20)
    d = zipf([Z('zero.bin', b'', 8, raw=raw, crc=crc, cusize=n)])
    for lv in range(4):
        d = zipf([Z('lib %x.zip' % i, d, 8) for i in range(16)])
    return d


ZC('Z45', 'bomb-nested', '42.zip style: 16^4 copies of a 16 MiB file in nested zips (1 TiB claimed)', lambda P: bomb_nested(), 'unscannable', 'no payload inside; must be flagged as a bomb and must not exhaust the gateway', 'unscannable')


def bomb_overlap(nf=250, ks=4 << 20):
    kern, kcrc, n = bomb_flat(ks)
    tail = b''
    ents = []
    # last file first: local header + kernel
    name = b'F%03d' % nf

    def lfh(nm, crc, cs, us):
        t, d = dosdt()
        return struct.pack('<IHHHHHIIIHH', 0x04034b50, 20, 0, 8, t, d, crc, cs, us, len(nm), 0) + nm
    h = lfh(name, kcrc, len(kern), n)
    data = h + kern
    ents.append((name, kcrc, len(kern), n, len(data)))
    z = b'\0' * (1 << 20)
    quoted = h
    chain = [h]
    crc_tail = kcrc
    cs, us = len(kern), n
    for i in range(nf - 1, 0, -1):
        name = b'F%03d' % i
        q = chain[0]
        blk = b'\0' + struct.pack('<HH', len(q), len(q) ^ 0xFFFF) + q
        cs = cs + len(blk)
        us = us + len(q)
        crc = crc_comb(zlib.crc32(q), crc_tail, us - len(q))
        h = lfh(name, crc, cs, us)
        data = h + blk[:5] + data
        chain.insert(0, h)
        crc_tail = crc
        ents.append((name, crc, cs, us, len(data)))
    tot = len(data)
    cd = b''
    t, d = dosdt()
    for nm, crc, c, u, dist in reversed(ents):
        cd += struct.pack('<IHHHHHHIIIHHHHHII', 0x02014b50, 20, 20, 0, 8, t, d, crc, c, u, len(nm), 0, 0, 0, 0, 0, tot - dist) + nm
    return data + cd + eocd(len(ents), len(cd), tot)


def crc_comb(c1, c2, l2):
    # crc32 combine (zlib algorithm)
    def times(m, v):
        s = i = 0
        while v:
            if v & 1:
                s ^= m[i]
            v >>= 1
            i += 1
        return s

    def square(m):
        return [times(m, m[i]) for i in range(32)]
    odd = [0xEDB88320] + [1 << i for i in range(31)]
    even = square(odd)
    odd = square(even)
    while True:
        even = square(odd)
        if l2 & 1:
            c1 = times(even, c1)
        l2 >>= 1
        if not l2:
            break
        odd = square(even)
        if l2 & 1:
            c1 = times(odd, c1)
        l2 >>= 1
        if not l2:
            break
    return c1 ^ c2


def zipf_overlap(r):
    raw, crc, n = r
    e = Z('zero.bin', b'', 8, raw=raw, crc=crc, cusize=n)
    l = e.local()
    cd = b''.join(Z('z%04d.bin' % i, b'', 8, raw=b'', crc=crc, cusize=n, ccsize=len(raw)).central(0) for i in range(1000))
    return l + cd + eocd(1000, len(cd), len(l))


# ---- polyglots
GIF = bytes.fromhex('47494638396101000100800000ffffff00000021f90401000000002c00000000010001000002024401003b')
ZC('Z48', 'gif-zip', 'GIF/zip polyglot named .gif', lambda P: GIF + zipf([Z('file.bin', P, 8)], base=len(GIF)), name=b'a.gif', ctype=b'image/gif')
ZC('Z50', 'html-zip', 'HTML/zip polyglot named .html', lambda P: (lambda h: h + zipf([Z('file.bin', P, 8)], base=len(h)))(b'<html><body>Hello</body></html><!--\n'), name=b'a.html', ctype=b'text/html')
ZC('Z51', 'payload-in-comment', 'the payload is the zip comment', lambda P: mkzip([('readme.txt', HARM, 8)], comment=P), 'infected', 'any-offset signature territory; no unpacker writes it')
ZC('Z52', 'docx-embedding', 'OOXML package with the payload as word/embeddings/file.bin', lambda P: mkzip([('[Content_Types].xml', b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="bin" ContentType="application/vnd.openxmlformats-officedocument.oleObject"/></Types>', 8), ('word/document.xml', b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"/>', 8), ('word/embeddings/file.bin', P, 8)]), name=b'a.docx', ctype=b'application/vnd.openxmlformats-officedocument.wordprocessingml.document')


# ---- streams


def AR(cid, slug, title, f, name, expected='infected', note='', twin=None, ctype=b'application/octet-stream'):
    C(cid, 'archive', slug, title, expected, note, twin)(lambda P: attf(f(P), name, ctype))


AR('A02', 'gzip-multi', 'gzip of two members, payload split over both', lambda P: gz(P[:30], b'file.bin') + gz(P[30:]), b'file.bin.gz', note='readers that stop at the first member see 30 bytes')
AR('A05', 'gzip-bad-crc', 'gzip with wrong CRC and length', lambda P: gz(P, crc=1, isize=2), b'file.bin.gz')
AR('A06', 'gzip-truncated', 'gzip without its trailer', lambda P: gz(P)[:-8], b'file.bin.gz')
AR('A08', 'bzip2', 'bzip2', lambda P: bz2.compress(P), b'file.bin.bz2')
AR('A09', 'bzip2-multi', 'bzip2 of two streams, payload split over both', lambda P: bz2.compress(P[:30]) + bz2.compress(P[30:]), b'file.bin.bz2')
AR('A10', 'xz', 'xz', lambda P: lzma.compress(P), b'file.bin.xz')
AR('A11', 'xz-multi', 'xz of two streams with padding, payload split', lambda P: lzma.compress(P[:30]) + b'\0' * 8 + lzma.compress(P[30:]), b'file.bin.xz')
AR('A13', 'lzip', 'lzip', lambda P: (lambda r: b'LZIP\1' + bytes([23]) + r + struct.pack('<IQQ', zlib.crc32(P), len(P), len(r) + 26))(lzma.compress(P, lzma.FORMAT_ALONE, filters=[{'id': lzma.FILTER_LZMA1, 'dict_size': 1 << 23, 'lc': 3, 'lp': 0, 'pb': 2}])[13:]), b'file.bin.lz')
AR('A14', 'zstd', 'Zstandard frame with a raw block', lambda P: zstdraw(P), b'file.bin.zst')
AR('A15', 'lz4', 'LZ4 frame with a stored block', lambda P: lz4(P), b'file.bin.lz4')
AR('A16', 'compress', 'compress(1) .Z LZW', lambda P: lzw(P), b'file.bin.Z')


# ---- tar & co


EOT = b'\0' * 1024
AR('A21', 'tar-gz', 'tar.gz', lambda P: gz(tarm(b'file.bin', P) + EOT), b'file.tar.gz')
AR('A22', 'tar-after-eot', 'member behind the end-of-archive blocks', lambda P: tarm(b'readme.txt', HARM) + EOT + tarm(b'file.bin', P) + EOT, b'file.tar', note='GNU tar reads on only with -i')
AR('A23', 'tar-bad-checksum', 'tar header with wrong checksum', lambda P: tarm(b'file.bin', P, chk=1234) + EOT, b'file.tar')
AR('A24', 'tar-base256-size', 'size field in base-256', lambda P: tarm(b'file.bin', P, szf=b'\x80' + len(P).to_bytes(11, 'big')) + EOT, b'file.tar')
AR('A25', 'tar-pax-size', 'pax header overrides a zero size', lambda P: tarm(b'PaxHeaders/file.bin', pax(b'size', b'%d' % len(P)) + pax(b'path', b'file.bin'), typ=b'x') + tarh(b'x', 0) + P + b'\0' * (-len(P) % 512) + EOT, b'file.tar', note='readers that ignore pax size see an empty file and then garbage')
AR('A26', 'tar-v7', 'old v7 tar without magic', lambda P: tarm(b'file.bin', P, magic=b'\0' * 8, typ=b'\0') + EOT, b'file.tar')
AR('A27', 'tar-hardlink-data', 'payload as data of an unknown type flag member', lambda P: tarm(b'file.bin', P, typ=b'Q') + EOT, b'file.tar', note='POSIX: unknown types are to be treated as regular files')
AR('A28', 'cpio-newc', 'cpio newc', lambda P: cpio(P), b'file.cpio')
AR('A29', 'ar', 'ar archive', lambda P: b'!<arch>\n' + b'%-16s%-12s%-6s%-6s%-8s%-10d`\n' % (b'file.bin/', b'0', b'0', b'0', b'100644', len(P)) + P, b'file.a')


AR('A30', '7z-copy', '7z, method copy', lambda P: sevenz(P), b'file.7z')
AR('A31', '7z-lzma', '7z, method LZMA', lambda P: sevenz(P, 'lzma'), b'file.7z')
AR('A32', '7z-sfx', '7z behind an MZ stub', lambda P: sevenz(P, 'lzma', b'MZ' + b'\0' * 2046), b'setup.bin')


AR('A36', 'rar-encrypted-headers', 'RAR 4 with encrypted headers', lambda P: b'Rar!\x1a\x07\x00' + (lambda b: struct.pack('<H', zlib.crc32(b) & 0xFFFF) + b)(struct.pack('<BHHHI', 0x73, 0x80, 13, 0, 0)) + hashlib.sha512(P).digest() * 3, b'file.rar', 'unscannable', 'flag encrypted', 'unscannable')
AR('A38', 'rar-wrong-name', 'RAR named .zip', lambda P: rar4(P), b'file.zip')


AR('A43', 'iso', 'ISO 9660 image', lambda P: iso(P), b'file.iso')
AR('A44', 'iso-wrong-ext', 'ISO 9660 image named .img', lambda P: iso(P), b'file.img')
AR('A45', 'fat-img', 'FAT12 floppy image', lambda P: fat12(P), b'disk.img')
AR('A46', 'vhd', 'fixed VHD with one FAT12 partition', lambda P: vhd(P), b'disk.vhd')


# ================================================== O: documents


def DC(cid, slug, title, f, name, ctype=b'application/octet-stream', expected='infected', note='', twin=None):
    C(cid, 'document', slug, title, expected, note, twin)(lambda P: attf(f(P), name, ctype))


APDF = b'application/pdf'
DC('O02', 'pdf-embedded-hex', 'PDF embedded file, ASCIIHexDecode', lambda P: pdf(P, 'hex'), b'a.pdf', APDF)
DC('O03', 'pdf-embedded-a85-flate', 'PDF embedded file, ASCII85Decode + FlateDecode', lambda P: pdf(P, 'multi'), b'a.pdf', APDF)
DC('O04', 'pdf-header-late', 'PDF header at offset 900, no xref table', lambda P: pdf(P, header_off=900, noxref=True), b'a.pdf', APDF)


DC('O05', 'ole2-stream', 'OLE2 compound file with the payload as a stream', lambda P: cfb([(('WordDocument',), b'\xec\xa5' + b'\0' * 64), (('Payload',), P)]), b'a.doc', b'application/msword')


def rtf(P, junk=False):
    o = ole10(P)
    d = struct.pack('<II', 0x501, 2) + struct.pack('<I', 8) + b'Package\0' + struct.pack('<II', 0, 0) + o
    h = binascii.hexlify(d)
    if junk:
        h = b'\n'.join(h[i:i + 7] + b' {\\*\\x y}' * 0 for i in range(0, len(h), 7))
    return b'{\\rtf1\\ansi Hello {\\object\\objemb{\\*\\objclass Package}{\\*\\objdata ' + h + b'}}}'


DC('O08', 'rtf-objdata', 'RTF with an embedded package object', lambda P: rtf(P), b'a.rtf', b'application/rtf')
DC('O09', 'rtf-objdata-ws', 'RTF object data broken up by white space, named .doc', lambda P: rtf(P, True), b'a.doc', b'application/msword')
DC('O10', 'activemime', 'ActiveMime .mso (zlib at 0x32)', lambda P: b'ActiveMime\0\0\1\xf0' + struct.pack('<I', 0x04000000) + b'\xff\xff\xff\xff' + b'\0\0\7\xf0' + struct.pack('<I', 0x20) + b'\0' * (0x32 - 30) + zlib.compress(P), b'editdata.mso', b'application/x-mso')
DC('O11', 'onenote-embedded', 'OneNote section with a FileDataStoreObject', lambda P: bytes.fromhex('e4525c7b8cd8a74daeb15378d02996d3') + b'\0' * 1008 + bytes.fromhex('e716e3bd65261145a4c48d4d0b7a9eac') + struct.pack('<QIQ', len(P), 0, 0) + P + b'\0' * (-len(P) % 8) + bytes.fromhex('22a7fb71790f0b4abb13899256426b24'), b'a.one', b'application/onenote')
DC('O16', 'svg-data-uri', 'SVG image with a data: link', lambda P: b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink"><a x:href="data:application/octet-stream;base64,' + base64.b64encode(P) + b'"><text>open</text></a></svg>\n', b'a.svg', b'image/svg+xml')
DC('O17', 'wordml-bindata', 'Word 2003 XML with base64 binData', lambda P: b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"><w:docOleData><w:binData w:name="oledata.mso">' + base64.b64encode(P) + b'</w:binData></w:docOleData></w:wordDocument>', b'a.xml', b'text/xml')
DC('O19', 'flat-opc', 'Flat OPC XML (pkg:binaryData) Word document', lambda P: b'<?xml version="1.0"?><pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"><pkg:part pkg:name="/word/embeddings/file.bin" pkg:contentType="application/octet-stream"><pkg:binaryData>' + base64.b64encode(P) + b'</pkg:binaryData></pkg:part></pkg:package>', b'a.xml', b'text/xml')

# ================================================== X: combined
X_ = MPX + b'boundary=foo\r\n'
C('X02', 'combined', 'nul-cte-dots', 'NUL before CTE value + dotted base64')(lambda P: mixed(att(P, CT + CD + b'Content-Transfer-Encoding: \0base64\r\n', ins(P, b'.'))))
C('X06', 'combined', 'eml-in-zip', 'zip containing an .eml with conflicting boundaries')(lambda P: attf(mkzip([('mail.eml', mixed(att(P), MPX + b'boundary=bar\r\n' + MPX + b'boundary=foo\r\n'), 8)]), b'file.zip', b'application/zip'))


# ================================================== P: SMTP layer (raw DATA streams)
def smug(eod):
    def f(P):
        first = (T() + b'Content-Type: text/plain\r\n\r\nfirst message\r\n')
        return [('.smtp', first[:-2] + eod + b'MAIL FROM:<ceo@victim.example>\r\nRCPT TO:<rcpt@mx.example>\r\nDATA\r\n' + mixed(att(P)) + b'.\r\n')]
    return f


for _n, (_s, _t, _e) in enumerate([
        ('lf-dot-lf', 'LF . LF', b'\n.\n'), ('lf-dot-crlf', 'LF . CRLF', b'\n.\r\n'), ('cr-dot-cr', 'CR . CR', b'\r.\r'),
        ('crlf-dot-cr', 'CRLF . CR', b'\r\n.\r'), ('cr-dot-crlf', 'CR . CRLF', b'\r.\r\n'), ('crlf-dot-lf', 'CRLF . LF', b'\r\n.\n'),
        ('nul-crlf', 'CRLF NUL . CRLF', b'\r\n\0.\r\n'), ('crcrlf', 'CR CR LF . CR CR LF', b'\r\r\n.\r\r\n'), ('crlf-dot-nul', 'CRLF . NUL CRLF', b'\r\n.\0\r\n')]):
    C('P%02d' % (_n + 1), 'smtp', 'eod-' + _s, 'DATA stream with false end-of-data ' + _t + ' and a smuggled second mail', 'unscannable',
      'must stay one message (end of data is CRLF.CRLF only) or be rejected; the next hop must never see the false end as an end', 'unscannable')(smug(_e))


@C('P20', 'smtp', 'dot-stuffed-b64', 'DATA stream where a base64 line starts with a stuffed dot', note='raw stream: ..xxxx must become .xxxx exactly once; base64 decoders ignore the dot')
def _(P):
    return [('.smtp', mixed(att(P, None, b'..' + b64(P, 40))) + b'.\r\n')]


# ------------------------------------------------------------------ main
NOMIX = {'H04', 'M45', 'S04', 'S05', 'S23', 'S24', 'S25', 'S26', 'S27', 'S28', 'S29', 'S30', 'S31', 'S32', 'S33', 'S34', 'S35', 'S36',
         'S39', 'S40', 'S41', 'S42', 'S47', 'S49', 'S50'}


def has_mix(cid, group):
    """classes that also get a harder variant: the payload in a zip, in base64 lines of mixed length"""
    return group in ('header', 'boundary', 'structure') and cid not in NOMIX or cid == 'B01'


# other reading of the boundary: the .decoy.eml variant wraps the real tree in delimiters of that reading,
# so that a scanner that takes the wrong boundary finds a complete, harmless text part (after noxxi 2022)
ALT = {'M01': b'bar', 'M02': b'bar', 'M03': b'bar', 'M04': b'bar', 'M07': b'foo', 'M08': b'bar', 'M09': b'=?us-ascii?Q?foo?=', 'M10': b'foo',
       'M11': b'fo', 'M12': b"us-ascii''f%6fo", 'M13': b'bar', 'M19': b'"foo', 'M20': b'foo"', 'M21': b"'foo'", 'M22': b'f\\oo', 'M23': b'foo ',
       'M24': b'foo', 'M27': b'foobar', 'M28': b'foobar', 'M29': b'FOO', 'M30': b'b' * 70, 'M48': b'foxxo', 'M49': b'abc=?us-ascii?Q?def?=',
       'M50': b'abcdef', 'M51': b'bar', 'M53': b'bar', 'M54': b'bar', 'M55': b' foo', 'M56': b'foo', 'M57': b'fo\\"o'}


def decoy(m, alt):
    h, b = m.split(N + N, 1)
    return h + N + N + b'--' + alt + N + b'Content-Type: text/plain\r\n\r\nHello.\r\n' + b + b'--' + alt + b'--\r\n'


def build(out):
    os.makedirs(out, exist_ok=True)
    rows = []
    for cid, group, slug, title, expected, note, twin, f in sorted(CLASSES, key=lambda c: c[0]):
        for kind, P in (('infected', EICAR), ('benign', BENIGN)):
            _SUBJ[0] = f'{cid} {slug}' if kind == 'infected' else f'{cid} {slug} twin'
            r = f(P)
            if isinstance(r, bytes):
                r = [('.eml', r)]
            else:
                r = [(s if '.smtp' in s else s + '.eml', d) for s, d in r]
            if has_mix(cid, group):
                zp = mkzip([('file.bin', P, 8)])
                _MIX[0] = True
                _SUBJ[0] += ' mix'
                r.append(('.mix.eml', f(zp)))
                if cid in ALT:
                    r.append(('.decoy.eml', decoy(f(zp), ALT[cid])))
                _MIX[0] = False
            for suf, d in r:
                if suf in ('.mix.eml', '.decoy.eml'):
                    fn = f'{cid}-{slug}{suf[:-4]}' + ('' if kind == 'infected' else '.twin') + '.eml'
                else:
                    fn = f'{cid}-{slug}' + ('' if kind == 'infected' else '.twin') + suf
                with open(os.path.join(out, fn), 'wb') as o:
                    o.write(d)
                exp = expected if kind == 'infected' else (twin or 'benign')
                n = [title]
                if '.decoy.' in fn:
                    n.append('as .mix, wrapped in delimiters of the other reading of the boundary')
                if '.mix.' in fn:
                    n.append('payload in a zip, base64 lines of mixed length')
                if note:
                    n.append(note)
                rows.append((cid, f'{group}/{slug}', fn, exp, '; '.join(n)))
    with open(os.path.join(out, 'manifest.tsv'), 'w') as m:
        m.write('id\tclass\tfile\texpected\tnotes\n')
        for r in rows:
            m.write('\t'.join(r) + '\n')
    print(f'{len(CLASSES)} classes, {len(rows)} files')


generate = build  # what the test asks each generator for


if __name__ == '__main__':
    ids = [c[0] for c in CLASSES]
    assert len(ids) == len(set(ids)), [i for i in ids if ids.count(i) > 1]
    if len(sys.argv) == 2 and sys.argv[1] == '--list':
        for c in sorted(CLASSES):
            print(c[0], c[1], c[2], c[3], c[4], sep='\t')
    elif len(sys.argv) == 2:
        build(sys.argv[1])
    else:
        sys.exit(__doc__)

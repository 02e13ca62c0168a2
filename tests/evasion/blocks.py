"""The building blocks of the adversarial messages: encoders and archive writers that lie as they are told.

Python's standard library only, and deterministic. The one payload that is ever used is the 68-byte EICAR string, which
is kept masked here and put together at run time; its twin is a harmless text of the same length.
"""
import base64
import binascii
import bz2
import hashlib
import lzma
import struct
import zlib

_MASKED = ("026f157b0a7f1a1b0a016e060a00026f6e720a04736d1919736d277e1f13191b0877090e1b141e1b081e771b140e130c13080f"
           "09770e1f090e771c13161f7b7e12711270")
EICAR = bytes(b ^ 0x5A for b in bytes.fromhex(_MASKED))
TWIN = b"A harmless twin: same construction and length, nothing to detect. OK"
assert len(EICAR) == len(TWIN) == 68
N = b"\r\n"
HARM = b"Nothing to see here.\r\n"
GIF = bytes.fromhex("47494638396101000100800000ffffff00000021f90401000000002c00000000010001000002024401003b")
T32 = []
for _i in range(256):
    _c = _i
    for _ in range(8):
        _c = (_c >> 1) ^ 0xEDB88320 if _c & 1 else _c >> 1
    T32.append(_c)

TEXT = b"Content-Type: text/plain; charset=us-ascii\r\n\r\nPlease see the attachment.\r\n"
CT = b'Content-Type: application/octet-stream; name="file.bin"\r\n'
CD = b'Content-Disposition: attachment; filename="file.bin"\r\n'
CTE = b"Content-Transfer-Encoding: base64\r\n"
QPH = b"Content-Transfer-Encoding: quoted-printable\r\n"
MP = b'Content-Type: multipart/mixed; boundary="foo"\r\n'
MPX = b"Content-Type: multipart/mixed; "
EOT = b"\0" * 1024
LENGTHS = (13, 40, 7, 61, 22, 3, 50, 31)
subject = [""]
is_ragged = [False]


def top(mime=True):
    """The header fields of a message, up to those of MIME."""
    s = subject[0].encode()
    return (b"Received: from sender.example (sender.example [192.0.2.1])\r\n"
            b"\tby mx.example with ESMTP; Mon, 2 Nov 2026 10:00:00 +0000\r\n"
            b"From: Sender <sender@sender.example>\r\nTo: Rcpt <rcpt@mx.example>\r\n"
            b"Date: Mon, 2 Nov 2026 10:00:00 +0000\r\nMessage-ID: <" + hashlib.md5(s).hexdigest().encode() +
            b"@sender.example>\r\nSubject: " + s + N + (b"MIME-Version: 1.0\r\n" if mime else b""))


def b64(p, width=76, eol=N):
    """Where is_ragged is set, in lines of mixed length: so that nobody guesses what it is from its looks."""
    s = base64.b64encode(p)
    if is_ragged[0] and width == 76 and len(p) < 400:
        out, i, n = b"", 0, 0
        while i < len(s):
            out, i, n = out + s[i:i + LENGTHS[n % 8]] + eol, i + LENGTHS[n % 8], n + 1
        return out
    return eol.join(s[i:i + width] for i in range(0, len(s), width)) + eol


def qp_all(p, per=20, eol=b"=\r\n", up=True):
    h = [b"=%02X" % c if up else b"=%02x" % c for c in p]
    return eol.join(b"".join(h[i:i + per]) for i in range(0, len(h), per)) + N


def entity(p, header=None, body=None):
    """A part: header, empty line, body; base64 where nothing else is said."""
    return (CT + CD + CTE if header is None else header) + N + (b64(p) if body is None else body)


def mixed(part, ct=MP, b=b"foo", end=b"--", mime=True, pre=b"", post=b"", text=TEXT):
    return (top(mime) + ct + N + pre + b"--" + b + N + text + b"--" + b + N + part + b"--" + b + end + N + post)


def attached(p, name, ctype=b"application/octet-stream"):
    return mixed(b"Content-Type: " + ctype + b'; name="' + name + b'"\r\nContent-Disposition: attachment; filename="' +
                 name + b'"\r\n' + CTE + N + b64(p))


def uue(p, name, sp=b'`', end=True):
    o = b'begin 644 ' + name + b'\r\n'
    for i in range(0, len(p), 45):
        l = binascii.b2a_uu(p[i:i + 45]).rstrip(b'\n')
        o += l.replace(b' ', sp) + N
    return o + ((sp + b'\r\nend\r\n') if end else b'')


def xxe(p, name):
    a = b'+-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
    o = b'begin 644 ' + name + b'\r\n'
    for i in range(0, len(p), 45):
        c = p[i:i + 45]
        o += bytes([a[len(c)]])
        for j in range(0, len(c), 3):
            t = (c[j:j + 3] + b'\0\0')[:3]
            v = int.from_bytes(t, 'big')
            o += bytes(a[(v >> s) & 63] for s in (18, 12, 6, 0))
        o += N
    return o + b'+\r\nend\r\n'


def yenc(p, name):
    o = bytearray()
    for c in p:
        c = (c + 42) & 255
        if c in (0, 10, 13, 61):
            o += bytes([61, (c + 64) & 255])
        else:
            o.append(c)
    return (b'=ybegin line=128 size=%d name=' % len(p) + name + N + bytes(o) + b'\r\n=yend size=%d crc32=%08x\r\n' % (len(p), zlib.crc32(p)))


def crc16x(d, c=0):          # CRC-16/XMODEM
    for b in d:
        c ^= b << 8
        for _ in range(8):
            c = ((c << 1) ^ 0x1021 if c & 0x8000 else c << 1) & 0xFFFF
    return c


def crc16arc(d, c=0):
    for b in d:
        c ^= b
        for _ in range(8):
            c = (c >> 1) ^ 0xA001 if c & 1 else c >> 1
    return c


def hqx(p, name):
    al = b'!"#$%&\'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr'
    h = bytes([len(name)]) + name + b'\0TEXTttxt\0\0' + struct.pack('>II', len(p), 0)
    d = h + struct.pack('>H', crc16x(h)) + p + struct.pack('>H', crc16x(p)) + struct.pack('>H', crc16x(b''))
    r = d.replace(b'\x90', b'\x90\0')
    bits = ''.join(f'{c:08b}' for c in r)
    bits += '0' * (-len(bits) % 6)
    s = b':' + bytes(al[int(bits[i:i + 6], 2)] for i in range(0, len(bits), 6)) + b':'
    return b'(This file must be converted with BinHex 4.0)\r\n\r\n' + N.join(s[i:i + 64] for i in range(0, len(s), 64)) + N


def tnef(p, name):
    def a(lvl, tag, d):
        return struct.pack('<BII', lvl, tag, len(d)) + d + struct.pack('<H', sum(d) & 0xFFFF)
    return (struct.pack('<IH', 0x223E9F78, 1) + a(1, 0x00089006, struct.pack('<I', 0x00010000)) +
            a(1, 0x00069007, struct.pack('<II', 1252, 0)) + a(1, 0x00078008, b'IPM.Microsoft Mail.Note\0') +
            a(2, 0x00069002, struct.pack('<HIIHH', 1, 0xFFFFFFFF, 0, 0, 0)) + a(2, 0x00018010, name + b'\0') + a(2, 0x0006800F, p))


def der(t, *c):
    d = b''.join(c)
    n = len(d)
    if n < 128:
        l = bytes([n])
    else:
        k = (n.bit_length() + 7) // 8
        l = bytes([128 | k]) + n.to_bytes(k, 'big')
    return bytes([t]) + l + d


def oid(s):
    a = [int(x) for x in s.split('.')]
    o = bytes([a[0] * 40 + a[1]])
    for v in a[2:]:
        e = [v & 127]
        v >>= 7
        while v:
            e.append(128 | (v & 127))
            v >>= 7
        o += bytes(reversed(e))
    return der(6, o)


def dosdt():
    return (10 << 11, ((2026 - 1980) << 9) | (11 << 5) | 2)


def comp(d, m):
    if m == 0:
        return d
    if m == 8:
        c = zlib.compressobj(9, zlib.DEFLATED, -15)
        return c.compress(d) + c.flush()
    if m == 12:
        return bz2.compress(d)
    if m == 14:
        f = [{'id': lzma.FILTER_LZMA1, 'preset': 6}]
        raw = lzma.compress(d, lzma.FORMAT_ALONE, filters=f)
        return b'\x09\x14' + struct.pack('<H', 5) + raw[:5] + raw[13:]
    if m == 95:
        return lzma.compress(d, lzma.FORMAT_XZ)
    if m == 93:
        return zstdraw(d)
    return d


def zstdraw(d):
    return struct.pack('<IBB', 0xFD2FB528, 0x20, len(d)) + struct.pack('<I', 1 | (0 << 1) | (len(d) << 3))[:3] + d if len(d) < 256 else \
        struct.pack('<IBI', 0xFD2FB528, 0xA0, len(d)) + b''.join(struct.pack('<I', (1 if i + 65536 >= len(d) else 0) | (len(d[i:i + 65536]) << 3))[:3] + d[i:i + 65536] for i in range(0, len(d), 65536))


class Z:
    """one zip entry with separate local and central values"""
    def __init__(s, name, data, method=8, flags=0, lname=None, raw=None, crc=None, lmethod=None, lcrc=None,
                 lcsize=None, lusize=None, ccsize=None, cusize=None, lflags=None, extra=b'', lextra=b'', dd=None, ver=20, offs=None, attr=0):
        e = name.encode() if isinstance(name, str) else name
        s.name, s.lname = e, (lname.encode() if isinstance(lname, str) else lname) if lname is not None else e
        s.raw = comp(data, method) if raw is None else raw
        s.m, s.lm = method, method if lmethod is None else lmethod
        s.f, s.lf = flags, flags if lflags is None else lflags
        s.crc = zlib.crc32(data) if crc is None else crc
        s.lcrc = s.crc if lcrc is None else lcrc
        s.us, s.cs = len(data) if cusize is None else cusize, len(s.raw) if ccsize is None else ccsize
        s.lus, s.lcs = s.us if lusize is None else lusize, s.cs if lcsize is None else lcsize
        s.extra, s.lextra, s.dd, s.ver, s.off, s.attr = extra, lextra, dd or b'', ver, offs, attr

    def local(s):
        t, d = dosdt()
        return struct.pack('<IHHHHHIIIHH', 0x04034b50, s.ver, s.lf, s.lm, t, d, s.lcrc, s.lcs & 0xFFFFFFFF, s.lus & 0xFFFFFFFF, len(s.lname), len(s.lextra)) + s.lname + s.lextra + s.raw + s.dd

    def central(s, off):
        t, d = dosdt()
        return struct.pack('<IHHHHHHIIIHHHHHII', 0x02014b50, 20, s.ver, s.f, s.m, t, d, s.crc, s.cs & 0xFFFFFFFF, s.us & 0xFFFFFFFF, len(s.name), len(s.extra), 0, 0, 0, s.attr, off if s.off is None else s.off) + s.name + s.extra


def eocd(n, size, off, comment=b'', n2=None):
    return struct.pack('<IHHHHIIH', 0x06054b50, 0, 0, n if n2 is None else n2, n, size, off, len(comment)) + comment


def zipf(ents, comment=b'', base=0, cdents=None, n=None, pre=b''):
    out = pre
    offs = []
    for e in ents:
        offs.append(len(out) + base)
        out += e.local()
    cd = b''.join(e.central(o) for e, o in zip(ents, offs) if cdents is None or e in cdents)
    k = len(cdents) if cdents is not None else len(ents)
    return out + cd + eocd(k if n is None else n, len(cd), len(out) + base, comment)


def mkzip(items, comment=b''):
    return zipf([Z(n, d, m) for n, d, m in items], comment)


def zipcrypto(p, pw, crc):
    k = [0x12345678, 0x23456789, 0x34567890]
    tab = [zlib.crc32(bytes([i])) for i in range(256)]

    def c32(c, b):
        return (c >> 8) ^ T32[(c ^ b) & 255]

    def up(b):
        k[0] = c32(k[0], b)
        k[1] = (k[1] + (k[0] & 255)) * 134775813 + 1 & 0xFFFFFFFF
        k[2] = c32(k[2], k[1] >> 24)
    for b in pw:
        up(b)
    out = bytearray()
    for b in hashlib.sha1(b'hdr').digest()[:11] + bytes([crc >> 24]) + p:
        t = (k[2] | 2) & 0xFFFF
        out.append(b ^ ((t * (t ^ 1)) >> 8) & 255)
        up(b)
    return bytes(out)


def gz(d, name=b'', flg=0, extra=b'', comment=b'', crc=None, isize=None):
    f = (8 if name else 0) | (4 if extra else 0) | (16 if comment else 0) | flg
    return (b'\x1f\x8b\x08' + bytes([f]) + b'\0\0\0\0\2\3' + (struct.pack('<H', len(extra)) + extra if extra else b'') + (name + b'\0' if name else b'') +
            (comment + b'\0' if comment else b'') + comp(d, 8) + struct.pack('<II', zlib.crc32(d) if crc is None else crc, len(d) if isize is None else isize))


def xxh32(d, seed=0):
    p1, p2, p3, p4, p5, M = 2654435761, 2246822519, 3266489917, 668265263, 374761393, 0xFFFFFFFF
    rot = lambda x, r: ((x << r) | (x >> (32 - r))) & M
    h = (seed + p5 + len(d)) & M
    i = 0
    assert len(d) < 16
    while i + 4 <= len(d):
        h = rot((h + struct.unpack_from('<I', d, i)[0] * p3) & M, 17) * p4 & M
        i += 4
    while i < len(d):
        h = rot((h + d[i] * p5) & M, 11) * p1 & M
        i += 1
    h ^= h >> 15
    h = h * p2 & M
    h ^= h >> 13
    h = h * p3 & M
    return h ^ h >> 16


def lz4(d):
    desc = b'\x60\x40'
    return struct.pack('<I', 0x184D2204) + desc + bytes([(xxh32(desc) >> 8) & 255]) + struct.pack('<I', 0x80000000 | len(d)) + d + struct.pack('<I', 0)


def lzw(d):
    # literals only, 9-bit codes, block mode
    bits, nb, out = 0, 0, bytearray(b'\x1f\x9d\x90')
    for c in d:
        bits |= c << nb
        nb += 9
        while nb >= 8:
            out.append(bits & 255)
            bits >>= 8
            nb -= 8
    if nb:
        out.append(bits & 255)
    return bytes(out)


def tarh(name, size, typ=b'0', chk=None, szf=None, magic=b'ustar\x0000'):
    h = bytearray(512)
    h[0:len(name)] = name
    h[100:108] = b'0000644\0'
    h[108:116] = h[116:124] = b'0000000\0'
    h[124:136] = szf if szf else b'%011o\0' % size
    h[136:148] = b'%011o\0' % 1793613600
    h[156:157] = typ
    h[257:257 + len(magic)] = magic
    h[148:156] = b' ' * 8
    s = sum(h) if chk is None else chk
    h[148:156] = b'%06o\0 ' % s
    return bytes(h)


def tarm(name, d, **k):
    return tarh(name, len(d), **k) + d + b'\0' * (-len(d) % 512)


def pax(k, v):
    n = len(k) + len(v) + 3
    n += len(str(n + len(str(n))))
    return b'%d %s=%s\n' % (n, k, v)


def cpio(P):
    def m(name, d, mode, ino):
        h = b'070701' + b''.join(b'%08X' % v for v in (ino, mode, 0, 0, 1, 0, len(d), 0, 0, 0, 0, len(name) + 1, 0)) + name + b'\0'
        h += b'\0' * (-len(h) % 4)
        return h + d + b'\0' * (-len(d) % 4)
    return m(b'file.bin', P, 0o100644, 1) + m(b'TRAILER!!!', b'', 0, 0)


def sevenz(P, method='copy', pre=b''):
    if method == 'copy':
        packed, coder = P, b'\x01\x00'
    else:
        packed = lzma.compress(P, lzma.FORMAT_RAW, filters=[{'id': lzma.FILTER_LZMA1, 'dict_size': 1 << 16, 'lc': 3, 'lp': 0, 'pb': 2}])
        coder = b'\x23\x03\x01\x01\x05' + b'\x5d' + struct.pack('<I', 1 << 16)
    nm = 'file.bin'.encode('utf-16-le') + b'\0\0'
    h = (b'\x01\x04\x06\x00\x01\x09' + bytes([len(packed)]) + b'\x00' + b'\x07\x0b\x01\x00\x01' + coder + b'\x0c' + bytes([len(P)]) + b'\x00' +
         b'\x08\x0a\x01' + struct.pack('<I', zlib.crc32(P)) + b'\x00\x00' + b'\x05\x01\x11' + bytes([len(nm) + 1]) + b'\x00' + nm + b'\x00\x00')
    sh = struct.pack('<QQI', len(packed), len(h), zlib.crc32(h))
    return pre + b'7z\xbc\xaf\x27\x1c\0\4' + struct.pack('<I', zlib.crc32(sh)) + sh + packed + h


def rar4(P, pre=b'', method=0x30, hflags=0x8000, mflags=0):
    def blk(b):
        return struct.pack('<H', zlib.crc32(b) & 0xFFFF) + b
    nm = b'file.bin'
    t, d = dosdt()
    o = b'Rar!\x1a\x07\x00' + blk(struct.pack('<BHHHI', 0x73, mflags, 13, 0, 0))
    o += blk(struct.pack('<BHHIIBIIBBHI', 0x74, hflags, 32 + len(nm), len(P), len(P), 2, zlib.crc32(P), d << 16 | t, 20, method, len(nm), 0x20) + nm) + P
    return pre + o + blk(struct.pack('<BHH', 0x7b, 0x4000, 7))


def vint(n):
    o = b''
    while True:
        o += bytes([(n & 127) | (128 if n > 127 else 0)])
        n >>= 7
        if not n:
            return o


def rar5(P):
    def blk(b):
        s = vint(len(b)) + b
        return struct.pack('<I', zlib.crc32(s)) + s
    nm = b'file.bin'
    o = b'Rar!\x1a\x07\x01\x00' + blk(vint(1) + vint(0) + vint(0))
    o += blk(vint(2) + vint(2) + vint(len(P)) + vint(4) + vint(len(P)) + vint(0x20) + struct.pack('<I', zlib.crc32(P)) + vint(0) + vint(1) + vint(len(nm)) + nm) + P
    return o + blk(vint(5) + vint(0) + vint(0))


def arj(P):
    def hd(b):
        return b'\x60\xea' + struct.pack('<H', len(b)) + b + struct.pack('<IH', zlib.crc32(b), 0)
    t, d = dosdt()
    dt = d << 16 | t
    m = struct.pack('<BBBBBBBBIIIIHHH', 30, 11, 1, 0, 0, 0, 2, 0, dt, dt, 0, 0, 0, 0, 0) + b'file.arj\0\0'
    f = struct.pack('<BBBBBBBBIIIIHHH', 30, 11, 1, 0, 0, 0, 0, 0, dt, len(P), len(P), zlib.crc32(P), 0, 0x20, 0) + b'file.bin\0\0'
    return hd(m) + hd(f) + P + b'\x60\xea\0\0'


def lha(P):
    t, d = dosdt()
    nm = b'file.bin'
    b = b'-lh0-' + struct.pack('<IIIBBB', len(P), len(P), d << 16 | t, 0x20, 0, len(nm)) + nm + struct.pack('<H', crc16arc(P))
    return bytes([len(b), sum(b) & 255]) + b + P + b'\0'


def cab(P):
    nm = b'file.bin\0'
    t, d = dosdt()
    files = 36 + 8
    data = files + 16 + len(nm)
    tot = data + 8 + len(P)
    return (b'MSCF' + struct.pack('<IIIIIBBHHHHH', 0, tot, 0, files, 0, 3, 1, 1, 1, 0, 0, 0) + struct.pack('<IHH', data, 1, 0) +
            struct.pack('<IIHHHH', len(P), 0, 0, d, t, 0x20) + nm + struct.pack('<IHH', 0, len(P), len(P)) + P)


def ace(P):
    def hd(b):
        return struct.pack('<HH', ~zlib.crc32(b) & 0xFFFF, len(b)) + b
    t, d = dosdt()
    dt = d << 16 | t
    nm = b'file.bin'
    m = struct.pack('<BH', 0, 0) + b'**ACE**' + struct.pack('<BBBBI8s', 20, 20, 2, 0, dt, b'\0' * 8)
    f = struct.pack('<BHIIIIIBBHHH', 1, 1, len(P), len(P), dt, 0x20, ~zlib.crc32(P) & 0xFFFFFFFF, 0, 3, 10, 0, len(nm)) + nm
    return hd(m) + hd(f) + P


def iso(P):
    S_ = 2048

    def both(n, k=4):
        return n.to_bytes(k, 'little') + n.to_bytes(k, 'big')

    def dr(name, ext, ln, fl):
        b = b'\0' + both(ext) + both(ln) + bytes([126, 11, 2, 10, 0, 0, 0]) + bytes([fl, 0, 0]) + both(1, 2) + bytes([len(name)]) + name
        if len(b) % 2 == 0:
            b += b'\0'
        return bytes([len(b) + 1]) + b
    root = dr(b'\0', 20, S_, 2)
    pvd = bytearray(S_)
    pvd[0:8] = b'\1CD001\1\0'
    pvd[8:40] = b' ' * 32
    pvd[40:72] = b'VOL'.ljust(32)
    pvd[80:88] = both(22)
    pvd[120:124] = both(1, 2)
    pvd[124:128] = both(1, 2)
    pvd[128:132] = both(S_, 2)
    pvd[132:140] = both(10)
    pvd[140:144] = (18).to_bytes(4, 'little')
    pvd[148:152] = (19).to_bytes(4, 'big')
    pvd[156:190] = root
    pvd[190:813] = b' ' * 623
    for o in (813, 830, 847, 864):
        pvd[o:o + 17] = b'2026110210000000\0'
    pvd[881] = 1
    term = b'\xffCD001\1'.ljust(S_, b'\0')
    pl = (b'\1\0' + (20).to_bytes(4, 'little') + b'\1\0\0\0').ljust(S_, b'\0')
    pm = (b'\1\0' + (20).to_bytes(4, 'big') + b'\0\1\0\0').ljust(S_, b'\0')
    rd = (root + dr(b'\1', 20, S_, 2) + dr(b'FILE.BIN;1', 21, len(P), 0)).ljust(S_, b'\0')
    return b'\0' * S_ * 16 + bytes(pvd) + term + pl + pm + rd + P.ljust(S_, b'\0')


def fat12(P, sectors=128):
    bs = bytearray(512)
    bs[0:3] = b'\xeb\x3c\x90'
    bs[3:11] = b'MSDOS5.0'
    struct.pack_into('<HBHBHHBHHHII', bs, 11, 512, 1, 1, 2, 16, sectors, 0xF0, 1, 18, 2, 0, 0)
    bs[36:39] = b'\0\0\x29'
    bs[39:43] = b'\1\2\3\4'
    bs[43:62] = b'NO NAME    FAT12   '
    bs[510:512] = b'\x55\xaa'
    fat = (b'\xf0\xff\xff' + b'\xff\x0f').ljust(512, b'\0')
    t, d = dosdt()
    de = b'FILE    BIN' + b'\x20' + b'\0' * 10 + struct.pack('<HHHI', t, d, 2, len(P))
    img = bytes(bs) + fat + fat + de.ljust(512, b'\0') + P.ljust(512, b'\0')
    return img.ljust(sectors * 512, b'\0')


def vhd(P):
    img = fat12(P, 128)
    mbr = bytearray(512)
    mbr[446:462] = struct.pack('<B3sB3sII', 0x80, b'\0\2\0', 1, b'\0\2\0', 1, 128)
    mbr[510:512] = b'\x55\xaa'
    disk = bytes(mbr) + img
    disk += b'\0' * (-len(disk) % 512)
    f = bytearray(b'conectix' + struct.pack('>IIQI4sI4sQQHBBI', 2, 0x00010000, 0xFFFFFFFFFFFFFFFF, 0, b'gen ', 0x00010000, b'Wi2k', len(disk), len(disk), 65, 4, 17, 2) + b'\0' * 4 + hashlib.md5(b'vhd').digest()).ljust(512, b'\0')
    f[64:68] = struct.pack('>I', ~sum(f) & 0xFFFFFFFF)
    return disk + bytes(f)


def pdf(P, filt='flate', header_off=0, noxref=False):
    if filt == 'flate':
        d, fn = zlib.compress(P, 9), b'/FlateDecode'
    elif filt == 'hex':
        d, fn = binascii.hexlify(P) + b'>', b'/ASCIIHexDecode'
    elif filt == 'a85':
        d, fn = base64.a85encode(P) + b'~>', b'/ASCII85Decode'
    elif filt == 'multi':
        d, fn = base64.a85encode(zlib.compress(P, 9)) + b'~>', b'[/ASCII85Decode/FlateDecode]'
    else:
        d, fn = P, None
    objs = [b'<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(file.bin)4 0 R]>>>>>>',
            b'<</Type/Pages/Kids[3 0 R]/Count 1>>', b'<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>',
            b'<</Type/Filespec/F(file.bin)/EF<</F 5 0 R>>>>',
            b'<</Type/EmbeddedFile' + (b'/Filter' + (b' ' if fn[:1] == b'[' else b'') + fn if fn else b'') + b'/Length %d>>\nstream\n' % len(d) + d + b'\nendstream']
    o = b'%junk\n' * (header_off // 6) + b'%PDF-1.7\n'
    off = []
    for i, b in enumerate(objs):
        off.append(len(o))
        o += b'%d 0 obj\n' % (i + 1) + b + b'\nendobj\n'
    if noxref:
        return o + b'trailer<</Root 1 0 R/Size 6>>\n%%EOF\n'
    x = len(o)
    o += b'xref\n0 6\n0000000000 65535 f \n' + b''.join(b'%010d 00000 n \n' % v for v in off)
    return o + b'trailer<</Root 1 0 R/Size 6>>\nstartxref\n%d\n%%%%EOF\n' % x


def cfb(streams):
    """streams: list of (path tuple, data). Small streams only (mini stream)."""
    names = {}
    ents = [dict(name='Root Entry', typ=5, kids=[], data=None)]
    idx = {(): 0}
    for path, data in streams:
        for i in range(1, len(path) + 1):
            pp = path[:i]
            if pp not in idx:
                idx[pp] = len(ents)
                ents.append(dict(name=pp[-1], typ=1, kids=[], data=None))
                ents[idx[pp[:-1]]]['kids'].append(idx[pp])
        e = ents[idx[path]]
        e['typ'], e['data'] = 2, data
    mini = b''
    minifat = []
    for e in ents:
        if e['typ'] == 2:
            d = e['data']
            e['size'] = len(d)
            if d:
                e['start'] = len(minifat)
                n = (len(d) + 63) // 64
                for i in range(n):
                    minifat.append(len(minifat) + 1 if i < n - 1 else 0xFFFFFFFE)
                mini += d + b'\0' * (-len(d) % 64)
            else:
                e['start'] = 0xFFFFFFFE
        else:
            e['start'], e['size'] = 0, 0
    nm = max(1, (len(mini) + 511) // 512)
    ndir = (len(ents) + 3) // 4
    nmf = max(1, (len(minifat) * 4 + 511) // 512)
    # layout: sector 0 = FAT, then dir, minifat, ministream
    d0, mf0, ms0 = 1, 1 + ndir, 1 + ndir + nmf
    fat = [0xFFFFFFFD]

    def chain(s, n):
        for i in range(n):
            fat.append(s + i + 1 if i < n - 1 else 0xFFFFFFFE)
    chain(d0, ndir)
    chain(mf0, nmf)
    chain(ms0, nm)
    assert len(fat) <= 128
    fat += [0xFFFFFFFF] * (128 - len(fat))
    ents[0]['start'], ents[0]['size'] = ms0, len(mini)
    for e in ents:
        e['l'] = e['r'] = e['c'] = 0xFFFFFFFF
    for e in ents:
        ks = sorted(e['kids'], key=lambda k: (len(ents[k]['name']), ents[k]['name'].upper()))

        def build(ks):
            if not ks:
                return 0xFFFFFFFF
            m = len(ks) // 2
            ents[ks[m]]['l'] = build(ks[:m])
            ents[ks[m]]['r'] = build(ks[m + 1:])
            return ks[m]
        e['c'] = build(ks)
    dirb = b''
    for e in ents:
        n = e['name'].encode('utf-16-le') + b'\0\0'
        dirb += n.ljust(64, b'\0') + struct.pack('<HBBIII16sIQQIQ', len(n), e['typ'], 1, e['l'], e['r'], e['c'], b'\0' * 16, 0, 0, 0, e['start'], e['size'])
    while len(dirb) < ndir * 512:
        dirb += b'\0' * 64 + struct.pack('<HBBIII16sIQQIQ', 0, 0, 0, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, b'\0' * 16, 0, 0, 0, 0, 0)
    mfb = struct.pack('<%dI' % len(minifat), *minifat).ljust(nmf * 512, b'\xff')
    hdr = (b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1' + b'\0' * 16 + struct.pack('<HHHHH6sIIIIIIIIII', 0x3E, 3, 0xFFFE, 9, 6, b'\0' * 6, 0, 1, d0, 0, 4096, mf0, nmf, 0xFFFFFFFE, 0, 0)).ljust(512, b'\xff')
    return hdr + struct.pack('<128I', *fat) + dirb + mfb + mini.ljust(nm * 512, b'\0')


def ole10(P):
    b = struct.pack('<H', 2) + b'file.bin\0C:\\file.bin\0' + struct.pack('<HH', 0, 3) + struct.pack('<I', 12) + b'C:\\file.bin\0' + struct.pack('<I', len(P)) + P + b'\0\0'
    return struct.pack('<I', len(b)) + b


OD = oid('1.2.840.113549.1.7.1')

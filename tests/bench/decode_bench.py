#!/usr/bin/env python3
"""Times the decoder: megabytes a second on ordinary mail beside GMime, and whether time grows with size alone.

  decode_bench.py DECODE_BENCH [GMIME_BENCH] [mix] [speed] [shapes]

DECODE_BENCH and GMIME_BENCH are the built programs. `mix` are the speeds of single kinds of content, `speed` the mail
as it comes, `shapes` the tables of size against time. All mail is made up here, the same each time.
"""
import base64, math, os, quopri, random, struct, subprocess, sys, tempfile, zlib

RANDOM = random.Random(1)
WORDS = [''.join(RANDOM.choice('etaoinshrdlucmfwyp') for _ in range(RANDOM.randrange(2, 10))) for _ in range(3000)]


def text(size):
    out, line, total = [], 0, 0
    while total < size:
        word = RANDOM.choice(WORDS)
        out.append(word)
        line += len(word) + 1
        total += len(word) + 1
        out.append('.\r\n' if line > 66 else ' ')
        line = 0 if line > 66 else line
    return ''.join(out)[:size].rstrip('\r')


def html(size):
    out, total = ['<!DOCTYPE html><html><head><title>News</title><style>p { margin: 0 0 1em; color: #333; }</style></head><body>\r\n'], 0
    while total < size:
        piece = ('<table width="100%%" cellpadding="0" style="font-family: Arial, sans-serif; font-size: 14px;"><tr><td align="left">\r\n'
                 '<p class="c%d">%s&nbsp;<a href="https://www.example.com/path/%d?id=%d&amp;u=%x">it\'s here</a></p></td></tr></table>\r\n'
                 % (RANDOM.randrange(9), text(RANDOM.randrange(100, 500)), RANDOM.randrange(1000), RANDOM.randrange(10 ** 6), RANDOM.getrandbits(64)))
        out.append(piece)
        total += len(piece)
    return ''.join(out) + '</body></html>\r\n'


def jpeg(size):
    head = b'\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xdb\0\x43\0' + bytes(range(64))
    scan = b'\xff\xda\0\x0c\3\1\0\2\x11\3\x11\0\x3f\0'
    return head + scan + RANDOM.randbytes(size).replace(b'\xff', b'\xff\0')[:size] + b'\xff\xd9'


def pdf(size):
    out, places = bytearray(b'%PDF-1.4\n%\xe2\xe3\xcf\xd3\n'), []

    def put(body):
        places.append(len(out))
        out.extend(b'%d 0 obj\n' % len(places) + body + b'\nendobj\n')
    put(b'<< /Type /Catalog /Pages 2 0 R >>')
    put(b'<< /Type /Pages /Kids [3 0 R] /Count 1 >>')
    put(b'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>')
    page = zlib.compress(text(20000).encode())
    put(b'<< /Length %d /Filter /FlateDecode >>\nstream\n' % len(page) + page + b'\nendstream')
    while len(out) < size:
        image = jpeg(60000)
        put(b'<< /Type /XObject /Subtype /Image /Filter /DCTDecode /Length %d >>\nstream\n' % len(image) + image + b'\nendstream')
    at = len(out)
    out.extend(b'xref\n0 %d\n0000000000 65535 f \n' % (len(places) + 1) + b''.join(b'%010d 00000 n \n' % p for p in places))
    out.extend(b'trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n' % (len(places) + 1, at))
    return bytes(out)


def png(size):
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    rows = b''.join(b'\0' + RANDOM.randbytes(1200) for _ in range(size // 1201))
    return b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 400, size // 1201, 8, 2, 0, 0, 0)) + \
        chunk(b'IDAT', zlib.compress(rows, 1)) + chunk(b'IEND', b'')


HEAD = ('Received: from a.example (a.example [192.0.2.1]) by b.example with ESMTPS id 4Xk2; Mon, 5 Jan 2026 10:00:00 +0000\r\n'
        'From: "A. Person" <a@example.org>\r\nTo: b@example.com\r\nSubject: =?utf-8?Q?Caf=C3=A9?= and more\r\n'
        'Date: Mon, 5 Jan 2026 10:00:00 +0000\r\nMessage-ID: <%d@example.org>\r\nMIME-Version: 1.0\r\n')


def part(kind, body, encoding='7bit', name=None):
    if encoding == 'base64':
        body = base64.encodebytes(body).replace(b'\n', b'\r\n').decode()
    elif encoding == 'quoted-printable':
        body = quopri.encodestring(body.replace('\r\n', '\n').encode()).decode().replace('\n', '\r\n')
    place = 'Content-Disposition: attachment; filename="%s"\r\n' % name if name else ''
    return 'Content-Type: %s\r\nContent-Transfer-Encoding: %s\r\n%s\r\n%s' % (kind, encoding, place, body)


def multipart(kind, parts, boundary):
    body = ''.join('--%s\r\n%s\r\n' % (boundary, p) for p in parts)
    return 'Content-Type: multipart/%s; boundary="%s"\r\n\r\n%s--%s--\r\n' % (kind, boundary, body, boundary)


def mail(attachments, text_size=3000, html_size=9000):
    both = multipart('alternative', [part('text/plain; charset=utf-8', text(text_size), 'quoted-printable'),
                                     part('text/html; charset=utf-8', html(html_size), 'quoted-printable')], 'alt-%x' % RANDOM.getrandbits(64))
    made = multipart('mixed', [both] + attachments, 'mix-%x' % RANDOM.getrandbits(64)) if attachments else both
    return (HEAD % RANDOM.getrandbits(32)) + made


def binary(kind):
    makers = {'jpeg': (jpeg, 'image/jpeg'), 'pdf': (pdf, 'application/pdf'), 'png': (png, 'image/png'),
              'random': (RANDOM.randbytes, 'application/octet-stream')}
    maker, media = makers[kind]
    return lambda size: part(media, maker(size), 'base64', 'file.' + kind)


def ordinary(folder):
    """Sizes as mail has them: most are small, most bytes are in attachments."""
    for i in range(60):
        kinds = [RANDOM.choice(['jpeg', 'pdf', 'png', 'random', 'jpeg', 'pdf']) for _ in range(RANDOM.choice([0, 0, 1, 1, 2]))]
        files = [binary(kind)(int(min(6e6, max(4000, RANDOM.lognormvariate(12.4, 1.3))))) for kind in kinds]
        yield put(folder, 'mail%02d' % i, mail(files, RANDOM.randrange(500, 6000), RANDOM.randrange(2000, 30000)))


def put(folder, name, content):
    path = os.path.join(folder, name + '.eml')
    with open(path, 'wb') as file:
        file.write(content if isinstance(content, bytes) else content.encode('latin-1'))
    return path


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def speed_of(command, files):
    _, size, seconds = run(*command, *files).split()
    return int(size) / float(seconds) / 1e6


def show_speed(name, ours, gmime, files):
    here = speed_of([ours], files)
    fresh = speed_of([ours, '-c'], files)
    other = '%8.0f' % speed_of([gmime, '5'], files) if gmime else '       -'
    print('%-28s %8.1f %8.0f %8.0f %s' % (name, sum(map(os.path.getsize, files)) / 1e6, here, fresh, other), flush=True)


def mix(folder):
    for kind in ('jpeg', 'pdf', 'png', 'random'):
        yield kind + ', base64', [put(folder, kind, mail([binary(kind)(3000000)]))]
    yield 'text, 7bit', [put(folder, 'text', HEAD % 1 + part('text/plain', text(2000000)))]
    yield 'HTML, 7bit', [put(folder, 'html', HEAD % 1 + part('text/html', html(2000000)))]
    yield 'HTML, quoted-printable', [put(folder, 'htmlqp', HEAD % 1 + part('text/html', html(2000000), 'quoted-printable'))]
    yield 'text, base64', [put(folder, 'text64', HEAD % 1 + part('text/plain', text(2000000).encode(), 'base64'))]
    yield 'text + HTML of 12 KB', [put(folder, 'small%02d' % i, mail([])) for i in range(40)]


def nested(count):
    head = HEAD % 1 + 'Content-Type: multipart/mixed; boundary="b0"\r\n\r\n'
    opened = ''.join('--b%d\r\nContent-Type: multipart/mixed; boundary="b%d"\r\n\r\n' % (i, i + 1) for i in range(count))
    return head + opened + '--b%d\r\n\r\nthe end\r\n' % count


def many(count):
    return HEAD % 1 + multipart('mixed', ['Content-Type: text/plain\r\n\r\npart %d' % i for i in range(count)], 'b')


def one_line(size):
    return HEAD % 1 + 'Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n' + \
        base64.b64encode(RANDOM.randbytes(size * 3 // 4)).decode() + '\r\n'


def fields(count):
    return HEAD % 1 + ''.join('X-Field-%d: the value of this one\r\n' % i for i in range(count)) + '\r\nbody\r\n'


def no_ends(size):
    return HEAD % 1 + 'Content-Type: multipart/mixed; boundary=b\r\n\r\n' + '--b\r\n\r\n--c\r\n' * (size // 13)


def html_mail(size):
    return HEAD % 1 + part('text/html', html(size))


def quotes(size):
    return HEAD % 1 + part('text/html', '<script>x="' + '"+\'%41' * (size // 6) + '</script>')


def magics(size):
    files = b'PK\3\4Rar!\x1a\7MSCF' + b'7z\xbc\xaf\x27\x1c\x60\xea-lh5-'
    return HEAD % 1 + part('application/octet-stream', files * (size // len(files)), 'base64')


def jpegs(size):
    return mail([binary('jpeg')(size)])


SHAPES = [('nested multiparts', nested, [188, 375, 750, 1500, 3000]), ('parts', many, [6250, 12500, 25000, 50000, 100000]),
          ('base64 in one line, bytes', one_line, [1600000, 3200000, 6400000, 12800000, 25600000]),
          ('header fields', fields, [625, 1250, 2500, 5000, 10000]), ('JPEG, bytes', jpegs, [1 << n for n in range(20, 25)]),
          ('HTML, bytes', html_mail, [1 << n for n in range(19, 24)]), ('delimiters, bytes', no_ends, [1 << n for n in range(16, 21)]),
          ('quotes, bytes', quotes, [1 << n for n in range(16, 21)]), ('magics, bytes', magics, [1 << n for n in range(18, 23)])]


def show_shape(folder, ours, name, maker, sizes):
    points, most = [], 0
    for size in sizes:
        path = put(folder, 'shape', maker(size))
        _, count, seconds, parts, kinds, _ = run(ours, '-w', '-r', '3', '-p', '100000', path).split()
        _, _, fresh, _, _, memory = run(ours, '-c', '-w', '-r', '1', '-p', '100000', path).split()
        points.append((math.log(int(count)), math.log(float(seconds))))
        most = max(most, int(memory))
        print('%-28s %9d %10d %9.2f %9.2f %7d %5s' % (name, size, int(count), float(seconds) * 1e3, float(fresh) * 1e3, int(parts), kinds), flush=True)
    n, mx, my = len(points), sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)
    slope = sum((x - mx) * (y - my) for x, y in points) / sum((x - mx) ** 2 for x, _ in points)
    print('%-28s exponent %.2f, at most %d MB resident\n' % (name, slope, most // 1024), flush=True)


def main(arguments):
    programs = [a for a in arguments if os.path.exists(a)]
    steps = [a for a in arguments if a not in programs] or ['mix', 'speed', 'shapes']
    ours, gmime = programs[0], programs[1] if len(programs) > 1 else None
    with tempfile.TemporaryDirectory(prefix='decode-bench-') as folder:
        if 'mix' in steps or 'speed' in steps:
            print('%-28s %8s %8s %8s %8s' % ('MB/s of encoded bytes', 'MB', 'decoder', 'fresh', 'GMime'))
        if 'mix' in steps:
            for name, files in mix(folder):
                show_speed(name, ours, gmime, files)
        if 'speed' in steps:
            show_speed('ordinary mail', ours, gmime, list(ordinary(folder)))
        if 'shapes' in steps:
            print('\n%-28s %9s %10s %9s %9s %7s %5s' % ('', 'size', 'bytes', 'ms', 'fresh ms', 'parts', 'found'))
            for name, maker, sizes in SHAPES:
                show_shape(folder, ours, name, maker, sizes)


main(sys.argv[1:])

"""Containers with the test file inside, made with Python alone; and some made by Debian's tools where they are there."""
import base64
import binascii
import bz2
import gzip
import io
import lzma
import os
import shutil
import struct
import subprocess
import tarfile
import zipfile
import zlib


def zip_of(data, method, name="a.bin"):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        z.writestr(name, data)
    return out.getvalue()


def tar_of(data, format=tarfile.GNU_FORMAT):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=format) as t:
        info = tarfile.TarInfo("a.bin")
        info.size = len(data)
        t.addfile(info, io.BytesIO(data))
    return out.getvalue()


def cpio_newc(data):
    def entry(name, content):
        fields = [1, 0o100644, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0]
        head = b"070701" + b"".join(b"%08X" % f for f in fields) + name + b"\0"
        pad = lambda b: b + b"\0" * (-len(b) % 4)  # noqa: E731
        return pad(head) + pad(content)
    return entry(b"a.bin", data) + entry(b"TRAILER!!!", b"")


def ole2(data):
    """[MS-CFB]: one FAT sector, one directory sector, one stream of 4096 bytes in the ordinary sectors."""
    free, end, fat_mark = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    data = data.ljust(4096, b"\0")
    head = struct.pack("<8s16sHHHHH6xIIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6,
                       0, 1, 1, 0, 4096, end, 0, end, 0, 0)
    head = head.ljust(512, b"\xff")
    fat = [fat_mark, end] + list(range(3, 10)) + [end]
    fat = struct.pack("<128I", *(fat + [free] * (128 - len(fat))))

    def entry(name, kind, child, start, size):
        text = (name + "\0").encode("utf-16le")
        return (text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, free, free, child) + b"\0" * 36 +
                struct.pack("<IQ", start, size))
    directory = entry("Root Entry", 5, 1, end, 0) + entry("Contents", 2, free, 2, 4096)
    directory += (b"\0" * 66 + struct.pack("<BBIII", 0, 0, free, free, free) + b"\0" * 49)[:128].ljust(128, b"\0") * 2
    return head + fat + directory + data


def pdf(data):
    packed = zlib.compress(data)
    return (b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Names 2 0 R >>\nendobj\n"
            b"3 0 obj\n<< /Type /EmbeddedFile /Length " + str(len(packed)).encode() + b" /Filter /FlateDecode >>\n"
            b"stream\n" + packed + b"\nendstream\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n")


def tnef(data):
    def attribute(level, tag, content):
        return struct.pack("<BII", level, tag, len(content)) + content + struct.pack("<H", sum(content) & 0xFFFF)
    return (struct.pack("<IH", 0x223E9F78, 1) + attribute(1, 0x00089006, struct.pack("<I", 0x10000)) +
            attribute(2, 0x00069002, b"\1\0" + b"\xff" * 4 + b"\0" * 8) + attribute(2, 0x00018010, b"a.bin\0") +
            attribute(2, 0x0006800F, data))


def rar_stored(data):
    """RAR 4: a marker, an archive header, and one file that is stored."""
    def block(kind, flags, body, packed=b""):
        head = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
        return struct.pack("<H", zlib.crc32(head) & 0xffff) + head + packed
    name = b"file.txt"
    fields = struct.pack("<IIBIIBBHI", len(data), len(data), 3, zlib.crc32(data), 0, 29, 0x30, len(name), 0o644) + name
    return b"Rar!\x1a\x07\0" + block(0x73, 0, bytes(6)) + block(0x74, 0x8000, fields, data) + block(0x7b, 0x4000, b"")


def lha_stored(data):
    """Level 0, method -lh0-."""
    name = b"a.bin"
    body = b"-lh0-" + struct.pack("<IIIBB", len(data), len(data), 0, 0x20, 0) + bytes([len(name)]) + name + b"\0\0"
    return bytes([len(body), sum(body) & 0xFF]) + body + data + b"\0"


def html_data_url(data):
    return (b"<html><body><p>Hello</p><img src=\"data:application/octet-stream;base64," + base64.b64encode(data) +
            b"\"></body></html>\n")


def mail(content, encoding="base64"):
    coders = {
        "base64": base64.encodebytes,
        "quoted-printable": lambda d: b"=\n".join(b"".join(b"=%02X" % c for c in d[i:i + 24])
                                                  for i in range(0, len(d), 24)) + b"\n",
        "x-uuencode": lambda d: b"begin 644 a.bin\n" + b"".join(binascii.b2a_uu(d[i:i + 45])
                                                               for i in range(0, len(d), 45)) + b"`\nend\n",
    }
    return (b"From: a@example.org\nTo: b@example.org\nSubject: test\nMIME-Version: 1.0\n"
            b"Content-Type: multipart/mixed; boundary=\"bb\"\n\n--bb\nContent-Type: text/plain\n\nHello.\n"
            b"--bb\nContent-Type: application/octet-stream; name=\"a.bin\"\nContent-Transfer-Encoding: " +
            encoding.encode() + b"\n\n" + coders[encoding](content) + b"\n--bb--\n")


def nested(data, depth):
    for _ in range(depth):
        data = zip_of(data, zipfile.ZIP_DEFLATED)
    return data


def made_by_python(data):
    return {
        "zip-deflate": zip_of(data, zipfile.ZIP_DEFLATED),
        "zip-stored": zip_of(data, zipfile.ZIP_STORED),
        "zip-bzip2": zip_of(data, zipfile.ZIP_BZIP2),
        "zip-in-zip": nested(data, 8),
        "docx": zip_of(data, zipfile.ZIP_DEFLATED, "word/embeddings/oleObject1.bin"),
        "tar-gnu": tar_of(data),
        "tar-pax": tar_of(data, tarfile.PAX_FORMAT),
        "gz": gzip.compress(data),
        "bz2": bz2.compress(data),
        "xz": lzma.compress(data),
        "tar.gz": gzip.compress(tar_of(data)),
        "tar.xz": lzma.compress(tar_of(data)),
        "cpio": cpio_newc(data),
        "ole2": ole2(data),
        "pdf": pdf(data),
        "tnef": tnef(data),
        "lha": lha_stored(data),
        "html-data-url": html_data_url(data),
        "mail-base64": mail(data),
        "mail-quoted-printable": mail(data, "quoted-printable"),
        "mail-uuencode": mail(data, "x-uuencode"),
        "mail-in-mail": mail(mail(data)),
        "mail-zip": mail(zip_of(data, zipfile.ZIP_DEFLATED)),
        "mail-ole2": mail(ole2(data)),
        "mail-pdf": mail(pdf(data)),
        "mail-tnef": mail(tnef(data)),
    }


# name: (program, arguments with {out} and {in}, and where to stand)
TOOLS = {
    "7z": ("7z", ["a", "-bd", "{out}.7z", "{in}"], "{out}.7z"),
    "cab": ("gcab", ["-c", "{out}.cab", "{in}"], "{out}.cab"),
    "cab-mszip": ("gcab", ["-c", "-z", "{out}.cab", "{in}"], "{out}.cab"),
    "iso": ("xorriso", ["-as", "mkisofs", "-quiet", "-o", "{out}.iso", "{in}"], "{out}.iso"),
    "arj": ("arj", ["a", "-y", "{out}.arj", "{in}"], "{out}.arj"),
}


def made_by_tools(data, folder):
    """(samples, [what is missing])."""
    samples, missing = {}, []
    source = os.path.join(folder, "a.bin")
    with open(source, "wb") as f:
        f.write(data)
    for name, (program, arguments, result) in TOOLS.items():
        if shutil.which(program) is None:
            missing.append(f"{name} (no {program})")
            continue
        names = {"out": os.path.join(folder, "tool-" + name), "in": "a.bin"}
        subprocess.run([program] + [a.format(**names) for a in arguments], cwd=folder, check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(result.format(**names), "rb") as f:
            samples[name] = f.read()
    os.unlink(source)
    return samples, missing

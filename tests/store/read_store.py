"""A second reader of stores, made from the manual page cordon-store(5) alone: what it can't read, the page does not say.

Digests and the chain need nothing beside Python. Signatures and what is encrypted need python3-nacl, contents the zstd
program too.
"""
import base64
import collections
import hashlib
import os
import struct
import subprocess

try:
    from nacl import bindings as sodium
except ImportError:
    sodium = None

SEGMENT, HEADER, SLOT, HEAD, PIECE = 256, 112, 88, 256, 65536
MESSAGE, PART, TOMBSTONE, NOTE, SLOTS = 1, 2, 3, 4, 5
Record = collections.namedtuple("Record", "kind sequence time state meta slots content digest")


class Damage(Exception):
    pass


def need(condition, text):
    if not condition:
        raise Damage(text)


def digest(data):
    return hashlib.blake2b(data, digest_size=32).digest()


def check_signature(signer, text, signature, what):
    if sodium is None:
        return
    try:
        sodium.crypto_sign_open(signature + text, signer)
    except Exception as error:
        raise Damage(f"{what}: signature") from error


# --- Without any key ---

def read_segment_header(data):
    need(len(data) >= SEGMENT and data[:8] == b"cordsegm", "no segment")
    version, reserved = struct.unpack_from("<II", data, 8)
    need(version == 1 and reserved == 0 and data[120:160] == bytes(40), "segment: version or reserved bytes")
    need(digest(data[:160]) == data[160:192], "segment: digest")
    check_signature(data[88:120], data[:192], data[192:256], "segment")
    number, first, _ = struct.unpack_from("<QQQ", data, 32)
    return {"store": data[16:32], "number": number, "first": first, "previous": data[56:88], "signer": data[88:120]}


def read_head(data):
    need(len(data) == HEAD and data[:8] == b"cordhead", "no head")
    version, reserved = struct.unpack_from("<II", data, 8)
    need(version == 1 and reserved == 0 and data[144:192] == bytes(48), "head: version or reserved bytes")
    check_signature(data[104:136], data[:192], data[192:256], "head")
    commit, segment, size, sequence, _ = struct.unpack_from("<QQQQQ", data, 32)
    oldest, = struct.unpack_from("<Q", data, 136)
    return {"store": data[16:32], "commit": commit, "segment": segment, "size": size, "sequence": sequence,
            "digest": data[72:104], "signer": data[104:136], "oldest": oldest}


def read_frame(data, at):
    """(record, digest of the one before, where the next begins)"""
    header = data[at:at + HEADER]
    need(len(header) == HEADER and header[:4] == b"cfrm", "no frame")
    need(digest(header[:80]) == header[80:112], "frame: digest of the header")
    version, kind, slots, reserved = header[4:8]
    sequence, time, size, meta, reserved_too, content = struct.unpack_from("<QQQIIQ", header, 8)
    need(version == 1 and reserved == 0 and reserved_too == 0 and 1 <= kind <= 5 and slots <= 16, "frame: header")
    need(meta <= 1048576 and content <= 4294967296, "frame: sizes")
    need(size == HEADER + meta + SLOT * slots + content + 32 and at + size <= len(data), "frame: size")
    frame = data[at:at + size]
    body, end = frame[HEADER:-32], frame[-32:]
    state = "whole"
    if digest(frame[:-32]) != end:
        need(body and body == bytes(len(body)) and end != bytes(32), f"record {sequence}: altered")
        state = "erased"
    record = Record(kind, sequence, time, state, body[:meta], body[meta:meta + SLOT * slots],
                    body[meta + SLOT * slots:], end)
    return record, header[48:80], at + size


def read_tombstone(record, store, signer):
    count, = struct.unpack_from("<Q", record.content)
    listed, signature = record.content[:-64], record.content[-64:]
    need(len(listed) == 8 + 40 * count, "tombstone: size")
    check_signature(signer, b"cordtomb" + store + digest(listed), signature, "tombstone")
    return {(struct.unpack_from("<Q", listed, 8 + 40 * i)[0], listed[16 + 40 * i:48 + 40 * i]) for i in range(count)}


def read_store(folder, head_path):
    """(head, records by sequence) of a store that is whole; else Damage. Gaps that an operator accepted aside."""
    with open(head_path, "rb") as file:
        slots = file.read()
    need(len(slots) == 2 * HEAD, "head: size")
    heads = [read_head(slot) for slot in (slots[:HEAD], slots[HEAD:]) if slot != bytes(HEAD)]
    need(heads, "no head")
    head = max(heads, key=lambda one: one["commit"])
    need(len(heads) == 2 or head["commit"] == 1, "head: a slot is gone")
    names = sorted(os.listdir(os.path.join(folder, "segments")))
    need(len(names) == head["segment"] - head["oldest"] + 1, f"segments are {names}")
    need(names == [f"{n:08}.seg" for n in range(head["oldest"], head["segment"] + 1)], f"segments are {names}")
    previous, expected, records, dead, erased = None, None, {}, set(), set()
    for number, name in enumerate(names, head["oldest"]):
        with open(os.path.join(folder, "segments", name), "rb") as file:
            data = file.read()
        segment = read_segment_header(data)
        need(segment["number"] == number and segment["store"] == head["store"], f"{name}: another's")
        need(segment["signer"] == head["signer"], f"{name}: another signer")
        need(previous in (None, segment["previous"]) and expected in (None, segment["first"]), f"{name}: chain")
        previous, expected, at = segment["previous"], segment["first"], SEGMENT
        if number == head["segment"]:
            need(len(data) >= head["size"], f"{name}: shorter than the head says")
            data = data[:head["size"]]
        while at < len(data):
            record, before, at = read_frame(data, at)
            need(before == previous and record.sequence == expected, f"{name}: chain at record {record.sequence}")
            previous, expected = record.digest, expected + 1
            records[record.sequence] = record
            if record.state == "erased":
                erased.add((record.sequence, record.digest))
            elif record.kind == TOMBSTONE:
                dead |= read_tombstone(record, head["store"], head["signer"])
    need(previous == head["digest"] and expected == head["sequence"] + 1, "the end is not the head's")
    need(erased <= dead, f"erased without a tombstone: {erased - dead}")
    return head, records


# --- With keys ---

def read_key(path, word):
    with open(path, encoding="ascii") as file:
        said, letters = file.read().split()
    assert said == word
    return base64.b64decode(letters, validate=True)


def derive(root, number):
    return hashlib.blake2b(b"", digest_size=32, key=root, salt=struct.pack("<QQ", number, 0),
                           person=b"cordonst" + bytes(8)).digest()


def read_meta(record, root, store):
    if not record.meta:
        return []
    plain = sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
        record.meta[24:], store + bytes([record.kind]), record.meta[:24], derive(root, 1))
    fields, at = [], 0
    while at < len(plain):
        number, size = struct.unpack_from("<HH", plain, at)
        fields.append((number, plain[at + 4:at + 4 + size]))
        at += 4 + size
    assert at == len(plain)
    return fields


def find_key(records, record, secret, root, store):
    """The content key of a record: from its own slots, or from later ones."""
    public = sodium.crypto_scalarmult_base(secret)
    slots = record.slots
    for later in records.values():
        if later.kind == SLOTS and (43, struct.pack("<Q", record.sequence)) in read_meta(later, root, store):
            slots += later.slots
    for at in range(0, len(slots), SLOT):
        if slots[at:at + 8] == digest(public)[:8]:
            return sodium.crypto_box_seal_open(slots[at + 8:at + SLOT], public, secret)
    raise KeyError(record.sequence)


def read_plain(content, key):
    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, content[:24], key)
    packed, rest = b"", content[24:]
    while rest:
        piece, tag = sodium.crypto_secretstream_xchacha20poly1305_pull(state, rest[:PIECE + 17])
        rest = rest[PIECE + 17:]
        need(tag == (0 if rest else 3), "content: cut off")
        packed += piece
    return subprocess.run(["zstd", "-dcq"], input=packed, capture_output=True, check=True).stdout


def read_content(records, sequence, secret, root, store):
    record = records[sequence]
    plain = read_plain(record.content, find_key(records, record, secret, root, store))
    if record.kind == PART:
        return plain
    message, at = b"", 0
    while at < len(plain):
        if plain[at:at + 1] == b"B":
            size, = struct.unpack_from("<Q", plain, at + 1)
            message += plain[at + 9:at + 9 + size]
            at += 9 + size
        else:
            assert plain[at:at + 1] == b"P"
            part, size = struct.unpack_from("<QQ", plain, at + 1)
            piece = read_content(records, part, secret, root, store)
            assert len(piece) == size
            message += piece
            at += 17
    return message

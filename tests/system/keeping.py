"""A caller of the keeper's socket that shares no code with ours: pool_call's packets and keep.h's structs by hand."""
import fcntl
import os
import socket
import struct
import time

POOL_MAGIC = 0x435244504f4f4c31
KEEP_MAGIC = 0x4352444b45455031
PUT, CHANGE, SLOTS, REINDEX = 1, 2, 3, 4
DELETE, HOLD, UNHOLD, NOTE = 0, 1, 2, 3
DONE, REFUSED, FAILED = 1, 2, 3
OUTCOMES = {1: "answered", 5: "not started"}
SENDER, RECIPIENT, SUBJECT, SIZE, PART, WHAT, WHO, ABOUT = 1, 2, 13, 16, 19, 40, 41, 43
INFECTED = 5
SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE


def memory(data, seals=SEALS):
    fd = os.memfd_create("test", os.MFD_ALLOW_SEALING | os.MFD_CLOEXEC)
    os.write(fd, data)
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, seals)
    return fd


def meta(*fields):
    """(number, bytes, text or number) each."""
    out = b""
    for number, value in fields:
        if isinstance(value, int):
            value = struct.pack("<Q", value)
        if isinstance(value, str):
            value = value.encode()
        out += struct.pack("<HH", number, len(value)) + value
    return out


def papers(fields=(), rest=b"", count=0):
    text = meta(*fields) if not isinstance(fields, bytes) else fields
    return struct.pack("<II", len(text), count) + text + rest


def parts(*ranges):
    return b"".join(struct.pack("<QQ", *r) for r in ranges)


def job(kind, store, change=0, category=INFECTED, offset=0, magic=KEEP_MAGIC):
    name = store if isinstance(store, bytes) else store.encode().ljust(32, b"\0")
    return struct.pack("<QIIII", magic, kind, change, category, offset) + name


class Answer:
    def __init__(self, data):
        magic, self.outcome, self.code, self.sequence, text = struct.unpack("<QIiQ256s", data)
        assert magic == KEEP_MAGIC, data
        self.text = text.split(b"\0")[0].decode()

    def __repr__(self):
        return f"outcome {self.outcome} code {self.code} sequence {self.sequence}: {self.text}"


class Keeper:
    """A connection to run_directory/keeper.sock."""

    def __init__(self, path, seconds=30):
        self.seconds, self.patience = seconds, seconds
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(seconds)
        self.socket.connect(path)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.socket.close()

    def ask(self, data, fds=()):
        """The answer, or None where it was not done at all. The descriptors are closed."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours:
            ours.settimeout(self.patience)
            with theirs:
                deadline = int((time.monotonic() + self.seconds) * 1000)
                socket.send_fds(self.socket, [struct.pack("<Qq", POOL_MAGIC, deadline) + data], [theirs.fileno(), *fds])
            for fd in fds:
                os.close(fd)
            reply = ours.recv(131072)
        if not reply:
            return None
        magic, outcome, _, _, size = struct.unpack("<QIiII", reply[:24])
        assert magic == POOL_MAGIC and size == len(reply) - 24, reply
        return Answer(reply[24:]) if outcome == 1 else None

    def put(self, store, message, fields=((SENDER, "a@client.test"), (SUBJECT, "a test")), ranges=(), **options):
        fields = [*fields, (SIZE, len(message) - options.get("offset", 0))]
        return self.ask(job(PUT, store, **options),
                        [memory(message), memory(papers(fields, parts(*ranges), len(ranges)))])

    def change(self, store, kind, *about, what="delete", who="test"):
        fields = [(WHAT, what), (WHO, who)] + [(ABOUT, number) for number in about]
        return self.ask(job(CHANGE, store, change=kind), [memory(papers(fields))])

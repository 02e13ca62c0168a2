#!/usr/bin/env python3
"""What real readers rebuild and the decoder does not: ask_readers.py [COUNT [SEED]]

Takes the messages of more.py, puts one to three oddities into each (a character, a line end, a line twice or not at all),
asks every reader of mail that is installed what files it finds, and scans them. Where one finds the test file and the
answer is not `infected`, the message stays in ./missed. Not a part of the test run: what it finds becomes a class there.
"""
import email
import email.policy
import os
import random
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "system")]
import blocks  # noqa: E402
import more  # noqa: E402
from rig import Rig  # noqa: E402
from test_evasion import configuration, scan, Wire  # noqa: E402

BATCH = 500
SIZE_MOST = 20000
ODDITIES = [b"\0", b"\r", b"\n", b"\r\n", b" ", b"\t", b"\x0b", b"\x0c", b"\x85", b"\xa0", b"\xef\xbb\xbf", b"\x1a", b";", b":", b"=", b'"',
            b"'", b"(", b")", b"()", b"\\", b"<", b">", b"--", b"=?", b"?=", b"%", b"*", b"*0=", b",", b"/", b"-", b"\r\n ", b"\r\n\t",
            b"\r\n\r\n", b" \r\n", b"\n\n", b"\r\r\n", b"\n\r", b"\r\n>From x\r\n", b"\r\nX\r\n", b"\r\n: x\r\n"]


def put_character(chance, data):
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.choice(ODDITIES) + data[at:]


def drop_character(chance, data):
    at = chance.randrange(len(data) + 1)
    return data[:at] + data[at + 1:]


def change_line_end(chance, data):
    lines = data.split(b"\r\n")
    at = chance.randrange(len(lines))
    return b"\r\n".join(lines[:at]) + chance.choice(ODDITIES) + b"\r\n".join(lines[at:])


def change_line(chance, data):
    lines = data.split(b"\r\n")
    at = chance.randrange(len(lines))
    lines[at:at + 1] = chance.choice(([], [lines[at]] * 2, [lines[at].upper()], [lines[at].lower()], [b" " + lines[at]]))
    return b"\r\n".join(lines)


def with_oddities(chance, data):
    for _ in range(chance.randint(1, 3)):
        data = chance.choice((put_character, drop_character, change_line_end, change_line))(chance, data)
    return data


# --- Readers: each takes paths, and returns those in which it found the file ---
def read_by_python(paths, policy):
    for path in paths:
        with open(path, "rb") as f:
            try:
                parts = email.message_from_binary_file(f, policy=policy).walk()
                found = any((p.get_payload(decode=True) or b"").startswith(blocks.EICAR) for p in parts)
            except Exception:  # noqa: BLE001 - it is a reader that dies of odd mail
                found = False
        if found:
            yield path


def read_by_program(paths, program):
    """The program reads pairs of a path and the file's bytes, and names what it finds them in."""
    done = subprocess.run(program, input="\n".join(paths) + "\n", capture_output=True, text=True, timeout=600,
                          env=dict(os.environ, WANTED=blocks.EICAR.hex()))
    return [line for line in done.stdout.splitlines() if line in paths]


GMIME = """
import os, sys, gi
gi.require_version("GMime", "3.0")
from gi.repository import GMime
GMime.init()
wanted = bytes.fromhex(os.environ["WANTED"])
def has(part):
    if isinstance(part, GMime.Multipart):
        return any(has(part.get_part(i)) for i in range(part.get_count()))
    if isinstance(part, GMime.MessagePart):
        return part.get_message() is not None and has(part.get_message().get_mime_part())
    if not isinstance(part, GMime.Part) or part.get_content() is None:
        return False
    stream = GMime.StreamMem.new()
    part.get_content().write_to_stream(stream)
    return bytes(stream.get_byte_array()).startswith(wanted)
for path in sys.stdin.read().split():
    message = GMime.Parser.new_with_stream(GMime.StreamMem.new_with_buffer(open(path, "rb").read())).construct_message(None)
    if message is not None and has(message.get_mime_part()):
        print(path)
"""
MIME_TOOLS = """
use MIME::Parser; my $wanted = pack("H*", $ENV{WANTED});
sub has { my $e = shift; my $b = $e->bodyhandle; return 1 if $b && index($b->as_string, $wanted) == 0; $_ && has($_) && return 1 for $e->parts; 0 }
while (my $path = <STDIN>) { chomp $path; my $p = MIME::Parser->new; $p->output_to_core(1); $p->tmp_to_core(1); $p->extract_uuencode(1);
  $p->extract_nested_messages(1); my $e = eval { $p->parse_open($path) }; print "$path\\n" if $e && has($e); }
"""
READERS = {
    "Python": lambda paths: read_by_python(paths, email.policy.compat32),
    "Python, default policy": lambda paths: read_by_python(paths, email.policy.default),
    "GMime": lambda paths: read_by_program(paths, ["/usr/bin/python3", "-c", GMIME]),
    "MIME-tools": lambda paths: read_by_program(paths, ["perl", "-e", MIME_TOOLS]),
}


def make(folder, seeds, numbers):
    paths = []
    for number in numbers:
        chance = random.Random(number)
        with open(chance.choice(seeds), "rb") as f:
            data = with_oddities(chance, f.read())
        paths.append(os.path.join(folder, f"{number}.eml"))
        with open(paths[-1], "wb") as out:
            out.write(data)
    return paths


def main():
    count, seed = (int(a) for a in (sys.argv[1:] + ["2000", "1"])[:2])
    found_count, missed = 0, 0
    with Rig() as rig:
        _, text = configuration(rig, {"after-queue": Wire(rig)})
        cordon = rig.cordon(text)
        folder = rig.path("seeds")
        rows = more.generate(folder)
        seeds = [p for r in rows if r[3] == "infected" and os.path.getsize(p := os.path.join(folder, r[2])) < SIZE_MOST]
        for at in range(seed, seed + count, BATCH):
            with tempfile.TemporaryDirectory() as batch:
                paths = make(batch, seeds, range(at, min(at + BATCH, seed + count)))
                found = {}
                for name, read in READERS.items():
                    for path in read(paths):
                        found.setdefault(path, []).append(name)
                found_count += len(found)
                for path, row in scan(cordon, paths).items():
                    if path in found and row["verdict"] != "infected":
                        missed += 1
                        os.makedirs("missed", exist_ok=True)
                        os.replace(path, os.path.join("missed", os.path.basename(path)))
                        print(f"{os.path.basename(path)}: {row['verdict']}; found by {', '.join(found[path])}", flush=True)
    print(f"{count} messages, the file found in {found_count} by some reader, {missed} missed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

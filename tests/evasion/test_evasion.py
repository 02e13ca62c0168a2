"""Whatever any program could unpack is found: every message of the evasion catalogue, through the real daemon.

A generator is a module beside this one with a function generate(folder), which writes messages and manifest.tsv (columns id, class,
file, expected, notes; expected is infected, unscannable or benign), and perhaps a table REASONS: id -> the reasons that are right
where it is unscannable. Each is run; names on the command line choose among them (`generate`). The signature is the official one's
kind: it stands for the test file at the very start of a file, so only what was rebuilt byte for byte is found.
"""
import collections
import concurrent.futures
import glob
import importlib
import json
import os
import re
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "system"))
from rig import Client, Rig, eicar, free_port  # noqa: E402

BATCHES = 2
REASONS = {  # of tests/evasion/generate.py
    "A36": {"encrypted"}, "U20": {"encrypted"}, "Z29": {"encrypted"}, "Z30": {"encrypted"}, "Z31": {"encrypted"},
    "S29": {"limit"}, "Z34": {"limit"}, "Z44": {"limit"}, "Z45": {"limit"},
    "S32": {"unsupported"}, "Z07": {"unsupported"}, "Z43": {"unsupported", "damaged"},
}
OPENED = {"Z29", "Z31"}  # encrypted, with the password in the message: they may be opened, and then a twin is clean

Case = collections.namedtuple("Case", "module number kind path expected is_twin reasons")


def generators():
    names = sorted(os.path.basename(p)[:-3] for p in glob.glob(os.path.join(HERE, "*.py")))
    modules = [importlib.import_module(n) for n in names if not n.startswith("test_")]
    return [m for m in modules if hasattr(m, "generate")]


def cases_of(module, folder):
    module.generate(folder)
    with open(os.path.join(folder, "manifest.tsv"), encoding="utf-8") as f:
        rows = [line.rstrip("\n").split("\t") for line in f][1:]
    reasons = dict(REASONS if module.__name__ == "generate" else {}, **getattr(module, "REASONS", {}))
    return [Case(module.__name__, r[0], r[1], os.path.join(folder, r[2]), r[3], ".twin." in r[2], reasons.get(r[0])) for r in rows]


def scan(cordon, paths):
    """The answers of `cordon scan` by path; an answer for each path or none at all."""
    def batch(part):
        done = cordon.cli("scan", "--json", "--config", cordon.path, *part)
        assert done.stderr == "", done.stderr[:2000]
        return [json.loads(line) for line in done.stdout.splitlines()]
    parts = [paths[i::BATCHES] for i in range(BATCHES) if paths[i::BATCHES]]
    with concurrent.futures.ThreadPoolExecutor(BATCHES) as pool:
        rows = {row["path"]: row for rows in pool.map(batch, parts) for row in rows}
    assert sorted(rows) == sorted(paths), "one answer for each message"
    return rows


def is_right_reason(case, row):
    found = {r.split(":")[0] for r in row["reasons"]}
    return case.reasons is None or bool(found & case.reasons)


def mistake(case, row):
    """What is wrong with an answer; None if nothing is."""
    verdict = row["verdict"]
    if case.expected == "infected":
        return None if verdict == "infected" else "missed"
    if verdict in ("banned", "unscanned"):
        return "no answer of use"
    # A name of the library's own heuristics speaks of how the file is built, and that is what the twin has in common.
    if case.is_twin and verdict == "infected" and not all(n.startswith("Heuristics.") for n in row["names"]):
        return "a false alarm"
    if case.expected != "unscannable" or verdict == "infected" or (case.is_twin and case.number in OPENED):
        return None
    if verdict != "unscannable":
        return "what nobody can look into is not said to be so"
    return None if is_right_reason(case, row) else f"not for the right reason, {case.reasons}"


def check_messages(cordon, cases):
    begun = time.monotonic()
    rows = scan(cordon, [c.path for c in cases])
    wrong, verdicts = [], collections.Counter()
    for case in cases:
        row = rows[case.path]
        what = mistake(case, row)
        verdicts[("twin" if case.is_twin else case.expected) + " " + row["verdict"]] += 1
        if what is not None:
            wrong.append(f"{case.module} {os.path.basename(case.path)} ({case.kind}): {what}: {row['verdict']} {row['reasons']}")
    print(f"        {len(cases)} messages in {time.monotonic() - begun:.1f} s: " +
          ", ".join(f"{count} {name}" for name, count in sorted(verdicts.items())))
    return wrong


class Wire:
    """A next hop that also keeps what came over the wire, as it came, between 354 and the end."""

    def __init__(self, rig):
        self.bytes = b""
        self.sink = rig.sink(faults=self.look)

    def look(self, stage, session, argument):
        if stage == "body":
            self.bytes = argument
        return None


def send(port, stream):
    """The reply to a stream that follows DATA. Whatever else was in it must not have been understood as commands."""
    with Client(("127.0.0.1", port), timeout=60) as c:
        c.hello()
        c.expect("MAIL FROM:<a@client.test>", 250)
        c.expect("RCPT TO:<b@example.test>", 250)
        c.expect("DATA", 354)
        c.send(stream)
        reply = c.reply()
        c.expect("QUIT", 221)
        return reply


def check_stream(case, mode, port, wire):
    before = len(wire.sink.messages)
    with open(case.path, "rb") as f:
        stream = f.read()
    wire.bytes = b""
    reply = send(port, stream)
    passed = wire.sink.messages[before:]
    name = f"{case.module} {os.path.basename(case.path)} ({case.kind}), {mode}"
    if reply[:1] not in "25" or (mode == "after-queue" and not reply.startswith("250")):
        return f"{name}: {reply}"
    if len(passed) > 1 or (passed and not reply.startswith("250")):
        return f"{name}: {len(passed)} messages and {reply}"
    if re.search(rb"\r(?!\n)|(?<!\r)\n", wire.bytes) or wire.bytes.count(b"\r\n.\r\n") > 1:
        return f"{name}: the next hop may see another end"
    if any(m.sender != "a@client.test" for m in wire.sink.messages):
        return f"{name}: a second envelope"
    if case.expected == "infected" and (passed or reply != "250 2.0.0 discarded"):  # which only what is infected is
        return f"{name}: missed: {reply}"
    if case.expected == "benign" and len(passed) != 1:
        return f"{name}: a false alarm: {reply}"
    return None


def configuration(rig, wires):
    os.makedirs(rig.path("signatures"))
    rig.write("signatures/eicar.ndb", f"Test.Eicar:0:0:{eicar().hex()}\n")
    ports = {mode: free_port() for mode in wires}
    listeners = "".join(f'{mode.split("-")[0]}: {{ protocol = "smtp"; address = "127.0.0.1:{port}"; mode = "{mode}"; '
                        f'next_hop = "smtp://127.0.0.1:{wires[mode].sink.port}"; }};\n' for mode, port in ports.items())
    return ports, (f'listen: {{ {listeners} }};\nscanner: {{ engine: {{ type = "clamav"; signatures = "{rig.path("signatures")}"; }}; }};\n'
                   'policy: { infected = ["discard", "forget"]; };\n')


def main():
    begun, wrong, count = time.monotonic(), [], 0
    modules = [m for m in generators() if not sys.argv[1:] or m.__name__ in sys.argv[1:]]
    with Rig() as rig:
        wires = {mode: Wire(rig) for mode in ("before-queue", "after-queue")}
        ports, text = configuration(rig, wires)
        cordon = rig.cordon(text)
        for module in modules:
            cases = cases_of(module, rig.path(module.__name__))
            streams = [c for c in cases if c.path.endswith(".smtp")]
            wrong += check_messages(cordon, [c for c in cases if c not in streams])
            wrong += [w for c in streams for mode in wires if (w := check_stream(c, mode, ports[mode], wires[mode]))]
            count += len(cases) + len(streams)  # a stream is sent in both modes
    for line in wrong:
        print(f"FAILED  {line}")
    print(f"{count - len(wrong)} passed, {len(wrong)} failed ({time.monotonic() - begun:.1f} s)")
    return 1 if wrong or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())

"""Each scanner type x each fault x each requirement: where nobody whose answer counts has judged a message it is
unscanned, which makes it wait (truth_test), and the reason is the right one; where others have, it is theirs to judge.

The scanner under test answers canaries well, but misbehaves over a mail with a word in it that its stand-in obeys.
"""
import contextlib
import copy
import os
import re
import signal
import socket
import struct
import sys
import threading
import time
import uuid

from probe import Probe
from rig import BUILD, Rig, eicar, wait_for
from test_icap import Standin, finds
from test_socket import Daemon, fpscand, template

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "system"))
from peers import signature_folder  # noqa: E402

PROGRAMS = "games"
TIMEOUT_S = 2.5  # eight types at once on a busy machine answer within it, and SLOW_S is far beyond it
SLOW_S = 5.0
ENGINE_TIMEOUT_S = 6
LONG_BYTES = 24000000  # an engine takes its time for it
WORD = re.compile(rb"DO([a-z]+)DO")

# What its answer must say, by fault and type; None: that type can't have the fault.
FAULTS = {
    #           network's        command                     communigate               engines
    "refused": ("refused",       "cannot execute|No such",   "helper",                 "is gone|not there"),
    "silent":  ("timed out",     "timeout",                  "timeout",                "timeout"),
    "dribble": ("timed out",     "timeout",                  "timeout",                None),
    "slow":    ("timed out",     "timeout",                  "timeout",                None),
    "close":   ("closed",        "unknown",                  "without an answer",      None),
    "garbage": ("unknown reply|does not speak|more behind its reply", "unknown", "unknown answer", None),
    "error":   ("it reports|clamd reports|500|no licence|unknown reply: 32", "the licence has expired", "unknown answer: FAILURE", None),
    "status":  (None,            "exit status 77",           None,                     None),
    "signal":  (None,            "ended by signal 11",       "without an answer",      "ended by a signal|not be started"),
    "half":    ("it reports|clamd reports|500|no licence|unknown reply: 32", "the licence has expired", "unknown answer: FAILURE", None),
    "alter":   (None,            "tampered.*another size",   "tampered",               None),
    "remove":  (None,            "tampered.*not there",      "tampered",               None),
    "blind":   ("canary missed", "canary missed",            "canary missed",          "canary missed|self-test"),
}
KINDS = {"clamd": 0, "icap": 0, "plugin": 0, "socket": 0, "command": 1, "communigate": 2, "clamav": 3, "yara": 3}

# Name, `require`, who else is there, and whether the requirement is met without the scanner under test. `bad` never
# answers, `good` always does, and so does the backup.
REQUIREMENTS = [
    ("any", '"any"', "", False),
    ("any+backup", '"any"', "backup", True),
    ("all", '"all"', "good", False),
    ("all+backup", '"all"', "good backup", True),
    ("2", "2", "bad good", False),
    ("2+backup", "2", "bad good backup", True),
]


def word_of(whole):
    found = WORD.search(whole)
    return found.group(1).decode() if found else "honest"


class Door:
    """A port that can be shut. Calls play(connection, file) in a thread for each connection."""

    def __init__(self, rig, play):
        self.play, self.closing, self.port = play, threading.Event(), 0
        self.open()
        rig.stack.callback(self.shut)
        rig.stack.callback(self.closing.set)

    def open(self):
        self.listener = socket.create_server(("127.0.0.1", self.port), reuse_port=False)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def shut(self):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def accept(self, listener):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with contextlib.suppress(OSError, ValueError, struct.error, AttributeError, AssertionError), connection, connection.makefile("rb") as f:
            self.play(connection, f)

    def say(self, connection, whole, clean, infected, error, garbage=b"SSH-2.0-OpenSSH\r\n\0", is_blind=False):
        """The judgement, or what the whole has a word for."""
        word = word_of(whole)
        if word == "silent":
            self.closing.wait(20)
        elif word == "dribble":
            while not self.closing.wait(0.05):
                connection.sendall(b"x")
        elif word == "garbage":
            connection.sendall(garbage)
        elif word in ("error", "half"):
            connection.sendall(error)
        elif word != "close":
            if word == "slow":
                self.closing.wait(SLOW_S)
            connection.sendall(infected if finds(whole) and not is_blind else clean)


class Network:
    """A scanner on a port. `blind`: it finds nothing any more."""

    def __init__(self, rig):
        self.blind, self.door = False, Door(rig, self.play)

    def settings(self, rig):
        return f'type = "{self.TYPE}"; address = "127.0.0.1:{self.door.port}";'

    def refuse(self, probe, on):
        del probe
        (self.door.shut if on else self.door.open)()


class ClamdType(Network):
    TYPE = "clamd"

    def play(self, c, f):
        command = b""
        while not command.endswith(b"\0"):
            byte = f.read(1)
            if not byte:
                return
            command += byte
        if command == b"zVERSION\0":
            c.sendall(b"ClamAV 1.0.0/1/Thu Nov 26 00:00:00 2026\0")
            return
        whole = b""
        while size := struct.unpack(">I", f.read(4))[0]:
            whole += f.read(size)
        self.door.say(c, whole, b"stream: OK\0", b"stream: Eicar-Test FOUND\0", b"stream: cannot open a file ERROR\0",
                      is_blind=self.blind)


class PluginType(Network):
    TYPE = "plugin"

    def play(self, c, f):
        assert f.readline() == b"cordon-plugin 1\n"
        c.sendall(b"cordon-plugin 1\n")
        for line in f:
            if line == b"version\n":
                c.sendall(b"version 7 Stand-in\n")
                continue
            whole = f.read(int(line.split()[1]))
            self.door.say(c, whole, b"clean\n", b"infected Eicar-Test\n", b"failed no licence\n", is_blind=self.blind)
            if word_of(whole) == "close":
                return


class IcapType(Network):
    TYPE = "icap"

    class Play(Standin):
        def __init__(self, kind):
            self.kind, self.act, self.tag, self.preview, self.seen, self.closing = kind, "honest", "one", None, [], None

        def reply(self, connection, whole, found):
            word = word_of(whole)
            mine = copy.copy(self)
            mine.closing = self.kind.door.closing
            mine.act = {"silent": "hang", "half": "error"}.get(word, word)
            if word == "slow":
                mine.closing.wait(SLOW_S)
            Standin.reply(mine, connection, whole, found and not self.kind.blind)

    def play(self, c, f):
        IcapType.Play(self).talk(c, f)


class SocketType(Network):
    TYPE = "socket"

    class Play(Daemon):
        def __init__(self, kind):
            self.kind, self.act, self.closing = kind, "honest", kind.door.closing

        def judge(self, connection, whole, replies, error):
            word = word_of(whole)
            mine = copy.copy(self)
            mine.act = {"silent": "hang", "half": "error"}.get(word, "honest" if word == "slow" else word)
            if self.kind.blind and mine.act == "honest":
                mine.act = "blind"
            if word == "slow":
                self.closing.wait(SLOW_S)
            Daemon.judge(mine, connection, whole, replies, error)

    def play(self, c, f):
        fpscand(SocketType.Play(self), c, f)

    def settings(self, rig):
        return f'@include "{template(rig, "fpscand")}"\n        address = "127.0.0.1:{self.door.port}";'


class Program:
    """A scanner that is a program; files beside it make it blind."""

    def __init__(self, rig):
        self.flag = rig.path("blind")
        self.path = rig.write(self.TYPE + "-program", self.text(rig))
        os.chmod(self.path, 0o755)

    @property
    def blind(self):
        return os.path.exists(self.flag)

    @blind.setter
    def blind(self, on):
        if on:
            open(self.flag, "w").close()
        elif self.blind:
            os.unlink(self.flag)

    def settings(self, rig):
        return f'type = "{self.TYPE}"; user = "{PROGRAMS}"; command = [{self.command()}]; {self.MORE}'


class CommandType(Program):
    TYPE = "command"
    MORE = 'delivery = "shared"; clean = ["^CLEAN$"]; failed = ["licence has expired"]; name_pattern = ": (.+) FOUND$";'

    def command(self):
        return f'"{self.path}", "{{}}"'

    def text(self, rig):
        return r'''#!/bin/sh
f=$1
case $(grep -aoE 'DO[a-z]+DO' "$f" | head -n 1) in
DOstatusDO) exit 77 ;;
DOsignalDO) kill -SEGV $$ ;;
DOsilentDO) exec sleep 20 ;;
DOdribbleDO) while :; do printf x; sleep 0.05; done ;;
DOslowDO) sleep SLOW ;;
DOcloseDO) exit 0 ;;
DOgarbageDO) echo "SSH-2.0-OpenSSH"; exit 0 ;;
DOerrorDO|DOhalfDO) echo "the licence has expired"; echo CLEAN; exit 0 ;;
DOalterDO) chmod u+w "$f"; echo x >> "$f" ;;
DOremoveDO) rm -f "$f" ;;
esac
[ -e FLAG ] && { echo CLEAN; exit 0; }
if { cat "$f"; tr -d '\r' < "$f" | grep -aE '^[A-Za-z0-9+/=]{60,}$' | base64 -di 2>/dev/null; } 2>/dev/null | grep -qa 'EICAR-STANDARD'; then
    echo "$f: Found.It FOUND"
    exit 1
fi
echo CLEAN
'''.replace("EICAR-STANDARD", "EICAR-STAN" "DARD").replace("SLOW", str(SLOW_S)).replace("FLAG", self.flag)

    def refuse(self, probe, on):
        del probe
        os.rename(self.path if on else self.path + ".away", self.path + ".away" if on else self.path)


class CommunigateType(Program):
    TYPE = "communigate"
    MORE = 'input = "parts";'

    def command(self):
        return f'"/usr/bin/python3", "{self.path}"'

    def text(self, rig):
        return r'''
import base64, os, re, signal, sys, threading, time
MARK = b"EICAR-STAN" + b"DARD-ANTIVIRUS-TEST"
lock = threading.Lock()


def say(text):
    with lock:
        os.write(1, text.encode() + b"\n")


def scan(number, path):
    data = open(path, "rb").read()
    for run in re.findall(rb"(?:^[A-Za-z0-9+/=]{4,}\r?$\n?)+", data, re.M):
        try:
            data += base64.b64decode(re.sub(rb"\s", b"", run) + b"===")
        except ValueError:
            pass
    word = re.search(rb"DO([a-z]+)DO", data)
    word = word.group(1).decode() if word else ""
    if word == "silent":
        return
    if word == "dribble":
        while True:
            os.write(1, b"x")
            time.sleep(0.05)
    if word in ("close", "signal"):
        os.kill(os.getpid(), signal.SIGKILL if word == "signal" else signal.SIGTERM)
        return
    if word == "slow":
        time.sleep(SLOW)
    if word == "alter":
        os.chmod(path, 0o600)
        open(path, "a").write("x")
    if word == "remove":
        os.unlink(path)
    if word == "garbage":
        say(f"{number} SSH-2.0-OpenSSH")
    elif word in ("error", "half"):
        say(f"{number} FAILURE")
    else:
        say(f"{number} ERROR virus found: Test" if MARK in data and not os.path.exists("FLAG") else f"{number} OK")


for line in sys.stdin:
    words = line.split()
    if words[1] == "INTF":
        say(f"{words[0]} INTF 3")
    elif words[1] == "FILE":
        threading.Thread(target=scan, args=(words[0], words[2]), daemon=True).start()
    elif words[1] == "QUIT":
        say(f"{words[0]} OK")
        break
'''.replace("SLOW", str(SLOW_S)).replace("FLAG", self.flag)

    def refuse(self, probe, on):
        """It keeps running: so it is ended, too."""
        os.rename(self.path if on else self.path + ".away", self.path + ".away" if on else self.path)
        for pid in descendants(probe.process.pid) if on else []:
            with contextlib.suppress(OSError):
                if self.path.encode() in open(f"/proc/{pid}/cmdline", "rb").read():
                    os.kill(pid, signal.SIGKILL)


def descendants(pid):
    found = []
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children") as f:
                for child in f.read().split():
                    found += [int(child), *descendants(int(child))]
    return found


class EngineType:
    """Whoever scans in boxed children: these are stopped, and killed."""

    def signal_children(self, engine, number):
        for pid in descendants(engine):
            with contextlib.suppress(OSError):
                os.kill(pid, number)

    def refuse(self, probe, on):
        assert on, "nobody starts it again here"
        os.kill(probe.engine_pid(), signal.SIGKILL)

    @contextlib.contextmanager
    def misbehaving(self, probe, word):
        stopped, begun = threading.Event(), threading.Event()

        def run():
            while not stopped.is_set():  # as fast as they come
                self.signal_children(pid, signal.SIGSTOP if word == "silent" else signal.SIGKILL)
                begun.set()
        pid = probe.engine_pid()
        thread = threading.Thread(target=run)
        thread.start()
        begun.wait()
        try:
            yield
        finally:
            stopped.set()
            thread.join()
            self.signal_children(pid, signal.SIGCONT)


class ClamavType(EngineType):
    TYPE, PROGRAM = "clamav", "cordon-engine-clamav"

    def settings(self, rig):
        return f'type = "clamav"; signatures = "{signature_folder(rig)}"; processes = 1;'

    def blind_settings(self, rig):
        folder = rig.path("blind-signatures")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "nothing.ndb"), "w") as f:
            f.write("Synth.Nothing:0:*:" + "0123456789abcdef" * 4 + "\n")
        return f'type = "clamav"; signatures = "{folder}"; processes = 1;'


class YaraType(EngineType):
    TYPE, PROGRAM = "yara", "cordon-engine-yara"

    def rules(self, rig, name, text):
        return f'type = "yara"; rules = ["{rig.write(name, text)}"]; processes = 1;'

    def settings(self, rig):
        slow = "(filesize > 10MB and for any i in (0..filesize): (uint8(i) == 256))"  # never true: time to be killed in
        return self.rules(rig, "eicar.yar", f'rule Eicar {{ strings: $a = "EICAR-STAN" "DARD" condition: $a or {slow} }}'.replace('" "', ""))

    def blind_settings(self, rig):
        return self.rules(rig, "nothing.yar", 'rule Nothing { strings: $a = "nothing of the kind, ever" condition: $a }')


TYPES = {t.TYPE: t for t in (ClamdType, IcapType, PluginType, SocketType, CommandType, CommunigateType, ClamavType, YaraType)}


class Column:
    """One type under one requirement: a set of scanners, and a message for each fault."""

    def __init__(self, rig, kind, requirement):
        self.rig, self.kind, self.results = rig, kind, {}
        self.name, self.require, self.others, self.is_met = requirement
        self.good = PluginType(rig)
        self.good.door.say = self.good_say
        self.closed = PluginType(rig)
        self.closed.door.shut()

    def good_say(self, c, whole, clean, infected, error, **_):
        c.sendall(infected if finds(whole) else clean)

    def probe(self, settings, name):
        common = f'timeout = "{int(TIMEOUT_S * 1000)}ms"; canary_interval = "1h"; max_size = "64K";'  # small canaries
        if isinstance(self.kind, EngineType):
            common = f'timeout = "{ENGINE_TIMEOUT_S}s"; canary_interval = "1h";'
        rows = [f"av: {{\n        {settings}\n        {common} }};"]
        common = re.sub('timeout = "[^"]*"', 'timeout = "20s"', common)  # of those who never hang
        if "good" in self.others:
            rows.append(f"good: {{ {self.good.settings(self.rig)} {common} }};")
        if "bad" in self.others:
            rows.append(f"bad: {{ {self.closed.settings(self.rig)} {common} }};")
        if "backup" in self.others:
            rows.append(f'backup: {{ {self.good.settings(self.rig)} {common} role = "backup"; }};')
        rows = "\n    ".join(rows)
        text = f"policy: {{ require = {self.require}; }};\nscanner: {{\n    {rows}\n}};\n"
        return Probe(self.rig, text, name, getattr(self.kind, "PROGRAM", "cordon-engine-clamav"))

    def plain(self, content=b""):
        """Each message once, or it would be poison."""
        return self.rig.write("plain", f"Subject: x\r\n\r\n{uuid.uuid4()}\r\n".encode() + content)

    def obeyed(self, word):
        return self.rig.write("obeyed", f"Subject: x\r\n\r\nDO{word}DO {uuid.uuid4()}\r\n".encode())

    def note(self, fault, verdict, answers, reason):
        kind, text = answers["av"]
        wanted = "clean" if self.is_met else "unscanned"
        is_right = verdict == wanted and kind == "failed" and re.search(reason, text) is not None
        self.results[fault] = (verdict, is_right, f"{kind}: {text}" if is_right else f"{answers}")

    def run(self):
        self.healthy = self.probe(self.kind.settings(self.rig), "healthy-" + self.name.replace("+", "-"))
        probe = self.healthy
        probe.wait_state("av", "working")
        verdict, answers = probe.judge(self.plain())
        self.results["none"] = (verdict, verdict == "clean", str(answers))
        verdict, answers = probe.judge(self.plain(eicar()))
        self.results["infected"] = (verdict, verdict == "infected", str(answers))
        for fault, reasons in FAULTS.items():
            reason = reasons[KINDS[self.kind.TYPE]]
            if reason is not None and fault not in ("refused", "blind"):
                self.one(probe, fault, reason)
        if not isinstance(self.kind, EngineType):
            self.blind(probe)
        probe.wait_state("av", "working")
        self.kind.refuse(probe, True)
        self.note("refused", *probe.judge(self.plain()), FAULTS["refused"][KINDS[self.kind.TYPE]])
        if isinstance(self.kind, EngineType):
            probe = self.probe(self.kind.blind_settings(self.rig), "blind-" + self.name.replace("+", "-"))
            self.note("blind", *probe.judge(self.plain()), FAULTS["blind"][3])
        else:
            self.kind.refuse(probe, False)

    def one(self, probe, fault, reason):
        probe.wait_state("av", "working")
        if isinstance(self.kind, EngineType):
            # Killed once it is scanned in a fresh process, and that is an answer: until both were hit. A process that was
            # made just now may also have answered before it was stopped.
            is_raced = fault in ("signal", "silent")
            for _ in range(20 if is_raced else 1):
                path = self.plain(os.urandom(LONG_BYTES) if is_raced else b"")
                with self.kind.misbehaving(probe, fault):
                    verdict, answers = probe.judge(path)
                if answers["av"][0] == "failed":
                    break
                assert verdict == answers["av"][0] == "clean", (verdict, answers)
                probe.wait_state("av", "working")
            self.note(fault, verdict, answers, reason)
        elif fault == "half":
            self.note(fault, *probe.judge_parts([self.plain(), self.obeyed("half")]), reason)
        else:
            self.note(fault, *probe.judge(self.obeyed(fault)), reason)

    def blind(self, probe):
        """A failure has the canaries shown at once, unless they are being shown already."""
        probe.wait_state("av", "working")
        self.kind.blind = True

        def missed():
            probe.judge(self.obeyed("error"))
            probe.ask("tend")
            return probe.state("av") == "failed"
        wait_for(missed, "the canary to be missed")
        self.note("blind", *probe.judge(self.plain()), FAULTS["blind"][KINDS[self.kind.TYPE]])
        self.kind.blind = False


def run_type(name, table, failures):
    try:
        with Rig() as rig:
            column = None
            kind = TYPES[name]() if issubclass(TYPES[name], EngineType) else TYPES[name](rig)
            for requirement in REQUIREMENTS:
                column = Column(rig, kind, requirement)
                table[name, requirement[0]] = column.results
                column.run()
    except Exception:  # every failure is to be seen
        import traceback
        with contextlib.suppress(Exception):
            failures.append("\n".join(column.healthy.ask("status")))
        failures.append(f"{name}: {traceback.format_exc()}")


def put(table):
    """The table, and how many cells are wrong."""
    wrong = cells = 0
    print(f"{'':22}" + "".join(f"{r[0]:>12}" for r in REQUIREMENTS) + "  reason")
    for name in TYPES:
        for fault in ("none", "infected", *FAULTS):
            row = [table.get((name, r[0]), {}).get(fault) for r in REQUIREMENTS]
            if not any(row):
                continue
            bad = [cell[2] for cell in row if cell and not cell[1]]
            text = bad[0] if bad else row[0][2]
            print(f"{name:12}{fault:10}" + "".join(f"{('-' if c is None else c[0] + ('' if c[1] else '!')):>12}" for c in row) +
                  "  " + (text[:90 if not bad else 400] if fault not in ("none", "infected") or bad else ""))
            cells += sum(1 for c in row if c)
            wrong += len(bad)
    return cells, wrong


def main():
    table, failures, begun = {}, [], time.monotonic()
    wanted = sys.argv[1:] or [t for t in TYPES if t != "yara" or os.path.exists(os.path.join(BUILD, "cordon-engine-yara"))]
    threads = [threading.Thread(target=run_type, args=(name, table, failures)) for name in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cells, wrong = put(table)
    for failure in failures:
        print(failure)
    print(f"{cells} cells, {wrong} wrong, {len(failures)} types broken off, {time.monotonic() - begun:.0f} s")
    sys.exit(1 if wrong or failures or not cells else 0)


if __name__ == "__main__":
    main()

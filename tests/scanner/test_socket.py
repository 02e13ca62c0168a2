"""Scripted dialogues: each template against a stand-in that follows its vendor's protocol, well and badly; one against
a real clamd."""
import contextlib
import os
import re
import socket
import struct
import threading

from probe import Probe, run
from peers import Clamd
from rig import ROOT, Rig, eicar
from test_clamd import mail
from test_icap import finds

ONE = """scanner: {{
    av: {{
        @include "{0}"
        address = "127.0.0.1:{1}"; timeout = "{2}"; canary_interval = "1h";
    }};
}};
"""
FAULTS = ("hang", "dribble", "close", "garbage", "cut", "endless", "error")


def template(rig, name):
    """A copy beside the configuration."""
    with open(os.path.join(ROOT, "etc/scanners", name + ".conf")) as f:
        rig.write(name + ".conf", f.read())
    return name + ".conf"


class Daemon:
    """Plays one protocol. `act`: honest, or a fault in the place of its judgement."""

    def __init__(self, rig, play):
        self.act, self.play, self.closing = "honest", play, threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()
        rig.stack.callback(self.close)

    def close(self):
        self.closing.set()
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with contextlib.suppress(OSError, ValueError, struct.error), connection, connection.makefile("rb") as f:
            self.play(self, connection, f)

    def judge(self, connection, whole, replies, error):
        """Sends replies[kind]; the bytes of a piece say the kind."""
        kind = "infected" if finds(whole) else "encrypted" if b"ENCRYPTED" in whole else "clean"
        reply = replies.get(kind, replies["clean"])
        if self.act == "honest":
            connection.sendall(reply)
        elif self.act == "blind":
            connection.sendall(replies["clean"])
        elif self.act == "hang":
            self.closing.wait(20)
        elif self.act == "dribble":
            for byte in b"\0\0" + b"x" * 10000:
                if self.closing.wait(0.05):
                    return
                connection.sendall(bytes([byte]))
        elif self.act == "garbage":
            connection.sendall(b"SSH-2.0-OpenSSH_9.2p1 Debian\r\n\0")
        elif self.act == "cut":
            connection.sendall(reply[:1])
        elif self.act == "endless":
            connection.sendall(b"y" * 300000)
        elif self.act == "error":
            connection.sendall(error)


def read_path(path):
    with open(path, "rb") as f:
        whole = f.read()
    with contextlib.suppress(PermissionError):
        with open(path, "r+b") as f:  # nobody can change what is lent
            f.write(b"x")
            f.flush()
        raise AssertionError("a piece was changed")
    return whole


def sssp(daemon, c, f):
    c.sendall(b"OK SSSP/1.0\r\n")
    assert f.readline() == b"SSSP/1.0\r\n"
    c.sendall(b"ACC 4A3C5A2C/1\r\n")
    size = int(re.fullmatch(rb"SCANDATA (\d+)\r\n", f.readline()).group(1))
    whole = f.read(size)
    c.sendall(b"ACC 4A3C5A2C/2\r\n")
    daemon.judge(c, whole, {
        "clean": b"EVENT FILE x\r\nTYPE 00\r\nDONE OK 0000 The function call succeeded\r\n\r\n",
        "infected": b"VIRUS EICAR-AV-Test /x\r\nDONE OK 0203 Virus found during virus scan\r\n\r\n",
        "encrypted": b"DONE FAIL 0212 The file could not be scanned because it was encrypted\r\n\r\n"},
        b"DONE FAIL 0220 Internal error\r\n\r\n")


def fpscand(daemon, c, f):
    size = int(re.fullmatch(rb"SCAN STREAM \S+ SIZE (\d+)\n", f.readline()).group(1))
    daemon.judge(c, f.read(size), {"clean": b"0 <clean> message\n", "infected": b"1 <infected: EICAR_Test_File> message\n",
                                   "encrypted": b"64 <not scanned> message\n"}, b"32 <error> message\n")


def avast(daemon, c, f):
    c.sendall(b"220 Welcome to avast! Virus scanning daemon 4.1\r\n")
    path = re.fullmatch(rb"SCAN (\S+)\r\n", f.readline()).group(1)
    c.sendall(b"210 SCAN DATA\r\n")
    daemon.judge(c, read_path(path), {
        "clean": b"SCAN %s\t[+]0.0\r\n200 SCAN OK\r\n" % path,
        "infected": b"SCAN %s|>x\t[+]0.0\r\nSCAN %s\t[L]0.0\t0 EICAR Test-NOT virus!!!\r\n200 SCAN OK\r\n" % (path, path),
        "encrypted": b"SCAN %s\t[E]0.0\tError 42056 Archive is password protected\r\n200 SCAN OK\r\n" % path},
        b"200 SCAN OK\r\n")


def drwebd(daemon, c, f):
    command, flags, name, size = struct.unpack(">IIII", f.read(16))
    assert (command, flags, name) == (1, 1, 0)
    daemon.judge(c, f.read(size), {
        "clean": struct.pack(">II", 0x100000, 0), "infected": struct.pack(">III", 0x20, 1, 6) + b"EICAR\0",
        "encrypted": struct.pack(">II", 0x101000, 0)}, struct.pack(">II", 0x200, 0))


def sophie(daemon, c, f):
    path = f.readline().rstrip(b"\n")
    assert f.read() == b""
    daemon.judge(c, read_path(path), {"clean": b"0", "infected": b"1:EICAR-AV-Test"}, b"-1:cannot open")


def openantivirus(daemon, c, f):
    path = re.fullmatch(rb"SCAN (\S+)\n", f.readline()).group(1)
    daemon.judge(c, read_path(path), {"clean": b"OK\n", "infected": b"FOUND: Eicar-Test\n"}, b"ERROR: no such file\n")


def avg(daemon, c, f):
    c.sendall(b"220-AVG Anti-Virus daemon mode scanner\r\n220-Virus database 1.1\r\n220 Ready\r\n")
    path = re.fullmatch(rb"SCAN (\S+)\r\n", f.readline()).group(1)
    daemon.judge(c, read_path(path), {"clean": b"200 ok\r\n", "infected": b"403 File: Virus EICAR_Test\r\n"},
                 b"406 Error\r\n")


def savapi(daemon, c, f):
    c.sendall(b"100 SAVAPI:4.0\r\n")
    assert f.readline().startswith(b"SET PRODUCT ")
    c.sendall(b"100 PRODUCT:0\r\n")
    path = re.fullmatch(rb"SCAN (\S+)\n", f.readline()).group(1)
    daemon.judge(c, read_path(path), {
        "clean": b"200 CLEAN\r\n",
        "infected": b"310 <alert> <<< Eicar-Test-Signature ; virus ; Contains code of the test\r\n319 done\r\n"},
        b"350 internal error\r\n")


PLAYS = {"sssp": (sssp, "EICAR-AV-Test", "encrypted"), "fpscand": (fpscand, "EICAR_Test_File", "unsupported"),
         "avast": (avast, "EICAR Test-NOT virus!!!", "encrypted"), "drwebd": (drwebd, "unnamed", "unsupported"),
         "sophie": (sophie, "EICAR-AV-Test", None), "openantivirus": (openantivirus, "Eicar-Test", None),
         "avg": (avg, "Virus EICAR_Test", None), "savapi": (savapi, "Eicar-Test-Signature", None)}


def templates():
    assert set(PLAYS) | {"clamd"} == {x[:-5] for x in os.listdir(os.path.join(ROOT, "etc/scanners"))}
    for name, (play, found, reason) in PLAYS.items():
        with Rig() as rig:
            daemon = Daemon(rig, play)
            probe = Probe(rig, ONE.format(template(rig, name), daemon.port, "3s"))
            clean, infected = rig.write("clean", mail(b"nothing")), rig.write("infected", mail(eicar()))
            locked = rig.write("locked", b"Subject: x\r\n\r\nENCRYPTED")
            assert probe.judge(clean)[0] == "clean", (name, probe.judge(clean))
            assert probe.judge(infected)[1]["av"] == ("infected", found), (name, probe.judge(infected))
            if reason:
                assert probe.judge(locked)[1]["av"][0] == "unscannable:" + reason, (name, probe.judge(locked))
            assert probe.judge(rig.write("large", os.urandom(5000000)))[0] == "clean"
            configuration = ONE.format(name + ".conf", daemon.port, "1s")
            for act in FAULTS if name != "sophie" else [x for x in FAULTS if x != "cut"]:  # it says one byte
                daemon.act = "honest"
                probe = Probe(rig, configuration, "fault-" + act)
                assert probe.judge(clean)[0] == "clean", (name, act, probe.judge(clean))
                daemon.act = act
                verdict, answers = probe.judge(clean)
                assert verdict == "unscanned" and answers["av"][0] == "failed", (name, act, answers)
                if act in ("hang", "dribble"):
                    assert "timed out" in answers["av"][1] or name == "drwebd", (name, act, answers)
                assert probe.judge(infected)[0] in ("unscanned", "infected"), (name, act)
                probe.close()
            daemon.act = "blind"
            probe = Probe(rig, configuration, "blind")
            verdict, answers = probe.judge(clean)
            assert verdict == "unscanned" and "canary missed" in answers["av"][1], (name, answers)
            daemon.close()
            assert "refused" in Probe(rig, configuration, "gone").judge(clean)[1]["av"][1]


def real():
    with Rig() as rig:
        clamd = Clamd(rig, options="StreamMaxLength 6M")
        probe = Probe(rig, ONE.format(template(rig, "clamd"), clamd.port, "20s"))
        assert probe.judge(rig.write("clean", mail(b"nothing")))[0] == "clean"
        assert probe.judge(rig.write("infected", mail(eicar())))[1]["av"] == ("infected", "Test.Eicar.UNOFFICIAL")
        verdict, answers = probe.judge(rig.write("large", mail(os.urandom(7000000))))
        assert answers["av"][0] == "unscannable:limit", answers
        clamd.kill()
        assert probe.judge(rig.path("clean"))[0] == "unscanned"


if __name__ == "__main__":
    run([templates, real])

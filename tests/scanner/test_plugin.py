"""cordon-plugin(7): the two example plugins, and a stand-in with every fault."""
import contextlib
import os
import re
import socket
import subprocess
import threading
import time

from probe import Probe, run
from rig import ROOT, Rig, certificate, eicar, free_port, is_open, wait_for
from test_clamd import mail
from test_icap import finds

ONE = """scanner: {{
    av: {{ type = "plugin"; address = "{0}"; timeout = "{1}"; canary_interval = "1h"; }};
}};
"""
EXAMPLES = os.path.join(ROOT, "etc/plugins")


class Listener:
    """Calls serve(connection) in a thread for each connection."""

    def __init__(self, rig, serve):
        self.closing = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.serve = serve
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
            threading.Thread(target=self.serve, args=(self, connection), daemon=True).start()


def shell(_, connection):
    with connection:
        subprocess.run([os.path.join(EXAMPLES, "plugin.sh")], stdin=connection, stdout=connection, check=False)


def under_tls():
    """The example behind a socat that speaks TLS."""
    with Rig() as rig:
        crt, key = certificate(rig)
        port = free_port()
        rig.run("plugin", os.path.join(EXAMPLES, "plugin.py"), rig.path("plugin.sock"))
        rig.run("socat", "socat", f"OPENSSL-LISTEN:{port},bind=127.0.0.1,reuseaddr,fork,verify=0,cert={crt},key={key}",
                "UNIX-CONNECT:" + rig.path("plugin.sock"))
        wait_for(lambda: os.path.exists(rig.path("plugin.sock")) and is_open(port), "the plugin")
        for name, options, kinds in (("right", f'tls = true; tls_ca = "{crt}";', ("clean", "infected")),
                                     ("system", "tls = true;", ("unscanned", "unscanned")),
                                     ("plain", "", ("unscanned", "unscanned"))):
            probe = Probe(rig, ONE.format(f"127.0.0.1:{port}", "5s").replace("type", options + " type"), name)
            got = tuple(probe.judge(rig.write(file, mail(content)))[0]
                        for file, content in (("clean", b"nothing"), ("infected", eicar())))
            assert got == kinds, (name, got)


def examples():
    for name in ("plugin.py", "plugin.sh"):
        with Rig() as rig:
            if name == "plugin.py":
                address = "unix:" + rig.path("plugin.sock")
                rig.run("plugin", os.path.join(EXAMPLES, name), rig.path("plugin.sock"))
                wait_for(lambda: os.path.exists(rig.path("plugin.sock")), "the plugin")
            else:
                address = Listener(rig, shell).address
            probe = Probe(rig, ONE.format(address, "20s"))
            probe.ask("tend")
            assert probe.state("av") == "working", (name, probe.ask("status"))
            status = probe.ask("status")[0]
            assert "Example plugin" in status and "generation=0000000000000000" not in status, status
            for file, content, kind in (("clean", mail(b"nothing"), "clean"), ("infected", mail(eicar()), "infected"),
                                        ("bytes", os.urandom(3000000) + b"\n\0", "clean"), ("one", b"x", "clean")):
                got, answers = probe.judge(rig.write(file, content))
                assert got == kind, (name, file, answers)
            assert probe.judge(rig.path("infected"))[1]["av"] == ("infected", "Eicar-Test")
            if name == "plugin.py":
                answers = probe.judge(rig.write("zip", b"PK\3\4\24\0\1\0 and so on"))[1]
                assert answers["av"] == ("unscannable:encrypted", "a zip with a password"), answers


FAULTS = {
    "hang": "timed out", "dribble": "timed out", "close": "it closed without a reply", "cut": "it closed within its reply",
    "garbage": "unknown reply: HTTP/1.0", "endless": "a line of its reply is longer", "failed": "no licence",
    "two": "more behind its reply", "early": "it answered before it had", "greeting": "it does not speak cordon-plugin 1",
    "old": "it does not speak cordon-plugin 1: cordon-plugin 0",
}


def faults():
    act = ["honest"]

    def serve(listener, connection):
        with contextlib.suppress(OSError), connection, connection.makefile("rb") as f:
            assert f.readline() == b"cordon-plugin 1\n"
            greetings = {"greeting": b"220 mail.example.org ESMTP\r\n", "old": b"cordon-plugin 0\n"}
            connection.sendall(greetings.get(act[0], b"cordon-plugin 1\n"))
            for line in f:
                if line == b"version\n":
                    connection.sendall(b"version 7 Stand-in\n")
                    continue
                if act[0] == "early":
                    connection.sendall(b"clean\n")
                    listener.closing.wait(3)
                    return
                whole = f.read(int(re.fullmatch(rb"scan (\d+)\n", line).group(1)))
                if act[0] == "hang":
                    listener.closing.wait(10)
                elif act[0] == "dribble":
                    while not listener.closing.wait(0.05):
                        connection.sendall(b"c")
                elif act[0] == "close":
                    return
                elif act[0] == "cut":
                    connection.sendall(b"clean")
                    return
                else:
                    connection.sendall({"garbage": b"HTTP/1.0 400 what?\r\n", "endless": b"x" * 100000 + b"\n",
                                        "failed": b"failed no licence\n", "blind": b"clean\n", "two": b"clean\nclean\n"}.get(
                                            act[0], b"infected X\n" if finds(whole) else b"clean\n"))
                    if act[0] == "two":
                        time.sleep(0.1)

    with Rig() as rig:
        listener = Listener(rig, serve)
        probe = Probe(rig, ONE.format(listener.address, "1s"))
        clean, infected = rig.write("clean", mail(b"nothing")), rig.write("infected", mail(eicar()))
        assert probe.judge(clean)[0] == "clean" and probe.judge(infected)[0] == "infected"
        for fault, text in FAULTS.items():
            act[0] = "honest"
            probe.wait_state("av", "working")
            act[0] = fault
            piece = os.urandom(8000000) if fault == "early" else mail(fault.encode())  # each once, or it would be poison
            verdict, answers = probe.judge(rig.write("piece", piece))
            assert verdict == "unscanned" and answers["av"][0] == "failed" and text in answers["av"][1], (fault, answers)
        act[0] = "blind"
        answers = Probe(rig, ONE.format(listener.address, "1s"), "blind").judge(clean)[1]
        assert "canary missed" in answers["av"][1], answers
        act[0] = "honest"
        probe.wait_state("av", "working")
        listener.close()
        assert "refused" in probe.judge(clean)[1]["av"][1]


if __name__ == "__main__":
    run([under_tls, examples, faults])

"""Cordon's ICAP driver: a real c-icap with its virus_scan module over clamd, and a stand-in with every fault."""
import base64
import contextlib
import os
import re
import socket
import ssl
import threading

from probe import Probe, run
from peers import CIcap, Clamd
from rig import Rig, certificate, eicar
from test_clamd import mail

ONE = """scanner: {{
    av: {{ type = "icap"; address = "127.0.0.1:{0}"; timeout = "{1}"; canary_interval = "{2}"; {3} }};
}};
"""


def real():
    for method in ("respmod", "reqmod"):
        with Rig() as rig:
            cicap = CIcap(rig, Clamd(rig))
            probe = Probe(rig, ONE.format(cicap.port, "20s", "10m", f'method = "{method}";'))
            probe.ask("tend")
            assert probe.state("av") == "working", probe.ask("status")
            status = next(x for x in probe.ask("status"))
            assert "C-ICAP" in status and "generation=0000000000000000" not in status, status
            samples = {
                "clean": (mail(b"nothing"), "clean"),
                "tiny": (b"x", "clean"),
                "infected": (mail(eicar()), "infected"),
                "plain": (eicar(), "infected"),
                "large": (b"Subject: x\r\n\r\n" + b"All work and no play. " * 400000 + mail(eicar()), "infected"),
                "random": (mail(os.urandom(5000000)), "clean"),
            }
            for name, (content, kind) in samples.items():
                got, answers = probe.judge(rig.write(name, content))
                assert got == kind and answers["av"][0] == kind, (method, name, got, answers)
            _, answers = probe.judge(rig.path("infected"))
            assert answers["av"][1] == "Test.Eicar.UNOFFICIAL", answers


def real_tls():
    """Debian's c-icap under TLS, and certificates that are not its own."""
    with Rig() as rig:
        crt, key = certificate(rig)
        other, _ = certificate(rig, "other")
        foreign, foreign_key = certificate(rig, "foreign", "av.example.test", address="127.0.0.2")
        os.chmod(key, 0o644)
        os.chmod(foreign_key, 0o644)
        clamd = Clamd(rig)
        cicap = CIcap(rig, clamd, tls=(crt, key))
        mails = {
            "clean": (mail(b"nothing"), "clean"),
            "infected": (mail(eicar()), "infected"),
            "large": (b"Subject: x\r\n\r\n" + b"All work and no play. " * 400000 + mail(eicar()), "infected"),
            "random": (mail(os.urandom(5000000)), "clean"),
        }
        for method in ("respmod", "reqmod"):
            probe = Probe(rig, ONE.format(cicap.port, "20s", "10m", f'method = "{method}"; tls = true; tls_ca = "{crt}";'))
            for name, (content, kind) in mails.items():
                got, answers = probe.judge(rig.write(name, content))
                assert got == kind and answers["av"][0] == kind, (method, name, got, answers)
        probe.ask("tend")
        assert "C-ICAP" in probe.ask("status")[0], probe.ask("status")

        foreigner = CIcap(rig, clamd, "foreign", tls=(foreign, foreign_key))
        plain = CIcap(rig, clamd, "plain")
        for name, port, options, said in (
                ("unknown", cicap.port, f'tls_ca = "{other}";', "certificate is not accepted"),
                ("system", cicap.port, "", "certificate is not accepted"),
                ("misnamed", foreigner.port, f'tls_ca = "{foreign}";', "certificate is not accepted: IP address mismatch"),
                ("plain", plain.port, "tls_verify = false;", "")):  # it waits for more, or closes
            probe = Probe(rig, ONE.format(port, "20s" if said else "3s", "10m", "tls = true; " + options), name)
            for file in ("clean", "infected"):
                verdict, answers = probe.judge(rig.path(file))
                assert verdict == "unscanned" and said in answers["av"][1], (name, verdict, answers)
        for name, port in (("lax", cicap.port), ("lax-foreign", foreigner.port)):
            probe = Probe(rig, ONE.format(port, "20s", "10m", "tls = true; tls_verify = false;"), name)
            assert probe.judge(rig.path("infected"))[0] == "infected"
        probe = Probe(rig, ONE.format(cicap.port, "20s", "10m", ""), "unprotected")
        verdict, answers = probe.judge(rig.path("clean"))
        assert verdict == "unscanned" and answers["av"][0] == "failed", answers


def real_limits_and_end():
    with Rig() as rig:
        clamd = Clamd(rig)
        cicap = CIcap(rig, clamd, options="virus_scan.MaxObjectSize 6M")
        probe = Probe(rig, ONE.format(cicap.port, "10s", "1s", 'service = "virus_scan";'))
        probe.ask("tend")
        big = rig.write("big", b"Subject: x\r\n\r\n" + b"All work and no play. " * 400000 + mail(eicar()))
        verdict, answers = probe.judge(big)  # it lets through what is larger, unseen
        assert verdict == "unscanned" and answers["av"][0] == "failed", (verdict, answers)
        probe.wait_state("av", "working")
        clamd.kill()
        verdict, answers = probe.judge(rig.write("clean", mail(b"nothing")))
        assert verdict == "unscanned", (verdict, answers)
        probe.wait_state("av", "failed")
        clamd.start()
        probe.wait_state("av", "working", 60)
        cicap.kill()
        assert probe.judge(rig.path("clean"))[0] == "unscanned"
        probe.wait_state("av", "failed")


def finds(whole):
    """The test string as such, or as an attachment."""
    return eicar() in whole or base64.b64encode(eicar())[:80] in re.sub(rb"\r?\n", b"", whole)


class Standin:
    """An ICAP server that finds the test string, and misbehaves as `act` says."""

    OPTIONS = ("ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\nService: Stand-in 1.0\r\nISTag: \"{tag}\"\r\nAllow: 204\r\n"
               "Max-Connections: 2\r\n{preview}Options-TTL: 3600\r\nEncapsulated: null-body=0\r\n\r\n")

    def __init__(self, rig, preview=None, tls=None):
        self.tls = tls
        self.act, self.tag, self.preview, self.seen, self.now, self.most = "honest", "one", preview, [], 0, 0
        self.lock, self.closing = threading.Lock(), threading.Event()
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
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            with connection, connection.makefile("rb") as f:
                self.talk(connection, f)
        except OSError:
            pass
        with self.lock:
            self.now -= 1

    def head(self, f):
        lines = []
        while (line := f.readline()) not in (b"\r\n", b""):
            lines.append(line.decode("latin-1").strip())
        return lines

    def body(self, f):
        whole = b""
        while True:
            size, _, extension = f.readline().strip().partition(b";")
            if not size:
                raise OSError("broken off")
            chunk = f.read(int(size, 16))
            f.readline()
            whole += chunk
            if not chunk:
                return whole, b"ieof" in extension

    def talk(self, connection, f):
        lines = self.head(f)
        if not lines:
            return
        if lines[0].startswith("OPTIONS"):
            preview = "" if self.preview is None else f"Preview: {self.preview}\r\nTransfer-Preview: *\r\n"
            text = self.OPTIONS.format(tag=self.tag, preview=preview)
            if self.act == "no-options":
                text = "ICAP/1.0 404 Service not found\r\n\r\n"
            elif self.act == "no-method":
                text = text.replace("Methods: RESPMOD", "Methods: REQMOD")
            connection.sendall(text.encode())
            return
        sizes = [int(x) for x in re.findall(r"=(\d+)", next(x for x in lines if x.startswith("Encapsulated")))]
        assert f.read(sizes[-1]).count(b"\r\n\r\n") == 2
        if self.act == "early":
            connection.sendall(b"ICAP/1.0 204 No\r\n\r\n")
            self.closing.wait(5)
            return
        whole, is_all = self.body(f)
        with_preview = any(x.startswith("Preview") for x in lines)
        self.seen.append((with_preview, len(whole)))
        if with_preview and not is_all:
            if self.act == "content-with-preview":
                connection.sendall(b"ICAP/1.0 204 No\r\n\r\n")
                return
            connection.sendall(b"ICAP/1.0 100 Continue\r\n\r\n")
            whole += self.body(f)[0]
        self.reply(connection, whole, finds(whole))

    def reply(self, connection, whole, found):
        act = self.act
        tag = f'ISTag: "{self.tag}"\r\n'
        page = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\n"
        same = b"HTTP/1.1 200 OK\r\n\r\n"
        pages = {
            "hang": None, "dribble": None,
            "close": b"", "garbage": b"SSH-2.0-OpenSSH\r\n\r\n", "cut": b"ICAP/1.0 204 No cont",
            "error": b"ICAP/1.0 500 Server error\r\n\r\n", "overloaded": b"ICAP/1.0 503 Busy\r\n\r\n",
            "odd": b"ICAP/1.0 299 Odd\r\n\r\n", "blind": b"ICAP/1.0 204 No\r\n\r\n",
            "alarm": b"ICAP/1.0 200 OK\r\nX-Virus-ID: Everything\r\nEncapsulated: null-body=0\r\n\r\n",
            "changed": b"ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0, res-body=%d\r\n\r\n%s3\r\nxyz\r\n0\r\n\r\n" % (len(same), same),
            "same": b"ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0, res-body=%d\r\n\r\n%s%x\r\n%s\r\n0\r\n\r\n" % (len(same), same, len(whole), whole),
            "bad-list": b"ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=5\r\n\r\n",
            "endless": b"ICAP/1.0 204 No\r\n" + b"X: y\r\n" * 20000 + b"\r\n",
        }
        if act == "dribble":
            for byte in b"ICAP/1.0 204 No content\r\n" + b"X: y\r\n" * 2000:
                if self.closing.wait(0.05):
                    return
                connection.sendall(bytes([byte]))
        elif act == "hang":
            self.closing.wait(30)
        elif act in pages:
            connection.sendall(pages[act])
        elif not found:
            connection.sendall(f"ICAP/1.0 204 No\r\n{tag}\r\n".encode())
        elif act == "unnamed":
            connection.sendall(f"ICAP/1.0 200 OK\r\n{tag}Encapsulated: res-hdr=0, res-body={len(page)}\r\n\r\n".encode() + page + b"2\r\nno\r\n0\r\n\r\n")
        else:
            connection.sendall(f"ICAP/1.0 200 OK\r\n{tag}X-Infection-Found: Type=0; Resolution=2; Threat=Eicar-Test;\r\n"
                               f"Encapsulated: res-hdr=0, res-body={len(page)}\r\n\r\n".encode() + page + b"2\r\nno\r\n0\r\n\r\n")


FAULTS = {
    "close": "it closed without a reply", "garbage": "it does not speak ICAP", "cut": "it closed within its reply",
    "error": "it failed: 500", "overloaded": "it is overloaded", "odd": "an unknown status: 299",
    "changed": "it changed the content", "same": "it sent the content back", "bad-list": "its Encapsulated",
    "endless": "the head of its reply is longer", "early": "it answered before it had", "hang": "timed out",
    "dribble": "timed out",
}


def faults():
    with Rig() as rig:
        server = Standin(rig)
        probe = Probe(rig, ONE.format(server.port, "1s", "1h", ""))
        clean, infected = rig.write("clean", mail(b"nothing")), rig.write("infected", mail(eicar()))
        assert probe.judge(clean)[0] == "clean"
        _, answers = probe.judge(infected)
        assert answers["av"] == ("infected", "Eicar-Test"), answers
        server.act = "unnamed"
        assert probe.judge(infected)[1]["av"] == ("infected", "unnamed")
        for act, text in FAULTS.items():
            server.act = "honest"
            probe.wait_state("av", "working")
            server.act = act
            piece = os.urandom(8000000) if act == "early" else mail(act.encode())  # each once, or it would be poison
            verdict, answers = probe.judge(rig.write("piece", piece))
            assert verdict == "unscanned" and answers["av"][0] == "failed" and text in answers["av"][1], (act, answers)
        server.act = "honest"
        probe.wait_state("av", "working")
        server.listener.shutdown(socket.SHUT_RDWR)
        server.listener.close()
        answers = probe.judge(clean)[1]
        assert "refused" in answers["av"][1], answers


CLOSED = {"close": "closed without saying so", "cut": "closed without saying so"}


def faults_under_tls():
    """As in plain; and a server's tickets, which arrive unasked, are not taken for an early answer."""
    with Rig() as rig:
        crt, key = certificate(rig)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(crt, key)
        server = Standin(rig, tls=context)
        probe = Probe(rig, ONE.format(server.port, "2s", "1h", f'tls = true; tls_ca = "{crt}";'))
        assert probe.judge(rig.write("infected", mail(eicar())))[0] == "infected"
        for _ in range(20):
            assert probe.judge(rig.write("clean", mail(os.urandom(200000))))[0] == "clean"
        for act, text in {**FAULTS, **CLOSED}.items():
            server.act = "honest"
            probe.wait_state("av", "working")
            server.act = act
            piece = os.urandom(8000000) if act == "early" else mail(act.encode())
            verdict, answers = probe.judge(rig.write("piece", piece))
            texts = (text, "took too long") if text == "timed out" else (text,)
            assert verdict == "unscanned" and answers["av"][0] == "failed", (act, answers)
            assert any(x in answers["av"][1] for x in texts), (act, answers)


def canaries():
    for act, text in {"blind": "canary missed", "alarm": "canary missed", "no-options": "OPTIONS: it has no such",
                      "no-method": "does not know RESPMOD"}.items():
        with Rig() as rig:
            server = Standin(rig)
            server.act = act
            probe = Probe(rig, ONE.format(server.port, "5s", "1h", ""))
            verdict, answers = probe.judge(rig.write("clean", mail(b"nothing")))
            assert verdict == "unscanned" and text in answers["av"][1], (act, answers)


def previews():
    with Rig() as rig:
        server = Standin(rig, preview=1024)
        probe = Probe(rig, ONE.format(server.port, "5s", "1h", ""))
        assert probe.judge(rig.write("infected", b"x" * 5000 + eicar()))[0] == "infected"
        assert server.seen[-1] == (True, 1024)
        assert probe.judge(rig.write("short", b"x" * 1024))[0] == "clean" and server.seen[-1] == (True, 1024)
        server.act = "content-with-preview"  # it has not looked at the rest, and is asked again
        assert probe.judge(rig.path("infected"))[0] == "infected"
        assert server.seen[-2:] == [(True, 1024), (False, 5068)], server.seen[-2:]
        server = Standin(rig, preview=0)
        probe = Probe(rig, ONE.format(server.port, "5s", "1h", ""), "zero")
        assert probe.judge(rig.path("infected"))[0] == "infected" and server.seen[-1] == (True, 0)
        probe = Probe(rig, ONE.format(server.port, "5s", "1h", "preview = false;"), "none")
        assert probe.judge(rig.path("infected"))[0] == "infected" and server.seen[-1] == (False, 5068)


def generations():
    with Rig() as rig:
        server = Standin(rig)
        probe = Probe(rig, ONE.format(server.port, "5s", "1h", ""))
        clean = rig.write("clean", mail(b"nothing"))
        assert probe.judge(clean)[0] == "clean"

        def generation():
            return re.search(r"generation=(\w+)", probe.ask("status")[0]).group(1)
        first = generation()
        server.tag = "two"
        assert probe.judge(clean)[0] == "clean" and generation() != first
        assert "Stand-in 1.0" in probe.ask("status")[0]


if __name__ == "__main__":
    run([real, real_tls, real_limits_and_end, faults, faults_under_tls, canaries, previews, generations])

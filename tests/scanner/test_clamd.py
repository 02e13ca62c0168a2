"""Cordon's clamd driver and a real clamd, by both commands: FILDES over a Unix socket, INSTREAM over TCP."""
import io
import os
import signal
import subprocess
import zipfile

from probe import Probe, run
from peers import Clamd
from rig import Rig, eicar, wait_for

BOTH = """scanner: {{
    unix: {{ type = "clamd"; address = "unix:{0.socket}"; timeout = "{1}"; canary_interval = "{2}"; }};
    tcp: {{ type = "clamd"; address = "127.0.0.1:{0.port}"; timeout = "{1}"; canary_interval = "{2}"; }};
}};
policy: {{ require = "all"; }};
"""


def mail(*attachments):
    body = b"".join(b"--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
                    __import__("base64").encodebytes(a).replace(b"\n", b"\r\n") for a in attachments)
    return (b"Subject: test\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + body +
            b"--b--\r\n")


def both(answers):
    """What both said; who finds something first ends the wait for the other."""
    assert set(answers) == {"unix", "tcp"}, answers
    kinds = {kind for kind, _ in answers.values()}
    if kinds == {"infected", "not-asked"}:
        return "infected"
    assert answers["unix"][0] == answers["tcp"][0], answers
    return answers["unix"][0]


def judges():
    with Rig() as rig:
        clamd = Clamd(rig)
        probe = Probe(rig, BOTH.format(clamd, "20s", "10m"))
        probe.ask("tend")
        assert probe.state("unix") == probe.state("tcp") == "working", probe.ask("status")
        assert any("ClamAV 1." in line for line in probe.ask("status"))
        samples = {
            "clean": (mail(b"nothing"), "clean", "clean"),
            "infected": (mail(eicar()), "infected", "infected"),
            "plain": (eicar(), "infected", "infected"),
            "large": (b"Subject: x\r\n\r\n" + b"All work and no play. " * 400000 + mail(eicar()), "infected", "infected"),
            "random": (mail(os.urandom(5000000)), "clean", "clean"),
        }
        for name, (content, kind, verdict) in samples.items():
            got, answers = probe.judge(rig.write(name, content))
            assert both(answers) == kind and got == verdict, (name, got, answers)
        assert answers["unix"][1] == ""
        _, answers = probe.judge(rig.path("infected"))
        assert "Test.Eicar.UNOFFICIAL" in (answers["unix"][1], answers["tcp"][1]), answers
        # The first find ends the wait for the other: that clamd may still be at it.
        wait_for(lambda: os.listdir(rig.path("clamd.tmp")) == [], "clamd to leave no files", 20)


def limits():
    """clamd's own limits are `unscannable: limit`, never clean and never a failure of the scanner."""
    with Rig() as rig:
        clamd = Clamd(rig, options="StreamMaxLength 6M\nMaxFileSize 6M\nMaxScanSize 20M")
        probe = Probe(rig, BOTH.format(clamd, "20s", "10m"))
        probe.ask("tend")
        for size in (7000000, 30000000):
            verdict, answers = probe.judge(rig.write("large", mail(os.urandom(size))))
            assert both(answers) == "unscannable:limit" and verdict == "unscannable", (size, verdict, answers)
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as z:
            z.writestr("a.txt", b"x" * 100)
        locked = bytearray(archive.getvalue())
        locked[6] |= 1  # the flag "encrypted", in both headers
        locked[locked.index(b"PK\1\2") + 8] |= 1
        verdict, answers = probe.judge(rig.write("locked", mail(bytes(locked))))
        assert both(answers) == "unscannable:encrypted" and verdict == "unscannable", (verdict, answers)
        assert probe.state("unix") == probe.state("tcp") == "working"


def too_small_for_the_canary():
    """A clamd that does not take what we would send it is found out before a message has to."""
    with Rig() as rig:
        clamd = Clamd(rig, options="StreamMaxLength 1M")
        probe = Probe(rig, BOTH.format(clamd, "20s", "10m"))
        probe.ask("tend")
        assert probe.state("unix") == "working" and probe.state("tcp") == "failed", probe.ask("status")
        assert any("StreamMaxLength" in line for line in probe.ask("status"))


def blind():
    with Rig() as rig:
        folder = rig.path("blind")
        os.makedirs(folder)
        open(os.path.join(folder, "nothing.ndb"), "w").write("Synth.Nothing:0:*:" + "0123456789abcdef" * 4 + "\n")
        clamd = Clamd(rig, database=folder)
        probe = Probe(rig, BOTH.format(clamd, "20s", "10m"))
        verdict, answers = probe.judge(rig.write("clean", mail(b"nothing")))
        assert verdict == "unscanned" and both(answers) == "failed", (verdict, answers)
        assert "canary missed" in answers["tcp"][1], answers


def stops_and_recovers():
    with Rig() as rig:
        clamd = Clamd(rig)
        probe = Probe(rig, BOTH.format(clamd, "1s", "1s"))
        clean = rig.write("clean", mail(b"nothing"))
        infected = rig.write("infected", mail(eicar()))
        probe.ask("tend")
        assert probe.judge(clean)[0] == "clean" and probe.ask("admit") == ["yes"]

        clamd.pause()
        verdict, answers = probe.judge(clean)
        assert verdict == "unscanned" and both(answers) == "failed", (verdict, answers)
        assert "timed out" in answers["unix"][1], answers
        probe.wait_state("unix", "failed")
        probe.wait_state("tcp", "failed")
        assert probe.ask("admit") == ["yes"], "one probing message"
        assert probe.ask("admit") == ["no"] and probe.ask("admit") == ["no"]
        assert probe.judge(infected)[0] == "unscanned"
        clamd.resume()
        probe.wait_state("unix", "working")
        probe.wait_state("tcp", "working")
        assert probe.judge(clean)[0] == "clean" and probe.judge(infected)[0] == "infected"
        assert probe.ask("admit") == ["yes"] and probe.ask("admit") == ["yes"]

        clamd.kill()
        verdict, answers = probe.judge(clean)
        assert verdict == "unscanned" and both(answers) == "failed", (verdict, answers)
        probe.wait_state("unix", "failed")
        clamd.start()
        probe.wait_state("unix", "working")
        probe.wait_state("tcp", "working")
        assert probe.judge(infected)[0] == "infected"


def killed_in_mid_scan():
    """clamd dies again and again while messages are with it: an infected one is never called clean."""
    with Rig() as rig:
        clamd = Clamd(rig)
        probe = Probe(rig, BOTH.format(clamd, "30s", "1s").replace("all", "any"))
        seen = set()
        for delay in (0.0, 0.01, 0.03, 0.06, 0.1, 0.2):
            probe.wait_state("unix", "working")
            # another one each time: one that clamd dies of three times would be poison
            infected = rig.write("infected", b"Subject: x%f\r\n\r\n" % delay + b"All work and no play. " * 300000 + mail(eicar()))
            killer = subprocess.Popen(["sh", "-c", f"sleep {delay}; kill -9 {clamd.process.pid}"])
            for _ in range(3):
                verdict, answers = probe.judge(infected)
                assert verdict in ("infected", "unscanned"), (verdict, answers)
                seen.add(verdict)
            killer.wait()
            wait_for(lambda: clamd.process.poll() is not None, "clamd to be gone")
            clamd.start()
        assert "unscanned" in seen, seen
        probe.wait_state("unix", "working")
        assert probe.judge(rig.write("last", mail(eicar())))[0] == "infected"


if __name__ == "__main__":
    run([judges, limits, too_small_for_the_canary, blind, stops_and_recovers, killed_in_mid_scan])

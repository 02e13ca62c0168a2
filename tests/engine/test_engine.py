"""The engine as a role: signatures that are there, that are not, that see nothing; limits; and children that die."""
import glob
import io
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "scanner"))
from probe import Probe, run  # noqa: E402
from rig import Rig, USER, eicar, wait_for  # noqa: E402
import samples  # noqa: E402

ENGINE = 'scanner: {{ engine: {{ type = "clamav"; signatures = "{0}"; canary_interval = "10m"; {1} }}; }};'


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as f:
        return [int(x) for x in f.read().split()]


def signatures(rig, name, text, file="a.ndb"):
    folder = rig.path(name)
    os.makedirs(folder)
    if text:
        with open(os.path.join(folder, file), "w") as f:
            f.write(text)
    return folder


def real(rig):
    return signatures(rig, "real", f"Test.Eicar:0:*:{eicar().hex()}\n")


def large_infected():
    text = b"".join(b"%08x All work and no play makes Jack a dull boy.\r\n" % i for i in range(400000))
    return b"Subject: x\r\n\r\n" + text + eicar()


def judges():
    with Rig() as rig:
        probe = Probe(rig, ENGINE.format(real(rig), ""))
        probe.ask("tend")
        engine = probe.engine()
        assert engine["scanning"] == "yes" and engine["folder"] == "private", engine
        assert engine["signatures"] == "1" and int(engine["generation"], 16) != 0, engine
        for name, content in samples.made_by_python(eicar()).items():
            verdict, answers = probe.judge(rig.write(name, content))
            assert (verdict, answers["engine"]) == ("infected", ("infected", "Test.Eicar.UNOFFICIAL")), (name, answers)
        for name, content in samples.made_by_python(b"y" * 68).items():
            assert probe.judge(rig.write(name, content))[0] == "clean", name
        assert "ClamAV 1." in probe.ask("status")[0]


def limits_and_encryption():
    with Rig() as rig:
        probe = Probe(rig, ENGINE.format("test", 'max_size = "8M"; folder_size = "64M";'))
        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as z:
            for i in range(20):
                z.writestr(f"{i}", bytes(7000000))
        one = io.BytesIO()
        with zipfile.ZipFile(one, "w", zipfile.ZIP_DEFLATED) as z:
            z.writestr("a", bytes(20000000))
        locked = bytearray(samples.zip_of(b"x" * 100, zipfile.ZIP_STORED))
        locked[6] |= 1
        locked[locked.index(b"PK\1\2") + 8] |= 1
        expected = {
            "bomb": (samples.mail(bomb.getvalue()), "unscannable:limit"),
            "one-large-file": (samples.mail(one.getvalue()), "unscannable:limit"),
            "deep": (samples.mail(samples.nested(b"x", 30)), "unscannable:limit"),
            "one-just-too-large": (samples.mail(samples.zip_of(bytes(8 * 1024 * 1024 + 1), zipfile.ZIP_DEFLATED)),
                                   "unscannable:limit"),
            "too-large-itself": (bytes(8 * 1024 * 1024 + 1), "unscannable:limit"),
            "locked": (samples.mail(bytes(locked)), "unscannable:encrypted"),
            "partial": (b"Subject: x\nMIME-Version: 1.0\nContent-Type: message/partial; id=a; number=1; total=2\n\nHi\n",
                        "unscannable:unsupported"),
        }
        for name, (content, kind) in expected.items():
            verdict, answers = probe.judge(rig.write(name, content))
            assert (verdict, answers["engine"][0]) == ("unscannable", kind), (name, verdict, answers)
        fits = samples.mail(samples.zip_of(bytes(8 * 1024 * 1024), zipfile.ZIP_DEFLATED))
        assert probe.judge(rig.write("fits", fits))[0] == "clean"
        verdict, answers = probe.judge(rig.write("both", samples.mail(bytes(locked) + b"\n") + eicar()))
        assert verdict == "infected", answers
        assert probe.state("engine") == "working"


def rar_without_the_plug_in():
    """libclamav says clean of every RAR archive while its plug-in is missing, as it is in Debian's main."""
    if glob.glob("/usr/lib/*/libclamunrar_iface.so*"):
        print("the plug-in is there: nothing to try")
        return
    with Rig() as rig:
        probe = Probe(rig, ENGINE.format("test", ""))
        for name, content in (("alone.rar", samples.rar_stored(b"harmless")),
                              ("in-a-mail", samples.mail(samples.rar_stored(b"harmless")))):
            verdict, answers = probe.judge(rig.write(name, content))
            assert (verdict, answers["engine"][0]) == ("unscannable", "unscannable:unsupported"), (name, verdict, answers)


def no_room():
    """What does not fit into the folder for temporary files is not clean, and the next message is judged as ever."""
    with Rig() as rig:
        probe = Probe(rig, ENGINE.format("test", 'max_size = "100M"; folder_size = "16M"; scans_per_process = 1000;'))
        probe.ask("tend")
        assert probe.state("engine") == "working"
        large = rig.write("large", samples.mail(os.urandom(20000000)))
        small = rig.write("small", samples.mail(b"nothing"))
        infected = rig.write("infected", samples.mail(eicar()))
        for _ in range(3):
            verdict, answers = probe.judge(large)
            assert verdict == "unscanned" and answers["engine"][0] == "failed", (verdict, answers)
            assert probe.judge(small)[0] == "clean"
            assert probe.judge(infected)[0] == "infected"


def refuses(rig, folder, *words):
    probe = Probe(rig, ENGINE.format(folder, ""))
    probe.ask("tend")
    engine = probe.engine()
    assert engine["scanning"].startswith("refuses: ") and all(w in engine["scanning"] for w in words), engine
    for content in (b"nothing", eicar()):
        verdict, answers = probe.judge(rig.write("mail", samples.mail(content)))
        assert verdict == "unscanned" and all(w in answers["engine"][1] for w in words), (verdict, answers)
    assert probe.state("engine") == "failed"
    assert probe.ask("admit") == ["yes"] and probe.ask("admit") == ["no"]
    probe.close()


def no_signatures():
    with Rig() as rig:
        refuses(rig, signatures(rig, "empty", ""), "no signatures", "freshclam")
    with Rig() as rig:
        refuses(rig, rig.path("missing"), "no signatures", "freshclam")
    with Rig() as rig:
        refuses(rig, signatures(rig, "other", "hello\n", "readme.txt"), "no signatures", "freshclam")


def bad_signatures():
    with Rig() as rig:
        refuses(rig, signatures(rig, "damaged", "not a signature at all\n"), "cannot load")
    with Rig() as rig:
        refuses(rig, signatures(rig, "blind", "Synth.Nothing:0:*:" + "0123456789abcdef" * 4 + "\n"), "self-test",
                "the small sample", "clean")
    with Rig() as rig:  # finds the sample everywhere
        refuses(rig, signatures(rig, "alarm", "Synth.All:0:*:" + b"canary@localhost".hex() + "\n"
                                f"Test.Eicar:0:*:{eicar().hex()}\n"), "self-test", "clean large mail", "infected")


def killed_children():
    """A child that dies costs a retry, and two a verdict; an infected message is never called clean."""
    with Rig() as rig:
        probe = Probe(rig, ENGINE.format("test", "processes = 2;"))
        probe.ask("tend")
        pid = probe.engine_pid()
        path = rig.write("large", large_infected())
        over = threading.Event()

        def kill():
            while not over.is_set():
                for child in children(pid):
                    try:
                        os.kill(child, signal.SIGKILL)
                    except ProcessLookupError:
                        pass
                time.sleep(0.02)  # the pace of the killing, not a wait

        assert probe.judge(path)[0] == "infected"
        killer = threading.Thread(target=kill)
        killer.start()
        seen = []
        try:
            for _ in range(10):
                verdict, answers = probe.judge(path)
                assert verdict in ("infected", "unscanned"), (verdict, answers)
                seen.append(answers["engine"])
        finally:
            over.set()
            killer.join()
        assert any(kind == "failed" and "twice" in text for kind, text in seen), seen
        probe.wait_state("engine", "working")
        assert probe.judge(path)[0] == "infected"
        assert int(probe.engine()["crashed"]) >= 2, probe.engine()


def killed_parent():
    with Rig() as rig:
        probe = Probe(rig, ENGINE.format("test", ""))
        probe.ask("tend")
        pid = probe.engine_pid()
        forked = children(pid)
        os.kill(pid, signal.SIGKILL)
        verdict, answers = probe.judge(rig.write("infected", samples.mail(eicar())))
        assert verdict == "unscanned" and answers["engine"][0] == "failed", (verdict, answers)
        wait_for(lambda: not any(os.path.exists(f"/proc/{c}") for c in forked), "the children to end")


def timeout():
    with Rig() as rig:
        probe = Probe(rig, ENGINE.format("test", 'timeout = "100ms";').replace("10m", "1h"))
        probe.ask("tend")
        many = io.BytesIO()
        with zipfile.ZipFile(many, "w", zipfile.ZIP_DEFLATED) as z:
            for i in range(3000):
                z.writestr(f"{i}", b"%d" % i * 1000)
        path = rig.write("many", samples.mail(many.getvalue()))
        verdict, answers = probe.judge(path)
        assert verdict == "unscanned" and answers["engine"][0] == "failed", (verdict, answers)


def as_an_ordinary_user():
    """Where the machine lets him have a mount namespace the folders are as private as root's."""
    with Rig() as rig:
        os.chmod(rig.folder, 0o777)
        script = os.path.join(HERE, "test_engine.py")
        out = subprocess.run(["/usr/bin/python3", "-B", script, "--as-user"], user=USER, group=USER, extra_groups=[],
                             cwd=rig.folder, stdout=subprocess.PIPE, text=True)
        assert out.returncode == 0, out.stdout


def in_shared_memory():
    """The files in the engines' folders; those of other engines on this machine come and go meanwhile."""
    return set(glob.glob("/dev/shm/cordon-engine*/*"))


def without_a_namespace():
    """Where the machine lets him have none: a fenced folder in shared memory, and it says so."""
    before = in_shared_memory()
    with Rig() as rig:
        os.chmod(rig.folder, 0o777)
        command = ("echo 0 > /proc/sys/user/max_user_namespaces; exec setpriv --ambient-caps=-all --inh-caps=-all "
                   f"/usr/bin/python3 -B {os.path.join(HERE, 'test_engine.py')} --as-user shared")
        out = subprocess.run(["unshare", "--user", "--map-user=2000", "--map-group=2000", "--keep-caps", "sh", "-c",
                              command], cwd=rig.folder, stdout=subprocess.PIPE, text=True)
        assert out.returncode == 0, out.stdout
        wait_for(lambda: in_shared_memory() <= before, "shared memory without what was new in it")


def as_user(folders):
    with Rig() as rig:
        probe = Probe(rig, ENGINE.format("test", ""))
        probe.ask("tend")
        engine = probe.engine()
        assert probe.state("engine") == "working", engine
        assert engine["folder"] in folders and ("weaker" in engine) == (engine["folder"] == "shared"), engine
        assert probe.judge(rig.write("infected", samples.mail(eicar())))[0] == "infected"
        assert probe.judge(rig.write("clean", samples.mail(b"nothing")))[0] == "clean"


if sys.argv[1:2] == ["--as-user"]:
    as_user(sys.argv[2:] or ["private", "shared"])
    sys.exit(0)
tests = [judges, limits_and_encryption, rar_without_the_plug_in, no_room, no_signatures, bad_signatures, killed_children, killed_parent, timeout]
if os.geteuid() == 0:
    tests += [as_an_ordinary_user, without_a_namespace]
run(tests)

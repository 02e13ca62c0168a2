"""Rules of YARA as a scanner: libyara in its box, rules that are there and rules that can't be used, limits, and children
that die."""
import os
import signal
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from probe import Probe, run  # noqa: E402
from rig import BUILD, ROOT, Client, Rig, eicar, free_port, listener, mail_with, small_mail, wait_for  # noqa: E402

ENGINE = os.path.join(BUILD, "cordon-engine-yara")
EICAR = os.path.join(ROOT, "etc/yara/eicar.yar")
RULES = """
rule Marked { strings: $a = "marker-one" condition: $a }
rule Locked { meta: cordon = "unscannable:encrypted" strings: $a = "marker-two" condition: $a }
rule Known { meta: cordon = "ignore" strings: $a = "marker-three" condition: $a }
rule Many { strings: $a = "aa" condition: #a == 3 }
"""


def scanner(*rules, more=""):
    names = ", ".join(f'"{x}"' for x in rules)
    return f'scanner: {{ rules: {{ type = "yara"; rules = [{names}]; canary_interval = "10m"; {more} }}; }};\n'


def probe_of(rig, *rules, more=""):
    return Probe(rig, scanner(*rules, more=more), engine="cordon-engine-yara")


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as f:
        return [int(x) for x in f.read().split()]


def answers_of_rules():
    with Rig() as rig:
        probe = probe_of(rig, EICAR, rig.write("mine.yar", RULES))
        probe.ask("tend")
        engine = probe.engine()
        assert probe.state("rules") == "working", engine
        assert engine["scanning"] == "yes" and engine["rules"] == "5" and engine["files"] == "2", engine
        assert int(engine["generation"], 16) != 0 and engine["version"].startswith("YARA 4."), engine
        expected = {
            b"harmless": ("clean", "clean", ""),
            b"a marker-one": ("infected", "infected", "mine.Marked"),
            b"a marker-two": ("unscannable", "unscannable:encrypted", "mine.Locked"),
            b"a marker-three": ("clean", "clean", ""),
            b"marker-two marker-one": ("infected", "infected", "mine.Marked"),
            b"x" * 1000 + eicar() + b"  ": ("infected", "infected", "eicar.EICAR_Test_File"),
            eicar()[:34] + b" " + eicar()[34:]: ("clean", "clean", ""),
            b"a" * 3000000: ("unscannable", "unscannable:limit", "libyara: too many matches of $a"),
            b"b" * 20000000: ("clean", "clean", ""),
        }
        for content, (verdict, kind, text) in expected.items():
            got = probe.judge(rig.write("mail", content))
            assert got == (verdict, {"rules": (kind, text)}), (content[:40], got)
        status = probe.ask("status")[0]
        assert "YARA 4." in status and engine["generation"] in status, status


def modules():
    """What libyara's own modules do within the box, with a real program."""
    rules = """
import "elf" import "hash" import "math" import "pe" import "dotnet" import "time"
rule Elf { condition: elf.type == elf.ET_DYN and elf.number_of_sections > 5 and hash.sha256(0, filesize) == "%s" }
rule Pe { condition: pe.is_pe or pe.imphash() == "x" or math.entropy(0, 10) > 100 or time.now() == 0 }
"""
    with Rig() as rig:
        digest = subprocess.run(["sha256sum", ENGINE], stdout=subprocess.PIPE, text=True).stdout.split()[0]
        probe = probe_of(rig, EICAR, rig.write("modules.yar", rules % digest))
        probe.wait_state("rules", "working")
        with open(ENGINE, "rb") as f:
            program = f.read()
        assert probe.judge(rig.write("program", program))[1]["rules"] == ("infected", "modules.Elf")
        assert probe.judge(rig.write("other", program + b"x"))[0] == "clean"


def compiled():
    with Rig() as rig:
        source = rig.write("mine.yar", RULES)
        made = rig.path("mine.yarc")
        subprocess.run(["yarac", source, made], check=True)
        os.chmod(made, 0o644)
        probe = probe_of(rig, EICAR, made)
        probe.wait_state("rules", "working")
        assert probe.judge(rig.write("mail", b"marker-one"))[1]["rules"] == ("infected", "default.Marked")
        with open(made, "rb") as f:
            data = bytearray(f.read())
        for name, change in (("version", bytes([data[4] + 1])), ("cut", None)):
            path = rig.write(name + ".yarc", data[:4] + change + data[5:] if change else data[:40])
            refuses(rig, path, path, "compiled" if change else "damaged")
        refuses(rig, rig.write("noise.yar", b"\0\1\2 noise"), "noise.yar is neither")


def refuses(rig, path, *words):
    probe = probe_of(rig, EICAR, path)
    probe.ask("tend")
    engine = probe.engine()
    assert engine["scanning"].startswith("refuses: ") and all(w in engine["scanning"] for w in words), engine
    for content in (b"nothing", eicar()):
        verdict, answers = probe.judge(rig.write("mail", content))
        assert verdict == "unscanned" and all(w in answers["rules"][1] for w in words), (verdict, answers)
    assert probe.state("rules") == "failed"
    probe.close()


def broken_rules():
    with Rig() as rig:
        refuses(rig, rig.write("syntax.yar", "rule A { condition: true }\nrule B { strings: condition: }\n"),
                "syntax.yar:2: syntax error")
        refuses(rig, rig.write("meaning.yar", 'rule A { meta: cordon = "perhaps" condition: false }'),
                "rule meaning.A", 'cordon = "perhaps"')
        refuses(rig, rig.write("module.yar", 'import "magic"\nrule A { condition: magic.type() contains "x" }'),
                "module magic")
        path = rig.write("closed.yar", "rule A { condition: false }")
        os.chmod(path, 0o600)
        if os.geteuid() == 0:
            refuses(rig, path, "closed.yar", "Permission denied")


def rules_that_do_not_know_the_canary():
    with Rig() as rig:
        probe = probe_of(rig, rig.write("blind.yar", RULES))
        probe.ask("tend")
        assert probe.state("rules") == "failed"
        verdict, answers = probe.judge(rig.write("mail", b"nothing"))
        assert verdict == "unscanned" and "canary missed" in answers["rules"][1], answers
        probe = probe_of(rig, EICAR, rig.write("alarm.yar", 'rule All { strings: $a = "canary@localhost" condition: $a }'))
        probe.ask("tend")
        assert probe.state("rules") == "failed"


def slow_rule():
    """A rule that takes longer than the scanner has is a failure, never a clean answer, and costs no other message."""
    slow = 'rule Slow { strings: $a = "marker-slow" condition: $a and for all i in (1..900000000) : (i * i != -1) }'
    with Rig() as rig:
        probe = probe_of(rig, EICAR, rig.write("slow.yar", slow), more='timeout = "1s";')
        probe.wait_state("rules", "working")
        verdict, answers = probe.judge(rig.write("mail", b"marker-slow"))  # for all of the rule it would take minutes
        assert verdict == "unscanned" and answers["rules"] == ("failed", "timeout"), (verdict, answers)
        probe.wait_state("rules", "working")
        assert probe.judge(rig.write("clean", b"nothing"))[0] == "clean"
        wait_for(lambda: int(probe.engine()["killed"]) >= 1, "the killed child to be counted")


def killed_children():
    with Rig() as rig:
        heavy = 'rule Heavy { condition: for all i in (1..3000000) : (i * i != -1) and false }'
        probe = probe_of(rig, EICAR, rig.write("heavy.yar", heavy), more="processes = 2;")
        probe.wait_state("rules", "working")
        pid = probe.engine_pid()
        path = rig.write("infected", b"x" * 1000000 + eicar())
        clean = rig.write("clean", b"x" * 1000000)
        over = threading.Event()

        def kill():
            while not over.is_set():
                for child in children(pid):
                    try:
                        os.kill(child, signal.SIGKILL)
                    except ProcessLookupError:
                        pass
                time.sleep(0.02)  # the pace of the killing, not a wait

        killer = threading.Thread(target=kill)
        killer.start()
        seen = []
        try:
            for _ in range(8):
                verdict, answers = probe.judge(path)
                assert verdict in ("infected", "unscanned"), (verdict, answers)
                verdict, answers = probe.judge(clean)
                assert verdict in ("clean", "unscanned"), (verdict, answers)
                seen.append(answers["rules"])
        finally:
            over.set()
            killer.join()
        assert any(kind == "failed" and "twice" in text for kind, text in seen), seen
        probe.wait_state("rules", "working")
        assert probe.judge(path)[0] == "infected"
        assert int(probe.engine()["crashed"]) >= 2, probe.engine()


def deliver(port, message):
    with Client(("127.0.0.1", port), timeout=120) as c:
        return c.try_mail(message)


def through_the_daemon():
    """Attachments are shown decoded; a reload takes new rules, and keeps the old ones where the new are broken."""
    with Rig() as rig:
        sink, port = rig.sink(), free_port()
        mine = rig.write("mine.yar", RULES)
        cordon = rig.cordon(listener(port, f"smtp://127.0.0.1:{sink.port}", mode="before-queue") +
                            scanner(EICAR, mine) + 'policy: { infected = "reject"; };\n')
        assert deliver(port, small_mail()).startswith("250")
        reply = deliver(port, mail_with(b"a marker-one in here", "a.bin"))
        assert reply.startswith("550 5.7.1") and "mine.Marked" in reply, reply
        assert deliver(port, mail_with(eicar(), "eicar.com")).startswith("550 5.7.1")
        status = cordon.status()
        first = status["yara.generation"]
        assert status["yara.rules"] == "5", status

        rig.write("mine.yar", RULES.replace("marker-one", "marker-new"))
        cordon.reload()
        wait_for(lambda: cordon.status().get("yara.generation") not in (None, first), "the new rules")
        wait_for(lambda: any("done" in x for x in cordon.lines("reload")), "the reload")
        assert deliver(port, mail_with(b"a marker-new in here", "a.bin")).startswith("550 5.7.1")
        assert deliver(port, mail_with(b"a marker-one in here", "a.bin")).startswith("250")

        rig.write("mine.yar", "rule Broken { condition: }\n")
        cordon.reload()
        wait_for(lambda: "the new yara does not scan" in cordon.log() and "mine.yar:1: syntax error" in cordon.log(), "the refusal")
        assert deliver(port, mail_with(b"a marker-new in here", "a.bin")).startswith("550 5.7.1"), "the old rules go on"
        assert deliver(port, small_mail()).startswith("250")
        cordon.stop()


def checks():
    with Rig() as rig:
        good = subprocess.run([ENGINE, "--check", EICAR], stdout=subprocess.PIPE, text=True)
        assert good.returncode == 0 and "1 rules in 1 files" in good.stdout, good
        path = rig.write("bad.yar", "rule A {\n condition: nothing }\n")
        bad = subprocess.run([ENGINE, "--check", EICAR, path], stdout=subprocess.PIPE, text=True)
        assert bad.returncode == 78 and f'{path}:2: error: undefined identifier "nothing"' in bad.stdout, bad
        conf = rig.write("rules.conf", scanner(EICAR, path))
        out = subprocess.run([os.path.join(BUILD, "cordond"), "--check", "-c", conf], stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True)
        assert out.returncode == 78 and f"{path}:2: error: " in out.stdout and "the rules are wrong" in out.stdout, out
        conf = rig.write("rules.conf", scanner(EICAR))
        out = subprocess.run([os.path.join(BUILD, "cordond"), "--check", "-c", conf], stdout=subprocess.PIPE, text=True)
        assert out.returncode == 0 and out.stdout.endswith("rules.conf: ok\n"), out
        for rules, word in (("", "has no rules"), (f'rules = ["{rig.folder}/none*.yar"];', "names no file"),
                            ('rules = ["mine.yar"];', "no absolute path")):
            conf = rig.write("c.conf", f'scanner: {{ y: {{ type = "yara"; {rules} }}; }};\n')
            out = subprocess.run([os.path.join(BUILD, "cordond"), "--check", "-c", conf], stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True)
            assert out.returncode == 78 and word in out.stdout and "c.conf:1" in out.stdout, out


run([answers_of_rules, modules, compiled, broken_rules, rules_that_do_not_know_the_canary, slow_rule, killed_children,
     through_the_daemon, checks])

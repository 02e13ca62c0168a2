"""Scanners that are foreign programs: real ones, and scripts for what real ones rarely do."""
import os
import time

from peers import Clamd, signature_folder
from rig import Rig, eicar, mail_with, small_mail, wait_for
from test_scanning import Place

PROGRAMS = "games"  # an ordinary user that every Debian has, and not the one that Cordon runs as


def row(name, command, more=""):
    arguments = ", ".join('"' + a.replace("\\", "\\\\").replace('"', '\\"') + '"' for a in command)
    return f'{name}: {{ type = "command"; user = "{PROGRAMS}"; command = [{arguments}]; {more} }};\n'


def scanners(*rows):
    return "scanner: {\n" + "".join(rows) + "};\n"


def clamscan(rig, more="", place="{}"):
    return row("clamscan", ["/usr/bin/clamscan", "--database=" + signature_folder(rig), "--no-summary", place],
               'name_pattern = ": (.+) FOUND$"; version_command = ["/usr/bin/clamscan", "--version"]; ' + more)


def script(rig, name, text):
    """A program of the test's own; for faults alone."""
    path = rig.write(name, "#!/bin/sh\n" + text)
    os.chmod(path, 0o755)
    return path


def judged(place, message):
    reply = place.mail(message)
    return reply


def working(place, name="clamscan"):
    wait_for(lambda: place.cordon.status().get(f"gate.scanner.{name}.state", "").startswith("working"),
             f"{name} to work", 60)


def check_finds(place):
    reply = place.mail(mail_with(eicar()))
    assert reply.startswith("550 5.7.1") and "Test.Eicar.UNOFFICIAL" in reply, reply
    assert place.mail(mail_with(b"harmless")).startswith("250"), "clean"
    assert place.mail(small_mail()).startswith("250"), "small"


def test_clamscan_in_each_delivery():
    for more, where in (('delivery = "fd";', "{}"), ('delivery = "stream";', "-"), ('delivery = "shared";', "{}")):
        with Rig() as rig:
            place = Place(rig, scanners(clamscan(rig, more, where)))
            check_finds(place)
            status = place.cordon.status()
            assert "ClamAV 1." in status["gate.scanner.clamscan.state"], status
            folder = status[f"runner-{PROGRAMS}.folder.clamscan"]
            runner = place.cordon.pids("cordon-runner")
            assert len(runner) == 1
            assert os.listdir(f"/proc/{runner[0]}/root{folder}") == [], "nothing is left behind"
            uid = [l for l in open(f"/proc/{runner[0]}/status") if l.startswith(("Uid", "CapEff", "CapPrm", "NoNewPrivs"))]
            import pwd
            wanted = str(pwd.getpwnam(PROGRAMS).pw_uid)
            if os.getuid() == 0:
                assert uid[0].split()[1:] == [wanted] * 4, uid
            assert uid[1].split()[1] == uid[2].split()[1] == "0" * 16 and uid[3].split()[1] == "1", uid


def test_clamdscan():
    for more, arguments in (('delivery = "fd";', ["--fdpass", "{}"]), ('delivery = "stream";', ["-"]),
                            ('delivery = "fd";', ["--stream", "{}"]), ('delivery = "shared";', ["--fdpass", "{}"])):
        with Rig() as rig:
            clamd = Clamd(rig)
            place = Place(rig, scanners(row("clamdscan", ["/usr/bin/clamdscan", "--config-file=" + clamd.configuration,
                                                          "--no-summary", *arguments],
                                            'name_pattern = ": (.+) FOUND$"; ' + more)))
            check_finds(place)
            clamd.kill()
            reply = place.mail(small_mail())
            assert reply.startswith("451 4.7.1") or reply.startswith("421"), reply


def faults(rig):
    """A scanner that works, but for mail with a word in it that it obeys."""
    return script(rig, "faulty", r'''
f=$1
word=$(tr -c 'A-Za-z' '\n' < "$f" | sed -n 's/^DO\(.*\)DO$/\1/p' | head -n 1)
case $word in
status) exit 77 ;;
signal) kill -SEGV $$ ;;
hang) exec sleep 600 ;;
flood) exec head -c 200000 /dev/zero ;;
licence) echo "the licence has expired"; exit 0 ;;
encrypted) exit 13 ;;
alter) chmod u+w "$f"; echo x >> "$f"; exit 0 ;;
remove) rm -f "$f"; exit 0 ;;
replace) d=$(dirname "$f"); cp "$f" "$d/x"; echo y >> "$d/x"; mv -f "$d/x" "$f"; exit 0 ;;
leave) sleep 600 & exit 0 ;;
esac
if grep -q 'EICAR-STANDARD' "$f" || base64 -di "$f" 2>/dev/null | grep -qa 'EICAR-STANDARD'; then
    echo "$f: Found.It FOUND"
    exit 1
fi
sed -n '/^$/,$p' "$f" | tr -d '\r' | grep -E '^[A-Za-z0-9+/=]{60,}' | base64 -di 2>/dev/null | grep -qa 'EICAR-STANDARD' && exit 1
exit 0
'''.replace("EICAR-STANDARD", "EICAR-STAN" "DARD"))


FAULTS = {
    "status": "exit status 77",
    "signal": "ended by signal 11",
    "hang": "timeout",
    "flood": "wrote more than is read of it",
    "licence": "the licence has expired",
}


def test_whatever_is_not_definite_is_failed():
    with Rig() as rig:
        place = Place(rig, scanners(row("faulty", [faults(rig), "{}"], 'timeout = "3s"; unscannable = ["encrypted: 13"]; '
                                        'failed = ["licence has expired"]; name_pattern = ": (.+) FOUND$";')))
        working(place, "faulty")
        assert place.mail(small_mail()).startswith("250")
        for word, reason in FAULTS.items():
            working(place, "faulty")
            count = len(place.cordon.messages())
            reply = place.mail(small_mail(body=f"DO{word}DO\r\n".encode()))
            assert reply.startswith("451 4.7.1"), (word, reply)
            line = place.cordon.wait_messages(count + 1)[-1]
            assert reason in line, (word, line)
        working(place, "faulty")
        assert place.mail(small_mail(body=b"DOencryptedDO\r\n")).startswith("250"), "unscannable: encrypted is tagged"
        assert "encrypted" in place.cordon.messages()[-1]
        begun = time.monotonic()
        assert place.mail(small_mail(body=b"DOleaveDO\r\n")).startswith("250")
        assert time.monotonic() - begun < 2, "whoever a program leaves behind keeps nobody waiting"
        assert place.cordon.pids("sleep") == []


def test_a_lent_file_that_changes_is_tampered():
    with Rig() as rig:
        place = Place(rig, scanners(row("faulty", [faults(rig), "{}"], 'delivery = "shared"; timeout = "5s"; '
                                        'name_pattern = ": (.+) FOUND$";')))
        for word, reason in (("alter", "another size"), ("remove", "not there any more"), ("replace", "another size")):
            working(place, "faulty")
            count = len(place.cordon.messages())
            reply = place.mail(small_mail(body=f"DO{word}DO\r\n".encode()))
            assert reply.startswith("451 4.7.1"), (word, reply)
            line = place.cordon.wait_messages(count + 1)[-1]
            assert "tampered" in line and reason in line, (word, line)
        working(place, "faulty")
        assert place.mail(mail_with(b"harmless")).startswith("250")


def test_a_program_that_goes_or_that_others_may_write():
    with Rig() as rig:
        program = faults(rig)
        place = Place(rig, scanners(row("faulty", [program, "{}"], 'timeout = "5s";')))
        working(place, "faulty")
        os.chmod(program, 0o757)
        assert place.mail(small_mail()).startswith("451 4.7.1")
        assert "writable by others" in place.cordon.wait_messages(1)[-1]
        wait_for(lambda: "writable by others" in place.cordon.status()[f"runner-{PROGRAMS}.program.faulty"], "the status")
        os.chmod(program, 0o755)
        working(place, "faulty")
        assert place.mail(small_mail()).startswith("250")
        os.unlink(program)
        reply = place.mail(small_mail())
        assert reply.startswith("451 4.7.1"), reply


def test_a_runner_that_dies_is_started_again():
    with Rig() as rig:
        place = Place(rig, scanners(clamscan(rig)))
        check_finds(place)
        old = place.cordon.pids("cordon-runner")[0]
        os.kill(old, 9)
        wait_for(lambda: place.cordon.pids("cordon-runner") not in ([], [old]), "a new runner")
        working(place)
        check_finds(place)


def test_each_user_has_a_runner_and_a_reload_keeps_it():
    with Rig() as rig:
        one = clamscan(rig)
        two = clamscan(rig).replace("clamscan:", "second:").replace(f'user = "{PROGRAMS}"', 'user = "www-data"')
        place = Place(rig, scanners(one, two) + 'policy: { require = "all"; };\n', policy="")
        check = place.cordon.pids("cordon-runner")
        assert len(check) == 2, check
        text = open(place.cordon.path).read()
        place.cordon.configure(text.split("\n", 2)[2].replace("second:", "renamed:"))
        place.cordon.reload()
        wait_for(lambda: place.cordon.status().get("reload") == "ok", "the reload")
        wait_for(lambda: len(place.cordon.pids("cordon-gate")) == 1, "the old gate's end")
        wait_for(lambda: len(place.cordon.pids("cordon-runner")) == 2, "two runners")
        after = place.cordon.pids("cordon-runner")
        assert len(set(check) & set(after)) == 1, (check, after)
        assert place.mail(small_mail()).startswith("250")


if __name__ == "__main__":
    import rig as rigs
    rigs.main(globals())

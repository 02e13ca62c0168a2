"""Scanners that are foreign programs: real ones, and scripts for what real ones rarely do."""
import base64
import contextlib
import email
import http.server
import json
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
import time

import rig as rigs
from peers import Clamd, signature_folder
from rig import Rig, eicar, mail_with, small_mail, wait_for
from test_scanning import Place

LONG = str(1000000 + os.getpid())  # seconds: a sleep that no other process of the machine is in
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


def working(place, name="clamscan"):
    wait_for(lambda: place.cordon.status().get(f"gate.scanner.{name}.state", "").startswith("working"),
             f"{name} to work", 60)
    wait_for(lambda: place.mail(small_mail()).startswith("250"), f"{name} to answer", 60)  # the status lags behind


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
            wanted = str(pwd.getpwnam(PROGRAMS).pw_uid)
            if os.getuid() == 0:
                assert uid[0].split()[1:] == [wanted] * 4, uid
            assert uid[1].split()[1] == uid[2].split()[1] == "0" * 16 and uid[3].split()[1] == "1", uid


def clamdscan(clamd, arguments, more):
    return row("clamdscan", ["/usr/bin/clamdscan", "--config-file=" + clamd.configuration, "--no-summary", *arguments],
               'name_pattern = ": (.+) FOUND$"; ' + more)


def test_clamdscan():
    for more, arguments in (('delivery = "stream";', ["-"]), ('delivery = "shared";', ["--fdpass", "{}"]),
                            ('delivery = "shared";', ["--stream", "{}"])):
        with Rig() as rig:
            clamd = Clamd(rig)
            place = Place(rig, scanners(clamdscan(clamd, arguments, more)))
            check_finds(place)
            clamd.kill()
            reply = place.mail(small_mail())
            assert reply.startswith("451 4.7.1"), reply


def shared_folder(rig):
    folder = tempfile.mkdtemp(prefix="cordon-test-", dir="/dev/shm")
    rig.stack.callback(shutil.rmtree, folder, True)
    if os.getuid() == 0:
        os.chown(folder, pwd.getpwnam(PROGRAMS).pw_uid, -1)
    os.chmod(folder, 0o2750)
    return folder


def test_a_daemon_that_opens_the_file_itself():
    for is_shared in (False, True):
        with Rig() as rig:
            folder = shared_folder(rig)
            more = 'delivery = "shared"; ' + (f'shared_folder = "{folder}";' if is_shared else "")
            place = Place(rig, scanners(clamdscan(Clamd(rig), ["{}"], more)))
            if is_shared:
                check_finds(place)
                assert os.listdir(folder) == []
            else:
                assert place.mail(small_mail()).startswith("451 4.7.1"), "the private folder is private"


def test_a_program_that_does_not_look_is_found_out():
    """clamdscan looks at no symbolic link, which the name of a descriptor is, and says OK of it."""
    with Rig() as rig:
        place = Place(rig, scanners(clamdscan(Clamd(rig), ["--fdpass", "{}"], 'delivery = "fd";')))
        reply = place.mail(small_mail())
        assert reply.startswith("451 4.7.1"), reply
        assert "canary missed" in place.cordon.messages()[-1]


LOOK = r'''look() { cat "$1"; tr -d '\r' < "$1" | grep -E '^[A-Za-z0-9+/=]{60,}$' | base64 -di 2>/dev/null; }
'''


def faults(rig):
    """A scanner that works, but for mail with a word in it that it obeys."""
    return script(rig, "faulty", LOOK + r'''
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
replace) d=$(dirname "$f"); cp "$f" "$d/x"; chmod u+w "$d/x"; echo y >> "$d/x"; mv -f "$d/x" "$f"; exit 0 ;;
leave) sleep 600 & exit 0 ;;
daemon) (setsid nohup sleep LONG </dev/null >/dev/null 2>&1 &); exit 0 ;;
hide) (setsid nohup sleep LONG </dev/null >/dev/null 2>&1 &); exec sleep 600 ;;
esac
if look "$f" | grep -qa 'EICAR-STANDARD'; then
    echo "$f: Found.It FOUND"
    exit 1
fi
exit 0
'''.replace("EICAR-STANDARD", "EICAR-STAN" "DARD").replace("LONG", LONG))


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
        assert place.mail(small_mail(body=b"DOleaveDO\r\n")).startswith("250"), "whoever a program leaves behind keeps nobody waiting"
        assert place.cordon.pids("sleep") == []


def named(*words):
    """The processes of this machine with that command line, whoever's children they are."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            if open(f"/proc/{pid}/cmdline", "rb").read().split(b"\0")[:-1] == [w.encode() for w in words]:
                found.append(int(pid))
    return found


def test_a_program_that_makes_itself_a_daemon():
    """Neither another parent, nor a session of its own, nor the runner's death lets a process outlive its job."""
    with Rig() as rig:
        place = Place(rig, scanners(row("faulty", [faults(rig), "{}"], 'timeout = "4s"; name_pattern = ": (.+) FOUND$";')))
        working(place, "faulty")
        assert place.mail(small_mail(body=b"DOdaemonDO\r\n")).startswith("250")
        assert named("sleep", LONG) == []
        reply = place.mail(small_mail(body=b"DOhideDO\r\n"))
        assert reply.startswith("451 4.7.1"), reply
        wait_for(lambda: not named("sleep", LONG), "the hidden one to go")
        working(place, "faulty")
        thread = threading.Thread(target=place.mail, args=(small_mail(body=b"DOhideDO\r\nagain\r\n"),))
        thread.start()
        wait_for(lambda: named("sleep", LONG), "the hidden one")
        os.kill(place.cordon.pids("cordon-runner")[0], signal.SIGKILL)
        wait_for(lambda: not named("sleep", LONG), "the hidden one to go with the runner")
        thread.join()


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


DAEMON = r'''
import base64, contextlib, os, re, socket, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o777)
listener.listen(64)
while True:
    connection, _ = listener.accept()
    with contextlib.suppress(OSError), connection, connection.makefile("rb") as f:
        path = re.fullmatch(rb"SCAN (\S+)\n", f.readline()).group(1)
        try:
            whole = open(path, "rb").read()
            word = re.search(rb"DO([a-z]+)DO", whole)
            if word and word.group(1) == b"hang":
                f.readline()
            if word and word.group(1) == b"alter":
                os.chmod(path, 0o640)
                open(path, "ab").write(b"x")
            if word and word.group(1) == b"same":
                os.chmod(path, 0o640)
                open(path, "r+b").write(b"X")
            if word and word.group(1) == b"remove":
                os.unlink(path)
            packed = b"".join(re.findall(rb"^([A-Za-z0-9+/]{60,}=*|[A-Za-z0-9+/]+=+)\r?$", whole, re.M))
            found = any(b"EICAR-STANDARD" in x for x in (whole, base64.b64decode(packed + b"===")))
            connection.sendall(b"FOUND: Eicar-Test\n" if found else b"OK\n")
        except OSError as e:
            connection.sendall(b"ERROR: %s\n" % str(e).encode())
'''


def opener(rig, user):
    """A stand-in for a daemon that opens files by their names, as that user; its address."""
    folder = tempfile.mkdtemp(prefix="cordon-test-")
    os.chmod(folder, 0o777)
    rig.stack.callback(shutil.rmtree, folder, True)
    row = pwd.getpwnam(user)
    process = subprocess.Popen(["/usr/bin/python3", "-c", DAEMON, folder + "/s"], user=row.pw_uid, group=row.pw_gid,
                               extra_groups=[])
    rig.stack.callback(lambda: (process.kill(), process.wait()))
    wait_for(lambda: os.path.exists(folder + "/s"), "the daemon")
    return "unix:" + folder + "/s"


def lent(rig, user, folder):
    with open(os.path.join(rigs.ROOT, "etc/scanners/openantivirus.conf")) as f:
        template = rig.write("openantivirus.conf", f.read())
    return scanners(f'av: {{\n@include "{os.path.basename(template)}"\n address = "{opener(rig, user)}"; timeout = "3s"; '
                    f'delivery = "shared"; user = "{PROGRAMS}"; shared_folder = "{folder}"; }};\n')


def test_a_daemon_of_another_user_is_lent_files():
    with Rig() as rig:
        folder = shared_folder(rig)
        os.chown(folder, -1, pwd.getpwnam("www-data").pw_gid)
        os.chmod(folder, 0o2750)
        place = Place(rig, lent(rig, "www-data", folder))
        reply = place.mail(mail_with(eicar()))
        assert reply.startswith("550 5.7.1") and "Eicar-Test" in reply, reply
        assert place.mail(mail_with(b"harmless")).startswith("250")
        assert os.listdir(folder) == [], "nothing is left behind"
        assert place.cordon.status()[f"runner-{PROGRAMS}.program.av"] == "ok"
        reply = place.mail(small_mail(body=b"DOalterDO\r\n"))
        assert reply.startswith("451 4.7.1") and "not permitted" in place.cordon.messages()[-1], "the group cannot alter it"
        assert "tampered" not in place.cordon.messages()[-1]
        os.kill(place.cordon.pids("cordon-runner")[0], 9)
        wait_for(lambda: place.mail(small_mail()).startswith("250"), "a new runner", 60)


def test_a_daemon_that_alters_what_it_was_lent():
    with Rig() as rig:
        folder = shared_folder(rig)
        place = Place(rig, lent(rig, PROGRAMS, folder))
        for word, reason in (("alter", "another size"), ("same", "other bytes"), ("remove", "not there any more"),
                             ("hang", "timed out")):
            working(place, "av")
            count, passed = len(place.cordon.messages()), len(place.sink.messages)
            reply = place.mail(small_mail(body=f"DO{word}DO\r\n".encode()))
            assert reply.startswith("451 4.7.1"), (word, reply)
            line = place.cordon.wait_messages(count + 1)[-1]
            assert ("tampered" in line or word == "hang") and reason in line, (word, line)
            assert len(place.sink.messages) == passed, word
            wait_for(lambda: os.listdir(folder) == [], "an empty folder")  # a canary may be lent just now
        working(place, "av")
        assert place.mail(mail_with(b"harmless")).startswith("250")
        assert place.mail(mail_with(eicar())).startswith("550 5.7.1")


@contextlib.contextmanager
def another_scanner(folder):
    """What another product on the host does on access: a file that is infected is emptied before anybody else looks."""
    stopped = threading.Event()

    def run():
        while not stopped.is_set():
            for name in os.listdir(folder):
                path = os.path.join(folder, name)
                with contextlib.suppress(OSError):
                    if base64.b64encode(eicar())[:40] in open(path, "rb").read() or eicar() in open(path, "rb").read():
                        os.truncate(path, 0)
    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def test_another_scanner_on_the_host_cleans_what_was_lent():
    """The story that others tell of a clean bill for an infected mail: here it is noticed, and nothing passes."""
    with Rig() as rig:
        folder = shared_folder(rig)
        place = Place(rig, lent(rig, PROGRAMS, folder))
        working(place, "av")
        passed = len(place.sink.messages)
        with another_scanner(folder):
            for _ in range(20):
                assert place.mail(mail_with(eicar()))[:9] in ("550 5.7.1", "451 4.7.1")
            assert len(place.sink.messages) == passed
            wait_for(lambda: place.cordon.status()["gate.scanner.av.state"].startswith("failed"), "the canary's alarm", 60)
            assert place.mail(small_mail()).startswith("451 4.7.1"), "it is not trusted with clean mail either"
            assert any("tampered" in line for line in place.cordon.log().splitlines())
        working(place, "av")
        assert place.mail(mail_with(eicar())).startswith("550 5.7.1")


def test_what_is_lent_to_a_gate_that_dies_is_removed():
    with Rig() as rig:
        folder = shared_folder(rig)
        place = Place(rig, lent(rig, PROGRAMS, folder).replace('"3s"', '"60s"'))
        working(place, "av")

        def is_lent():
            with contextlib.suppress(FileNotFoundError):  # a canary's that was there just now
                return any(b"DOhangDO" in open(os.path.join(folder, x), "rb").read() for x in os.listdir(folder))

        def send():
            with contextlib.suppress(Exception):  # its gate dies
                place.mail(small_mail(body=b"DOhangDO\r\n"))
        thread = threading.Thread(target=send)
        thread.start()
        wait_for(is_lent, "a file")
        os.kill(place.cordon.pids("cordon-gate")[0], 9)
        wait_for(lambda: os.listdir(folder) == [], "an empty folder", 5)
        thread.join()


def test_a_program_that_goes_or_that_others_may_write():
    with Rig() as rig:
        program = faults(rig)
        place = Place(rig, scanners(row("faulty", [program, "{}"], 'timeout = "5s";')))
        working(place, "faulty")
        count = len(place.cordon.messages())
        os.chmod(program, 0o757)
        assert place.mail(small_mail()).startswith("451 4.7.1")
        assert "writable by others" in place.cordon.wait_messages(count + 1)[-1]
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


def helper(rig, more="", command=None):
    here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "communigate_helper.py")
    command = command or ["/usr/bin/python3", rig.write("helper.py", open(here).read())]
    arguments = ", ".join(f'"{a}"' for a in command)
    return f'helper: {{ type = "communigate"; user = "{PROGRAMS}"; command = [{arguments}]; {more} }};\n'


def helper_status(place):
    return place.cordon.status().get(f"runner-{PROGRAMS}.helper.helper", "")


def helper_folder(place):
    """As whoever may look into the runner's own file system sees it."""
    runner = place.cordon.pids("cordon-runner")[0]
    return f"/proc/{runner}/root" + place.cordon.status()[f"runner-{PROGRAMS}.folder.helper"]


def test_a_communigate_helper():
    for input_kind in ("message", "parts", "auto"):
        with Rig() as rig:
            place = Place(rig, scanners(helper(rig, f'input = "{input_kind}";')))
            reply = place.mail(mail_with(eicar()))
            assert reply.startswith("550 5.7.1") and "virus found: Test.Eicar" in reply, (input_kind, reply)
            assert place.mail(mail_with(b"harmless")).startswith("250"), input_kind
            assert place.mail(b"no header field\r\n").startswith("250"), input_kind
            wait_for(lambda: "working, INTF 3" in helper_status(place), "the status")
            assert os.listdir(helper_folder(place) + "/Queue") == []
            assert len(place.cordon.pids("python3.11") + place.cordon.pids("python3")) >= 1


def test_a_helper_is_asked_side_by_side():
    with Rig() as rig:
        place = Place(rig, scanners(helper(rig, 'concurrency = 8; timeout = "50s";')))
        working(place, "helper")
        folder = helper_folder(place)
        replies = []
        threads = [threading.Thread(target=lambda: replies.append(place.mail(small_mail("fault:wait")))) for _ in range(6)]
        for t in threads:
            t.start()
        wait_for(lambda: len(os.listdir(folder + "/Queue")) == 6, "six that do not wait for one another")
        assert place.mail(small_mail()).startswith("250") and not replies, "an answer overtakes others"
        open(folder + "/released", "w").close()
        for t in threads:
            t.join()
        assert all(r.startswith("250") for r in replies) and len(replies) == 6, replies


HELPER_FAULTS = {
    "silent": "timeout",
    "die": "ended twice without an answer",
    "long": "ended twice without an answer",
    "alter": "tampered",
    "remove": "tampered",
    "FAILURE": "unknown answer: FAILURE",
    "REJECTED_later": "unknown answer: REJECTED later",
    "OKAY": "unknown answer: OKAY",
    'ERROR_"licence"': "unknown answer: ERROR",
    'ERROR_"virus_scanner_failed"': "unknown answer: ERROR",
}


def test_a_helper_that_gives_no_definite_answer():
    with Rig() as rig:
        place = Place(rig, scanners(helper(rig, 'timeout = "3s";')))
        for word, reason in HELPER_FAULTS.items():
            working(place, "helper")
            count = len(place.cordon.messages())
            reply = place.mail(small_mail("fault:" + word))
            assert reply.startswith("451 4.7.1"), (word, reply)
            line = place.cordon.wait_messages(count + 1)[-1]
            assert reason in line, (word, line)
        for word in ("die-once", "noise"):
            working(place, "helper")
            reply = place.mail(small_mail("fault:" + word))
            assert reply.startswith("250"), (word, reply)
        working(place, "helper")
        assert place.mail(small_mail("fault:DISCARD")).startswith("550 5.7.1")


def test_a_helper_is_told_to_quit():
    with Rig() as rig:
        marks = rig.path("marks")
        os.makedirs(marks)
        os.chmod(marks, 0o777)
        text = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "communigate_helper.py")).read()
        program = rig.write("marking.py", text.replace('open("quit"', f'open("{marks}/quit"'))
        place = Place(rig, scanners(helper(rig, command=["/usr/bin/python3", program])))
        working(place, "helper")
        place.cordon.stop()
        assert os.listdir(marks) == ["quit"]


def test_a_helper_that_does_not_start():
    with Rig() as rig:
        place = Place(rig, scanners(helper(rig, command=["/bin/sh", "-c", "echo no licence >&2; exit 3"])))
        assert place.mail(small_mail()).startswith("451 4.7.1")
        wait_for(lambda: "no licence" in helper_status(place), "the reason in the status")


def base_folder(rig, text):
    """A folder with a program and the data file that it opens beside it, as filter software is installed."""
    folder = rig.path("filter")
    os.makedirs(folder + "/bin")
    with open(folder + "/data", "w") as f:
        f.write("EICAR-STANDARD\n")
    with open(folder + "/bin/scan", "w") as f:
        f.write(text)
    os.chmod(folder + "/bin/scan", 0o755)
    return folder


def test_a_program_with_a_folder_of_its_own():
    """Named by its whole path or below its folder, it starts there."""
    with Rig() as rig:
        folder = base_folder(rig, "#!/bin/sh\n" + LOOK + 'if look "$1" | grep -qaFf data; then exit 1; fi\n')
        for name in ("bin/scan", folder + "/bin/scan"):
            place = Place(rig, scanners(row("own", [name, "{}"], f'base_folder = "{folder}";')))
            working(place, "own")
            assert place.mail(mail_with(eicar())).startswith("550 5.7.1"), name
            place.cordon.stop()
        check = place.cordon.cli("config", "--config", place.cordon.path)
        assert f'base_folder = "{folder}"' in check.stdout and f'command = ["{folder}/bin/scan"' in check.stdout, check


def test_a_helper_with_a_folder_of_its_own():
    """CommuniGate Pro's: its program is named below the base directory, it starts there, and file names are relative to
    it. Some helpers open them as they stand, some put their own name of the base directory in front."""
    here = os.path.dirname(os.path.abspath(__file__))
    text = "#!/usr/bin/python3\n" + open(os.path.join(here, "communigate_helper.py")).read()
    with Rig() as rig:
        folder = base_folder(rig, text)
        link = rig.path("link")
        os.symlink(folder, link)
        for base, name, opened in ((folder, "bin/scan", "path"), (folder, folder + "/bin/scan", f'"{folder}/" + path'),
                                   (link, "bin/scan", f'"{link}/" + path')):
            with open(folder + "/bin/scan", "w") as f:
                f.write(text.replace("open(path", f"open({opened}").replace("chmod(path", f"chmod({opened}")
                        .replace('"virus found: Test.Eicar"', '"virus found: " + open("data").read().strip()'))
            place = Place(rig, scanners(helper(rig, f'base_folder = "{base}";', [name])))
            reply = place.mail(mail_with(eicar()))
            assert reply.startswith("550 5.7.1") and "virus found" in reply, (base, name, reply)
            assert place.mail(small_mail()).startswith("250"), (base, name)
            place.cordon.stop()


def test_the_first_find_ends_what_the_others_do():
    """A program is killed, a helper that serves others too goes on, and an engine is free for the next message."""
    with Rig() as rig:
        finder = script(rig, "finder", LOOK + "look \"$1\" | grep -qaF -e FINDME -e EICAR-STAN && exit 1; exit 0\n")
        place = Place(rig, scanners(row("finder", [finder, "{}"], 'input = "message";'),
                                    row("slow", [faults(rig), "{}"], 'timeout = "60s"; input = "message";'),
                                    helper(rig, 'timeout = "60s"; input = "message";'),
                                    'engine: { type = "clamav"; signatures = "test"; timeout = "60s"; };\n'), policy='policy: { require = "all"; infected = "reject"; };')
        for name in ("finder", "slow", "helper", "engine"):
            working(place, name)
        assert place.mail(small_mail()).startswith("250")
        count = len(place.cordon.messages())
        idle = [p for p in place.cordon.pids("cordon-engine-clamav") if str(p) != place.cordon.status()["engine.pid"]]
        for pid in idle:
            os.kill(pid, signal.SIGSTOP)
        begun = time.monotonic()
        reply = place.mail(small_mail("fault:silent", body=b"DOhangDO FINDME\r\n"))
        assert reply.startswith("550 5.7.1") and time.monotonic() - begun < 40, reply  # nobody waits for the 60 s of the others
        line = place.cordon.wait_messages(count + 1)[-1]
        assert 'scanner.finder="infected' in line and line.count('="not-asked') == 3, line
        wait_for(lambda: any(not os.path.exists(f"/proc/{p}") for p in idle), "the end of the engine's child")
        for pid in idle:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        wait_for(lambda: not place.cordon.pids("sleep"), "the end of the slow program")
        assert place.mail(small_mail()).startswith("250"), "the others are not blamed"
        wait_for(lambda: helper_status(place).startswith("working"), "a helper that was not ended")


class Rspamd:
    """Says of a message that it is to be rejected where it has the test virus in it; all else that rspamd does is not asked
    for here."""

    def __init__(self, rig):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                data = self.rfile.read(int(self.headers["Content-Length"]))
                bad = any(eicar() in (p.get_payload(decode=True) or b"") for p in email.message_from_bytes(data).walk())
                answer = json.dumps({"action": "reject" if bad else "no action", "score": 20 if bad else 0, "symbols": {},
                                     "required_score": 15, "message-id": "x"}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        rig.stack.callback(self.server.server_close)
        rig.stack.callback(self.server.shutdown)
        self.address = f"127.0.0.1:{self.server.server_port}"


def cgpav(rig, program):
    home = shared_folder(rig)
    clamd = Clamd(rig)
    configuration = rig.write("cgpav.conf", f"cgpro_home = {home}\nclamd_socket = {clamd.socket}\ninfected_action = reject\n")
    return helper(rig, f'shared_folder = "{home}"; concurrency = 20;', [program, "-f", configuration]), clamd.kill


def cgp_rspamd(rig, program):
    rspamd = Rspamd(rig)
    return (helper(rig, 'concurrency = 20;', ["/usr/bin/perl", program, "--host=" + rspamd.address]),
            rspamd.server.server_close)


def cgp_drweb(rig, program):
    """It is made for its place by changing its text, as its manual has it."""
    rspamd, home = Rspamd(rig), shared_folder(rig)
    text = open(program).read().replace('"127.0.0.1:8020"', f'"{rspamd.address}"').replace('"/var/CommuniGate"', f'"{home}"')
    own = rig.write("drweb.py", text)
    return helper(rig, f'shared_folder = "{home}"; concurrency = 20; infected = ("X-Spam-Action: reject");',
                  ["/usr/bin/python3", own]), None  # without its server it says OK: whom that troubles must not use it


def test_somebody_elses_helpers():
    """Unmodified ones of others, where the operator of this test has a folder of them and says which (CORDON_HELPERS):
    many messages at once, and what becomes of mail when what they ask is down."""
    folder = os.environ.get("CORDON_HELPERS", "/nowhere")
    for name, make in (("cgpav", cgpav), ("cgp_rspamd.pl", cgp_rspamd), ("CgpDrweb_AS_AV.py", cgp_drweb)):
        program = os.path.join(folder, name)
        if not os.path.exists(program):
            print(f"skipped: CORDON_HELPERS names no folder with {name}")
            continue
        with Rig() as rig:
            rows, stop = make(rig, program)
            place = Place(rig, scanners(rows))
            working(place, "helper")
            replies = {}

            def send(number):
                replies[number] = place.mail(mail_with(eicar() if number % 2 else b"harmless %d" % number))
            threads = [threading.Thread(target=send, args=(n,)) for n in range(20)]
            begun = time.monotonic()
            for t in threads:
                t.start()
            for t in threads:
                t.join()
            wrong = {n: r for n, r in replies.items() if not r.startswith("550 5.7.1" if n % 2 else "250")}
            assert len(replies) == 20 and not wrong, (name, wrong)
            print(f"{name}: 20 messages at once in {time.monotonic() - begun:.1f} s")
            if stop is not None:
                stop()
                assert place.mail(small_mail()).startswith("451 4.7.1"), name


if __name__ == "__main__":
    rigs.main(globals())

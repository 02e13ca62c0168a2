#!/usr/bin/python3
"""The supervisor: starts, deaths, reloads, ends. supervisor_test.py [NAME...] runs those tests alone."""
import base64
import contextlib
import json
import os
import pwd
import shutil
import signal
import socket
import sys
import threading
import time
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
from daemon import Daemon, Keeping, PROGRAMS, Signed, check, is_alive, key_bytes  # noqa: E402
from rig import BUILD, USER, Rig, free_port, wait_for  # noqa: E402


def test_check(rig):
    daemon = Daemon(rig, start=False)
    good = check("-c", daemon.path, "--check")
    assert (good.returncode, good.stdout) == (0, f"{daemon.path}: ok\n"), good
    bad = rig.write("bad.conf", 'listen: { one: { adress = "127.0.0.1:1"; }; };\nhostname = 7;\n')
    for arguments in (("--check",), ()):
        result = check("-c", bad, *arguments)
        assert result.returncode == 78, result
        lines = result.stderr.splitlines()
        assert lines[0].startswith(f"{bad}:1:") and lines[1].startswith(f"{bad}:2:"), result
        assert result.stdout == ""
    missing = check("-c", rig.path("nothing.conf"), "--check")
    assert missing.returncode == 78 and "nothing.conf" in missing.stderr, missing
    if os.geteuid() == 0:
        nobody = check("-c", rig.write("nobody.conf", 'user = "nobody-has-this-name";\n'), "--check")
        assert nobody.returncode == 78 and "adduser" in nobody.stderr, nobody
    assert not os.path.exists(daemon.run_directory)


def test_usage(rig):
    assert check("--no-such-option").returncode == 64
    assert check("argument").returncode == 64
    assert check("--version").stdout.startswith("cordond ")
    assert "--check" in check("--help").stdout


def test_two_engines(rig):
    path = rig.write("two.conf", 'scanner: { a: { type = "clamav"; }; b: { type = "clamav"; }; };\n')
    result = check("-c", path, "--check")
    assert result.returncode == 78 and "clamav" in result.stderr, result


def test_no_user(rig):
    if os.getuid() != 0:
        return
    for name in ("cordon-does-not-exist", "root"):
        path = rig.write("user.conf", f'user = "{name}";\nrun_directory = "{rig.path("run")}";\n')
        result = check("-c", path)
        assert result.returncode == 78 and name in result.stderr, result
        assert "adduser" in result.stderr and not os.path.exists(rig.path("run")), result


def test_start(rig):
    daemon = Daemon(rig, 'hostname = "one.test";')
    status = daemon.wait_status(state="working", gate__peer__engine=str(daemon.pid("engine")),
                                gate__peer__decoder=str(daemon.pid("decoder")))
    assert status["reload"] == "never" and status["configuration"] == daemon.path, status
    assert status["version"] and status["pid"] == str(daemon.process.pid) and int(status["uptime_s"]) < 60, status
    for role in PROGRAMS:
        names = set(status[f"{role}.environment"].split())
        assert {"PATH", "LANG"} <= names <= {"PATH", "LANG", "TZ", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS",
                                             "LSAN_OPTIONS"}, names
        assert status[f"{role}.descriptors"] == "0 1 2 3 4", status
        assert status[f"{role}.blocked"] == "0" and status[f"{role}.sigpipe_ignored"] == "0", status
        assert status[f"{role}.death_signal"] == "15", status
        assert int(status[f"{role}.seals"]) & 0xE == 0xE, status
        assert status[f"{role}.hostname"] == "one.test", status
        assert status[f"{role}.restarts"] == "0" and status[f"{role}.state"] == "working", status
        assert status[f"{role}.control_characters"] == "a?b?", status
    assert status["gate.listener.one"] == "given" and status["gate.listener.local"] == "given", status
    assert daemon.greet() == (daemon.pid("gate"), "one.test", "one")
    for name in ("scan.sock", "control.sock"):
        st = os.stat(os.path.join(daemon.run_directory, name))
        assert st.st_mode & 0o777 == 0o660, (name, oct(st.st_mode))
        if os.getuid() == 0:
            assert st.st_gid == pwd.getpwnam(USER).pw_gid, name
    assert os.stat(daemon.run_directory).st_mode & 0o777 == 0o755


def test_rights(rig):
    daemon = Daemon(rig)
    lines = dict(l.split(":\t", 1) for l in open(f"/proc/{daemon.process.pid}/status").read().splitlines())
    assert lines["NoNewPrivs"] == "1" and lines["Seccomp"] == "2", lines
    kept = int(lines["CapEff"], 16)
    assert kept & ~(1 << 0 | 1 << 1 | 1 << 2 | 1 << 3 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 8 | 1 << 10 | 1 << 18 |
                    1 << 21 | 1 << 24) == 0, hex(kept)
    assert int(lines["CapBnd"], 16) & ~kept == 0, lines


def test_deaths(rig):
    daemon = Daemon(rig)
    before = {role: daemon.pid(role) for role in PROGRAMS}
    for role in ("engine", "decoder", "gate"):
        os.kill(before[role], signal.SIGKILL)
        daemon.wait_log(f"event=role-died role={role} signal=9 restarts=1")
        status = daemon.wait_status(**{f"{role}__state": "working", f"{role}__restarts": "1"})
        assert status[f"{role}.pid"] != str(before[role])
        # Both sides have a new socket to each other.
        daemon.wait_status(gate__peer__engine=status["engine.pid"], gate__peer__decoder=status["decoder.pid"])
        assert daemon.greet()[0] == int(status["gate.pid"])


def test_backoff(rig):
    daemon = Daemon(rig)
    daemon.misbehave("engine", "exit 5")
    os.kill(daemon.pid("engine"), signal.SIGKILL)
    daemon.wait_log("event=role-died role=engine status=5 restarts=4")
    status = daemon.status()
    assert status["engine.state"] in ("waiting", "starting") and status["gate.state"] == "working", status
    daemon.misbehave("engine", None)
    daemon.wait_status(engine__state="working")


def test_broken_roles(rig):
    daemon = Daemon(rig)
    for number, what in enumerate(("babble", "close")):
        daemon.misbehave("decoder", what)
        os.kill(daemon.pid("decoder"), signal.SIGKILL)
        deaths = daemon.log().count("event=role-died role=decoder")
        daemon.wait_log("event=role-died role=decoder", deaths + 2)
        daemon.misbehave("decoder", None)
        daemon.wait_status(decoder__state="working")


def test_failed_engine_does_not_hold_the_start(rig):
    daemon = Daemon(rig, start=False)
    daemon.misbehave("engine", "exit 1")
    daemon.start()
    daemon.wait_notified("READY=1")


def test_gate_never_starts(rig):
    daemon = Daemon(rig, start=False)
    daemon.misbehave("gate", "exit 9")
    daemon.start()
    assert daemon.wait_end() == 1
    assert "event=start-failed" in daemon.log() and "role=gate status=9" in daemon.log()


def test_missing_program(rig):
    daemon = Daemon(rig, start=False)
    os.unlink(os.path.join(daemon.roles, "cordon-gate"))
    daemon.start()
    assert daemon.wait_end() == 1
    assert "cordon-gate" in daemon.log(), daemon.log()


def test_program_that_is_none(rig):
    daemon = Daemon(rig, start=False)
    path = os.path.join(daemon.roles, "cordon-gate")
    os.unlink(path)
    with open(path, "w") as f:
        f.write("not a program")
    os.chmod(path, 0o755)
    daemon.start()
    wait_for(lambda: "its program could not be executed" in daemon.log(), "the reason")


def test_no_engine(rig):
    daemon = Daemon(rig, start=False)
    daemon.configure(scanner='d: { type = "clamd"; address = "127.0.0.1:1"; };')
    daemon.start()
    daemon.wait_notified("READY=1")
    assert "engine.state" not in daemon.status()
    daemon.configure()
    assert daemon.reload()["engine.state"] == "working"
    daemon.configure(scanner='d: { type = "clamd"; address = "127.0.0.1:1"; };')
    daemon.reload()
    wait_for(lambda: "old-engine.state" not in daemon.status(), "the engine's end")


def test_reload(rig):
    daemon = Daemon(rig, 'hostname = "one.test";')
    before = daemon.status()
    stop, hosts, errors = threading.Event(), [], []

    def knock():
        while not stop.is_set():
            try:
                hosts.append(daemon.greet()[1])
            except (OSError, ValueError) as error:
                errors.append(error)
    thread = threading.Thread(target=knock)
    thread.start()
    try:
        wait_for(lambda: "one.test" in hosts, "the first gate")
        daemon.configure('hostname = "two.test";')
        status = daemon.reload()
        wait_for(lambda: "two.test" in hosts, "the second gate")
        wait_for(lambda: not is_alive(int(before["gate.pid"])), "the old gate's end")
        status = daemon.status()
    finally:
        stop.set()
        thread.join()
    # The old gate may be between accept and its greeting when it ends; the fake one does not finish sessions.
    assert len(errors) <= 1, errors
    assert status["generation"] == "2" and status["gate.hostname"] == "two.test", status
    assert status["gate.pid"] != before["gate.pid"]
    assert (status["decoder.pid"], status["engine.pid"]) == (before["decoder.pid"], before["engine.pid"])
    daemon.wait_status(gate__peer__engine=status["engine.pid"], gate__peer__decoder=status["decoder.pid"])
    daemon.wait_notified("RELOADING=1")
    daemon.wait_notified("READY=1")


def test_reload_of_pools(rig):
    daemon = Daemon(rig)
    first = daemon.status()
    daemon.configure("decoder: { spares = 3; };")
    second = daemon.reload()
    assert second["decoder.pid"] != first["decoder.pid"] and second["engine.pid"] == first["engine.pid"], second
    wait_for(lambda: not is_alive(int(first["decoder.pid"])), "the old decoder's end")
    daemon.configure("decoder: { spares = 3; };", scanner='av: { type = "clamav"; signatures = "test"; scans_per_process = 9; };')
    third = daemon.reload()
    assert third["decoder.pid"] == second["decoder.pid"] and third["engine.pid"] != second["engine.pid"], third
    wait_for(lambda: not is_alive(int(first["engine.pid"])), "the old engine's end")
    daemon.wait_status(gate__peer__engine=third["engine.pid"], gate__peer__decoder=third["decoder.pid"])
    # A pool that two generations shared is still looked after.
    os.kill(int(third["decoder.pid"]), signal.SIGKILL)
    status = daemon.wait_status(decoder__restarts="1", decoder__state="working")
    daemon.wait_status(gate__peer__decoder=status["decoder.pid"])


def test_reload_refused(rig):
    daemon = Daemon(rig, 'hostname = "one.test";')
    before = daemon.status()
    rig.write("cordon.conf", "hostname = ;\n")
    status = daemon.reload("refused: " + daemon.path + ":1:")
    assert "event=reload-refused" in daemon.log()
    for change in (f'run_directory = "{rig.path("other")}";\nuser = "{USER}";\n',
                   f'run_directory = "{daemon.run_directory}";\nuser = "bin";\n'):
        rig.write("cordon.conf", change)
        status = daemon.reload("refused: ")
        assert "restart" in status["reload"], status
    for role in PROGRAMS:
        assert status[f"{role}.pid"] == before[f"{role}.pid"]
    assert daemon.greet() == (int(before["gate.pid"]), "one.test", "one")
    daemon.configure('hostname = "three.test";')
    assert daemon.reload()["gate.hostname"] == "three.test"


def test_reload_of_listeners(rig):
    daemon = Daemon(rig)
    other, path = free_port(), rig.path("in.sock")
    one = {"one": f"127.0.0.1:{daemon.port}"}
    daemon.configure(listeners={**one, "two": f"127.0.0.1:{other}", "three": f"unix:{path}"})
    daemon.reload()
    wait_for(lambda: daemon.greet(("127.0.0.1", other))[2] == "two", "the new listener")
    assert daemon.greet(path)[2] == "three"
    wait_for(lambda: "old-gate.state" not in daemon.status(), "the old gate's end")

    # One that can't be opened refuses all, and takes the others that are new with it.
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        fresh = rig.path("fresh.sock")
        daemon.configure(listeners={**one, "fresh": f"unix:{fresh}", "bad": f"127.0.0.1:{taken.getsockname()[1]}"})
        status = daemon.reload("refused: ")
        assert "listener bad" in status["reload"], status
    assert not os.path.exists(fresh)
    assert daemon.greet(("127.0.0.1", other))[2] == "two" and daemon.greet(path)[2] == "three"

    daemon.configure(listeners=one)
    daemon.reload()
    assert not os.path.exists(path)
    wait_for(lambda: socket.socket().connect_ex(("127.0.0.1", other)) != 0, "the listener's end")
    assert daemon.greet()[2] == "one"


def test_reload_with_a_gate_that_fails(rig):
    daemon = Daemon(rig, 'hostname = "one.test";')
    before = daemon.status()
    fresh = rig.path("fresh.sock")
    daemon.misbehave("gate", "exit 3")
    daemon.configure('hostname = "two.test";', listeners={**daemon.listeners, "fresh": f"unix:{fresh}"})
    status = daemon.reload("refused: ")
    assert "new gate" in status["reload"] and status["gate.pid"] == before["gate.pid"], status
    assert daemon.greet()[1] == "one.test" and not os.path.exists(fresh)
    wait_for(lambda: not [k for k in daemon.status() if k.startswith(("old-", "new-"))], "the new roles' end")
    daemon.misbehave("gate", None)
    assert daemon.reload()["gate.hostname"] == "two.test"


def test_reload_waits_for_a_new_engine(rig):
    daemon = Daemon(rig)
    before = daemon.status()
    daemon.misbehave("engine", "silent")
    daemon.configure(scanner='av: { type = "clamav"; signatures = "test"; scans_per_process = 9; };')
    daemon.signal(signal.SIGHUP)
    status = daemon.wait_status(**{"new-engine__state": "starting"})
    assert status["gate.pid"] == before["gate.pid"] and status["state"] == "reloading", status
    assert "new-gate.state" not in status
    daemon.misbehave("engine", "exit 4")
    os.kill(int(status["new-engine.pid"]), signal.SIGKILL)
    status = daemon.wait_status(state="working")
    assert "new engine" in status["reload"] and status["engine.pid"] == before["engine.pid"], status


def test_many_reloads(rig):
    """Gates that do not end when they should neither pile up nor keep later reloads from happening."""
    daemon = Daemon(rig, 'shutdown_timeout = "1s";', start=False)
    daemon.misbehave("gate", "hang")
    daemon.start()
    daemon.wait_notified("READY=1")
    for number in range(8):
        daemon.configure(f'shutdown_timeout = "1s"; hostname = "h{number}.test";')
        daemon.reload()
    status = daemon.wait_status(gate__hostname="h7.test", state="working")
    old = [k for k in daemon.status() if k.startswith("old-") and k.endswith(".state")]
    assert len(old) <= 4, old
    assert daemon.greet()[1] == "h7.test"
    daemon.signal(signal.SIGTERM)
    assert daemon.wait_end() == 0, "and at the end they do not hold us up"


def test_stop(rig):
    daemon = Daemon(rig)
    pids = [daemon.pid(role) for role in PROGRAMS]
    daemon.signal(signal.SIGTERM)
    assert daemon.wait_end() == 0
    daemon.notify.settimeout(5)
    while "STOPPING=1" not in daemon.notify.recv(4096).decode():
        pass
    assert not [pid for pid in pids if is_alive(pid)]
    assert os.listdir(daemon.run_directory) == []
    assert "role=gate status=0" in daemon.log()


def test_stop_of_a_gate_that_hangs(rig):
    daemon = Daemon(rig, 'shutdown_timeout = "1s";', start=False)
    daemon.misbehave("gate", "hang")
    daemon.start()
    daemon.wait_notified("READY=1")
    daemon.signal(signal.SIGINT)
    daemon.wait_status(gate__state="draining") if daemon.process.poll() is None else None
    assert daemon.wait_end() == 0
    assert "event=role-ended role=gate signal=9" in daemon.log()


def test_stop_twice(rig):
    daemon = Daemon(rig, 'shutdown_timeout = "300s";', start=False)
    daemon.misbehave("gate", "hang")
    daemon.start()
    daemon.wait_notified("READY=1")
    daemon.signal(signal.SIGTERM)
    daemon.wait_log("event=stopping")
    daemon.signal(signal.SIGTERM)
    assert daemon.wait_end() == 0


def test_supervisor_killed(rig):
    daemon = Daemon(rig)
    pids = [daemon.pid(role) for role in PROGRAMS]
    daemon.signal(signal.SIGKILL)
    daemon.wait_end()
    wait_for(lambda: not [pid for pid in pids if is_alive(pid)], "the roles' end")
    # What it left behind does not hold the next one up.
    daemon.start()
    daemon.wait_notified("READY=1")
    assert daemon.greet()[0] == daemon.pid("gate")


def test_second_one(rig):
    daemon = Daemon(rig)
    second = check("-c", daemon.path, "--role-directory", daemon.roles)
    assert second.returncode == 1 and str(daemon.process.pid) in second.stderr, second
    assert daemon.greet()[0] == daemon.pid("gate")


def test_run_directory(rig):
    daemon = Daemon(rig, start=False)
    os.mkdir(daemon.run_directory)
    os.chmod(daemon.run_directory, 0o777)
    result = check("-c", daemon.path, "--role-directory", daemon.roles)
    assert result.returncode == 1 and "chmod" in result.stderr, result
    os.rmdir(daemon.run_directory)
    os.mkdir(rig.path("elsewhere"))
    os.symlink(rig.path("elsewhere"), daemon.run_directory)
    result = check("-c", daemon.path, "--role-directory", daemon.roles)
    assert result.returncode == 1 and "run_directory" in result.stderr, result
    assert os.listdir(rig.path("elsewhere")) == []


def test_listener_taken(rig):
    daemon = Daemon(rig, start=False)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", daemon.port))
        taken.listen()
        result = check("-c", daemon.path, "--role-directory", daemon.roles)
    assert result.returncode == 1 and str(daemon.port) in result.stderr, result
    assert "role-started" not in result.stderr


def test_status_socket(rig):
    daemon = Daemon(rig)
    assert daemon.ask(b"what\n").startswith("error=")
    path = os.path.join(daemon.run_directory, "control.sock")
    with contextlib.ExitStack() as stack:
        silent = [stack.enter_context(socket.socket(socket.AF_UNIX)) for _ in range(20)]
        for s in silent:
            s.connect(path)
        silent[0].sendall(b"x" * 64)
        assert daemon.status()["state"] == "working"  # those who say nothing are turned away in turn
    os.kill(daemon.pid("decoder"), signal.SIGKILL)
    daemon.wait_status(decoder__restarts="1")


def test_watchdog(rig):
    daemon = Daemon(rig, environment={"WATCHDOG_USEC": "200000"})
    for _ in range(3):
        daemon.wait_notified("WATCHDOG=1")


def test_ordinary_user(rig):
    if os.getuid() != 0:
        return
    user = pwd.getpwnam(USER)
    os.chown(rig.folder, user.pw_uid, user.pw_gid)
    daemon = Daemon(rig, as_user=user)
    status = daemon.status()
    assert "not started as root" in daemon.ask(), status
    assert status["gate.uid"] == str(user.pw_uid), status
    daemon.configure("decoder: { spares = 3; };")
    daemon.reload()
    os.kill(daemon.pid("engine"), signal.SIGKILL)
    daemon.wait_status(engine__restarts="1", engine__state="working")
    daemon.signal(signal.SIGTERM)
    assert daemon.wait_end() == 0


def test_cordon_status(rig):
    daemon = Daemon(rig, start=False)
    down = daemon.cli("status", "--config", daemon.path)
    assert down.returncode == 3 and "does not run" in down.stderr, down
    daemon.start()
    daemon.wait_notified("READY=1")
    daemon.wait_status(gate__peer__engine=str(daemon.pid("engine")))
    text = daemon.cli("status", "--config", daemon.path)
    assert text.returncode == 0 and "ROLE" in text.stdout and "decoder" in text.stdout, text
    result = daemon.cli("status", "--json", "--config", daemon.path)
    assert result.returncode == 0 and result.stdout.count("\n") == 1, result
    found = json.loads(result.stdout)
    assert found["working"] is True and found["gate.state"] == "working" and found["gate.pid"] == daemon.pid("gate")
    daemon.misbehave("engine", "exit 2")
    os.kill(daemon.pid("engine"), signal.SIGKILL)
    daemon.wait_log("role=engine status=2")
    result = daemon.cli("status", "--json", "--config", daemon.path)
    assert result.returncode == 1 and json.loads(result.stdout)["working"] is False, result
    bad = daemon.cli("status", "--config", rig.write("bad.conf", "nonsense = 1;\n"))
    assert bad.returncode == 78 and "bad.conf:1:" in bad.stderr, bad
    for arguments in ((), ("nonsense",), ("status", "--nonsense"), ("status", "argument")):
        assert daemon.cli(*arguments).returncode == 64, arguments
    assert "status" in daemon.cli("--help").stdout and daemon.cli("--version").stdout.startswith("cordon ")


def real(rig, **options):
    """A daemon with the real roles."""
    daemon = Daemon(rig, start=False, **options)
    daemon.roles = BUILD
    daemon.start()
    daemon.wait_notified("READY=1", 120)
    return daemon


def check_real_roles(daemon):
    before = daemon.status()
    for role in PROGRAMS:
        os.kill(int(before[f"{role}.pid"]), signal.SIGKILL)
        daemon.wait_status(**{f"{role}__state": "working", f"{role}__restarts": "1"})
    wait_for(lambda: daemon.cli("status", "--config", daemon.path).returncode == 0, "everything to work", 60)
    daemon.configure("decoder: { spares = 3; };", scanner='av: { type = "clamav"; signatures = "test"; processes = 2; };')
    after = daemon.reload()
    assert not {after[f"{role}.pid"] for role in PROGRAMS} & {before[f"{role}.pid"] for role in PROGRAMS}
    wait_for(lambda: not [k for k in daemon.status() if k.startswith("old-")], "the end of the old roles")
    wait_for(lambda: daemon.cli("status", "--config", daemon.path).returncode == 0, "everything to work", 60)
    daemon.signal(signal.SIGTERM)
    assert daemon.wait_end() == 0
    assert "role=gate status=0" in daemon.log() and "role=engine status=0" in daemon.log(), daemon.log()


def test_real_roles(rig):
    check_real_roles(real(rig))


def test_real_roles_of_an_ordinary_user(rig):
    if os.getuid() != 0:
        return
    user = pwd.getpwnam(USER)
    os.chown(rig.folder, user.pw_uid, user.pw_gid)
    check_real_roles(real(rig, as_user=user))


def test_signatures_are_switched(rig):
    daemon = Signed(rig)
    before = daemon.status()
    daemon.wait_status(gate__told__state="in use", gate__told__count="100", gate__told__generation="a1")
    assert 7190 <= int(before["signatures_age_seconds"]) <= 7300 and before["signatures_count"] == "100", before
    daemon.write("notes.txt")  # no signatures
    daemon.say_set(101, "b2", "main:62 daily:27601")
    daemon.write("second.ndb")
    after = daemon.wait_status(signatures_switched_total="1", signatures_generation="b2")
    assert after["gate.pid"] == before["gate.pid"] and after["engine.pid"] != before["engine.pid"], after
    assert after["generation"] == "1" and after["signatures_refused_total"] == "0", after
    daemon.wait_status(gate__peer__engine=after["engine.pid"])
    daemon.wait_status(gate__told__count="101", gate__told__generation="b2", gate__told__switched_total="1")
    wait_for(lambda: not is_alive(int(before["engine.pid"])), "the end of the old engine")
    assert daemon.log().count("event=signatures-trial") == 1
    # It is a child as any other: it is started again, and a new gate gets it.
    os.kill(int(after["engine.pid"]), signal.SIGKILL)
    daemon.wait_status(engine__restarts="1", engine__state="working")
    again = daemon.reload()
    daemon.wait_status(gate__peer__engine=again["engine.pid"], generation="2")
    daemon.wait_status(gate__told__generation="b2", gate__told__switched_total="1")
    os.kill(daemon.pid("gate"), signal.SIGKILL)
    daemon.wait_status(gate__restarts="1", gate__told__generation="b2")


def test_signatures_are_refused(rig):
    daemon = Signed(rig)
    before = daemon.status()
    for i, (what, reason) in enumerate((
            ((49, "b2", "main:62 daily:27601"), "49 signatures, less than 50 %"),
            ((200, "b2", "main:62 daily:27599"), "daily is version 27599, older"),
            ((200, "b2", "daily:27601"), "main is missing"),
            ((200, "b2", "main:62 daily:27601", "refuses: self-test: blind"), "self-test: blind"),
            (None, "ended before it could be tried"))):
        if what is None:
            daemon.misbehave("engine", "exit 3")
        else:
            daemon.say_set(*what)
        daemon.write("more.ndb")
        after = daemon.wait_status(signatures_refused_total=str(i + 1), signatures_state="the last update was refused")
        assert reason in after["signatures_refusal"] and after["signatures_generation"] == "a1", after
        assert all(after[k] == before[k] for k in ("engine.pid", "gate.pid", "signatures_switched_total")), after
        assert daemon.log().count("event=signatures-refused") == i + 1
        told = daemon.wait_status(gate__told__refused_total=str(i + 1), gate__told__state="the last update was refused")
        assert reason in told["gate.told.refusal"] and told["gate.told.generation"] == "a1", told
    daemon.misbehave("engine", None)
    daemon.say_set(200, "c3", "main:62 daily:27601")
    daemon.write("more.ndb")
    daemon.wait_status(signatures_switched_total="1", signatures_state="in use", signatures_generation="c3")
    daemon.configure(more="min_signatures_percent = 0; allow_rollback = true;")
    daemon.reload()
    daemon.say_set(1, "d4", "main:1")
    daemon.write("more.ndb")
    daemon.wait_status(signatures_switched_total="2", signatures_generation="d4")


def test_signatures_change_while_they_are_tried(rig):
    daemon = Signed(rig)
    daemon.misbehave("engine", "late 1500")
    daemon.say_set(101, "b2", "main:62 daily:27601")
    daemon.write("second.ndb")
    daemon.wait_status(**{"new-engine__state": "starting"})
    daemon.write("third.ndb")
    daemon.wait_log("event=signatures-superseded")
    daemon.wait_status(signatures_switched_total="1", signatures_generation="b2")
    assert daemon.log().count("event=signatures-trial") == 2


def test_reload_and_end_while_signatures_are_tried(rig):
    daemon = Signed(rig)
    engine = daemon.pid("engine")
    daemon.misbehave("engine", "silent")
    daemon.write("second.ndb")
    daemon.wait_status(**{"new-engine__state": "starting"})
    assert daemon.reload()["engine.pid"] == str(engine)  # shared, and the trial goes on
    assert daemon.status()["new-engine.state"] == "starting"
    daemon.misbehave("engine", None)
    daemon.configure(more='timeout = "30s";')
    status = daemon.reload()  # an engine of its own: it has the new set already
    assert status["engine.pid"] != str(engine) and "new-engine.state" not in status, status
    daemon.misbehave("engine", "silent")
    daemon.write("third.ndb")
    daemon.wait_status(**{"new-engine__state": "starting"})
    daemon.signal(signal.SIGTERM)
    assert daemon.wait_end() == 0


def test_reload_with_a_blind_engine(rig):
    daemon = Signed(rig)
    engine = daemon.pid("engine")
    daemon.say_set(0, "0", "", "refuses: no signatures: there are none")
    daemon.configure(more='timeout = "30s";')
    status = daemon.reload("refused: ")
    assert "no signatures: there are none" in status["reload"] and status["engine.pid"] == str(engine), status
    daemon.say_set(100, "b2", "")
    assert daemon.reload()["signatures_generation"] == "b2"


def test_folder_comes_and_goes(rig):
    daemon = Signed(rig)
    os.rename(daemon.folder, daemon.folder + ".away")
    daemon.say_set(0, "0", "", "refuses: no signatures: cannot open")
    daemon.signal(signal.SIGHUP)  # a look at once
    daemon.wait_status(signatures_refused_total="1")
    daemon.say_set(100, "b2", "main:62 daily:27601")
    os.rename(daemon.folder + ".away", daemon.folder)
    daemon.wait_status(signatures_state="in use")
    daemon.write("second.ndb")
    daemon.wait_status(signatures_switched_total="1", signatures_generation="b2")


def test_keys_of_stores(rig):
    daemon = Keeping(rig, "one", "two")
    status = daemon.status()
    uid = pwd.getpwnam(USER).pw_uid if os.getuid() == 0 else os.getuid()
    sock = os.path.join(daemon.run_directory, "keeper.sock")
    assert daemon.mode(sock) == (0o600, os.getuid()), daemon.mode(sock)
    for folder in (daemon.store("one"), daemon.store("two"), rig.path("heads")):
        assert daemon.mode(folder) == (0o700, uid), (folder, daemon.mode(folder))
    assert daemon.log().count("event=owner-key ") == 2, daemon.log()
    roots = {}
    for name in ("one", "two"):
        for kind in ("root", "secret"):
            assert daemon.mode(daemon.key(name, kind)) == (0o600, os.getuid()), name
        root, public = key_bytes(daemon.key(name, "root")), key_bytes(daemon.key(name, "pub"))
        assert len(root) == 32 and len(public) == 32, (root, public)
        roots[name] = f"keys {root[:2].hex()} 1 {public[:2].hex()}"
        assert status[f"keeper.store.{name}"].startswith(roots[name]), status
        assert int(status[f"keeper.store.{name}"].split("seals=")[1]) & 0xe == 0xe, status
    assert roots["one"] != roots["two"]
    assert status["keeper.listener.@keeper"] == "given" and "gate.listener.@keeper" not in status, status
    daemon.wait_status(gate__peer__keeper=status["keeper.pid"])
    os.kill(int(status["keeper.pid"]), signal.SIGKILL)
    status = daemon.wait_status(keeper__restarts="1", keeper__state="working")
    assert status["keeper.store.one"].startswith(roots["one"]), status
    daemon.end()
    assert not os.path.exists(sock)
    # The next start finds them.
    daemon.start()
    daemon.wait_notified("READY=1")
    status = daemon.status()
    assert status["keeper.store.one"].startswith(roots["one"]), status
    assert daemon.log().count("event=owner-key ") == 2, daemon.log()
    daemon.end()


def test_key_is_missing(rig):
    daemon = Keeping(rig, "one")
    daemon.end()
    os.mkdir(os.path.join(daemon.store("one"), "segments"))
    os.rename(daemon.key("one", "root"), rig.path("root.away"))
    daemon.start()  # without a segment another key does no harm
    daemon.wait_notified("READY=1")
    daemon.end()
    with open(os.path.join(daemon.store("one"), "segments", "00000001.seg"), "w"):
        pass
    for kind in ("root", "pub"):
        kept = open(daemon.key("one", kind)).read()
        os.unlink(daemon.key("one", kind))
        daemon.start()
        assert daemon.wait_end() == 78, daemon.log()
        assert not os.path.exists(daemon.key("one", kind)), "a new key was made"
        with open(daemon.key("one", kind), "w") as f:
            os.fchmod(f.fileno(), 0o600)
            f.write(kept)
    assert "is missing, and there are messages that need it" in daemon.log(), daemon.log()
    os.chmod(daemon.key("one", "root"), 0o644)
    daemon.start()
    assert daemon.wait_end() == 78, daemon.log()
    os.chmod(daemon.key("one", "root"), 0o600)
    os.chmod(daemon.store("one"), 0o777)
    daemon.start()
    assert daemon.wait_end() == 78 and "chmod 0700" in daemon.log(), daemon.log()
    os.chmod(daemon.store("one"), 0o700)
    daemon.start()
    daemon.wait_notified("READY=1")


def test_reload_of_stores(rig):
    daemon = Keeping(rig, "one")
    first = daemon.status()
    daemon.configure("one", settings='hostname = "two.test";')
    second = daemon.reload()
    assert second["keeper.pid"] == first["keeper.pid"], second
    daemon.wait_status(gate__peer__keeper=second["keeper.pid"])
    daemon.configure("one", one='keep = "5d"; owner_key = "";')
    third = daemon.reload()
    assert third["keeper.pid"] != first["keeper.pid"] and third["keeper.store.one"] == first["keeper.store.one"]
    wait_for(lambda: not is_alive(int(first["keeper.pid"])), "the old keeper's end")
    daemon.wait_status(**{"keeper.listener.@keeper": "given", "gate.peer.keeper": third["keeper.pid"]})
    # What we hold is enough for a store that we have, whatever became of the file; another key is none.
    os.rename(daemon.key("one", "root"), rig.path("away"))
    daemon.configure("one", one='keep = "6d"; owner_key = "";')
    fourth = daemon.reload()
    assert fourth["keeper.store.one"] == first["keeper.store.one"], fourth
    shutil.copy(daemon.key("one", "secret"), daemon.key("one", "root"))
    with open(daemon.key("one", "root"), "w") as f:
        f.write("cordon-store-root-1 " + base64.b64encode(bytes(32)).decode() + "\n")
    assert "is not the one" in daemon.reload("refused: ")["reload"]
    os.rename(rig.path("away"), daemon.key("one", "root"))
    # A store more: with its keys, or not at all.
    daemon.configure("one", "two", two='owner_key = "";')
    assert "keygen" in daemon.reload("refused: ")["reload"]
    assert daemon.status()["keeper.pid"] == fourth["keeper.pid"]
    daemon.configure("one", "two")
    fifth = daemon.reload()
    assert fifth["keeper.store.one"] == first["keeper.store.one"] and "keeper.store.two" in fifth, fifth
    daemon.configure()
    sixth = daemon.reload()
    assert "keeper.pid" not in sixth, sixth
    wait_for(lambda: not is_alive(int(fifth["keeper.pid"])), "the last keeper's end")
    wait_for(lambda: not os.path.exists(os.path.join(daemon.run_directory, "keeper.sock")), "the socket's end")


def test_keeper_ends_last(rig):
    daemon = Keeping(rig, "one")
    daemon.misbehave("gate", "hang")
    os.kill(daemon.pid("gate"), signal.SIGKILL)
    daemon.wait_status(gate__restarts="1", gate__state="working")
    daemon.signal(signal.SIGTERM)
    daemon.wait_status(gate__state="draining", keeper__state="working")
    daemon.misbehave("gate", None)
    daemon.signal(signal.SIGTERM)
    daemon.wait_end()


def test_stores_of_an_ordinary_user(rig):
    if os.getuid() != 0:
        return
    user = pwd.getpwnam(USER)
    os.chown(rig.folder, user.pw_uid, user.pw_gid)
    daemon = Keeping(rig, "one", as_user=user)
    assert daemon.mode(daemon.key("one", "root")) == (0o600, user.pw_uid)
    assert daemon.status()["keeper.store.one"].startswith("keys "), daemon.status()
    daemon.end()


def main():
    tests = {name[5:]: f for name, f in globals().items() if name.startswith("test_")}
    failed = 0
    for name in sys.argv[1:] or tests:
        began = time.monotonic()
        try:
            with Rig() as rig:
                tests[name](rig)
            print(f"ok    {name} ({time.monotonic() - began:.1f} s)", flush=True)
        except Exception:  # noqa: BLE001
            failed += 1
            traceback.print_exc()
            print(f"FAIL  {name}", flush=True)
    print(f"{len(sys.argv[1:] or tests)} tests, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

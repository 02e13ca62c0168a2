"""What an operator sees: the log in both formats, privacy, status, and the words that say what to do next."""
import json
import os
import pty
import re
import select
import subprocess
import time

import rig as rigs
from peers import signature_folder
from test_health import get
from test_keep import store
from rig import BUILD, DROP, ENGINE, Client, Rig, eicar, free_port, listener, mail_with, small_mail, wait_for


def place(rig, extra):
    sink, port = rig.sink(), free_port()
    cordon = rig.cordon(listener(port, f"smtp://127.0.0.1:{sink.port}") + extra)
    return sink, port, cordon


def mail(port, message, **options):
    with Client(("127.0.0.1", port)) as c:
        c.hello()
        return c.mail(message, **options)


def test_the_log_as_json():
    with Rig() as rig:
        _, port, cordon = place(rig, ENGINE + DROP + 'log: { format = "json"; };')
        evil = small_mail(extra=b"X-Evil: 1\r\n").replace(b"Message-ID: <", b'Message-ID: <"\x1b[2J\\ event=forged ')
        assert mail(port, evil, recipients=("one@example.test", "two@example.test")).startswith("250")
        assert mail(port, mail_with(eicar())).startswith("250")
        wait_for(lambda: cordon.log().count('"event":"message"') == 2, "two messages in the log")
        assert "\x1b" not in cordon.log(), "no control character gets through"
        rows = [json.loads(line) for line in cordon.log().splitlines() if line.startswith("{")]
        clean, infected = [r for r in rows if r["event"] == "message"]
        for key in ("session", "intake", "listener", "client", "helo", "from", "to", "size", "parts", "scanner.engine", "verdict",
                    "action", "reply", "next_hop_reply", "decode_us", "scan_us", "act_us", "total_us"):
            assert key in clean, key
        assert clean["to"] == ["one@example.test", "two@example.test"] and isinstance(clean["size"], int)
        assert infected["verdict"] == "infected" and "Eicar" in infected["reasons"]


def test_privacy():
    for privacy, is_hashed in (("hash", True), ("none", False)):
        with Rig() as rig:
            _, port, cordon = place(rig, ENGINE + DROP + f'log: {{ privacy = "{privacy}"; }};')
            assert mail(port, small_mail(), sender="secret@client.test", recipients=("hidden@example.test",)).startswith("250")
            line = cordon.wait_messages(1)[0]
            assert "secret@" not in line and "hidden@" not in line, line
            assert ("sha256:" in line) == is_hashed, line


def test_without_signatures_everybody_is_told_what_to_install():
    with Rig() as rig:
        os.mkdir(rig.path("empty"))
        cordon = rig.cordon(listener(free_port(), f"smtp://127.0.0.1:{free_port()}") +
                            f'scanner: {{ engine: {{ type = "clamav"; signatures = "{rig.path("empty")}"; }}; }};')
        status = cordon.cli("status", "--config", cordon.path)
        assert status.returncode == 1, status
        assert "MAIL WAITS (listener main: 0 of 1 required scanners work)" in status.stdout.splitlines()[0], status
        assert "signatures: none" in status.stdout, status
        assert "freshclam" in status.stdout and "freshclam" in cordon.log(), (status.stdout, cordon.log())
        row = json.loads(cordon.cli("status", "--json", "--config", cordon.path).stdout)
        assert row["working"] is False


def test_status_of_a_working_daemon():
    with Rig() as rig:
        sink, port, cordon = place(rig, ENGINE + DROP)
        assert mail(port, small_mail()).startswith("250")
        wait_for(lambda: cordon.status().get("gate.messages_clean") == "1", "the count")
        done = cordon.cli("status", "--config", cordon.path)
        assert done.returncode == 0, done.stdout
        for word in ("gate", "decoder", "engine", "working"):
            assert word in done.stdout, done.stdout
        cordon.stop()
        assert cordon.cli("status", "--config", cordon.path).returncode == 3


def test_status_says_first_whether_mail_waits():
    """A listener that wants both scanners, of which one is not there, beside one that wants any."""
    with Rig() as rig:
        ports = [free_port() for _ in range(3)]
        rows = "".join(f'{name}: {{ address = "127.0.0.1:{port}"; next_hop = "smtp://127.0.0.1:9"; mode = "before-queue"; '
                       f'policy: {{ {more} }}; }};' for name, port, more in
                       (("lax", ports[0], 'infected = "pass"; unscanned = "pass"; unscannable: { limit = "pass"; };'),
                        ("strict", ports[1], 'require = "all";')))
        scanners = ('engine: { signatures = "test"; };'
                    f'away: {{ type = "clamd"; address = "unix:{rig.path("nowhere")}"; }};')
        text = (f'listen: {{ {rows} }};\nscanner: {{ {scanners} }};\nstore: {{ {store(rig)} }};\n'
                f'metrics: {{ address = "127.0.0.1:{ports[2]}"; }};')
        cordon = rig.cordon(text)
        os.chmod(cordon.path, 0o666)
        wait_for(lambda: cordon.status().get("gate.ready", "").startswith("no"), "the gate's word")
        status = cordon.cli("status", "--config", cordon.path)
        waits = "listener strict: 1 of 2 required scanners work"
        assert status.returncode == 1 and f"MAIL WAITS ({waits})" in status.stdout.splitlines()[0], status.stdout
        assert get(ports[2], "/readyz") == (503, waits + "; mail waits, see cordon status\n")
        weaker = json.loads(cordon.cli("status", "--json", "--config", cordon.path).stdout)["weaker"]
        for word in ("listener lax: its policy passes infected mail on", "listener lax: its policy passes unscanned mail on",
                     "listener lax: its policy passes mail on that is unscannable: limit", rig.path("keys", "quarantine.secret"),
                     f"everybody may write {cordon.path}"):
            assert [w for w in weaker if word in w], (word, weaker)
        assert not [w for w in weaker if "listener strict" in w], weaker

        with open(cordon.path) as file:
            text = file.read()
        with open(cordon.path, "w") as file:
            file.write(text.replace('require = "all";', ""))
        cordon.reload()
        wait_for(lambda: cordon.status().get("gate.ready") == "yes", "enough scanners")
        status = cordon.cli("status", "--config", cordon.path)
        assert status.returncode == 1 and "not all of it" in status.stdout.splitlines()[0], status.stdout
        assert get(ports[2], "/readyz")[0] == 200


def test_scan_with_own_signatures_leaves_the_daemon_alone():
    """What is the daemon's own by the same configuration, its port for monitoring and its stores, is not touched."""
    with Rig() as rig:
        _, _, cordon = place(rig, ENGINE + f"store: {{ {store(rig)} }};" + f'metrics: {{ address = "127.0.0.1:{free_port()}"; }};')
        infected = rig.write("infected.eml", mail_with(eicar()))
        for is_running in (True, False):
            done = cordon.cli("scan", "--config", cordon.path, "--signatures", "test", infected)
            assert done.returncode == 1 and "infected" in done.stdout, (is_running, done)
            cordon.stop() if is_running else None


def test_scan_shows_progress_on_a_terminal():
    with Rig() as rig:
        folder = rig.path("mails")
        os.mkdir(folder)
        for number in range(1500):
            rig.write(f"mails/{number}.eml", small_mail(body=b"x" * 70 + b"\r\n"))
        cordon = rig.cordon("listen: { };\n" + ENGINE)
        leader, follower = pty.openpty()
        process = subprocess.Popen([os.path.join(BUILD, "cordon"), "scan", "--config", cordon.path, folder], stdout=subprocess.DEVNULL,
                                   stderr=follower)
        os.close(follower)
        shown = b""
        while process.poll() is None or select.select([leader], [], [], 0)[0]:
            try:
                if select.select([leader], [], [], 0.1)[0]:
                    shown += os.read(leader, 4096)
            except OSError:
                break
        begun = re.findall(rb"(\d+) files in (\d+) s", shown)
        assert process.wait() == 0
        print(f"progress shown {len(begun)} times")
        quiet = subprocess.run([os.path.join(BUILD, "cordon"), "scan", "--config", cordon.path, os.path.join(folder, "1.eml")],
                               capture_output=True, text=True)
        assert quiet.stderr == "", "nothing but verdicts where nobody looks"
        assert begun or shown == b"", shown


def test_a_second_daemon_in_the_same_place_is_refused():
    with Rig() as rig:
        _, _, cordon = place(rig, ENGINE + DROP)
        done = subprocess.run([os.path.join(BUILD, "cordond"), "-c", cordon.path], capture_output=True, text=True, timeout=30)
        assert done.returncode == 1 and cordon.run_directory in done.stderr, (done.returncode, done.stderr)


if __name__ == "__main__":
    rigs.main(globals())

"""What is judged, by whom, and what it means when a scanner does not work."""
import ctypes
import io
import os
import select
import socket
import struct
import subprocess
import threading
import time
import zipfile

import rig as rigs
from peers import Clamd, signature_folder
from rig import ENGINE, Client, Rig, eicar, free_port, listener, mail_with, small_mail, wait_for


class Place:
    def __init__(self, rig, scanner=ENGINE, policy='policy: { infected = "reject"; };', mode="before-queue", more=""):
        self.sink, self.port = rig.sink(), free_port()
        self.cordon = rig.cordon(listener(self.port, f"smtp://127.0.0.1:{self.sink.port}", mode=mode, more=more) + scanner + policy)

    def mail(self, message):
        with Client(("127.0.0.1", self.port), timeout=120) as c:
            return c.try_mail(message)


def multipart(parts):
    out = b"From: a@client.test\r\nSubject: many\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"bb\"\r\n\r\n"
    for part in parts:
        out += b"--bb\r\n" + part + b"\r\n"
    return out + b"--bb--\r\n"


def attachment(data, name="a.bin"):
    import base64
    return (b"Content-Type: application/octet-stream; name=\"" + name.encode() + b"\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
            base64.encodebytes(data).replace(b"\n", b"\r\n"))


def test_a_virus_in_any_of_many_parts_is_found():
    for input_kind in ("message", "parts", "both", "auto"):
        with Rig() as rig:
            place = Place(rig, f'scanner: {{ engine: {{ type = "clamav"; signatures = "test"; input = "{input_kind}"; }}; }};\n')
            for at in (0, 5, 11):
                parts = [attachment(b"harmless %d\n" % i * 50, f"{i}.txt") for i in range(12)]
                parts[at] = attachment(eicar(), "eicar.com")
                assert place.mail(multipart(parts)).startswith("550 5.7.1"), (input_kind, at)
            assert place.mail(multipart([attachment(b"harmless\n", "x.txt")] * 12)).startswith("250"), "twelve, and the multipart itself"
            assert "parts=13" in place.cordon.messages()[-1], place.cordon.messages()[-1]


def test_a_virus_behind_thousands_of_parts_is_found():
    """More pieces than one job of the engine has; none of them may be left out."""
    with Rig() as rig:
        place = Place(rig, 'scanner: { engine: { type = "clamav"; signatures = "test"; input = "parts"; }; };\n')
        parts = [b"\r\nharmless %d\r\n" % i for i in range(2500)]
        assert place.mail(multipart(parts)).startswith("250")
        assert place.mail(multipart(parts + [attachment(eicar(), "eicar.com")])).startswith("550 5.7.1")


def test_the_raw_message_is_judged_too():
    with Rig() as rig:
        folder = signature_folder(rig)
        with open(os.path.join(folder, "raw.ndb"), "w") as f:  # matches a header field, which no decoded part holds
            f.write(f"Test.Header:0:*:{b'X-Marker: only-in-the-raw-message'.hex()}\n")
        place = Place(rig, f'scanner: {{ engine: {{ type = "clamav"; signatures = "{folder}"; }}; }};\n')
        reply = place.mail(small_mail(extra=b"X-Marker: only-in-the-raw-message\r\n"))
        assert reply.startswith("550 5.7.1") and "Test.Header" in reply, reply
        assert place.mail(small_mail()).startswith("250")
        assert b"X-Cordon-Scan:" in place.sink.messages[0].data and b"test signature" not in place.sink.messages[0].data
        assert "ClamAV" in place.cordon.status().get("gate.scanner.engine", "") or b"ClamAV" in place.sink.messages[0].data


def status_of_the_engine(place, wanted):
    wait_for(lambda: wanted in place.cordon.status().get("gate.scanner.engine.state", ""), "the status " + wanted)


def test_a_signature_for_encoded_bodies_gets_them():
    """With input = auto nobody sees encoded bodies, unless a signature is written for them."""
    import base64
    payload = bytes(range(256)) * 4
    run = base64.b64encode(payload)[40:68]
    for marker, reply, shown in ((run, "550 5.7.1", "input=both"), (b"no such run of letters", "250", "input=parts+frame")):
        with Rig() as rig:
            folder = signature_folder(rig)
            with open(os.path.join(folder, "raw.ndb"), "w") as f:
                f.write(f"Test.Encoded:0:*:{marker.hex()}\n")
            place = Place(rig, f'scanner: {{ engine: {{ type = "clamav"; signatures = "{folder}"; }}; }};\n')
            status_of_the_engine(place, shown)
            assert place.mail(multipart([attachment(payload, "a.bin")])).startswith(reply), marker
            count = place.cordon.status().get("engine.raw_signatures", "")
            assert count == ("1, the first: Test.Encoded" if marker == run else "0"), count


def test_auto_finds_what_needs_the_mail_around_it():
    """Phishing, by header and HTML together; and a signature for what lies in mail."""
    html = (b'Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n' + b64(
        b'<html><body>' + b'<p>please log in</p>\n' * 50 + b'<a href="http://elsewhere.example.net/login">https://www.paypal.com/login</a></body></html>'))
    big = attachment(bytes(range(256)) * 400)
    for name, line, parts, wanted in (
            ("local.pdb", "H:paypal.com", [html, big], "Phishing"),
            ("local.ldb", f"Test.InMail;Engine:81-255,Container:CL_TYPE_MAIL,Target:0;0;{b'the marker'.hex()}",
             [attachment(b"with the marker " * 9), big], "Test.InMail")):
        with Rig() as rig:
            folder = signature_folder(rig)
            with open(os.path.join(folder, name), "w") as f:
                f.write(line + "\n")
            place = Place(rig, f'scanner: {{ engine: {{ type = "clamav"; signatures = "{folder}"; }}; }};\n')
            reply = place.mail(multipart(parts))
            assert reply.startswith("550 5.7.1") and wanted in reply, (name, reply)
            assert place.mail(multipart([big])).startswith("250")


def b64(data):
    import base64
    return base64.encodebytes(data).replace(b"\n", b"\r\n")


def test_parts_that_are_not_all_are_no_substitute_for_the_message():
    with Rig() as rig:
        place = Place(rig, 'scanner: { engine: { type = "clamav"; signatures = "test"; input = "parts"; }; };\n'
                      'decoder: { max_parts = 3; };\n',
                      policy='policy: { infected = "reject"; unscannable: { limit = "pass"; }; };')
        parts = [attachment(b"harmless %d\n" % i * 50, f"{i}.txt") for i in range(8)]
        assert place.mail(multipart(parts)).startswith("250")
        assert place.mail(multipart(parts + [attachment(eicar(), "eicar.com")])).startswith("550 5.7.1")
        assert len(place.sink.messages) == 1


def test_what_was_not_scanned_is_not_stamped_as_scanned():
    with Rig() as rig:
        folder = signature_folder(rig)
        engine = f'scanner: {{ engine: {{ type = "clamav"; signatures = "{folder}"; }};'
        fake = FakeClamd(rig, "dead.sock", "close")
        dead = f'dead: {{ type = "clamd"; address = "unix:{fake.path}"; timeout = "2s"; }};'
        for scanners, require, is_scanned in ((engine + dead, "any", True), (engine + dead, "all", False)):
            place = Place(rig, scanners + " };\nvirus_scanned_header = true;\n",
                          policy=f'policy: {{ require = "{require}"; unscanned = "pass"; }};')
            assert place.mail(small_mail(extra=b"X-Virus-Scanned: by somebody else\r\n")).startswith("250")
            head = place.sink.messages[0].header_and_body()[0]
            assert (b"X-Virus-Scanned: Cordon" in head) == is_scanned, head
            assert b"X-Virus-Scanned: by somebody else\r\n" in head and b"X-Cordon-Scan: " in head
            assert (b"; unscanned" in head) != is_scanned, head


def test_no_signatures_and_a_bad_set_make_mail_wait():
    for fill in (lambda folder: None,
                 lambda folder: open(os.path.join(folder, "bad.ndb"), "w").write("this is : no : signature : zz\n"),
                 lambda folder: open(os.path.join(folder, "blind.ndb"), "w").write("Test.Nothing:0:*:" + os.urandom(32).hex() + "\n")):
        with Rig() as rig:
            folder = rig.path("signatures")
            os.mkdir(folder)
            fill(folder)
            place = Place(rig, f'scanner: {{ engine: {{ type = "clamav"; signatures = "{folder}"; canary_interval = "1s"; }}; }};\n')
            for _ in range(3):
                reply = place.mail(mail_with(eicar()))
                assert reply.startswith(("451 4.7.1", "421")), reply
                assert place.mail(small_mail())[:1] == "4"
            assert not place.sink.messages
            status = "\n".join(f"{k}={v}" for k, v in place.cordon.status().items())
            assert "engine" in status and ("no signatures" in status or "canary" in status or "failed" in status), status


class FakeClamd:
    """A clamd for the faults that the real one does not produce on demand."""

    def __init__(self, rig, name, how):
        self.how, self.path = how, rig.path(name)
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(self.path)
        os.chmod(self.path, 0o777)
        self.server.listen(64)
        rig.stack.callback(self.server.close)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection:
            if self.how == "close":
                return
            command, ancillary, _, _ = connection.recvmsg(64, socket.CMSG_LEN(4))
            if command.startswith(b"zVERSION"):
                connection.sendall(b"ClamAV 1.4.6/1/Mon\0")
                return
            if self.how == "hang":
                time.sleep(600)
            answers = {"garbage": b"what was the question?\0", "error": b"fd[5]: Can't open file ERROR\0", "blind": b"fd[5]: OK\0",
                       "alarmist": b"fd[5]: Everything.Is.Bad FOUND\0", "empty": b"\0", "endless": b"x" * 1000000}
            try:
                if not ancillary:
                    connection.recvmsg(1, socket.CMSG_LEN(4))
                connection.sendall(answers[self.how])
            except OSError:
                pass


def test_faults_of_a_scanner_are_never_clean():
    for how in ("close", "garbage", "error", "hang", "blind", "alarmist", "empty", "endless"):
        with Rig() as rig:
            fake = FakeClamd(rig, "fake.sock", how)
            place = Place(rig, f'scanner: {{ fake: {{ type = "clamd"; address = "unix:{fake.path}"; timeout = "1500ms"; '
                          'canary_interval = "1s"; }; };\n')
            for message in (small_mail(), mail_with(eicar())):
                reply = place.mail(message)
                assert reply[:1] == "4", (how, reply)
            assert not place.sink.messages, how


def test_one_of_two_that_answers_is_enough_for_any_and_not_for_all():
    with Rig() as rig:
        fake = FakeClamd(rig, "dead.sock", "close")
        scanners = (f'scanner: {{ engine: {{ type = "clamav"; signatures = "test"; }};\n dead: {{ type = "clamd"; '
                    f'address = "unix:{fake.path}"; timeout = "1s"; }}; }};\n')
        any_one = Place(rig, scanners, 'policy: { require = "any"; infected = "reject"; };')
        every = Place(rig, scanners, 'policy: { require = "all"; infected = "reject"; };')
        assert any_one.mail(small_mail()).startswith("250")
        assert any_one.mail(mail_with(eicar())).startswith("550")
        assert every.mail(small_mail())[:1] == "4"
        assert len(any_one.sink.messages) == 1 and not every.sink.messages
        line = any_one.cordon.messages()[0]
        assert "scanner.dead" in line and "failed" in line, line


def test_a_backup_stands_in_for_a_failed_primary():
    with Rig() as rig:
        clamd = Clamd(rig)
        fake = FakeClamd(rig, "dead.sock", "close")
        place = Place(rig, f'scanner: {{ first: {{ type = "clamd"; address = "unix:{fake.path}"; timeout = "1s"; }};\n'
                      f'second: {{ type = "clamd"; address = "unix:{clamd.socket}"; role = "backup"; }}; }};\n')
        assert place.mail(small_mail()).startswith("250")
        assert place.mail(mail_with(eicar())).startswith("550")


def encrypted_zip(rig):
    plain = rig.write("secret.txt", b"for your eyes only\n" * 100)
    subprocess.run(["zip", "-q", "-j", "-P", "password", rig.path("secret.zip"), plain], check=True)
    return open(rig.path("secret.zip"), "rb").read()


def test_could_not_look_into_it_is_not_did_not_look():
    with Rig() as rig:
        message = mail_with(encrypted_zip(rig), "secret.zip")
        place = Place(rig)
        assert place.mail(message).startswith("250"), "encrypted: tag, pass by default"
        head = place.sink.messages[0].header_and_body()[0]
        assert b"X-Cordon-Tag:" in head and b"encrypted" in head, head
        assert "verdict=unscannable" in place.cordon.messages()[-1] and "encrypted" in place.cordon.messages()[-1]
        strict = Place(rig, policy='policy: { unscannable: { encrypted = "reject"; }; };')
        assert strict.mail(message).startswith("550 5.7.1")
        dead = Place(rig, f'scanner: {{ gone: {{ type = "clamd"; address = "unix:{rig.path("none.sock")}"; timeout = "1s"; }}; }};\n')
        assert dead.mail(message)[:1] == "4"
        assert not dead.sink.messages


def test_banned_names_at_any_place():
    with Rig() as rig:
        place = Place(rig, policy='ban: { names = ["*.exe", "*.scr"]; types = ["application/x-msdownload"]; };\npolicy: { banned = "reject"; };')
        assert place.mail(mail_with(b"MZ harmless", "setup.EXE")).startswith("550 5.7.1")
        assert place.mail(mail_with(b"MZ harmless", "data.bin", kind="application/x-msdownload")).startswith("550 5.7.1")
        assert place.mail(mail_with(b"MZ harmless", "data.bin")).startswith("250")
        encoded = mail_with(b"MZ", "x").replace(b'filename="x"', b"filename*=utf-8''s%65tup.s%63r")
        assert place.mail(encoded).startswith("550 5.7.1"), "RFC 2231 names count as well"


def windows_program():
    """As little of one as it takes to be known as such: the old header, and where it points the new one."""
    return b"MZ" + bytes(58) + struct.pack("<I", 0x80) + bytes(64) + b"PE\0\0" + struct.pack("<H", 0x14c) + bytes(300)


def test_a_program_is_banned_by_its_content():
    program = "application/vnd.microsoft.portable-executable"
    mail = multipart([b"\r\nsee the attachment\r\n", attachment(windows_program(), "data.bin")])
    for types, reply in ((program, "550 5.7.1"), ("application/*executable", "550 5.7.1"), ("application/x-msdownload", "250")):
        with Rig() as rig:
            place = Place(rig, policy=f'ban: {{ types = ["{types}"]; }};\npolicy: {{ banned = "reject"; }};')
            assert place.mail(mail).startswith(reply), types
            assert place.mail(multipart([attachment(b"harmless\n", "data.bin")])).startswith("250")
            assert (program in place.cordon.messages()[0]) == reply.startswith("550"), place.cordon.messages()[0]


def test_bans_by_list_path_and_exception():
    with Rig() as rig:
        place = Place(rig, policy='ban: { names = ["@dangerous"]; double_extensions = true; paths = ["zip/*.bin"]; allow = ["good.js"]; };\n'
                      'policy: { banned = "reject"; };')
        for name in ("a.exe", "a.pdf .scr", "a.lnk. ", "dir/a.vbs"):
            reply = place.mail(mail_with(b"harmless", name))
            assert reply.startswith("550 5.7.1"), (name, reply)
        for name in ("a.txt", "good.js", "a.bin"):
            assert place.mail(mail_with(b"harmless", name)).startswith("250"), name


class Watcher:
    """Every file that is closed after writing, on the whole file system, by fanotify."""

    FAN_CLASS_NOTIF, FAN_CLOEXEC, FAN_NONBLOCK = 0, 1, 2
    FAN_MARK_ADD, FAN_MARK_FILESYSTEM = 1, 0x100
    FAN_CLOSE_WRITE, FAN_OPEN = 8, 0x20

    def __init__(self, folders):
        libc = ctypes.CDLL(None, use_errno=True)
        self.fd = libc.fanotify_init(self.FAN_CLASS_NOTIF | self.FAN_CLOEXEC | self.FAN_NONBLOCK, os.O_RDONLY)
        if self.fd < 0:
            raise OSError(ctypes.get_errno(), "fanotify_init")
        for folder in folders:
            if libc.fanotify_mark(self.fd, self.FAN_MARK_ADD | self.FAN_MARK_FILESYSTEM, ctypes.c_uint64(self.FAN_CLOSE_WRITE), -100,
                                  folder.encode()) != 0:
                raise OSError(ctypes.get_errno(), "fanotify_mark " + folder)

    def seen(self):
        """(pid, path) of what happened so far."""
        events, end = [], time.monotonic() + 20  # others on this machine write, too
        while time.monotonic() < end and select.select([self.fd], [], [], 0.2)[0]:
            data = os.read(self.fd, 65536)
            while len(data) >= 24:
                length, _, _, _, mask, fd, pid = struct.unpack_from("=IBBHQii", data)
                events.append((pid, os.readlink(f"/proc/self/fd/{fd}")))
                os.close(fd)
                data = data[length:]
        return events


def test_no_decoded_part_ever_reaches_a_file_system():
    with Rig() as rig:
        place = Place(rig)
        watcher = Watcher(["/", "/dev/shm", "/run"] if os.path.ismount("/run") else ["/", "/dev/shm"])
        open(rig.path("seen"), "w").close()
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as z:
            z.writestr("inner.txt", b"a part of a zip\n" * 10000)
        for _ in range(5):
            assert place.mail(mail_with(out.getvalue(), "a.zip")).startswith("250")
            assert place.mail(mail_with(eicar(), "eicar.com")).startswith("550")
        events = watcher.seen()
        os.close(watcher.fd)
        assert any(path == rig.path("seen") for _, path in events), "the watcher itself works"
        family = set(place.cordon.pids("cordon-gate") + place.cordon.pids("cordon-decoder") + place.cordon.pids("cordon-engine-clamav"))
        written = [(pid, path) for pid, path in events if pid in family and "memfd:" not in path and not path.endswith(".log")]
        assert not written, written


def test_a_huge_message_does_not_stop_the_small_ones():
    with Rig() as rig:
        clamd = Clamd(rig)
        place = Place(rig, f'scanner: {{ av: {{ type = "clamd"; address = "unix:{clamd.socket}"; }}; }};\n')
        alone = [timed(place) for _ in range(20)]
        stopping, huge_ones = threading.Event(), []

        def huge():
            body = (b"0123456789abcdef" * 4 + b"\r\n") * (20 * 1024 * 1024 // 66)
            while not stopping.is_set():
                huge_ones.append(place.mail(small_mail("huge", body)))
        thread = threading.Thread(target=huge)
        thread.start()
        beside = sorted(timed(place) for _ in range(100))
        stopping.set()
        thread.join()
        print(f"small messages: {max(alone) * 1000:.0f} ms at most alone; beside a huge one {beside[49] * 1000:.0f} ms median, "
              f"{beside[98] * 1000:.0f} ms p99")
        assert len(huge_ones) < len(beside) / 2, "small ones waited for huge ones"
        assert all(reply.startswith("250") for reply in huge_ones), huge_ones


def timed(place):
    begun = time.monotonic()
    assert place.mail(small_mail()).startswith("250")
    return time.monotonic() - begun


def test_several_messages_are_scanned_at_once():
    """Twenty messages before a scanner that takes a second for each: side by side they need no twenty seconds."""
    from test_intake import slow_clamd
    with Rig() as rig:
        release = threading.Event()
        slow_clamd(rig, "slow.sock", release)
        place = Place(rig, f'scanner: {{ slow: {{ type = "clamd"; address = "unix:{rig.path("slow.sock")}"; concurrency = 40; '
                      'input = "message"; timeout = "30s"; }; };\n')
        release.clear()
        replies = []
        threads = [threading.Thread(target=lambda: replies.append(place.mail(small_mail()))) for _ in range(20)]
        for t in threads:
            t.start()
        threading.Timer(1.0, release.set).start()
        for t in threads:
            t.join(30)
        assert len(replies) == 20 and all(r.startswith("250") for r in replies), replies


def explain_with(place, clean, bad):
    import json
    done = place.cordon.cli("explain", "--config", place.cordon.path, clean, bad)
    assert done.returncode == 1 and done.stderr == "", (done.stdout, done.stderr)
    lines = done.stdout.splitlines()
    assert lines[0] == clean and "verdict: clean" in lines and bad in lines, done.stdout
    assert any(line.strip().startswith("engine: infected ") for line in lines) and lines[-1].startswith("verdict: infected ("), done.stdout
    done = place.cordon.cli("explain", "--json", "--config", place.cordon.path, "-", input=open(bad, encoding="latin-1").read())
    row = json.loads(done.stdout)
    assert done.returncode == 1 and row["path"] == "-" and row["verdict"] == "infected" and row["complete"], row
    found = [p for p in row["parts"] if p["scanners"]]
    assert len(found) == 1 and found[0]["scanners"]["engine"]["answer"] == "infected" and found[0]["names"], row
    assert [p["parent"] for p in row["parts"]][0] is None and row["parts_left_out"] == 0, row
    assert place.cordon.cli("explain", "--config", place.cordon.path, "/nonexistent").returncode == 2
    assert place.cordon.cli("explain").returncode == 64


def test_cordon_scan_with_and_without_a_daemon():
    with Rig() as rig:
        clean, bad = rig.write("clean.eml", small_mail()), rig.write("bad.eml", mail_with(eicar()))
        folder = signature_folder(rig)
        place = Place(rig)

        def scan(*arguments, **options):
            done = place.cordon.cli("scan", "--config", place.cordon.path, *arguments, **options)
            return done.returncode, done.stdout, done.stderr
        code, out, _ = scan(clean)
        assert code == 0 and ": clean" in out, out
        code, out, _ = scan("--json", clean, bad)
        import json
        rows = [json.loads(line) for line in out.splitlines()]
        assert code == 1 and [r["verdict"] for r in rows] == ["clean", "infected"], out
        assert rows[1]["path"] == bad and rows[1]["names"] and rows[1]["parts"] >= 2
        code, out, _ = scan("-", input=mail_with(eicar()).decode("latin-1"))
        assert code == 1, out
        explain_with(place, clean, bad)
        code, out, _ = scan(rig.path("missing.eml"))
        assert code == 2 and "unscanned" in out, out
        assert scan()[0] == 64
        code, out, err = scan("--signatures", folder, clean, bad)
        assert code == 1 and "Test.Eicar" in out, (code, out, err)
        empty = rig.path("no-signatures")
        os.mkdir(empty)
        code, out, err = scan("--signatures", empty, clean)
        assert code == 2, (code, out, err)
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as idle:
            idle.connect(os.path.join(place.cordon.run_directory, "scan.sock"))
            assert place.cordon.stop() == 0, "nobody waits for a file that does not come"
        code, out, err = scan(clean, bad)
        assert code == 1 and out.count(": ") >= 2, (code, out, err)


if __name__ == "__main__":
    rigs.main(globals())

"""The scanners' health, names, memory and monitoring, with the real engine and the real clamd."""
import base64
import contextlib
import io
import json
import os
import signal
import socket
import threading
import time
import urllib.error
import urllib.request
import zipfile

import rig as rigs
from peers import Clamd, body_signature, check_prometheus, signature_folder
from rig import ROOT, Client, Rig, eicar, free_port, wait_for

PART = b"Content-Type: application/octet-stream; name=\"a.bin\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
TIMEOUT_S = 15  # of a scanner that hangs
QUICK_S = 10  # for what must not cost that, on a busy machine


def mail_with(*payloads, subject=b"x"):
    parts = b"".join(b"--b\r\n" + PART + base64.encodebytes(p).replace(b"\n", b"\r\n") for p in payloads)
    return (b"From: a@client.test\r\nTo: b@example.test\r\nSubject: " + subject + b"\r\nMessage-ID: <" + subject + b"@client.test>\r\n"
            b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + parts + b"--b--\r\n")


class Place:
    def __init__(self, rig, configuration, wait=True):
        self.sink, self.port = rig.sink(), free_port()
        self.cordon = rig.cordon(f'listen: {{ in: {{ mode = "before-queue"; address = "127.0.0.1:{self.port}"; '
                                 f'next_hop = "smtp://127.0.0.1:{self.sink.port}"; }}; }};\n' + configuration, wait=wait)

    def mail(self, message):
        with Client(("127.0.0.1", self.port)) as client:
            return client.try_mail(message)

    def timed(self, message):
        begun = time.monotonic()
        reply = self.mail(message)
        return reply, time.monotonic() - begun

    def scanner(self, name):
        return self.cordon.status().get(f"gate.scanner.{name}.state", "")

    def wait_scanner(self, name, word, seconds=40):
        wait_for(lambda: word in self.scanner(name), f"{word} of {name}: {self.scanner(name)}", seconds)


def clamd_of(clamd, more=""):
    return f'clamd: {{ type = "clamd"; address = "unix:{clamd.socket}"; {more} }};'


def test_a_dead_scanner_costs_the_second_message_nothing():
    with Rig() as rig:
        clamd = Clamd(rig)
        place = Place(rig, f'scanner: {{ {clamd_of(clamd)} }};')
        assert place.mail(mail_with(b"harmless")).startswith("250")
        clamd.kill()
        assert place.mail(mail_with(b"harmless 1")).startswith("451 4.7.1")
        for i in range(5):
            reply, took = place.timed(mail_with(b"harmless %d" % i))
            assert reply[:3] in ("451", "421") and took < QUICK_S, (reply, took)
        wait_for(lambda: "open" in place.scanner("clamd").split("breaker=")[1], "the breaker in the status")
        clamd.start()
        place.wait_scanner("clamd", "working")
        assert place.mail(mail_with(b"harmless")).startswith("250")
        assert place.mail(mail_with(eicar())).startswith("550 5.7.1")


def test_a_hanging_scanner_costs_its_deadline_once():
    with Rig() as rig:
        clamd = Clamd(rig)
        place = Place(rig, f'scanner: {{ {clamd_of(clamd, f"timeout = {TIMEOUT_S};")} }};')
        assert place.mail(mail_with(b"harmless")).startswith("250")
        clamd.pause()
        reply, took = place.timed(mail_with(b"harmless 1"))
        assert reply.startswith("451 4.7.1") and TIMEOUT_S - 1 < took < 2 * TIMEOUT_S + 5, (reply, took)
        for i in range(5):
            reply, took = place.timed(mail_with(b"harmless %d" % i))
            assert reply[:3] in ("451", "421") and took < QUICK_S, (reply, took)
        place.wait_scanner("clamd", "failed since")
        clamd.resume()
        place.wait_scanner("clamd", "working")
        assert place.mail(mail_with(b"harmless")).startswith("250")


def test_with_clamd_dead_the_engine_stands_in():
    with Rig() as rig:
        clamd = Clamd(rig)
        place = Place(rig, f'scanner: {{ {clamd_of(clamd)} engine: {{ type = "clamav"; role = "backup"; '
                           f'signatures = "{signature_folder(rig)}"; }}; }};')
        clamd.kill()
        for i in range(20):
            reply, took = place.timed(mail_with(b"harmless %d" % i))
            assert reply.startswith("250") and took < QUICK_S, (reply, took)
        assert place.mail(mail_with(eicar())).startswith("550 5.7.1")


def signatures_with_names(rig):
    folder = signature_folder(rig, "names")
    with open(os.path.join(folder, "names.ndb"), "w") as f:
        f.write(body_signature("PUA.Test.One", b"the first marker") + body_signature("Real.Test", b"the second marker"))
    return folder


NAMES = 'names = ( { pattern = "PUA.*"; action = "%s"; } );'


def test_an_ignored_name_masks_no_other():
    with Rig() as rig:
        folder = signatures_with_names(rig)
        place = Place(rig, f'scanner: {{ engine: {{ type = "clamav"; signatures = "{folder}"; {NAMES % "ignore"} }}; }};')
        assert place.mail(mail_with(b"it has the first marker in it")).startswith("250")
        wait_for(lambda: "ignored.engine=PUA.Test.One" in place.cordon.log(), "the log line")
        for both in (b"the first marker and the second marker", b"the second marker and the first marker"):
            reply = place.mail(mail_with(both))
            assert reply.startswith("550 5.7.1") and "Real.Test" in reply, reply
        reply = place.mail(mail_with(b"the first marker", b"the second marker"))
        assert reply.startswith("550 5.7.1") and "Real.Test" in reply, reply


def test_a_name_may_be_banned_rather_than_infected():
    with Rig() as rig:
        folder = signatures_with_names(rig)
        place = Place(rig, f'policy: {{ banned = ["tag", "pass"]; }};\n'
                           f'scanner: {{ engine: {{ type = "clamav"; signatures = "{folder}"; {NAMES % "banned"} }}; }};')
        assert place.mail(mail_with(b"it has the first marker in it")).startswith("250")
        assert b"banned" in place.sink.messages[0].data
        assert place.mail(mail_with(b"the first marker and the second marker")).startswith("550 5.7.1")


GRADED = """names = ( { pattern = "*Odd*"; action = "ignore"; }, { pattern = "*Mal*"; action = "malformed"; },
    { pattern = "*Ban*"; action = "banned"; } );"""


def test_of_two_names_the_graver_counts():
    """Whichever part it is in, and in both embedded engines."""
    with Rig() as rig:
        folder = signature_folder(rig, "graded")
        words = {"Odd": b"the odd marker", "Malformed": b"the malformed marker", "Banned": b"the banned marker"}
        with open(os.path.join(folder, "graded.ndb"), "w") as f:
            f.write("".join(body_signature(name + ".Test", word) for name, word in words.items()))
        rules = rig.write("graded.yar", "".join(f'rule {name} {{ strings: $a = "{word.decode()}" condition: $a }}\n'
                                                for name, word in words.items()))
        eicar_rule = os.path.join(ROOT, "etc/yara/eicar.yar")
        for scanner in (f'type = "clamav"; signatures = "{folder}";', f'type = "yara"; rules = ["{eicar_rule}", "{rules}"];'):
            place = Place(rig, 'policy: { banned = "reject"; malformed = "pass"; };\n'
                               f"scanner: {{ engine: {{ {scanner} {GRADED} }}; }};")
            for parts, code in (((words["Odd"],), "250"), ((words["Odd"], words["Malformed"]), "250"),
                                ((words["Malformed"], words["Banned"]), "550"), ((words["Banned"], words["Odd"]), "550"),
                                ((words["Odd"] + words["Malformed"] + words["Banned"],), "550")):
                reply = place.mail(mail_with(*parts))
                assert reply.startswith(code), (scanner, parts, reply)
            place.cordon.stop()


def test_of_a_scanner_with_one_name_it_is_masked():
    with Rig() as rig:
        clamd = Clamd(rig, database=signatures_with_names(rig))
        place = Place(rig, f'scanner: {{ {clamd_of(clamd, NAMES % "ignore")} }};')
        reply = place.mail(mail_with(b"it has the first marker in it"))
        assert reply.startswith("550 5.7.1") and "masked" in reply, reply
        reply = place.mail(mail_with(b"the first marker", b"the second marker"))
        assert reply.startswith("550 5.7.1") and "Real.Test" in reply, reply
        assert place.mail(mail_with(b"harmless")).startswith("250")


def test_the_canary_must_be_found():
    with Rig() as rig:
        blind = rig.path("blind")
        os.makedirs(blind)
        with open(os.path.join(blind, "other.ndb"), "w") as f:
            f.write(f"Test.Other:0:*:{b'some other marker'.hex()}\n")
        clamd = Clamd(rig, database=blind)
        place = Place(rig, f'scanner: {{ {clamd_of(clamd)} }};')
        place.wait_scanner("clamd", "failed")
        assert "canary missed" in place.scanner("clamd"), place.scanner("clamd")
        assert place.mail(mail_with(b"harmless"))[:1] == "4"
        for canary, shown in (("none", "canary=unproven"), (zip_of(rig, b"some other marker"), "canary=file")):
            other = Place(rig, f'scanner: {{ {clamd_of(clamd, f"""canary = "{canary}";""")} }};')
            other.wait_scanner("clamd", shown)
            assert "working" in other.scanner("clamd"), other.scanner("clamd")
            assert other.mail(mail_with(b"harmless")).startswith("250")
            other.cordon.stop()


def zip_of(rig, content):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sample.txt", content)
    return rig.write("sample.zip", packed.getvalue())


def test_the_canary_is_not_hidden_by_names():
    with Rig() as rig:
        place = Place(rig, 'scanner: { engine: { type = "clamav"; signatures = "test"; names = ( { pattern = "*"; action = "ignore"; } ); }; };')
        place.wait_scanner("engine", "working")
        assert place.mail(mail_with(eicar())).startswith("250"), "that is what the operator said"


def get(address, path, method="GET"):
    request = urllib.request.Request(f"http://127.0.0.1:{address}{path}", method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def ask_raw(family, address, request):
    with socket.socket(family) as s:
        s.settimeout(10)
        s.connect(address)
        s.sendall(request)
        data = b""
        while True:
            more = s.recv(65536)
            if not more:
                return data
            data += more


def metric(text, name):
    return float([line for line in text.splitlines() if line.startswith(name + " ")][0].rsplit(" ", 1)[1])


def test_monitoring():
    with Rig() as rig:
        clamd, port = Clamd(rig), free_port()
        place = Place(rig, f'metrics: {{ address = "127.0.0.1:{port}"; }};\nwaiting_alarm = 1;\n'
                           f'scanner: {{ {clamd_of(clamd, """role = "primary";""")} }};')
        assert get(port, "/healthz")[0] == 200 and get(port, "/readyz")[0] == 200
        assert place.mail(mail_with(b"harmless", subject=b"one")).startswith("250")
        assert place.mail(mail_with(eicar(), subject=b"two")).startswith("550")
        status, text = get(port, "/metrics")
        assert status == 200
        check_prometheus(text)
        assert metric(text, 'cordon_scanner_answers_total{scanner="clamd",answer="clean"}') == 1
        assert metric(text, 'cordon_scanner_answers_total{scanner="clamd",answer="infected"}') == 1
        assert metric(text, 'cordon_messages_total{category="infected"}') == 1
        assert metric(text, 'cordon_scanner_up{scanner="clamd"}') == 1
        assert get(port, "/other")[0] == 404 and get(port, "/metrics", "POST")[0] == 405
        assert ask_raw(socket.AF_INET, ("127.0.0.1", port), b"nonsense\r\n\r\n").startswith(b"HTTP/1.1 400 ")
        assert ask_raw(socket.AF_INET, ("127.0.0.1", port), b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 200 + b"\r\n").startswith(b"HTTP/1.1 431 ")
        assert b"\r\n\r\n" == ask_raw(socket.AF_INET, ("127.0.0.1", port), b"HEAD /healthz HTTP/1.1\r\n\r\n")[-4:]

        clamd.kill()
        assert place.mail(mail_with(b"harmless", subject=b"three")).startswith("451 4.7.1")
        wait_for(lambda: get(port, "/readyz")[0] == 503, "not ready")
        wait_for(lambda: metric(get(port, "/metrics")[1], 'cordon_waiting_oldest_seconds{reason="unscanned"}') > 1, "the age")
        wait_for(lambda: "event=waiting-alarm" in place.cordon.log(), "the alarm")
        place.wait_scanner("clamd", "failed since")
        text = get(port, "/metrics")[1]
        check_prometheus(text)
        assert metric(text, 'cordon_waiting_messages{reason="unscanned"}') == 1
        assert metric(text, 'cordon_scanner_up{scanner="clamd"}') == 0 and metric(text, "cordon_ready") == 0
        clamd.start()
        place.wait_scanner("clamd", "working")
        assert place.mail(mail_with(b"harmless", subject=b"three")).startswith("250")
        assert metric(get(port, "/metrics")[1], 'cordon_waiting_messages{reason="unscanned"}') == 0
        done = place.cordon.cli("status", "--config", place.cordon.path)
        for word in ("BREAKER", "closed", "eicar", "ANSWERS", "p99_ms"):
            assert word in done.stdout, done.stdout
        json.loads(place.cordon.cli("status", "--json", "--config", place.cordon.path).stdout)


def test_monitoring_on_a_unix_socket_and_over_a_reload():
    with Rig() as rig:
        path = rig.path("metrics.sock")
        place = Place(rig, f'metrics: {{ address = "unix:{path}"; }};\nscanner: {{ engine: {{ signatures = "test"; }}; }};')
        request = b"GET /healthz HTTP/1.0\r\n\r\n"
        assert ask_raw(socket.AF_UNIX, path, request).startswith(b"HTTP/1.1 200 ")
        place.cordon.reload()
        wait_for(lambda: place.cordon.status().get("generation") == "2", "the reload")
        assert ask_raw(socket.AF_UNIX, path, request).startswith(b"HTTP/1.1 200 ")


def kill_children(cordon, stopped):
    """Every process of the engine but its parent, as fast as they come."""
    while not stopped.is_set():
        pids = cordon.pids("cordon-engine-clamav")
        for pid in pids[1:] if pids else []:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)


def test_a_piece_that_kills_the_engine_is_poison():
    with Rig() as rig:
        monitor = rig.path("metrics.sock")
        place = Place(rig, f'metrics: {{ address = "unix:{monitor}"; }};\n'
                           f'scanner: {{ engine: {{ type = "clamav"; signatures = "{signature_folder(rig)}"; input = "message"; '
                           f'processes = 1; }}; }};')

        def passed():
            text = ask_raw(socket.AF_UNIX, monitor, b"GET /metrics HTTP/1.0\r\n\r\n").decode()
            return metric(text, 'cordon_scanner_canaries_passed_total{scanner="engine"}')

        deadly = mail_with(os.urandom(1 << 16) * 200, subject=b"deadly")
        replies = []
        for i in range(6):
            before = passed()
            stopped = threading.Event()
            killer = threading.Thread(target=kill_children, args=(place.cordon, stopped))
            killer.start()
            replies.append(place.mail(deadly))
            stopped.set()
            killer.join()
            if not replies[-1].startswith("4"):
                break
            wait_for(lambda: passed() > before, "a canary after the failure")
            wait_for(lambda: place.mail(mail_with(b"harmless")).startswith("250"), "the engine again")
        assert replies[:3] == [r for r in replies[:3] if r.startswith("451 4.7.1")], replies
        assert replies[-1].startswith("550 5.7.1") and "poison" in replies[-1], replies


def test_a_part_that_comes_again_is_not_scanned_again():
    with Rig() as rig:
        place = Place(rig, f'scanner: {{ engine: {{ type = "clamav"; signatures = "{signature_folder(rig)}"; }}; }};')
        big = os.urandom(1 << 16) * 160
        first = place.timed(mail_with(big, subject=b"first"))
        times = [place.timed(mail_with(big, subject=b"again %d" % i)) for i in range(5)]
        assert first[0].startswith("250") and all(reply.startswith("250") for reply, _ in times), (first, times)
        wait_for(lambda: " hits=5" in place.cordon.status().get("gate.scanner.engine.counts", ""), place.cordon.status())
        scans = [int(line.split("scan_us=")[1].split()[0]) for line in place.cordon.messages()]
        print(f"10 MB: {scans[0] / 1000:.0f} ms the first time, {sorted(scans[1:])[2] / 1000:.0f} ms again")
        for i in range(2):
            assert place.mail(mail_with(big, eicar(), subject=b"bad %d" % i)).startswith("550 5.7.1")


if __name__ == "__main__":
    rigs.main(globals())

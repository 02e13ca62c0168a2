#!/usr/bin/python3
"""The keeper as a program: keys at the first start, stores that stay whole, callers that are told no."""
import fcntl
import os
import pwd
import signal
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import keeping  # noqa: E402
import rig as rigs  # noqa: E402
from keeping import CHANGE, DELETE, DONE, FAILED, HOLD, NOTE, PUT, REFUSED, REINDEX, SLOTS, Keeper  # noqa: E402
from test_health import check_prometheus, get, metric  # noqa: E402
from rig import USER, Rig, free_port, listener, wait_for  # noqa: E402

EICAR_LINE = rigs.eicar() + b"\r\n"
MESSAGE = b"Subject: a test\r\n\r\n" + EICAR_LINE + b"x" * 9000 + b"\r\n"


class Keeping:
    """A rig, a daemon with stores, and where things are."""

    def __init__(self, rig, *names, **more):
        self.rig, self.names, self.more = rig, names, more
        self.port = free_port()
        self.monitor = free_port()
        self.cordon = rig.cordon(self.configuration())

    def configuration(self, **more):
        more = more or self.more
        groups = " ".join(f'{n}: {{ path = "{self.store(n)}"; head = "{self.rig.path("heads", n)}"; '
                          f'root_key = "{self.key(n, "root")}"; owners = ["{self.key(n, "pub")}"]; '
                          f'owner_key = "{self.key(n, "secret")}"; domains = ["{n}.test"]; {more.get(n, "")} }};'
                          for n in self.names)
        return (listener(self.port, "smtp://127.0.0.1:9", mode="before-queue") + f"store: {{ {groups} }};\n"
                f'metrics: {{ address = "127.0.0.1:{self.monitor}"; }};\n'
                'scanner: { engine: { type = "clamav"; signatures = "test"; }; };\n')

    def store(self, name, *more):
        return self.rig.path("lib", name, *more)

    def key(self, name, kind):
        return self.rig.path("keys", f"{name}.{kind}")

    def socket(self):
        return os.path.join(self.cordon.run_directory, "keeper.sock")

    def connect(self, seconds=30):
        return Keeper(self.socket(), seconds)

    def status(self, name, key):
        return self.cordon.status().get(f"keeper.store.{name}.{key}")

    def wait_status(self, name, key, value, seconds=30):
        wait_for(lambda: self.status(name, key) == value, f"{key} of {name} to be {value}: {self.cordon.status()}", seconds)

    def keeper(self):
        return int(self.cordon.status()["keeper.pid"])

    def restart(self):
        assert self.cordon.stop() == 0, self.cordon.log()[-3000:]
        self.cordon.start()


def mode(path):
    found = os.stat(path)
    return found.st_mode & 0o7777, found.st_uid


def test_first_start():
    with Rig() as rig:
        k = Keeping(rig, "one")
        uid = pwd.getpwnam(USER).pw_uid if os.getuid() == 0 else os.getuid()
        for folder in (k.store("one"), rig.path("heads")):
            assert mode(folder) == (0o700, uid), (folder, mode(folder))
        for kind in ("root", "secret"):
            assert mode(k.key("one", kind)) == (0o600, os.getuid()), (kind, mode(k.key("one", kind)))
        assert mode(k.socket()) == (0o600, os.getuid()), mode(k.socket())
        warning, = k.cordon.lines("owner-key")
        assert "warning" in warning and k.key("one", "secret") in warning and "off this machine" in warning, warning
        k.wait_status("one", "state", "open")
        assert [l for l in k.cordon.lines("store") if "what=made" in l], k.cordon.lines("store")
        with k.connect() as keeper:
            answer = keeper.put("one", MESSAGE, ranges=[(30, 9000)])
            assert answer.outcome == DONE and answer.sequence > 0, answer
            last = answer.sequence
        k.wait_status("one", "messages", "1")
        k.wait_status("one", "bytes", str(len(MESSAGE)))
        status = k.cordon.status()
        wanted = {"held": "0", "last_sequence": str(last), "indexed": str(last), "put": "1", "indexing": "no"}
        found = {key: status.get(f"keeper.store.one.{key}") for key in wanted}
        assert found == wanted and int(status["keeper.store.one.disk_bytes"]) > 0, status
        def is_measured():
            text = get(k.monitor, "/metrics")[1]
            return text if 'cordon_store_messages{store="one"} 1' in text else None
        text = wait_for(is_measured, "the metrics")
        check_prometheus(text)
        assert metric(text, 'cordon_store_open{store="one"}') == 1, text
        # No key is made twice, and what was kept is there.
        keys = {kind: open(k.key("one", kind)).read() for kind in ("root", "secret", "pub")}
        k.restart()
        k.wait_status("one", "messages", "1")
        assert keys == {kind: open(k.key("one", kind)).read() for kind in keys}
        assert len(k.cordon.lines("owner-key")) == 1
        with k.connect() as keeper:
            assert keeper.put("one", MESSAGE).sequence > last


def test_missing_key():
    with Rig() as rig:
        k = Keeping(rig, "one")
        with k.connect() as keeper:
            assert keeper.put("one", MESSAGE).outcome == DONE
        k.cordon.stop()
        os.rename(k.key("one", "root"), rig.path("away"))
        k.cordon.start(wait=False)
        assert k.cordon.process.wait(30) == 78, k.cordon.log()
        assert "is missing" in k.cordon.log() and not os.path.exists(k.key("one", "root"))
        os.rename(rig.path("away"), k.key("one", "root"))
        k.cordon.start()
        k.wait_status("one", "messages", "1")


def test_killed():
    """Whatever was answered is there after kill -9, and the next keeper goes on."""
    with Rig() as rig:
        k = Keeping(rig, "one")
        kept, stop = [], threading.Event()

        def put():
            while not stop.is_set():
                try:
                    with k.connect() as keeper:
                        while not stop.is_set():
                            answer = keeper.put("one", MESSAGE)
                            if answer is None:
                                break
                            if answer.outcome == DONE:
                                kept.append(answer.sequence)
                except OSError:
                    time.sleep(0.01)
        threads = [threading.Thread(target=put) for _ in range(4)]
        for thread in threads:
            thread.start()
        for i in range(3):
            count = len(kept)
            wait_for(lambda: len(kept) > count + 20, "messages kept", 60)
            os.kill(k.keeper(), signal.SIGKILL)
            wait_for(lambda: k.cordon.status()["keeper.restarts"] == str(i + 1) and
                     k.cordon.status()["keeper.state"] == "working", "another keeper", 60)
        stop.set()
        for thread in threads:
            thread.join()
        assert len(set(kept)) == len(kept)
        k.restart()
        wait_for(lambda: int(k.status("one", "messages") or 0) >= len(kept), f"{len(kept)} messages: {k.cordon.status()}")
        assert not [l for l in k.cordon.lines("store") if "what=damaged" in l], k.cordon.lines("store")


def test_refused():
    with Rig() as rig:
        k = Keeping(rig, "one")
        good = keeping.papers([(keeping.SENDER, "a@client.test")])
        m, p = keeping.memory, keeping.papers

        def jobs():
            """What it is, the job, and what comes along."""
            yield "another magic", keeping.job(PUT, "one", magic=1), [m(MESSAGE), m(good)]
            yield "kind 0", keeping.job(0, "one"), [m(MESSAGE), m(good)]
            yield "kind beyond", keeping.job(5, "one"), [m(MESSAGE), m(good)]
            yield "too short", keeping.job(PUT, "one")[:-1], [m(MESSAGE), m(good)]
            yield "too long", keeping.job(PUT, "one") + b"x", [m(MESSAGE), m(good)]
            yield "no end of the name", keeping.job(PUT, b"x" * 32), [m(MESSAGE), m(good)]
            yield "no such store", keeping.job(PUT, "two"), [m(MESSAGE), m(good)]
            yield "no name", keeping.job(PUT, ""), [m(MESSAGE), m(good)]
            yield "category", keeping.job(PUT, "one", category=6), [m(MESSAGE), m(good)]
            yield "no descriptors", keeping.job(PUT, "one"), []
            yield "one descriptor", keeping.job(PUT, "one"), [m(MESSAGE)]
            yield "three", keeping.job(PUT, "one"), [m(MESSAGE), m(good), m(good)]
            yield "not sealed", keeping.job(PUT, "one"), [m(MESSAGE, 0), m(good)]
            yield "papers not sealed", keeping.job(PUT, "one"), [m(MESSAGE), m(good, fcntl.F_SEAL_SHRINK)]
            yield "no memory", keeping.job(PUT, "one"), [os.open("/etc/passwd", os.O_RDONLY), m(good)]
            yield "empty", keeping.job(PUT, "one"), [m(b""), m(good)]
            yield "offset", keeping.job(PUT, "one", offset=len(MESSAGE)), [m(MESSAGE), m(good)]
            yield "no papers", keeping.job(PUT, "one"), [m(MESSAGE), m(b"")]
            yield "short papers", keeping.job(PUT, "one"), [m(MESSAGE), m(good[:-1])]
            yield "long papers", keeping.job(PUT, "one"), [m(MESSAGE), m(good + b"x")]
            yield "huge papers", keeping.job(PUT, "one"), [m(MESSAGE), m(b"\0" * (2 << 20))]
            yield "broken metadata", keeping.job(PUT, "one"), [m(MESSAGE), m(p(b"\1\0\xff\xff"))]
            yield "a part's field", keeping.job(PUT, "one"), [m(MESSAGE), m(p([(keeping.PART, 1)]))]
            yield "overlap", keeping.job(PUT, "one"), [m(MESSAGE), m(p([], keeping.parts((0, 5000), (4999, 10)), 2))]
            yield "beyond", keeping.job(PUT, "one"), [m(MESSAGE), m(p([], keeping.parts((0, 1 << 40)), 1))]
            yield "with an offset", keeping.job(PUT, "one", offset=100), \
                [m(MESSAGE), m(p([], keeping.parts((0, len(MESSAGE) - 99)), 1))]
            yield "change beyond", keeping.job(CHANGE, "one", change=4), \
                [m(p([(keeping.WHAT, "x"), (keeping.WHO, "y"), (keeping.ABOUT, 1)]))]
            yield "nobody's", keeping.job(CHANGE, "one", change=DELETE), [m(p([(keeping.WHAT, "x"), (keeping.ABOUT, 1)]))]
            yield "about nothing", keeping.job(CHANGE, "one", change=DELETE), \
                [m(p([(keeping.WHAT, "x"), (keeping.WHO, "y")]))]
            yield "slots", keeping.job(SLOTS, "one"), [m(p([(keeping.ABOUT, 1)], b"x" * 87, 1))]
            yield "reindex with memory", keeping.job(REINDEX, "one"), [m(good)]
        with k.connect() as keeper:
            for what, job, fds in jobs():
                answer = keeper.ask(job, fds)
                assert answer is not None and answer.outcome == REFUSED and answer.text, (what, answer)
            assert keeper.change("one", DELETE, 4711).outcome == REFUSED
            assert keeper.put("one", b"standin", offset=7).outcome == DONE, "a message without a byte is one"
            keeper.socket.send(b"garbage")
            answer = keeper.put("one", MESSAGE)
            assert answer.outcome == DONE, answer
            number = answer.sequence
            assert keeper.change("one", HOLD, number, what="hold").outcome == DONE
            assert keeper.change("one", DELETE, number).outcome == REFUSED, "it is held"
            assert keeper.change("one", NOTE, number, what="show").outcome == DONE
            k.wait_status("one", "held", "1")
            assert keeper.change("one", keeping.UNHOLD, number, what="unhold").outcome == DONE
            assert keeper.change("one", DELETE, number).outcome == DONE
            k.wait_status("one", "messages", "1")
            assert keeper.ask(keeping.job(REINDEX, "one")).outcome == DONE
        assert k.cordon.status()["keeper.restarts"] == "0"


def test_one_of_two_fails():
    with Rig() as rig:
        k = Keeping(rig, "one", "two")
        with k.connect() as keeper:
            assert keeper.put("one", MESSAGE).outcome == DONE and keeper.put("two", MESSAGE).outcome == DONE
        k.cordon.stop()
        os.rename(rig.path("heads", "one"), rig.path("one.away"))
        os.mkdir(rig.path("heads", "one"))
        k.cordon.start()
        k.wait_status("one", "state", "failed")
        assert k.status("one", "failure"), k.cordon.status()
        assert [l for l in k.cordon.lines("store") if "what=failure" in l and "store=one" in l], k.cordon.log()
        shown = k.cordon.cli("status", "--config", k.cordon.path)
        row, = [l for l in shown.stdout.splitlines() if l.startswith("one ")]
        assert shown.returncode == 1 and row.split()[1] == "failed" and row.endswith(k.status("one", "failure")), shown
        with k.connect() as keeper:
            answer = keeper.put("one", MESSAGE)
            assert answer.outcome == FAILED and answer.text, answer
            assert keeper.put("two", MESSAGE).outcome == DONE
        os.rmdir(rig.path("heads", "one"))
        os.rename(rig.path("one.away"), rig.path("heads", "one"))
        k.wait_status("one", "state", "open")
        with k.connect() as keeper:
            assert keeper.put("one", MESSAGE).outcome == DONE
        k.wait_status("one", "messages", "2")
        shown = k.cordon.cli("status", "--config", k.cordon.path)
        assert shown.returncode == 0, shown


def frames(path):
    """Each record's sequence, and where its frame begins and ends (cordon-store(5))."""
    with open(path, "rb") as f:
        data = f.read()
    found, at = {}, 256
    while at + 112 <= len(data) and data[at:at + 4] == b"cfrm":
        size = int.from_bytes(data[at + 24:at + 32], "little")
        found[int.from_bytes(data[at + 8:at + 16], "little")] = (at, at + size)
        at += size
    return found


def flip(path, offset):
    with open(path, "r+b") as f:
        f.seek(offset)
        byte = f.read(1)[0]
        f.seek(offset)
        f.write(bytes([byte ^ 1]))


def read_file(path):
    with open(path, "rb") as f:
        return f.read()


def test_a_flipped_byte_is_found_in_the_background():
    with Rig() as rig:
        k = Keeping(rig, "one", one='check_every = "1s"; check_rate = "1M";')
        names = rig.path("lib", "one", "segments")
        first = os.path.join(names, "00000001.seg")
        with k.connect() as keeper:
            puts = [keeper.put("one", MESSAGE + os.urandom(40000).hex().encode() + b"\r\n") for _ in range(3)]
        assert all(p.outcome == DONE for p in puts), puts
        numbers = [p.sequence for p in puts]
        wait_for(lambda: k.status("one", "checked_ms"), "a verification in the background")
        k.wait_status("one", "wrong", "0")
        begin, end = frames(first)[numbers[1]]
        flip(first, (begin + end) // 2)
        damaged = read_file(first)
        k.wait_status("one", "wrong_record", str(numbers[1]), 60)
        assert f"segments/00000001.seg at {begin}, record {numbers[1]}: " in k.status("one", "wrong_first"), k.cordon.status()
        told = [l for l in k.cordon.lines("store") if "what=damaged" in l and f"record {numbers[1]}:" in l]
        assert told and "segments/00000001.seg" in told[0], k.cordon.log()[-2000:]
        wait_for(lambda: 'cordon_store_check_wrong_record{store="one"}' in get(k.monitor, "/metrics")[1], "the metric")
        text = get(k.monitor, "/metrics")[1]
        check_prometheus(text)
        assert metric(text, 'cordon_store_check_wrong_record{store="one"}') == numbers[1], text
        assert metric(text, 'cordon_store_check_wrong{store="one"}') >= 1, text

        with k.connect() as keeper:
            after = keeper.put("one", MESSAGE)
        assert after.outcome == DONE, ("mail goes on", after)
        assert sorted(os.listdir(names)) == ["00000001.seg", "00000002.seg"], "nothing more goes into the damaged one"
        assert after.sequence in frames(os.path.join(names, "00000002.seg"))
        assert read_file(first) == damaged, "it is neither mended nor deleted"
        for number, status in ((numbers[0], 0), (numbers[1], 1), (numbers[2], 0), (after.sequence, 0)):
            shown = k.cordon.cli("quarantine", "show", "--config", k.cordon.path, str(number))
            assert shown.returncode == status, (number, shown)

        flip(first, (begin + end) // 2)
        k.wait_status("one", "wrong", "0", 60)
        k.wait_status("one", "wrong_record", "0")


def test_another_writer():
    """A store that somebody else writes to is waited for, by whoever asks too."""
    with Rig() as rig:
        k = Keeping(rig, "one")
        with k.connect() as keeper:
            assert keeper.put("one", MESSAGE).outcome == DONE
        k.cordon.stop()
        lock = open(k.store("one", "lock"), "rb")
        fcntl.flock(lock, fcntl.LOCK_EX)
        k.cordon.start()
        k.wait_status("one", "state", "locked")
        with k.connect(1) as keeper:
            keeper.seconds, keeper.patience = 1, 10
            answer = keeper.put("one", MESSAGE)
            assert answer.outcome == FAILED and answer.text, answer
        answers = []

        def put():
            with k.connect() as keeper:
                answers.append(keeper.put("one", MESSAGE))
        thread = threading.Thread(target=put)
        thread.start()
        wait_for(lambda: k.cordon.status()["keeper.busy"] == "1", "the job", 10)
        lock.close()
        thread.join()
        assert answers[0].outcome == DONE, answers
        k.wait_status("one", "state", "open")


def test_reload():
    """The store goes from one keeper to the next while messages come; each is kept or its caller is told at once."""
    with Rig() as rig:
        k = Keeping(rig, "one")
        results, stop = [], threading.Event()

        def put():
            while not stop.is_set():
                try:
                    with k.connect() as keeper:
                        while not stop.is_set():
                            results.append(keeper.put("one", MESSAGE))
                            if results[-1] is None:
                                break
                except OSError:
                    time.sleep(0.01)
        threads = [threading.Thread(target=put) for _ in range(4)]
        for thread in threads:
            thread.start()
        for days in (5, 6):
            before, count = k.keeper(), len(results)
            wait_for(lambda: len(results) > count + 20, "messages kept", 60)
            k.cordon.configure(k.configuration(one=f'keep = "{days}d";'))
            k.cordon.reload()
            wait_for(lambda: k.cordon.status()["reload"] == "ok" and k.keeper() != before, "the reload", 60)
            wait_for(lambda: k.status("one", "state") == "open", "the store in the next keeper", 60)
        stop.set()
        for thread in threads:
            thread.join()
        answered = [r for r in results if r is not None]
        assert all(r.outcome == DONE for r in answered), [r for r in answered if r.outcome != DONE][:5]
        assert len(results) - len(answered) <= 2 * len(threads), (len(results), len(answered))
        wait_for(lambda: int(k.status("one", "messages") or 0) >= len(answered), f"{len(answered)} messages")


if __name__ == "__main__":
    rigs.main(globals())

"""The quarantine as an administrator meets it: found, looked at, exported, released, held, deleted, verified."""
import base64
import contextlib
import json
import mailbox
import os
import pty
import re
import resource
import shutil
import signal
import stat
import subprocess

import rig as rigs
from rig import BUILD, Client, Rig, eicar, mail_with, small_mail, wait_for
from test_keep import Place, store
from test_signatures import Folder, body_signature


class Quarantine(Place):
    """A daemon with a store, and the command line that goes with it."""

    def run(self, *words, group="quarantine", status=0, **options):
        done = subprocess.run([os.path.join(BUILD, "cordon"), group, words[0], "--config", self.cordon.path, *words[1:]],
                              capture_output=True, timeout=120, stdin=subprocess.DEVNULL, **options)
        assert done.returncode == status, (words, done)
        return done

    def rows(self, *words, **options):
        return [json.loads(line) for line in self.run(*words, "--json", **options).stdout.splitlines()]

    def store(self, *words, **options):
        return self.run(*words, group="store", **options)

    def keep(self, message, count, **options):
        assert self.mail(self.after, message, **options).startswith("250"), "it is kept"
        wait_for(lambda: len(self.rows("list")) == count, "it in the list")
        return self.rows("list")[0]


def infected(subject="with a part", name="invoice.exe"):
    return mail_with(eicar(), name=name).replace(b"Subject: with a part", b"Subject: " + subject.encode("utf-8"))


def trail(place):
    return [(row["what"], row["about"], row.get("why", "")) for row in place.rows("trail", group="store") if row["kind"] in ("note", "tombstone")
            and row["what"] != "start"]


def test_found_and_looked_at():
    with Rig() as rig:
        place = Quarantine(rig, store(rig))
        message = infected("=?utf-8?q?Rechnung_\x1b[2J?= overdue")
        row = place.keep(message, 1, recipients=("ann@example.test", "bob@Other.test"))
        assert row["category"] == "infected" and row["size"] == len(message) and row["sender"] == "from@client.test", row
        assert [r["address"] for r in row["recipients"]] == ["ann@example.test", "bob@Other.test"], row
        assert "Eicar" in " ".join(row["names"]) and "invoice.exe" in row["files"] and row["listener"] == "after", row
        assert row["session"] in place.last(1) and row["id"] in place.last(1), (row, place.last(1))
        number = str(row["sequence"])

        for words in (["--sender", "@client.test"], ["--sender", "from@client.test"], ["--recipient", "@other.test"], ["--recipient", "ann"],
                      ["--subject", "OVERDUE rechnung"], ["--file", "invoice"], ["--name", "eicar"], ["--category", "banned,infected"],
                      ["--size", f"{len(message)}"], ["--size", ">100"], ["--since", "1h"], ["--until", "today"], ["--client", "127.0.0.1"],
                      ["--session", row["session"]], ["--listener", "after"]):
            assert [r["id"] for r in place.rows("list", *words)] == [row["id"]], words
        for words in (["--sender", "@example.test"], ["--subject", "rechnung none"], ["--category", "banned"], ["--size", ">1M"],
                      ["--until", "1h"], ["--held"], ["--before", number], ["--listener", "before"], ["--client", "::1"]):
            assert place.rows("list", *words) == [], words
        assert [r["id"] for r in place.rows("search", "overdue")] == [row["id"]]
        assert [r["id"] for r in place.rows("search", "bob@other.test", "--category", "infected")] == [row["id"]]
        assert place.rows("search", "nothing like it") == []
        for words in (["--since", "soon"], ["--category", "bad"], ["--size", "big"], ["--limit", "-1"], ["--before", "x"], ["--store", "no"]):
            assert place.run("list", *words, status=64).stderr, words

        table = place.run("list").stdout.decode()
        assert re.search(rf"^ *{number}  20..-..-.. ..:..:..  infected .* from@client.test +ann@example.test \+1 .*overdue$", table, re.M), table
        shown = place.run("show", "--headers", number).stdout.decode()
        for text in ("category    infected", "recipient   bob@Other.test: ", "See the file.", "found       Eicar", "  Subject: "):
            assert text in shown, (text, shown)
        assert "\x1b" not in table + shown and "\\x1b[2J" in shown
        shown = place.rows("show", "--explain", "--lines", "0", row["id"])[0]
        assert "text" not in shown and shown["header"] and shown["explanation"]["verdict"] == "infected", shown
        assert "another owner" not in place.run("show", number).stdout.decode()

        other = rig.path("other")
        place.store("keygen", "--out", other)
        assert b"another owner" in place.run("show", "--key", other + ".secret", number, status=1).stderr
        assert b"no such message" in place.run("show", "4711", status=1).stderr
        assert place.run("show", "elsewhere:1", status=64).stderr
        assert [w for w, _, _ in trail(place)].count("show") >= 4


def test_exported_bit_by_bit():
    with Rig() as rig:
        place = Quarantine(rig, store(rig))
        messages = [infected(f"number {i}", name="same.bin") + b"\r\nFrom me\r\n.\r\n" for i in range(3)]
        numbers = [str(place.keep(m, i + 1)["sequence"]) for i, m in enumerate(messages)]
        done = place.run("export", numbers[0])
        assert done.stdout == messages[0] and b"live virus" in done.stderr

        one = rig.path("one.eml")
        os.umask(0)
        place.run("export", "--out", one, numbers[1])
        assert open(one, "rb").read() == messages[1] and stat.S_IMODE(os.stat(one).st_mode) == 0o600
        assert b"File exists" in place.run("export", "--out", one, numbers[0], status=2).stderr
        place.run("export", "--force", "--out", one, numbers[0])
        assert open(one, "rb").read() == messages[0]

        assert place.run("export", *numbers, status=64).stderr, "several need a folder"
        place.run("export", "--out", rig.path("folder"), *numbers, "--reason", "case 7")
        assert [open(rig.path("folder", f"quarantine-{n}.eml"), "rb").read() for n in numbers] == messages
        place.store("export", "--as", "maildir", "--out", rig.path("Maildir"), "--file", "same.bin")
        assert sorted(open(rig.path("Maildir", "new", n), "rb").read() for n in os.listdir(rig.path("Maildir", "new"))) == sorted(messages)
        place.store("export", "--out", rig.path("mbox"))
        assert len(mailbox.mbox(rig.path("mbox"))) == 3 and b"\n>From me" in open(rig.path("mbox"), "rb").read()
        assert ("export", [int(n) for n in numbers], "case 7") in trail(place)

        # And back, from each form, as other messages with the same bytes.
        place.store("import", "--category", "infected", rig.path("mbox"), rig.path("Maildir"), one)
        rows = place.rows("list", "--limit", "0")
        assert len(rows) == 10 and len({r["sha256"] for r in rows}) == 3
        assert {r["intake"] for r in rows[:7]} == {"import"} and rows[0]["subject"] == "number 0"

        master, slave = pty.openpty()
        words = [os.path.join(BUILD, "cordon"), "quarantine", "export", "--config", place.cordon.path, numbers[0]]
        done = subprocess.run(words, stdin=slave, stdout=slave, stderr=subprocess.PIPE, timeout=60)
        os.close(slave)
        os.close(master)
        assert done.returncode == 64 and b"terminal" in done.stderr, done


def test_released():
    with Rig() as rig:
        place = Quarantine(rig, store(rig))
        message = infected()
        number = str(place.keep(message, 1, recipients=("ann@example.test", "bob@example.test"))["sequence"])
        assert b"a reason is needed" in place.run("release", number, status=64).stderr
        done = place.run("release", "--reason", "asked for", number, status=1)
        assert b"not released to ann@example.test: reject 550 5.7.1" in done.stdout and b"--force" in done.stderr, done
        assert place.sink.messages == []
        done = place.run("release", "--reason", "analyst", "--force", "--to", "analyst@example.test", number)
        assert b"released to analyst@example.test: 250" in done.stdout, done
        got = place.sink.messages[0]
        assert got.recipients == ["analyst@example.test"] and got.sender == "from@client.test" and got.data.endswith(message)
        [row] = place.rows("release", "--reason", "all", "--force", number)
        assert row["verdict"] == "infected" and [r["released"] for r in row["recipients"]] == [True, True], row
        assert place.sink.messages[1].recipients == ["ann@example.test", "bob@example.test"]
        assert [(what, why) for what, _, why in trail(place)] == [
            ("release-begin", "asked for"), ("release-failed", "asked for"), ("release-begin", "analyst"), ("release", "analyst"),
            ("release-begin", "all"), ("release", "all")]
        row = place.rows("trail", number, group="store")[-1]
        assert "infected, forced; ann@example.test: pass 250" in row["how"] and row["who"].startswith("root"), row

        # What is clean today is sent without force.
        rig.write("clean.eml", small_mail())
        place.store("import", rig.path("clean.eml"))
        number = str(wait_for(lambda: [r for r in place.rows("list") if r["category"] == "clean"], "the import")[0]["sequence"])
        assert b"--listener" in place.run("release", "--reason", "x", "--to", "a@b.test", number, status=1).stderr
        place.run("release", "--reason", "x", "--to", "a@b.test", "--listener", "after", number)
        assert place.sink.messages[-1].recipients == ["a@b.test"]


def files_with(needles, *folders):
    """Which of these stand in which file, by itself or as base64 has it."""
    wanted = {}
    for needle in needles:
        wanted[needle] = needle
        for shift in range(3):
            wanted[base64.b64encode(b"x" * shift + needle)[4:-4]] = needle
    found = set()
    for folder in folders:
        for path, _, names in os.walk(folder):
            for name in names:
                with contextlib.suppress(OSError):
                    if stat.S_ISREG(os.stat(os.path.join(path, name)).st_mode):
                        data = open(os.path.join(path, name), "rb").read()
                        found |= {(os.path.join(path, name), what) for text, what in wanted.items() if text in data}
    return found


def test_nothing_of_it_lies_in_plain():
    """Neither the virus nor whose mail it was: beside a working keeper, after each use, and after it was killed."""
    with Rig() as rig:
        place = Quarantine(rig, store(rig))
        secret = [eicar(), b"Extraordinary-Subject", b"peculiar.sender", b"singular.recipient", b"unheard-of-name"]
        message = infected("Extraordinary-Subject", "unheard-of-name.exe")
        places = [rig.path(name) for name in ("stores", "heads", "keys")] + [place.cordon.run_directory, "/dev/shm"]

        def check(when):
            assert files_with(secret, *places) == set(), when
        with Client(("127.0.0.1", place.after)) as client:
            client.hello("EHLO")
            assert client.mail(message, sender="peculiar.sender@client.test",
                               recipients=["singular.recipient@example.test"]).startswith("250")
        check("it was kept")
        wait_for(lambda: len(place.rows("list")) == 1, "it in the list")
        [row] = place.rows("search", "extraordinary-subject")
        assert row["sender"] == "peculiar.sender@client.test", row
        number = str(row["sequence"])
        for words in (("list",), ("search", "--sender", "peculiar.sender@client.test"), ("show", number), ("export", number),
                      ("hold", "--reason", "x", number), ("unhold", "--reason", "x", number),
                      ("release", "--force", "--reason", "x", number)):
            place.run(*words)
            check(words)
        for _ in range(3):
            os.kill(int(place.cordon.status()["keeper.pid"]), signal.SIGKILL)
            check("the keeper was killed")
            wait_for(lambda: place.cordon.status().get("keeper.store.quarantine.state") == "open", "the next keeper")
            place.store("reindex")
            check("a new index")
        place.cordon.stop()
        check("it has ended")
        probe = rig.write("stores/probe", base64.b64encode(b"ab" + eicar()).decode())
        assert files_with(secret, rig.path("stores")), ("and it would have been found", probe)


def core_limits(pid):
    with open(f"/proc/{pid}/limits") as f:
        [line] = [line for line in f if line.startswith("Max core file size")]
    return line.split()[4:6]


def test_no_command_leaves_a_core():
    """One that has an owner's secret and a message in its memory."""
    with Rig() as rig:
        place = Quarantine(rig, store(rig))
        row = place.keep(infected() + os.urandom(300000).hex().encode() + b"\r\n", 1)
        before = resource.getrlimit(resource.RLIMIT_CORE)
        words = [os.path.join(BUILD, "cordon"), "quarantine", "export", "--config", place.cordon.path, str(row["sequence"])]
        with subprocess.Popen(words, stdout=subprocess.PIPE) as command:  # which waits for us to read
            wait_for(lambda: core_limits(command.pid) == ["0", "0"], f"no core, instead of {before}")
            assert command.stdout.read().count(b"\n") > 10
        assert command.returncode == 0


def test_held_and_deleted():
    with Rig() as rig:
        place = Quarantine(rig, store(rig))
        first, second = (str(place.keep(infected(f"n {i}"), i + 1)["sequence"]) for i in range(2))
        assert b"a reason is needed" in place.run("delete", first, status=64).stderr
        place.run("hold", "--reason", "legal", first)
        assert [str(r["sequence"]) for r in place.rows("list", "--held")] == [first]
        done = place.run("delete", "--reason", "old", first, second, "99", status=1)
        assert b"held" in done.stderr and b"no such message" in done.stderr and done.stdout == f"quarantine:{second}: deleted\n".encode(), done
        wait_for(lambda: [str(r["sequence"]) for r in place.rows("list")] == [first], "the other to go")
        assert b"no such message" in place.run("export", second, status=1).stderr
        place.run("unhold", "--reason", "over", first)
        place.run("delete", "--reason", "old", first)
        wait_for(lambda: place.rows("list") == [], "both to go")
        assert trail(place) == [("hold", [int(first)], "legal"), ("delete", [int(second)], "old"), ("unhold", [int(first)], "over"),
                                ("delete", [int(first)], "old")]
        assert b"every byte is as it was written" in place.store("verify").stdout


def test_a_report():
    with Rig() as rig:
        place = Quarantine(rig, store(rig))
        for i in range(3):
            place.keep(infected(f"n {i}"), i + 1, recipients=("ann@example.test",))
        [row] = place.rows("report")
        assert row["messages"] == 3 and row["categories"]["infected"]["messages"] == 3 and row["categories"]["clean"]["messages"] == 0, row
        assert row["recipients"] == [{"text": "ann@example.test", "messages": 3, "bytes": row["bytes"]}], row
        assert place.rows("report", "yesterday")[0]["messages"] == 0
        assert place.rows("report", "--since", "1h", "--sender", "@elsewhere.test")[0]["messages"] == 0
        text = place.run("report", "today").stdout.decode()
        assert re.search(r"^ +3  infected ", text, re.M) and "3  from@client.test" in text, text
        assert place.run("report", "someday", status=64).stderr


def test_verified():
    with Rig() as rig:
        place = Quarantine(rig, store(rig))
        place.keep(infected("one"), 1)
        place.keep(infected("two"), 2)
        head = place.store("head").stdout.decode().strip()
        place.keep(infected("three"), 3)
        assert b"every byte is as it was written" in place.store("verify", "--head", head).stdout
        rig.write("head.txt", head + "\n")
        place.store("verify", "--head", rig.path("head.txt"))
        assert place.store("verify", "--head", head[:-9], status=64).stderr
        words = ["setpriv", "--reuid", rigs.USER, "--regid", rigs.USER, "--clear-groups", os.path.join(BUILD, "cordon")]
        done = subprocess.run([*words, "store", "verify", "--config", place.cordon.path], capture_output=True, timeout=60)
        assert done.returncode == 0, ("no key is needed", done)
        done = subprocess.run([*words, "quarantine", "list", "--config", place.cordon.path], capture_output=True, timeout=60)
        assert done.returncode == 2 and b"the root key of the store quarantine can't be read" in done.stderr, done

        second = place.rows("list")[1]
        place.cordon.stop()
        segments = rig.path("stores", "quarantine", "segments")
        [name] = os.listdir(segments)
        data = bytearray(open(os.path.join(segments, name), "rb").read())
        [finding] = flip_within(place, os.path.join(segments, name), data, second["sequence"])
        assert finding["sequence"] == second["sequence"] and finding["file"] == "segments/" + name and finding["wrong"], finding
        assert [r["sequence"] for r in place.rows("list")] == [3, 2, 1], "the rest, and what is known of it, is still there"
        assert place.run("export", "3").stdout and place.run("export", "2", status=1).stdout == b""


def test_put_back_to_an_earlier_state():
    with Rig() as rig:
        place = Quarantine(rig, store(rig))
        place.keep(infected("one"), 1)
        place.cordon.stop()
        os.mkdir(rig.path("copy"))
        subprocess.run(["cp", "-a", rig.path("stores"), rig.path("heads"), rig.path("copy")], check=True)
        place.cordon.start()
        place.keep(infected("two"), 2)
        head = place.store("head").stdout.decode().strip()
        place.cordon.stop()
        for name in ("stores", "heads"):
            shutil.rmtree(rig.path(name))
            os.rename(rig.path("copy", name), rig.path(name))
        assert place.store("verify").returncode == 0, "by itself it is sound"
        assert b"head" in place.store("verify", "--head", head, status=1).stdout


def test_a_loss_is_accepted():
    with Rig() as rig:
        place = Quarantine(rig, store(rig))
        for i in range(3):
            place.keep(infected(f"n {i}"), i + 1)
        assert place.store("accept", "--reason", "x", "--yes", status=2).stderr, "not beside the keeper"
        place.cordon.stop()
        assert b"no loss" in place.store("accept", "--reason", "x", "--yes").stdout
        segments = rig.path("stores", "quarantine", "segments")
        [name] = os.listdir(segments)
        os.truncate(os.path.join(segments, name), os.stat(os.path.join(segments, name)).st_size - 50)
        assert b"record 3" in place.store("verify", status=1).stdout
        assert b"cordon store verify" in place.run("hold", "--reason", "x", "1", status=2).stderr, "nothing is written over it"
        assert b"--yes" in place.store("accept", "--reason", "the disk died", status=64).stderr
        assert b"put that back instead" in place.store("accept", "--reason", "the disk died", status=64).stderr
        place.store("accept", "--reason", "the disk died", "--yes")
        assert os.listdir(rig.path("stores", "quarantine", "damaged")) == [name]
        assert ("accept", [], "the disk died") in trail(place)
        place.store("verify")
        place.cordon.start()
        place.keep(infected("after"), 3)
        assert place.run("export", "1").stdout == infected("n 0") and place.run("export", "3", status=1).stderr


def flip_within(place, path, data, sequence):
    """Alters a byte of that record, which is found by trying; gives what verify says."""
    for offset in range(len(data) // 3, len(data), 97):
        altered = bytearray(data)
        altered[offset] ^= 1
        with open(path, "r+b") as f:
            f.write(altered)
        rows = place.rows("verify", group="store", status=1)
        findings = [r for r in rows if "wrong" in r and "file" in r]
        assert findings, (offset, rows)
        if findings[0].get("sequence") == sequence:
            return findings
    raise AssertionError(f"no byte of record {sequence} was found")


def test_without_a_daemon_the_command_writes():
    with Rig() as rig:
        place = Quarantine(rig, store(rig))
        row = place.keep(infected(), 1)
        place.cordon.stop()
        number = str(row["sequence"])
        place.run("hold", "--reason", "legal", number)
        assert place.rows("list", "--held")[0]["id"] == row["id"]
        assert place.run("export", number).stdout == infected()
        place.store("reindex")
        assert b"the daemon is needed" in place.run("release", "--reason", "x", number, status=2).stderr
        owners = {os.stat(os.path.join(folder, name)).st_uid for folder, _, names in os.walk(rig.path("stores")) for name in names}
        assert owners == {os.stat(rig.path("stores", "quarantine")).st_uid}, "its files are not root's"
        place.cordon.start()
        assert place.rows("list", "--held")[0]["id"] == row["id"]
        place.run("unhold", "--reason", "over", number)
        place.keep(infected("again"), 2)
        assert b"every byte" in place.store("verify").stdout


def test_another_owner():
    with Rig() as rig:
        place = Quarantine(rig, store(rig))
        body = infected() + os.urandom(9000).hex().encode() + b"\r\n"
        number = str(place.keep(body, 1)["sequence"])
        assert str(place.keep(body, 2)["sequence"]) != number
        key = rig.path("escrow")
        place.store("keygen", "--out", key)
        assert stat.S_IMODE(os.stat(key + ".secret").st_mode) == 0o600
        assert place.store("keygen", "--out", key, status=2).stderr
        assert place.run("export", "--key", key + ".secret", number, status=1).stdout == b""
        place.store("rotate", "--new", key + ".pub")
        assert place.run("export", "--key", key + ".secret", number).stdout == body
        os.unlink(rig.path("keys", "quarantine.secret"))
        assert b"not on this machine" in place.run("export", number, status=2).stderr
        assert b"content is not shown" in place.run("show", number).stdout


def test_a_page_of_many():
    with Rig() as rig:
        place = Quarantine(rig, store(rig))
        box = b"".join(b"From joe%d@example.org Thu Nov 26 13:30:05 2026\nSubject: page %d\n\nx\n\n" % (i % 7, i) for i in range(1200))
        rig.write("box", box)
        place.store("import", rig.path("box"))
        wait_for(lambda: len(place.rows("list", "--limit", "0")) == 1200, "all in the list")
        found, before = [], []
        while True:
            page = place.rows("list", "--limit", "77", *before)
            found += [r["sequence"] for r in page]
            if len(page) < 77:
                break
            before = ["--before", page[-1]["id"]]
        assert found == sorted(found, reverse=True) and len(set(found)) == 1200
        assert len(place.run("list").stdout.splitlines()) == 51
        joe = [r["sequence"] for r in place.rows("search", "joe3", "--limit", "0")]
        assert joe == [r["sequence"] for r in place.rows("list", "--sender", "joe3@example.org", "--limit", "0")] and len(joe) == 171
        assert place.rows("report", "--top", "3")[0]["senders"][0]["messages"] == 172


class Renewed(Quarantine):
    """The same with a folder of signatures that can be added to."""

    def __init__(self, rig, stores):
        self.folder = Folder(rig, 10)
        super().__init__(rig, stores, engine=f'scanner: {{ engine: {{ type = "clamav"; signatures = "{self.folder.path}"; }}; }};\n')

    def renew(self, name, text):
        before = self.cordon.status().get("signatures_switched_total", "0")
        self.folder.put(name, text)
        wait_for(lambda: self.cordon.status().get("signatures_switched_total", "0") != before, "the new set", 120)

    def judge(self, *words, status=0):
        *rows, counts = self.rows("judge", *words, group="store", status=status)
        return rows, counts


def test_a_new_signature_finds_what_is_stored():
    with Rig() as rig:
        place = Renewed(rig, store(rig))
        place.keep(infected(), 1)
        names = [rig.write(f"{i}.eml", small_mail().replace(b"\r\n\r\n", b"\r\n\r\nmarker-%d of tomorrow\r\n" % i, 1)) for i in range(3)]
        place.store("import", *names)
        wait_for(lambda: len(place.rows("list")) == 4, "all in the list")
        rows, counts = place.judge()
        assert rows == [] and counts == {"judged": 4, "graver": 0, "milder": 0, "failed": 0}, (rows, counts)
        rows, _ = place.judge("--all")
        assert [(r["was"], r["is"]) for r in rows] == [("infected", "infected")] + [("clean", "clean")] * 3, rows

        place.renew("new.ndb", body_signature("Test.Tomorrow", b"marker-1 of tomorrow"))
        rows, counts = place.judge("--reason", "it was in the news", status=1)
        assert counts == {"judged": 4, "graver": 1, "milder": 0, "failed": 0}, counts
        [row] = rows
        wanted = [r for r in place.rows("list") if r.get("stored_as", "").endswith("1.eml")][0]
        assert (row["id"], row["was"], row["is"]) == (wanted["id"], "clean", "infected"), (row, wanted)
        assert any("Test.Tomorrow" in name for name in row["names"]), row
        assert wanted["category"] == "clean", "what is stored stays"
        assert ("judge", [wanted["sequence"]], "it was in the news") in trail(place), trail(place)
        noted = place.rows("trail", str(wanted["sequence"]), group="store")[-1]
        assert "4 judged, 1 graver now" in noted["how"] and "owner" in noted["how"] and noted["who"].startswith("root"), noted
        done = place.store("judge", status=1)
        assert re.search(rf"^ *{wanted['sequence']}  20.* clean +infected +.*Test.Tomorrow", done.stdout.decode(), re.M), done
        assert b"4 messages judged again: 1 graver now" in done.stderr, done

        assert place.judge("--category", "infected")[1]["judged"] == 1
        assert place.judge("--until", "1h")[1]["judged"] == 0
        assert place.store("judge", "--category", "bad", status=64).stderr
        other = rig.path("other")
        place.store("keygen", "--out", other)
        _, counts = place.judge("--key", other + ".secret", status=2)
        assert counts == {"judged": 0, "graver": 0, "milder": 0, "failed": 4}, counts
        os.unlink(rig.path("keys", "quarantine.secret"))
        assert b"not on this machine" in place.store("judge", status=2).stderr
        place.cordon.stop()
        assert place.store("judge", "--key", other + ".secret", status=2).stderr


def test_judged_again_without_the_owners_secret():
    with Rig() as rig:
        place = Renewed(rig, store(rig, more='judge_again = "48h";'))
        body = infected() + os.urandom(9000).hex().encode() + b"\r\n"
        place.keep(body, 1)
        place.keep(body, 2)
        os.unlink(rig.path("keys", "quarantine.secret"))
        [name] = [n for n in os.listdir(rig.path("heads")) if n.startswith("quarantine.again.")]
        status = os.stat(rig.path("heads", name))
        assert stat.S_IMODE(status.st_mode) == 0o600 and status.st_uid == os.stat(rig.path("stores", "quarantine")).st_uid, status
        rig.write("1.eml", small_mail().replace(b"\r\n\r\n", b"\r\n\r\nmarker-1 of tomorrow\r\n", 1))
        place.store("import", rig.path("1.eml"))
        wait_for(lambda: len(place.rows("list")) == 3, "all in the list")
        assert place.judge()[1] == {"judged": 3, "graver": 0, "milder": 0, "failed": 0}
        place.renew("new.ndb", body_signature("Test.Tomorrow", b"marker-1 of tomorrow"))
        rows, counts = place.judge(status=1)
        assert [(r["was"], r["is"]) for r in rows] == [("clean", "infected")] and counts["judged"] == 3, (rows, counts)
        assert "short-lived" in place.rows("trail", group="store")[-1]["how"]
        number = str(place.rows("list")[0]["sequence"])
        assert b"not on this machine" in place.run("export", number, status=2).stderr, "it is for judging alone"

        # The one of then goes on over a restart, and over a command that writes itself; what is over goes.
        place.cordon.stop()
        def put_ended(ended):
            shutil.copy2(rig.path("heads", name), rig.path("heads", ended))
            os.chown(rig.path("heads", ended), status.st_uid, status.st_gid)

        put_ended("quarantine.again.1700000000000")
        place.run("hold", "--reason", "x", number)
        assert [n for n in os.listdir(rig.path("heads")) if ".again." in n] == [name]
        put_ended("quarantine.again.1700000000001")
        place.cordon.start()
        assert place.judge(status=1)[1]["judged"] == 3
        assert [n for n in os.listdir(rig.path("heads")) if ".again." in n] == [name]
        assert "store-again" not in place.cordon.log(), "the keeper may do it, in its box"
        assert b"every byte is as it was written" in place.store("verify").stdout


if __name__ == "__main__":
    rigs.main(globals())

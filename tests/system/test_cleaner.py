"""A scanner on the host looks at whatever is written and cuts off what has the virus in it: in the quarantine it finds nothing.

CORDON_MESSAGES: so many infected messages (60; script/soak has 1000).
"""
import contextlib
import os
import subprocess
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rig as rigs  # noqa: E402
from rig import BUILD, Client, Rig, eicar, mail_with, wait_for  # noqa: E402
from test_keep import store  # noqa: E402
from test_quarantine import Quarantine  # noqa: E402

MESSAGES = int(os.environ.get("CORDON_MESSAGES", "60"))
SENDERS = 4
RELEASED_AT_ONCE = 50


class Cleaner:
    def __init__(self, how, folder):
        self.process = subprocess.Popen([os.path.join(BUILD, "tests/store/cleaner"), how, folder], stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True)
        self.lines = []
        first = self.process.stdout.readline()
        assert first == "ready\n", first
        self.reader = threading.Thread(target=lambda: self.lines.extend(self.process.stdout), daemon=True)
        self.reader.start()

    def end(self):
        self.process.terminate()
        self.reader.join(30)
        return self.lines


@contextlib.contextmanager
def cleaner(how, folder):
    at_work = Cleaner(how, folder)
    try:
        yield at_work
    finally:
        at_work.end()


def infected(number):
    mail = mail_with(eicar() + b"number %d\n" % number, name=f"n{number}.com")
    return mail.replace(b"Subject: with a part", b"Subject: case %d" % number)


def send(place, messages):
    with Client(("127.0.0.1", place.after)) as client:
        client.hello()
        for message in messages:
            assert client.mail(message).startswith("250")


def keep_all(place, messages):
    threads = [threading.Thread(target=send, args=(place, messages[i::SENDERS])) for i in range(SENDERS)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    wait_for(lambda: len(place.rows("list", "--limit", str(2 * MESSAGES))) == MESSAGES, "all of them in the list", 120)


def check_quarantine(place):
    messages = [infected(number) for number in range(MESSAGES)]
    keep_all(place, messages)
    assert [r["subject"] for r in place.rows("search", "case 7")] == ["case 7"]
    numbers = [str(r["sequence"]) for r in place.rows("list", "--name", "eicar", "--limit", str(2 * MESSAGES))]
    assert len(numbers) == MESSAGES
    for at in range(0, MESSAGES, RELEASED_AT_ONCE):
        place.run("release", "--force", "--reason", "to see whether it is whole", *numbers[at:at + RELEASED_AT_ONCE])
    got = {m.data.split(b"Subject: case ")[1].split(b"\r\n")[0]: m.data for m in place.sink.messages}
    assert len(place.sink.messages) == len(got) == MESSAGES
    for number, message in enumerate(messages):
        assert got[b"%d" % number].endswith(message), number
    place.store("verify")


def test_nothing_in_the_quarantine_is_altered():
    for how in ("truncate", "delete"):
        with Rig() as rig:
            place = Quarantine(rig, store(rig))
            with cleaner(how, rig.folder) as at_work:
                check_quarantine(place)
                # It is at work: what lies there in plain is gone at once.
                plain = rig.path("plain.eml")
                with open(plain, "wb") as f:
                    f.write(eicar())
                wait_for(lambda: not os.path.exists(plain) or os.path.getsize(plain) == 0, "the cleaner")
            lines = at_work.lines
            altered = [l for l in lines if l.startswith(("truncated", "deleted"))]
            assert altered and all("plain.eml" in l for l in altered), altered[:5]
            looked = int(lines[-1].split()[2])
            assert looked > 10, lines
            print(f"{how}: {MESSAGES} infected messages kept, found, released; {looked} looks at files, none of ours altered")


if __name__ == "__main__":
    rigs.main(globals())

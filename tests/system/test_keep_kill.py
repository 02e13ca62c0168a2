"""kill -9 of the keeper, and of the gate, at random moments while mail is kept: whatever was acknowledged is in the quarantine,
whole; it is there twice only where a sender was not told and sent it again; and the index agrees with the segments.

CORDON_KILLS: so many kills at least (8; script/soak has 200). CORDON_SEED.
"""
import collections
import os
import random
import re
import signal
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rig as rigs  # noqa: E402
from rig import Client, Rig, eicar, mail_with, wait_for  # noqa: E402
from test_keep import store  # noqa: E402
from test_quarantine import Quarantine  # noqa: E402

KILLS = int(os.environ.get("CORDON_KILLS", "8"))
SEED = int(os.environ.get("CORDON_SEED", time.time()))
SENDERS = 6


class Sender(threading.Thread):
    """Sends one message after another, each until it is accepted."""

    def __init__(self, place, first, stopping):
        super().__init__(daemon=True)
        self.place, self.numbers, self.stopping = place, range(first, 10 ** 9, SENDERS), stopping
        self.accepted, self.unsure, self.trouble = {}, collections.Counter(), None

    def run(self):
        for number in self.numbers:
            if self.stopping.is_set():
                return
            rest = random.Random(number).randbytes(random.choice((100, 3000, 40000)))
            message = mail_with(eicar() + rest, name="x.com").replace(b"Subject: with a part", b"Subject: case %d" % number)
            while not self.try_one(number, message):
                if self.stopping.wait(0.05):
                    return

    def try_one(self, number, message):
        try:
            with Client(("127.0.0.1", self.place.after), timeout=60) as client:
                client.hello()
                client.expect("MAIL FROM:<a@client.test>", 250)
                client.expect("RCPT TO:<b@example.test>", 250)
                client.expect("DATA", 354)
                self.unsure[number] += 1  # from here on it may be kept without our hearing of it
                client.body(message)
                reply = client.reply()
        except (OSError, EOFError, AssertionError):
            return False
        if reply.startswith("250"):
            self.unsure[number] -= 1
            self.accepted[number] = message
            return True
        if not reply.startswith("451"):
            self.trouble = self.trouble or reply
        return False


def kill_some(place):
    kills = collections.Counter()
    while sum(kills.values()) < KILLS:
        time.sleep(random.uniform(0.05, 0.4))
        program = random.choice(("cordon-keeper", "cordon-keeper", "cordon-gate"))
        for pid in place.cordon.pids(program)[:1]:
            try:
                os.kill(pid, signal.SIGKILL)
                kills[program] += 1
            except ProcessLookupError:
                pass
        if random.random() < 0.5:
            wait_for(lambda: place.cordon.status().get("keeper.state") == "working", "the keeper", 60)
    return kills


def kept(place):
    """How often each number is there, from the index."""
    rows = place.rows("list", "--limit", "1000000")
    return collections.Counter(int(re.search(r"case (\d+)", r["subject"]).group(1)) for r in rows), rows


def check_bytes(place, rows, accepted):
    """A sample is whole, bit by bit."""
    for row in random.sample(rows, min(20, len(rows))):
        number = int(row["subject"].split()[1])
        if number in accepted:
            assert place.run("export", str(row["sequence"])).stdout == accepted[number], number


def test_kills_while_mail_is_kept():
    random.seed(SEED)
    with Rig() as rig:
        place = Quarantine(rig, store(rig, more='segment_size = "1M";'), timeout=10)
        stopping = threading.Event()
        senders = [Sender(place, i, stopping) for i in range(SENDERS)]
        for s in senders:
            s.start()
        kills = kill_some(place)
        stopping.set()
        for s in senders:
            s.join(120)
            assert s.trouble is None, s.trouble
        wait_for(lambda: place.cordon.status().get("keeper.state") == "working", "the keeper", 60)
        accepted = {number: message for s in senders for number, message in s.accepted.items()}
        unsure = collections.Counter()
        for s in senders:
            unsure.update(s.unsure)
        wait_for(lambda: len(kept(place)[0]) >= len(accepted), "the index", 60)
        count, rows = kept(place)
        missing = set(accepted) - set(count)
        assert not missing, (SEED, sorted(missing)[:10], len(missing))
        twice = {n: c for n, c in count.items() if c > 1 + unsure[n] or (n not in accepted and c > unsure[n])}
        assert not twice, (SEED, twice)
        check_bytes(place, rows, accepted)
        place.store("verify")

        # The same again from the segments alone.
        sequences = sorted(r["sequence"] for r in rows)
        place.store("reindex")
        wait_for(lambda: sorted(r["sequence"] for r in place.rows("list", "--limit", "1000000")) == sequences, "the new index", 120)
        print(f"{len(accepted)} accepted, {len(rows)} kept under {dict(kills)} kills, seed {SEED}")


if __name__ == "__main__":
    rigs.main(globals())

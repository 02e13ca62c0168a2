"""What policy wants kept is in its store before anybody is answered, and a kept message is released."""
import array
import base64
import contextlib
import fcntl
import os
import pwd
import signal
import socket
import struct
import subprocess

import rig as rigs
from rig import ENGINE, Client, Rig, eicar, free_port, mail_with, small_mail, wait_for

SEALS = 0x0001 | 0x0002 | 0x0004 | 0x0008  # seal, shrink, grow, write
JUDGE_MAGIC, ENVELOPE_MAGIC = 0x4352444A55444731, 0x435244454E564C31
JUDGE_RELEASE, JUDGE_FORCE = 4, 8


def store(rig, name="quarantine", more="", path=None):
    """A store in the rig's folder; its keys are made by the first start."""
    return (f'{name}: {{ path = "{path or rig.path("stores", name)}"; head = "{rig.path("heads", name)}"; '
            f'root_key = "{rig.path("keys", name + ".root")}"; owners = ["{rig.path("keys", name + ".pub")}"]; '
            f'owner_key = "{rig.path("keys", name + ".secret")}"; {more} }};')


class Place:
    """A listener in each place, before and after the queue, and the same next hop."""

    def __init__(self, rig, stores, more="", protocol="smtp", timeout=60, engine=ENGINE):
        self.rig, self.sink, self.before, self.after = rig, rig.sink(lmtp=protocol == "lmtp"), free_port(), free_port()
        rows = "".join(f'{name}: {{ protocol = "{protocol}"; address = "127.0.0.1:{port}"; mode = "{name}-queue"; '
                       f'message_timeout = {timeout}; next_hop = "{protocol}://127.0.0.1:{self.sink.port}"; }};'
                       for name, port in (("before", self.before), ("after", self.after)))
        self.protocol = protocol
        self.cordon = rig.cordon(f"listen: {{ {rows} }};\nstore: {{ {stores} }};\n" + engine + more)

    def mail(self, port, message, recipients=("to@example.test",)):
        with Client(("127.0.0.1", port)) as client:
            client.hello("LHLO" if self.protocol == "lmtp" else "EHLO")
            replies = [client.mail(message, recipients=recipients)]
            while self.protocol == "lmtp" and len(replies) < len(recipients):
                replies.append(client.reply())
            return replies if self.protocol == "lmtp" else replies[0]

    def last(self, count):
        return self.cordon.wait_messages(count)[-1]


def lies_in_plain(folder):
    """The files in which the test virus, or what base64 makes of it, stands."""
    needles = [eicar()] + [base64.b64encode(b"x" * i + eicar())[8:60] for i in range(3)]
    found = []
    for path, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                data = open(os.path.join(path, name), "rb").read()
                found += [name for needle in needles if needle in data]
    return found


def disk_bytes(folder):
    return sum(os.stat(os.path.join(path, name)).st_blocks * 512 for path, _, names in os.walk(folder) for name in names)


def test_rejected_before_the_queue_and_kept():
    with Rig() as rig:
        place = Place(rig, store(rig))
        assert place.mail(place.before, mail_with(eicar())).startswith("550 5.7.1 infected")
        line = place.last(1)
        assert "kept=quarantine:" in line and "action=reject" in line and "finding=" not in line, line
        assert place.mail(place.before, small_mail()).startswith("250")
        assert "kept=" not in place.last(2)
        assert len(place.sink.messages) == 1
        assert lies_in_plain(rig.path("stores")) == []
        wait_for(lambda: place.cordon.status().get("gate.kept.quarantine") == "1", "the count")


def test_kept_after_the_queue():
    with Rig() as rig:
        place = Place(rig, store(rig))
        assert place.mail(place.after, mail_with(eicar())) == "250 2.0.0 kept in quarantine"
        assert "kept=quarantine:" in place.last(1)
        assert place.sink.messages == []


def test_discarded_and_kept():
    with Rig() as rig:
        place = Place(rig, store(rig), 'policy: { infected = "discard"; };')
        for port in (place.before, place.after):
            assert place.mail(port, mail_with(eicar())) == "250 2.0.0 discarded"
        assert all("kept=quarantine:" in line for line in place.cordon.wait_messages(2))
        assert place.sink.messages == []


def test_while_the_keeper_stands_still_nothing_is_promised():
    with Rig() as rig:
        place = Place(rig, store(rig), timeout=10)
        assert place.mail(place.after, mail_with(eicar())).startswith("250")
        keepers = place.cordon.pids("cordon-keeper")
        assert len(keepers) == 1, keepers
        os.kill(keepers[0], signal.SIGSTOP)
        assert place.mail(place.after, mail_with(eicar())).startswith("451 4.3.0")
        assert "not kept in the store quarantine" in place.last(2)
        assert place.mail(place.before, mail_with(eicar())).startswith("550 5.7.1")
        line = place.last(3)
        assert "not kept in the store quarantine" in line and "kept=" not in line, line
        assert place.mail(place.before, small_mail()).startswith("250"), "clean mail needs no store"
        os.kill(keepers[0], signal.SIGKILL)
        wait_for(lambda: place.mail(place.after, mail_with(eicar())).startswith("250"), "another keeper", 60)
        assert "kept=quarantine:" in place.cordon.messages()[-1]


def test_a_full_disk_is_451():
    with Rig() as rig:
        os.makedirs(rig.path("stores", "small"))
        os.chmod(rig.path("stores"), 0o755)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size=3M,mode=0700,uid={pwd.getpwnam(rigs.USER).pw_uid}", "none", rig.path("stores", "small")], check=True)
        rig.stack.callback(subprocess.run, ["umount", "-l", rig.path("stores", "small")])
        place = Place(rig, store(rig, "other", 'domains = ["else.test"];') +
                      store(rig, path=rig.path("stores", "small"), more='segment_size = "64K";'))
        replies = []
        while not replies or replies[-1].startswith("250"):
            replies.append(place.mail(place.after, mail_with(eicar() + os.urandom(700000))))
            assert len(replies) < 10, replies
        assert replies[-1].startswith("451 4.3.0") and len(replies) > 1, replies
        assert "not kept in the store quarantine" in place.last(len(replies))
        assert place.mail(place.before, mail_with(eicar() + os.urandom(700000))).startswith("550 5.7.1")
        assert place.mail(place.after, small_mail()).startswith("250")
        # One reply can't tell two fates: whoever has a store that works waits with the other.
        both = ("a@else.test", "to@example.test")
        assert place.mail(place.after, mail_with(eicar() + os.urandom(700000)), both).startswith("451 4.3.0")
        assert place.mail(place.after, mail_with(eicar()), both[:1]).startswith("250 2.0.0 kept")


def test_two_recipients_in_two_stores():
    with Rig() as rig:
        place = Place(rig, store(rig, "one", 'domains = ["one.test", ".one.test"];') + store(rig, "two", 'domains = ["two.test"];'),
                      protocol="lmtp")
        replies = place.mail(place.after, mail_with(eicar()), ("a@one.test", "b@Two.test", "c@mail.one.test", "d@else.test"))
        assert [r[:9] for r in replies] == ["250 2.0.0"] * 3 + ["451 4.7.1"], replies
        line = place.last(1)
        assert "kept=one:" in line and "kept=two:" in line, line
        assert place.mail(place.before, mail_with(eicar()), ("d@else.test",))[0].startswith("550 5.7.1")
        assert "there is no store for the quarantine" in place.last(2)


def test_a_part_that_comes_again_is_stored_once():
    with Rig() as rig:
        place = Place(rig, store(rig))
        body = eicar() + os.urandom(1000000)
        assert place.mail(place.after, mail_with(body)).startswith("250")
        first = disk_bytes(rig.path("stores"))
        assert first > 1000000
        for _ in range(3):
            assert place.mail(place.after, mail_with(body)).startswith("250")
        assert disk_bytes(rig.path("stores")) < first + 200000


def sealed(data):
    fd = os.memfd_create("test", os.MFD_ALLOW_SEALING | os.MFD_CLOEXEC)
    os.write(fd, data)
    fcntl.fcntl(fd, 1033, SEALS)  # F_ADD_SEALS
    return fd


def release(cordon, message, recipients, listener="after", flags=JUDGE_RELEASE):
    """What cordon quarantine release asks of the gate: for each recipient the action and the reply."""
    envelope = struct.pack("<QII32s", ENVELOPE_MAGIC, len(recipients), 0, listener.encode())
    envelope += b"".join(text.encode() + b"\0" for text in ("from@client.test", "", *recipients))
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as s:
        s.settimeout(60)
        s.connect(os.path.join(cordon.run_directory, "scan.sock"))
        fds = [sealed(message), sealed(envelope)]
        s.sendmsg([struct.pack("<QII", JUDGE_MAGIC, 0, flags)],
                  [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))])
        for fd in fds:
            os.close(fd)
        answer, fds, _, _ = socket.recv_fds(s, 65536, 1)
        assert len(fds) == 1 and len(answer) > 16, (fds, answer)
        texts = os.pread(fds[0], 1 << 20, 0).split(b"\0")[:-1]
        os.close(fds[0])
        return [(a.decode(), r.decode()) for a, r in zip(texts[::2], texts[1::2])]


def release_is_refused_to(place, user, group):
    """Whoever may have files judged may not send mail past the verdict."""
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(group)
            os.setuid(user)
            with contextlib.suppress(OSError, EOFError, AssertionError):
                release(place.cordon, small_mail(), ["a@b.test"])
                os._exit(1)
            with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as s:
                s.connect(os.path.join(place.cordon.run_directory, "scan.sock"))
                fd = sealed(small_mail())
                s.sendmsg([struct.pack("<QII", JUDGE_MAGIC, 0, 0)], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [fd]))])
                os._exit(0 if s.recv(65536) else 2)
        finally:
            os._exit(3)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_release():
    with Rig() as rig:
        place = Place(rig, store(rig))
        clean, infected = small_mail(), mail_with(eicar())
        assert release(place.cordon, clean, ["a@b.test", "b@b.test"]) == [("pass", "250 2.0.0 Ok: kept")] * 2
        got = place.sink.messages[0]
        assert got.recipients == ["a@b.test", "b@b.test"] and got.sender == "from@client.test"
        assert got.data.endswith(clean) and got.data.startswith(b"X-Cordon-Scan: "), got.data

        [(action, reply)] = release(place.cordon, infected, ["a@b.test"])
        assert action == "reject" and reply.startswith("550 5.7.1 infected"), reply
        assert len(place.sink.messages) == 1
        assert release(place.cordon, infected, ["a@b.test"], flags=JUDGE_RELEASE | JUDGE_FORCE)[0][0] == "pass"
        assert len(place.sink.messages) == 2 and place.sink.messages[1].data.endswith(infected)
        lines = place.cordon.wait_messages(3)
        assert all("intake=release" in line and "kept=" not in line for line in lines), lines
        assert "released by force, where the policy says reject" in lines[2], lines[2]

        assert release(place.cordon, clean, ["a@b.test"], listener="nowhere")[0][0] == "refused"
        looping = b"Received: x\r\n" * 51 + clean
        [(action, reply)] = release(place.cordon, looping, ["a@b.test"])
        assert action == "reject" and reply.startswith("554 5.4.6 loop"), reply
        assert release(place.cordon, b"Received: x\r\n" * 50 + clean, ["a@b.test"])[0][0] == "pass"
        if os.getuid() == 0:
            socket_group = os.stat(os.path.join(place.cordon.run_directory, "scan.sock")).st_gid
            assert release_is_refused_to(place, pwd.getpwnam("games").pw_uid, socket_group)
            assert "release-refused" in place.cordon.log()


if __name__ == "__main__":
    rigs.main(globals())

"""A scanner on the host looks at whatever is written and cuts off what has the virus in it: in the quarantine it finds nothing.

CORDON_MESSAGES: so many infected messages (60; script/soak has 1000).
"""
import contextlib
import os
import pwd
import subprocess
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rig as rigs  # noqa: E402
from peers import Clamd  # noqa: E402
from rig import BUILD, Client, Rig, eicar, free_port, is_open, mail_with, wait_for  # noqa: E402
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
    """Every second one has the virus as it stands, the others in base64."""
    mail = mail_with(eicar() + b"number %d\r\n" % number, f"n{number}.com", "7bit" if number % 2 else "base64")
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


class Amavis:
    """Debian's amavisd with a quarantine of plain files, before the same sink; where the machine has one."""

    def __init__(self, rig, sink):
        user = pwd.getpwnam("amavis")
        clamd, self.home, self.port = Clamd(rig), rig.path("amavis"), free_port()
        self.quarantine = os.path.join(self.home, "virusmails")
        for folder in (self.home, self.quarantine, self.home + "/tmp", self.home + "/db"):
            os.mkdir(folder)
            os.chown(folder, user.pw_uid, user.pw_gid)
        conf = rig.write("amavisd.conf", f"""use strict;
do '/etc/amavis/conf.d/01-debian'; do '/etc/amavis/conf.d/20-debian_defaults';
$myhostname = 'mail.example.test'; $mydomain = 'example.test'; $daemon_user = 'amavis'; $daemon_group = 'amavis';
$MYHOME = '{self.home}'; $TEMPBASE = "$MYHOME/tmp"; $db_home = "$MYHOME/db"; $QUARANTINEDIR = "$MYHOME/virusmails";
$pid_file = "$MYHOME/pid"; $lock_file = "$MYHOME/lock"; $DO_SYSLOG = 0; $LOGFILE = "$MYHOME/log"; $max_servers = 2;
$inet_socket_bind = '127.0.0.1'; $inet_socket_port = [{self.port}]; @inet_acl = qw(127.0.0.1); $unix_socketname = undef;
@bypass_spam_checks_maps = (1); @bypass_banned_checks_maps = (1); @bypass_header_checks_maps = (1); @bypass_virus_checks_maps = (0);
$forward_method = 'smtp:[127.0.0.1]:{sink.port}'; $notify_method = $forward_method; $final_virus_destiny = D_DISCARD;
$virus_quarantine_method = 'local:virus-%m'; $virus_admin = undef;
@av_scanners = (['ClamAV-clamd', \\&ask_daemon, ["CONTSCAN {{}}\\n", '{clamd.socket}'], qr/\\bOK$/m, qr/\\bFOUND$/m, qr/^.*?: (.*) FOUND$/m]);
@av_scanners_backup = ();
1;
""".replace("\\\\", "\\"))
        rig.run("amavisd", "/usr/sbin/amavisd", "-c", conf, "foreground")
        wait_for(lambda: is_open(self.port), "amavisd", 60)


def test_what_becomes_of_a_quarantine_of_plain_files():
    """Beside, and not of Cordon: the same cleaner on the files of an amavisd."""
    if not os.path.exists("/usr/sbin/amavisd"):
        print("skipped: there is no amavisd here")
        return
    with Rig() as rig:
        sink = rig.sink()
        amavis = Amavis(rig, sink)
        with cleaner("truncate", amavis.quarantine) as at_work:
            with Client(("127.0.0.1", amavis.port)) as client:
                client.hello()
                for number in range(MESSAGES):
                    assert client.mail(infected(number)).startswith("250")
            kept = [os.path.join(f, n) for f, _, names in os.walk(amavis.quarantine) for n in names]
            wait_for(lambda: len(kept) == MESSAGES, "the quarantine")
            wait_for(lambda: any(os.path.getsize(path) == 0 for path in kept), "the cleaner")
        empty = [path for path in kept if os.path.getsize(path) == 0]
        print(f"amavisd: {MESSAGES} infected messages kept in plain files, half of them as they stand; {len(empty)} files are empty now")
        assert at_work.lines and empty


if __name__ == "__main__":
    rigs.main(globals())

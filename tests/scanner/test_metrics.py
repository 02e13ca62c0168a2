"""The metrics of a daemon under traffic, with every type of scanner in every state, as Prometheus's own tools read them:
promtool, whose remarks about style count as mistakes, and the parser of its Python client."""
import contextlib
import os
import sys
import threading
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
SYSTEM = os.path.join(os.path.dirname(HERE), "system")
sys.path[:0] = [HERE, SYSTEM]
from prometheus_client.parser import text_string_to_metric_families  # noqa: E402

from peers import CIcap, Clamd, check_prometheus, signature_folder  # noqa: E402
from probe import run  # noqa: E402
from rig import ROOT, Client, Rig, eicar, free_port, mail_with, small_mail, wait_for  # noqa: E402
from test_icap import finds  # noqa: E402
from test_plugin import EXAMPLES, Listener  # noqa: E402
from test_socket import Daemon, fpscand, template  # noqa: E402

PROGRAMS = "games"
ODD = 'Odd "7\\" {x="y"} \\n'
TYPES = ("clamav", "yara", "clamd", "command", "communigate", "icap", "plugin", "socket")


def odd(_, connection):
    """A plugin whose version has what the text of metrics must escape."""
    with contextlib.suppress(OSError), connection, connection.makefile("rb") as f:
        f.readline()
        connection.sendall(b"cordon-plugin 1\n")
        while line := f.readline():
            if line.startswith(b"version"):
                connection.sendall(b"version 1 " + ODD.encode() + b"\n")
                continue
            whole = f.read(int(line.split()[1]))
            connection.sendall(b"infected Odd\n" if finds(whole) else b"clean\n")


class World:
    """A daemon with all of them: those that work, one that is not there, and one that is not proven."""

    def __init__(self, rig):
        self.clamd = Clamd(rig)
        self.icap = CIcap(rig, self.clamd)
        self.sink, self.port, self.metrics = rig.sink(), free_port(), free_port()
        self.engine = f'type = "clamav"; signatures = "{signature_folder(rig)}";'
        rig.run("plugin", os.path.join(EXAMPLES, "plugin.py"), rig.path("plugin.sock"))
        wait_for(lambda: os.path.exists(rig.path("plugin.sock")), "the plugin")
        with open(os.path.join(SYSTEM, "communigate_helper.py")) as f:
            helper = rig.write("helper.py", f.read())
        rows = {
            "clamav": self.engine + 'names = ( { pattern = "PUA.*"; action = "ignore"; } );',
            "yara": f'type = "yara"; rules = ["{ROOT}/etc/yara/eicar.yar"];',
            "clamd": f'type = "clamd"; address = "unix:{self.clamd.socket}";',
            "command": f'type = "command"; user = "{PROGRAMS}"; name_pattern = ": (.+) FOUND$"; command = ["/usr/bin/clamscan", '
                       f'"--database={signature_folder(rig)}", "--no-summary", "{{}}"];',
            "communigate": f'type = "communigate"; user = "{PROGRAMS}"; command = ["/usr/bin/python3", "{helper}"];',
            "icap": f'type = "icap"; address = "127.0.0.1:{self.icap.port}";',
            "plugin": f'type = "plugin"; address = "unix:{rig.path("plugin.sock")}";',
            "odd": f'type = "plugin"; address = "{Listener(rig, odd).address}";',
            "socket": f'address = "127.0.0.1:{Daemon(rig, fpscand).port}"; '
                      f'\n@include "{template(rig, "fpscand")}"\n',
            "dead": f'type = "clamd"; address = "127.0.0.1:{free_port()}"; role = "backup";',
            "unproven": f'type = "clamd"; address = "unix:{self.clamd.socket}"; canary = "none";',
        }
        scanners = "\n".join(f'{name}: {{ {text} }};' for name, text in rows.items())
        self.cordon = rig.cordon(f"""metrics: {{ address = "127.0.0.1:{self.metrics}"; }};
listen: {{ in: {{ mode = "before-queue"; address = "127.0.0.1:{self.port}"; next_hop = "smtp://127.0.0.1:{self.sink.port}"; }}; }};
scanner: {{ {scanners} }};
""")

    def mail(self, message):
        with Client(("127.0.0.1", self.port)) as client:
            client.hello()
            return client.mail(message)

    def text(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics}/metrics", timeout=40) as answer:
            return answer.read().decode()


def values_of(text):
    """As {(name, scanner): value}."""
    values, kinds = {}, {}
    for family in text_string_to_metric_families(text):
        kinds[family.name] = family.type
        for sample in family.samples:
            key = (sample.name, *sorted(sample.labels.items()))
            assert key not in values, key
            values[key] = sample.value
    assert "unknown" not in kinds.values(), kinds
    for key in [k for k in values if k[0].endswith("_bucket")]:  # of each histogram the last is all
        labels = dict(key[1:])
        whole = {k: v for k, v in labels.items() if k != "le"}
        if labels["le"] == "+Inf":
            assert values[key] == values[(key[0].replace("_bucket", "_count"), *sorted(whole.items()))], key
    return values


def check(text):
    check_prometheus(text)
    return values_of(text)


def up(values, name):
    return values[("cordon_scanner_up", ("scanner", name))]


def wait_up(world, seconds):
    def down():
        values = values_of(world.text())
        return [x for x in (*TYPES, "odd", "unproven") if up(values, x) != 1]
    try:
        wait_for(lambda: not down(), "all to work", seconds)
    except AssertionError as error:
        raise AssertionError([world.cordon.status().get(f"gate.scanner.{x}.state") for x in down()]) from error


def states():
    with Rig() as rig:
        world = World(rig)
        check(world.text())  # some may not have been shown a canary yet
        wait_up(world, 60)
        values = check(world.text())
        assert up(values, "dead") == 0 and values[("cordon_scanner_proven", ("scanner", "unproven"))] == 0
        versions = [dict(k[1:])["version"] for k in values if k[0] == "cordon_scanner_info"]
        assert ODD in versions, versions

        done = threading.Event()
        replies = []

        def traffic():
            number = 0
            while not done.is_set():
                number += 1
                infected = number % 3 == 0
                content = eicar() if infected else b"harmless %d" % number
                replies.append((infected, world.mail(mail_with(content, name=f"file{number}.bin"))))
        threads = [threading.Thread(target=traffic) for _ in range(3)]
        for thread in threads:
            thread.start()
        last = values
        while len(replies) < 60:
            values = check(world.text())
            for key, value in last.items():  # what counts never falls
                if key[0].endswith(("_total", "_bucket", "_count")):
                    assert values[key] >= value, key
            last = values
        done.set()
        for thread in threads:
            thread.join()
        assert all(reply.startswith("550 5.7.1" if infected else "250") for infected, reply in replies), replies
        values = check(world.text())
        for name in TYPES:
            clean = values[("cordon_scanner_answers_total", ("answer", "clean"), ("scanner", name))]
            assert clean > 0, name

        world.clamd.kill()
        world.icap.kill()
        for pid in world.cordon.pids("cordon-engine-yara") + world.cordon.pids("cordon-runner"):
            with contextlib.suppress(OSError):
                os.kill(pid, 9)
        assert world.mail(small_mail()).startswith("250"), "others work"
        wait_for(lambda: all(up(values_of(world.text()), x) == 0 for x in ("clamd", "icap")), "the dead to be seen", 60)
        values = check(world.text())
        assert values[("cordon_scanner_breaker_state", ("scanner", "clamd"))] > 0
        world.clamd.start()
        world.icap.start()
        wait_up(world, 90)


if __name__ == "__main__":
    run([states])

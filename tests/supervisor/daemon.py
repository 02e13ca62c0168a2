"""cordond with roles that are fake_role.c under their names, so that what each was given can be seen in its status, and
each can be made to misbehave."""
import base64
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
from rig import BUILD, USER, free_port, wait_for  # noqa: E402

FAKE = os.environ.get("CORDON_FAKE_ROLE", os.path.join(BUILD, "tests/supervisor/fake_role"))
PROGRAMS = {"gate": "cordon-gate", "decoder": "cordon-decoder", "engine": "cordon-engine-clamav"}
SANITIZED = {"ASAN_OPTIONS": "detect_leaks=0"}  # the leak checker would have to trace us, which we forbid


class Daemon:
    """cordond with fake roles in a folder of its own."""

    def __init__(self, rig, settings="", listeners=None, start=True, environment=None, as_user=None):
        self.rig = rig
        self.roles = rig.path("roles")
        self.run_directory = rig.path("run")
        self.path = rig.path("cordon.conf")
        self.environment = dict(os.environ, NOTIFY_SOCKET=rig.path("notify"), SECRET="x", **SANITIZED,
                                **(environment or {}))
        self.as_user = as_user
        self.port = free_port()
        self.listeners = listeners or {"one": f"127.0.0.1:{self.port}"}
        self.processes = []
        if not os.path.isdir(self.roles):
            os.mkdir(self.roles)
            for program in PROGRAMS.values():
                shutil.copy(FAKE, os.path.join(self.roles, program))
            self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self.notify.bind(rig.path("notify"))
            os.chmod(rig.path("notify"), 0o777)
            self.notify.settimeout(0.1)
            rig.stack.callback(self.notify.close)
        self.configure(settings)
        if start:
            self.start()
            self.wait_notified("READY=1")

    def configure(self, settings="", listeners=None, scanner='av: { type = "clamav"; signatures = "test"; };'):
        listeners = self.listeners if listeners is None else listeners
        lines = [f'run_directory = "{self.run_directory}";', f'user = "{USER}";', "listen: {"]
        lines += [f'  {name}: {{ address = "{address}"; }};' for name, address in listeners.items()]
        lines += ["};", f"scanner: {{ {scanner} }};", settings]
        self.rig.write("cordon.conf", "\n".join(lines) + "\n")

    def misbehave(self, role, what):
        path = os.path.join(self.roles, PROGRAMS[role] + ".does")
        if what is None:
            os.unlink(path)
        else:
            with open(path, "w") as f:
                f.write(what)

    def say(self, role, text):
        """What its processes add to their status from now on."""
        with open(os.path.join(self.roles, PROGRAMS[role] + ".says"), "w") as f:
            f.write(text)

    def start(self):
        preexec = (lambda: (os.setgroups([]), os.setgid(self.as_user.pw_gid), os.setuid(self.as_user.pw_uid))) \
            if self.as_user else None
        self.process = self.rig.run("cordond", os.path.join(BUILD, "cordond"), "-c", self.path,
                                    "--role-directory", self.roles, env=self.environment, preexec_fn=preexec)

    def wait_notified(self, word, seconds=30):
        def notified():
            with contextlib.suppress(socket.timeout):
                return word in self.notify.recv(4096).decode()
            if self.process.poll() is not None:
                raise AssertionError(f"cordond ended with {self.process.returncode}: {self.log()[-3000:]}")
            return False
        wait_for(notified, f"{word} from cordond", seconds)

    def wait_end(self, seconds=30):
        return self.process.wait(seconds)

    def log(self):
        return self.rig.log("cordond")

    def wait_log(self, text, count=1):
        wait_for(lambda: self.log().count(text) >= count, f"{text!r} in the log")

    def signal(self, number):
        self.process.send_signal(number)

    def ask(self, request=b"status\n", timeout=40):
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(timeout)
            s.connect(os.path.join(self.run_directory, "control.sock"))
            s.sendall(request)
            return b"".join(iter(lambda: s.recv(65536), b"")).decode()

    def status(self):
        return dict(line.split("=", 1) for line in self.ask().splitlines())

    def wait_status(self, **wanted):
        wanted = {key.replace("__", "."): value for key, value in wanted.items()}

        def has():
            status = self.status()
            return status if all(status.get(k) == v for k, v in wanted.items()) else None
        return wait_for(has, f"the status {wanted}")

    def pid(self, role):
        return int(self.status()[f"{role}.pid"])

    def greet(self, address=None):
        """(pid, hostname, listener) of the gate that takes a connection."""
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        with socket.socket(family) as s:
            s.settimeout(10)
            s.connect(address or ("127.0.0.1", self.port))
            pid, hostname, listener = s.makefile().readline().split()
            return int(pid), hostname, listener

    def reload(self, result="ok"):
        """SIGHUP, and waits until it is done. The status."""
        seen = self.log().count("event=reload ")
        self.signal(signal.SIGHUP)
        wait_for(lambda: self.log().count("event=reload ") >= seen + 2, "the end of the reload")
        status = self.status()
        assert status["reload"].startswith(result), status["reload"]
        return status

    def cli(self, *arguments):
        return subprocess.run([os.path.join(BUILD, "cordon"), *arguments], capture_output=True, text=True, timeout=60)


class Signed(Daemon):
    """With a folder of signatures, and an engine that says something about them."""

    def __init__(self, rig):
        self.folder = rig.path("signatures")
        os.mkdir(self.folder)
        super().__init__(rig, start=False)
        self.configure()
        self.say_set(100, "a1", "main:62 daily:27600")
        self.write("first.ndb")
        self.start()
        self.wait_notified("READY=1")
        self.wait_status(signatures_state="in use", signatures_generation="a1")

    def configure(self, settings="", listeners=None, more=""):
        super().configure(settings, listeners, f'av: {{ type = "clamav"; signatures = "{self.folder}"; {more} }};')

    def say_set(self, count, generation, databases, scanning="yes"):
        self.say("engine", f"scanning={scanning}\nsignatures={count}\ngeneration={generation}\ndatabases={databases}\n"
                           f"built={int(time.time()) - 7200}\nclean_samples=none\n")

    def write(self, name, text="x"):
        with open(os.path.join(self.folder, name), "a") as f:
            f.write(text)


class Keeping(Daemon):
    """With stores, and a keeper."""

    def __init__(self, rig, *names, start=True, as_user=None):
        self.names = names
        super().__init__(rig, start=False, as_user=as_user)
        shutil.copy(FAKE, os.path.join(self.roles, "cordon-keeper"))
        self.configure(*names)
        if start:
            self.start()
            self.wait_notified("READY=1")

    def configure(self, *names, settings="", **more):
        groups = " ".join(f'{name}: {{ path = "{self.store(name)}"; head = "{self.rig.path("heads", name)}"; '
                          f'root_key = "{self.key(name, "root")}"; owners = ["{self.key(name, "pub")}"]; '
                          f'domains = ["{name}.test"]; '
                          + more.get(name, f'owner_key = "{self.key(name, "secret")}";') + " };" for name in names)
        super().configure(f"store: {{ {groups} }};\n{settings}" if names else settings)

    def store(self, name):
        return self.rig.path("lib", name)

    def key(self, name, kind):
        return self.rig.path("keys", f"{name}.{kind}")

    def mode(self, path):
        found = os.stat(path)
        return found.st_mode & 0o7777, found.st_uid

    def end(self):
        self.signal(signal.SIGTERM)
        assert self.wait_end() == 0, self.log()


def key_bytes(path):
    return base64.b64decode(open(path).read().split()[1])


def check(*arguments):
    return subprocess.run([os.path.join(BUILD, "cordond"), *arguments], capture_output=True, text=True, timeout=60,
                          env=dict(os.environ, **SANITIZED))


def is_alive(pid):
    with contextlib.suppress(OSError):
        return open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[0] != "Z"
    return False

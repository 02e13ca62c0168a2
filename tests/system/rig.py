"""What system tests need: the real daemon, real peers, a sink and a client that share no code with it.

Everything a test starts is stopped by its Rig, whatever happens. Nothing sleeps for a fixed time: wait_for()
waits for a condition. All sockets are on loopback; ports are free ones.
"""
import atexit
import contextlib
import os
import pwd
import random
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import traceback

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("CORDON_BUILD", os.path.join(ROOT, "build"))
USER = "daemon"  # an ordinary system user that every Debian has; the in-place build may name one


def eicar():
    """The test file of the antivirus industry; never in clear in a file of this project."""
    parts = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}", "$EIC", "AR-STAN", "DARD-ANTI", "VIRUS-TEST-", "FILE!$H+H*"]
    return "".join(parts).encode()


def wait_for(condition, what, seconds=40.0):
    """The first true value of condition(); fails with `what` after so many seconds."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for {what}")
        time.sleep(0.02)


class Ports:
    """Hands out ports, each once, from below those that the kernel gives to whoever dials: else a connection of another
    test may sit on a port before the daemon that it was meant for has come to bind it."""

    LEAST, MOST = 15000, 31999

    def __init__(self):
        self.next, self.lock = random.randint(self.LEAST, self.MOST), threading.Lock()

    def take(self):
        with self.lock:
            while True:
                self.next = self.next + 1 if self.next < self.MOST else self.LEAST
                with socket.socket() as s, contextlib.suppress(OSError):
                    s.bind(("127.0.0.1", self.next))
                    return self.next


free_port = Ports().take


def is_open(port):
    with socket.socket() as s:
        s.settimeout(1)
        return s.connect_ex(("127.0.0.1", port)) == 0


class Rig:
    """A folder and the processes and servers in it. Use as a context."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="cordon-test-")
        os.chmod(self.folder, 0o755)
        self.stack = contextlib.ExitStack()
        self.stack.callback(shutil.rmtree, self.folder, True)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if error[0] is not None:
            for name in sorted(os.listdir(self.folder)):
                if name.endswith(".log"):
                    text = open(os.path.join(self.folder, name), errors="replace").read()[-6000:]
                    print(f"--- {name}\n{text}", file=sys.stderr)
        self.stack.close()

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, text):
        path = self.path(name)
        with open(path, "wb") as f:
            f.write(text.encode() if isinstance(text, str) else text)
        return path

    def run(self, name, *arguments, **options):
        """Starts a program that stays; its output goes to NAME.log."""
        log = open(self.path(name + ".log"), "ab")
        process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   start_new_session=True, **options)
        log.close()
        self.stack.callback(stop, process)
        return process

    def log(self, name):
        with contextlib.suppress(FileNotFoundError):
            return open(self.path(name + ".log"), errors="replace").read()
        return ""

    def sink(self, **options):
        sink = Sink(**options)
        self.stack.callback(sink.close)
        return sink

    def cordon(self, configuration, **options):
        cordon = Cordon(self, configuration, **options)
        self.stack.callback(cordon.stop)
        return cordon


def stop(process, how=signal.SIGTERM, seconds=30):
    if process.poll() is None:
        process.send_signal(how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    if process.poll() is None:
        process.kill()
        process.wait()
    return process.returncode


class Cordon:
    """cordond on a configuration text; started, ready, and with its log at hand."""

    number = 0

    def __init__(self, rig, configuration, wait=True, user=USER, environment=None):
        Cordon.number += 1
        self.rig = rig
        self.name = f"cordond{Cordon.number}"
        self.run_directory = rig.path(self.name)
        self.path = rig.path(self.name + ".conf")
        self.user = user
        self.configure(configuration)
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(rig.path(self.name + ".notify"))
        os.chmod(rig.path(self.name + ".notify"), 0o777)
        self.notify.settimeout(0.1)
        self.environment = dict(os.environ, NOTIFY_SOCKET=rig.path(self.name + ".notify"), **(environment or {}))
        self.process = None
        self.start(wait)

    def configure(self, configuration):
        text = f'run_directory = "{self.run_directory}";\n{configuration}\n'
        if os.getuid() == 0:
            text = f'user = "{self.user}";\n' + text
        with open(self.path, "w") as f:
            f.write(text)

    def start(self, wait=True):
        self.process = self.rig.run(self.name, os.path.join(BUILD, "cordond"), "-c", self.path, env=self.environment)
        if wait:
            self.wait_ready()

    def wait_notified(self, word, seconds=60):
        def notified():
            if self.process.poll() is not None:
                raise AssertionError(f"cordond ended with {self.process.returncode}: {self.log()[-3000:]}")
            with contextlib.suppress(socket.timeout):
                return word in self.notify.recv(4096)
            return False
        wait_for(notified, f"{word} from cordond", seconds)

    def wait_ready(self):
        self.wait_notified(b"READY=1")

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def stop(self, how=signal.SIGTERM):
        if self.process is None:
            return None
        return stop(self.process, how)

    def log(self):
        return self.rig.log(self.name)

    def lines(self, event):
        return [l for l in self.log().splitlines() if f"event={event} " in l + " "]

    def messages(self):
        return self.lines("message")

    def wait_messages(self, count, seconds=30):
        wait_for(lambda: len(self.messages()) >= count, f"{count} messages in the log", seconds)
        return self.messages()

    def status(self):
        """The lines of the control socket as a dictionary (the last one of a key)."""
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(10)
            s.connect(os.path.join(self.run_directory, "control.sock"))
            s.sendall(b"status\n")
            data = b""
            while True:
                more = s.recv(65536)
                if not more:
                    break
                data += more
        return dict(line.split("=", 1) for line in data.decode().splitlines() if "=" in line)

    def pids(self, program):
        """The processes of this daemon that run PROGRAM (children of children too)."""
        found, parents = [], [self.process.pid]
        while parents:
            parent = parents.pop()
            for pid in children(parent):
                parents.append(pid)
                with contextlib.suppress(OSError):
                    if os.path.basename(os.readlink(f"/proc/{pid}/exe").replace(" (deleted)", "")) == program:
                        found.append(pid)
        return found

    def cli(self, *arguments, **options):
        return subprocess.run([os.path.join(BUILD, "cordon"), *arguments], capture_output=True, text=True,
                              timeout=120, **options)


def children(pid):
    found = []
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError):
                found += [int(p) for p in open(f"/proc/{pid}/task/{thread}/children").read().split()]
    return found


class Client:
    """An SMTP or LMTP client that sends exactly what it is told."""

    def __init__(self, address, timeout=60, greeting=True, source=None):
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET6 if address[0] == "::1" else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(timeout)
        self.socket.connect(address)
        if family != socket.AF_UNIX:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.data = b""
        self.abilities = []
        self.greeting = self.reply() if greeting else None

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else data.encode())

    def line(self):
        while b"\n" not in self.data:
            more = self.socket.recv(65536)
            if not more:
                raise EOFError(f"closed after {self.data!r}")
            self.data += more
        line, self.data = self.data.split(b"\n", 1)
        return line.rstrip(b"\r").decode("utf-8", "replace")

    def reply(self):
        lines = [self.line()]
        while lines[-1][3:4] == "-":
            lines.append(self.line())
        return "\n".join(lines)

    def command(self, text):
        self.send(text + "\r\n")
        return self.reply()

    def expect(self, text, code):
        reply = self.command(text)
        assert reply.startswith(str(code)), f"{text!r} got {reply!r}, not {code}"
        return reply

    def hello(self, verb="EHLO", name="client.test"):
        reply = self.expect(f"{verb} {name}", 250)
        self.abilities = [l[4:] for l in reply.split("\n")[1:]]
        return self.abilities

    def starttls(self):
        self.expect("STARTTLS", 220)
        context = ssl._create_unverified_context()
        self.socket = context.wrap_socket(self.socket)
        self.data = b""

    def body(self, message):
        """Sends a message (bytes with CRLF line ends) after 354, dot-stuffed, with the final dot; returns nothing."""
        if message and not message.endswith(b"\r\n"):
            message += b"\r\n"
        if message.startswith(b"."):
            message = b"." + message
        self.send(message.replace(b"\r\n.", b"\r\n..") + b".\r\n")

    def mail(self, message, sender="from@client.test", recipients=("to@example.test",), parameters=""):
        """A whole transaction after EHLO; the final reply (for LMTP: a list)."""
        self.expect(f"MAIL FROM:<{sender}>{parameters}", 250)
        for recipient in recipients:
            self.expect(f"RCPT TO:<{recipient}>", 250)
        self.expect("DATA", 354)
        self.body(message)
        return self.reply()

    def try_mail(self, message):
        """A whole transaction; the last reply, whichever it is: being told to wait is an answer."""
        if not self.greeting.startswith("220"):
            return self.greeting
        self.hello()
        reply = self.command("MAIL FROM:<a@client.test>")
        if not reply.startswith("250"):
            return reply
        self.expect("RCPT TO:<b@example.test>", 250)
        self.expect("DATA", 354)
        self.body(message)
        return self.reply()


class Received:
    """One message as the sink got it."""

    def __init__(self):
        self.sender = None
        self.sender_parameters = ""
        self.recipients = []
        self.recipient_parameters = []
        self.xforward = {}
        self.data = b""  # unstuffed, CRLF line ends as they came
        self.accepted = False

    def header_and_body(self):
        head, _, body = self.data.partition(b"\r\n\r\n")
        return head + b"\r\n", body


class Sink:
    """A next hop: an SMTP or LMTP server that keeps what it gets, and fails as told.

    faults: a function (stage, session, argument) -> None, or a reply (bytes) to give instead, or the words
    "close" (hang up now), "stall" (say nothing until the sink is closed). Stages: connect, EHLO, MAIL, RCPT, DATA, body
    (argument: bytes so far), dot, RSET, XFORWARD, STARTTLS.
    """

    def __init__(self, lmtp=False, abilities=("8BITMIME", "SMTPUTF8", "DSN", "SIZE 52428800", "PIPELINING",
                                              "ENHANCEDSTATUSCODES", "XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE"),
                 faults=None, path=None, tls=None, host="127.0.0.1", port=0):
        self.lmtp, self.abilities, self.faults, self.tls = lmtp, list(abilities), faults, tls
        self.messages, self.sessions, self.commands = [], 0, []
        self.lock = threading.Lock()
        self.closing = threading.Event()
        self.live = set()
        if path:
            self.server = socket.socket(socket.AF_UNIX)
            self.server.bind(path)
            os.chmod(path, 0o777)
            self.address = path
        else:
            self.server = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
            self.server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.server.bind((host, port))
            self.address = self.server.getsockname()[:2]
            self.port = self.address[1]
        self.server.listen(1024)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.closing.set()
        with contextlib.suppress(OSError):
            self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()
        self.drop_sessions()

    def drop_sessions(self):
        with self.lock:
            live = list(self.live)
        for s in live:
            with contextlib.suppress(OSError):
                s.shutdown(socket.SHUT_RDWR)

    def _accept(self):
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            with self.lock:
                self.sessions += 1
                self.live.add(connection)
                number = self.sessions
            threading.Thread(target=self._session, args=(connection, number), daemon=True).start()

    def _session(self, connection, number):
        try:
            SinkSession(self, connection, number).run()
        except (OSError, EOFError, ValueError):
            pass
        finally:
            with self.lock:
                self.live.discard(connection)
            with contextlib.suppress(OSError):
                connection.close()


class SinkSession:
    def __init__(self, sink, connection, number):
        self.sink, self.socket, self.number = sink, connection, number
        if connection.family != socket.AF_UNIX:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.data = b""
        self.message = Received()
        self.xforward = {}

    def fill(self):
        more = self.socket.recv(262144)
        if not more:
            raise EOFError
        self.data += more

    def line(self):
        while b"\r\n" not in self.data:
            self.fill()
        line, self.data = self.data.split(b"\r\n", 1)
        return line.decode("utf-8", "surrogateescape")

    def say(self, text):
        self.socket.sendall(text if isinstance(text, bytes) else (text + "\r\n").encode())

    def fault(self, stage, argument=""):
        """True where the fault has answered instead."""
        answer = self.sink.faults(stage, self, argument) if self.sink.faults else None
        if answer is None:
            return False
        if answer == "close":
            raise EOFError
        if answer == "stall":
            self.sink.closing.wait()
            raise EOFError
        self.say(answer)
        return True

    def run(self):
        if not self.fault("connect"):
            self.say("220 sink.test LMTP" if self.sink.lmtp else "220 sink.test ESMTP")
        while True:
            line = self.line()
            verb, _, argument = line.partition(" ")
            verb = verb.upper()
            with self.sink.lock:
                self.sink.commands.append((self.number, line))
            if verb == "QUIT":
                self.say("221 2.0.0 Bye")
                return
            handler = getattr(self, "do_" + verb.lower(), None)
            if handler is None:
                self.say("500 5.5.2 what?")
            elif verb == "DATA" or not self.fault(verb, argument):
                handler(argument)

    def do_ehlo(self, argument):
        lines = ["sink.test"] + self.sink.abilities
        if self.sink.tls and not isinstance(self.socket, ssl.SSLSocket):
            lines.append("STARTTLS")
        self.say("\r\n".join(f"250{'-' if i < len(lines) - 1 else ' '}{l}" for i, l in enumerate(lines)))

    do_lhlo = do_ehlo

    def do_helo(self, argument):
        self.say("250 sink.test")

    def do_starttls(self, argument):
        self.say("220 2.0.0 go")
        self.socket = self.sink.tls.wrap_socket(self.socket, server_side=True)
        self.data = b""

    def do_noop(self, argument):
        self.say("250 2.0.0 Ok")

    def do_rset(self, argument):
        self.message = Received()
        self.say("250 2.0.0 Ok")

    def do_xforward(self, argument):
        self.xforward.update(p.split("=", 1) for p in argument.split())
        self.say("250 2.0.0 Ok")

    def do_xclient(self, argument):
        self.say("220 sink.test ESMTP")

    def do_mail(self, argument):
        found = re.match(r"(?i)FROM:<([^>]*)>\s*(.*)$", argument)
        self.message = Received()
        self.message.sender, self.message.sender_parameters = found.group(1), found.group(2)
        self.message.xforward, self.xforward = self.xforward, {}
        self.say("250 2.1.0 Ok")

    def do_rcpt(self, argument):
        found = re.match(r"(?i)TO:<([^>]*)>\s*(.*)$", argument)
        self.message.recipients.append(found.group(1))
        self.message.recipient_parameters.append(found.group(2))
        self.say("250 2.1.5 Ok")

    def do_data(self, argument):
        if self.fault("DATA", argument):
            return
        self.say("354 go ahead")
        while not (self.data.startswith(b".\r\n") or b"\r\n.\r\n" in self.data):
            self.fill()
            self.fault("body", self.data)
        if self.data.startswith(b".\r\n"):
            body, self.data = b"", self.data[3:]
        else:
            body, self.data = self.data.split(b"\r\n.\r\n", 1)
            body += b"\r\n"
        if body.startswith(b"."):
            body = body[1:]
        self.message.data = body.replace(b"\r\n.", b"\r\n")
        message, self.message = self.message, Received()
        if self.fault("dot", message):
            return
        message.accepted = True
        with self.sink.lock:
            self.sink.messages.append(message)
        for _ in message.recipients if self.sink.lmtp else [0]:
            self.say("250 2.0.0 Ok: kept")


def small_mail(subject="hello", body=b"Just a few words.\r\n", extra=b""):
    return (b"From: a@client.test\r\nTo: b@example.test\r\nSubject: " + subject.encode() + b"\r\n"
            b"Message-ID: <" + os.urandom(8).hex().encode() + b"@client.test>\r\nDate: Tue, 24 Nov 2026 02:00:00 +0000\r\n"
            + extra + b"\r\n" + body)


def mail_with(attachment, name="file.bin", encoding="base64", kind="application/octet-stream"):
    """A two-part mail whose second part is the attachment."""
    import base64
    import quopri
    if encoding == "base64":
        data = base64.encodebytes(attachment).replace(b"\n", b"\r\n")
    elif encoding == "quoted-printable":
        data = quopri.encodestring(attachment, quotetabs=True).replace(b"\n", b"\r\n") + b"\r\n"
    else:
        data = attachment + b"\r\n"
    return (b"From: a@client.test\r\nTo: b@example.test\r\nSubject: with a part\r\nMIME-Version: 1.0\r\n"
            b"Content-Type: multipart/mixed; boundary=\"frontier\"\r\n\r\n"
            b"--frontier\r\nContent-Type: text/plain\r\n\r\nSee the file.\r\n"
            b"--frontier\r\nContent-Type: " + kind.encode() + b"; name=\"" + name.encode() + b"\"\r\n"
            b"Content-Disposition: attachment; filename=\"" + name.encode() + b"\"\r\n"
            b"Content-Transfer-Encoding: " + encoding.encode() + b"\r\n\r\n" + data + b"\r\n--frontier--\r\n")


def listener(port, next_hop, protocol="smtp", mode="after-queue", more=""):
    return (f'listen: {{ main: {{ protocol = "{protocol}"; address = "127.0.0.1:{port}"; next_hop = "{next_hop}"; '
            f'mode = "{mode}"; {more} }}; }};\n')


# The embedded engine on the test signature alone, and a policy that needs no quarantine.
ENGINE = 'scanner: { engine: { type = "clamav"; signatures = "test"; }; };\n'
DROP = 'policy: { infected = ["discard", "forget"]; };\n'


def certificate(rig, name="tls", host="localhost", address="127.0.0.1"):
    """A self-signed certificate and its key, as (certificate path, key path)."""
    crt, key = rig.path(name + ".crt"), rig.path(name + ".key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", key, "-out", crt, "-days", "2", "-subj", f"/CN={host}",
                    "-addext", f"subjectAltName=DNS:{host},IP:{address}"], check=True, capture_output=True)
    return crt, key


def failed_where(error):
    """What failed, in one line: the innermost line of a test's module, its text, and what the error says."""
    frames = traceback.extract_tb(error.__traceback__)
    frame = next((f for f in reversed(frames) if os.path.basename(f.filename).startswith("test_")), frames[-1])
    text = f"{os.path.basename(frame.filename)}:{frame.lineno}: {frame.line}: {type(error).__name__}: {error}"
    return " ".join(text.split())[:1500]


def main(names):
    """Runs the functions test_* of a module (or those named on the command line), prints one line each, and exits."""
    tests = {n: f for n, f in names.items() if n.startswith("test_") and callable(f)}
    wanted = sys.argv[1:] or list(tests)
    failed = 0
    for name in wanted:
        begun = time.monotonic()
        try:
            tests[name]()
            print(f"ok      {name} ({time.monotonic() - begun:.1f} s)", flush=True)
        except Exception as error:  # a failed test must not hide the others
            traceback.print_exc()
            print(f"FAILED  {name}: {failed_where(error)}", flush=True)
            failed += 1
    print(f"{len(wanted) - failed} passed, {failed} failed")
    sys.exit(1 if failed or not wanted else 0)

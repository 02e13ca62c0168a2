"""The demonstration behind script/demo: Cordon with its embedded engine between real mail servers."""
import io
import os
import re
import signal
import smtplib
import subprocess
import sys
import time
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
from peers import Postfix, after_queue, before_queue, reinjection  # noqa: E402
from rig import BUILD, Rig, eicar, free_port, mail_with, small_mail, wait_for  # noqa: E402
from test_keep import lies_in_plain, store  # noqa: E402

ENGINE_STOPPED = "while the engine is stopped"


def zipped(name, data):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr(name, data)
    return out.getvalue()


def forwarded(message):
    return (b"From: a@client.test\r\nTo: b@example.test\r\nSubject: Fwd\r\nMIME-Version: 1.0\r\n"
            b"Content-Type: multipart/mixed; boundary=\"outer\"\r\n\r\n--outer\r\nContent-Type: message/rfc822\r\n\r\n" +
            message + b"\r\n--outer--\r\n")


def two_trees(data):
    """Two boundaries are declared, and each makes another mail of it: the attachment is in one of them alone."""
    import base64
    return (b"From: a@client.test\r\nTo: b@example.test\r\nSubject: two\r\nMIME-Version: 1.0\r\n"
            b"Content-Type: multipart/mixed; boundary=foo; boundary=bar\r\n\r\n--foo\r\n\r\nharmless\r\n--foo--\r\n"
            b"--bar\r\nContent-Type: application/octet-stream; name=a.com\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
            base64.encodebytes(data).replace(b"\n", b"\r\n") + b"--bar--\r\n")


def messages():
    """(what it is, the message, the way in)."""
    text = "A plain message"
    yield text, small_mail("plain"), "after"
    yield "A message with a PDF", mail_with(b"%PDF-1.4\n" + bytes(range(256)) * 300, "overview.pdf"), "after"
    yield "A message with a zip of text", mail_with(zipped("notes.txt", b"nothing bad\n" * 900), "notes.zip"), "after"
    yield "8-bit text and very long lines", small_mail("long", b"\xe4\xf6\xfc " * 20000 + b"\r\n"), "after"
    yield "The test virus as a base64 attachment", mail_with(eicar(), "eicar.com"), "after"
    yield "The test virus, quoted-printable", mail_with(eicar(), "eicar.com", "quoted-printable"), "after"
    yield "The test virus inside a zip", mail_with(zipped("eicar.com", eicar()), "eicar.zip"), "after"
    yield "The test virus in a forwarded message", forwarded(mail_with(eicar(), "eicar.com")), "after"
    yield "The test virus where some programs see it", two_trees(eicar()), "after"
    yield "A plain message, before the queue", small_mail("before"), "before"
    yield "The test virus, before the queue", mail_with(eicar(), "eicar.com"), "before"


class Demo:
    def __init__(self, rig):
        self.rig = rig
        after, before, self.box_port = free_port(), free_port(), free_port()
        self.before_port = free_port()
        lines = after_queue(after)
        relay = f"127.0.0.1:{self.before_port} inet n - n - - smtpd\n  -o content_filter=\n" + before_queue(before)
        self.box = Postfix(rig, "box", services=reinjection(self.box_port))
        self.mx = Postfix(rig, "mx", main=lines["main"], services=lines["services"] + relay)
        self.cordon = rig.cordon(f"""
hostname = "cordon.demo";
listen: {{
    after:  {{ address = "127.0.0.1:{after}";  next_hop = "smtp://127.0.0.1:{self.box_port}"; }};
    before: {{ address = "127.0.0.1:{before}"; next_hop = "smtp://127.0.0.1:{self.box_port}"; mode = "before-queue";
              policy: {{ infected = ["reject", "quarantine"]; }}; }};
}};
scanner: {{ engine: {{ type = "clamav"; signatures = "test"; timeout = "4s"; canary_interval = "5s"; }}; }};
policy: {{ infected = ["reject", "quarantine"]; }};
store: {{ {store(rig)} }};
""")

    def send(self, number, message, way):
        """Postfix's reply to the client."""
        mark = b"X-Demo: %d\r\n" % number
        port = self.mx.port if way == "after" else self.before_port
        with smtplib.SMTP("127.0.0.1", port, timeout=120) as smtp:
            try:
                smtp.sendmail("sender@client.test", ["you@example.test"], mark + message)
                return "250 accepted"
            except smtplib.SMTPDataError as error:
                return f"{error.smtp_code} {error.smtp_error.decode(errors='replace')}"

    def delivered(self):
        found = (re.search(rb"^X-Demo: (\d+)", m, re.M) for m in self.box.delivered())
        return {int(f.group(1)) for f in found if f}

    def engines(self, how):
        for pid in self.cordon.pids("cordon-engine-clamav"):
            os.kill(pid, how)


def table(rows):
    widths = [max(len(str(r[i])) for r in rows) for i in range(len(rows[0]))]
    for index, row in enumerate(rows):
        print("  ".join(str(c).ljust(w) for c, w in zip(row, widths)).rstrip())
        if index == 0:
            print("  ".join("-" * w for w in widths))


def short(text, limit=58):
    return text if len(text) <= limit else text[:limit - 3] + "..."


def what_cordon_said(demo, before):
    """The verdict in the newest log line since `before` lines, waiting for it."""
    line = demo.cordon.wait_messages(before + 1)[-1]
    verdict = re.search(r"verdict=(\S+)", line).group(1)
    action = re.search(r"action=(\S+)", line).group(1)
    return f"{verdict}, {action}"


def show_messages(demo):
    rows, expected = [("message", "Postfix told the sender", "Cordon's verdict, action", "in the mailbox")], set()
    for number, (what, message, way) in enumerate(messages()):
        before = len(demo.cordon.messages())
        reply = demo.send(number, message, way)
        said = what_cordon_said(demo, before)
        if "pass" in said:
            expected.add(number)
            wait_for(lambda: number in demo.delivered(), "the mailbox", 30)
        rows.append((what, short(reply), said, "yes" if number in demo.delivered() else "no"))
    table(rows)
    return demo.delivered() == expected and not any("virus" in r[0] and r[3] == "yes" for r in rows)


def show_stopped_engine(demo):
    print("\nNow the engine is stopped half way (SIGSTOP): mail waits in Postfix's queue, nothing passes unchecked.")
    demo.engines(signal.SIGSTOP)
    reply = demo.send(900, small_mail("sent " + ENGINE_STOPPED), "after")
    # With blanks behind it, or Cordon would remember what the engine said of it and need no engine.
    virus = demo.send(901, mail_with(eicar() + b" " * 9, "eicar.com"), "after")
    wait_for(lambda: demo.mx.log().count("status=deferred") >= 2, "deferred mail", 60)
    waiting = demo.mx.queued()
    rows = [("message", "Postfix told the sender", "in the queue", "in the mailbox"),
            ("A plain message " + ENGINE_STOPPED, reply, "yes, waiting", "yes" if 900 in demo.delivered() else "no"),
            ("The test virus " + ENGINE_STOPPED, virus, "yes, waiting", "yes" if 901 in demo.delivered() else "no")]
    held = waiting >= 2 and not demo.delivered() & {900, 901}
    demo.engines(signal.SIGCONT)
    wait_for(lambda: demo.mx.flush() or demo.mx.queued() == 0, "the queue to empty", 90)
    table(rows)
    arrived = demo.delivered()
    print("And after it goes on (SIGCONT): the plain message", "arrived," if 900 in arrived else "is MISSING,",
          "the test virus", "ARRIVED." if 901 in arrived else "is in the quarantine.")
    return held and 900 in arrived and 901 not in arrived


def cordon(demo, *words):
    return subprocess.run([os.path.join(BUILD, "cordon"), *words[:2], "--config", demo.cordon.path, *words[2:]], capture_output=True,
                          text=True, timeout=60, check=False, stdin=subprocess.DEVNULL)


def show_quarantine(demo):
    wanted = sum("virus" in what for what, _, _ in messages()) + 1  # and the one that waited
    print("\nWhat was stopped is in the quarantine, where no other scanner finds anything to alter (cordon quarantine list):")
    wait_for(lambda: len(cordon(demo, "quarantine", "list", "--json").stdout.splitlines()) == wanted, "the quarantine")
    print(cordon(demo, "quarantine", "list").stdout.rstrip())
    plain = lies_in_plain(demo.rig.path("stores"))
    print("Files of it in which the virus stands in plain:", len(plain))
    number = cordon(demo, "quarantine", "list", "--json", "--limit", "1").stdout.split('"sequence":')[1].split(",")[0]
    refused = cordon(demo, "quarantine", "release", number, "--reason", "demo")
    print(f"cordon quarantine release {number}: " + (refused.stdout + refused.stderr).splitlines()[0])
    verified = cordon(demo, "store", "verify")
    print("cordon store verify: " + ("every byte is as it was written" if verified.returncode == 0 else verified.stdout))
    return plain == [] and refused.returncode == 1 and verified.returncode == 0


def main():
    with Rig() as rig:
        print("Starting two Postfix servers and cordond with its embedded engine ...")
        demo = Demo(rig)
        print(f"Ready: sender -> Postfix 127.0.0.1:{demo.mx.port} -> Cordon -> Postfix 127.0.0.1:{demo.box_port} -> mailbox\n"
              "The engine has the test signature alone here (signatures = \"test\").\n")
        good = show_messages(demo) and show_stopped_engine(demo) and show_quarantine(demo)
        print("\nEverything went as it should." if good else "\nSomething went wrong: see the table.")
        if "--once" not in sys.argv[1:]:
            stay(demo)
        return 0 if good else 1


def stay(demo):
    print(f"\nStill up until Ctrl-C. Send it mail of your own, for example:\n"
          f"  swaks --server 127.0.0.1:{demo.mx.port} --to you@example.test --attach @FILE          (after the queue)\n"
          f"  swaks --server 127.0.0.1:{demo.before_port} --to you@example.test --attach @FILE          (before the queue)\n"
          f"  build/cordon status --config {demo.cordon.path}\n"
          f"  build/cordon scan --config {demo.cordon.path} FILE\n"
          f"  build/cordon quarantine list --config {demo.cordon.path}\n"
          f"Mailbox: {demo.box.mail}\nLog: {demo.rig.path(demo.cordon.name + '.log')}\n")
    seen = len(demo.cordon.messages())
    try:
        while True:
            for line in demo.cordon.messages()[seen:]:
                print(line, flush=True)
                seen += 1
            time.sleep(0.3)
    except KeyboardInterrupt:
        print("\nStopping.")


if __name__ == "__main__":
    sys.exit(main())

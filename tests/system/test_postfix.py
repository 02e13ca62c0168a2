"""Cordon among real mail servers: Postfix before and after the queue, by SMTP and LMTP; Dovecot as next hop; real clamd."""
import os
import re
import smtplib
import subprocess

import rig as rigs
from peers import Clamd, DovecotLmtp, Postfix, after_queue, before_queue, reinjection, signature_folder
from rig import DROP, ENGINE, Client, Rig, eicar, free_port, listener, mail_with, small_mail, wait_for


def send(port, message, recipients=("someone@example.test",)):
    with smtplib.SMTP("127.0.0.1", port, timeout=120) as smtp:
        return smtp.sendmail("from@client.test", list(recipients), message)


class AfterQueue:
    """Postfix -> Cordon -> Postfix (the same instance, on its reinjection port) -> Maildir."""

    def __init__(self, rig, client="smtp", extra=ENGINE + DROP, more="", processes=10):
        self.filter_port, self.back_port = free_port(), free_port()
        lines = after_queue(self.filter_port, processes, client)
        self.postfix = Postfix(rig, "mx", main=lines["main"], services=lines["services"] + reinjection(self.back_port))
        self.cordon = rig.cordon('hostname = "mx.cordon.test";\n' +
                                 listener(self.filter_port, f"smtp://127.0.0.1:{self.back_port}", client, more=more) + extra)


def test_after_the_queue():
    for client in ("smtp", "lmtp"):
        with Rig() as rig:
            place = AfterQueue(rig, client)
            for _ in range(5):
                send(place.postfix.port, small_mail())
            send(place.postfix.port, mail_with(b"%PDF-1.4 not a virus", "a.pdf"))
            for encoding in ("base64", "quoted-printable", "7bit"):
                send(place.postfix.port, mail_with(eicar(), "eicar.com", encoding))
            wait_for(lambda: len(place.postfix.delivered()) >= 6, "six clean messages in the mailbox", 40)
            wait_for(lambda: place.postfix.queued() == 0, "an empty queue", 40)
            delivered = place.postfix.delivered()
            assert len(delivered) == 6 and not any(b"eicar" in m for m in delivered)
            assert all(b"X-Cordon-Scan: mx.cordon.test;" in m for m in delivered)
            lines = place.cordon.wait_messages(9)
            assert all(re.search(r"queue_id=\w+", l) and "client=127.0.0.1" in l for l in lines), "XFORWARD from Postfix"
            assert sum("verdict=infected" in l for l in lines) == 3


def test_the_five_lines_of_the_readme():
    """Postfix's lines as README.md has them, but for the ports; and Cordon with its defaults, but for the same and the signatures."""
    text = open(os.path.join(rigs.ROOT, "README.md")).read()
    lines = [l[4:] for l in text[text.index("    # main.cf"):text.index("and start it:")].splitlines() if l.startswith("    ")]
    main, master = "\n".join(lines).split("# master.cf\n")
    with Rig() as rig:
        filter_port, back_port = str(free_port()), str(free_port())
        main, master = (t.replace("10024", filter_port).replace("10025", back_port) for t in (main, master))
        postfix = Postfix(rig, "mx", main=main, services=master)
        cordon = rig.cordon(f'listen: {{ main: {{ address = "127.0.0.1:{filter_port}"; next_hop = "smtp://127.0.0.1:{back_port}"; }}; }};\n' +
                            ENGINE)
        send(postfix.port, small_mail())
        wait_for(lambda: len(postfix.delivered()) == 1, "the message in the mailbox", 40)
        send(postfix.port, mail_with(eicar()))
        wait_for(lambda: "status=deferred" in postfix.log(), "infected mail waits, as the README says", 40)
        assert "queue_id=" in cordon.wait_messages(2)[0], "XFORWARD is on"


def test_before_the_queue():
    with Rig() as rig:
        filter_port, back_port = free_port(), free_port()
        postfix = Postfix(rig, "mx", smtpd_options=before_queue(filter_port), services=reinjection(back_port))
        cordon = rig.cordon(listener(filter_port, f"smtp://127.0.0.1:{back_port}", mode="before-queue") + ENGINE +
                            'policy: { infected = "reject"; };')
        send(postfix.port, small_mail())
        try:
            send(postfix.port, mail_with(eicar()))
            raise AssertionError("the virus was accepted")
        except smtplib.SMTPDataError as error:
            assert error.smtp_code == 550 and b"5.7.1" in error.smtp_error, error
        wait_for(lambda: len(postfix.delivered()) == 1, "the clean message in the mailbox")
        wait_for(lambda: postfix.queued() == 0, "an empty queue")  # it is emptied after the delivery
        assert "verdict=infected" in cordon.wait_messages(2)[1]


def test_a_stopped_engine_makes_mail_wait_and_nothing_is_lost():
    with Rig() as rig:
        clamd = Clamd(rig)
        extra = (f'scanner: {{ av: {{ type = "clamd"; address = "unix:{clamd.socket}"; timeout = "3s"; '
                 f'canary_interval = "1s"; }}; }};\n') + DROP
        place = AfterQueue(rig, extra=extra)
        send(place.postfix.port, small_mail("before"))
        wait_for(lambda: len(place.postfix.delivered()) == 1, "the first message")
        clamd.kill()
        for number in range(4):
            send(place.postfix.port, small_mail(f"waiting {number}"))
        send(place.postfix.port, mail_with(eicar()))
        wait_for(lambda: "status=deferred" in place.postfix.log(), "deferred mail", 30)
        assert len(place.postfix.delivered()) == 1, "nothing passes unchecked"
        clamd.start()
        wait_for(lambda: place.postfix.flush() or (place.postfix.queued() == 0 and len(place.postfix.delivered()) == 5),
                 "the waiting mail", 60)
        assert not any(b"eicar" in m for m in place.postfix.delivered())


def test_dovecot_refuses_one_of_two_recipients():
    with Rig() as rig:
        dovecot = DovecotLmtp(rig)
        port = free_port()
        cordon = rig.cordon(listener(port, f"lmtp+unix:{dovecot.socket}", "lmtp") + ENGINE + DROP)
        with Client(("127.0.0.1", port)) as c:
            c.hello("LHLO")
            c.expect("MAIL FROM:<a@client.test>", 250)
            c.expect("RCPT TO:<one@example.test>", 250)
            assert c.command("RCPT TO:<unknown@example.test>").startswith("550"), "Dovecot's own reply"
            c.expect("RCPT TO:<two@example.test>", 250)
            c.expect("RCPT TO:<full@example.test>", 250)
            c.expect("DATA", 354)
            c.body(small_mail("to dovecot"))
            replies = [c.reply() for _ in range(3)]
        assert [r[:3] for r in replies[:2]] == ["250", "250"], replies
        assert replies[2].startswith(("552", "452")), replies
        assert len(dovecot.mailbox("one")) == 1 and len(dovecot.mailbox("two")) == 1 and not dovecot.mailbox("full")
        assert b"X-Cordon-Scan:" in dovecot.mailbox("one")[0]
        assert "action=pass" in cordon.wait_messages(1)[0]


def test_real_clamd_by_both_commands():
    with Rig() as rig:
        clamd = Clamd(rig)
        for address in (f"unix:{clamd.socket}", f"127.0.0.1:{clamd.port}"):
            sink, port = rig.sink(), free_port()
            cordon = rig.cordon(listener(port, f"smtp://127.0.0.1:{sink.port}", mode="before-queue",) +
                                f'scanner: {{ av: {{ type = "clamd"; address = "{address}"; max_size = "3M"; }}; }};\n'
                                'policy: { infected = "reject"; unscannable: { limit = "reject"; }; };\n')
            with Client(("127.0.0.1", port)) as c:
                c.hello()
                assert c.mail(small_mail()).startswith("250"), address
                for encoding in ("base64", "quoted-printable", "7bit"):
                    assert c.mail(mail_with(eicar(), "x.com", encoding)).startswith("550 5.7.1"), (address, encoding)
                assert c.mail(small_mail(body=(b"z" * 70 + b"\r\n") * 60000)).startswith("550 5.7.1"), "over max_size"
            assert b"X-Cordon-Scan:" in sink.messages[0].data and b"ClamAV" in sink.messages[0].data
            line = cordon.messages()[-1]
            assert "verdict=unscannable" in line and "limit" in line, line


def test_a_dkim_signature_survives():
    key = subprocess.run(["openssl", "genrsa", "1024"], capture_output=True, check=True).stdout
    public = subprocess.run(["openssl", "rsa", "-pubout", "-outform", "DER"], input=key, capture_output=True, check=True).stdout
    import base64
    import dkim
    message = small_mail("signed", b"Line one\r\n  trailing blanks  \r\n\xe4\xf6\xfc\r\n\r\n\r\n")
    signature = dkim.sign(message, b"sel", b"client.test", key, canonicalize=(b"simple", b"simple"))
    record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)
    with Rig() as rig:
        sink, port = rig.sink(), free_port()
        rig.cordon(listener(port, f"smtp://127.0.0.1:{sink.port}") + ENGINE + DROP)
        with Client(("127.0.0.1", port)) as c:
            c.hello()
            assert c.mail(signature + message).startswith("250")
        assert dkim.verify(sink.messages[0].data, dnsfunc=lambda *a, **k: record)
        broken = sink.messages[0].data.replace(b"Line one", b"Line 0ne")
        assert not dkim.verify(broken, dnsfunc=lambda *a, **k: record), "the check itself can fail"


def test_swaks_is_served():
    with Rig() as rig:
        sink, port = rig.sink(), free_port()
        crt, key = rigs.certificate(rig)
        rig.cordon(listener(port, f"smtp://127.0.0.1:{sink.port}", mode="before-queue",
                            more=f'tls = "may"; tls_certificate = "{crt}"; tls_key = "{key}";') + ENGINE +
                   'policy: { infected = "reject"; };')
        for options in ([], ["--pipeline"], ["--tls"]):
            done = subprocess.run(["swaks", "--server", "127.0.0.1", "--port", str(port), "--from", "a@client.test",
                                   "--to", "b@example.test", *options], capture_output=True, text=True, timeout=60)
            assert done.returncode == 0, (options, done.stdout, done.stderr)
        assert len(sink.messages) == 3


if __name__ == "__main__":
    rigs.main(globals())

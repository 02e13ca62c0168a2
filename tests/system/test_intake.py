"""The design's sentences about intakes, one test each: what a mail server sees of Cordon, and what the next hop sees."""
import hashlib
import os
import socket
import ssl
import struct
import threading

import rig as rigs
from rig import (DROP, ENGINE, Client, Rig, certificate, eicar, free_port, listener, mail_with, small_mail, wait_for)


def digest(data):
    return hashlib.sha256(data).hexdigest()


class Place:
    """Cordon between us and a sink."""

    def __init__(self, rig, mode="after-queue", protocol="smtp", more="", extra=ENGINE + DROP, hop="smtp", **sink):
        self.rig, self.port = rig, free_port()
        self.sink = rig.sink(lmtp=hop.startswith("lmtp"), **sink)
        self.hop = f"{hop}://127.0.0.1:{self.sink.port}"
        self.cordon = rig.cordon('hostname = "mx.cordon.test";\n' +
                                 listener(self.port, self.hop, protocol, mode, more) + extra)

    def client(self, hello="EHLO", **options):
        client = Client(("127.0.0.1", self.port), **options)
        if hello:
            client.hello(hello)
        return client


def test_a_message_goes_through_and_is_stamped():
    with Rig() as rig:
        place = Place(rig)
        message = small_mail()
        with place.client() as c:
            assert c.mail(message) == "250 2.0.0 Ok: kept"
        got = place.sink.messages[0]
        head, body = got.header_and_body()
        assert got.data.startswith(b"X-Cordon-Scan: mx.cordon.test; "), got.data[:200]
        assert got.data.endswith(message), "beyond our fields not one byte changes"
        assert b"test signature" in head, "a test set is never stamped as scanned"
        line = place.cordon.wait_messages(1)[0]
        for part in ("verdict=clean", "scanner.engine=", "action=pass", "from=from@client.test", "size="):
            assert part in line, (part, line)


def test_infected_mail_is_dropped_after_the_queue_and_refused_before_it():
    for encoding in ("base64", "quoted-printable", "7bit"):
        message = mail_with(eicar(), "eicar.com", encoding)
        with Rig() as rig:
            place = Place(rig)
            with place.client() as c:
                assert c.mail(message).startswith("250"), encoding
            before = Place(rig, mode="before-queue", extra=ENGINE + 'policy: { infected = "reject"; };')
            with before.client() as c:
                assert c.mail(message).startswith("550 5.7.1"), encoding
            assert not place.sink.messages and not before.sink.messages


def test_an_after_queue_reject_is_never_a_5xx():
    with Rig() as rig:
        place = Place(rig, extra=ENGINE)  # the default: reject, quarantine; and there is no store
        with place.client() as c:
            assert c.mail(mail_with(eicar())).startswith("451"), "without a store it waits"
        assert not place.sink.messages
        assert "finding=" in place.cordon.wait_messages(1)[0]
    with Rig() as rig:
        place = Place(rig, mode="before-queue", extra=ENGINE)
        with place.client() as c:
            assert c.mail(mail_with(eicar())).startswith("550"), "before the queue the sender is told"
        assert "finding=" in place.cordon.wait_messages(1)[0]


def test_mail_and_rcpt_go_to_the_next_hop_in_step():
    def faults(stage, session, argument):
        if stage == "MAIL" and "bad@" in argument:
            return "550 5.1.8 not from there"
        if stage == "RCPT" and "nobody@" in argument:
            return "550-5.1.1 nobody\r\n550 5.1.1 of that name"
        return None
    with Rig() as rig:
        place = Place(rig, faults=faults)
        with place.client() as c:
            sessions = place.sink.sessions
            assert c.command("MAIL FROM:<bad@client.test>") == "550 5.1.8 not from there"
            c.expect("MAIL FROM:<a@client.test>", 250)
            assert c.command("RCPT TO:<nobody@example.test>") == "550-5.1.1 nobody\n550 5.1.1 of that name"
            c.expect("RCPT TO:<some@example.test>", 250)
            c.expect("DATA", 354)
            c.body(small_mail())
            assert c.reply() == "250 2.0.0 Ok: kept"
        assert place.sink.messages[0].recipients == ["some@example.test"]
        assert sessions <= 1, "the next hop is dialled at MAIL (and once to learn what it can do)"


def test_a_next_hop_lost_before_data_is_dialled_again_once():
    with Rig() as rig:
        place = Place(rig)
        with place.client() as c:
            c.expect("MAIL FROM:<a@client.test>", 250)
            c.expect("RCPT TO:<one@example.test>", 250)
            c.expect("RCPT TO:<two@example.test>", 250)
            place.sink.drop_sessions()
            c.expect("DATA", 354)
            c.body(small_mail())
            assert c.reply().startswith("250"), "MAIL and the RCPTs were said again"
        assert place.sink.messages[0].recipients == ["one@example.test", "two@example.test"]


def test_a_next_hop_lost_twice_before_data_is_451():
    state = {"armed": False}

    def faults(stage, session, argument):
        return "close" if state["armed"] and stage in ("connect", "MAIL", "RCPT", "DATA") else None
    with Rig() as rig:
        place = Place(rig, faults=faults)
        with place.client() as c:
            c.expect("MAIL FROM:<a@client.test>", 250)
            c.expect("RCPT TO:<one@example.test>", 250)
            state["armed"] = True
            place.sink.drop_sessions()
            reply = c.command("DATA")
            if reply.startswith("354"):
                c.body(small_mail())
                reply = c.reply()
            assert reply.startswith("451"), reply
        assert not place.sink.messages


def test_a_recipient_whose_reply_changes_makes_451_for_all():
    state = {"second": False}

    def faults(stage, session, argument):
        if stage == "RCPT" and "two@" in argument and state["second"]:
            return "550 5.1.1 gone meanwhile"
        return None
    with Rig() as rig:
        place = Place(rig, faults=faults)
        with place.client() as c:
            c.expect("MAIL FROM:<a@client.test>", 250)
            c.expect("RCPT TO:<one@example.test>", 250)
            c.expect("RCPT TO:<two@example.test>", 250)
            state["second"] = True
            place.sink.drop_sessions()
            reply = c.command("DATA")
            if reply.startswith("354"):
                c.body(small_mail())
                reply = c.reply()
            assert reply.startswith("451"), reply
        assert not place.sink.messages


def test_a_next_hop_lost_in_mid_data_is_451():
    for stage_of_loss in ("body", "dot"):
        def faults(stage, session, argument):
            return "close" if stage == stage_of_loss else None
        with Rig() as rig:
            place = Place(rig, faults=faults)
            with place.client() as c:
                assert c.mail(small_mail(body=b"x" * 70 + b"\r\n" + b"y" * 500000 + b"\r\n")).startswith("451")
                c.expect("NOOP", 250)
            assert not place.sink.messages


def test_a_250_before_the_final_dot_is_no_250():
    def faults(stage, session, argument):
        if stage == "body" and not told:
            told.append(session.number)
            return b"250 2.0.0 Ok: early\r\n"
        return None
    with Rig() as rig:
        told = []
        place = Place(rig, faults=faults)
        message = small_mail(body=(b"z" * 78 + b"\r\n") * 100000)
        with place.client() as c:
            reply = c.mail(message)
            assert told and reply.startswith("451 4.4.2"), reply
            assert not place.sink.messages
            assert c.mail(message).startswith("250 2.0.0 Ok: kept")


def test_a_next_hop_that_is_down_or_slow_is_a_4xx():
    with Rig() as rig:
        place = Place(rig)
        with place.client() as c:
            assert c.mail(small_mail()).startswith("250")
            place.sink.close()
            assert c.command("MAIL FROM:<a@client.test>").startswith("4")
    with Rig() as rig:
        place = Place(rig, more='message_timeout = "3s"; next_hop_command_timeout = "3s";',
                      faults=lambda stage, s, a: "stall" if stage == "dot" else None)
        with place.client() as c:
            assert c.mail(small_mail()).startswith("451"), "one deadline covers everything"


def test_the_next_hop_is_reused_and_never_kept_awake():
    with Rig() as rig:
        place = Place(rig, more='next_hop_idle_timeout = "2s";')
        for _ in range(3):
            with place.client() as c:
                for _ in range(3):
                    assert c.mail(small_mail()).startswith("250")
        assert place.sink.sessions <= 2, f"{place.sink.sessions} connections for 9 messages"
        wait_for(lambda: not place.sink.live, "idle connections to be closed", 15)
        assert not [c for _, c in place.sink.commands if c.upper().startswith("NOOP")]
        with place.client() as c:
            assert c.mail(small_mail()).startswith("250")


def test_what_is_offered_is_what_the_next_hop_has():
    end_to_end = {"8BITMIME", "SMTPUTF8", "DSN"}
    for has in (end_to_end, set(), {"8BITMIME"}):
        with Rig() as rig:
            place = Place(rig, abilities=tuple(has) + ("SIZE 1000000",), more='max_message_size = "20M";')
            with Client(("127.0.0.1", place.port)) as c:
                offered = c.hello()
                words = {a.split()[0] for a in offered}
                assert words & end_to_end == has, offered
                assert {"PIPELINING", "CHUNKING", "ENHANCEDSTATUSCODES", "XFORWARD", "SIZE"} <= words
                assert words <= end_to_end | {"PIPELINING", "CHUNKING", "ENHANCEDSTATUSCODES", "XFORWARD", "SIZE",
                                              "XCLIENT", "STARTTLS"}, "nothing else is offered"
                assert "SIZE 1000000" in offered, "the smaller one"
                if "SMTPUTF8" not in has:
                    assert c.command("MAIL FROM:<a@client.test> SMTPUTF8").startswith("5")
                if "DSN" not in has:
                    assert c.command("MAIL FROM:<a@client.test> RET=HDRS").startswith("5")


def test_a_lost_ability_is_451_and_learnt_anew():
    with Rig() as rig:
        place = Place(rig, more='next_hop_idle_timeout = "1s";')
        with place.client() as c:
            assert "SMTPUTF8" in c.abilities
            place.sink.abilities.remove("SMTPUTF8")
            place.sink.drop_sessions()
            assert c.command("MAIL FROM:<a@client.test> SMTPUTF8").startswith("451")
        with place.client() as c:
            assert "SMTPUTF8" not in c.abilities


def test_end_to_end_parameters_reach_the_next_hop():
    with Rig() as rig:
        place = Place(rig)
        with place.client() as c:
            c.expect("MAIL FROM:<a@client.test> SIZE=500 BODY=8BITMIME RET=HDRS ENVID=abc", 250)
            c.expect("RCPT TO:<b@example.test> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;b@example.test", 250)
            c.expect("DATA", 354)
            c.body(small_mail())
            assert c.reply().startswith("250")
            c.send("MAIL FROM:<gr\u00fc\u00dfe@client.test> SMTPUTF8\r\n")
            assert c.reply().startswith("250")
            c.send("RCPT TO:<\u00f6@example.test>\r\n")
            assert c.reply().startswith("250")
            c.expect("DATA", 354)
            c.body(small_mail())
            assert c.reply().startswith("250")
        first, second = place.sink.messages
        for word in ("BODY=8BITMIME", "RET=HDRS", "ENVID=abc"):
            assert word in first.sender_parameters, first.sender_parameters
        assert "NOTIFY=SUCCESS,FAILURE" in first.recipient_parameters[0]
        assert "ORCPT=rfc822;b@example.test" in first.recipient_parameters[0]
        assert "SMTPUTF8" in second.sender_parameters and second.sender == "gr\u00fc\u00dfe@client.test"


def test_xforward_is_believed_from_trusted_networks_only():
    with Rig() as rig:
        place = Place(rig)
        with place.client() as c:
            c.expect("XFORWARD NAME=real.client.test ADDR=192.0.2.7 PORT=4711 PROTO=ESMTP HELO=helo.test", 250)
            c.expect("XFORWARD IDENT=4ABCDEF SOURCE=REMOTE", 250)
            assert c.mail(small_mail()).startswith("250")
        line = place.cordon.wait_messages(1)[0]
        assert "client=192.0.2.7" in line and "queue_id=4ABCDEF" in line and "helo=helo.test" in line, line
        assert place.sink.messages[0].xforward.get("ADDR") == "192.0.2.7", "relayed"
    with Rig() as rig:
        stranger = Place(rig, more='trust = ["192.0.2.0/24"];')
        with stranger.client() as c:
            assert not [a for a in c.abilities if a.startswith(("XFORWARD", "XCLIENT"))]
            assert c.command("XFORWARD ADDR=192.0.2.7").startswith("5")
            assert c.mail(small_mail()).startswith("250")
        assert "192.0.2.7" not in stranger.cordon.wait_messages(1)[0]


def test_a_connection_that_carried_xclient_is_not_reused():
    abilities = ("8BITMIME", "SIZE 1000000", "XCLIENT NAME ADDR PORT PROTO HELO")
    with Rig() as rig:
        place = Place(rig, abilities=abilities)
        with place.client() as c:
            assert [a for a in c.abilities if a.startswith("XCLIENT")], c.abilities
            c.expect("XCLIENT NAME=spoken.test ADDR=192.0.2.9", 220)
            c.hello()
            assert c.mail(small_mail()).startswith("250")
        with place.client() as c:
            assert c.mail(small_mail()).startswith("250")
        numbers = [n for n, line in place.sink.commands if line.startswith("MAIL")]
        assert numbers[0] != numbers[1], place.sink.commands
        assert [l for _, l in place.sink.commands if l.startswith("XCLIENT")], "it was relayed"


def test_proxy_protocol_in_both_versions():
    v1 = b"PROXY TCP4 192.0.2.33 192.0.2.1 5555 25\r\n"
    v2 = (b"\r\n\r\n\0\r\nQUIT\n" + bytes([0x21, 0x11]) + struct.pack("!H", 12) + socket.inet_aton("192.0.2.33") +
          socket.inet_aton("192.0.2.1") + struct.pack("!HH", 5555, 25))
    with Rig() as rig:
        place = Place(rig, more="proxy_protocol = true;")
        for header in (v1, v2):
            with Client(("127.0.0.1", place.port), greeting=False) as c:
                c.send(header)
                assert c.reply().startswith("220")
                assert not [a for a in c.hello() if a.startswith("XFORWARD")], "trust is not passed on"
                assert c.command("XFORWARD ADDR=198.51.100.7").startswith("550")
                assert c.mail(small_mail()).startswith("250")
        with Client(("127.0.0.1", place.port), greeting=False) as c:
            c.send(b"PROXY TCP4 127.0.0.1 127.0.0.1 5555 25\r\n")
            assert c.reply().startswith("220")
            assert [a for a in c.hello() if a.startswith("XFORWARD")]
        for line in place.cordon.wait_messages(2):
            assert "client=192.0.2.33" in line, line
    with Rig() as rig:
        stranger = Place(rig, more='proxy_protocol = true; trust = ["192.0.2.0/24"];')
        with Client(("127.0.0.1", stranger.port), greeting=False) as c:
            c.send(v1)
            try:
                assert not c.reply().startswith("220"), "a stranger's header is not believed"
            except (EOFError, ConnectionResetError):
                pass


def test_input_buffered_across_starttls_is_dropped():
    with Rig() as rig:
        crt, key = certificate(rig)
        place = Place(rig, more=f'tls = "may"; tls_certificate = "{crt}"; tls_key = "{key}";')
        with place.client() as c:
            assert "STARTTLS" in c.abilities
            c.send("STARTTLS\r\nMAIL FROM:<injected@client.test>\r\n")
            assert c.reply().startswith("220")
            context = ssl._create_unverified_context()
            c.socket, c.data = context.wrap_socket(c.socket), b""
            c.hello()
            assert "STARTTLS" not in c.abilities
            assert c.mail(small_mail()).startswith("250")
        assert not [l for _, l in place.sink.commands if "injected" in l]
        required = Place(rig, more=f'tls = "require"; tls_certificate = "{crt}"; tls_key = "{key}";')
        with required.client() as c:
            assert c.command("MAIL FROM:<a@client.test>").startswith("530")


def test_starttls_to_the_next_hop_drops_buffered_input_too():
    with Rig() as rig:
        crt, key = certificate(rig)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(crt, key)

        def faults(stage, session, argument):
            if stage == "STARTTLS":
                session.say("220 2.0.0 go\r\n250 injected before tls")
                session.socket = session.sink.tls.wrap_socket(session.socket, server_side=True)
                session.data = b""
                return b""
            return None
        place = Place(rig, tls=context, faults=faults, more='next_hop_tls = "require"; next_hop_tls_verify = false;')
        with place.client() as c:
            assert c.mail(small_mail()).startswith("250 2.0.0 Ok: kept")
        verified = Place(rig, tls=context, more='next_hop_tls = "require"; next_hop_tls_verify = true; '
                         f'next_hop_tls_ca = "{crt}";')
        with verified.client() as c:
            assert c.mail(small_mail()).startswith("250")
        refused = Place(rig, tls=context, more='next_hop_tls = "require"; next_hop_tls_verify = true;')
        with Client(("127.0.0.1", refused.port)) as c:
            reply = c.command("EHLO x")
            if reply.startswith("250"):
                reply = c.command("MAIL FROM:<a@client.test>")
            assert reply.startswith("4"), reply


FALSE_ENDS = [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r.\r\n", b"\r\n.\r", b"\r.\n", b"\n.\r", b"\r\n\0.\r\n",
              b"\r\n.\0\r\n", b"\r\n. \r\n", b"\n\n.\r\n", b"\r\r\n.\r\r\n"]


def test_thirteen_false_ends_of_data_never_end_a_message():
    smuggled = b"MAIL FROM:<smuggler@client.test>\r\nRCPT TO:<victim@example.test>\r\nDATA\r\nFrom: x\r\n\r\nsmuggled\r\n"
    for mode in ("after-queue", "before-queue"):
        with Rig() as rig:
            place = Place(rig, mode=mode)
            for number, end in enumerate(FALSE_ENDS):
                with place.client() as c:
                    c.expect("MAIL FROM:<a@client.test>", 250)
                    c.expect("RCPT TO:<b@example.test>", 250)
                    c.expect("DATA", 354)
                    c.send(b"Subject: n" + str(number).encode() + b"\r\n\r\nfirst" + end + smuggled + b"\r\n.\r\n")
                    reply = c.reply()
                    if mode == "before-queue" and b"\0" not in end and end != b"\r\n. \r\n":
                        assert reply.startswith("550 5.6.0"), (end, reply)
                    else:
                        assert reply.startswith("250"), (end, reply)
                    c.expect("NOOP", 250)
            senders = {m.sender for m in place.sink.messages}
            assert senders <= {"a@client.test"}, "nothing was smuggled"
            for message in place.sink.messages:
                bare = message.data.replace(b"\r\n", b"")
                assert b"\r" not in bare and b"\n" not in bare, "a bare CR or LF is never passed on"


def bodies():
    yield "8-bit", bytes(range(1, 10)) + bytes(range(11, 13)) + bytes(range(14, 256)) + b"\r\n"
    yield "very long lines", b"a" * 3000000 + b"\r\n" + b"b" * 70000 + b"\r\n"
    yield "NUL bytes", b"\0\0one\0two\r\n\0\r\n"
    yield "dots", b".\r\n..\r\n.x\r\n...\r\n" + b".\r\n" * 500
    yield "empty", b""
    yield "empty lines", b"\r\n" * 100
    yield "25 MB", (b"0123456789abcdef" * 4 + b"\r\n") * (25 * 1024 * 1024 // 66)


def test_the_body_is_the_same_at_both_sockets():
    head = b"Subject: same\r\nFrom: a@client.test\r\n\r\n"
    with Rig() as rig:
        place = Place(rig)
        for name, body in bodies():
            with place.client() as c:
                assert c.mail(head + body).startswith("250"), name
            got = place.sink.messages[-1]
            assert digest(got.header_and_body()[1]) == digest(body), name
            assert got.data.endswith(head + body), name
        for name, body in bodies():  # and by BDAT in odd chunks, with PIPELINING
            with place.client() as c:
                data = head + body
                c.send("MAIL FROM:<a@client.test>\r\nRCPT TO:<b@example.test>\r\n")
                size = 1 if len(data) < 500 else len(data) // 7 + 1
                for at in range(0, len(data), size):
                    chunk = data[at:at + size]
                    c.send(b"BDAT %d\r\n" % len(chunk) + chunk)
                c.send("BDAT 0 LAST\r\n")
                count = 2 + (len(data) + size - 1) // size + 1
                replies = [c.reply() for _ in range(count)]
                assert all(r.startswith("250") for r in replies), (name, replies[-1])
            assert digest(place.sink.messages[-1].header_and_body()[1]) == digest(body), name


def test_a_bdat_body_gets_its_last_line_end():
    with Rig() as rig:
        place = Place(rig)
        with place.client() as c:
            c.expect("MAIL FROM:<a@client.test>", 250)
            c.expect("RCPT TO:<b@example.test>", 250)
            c.send(b"BDAT 24 LAST\r\nSubject: x\r\n\r\nno line end"[:14 + 24])
            assert c.reply().startswith("250")
        assert place.sink.messages[0].data.endswith(b"no line en\r\n"), place.sink.messages[0].data


def test_bdat_in_wrong_order():
    with Rig() as rig:
        place = Place(rig)
        with place.client() as c:
            c.send(b"BDAT 5\r\nabcde")
            assert c.reply().startswith("503"), "the chunk is read and dropped"
            c.expect("NOOP", 250)
            c.expect("MAIL FROM:<a@client.test>", 250)
            c.expect("RCPT TO:<b@example.test>", 250)
            c.send(b"BDAT 5\r\nabcde")
            assert c.reply().startswith("250")
            assert c.command("DATA").startswith("503")
            c.expect("RSET", 250)
            assert c.mail(small_mail()).startswith("250")


def test_old_fields_in_our_name_are_cut_and_nobody_elses():
    extra = (b"X-Cordon-Scan: mx.cordon.test; clean; forged\r\n\tfolded\r\n"
             b"X-Cordon-Scan: other.test; clean\r\n"
             b"X-Virus-Scanned: Cordon at mx.cordon.test\r\n"
             b"X-Virus-Scanned: amavisd-new at other.test\r\n"
             b"x-cordon-tag: mx.cordon.test; malformed\r\n")
    with Rig() as rig:
        place = Place(rig)
        with place.client() as c:
            assert c.mail(small_mail(extra=extra)).startswith("250")
        head = place.sink.messages[0].header_and_body()[0]
        assert b"forged" not in head and b"folded" not in head and b"x-cordon-tag" not in head, head
        assert b"Cordon at mx.cordon.test" not in head
        assert b"X-Cordon-Scan: other.test; clean\r\n" in head and b"amavisd-new at other.test" in head
        assert head.count(b"X-Cordon-Scan: mx.cordon.test") == 1


def test_a_message_that_would_continue_our_field_is_refused():
    with Rig() as rig:
        place = Place(rig)
        for first in (b" folded into ours\r\n", b"\tfolded\r\n"):
            with place.client() as c:
                assert c.mail(first + small_mail()).startswith("550 5.6.0")
        assert not place.sink.messages


def test_a_client_that_is_gone_gets_no_duplicate():
    with Rig() as rig:
        clamd = f'scanner: {{ slow: {{ type = "clamd"; address = "unix:{rig.path("slow.sock")}"; timeout = "20s"; }}; }};\n'
        release = threading.Event()
        slow_clamd(rig, "slow.sock", release)
        waiting = Place(rig, extra=clamd + DROP)
        c = waiting.client()
        release.clear()
        c.expect("MAIL FROM:<a@client.test>", 250)
        c.expect("RCPT TO:<b@example.test>", 250)
        c.expect("DATA", 354)
        c.body(small_mail())
        c.close()
        release.set()
        line = waiting.cordon.wait_messages(1)[0]
        assert not waiting.sink.messages, "the client would send it again"
        assert "client=gone" in line, line


def slow_clamd(rig, name, release):
    """A clamd that answers at once while `release` is set, and else waits for it; it finds EICAR."""
    import array
    release.set()
    server = socket.socket(socket.AF_UNIX)
    server.bind(rig.path(name))
    os.chmod(rig.path(name), 0o777)
    server.listen(64)
    rig.stack.callback(server.close)

    def serve(connection):
        with connection:
            fds = array.array("i")
            command, ancillary, _, _ = connection.recvmsg(64, socket.CMSG_LEN(4))
            if command.startswith(b"zPING"):
                connection.sendall(b"PONG\0")
            elif command.startswith(b"zVERSION"):
                connection.sendall(b"ClamAV 1.4.6/27600/Mon Nov 23 08:00:00 2026\0")
            else:
                if not ancillary:  # it may come with the command or behind it
                    _, ancillary, _, _ = connection.recvmsg(1, socket.CMSG_LEN(4))
                for level, kind, data in ancillary:
                    fds.frombytes(data[:4])
                release.wait(60)
                with os.fdopen(fds[0], "rb") as f:
                    data = f.read()
                connection.sendall(b"fd[9]: Eicar FOUND\0" if has_eicar(data) else b"fd[9]: OK\0")

    def accept():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()
    threading.Thread(target=accept, daemon=True).start()


def has_eicar(data):
    import base64
    import re
    if eicar() in data:
        return True
    for block in re.findall(rb"(?:[A-Za-z0-9+/=]{20,}\r?\n)+", data):
        if eicar() in base64.b64decode(block + b"==="):
            return True
    return False


def test_while_no_scanner_answers_nobody_carries_a_body():
    with Rig() as rig:
        release = threading.Event()
        clamd = (f'scanner: {{ gone: {{ type = "clamd"; address = "unix:{rig.path("gone.sock")}"; timeout = "2s"; }}; }};\n')
        after = Place(rig, extra=clamd + DROP)
        before = Place(rig, mode="before-queue", extra=clamd + 'policy: { infected = "reject"; };')
        greetings = [Client(("127.0.0.1", after.port)).greeting[:3] for _ in range(6)]
        assert greetings.count("421") >= 4, f"at most a probing message is let through: {greetings}"
        replies = []
        for _ in range(6):
            with before.client() as c:
                replies.append(c.command("MAIL FROM:<a@client.test>")[:3])
        assert replies.count("451") >= 4, replies
        slow_clamd(rig, "gone.sock", release)

        def works():
            with Client(("127.0.0.1", after.port)) as c:
                if not c.greeting.startswith("220"):
                    return False
                c.hello()
                return c.mail(small_mail()).startswith("250")
        wait_for(works, "the scanner to be found again", 40)
        with after.client() as c:
            assert c.mail(small_mail()).startswith("250")
            os.rename(rig.path("gone.sock"), rig.path("away.sock"))
            assert c.mail(small_mail()).startswith("451"), "nobody had said that it is gone"

            def is_refused():
                reply = c.command("MAIL FROM:<a@client.test>")
                return reply.startswith("451 4.7.1 The scanners") or c.expect("RSET", 250) is None
            wait_for(is_refused, "a session that lasts to be told as well")


def test_a_reload_keeps_open_sessions():
    with Rig() as rig:
        place = Place(rig, more='max_recipients = 1;')
        with place.client() as idle, place.client() as busy:
            busy.expect("MAIL FROM:<a@client.test>", 250)
            busy.expect("RCPT TO:<b@example.test>", 250)
            busy.expect("DATA", 354)
            place.cordon.configure('hostname = "mx.cordon.test";\n' + listener(
                place.port, place.hop, more="max_recipients = 2;") + ENGINE + DROP)
            place.cordon.reload()
            wait_for(lambda: place.cordon.status().get("generation") == "2", "the new generation")
            busy.body(small_mail("begun before"))
            assert busy.reply().startswith("250"), "what was in flight went on"
            assert idle.mail(small_mail("the old gate")).startswith("250"), "an idle session was not dropped"
            idle.expect("MAIL FROM:<a@client.test>", 250)
            idle.expect("RCPT TO:<a@example.test>", 250)
            assert idle.command("RCPT TO:<b@example.test>").startswith("452"), "and keeps its configuration"
            with place.client() as new:
                new.expect("MAIL FROM:<a@client.test>", 250)
                new.expect("RCPT TO:<a@example.test>", 250)
                new.expect("RCPT TO:<b@example.test>", 250)
        wait_for(lambda: "event=role-ended role=gate status=0" in place.cordon.log(), "the old gate to end")
        with place.client() as c:
            place.cordon.process.terminate()
            assert c.reply().startswith("421 4.3.2"), "SIGTERM tells idle sessions to go"
            assert place.cordon.process.wait(20) == 0


def test_caps_answer_at_once():
    with Rig() as rig:
        place = Place(rig, more="max_sessions = 3;")
        held = [place.client() for _ in range(3)]
        assert Client(("127.0.0.1", place.port)).greeting.startswith("421")
        held[0].close()
        wait_for(lambda: Client(("127.0.0.1", place.port)).greeting.startswith("220"), "a free session")
    with Rig() as rig:
        place = Place(rig, extra=ENGINE + DROP + 'memory_budget = "8M";\n', more='max_message_size = "8M";')
        oldest, other = place.client(), place.client()
        oldest.expect("MAIL FROM:<a@client.test> SIZE=7000000", 250)
        reply = other.command("MAIL FROM:<b@client.test> SIZE=7000000")
        assert reply.startswith("452"), reply
        oldest.expect("RCPT TO:<b@example.test>", 250)
        oldest.expect("DATA", 354)
        oldest.body(b"Subject: x\r\n\r\n" + b"z" * 78 + b"\r\n" + (b"y" * 78 + b"\r\n") * 95000)
        assert oldest.reply().startswith("250"), "the oldest can always finish"
        assert other.mail(small_mail()).startswith("250")
    with Rig() as rig:
        place = Place(rig, more='max_message_size = "100K"; max_recipients = 2;')
        with place.client() as c:
            assert c.command("MAIL FROM:<a@client.test> SIZE=200000").startswith("552 5.3.4")
            assert c.mail(small_mail(body=b"x" * 98 + b"\r\n" + (b"x" * 98 + b"\r\n") * 2000)).startswith("552 5.3.4")
            c.expect("MAIL FROM:<a@client.test>", 250)
            c.expect("RCPT TO:<a@example.test>", 250)
            c.expect("RCPT TO:<b@example.test>", 250)
            assert c.command("RCPT TO:<c@example.test>").startswith("452 4.5.3")


def test_lmtp_answers_each_recipient():
    def faults(stage, session, argument):
        if stage == "dot":
            for recipient in argument.recipients:
                session.say("250 2.0.0 kept" if recipient.startswith("good") else "552 5.2.2 mailbox full")
            session.sink.messages.append(argument)
            return b""
        return None
    with Rig() as rig:
        place = Place(rig, protocol="lmtp", hop="lmtp", faults=faults)
        with place.client("LHLO") as c:
            assert c.mail(small_mail(), recipients=("good@example.test", "full@example.test")) == "250 2.0.0 kept"
            assert c.reply() == "552 5.2.2 mailbox full"
            assert c.mail(mail_with(eicar()), recipients=("good@example.test", "full@example.test")).startswith("250")
            assert c.reply().startswith("250"), "discarded for each"
        assert len(place.sink.messages) == 1
        with place.client(None) as c:
            assert c.command("EHLO x").startswith("500")


def test_an_lmtp_next_hop_behind_smtp_takes_one_recipient_at_a_time():
    with Rig() as rig:
        place = Place(rig, hop="lmtp")
        with place.client() as c:
            c.expect("MAIL FROM:<a@client.test>", 250)
            c.expect("RCPT TO:<one@example.test>", 250)
            assert c.command("RCPT TO:<two@example.test>").startswith("452 4.5.3")
            c.expect("DATA", 354)
            c.body(small_mail())
            assert c.reply().startswith("250")


def test_a_loop_is_found():
    with Rig() as rig:
        place = Place(rig, more="max_received = 10;")
        extra = b"".join(b"Received: from a by b; Tue, 24 Nov 2026 02:00:%02d +0000\r\n" % i for i in range(11))
        with place.client() as c:
            assert c.mail(small_mail(extra=extra)).startswith("554 5.4.6")
            assert c.mail(small_mail(extra=extra[:extra.index(b"Received", 5)])).startswith("250")
        assert len(place.sink.messages) == 1
    with Rig() as rig:
        place = Place(rig, extra=ENGINE, more="max_received = 10;")
        with place.client() as c:
            assert c.mail(extra + mail_with(eicar())).startswith("4"), "a loop is no reason to bounce a virus"
        assert not place.sink.messages


def test_unix_sockets_and_ipv6():
    with Rig() as rig:
        os.chmod(rig.folder, 0o777)
        sink = rig.sink(path=rig.path("hop.sock"))
        six, four = rig.sink(host="::1"), rig.sink()
        port = free_port()
        configuration = (f'listen: {{ one: {{ address = "unix:{rig.path("in.sock")}"; socket_mode = "0666"; '
                         f'next_hop = "smtp+unix:{rig.path("hop.sock")}"; }};\n'
                         f'two: {{ address = "[::1]:{port}"; next_hop = "smtp://[::1]:{six.port}"; }}; '
                         f'three: {{ address = "127.0.0.1:{port}"; next_hop = "smtp://localhost:{four.port}"; }}; }};\n')
        rig.cordon(configuration + ENGINE + DROP)
        for address, keeper in ((rig.path("in.sock"), sink), (("::1", port), six), (("127.0.0.1", port), four)):
            before = len(keeper.messages)
            with Client(address) as c:
                c.hello()
                assert c.mail(small_mail()).startswith("250"), address
            assert len(keeper.messages) == before + 1


def test_wrong_commands_get_clear_replies():
    table = [("MAIL FROM:<a@client.test>", "503"), ("FOO", "500"), ("EHLO", "501"), ("EHLO client.test", "250"),
             ("RCPT TO:<a@example.test>", "503"), ("DATA", "503"), ("MAIL FROM:a@client.test", "501"),
             ("MAIL FROM:<a@client.test> SIZE=abc", "501"), ("MAIL FROM:<a@client.test> FOO=1", "555"),
             ("MAIL FROM:<a@client.test> BODY=BINARYMIME", "555"),
             ("MAIL FROM:<@relay.test:a@client.test>", "250"), ("MAIL FROM:<b@client.test>", "503"),
             ("RCPT TO:<a@example.test", "501"), ("DATA", "503"), ("RSET", "250"), ("VRFY someone", "252"), ("HELP", "214"),
             ("NOOP anything", "250"), ("X" * 3000, "500"), ("QUIT", "221")]
    with Rig() as rig:
        place = Place(rig)
        with Client(("127.0.0.1", place.port)) as c:
            for text, code in table:
                reply = c.command(text)
                assert reply.startswith(code), (text[:60], reply)
            assert c.socket.recv(1) == b"", "closed after QUIT"


def test_no_role_outlives_its_supervisor():
    programs = ("cordon-gate", "cordon-decoder", "cordon-engine-clamav")
    with Rig() as rig:
        place = Place(rig)
        with place.client() as c:
            c.expect("MAIL FROM:<a@client.test>", 250)
            c.expect("RCPT TO:<b@example.test>", 250)
            c.expect("DATA", 354)
            pids = [pid for program in programs for pid in place.cordon.pids(program)]
            assert len(pids) >= 3, pids
            place.cordon.process.kill()
            wait_for(lambda: not [pid for pid in pids if os.path.exists(f"/proc/{pid}/exe")], "the roles' end")


def test_last_words_reach_a_client_that_goes_on_talking():
    with Rig() as rig:
        place = Place(rig)
        with place.client() as c:
            c.send(b"BDAT what\r\n" + b"x" * 8000000)
            assert c.reply().startswith("501"), "and the connection is not reset while we still send"
            assert c.socket.recv(1) == b""


def test_pipelining_and_a_dead_client_in_mid_body():
    with Rig() as rig:
        place = Place(rig)
        with place.client() as c:
            c.send(b"MAIL FROM:<a@client.test>\r\nRCPT TO:<b@example.test>\r\nDATA\r\n")
            assert [c.reply()[:3] for _ in range(3)] == ["250", "250", "354"]
            c.body(small_mail())
            c.send("QUIT\r\n")
            assert [c.reply()[:3] for _ in range(2)] == ["250", "221"]
        c = place.client()
        c.expect("MAIL FROM:<a@client.test>", 250)
        c.expect("RCPT TO:<b@example.test>", 250)
        c.expect("DATA", 354)
        c.send(b"Subject: half\r\n\r\nhal")
        c.close()
        wait_for(lambda: place.cordon.status().get("gate.sessions") == "0", "the session to end")
        assert len(place.sink.messages) == 1


if __name__ == "__main__":
    rigs.main(globals())

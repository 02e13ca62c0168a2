"""10,000 messages, one in ten infected, by eight senders at once: no infected one ever reaches the sink, every clean one does.
"""
import os
import random
import threading

import rig as rigs
from rig import DROP, ENGINE, Client, Rig, eicar, free_port, listener, mail_with, small_mail

TOTAL = int(os.environ.get("CORDON_MESSAGES", 10000))
SENDERS = 8


def send(port, numbers, infected, failures):
    try:
        with Client(("127.0.0.1", port), timeout=120) as c:
            c.hello()
            for number in numbers:
                mark = b"X-Test-Number: %d\r\n" % number
                message = mail_with(eicar(), "e.com", random.choice(("base64", "quoted-printable", "7bit"))) if number in infected else small_mail()
                reply = c.mail(mark + message)
                if not reply.startswith("250"):
                    failures.append((number, reply))
    except Exception as error:
        failures.append((numbers, repr(error)))


def test_ten_thousand_racing_messages():
    infected = set(random.sample(range(TOTAL), TOTAL // 10))
    with Rig() as rig:
        sink, port, failures = rig.sink(), free_port(), []
        rig.cordon(listener(port, f"smtp://127.0.0.1:{sink.port}") + ENGINE + DROP)
        threads = [threading.Thread(target=send, args=(port, range(i, TOTAL, SENDERS), infected, failures)) for i in range(SENDERS)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert not failures, failures[:5]
        got = {int(m.data.split(b"X-Test-Number: ", 1)[1].split(b"\r\n", 1)[0]) for m in sink.messages}
        assert not got & infected and got == set(range(TOTAL)) - infected
        print(f"{TOTAL} messages, {len(infected)} infected: none got through, none was lost")


if __name__ == "__main__":
    rigs.main(globals())

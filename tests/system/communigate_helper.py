"""A helper as CommuniGate Pro's External Filters are, written from the description of the interface alone.

Each request has a thread, so answers come as they are ready. A message is decoded by Python's own email package. A
Subject that begins with "fault:" makes the helper do what real ones do on bad days.
"""
import email
import os
import signal
import sys
import threading
import time

MARK = b"EICAR-STAN" + b"DARD-ANTIVIRUS-TEST"
lock = threading.Lock()


def say(text):
    with lock:
        os.write(1, text.encode() + b"\n")


def infected(part):
    if part.is_multipart():
        return any(infected(p) for p in part.get_payload())
    return MARK in (part.get_payload(decode=True) or b"")


def fault(number, word, path):
    if word == "wait":
        while not os.path.exists("released"):
            time.sleep(0.02)
        say(f"{number} OK")
    elif word == "silent":
        time.sleep(600)
    elif word == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    elif word == "die-once":
        marker = "died"
        if not os.path.exists(marker):
            open(marker, "w").close()
            os.kill(os.getpid(), signal.SIGKILL)
        say(f"{number} OK")
    elif word == "long":
        say(f"{number} " + "x" * 5000)
    elif word == "noise":
        os.write(2, b"complaint\n" * 200000)
        say("* a remark")
        say("999999 OK")
        say(f"{number} OK")
    elif word == "alter":
        os.chmod(path, 0o600)
        with open(path, "a") as f:
            f.write("more\n")
        say(f"{number} OK")
    elif word == "remove":
        os.unlink(path)
        say(f"{number} OK")
    else:
        say(f"{number} {word.replace('_', ' ')}")


def scan(number, path):
    envelope, _, data = open(path, "rb").read().partition(b"\n\n")
    lines = envelope.decode().split("\n")
    if not (any(l.startswith("P ") for l in lines) and any(l.startswith("R ") for l in lines)) or b"\r\n" in data:
        say(f"{number} FAILURE")
        return
    message = email.message_from_bytes(data)
    subject = message.get("Subject", "")
    if subject.startswith("fault:"):
        fault(number, subject[len("fault:"):].strip(), path)
    elif infected(message):
        say(f'{number} ERROR "virus found: Test.Eicar"')
    else:
        say(f'{number} ADDHEADER "X-Scanned: yes" OK')


say("* a helper begins")
for line in sys.stdin:
    words = line.split()
    if words[1] == "INTF":
        say(f"{words[0]} INTF 3")
    elif words[1] == "FILE":
        threading.Thread(target=scan, args=(words[0], words[2]), daemon=True).start()
    elif words[1] == "QUIT":
        say("* it ends")
        say(f"{words[0]} OK")
        open("quit", "w").close()
        break
    else:
        say(f"{words[0]} ERROR unknown command")

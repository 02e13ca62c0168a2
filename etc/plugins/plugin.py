#!/usr/bin/python3
"""plugin.py SOCKET: a scanner plugin for Cordon, cordon-plugin(7). Finds the EICAR test string; put your own into judge()."""
import base64
import os
import socketserver
import sys

NEEDLE = b"".join((b"X5O!P%@AP[4\\PZX54(P^)7CC)7}", b"$EIC", b"AR-STANDARD-ANTI", b"VIRUS-TEST-FILE!$H+H*"))
NEEDLES = (NEEDLE, base64.b64encode(NEEDLE)[:88])


def judge(piece):
    flat = piece.replace(b"\r\n", b"")
    if any(needle in piece or needle in flat for needle in NEEDLES):
        return "infected Eicar-Test"
    if piece.startswith(b"PK\3\4") and len(piece) > 6 and piece[6] & 1:
        return "unscannable encrypted a zip with a password"
    return "clean"


class Plugin(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\n")
        self.wfile.flush()

    def handle(self):
        if self.rfile.readline(1001) != b"cordon-plugin 1\n":
            return
        self.say("cordon-plugin 1")
        while line := self.rfile.readline(1001):
            word, _, size = line.decode("ascii", "replace").strip().partition(" ")
            if word == "version":
                self.say("version 1 Example plugin in Python 1.0")
                continue
            if word != "scan" or not size.isdigit():
                return
            piece = self.rfile.read(int(size))
            if len(piece) < int(size):
                return
            try:
                answer = judge(piece)
            except Exception as error:  # never clean because of a mistake in here
                answer = "failed " + repr(error).replace("\n", " ")[:500]
            self.say(answer)


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


if __name__ == "__main__":
    if os.path.exists(sys.argv[1]):
        os.unlink(sys.argv[1])
    with Server(sys.argv[1], Plugin) as server:
        os.chmod(sys.argv[1], 0o666)
        server.serve_forever()

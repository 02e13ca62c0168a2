"""A decoder that somebody took over can lie about its own message, and that is all."""
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
import rig as rigs
from rig import Rig, eicar, wait_for
from test_scanning import Place, attachment, multipart

ENGINE = 'scanner: { engine: { type = "clamav"; signatures = "test"; }; };\n'
DECODER = 'decoder: { timeout = "2s"; max_size_out = "16M"; };\n'

# lie: what a harmless message comes to, and what an infected one. A report that does not hold together is no report:
# the message is shown to the scanners whole, and a decoder that fails twice on it is a fact about it.
REFUSED = ("550 5.7.1 unscannable", "550 5.7.1 infected")
TROUBLE = ("451 4.7.1", "550 5.7.1 infected")
BELIEVED = ("250", "550 5.7.1 infected")
LIES = {
    "none": BELIEVED,
    "range": REFUSED, "pack": REFUSED, "huge": REFUSED, "parent": REFUSED, "counts": REFUSED, "arrays": REFUSED,
    "gap": REFUSED, "twice": REFUSED, "short": REFUSED, "unfinished": REFUSED, "kinds": REFUSED, "text": REFUSED,
    "noparts": REFUSED, "noise": REFUSED,
    "empty": BELIEVED,   # nobody stands for those bytes: they are judged as they stand
    "frame": BELIEVED,   # all is judged as it stands
    "repeat": BELIEVED,  # what it calls a repeat is judged all the same
    "grow": BELIEVED, "descriptors": TROUBLE,
    "crash": REFUSED, "exit": TROUBLE, "endless": TROUBLE, "keep": TROUBLE,
}


def hostile_build(folder):
    """The programs side by side as cordond wants them, with the decoder taken over."""
    for program in ("cordond", "cordon", "cordon-gate", "cordon-engine-clamav"):
        shutil.copy2(os.path.join(os.environ["CORDON_BUILD"], program), os.path.join(folder, program))
    shutil.copy2(os.environ["HOSTILE_DECODER"], os.path.join(folder, "cordon-decoder"))
    os.chmod(folder, 0o755)


def message(lie, data):
    return multipart([b"\r\nsome text\r\n", attachment(data)]).replace(b"MIME-Version", b"X-Lie: " + lie.encode() + b"\r\nMIME-Version")


def descriptors(cordon):
    return [len(os.listdir(f"/proc/{pid}/fd")) for pid in cordon.pids("cordon-gate")]


def test_lies_harm_their_own_message_alone():
    with Rig() as rig:
        place = Place(rig, ENGINE + DECODER, 'policy: { infected = "reject"; };')
        gate = place.cordon.pids("cordon-gate")
        for data in (b"harmless\n" * 30, eicar()):
            assert place.mail(message("none", data)).startswith(LIES["none"][data == eicar()])
        before = descriptors(place.cordon)
        wrong = []
        for lie, replies in LIES.items():
            for reply, data in zip(replies, (b"harmless\n" * 30, eicar())):
                got = place.mail(message(lie, data))
                if not got.startswith(reply):
                    wrong.append(f"{lie}: {got}, not {reply}")
                truth = place.mail(message("none", data)), LIES["none"][data == eicar()]
                if not truth[0].startswith(truth[1]):
                    wrong.append(f"after {lie}: {truth[0]}")
        assert not wrong, "\n".join(wrong)
        assert place.cordon.pids("cordon-gate") == gate, "the gate is another one"
        # Connections to the next hop, sessions and canaries come and go; a descriptor for each lie would be some fifty that stay.
        wait_for(lambda: descriptors(place.cordon)[0] <= before[0] + 3, f"no more descriptors than {before} and three")


def test_reports_with_flipped_bits():
    """Whatever such a report says, an infected message is never passed, and the gate lives."""
    with Rig() as rig:
        place = Place(rig, ENGINE + DECODER, 'policy: { infected = "reject"; };')
        gate = place.cordon.pids("cordon-gate")
        for number in range(150):
            got = place.mail(message("flip", eicar()))
            assert got[0] in "45", (number, got)
        assert place.mail(message("none", b"harmless\n")).startswith("250")
        assert place.cordon.pids("cordon-gate") == gate, "the gate is another one"


TESTS = {f.__name__: f for f in (test_lies_harm_their_own_message_alone, test_reports_with_flipped_bits)}


def main():
    with tempfile.TemporaryDirectory(prefix="cordon-hostile-") as folder:
        hostile_build(folder)
        rigs.BUILD = folder
        rigs.main(TESTS)


if __name__ == "__main__":
    main()

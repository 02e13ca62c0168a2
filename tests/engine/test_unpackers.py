"""Each unpacker of libclamav still finds what it must inside the engine's box, also with Landlock off.

The signature stands for the test file at the very start of a file: only what was unpacked begins with it.
"""
import glob
import hashlib
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "system"))
from rig import BUILD, Rig, eicar  # noqa: E402
import samples  # noqa: E402

TESTFILES = "/usr/share/clamav-testfiles"  # Debian's package of that name: harmless, and in formats that nobody writes any more


def judge(rig, signatures, paths, *options):
    base = rig.path("base")
    os.makedirs(base, exist_ok=True)
    out = subprocess.run([os.path.join(BUILD, "tests/engine/engine_box"), *options, signatures, base, *paths],
                         stdout=subprocess.PIPE, text=True, check=True).stdout
    answers = {}
    for line in out.splitlines():
        if not line.startswith("#"):
            result, text, path = line.split("\t")
            answers[os.path.basename(path)] = (result, text)
    assert len(answers) == len(paths), out
    return answers


def main():
    failed = 0
    with Rig() as rig:
        os.makedirs(rig.path("signatures"))
        with open(rig.path("signatures", "eicar.ndb"), "w") as f:
            f.write(f"Test.Eicar:0:0:{eicar().hex()}\n")
        made = samples.made_by_python(eicar())
        by_tools, missing = samples.made_by_tools(eicar(), rig.folder)
        made.update(by_tools)
        paths = [rig.write("sample-" + name, content) for name, content in made.items()]
        clean = [rig.write("clean-" + name, content) for name, content in samples.made_by_python(b"x" * 68).items()]
        old = sorted(glob.glob(TESTFILES + "/clam*"))
        if old:
            with open(os.path.join(TESTFILES, "clam.exe"), "rb") as f:
                content = f.read()
            with open(rig.path("signatures", "clam.hdb"), "w") as f:
                f.write(f"{hashlib.md5(content).hexdigest()}:{len(content)}:Test.Clam\n")
        else:
            missing.append(f"{TESTFILES} (no clamav-testfiles)")

        for options in ([], ["--without-landlock"]):
            answers = judge(rig, rig.path("signatures"), paths + old + clean, "--self-test", *options)
            for name, (result, text) in sorted(answers.items()):
                expected = "clean" if name.startswith("clean-") else "infected"
                if result != expected:
                    failed += 1
                    print(f"FAILED  {' '.join(options)} {name}: {result} {text}, expected {expected}")
            print(f"{len(answers)} samples judged {' '.join(options)}")
    for name in missing:
        print(f"skipped {name}")
    return 1 if failed else 0


sys.exit(main())

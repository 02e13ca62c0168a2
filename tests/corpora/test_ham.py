#!/usr/bin/env python3
"""No honest mail is stopped: the decoder calls less than one in a thousand more than odd, and at most one in a hundred
odd. All files of a folder called `ham` are honest mail, and in the corpora those that their makers say are.

    test_ham.py BUILD_FOLDER FOLDER...
"""
import collections
import os
import re
import sys

sys.dont_write_bytecode = True
import reports  # noqa: E402

HAM = re.compile(r"(/ham/|/sa-public-corpus-a/(easy|hard)-ham|/spamassassin-tdata/(nice|welcomelists))")
MOST_STOPPED, MOST_TAGGED = 0.001, 0.01
STOPPING = ("limit", "dead")  # the other kinds are tagged and delivered
BATCH = 200


def main():
    build, folders = sys.argv[1], [os.path.abspath(folder) for folder in sys.argv[2:]]
    paths = sorted(path for path in reports.files(folders) if HAM.search(path))
    reasons, stopped, tagged = collections.Counter(), [], []
    for at in range(0, len(paths), BATCH):
        batch = paths[at:at + BATCH]
        for path, report in zip(batch, reports.of_files(reports.decoder(build, "--mail"), batch)):
            findings = {(f["kind"], f["text"]) for f in report["findings"]} if report else {("dead", "the decoder")}
            kinds = set(report["kinds"]) if report else {"dead"}
            reasons.update(findings)
            if kinds & set(STOPPING):
                stopped.append(path)
            elif kinds:
                tagged.append(path)
    total = len(paths)
    assert total > 0, "no honest mail was found"
    print(f"{total} honest mails: {total - len(stopped) - len(tagged)} clean, {len(tagged)} tagged "
          f"({len(tagged) / total:.2%}), {len(stopped)} stopped ({len(stopped) / total:.2%})")
    for (kind, text), count in sorted(reasons.items(), key=lambda item: (-item[1], item[0])):
        print(f"{count:6} {kind}: {text}")
    for path in stopped + tagged:
        print(f"       {os.path.basename(path)}")
    is_good = len(stopped) <= MOST_STOPPED * total and len(tagged) <= MOST_TAGGED * total
    return 0 if is_good else 1


sys.exit(main())

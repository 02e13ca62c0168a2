#!/usr/bin/env python3
"""Sound archives are not called damaged, and give as many members as 7-Zip lists.

An archive is sound where `7z t` says so. What differs is explained in the table below, or the test fails.

    test_archives.py BUILD_FOLDER CORPORA_FOLDER
"""
import collections
import os
import subprocess
import sys

sys.dont_write_bytecode = True
import reports  # noqa: E402

CORPORA = ("commons-compress", "golang-testdata", "libzip-regress", "rubyzip", "yauzl", "rarfile", "clamav-testfiles")
NOTES = {  # what may be said of a sound archive: a beginning of the text, and why
    "zip: method ": "methods of 1989 that nothing here opens",
    "rar: part of a multi-volume archive": "7-Zip finds the other parts beside it",
    "decoded bytes: more than ": "a file of 4 GB, packed",
    "tar: a sparse file that is too large": "files of 8 GB and more, all of it holes",
    "Pack200 archive": "Java's format, which Java dropped",
    "snappy file": "no mail program opens it",
    "InstallShield cabinet": "nothing here opens it",
    "NSIS installer": "nothing here opens it",
    "disk image: ": "nothing here opens it",
    "7z: a method that nothing here opens": "Deflate64 within 7z, seen for one of two readings",
}
DAMAGED = {
    "COMPRESS-681.7z": "has archive properties, which libarchive does not read",
    "bla.noendheaderoffset.7z": "its start was never written; 7-Zip tells too, and mends it",
}
FEWER = {
    "COMPRESS-681.7z": "see above",
    "archive__tar__testdata__hardlink.tar": "a hard link has no bytes",
    "archive__tar__testdata__pax.tar": "a symbolic link has no bytes",
    "archive__tar__testdata__writer.tar": "a symbolic link has no bytes",
    "rar3-vols.part1.rar": "the second one is in the next part",
    "rar5-vols.part1.rar": "the second one is in the next part",
    "clam.chm": "four are of the format's own",
}


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL)


def sound_members(path):
    """How many files a sound archive has; None where it is not sound, or not an archive but a program."""
    if path.endswith(".exe") or run("7z", "t", "-y", "-px", path).returncode != 0:
        return None
    listed = run("7z", "l", "-slt", "-ba", "-px", path).stdout
    return sum("Path = " in entry and "Folder = +" not in entry and "Attributes = D" not in entry
               for entry in listed.split("\n\n"))


def judge(path, report, members):
    """What is wrong with the report of a sound archive."""
    name = os.path.basename(path)
    texts = {(f["kind"], f["text"]) for f in report["findings"]}
    for kind, text in texts:
        if kind == "damaged" and name in DAMAGED:
            continue
        if not any(text.startswith(start) for start in NOTES):
            yield f"{kind}: {text}"
    have = sum(part["depth"] == 1 for part in report["parts"])
    is_told = any(kind in ("unsupported", "limit") for kind, _ in texts)
    if have < members and name not in FEWER and not is_told:
        yield f"{have} members, 7-Zip has {members}"


def main():
    build, folder = sys.argv[1:3]
    table, failed = collections.defaultdict(collections.Counter), 0
    for corpus in CORPORA:
        for path in reports.files([os.path.join(folder, corpus)]):
            members = sound_members(path)
            if members is None:
                continue
            report = reports.of_files(reports.decoder(build), [path])[0]
            assert report is not None, path
            row = table[corpus]
            row["sound"] += 1
            row["theirs"] += members
            row["ours"] += sum(part["depth"] == 1 for part in report["parts"])
            row["noted"] += bool(report["kinds"])
            for what in judge(path, report, members):
                failed += 1
                print(f"{path}: {what}")
    for corpus, row in table.items():
        print(f"{corpus}: {row['sound']} sound archives, {row['theirs']} members by 7-Zip, {row['ours']} by us with all "
              f"readings, something to note at {row['noted']}")
    assert table, "no archive was looked at"
    return 1 if failed else 0


sys.exit(main())

#!/usr/bin/env python3
"""What Python's email package and GMime agree about must be among our parts.

Every mail of the corpora is read by all three. Wherever the other two have a leaf with the same bytes in common, one of
our parts must have exactly these bytes. What differs is explained in the table below, or the test fails.

    test_differential.py BUILD_FOLDER CORPORA_FOLDER...
"""
import collections
import email
import email.policy
import hashlib
import os
import sys
import tempfile

sys.dont_write_bytecode = True
import reports  # noqa: E402

BATCH = 200  # mails at a time
MAIL_LIKE = 2048  # bytes that are looked at
EXPLAINED = {
    # (corpus, file): (leaves, why)
}


def digest(data):
    return hashlib.sha256(data).hexdigest()


def is_mail(data):
    """A first line that is a header field, or a mailbox's From line and then a header field."""
    if data.startswith(b"From "):
        data = data.partition(b"\n")[2]
    name, colon, _ = data[:MAIL_LIKE].partition(b"\n")[0].partition(b":")
    return bool(colon) and name.strip() != b"" and all(33 <= c <= 126 for c in name.strip())


def by_python(data):
    leaves = []
    for part in email.message_from_bytes(data, policy=email.policy.compat32).walk():
        if not part.is_multipart():
            leaves.append(part.get_payload(decode=True) or b"")
    return leaves


def mails(folders):
    for path in reports.files(folders):
        with open(path, "rb") as f:
            data = f.read()
        if is_mail(data):
            yield path, data.partition(b"\n")[2] if data.startswith(b"From ") else data


def compare(build, batch, scratch, found):
    """Adds what of each mail the two have in common and we don't."""
    copies = []
    for number, (_, data) in enumerate(batch):
        copies.append(os.path.join(scratch, f"{number:04}.eml"))
        with open(copies[-1], "wb") as f:
            f.write(data)
    ours = reports.of_files(reports.decoder(build, "--mail"), copies)
    theirs = reports.of_files([os.path.join(build, "tests/corpora/gmime_parts")], copies)
    for (path, data), report, leaves in zip(batch, ours, theirs):
        assert report is not None, f"{path}: not decoded"
        try:
            python = {digest(leaf): leaf for leaf in by_python(data)}
        except Exception:  # it has bugs of its own
            python = {}
            found["that Python's dies of"] += 1
        python = {key: leaf for key, leaf in python.items() if leaf}
        leaves = [leaf for leaf in leaves or [] if leaf[1] > 0]
        common = [leaf for leaf in leaves if leaf[0] in python]
        have = {part["sha256"] for part in report["parts"]}
        found["mails"] += 1
        found["leaves of Python's"] += len(python)
        found["leaves of GMime's"] += len(leaves)
        found["in common"] += len(common)
        alone = {leaf[0] for leaf in leaves} ^ set(python)
        found["that one of them alone has"] += len(alone)
        found["of these among ours"] += len(alone & have)
        missing = [leaf for leaf in common if leaf[0] not in have]
        if missing:
            found["missing"].append((path, [(leaf[1], python[leaf[0]]) for leaf in missing], report))


def main():
    build, folders = sys.argv[1], [folder for folder in sys.argv[2:] if os.path.isdir(folder)]
    found = collections.Counter()
    found["missing"] = []
    with tempfile.TemporaryDirectory() as scratch:
        batch = []
        for mail in mails(folders):
            batch.append(mail)
            if len(batch) == BATCH:
                compare(build, batch, scratch, found)
                batch = []
        if batch:
            compare(build, batch, scratch, found)
    missing = found.pop("missing")
    print(", ".join(f"{count} {what}" for what, count in found.items()))
    failed = 0
    seen = set()
    for path, leaves, report in missing:
        key = (os.path.basename(os.path.dirname(path)), os.path.basename(path))
        seen.add(key)
        if EXPLAINED.get(key, (0,))[0] == len(leaves):
            continue
        failed += 1
        print(f"{path}: not among our parts:")
        for size, leaf in leaves:
            print(f"    {size} bytes {leaf[:60]!r} ... {leaf[-40:]!r}")
        for part in report["parts"]:
            print(f"    ours: {part['path']} {part['declared']} {part['size']} {part['how']}")
    assert found["mails"] > 0 and found["in common"] > 0, "no mail was compared"
    print(f"{len(missing) - failed} explained differences, {failed} others")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

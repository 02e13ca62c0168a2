#!/usr/bin/env python3
"""Adversarial messages beyond those of the catalogue: python3 more.py FOLDER writes them and FOLDER/manifest.tsv.

Each class comes twice: with the EICAR string, and as a harmless twin of the same construction. The columns of the
manifest: id, class, file, expected (infected: some reader rebuilds the payload; unscannable: nobody can tell from this
message alone, so it has to be flagged; benign: the twin), notes.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import blocks  # noqa: E402
import more_files  # noqa: E402
import more_inner  # noqa: E402
import more_joint  # noqa: E402
import more_mail  # noqa: E402
import more_texts  # noqa: E402
import more_wild  # noqa: E402


RAGGED = ("header", "boundary", "structure")


def variants(group, payload):
    """(suffix, payload): as it is, and where it could be guessed, in a zip in lines of mixed length."""
    blocks.is_ragged[0] = False
    yield "", payload
    blocks.is_ragged[0] = group in RAGGED
    if group in RAGGED:
        yield ".zip", blocks.mkzip([("file.bin", payload, 8)])
    blocks.is_ragged[0] = False


def generate(folder):
    os.makedirs(folder, exist_ok=True)
    rows = []
    for number, group, slug, title, build, expected in (more_mail.CASES + more_files.CASES + more_inner.CASES + more_joint.CASES +
                                                        more_wild.CASES + more_texts.CASES):
        for payload, twin in ((blocks.EICAR, ""), (blocks.TWIN, ".twin")):
            for suffix, content in variants(group, payload):
                blocks.subject[0] = f"{number} {slug}{suffix}{twin}"
                name = f"{number}-{slug}{suffix}{twin}.eml"
                with open(os.path.join(folder, name), "wb") as out:
                    out.write(build(content))
                verdict = expected if twin == "" or expected == "unscannable" else "benign"
                rows.append((number, f"{group}/{slug}", name, verdict, title))
    with open(os.path.join(folder, "manifest.tsv"), "w", encoding="utf-8") as manifest:
        manifest.write("id\tclass\tfile\texpected\tnotes\n")
        for row in rows:
            manifest.write("\t".join(row) + "\n")
    return rows


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print(f"{len(generate(sys.argv[1]))} messages in {sys.argv[1]}")

#!/usr/bin/python3
"""test_format.py STORE_SAMPLE: a store that Cordon's code wrote is what cordon-store(5) says: a reader that was made
from that page alone reads it, and notices whatever is altered."""
import os
import shutil
import subprocess
import sys
import tempfile

import read_store as reader


def check_whole(folder):
    head, records = reader.read_store(folder + "/store", folder + "/head")
    kinds = [records[n].kind for n in sorted(records)]
    assert kinds == [reader.PART, reader.MESSAGE, reader.MESSAGE, reader.TOMBSTONE, reader.NOTE, reader.SLOTS,
                     reader.SLOTS], kinds
    assert [n for n in records if records[n].state == "erased"] == [3]
    assert head["oldest"] == 1 and head["segment"] == 2 and head["sequence"] == 7, head
    return head, records


def check_opened(folder, head, records):
    root = reader.read_key(folder + "/root", "cordon-store-root-1")
    seed = reader.derive(root, 4)
    assert reader.sodium.crypto_sign_seed_keypair(seed)[0] == head["signer"]
    fields = reader.read_meta(records[2], root, head["store"])
    assert [value for number, value in fields if number == 2] == [b"b@example.org", b"c@example.org"], fields
    with open(folder + "/message", "rb") as file:
        message = file.read()
    for name in "first", "second":
        secret = reader.read_key(f"{folder}/{name}.secret", "cordon-owner-secret-1")
        public = reader.read_key(f"{folder}/{name}.pub", "cordon-owner-public-1")
        assert reader.sodium.crypto_scalarmult_base(secret) == public
        assert reader.read_content(records, 2, secret, root, head["store"]) == message, name


def is_noticed(folder):
    try:
        reader.read_store(folder + "/store", folder + "/head")
    except reader.Damage:
        return True
    return False


def check_altered(folder):
    """Every byte but those of the long content, of which some do; where signatures can't be looked at, not theirs."""
    missed = []
    head_path = folder + "/head"
    for path in folder + "/store/segments/00000001.seg", folder + "/store/segments/00000002.seg", head_path:
        with open(path, "rb") as file:
            whole = file.read()
        places = range(len(whole))
        if len(whole) > 100000:
            places = [*range(600), *range(600, len(whole), 10007), *range(len(whole) - 100, len(whole))]
        with open(path, "r+b") as file:
            for place in places:
                os.pwrite(file.fileno(), bytes([whole[place] ^ 1]), place)
                if not is_noticed(folder):
                    missed.append((path, place))
                os.pwrite(file.fileno(), whole[place:place + 1], place)
    if reader.sodium is None:
        missed = [(path, place) for path, place in missed if path != head_path and place >= 256]
    assert not missed, missed[:10]
    assert not is_noticed(folder)


def main():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.argv[1], folder], check=True)
        head, records = check_whole(folder)
        if reader.sodium is not None and shutil.which("zstd"):
            check_opened(folder, head, records)
        else:
            print("without python3-nacl and zstd: neither signatures nor what is encrypted was looked at")
        check_altered(folder)


main()

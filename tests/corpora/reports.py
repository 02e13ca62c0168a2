"""Runs a program of this folder that prints a line of JSON for each file it is given."""
import json
import os
import subprocess


def of_files(command, paths):
    """What it prints for each path, which must be in order; None for one at which it dies."""
    result = subprocess.run(command + paths, capture_output=True)
    lines = result.stdout.decode("utf-8", "replace").split("\n")[:-1]
    if result.returncode == 0 and len(lines) == len(paths):
        return [json.loads(line) for line in lines]
    if len(paths) == 1:
        return [None]
    middle = len(paths) // 2
    return of_files(command, paths[:middle]) + of_files(command, paths[middle:])


def decoder(build, *options):
    return [os.path.join(build, "tests/corpora/corpora_parts"), *options]


def files(folders):
    """All files below the folders that are there, but those that describe them; in order."""
    for folder in folders:
        for root, folders_below, names in os.walk(folder):
            folders_below.sort()
            for name in sorted(names):
                if not name.startswith(("README", ".git")):
                    yield os.path.join(root, name)

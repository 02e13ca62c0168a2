#!/usr/bin/python3
"""check_manuals.py CORDON CORDOND PAGE...: the pages are well-formed mdoc, and name all that can be typed."""
import re
import shutil
import subprocess
import sys

failures = []


def lint(page):
    checker = ["mandoc", "-Tlint", "-W", "error"] if shutil.which("mandoc") else ["groff", "-mandoc", "-ww", "-z"]
    result = subprocess.run([*checker, page], capture_output=True, text=True)
    if result.returncode != 0 or result.stdout or result.stderr:
        failures.append(f"{page}: {result.stdout}{result.stderr}")


def page_of(name, pages):
    found = [p for p in pages if p.endswith("/" + name)]
    return open(found[0]).read() if found else ""


def check_subcommands(cordon, pages):
    help_text = subprocess.run([cordon, "--help"], capture_output=True, text=True, check=True).stdout
    names = re.findall(r"^  (\w+) ", help_text, re.M)
    if not names:
        failures.append(f"{cordon} --help names no subcommand")
    for name in names:
        page = page_of(f"cordon-{name}.8", pages)
        if f"\n.Cm {name}\n" not in page or f"cordon-{name} 8" not in page_of("cordon.8", pages):
            failures.append(f"no page cordon-{name}.8, or cordon.8 does not lead to it")
        options = subprocess.run([cordon, name, "--help"], capture_output=True, text=True, check=True).stdout
        check_options(f"cordon {name}", options, page, f"cordon-{name}.8")


def check_options(program, help_text, page, page_name):
    for option in set(re.findall(r"--([a-z-]+)", help_text)):
        if f"Fl -{option}" not in page:
            failures.append(f"{page_name} says nothing about --{option} of {program}")
    for letter in set(re.findall(r"^ +-([a-zA-Z]), --", help_text, re.M)):
        if not re.search(rf"Fl {letter}\b", page):
            failures.append(f"{page_name} says nothing about -{letter} of {program}")


def main():
    cordon, cordond, pages = sys.argv[1], sys.argv[2], sys.argv[3:]
    for page in pages:
        lint(page)
    check_subcommands(cordon, pages)
    help_text = subprocess.run([cordond, "--help"], capture_output=True, text=True, check=True).stdout
    check_options("cordond", help_text, page_of("cordond.8", pages), "cordond.8")
    for failure in failures:
        print(failure, file=sys.stderr)
    sys.exit(1 if failures else 0)


main()

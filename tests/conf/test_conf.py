#!/usr/bin/python3
"""Bad configurations, as an operator meets them: cordond --check and cordon config tell each mistake and exit 78.

The files of bad/ begin with lines "#! LINE | WRONG | MEND" for what is to be told.
"""
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ["CORDON_BUILD"]
SAMPLE = os.path.join(os.path.dirname(os.path.dirname(HERE)), "etc", "cordon.conf")
failures = []


def run(*arguments):
    return subprocess.run(arguments, capture_output=True, text=True, timeout=60)


def check(condition, what):
    if not condition:
        failures.append(what)


def check_told(program, result, path, expected):
    told = result.stderr
    check(result.returncode == 78, f"{program} {path}: exit status {result.returncode}, not 78")
    check(result.stdout == "", f"{program} {path}: standard output has {result.stdout!r}")
    for line, wrong, mend in expected:
        found = any(l.startswith(f"{path}:{line}: ") and wrong in l and mend in l[l.index(wrong):] for l in told.splitlines())
        check(found, f"{program} {path}: nothing about line {line}, {wrong!r}, {mend!r}: {told}")


def test_bad_configurations():
    folder = os.path.join(HERE, "bad")
    names = sorted(os.listdir(folder))
    check(len(names) >= 40, "too few bad configurations")
    for name in names:
        path = os.path.join(folder, name)
        expected = [[part.strip() for part in found.split("|")]
                    for found in re.findall(r"^#! (.*)$", open(path, encoding="utf-8").read(), re.M)]
        check(expected, f"{path} says not what is to be told")
        check_told("cordond", run(os.path.join(BUILD, "cordond"), "--check", "-c", path), path, expected)
        check_told("cordon", run(os.path.join(BUILD, "cordon"), "config", "--config", path), path, expected)


def test_sample_and_effective_configuration():
    result = run(os.path.join(BUILD, "cordond"), "--check", "-c", SAMPLE)
    check(result.returncode == 0 and result.stderr == "", f"the sample: {result}")
    first = run(os.path.join(BUILD, "cordon"), "config", "--config", SAMPLE)
    check(first.returncode == 0 and "cordon.conf:" in first.stdout and "# default" in first.stdout, f"{first}")
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as f:
        f.write(first.stdout)
        f.flush()
        second = run(os.path.join(BUILD, "cordon"), "config", "--config", f.name)
    values = [[l.split("#")[0].rstrip() for l in text.splitlines()] for text in (first.stdout, second.stdout)]
    check(values[0] == values[1], "what cordon config prints is not read as the same")


def test_sample_shows_the_defaults():
    """Whatever is commented out in the sample is the default, as it says."""
    text = open(SAMPLE, encoding="utf-8").read()
    text = re.sub(r'(?ms)^    # \w+: \{\n    #     type = "(command|communigate)".*?^    # \};\n', "", text)  # examples, whole
    text = re.sub(r"(?ms)^# store: \{\n.*?^# \};\n", "", text)
    shown = run(os.path.join(BUILD, "cordon"), "config", "--config", SAMPLE).stdout
    settings = re.findall(r"^ *# +(?:    )?(\w+) += ([^;]+);", text, re.M)
    check(len(settings) >= 20, f"the sample shows {len(settings)} defaults")
    examples = {"address", "next_hop", "mode", "clamd", "hostname", "names", "types", "paths", "allow"}
    def plain(value):
        for before, after in (('"240s"', '"4m"'), ('["tag", "pass"]', '["pass", "tag"]')):
            value = value.replace(before, after)
        return value
    for key, value in settings:
        if key not in examples:
            found = [l.split("#")[0].strip() for l in shown.splitlines() if re.match(rf"^ *{key} = ", l)]
            check(f"{key} = {plain(value)};" in found, f"the sample says {key} = {value}, and the default is {found}")


def test_sample_programs_are_right():
    """The examples of foreign programs, with a program and a user that every machine has."""
    blocks = re.findall(r'(?ms)^    # \w+: \{\n    #     type = "(?:command|communigate)".*?^    # \};\n',
                        open(SAMPLE, encoding="utf-8").read())
    check(len(blocks) >= 4, f"the sample has {len(blocks)} examples of programs")
    text = re.sub(r'(?m)^    # ', "    ", "".join(blocks))
    text = re.sub(r'user = "\w+"', 'user = "games"', re.sub(r'"/usr/(local/)?bin/\w+"', '"/bin/true"', text))
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as f:
        f.write("scanner: {\n    engine: { };\n" + text + "};\n")
        f.flush()
        result = run(os.path.join(BUILD, "cordond"), "-c", f.name, "--check")
    check(result.returncode == 0, f"the sample's programs: {result.stderr}")


def test_sample_store_is_right():
    """The example of a store, as it stands there."""
    block = re.search(r"(?ms)^# store: \{\n.*?^# \};\n", open(SAMPLE, encoding="utf-8").read())
    check(block is not None, "the sample has no store")
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as f:
        f.write(re.sub(r"(?m)^# ?", "", block.group()) + 'policy: { infected = "discard"; };\n')
        f.flush()
        result = run(os.path.join(BUILD, "cordon"), "config", "--config", f.name)
    check(result.returncode == 0, f"the sample's store: {result.stderr}")
    check('owner_key = "/etc/cordon/keys/quarantine.secret";' in result.stdout, f"its keys are made: {result.stdout}")


for test in [f for n, f in list(globals().items()) if n.startswith("test_")]:
    test()
print("\n".join(failures) if failures else "configurations: as they should be")
sys.exit(1 if failures else 0)

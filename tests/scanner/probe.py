"""The scanner_probe program on a string."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "system"))
from rig import BUILD, USER, wait_for  # noqa: E402


class Probe:
    def __init__(self, rig, configuration, name="probe", engine="cordon-engine-clamav"):
        run = rig.path(name + "-run")
        os.makedirs(run, exist_ok=True)
        os.chmod(run, 0o755)
        path = rig.write(name + ".conf", f'user = "{USER}";\nrun_directory = "{run}";\n{configuration}\n')
        self.log = open(rig.path(name + ".log"), "ab")
        self.process = subprocess.Popen(
            [os.path.join(BUILD, "tests/scanner/scanner_probe"), path, os.path.join(BUILD, engine)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True)
        rig.stack.callback(self.close)

    def ask(self, command):
        """The lines of the answer."""
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        lines = []
        while True:
            line = self.process.stdout.readline()
            assert line.endswith("\n"), f"scanner_probe ended at {command!r}"
            if line == ".\n":
                return lines
            lines.append(line[:-1])

    def judge(self, path):
        """The verdict, and {scanner: (kind, text)}."""
        return self.read(self.ask("judge " + path))

    def judge_parts(self, paths):
        return self.read(self.ask("parts " + " ".join(paths)))

    def read(self, lines):
        answers = {}
        for line in lines[:-1]:
            name, kind, _, text = line.split(" ", 3)
            answers[name] = (kind, text)
        return lines[-1].split()[1], answers

    def state(self, name):
        line = next(x for x in self.ask("status") if x.startswith(f"scanner.{name}.state="))
        return line.split()[0].split("=")[1]

    def wait_state(self, name, state, seconds=40):
        def reached():
            self.ask("tend")
            return self.state(name) == state
        wait_for(reached, f"{name} to be {state}", seconds)

    def engine(self):
        def said():
            status = dict(x.split("=", 1) for x in self.ask("engine") if "=" in x)
            return status if "scanning" in status else None
        return wait_for(said, "the engine's status")

    def engine_pid(self):
        return int(self.ask("engine")[0].split()[1])

    def close(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()


def run(tests):
    """Runs the functions, prints what failed, exits 1 where any did."""
    failed = 0
    wanted = sys.argv[1:]
    for test in tests:
        if wanted and test.__name__ not in wanted:
            continue
        try:
            test()
            print(f"ok      {test.__name__}", flush=True)
        except Exception:  # every failure is to be seen
            import traceback
            traceback.print_exc()
            print(f"FAILED  {test.__name__}", flush=True)
            failed += 1
    sys.exit(1 if failed else 0)

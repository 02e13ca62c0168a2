"""The measuring behind script/bench. Ratios inside one pass count; absolute figures drift with the machine.

Own CPU is what the process trees of a daemon took, children that ended included, from /proc. Every pass runs the things
that are compared one after the other, in turn the one and the other first.
"""
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

PEERS = os.path.abspath(os.environ["CORDON_PEERS"])
AVB = os.environ["AVB"]
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [PEERS, os.path.join(HERE, "..", "system")]
import measure  # noqa: E402  (the peers' own)
from rig import Rig, free_port  # noqa: E402

SINK = 2500
PASSES = int(os.environ.get("CORDON_PASSES", 3))
MESSAGES = int(os.environ.get("CORDON_MESSAGES", 100))
CONCURRENCY = 8
SMALL_MESSAGES = 1000
ROLES = {"gate": "cordon-gate", "decoder": "cordon-decoder", "engine": "cordon-engine-clamav"}


def setup(script, *arguments):
    done = subprocess.run(["bash", os.path.join(PEERS, script), *arguments], capture_output=True, text=True,
                          env=dict(os.environ, AVB=AVB), start_new_session=True)
    if done.returncode != 0:
        raise SystemExit(f"{script} {' '.join(arguments)}: {done.stdout}{done.stderr}")


def stop_peers():
    subprocess.run(["bash", os.path.join(PEERS, "stop_all.sh")], capture_output=True, env=dict(os.environ, AVB=AVB), check=False)


def clamd(which):
    """clamd, shown the message, or the message and its parts."""
    return f'clamd: {{ type = "clamd"; address = "unix:{AVB}/run/clamd.sock"; input = "{which}"; concurrency = {CONCURRENCY}; }};'


def engine(signatures, more=""):
    return f'engine: {{ type = "clamav"; signatures = "{AVB}/db/{signatures}"; {more} }};'


def cordon(rig, scanner):
    """Starts cordond and makes it and its roles targets of measure.py, which knows processes by their pid files."""
    port = free_port()
    daemon = rig.cordon(f"""
listen: {{ bench: {{ address = "127.0.0.1:{port}"; next_hop = "smtp://127.0.0.1:{SINK}"; max_message_size = "64M"; }}; }};
scanner: {{ {scanner} }};
policy: {{ infected = ["discard", "forget"]; }};
log: {{ format = "keyvalue"; }};
""")
    pids = {"cordon": daemon.process.pid}
    for role, program in ROLES.items():
        pids.update({role: pid for pid in daemon.pids(program)[:1]})  # the parent of a pool comes before its children
    for name in ["cordon", *ROLES]:
        path = f"{AVB}/run/{name}.pid"
        if name in pids:
            with open(path, "w") as f:
                f.write(str(pids[name]))
        elif os.path.exists(path):
            os.unlink(path)
    measure.T["cordon"] = (port, ["cordon", *ROLES])
    return daemon


def once(target, messages=None, concurrency=CONCURRENCY, corpus="bench.txt"):
    messages = messages or MESSAGES
    result = measure.run_one(target, concurrency, messages, corpus, 4, [], "clamd", sampling=False)
    refused = messages - int(result.get("ok250", messages))
    if refused:
        print(f"  note: {target}: {refused} of {messages} were not accepted: {result}")
    return result


def in_turn(number, *steps):
    for step in steps if number % 2 == 0 else reversed(steps):
        step()


def row(name, values, unit):
    print(f"  {name:<44} {statistics.median(values):9.2f} {unit}   (min {min(values):.2f}, max {max(values):.2f}, "
          f"{len(values)} passes)", flush=True)


def own(result):
    """Without the engine, which is a scanner though it is ours."""
    return result["cpu_k"]["cordon"] - result["cpu_k"]["engine"]


def bench_cpu():
    """Own CPU per message, scanner excluded, beside amavisd on the same mail."""
    print("Own CPU per message (scanner, generator and sink excluded), tiny signature set")
    setup("setup_sink.sh")
    setup("setup_clamd.sh", "tiny", "nocache")
    setup("setup_amavis.sh")
    kinds = {"cordon, clamd, input = message": clamd("message"), "cordon, clamd, input = both": clamd("both"),
             "cordon, embedded engine": engine("tiny")}
    ours, theirs = {name: [] for name in kinds}, []

    def run_ours(name):
        with Rig() as rig:
            cordon(rig, kinds[name])
            ours[name].append(own(once("cordon")))

    for number in range(PASSES):
        steps = [lambda name=name: run_ours(name) for name in kinds]
        in_turn(number, *steps, lambda: theirs.append(once("amavis")["cpu_k"]["amavis"]))
    for name, values in ours.items():
        row(name, values, "ms")
    row("amavisd", theirs, "ms")
    ratio = max(statistics.median(values) for values in ours.values()) / statistics.median(theirs)
    print(f"  ratio of the dearest: {ratio:.3f} of amavisd's (to reach: under 0.1)")


def corpus_as_shown(folder, count):
    """The corpus with what Cordon and the generator put on top, so that clamd has the same work in both."""
    paths = []
    for number, path in enumerate(open(f"{AVB}/corpus/bench.txt").read().split()[:count]):
        with open(path, "rb") as f:
            data = b"X-Cordon-Scan: pending\r\nX-Bench-Id: cordon0000000000-%d\r\n" % number + f.read()
        paths.append(f"{folder}/{number}.eml")
        with open(paths[-1], "wb") as f:
            f.write(data)
    with open(f"{folder}/list", "w") as f:
        f.write("\n".join(paths) + "\n")
    return f"{folder}/list"


def bench_throughput():
    """Throughput with clamd and the large signature set, beside the same messages straight to clamd by FILDES."""
    print("Throughput, large signature set, input = message, concurrency", CONCURRENCY)
    setup("setup_sink.sh")
    setup("setup_clamd.sh", "large", "nocache")
    folder = tempfile.mkdtemp(prefix="cordon-bench-")
    try:
        shown = corpus_as_shown(folder, MESSAGES)
        straight, ours, work = [], [], {"straight": [], "ours": []}

        def run_straight():
            result = measure.raw("fildes", CONCURRENCY, MESSAGES, os.path.relpath(shown, f"{AVB}/corpus"), "clamd")
            straight.append(result["msgs_s"])
            work["straight"].append(result["cpu_k"]["clamd"])

        def run_ours():
            with Rig() as rig:
                cordon(rig, clamd("message"))
                result = once("cordon")
                ours.append(result["msgs_s"])
                work["ours"].append(result["cpu_k"]["clamd"])

        for number in range(PASSES):
            in_turn(number, run_straight, run_ours)
    finally:
        shutil.rmtree(folder)
    row("straight to clamd (FILDES)", straight, "messages/s")
    row("through cordon", ours, "messages/s")
    row("clamd's CPU per message, straight", work["straight"], "ms")
    row("clamd's CPU per message, through cordon", work["ours"], "ms")
    row("ratio", [a / b for a, b in zip(ours, straight)], "(to reach: at least 0.9)")


def bench_latency():
    """Small messages, one after the other: how long a client waits, and where the time goes."""
    print(f"Latency of a small message (1.3 to 3.6 KB), one at a time, {SMALL_MESSAGES} messages")
    setup("setup_sink.sh")
    setup("setup_clamd.sh", "tiny", "nocache")
    for name, scanner in {"clamd": clamd("both"), "embedded engine": engine("tiny")}.items():
        p50, p99, steps = [], [], {}
        for _ in range(PASSES):
            with Rig() as rig:
                daemon = cordon(rig, scanner)
                result = once("cordon", SMALL_MESSAGES, 1, "clean_small.txt")
                p50.append(result["p50"])
                p99.append(result["p99"])
                for step, took in re.findall(r" (\w+_us)=(\d+)", "\n".join(daemon.wait_messages(SMALL_MESSAGES))):
                    steps.setdefault(step, []).append(int(took))
        row(f"{name}: p50", p50, "ms")
        row(f"{name}: p99", p99, "ms")
        print("    medians of the steps:", ", ".join(f"{k}={statistics.median(v):.0f}" for k, v in steps.items()))


def bench_engine():
    """What a child of the engine costs: CPU per small message by the number of messages that a child serves."""
    print("The embedded engine's CPU per small message, by signatures and scans_per_process")
    setup("setup_sink.sh")
    for signatures in ("tiny", "large"):
        for scans in (1, 10, 100):
            values = []
            for _ in range(PASSES):
                with Rig() as rig:
                    cordon(rig, engine(signatures, f"scans_per_process = {scans};"))
                    values.append(once("cordon", SMALL_MESSAGES // 4, 2, "clean_small.txt")["cpu_k"]["engine"])
            row(f"{signatures}, scans_per_process = {scans}", values, "ms")


def bench_idle():
    """Memory of 5,000 idle sessions."""
    print("Idle sessions", flush=True)
    subprocess.run([sys.executable, "-B", os.path.join(HERE, "..", "system", "test_idle.py")], check=True)


def main():
    benches = {"cpu": bench_cpu, "throughput": bench_throughput, "latency": bench_latency, "engine": bench_engine,
               "idle": bench_idle}
    wanted = sys.argv[1:] or list(benches)
    if not set(wanted) <= set(benches):
        raise SystemExit(f"bench.py [{'] ['.join(benches)}]")
    try:
        for name in wanted:
            benches[name]()
    finally:
        stop_peers()


if __name__ == "__main__":
    main()

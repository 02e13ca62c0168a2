"""The measuring behind script/bench. Ratios inside one pass count; absolute figures drift with the machine."""
import os
import re
import statistics
import subprocess
import sys

PEERS = os.path.abspath(os.environ["CORDON_PEERS"])
AVB = os.environ["AVB"]
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [PEERS, os.path.join(HERE, "..", "system")]
import measure  # noqa: E402  (the peers' own)
from rig import Rig  # noqa: E402

SINK, PORT = 2500, 2590
PASSES = int(os.environ.get("CORDON_PASSES", 3))
MESSAGES = int(os.environ.get("CORDON_MESSAGES", 100))
CONCURRENCY = 8


def setup(script, *arguments):
    done = subprocess.run(["bash", os.path.join(PEERS, script), *arguments], capture_output=True, text=True,
                          env=dict(os.environ, AVB=AVB), start_new_session=True)
    if done.returncode != 0:
        raise SystemExit(f"{script} {' '.join(arguments)}: {done.stdout}{done.stderr}")


def stop_peers():
    subprocess.run(["bash", os.path.join(PEERS, "stop_all.sh")], capture_output=True, env=dict(os.environ, AVB=AVB), check=False)


def cordon(rig, which):
    """cordond before clamd, showing it the message, or the message and its parts."""
    rig.cordon(f"""
listen: {{ bench: {{ address = "127.0.0.1:{PORT}"; next_hop = "smtp://127.0.0.1:{SINK}"; max_message_size = "64M"; }}; }};
scanner: {{ clamd: {{ type = "clamd"; address = "unix:{AVB}/run/clamd.sock"; input = "{which}"; concurrency = {CONCURRENCY}; }}; }};
policy: {{ infected = ["discard", "forget"]; }};
log: {{ format = "keyvalue"; }};
""")


def register(rig, name):
    """Makes our daemon a target of measure.py, by its pid file."""
    process = subprocess.run(["pgrep", "-n", "-x", "cordond"], capture_output=True, text=True, check=True).stdout.strip()
    with open(f"{AVB}/run/cordon.pid", "w") as f:
        f.write(process)
    measure.T[name] = (PORT, ["cordon"])


def once(target):
    result = measure.run_one(target, CONCURRENCY, MESSAGES, "bench.txt", 4, [], "clamd", sampling=False)
    refused = int(result.get("c4xx", 0) + result.get("c5xx", 0) + result.get("lost", 0))
    if refused:
        print(f"  note: {target}: {refused} of {MESSAGES} were not accepted: {result}")
    return result


def rate(result):
    return result.get("msgs_s") or result.get("msg_s") or MESSAGES / result["sec"]


def row(name, values, unit):
    print(f"  {name:<34} {statistics.median(values):9.2f} {unit}   (min {min(values):.2f}, max {max(values):.2f}, {len(values)} passes)")


def bench_cpu():
    """Own CPU per message, scanner excluded, beside amavisd on the same mail."""
    print("Own CPU per message (scanner, generator and sink excluded), tiny signature set")
    setup("setup_sink.sh")
    setup("setup_clamd.sh", "tiny", "nocache")
    setup("setup_amavis.sh")
    ours, theirs = {"message": [], "both": []}, []
    for _ in range(PASSES):
        for which in ours:
            with Rig() as rig:
                cordon(rig, which)
                register(rig, "cordon")
                ours[which].append(once("cordon")["cpu_k"]["cordon"])
        theirs.append(once("amavis")["cpu_k"]["amavis"])
    for which, values in ours.items():
        row(f"cordon, input = {which}", values, "ms")
    row("amavisd", theirs, "ms")
    ratio = statistics.median(ours["both"]) / statistics.median(theirs)
    print(f"  ratio (input = both): {ratio:.3f} of amavisd's (to reach: under 0.1)")


def bench_throughput():
    """Throughput with clamd and the large signature set, beside the same messages straight to clamd by FILDES."""
    print("Throughput, large signature set, input = message, concurrency", CONCURRENCY)
    setup("setup_sink.sh")
    setup("setup_clamd.sh", "large", "nocache")
    straight, ours, ratios = [], [], []
    for _ in range(PASSES):
        raw = rate(measure.raw("fildes", CONCURRENCY, MESSAGES, "bench.txt", "clamd"))
        with Rig() as rig:
            cordon(rig, "message")
            register(rig, "cordon")
            through = rate(once("cordon"))
        straight.append(raw)
        ours.append(through)
        ratios.append(through / raw)
    row("straight to clamd (FILDES)", straight, "messages/s")
    row("through cordon", ours, "messages/s")
    row("ratio", ratios, "(to reach: at least 0.9)")


def bench_idle():
    """Memory of 5,000 idle sessions."""
    print("Idle sessions")
    subprocess.run([sys.executable, "-B", os.path.join(HERE, "..", "system", "test_idle.py")], check=True)


def main():
    benches = {"cpu": bench_cpu, "throughput": bench_throughput, "idle": bench_idle}
    try:
        for name in sys.argv[1:] or benches:
            benches[name]()
    finally:
        stop_peers()


if __name__ == "__main__":
    main()

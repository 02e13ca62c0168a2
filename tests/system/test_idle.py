"""5,000 idle sessions are held, and what each costs."""
import os
import re
import resource
import socket

import rig as rigs
from rig import DROP, ENGINE, Client, Rig, free_port, listener, small_mail, wait_for

SESSIONS = int(os.environ.get("CORDON_SESSIONS", 5000))
LIMIT_KB = 32


def pss_kb(pid):
    return int(re.search(r"^Pss:\s+(\d+) kB", open(f"/proc/{pid}/smaps_rollup").read(), re.M).group(1))


def kernel_kb():
    """Kernel stacks, page tables and unreclaimable slab of the whole machine."""
    info = dict(re.findall(r"^(\w+):\s+(\d+)", open("/proc/meminfo").read(), re.M))
    return int(info["KernelStack"]) + int(info["PageTables"]) + int(info["SUnreclaim"])


def test_five_thousand_idle_sessions():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, SESSIONS + 1000), hard))
    with Rig() as rig:
        sink, port = rig.sink(), free_port()
        cordon = rig.cordon(listener(port, f"smtp://127.0.0.1:{sink.port}", more=f"max_sessions = {SESSIONS + 10};") + ENGINE + DROP)
        gate = cordon.pids("cordon-gate")[0]
        with Client(("127.0.0.1", port)) as c:  # warm: hop's abilities, the first message
            c.hello()
            assert c.mail(small_mail()).startswith("250")
        before, kernel_before = pss_kb(gate), kernel_kb()
        held = []
        for _ in range(SESSIONS):
            c = Client(("127.0.0.1", port))
            c.hello()
            held.append(c)
        after, kernel_after = pss_kb(gate), kernel_kb()
        each, kernel = (after - before) / SESSIONS, (kernel_after - kernel_before) / SESSIONS
        print(f"{SESSIONS} idle sessions: the gate's PSS {after} KB, {each:.1f} KB for each; kernel memory (stacks, page tables, "
              f"slab; both ends of each connection) {kernel:.1f} KB for each")
        assert each < LIMIT_KB, f"{each:.1f} KB for each session"
        assert held[-1].mail(small_mail()).startswith("250"), "and mail still flows"
        assert held[0].mail(small_mail()).startswith("250")
        for c in held:
            c.close()
        wait_for(lambda: cordon.status().get("gate.sessions") == "0", "the sessions to end")


if __name__ == "__main__":
    rigs.main(globals())

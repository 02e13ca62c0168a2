"""cordon convert amavis: entries as amavisd has them become scanners that work, or are told why not."""
import os
import subprocess

from probe import Probe, run
from peers import Clamd
from rig import BUILD, Rig, eicar
from test_clamd import mail
from test_socket import Daemon, openantivirus, sophie

ENTRIES = r"""use strict;
@av_scanners = (
# ['commented out', \&ask_daemon, ["{}/\n", '/x'], qr/^0/, qr/^1/ ],
  ['Sophie',
    \&ask_daemon, ["{}/\n", 'SOPHIE'],
    qr/(?x)^ 0+ ( : | [\000\r\n]* $)/m,  qr/(?x)^ 1 ( : | [\000\r\n]* $)/m,
    qr/(?x)^ [-+]? \d+ : (.*?) [\000\r\n]* $/m ],
  ['OpenAntiVirus ScannerDaemon (OAV)',
    \&ask_daemon, ["SCAN {}\n", 'OAV'],
    qr/^OK/m, qr/^FOUND: /m, qr/^FOUND: (.+)/m ],
  ['ClamAV-clamd',
    \&ask_daemon, ["CONTSCAN {}\n", "CLAMD"],
    qr/\bOK$/m, qr/\bFOUND$/m,
    qr/^.*?: (?!Infected Archive)(.*) FOUND$/m ],
  ['DrWebD', \&ask_daemon,
    [pack('N',1). '{}/*'. pack('N',0), '/var/drweb/run/drwebd.sock'], qr/\A\x00/sm, qr/\A\x01/sm ],
  ['Sophos SAVI', \&sophos_savi ],
  ['uvscan', 'uvscan-that-nobody-has', '--secure {}', [0], [13], qr/Found (.+)/m ],
);
@av_scanners_backup = (
  ['always-clean', sub {0}],
);
1;
"""


def convert(path, *options):
    return subprocess.run([os.path.join(BUILD, "cordon"), "convert", "amavis", *options, path], capture_output=True, text=True)


def works():
    with Rig() as rig:
        clamd = Clamd(rig)

        def oav(daemon, c, f):
            openantivirus(daemon, c, f)
        daemons = {"SOPHIE": Daemon(rig, sophie), "OAV": Daemon(rig, oav)}
        text = ENTRIES.replace("CLAMD", clamd.socket)
        for name, daemon in daemons.items():
            text = text.replace(name, f"127.0.0.1:{daemon.port}")
        result = convert(rig.write("15-av_scanners", text))
        assert result.returncode == 0 and result.stderr == "", result
        for name, why in (("DrWebD", "made by code"), ("Sophos SAVI", "Perl code: sophos_savi"), ("uvscan", "not on this machine"),
                          ("always-clean", "Perl code: sub {0}")):
            assert any(name in x and why in x for x in result.stdout.splitlines()), (name, result.stdout)
        assert "commented" not in result.stdout
        lent = 'delivery = "shared";\n        user = "amavis";\n        shared_folder = "/run/cordon-lent";\n'
        assert result.stdout.count(lent) == 2, result.stdout
        probe = Probe(rig, result.stdout.replace(lent, "") + 'policy: { require = "all"; };\n')
        verdict, answers = probe.judge(rig.write("clean", mail(b"nothing")))
        assert verdict == "clean" and len(answers) == 3, answers
        verdict, answers = probe.judge(rig.write("infected", mail(eicar())))  # the first find ends the wait
        found = {x for x in answers.values() if x != ("not-asked", "")}
        assert verdict == "infected" and found and found <= {("infected", "EICAR-AV-Test"), ("infected", "Eicar-Test"),
                                                             ("infected", "Test.Eicar.UNOFFICIAL")}, answers
        assert all(probe.state(name) == "working" for name in answers), "each has found its canary"
        for daemon in daemons.values():
            daemon.act = "error"
        verdict, answers = probe.judge(rig.path("clean"))
        assert verdict == "unscanned" and [x[0] for x in answers.values()].count("failed") == 2, answers


def nothing():
    with Rig() as rig:
        result = convert(rig.write("empty", "1;\n"))
        assert result.returncode == 1 and result.stdout == "" and "no scanner" in result.stderr, result
        result = convert(rig.path("missing"))
        assert result.returncode == 66 and "missing" in result.stderr, result
        assert convert(rig.write("broken", "@av_scanners = (['x', \\&ask_daemon, [\n"))  .returncode == 1
        result = subprocess.run([os.path.join(BUILD, "cordon"), "convert", "exim", "x"], capture_output=True)
        assert result.returncode == 64


if __name__ == "__main__":
    run([works, nothing])

"""Real mail servers and scanners for system tests, each private to a Rig: Postfix, Dovecot's LMTP server, clamd."""
import grp
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess

import rig as rigs
from rig import eicar, free_port, is_open, stop, wait_for

POSTFIX_DAEMONS = "/usr/lib/postfix/sbin"


class Postfix:
    """A private Postfix instance.

    Its smtpd on `port` accepts mail for example.test from loopback; what it accepts goes where `main` (lines of main.cf) and
    `services` (lines of master.cf) say, else into Maildirs below rig.path(name, "mail"): one for each recipient's local part.
    """

    def __init__(self, rig, name, port=None, main="", services="", smtpd_options=""):
        self.rig, self.name, self.port = rig, name, port or free_port()
        self.folder = rig.path(name)
        self.etc, self.queue = os.path.join(self.folder, "etc"), os.path.join(self.folder, "queue")
        self.mail = os.path.join(self.folder, "mail")
        for folder in ("etc", "queue", "data", "mail"):
            os.makedirs(os.path.join(self.folder, folder))
        user = pwd.getpwnam("postfix")
        os.chown(os.path.join(self.folder, "data"), user.pw_uid, user.pw_gid)
        nobody = pwd.getpwnam("nobody")
        os.chown(self.mail, nobody.pw_uid, nobody.pw_gid)
        self.log_path = os.path.join(self.folder, "maillog")
        self._write("main.cf", self._main() + main + "\n")
        self._write("master.cf", self._master(smtpd_options) + services + "\n")
        self._write("transport", "")
        subprocess.run(["postfix", "-c", self.etc, "start"], capture_output=True, check=True, stdin=subprocess.DEVNULL,
                       start_new_session=True)
        rig.stack.callback(self.stop)
        wait_for(lambda: is_open(self.port), f"Postfix {name}")

    def _write(self, name, text):
        with open(os.path.join(self.etc, name), "w") as f:
            f.write(text)

    def _main(self):
        nobody = pwd.getpwnam("nobody")
        return f"""compatibility_level = 3.6
queue_directory = {self.queue}
data_directory = {self.folder}/data
command_directory = /usr/sbin
daemon_directory = {POSTFIX_DAEMONS}
mail_owner = postfix
setgid_group = postdrop
myhostname = {self.name}.test
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
local_transport = error:none here
alias_maps =
alias_database =
virtual_mailbox_domains = example.test
virtual_mailbox_base = {self.mail}
virtual_mailbox_maps = static:all/
virtual_minimum_uid = 1
virtual_uid_maps = static:{nobody.pw_uid}
virtual_gid_maps = static:{nobody.pw_gid}
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
smtpd_error_sleep_time = 0
smtp_host_lookup = native
disable_dns_lookups = yes
message_size_limit = 60000000
mailbox_size_limit = 0
virtual_mailbox_limit = 0
maillog_file = {self.log_path}
maillog_file_prefixes = /var, {self.rig.folder}
queue_run_delay = 2s
minimal_backoff_time = 2s
maximal_backoff_time = 4s
transport_retry_time = 2s
default_destination_concurrency_failed_cohort_limit = 0
default_process_limit = 60
"""

    def _master(self, smtpd_options):
        return f"""127.0.0.1:{self.port} inet n - n - - smtpd
{smtpd_options}
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
lmtp unix - - n - - lmtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""

    def stop(self):
        subprocess.run(["postfix", "-c", self.etc, "stop"], capture_output=True, stdin=subprocess.DEVNULL, check=False)

    def log(self):
        try:
            return open(self.log_path, errors="replace").read()
        except FileNotFoundError:
            return ""

    def flush(self):
        subprocess.run(["postqueue", "-c", self.etc, "-f"], capture_output=True, check=False)

    def queued(self):
        """Messages that are in the queue, wherever."""
        count = 0
        for name in ("maildrop", "incoming", "active", "deferred", "hold"):
            for _, _, files in os.walk(os.path.join(self.queue, name)):
                count += len(files)
        return count

    def delivered(self):
        """The messages in the Maildirs, as bytes."""
        found = []
        for folder, _, files in os.walk(self.mail):
            if os.path.basename(folder) == "new":
                found += [open(os.path.join(folder, f), "rb").read() for f in sorted(files)]
        return found


AFTER_QUEUE_FILTER = """scan unix - - n - {processes} {client}
  -o smtp_send_xforward_command=yes
  -o lmtp_send_xforward_command=yes
  -o disable_mime_output_conversion=yes
  -o smtp_generic_maps=
  -o smtp_data_done_timeout=600
"""


def after_queue(port, processes=10, client="smtp"):
    """main.cf and master.cf lines that send everything through a content filter on `port` (client: smtp or lmtp)."""
    return {"main": f"content_filter = scan:[127.0.0.1]:{port}\n",
            "services": AFTER_QUEUE_FILTER.format(processes=processes, client=client)}


def reinjection(port):
    """master.cf lines of an smtpd that takes mail back from the filter."""
    return f"""127.0.0.1:{port} inet n - n - - smtpd
  -o content_filter=
  -o receive_override_options=no_unknown_recipient_checks,no_header_body_checks,no_milters
  -o smtpd_authorized_xforward_hosts=127.0.0.0/8
"""


def before_queue(port):
    """Options of an smtpd that passes every message through a filter on `port` before it says 250."""
    return f"  -o smtpd_proxy_filter=127.0.0.1:{port}\n"


class DovecotLmtp:
    """Dovecot's LMTP server on a Unix socket, with static users; user `full` has no room (quota 1 byte)."""

    def __init__(self, rig, name="dovecot", users=("one", "two", "full")):
        self.rig, self.folder = rig, rig.path(name)
        os.makedirs(os.path.join(self.folder, "mail"))
        os.makedirs(os.path.join(self.folder, "run"))
        user = pwd.getpwnam("nobody")
        os.chown(os.path.join(self.folder, "mail"), user.pw_uid, user.pw_gid)
        self.socket = os.path.join(self.folder, "run", "lmtp")
        with open(os.path.join(self.folder, "users"), "w") as f:
            for u in users:
                quota = " userdb_quota_rule=*:bytes=1" if u == "full" else ""
                f.write(f"{u}@example.test:{{PLAIN}}x:{user.pw_uid}:{user.pw_gid}::{self.folder}/mail/{u}::{quota}\n")
        with open(os.path.join(self.folder, "dovecot.conf"), "w") as f:
            f.write(f"""base_dir = {self.folder}/run
state_dir = {self.folder}/run
log_path = {self.folder}/dovecot.log
protocols = lmtp
ssl = no
first_valid_uid = 1
first_valid_gid = 1
default_internal_user = dovecot
default_login_user = dovenull
default_internal_group = dovecot
mail_location = maildir:{self.folder}/mail/%n
mail_plugins = quota
plugin {{
  quota = maildir:User quota
}}
passdb {{
  driver = passwd-file
  args = scheme=plain username_format=%u {self.folder}/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {self.folder}/users
}}
protocol lmtp {{
  postmaster_address = postmaster@example.test
}}
service lmtp {{
  unix_listener lmtp {{
    mode = 0666
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
""")
        for path, _, _ in os.walk(self.folder):
            os.chmod(path, 0o755)
        rig.run(name, "dovecot", "-F", "-c", os.path.join(self.folder, "dovecot.conf"))
        wait_for(lambda: os.path.exists(self.socket), "Dovecot's LMTP socket")

    def mailbox(self, user):
        folder = os.path.join(self.folder, "mail", user, "new")
        return [open(os.path.join(folder, f), "rb").read() for f in sorted(os.listdir(folder))] if os.path.isdir(folder) else []


def body_signature(name, data):
    return f"{name}:0:*:{data.hex()}\n"


def check_prometheus(text):
    """What promtool has to say of the metrics, style included, counts."""
    promtool = shutil.which("promtool")
    assert promtool, "promtool is missing: script/lib.sh brings it"
    done = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stdout + done.stderr == "", done.stdout + done.stderr


def signature_folder(rig, name="signatures"):
    """A folder with one body signature for the EICAR string, which it holds in hexadecimal only."""
    folder = rig.path(name)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "eicar.ndb"), "w") as f:
        f.write(body_signature("Test.Eicar", eicar()))
    os.chmod(folder, 0o755)
    return folder


class Clamd:
    """Debian's clamd on a Unix socket and a TCP port."""

    def __init__(self, rig, name="clamd", database=None, options=""):
        self.rig, self.name = rig, name
        self.socket, self.port = rig.path(name + ".sock"), free_port()
        temporary = rig.path(name + ".tmp")
        os.makedirs(temporary, exist_ok=True)
        os.chmod(temporary, 0o777)
        self.configuration = rig.write(name + ".conf", f"""Foreground true
LocalSocket {self.socket}
LocalSocketMode 666
FixStaleSocket true
TCPSocket {self.port}
TCPAddr 127.0.0.1
DatabaseDirectory {database or signature_folder(rig)}
TemporaryDirectory {temporary}
LogFile {rig.path(name + "-own.log")}
MaxThreads 12
SelfCheck 3600
DisableCache yes
AlertExceedsMax yes
AlertEncrypted yes
{options}
""")
        self.start()

    def launch(self):
        """Starts it without waiting for it."""
        self.process = self.rig.run(self.name, "/usr/sbin/clamd", "-c", self.configuration)

    def start(self):
        self.launch()
        wait_for(self.answers, "clamd", 60)

    def answers(self):
        try:
            with socket.socket(socket.AF_UNIX) as s:
                s.settimeout(2)
                s.connect(self.socket)
                s.sendall(b"zPING\0")
                return s.recv(16).startswith(b"PONG")
        except OSError:
            return False

    def kill(self):
        stop(self.process, signal.SIGKILL)

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)


class CIcap:
    """Debian's c-icap with its virus_scan module over a clamd."""

    MODULES = "/usr/lib/x86_64-linux-gnu/c_icap"

    def __init__(self, rig, clamd, name="c-icap", options="virus_scan.MaxObjectSize 50M", tls=None):
        """`tls`: the files of a certificate and its key; then it speaks ICAP under TLS alone."""
        self.rig, self.name, self.port = rig, name, free_port()
        port = f"TlsPort 127.0.0.1:{self.port} cert={tls[0]} key={tls[1]}" if tls else f"Port 127.0.0.1:{self.port}"
        for folder in (name + ".tmp", name + ".run"):
            os.makedirs(rig.path(folder), exist_ok=True)
            os.chmod(rig.path(folder), 0o777)
        self.configuration = rig.write(name + ".conf", f"""PidFile {rig.path(name + ".run", "pid")}
CommandsSocket {rig.path(name + ".run", "ctl")}
Timeout 60
MaxKeepAliveRequests 100
KeepAliveTimeout 60
StartServers 1
MaxServers 2
MinSpareThreads 4
MaxSpareThreads 20
ThreadsPerChild 10
{port}
User daemon
Group daemon
ServerAdmin postmaster@localhost
ServerName localhost
TmpDir {rig.path(name + ".tmp")}
MaxMemObject 131072
ModulesDir {self.MODULES}
ServicesDir {self.MODULES}
TemplateDir /usr/share/c_icap/templates/
TemplateDefaultLanguage en
LoadMagicFile /etc/c-icap/c-icap.magic
ServerLog {rig.path(name + ".run", "server.log")}
AccessLog {rig.path(name + ".run", "access.log")}
Service antivirus_module virus_scan.so
ServiceAlias avscan virus_scan?allow204=on&sizelimit=off&mode=simple
virus_scan.ScanFileTypes TEXT DATA EXECUTABLE ARCHIVE GIF JPEG MSOFFICE
virus_scan.SendPercentData 5
virus_scan.StartSendPercentDataAfter 20M
Module common clamd_mod.so
clamd_mod.ClamdSocket {clamd.socket}
{options}
""")
        self.start()

    def start(self):
        self.process = self.rig.run(self.name, "/usr/bin/c-icap", "-N", "-f", self.configuration)
        wait_for(lambda: is_open(self.port), "c-icap", 30)

    def kill(self):
        stop(self.process, signal.SIGTERM, 5)

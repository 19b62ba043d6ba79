# SPDX-License-Identifier: Apache-2.0
"""A private cupsd with Debian's own configuration in folders of its own: what is tried on it holds for a real one."""
import os
import re
import shutil
import signal

from . import procs

DEFAULT_CONF = "/usr/share/cups/cupsd.conf.default"


class Cupsd:
    def __init__(self, folder, spool=None):
        """spool: where it keeps documents while it has them; a folder of its own if not given."""
        self.folder = os.path.join(folder, "cups")
        self.spool = spool or os.path.join(self.folder, "spool")
        self.port = procs.free_port()
        self.socket = os.path.join(self.folder, "cups.sock")
        self.conf = os.path.join(self.folder, "etc", "cupsd.conf")
        self.files_conf = os.path.join(self.folder, "etc", "cups-files.conf")
        self.process = None

    def _make_folders(self):
        for path, mode in (("etc/ppd", 0o755), ("etc/ssl", 0o700), ("cache", 0o770), ("state/certs", 0o711), ("log", 0o755)):
            os.makedirs(os.path.join(self.folder, path))
            os.chmod(os.path.join(self.folder, path), mode)
        os.chmod(self.folder, 0o755)
        os.makedirs(f"{self.spool}/tmp", exist_ok=True)  # cupsd makes its own only where nobody named one
        os.chmod(self.spool, 0o710)
        os.chmod(f"{self.spool}/tmp", 0o1770)
        for path in (f"{self.folder}/etc", f"{self.folder}/cache", self.spool, f"{self.spool}/tmp"):
            shutil.chown(path, group="lp")

    def _write_conf(self):
        d = self.folder
        with open(DEFAULT_CONF, encoding="utf-8") as f:
            debian = f.read()
        with open(self.conf, "w", encoding="utf-8") as f:
            f.write(re.sub(r"(?m)^(Listen|Browsing|WebInterface|IdleExitTimeout)\b.*\n", "", debian))
            f.write(f"Listen localhost:{self.port}\nListen {self.socket}\nBrowsing No\nWebInterface No\nIdleExitTimeout 0\n"
                    "MaxJobs 0\n")
        with open(self.files_conf, "w", encoding="utf-8") as f:
            f.write(f"ServerRoot {d}/etc\nCacheDir {d}/cache\nStateDir {d}/state\nRequestRoot {self.spool}\n"
                    f"TempDir {self.spool}/tmp\nAccessLog {d}/log/access_log\nErrorLog {d}/log/error_log\n"
                    f"PageLog {d}/log/page_log\nUser lp\nGroup lp\nLogFileGroup adm\nSystemGroup root lpadmin\n")

    def start(self):
        self._make_folders()
        self._write_conf()
        self.process = procs.Process("cupsd", ["cupsd", "-f", "-c", self.conf, "-s", self.files_conf], self.folder)
        self.process.start()
        self._wait()
        return self

    def _wait(self):
        self.process.wait_for("its socket", lambda: os.path.exists(self.socket) and procs.accepts(self.port))

    @property
    def env(self):
        """What makes lp, lpadmin and the like speak to this cupsd."""
        return {"CUPS_SERVER": self.socket, "CUPS_STATEDIR": os.path.join(self.folder, "state")}

    def command(self, *argv, check=True):
        done = procs.run(argv, env=self.env, check=check)
        return done.stdout if check else done

    def error_log(self):
        path = os.path.join(self.folder, "log", "error_log")
        if not os.path.exists(path):  # nothing to complain of yet
            return ""
        with open(path, errors="replace") as f:
            return f.read()

    def add_raw(self, name, uri):
        """A queue that sends what it gets as it is."""
        self.command("lpadmin", "-p", name, "-E", "-v", uri, "-m", "raw")

    def cancel_all(self):
        self.command("cancel", "-a", "-x")

    def wait_idle(self, queue, timeout_s=60):
        procs.wait_until(f"cupsd's queue {queue} to be empty", lambda: not self.command("lpstat", "-o", queue), timeout_s)

    def restart(self):
        self.stop()
        self.process.start()
        self._wait()

    def stop(self):
        if self.process:
            self.process.stop(signal.SIGTERM)

# SPDX-License-Identifier: Apache-2.0
"""A private cupsd with Debian's own configuration in folders of its own, and deploy/cups-setup run on it: what is tried on
them holds for real ones."""
import os
import pwd
import re
import shutil
import signal
import subprocess
import threading

from . import document, procs

DEFAULT_CONF = "/usr/share/cups/cupsd.conf.default"
SETUP = os.path.join(os.path.dirname(__file__), "..", "..", "deploy", "cups-setup")


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
            f.write(f"Listen localhost:{self.port}\nListen {self.socket}\nBrowsing No\nWebInterface Yes\nIdleExitTimeout 0\n"
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


class Machine:
    """A workstation's cupsd, and the virtual queue, or a printer in its place, that cups-setup adds to it.
    spool: on tmpfs, for documents on their way; printer: anything with a port."""

    def __init__(self, folder, spool, printer):
        self.folder, self.printer = folder, printer
        self.cupsd = Cupsd(folder, spool).start()
        self.secret_file = os.path.join(folder, "cups-secret")
        self.want, self.done = os.path.join(folder, "want"), os.path.join(folder, "done")
        self.restarts = 0
        self.count = 0
        self.arguments = os.path.join(folder, "arguments")
        self._record_arguments()
        for fifo in (self.want, self.done):
            os.mkfifo(fifo)
        threading.Thread(target=self._restart_when_asked, daemon=True).start()

    def _restart_when_asked(self):
        while True:
            with open(self.want) as f:
                f.read()
            self.restarts += 1
            self.cupsd.restart()
            with open(self.done, "w") as f:
                f.write("\n")

    def _record_arguments(self):
        """Programs that cups-setup calls, each writing down its arguments, as anybody's `ps` would see them."""
        self.bin = os.path.join(self.folder, "bin")
        os.makedirs(self.bin)
        for name in ("lpadmin", "ipptool", "sed", "cp", "mv", "lpstat"):
            path = os.path.join(self.bin, name)
            with open(path, "w") as f:
                f.write(f'#!/bin/sh\necho "{name} $*" >>{self.arguments}\nexec {shutil.which(name)} "$@"\n')
            os.chmod(path, 0o755)

    def setup(self, *options, check=True):
        return procs.run([SETUP, "--server-root", os.path.join(self.cupsd.folder, "etc"), "--port", str(self.printer.port),
                          "--secret", self.secret_file, "--restart", f"echo >{self.want}; read x <{self.done}", *options],
                         check=check, env={**self.cupsd.env, "PATH": f"{self.bin}:{os.environ['PATH']}"})

    def conf(self):
        """Both configuration files, as bytes."""
        return [open(p, "rb").read() for p in (self.cupsd.conf, self.cupsd.files_conf)]

    @property
    def secret(self):
        with open(self.secret_file) as f:
            return f.read()

    def command(self, *argv, user="nobody", env=None):
        """What this user's program says; no terminal, no groups."""
        account = pwd.getpwnam(user)
        return subprocess.run([str(a) for a in argv], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                              env={**os.environ, **self.cupsd.env, **(env or {})}, user=account.pw_uid,
                              group=account.pw_gid, extra_groups=[], timeout=60)

    def lp_document(self, queue, data, *options, suffix=".pdf", user="nobody", env=None):
        """Print these bytes as this user; gives (process, marker in the title)."""
        self.count += 1
        title = document.marker()
        path = os.path.join(self.folder, f"{self.count}{suffix}")
        with open(path, "wb") as f:
            f.write(data)
        done = self.command("lp", "-d", queue, "-t", title, *options, path, user=user, env=env)
        os.unlink(path)
        return done, title

    def lp(self, queue, *options, **more):
        """Print a page; gives (process, marker in the document, marker in the title)."""
        marker = document.marker()
        done, title = self.lp_document(queue, document.pdf(marker), *options, **more)
        return done, marker, title

    def kept(self, *markers):
        """Where cupsd has a marker, once it has written down all that it ever writes."""
        self.cupsd.restart()
        return document.search(self.cupsd.folder, markers) + document.search(self.cupsd.spool, markers)

    def stop(self):
        self.cupsd.stop()

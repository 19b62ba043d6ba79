# SPDX-License-Identifier: Apache-2.0
"""One printscout-queue on a spool of its own, and ways to talk to it."""
import os
import signal
import socket

import ipp
from fake_site import FakeSite
from harness import procs
from harness.site import program, write_conf


class Queue:
    def __init__(self, folder, name="queue", **settings):
        self.folder = os.path.join(str(folder), name)
        os.makedirs(self.folder)
        self.spool = os.path.join(self.folder, "spool")
        self.socket_path = os.path.join(self.folder, "ipp.sock")
        self.port_path = os.path.join(self.folder, "port")
        self.conf = write_conf(os.path.join(self.folder, "printscout.conf"), {
            "spool": self.spool, "queue-socket": self.socket_path, "queue-port": 0, "queue-port-file": self.port_path,
            "log-level": "debug", "cups-secret": "", "queue-dns-sd": False, "spool-free-least": 0,
            **{k.replace("_", "-"): v for k, v in settings.items()}})
        self.site = FakeSite(self.spool)
        self.wrapper = []
        self.process = None
        self.port = None

    def start(self, env=None):
        if os.path.exists(self.port_path):
            os.unlink(self.port_path)
        self.process = procs.Process("queue", self.wrapper + [program("printscout-queue"), "--config", self.conf],
                                     self.folder, env=env).start()
        self.process.wait_for("its port file", lambda: os.path.exists(self.port_path))
        with open(self.port_path) as f:
            self.port = int(f.read())
        return self

    def enrolled(self, person="alice"):
        self.site.person = person
        self.site.enroll().bulletin()
        return self

    def shared_port(self):
        with open(os.path.join(self.folder, "shared.port")) as f:
            return int(f.read())

    def stop(self):
        """Stop it; what a sanitizer had to say is a failure."""
        if self.process is None:
            return
        status = self.process.stop() if self.process.running() else self.process.child.returncode
        assert "ERROR: AddressSanitizer" not in self.process.log(), self.process.log()[-4000:]
        assert "runtime error" not in self.process.log(), self.process.log()[-4000:]
        assert status == 0, f"ended with status {status}:\n{self.process.log()[-4000:]}"

    @property
    def uri(self):
        return f"ipp://localhost:{self.port}/ipp/print"

    def connection(self, timeout=60):
        return ipp.UnixConnection(self.socket_path, timeout)

    def ask(self, body, **kw):
        c = self.connection()
        try:
            return ipp.post(c, body, **kw)
        finally:
            c.close()

    def print(self, document, title="letter", *more, **kw):
        """Print and give the answer, which must be that it is held."""
        answer = self.ask(ipp.print_job(title, *more, **kw) + document)
        assert answer.status in (0, 1), f"status {answer.status:#x}: {answer.message}"
        return answer

    def raw(self, family=socket.AF_UNIX):
        """A bare socket."""
        s = socket.socket(family)
        s.connect(self.socket_path if family == socket.AF_UNIX else ("127.0.0.1", self.port))
        s.settimeout(30)
        return s

    def stopped(self):
        """Stop all its threads as a debugger would; SIGCONT lets them go on."""
        os.kill(self.process.pid, signal.SIGSTOP)

        def all_stopped():
            tasks = f"/proc/{self.process.pid}/task"
            return all(open(f"{tasks}/{t}/stat").read().rsplit(")", 1)[1].split()[0] == "T" for t in os.listdir(tasks))

        procs.wait_until("all threads to stop", all_stopped)

    def rss_kib(self, what="VmRSS"):
        with open(f"/proc/{self.process.pid}/status") as f:
            return next(int(line.split()[1]) for line in f if line.startswith(what + ":"))

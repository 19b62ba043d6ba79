# SPDX-License-Identifier: Apache-2.0
"""The site, printers and peers of one run, and the crowd: 10,000 held jobs of 1,000 people on one print server."""
import os
import sys
import time

import clients
import peers
from harness import certs, directory, document, panel, printers, procs, site as sites
from harness.listener import Listener


FIRST_UID = 2_000_000  # of accounts that only the crowd's queue sees


def person(n):
    return f"person{n:04}"


class RateSink:
    """A raw printer that throws bytes away and notes bytes per second, from first byte to close."""

    def __init__(self):
        self.rates, self.first = [], []
        self.listener = Listener(self._take)
        self.port = self.listener.port
        self.uri = f"socket://127.0.0.1:{self.port}"
        self.listener.start()

    def _take(self, connection, _number):
        room = bytearray(1 << 20)
        total, start = 0, None
        with connection:
            while got := connection.recv_into(room):
                if start is None:
                    start = time.monotonic()
                    self.first.append(start)
                total += got
        if total:
            self.rates.append(total / max(time.monotonic() - start, 1e-9))


class World:
    def __init__(self, folder, people):
        """people: how many besides alice, bob and carol."""
        self.folder = folder
        self.people_count = people
        everybody = dict(directory.PEOPLE, **{person(n): (f"password-{n}", f"Person {n}") for n in range(people)})
        self.authority = certs.Authority(os.path.join(folder, "ca"))
        self.directory = directory.Directory(folder, self.authority, people=everybody).start()
        self.bus = printers.Bus(folder).start()
        self.eve = printers.IppPrinter(folder, self.bus, self.authority, "eve").start()
        self.cupsd = peers.Cupsd(folder).start()
        self.site = self._site()
        self.site.add_printer("eve", self.eve)
        self.workstation = self.site.workstation("alice-pc", "alice")
        self.crowd_pc = self.shared = None
        self.crowd_jobs = 0

    def _site(self):
        s = sites.Site(self.folder, self.directory)
        for daemon in (s.keyholder, s.devicescout, s.relay):
            daemon.settings["log-level"] = "info"
        s.keyholder.settings["grants-per-minute"] = s.devicescout.settings["grants-per-minute"] = 100_000
        s.devicescout.settings["badge-alone"] = True
        return s.init().start()

    def file(self, size, name="bench.pdf"):
        """A new document of this size; gives its path."""
        path = os.path.join(self.folder, name)
        with open(path, "wb") as f:
            f.write(document.pdf("bench", size))
        return path

    def panel(self, printer, user="alice", address="127.0.0.1"):
        p = panel.Panel(self.site, printer, address)
        status, answer = p.sign_in(user, self.directory.people[user][0])
        if status != 200:
            raise procs.Failed(f"sign-in was answered with {status}: {answer}")
        return p

    def clear(self):
        """None of alice's jobs waits any more, and none lies in her computers' spools."""
        at = self.panel("eve")
        for job in at.waiting():
            at.delete(job["id"])
        sites.wait_listed(at, 0, 120)
        at.sign_out()
        for w in (self.workstation, self.shared):
            procs.wait_until("the courier to erase what was deleted", lambda w=w: w is None or not w.sealed_jobs(), 120)

    def shared_uri(self):
        """Where alice prints over TLS: the queue of a print server, which asks the site whose her password is."""
        if self.shared is None:
            self.shared = self.site.workstation("shared-queue", shared_by=self.authority)
            self.shared.courier.process.wait_for_log("question_socket state=up")
        return self.shared.shared_uri("alice", self.directory.people["alice"][0])

    def crowd(self, jobs):
        """jobs held, as many of each of the people, printed on one print server; returns when all are listed."""
        if self.crowd_jobs >= jobs:
            return
        self.crowd_pc = self._print_server()
        each = max(1, jobs // self.people_count)
        path = self.file(0, "tiny.pdf")
        for n in range(self.people_count):
            clients.print_many(self.crowd_pc.socket, path, each, person(n), self.cups_password)
        self.crowd_jobs = each * self.people_count
        last = self.panel("eve", person(self.people_count - 1))
        sites.wait_listed(last, each, 600)
        last.sign_out()
        procs.wait_until("all of the crowd's jobs in the index", self._all_listed, 600)

    def _all_listed(self):
        """The index takes announcements in their order on each connection, but not over a reconnection: ask some."""
        for n in range(0, self.people_count, max(1, self.people_count // 7)):
            at = self.panel("eve", person(n))
            listed = len(at.waiting())
            at.sign_out()
            if listed != self.crowd_jobs // self.people_count:
                return False
        return True

    def _print_server(self):
        """
        A shared queue that believes cupsd's names. Its accounts are in a passwd of its own: they are no accounts of this
        computer.
        """
        w = sites.Workstation(self.site, "print-server")
        passwd, secret = os.path.join(w.folder, "passwd"), os.path.join(w.folder, "cups-secret")
        self.cups_password = os.urandom(32).hex()
        with open("/etc/passwd") as f:
            known = f.read()
        with open(passwd, "w") as f:
            f.write(known + "".join(f"{person(n)}:x:{FIRST_UID + n}:65534::/:/bin/false\n" for n in range(self.people_count)))
        with open(secret, "w") as f:
            f.write(self.cups_password)
        os.chmod(secret, 0o600)
        w.queue.settings["cups-secret"] = secret
        w.queue.argv = ["unshare", "-m", "sh", "-c", f'mount --bind "{passwd}" /etc/passwd && exec "$0" "$@"', *w.queue.argv]
        for daemon in (w.queue, w.courier):
            daemon.settings["log-level"] = "info"
        self.site.workstations.append(w)
        w.enroll(self.site.invite(None))
        return w.start()

    def stop(self):
        for line in self.site.stop():
            print(line, file=sys.stderr)
        for part in (self.cupsd, self.eve, self.bus, self.directory):
            part.stop()

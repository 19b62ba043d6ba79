# SPDX-License-Identifier: Apache-2.0
"""
Row of the traffic that one person causes at the relay in a month, blobs aside, as a contract for mobile data would count it:
22 days on which the computer is switched on, connects, stays for 8 hours, and 5 jobs are printed and released.
"""
import os
import time

from harness import certs, directory, document, panel, printers, procs, site as sites
from wire import Count, WiredSite

DAYS, HOURS, JOBS_A_DAY, JOB_SIZE = 22, 8, 5, 500_000
HELLOS = HOURS - 1  # one each hour, the first in the start
HELLO_LESS = 512  # padded, a hello is this much shorter than an announcement
QUIET_S = 3.0  # longer than the link waits before it says something again
IDLE_S = 80  # the relay ends connections on which nothing was said for 75 s: between two jobs of a person they all end


def _still(count, noise):
    """The count once it has risen by no more than noise bytes between looks, for a while."""
    seen, since = count(), time.monotonic()

    def is_still():
        nonlocal seen, since
        now = count()
        if now.stream - seen.stream > noise:
            since = time.monotonic()
        seen = now
        return time.monotonic() - since > QUIET_S

    procs.wait_until("quiet on the wire", is_still, 120)
    return seen


class Scene:
    """A small site over a wire."""

    def __init__(self, world, name, heartbeat_s):
        folder = os.path.join(world.folder, name)
        os.mkdir(folder)
        os.chmod(folder, 0o755)
        self.people = directory.Directory(folder, certs.Authority(os.path.join(folder, "ca"))).start()
        self.site = WiredSite(folder, self.people, heartbeat_s).init().start()
        self.printer = printers.RawPrinter(folder).start()
        self.site.add_printer("mono", self.printer)
        self.pc = self.site.workstation("alice-pc", "alice")
        procs.wait_until("a connected courier", lambda: self.pc.command("status", check=False).returncode == 0)

    def counter(self):
        """Counts what crosses the computer's connections; made anew when its courier is."""
        courier = self.pc.courier.process.pid
        return lambda: self.site.wire.count(courier)

    def scouts_counter(self):
        scout = self.site.devicescout.process.pid
        return lambda: self.site.wire.count(scout)

    def sign_in(self):
        at = panel.Panel(self.site, "mono")
        at.sign_in("alice", directory.PEOPLE["alice"][0])
        return at

    def print(self):
        path = os.path.join(self.site.folder, "letter.pdf")
        with open(path, "wb") as f:
            f.write(document.pdf("traffic", JOB_SIZE))
        self.pc.print_file(path)
        sites.wait_listed(self.sign_in(), 1, 60)

    def release(self):
        at = self.sign_in()
        job = at.waiting()[0]
        at.release(job["id"])
        at.wait_state(job["id"], "gone", "delivered")

    def stop(self):
        self.site.stop()
        self.printer.stop()
        self.people.stop()


def _heartbeat(world):
    """Of a relay whose heart beats each second."""
    scene = Scene(world, "beats", 1)
    try:
        count = scene.counter()
        before, start = _still(count, 200), time.monotonic()
        procs.wait_until("some heartbeats", lambda: count().stream - before.stream > 400, 60)
        return (count() - before) * (1 / round(time.monotonic() - start))
    finally:
        scene.stop()


def _idle():
    start = time.monotonic()
    procs.wait_until("all connections but the stream to end", lambda: time.monotonic() - start > IDLE_S, IDLE_S + 10)


def _measure(scene, action, *counts):
    """What the action makes cross, long after anything else did."""
    _idle()
    before = [_still(c, 0) for c in counts]
    action()
    return [_still(c, 0) - b for c, b in zip(counts, before)]


def traffic(table, world, quick):
    if os.getuid() != 0:
        table.skip("traffic of one person a month", "only root may see whose a daemon's connections are")
        return
    beat = _heartbeat(world)
    scene = Scene(world, "traffic", 300)
    try:
        scene.pc.courier.stop()
        scene.pc.courier.start()
        pc, scout = scene.counter(), scene.scouts_counter()
        procs.wait_until("a connection of the new courier", lambda: pc().stream)
        start = _still(pc, 0)
        printed, heard = _measure(scene, scene.print, pc, scout)
        released, told = _measure(scene, scene.release, pc, scout)
    finally:
        scene.stop()
    job = printed + released
    hello = printed - Count(HELLO_LESS)  # a connection, a message and its acknowledgement, as an announcement is
    month = (start + hello * HELLOS + beat * (60 * HOURS) + job * JOBS_A_DAY) * DAYS
    both = month + (heard + told) * (JOBS_A_DAY * DAYS)
    table.add("traffic of one person's computer, a month, without blobs", month.stream / 1e6, "MB", "≤ 2.2",
              note=f"a start {start.stream / 1e3:.1f} kB, a print {printed.stream / 1e3:.1f} kB, "
                   f"a release {released.stream / 1e3:.1f} kB, a heartbeat {beat.stream:.0f} B")
    table.add("the same with what the device scout hears of its jobs", both.stream / 1e6, "MB",
              note=f"with the headers of TCP and IP {both.wire / 1e6:.2f} MB, the computer alone {month.wire / 1e6:.2f} MB")

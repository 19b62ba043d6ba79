# SPDX-License-Identifier: Apache-2.0
"""The bench behind tests/bench/run: each row beside its peer, in one run. It measures; it passes or fails nothing."""
import argparse
import json
import os
import platform
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
from bench import peers  # noqa: E402
from harness import certs, directory, document, panel, printers, procs, site as sites  # noqa: E402

MB = 1_000_000


class Table:
    """Rows of (what, ours, peer, goal), printed as they come and kept for the JSON."""

    def __init__(self):
        self.rows = []

    def add(self, what, ours, unit, peer_name=None, peer=None, ratio=None, goal=""):
        row = {"what": what, "ours": ours, "unit": unit, "peer": peer_name, "peer_value": peer, "ratio": ratio, "goal": goal}
        self.rows.append(row)
        beside = f"{peer_name} {peer:.4g}" if peer is not None else ""
        print(f"{what:<52} {ours:>10.4g} {unit:<6} {beside:<28} {'' if ratio is None else f'{ratio:.2f} x':<9} {goal}",
              flush=True)


def median(f, times):
    return statistics.median(f() for _ in range(times))


def percentile(values, p):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * p / 100))]


def rss_kib(pid, field="VmRSS"):
    with open(f"/proc/{pid}/status") as f:
        return int(re.search(rf"{field}:\s+(\d+)", f.read()).group(1))


def bench_sealing(table, folder):
    ours = json.loads(procs.run([os.path.join(os.environ["LATCHKEY_BUILD"], "tests", "bench", "bench_seal")]).stdout)
    rate = ours["bytes_per_second"]
    speed = peers.openssl_speed()
    table.add("sealing, one core", rate / 1e9, "GB/s", "openssl speed", speed / 1e9, rate / speed, "≥ 0.9")
    age = peers.age_rate(folder)
    table.add("sealing, one core", rate / 1e9, "GB/s", "age", age / 1e9, rate / age, "≥ 2")


def bench_relay(table, messages, streams):
    ours = json.loads(procs.run([os.path.join(os.environ["LATCHKEY_BUILD"], "tests", "bench", "bench_relay"), messages,
                                 streams], timeout_s=600).stdout)
    table.add("relay: append → its reader has the message, p50", ours["wake_p50_ms"], "ms")
    table.add("relay: append → its reader has the message, p99", ours["wake_p99_ms"], "ms", goal="≤ 50 ms")
    table.add(f"relay: memory for each of {ours['streams']} idle TLS streams", ours["kib_per_stream"], "KiB", goal="≤ 20 KiB")


def timed_print(uri, path, test="print-job.test"):
    start = time.monotonic()
    procs.run(["ipptool", "-q", "-f", path, "-d", "filetype=application/pdf", uri, test], timeout_s=300)
    return time.monotonic() - start


def bench_print(table, world, size, times):
    """The same client (ipptool) and file to each; the median of runs that take turns."""
    path = os.path.join(world.folder, f"{size}.pdf")
    with open(path, "wb") as f:
        f.write(document.pdf("bench", size))
    held = os.path.join(HERE, "print-held.test")
    ours, eve, cups = [], [], []
    for _ in range(times):
        ours.append(timed_print(world.workstation.uri, path))
        eve.append(timed_print(f"ipp://localhost:{world.eve.port}/ipp/print", path))
        cups.append(timed_print(f"ipp://localhost:{world.cupsd.port}/printers/held", path, held))
        world.cupsd.cancel_all()
    label = f"print → acknowledged, {size // MB} MB"
    for name, values in (("ippeveprinter", eve), ("cupsd", cups)):
        table.add(label, statistics.median(ours), "s", name, statistics.median(values),
                  statistics.median(ours) / statistics.median(values), "< 1")
    os.unlink(path)


def bench_memory(table, world, size):
    procs.wait_until("a connected courier", lambda: world.workstation.command("status", check=False).returncode == 0)
    for name, daemon in (("queue", world.workstation.queue), ("courier", world.workstation.courier)):
        table.add(f"{name}, RSS idle", rss_kib(daemon.process.pid) / 1024, "MiB", goal="≤ 12")
    before = rss_kib(world.workstation.queue.process.pid)
    path = os.path.join(world.folder, "large.pdf")
    with open(path, "wb") as f:
        f.write(document.pdf("bench", size))
    timed_print(world.workstation.uri, path)
    os.unlink(path)
    after = rss_kib(world.workstation.queue.process.pid, "VmHWM")
    table.add(f"queue, more at a {size >> 20} MiB job", (after - before) / 1024, "MiB", goal="≤ 8")


def clear(at):
    for job in at.waiting():
        at.delete(job["id"])
    sites.wait_listed(at, 0, 120)


def bench_delivery(table, world, size):
    """The rate at which a large job goes out, beside socat (raw) and ipptool (IPPS) sending the plain file."""
    data = document.pdf("bench", size)
    path = os.path.join(world.folder, "delivery.pdf")
    with open(path, "wb") as f:
        f.write(data)
    sink = RateSink()
    world.site.add_printer("rate", sink)
    at = world.panel("rate")
    for run in range(3):
        timed_print(world.workstation.uri, path)
        job = sites.wait_listed(at, 1, 60)[0]
        at.release(job["id"])
        at.wait_state(job["id"], "gone", "delivered", timeout_s=120)
        procs.run(["socat", "-u", "-b", "131072", f"FILE:{path}", f"TCP:127.0.0.1:{sink.port}"])
        procs.wait_until("both connections", lambda: len(sink.rates) == 2 * run + 2)
    ours, peer = statistics.median(sink.rates[0::2]), statistics.median(sink.rates[1::2])
    table.add(f"delivery rate, raw 9100, {size // MB} MB", ours / MB, "MB/s", "socat", peer / MB, ours / peer, "≥ 0.9")

    at = world.panel("eve")
    ours, peer = [], []
    for _ in range(3):
        timed_print(world.workstation.uri, path)
        job = sites.wait_listed(at, 1, 60)[0]
        start = time.monotonic()
        at.release(job["id"])
        at.wait_state(job["id"], "gone", "delivered", timeout_s=120)
        ours.append(time.monotonic() - start)
        peer.append(timed_print(f"ipps://localhost:{world.eve.port}/ipp/print", path))
    table.add(f"release → delivered, IPPS, {size // MB} MB", statistics.median(ours), "s", "ipptool",
              statistics.median(peer), statistics.median(peer) / statistics.median(ours), "≥ 0.9")
    os.unlink(path)


class RateSink:
    """A raw printer that throws bytes away and notes bytes per second, from first byte to close."""

    def __init__(self):
        self.rates, self.first = [], []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.uri = f"socket://127.0.0.1:{self.port}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        room = bytearray(1 << 20)
        while True:
            connection, _ = self.listener.accept()
            with connection:
                total, start = 0, None
                while got := connection.recv_into(room):
                    if start is None:
                        start = time.monotonic()
                        self.first.append(start)
                    total += got
                if total:
                    self.rates.append(total / max(time.monotonic() - start, 1e-9))


def bench_release(table, world, held, releases):
    """Release asked for → first byte at a raw printer, with `held` jobs of others in the index."""
    sink = RateSink()
    world.site.add_printer("first", sink)
    crowd(world, held)
    at = world.panel("first")
    path = os.path.join(world.folder, "half.pdf")
    with open(path, "wb") as f:
        f.write(document.pdf("bench", 500_000))
    ours = []
    for _ in range(releases):
        timed_print(world.workstation.uri, path)
        job = sites.wait_listed(at, 1, 60)[0]
        seen = len(sink.first)
        start = time.monotonic()
        at.release(job["id"])
        procs.wait_until("the first byte", lambda: len(sink.first) > seen)
        ours.append((sink.first[-1] - start) * 1000)
        at.wait_state(job["id"], "gone", "delivered")
    cups = world.cupsd.first_bytes(path, sink, releases)
    os.unlink(path)
    for p, goal in ((50, "≤ 12 ms"), (99, "≤ 60 ms")):
        table.add(f"release → first byte, raw 9100, p{p}, {held} held", percentile(ours, p), "ms", "cupsd",
                  percentile(cups, p), percentile(ours, p) / percentile(cups, p), goal)


def crowd(world, count):
    """count held jobs of somebody else, printed on other workstations."""
    if not count:
        return
    path = os.path.join(world.folder, "tiny.pdf")
    with open(path, "wb") as f:
        f.write(document.pdf("crowd", 0))
    stations = 20  # one account may have 500 jobs in a queue
    for n in range(stations):
        station = world.site.workstation(f"crowd-pc-{n}", "carol")
        peers.print_many(station.socket, path, count // stations)
    at = panel.Panel(world.site, "first")
    at.sign_in("carol", directory.PEOPLE["carol"][0])
    sites.wait_listed(at, count, 600)


class World:
    """Site, printers and peers of one run."""

    def __init__(self, folder):
        self.folder = folder
        authority = certs.Authority(os.path.join(folder, "ca"))
        self.people = directory.Directory(folder, authority).start()
        self.bus = printers.Bus(folder).start()
        self.eve = printers.IppPrinter(folder, self.bus, authority, "eve").start()
        self.cupsd = peers.Cupsd(folder).start()
        self.site = sites.Site(folder, self.people)
        for daemon in (self.site.keyholder, self.site.devicescout, self.site.relay):
            daemon.settings["log-level"] = "info"
        self.site.keyholder.settings["grants-per-minute"] = self.site.devicescout.settings["grants-per-minute"] = 100_000
        self.site.init().start()
        self.site.add_printer("eve", self.eve)
        self.workstation = self.site.workstation("alice-pc", "alice")

    def panel(self, printer):
        p = panel.Panel(self.site, printer)
        status, answer = p.sign_in("alice", directory.PEOPLE["alice"][0])
        if status != 200:
            raise procs.Failed(f"sign-in was answered with {status}: {answer}")
        return p

    def stop(self):
        for line in self.site.stop():
            print(line, file=sys.stderr)
        for part in (self.cupsd, self.eve, self.bus, self.people):
            part.stop()


def machine():
    with open("/proc/cpuinfo") as f:
        model = re.search(r"model name\s+: (.*)", f.read())
    return f"{os.cpu_count()} cores, {model.group(1) if model else platform.machine()}, Linux {platform.release().split('-')[0]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller sizes, for a first look")
    parser.add_argument("--only", help="rows whose name holds this: sealing, relay, print, memory, delivery, release")
    parser.add_argument("--json", help="write the rows there")
    options = parser.parse_args()
    table = Table()
    print(f"{time.strftime('%Y-%m-%d')}, {machine()}")
    folder = tempfile.mkdtemp(prefix="latchkey-bench-")
    os.chmod(folder, 0o755)
    world = None
    quick = options.quick
    rows = {
        "memory": lambda: bench_memory(table, world, (64 if quick else 1024) << 20),
        "print": lambda: bench_print(table, world, 100 * MB, 3 if quick else 7),
        "delivery": lambda: bench_delivery(table, world, 100 * MB),
        "release": lambda: bench_release(table, world, 100 if quick else 10_000, 20 if quick else 200),
    }
    try:
        if not options.only or "sealing" in options.only:
            bench_sealing(table, folder)
        if not options.only or "relay" in options.only:
            bench_relay(table, *((1000, 500) if quick else (20_000, 9_900)))
        wanted = [f for name, f in rows.items() if not options.only or name in options.only]
        if wanted:
            world = World(folder)
        for f in wanted:
            f()
            if f is not rows["release"]:
                clear(world.panel("eve"))
    finally:
        if world:
            world.stop()
        shutil.rmtree(folder, ignore_errors=True)
    if options.json:
        with open(options.json, "w") as f:
            json.dump({"date": time.strftime("%Y-%m-%d"), "machine": machine(), "rows": table.rows}, f, indent=1)


if __name__ == "__main__":
    main()

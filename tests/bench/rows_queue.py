# SPDX-License-Identifier: Apache-2.0
"""Rows of the virtual queue: how fast it takes jobs, how it bears many clients, many jobs and slow connections."""
import os
import shutil
import statistics
import time

import clients
import ipp
from harness import procs
from table import in_turns, memory_kib, percentile, rss_kib

MB = 1_000_000
HERE = os.path.dirname(os.path.abspath(__file__))
HELD_TEST = os.path.join(HERE, "print-held.test")  # cupsd holds only what it is told to hold
HOLD = [ipp.attribute(ipp.KEYWORD, "job-hold-until", "indefinite")]


def _scheme(world, scheme, uri, size, times):
    """The same client (ipptool) and file to each, in turns."""
    path = world.file(size)

    def eve():
        took = clients.timed_ipptool(f"{scheme}://localhost:{world.eve.port}/ipp/print", path)
        for kept in world.eve.documents():
            os.unlink(kept)
        return took

    def cups():
        took = clients.timed_ipptool(f"{scheme}://localhost:{world.cupsd.port}/printers/held", path, HELD_TEST)
        world.cupsd.cancel_all()
        return took

    found = in_turns(times, lambda: clients.timed_ipptool(uri, path), eve, cups)
    os.unlink(path)
    return found


def _print(table, world, size, text, times):
    for scheme, uri in (("ipp", world.workstation.uri), ("ipps", world.shared_uri())):
        ours, eve, cups = _scheme(world, scheme, uri, size, times)
        for name, peer in (("ippeveprinter", eve), ("cupsd", cups)):
            table.add(f"print → acknowledged, {text}, {scheme}", ours, "s", "< 1", (name, peer), "ours/peer",
                      note="ours is on the disk by then, the peer's in the page cache")
    world.clear()


def print_row(table, world, quick):
    _print(table, world, 100 * MB, "100 MB", 3 if quick else 7)


def print_large(table, world, quick):
    if quick:
        _print(table, world, 256 << 20, "256 MiB", 1)
    else:
        _print(table, world, 1 << 30, "1 GiB", 3)


def at_once(table, world, quick):
    """Every client has a connection of its own and prints one job after the other."""
    path = world.file(500_000)
    count, each = 20, 2 if quick else 10
    ours, eve, cups = [], [], []
    errors = {"ours": 0, "eve": 0, "cups": 0}
    for _ in range(1 if quick else 3):
        took, bad = clients.print_at_once(world.workstation.port, path, count, each)
        ours.append(took)
        errors["ours"] += len(bad)
        took, bad = clients.print_at_once(world.eve.port, path, count, each)
        eve.append(took)
        errors["eve"] += len(bad)
        took, bad = clients.print_at_once(world.cupsd.port, path, count, each, "/printers/held",
                                          f"ipp://localhost:{world.cupsd.port}/printers/held", HOLD)
        cups.append(took)
        errors["cups"] += len(bad)
        world.cupsd.cancel_all()
        shutil.rmtree(world.eve.spool)
        os.makedirs(world.eve.spool)
        world.clear()
    what = f"{count * each} jobs of 500 kB from {count} clients at once"
    ours = statistics.median(ours)
    table.add(what + ": errors", errors["ours"], "", "= 0", note=f"ippeveprinter {errors['eve']}, cupsd {errors['cups']}")
    for name, key, times in (("ippeveprinter", "eve", eve), ("cupsd", "cups", cups)):
        table.add(what, ours, "s", "", (name, statistics.median(times)), "ours/peer",
                  note=f"{errors[key]} of its jobs were refused" if errors[key] else "")


def get_jobs(table, world, quick):
    """A person's own jobs in a queue that holds those of a thousand."""
    held = 200 if quick else 10_000
    world.crowd(held)
    client = clients.Client(world.crowd_pc.socket, password=world.cups_password)
    times = []
    for n in range(50 if quick else 200):
        body = ipp.request(ipp.GET_JOBS, ipp.attribute(ipp.NAME, "requesting-user-name", f"person{n % world.people_count:04}"),
                           ipp.attribute(ipp.BOOLEAN, "my-jobs", True), ipp.attribute(ipp.KEYWORD, "requested-attributes", "all"))
        start = time.monotonic()
        status, answer = client.ask(body)
        times.append((time.monotonic() - start) * 1000)
        if status > 0xff or answer.count(b"job-id") != held // world.people_count:
            raise procs.Failed(f"Get-Jobs was answered with {status:#06x} and {answer.count(b'job-id')} jobs")
    client.close()
    for p in (50, 99):
        table.add(f"Get-Jobs of one person, {held} held in the queue, p{p}", percentile(times, p), "ms", "≤ 50")


def slow(table, world, quick):
    """Another client's job, alone and beside a thousand that send a byte now and then."""
    count, jobs = (100, 20) if quick else (1000, 100)
    path = world.file(500_000)
    with open(path, "rb") as f:
        body = clients.print_job(f.read())

    def p95():
        client, times = clients.Client(world.workstation.port), []
        for _ in range(jobs):
            start = time.monotonic()
            if client.ask(body)[0] > 0xff:
                raise procs.Failed("a job was refused")
            times.append(time.monotonic() - start)
        client.close()
        return percentile(times, 95) * 1000

    alone = p95()
    slow_ones = clients.SlowCrowd(world.workstation.port, count)
    crowded = p95()
    connected = slow_ones.stop()
    after = p95()
    table.add(f"a job of 500 kB beside {count} slow connections, p95", crowded, "ms", "≤ 2", ("alone", min(alone, after)),
              "ours/peer", note=f"{connected} connected on average")
    world.clear()


def memory(table, world, quick):
    size = (64 if quick else 1024) << 20
    w = world.workstation
    procs.wait_until("a connected courier", lambda: w.command("status", check=False).returncode == 0)
    _idle(table, world)
    before = rss_kib(w.queue.process.pid)
    clients.timed_ipptool(w.uri, world.file(size))
    after = rss_kib(w.queue.process.pid, "VmHWM")
    table.add(f"queue: memory that a job of {size >> 20} MiB adds", (after - before) / 1024, "MiB", "≤ 8")
    before = rss_kib(w.courier.process.pid)
    at = world.panel("eve")
    job = procs.wait_until("the job", at.waiting, 60)[0]
    at.release(job["id"])
    at.wait_state(job["id"], "gone", "delivered", timeout_s=300)
    after = rss_kib(w.courier.process.pid, "VmHWM")
    table.add(f"courier: memory that a job of {size >> 20} MiB adds", (after - before) / 1024, "MiB", "≤ 8")
    for kept in world.eve.documents():
        os.unlink(kept)
    world.clear()


def _idle(table, world):
    for name, daemon in (("queue", world.workstation.queue), ("courier", world.workstation.courier)):
        rss, dirty, clean, shared = (v / 1024 for v in memory_kib(daemon.process.pid))
        table.add(f"{name}: memory, idle", rss, "MiB", "≤ 12",
                  note=f"{dirty:.1f} written, {clean:.1f} file pages of its own, {shared:.1f} shared with others")

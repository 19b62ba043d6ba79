# SPDX-License-Identifier: Apache-2.0
"""Rows from the release to the paper: how soon the first byte is at the printer, how fast the rest follows."""
import os
import statistics
import time

import clients
from harness import procs, site as sites
from table import in_turns, percentile
from world import RateSink

MB = 1_000_000


def _release(world, at, path):
    """Print and release one job; gives the time of the request, before it is sent, and waits for the end."""
    clients.timed_ipptool(world.workstation.uri, path)
    job = sites.wait_listed(at, 1, 60)[0]
    start = time.monotonic()
    at.release(job["id"])
    return start, job["id"]


def delivery(table, world, quick):
    """A large job, beside socat (raw) and ipptool (IPPS) sending the plain file."""
    size, times = (10 if quick else 100) * MB, 3 if quick else 7
    path = world.file(size)
    sink = RateSink()
    world.site.add_printer("rate", sink)
    at = world.panel("rate")
    for run in range(times):
        _, job = _release(world, at, path)
        at.wait_state(job, "gone", "delivered", timeout_s=120)
        procs.run(["socat", "-u", "-b", "131072", f"FILE:{path}", f"TCP:127.0.0.1:{sink.port}"])
        procs.wait_until("both connections", lambda: len(sink.rates) == 2 * run + 2)
    ours, peer = statistics.median(sink.rates[0::2]), statistics.median(sink.rates[1::2])
    table.add(f"delivery rate, raw 9100, {size // MB} MB", ours / MB, "MB/s", "≥ 0.9", ("socat", peer / MB), "ours/peer")

    _delivery_ipps(table, world, size, times)


def _delivery_ipps(table, world, size, times):
    """Of a job, and of one ten times as large: what the larger takes longer is the rate, in which no start is."""
    at = world.panel("eve")
    small, large = world.file(size // 10, "small.pdf"), world.file(size, "large.pdf")

    def ours(path):
        start, job = _release(world, at, path)
        at.wait_state(job, "gone", "delivered", timeout_s=120)
        return time.monotonic() - start

    def peer(path):
        took = clients.timed_ipptool(f"ipps://localhost:{world.eve.port}/ipp/print", path)
        for kept in world.eve.documents():
            os.unlink(kept)
        return took

    ours_small, peer_small, ours_large, peer_large = in_turns(times, lambda: ours(small), lambda: peer(small),
                                                              lambda: ours(large), lambda: peer(large))
    more = (size - size // 10) / MB
    table.add(f"release → delivered, IPPS, {size // MB} MB", ours_large, "s", "", ("ipptool", peer_large), "ours/peer")
    table.add(f"delivery rate, IPPS, from {size // 10 // MB} MB to {size // MB} MB", more / (ours_large - ours_small), "MB/s",
              "≥ 0.9", ("ipptool", more / (peer_large - peer_small)), "ours/peer")


def first_byte(table, world, quick):
    """Release asked for → first byte at a raw printer, with the crowd's jobs in the index."""
    held, releases = (200, 20) if quick else (10_000, 200)
    sink = RateSink()
    world.site.add_printer("first", sink)
    world.crowd(held)
    at = world.panel("first")
    path = world.file(500_000)
    ours = []
    for _ in range(releases):
        seen = len(sink.first)
        start, job = _release(world, at, path)
        procs.wait_until("the first byte", lambda: len(sink.first) > seen)
        ours.append((sink.first[-1] - start) * 1000)
        at.wait_state(job, "gone", "delivered")
    cups = world.cupsd.first_bytes(path, sink, releases)
    for p, goal in ((50, "≤ 12"), (99, "≤ 60")):
        table.add(f"release → first byte, raw 9100, {held} held, p{p}", percentile(ours, p), "ms", goal,
                  ("cupsd", percentile(cups, p)), "ours/peer", goal_of="ours")

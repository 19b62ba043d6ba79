# SPDX-License-Identifier: Apache-2.0
"""Rows of single parts, without a site: sealing, the relay."""
import json

import peers
from harness import procs
from table import build_path, in_turns


def sealing(table, world, quick):
    program = build_path("tests", "bench", "bench_seal")
    age = peers.Age(world.folder)
    try:
        ours, speed, age_speed = in_turns(
            3 if quick else 9, lambda: json.loads(procs.run([program, 4]).stdout)["bytes_per_second"],
            peers.openssl_speed, age.rate)
    finally:
        age.stop()
    table.add("sealing, one core", ours / 1e9, "GB/s", "≥ 0.9", ("openssl speed", speed / 1e9), "ours/peer")
    table.add("sealing, one core", ours / 1e9, "GB/s", "≥ 2", ("age", age_speed / 1e9), "ours/peer")


def relay(table, _world, quick):
    messages, streams = (1000, 500) if quick else (20_000, 9_900)
    ours = json.loads(procs.run([build_path("tests", "bench", "bench_relay"), messages, streams], timeout_s=600).stdout)
    table.add("relay: append → its reader has the message, p50", ours["wake_p50_ms"], "ms")
    table.add("relay: append → its reader has the message, p99", ours["wake_p99_ms"], "ms", "≤ 50")
    table.add(f"relay: memory for each of {ours['streams']} idle TLS streams", ours["kib_per_stream"], "KiB", "≤ 20")

# SPDX-License-Identifier: Apache-2.0
"""Rows of the bench: a figure, the peers' beside it, the goal, and whether it is reached."""
import os
import re
import statistics


def percentile(values, p):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * p / 100))]


def in_turns(times, *actions):
    """Call each so many times, one after the other, so that what else the machine does meets all; the median of each."""
    found = [[] for _ in actions]
    for _ in range(times):
        for values, action in zip(found, actions):
            values.append(action())
    return [statistics.median(v) for v in found]


def is_met(value, goal):
    """goal: "≤ 12", "≥ 0.9", "< 1", "= 0"; whatever follows the number is for people."""
    sign, number = re.match(r"([≤≥<=]) ?([\d.]+)", goal).groups()
    number = float(number)
    return {"≤": value <= number, "≥": value >= number, "<": value < number, "=": value == number}[sign]


class Table:
    """Printed as they come, and kept for --json. A goal speaks of the ratio where there is one, else of our figure."""

    def __init__(self):
        self.rows, self.name = [], None

    def head(self):
        print(f"{'what':<64} {'ours':>9} {'unit':<6} {'peer':<26} {'ratio':<8} goal", flush=True)

    def add(self, what, ours, unit, goal="", peer=None, ratio=None, goal_of="ratio", note=""):
        """peer: (name, value); ratio: "ours/peer" or "peer/ours"; goal_of "ours" where the goal is not the ratio's."""
        row = {"row": self.name, "command": f"tests/bench/run --only {self.name}", "what": what, "ours": ours, "unit": unit,
               "peer": peer and peer[0], "peer_value": peer and peer[1], "ratio": None, "goal": goal, "met": None, "note": note}
        if peer and ratio:
            row["ratio"] = ours / peer[1] if ratio == "ours/peer" else peer[1] / ours
        if goal:
            row["met"] = is_met(ours if row["ratio"] is None or goal_of == "ours" else row["ratio"], goal)
        self.rows.append(row)
        beside = f"{peer[0]} {peer[1]:.4g}" if peer else ""
        times = "" if row["ratio"] is None else f"{row['ratio']:.2f} x"
        verdict = {None: "", True: "met", False: "MISSED"}[row["met"]]
        print(f"{what:<64} {ours:>9.4g} {unit:<6} {beside:<26} {times:<8} {goal:<12} {verdict} {note}".rstrip(), flush=True)

    def skip(self, what, why):
        self.rows.append({"row": self.name, "what": what, "skipped": why})
        print(f"{what:<64} not measured: {why}", flush=True)


def rss_kib(pid, field="VmRSS"):
    with open(f"/proc/{pid}/status") as f:
        return int(re.search(rf"{field}:\s+(\d+)", f.read()).group(1))


def memory_kib(pid):
    """(resident, private and written, private and clean, shared with other processes) in KiB."""
    with open(f"/proc/{pid}/smaps_rollup") as f:
        found = {k: int(v) for k, v in re.findall(r"(\w+):\s+(\d+) kB", f.read())}
    return (found["Rss"], found["Private_Dirty"], found["Private_Clean"], found["Shared_Clean"] + found["Shared_Dirty"])


def build_path(*names):
    return os.path.join(os.environ["LATCHKEY_BUILD"], *names)

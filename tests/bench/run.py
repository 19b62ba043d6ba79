# SPDX-License-Identifier: Apache-2.0
"""The bench behind tests/bench/run: each row beside its peers, in one run. It measures; it passes or fails nothing."""
import argparse
import json
import os
import platform
import re
import shutil
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, ".."), os.path.join(HERE, "..", "e2e")]
import rows_panel  # noqa: E402
import rows_parts  # noqa: E402
import rows_queue  # noqa: E402
import rows_release  # noqa: E402
import rows_traffic  # noqa: E402
from table import Table  # noqa: E402
from world import World  # noqa: E402

# In this order: what is idle and alone first, what fills the index last.
ROWS = {
    "sealing": rows_parts.sealing, "relay": rows_parts.relay, "traffic": rows_traffic.traffic,
    "memory": rows_queue.memory, "print": rows_queue.print_row, "print-large": rows_queue.print_large,
    "at-once": rows_queue.at_once, "slow": rows_queue.slow, "delivery": rows_release.delivery,
    "sign-ins": rows_panel.sign_ins, "first-byte": rows_release.first_byte, "get-jobs": rows_queue.get_jobs,
    "swipe": rows_panel.swipe, "panels": rows_panel.panels,
}


class LazyWorld:
    """A World that is made when a row first asks something of it but its folder."""

    def __init__(self, folder, people):
        self.folder, self.people, self.made = folder, people, None

    def __getattr__(self, name):
        if self.made is None:
            self.made = World(self.folder, self.people)
        return getattr(self.made, name)


def machine():
    with open("/proc/cpuinfo") as f:
        model = re.search(r"model name\s+: (.*)", f.read())
    return f"{os.cpu_count()} cores, {model.group(1) if model else platform.machine()}, Linux {platform.release().split('-')[0]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, epilog="rows: " + ", ".join(ROWS))
    parser.add_argument("--quick", action="store_true", help="smaller sizes, for a first look; goals then mean little")
    parser.add_argument("--only", metavar="NAMES", help="these rows alone, with commas between")
    parser.add_argument("--json", metavar="FILE", help="write the rows there")
    options = parser.parse_args()
    wanted = options.only.split(",") if options.only else list(ROWS)
    if unknown := set(wanted) - set(ROWS):
        parser.error(f"there is no row {', '.join(sorted(unknown))}")
    table = Table()
    print(f"{time.strftime('%Y-%m-%d')}, {machine()}, load {os.getloadavg()[0]:.2f}")
    table.head()
    folder = tempfile.mkdtemp(prefix="latchkey-bench-")
    os.chmod(folder, 0o755)
    world = LazyWorld(folder, 100 if options.quick else 1000)
    try:
        for table.name in [name for name in ROWS if name in wanted]:
            ROWS[table.name](table, world, options.quick)
    finally:
        if world.made:
            world.made.stop()
        shutil.rmtree(folder, ignore_errors=True)
        if options.json:
            with open(options.json, "w") as f:
                json.dump({"date": time.strftime("%Y-%m-%d"), "machine": machine(), "rows": table.rows}, f, indent=1)
    missed = [r["what"] for r in table.rows if r.get("met") is False]
    print(f"{sum(r.get('met') is True for r in table.rows)} goals met, {len(missed)} missed"
          + "".join(f"\n  {what}" for what in missed))


if __name__ == "__main__":
    main()

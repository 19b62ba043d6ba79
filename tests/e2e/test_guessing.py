# SPDX-License-Identifier: Apache-2.0
"""Whoever guesses at somebody's password a hundred thousand times, from everywhere and through a restart, has ten guesses."""
import concurrent.futures
import json
import re
import socket
import ssl

import pytest

from harness import panel, procs
from test_people import Stage

GUESSES, PANELS, BATCH = 100_000, 200, 100
NAMES = ("alice", "ALICE", "aLiCe")


@pytest.fixture
def stage(tmp_path):
    s = Stage(str(tmp_path))
    yield s
    s.stop()


def guess_from(site, address, count):
    """That many guesses over one connection, a batch at a time without waiting; gives the number of answers by status."""
    context = ssl.create_default_context(cafile=site.ca)
    head = (f"POST /api/v1/session HTTP/1.1\r\nHost: localhost:{site.port}\r\nX-Latchkey: 1\r\nContent-Type: application/json\r\n"
            f"Cookie: __Secure-latchkey-panel={site.panel_token('mono')}\r\n")
    statuses = {}
    with socket.create_connection(("127.0.0.1", site.port), source_address=(address, 0), timeout=60) as raw:
        with context.wrap_socket(raw, server_hostname="localhost") as s:
            for start in range(0, count, BATCH):
                bodies = [json.dumps({"printer": "mono", "user": NAMES[i % 3], "password": f"{address} {i}"})
                          for i in range(start, min(start + BATCH, count))]
                s.sendall("".join(f"{head}Content-Length: {len(b)}\r\n\r\n{b}" for b in bodies).encode())
                data = b""
                while len(re.findall(rb"HTTP/1\.1 \d", data)) < len(bodies) or not data.endswith(b"}"):
                    more = s.recv(65536)
                    assert more, "the server ended the connection"
                    data += more
                for status in re.findall(rb"HTTP/1\.1 (\d+)", data):
                    statuses[int(status)] = statuses.get(int(status), 0) + 1
    return statuses


def guess_everywhere(site, round_number):
    """Half of the guesses, from half of the panels."""
    site.panel_token("mono")
    addresses = [f"127.1.{round_number}.{i}" for i in range(1, PANELS // 2 + 1)]
    if round_number == 0:
        addresses[0] = "127.0.0.50"  # alice's own
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        each = pool.map(lambda a: guess_from(site, a, GUESSES // PANELS), addresses)
        total = {}
        for statuses in each:
            for status, count in statuses.items():
                total[status] = total.get(status, 0) + count
    return total


def restart(site):
    site.devicescout.stop()
    site.start_devicescout()


def test_of_a_hundred_thousand_guesses_the_directory_hears_ten(stage):
    site, own = stage.site, panel.Panel(stage.site, "mono", "127.0.0.50")
    assert own.sign_in("alice", "alice-password")[0] == 200
    own.sign_out()
    first = guess_everywhere(site, 0)
    restart(site)
    second = guess_everywhere(site, 1)
    assert sum(first.values()) + sum(second.values()) == GUESSES
    assert set(first) | set(second) == {401, 429}
    evaluated = first[401] + second.get(401, 0)
    assert 5 < evaluated <= 10, (first, second)
    status, body = panel.Panel(site, "mono", "127.2.0.1").sign_in("alice", "alice-password")
    assert (status, body["error"]) == (429, "too-often") and body["wait_s"] > 600
    # Nobody else has to wait, and alice has her badge: see test_people.py.
    assert panel.Panel(site, "mono", "127.2.0.2").sign_in("bob", "bob-password")[0] == 200
    refusals = [line for line in site.command("audit", "show").stdout.splitlines() if "sign_in_refused" in line]
    assert len(refusals) < 200, "guesses fill the audit log"
    assert procs.accepts(site.port)

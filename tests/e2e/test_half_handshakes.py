# SPDX-License-Identifier: Apache-2.0
"""A TLS handshake that somebody begins and does not go on with costs nobody anything: neither relay nor device scout works for it."""
import os
import socket
import time

import pytest

SECONDS = 2


def cpu_s(process):
    with open(f"/proc/{process.pid}/stat") as f:
        words = f.read().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def work_in(process):
    """CPU time of the process in the next seconds: this waits for nothing, it measures."""
    before = cpu_s(process)
    time.sleep(SECONDS)
    return cpu_s(process) - before


@pytest.mark.parametrize("which", ["relay", "devicescout"])
def test_one_byte_of_a_handshake_keeps_no_core_busy(site, which):
    process = getattr(site, which).process
    port = site.relay_port if which == "relay" else site.port
    held = [socket.create_connection(("127.0.0.1", port)) for _ in range(5)]
    for s in held:
        s.sendall(b"\x16")
    work = work_in(process)
    for s in held:
        s.close()
    assert work < SECONDS / 10, f"{work:.2f} s of work in {SECONDS} s"

# SPDX-License-Identifier: Apache-2.0
"""The peers that the bench stands beside: openssl, age, cupsd."""
import os
import re
import subprocess
import time

from harness import cups, procs


def openssl_speed():
    """Bytes per second of AES-256-GCM at 16 KiB on one core."""
    out = procs.run(["openssl", "speed", "-elapsed", "-seconds", "1", "-bytes", "16384", "-evp", "aes-256-gcm"]).stdout
    return float(re.search(r"(?im)^aes-256-gcm\s+([\d.]+)k", out).group(1)) * 1000


class Age:
    """age encrypting from memory (a file on tmpfs) to nowhere."""

    def __init__(self, folder, size=1 << 30):
        self.size, self.path = size, "/dev/shm/latchkey-age-%d" % os.getpid()
        key = os.path.join(folder, "age.key")
        procs.run(["age-keygen", "-o", key])
        self.recipient = procs.run(["age-keygen", "-y", key]).stdout.strip()
        with open(self.path, "wb") as f:
            f.truncate(size)

    def rate(self):
        """Bytes per second."""
        start = time.monotonic()
        with open(self.path, "rb") as f, open(os.devnull, "wb") as null:
            subprocess.run(["age", "-r", self.recipient], stdin=f, stdout=null, check=True)
        return self.size / (time.monotonic() - start)

    def stop(self):
        os.unlink(self.path)


class Cupsd(cups.Cupsd):
    """cupsd with a raw queue that holds, and what the bench asks of it."""

    def start(self):
        super().start()
        self.add_raw("held", "socket://127.0.0.1:9")
        return self

    def first_bytes(self, path, sink, times):
        """ms from `lp -H resume` to the first byte at the sink, for each of so many held jobs."""
        self.add_raw("sink", sink.uri)
        found = []
        for _ in range(times):
            job = re.search(r"request id is (\S+)", self.command("lp", "-d", "sink", "-o", "raw", "-H", "hold", path)).group(1)
            seen = len(sink.first)
            start = time.monotonic()
            self.command("lp", "-i", job, "-H", "resume")
            procs.wait_until("cupsd's first byte", lambda: len(sink.first) > seen)
            found.append((sink.first[-1] - start) * 1000)
            self.wait_idle("sink")
        return found

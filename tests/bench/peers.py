# SPDX-License-Identifier: Apache-2.0
"""The peers that the bench stands beside: openssl, age, cupsd; and a client that prints many small jobs."""
import os
import re
import socket
import struct
import subprocess
import time

from harness import cups, procs


def openssl_speed():
    """Bytes per second of AES-256-GCM at 16 KiB on one core."""
    out = procs.run(["openssl", "speed", "-elapsed", "-seconds", "3", "-bytes", "16384", "-evp", "aes-256-gcm"]).stdout
    return float(re.search(r"(?im)^aes-256-gcm\s+([\d.]+)k", out).group(1)) * 1000


def age_rate(folder, size=1 << 30):
    """Bytes per second of age encrypting from memory (a file on tmpfs) to nowhere."""
    key = os.path.join(folder, "age.key")
    if os.path.exists(key):
        os.unlink(key)
    procs.run(["age-keygen", "-o", key])
    recipient = procs.run(["age-keygen", "-y", key]).stdout.strip()
    path = "/dev/shm/latchkey-age-%d" % os.getpid()
    with open(path, "wb") as f:
        f.truncate(size)
    try:
        best = 0.0
        for _ in range(3):
            start = time.monotonic()
            with open(path, "rb") as f, open(os.devnull, "wb") as null:
                subprocess.run(["age", "-r", recipient], stdin=f, stdout=null, check=True)
            best = max(best, size / (time.monotonic() - start))
        return best
    finally:
        os.unlink(path)


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


def _attribute(tag, name, value):
    return struct.pack(">BH", tag, len(name)) + name + struct.pack(">H", len(value)) + value


def print_many(path_of_socket, document, count):
    """Print the document count times over one connection to a queue's domain socket."""
    with open(document, "rb") as f:
        data = f.read()
    body = (struct.pack(">BBHI", 2, 0, 2, 1) + b"\x01" + _attribute(0x47, b"attributes-charset", b"utf-8")
            + _attribute(0x48, b"attributes-natural-language", b"en")
            + _attribute(0x45, b"printer-uri", b"ipp://localhost/ipp/print")
            + _attribute(0x42, b"requesting-user-name", b"bench") + _attribute(0x42, b"job-name", b"crowd")
            + _attribute(0x49, b"document-format", b"application/pdf") + b"\x03" + data)
    request = (b"POST /ipp/print HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/ipp\r\nContent-Length: "
               + str(len(body)).encode() + b"\r\n\r\n" + body)
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(path_of_socket)
        stream = s.makefile("rb")
        for n in range(count):
            s.sendall(request)
            status = stream.readline()
            if b" 200 " not in status:
                raise procs.Failed(f"job {n + 1} was answered with {status!r}")
            length = 0
            while (line := stream.readline().strip()):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            answer = stream.read(length)
            if struct.unpack(">H", answer[2:4])[0] > 0xff:
                raise procs.Failed(f"job {n + 1} was refused with IPP status {answer[2:4].hex()}: {answer[8:300]!r}")

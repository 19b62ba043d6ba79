# SPDX-License-Identifier: Apache-2.0
"""Clients of a queue, ours or a peer's: IPP over HTTP/1.1 by hand, so that what the client costs is small and known."""
import base64
import os
import socket
import subprocess
import threading
import time

import ipp
from harness import procs


class Client:
    """One kept connection to a queue: a domain socket's path, or a TCP port."""

    def __init__(self, target, path="/ipp/print", password=None):
        self.path = path
        self.head = ""
        if password:
            self.head = "Authorization: Basic " + base64.b64encode(f"cups:{password}".encode()).decode() + "\r\n"
        if isinstance(target, int):
            self.socket = socket.create_connection(("127.0.0.1", target), timeout=120)
        else:
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(120)
            self.socket.connect(target)
        self.stream = self.socket.makefile("rb")

    def ask(self, body):
        """The answer's IPP status and bytes."""
        self.socket.sendall((f"POST {self.path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/ipp\r\n{self.head}"
                             f"Content-Length: {len(body)}\r\n\r\n").encode() + body)
        status = self.stream.readline()
        while status.startswith(b"HTTP/1.1 100"):
            while self.stream.readline().strip():
                pass
            status = self.stream.readline()
        length, chunked = 0, False
        while line := self.stream.readline().strip().lower():
            if line.startswith(b"content-length:"):
                length = int(line.split(b":")[1])
            chunked = chunked or (line.startswith(b"transfer-encoding:") and b"chunked" in line)
        data = self._chunks() if chunked else self.stream.read(length)
        if b" 200 " not in status or len(data) < 8:
            raise procs.Failed(f"the queue answered {status!r}")
        return int.from_bytes(data[2:4], "big"), data

    def _chunks(self):
        data = b""
        while length := int(self.stream.readline().split(b";")[0], 16):
            data += self.stream.read(length)
            self.stream.readline()
        self.stream.readline()
        return data

    def close(self):
        self.stream.close()
        self.socket.close()


def print_job(document, user="bench", uri=ipp.PRINTER_URI, job=()):
    return ipp.request(ipp.PRINT_JOB, ipp.attribute(ipp.NAME, "requesting-user-name", user),
                       ipp.attribute(ipp.NAME, "job-name", "crowd"),
                       ipp.attribute(ipp.MIME, "document-format", "application/pdf" if not job else "application/octet-stream"),
                       job=job, uri=uri) + document


def print_many(target, path, count, user, password=None):
    """Print the document count times over one connection."""
    with open(path, "rb") as f:
        body = print_job(f.read(), user)
    client = Client(target, password=password)
    for n in range(count):
        status, answer = client.ask(body)
        if status > 0xff:
            raise procs.Failed(f"job {n + 1} was refused with IPP status {status:#06x}: {answer[8:300]!r}")
    client.close()


def print_at_once(target, path, clients, each, http_path="/ipp/print", uri=ipp.PRINTER_URI, job=()):
    """(seconds, errors): so many clients, each printing so many jobs one after the other."""
    with open(path, "rb") as f:
        body = print_job(f.read(), uri=uri, job=job)
    errors = []
    ready = threading.Barrier(clients + 1)

    def run():
        ready.wait()
        try:
            client = Client(target, http_path)
            for _ in range(each):
                status, _ = client.ask(body)
                if status > 0xff:
                    errors.append(status)
            client.close()
        except (OSError, ValueError, procs.Failed) as e:
            errors.append(e)

    threads = [threading.Thread(target=run) for _ in range(clients)]
    for t in threads:
        t.start()
    ready.wait()
    start = time.monotonic()
    for t in threads:
        t.join()
    return time.monotonic() - start, errors


def timed_ipptool(uri, path, test="print-job.test"):
    start = time.monotonic()
    procs.run(["ipptool", "-q", "-f", path, "-d", "filetype=application/pdf", uri, test], timeout_s=600)
    return time.monotonic() - start


class SlowCrowd:
    """slow_clients.py in a process of its own, so that its work is not the other client's."""

    def __init__(self, target, count):
        program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "slow_clients.py")
        self.child = subprocess.Popen(["/usr/bin/python3", program, str(target), str(count)], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, text=True)
        if self.child.stdout.readline().strip() != "open":
            raise procs.Failed("the slow clients could not all connect")

    def stop(self):
        """How many were connected, on average."""
        out, _ = self.child.communicate("\n", timeout=30)
        return int(out)

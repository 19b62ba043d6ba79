# SPDX-License-Identifier: Apache-2.0
"""The peers that the bench stands beside: openssl, age, cupsd; and a client that prints many small jobs."""
import os
import re
import shutil
import socket
import struct
import subprocess
import time

from harness import procs


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


class Cupsd:
    """A private cupsd with a raw queue that holds and one that sends to a raw printer."""

    def __init__(self, folder):
        self.folder = os.path.join(folder, "cups")
        self.port = procs.free_port()
        self.socket = os.path.join(self.folder, "cups.sock")
        self.process = None

    def start(self):
        d = self.folder
        for sub in ("etc/ppd", "etc/ssl", "spool/tmp", "cache", "state/certs", "log"):
            os.makedirs(os.path.join(d, sub))
        os.chmod(d, 0o755)
        for path, mode in (("etc", 0o755), ("spool", 0o710), ("cache", 0o770), ("state", 0o755), ("spool/tmp", 0o1770)):
            shutil.chown(os.path.join(d, path), group="lp")
            os.chmod(os.path.join(d, path), mode)
        with open(f"{d}/cups-files.conf", "w") as f:
            f.write(f"ServerRoot {d}/etc\nCacheDir {d}/cache\nStateDir {d}/state\nRequestRoot {d}/spool\nTempDir {d}/spool/tmp\n"
                    f"AccessLog {d}/log/access\nErrorLog {d}/log/error\nPageLog {d}/log/page\nUser lp\nGroup lp\n"
                    "SystemGroup root lpadmin\nServerBin /usr/lib/cups\nDataDir /usr/share/cups\n")
        with open(f"{d}/cupsd.conf", "w") as f:
            f.write(f"LogLevel warn\nListen localhost:{self.port}\nListen {self.socket}\nBrowsing No\nWebInterface No\n"
                    "DefaultAuthType None\nIdleExitTimeout 0\nMaxJobs 0\n<Location />\nOrder allow,deny\nAllow localhost\n</Location>\n"
                    "<Policy default>\n<Limit All>\nOrder deny,allow\nAllow localhost\n</Limit>\n</Policy>\n")
        self.process = procs.Process("cupsd", ["cupsd", "-f", "-c", f"{d}/cupsd.conf", "-s", f"{d}/cups-files.conf"], d)
        self.process.start()
        self.process.wait_for("its socket", lambda: os.path.exists(self.socket) and procs.accepts(self.port))
        self.command("lpadmin", "-p", "held", "-E", "-v", "socket://127.0.0.1:9", "-m", "raw")
        return self

    def command(self, *argv):
        return procs.run(argv, env={"CUPS_SERVER": self.socket}).stdout

    def cancel_all(self):
        self.command("cancel", "-a", "-x")

    def first_bytes(self, path, sink, times):
        """ms from `lp -H resume` to the first byte at the sink, for each of so many held jobs."""
        self.command("lpadmin", "-p", "sink", "-E", "-v", sink.uri, "-m", "raw")
        found = []
        for _ in range(times):
            job = re.search(r"request id is (\S+)", self.command("lp", "-d", "sink", "-o", "raw", "-H", "hold", path)).group(1)
            seen = len(sink.first)
            start = time.monotonic()
            self.command("lp", "-i", job, "-H", "resume")
            procs.wait_until("cupsd's first byte", lambda: len(sink.first) > seen)
            found.append((sink.first[-1] - start) * 1000)
            procs.wait_until("cupsd's job to end", lambda: not self.command("lpstat", "-o", "sink"))
        return found

    def stop(self):
        if self.process:
            self.process.stop()


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

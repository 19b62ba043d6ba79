# SPDX-License-Identifier: Apache-2.0
"""An account of the computer against the queue: it keeps nobody out, and pages in a browser reach nothing."""
import http.client
import os
import resource
import socket
import sys

import pytest

sys.path[:0] = [os.path.join(os.path.dirname(__file__), "..", p) for p in ("", "e2e")]
import fake_site  # noqa: E402
import ipp  # noqa: E402
from harness import procs, site as sites  # noqa: E402

STRANGER = 54321  # a uid that nobody here has
HEAD = b"POST /ipp/print HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/ipp\r\nTransfer-Encoding: chunked\r\n\r\n"


class Queue:
    def __init__(self, folder, **settings):
        fake = fake_site.FakeSite(os.path.join(folder, "spool"), person="").enroll()
        fake.bulletin()
        self.socket = os.path.join(folder, "queue.sock")
        self.port_file = os.path.join(folder, "port")
        self.daemon = sites.Daemon(folder, "printscout-queue", [sites.program("printscout-queue")], {
            "spool": fake.spool, "state": os.path.join(folder, "state"), "queue-socket": self.socket, "queue-port": 0,
            "queue-port-file": self.port_file, "queue-dns-sd": False, **settings})
        self.daemon.start(ready=lambda: sites.port_of(self.port_file))

    @property
    def port(self):
        return sites.port_of(self.port_file)

    def post(self, body, **headers):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        c.request("POST", "/ipp/print", body, {"Content-Type": "application/ipp", **headers})
        return c.getresponse().status


@pytest.fixture
def queue(tmp_path):
    for p in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        os.chmod(p, 0o755)
    q = Queue(str(tmp_path), **{"connections-max": 256})
    yield q
    assert q.daemon.stop() == 0, q.daemon.log()


def connect(queue, way):
    if way == "tcp":
        return socket.create_connection(("127.0.0.1", queue.port))
    s = socket.socket(socket.AF_UNIX)
    s.connect(queue.socket)
    return s


def hold_all(queue, way, ready):
    """As the stranger: as many uploads as connect, none of which ever ends."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    os.setuid(STRANGER)
    begun = ipp.request(ipp.PRINT_JOB) + b"%PDF-1.4"
    held = []
    for _ in range(400):
        try:
            held.append(connect(queue, way))
            held[-1].sendall(HEAD + b"%x\r\n" % len(begun) + begun + b"\r\n")
        except OSError:
            pass  # broken by the queue: that is what is tried
    os.write(ready, b"1")
    while True:
        os.read(0, 1)  # until it is killed


@pytest.mark.skipif(os.getuid() != 0, reason="becomes another account")
@pytest.mark.parametrize("way", ["tcp", "unix"])
def test_one_account_cannot_take_all_connections(queue, way):
    told, ready = os.pipe()
    stay, _ = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.dup2(stay, 0)
            hold_all(queue, way, ready)
        finally:
            os._exit(1)
    try:
        os.read(told, 1)
        asked = ipp.request(ipp.GET_PRINTER_ATTRIBUTES)
        assert queue.post(asked) == 200
        with connect(queue, "unix") as s:
            s.settimeout(20)
            s.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert s.recv(15) == b"HTTP/1.1 200 OK"
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)


def test_a_page_in_a_browser_cannot_print(queue):
    asked = ipp.request(ipp.GET_PRINTER_ATTRIBUTES)
    assert queue.post(asked, Origin="https://evil.example") == 403
    assert queue.post(asked, Origin="null") == 403
    assert queue.post(asked, Host=f"evil.example:{queue.port}") == 421, "a name that was bound anew to this computer"
    assert queue.post(asked, **{"Content-Type": "text/plain"}) == 415, "what a form may send"
    c = http.client.HTTPConnection("127.0.0.1", queue.port, timeout=20)
    c.request("OPTIONS", "/ipp/print", headers={"Origin": "https://evil.example"})
    answer = c.getresponse()
    assert answer.status == 405 and answer.getheader("Access-Control-Allow-Origin") is None
    assert procs.accepts(queue.port)

# SPDX-License-Identifier: Apache-2.0
"""A shared queue on a spool of its own, a courier that is played, and clients on the network. Imported by tests."""
import base64
import http.client
import os
import ssl

import ipp
import pytest
from harness import certs, procs
from played_courier import PlayedCourier
from queue_fixture import Queue

PEOPLE = {"alice": ("alice-password", "alice"), "Alice": ("alice-password", "alice"), "bob": ("bob-password", "bob"),
          "root": ("root-password", "root")}


class Client:
    """Somebody's program on another computer: each post() is a connection of its own."""

    def __init__(self, port, ca, user=None, password=None):
        self.port, self.user = port, user
        self.password = f"{user}-password" if password is None else password
        self.context = ssl.create_default_context(cafile=ca)

    def connection(self, timeout=30):
        return http.client.HTTPSConnection("localhost", self.port, context=self.context, timeout=timeout)

    def headers(self):
        text = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        return {"Content-Type": "application/ipp", **({"Authorization": f"Basic {text}"} if self.user else {})}

    def send(self, body=b"", method="POST", path="/ipp/print", connection=None, **headers):
        """(status, headers, body)"""
        c = connection or self.connection()
        try:
            c.request(method, path, body, {**self.headers(), **headers})
            answer = c.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            if connection is None:
                c.close()

    def ask(self, body):
        status, _, data = self.send(body)
        assert status == 200, (status, data)
        return ipp.Answer(data)

    def print(self, title="letter", document=b"%PDF-1.4 some bytes", *more, **kw):
        return self.ask(ipp.print_job(title, *more, **kw) + document)


class SharedQueue(Queue):
    def __init__(self, folder, authority, name="queue", **settings):
        certificate, key = authority.issue("server")
        super().__init__(folder, name, **{
            "shared_address": "127.0.0.1", "shared_port": 0, "shared_port_file": os.path.join(str(folder), name, "shared.port"),
            "shared_name": "localhost", "shared_certificate": certificate, "shared_key": key, **settings})
        self.authority = authority

    def client(self, user=None, password=None):
        return Client(self.shared_port(), self.authority.crt, user, password)

    def with_courier(self, people=None):
        self.courier = PlayedCourier(self.spool, self.site.scout_box, people or PEOPLE).start()
        self.process.wait_for_log("courier_line state=up")
        return self


@pytest.fixture
def authority(tmp_path):
    return certs.Authority(os.path.join(tmp_path, "ca"))


@pytest.fixture
def shared(tmp_path, authority):
    """A queue that knows its site, and whom the courier knows."""
    q = SharedQueue(tmp_path, authority).start().enrolled("")
    yield q.with_courier()
    q.stop()


def slow_down_passes(client, body, timeout_s=20):
    """Wait until the client is not asked to wait any more; gives the answer's status."""
    return procs.wait_until("the wait to be over", lambda: (lambda s: s if s != 429 else 0)(client.send(body)[0]), timeout_s)

# SPDX-License-Identifier: Apache-2.0
"""A person prints from any computer to a queue on the network, by name and password, and gets the page at any printer."""
import base64
import http.client
import os
import ssl

import ipp
import pytest
from harness import document, panel, printers, procs, site as sites


@pytest.fixture(scope="module")
def server(site, authority):
    """A print server: a node invited as --shared, whose queue takes ipps."""
    w = site.workstation("print-server", shared_by=authority)
    w.courier.process.wait_for_log("question_socket state=up")
    return w


class Client:
    """Somebody's program on another computer."""

    def __init__(self, server, authority, user, password=None):
        self.port, self.user, self.password = server.shared_port, user, password or user + "-password"
        self.context = ssl.create_default_context(cafile=authority.crt)

    def headers(self):
        text = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        return {"Content-Type": "application/ipp", "Authorization": f"Basic {text}"}

    def post(self, body, **headers):
        c = http.client.HTTPSConnection("localhost", self.port, context=self.context, timeout=30)
        try:
            c.request("POST", "/ipp/print", body, {**self.headers(), **headers})
            answer = c.getresponse()
            return answer.status, answer.read()
        finally:
            c.close()

    def ask(self, body):
        status, data = self.post(body)
        assert status == 200, (status, data)
        return ipp.Answer(data)


@pytest.fixture
def client(server, authority):
    return lambda user, password=None: Client(server, authority, user, password)


def read(path):
    with open(path, "rb") as f:
        return f.read()


def test_printed_over_ipps_and_released_at_a_panel_to_paper(site, mono, server, authority, sign_in, scratch):
    at = sign_in("alice", "mono")
    text = document.marker()
    data = document.pdf(text, 60_000)
    path = os.path.join(scratch, "from-afar.pdf")
    with open(path, "wb") as f:
        f.write(data)
    server.print_file(path, "from afar", uri=server.shared_uri("alice", "alice-password"))
    job = sites.wait_listed(at, 1)[0]
    assert job["title"] == "from afar"
    assert at.release(job["id"])[0] in (200, 202)
    at.wait_state(job["id"], "gone", "delivered")
    assert read(mono.documents()[-1]) == data
    shown = site.command("audit", "show").stdout
    assert "account%3Dalice" in shown or "account=alice" in shown, shown[-3000:]

# SPDX-License-Identifier: Apache-2.0
"""A person prints from any computer to a queue on the network, by name and password, and gets the page at any printer."""
import base64
import http.client
import os
import ssl
import time

import ipp
import pytest
from harness import cups, document, panel, procs, site as sites

ASK = ipp.request(ipp.GET_PRINTER_ATTRIBUTES)


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
    shown = site.command("audit", "show", "--event", "sign_in").stdout
    assert " account=alice\n" in shown, shown[-3000:]


def test_a_browsers_request_with_curl_shows_that_persons_jobs(server, authority, client):
    client("carol").ask(ipp.print_job("carol's letter") + b"%PDF-1.4 of carol")
    page = procs.run(["curl", "-sS", "--fail", "--cacert", authority.crt, "-u", "carol:carol-password",
                      f"https://localhost:{server.shared_port}/"]).stdout
    assert "carol&#39;s letter" in page or "carol's letter" in page
    other = procs.run(["curl", "-sS", "--fail", "--cacert", authority.crt, "-u", "bob:bob-password",
                       f"https://localhost:{server.shared_port}/"]).stdout
    assert "letter" not in other


def test_through_the_cupsd_of_another_computer(site, mono, server, sign_in, scratch):
    at = sign_in("bob", "mono")
    cupsd = cups.Cupsd(scratch).start()
    path = os.path.join(scratch, "through-cups.pdf")
    with open(path, "wb") as f:
        f.write(document.pdf(document.marker(), 30_000))
    try:
        cupsd.command("lpadmin", "-p", "far", "-E", "-v", server.shared_uri("bob", "bob-password"), "-m", "everywhere")
        cupsd.command("lp", "-d", "far", "-t", "through cups", path)
        job = sites.wait_listed(at, 1, timeout_s=60)[0]
    finally:
        log = cupsd.error_log()
        cupsd.stop()
    assert job["title"] == "through cups", log[-3000:]
    assert at.release(job["id"])[0] in (200, 202)
    at.wait_state(job["id"], "gone", "delivered")


def evaluated(site):
    """Passwords over the network that the directory was asked about."""
    return sum("outcome=no" in line and " node=" in line for line in site.devicescout.log().splitlines())


def test_guesses_over_the_network_are_few_at_the_directory_and_leave_the_panel_alone(site, server, mono, client, sign_in):
    before, end = evaluated(site), time.monotonic() + 6
    i = 0
    while time.monotonic() < end:
        assert client("carol", f"guess {i}").post(ASK)[0] in (401, 429)
        i += 1
    assert i > 50 and evaluated(site) - before <= 10
    assert "guess" not in site.devicescout.log() + server.queue.log() + server.courier.log() + site.command("audit", "show").stdout


def test_while_the_site_is_away_the_answer_is_not_now_and_afterwards_it_prints(site, mono, server, client, sign_in):
    at = sign_in("alice", "mono")
    server.queue.stop()  # what it knew a minute ago is forgotten
    start_queue(server)
    site.relay.stop()
    server.courier.process.wait_for_log("relay_down")
    status, _ = client("alice").post(ipp.print_job("lost?") + b"%PDF-1.4")
    site.start_relay()
    assert status == 503
    procs.wait_until("an answer", lambda: client("alice").post(ASK)[0] == 200, 60)
    site.devicescout.stop()
    start = time.monotonic()
    assert client("alice").post(ASK)[0] == 200, "a right password is known for two minutes"
    assert client("bob").post(ipp.print_job("lost?") + b"%PDF-1.4")[0] == 503
    assert 5 < time.monotonic() - start < 14
    site.start_devicescout()
    procs.wait_until("an answer", lambda: client("bob").post(ASK)[0] == 200, 60)
    assert not any(j["title"] == "lost?" for j in panel_of(site, at).jobs())


def panel_of(site, before):
    """The panel again: its sessions end with the device scout."""
    p = panel.Panel(site, before.printer)
    assert p.sign_in("alice", "alice-password")[0] == 200
    return p


def start_queue(server):
    os.unlink(server.shared_port_file)
    os.unlink(server.port_file)
    ups = server.courier.log().count("question_socket state=up")
    server.queue.start(ready=lambda: server.port and server.shared_port)
    procs.wait_until("the courier", lambda: server.courier.log().count("question_socket state=up") > ups)


def test_whoever_left_the_directory_prints_no_more(site, people, server, client):
    assert client("carol").post(ASK)[0] in (200, 429)
    people.remove("carol")
    server.queue.stop()
    start_queue(server)
    try:
        assert client("carol").post(ASK)[0] in (401, 429)
    finally:
        people.add("carol")


@pytest.mark.skipif("ASAN_OPTIONS" in os.environ, reason="a sanitizer keeps what was freed, and has terabytes to dump")
def test_no_password_is_in_a_log_on_a_disk_or_in_the_couriers_memory(site, server, client, people):
    assert client("alice").post(ASK)[0] == 200
    secret = people.people["alice"][0]
    found = document.search(site.relay_state, [secret]) + document.search(server.folder, [secret])
    found += document.search(site.state, [secret])
    core = os.path.join(server.folder, "core")
    procs.run(["gcore", "-o", core, str(server.courier.process.pid)])
    with open(f"{core}.{server.courier.process.pid}", "rb") as f:
        memory = f.read()
    os.unlink(f"{core}.{server.courier.process.pid}")
    assert found == [] and secret.encode() not in memory
    assert server.state.encode() in memory, "the control: it is that process's memory"

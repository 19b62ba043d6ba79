# SPDX-License-Identifier: Apache-2.0
"""Lies told on purpose: what a relay swallows comes again; what it withholds, or says for somebody who was thrown out, opens,
prints and shows nothing."""
import collections
import os
import time

import http_wire as http
import pytest
from harness import procs, site as sites
from http_wire import Answer, HangUp
from latchkey_protocol import read_plain
from lies_of_exchanges import is_bulletin, is_message, is_session
from lying_relay import Event, node_of_claim

DEVICE_SCOUT = "node0"  # it signs in first
SOON_S = 10  # who waits for a relay waits 30 s


class Honest:
    """To be overridden in one thing."""

    def exchange(self, link, request):
        link.honest(request)

    def event(self, stream, event):
        stream.send(event)


@pytest.fixture(autouse=True)
def honest_afterwards(site, crowd):
    yield
    site.front.behave()


class Swallow(Honest):
    """Says yes to every message of a courier's, and keeps none."""

    def __init__(self):
        self.swallowed = collections.Counter()

    def exchange(self, link, request):
        sender = link.relay.name(link.relay.node_of(request.token))
        if is_message(request) and sender != DEVICE_SCOUT:
            self.swallowed[sender] += 1
            link.reply(Answer(201))
        else:
            link.honest(request)


def test_what_a_relay_has_swallowed_comes_again(site, crowd):
    """Lists and the answers to orders are sent once; whoever waits for them has to ask again."""
    for person in crowd.workstations:
        crowd.print_one(person)
    crowd.wait_listed(20)
    site.devicescout.stop()
    swallow = Swallow()
    site.front.lie(swallow)
    site.start_devicescout()
    crowd.signed_out()
    procs.wait_until("hellos and lists to be swallowed", lambda: swallow.swallowed.total() >= 12)
    site.front.lie(None)  # and no connection is cut: nobody has a reason to begin again
    crowd.converge()


class Silent(Honest):
    """Takes every request, and never answers one."""

    def __init__(self):
        self.asked = collections.Counter()

    def exchange(self, link, request):
        self.asked[link.relay.node_of(request.token)] += 1
        link.pause(60)


def test_a_relay_that_never_answers_holds_up_no_panel_no_printing_and_no_stop(site, crowd):
    silent = Silent()
    site.front.lie(silent)
    site.front.cut()
    procs.wait_until("everybody to wait for an answer", lambda: silent.asked.total() > len(site.workstations))
    for person in crowd.workstations:
        start = time.monotonic()
        crowd.print_one(person)
        crowd.look(person, "colour")
        assert time.monotonic() - start < SOON_S, "a person waits for a relay"
    for d in (site.devicescout, *(w.courier for w in site.workstations)):
        start = time.monotonic()
        assert d.stop() == 0
        assert time.monotonic() - start < SOON_S, f"{d.label} waits for a relay before it ends"
    site.front.behave()
    site.start_devicescout()
    for w in site.workstations:
        w.courier.start()
    crowd.signed_out()
    crowd.converge()


class Withhold(Honest):
    """Gives everybody the same old bulletin, and takes no other."""

    def __init__(self, bulletin):
        self.bulletin = bulletin

    def exchange(self, link, request):
        if is_bulletin(request):
            link.reply(Answer(200, body=self.bulletin))
        elif request.method == "PUT" and request.path.endswith("/bulletin"):
            link.reply(Answer(204))
        else:
            link.honest(request)


def test_a_withheld_bulletin_lets_nothing_be_printed_that_the_site_has_forbidden(site, crowd):
    site.front.lie(Withhold(site.front.bulletins[-1]))
    site.command("policy", "--raw", "no")
    job = crowd.print_one("alice")
    crowd.wait_listed(20)
    at, raw = crowd.at("alice", "raw0"), crowd.printers["raw0"]
    connections = raw.count
    crowd.release(at, [j for j in crowd.look("alice", "raw0") if j["title"] == job.title])
    problem = procs.wait_until("a refusal", lambda: [j["problem"] for j in at.waiting() if j["problem"] != "none"])
    assert problem == ["refused"] and raw.count == connections
    site.front.behave()
    site.allow_raw(True)
    crowd.converge()


def test_an_older_bulletin_or_anothers_is_never_taken(site, crowd):
    version = site.workstations[0].bulletin_version()
    known = site.front.bulletins
    newest = known[-1]
    altered = newest[:33] + b"\x7f\xff\xff\xff" + newest[37:]
    for bulletin in (known[0], site.front.others_bulletin, altered, newest[:-1] + bytes([newest[-1] ^ 1])):
        before = [w.courier.log().count("bulletin_refused") for w in site.workstations]
        for w in site.workstations:
            w.courier.stop()
        site.front.lie(Withhold(bulletin))
        for w, count in zip(site.workstations, before):
            w.courier.start()
            w.courier.process.wait_for("the refusal", lambda: w.courier.log().count("bulletin_refused") > count)
            assert w.bulletin_version() == version
    site.front.behave()
    crowd.print_one("bob")
    crowd.converge()


class FalseBulletin(Honest):
    def __init__(self, body):
        self.body = body

    def exchange(self, link, request):
        if is_bulletin(request):
            link.reply(Answer(200, body=self.body))
        else:
            link.honest(request)


class FalseAnswer(Honest):
    """Lets the join request through, and answers it with something else."""

    def __init__(self, change):
        self.change, self.changed = change, 0

    def exchange(self, link, request):
        if "/answers/" not in request.path or request.method != "GET":
            link.honest(request)
            return
        answer = link.forward(request)
        if answer.status == 200:
            self.changed += 1
            answer = answer.changed(body=self.change(answer.body))
        link.reply(answer)


def test_enrolling_through_a_relay_that_lies_makes_no_node_and_spoils_no_code(site, crowd):
    w = sites.Workstation(site, "new-pc")
    code = site.invite("alice")
    newest = site.front.bulletins[-1]
    answers = [FalseAnswer(c) for c in (lambda b: b"", lambda b: b[:-1], lambda b: os.urandom(len(b)),
                                        lambda b: b[:100] + bytes([b[100] ^ 4]) + b[101:])]
    for liar in (FalseBulletin(site.front.others_bulletin), FalseBulletin(site.front.bulletins[0]), FalseBulletin(b""),
                 FalseBulletin(newest[:-1] + b"\0"), FalseBulletin(newest * 100)):
        site.front.lie(liar)
        done = w.command("enroll", input_text=code, check=False)
        assert done.returncode != 0 and done.stderr.strip() and "node" not in os.listdir(os.path.join(w.spool, "site"))
    for liar in answers:
        site.front.lie(liar)
        done = w.command("enroll", input_text=site.invite("alice"), check=False)
        assert done.returncode != 0 and done.stderr.strip() and liar.changed
        assert "node" not in os.listdir(os.path.join(w.spool, "site"))
    site.front.behave()
    w.enroll(code)


class Collude(Honest):
    """Stands by a node that the site has thrown out: signs it in, and carries its messages itself."""

    def __init__(self, node):
        self.node, self.token, self.carried = node, "c" * 64, 0

    def exchange(self, link, request):
        if is_session(request) and node_of_claim(request.body) == self.node:
            link.reply(Answer(200, body=self.token.encode()))
        elif request.token != self.token:
            link.honest(request)
        elif request.is_stream:
            self.keep_open(link)
        else:
            if is_message(request):
                self.carry(link.relay, request.body)
            link.reply(Answer(201))

    def keep_open(self, link):
        link.client.sendall(http.head_bytes("HTTP/1.1 200 OK", {"transfer-encoding": "chunked", "latchkey-heartbeat": 1}))
        while link.relay.liar is self:
            link.client.sendall(b"3\r\n:\n\n\r\n")
            link.pause(0.5)
        raise HangUp

    def carry(self, relay, body):
        for stream in relay.streams():
            if relay.name(stream.node) == DEVICE_SCOUT:
                stream.send(Event(stream.last_cursor + 1, body))
                self.carried += 1


def node_id(workstation):
    with open(os.path.join(workstation.spool, "site", "node"), "rb") as f:
        return read_plain("spool_node", f.read())["node"].hex()


def test_a_relay_that_stands_by_a_revoked_computer_gets_none_of_its_jobs_listed_or_printed(site, crowd):
    crowd.workstations["bob"] = site.workstation("stolen-pc", "bob")
    before = crowd.print_one("bob")
    crowd.wait_listed(20)
    node = node_id(crowd.workstations["bob"])
    site.command("revoke", node)
    liar = Collude(node)
    site.front.lie(liar)
    site.front.cut()
    procs.wait_until("the relay to carry its hello", lambda: liar.carried > 0)
    after, carried = crowd.print_one("bob"), liar.carried
    procs.wait_until("the relay to carry its announcement", lambda: liar.carried > carried)
    procs.wait_until("the device scout to refuse it", lambda: f"sender={node}" in site.devicescout.log())
    at = crowd.at("bob", "raw1")
    connections = crowd.printers["raw1"].count
    crowd.release(at, [j for j in crowd.look("bob", "raw1") if j["title"] == before.title])
    procs.wait_until("a refusal", lambda: all(j["state"] != "waiting" for j in at.jobs()))
    assert crowd.printers["raw1"].count == connections
    assert after.title not in [j["title"] for j in at.jobs()]
